package local

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/httpapi"
	"plumbline/internal/local/door"
	"plumbline/internal/local/s3"
	"plumbline/internal/parallel"
)

// apiHandler serves every group of the API and the keys of the tokens.
func (s *Stack) apiHandler() (http.Handler, error) {
	verifier, err := auth.NewVerifier(auth.Config{Issuer: issuer, Audience: s.settings.Audience, Keys: s.signer.Keys})
	if err != nil {
		return nil, err
	}
	api := httpapi.New(httpapi.Config{Verify: verifier.Verify, Log: s.log}, s.service.Groups()...)
	return logged(s.door(s.settings.Addr, refuseAPI).Hosts(s.withKeys(api)), s.log), nil
}

// s3Handler serves S3, which asks for no token.
func (s *Stack) s3Handler() http.Handler {
	door := s.door(s.settings.S3Addr, s3.Refuse)
	return door.Hosts(door.Writes(s.bucket.Handler()))
}

// door lets in what calls this machine by its own names, by those that are set, and by
// the one that the server was told to listen on.
func (s *Stack) door(addr string, refuse func(http.ResponseWriter, string)) door.Door {
	names := slices.Clone(s.settings.Hosts)
	host, _, _ := net.SplitHostPort(addr) // the setting was checked
	if ip := net.ParseIP(host); host != "" && !ip.IsUnspecified() {
		names = append(names, strings.ToLower(host))
	}
	return door.Door{Names: names, Origins: s.settings.Origins, Refuse: refuse}
}

// refuseAPI responds to who is not let in as the API does.
func refuseAPI(w http.ResponseWriter, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": reason, "code": "not_let_in"}) // a client that is gone needs no response
}

// withKeys answers for the keys before the API. It is no [http.ServeMux], which would
// redirect the unclean paths that the API refuses.
func (s *Stack) withKeys(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/jwks.json" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			s.signer.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// server is one port.
type server struct {
	listener net.Listener
	http     *http.Server
	serving  parallel.Group
}

func (s *server) url() string { return "http://" + s.listener.Addr().String() }

func (s *server) serve(handler http.Handler, log *slog.Logger) {
	s.http = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	s.serving.Start(func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("stopped serving", "address", s.listener.Addr().String(), "error", err)
		}
		return nil
	})
}

// stopTime is how long requests under way may take to end.
const stopTime = 5 * time.Second

// stop takes no more requests and waits for those under way; what is not done in time
// is cut off. A nil server has stopped.
func (s *server) stop() error {
	if s == nil {
		return nil
	}
	if s.http == nil {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	return errors.Join(err, s.serving.Wait())
}

// logged writes one line a request: at info what changes something or is refused, at
// debug the rest.
func logged(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &status{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(answer, r)
		level := slog.LevelInfo
		if r.Method == http.MethodGet && answer.code < http.StatusBadRequest {
			level = slog.LevelDebug
		}
		log.Log(r.Context(), level, r.Method+" "+r.URL.Path, "status", answer.code, "took", time.Since(began).Round(time.Microsecond*100))
	})
}

// status remembers how a request was answered.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets [http.ResponseController] reach the server's own.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
