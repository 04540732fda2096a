package directory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearCompanies(t *testing.T) { // COMP-2
	t.Parallel()
	var among []Company
	for _, name := range []string{"Maraval Travaux", "Maraval", "Ardoises Ferrière", "Kestner Bau GmbH", "S.N.C. Dupont & Fils", "AB"} {
		among = append(among, Company{Name: name})
	}
	for typed, want := range map[string][]string{
		"MARAVAL  travaux":    {"Maraval Travaux", "Maraval"},
		"Maraval SA":          {"Maraval", "Maraval Travaux"},
		"Ardoise Ferriere":    {"Ardoises Ferrière"},
		"Kestner-Bau":         {"Kestner Bau GmbH"},
		"Dupont et Fils":      {"S.N.C. Dupont & Fils"},
		"Zéphyr":              nil,
		"":                    nil,
		" . ":                 nil,
		"Abattoirs de Nantes": nil,
	} {
		var got []string
		for _, c := range NearCompanies(typed, among, 5) {
			got = append(got, c.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("COMP-2 near %q (-want +got):\n%s", typed, diff)
		}
	}
	if got := NearCompanies("maraval", among, 1); len(got) != 1 || got[0].Name != "Maraval" {
		t.Errorf("COMP-2 the likest first: %v", got)
	}
}
