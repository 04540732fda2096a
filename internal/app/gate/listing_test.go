package gate

import (
	"strings"
	"testing"
)

func TestReadCursor(t *testing.T) { // LIST-6
	whole := Cursor{Column: "company", Descending: true, Text: "maraval", Name: "haddad karim", Key: 7, Position: 51}
	got, err := ReadCursor(whole.String(), "company", true)
	if err != nil || got != whole {
		t.Errorf("ReadCursor = %+v (%v), want %+v", got, err, whole)
	}
	for name, text := range map[string]string{
		"of another column":     Cursor{Column: "name", Descending: true, Position: 1}.String(),
		"of the other order":    Cursor{Column: "company", Position: 1}.String(),
		"no base64":             "%%%",
		"no object":             "Zm9v",
		"a field too many":      "eyJjIjoiY29tcGFueSIsImQiOnRydWUsIngiOjF9",
		"a negative position":   Cursor{Column: "company", Descending: true, Position: -1}.String(),
		"a name of nul":         Cursor{Column: "company", Descending: true, Text: "\x00", Position: 1}.String(),
		"longer than any":       strings.Repeat("A", LongestCursor+1),
		"something after it":    whole.String() + "AAAA",
		"an empty address part": "",
	} {
		if _, err := ReadCursor(text, "company", true); !RefusedWith(err, "list.bad_cursor") {
			t.Errorf("cursor %s: %v, want list.bad_cursor", name, err)
		}
	}
}

// FuzzCursor holds that a cursor of whatever origin is read or refused.
func FuzzCursor(f *testing.F) {
	for _, column := range []string{"name", "added"} {
		f.Add(Cursor{Column: column, Number: 3, Text: "é", Name: "a", Key: 1 << 32, Position: 12}.String(), column)
	}
	f.Add("eyJjIjoibmFtZSIsImsiOjF9", "name")
	f.Fuzz(func(t *testing.T, text, column string) {
		c, err := ReadCursor(text, column, false)
		if err != nil {
			if !RefusedWith(err, "list.bad_cursor") {
				t.Fatalf("fault: %v", err)
			}
			return
		}
		if c.Column != column || c.Position < 0 || strings.ContainsRune(c.Text+c.Name, 0) {
			t.Fatalf("accepted %+v", c)
		}
	})
}
