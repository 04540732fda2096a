package sheet

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bretons = "Nom;Prénom;E-mail;Société\r\nLefèvre;Hélène;a@c.example;Société Générale de l'Île\r\nBesançon;Benoît;b@c.example;Forêt & Côté\r\n" +
	"Gaël;Maëlle;c@c.example;Épicerie\r\nPÉLISSIER;Zoé;d@c.example;DÉSIRÉ\r\n"

// inCharset is a text in a character set.
func inCharset(t *testing.T, charset, text string) string {
	t.Helper()
	out, err := encodingOf(charset).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readAll(t *testing.T, text string, o Options) (Format, [][]string) {
	t.Helper()
	r, err := Open("x.csv", strings.NewReader(text), int64(len(text)), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	rows := [][]string{r.Head()}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Format(), rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row.Cells)
	}
}

func TestCharsetIsFound(t *testing.T) { // ADD-13
	_, want := readAll(t, bretons, Options{})
	for _, charset := range []string{"utf-8", "windows-1252", "macintosh", "ibm850", "utf-16le", "utf-16be"} {
		for name, mark := range map[string]string{"": "", " under the mark of UTF-8": "\ufeff"} {
			if mark != "" && strings.HasPrefix(charset, "utf-16") {
				continue
			}
			t.Run("ADD-13 "+charset+name, func(t *testing.T) {
				format, rows := readAll(t, mark+inCharset(t, charset, bretons), Options{})
				if format.Charset != charset {
					t.Errorf("charset %q", format.Charset)
				}
				if diff := cmp.Diff(want, rows); diff != "" {
					t.Errorf("rows differ (-want +got):\n%s", diff)
				}
			})
		}
	}
	t.Run("ADD-13 the mark is no text when another set is chosen", func(t *testing.T) {
		_, rows := readAll(t, "\ufeff"+inCharset(t, "windows-1252", bretons), Options{Charset: "windows-1252"})
		if rows[0][0] != "Nom" {
			t.Errorf("first title %q", rows[0][0])
		}
	})
	for name, mark := range map[string]string{"ADD-13 one foreign line": "", "ADD-13 one foreign line under a mark": "\ufeff"} {
		t.Run(name, func(t *testing.T) {
			format, rows := readAll(t, mark+bretons+inCharset(t, "windows-1252", "Müller;Jörg;e@c.example;Töff\r\n"), Options{})
			if format.Charset != "utf-8" || rows[1][0] != "Lefèvre" {
				t.Errorf("charset %q, first name %q", format.Charset, rows[1][0])
			}
			if code, _ := Suspect(rows[5][0]); code != "text.unreadable" {
				t.Errorf("%q is not suspect", rows[5][0])
			}
		})
	}
}

func TestSuspect(t *testing.T) {
	for text, want := range map[string][2]string{
		"Lefèvre":          {},
		"Château d'Ângela": {},
		"SÃO PAULO":        {},
		"Ångström":         {},
		"Γιώργος":          {},
		"√9":               {},
		"Lef�vre":          {"text.unreadable", ""},
		"#N/A":             {"text.error_value", ""},
		" #REF! ":          {"text.error_value", ""},
		"#NOM?":            {"text.error_value", ""},
		"#DIV/0!":          {"text.error_value", ""},
		"Err:502":          {"text.error_value", ""},
		"#4 Bâtiment":      {},
		"N/A":              {},
		"LefÃ¨vre":         {"text.twice", "Lefèvre"},
		"Ã‰picerie":        {"text.twice", "Épicerie"},
		"lâ€™agence":       {"text.twice", "l’agence"},
		"Lef√®vre":         {"text.twice", "Lefèvre"},
		"Lef├¿vre":         {"text.twice", "Lefèvre"},
	} {
		t.Run("ADD-13 "+text, func(t *testing.T) {
			if code, meant := Suspect(text); [2]string{code, meant} != want {
				t.Errorf("Suspect: %q %q, want %q", code, meant, want)
			}
		})
	}
}

func TestCellsKeptFromSpreadsheets(t *testing.T) { // REP-4
	text := "Nom;Matricule;Tel\n=1+1;=\"00123\";'+33 6 12\n''=x;\"=\"\"0042\"\"\";-5\n"
	_, rows := readAll(t, text, Options{})
	want := [][]string{{"Nom", "Matricule", "Tel"}, {"=1+1", "00123", "+33 6 12"}, {"'=x", "0042", "-5"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
	for _, value := range []string{`="00123"`, "'=x", "+33 6", "=1+1", "''", "-"} {
		if got := plainCell(Harmless(value)); got != value {
			t.Errorf("%q comes back as %q", value, got)
		}
	}
}
