package adding_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// a desk is an administrator at their browser.
type desk struct {
	*webtest.Client
	w       *apptest.World
	site    *webtest.Site
	account directory.Account
	base    string
}

func newDesk(t *testing.T, w *apptest.World) desk {
	t.Helper()
	site := webtest.New(t, w)
	account := w.Account("204817")
	admin := w.Administrator(account, "claire.maraval@maraval.example")
	return desk{site.SignedIn(t, admin), w, site, account, "/accounts/204817"}
}

// says fails the test unless the page says every one of the texts.
func says(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	whole := strings.Join(strings.Fields(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(p.Node.Text())), " ")
	for _, text := range texts {
		if !strings.Contains(whole, text) {
			t.Errorf("the page does not say %q: %s", text, whole)
		}
	}
}

// formOf is where the form goes whose address holds a part.
func formOf(t *testing.T, p *webtest.Page, part string) string {
	t.Helper()
	for _, form := range p.All("form") {
		if action := form.Attr("action"); strings.Contains(action, part) {
			return action
		}
	}
	t.Fatalf("no form goes to %s", part)
	return ""
}

// linkTo is the address of the first link that ends like this.
func linkTo(t *testing.T, p *webtest.Page, end string) string {
	t.Helper()
	for _, link := range p.All("a") {
		if href := link.Attr("href"); strings.HasSuffix(href, end) {
			return href
		}
	}
	t.Fatalf("no link ends in %s", end)
	return ""
}

const pasted = `agathe.lormeau@maraval.example; "Bertin, Yann" <y.bertin@maraval.example>
wim@maraval-benelux.example	claire.maraval@maraval.example
marion.tessier@maraval AGATHE.lormeau@maraval.example`

func TestPastePage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		d.Get(d.base + "/members/add")
		refused := d.Post(d.base+"/members/add", "addresses", "  ")
		if refused.Status != http.StatusUnprocessableEntity {
			t.Errorf("an empty paste: status %d", refused.Status)
		}
		page := d.Post(d.base+"/members/add", "addresses", pasted).Follow()
		says(t, page, "6 adresses lues, 1 doublon fusionné", "1 personne est déjà membre", "1 invalide, ligne 3", "marion.tessier@maraval", "Déjà membre",
			"3 ajouts sans invitation", "1 déjà membre, 1 adresse invalide.")
		action := formOf(t, page, "/drafts/")
		t.Run("ADD-4 a role sets the level, ADD-6 a company to create", func(t *testing.T) {
			kept := page.Submit(action, "act", "save", "company.1", "Maraval Construction", "level.1", "administrator").Follow()
			says(t, kept, "À créer", "1 invitation partira", "2 ajouts sans invitation")
			page = kept
		})
		t.Run("ADD-7 says what it replaces before it does", func(t *testing.T) {
			warned := page.Submit(action, "act", "apply", "tick", "1", "tick", "2", "set_company", "Maraval Conseil")
			if warned.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", warned.Status)
			}
			says(t, warned, "Remplacera sur ces lignes : 1 société.")
			done := warned.Submit(action, "act", "apply", "tick", "1", "tick", "2", "set_company", "Maraval Conseil").Follow()
			if n := strings.Count(done.Body, `value="Maraval Conseil"`); n != 2 {
				t.Errorf("%d rows have the company, want 2", n)
			}
			page = done
		})
		t.Run("PLAN-1 detailed preview", func(t *testing.T) {
			preview := page.Submit(action, "act", "check").Follow()
			says(t, preview, "Aperçu détaillé", "Crée la société « Maraval Conseil »", "Rien à changer", "3 membres seront ajoutés")
		})
		t.Run("BULK-3 result names every row", func(t *testing.T) {
			result := page.Submit(action, "act", "send").Follow()
			says(t, result, "Résultat", "y.bertin@maraval.example", "Yann Bertin", "Invitation en route", "marion.tessier@maraval", "Adresse invalide")
			file := d.Get(linkTo(t, result, "/result.csv"))
			for _, want := range []string{"agathe.lormeau@maraval.example;", ";Ajouté;", ";Adresse invalide;"} {
				if !strings.Contains(file.Body, want) {
					t.Errorf("result file lacks %q: %s", want, file.Body)
				}
			}
		})
	})
}

func TestQuickPage(t *testing.T) { // ADD-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		form := d.Get(d.base + "/members/add/quick")
		addresses := strings.Join(apptest.Addresses(101, "maraval.example"), "\n")
		refused := form.Submit(d.base+"/members/add/quick", "addresses", addresses)
		says(t, refused, "Vous avez collé 101 adresses ; le formulaire rapide en accepte 100 au plus. Aucune n’est ajoutée.")
		if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "prenom100.nom100@") {
			t.Errorf("status %d, text kept: %v", refused.Status, strings.Contains(refused.Body, "prenom100.nom100@"))
		}
		done := form.Submit(d.base+"/members/add/quick", "addresses", "a@maraval.example, b@maraval b@maraval.example", "company", "Maraval Conseil", "access_level", "administrator")
		says(t, done, "2 personnes ajoutées, 1 refusée.", "Invitation en route")
	})
}

func TestPersonPage(t *testing.T) { // ADD-11, ADD-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		path := d.base + "/members/new"
		form := d.Get(path)
		generated := form.Submit(path, "act", "generate", "email", "k.haddad@maraval.example", "first_name", "Karim")
		password := valueOf(t, generated, "password")
		if len(password) < 12 || valueOf(t, generated, "first_name") != "Karim" || valueOf(t, generated, "user_name") != "k.haddad" {
			t.Errorf("generated %q, user name %q", password, valueOf(t, generated, "user_name"))
		}
		saved := generated.Submit(path, "act", "save").Follow()
		says(t, saved, "k.haddad@maraval.example", "k.haddad", "Non invité")
		if strings.Contains(saved.Body, password) {
			t.Error("SIGN-1 the password is shown again")
		}
		t.Run("INV-5 invite after saving, from each page of the person until it is done", func(t *testing.T) {
			invite := formOf(t, saved, "/invite")
			person := strings.TrimSuffix(invite, "/invite")
			for _, page := range []string{"/edit", "/rights"} {
				if !strings.Contains(saved.Body, person+page) {
					t.Errorf("the saved page does not lead to %s", page)
				}
				formOf(t, d.Get(person+page), "/invite")
			}
			says(t, saved.Submit(invite).Follow(), "reçoit une invitation par e-mail")
			if edit := d.Get(person + "/edit"); strings.Contains(edit.Body, invite) || !strings.Contains(edit.Body, person+"/rights") {
				t.Error("the edit page of somebody invited offers to invite, or leads nowhere")
			}
		})
		again := form.Submit(path, "act", "close", "email", "karim@maraval.example", "user_name", "K.Haddad")
		says(t, again, "« K.Haddad » sert déjà à quelqu’un pour se connecter.")
		if again.Status != http.StatusUnprocessableEntity {
			t.Errorf("ADD-12 taken user name: status %d", again.Status)
		}
		says(t, form.Submit(path, "act", "close", "email", "k.haddad@maraval.example", "user_name", "other"), "est déjà membre de ce compte")
	})
}

// valueOf is what stands in a field.
func valueOf(t *testing.T, p *webtest.Page, name string) string {
	t.Helper()
	for _, input := range p.All("input") {
		if input.Attr("name") == name {
			return input.Attr("value")
		}
	}
	t.Fatalf("no field %s", name)
	return ""
}

// attach is a form with one file.
func attach(name, text string) (contentType, body string) {
	return "multipart/form-data; boundary=edge", fmt.Sprintf("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=%q\r\n\r\n%s\r\n--edge--\r\n", name, text)
}

func TestImportPages(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		path := d.base + "/members/import"
		d.Get(path)
		kind, body := attach("vide.csv", "")
		if empty := d.Send(path, kind, body); empty.Status != http.StatusUnprocessableEntity {
			t.Errorf("an empty file: status %d", empty.Status)
		}
		kind, body = attach(`C:\\Export\\effectif.csv`, "Courriel pro;Prénom;NOM;Sté;Date d’entrée\na.brossard@maraval.example;Adeline;Brossard;Maraval Construction;02/11/2026\nremi.ostende@;Rémi;Ostende;;\n=1+1@x.example;=HYPERLINK(1);x;;\n")
		verify := d.Send(path, kind, body).Follow()
		says(t, verify, "Vérifier l’import", "effectif.csv", "Point-virgule", "4 reconnues sur 5", "Adeline Brossard", "Crée la société « Maraval Construction »",
			"2 membres seront ajoutés", "1 ligne écartée.")
		base := strings.TrimSuffix(formOf(t, verify, "/start"), "/start")
		t.Run("another column", func(t *testing.T) {
			says(t, verify.Submit(base, "column.1", "", "column.2", "first_name").Follow(), "3 reconnues sur 5", "Brossard")
			says(t, verify.Submit(base).Follow(), "Adeline Brossard")
		})
		t.Run("only the refused", func(t *testing.T) {
			says(t, d.Get(base+"?outcome="+string(app.Refused)), "remi.ostende@")
		})
		result := verify.Submit(base + "/start").Follow()
		says(t, result, "Résultat", "Ajoutés", "2", "remi.ostende@")
		t.Run("REP-4 result file is harmless", func(t *testing.T) {
			file := d.Get(base + "/result.csv")
			for _, want := range []string{"Courriel pro;", "a.brossard@maraval.example;Adeline;Brossard;", "'=1+1@x.example;'=HYPERLINK(1)", "Refusé"} {
				if !strings.Contains(file.Body, want) {
					t.Errorf("result file lacks %q: %s", want, file.Body)
				}
			}
		})
	})
}
