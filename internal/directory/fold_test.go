package directory

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"plain", "yann bertin", "yann bertin"},
		{"case", "Yann BERTIN", "yann bertin"},
		{"accents", "Éléonore Çağlar Ñandú Ž", "eleonore caglar nandu z"},
		{"combining marks", "E\u0301le\u0301onore", "eleonore"},
		{"ligatures", "Œuvre Cæsar ŒUVRE", "oeuvre caesar oeuvre"},
		{"sharp s", "Straße STRAẞE", "strasse strasse"},
		{"strokes", "Łódź Sørensen Đorđe", "lodz sorensen dorde"},
		{"apostrophes", "L’Hôpital O‘Neil d'Or", "l'hopital o'neil d'or"},
		{"hyphens", "Jean‑Pierre Jean‐Paul", "jean-pierre jean-paul"},
		{"white space", "  a \t\r\n b\u00a0\u202fc\u2028d ", "a b c d"},
		{"control characters", "a\x00b\x1bc\x7f\u0085d", "abc d"},
		{"invisible characters", "a\u200bb\u00adc\ufeffd", "abcd"},
		{"Vietnamese", "Nguyễn Thị Ánh", "nguyen thi anh"},
		{"Turkish capital", "İstanbul ılık", "istanbul ilik"},
		{"Icelandic, Dutch", "Þór Ĳsbrand", "thor ijsbrand"},
		{"Ångström sign, Kelvin sign", "\u212bngstr\u00f6m \u212a", "angstrom k"},
		{"other scripts keep their letters", "Ελένη Анна 山田", "ελένη анна 山田"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
		{"trailing blank", "a ", "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Fold(test.text); got != test.want {
				t.Errorf("Fold(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestFoldKnowsEveryLatinLetter(t *testing.T) {
	for r := rune(0xc0); r < 0x1f00; r++ {
		folded := Fold(string(r))
		if again := Fold(folded); again != folded {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", r, again, folded)
		}
		if upper := Fold(string(unicode.ToUpper(r))); unicode.ToLower(unicode.ToUpper(r)) == r && upper != folded {
			t.Errorf("Fold of the capital of %q = %q, want %q", r, upper, folded)
		}
	}
}

func TestFoldEmail(t *testing.T) { // ADD-2, USER-9
	for _, test := range []struct{ typed, want string }{
		{" éric.BERTIN@Maraval.FR\t", "éric.bertin@maraval.fr"},
		{"Éric@maraval.fr", "Éric@maraval.fr"}, // another mailbox for the server it goes to
		{"a@Café.fr", "a@xn--caf-dma.fr"},
	} {
		if got := FoldEmail(test.typed); got != test.want {
			t.Errorf("FoldEmail(%q) = %q, want %q", test.typed, got, test.want)
		}
	}
}

func TestCleanEmail(t *testing.T) { // USER-9
	for _, test := range []struct{ typed, want, code string }{
		{" Y.Bertin@CAFÉ.fr ", "y.bertin@xn--caf-dma.fr", ""},
		{"a@\u212aopf.de", "", "email.form"},
		{"nobody", "", "email.no_at"},
	} {
		got, refusal := CleanEmail("contact", test.typed)
		code := ""
		if refusal != nil {
			code = refusal.Code
			if refusal.Field != "contact" {
				t.Errorf("CleanEmail(%q) refuses field %q", test.typed, refusal.Field)
			}
		}
		if got != test.want || code != test.code {
			t.Errorf("CleanEmail(%q) = %q, %q, want %q, %q", test.typed, got, code, test.want, test.code)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Éléonore  L’Œuvre\x00")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", s, twice, once)
		}
		if !utf8.ValidString(once) {
			t.Errorf("Fold(%q) = %q is not valid UTF-8", s, once)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, test := range []struct{ name, text string }{
		{"plain", "yann bertin y.bertin@maraval.fr"},
		{"accents", "Éléonore L’Hôpital-Lefèvre"},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(test.text)
			}
		})
	}
}

func TestFoldPlainTextIsNotCopied(t *testing.T) {
	text := "yann bertin"
	if got := testing.AllocsPerRun(100, func() { Fold(text) }); got != 0 {
		t.Errorf("Fold of plain text allocates %v times, want 0", got)
	}
}
