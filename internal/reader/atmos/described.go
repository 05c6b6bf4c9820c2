package atmos

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// ErrNotDescribed is the error for a text that is not what `atmos describe stacks`
// writes: an object of stacks, each with an object "components".
var ErrNotDescribed = errors.New("not the output of atmos describe stacks")

// BrokenError is the error for a text that begins like the output and breaks later.
type BrokenError struct {
	// Offset is how many bytes could be read.
	Offset int64
	err    error
}

func (e *BrokenError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.err) }

// Unwrap gives what is wrong, which may quote the text.
func (e *BrokenError) Unwrap() error { return e.err }

// maxDescribedYAML is how much YAML is read; JSON is read as a stream and has no limit
// here.
const maxDescribedYAML = 8 << 20

// ReadDescribed reads the output of `atmos describe stacks --format json|yaml` as an
// estate. Nothing in it is evaluated. It holds neither imports nor positions; the real
// workspace and folder are derived as for manifests. Rule: Print.
//
// A budget, nil for none, counts what is kept of it.
func ReadDescribed(ctx context.Context, text io.Reader, b *budget.Budget) (*Resolved, error) {
	r := newRun(ctx, Estate{KeepFunctions: true, Budget: b}, newCache(0))
	r.config = config{lists: merge.Replace, includeEmpty: true}
	r.functions.Store(true)
	r.described = true
	out := &Resolved{run: r, byName: map[string]*Stack{}}
	from := bufio.NewReader(text)
	first, err := firstByte(from)
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: no text", ErrNotDescribed)
	case err != nil:
		return nil, err
	case first == '{':
		err = out.readJSON(from)
	default:
		err = out.readYAML(from)
	}
	if spent := b.Err(); spent != nil {
		err = spent
	}
	if err != nil {
		return nil, err
	}
	out.settle()
	return out, nil
}

// firstByte looks at the first byte that is no white space.
func firstByte(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, b.UnreadByte()
		}
	}
}

// readJSON takes one component after another from the stream.
func (out *Resolved) readJSON(text io.Reader) error {
	d := jsontext.NewDecoder(text)
	span := out.run.estate.Budget.Work()
	begun := false
	err := members(d, func(stack string) error {
		found := false
		err := members(d, func(key string) error {
			if key != "components" {
				return d.SkipValue()
			}
			found = true
			return members(d, func(typ string) error {
				return members(d, func(name string) error {
					if err := out.run.ctx.Err(); err != nil {
						return err
					}
					begun = begun || d.PeekKind() == '{'
					before := d.InputOffset()
					section, err := value.ReadJSON(d)
					if err == nil {
						err = out.spend(span, int(d.InputOffset()-before), stack+"/"+typ+"/"+name)
					}
					if err != nil {
						return err
					}
					return out.described(stack, typ, name, section)
				})
			})
		})
		if err == nil && !found {
			err = fmt.Errorf("%w: stack %q has no components", ErrNotDescribed, stack)
		}
		return err
	})
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		}
		err = fmt.Errorf("%w: more than one value", ErrNotDescribed)
	}
	if begun {
		return &BrokenError{d.InputOffset(), err}
	}
	return fmt.Errorf("at byte %d: %w", d.InputOffset(), err)
}

// spend counts a component of so many bytes: a value of JSON takes about three times its
// text.
func (out *Resolved) spend(span *budget.Span, size int, at string) error {
	b := out.run.estate.Budget
	err := b.Keep(1+size/16, componentBytes+3*size)
	if err == nil {
		err = span.Lap()
	}
	if err != nil {
		b.At(at)
	}
	return err
}

// members calls each for the name of every member of the object that comes next; each
// reads its value.
func members(d *jsontext.Decoder, each func(name string) error) error {
	open, err := d.ReadToken()
	if err != nil {
		return err
	}
	if open.Kind() != '{' {
		return fmt.Errorf("%w: %s where an object is expected", ErrNotDescribed, open.Kind())
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	_, err = d.ReadToken()
	return err
}

func (out *Resolved) readYAML(text io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(text, maxDescribedYAML+1))
	if err != nil {
		return err
	}
	if len(raw) > maxDescribedYAML {
		return fmt.Errorf("more than %d bytes of YAML: use --format json", maxDescribedYAML)
	}
	doc, err := out.run.decode(raw, "", nil)
	if err != nil {
		return err
	}
	stacks, ok := doc.Value.(value.Map)
	if !ok {
		return ErrNotDescribed
	}
	for _, stack := range slices.Sorted(maps.Keys(stacks)) {
		components := value.Mapping(stacks[stack], "components")
		if components == nil {
			return fmt.Errorf("%w: stack %q has no components", ErrNotDescribed, stack)
		}
		for typ, of := range components {
			table, ok := of.(value.Map)
			if !ok {
				return ErrNotDescribed
			}
			for name, section := range table {
				if err := out.described(stack, typ, name, section); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// described adds a component as it was printed.
func (out *Resolved) described(stack, typ, name string, v any) error {
	section, ok := v.(value.Map)
	if !ok {
		return fmt.Errorf("%w: component %q is not an object", ErrNotDescribed, name)
	}
	manifest := orText(value.Text(section, "atmos_manifest"), value.Text(section, "atmos_stack_file"))
	c := &Component{
		Stack: stack, Type: typ, Name: name, Manifest: manifest, Manifests: []string{manifest},
		section: section, imports: &merged{}, run: out.run, over: value.Text(section, "component"),
	}
	c.bases, _ = section["inheritance"].([]any)
	c.derive()
	out.add(c)
	return nil
}
