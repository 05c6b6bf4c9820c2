package atmos

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// Limits of one estate.
const (
	maxFileBytes   = 8 << 20
	maxImports     = 50_000 // of one top-level manifest, a file imported twice counted twice
	maxEvaluations = 5
	longText       = 256 << 10
)

// run is one resolution of one estate. Its maps are shared by the goroutines that
// each resolve one top-level manifest.
type run struct {
	ctx    context.Context
	estate Estate
	cache  *cache
	config config
	merge  merge.Rules // of files

	// odd: a file that was read holds a value that JSON has not; appends: one holds a
	// list to append; functions: one holds a function.
	odd, appends, functions atomic.Bool
	// described: the sections are what Atmos printed.
	described bool

	decoding sync.Mutex // of a long text

	mu        sync.Mutex
	files     map[string]*opening
	manifests map[string]*merged  // by path, of those imported without context
	matches   map[string][]string // of import patterns
	templates map[templateKey]*parsed
	encodings map[string]string // of templated strings
	resolved  *Resolved         // once the components are put together
	problems  []Problem
}

func newRun(ctx context.Context, e Estate, c *cache) *run {
	return &run{
		ctx: ctx, estate: e, cache: c,
		files: map[string]*opening{}, manifests: map[string]*merged{}, matches: map[string][]string{},
		templates: map[templateKey]*parsed{}, encodings: map[string]string{},
	}
}

func (r *run) report(p ...Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems = append(r.problems, p...)
}

// opening is a file that is read once, whoever asks first.
type opening struct {
	once sync.Once
	file *file
	err  error
}

// open gives a file of the estate, decoded. Its error is about reading; what is wrong
// with the text is in the file.
func (r *run) open(name string) (*file, error) {
	r.mu.Lock()
	o, ok := r.files[name]
	if !ok {
		o = &opening{}
		r.files[name] = o
	}
	r.mu.Unlock()
	o.once.Do(func() {
		if o.file, o.err = r.read(name); o.err == nil {
			r.learn(o.file.root())
		}
	})
	return o.file, o.err
}

// learn hands what a file says to whoever asks for it.
func (r *run) learn(tree value.Map) {
	if r.estate.Learn != nil {
		r.estate.Learn(tree)
	}
}

func (r *run) read(name string) (*file, error) {
	key := cacheKey{path: name, delimiter: r.config.delimiter}
	if r.estate.ETag != nil {
		key.version = r.estate.ETag(name)
	}
	if f, ok := r.cache.get(key); ok && key.version != "" {
		r.note(f.doc)
		return f, nil
	}
	raw, err := readBounded(r.estate.FS, name)
	if err != nil {
		return nil, err
	}
	if err := r.estate.Budget.Hold(len(raw)); err != nil {
		return nil, err
	}
	if key.version == "" {
		sum := sha256.Sum256(raw)
		key.version = "sha256:" + hex.EncodeToString(sum[:])
		if f, ok := r.cache.get(key); ok {
			r.note(f.doc)
			return f, nil
		}
	}
	f := &file{path: name, raw: raw, templated: strings.Contains(string(raw), "{{")}
	if f.doc, f.err = r.decode(raw, key.delimiter, nil); r.estate.Budget.Err() != nil {
		return nil, f.err
	}
	r.cache.put(key, f)
	return f, nil
}

// decode reads YAML, and notes what is in it. A long text takes a lot while it is read:
// one at a time. The time is that of the span, or of one of its own for nil.
func (r *run) decode(text []byte, delimiter string, span *budget.Span) (value.Document, error) {
	if len(text) > longText {
		r.decoding.Lock()
		defer r.decoding.Unlock()
	}
	if span == nil {
		span = r.estate.Budget.Work()
	}
	doc, err := value.Decode(text, delimiter)
	r.note(doc)
	if spent := r.estate.Budget.Nodes(doc.Weight); spent != nil {
		return doc, spent
	}
	if spent := r.estate.Budget.Hold(doc.Bytes); spent != nil {
		return doc, spent
	}
	if spent := span.Lap(); spent != nil {
		return doc, spent
	}
	return doc, err
}

// note remembers what merges and templates must care for.
func (r *run) note(doc value.Document) {
	if doc.Appends {
		r.appends.Store(true)
	}
	if doc.Functions {
		r.functions.Store(true)
	}
	if doc.Odd {
		r.odd.Store(true)
	}
}

// rules are those of merging files.
func (r *run) rules() merge.Rules {
	rules := r.merge
	rules.Appends = r.appends.Load()
	return rules
}

// plain is [value.Plain], which has nothing to do in most estates.
func (r *run) plain(v any) any {
	if !r.odd.Load() {
		return v
	}
	return value.Plain(v)
}

// exists reports whether the estate has a file of that path.
func (r *run) exists(name string) bool {
	info, err := fs.Stat(r.estate.FS, name)
	return err == nil && !info.IsDir()
}

func readBounded(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(raw) > maxFileBytes {
		err = faultf(name, 0, "larger than %d bytes", maxFileBytes)
	}
	return raw, err
}

type templateKey struct {
	text        string
	strict      bool
	left, right string
	functions   *sandbox.Functions
}

type parsed struct {
	template *sandbox.Template
	err      error
}

// parsedBytes is about what a parsed template takes for each byte of its text.
const parsedBytes = 16

// template parses a text once a run.
func (r *run) template(text string, o sandbox.Options) (*sandbox.Template, error) {
	key := templateKey{text, o.Strict, o.Left, o.Right, o.Functions}
	r.mu.Lock()
	p, ok := r.templates[key]
	r.mu.Unlock()
	if !ok {
		p = &parsed{}
		if p.err = r.estate.Budget.Hold(parsedBytes * len(text)); p.err == nil {
			p.template, p.err = sandbox.Parse(text, o)
		}
		r.mu.Lock()
		r.templates[key] = p
		r.mu.Unlock()
	}
	return p.template, p.err
}

// own is what templates may ask for beside their data.
func (r *run) own(span *budget.Span) sandbox.Own {
	return sandbox.Own{Env: r.env, Span: span}
}

var errEnv = errors.New("asks for an environment variable that is not known")

// env gives a variable that the source sets. One that it does not set is not known,
// unless the source says that it sets them all.
func (r *run) env(name string) (string, error) {
	if text, ok := r.estate.Env[name]; ok || r.estate.Env != nil {
		return text, nil
	}
	return "", errEnv
}
