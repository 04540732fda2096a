package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	mostFileLines         = 500
	mostFunctionLines     = 60
	mostTestFunctionLines = 100
	mostParameters        = 5
)

// A source is one Go file.
type source struct {
	path      string // from the top of the repository
	lines     int
	set       *token.FileSet
	file      *ast.File
	test      bool // a test, or a package only tests use
	generated bool
}

// folder is the path below internal, as listed.name.
func (s source) folder() string {
	return strings.TrimPrefix(filepath.ToSlash(filepath.Dir(s.path)), "internal/")
}

func (s source) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(node.Pos()).Line)
}

func (s source) span(node ast.Node) int {
	return s.set.Position(node.End()).Line - s.set.Position(node.Pos()).Line + 1
}

// walk calls visit with every file of the repository that ends in one of the
// endings.
func walk(t *testing.T, ending string, visit func(path string)) {
	t.Helper()
	for _, folder := range []string{"cmd", "examples", "internal", "e2e"} {
		top := filepath.Join(root, folder)
		err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case path == top && err != nil:
				return nil // not there
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return filepath.SkipDir
			case !entry.IsDir() && strings.HasSuffix(path, ending):
				visit(path)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("walk %s: %v", folder, err)
		}
	}
}

func sources(t *testing.T) []source {
	t.Helper()
	set := token.NewFileSet()
	var found []source
	walk(t, ".go", func(path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		file, err := parser.ParseFile(set, path, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Logf("left out: %v", err)
			return
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatalf("name %s: %v", path, err)
		}
		found = append(found, source{
			path: name, set: set, file: file,
			lines:     strings.Count(string(content), "\n"),
			test:      strings.HasSuffix(name, "_test.go") || strings.HasSuffix(file.Name.Name, "test"),
			generated: ast.IsGenerated(file),
		})
	})
	if len(found) == 0 {
		t.Fatal("no source found")
	}
	return found
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		if s.lines > mostFileLines {
			t.Errorf("%s has %d lines, at most %d", s.path, s.lines, mostFileLines)
		}
		most := mostFunctionLines
		if s.test {
			most = mostTestFunctionLines
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.span(fn); n > most {
				t.Errorf("%s: %s has %d lines, at most %d", s.at(fn), fn.Name.Name, n, most)
			}
			if n := fn.Type.Params.NumFields(); n > mostParameters {
				t.Errorf("%s: %s takes %d parameters, at most %d, then a struct", s.at(fn), fn.Name.Name, n, mostParameters)
			}
		}
	}
}

// TestTime keeps the clock at the edge: everything else is told the time, so
// that one change has one instant and tests need not wait. time.Until is
// allowed: the deadline of a context is of the real clock anyway.
func TestTime(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || s.generated || within(s.folder(), "cmd", "examples", "server", "cli") {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := selector.X.(*ast.Ident)
			if ok && from.Name == "time" && slices.Contains([]string{"Now", "Since"}, selector.Sel.Name) {
				t.Errorf("%s: time.%s; take now func() time.Time", s.at(node), selector.Sel.Name)
			}
			return true
		})
	}
}

func TestNoInit(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init runs unasked; call it from where it is needed", s.at(fn))
			}
		}
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		documented[s.folder()] = documented[s.folder()] || s.file.Doc != nil
		if s.generated {
			continue
		}
		for _, decl := range s.file.Decls {
			for _, node := range undocumented(decl) {
				t.Errorf("%s: %s has no comment", s.at(node), node.Name)
			}
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("package %s has no comment", folder)
		}
	}
}

// undocumented returns the exported names of a declaration without a comment.
func undocumented(decl ast.Decl) []*ast.Ident {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d.Recv) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
						names = append(names, name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// exportedReceiver reports whether readers of the package see the method.
func exportedReceiver(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	typ := receiver.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return true
		}
	}
}

// text is the text of a literal, else empty.
func text(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	unquoted, _ := strconv.Unquote(literal.Value) // a literal that parses
	return unquoted
}
