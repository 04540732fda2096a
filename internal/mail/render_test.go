package mail

import (
	"strings"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
)

func TestImprint(t *testing.T) { // MAIL-1
	for _, test := range []struct {
		brand Brand
		want  string
	}{
		{Brand{Name: "Bâtisoft", Address: "Bâtisoft, 18 quai des Tanneurs, 44000 Nantes"}, "Bâtisoft, 18 quai des Tanneurs, 44000 Nantes"},
		{Brand{Name: "Bâtisoft", Address: "BÂTISOFT , 44000 Nantes"}, "BÂTISOFT , 44000 Nantes"},
		{Brand{Name: "Bâtisoft", Address: "18 quai des Tanneurs, 44000 Nantes"}, "Bâtisoft, 18 quai des Tanneurs, 44000 Nantes"},
		{Brand{Name: "Bâtisoft", Address: "Bâtisoft Services, 44000 Nantes"}, "Bâtisoft, Bâtisoft Services, 44000 Nantes"},
		{Brand{Name: "Bâtisoft"}, "Bâtisoft"},
	} {
		if got := test.brand.Imprint(); got != test.want {
			t.Errorf("MAIL-1 Imprint = %q, want %q", got, test.want)
		}
		html, text, err := Render(test.brand, "fr", Content{Kind: directory.MailPasswordReset, Paragraphs: []string{"x"}})
		if err != nil || !strings.Contains(text, "\n"+test.want+"\n") || !strings.Contains(html, "<br>"+test.want+"</td>") {
			t.Errorf("MAIL-1 the mail ends with %.80q, %v", text, err)
		}
	}
}

// TestKeyMailsSayWhatTheyAreFor: the mail with a key does not forbid to hand on
// what is to be handed on, and support is led to the locked numbers.
func TestKeyMailsSayWhatTheyAreFor(t *testing.T) { // KEY-12, KEY-13
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range messages.Languages() {
		p := bundle.Printer(lang, nil)
		values := map[string]string{directory.FactVendor: "Bâtisoft", directory.FactAccount: "Groupe Maraval", directory.FactNumber: "204817", directory.FactSecret: "ABC-DEF-GHJ-KLM"}
		key, err := Compose(p, directory.MailKeyNew, values, "https://intendant.example/network")
		if err != nil {
			t.Fatal(err)
		}
		if small := strings.Join(key.Small, " "); strings.Contains(small, p.T("mail.small.secret")) || !strings.Contains(small, p.T("mail.small.key")) {
			t.Errorf("KEY-13 %s: %q", lang, small)
		}
		locked, err := Compose(p, directory.MailKeyLocked, values, "https://intendant.example/vendor/key-requests")
		if err != nil {
			t.Fatal(err)
		}
		if locked.Button.Label == p.T("mail.button.open") {
			t.Errorf("KEY-12 %s: the button says %q and leads to the queue", lang, locked.Button.Label)
		}
	}
}
