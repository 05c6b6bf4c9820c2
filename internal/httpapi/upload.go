package httpapi

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Pace is how fast a body must come: what is slower holds a connection for nothing.
type Pace struct {
	// Grace is what any body may take, and PerSecond how many bytes of it count for a
	// second more.
	Grace     time.Duration
	PerSecond int
}

// DefaultPace lets the largest body take 102 seconds.
var DefaultPace = Pace{Grace: 10 * time.Second, PerSecond: 64 << 10}

// until is when so many bytes must be followed by more.
func (p Pace) until(began time.Time, bytes int) time.Time {
	return began.Add(p.Grace + time.Duration(bytes)*time.Second/time.Duration(p.PerSecond))
}

// upload is the body of a request on its way in. The deadline that it sets on the
// connection is gone when the body ends, so that it does not end the handler's work.
// One that nobody reads keeps it: the server reads its rest before it answers.
type upload struct {
	io.ReadCloser
	to     *http.ResponseController
	pace   Pace
	began  time.Time
	bytes  int
	done   bool
	failed bool
}

// uploadOf is the body of a request, nil where it has none.
func uploadOf(w http.ResponseWriter, r *http.Request, pace Pace) *upload {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	u := &upload{ReadCloser: r.Body, to: http.NewResponseController(w), pace: pace, began: time.Now()}
	u.wait()
	return u
}

// wait sets when more of the body must be there. What has no connection, such as the
// request of a function, is not slow either.
func (u *upload) wait() { _ = u.to.SetReadDeadline(u.pace.until(u.began, u.bytes)) }

// Read reads as [io.Reader]. What ends a body too early is [errBrokenBody], save that
// it came too slowly, which is a timeout.
func (u *upload) Read(into []byte) (int, error) {
	if !u.done {
		u.wait()
	}
	n, err := u.ReadCloser.Read(into)
	u.bytes += n
	if err == nil {
		return n, nil
	}
	u.failed = err != io.EOF
	u.end()
	if timeout, ok := errors.AsType[net.Error](err); err == io.EOF || ok && timeout.Timeout() {
		return n, err
	}
	return n, fmt.Errorf("%w: %w", errBrokenBody, err)
}

// hasFailed reports a body of which nobody knows where the next request begins.
func (u *upload) hasFailed() bool { return u != nil && u.failed }

// Close ends the body. Where it was not read to its end, the server may read more of
// it, within the time that is left.
func (u *upload) Close() error {
	err := u.ReadCloser.Close()
	u.end()
	return err
}

// end takes the deadline back, save after a failure: there is nothing left to read on
// that connection.
func (u *upload) end() {
	if !u.done && !u.failed {
		_ = u.to.SetReadDeadline(time.Time{})
	}
	u.done = true
}
