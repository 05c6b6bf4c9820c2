package cloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/httpapi"
	"plumbline/internal/lambdarun"
	"plumbline/internal/service"
)

// API serves the group of the API with that name. The issuer's keys are fetched with
// the first token.
func (s *Stack) API(name string) (lambdarun.Proxy, error) {
	verifier, err := auth.NewVerifier(auth.Config{
		Issuer: s.Settings.Issuer, Audience: s.Settings.Audience,
		Keys: auth.FromURL(s.Settings.JWKSURL, nil), Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	for _, group := range s.Groups() {
		if group.Name == name {
			handler := httpapi.New(httpapi.Config{Verify: verifier.Verify, Log: s.Log}, group)
			return lambdarun.HTTP(handler, s.Log), nil
		}
	}
	return nil, fmt.Errorf("the API has no group %q", name)
}

// Uploads scans sources of one object at once and leaves the rest to the queue.
func (s *Stack) Uploads() (*lambdarun.Uploads, error) {
	ports := s.ports
	ports.Queue = lambdarun.Inline{Work: s.Scanner.Work, Now: time.Now}
	inline, err := service.New(ports, s.Settings)
	if err != nil {
		return nil, err
	}
	upload := func(ctx context.Context, bucket, key string, removed bool) error {
		if bucket == s.Settings.Bucket && strings.HasPrefix(key, service.BlobPrefix) {
			return nil // what Plumbline keeps for itself, where no source reads
		}
		return inline.Scanner.Upload(ctx, bucket, key, removed)
	}
	return &lambdarun.Uploads{Upload: upload, Log: s.Log}, nil
}

// Schedule queues what is due.
func (s *Stack) Schedule() *lambdarun.Schedule { return &lambdarun.Schedule{Tick: s.Scanner.Tick} }

// Jobs works the queue.
func (s *Stack) Jobs() *lambdarun.Jobs {
	return &lambdarun.Jobs{Work: s.Scanner.Work, Died: s.Scanner.Died, Park: s.Scanner.Park, Now: time.Now, Log: s.Log}
}
