package sandbox

import (
	"fmt"
	"sync"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// Functions are a set of functions that templates may call.
type Functions struct{ funcs map[string]any }

// Sets of functions, as atmos.yaml turns them on.
var (
	bare     = sync.OnceValue(func() *Functions { return newFunctions(false, false) })
	sprigs   = sync.OnceValue(func() *Functions { return newFunctions(true, false) })
	gomplate = sync.OnceValue(func() *Functions { return newFunctions(false, true) })
	all      = sync.OnceValue(func() *Functions { return newFunctions(true, true) })
)

// Select gives the functions of Atmos, with the pure ones of sprig and of gomplate or
// without. A name of both is sprig's.
func Select(withSprig, withGomplate bool) *Functions {
	switch {
	case withSprig && withGomplate:
		return all()
	case withSprig:
		return sprigs()
	case withGomplate:
		return gomplate()
	}
	return bare()
}

func newFunctions(withSprig, withGomplate bool) *Functions {
	funcs := map[string]any{
		"printf": printf, "print": printAll(fmt.Sprint), "println": printAll(fmt.Sprintln),
		"html": printAll(template.HTMLEscaper), "js": printAll(template.JSEscaper), "urlquery": printAll(template.URLQueryEscaper),
		"collectKeys": collectKeys, "atmos": unbound, "env": unboundEnv, "expandenv": unboundEnv,
	}
	if withGomplate {
		for name, f := range gomplateFunctions() {
			funcs[name] = f
		}
	}
	if withSprig {
		for name, f := range sprig.TxtFuncMap() {
			if !impure[name] {
				funcs[name] = f
			}
		}
		for name, f := range bounded {
			funcs[name] = f
		}
	} else {
		delete(funcs, "env")
		delete(funcs, "expandenv")
	}
	return &Functions{funcs}
}

// impure are the functions of sprig that read a clock, a random source, the network
// or the zone of the machine, or that are slow by design.
var impure = set("env", "expandenv", "getHostByName",
	"now", "ago", "durationRound", "date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone",
	"randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4",
	"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
	"genSignedCertWithKey", "buildCustomCert", "derivePassword", "bcrypt", "htpasswd", "encryptAES", "decryptAES")

// mutators are the functions that write into a map they are given.
var mutators = set("set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite")

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = true
	}
	return out
}
