package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// statusAlone are the pages that answer with a status of their own and no refusal: of an
// address that is not there, of links that are over, of a form that only asks to look at
// it again.
var statusAlone = map[string]int{
	"adding/draft.go": 2, "invitation/invitation.go": 1, "members/bulk.go": 1, "past/differences.go": 1, "past/past.go": 1, "rights/why.go": 1,
	"console/customer_acts.go": 1,
}

// TestRefusedFormsComeBack: a page answers a refused form through RenderRefused, which
// says what leads on and how long to wait.
func TestRefusedFormsComeBack(t *testing.T) { // API-3
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	status := regexp.MustCompile(`\.RenderStatus\(`)
	for _, file := range files {
		if strings.HasPrefix(file, "page/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(status.FindAll(text, -1)); n != statusAlone[file] {
			t.Errorf("%s answers %d times with a status alone, %d are known", file, n, statusAlone[file])
		}
	}
}
