package acts_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const (
	at   = "/accounts/204817"
	bulk = at + "/members/bulk"
	many = 1300
)

// A desk is an administrator's browser on an account with more members than one
// transaction takes, whose pages do not wait.
type desk struct {
	*webtest.Client
	*apptest.World
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
}

func sit(t *testing.T) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	d := desk{World: w, site: webtest.New(t, w), account: w.Account("204817")}
	d.site.Wait = time.Nanosecond
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	var rows []app.NewMember
	for i, email := range apptest.Addresses(many, "maraval.example") {
		rows = append(rows, app.NewMember{Row: i + 1, Email: email, First: "Karim", Last: fmt.Sprintf("Haddad %04d", i)})
	}
	_, err := w.Members.Add(t.Context(), d.admin, d.account.ID, rows, app.AddOptions{Silent: true})
	w.Must(err)
	d.Client = d.site.SignedIn(t, d.admin)
	return d
}

// ask confirms an act on all members and answers where it is found.
func (d desk) ask(t *testing.T, act string) string {
	t.Helper()
	p := d.Get(bulk + "?act=" + act + "&all=1").Submit(bulk)
	if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, at+"/acts/") {
		t.Fatalf("%s: status %d, location %q: %.300s", act, p.Status, p.Location, p.Text())
	}
	return p.Location
}

// work ends an act as a worker does.
func (d desk) work(location string) {
	act, err := d.Acts.Find(d.Context(), d.admin, d.account.ID, strings.TrimPrefix(location, at+"/acts/"))
	d.Must(err)
	d.Must(d.Acts.Run(d.Context(), directory.Job{Subject: int64(act.ID)}))
}

func has(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	if p.Status != http.StatusOK {
		t.Errorf("status %d: %.300s", p.Status, p.Text())
	}
	text := strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(p.Text())
	for _, want := range texts {
		if !strings.Contains(text, want) && !strings.Contains(p.Body, want) {
			t.Errorf("the page lacks %q: %.900s", want, text)
		}
	}
}

func TestActPage(t *testing.T) { // BULK-3, BULK-4
	d := sit(t)
	off := d.ask(t, "deactivate")
	t.Run("BULK-4 how far it is, by itself and without JavaScript, in French and in English", func(t *testing.T) {
		has(t, d.Get(off), "Désactivation de membres", "500 sur 1 301 traités", "Arrêter après ce lot", "Vous pouvez fermer cette page", `http-equiv="refresh"`,
			`hx-get="`+off+`"`, "Actualiser la page")
		has(t, d.Get(at+"/members"), "Désactivation de membres : en cours, 500 sur 1 301 traités.", off)
		has(t, d.Get(at+"/acts"), "Désactivation de membres", "En cours, 500 sur 1 301", off)
		has(t, d.Get(at+"/units"), "Désactivation de membres, 38", off) // from any page
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "en"))
		has(t, d.Get(off), "Deactivate members", "500 of 1,301 done", "Stop after this batch", "You can close this page")
		has(t, d.Get(at+"/members"), "Deactivate members: under way, 500 of 1,301 done.", "See progress")
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "fr"))
	})
	t.Run("BULK-3 the result names whom it left, and why", func(t *testing.T) {
		d.work(off)
		if p := d.Get(at + "/units"); strings.Contains(p.Body, off) {
			t.Error("BULK-4 an act that is over is still told of on every page")
		}
		has(t, d.Get(off), "Terminé", "1 300", "Ceux qui n’ont pas changé", "helene.castaing@maraval.example", "au moins un administrateur")
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "en"))
		has(t, d.Get(off), "Finished", "Those who did not change", "at least one")
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "fr"))
		if p := d.Get(at + "/members"); strings.Contains(p.Text(), "en cours") {
			t.Error("the list tells of an act that is over")
		}
		has(t, d.Get(at+"/history"), "1 300")
	})
	t.Run("BULK-3 the result is kept as a file, tells of everybody, and who was refused is tried again", func(t *testing.T) {
		file := d.Get(off + "/result.csv")
		has(t, file, "helene.castaing@maraval.example", "Refusé", "Modifié")
		if lines := strings.Count(file.Body, "\n"); lines != 1302 {
			t.Errorf("%d lines", lines)
		}
		if book := d.Get(off + "/result.xlsx"); book.Status != http.StatusOK || !strings.HasPrefix(book.Body, "PK") {
			t.Errorf("workbook: status %d", book.Status)
		}
		has(t, d.Get(off+"?show=changed"), "Modifiés", "Modifié")
		again := d.Get(off).Submit(off + "/again")
		if again.Status != http.StatusSeeOther {
			t.Fatalf("status %d: %.300s", again.Status, again.Text())
		}
		has(t, d.Get(again.Location), "Terminé", "helene.castaing@maraval.example", "au moins un administrateur")
	})
	t.Run("BULK-4 stopped, what was done stays", func(t *testing.T) {
		on := d.ask(t, "reactivate")
		if p := d.Get(on).Submit(on + "/stop"); p.Location != on {
			t.Fatalf("status %d, location %q", p.Status, p.Location)
		}
		d.work(on)
		has(t, d.Get(on), "Arrêté", "500 sur 1 301 ont été traités ; ce qui est fait reste.")
		if p := d.Post(on + "/stop"); p.Location != on {
			t.Errorf("stopped again: status %d, location %q", p.Status, p.Location)
		}
	})
	t.Run("USER-5 another account's administrator and a stranger do not find it", func(t *testing.T) {
		elsewhere := d.Account("117 402")
		blanche := d.site.SignedIn(t, d.Administrator(elsewhere, "blanche.ferriere@ardoises.example"))
		for _, path := range []string{off, strings.Replace(off, "204817", "117402", 1)} {
			if p := blanche.Get(path); p.Status != http.StatusNotFound {
				t.Errorf("%s: status %d", path, p.Status)
			}
			if p := blanche.Post(path + "/stop"); p.Status != http.StatusNotFound {
				t.Errorf("stop %s: status %d", path, p.Status)
			}
		}
		if p := d.site.Stranger(t).Get(off); !strings.HasPrefix(p.Location, "/sign-in") {
			t.Errorf("a stranger: status %d, location %q", p.Status, p.Location)
		}
	})
	t.Run("BULK-3 roles at a unit, refused by name in pages", func(t *testing.T) {
		root := d.Get(at + "/units")
		has(t, root)
		unit, err := d.Units.List(d.Context(), d.admin, d.account.ID, app.UnitQuery{})
		d.Must(err)
		p := d.Post(bulk, "act", "grant", "all", "1", "count", fmt.Sprint(many+1), "grant_role", "manager", "grant_unit", unit.Root.UUID)
		if !strings.HasPrefix(p.Location, at+"/acts/") {
			t.Fatalf("status %d, location %q: %.300s", p.Status, p.Location, p.Text())
		}
		d.work(p.Location)
		has(t, d.Get(p.Location), "Attribution d’un rôle", "Terminé")
	})
}
