package lambdarun

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"plumbline/internal/httpapi"
)

// Proxy answers an event of API Gateway's REST API (Lambda proxy integration).
type Proxy func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// HTTP serves a handler behind API Gateway. The handler sees the request as a server
// of net/http would give it: see mend.go. A panic is logged and answered with 500; the
// error is always nil, so that the client never gets API Gateway's own 502.
func HTTP(handler http.Handler, log *slog.Logger) Proxy {
	return func(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		path := stripped(event.Path, event.Resource)
		event = withPrefix(event, path)
		event.Path = escaped(path)
		call := &call{handler: handler}
		answer, err := httpadapter.New(call).ProxyWithContext(ctx, event)
		switch {
		case call.panicked != nil:
			log.ErrorContext(ctx, "panic", "cause", call.panicked, "stack", string(call.stack))
			return internalError(), nil
		case err != nil:
			log.ErrorContext(ctx, "answer event", "request", event.RequestContext.RequestID, "err", err)
			return internalError(), nil
		}
		return answer, nil
	}
}

// withPrefix tells the handler below which path it is served, a stage's name or the base
// path of a custom domain, in place of what the client says of it. The adapter looks at
// headers of one value only where there are no others.
func withPrefix(event events.APIGatewayProxyRequest, path string) events.APIGatewayProxyRequest {
	prefix, found := strings.CutSuffix(strings.TrimSuffix(event.RequestContext.Path, "/"), strings.TrimSuffix(path, "/"))
	if !found {
		prefix = ""
	}
	headers := http.Header{}
	for name, value := range event.Headers {
		headers.Set(name, value)
	}
	for name, values := range event.MultiValueHeaders {
		headers[http.CanonicalHeaderKey(name)] = values
	}
	headers.Set(httpapi.PrefixHeader, prefix)
	event.MultiValueHeaders = headers
	return event
}

// call is one request on its way through the handler.
type call struct {
	handler  http.Handler
	panicked any
	stack    []byte
}

func (c *call) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if c.panicked = recover(); c.panicked != nil {
			c.stack = debug.Stack()
			w.WriteHeader(http.StatusInternalServerError) // the adapter wants some status
		}
	}()
	r.RemoteAddr = withPort(r.RemoteAddr)
	answer := &answer{inner: w, header: http.Header{}}
	c.handler.ServeHTTP(answer, r)
	answer.WriteHeader(http.StatusOK) // where the handler has written nothing
}

// internalError is told without detail; what happened is in the log.
func internalError() events.APIGatewayProxyResponse {
	return events.APIGatewayProxyResponse{
		StatusCode:        http.StatusInternalServerError,
		MultiValueHeaders: map[string][]string{"Content-Type": {"application/json"}},
		Body:              `{"error":"internal error","code":"internal"}`,
	}
}
