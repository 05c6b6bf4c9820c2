package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"plumbline/internal/auth"
	"plumbline/internal/catalog"
)

type principalKey struct{}

// principal is who calls; every operation that has a handler behind a token has one.
func principal(ctx context.Context) auth.Principal {
	p, _ := ctx.Value(principalKey{}).(auth.Principal)
	return p
}

// authorise lets a request pass that has a valid token (401), for the organisation in
// its path (404: another's things are not there), with the permission (403).
func (m *mount) authorise(api huma.API, needs auth.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		caller, err := m.verify(ctx.Context(), ctx.Header("Authorization"))
		if err == nil {
			err = admit(caller, ctx.Param("o"), needs)
		}
		if err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "", err)
			return
		}
		next(huma.WithValue(ctx, principalKey{}, caller))
	}
}

func admit(caller auth.Principal, org string, needs auth.Permission) error {
	switch {
	case caller.Organisation != org:
		return errNotFound
	case catalog.CheckOrganisationName(org) != nil:
		return errOrganisation
	case !caller.May(needs):
		return errDenied
	}
	return nil
}
