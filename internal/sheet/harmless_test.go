package sheet

import (
	"strings"
	"testing"
)

func TestHarmless(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"Bertin", "Bertin"},
		{"=1+1", "'=1+1"},
		{"+33 1 23 45 67 89", "'+33 1 23 45 67 89"},
		{"-2", "'-2"},
		{"@sum(a1)", "'@sum(a1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"\n=1", "'\n=1"},
		{"＝1", "'＝1"},
		{"＋1", "'＋1"},
		{"－1", "'－1"},
		{"＠a", "'＠a"},
		{"'t Hooft", "'t Hooft"},
		{"'", "'"},
		{"'=1", "''=1"},
		{"''=1", "'''=1"},
		{"a=b", "a=b"},
	} {
		got := Harmless(test.text)
		if got != test.want {
			t.Errorf("REP-4 Harmless(%q) = %q, want %q", test.text, got, test.want)
		}
		if back := Restore(got); back != test.text {
			t.Errorf("REP-4 Restore(%q) = %q, want %q", got, back, test.text)
		}
	}
}

func FuzzHarmless(f *testing.F) {
	f.Add("'+33")
	f.Fuzz(func(t *testing.T, text string) { // REP-4
		safe := Harmless(text)
		if safe != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(safe)[0]) {
			t.Errorf("Harmless(%q) = %q runs", text, safe)
		}
		if back := Restore(safe); back != text {
			t.Errorf("Restore(Harmless(%q)) = %q", text, back)
		}
	})
}
