package i18n

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vocabulary lists the beginnings of keys that are chosen at run time from
// values, not written out in the code. The beginnings the code itself joins
// ("civility." + value) are found by the scan.
func vocabulary() []string {
	return []string{
		"field.", "status.", "civility.", "mail.", "history.kind.", "catalogue.fault.",
		"error.internal", "error.denied", "error.not_found",
	}
}

// A usage is one place in the code that needs a message.
type usage struct {
	where  string
	key    string
	values []string // the names it passes
	open   bool     // more values than the scan can see
}

// A scan is what the source says about messages.
type scan struct {
	root     string
	literals map[string]bool
	prefixes map[string]bool
	consts   map[string]string // "package.Name" to its text
	usages   []usage
}

var (
	keyShape    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+$`)
	prefixShape = regexp.MustCompile(`^[a-z][a-z0-9_]*\.([a-z0-9_]+\.)*$`)
	templCall   = regexp.MustCompile(`\.T\(\s*"([^"\n]+)"`)
	templText   = regexp.MustCompile("\"([^\"\\n]*)\"|`([^`\\n]*)`")
	templPrefix = regexp.MustCompile(`"([a-z][a-z0-9_.]*\.)"\s*\+`)
)

func scanSource(t *testing.T) *scan {
	t.Helper()
	s := &scan{
		root: filepath.Join("..", ".."), literals: map[string]bool{}, prefixes: map[string]bool{}, consts: map[string]string{},
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, folder := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(s.root, folder), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && path == filepath.Join(s.root, folder):
				return nil // not there yet
			case err != nil:
				return err
			case entry.IsDir() || strings.HasSuffix(path, "_test.go"):
				return nil
			case strings.HasSuffix(path, ".templ"):
				return s.templ(path)
			case strings.HasSuffix(path, ".go"):
				file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
				if err != nil {
					t.Logf("left out: %v", err)
					return nil
				}
				parsed = append(parsed, file)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("scan %s: %v", folder, err)
		}
	}
	for _, file := range parsed {
		s.constants(file)
	}
	for _, file := range parsed {
		ast.Inspect(file, func(node ast.Node) bool { s.node(set, file.Name.Name, node); return true })
	}
	return s
}

// templ reads a template as text: its Go expressions are not a Go file. The
// generated file beside it is scanned in full.
func (s *scan) templ(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	for _, match := range templText.FindAllSubmatch(content, -1) {
		s.literals[string(match[1])+string(match[2])] = true
	}
	for _, match := range templPrefix.FindAllSubmatch(content, -1) {
		s.prefixes[string(match[1])] = true
	}
	for _, match := range templCall.FindAllSubmatchIndex(content, -1) {
		key := string(content[match[2]:match[3]])
		if keyShape.MatchString(key) {
			line := 1 + bytes.Count(content[:match[0]], []byte("\n"))
			s.usages = append(s.usages, usage{where: fmt.Sprintf("%s:%d", path, line), key: key, open: true})
		}
	}
	return nil
}

func (s *scan) constants(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if text, ok := literal(spec.Values[i]); ok {
					s.consts[file.Name.Name+"."+name.Name] = text
				}
			}
		}
		return true
	})
}

func (s *scan) node(set *token.FileSet, pkg string, node ast.Node) {
	switch n := node.(type) {
	case *ast.BasicLit:
		if text, ok := literal(n); ok {
			s.literals[text] = true
			if before, _, found := strings.Cut(text, "%"); found && prefixShape.MatchString(before) {
				s.prefixes[before] = true
			}
		}
	case *ast.BinaryExpr:
		if text, ok := literal(n.X); ok && n.Op == token.ADD && prefixShape.MatchString(text) {
			s.prefixes[text] = true
		}
	case *ast.CallExpr:
		s.call(set.Position(n.Pos()).String(), pkg, n)
	case *ast.CompositeLit:
		if isError(pkg, n.Type) {
			s.errorLiteral(set.Position(n.Pos()).String(), pkg, n)
		}
	}
}

// call notes the calls of T, Refuse and InvalidField. Has is left out: who asks
// expects that there may be no such message.
func (s *scan) call(where, pkg string, n *ast.CallExpr) {
	name := ""
	switch fun := n.Fun.(type) {
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	case *ast.Ident:
		name = fun.Name
	}
	switch {
	case name == "T" && len(n.Args) > 0:
		key, ok := s.text(pkg, n.Args[0])
		if !ok || !keyShape.MatchString(key) {
			return
		}
		u := usage{where: where, key: key, open: n.Ellipsis.IsValid()}
		for i := 1; i < len(n.Args); i += 2 {
			value, ok := s.text(pkg, n.Args[i])
			u.values, u.open = append(u.values, value), u.open || !ok
		}
		s.usages = append(s.usages, u)
	case name == "Refuse" && len(n.Args) == 2:
		if code, ok := s.text(pkg, n.Args[1]); ok {
			s.usages = append(s.usages, usage{where: where, key: "error." + code})
		}
	case name == "InvalidField" && len(n.Args) == 3:
		if code, ok := s.text(pkg, n.Args[1]); ok {
			u := usage{where: where, key: "error." + code}
			u.values, u.open = s.argNames(pkg, n.Args[2])
			s.usages = append(s.usages, u)
		}
	}
}

func (s *scan) errorLiteral(where, pkg string, n *ast.CompositeLit) {
	u := usage{where: where}
	for _, element := range n.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch name, _ := pair.Key.(*ast.Ident); {
		case name == nil:
		case name.Name == "Code":
			if code, ok := s.text(pkg, pair.Value); ok {
				u.key = "error." + code
			}
		case name.Name == "Args":
			u.values, u.open = s.argNames(pkg, pair.Value)
		}
	}
	if u.key != "" {
		s.usages = append(s.usages, u)
	}
}

// argNames returns the names in an Args literal, and whether it is something
// else.
func (s *scan) argNames(pkg string, e ast.Expr) (names []string, open bool) {
	if ident, ok := e.(*ast.Ident); ok && ident.Name == "nil" {
		return nil, false
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, true
	}
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			name, known := s.text(pkg, pair.Key)
			names, open = append(names, name), open || !known
		}
	}
	return names, open
}

// text resolves a literal or a constant.
func (s *scan) text(pkg string, e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		text, ok := s.consts[pkg+"."+e.Name]
		return text, ok
	case *ast.SelectorExpr:
		if from, ok := e.X.(*ast.Ident); ok {
			text, ok := s.consts[from.Name+"."+e.Sel.Name]
			return text, ok
		}
	}
	return literal(e)
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// isError reports whether a literal makes a directory.Error.
func isError(pkg string, typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return pkg == "directory" && typ.Name == "Error"
	case *ast.SelectorExpr:
		from, ok := typ.X.(*ast.Ident)
		return ok && from.Name == "directory" && typ.Sel.Name == "Error"
	}
	return false
}

// TestUsageKeysExist finds messages the code asks for and nobody wrote, and
// values a message needs and the code does not pass.
func TestUsageKeysExist(t *testing.T) {
	t.Parallel()
	french := entries(t, "fr")
	for _, u := range scanSource(t).usages {
		texts, ok := french[u.key]
		if !ok {
			t.Errorf("%s: there is no message %s", u.where, u.key)
			continue
		}
		if u.open {
			continue
		}
		for _, name := range placeholders(texts[""] + texts["other"]) {
			if !slices.Contains(u.values, name) {
				t.Errorf("%s: %s needs %s, the code passes %q", u.where, u.key, name, u.values)
			}
		}
	}
}

// TestUsageNoIdleKey finds messages no code asks for.
func TestUsageNoIdleKey(t *testing.T) {
	t.Parallel()
	s := scanSource(t)
	for key := range entries(t, "fr") {
		code, refusal := strings.CutPrefix(key, "error.")
		used := s.literals[key] || refusal && s.literals[code]
		for _, prefix := range vocabulary() {
			used = used || strings.HasPrefix(key, prefix)
		}
		for prefix := range s.prefixes {
			used = used || strings.HasPrefix(key, prefix) && prefix != "error."
			used = used || refusal && strings.HasPrefix(code, prefix)
		}
		if !used {
			t.Errorf("no code uses %s", key)
		}
	}
}
