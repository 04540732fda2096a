package adding_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/apptest"
)

// TestMendingPage: what is pasted back is what was no address, all of it.
func TestMendingPage(t *testing.T) { // ADD-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		var bad []string
		for n := range 230 {
			bad = append(bad, fmt.Sprintf("p%d@maraval", n))
		}
		bad = append(bad, strings.Repeat("x", 300)+"@maraval")
		page := d.Post(d.base+"/members/add", "addresses", strings.Join(bad, "\n")+"\nfine@maraval.example").Follow()
		mend := page.Submit(formOf(t, page, "/drafts/"), "act", "mend").Follow()
		var text string
		for _, area := range mend.All("textarea") {
			text = area.Text()
		}
		if got := strings.Fields(text); len(got) != 231 || got[230] != bad[230] {
			t.Fatalf("%d pieces to be mended, the last %q", len(got), got[len(got)-1])
		}
		mended := mend.Submit(formOf(t, mend, "/drafts/"), "addresses", strings.ReplaceAll(text, "@maraval", "@maraval.example")).Follow()
		says(t, mended, "1 invalide") // 300 characters before the sign are too many
		if strings.Contains(mended.Body, strings.Repeat("x", 100)) {
			t.Error("a long piece fills the page")
		}
	})
}

// TestAgainPage: rows that a paste did not bring in come back with why at the field, and
// what was no address with them.
func TestAgainPage(t *testing.T) { // BULK-3, ADD-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example b@maraval.example c@maraval").Follow()
		action := formOf(t, page, "/drafts/")
		result := page.Submit(action, "act", "send", "function.2", "no-such").Follow()
		says(t, result, "Ajoutés 1", "Corriger les 2 lignes restantes")
		again := result.Submit(formOf(t, result, "/again")).Follow()
		says(t, again, "1 ligne est à corriger", "« no-such » ne fait pas partie des choix", "1 invalide")
		if strings.Contains(again.Text(), "a@maraval.example") {
			t.Error("who came in is in the table again")
		}
		action = formOf(t, again, "/drafts/")
		says(t, again.Submit(action, "act", "send", "function.2", "").Follow(), "Ajoutés 1", "Écartés 0")
	})
}

// TestReadingPage: how a file is read stands on the preview, and is corrected
// there by a plain form.
func TestReadingPage(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		kind, body := attach("dos.csv", "Nom;Pr\x82nom;E-mail;Date de fin\r\nLef\x8avre;H\x82l\x8ane;h@maraval.example;12/31/2027\r\n"+
			"B\x82ranger;Zo\x82;z@maraval.example;1/2/2027\r\n")
		verify := d.Send(d.base+"/members/import", kind, body).Follow()
		says(t, verify, "ibm850", "mois d’abord (12/31/2027)", "Hélène Lefèvre", "jusqu’au 31 décembre 2027", "jusqu’au 2 janvier 2027")
		base := strings.TrimSuffix(formOf(t, verify, "/start"), "/start")
		says(t, verify.Submit(base, "dates", "day-first").Follow(), "« 12/31/2027 » n’est pas dans l’ordre des autres dates.", "jusqu’au 1er février 2027")
		says(t, verify.Submit(base, "dates", "any").Follow(), "« 1/2/2027 » peut se lire jour d’abord ou mois d’abord.")
		wrong := verify.Submit(base, "charset", "utf-8").Follow()
		says(t, wrong, "contient des caractères illisibles")
	})
}
