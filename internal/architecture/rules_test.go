package architecture

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	ruleLine  = regexp.MustCompile(`(?m)^- \*\*([A-Z]+-[0-9]+)\*\* `)
	citedTest = regexp.MustCompile("`([a-z0-9]+)\\.((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`")
)

// TestRulesAreProved keeps docs/rules honest: each rule names at least one
// test, each named test exists, and one of them says the rule's number, so that
// whoever sees it fail knows which promise was broken.
func TestRulesAreProved(t *testing.T) {
	t.Parallel()
	written := tests(t)
	files, err := filepath.Glob(filepath.Join(root, "docs", "rules", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("rules: %v, %d files", err, len(files))
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		text := string(content)
		starts := ruleLine.FindAllStringSubmatchIndex(text, -1)
		for i, start := range starts {
			end := len(text)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			rule := text[start[2]:start[3]]
			statement, _, _ := strings.Cut(text[start[0]:end], "\n## ")
			proved(t, filepath.Base(file)+" "+rule, rule, citedTest.FindAllStringSubmatch(statement, -1), written)
		}
	}
}

// proved reports what is wrong with the tests one rule cites.
func proved(t *testing.T, where, rule string, cited [][]string, written map[string]string) {
	t.Helper()
	if len(cited) == 0 {
		t.Errorf("%s names no test", where)
		return
	}
	number := regexp.MustCompile(`\b` + rule + `\b`)
	said := false
	for _, c := range cited {
		text, ok := written[c[1]+"."+c[2]]
		if !ok {
			t.Errorf("%s names %s.%s, which is not there", where, c[1], c[2])
		}
		said = said || number.MatchString(text)
	}
	if !said {
		t.Errorf("%s: none of its tests says the number", where)
	}
}

// tests returns the text of each test of the program, its comments included,
// by folder and name: "app.TestKeyEntry".
func tests(t *testing.T) map[string]string {
	t.Helper()
	written := map[string]string{}
	for _, s := range sources(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, s.path))
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil {
				continue
			}
			start := fn.Pos()
			if fn.Doc != nil {
				start = fn.Doc.Pos()
			}
			name := path.Base(filepath.ToSlash(s.folder())) + "." + fn.Name.Name
			written[name] += string(content[s.set.Position(start).Offset:s.set.Position(fn.End()).Offset])
		}
	}
	return written
}
