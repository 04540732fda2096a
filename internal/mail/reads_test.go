package mail

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
)

// A reading is who reads a mail, and what it says.
type reading struct {
	name, zone string
	values     map[string]string
}

// readings are what mails are written with: one of each thing and several, names
// that begin with a vowel, readers near and far.
func readings() []reading {
	vowels := full()
	maps.Copy(vowels, map[string]string{
		directory.FactVendor: "Outilog", directory.FactName: "Inès Ott", directory.FactActor: "Élodie Aubert", directory.FactAccount: "Atelier Oudin",
		directory.FactPerson: "Albane Imbert", directory.FactPeople: "Albane Imbert", directory.FactUnit: "Agence Est", directory.FactProject: "Écoles d’Oise",
		directory.FactProduct: "Étude", directory.FactProducts: "Étude", directory.FactCount: "1",
	})
	several := full()
	several[directory.FactPeople] = "Albane Imbert\nKarim Haddad"
	none := full()
	none[directory.FactCount], none[directory.FactName] = "0", ""
	return []reading{{"one, with vowels", "Europe/Paris", vowels}, {"several", "UTC", several}, {"none", "America/St_Johns", none}}
}

var (
	zone  = regexp.MustCompile(`\(UTC[^)]*\)`)
	hour  = regexp.MustCompile(`\d{1,2}(:| h )\d{2}\b[^\n]{0,3}`)
	elide = regexp.MustCompile(`(?i)(^|[^\pL])(de|le|la|que|ne|se|je|jusque|lorsque) [aeiouyàâäéèêëîïôöùûœ]`)
	word  = regexp.MustCompile(`[\pL\d’'-]+`)
)

// faults are what a reader would stumble over in a text.
func faults(lang, text string) []string {
	var found []string
	for _, mark := range []string{"[mail.", "{{", "}}", "<no value>", "%!", "  ", " ,", "..", ",,"} {
		if strings.Contains(text, mark) {
			found = append(found, fmt.Sprintf("%q stands in it", mark))
		}
	}
	for line := range strings.Lines(text) {
		before, end := "", 0
		for _, at := range word.FindAllStringIndex(line, -1) {
			w := line[at[0]:at[1]]
			if beside := strings.Trim(line[end:at[0]], " ,") == ""; beside && strings.EqualFold(w, before) && !strings.EqualFold(w, "vous") {
				found = append(found, fmt.Sprintf("%q stands twice: %s", w, strings.TrimSpace(line)))
			}
			before, end = w, at[1]
		}
		for part := range strings.SplitSeq(line, ", ") {
			if part = strings.TrimSpace(part); part != "" && strings.Contains(line, part+", "+part) {
				found = append(found, fmt.Sprintf("%q stands twice: %s", part, line))
			}
		}
	}
	for _, at := range hour.FindAllString(zone.ReplaceAllString(text, "§"), -1) {
		if !strings.Contains(at, "§") {
			found = append(found, fmt.Sprintf("%q has no zone", at))
		}
	}
	if lang == "fr" {
		if at := elide.FindString(text); at != "" {
			found = append(found, fmt.Sprintf("%q is not elided", at))
		}
	}
	return found
}

// TestMailsRead writes every kind of mail in every language, for one and for
// several, and looks for what reads badly. With MAIL_OUT it leaves them in that
// folder, a file a language, to be read from top to bottom after a change.
func TestMailsRead(t *testing.T) { // MAIL-1
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range messages.Languages() {
		var all strings.Builder
		for _, r := range readings() {
			zone, err := time.LoadLocation(r.zone)
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range directory.MailRules() {
				values := maps.Clone(r.values)
				if slices.Contains(rule.Facts, directory.FactProducts) || slices.Contains(rule.Facts, directory.FactPeople) {
					delete(values, directory.FactCount) // they are counted
				}
				c, err := Compose(bundle.Printer(lang, zone), rule.Kind, values, testLink)
				if err != nil {
					t.Fatal(err)
				}
				_, text, err := Render(Brand{Name: r.values[directory.FactVendor], Address: r.values[directory.FactVendor] + ", 18 quai des Tanneurs, 44000 Nantes"}, lang, c)
				if err != nil {
					t.Fatal(err)
				}
				for _, fault := range faults(lang, strings.TrimSuffix(c.Subject+"\n"+c.Preheader+"\n"+text, "\n")) {
					t.Errorf("MAIL-1 %s %s, %s: %s", lang, rule.Kind, r.name, fault)
				}
				fmt.Fprintf(&all, "=== %s (%s)\n--- %s\n%s\n", rule.Kind, r.name, c.Subject, text)
			}
		}
		if folder := os.Getenv("MAIL_OUT"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, lang+".txt"), []byte(all.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestOffset(t *testing.T) { // MAIL-1
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{"UTC": "UTC", "Europe/Paris": "UTC+2", "America/St_Johns": "UTC\u22122:30", "Asia/Kathmandu": "UTC+5:45", "America/Lima": "UTC\u22125"} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := offset(at.In(where)); got != want {
			t.Errorf("MAIL-1 %s is said as %q, want %q", zone, got, want)
		}
	}
}
