package registry

import (
	"errors"
	"path"
	"strconv"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader/redact"
)

// AtmosChanges are the settings of a source of Atmos manifests; nil leaves one as it
// is.
type AtmosChanges struct {
	// Config is a JSON object with the keys of atmos.yaml, as it came; an empty one, or
	// null, takes back what was pasted before.
	Config []byte
	// ConfigPath and Profile: see [drift.AtmosSettings].
	ConfigPath, Profile *string
}

// apply gives the settings after changes that were checked.
func (c AtmosChanges) apply(s drift.AtmosSettings) drift.AtmosSettings {
	if c.Config != nil {
		config, _ := catalog.Canonical(c.Config)
		config = catalog.WithoutNull(config) // in atmos.yaml, what is null is not set
		if s.Config = string(config); s.Config == "{}" {
			s.Config = ""
		}
	}
	if c.ConfigPath != nil {
		s.ConfigPath = *c.ConfigPath
	}
	if c.Profile != nil {
		s.Profile = *c.Profile
	}
	return s
}

const (
	maxConfigBytes = 64 << 10
	maxConfigDepth = 100
	maxPathBytes   = 1024
)

// check reports every setting that cannot be, by its name in the API.
func (c AtmosChanges) check() catalog.Problems {
	problems := checkConfig(c.Config)
	if c.ConfigPath != nil && *c.ConfigPath != "" && !isPathBelow(*c.ConfigPath) {
		problems = append(problems, catalog.Problem{Field: "configPath", Reason: "must be a path below the source's prefix, without . or .. in it"})
	}
	if c.Profile != nil && *c.Profile != "" && (!isPathBelow(*c.Profile) || strings.ContainsAny(*c.Profile, `*?[{\`)) {
		problems = append(problems, catalog.Problem{Field: "profile", Reason: "must be the name of a folder of profiles/"})
	}
	return problems
}

func isPathBelow(text string) bool {
	return len(text) <= maxPathBytes && path.Clean("/"+text) == "/"+text && text != ".."
}

// checkConfig refuses what is no object, and what would keep a secret in plain.
func checkConfig(raw []byte) catalog.Problems {
	if raw == nil {
		return nil
	}
	if len(raw) > maxConfigBytes {
		return catalog.Problems{{Field: "atmos", Reason: "must be at most " + strconv.Itoa(maxConfigBytes) + " bytes"}}
	}
	config, err := catalog.Canonical(raw)
	deep := catalog.Canonicalizer{MaxDepth: maxConfigDepth}
	switch {
	case err == nil && config == nil: // null
		return nil
	case err == nil && isTooDeep(deep.Append(nil, raw)):
		return catalog.Problems{{Field: "atmos", Reason: "must be nested at most " + strconv.Itoa(maxConfigDepth) + " deep"}}
	case err != nil || config.Kind() != '{':
		return catalog.Problems{{Field: "atmos", Reason: "must be an object with the keys of atmos.yaml"}}
	}
	return secretsIn("atmos", config)
}

func isTooDeep(_ []byte, err error) bool { return errors.Is(err, catalog.ErrTooDeep) }

// secretsIn finds the members of a canonical value that hold a secret by their name.
func secretsIn(place string, v catalog.Value) catalog.Problems {
	var problems catalog.Problems
	switch v[0] {
	case '{':
		for name, span := range catalog.Members(v) {
			at, value := place+"."+name, span.Of(v)
			if redact.IsSecretName(name) && !redact.IsPlainUnderSecretName(value) {
				problems = append(problems, catalog.Problem{Field: at, Reason: "must not hold a secret: settings are stored and shown as they are"})
				continue
			}
			problems = append(problems, secretsIn(at, value)...)
		}
	case '[':
		for i, span := range catalog.Elements(v) {
			problems = append(problems, secretsIn(place+"["+strconv.Itoa(i)+"]", span.Of(v))...)
		}
	}
	return problems
}

// checkKind reports settings that a kind has not.
func (c Changes) checkKind(kind drift.Kind) catalog.Problems {
	var problems catalog.Problems
	if c.WorkspaceKeyPrefix != nil && kind != drift.KindTFState {
		problems = append(problems, catalog.Problem{Field: "workspaceKeyPrefix", Reason: "is for sources of kind " + string(drift.KindTFState) + " alone"})
	}
	given := map[string]bool{"atmos": c.Atmos.Config != nil && string(c.Atmos.Config) != "null", "configPath": c.Atmos.ConfigPath != nil, "profile": c.Atmos.Profile != nil}
	for _, field := range []string{"atmos", "configPath", "profile"} {
		if given[field] && kind != drift.KindAtmos {
			problems = append(problems, catalog.Problem{Field: field, Reason: "is for sources of kind " + string(drift.KindAtmos) + " alone"})
		}
	}
	return problems
}
