// Package door keeps strangers out of servers that are meant for programs of this
// machine: every web page that a browser shows may call those too.
//
// Its one invariant: a page reads nothing unless its origin is allowed. A page whose
// name was made to resolve to this machine (DNS rebinding) is of the same origin as
// the server, hence the check of the Host; a page of another origin may send requests,
// hence [Door.Writes].
//
// Start at [Door.Hosts].
package door

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Door says who may call; the zero value admits loopback names only, and no page.
type Door struct {
	// Names are hosts that are admitted beside the loopback ones, without ports.
	Names []string
	// Origins are of web pages that may call and read, e.g. "http://localhost:5173".
	Origins []string
	// Refuse responds to a request that is not let in, with the reason.
	Refuse func(w http.ResponseWriter, reason string)
}

// Hosts admits requests whose Host is a loopback name or one of the door's, and lets
// pages of its origins read the responses.
func (d Door) Hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !d.admits(r.Host):
			d.Refuse(w, "the host "+r.Host+" is not one of this machine: name it in PLUMBLINE_HOSTS")
		case d.allows(w, r):
			w.WriteHeader(http.StatusNoContent)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Writes refuses requests by which a page of another origin would change something.
// It is for servers that ask for no token.
func (d Door) Writes(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, origin := range d.Origins {
		_ = protection.AddTrustedOrigin(origin) // what is no origin is never the origin of a page
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil {
			d.Refuse(w, "a web page may not write here: name its origin in PLUMBLINE_ORIGINS")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admits reports whether a Host is of this machine. Addresses and `localhost` with the
// names below it are nobody else's to give.
// Source: RFC 6761, section 6.3.
func (d Door) admits(host string) bool {
	name := host
	if alone, _, err := net.SplitHostPort(host); err == nil {
		name = alone
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if addr, err := netip.ParseAddr(name); err == nil && addr.Unmap().IsLoopback() {
		return true
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(d.Names, name)
}

// allows lets a page of a known origin read the response; true says that the request
// is a browser's question whether it may ask, which has its response by that.
// Source: Fetch standard, "CORS protocol".
func (d Door) allows(w http.ResponseWriter, r *http.Request) bool {
	if len(d.Origins) == 0 {
		return false
	}
	header := w.Header()
	header.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !slices.Contains(d.Origins, origin) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Expose-Headers", "*")
	method := r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || method == "" {
		return false
	}
	header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked) // `*` would not stand for Authorization
	}
	return true
}
