// Package house_test holds the repository against its own rules: what may lie where,
// and which package may import which.
package house_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/httpapi"
	"plumbline/internal/service"
	"plumbline/internal/setting"
)

const root = ".."

// order is the direction of imports: a package imports only packages before it. What
// lies below one of them counts as that one.
var order = []string{"parallel", "place", "catalog", "drift", "reconcile", "deployment", "reader", "table", "object", "store", "scan", "review", "report", "registry",
	"auth", "setting", "httpapi", "service", "lambdarun", "local", "deploy"}

// adapters are chosen by mains and the local stack only; withAWS may know AWS.
var (
	adapters = []string{"table/bolt", "table/dynamo", "table/memory"}
	withAWS  = []string{"object", "table/dynamo", "lambdarun", "local"}
)

const (
	module      = "plumbline/"
	inside      = module + "internal/"
	longestMain = 40  // lines
	longestFile = 300 // lines
)

// source is one Go file that is no test, nor code for tests.
type source struct {
	path    string // below the root, with "/"
	pkg     string
	imports []string
	lines   int
}

// within is the file's folder below internal/, "" for one that is elsewhere.
func (s source) within() string {
	folder, ok := strings.CutPrefix(path.Dir(s.path), "internal/")
	if !ok {
		return ""
	}
	return folder
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || name != root && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		below, _ := filepath.Rel(root, name)
		found := source{path: filepath.ToSlash(below), pkg: file.Name.Name, lines: bytes.Count(text, []byte("\n"))}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			found.imports = append(found.imports, imported)
		}
		all = append(all, found)
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

// forTests reports whether a package is made for tests: tabletest, objecttest.
func forTests(folder string) bool { return strings.HasSuffix(folder, "test") }

// rank is a package's place in the order; mains come last, -1 is none.
func rank(folder string) int {
	first, _, _ := strings.Cut(folder, "/")
	if folder == "" {
		return len(order)
	}
	return slices.Index(order, first)
}

func isOrBelow(folder string, of []string) bool {
	return slices.ContainsFunc(of, func(one string) bool { return folder == one || strings.HasPrefix(folder, one+"/") })
}

func TestImportsHaveOneDirection(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if rank(s.within()) < 0 {
			t.Errorf("%s: internal/%s has no place in the order of packages", s.path, s.within())
		}
		for _, imported := range s.imports {
			folder, ours := strings.CutPrefix(imported, inside)
			switch {
			case forTests(s.within()):
			case ours && rank(folder) > rank(s.within()):
				t.Errorf("%s imports %s, which comes after it", s.path, imported)
			case ours && forTests(folder):
				t.Errorf("%s imports %s, which is for tests", s.path, imported)
			case ours && isOrBelow(folder, adapters) && !isOrBelow(s.within(), append(adapters, "local", "")):
				t.Errorf("%s imports %s: only mains and the local stack choose adapters", s.path, imported)
			case strings.Contains(imported, "/aws-") && s.within() != "" && !isOrBelow(s.within(), withAWS):
				t.Errorf("%s imports %s: only %v may know AWS", s.path, imported, withAWS)
			}
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.pkg == "main" && s.lines > longestMain {
			t.Errorf("%s has %d lines, a main is wiring of at most %d", s.path, s.lines, longestMain)
		}
		if s.lines >= longestFile {
			t.Errorf("%s has %d lines, split it before %d", s.path, s.lines, longestFile)
		}
	}
}

// A comment that sends its reader to a text names one that is here.
func TestCommentsNameTextsOfTheRepository(t *testing.T) {
	t.Parallel()
	texts := regexp.MustCompile(`[\w./-]+\.md\b|§|\bDESIGN\b`)
	for _, s := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, s.path), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range file.Comments {
			for _, text := range texts.FindAllString(group.Text(), -1) {
				if _, err := os.Stat(filepath.Join(root, text)); err != nil {
					t.Errorf("%s: a comment names %q, which is not in the repository", s.path, text)
				}
			}
		}
	}
}

func TestAPackageIsANounOfTheField(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for part := range strings.SplitSeq(s.within()+"/"+s.pkg, "/") {
			switch part {
			case "util", "utils", "common", "helper", "helpers", "types", "models", "handlers", "misc", "shared":
				t.Errorf("%s: %q says nothing of what the package is", s.path, part)
			}
		}
	}
}

func TestTheTopLevelHoldsWhatItShould(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"functions", "internal", "template.yaml", "samconfig.toml", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE"}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && !slices.Contains(allowed, entry.Name()) {
			t.Errorf("%s does not belong to the top level", entry.Name())
		}
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheReadmeNamesFilesThatAreHere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\b(?:internal|functions)/[\w./-]*\w|\b(?:template\.yaml|samconfig\.toml)\b`).FindAllString(string(text), -1)
	if len(names) == 0 {
		t.Fatal("it names none")
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Errorf("it names %s, which is not there", name)
		}
	}
	kinds, err := os.ReadFile(filepath.Join(root, "internal/drift/drift.go"))
	if err != nil || !bytes.Contains(kinds, []byte("Kind = \"tf-state\"")) || !slices.Contains(names, "internal/drift/drift.go") {
		t.Errorf("it does not name the file that names the kinds: %v", err)
	}
}

func TestTheReadmeListsEverySetting(t *testing.T) {
	t.Parallel()
	var want bytes.Buffer
	if err := setting.Markdown(&want); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readme(t), want.String()) {
		t.Errorf("README.md does not hold this table of settings as it is:\n%s", &want)
	}
}

func TestTheReadmeListsEveryRouteAndCode(t *testing.T) {
	t.Parallel()
	text := readme(t)
	groups := (&service.Service{}).Groups()
	for _, group := range groups {
		for _, route := range group.Routes() {
			below, ours := strings.CutPrefix(route.Path, "/{o}/{p}")
			if ours && !strings.Contains(text, "`"+route.Method+" "+below+"`") {
				t.Errorf("README.md does not tell of %s %s", route.Method, below)
			}
		}
	}
	answer := httptest.NewRecorder()
	httpapi.New(httpapi.Config{}, groups...).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	// A response is described as "Not Found: `code`, `code`".
	described := strings.ReplaceAll(`"description":"[A-Z][A-Za-z ]+: ('[a-z_]+'(, '[a-z_]+')*)"`, "'", "`")
	lists := regexp.MustCompile(described).FindAllStringSubmatch(answer.Body.String(), -1)
	if len(lists) == 0 {
		t.Fatalf("no codes in the description: %d", answer.Code)
	}
	for _, list := range lists {
		for code := range strings.SplitSeq(list[1], ", ") {
			if !strings.Contains(text, code) {
				t.Errorf("README.md does not tell of the code %s", code)
			}
		}
	}
}
