package architecture

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"intendant/internal/directory"
)

// TestMailKinds: each kind of mail is sent by an operation, and named by its
// constant everywhere but in tests.
func TestMailKinds(t *testing.T) { // MAIL-1
	t.Parallel()
	constants := map[string]directory.MailKind{}
	sent := map[string]bool{}
	var literals []string
	kinds := map[string]bool{}
	for _, rule := range directory.MailRules() {
		kinds[string(rule.Kind)] = true
	}
	for _, s := range sources(t) {
		if s.test || s.generated {
			continue
		}
		table := strings.HasSuffix(s.path, "directory/mailkind.go")
		ast.Inspect(s.file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.ValueSpec:
				if kind, ok := n.Type.(*ast.Ident); ok && table && kind.Name == "MailKind" {
					constants[n.Names[0].Name] = directory.MailKind(text(n.Values[0]))
				}
			case *ast.SelectorExpr:
				if from, ok := n.X.(*ast.Ident); ok && from.Name == "directory" && within(s.folder(), "app") {
					sent[n.Sel.Name] = true
				}
			case *ast.BasicLit:
				if kinds[text(n)] && !table && !alsoNames(s.folder(), text(n)) {
					literals = append(literals, s.at(n)+": "+text(n))
				}
			}
			return true
		})
	}
	if len(constants) != len(kinds) {
		t.Errorf("MAIL-1 %d constants for %d kinds of mail", len(constants), len(kinds))
	}
	for name, kind := range constants {
		if !kinds[string(kind)] {
			t.Errorf("MAIL-1 %s has no row in directory.MailRules", name)
		}
		if planned := slices.Contains(plannedMails(), kind); sent[name] == planned {
			t.Errorf("MAIL-1 %s: sent %t, not sent yet %t", name, sent[name], planned)
		}
	}
	for _, literal := range literals {
		t.Errorf("MAIL-1 %s: name a kind of mail by its constant", literal)
	}
}

// plannedMails are the kinds that wait for the operations that send them.
func plannedMails() []directory.MailKind {
	return nil
}

// alsoNames reports whether a word that names a kind of mail names something else
// in a folder: a table, a group of kinds of entry, a setting.
func alsoNames(folder, word string) bool {
	return word == "invitation" && within(folder, "store", "telling") || word == string(directory.MailPasswordRenewal)
}
