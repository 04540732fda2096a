package adding_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

// TestMendingInPlace: what is no address is mended in its own field, beside its place,
// and brings along what stood in its row; what is typed in the table is kept by every
// button.
func TestMendingInPlace(t *testing.T) { // ADD-2, ADD-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "Nom\tPrénom\tE-mail\tSociété\nRiou\tNolwenn\tn.riou@maraval\tMaraval Conseil\nBertin\tYann\ty.bertin@maraval.example\t\nSault\tPaul\t\t").Follow()
		says(t, page, "2 invalides", "Ligne 2, Nolwenn Riou", "Ligne 4, Paul Sault")
		action := formOf(t, page, "/drafts/")
		if got := valueOf(t, page, "piece.2"); got != "n.riou@maraval" {
			t.Fatalf("to be mended: %q", got)
		}
		page = page.Submit(action, "act", "save", "piece.2", "n.riou@maraval.example", "piece.3", "paul@", "company.1", "Kestner Bau").Follow()
		says(t, page, "1 invalide, ligne 4")
		for field, want := range map[string]string{"first.2": "Nolwenn", "last.2": "Riou", "company.2": "Maraval Conseil", "company.1": "Kestner Bau", "piece.3": "paul@"} {
			if got := valueOf(t, page, field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		t.Run("ADD-2 pasting more keeps what is typed in the rows", func(t *testing.T) {
			page = page.Submit(action, "addresses", "x@maraval.example", "first.2", "Nolwenn Marie").Follow()
			if got := valueOf(t, page, "first.2"); got != "Nolwenn Marie" {
				t.Errorf("first name %q", got)
			}
			says(t, page, "x@maraval.example")
		})
		t.Run("ADD-2 nothing is sent while addresses wait in the field", func(t *testing.T) {
			refused := page.Submit(action, "act", "send", "addresses", "late@maraval.example")
			says(t, refused, "Ces adresses ne sont pas encore dans le tableau")
			if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, ">late@maraval.example<") {
				t.Errorf("status %d, or the text is lost", refused.Status)
			}
		})
		t.Run("ADD-2 an emptied piece is dropped", func(t *testing.T) {
			page = page.Submit(action, "act", "save", "piece.3", "").Follow()
			if strings.Contains(page.Body, "piece.3") {
				t.Error("it is there still")
			}
		})
	})
}

// TestFaultsOfRows: all that is wrong with the rows of a page is told at once, of whom
// and in which field, before anything is sent.
func TestFaultsOfRows(t *testing.T) { // ADD-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "E-mail\tRôle\tNiveau d’accès\na@maraval.example\tArchitekt\tChef suprême\nb@maraval.example\tArchitecte\t").Follow()
		says(t, page, "1 ligne est à corriger", "a@maraval.example, Niveau d’accès :", "« Chef suprême »")
		action := formOf(t, page, "/drafts/")
		long := strings.Repeat("é", 201)
		page = page.Submit(action, "act", "save", "first.2", long, "company.2", long, "function.2", "no-such").Follow()
		says(t, page, "2 lignes sont à corriger", "b@maraval.example, Prénom :", "b@maraval.example, Société :", "b@maraval.example, Rôle : « no-such » ne fait pas partie des choix.")
		page = page.Submit(action, "act", "save", "first.2", "Ada", "company.2", "", "function.2", "", "first.1", "Bo").Follow()
		if strings.Contains(page.Text(), "à corriger") {
			t.Error("what was mended is told still")
		}
	})
}

// TestStaleDraft: a form that is older than its draft changes only what was changed in
// it, and one whose draft was sent leads to what became of it.
func TestStaleDraft(t *testing.T) { // ADD-4, BULK-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example b@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		now := page.Submit(action, "act", "save", "company.1", "Kestner Bau", "level.1", "administrator", "function.2", "architect").Follow()
		now = page.Submit(action, "act", "save", "first.1", "Ada").Follow() // the other window
		for field, want := range map[string]string{"first.1": "Ada", "company.1": "Kestner Bau"} {
			if got := valueOf(t, now, field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		says(t, now, "1 invitation partira")
		now.Submit(action, "act", "send").Follow()
		for _, act := range []string{"save", "send", "apply", "keep", "check"} {
			late := page.Submit(action, "act", act, "tick", "1", "set_company", "Sault", "addresses", "")
			if !strings.Contains(late.Location, "/imports/") {
				t.Errorf("%s leads to %q, status %d", act, late.Location, late.Status)
			}
		}
		if late := d.Post(action+"/paste", "addresses", "c@maraval.example"); !strings.Contains(late.Location, "/imports/") {
			t.Errorf("a paste leads to %q, status %d", late.Location, late.Status)
		}
		t.Run("ADD-2 of another administrator it is not found", func(t *testing.T) {
			other, m := w.Member(d.account, "second@maraval.example")
			level := []string{"administrator"}
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), d.account.ID, app.Of(m.UUID), app.MemberChange{Levels: &level})))
			draft := formOf(t, d.Post(d.base+"/members/add", "addresses", "z@maraval.example").Follow(), "/drafts/")
			c := d.site.SignedIn(t, other)
			if got := c.Get(draft); got.Status != http.StatusNotFound {
				t.Errorf("status %d", got.Status)
			}
			if got := c.Post(draft, "act", "send"); got.Status != http.StatusNotFound {
				t.Errorf("sent: status %d", got.Status)
			}
		})
	})
}

// TestFormerInPaste: somebody who was in the account is marked and comes with what they
// were there; what was pasted beside them stands; nobody else is known.
func TestFormerInPaste(t *testing.T) { // ADD-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		company, functions := "Maraval Conseil", []string{"architect"}
		for _, email := range []string{"gone@maraval.example", "went@maraval.example"} {
			_, m := w.Member(d.account, email)
			id := m.UUID
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), d.account.ID, app.Of(id), app.MemberChange{Company: &company, Functions: &functions})))
			w.Must(apptest.ErrOf(w.Members.Remove(w.Context(), w.Operator(), d.account.ID, app.Of(id))))
		}
		elsewhere := w.Account("300300")
		w.Member(elsewhere, "stranger@other.example")
		page := d.Post(d.base+"/members/add", "addresses", "Société\tE-mail\nKestner Bau\tgone@maraval.example\n\twent@maraval.example\n\tstranger@other.example").Follow()
		if n := strings.Count(page.Text(), "Retour dans le compte"); n != 2 {
			t.Errorf("%d are marked, want 2", n)
		}
		for field, want := range map[string]string{"company.1": "Kestner Bau", "company.2": company, "company.3": "", "first.3": "", "last.3": ""} {
			if got := valueOf(t, page, field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
	})
}
