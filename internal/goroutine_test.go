package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// TestOneHelperStartsGoroutines holds the product to [plumbline/internal/parallel]: a
// goroutine started elsewhere ends the process when it panics.
func TestOneHelperStartsGoroutines(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.within() == "parallel" || forTests(s.within()) {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(root, s.path), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if starts(n) {
				t.Errorf("%s:%d starts a goroutine: let internal/parallel do it", s.path, files.Position(n.Pos()).Line)
			}
			return true
		})
	}
}

// starts reports whether a node is a go statement, or a call of a method Go, as
// sync.WaitGroup and errgroup.Group have it.
func starts(n ast.Node) bool {
	if _, ok := n.(*ast.GoStmt); ok {
		return true
	}
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == "Go"
}
