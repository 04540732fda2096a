package directory

import (
	"strings"
	"testing"
)

func TestCleanUnitName(t *testing.T) { // UNIT-2
	t.Parallel()
	for _, test := range []struct{ name, typed, want, code string }{
		{"as typed", "Agence de Nantes", "Agence de Nantes", ""},
		{"blanks around and inside", "  Agence   de\tNantes ", "Agence de Nantes", ""},
		{"nothing", " \n", "", "field.required"},
		{"only accents and blanks", "\u0301 ", "", "text.broken"},
		{"NUL", "Agence\x00", "", "text.broken"},
		{"no text", "Agence\xff", "", "text.broken"},
		{"the longest", strings.Repeat("é", UnitNameMost), strings.Repeat("é", UnitNameMost), ""},
		{"longer", strings.Repeat("é", UnitNameMost+1), "", "field.too_long"},
		{"seventy thousand characters", strings.Repeat("a", 70_000), "", "field.too_long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, refusal := CleanUnitName(test.typed)
			code := ""
			if refusal != nil {
				code = refusal.Code
			}
			if got != test.want || code != test.code {
				t.Errorf("%q with %q, want %q with %q", got, code, test.want, test.code)
			}
		})
	}
	if id, refusal := CleanUnitExternal("  "); id != "" || refusal != nil {
		t.Errorf("no external id: %q, %v", id, refusal)
	}
	if _, refusal := CleanUnitExternal(strings.Repeat("x", UnitExternalMost+1)); refusal == nil || refusal.Field != "external" {
		t.Errorf("a long external id: %v", refusal)
	}
}
