package demo

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/catalogue"
)

// TestTrees holds the example's trees against the catalogue: every unit stands
// where its level may (UNIT-1), and every home and holding names one of them.
func TestTrees(t *testing.T) {
	t.Parallel()
	standard, err := catalogue.ReadBuiltin(catalogue.Standard)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(customers(), customer{number: maravalNumber, kind: "fleet"}) {
		tree := customerTree(c.number)
		if c.number == maravalNumber {
			tree = maravalTree()
		}
		kind, _ := standard.AccountType(c.kind)
		levels := map[string]string{"": catalogue.RootLevel}
		for _, u := range tree {
			above, known := levels[u.Under]
			if !known || !kind.MayStandUnder(u.Level, above) {
				t.Errorf("%s: %s of level %s under %q of level %q", c.name, u.Name, u.Level, u.Under, above)
			}
			if _, twice := levels[u.Name]; twice {
				t.Errorf("%s: %s twice", c.name, u.Name)
			}
			levels[u.Name] = u.Level
		}
	}
	names := unitNames(maravalTree())
	for _, f := range firms() {
		for _, home := range homesOf(f.name) {
			if !names[home] {
				t.Errorf("home %s of %s is no unit", home, f.name)
			}
		}
	}
	for email, home := range homes() {
		if !names[home] {
			t.Errorf("home %s of %s is no unit", home, email)
		}
	}
	for _, h := range holdings() {
		if !names[h.unit] {
			t.Errorf("%s holds %s at %s, which is no unit", h.email, h.role, h.unit)
		}
	}
}

func unitNames(tree []app.SeedUnit) map[string]bool {
	names := map[string]bool{"": true}
	for _, u := range tree {
		names[u.Name] = true
	}
	return names
}
