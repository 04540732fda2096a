package letter

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
)

func printer(t testing.TB, lang string) *i18n.Printer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Printer(lang, time.UTC)
}

func batisoft() Brand {
	return Brand{Name: "Bâtisoft", Colour: "#0b5d66", Address: []string{"18 quai des Tanneurs", "44000 Nantes"}, Place: "Nantes", Support: "01 99 00 41 20"}
}

func maraval(t testing.TB, lang string) Letter {
	return Letter{
		Printer: printer(t, lang), AccountName: "Groupe Maraval", Number: "204\u202f817", Level: "Contrat Sérénité", Licences: "5 produits, 1\u202f544",
		Address: []string{"À l’attention de Mme Hélène Castaing", "27 rue de la Sablière", "44600 Saint-Nazaire"},
		Date:    time.Date(2026, 1, 14, 9, 0, 0, 0, time.UTC),
		Keys:    []string{"K7M-X4P-9TR-HW3", "3QD-VN8-F6J-CY2", "T9R-4HW-KM7-PX6"},
		KeyURL:  "https://espace.batisoft.example/key",
	}
}

// printed makes the PDF without compression and gives back the texts on it,
// each as it was put, and the number of pages.
func printed(t *testing.T, letters ...Letter) (texts []string, pages int) {
	t.Helper()
	s, err := newSheet(batisoft(), letters[0])
	if err != nil {
		t.Fatal(err)
	}
	s.pdf.SetCompression(false)
	for _, l := range letters {
		s.letter(l)
	}
	pages = s.pdf.PageCount()
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		t.Fatal(err)
	}
	for _, match := range shownText.FindAllSubmatch(out.Bytes(), -1) {
		texts = append(texts, decode(match[1]))
	}
	return texts, pages
}

var shownText = regexp.MustCompile(`(?s)Td \((.*?[^\\]|)\) Tj`)

// decode reads a string of the page: two bytes a character, some escaped.
func decode(raw []byte) string {
	raw = regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(raw, func(m []byte) []byte {
		if m[1] == 'r' {
			return []byte{'\r'}
		}
		return m[1:]
	})
	var b strings.Builder
	for i := 0; i+1 < len(raw); i += 2 {
		b.WriteRune(rune(raw[i])<<8 | rune(raw[i+1]))
	}
	return b.String()
}

func TestWrite(t *testing.T) { // KEY-5
	titles := map[string]string{"fr": "Vos trois clés administrateur", "en": "Your three admin keys", "de": "Ihre drei Administratorschlüssel", "nl": "Uw drie beheerderssleutels"}
	for lang, title := range titles {
		t.Run("KEY-5 "+lang, func(t *testing.T) {
			l := maraval(t, lang)
			texts, pages := printed(t, l)
			all := strings.Join(texts, "\n")
			for _, want := range append([]string{title, "Groupe Maraval", "27 rue de la Sablière", "204\u00a0817", "espace.batisoft.example/key", "01 99 00 41 20"}, l.Keys...) {
				if !strings.Contains(all, want) {
					t.Errorf("KEY-5 the letter lacks %q", want)
				}
			}
			if got := strings.Count(all, "204\u00a0817"); got != 4 {
				t.Errorf("the number stands %d times, want in the title block and on each slip", got)
			}
			if pages != 1 || strings.Contains(all, "[letter.") || strings.Contains(all, "?") {
				t.Errorf("%d pages, text:\n%s", pages, all)
			}
		})
	}
}

func TestWriteBatch(t *testing.T) { // VEND-4
	one, many := maraval(t, "fr"), maraval(t, "de")
	one.Keys = one.Keys[:1]
	for i := range 12 {
		many.Keys = append(many.Keys, fmt.Sprintf("AAA-AAA-AAA-A%02d", i))
	}
	texts, pages := printed(t, one, maraval(t, "nl"), many)
	if want := 1 + 1 + 3; pages != want {
		t.Errorf("VEND-4 %d pages, want %d", pages, want)
	}
	all := strings.Join(texts, "\n")
	for _, key := range many.Keys {
		if !strings.Contains(all, key) {
			t.Errorf("key %s is not printed", key)
		}
	}
	if !strings.Contains(all, "Votre clé administrateur") || strings.Contains(all, "deuxième clé") {
		t.Error("a letter of one key speaks of several")
	}
}

func TestWriteSameBytes(t *testing.T) {
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := Write(out, batisoft(), []Letter{maraval(t, "fr"), maraval(t, "de")}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same letters gave different bytes")
	}
	if !bytes.HasPrefix(one.Bytes(), []byte("%PDF-")) {
		t.Error("not a PDF")
	}
}

func TestWriteRefuses(t *testing.T) {
	keyless := maraval(t, "fr")
	keyless.Keys = nil
	for name, letters := range map[string][]Letter{"none": nil, "no keys": {keyless}, "no language": {{Keys: []string{"A"}}}} {
		if err := Write(&bytes.Buffer{}, batisoft(), letters); err == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}

// hostile is a letter whose every text is too long or cannot be printed.
func hostile(t testing.TB, lang string) Letter {
	l := maraval(t, lang)
	l.AccountName = strings.Repeat("Société Générale des Établissements Réunis ", 6)
	l.Number = strings.Repeat("204817", 8)
	l.Level = strings.Repeat("Sérénité", 9)
	l.Address = []string{strings.Repeat("x", 400), "日本 株式会社 😀", "Nguyễn Văn \x00\xff Ạnh\u202e\r\n(\\)", "a", "b", "c", "d", "e", "f"}
	l.KeyURL = "https://" + strings.Repeat("espace.", 20) + "example/key"
	l.Keys = []string{"K7MA-X4P2-9TRC-HW3D", strings.Repeat("K7M-", 20), "A"}
	return l
}

func TestWriteNothingOverflows(t *testing.T) { // KEY-5
	for _, lang := range messages.Languages() {
		l := hostile(t, lang)
		texts, pages := printed(t, l)
		if pages != 1 {
			t.Errorf("%s: %d pages, want 1", lang, pages)
		}
		s, err := newSheet(batisoft(), l)
		if err != nil {
			t.Fatal(err)
		}
		st, text := s.fitted(25, style{plain, 7.5, ink}, l.AccountName)
		if got := s.width(st, text); got > 25 {
			t.Errorf("a long name is %.1f mm wide, want 25", got)
		}
		for _, line := range s.wrap(40, st, strings.Repeat("x", 300)+" deux mots") {
			if got := s.width(st, line); got > 40 {
				t.Errorf("a long word is %.1f mm wide, want 40", got)
			}
		}
		for _, text := range texts {
			if strings.ContainsAny(text, "\x00\r\u202e") {
				t.Errorf("printed %q", text)
			}
		}
	}
}

// TestLook leaves the letters in the folder named by LETTER_OUT, to be looked
// at after a change of layout.
func TestLook(t *testing.T) {
	folder := os.Getenv("LETTER_OUT")
	if folder == "" {
		t.Skip("LETTER_OUT names no folder")
	}
	file, err := os.Create(folder + "/letters.pdf")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var letters []Letter
	for _, lang := range messages.Languages() {
		letters = append(letters, maraval(t, lang))
	}
	long := maraval(t, "fr")
	long.AccountName = "Société Générale des Établissements Réunis de Construction et de Travaux Publics"
	letters = append(letters, hostile(t, "de"), long)
	if err := Write(file, batisoft(), letters); err != nil {
		t.Fatal(err)
	}
}
