package atmos

import (
	"strings"
	"sync"

	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/redact"
)

// lesson learns the secrets of an estate's files: also those that no component shows,
// since a template or another layer used them up (locals, the context of an import,
// what is overridden). Safe for concurrent use.
type lesson struct {
	mu       sync.Mutex
	redactor *redact.Redactor
	text     []byte
}

func newLesson(keys *redact.Keys) *lesson {
	l := &lesson{redactor: redact.NewRedactor(keys, maxNesting)}
	l.redactor.Refers(func(text string) bool { return isReference(text) || strings.Contains(text, "{{") })
	return l
}

// learn takes a file, as it is written or rendered, or the context that it is rendered
// in. Components are learnt one by one: their names say nothing of what they hold.
func (l *lesson) learn(tree value.Map) {
	if len(tree) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := make(value.Map, len(tree))
	for key, v := range tree {
		types, isMap := v.(value.Map)
		if key != "components" || !isMap {
			rest[key] = v
			continue
		}
		for _, named := range types {
			components, _ := named.(value.Map)
			for _, component := range components {
				l.object(component)
			}
		}
	}
	l.object(rest)
}

func (l *lesson) object(v any) {
	if object, isMap := v.(value.Map); isMap && len(object) > 0 {
		l.text = value.AppendJSON(l.text[:0], object, value.Compact)
		l.redactor.Learn(redact.Object{Raw: l.text})
	}
}
