package mail

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
)

const testLink = "https://espace.batisoft.example/invitation/7h2k"

func printer(t testing.TB, lang string) *i18n.Printer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Printer(lang, time.UTC)
}

func brand() Brand {
	return Brand{Name: "Bâtisoft", Colour: "#0b5d66", Address: "18 quai des Tanneurs, 44000 Nantes"}
}

// full gives every value a mail could take.
func full() map[string]string {
	return map[string]string{
		directory.FactVendor: "Bâtisoft", directory.FactName: "Agathe", directory.FactActor: "Hélène Castaing", directory.FactAccount: "Groupe Maraval",
		directory.FactNumber: "204 817", directory.FactUserName: "agathe.lormeau", directory.FactPerson: "Wout Claessens",
		directory.FactAddress: "wout@maraval.example", directory.FactMessage: "Bonjour,\nje travaille à l’agence de Nantes.",
		directory.FactUnit: "Maraval Benelux", directory.FactPeople: "Albane Imbert", directory.FactProject: "Collège des Sablons", directory.FactProduct: "Chantier", directory.FactProducts: "Plans\nChantier\nBudget", directory.FactSecret: "ADM-KEY-7WX-9PQ", directory.FactCount: "2",
		directory.FactUntil: "2026-11-29T00:00:00Z", directory.FactDeadline: "2026-11-29T14:05:00Z", directory.FactAt: "2026-11-22T09:30:00Z",
	}
}

func TestComposeEveryKind(t *testing.T) { // MAIL-1
	for _, lang := range messages.Languages() {
		p := printer(t, lang)
		for _, rule := range directory.MailRules() {
			kind := rule.Kind
			t.Run("MAIL-1 "+string(kind)+" "+lang, func(t *testing.T) {
				c, err := Compose(p, kind, full(), testLink)
				if err != nil {
					t.Fatal(err)
				}
				html, text, err := Render(brand(), lang, c)
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{html, text} {
					if strings.Contains(part, "[mail.") || strings.Contains(part, "{{") || strings.Contains(part, "ZgotmplZ") {
						t.Errorf("a message is missing or unfilled:\n%s", part)
					}
					if got, want := strings.Contains(part, testLink), rule.Path != ""; got != want {
						t.Errorf("link present = %v, want %v", got, want)
					}
				}
				if got := strings.Count(html, "href="); got != 0 && got != 2 {
					t.Errorf("%d links, want the button and its address written out", got)
				}
			})
		}
	}
}

func TestComposeNeeds(t *testing.T) {
	p := printer(t, "fr")
	for _, rule := range directory.MailRules() {
		kind, needs, link := rule.Kind, append([]string{directory.FactVendor}, rule.Needs...), rule.Path != ""
		values := map[string]string{}
		for _, name := range needs {
			values[name] = full()[name]
		}
		address := ""
		if link {
			address = testLink
		}
		if _, err := Compose(p, kind, values, address); err != nil {
			t.Errorf("%s with the values it needs: %v", kind, err)
		}
		for _, name := range needs {
			delete(values, name)
			if _, err := Compose(p, kind, values, address); err == nil {
				t.Errorf("%s without %s: no fault", kind, name)
			}
			values[name] = full()[name]
		}
		if _, err := Compose(p, kind, values, ""); link && err == nil {
			t.Errorf("%s without a link: no fault", kind)
		}
	}
	if _, err := Compose(p, "unheard_of", full(), testLink); err == nil {
		t.Error("an unknown kind: no fault")
	}
}

func TestInvitation(t *testing.T) { // INV-6
	c, err := Compose(printer(t, "fr"), directory.MailInvitation, full(), testLink)
	if err != nil {
		t.Fatal(err)
	}
	html, text, err := Render(brand(), "fr", c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Hélène Castaing vous invite dans Groupe Maraval", "agathe.lormeau", "29 novembre 2026", "Accepter l’invitation", testLink, "204\u202f817"} {
		if !strings.Contains(html, want) {
			t.Errorf("INV-6 HTML lacks %q", want)
		}
		if !strings.Contains(text, want) {
			t.Errorf("INV-6 text lacks %q", want)
		}
	}
	if !strings.Contains(html, `<html lang="fr">`) || strings.Contains(html, "<img") {
		t.Error("INV-6 wants the reader's language and no picture")
	}
}

func TestJoinRejectedHidesAccount(t *testing.T) { // KEY-14
	for _, kind := range []directory.MailKind{directory.MailJoinRejected, directory.MailKeyOnItsWay} {
		c, err := Compose(printer(t, "fr"), kind, full(), "")
		if err != nil {
			t.Fatal(err)
		}
		html, text, err := Render(brand(), "fr", c)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(html+text+c.Subject, "Maraval") {
			t.Errorf("KEY-14 %s tells the account's name", kind)
		}
	}
}

// TestDay: a day is the same day in whatever zone the mail is written for; a moment
// is the day it falls on there.
func TestDay(t *testing.T) { // MAIL-1
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"UTC", "Europe/Paris", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		values := full()
		values[directory.FactUntil] = "2026-12-31"
		c, err := Compose(bundle.Printer("en", zone), directory.MailSubscriptionEnding, values, testLink)
		if err != nil {
			t.Fatal(err)
		}
		if text := c.Subject; !strings.Contains(text, "31 December 2026") {
			t.Errorf("MAIL-1 %s: %q", name, text)
		}
	}
}

func TestHostileValues(t *testing.T) { // MAIL-4
	const evil = "Ann <a href=\"https://evil.example\">clic</a>\r\nBcc: x@evil.example www.evil.example [clic](//evil.example)"
	values := full()
	for name := range values {
		switch name {
		case directory.FactCount, directory.FactUntil, directory.FactDeadline, directory.FactAt:
		default:
			values[name] = evil
		}
	}
	for _, rule := range directory.MailRules() {
		kind := rule.Kind
		t.Run("MAIL-4 "+string(kind), func(t *testing.T) {
			c, err := Compose(printer(t, "fr"), kind, values, testLink)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(c.Subject, "\r\n") || len([]rune(c.Subject)) > subjectRunes {
				t.Errorf("subject %q", c.Subject)
			}
			html, text, err := Render(Brand{Name: "Bâtisoft", Colour: "red;background:url(//evil)"}, "fr", c)
			if err != nil {
				t.Fatal(err)
			}
			rest := strings.ReplaceAll(text, testLink, "")
			if found := guessed.FindString(rest); found != "" {
				t.Errorf("the text part holds %q", found)
			}
			if strings.Contains(html, "evil.example") || strings.Contains(html, "<a href=\"https://evil") || strings.Contains(html, "url(") {
				t.Error("the HTML part holds the stranger's address")
			}
		})
	}
}

func TestRenderRefusesOtherLinks(t *testing.T) { // SIGN-7
	for _, link := range []string{"javascript:alert(1)", "/relative", "mailto:a@b.example", "//evil.example", "https://"} {
		if _, _, err := Render(brand(), "fr", Content{Button: &Link{URL: link}}); err == nil {
			t.Errorf("Render took the link %q", link)
		}
	}
}

func TestPaletteReadable(t *testing.T) {
	for _, colour := range []string{"#0b5d66", "#ffd400", "#ffffff", "#000000", "#e5007d", "nonsense"} {
		p := paletteOf(colour)
		for _, pair := range [][2]string{{p.Solid, p.OnSolid}, {p.Link, "#ffffff"}, {p.DarkSolid, "#14181a"}, {p.DarkSolid, p.DarkOnSolid}} {
			a, _ := parseColour(pair[0])
			b, _ := parseColour(pair[1])
			if got := contrast(a, b); got < 4.5 {
				t.Errorf("%s: %v has contrast %.1f, want 4.5", colour, pair, got)
			}
		}
	}
}
