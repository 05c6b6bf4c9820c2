package catalog

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
)

// EscapeStep escapes one step of a JSON Pointer (RFC 6901).
func EscapeStep(step string) string { return stepEscape.Replace(step) }

// Secrets yields every secret of a canonical value in the text's order: its JSON
// Pointer, relative to the value ("" is the value itself), and where it stands.
func Secrets(v Value) iter.Seq2[string, Span] {
	return func(yield func(string, Span) bool) {
		if !HasSecret(v) {
			return
		}
		w := secretWalk{text: v}
		for w.at < len(v) {
			if bytes.HasPrefix(v[w.at:], secretPrefix) {
				start := w.at
				w.at = skipValue(v, start)
				if !yield(w.pointer(), Span{start, w.at}) {
					return
				}
				continue
			}
			w.step()
		}
	}
}

// secretWalk goes through a canonical value once, whatever its depth.
type secretWalk struct {
	text  Value
	at    int
	stack []level
}

// level is one object or list that the walk is in: the name of the member, or the index
// of the element, that it stands at.
type level struct {
	list  bool
	name  []byte // quoted
	index int
	named bool // the name of the next value is read
}

// step passes one token.
func (w *secretWalk) step() {
	switch w.text[w.at] {
	case '{', '[':
		w.stack = append(w.stack, level{list: w.text[w.at] == '['})
		w.at++
	case '}', ']':
		w.stack = w.stack[:len(w.stack)-1]
		w.at++
	case ',':
		if top := w.top(); top != nil {
			top.index++
			top.named = false
		}
		w.at++
	case ':':
		w.at++
	case '"':
		end, _ := stringEnd(w.text, w.at)
		if top := w.top(); top != nil && !top.list && !top.named {
			top.name, top.named = w.text[w.at:end], true
		}
		w.at = end
	default:
		w.at = max(scalarEnd(w.text, w.at), w.at+1)
	}
}

func (w *secretWalk) top() *level {
	if len(w.stack) == 0 {
		return nil
	}
	return &w.stack[len(w.stack)-1]
}

func (w *secretWalk) pointer() string {
	var b strings.Builder
	for _, l := range w.stack {
		b.WriteByte('/')
		if l.list {
			b.WriteString(strconv.Itoa(l.index))
			continue
		}
		b.WriteString(stepEscape.Replace(unquoted(l.name, bytes.IndexByte(l.name, '\\') >= 0)))
	}
	return b.String()
}
