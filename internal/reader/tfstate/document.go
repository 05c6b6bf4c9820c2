package tfstate

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/reader"
)

// shape is what an earlier pass learnt about the order of a document: a reader of a
// section needs to know things that may stand after it.
type shape struct {
	version string
	// mixed are the resources, by index, whose instances have different providers.
	mixed map[int]bool
	// resources and modules hold what stands after the instances or resources of the
	// element with that index.
	resources map[int]resource
	modules   map[int][]ModuleStep
}

// pass is one reading of a document.
type pass struct {
	*stream
	header
	shape *shape
	// to is nil once the pass has met something out of order: it then only completes
	// the shape, and the document is read again.
	to         handler
	disordered bool
	// again: the shape has learnt what this pass did not know yet.
	again   bool
	current instance // reused from one to the next
	// modulePaths and configs (of providers) are those parsed before, see remember.
	modulePaths map[string][]ModuleStep
	configs     map[string]string
}

// readDocument reads the whole document once. It returns the header with a nil error
// when the document is a state and was read whole; disordered asks for another pass
// with the same shape, and that one may ask for a last one.
func (r *Reader) readDocument(ctx context.Context, doc reader.Document, shape *shape, to handler) (_ *header, disordered bool, err error) {
	s, err := openStream(ctx, doc, r.maxValueBytes())
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if closing := s.Close(); err == nil { // an error of reading goes out as it is
			err = closing
		}
	}()
	p := &pass{stream: s, shape: shape, to: to, modulePaths: map[string][]ModuleStep{}, configs: map[string]string{}}
	p.present = map[string]bool{}
	p.version = shape.version
	if len(s.begins) == 0 {
		p.facts.Format = reader.FormatEmpty
		return &p.header, false, nil
	}
	if e := classifyBytes(s); e != nil {
		return nil, false, e
	}
	if err := p.topLevel(); err != nil {
		return nil, false, p.explain(err)
	}
	if e := p.classify(true); e != nil {
		return nil, false, e
	}
	if len(p.mistakes) > 0 {
		return nil, false, &reader.UnusableError{Problem: p.mistakes[0], Facts: p.facts}
	}
	shape.version = p.version
	return &p.header, p.disordered || p.again, nil
}

// handlerError carries an error of the handler past those of the decoder.
type handlerError struct{ err error }

func (e handlerError) Error() string { return e.err.Error() }

// explain tells the errors of handling, of reading and of the document apart.
func (p *pass) explain(err error) error {
	var handled handlerError
	if errors.As(err, &handled) {
		var unusable *reader.UnusableError
		if errors.As(handled.err, &unusable) && unusable.Facts.Format == "" {
			p.classify(false)
			unusable.Facts = p.facts
		}
		return handled.err
	}
	problem, ok := p.broken(err)
	if !ok {
		return fmt.Errorf("read %s: %w", p.uri, p.meter.err)
	}
	e := p.classify(false)
	switch {
	case e != nil && e.NotFormat && e.Facts.Format != reader.FormatUnknown, e != nil && !e.NotFormat:
		return e // what it is matters more than where it breaks off
	case p.facts.Format == "":
		e = notFormat(reader.FormatUnknown, "not a state: "+problem.Reason)
		e.Problem.Path, e.Problem.Offset = problem.Path, problem.Offset
		return e
	}
	return &reader.UnusableError{Problem: problem, Facts: p.facts}
}

func (p *pass) topLevel() error {
	entered, err := p.enter(jsontext.KindBeginObject)
	if err != nil {
		return err
	}
	if !entered {
		return handlerError{notFormat(reader.FormatUnknown, "JSON, but not an object: not a state")}
	}
	if err := p.within(p.section); err != nil {
		return err
	}
	if _, err := p.ReadToken(); err == nil {
		return handlerError{p.trailing()}
	} else if err != io.EOF {
		return err
	}
	return nil
}

// trailing is the error for a second value after the state.
func (p *pass) trailing() error {
	if e := p.classify(true); e != nil {
		return e
	}
	return &reader.UnusableError{Problem: p.here("text after the end of the state"), Facts: p.facts}
}

// section reads one member of the top level.
func (p *pass) section() error {
	name, err := p.name()
	if err != nil {
		return err
	}
	if discriminating[name] {
		p.present[name] = true
	}
	p.marks.note(name, p.PeekKind())
	if ok, err := p.field(p.stream, name); ok || err != nil {
		return err
	}
	switch name {
	case "resources", "outputs", "modules", "check_results":
		if p.version == "" {
			p.postpone()
		}
	}
	switch major := p.major(); {
	case name == "resources" && (major == 4 || p.to == nil):
		return p.resources4()
	case name == "outputs" && major == 4:
		return p.outputs()
	case name == "check_results" && major == 4:
		return p.checkResults()
	case name == "modules" && (major >= 1 && major <= 3 || p.to == nil):
		return p.modules()
	}
	return p.SkipValue()
}

// postpone ends the telling: this pass goes on only to learn the document's shape.
func (p *pass) postpone() { p.to, p.disordered = nil, true }

func (p *pass) fail(at place, local, reason string) {
	if p.to != nil {
		p.to.failed(local, at.problem(reason))
	}
}

func (p *pass) warn(at place, reason string) {
	if p.to != nil {
		p.to.warn(at.problem(reason))
	}
}

// list enters an array and calls item for each element with its index. A null is an
// empty list; any other kind breaks the document.
func (p *pass) list(what string, item func(index int) error) error {
	return p.collection(jsontext.KindBeginArray, what+" is not a list", item)
}

func (p *pass) collection(kind jsontext.Kind, otherwise string, item func(index int) error) error {
	place := p.start()
	isNull := p.PeekKind() == jsontext.KindNull
	entered, err := p.enter(kind)
	if err != nil || isNull {
		return err
	}
	if !entered {
		if p.to != nil {
			p.mistakes = append(p.mistakes, place.problem(otherwise))
		}
		return nil
	}
	index := -1
	return p.within(func() error {
		index++
		return item(index)
	})
}
