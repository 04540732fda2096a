package mail

import (
	"regexp"
	"strings"
	"testing"
)

// guessed is what mail programs take for a link in plain text, drawn wide.
var guessed = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://|\bwww\.[^\s\x{200b}]|[\p{L}\d_-]+[.。．｡][\p{L}\d-]{2,}|\S@[^\s\x{200b}]|\b(mailto|tel|javascript|data):[^\s\x{200b}]|\\\\\S|//\S`)

func TestDefuse(t *testing.T) { // MAIL-4
	for _, test := range []struct{ name, text, want string }{
		{"a name", "Hélène Castaing", "Hélène Castaing"},
		{"initials stay", "Maraval S.A.R.L.", "Maraval S.A.R.L."},
		{"end of sentence", "Merci. À demain", "Merci. À demain"},
		{"scheme", "https://evil.example/x", "https:\u200b/\u200b/evil.\u200bexample/x"},
		{"domain", "gagnez sur evil.example", "gagnez sur evil.\u200bexample"},
		{"www", "www.evil.example", "www.\u200bevil.\u200bexample"},
		{"address", "a@evil.example", "a@\u200bevil.\u200bexample"},
		{"mailto", "mailto:a", "mailto:\u200ba"},
		{"ideographic dot", "evil。example", "evil。\u200bexample"},
		{"share", `\\server\share`, "\\\u200b\\server\\share"},
		{"line ends", "Ann\r\nBcc: x@y.example", "Ann Bcc: x@\u200by.\u200bexample"},
		{"direction", "Ann \u202egro.live", "Ann gro.\u200blive"},
		{"NUL", "A\x00nn", "Ann"},
		{"broken text", "A\xffnn", "A\ufffdnn"},
		{"a time stays", "à 14:05", "à 14:05"},
	} {
		t.Run("MAIL-4 "+test.name, func(t *testing.T) {
			if got := defuse(test.text); got != test.want {
				t.Errorf("defuse = %q, want %q", got, test.want)
			}
		})
	}
	if got := []rune(defuse(strings.Repeat("x", 5000))); len(got) != nameRunes || got[nameRunes-1] != '…' {
		t.Errorf("defuse left %d characters, want %d", len(got), nameRunes)
	}
}

func TestDefuseExact(t *testing.T) { // MAIL-4
	for _, test := range []struct {
		text   string
		broken bool
	}{
		{"agathe.lormeau", false}, {"ADM-KEY-7WX-9PQ", false}, {"Duvaki-negezu-bipaha-47", false},
		{"agathe.com", true}, {"evil.co.uk", true}, {"a@b.example", true}, {"https://x", true},
	} {
		if got := strings.ContainsRune(defuseExact(test.text), breaker); got != test.broken {
			t.Errorf("defuseExact(%q) broken = %v, want %v", test.text, got, test.broken)
		}
	}
}

func FuzzDefuse(f *testing.F) {
	for _, seed := range []string{"https://evil.example", "a@b.cc", "evil.com\r\nTo: x@y.zz", "\u202eevil．com", "x.y.zz:8080//a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{defuse(text), defuseLines(text)} {
			if found := guessed.FindString(got); found != "" {
				t.Errorf("defused %q still holds %q", got, found)
			}
			if strings.ContainsAny(got, "\r\x00") {
				t.Errorf("defused %q holds control characters", got)
			}
		}
	})
}
