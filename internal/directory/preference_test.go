package directory

import (
	"slices"
	"strings"
	"testing"
)

func TestUnitOrder(t *testing.T) { // PREF-1
	t.Parallel()
	natural := strings.Fields("a b c d e")
	for _, test := range []struct {
		name          string
		first         string
		places        map[string]int
		want, leading string
	}{
		{"nothing moved", "", nil, "a b c d e", ""},
		{"one comes first", "", map[string]int{"d": 1}, "d a b c e", "d"},
		{"the first goes last", "", map[string]int{"a": 5}, "b c d e a", "b c d e"},
		{"two change places", "", map[string]int{"b": 3, "c": 2}, "a c b d e", "a c"},
		{"two want one place: the earlier is before", "", map[string]int{"d": 1, "e": 1}, "e d a b c", "e d"},
		{"a place beyond the end is the end", "", map[string]int{"b": 99}, "a c d e b", "a c d e"},
		{"a place before the start is the start", "", map[string]int{"c": -4}, "c a b d e", "c"},
		{"an order is moved on", "d a", map[string]int{"a": 1}, "a d b c e", "a d"},
		{"an order is put back", "d", map[string]int{"d": 4}, "a b c d e", ""},
		{"what is not there any more is left out", "x d", nil, "d a b c e", "d"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := Moved(InOrder(natural, strings.Fields(test.first)), test.places)
			if got := strings.Join(list, " "); got != test.want {
				t.Errorf("order %q, want %q", got, test.want)
			}
			leading := Leading(natural, list)
			if got := strings.Join(leading, " "); got != test.leading {
				t.Errorf("leading %q, want %q", got, test.leading)
			}
			if again := InOrder(natural, leading); !slices.Equal(again, list) {
				t.Errorf("read again: %v, want %v", again, list)
			}
		})
	}
}
