package address

import "testing"

// TestLooks: domains that are taken for one another look the same.
func TestLooks(t *testing.T) { // ADD-13
	for _, same := range [][2]string{{"maraval.example", "rnaraval.example"}, {"maraval.example", "m\u0430raval.example"},
		{"soprema.fr", "s0prema.fr"}, {"eau.fr", "Éau.fr"}, {"ville.fr", "vil1e.fr"}} {
		if a, b := Looks(same[0]), Looks(same[1]); a != b {
			t.Errorf("%s looks like %q, %s like %q", same[0], a, same[1], b)
		}
	}
	for _, other := range [][2]string{{"maraval.example", "marival.example"}, {"a.fr", "a.be"}} {
		if Looks(other[0]) == Looks(other[1]) {
			t.Errorf("%s and %s look alike", other[0], other[1])
		}
	}
}
