package architecture

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"intendant/internal/i18n/messages"
)

// TestLanguagesAreFiles: code names no language of the program, but for the two
// that every text of a catalogue has; which there are is which message files there
// are. The example speaks as its people do.
func TestLanguagesAreFiles(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || s.generated || within(s.folder(), "demo") || strings.HasSuffix(s.path, "directory/language.go") {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && slices.Contains(messages.Languages(), text(literal)) {
				t.Errorf("%s: names the language %s; ask messages.Languages, the reader, or a message", s.at(literal), text(literal))
			}
			return true
		})
	}
}
