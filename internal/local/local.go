// Package local is the whole of Plumbline in one process, on nothing but a folder: what
// the functions, the table, the bucket, the queue and the schedule are in the cloud.
//
// Its one invariant: a process killed at any moment loses nothing that it has answered
// for. What was uploaded but not scanned yet is scanned after the next start.
//
//	folder            what
//	table.db          the table (bbolt)
//	jobs.db           the queue
//	objects/          the objects of the S3 API
//	signing-key.pem   signs tokens
//	digest-key        of the digests of secrets, unless PLUMBLINE_DIGEST_KEY is set
//	token             a token with every permission for organisation acme
//	sample            the first start is over
//
// Start at [Run], then [Start]; only here and in the functions' mains are adapters
// chosen.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"plumbline/internal/local/sample"
	"plumbline/internal/setting"
)

// Run serves until ctx is done and tells the user on out what is where; on the first
// start it loads the sample and shows its drift.
func Run(ctx context.Context, settings setting.Settings, out io.Writer, log *slog.Logger) error {
	stack, err := Start(ctx, settings, log)
	if err != nil {
		return err
	}
	// What follows the # is sent nowhere: the page takes the token out of its address.
	fmt.Fprintf(out, "API      %s\nS3       %s  (bucket %s)\ndata     %s\ntoken    %s\ndocs     %s/docs#token=%s\n\n",
		stack.API, stack.S3, settings.Bucket, settings.Data, stack.Token, stack.API, stack.Token)
	err = stack.introduce(ctx, out)
	if ctx.Err() != nil {
		err = nil // asked to stop while loading
	}
	if err == nil {
		<-ctx.Done()
		if !stack.queue.Idle() {
			fmt.Fprintln(out, "stopping: scans under way have some seconds to end; what waits is kept")
		}
	}
	return errors.Join(err, stack.Stop())
}

// sampleFile says that the first start is over.
const sampleFile = "sample"

// introduce loads the sample on the first start, if it is asked for.
func (s *Stack) introduce(ctx context.Context, out io.Writer) error {
	path := filepath.Join(s.settings.Data, sampleFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	note := "not loaded\n"
	if s.settings.Sample {
		estate := sample.Estate{API: s.API, Token: s.Token, TokenFile: filepath.Join(s.settings.Data, tokenFile),
			Objects: s.objects, Bucket: s.settings.Bucket}
		if err := estate.Load(ctx); err != nil {
			return err
		}
		if err := estate.Print(ctx, out); err != nil {
			return err
		}
		fmt.Fprintln(out)
		note = "loaded\n"
	}
	return os.WriteFile(path, []byte(note), 0o600)
}
