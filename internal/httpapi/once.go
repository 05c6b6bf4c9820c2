package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// once refuses a parameter of the query that stands twice where one value is taken:
// huma would take the first and pass over the others.
func once(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		url := ctx.URL()
		query := url.Query()
		for _, p := range ctx.Operation().Parameters {
			takesMany := p.Explode != nil && *p.Explode
			if p.In == "query" && !takesMany && len(query[p.Name]) > 1 {
				fault := &huma.ErrorDetail{Location: "query." + p.Name, Message: "expected one value"}
				_ = huma.WriteErr(api, ctx, http.StatusBadRequest, "", fault)
				return
			}
		}
		next(ctx)
	}
}
