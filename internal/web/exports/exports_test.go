package exports_test

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

const at = "/accounts/204817"

// A desk is an administrator's browser on an account with forty members.
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
	d := desk{World: w, site: webtest.New(t, w), account: w.AccountOf("204 817", "construction")}
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	var rows []app.NewMember
	for i := range 40 {
		rows = append(rows, app.NewMember{Row: i + 1, Email: fmt.Sprintf("m%02d@maraval.example", i), First: "Karim", Last: fmt.Sprintf("Haddad %02d", i)})
	}
	_, err := w.Members.Add(t.Context(), d.admin, d.account.ID, rows, app.AddOptions{Silent: true})
	w.Must(err)
	d.Client = d.site.SignedIn(t, d.admin)
	return d
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

func TestExportPages(t *testing.T) { // REP-2
	d := sit(t)
	t.Run("REP-2 from the list, with its filter and sort, to the file", func(t *testing.T) {
		list := d.Get(at + "/members?q=haddad+1&sort=email&order=desc&unit=all")
		form := ""
		for _, a := range list.All("a") {
			if strings.Contains(a.Attr("href"), "/members/export?") {
				form = a.Attr("href")
			}
		}
		page := d.Get(form)
		has(t, page, "Exporter les membres", "10 membres sur 41", "Classeur (XLSX)", "Chemin de l’unité", "noté dans l’historique")
		run := page.Submit(form, "format", "csv", "columns", "email")
		if run.Status != http.StatusSeeOther || !strings.HasPrefix(run.Location, at+"/exports/") {
			t.Fatalf("status %d, location %q: %.300s", run.Status, run.Location, run.Text())
		}
		has(t, d.Get(run.Location), "Prêt", "Lignes 10", "Disponible jusqu’au", "Télécharger : Texte (CSV)")
		file := d.Get(run.Location + "/file")
		lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(file.Body, "\ufeff")), "\r\n")
		if len(lines) != 11 || lines[0] != "E-mail" || lines[1] != "m19@maraval.example" || lines[10] != "m10@maraval.example" {
			t.Errorf("%q", lines)
		}
		if got := file.Header.Get("Content-Disposition"); got != `attachment; filename=membres-204817-`+d.Now().Format(time.DateOnly)+`.csv` {
			t.Errorf("it is called %q", got)
		}
		has(t, d.Get(at+"/exports"), "Membres, Texte (CSV)", "Prêt", run.Location+"/file")
	})
	t.Run("REP-2 in English, as a workbook", func(t *testing.T) {
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "en"))
		form := at + "/members/export?unit=all"
		page := d.Get(form)
		has(t, page, "Export members", "All of them: 41 members.", "Workbook (XLSX)", "kept for seven days")
		run := page.Submit(form)
		has(t, d.Get(run.Location), "Ready", "Download: Workbook (XLSX)")
		if file := d.Get(run.Location + "/file"); !strings.HasPrefix(file.Body, "PK") {
			t.Errorf("a workbook begins with %.20q", file.Body)
		}
		d.Must(d.Users.SetLanguage(d.Context(), d.admin, "fr"))
	})
	t.Run("REP-2 members of a project", func(t *testing.T) {
		_, member := d.Member(d.account, "chef@maraval.example")
		project := d.Project(d.account, directory.Project{Unit: directory.Unit{Name: "Îlot Kestner"}}, directory.Place{Member: member.ID})
		list := at + "/projects/" + project.UUID
		has(t, d.Get(list), "Exporter", list+"/members/export")
		form := list + "/members/export"
		run := d.Get(form).Submit(form, "format", "csv")
		has(t, d.Get(run.Location), "Exporter les membres du projet", "Lignes 1")
		if file := d.Get(run.Location + "/file"); !strings.Contains(file.Body, "chef@maraval.example") {
			t.Errorf("%q", file.Body)
		}
	})
	t.Run("REP-2 nothing to export, a format there is not, a column there is not", func(t *testing.T) {
		has(t, d.Get(at+"/members/export?q=nobody&unit=all"), "0 membre sur", "disabled")
		for _, bad := range [][]string{{"format", "pdf"}, {"format", "csv", "columns", "secret"}} {
			if p := d.Post(at+"/members/export?unit=all", bad...); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), "ne fait pas partie des choix") {
				t.Errorf("%v: status %d: %.300s", bad, p.Status, p.Text())
			}
		}
	})
}

// TestExportUnderWay shows an export while it runs: how far it is, by itself and
// without JavaScript, how it is stopped, and that it can be removed.
func TestExportUnderWay(t *testing.T) { // REP-2
	d := sit(t)
	d.site.Wait = time.Nanosecond
	begin := func() string {
		t.Helper()
		return d.Post(at+"/members/export?unit=all", "format", "csv").Location
	}
	run := begin()
	has(t, d.Get(run), "0 lignes écrites sur 41", "Arrêter l’export", "Vous pouvez fermer cette page", `http-equiv="refresh"`, `hx-get="`+run+`"`, "Actualiser la page")
	has(t, d.Get(at+"/exports"), "En cours")
	if p := d.Get(run + "/file"); p.Status != http.StatusConflict {
		t.Errorf("a file that is not written: status %d", p.Status)
	}
	if p := d.Get(run).Submit(run + "/stop"); p.Location != run {
		t.Fatalf("status %d, location %q", p.Status, p.Location)
	}
	has(t, d.Get(run), "Arrêté", "L’export a été arrêté")
	e, err := d.Exports.Find(d.Context(), d.admin, d.account.ID, strings.TrimPrefix(run, at+"/exports/"))
	d.Must(err)
	d.Must(d.Exports.RunExport(d.Context(), directory.Job{Subject: int64(e.ID)}))
	has(t, d.Get(run), "Arrêté")
	if p := d.Get(run).Submit(run + "/drop"); p.Location != at+"/exports" {
		t.Errorf("dropped: status %d, location %q", p.Status, p.Location)
	}
	has(t, d.Get(at+"/exports"), "Export supprimé", "Aucun export")
	if p := d.Get(run); p.Status != http.StatusNotFound {
		t.Errorf("after that: status %d", p.Status)
	}
}
