package directory_test

import (
	"testing"

	"intendant/internal/directory"
)

func TestSpellNumber(t *testing.T) { // ACC-1, MAIL-1
	t.Parallel()
	for typed, want := range map[string]string{
		"174205": "174\u202f205", "174 205": "174\u202f205", "174.205": "174\u202f205", "1234567": "1\u202f234\u202f567",
		"999": "999", "FR-174205": "FR-174205", "": "", "5 555": "5\u202f555",
	} {
		got := directory.SpellNumber(typed)
		if got != want {
			t.Errorf("SpellNumber(%q) = %q, want %q", typed, got, want)
		}
		if directory.CleanNumber(got) != directory.CleanNumber(typed) {
			t.Errorf("%q does not find %q", got, typed)
		}
	}
}
