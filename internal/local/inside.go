package local

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
)

// inside is a listener that only this process reaches: by it the stack uses its own
// S3, whose objects nobody else may touch. Make it with newInside.
type inside struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newInside() *inside {
	l := &inside{conns: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

// Accept, Close and Addr implement [net.Listener].
func (l *inside) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *inside) Close() error { l.close(); return nil }

func (l *inside) Addr() net.Addr { return insideAddr{} }

type insideAddr struct{}

func (insideAddr) Network() string { return "inside" }
func (insideAddr) String() string  { return "localhost" }

// dial connects, whatever the address.
func (l *inside) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// client reaches our own S3 as any client does, by the SDK.
func (l *inside) client() *awss3.Client {
	endpoint := "http://" + l.Addr().String()
	return awss3.New(awss3.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", UsePathStyle: true,
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  &http.Client{Transport: &http.Transport{DialContext: l.dial, MaxIdleConnsPerHost: 16, DisableCompression: true}},
	})
}
