package app

import (
	"strings"
	"testing"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

func TestReadCursor(t *testing.T) { // LIST-6
	sort := store.MemberSort{Column: "company", Descending: true}
	whole := cursorAt(sort, store.MemberPlace{Text: "maraval", Name: "haddad karim", Key: 7}, 51)
	got, err := readCursor(whole.String(), sort)
	if err != nil || got != whole {
		t.Errorf("readCursor = %+v (%v), want %+v", got, err, whole)
	}
	for name, text := range map[string]string{
		"of another column":     cursorAt(store.MemberSort{Column: "name", Descending: true}, store.MemberPlace{}, 1).String(),
		"of the other order":    cursorAt(store.MemberSort{Column: "company"}, store.MemberPlace{}, 1).String(),
		"no base64":             "%%%",
		"no object":             "Zm9v",
		"a field too many":      "eyJjIjoiY29tcGFueSIsImQiOnRydWUsIngiOjF9",
		"a negative position":   cursorAt(sort, store.MemberPlace{}, -1).String(),
		"a name of nul":         cursorAt(sort, store.MemberPlace{Text: "\x00"}, 1).String(),
		"longer than any":       strings.Repeat("A", gate.LongestCursor+1),
		"something after it":    whole.String() + "AAAA",
		"an empty address part": "",
	} {
		if _, err := readCursor(text, sort); !gate.RefusedWith(err, "list.bad_cursor") {
			t.Errorf("cursor %s: %v, want list.bad_cursor", name, err)
		}
	}
}

// FuzzCursor holds that a cursor of whatever origin is read or refused.
func FuzzCursor(f *testing.F) {
	for _, column := range store.MemberColumns() {
		f.Add(cursorAt(store.MemberSort{Column: column}, store.MemberPlace{Number: 3, Text: "é", Name: "a", Key: directory.MemberID(1) << 32}, 12).String(), column)
	}
	f.Add("eyJjIjoibmFtZSIsImsiOjF9", "name")
	f.Fuzz(func(t *testing.T, text, column string) {
		sort := store.MemberSort{Column: column}
		c, err := readCursor(text, sort)
		if err != nil {
			if !gate.RefusedWith(err, "list.bad_cursor") {
				t.Fatalf("fault: %v", err)
			}
			return
		}
		if c.Column != column || c.Position < 0 || strings.ContainsRune(c.Text+c.Name, 0) {
			t.Fatalf("accepted %+v", c)
		}
	})
}
