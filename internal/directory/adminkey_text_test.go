package directory

import (
	"strings"
	"testing"
)

func TestFormatKey(t *testing.T) { // KEY-1
	for _, test := range []struct{ name, canonical, want string }{
		{"KEY-1 twelve", "ADMKEY7WX9PQ", "ADM-KEY-7WX-9PQ"},
		{"KEY-1 sixteen by policy", "ADMKEY7WX9PQ2345", "ADMK-EY7W-X9PQ-2345"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := FormatKey(test.canonical); got != test.want {
				t.Errorf("FormatKey = %q, want %q", got, test.want)
			}
		})
	}
}

func TestParseKey(t *testing.T) { // KEY-1
	for _, test := range []struct {
		name, text string
		length     int
		want       string
	}{
		{"as printed", "ADM-KEY-7WX-9PQ", 12, "ADMKEY7WX9PQ"},
		{"small letters", "adm-key-7wx-9pq", 12, "ADMKEY7WX9PQ"},
		{"spaces", "  ADM KEY 7WX\u00a09PQ\r\n", 12, "ADMKEY7WX9PQ"},
		{"no separator", "ADMKEY7WX9PQ", 12, "ADMKEY7WX9PQ"},
		{"long dash, minus, non-breaking hyphen", "ADM—KEY\u22127WX\u20119PQ", 12, "ADMKEY7WX9PQ"},
		{"dots, underscore, slash", "ADM.KEY_7WX/9PQ", 12, "ADMKEY7WX9PQ"},
		{"separators elsewhere", "A-D-M-K-E-Y-7-W-X-9-P-Q", 12, "ADMKEY7WX9PQ"},
		{"sixteen", "ADMK-EY7W-X9PQ-2345", 16, "ADMKEY7WX9PQ2345"},
		{"too short", "ADM-KEY-7WX-9P", 12, ""},
		{"too long", "ADM-KEY-7WX-9PQ-2", 12, ""},
		{"twelve where sixteen", "ADM-KEY-7WX-9PQ", 16, ""},
		{"look-alike", "ADM-KEY-7WX-9P0", 12, ""},
		{"foreign letter", "ADM-KEY-7WX-9PÉ", 12, ""},
		{"letter that folds to ASCII", "ADM-\u212aEY-7WX-9PQ", 12, ""},
		{"broken text", "ADM-KEY-7WX-9P\xff", 12, ""},
		{"empty", "", 12, ""},
	} {
		t.Run("KEY-1 "+test.name, func(t *testing.T) {
			got, err := ParseKey(test.text, test.length)
			if got != test.want {
				t.Errorf("ParseKey = %q, want %q", got, test.want)
			}
			if refused := err != nil; refused != (test.want == "") {
				t.Errorf("ParseKey refusal = %v, want %v", err, test.want == "")
			}
			if err != nil && (err.Code != "key.malformed" || err.Field != "admin_key") {
				t.Errorf("ParseKey refusal = %s at %s, want key.malformed at admin_key", err.Code, err.Field)
			}
		})
	}
}

func TestKeyAlphabet(t *testing.T) { // KEY-1
	if got := strings.IndexAny(KeyAlphabet, "01OIL"); got != -1 {
		t.Errorf("KeyAlphabet has the look-alike %q", KeyAlphabet[got])
	}
	for i, r := range KeyAlphabet {
		if strings.ContainsRune(KeyAlphabet[:i], r) {
			t.Errorf("KeyAlphabet has %q twice", r)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"ADM-KEY-7WX-9PQ", "adm key 7wx 9pq", "", "ADM—KEY", "\xff\u00ad0"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, long bool) {
		length := 12
		if long {
			length = 16
		}
		canonical, err := ParseKey(text, length)
		if err != nil {
			if canonical != "" {
				t.Errorf("ParseKey(%q) = %q beside a refusal", text, canonical)
			}
			return
		}
		again, err := ParseKey(FormatKey(canonical), length)
		if err != nil || again != canonical {
			t.Errorf("ParseKey(FormatKey(%q)) = %q, %v", canonical, again, err)
		}
		if lower, err := ParseKey(strings.ToLower(FormatKey(canonical)), length); err != nil || lower != canonical {
			t.Errorf("ParseKey of small letters = %q, %v, want %q", lower, err, canonical)
		}
	})
}
