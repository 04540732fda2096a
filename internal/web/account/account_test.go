package account_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const at = "/accounts/204817"

// An office is an account with two administrators and their browsers.
type office struct {
	t             *testing.T
	w             *apptest.World
	site          *webtest.Site
	account       directory.Account
	helene, karim *webtest.Client
	actor         authz.Actor
}

func enter(t *testing.T) office {
	t.Helper()
	w := apptest.New(t, "sqlite")
	o := office{t: t, w: w, site: webtest.New(t, w), account: w.Account("204817")}
	o.actor = w.Administrator(o.account, "helene.castaing@maraval.example")
	o.helene = o.site.SignedIn(t, o.actor)
	o.karim = o.site.SignedIn(t, w.Administrator(o.account, "karim.haddad@maraval.example"))
	return o
}

func (o office) says(p *webtest.Page, status int, texts ...string) {
	o.t.Helper()
	if p.Status != status {
		o.t.Errorf("status %d, want %d: %.300s", p.Status, status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			o.t.Errorf("page does not say %q: %.500s", text, p.Text())
		}
	}
}

// ask makes a person ask to join and answers the public id of the request.
func (o office) ask(email string) string {
	o.t.Helper()
	j, err := o.w.JoinRequests.Ask(o.w.Context(), o.w.Person(email), "204817", "Je remplace Paul Sénac.")
	o.w.Must(err)
	return j.UUID
}

func TestDecideRequests(t *testing.T) {
	o := enter(t)
	first, second := o.ask("ludivine.garrec@maraval.example"), o.ask("joris.vandamme@ailleurs.example")
	p := o.helene.Get(at + "/requests")
	o.says(p, http.StatusOK, "ludivine garrec", "« Je remplace Paul Sénac. »", "joris vandamme", "En attente 2") // JOIN-2
	p = p.Submit(at + "/requests/" + first + "/approve")
	o.says(p.Follow(), http.StatusOK, "ludivine garrec est membre du compte")
	p = o.karim.Post(at+"/requests/"+first+"/reject", "reason", "")
	o.says(p, http.StatusConflict, "helene castaing a déjà répondu") // JOIN-6
	p = o.karim.Get(at + "/requests?reject=" + second)
	o.says(p, http.StatusOK, "Refuser joris vandamme")
	o.says(p.Submit(at+"/requests/"+second+"/reject", "reason", strings.Repeat("x", 1001)), http.StatusUnprocessableEntity, "1 000 caractères au plus", "Refuser joris vandamme")
	p = p.Submit(at+"/requests/"+second+"/reject", "reason", "Inconnu ici.", "block", "on")
	o.says(p.Follow(), http.StatusOK, "La demande de joris vandamme est refusée")
	p = o.karim.Get(at + "/requests?state=rejected")
	o.says(p, http.StatusOK, "Inconnu ici.", "Bloqué", "karim haddad")
	o.says(p.Submit(at+"/requests/"+second+"/unblock").Follow(), http.StatusOK, "Une nouvelle demande est possible") // JOIN-4
	o.says(o.karim.Get(at+"/requests?state=approved"), http.StatusOK, "ludivine garrec", "helene castaing")
	o.says(o.karim.Get(at+"/requests"), http.StatusOK, "Aucune demande n’attend")
}

func TestMembersDoNotDecide(t *testing.T) { // JOIN-2, ACC-10
	o := enter(t)
	camille, _ := o.w.Member(o.account, "camille.aubrac@maraval.example")
	plain := o.site.SignedIn(t, camille)
	request := o.ask("ludivine.garrec@maraval.example")
	for _, path := range []string{"/requests", "/settings", "/settings/domains"} {
		if p := plain.Get(at + path); p.Status != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", path, p.Status)
		}
	}
	if p := plain.Post(at + "/requests/" + request + "/approve"); p.Status != http.StatusForbidden {
		t.Errorf("approve: status %d, want 403", p.Status)
	}
	p := plain.Get(at + "/contacts")
	o.says(p, http.StatusOK, "helene castaing", "Administrateur et référent du contrat", "3 personnes")
	if strings.Contains(p.Body, "@maraval.example") {
		t.Error("ACC-10: the contact list shows an address")
	}
	o.says(plain.Get(at+"/contacts?q=AUBR"), http.StatusOK, "camille aubrac", "1 personne")
	p = plain.Get(at + "/contacts?to=all")
	o.says(p, http.StatusOK, "Écrire aux administrateurs et au référent")
	o.says(p.Submit(at+"/contacts/message", "message", ""), http.StatusUnprocessableEntity, "Ce champ est obligatoire")
	o.says(p.Submit(at+"/contacts/message", "message", "Qui gère les licences ?").Follow(), http.StatusOK, "Votre message est parti")
	o.says(plain.Get(at+"/services"), http.StatusOK, "Contrat Sérénité", "Gratuit")
	stranger := o.site.SignedIn(t, o.w.Person("autre@maraval.example"))
	if p := stranger.Get(at + "/contacts"); p.Status != http.StatusNotFound {
		t.Errorf("a stranger's contacts: status %d, want 404", p.Status)
	}
}

func TestSettingsPage(t *testing.T) { // INV-1, SIGN-3, PLAN-4, JOIN-8
	o := enter(t)
	p, stale := o.helene.Get(at+"/settings"), o.karim.Get(at+"/settings")
	o.says(p.Submit(at+"/settings", "invitation_days", "31"), http.StatusUnprocessableEntity, "Indiquez un nombre de 1 à 30")
	o.says(p.Submit(at+"/settings", "min_length", "4"), http.StatusUnprocessableEntity)
	o.says(p.Submit(at+"/settings", "invitation_days", "12").Follow(), http.StatusOK, "Les réglages sont enregistrés")
	o.says(stale.Submit(at+"/settings", "invitation_days", "3"), http.StatusConflict, "helene castaing a modifié ces données", "est maintenant « 12 »")
	if got := o.karim.Get(at + "/settings").All("input[name=invitation_days]")[0].Attr("value"); got != "12" {
		t.Errorf("%s days, want 12", got)
	}
}

// TestEverySettingOnThePage: each setting is typed under its name, and what is out
// of its bounds is refused beside it, with nothing lost.
func TestEverySettingOnThePage(t *testing.T) { // INV-1, SIGN-3, ADD-10
	o := enter(t)
	at := "/accounts/300001"
	builder := o.w.AccountOf("300 001", "construction") // with projects
	o.helene = o.site.SignedIn(t, o.w.Administrator(builder, "batir@maraval.example"))
	p := o.helene.Get(at + "/settings")
	for _, row := range directory.AccountSettings() {
		if !p.Has("form[action='" + at + "/settings'] [name=" + row.ID + "]") {
			t.Errorf("the page has no %s", row.ID)
		}
		if row.Kind != directory.NumberSetting {
			continue
		}
		for _, typed := range []string{strconv.Itoa(row.Bounds.Most + 1), "-1", "douze", ""} {
			refused := p.Submit(at+"/settings", row.ID, typed)
			field := "input[name=" + row.ID + "]"
			if refused.Status != http.StatusUnprocessableEntity || !refused.Has(field+".is-invalid") || refused.All(field)[0].Attr("value") != typed {
				t.Errorf("%s %s = %q: status %d", row.Rule, row.ID, typed, refused.Status)
			}
		}
	}
	o.says(p.Submit(at+"/settings", "languages", "fr").Follow(), http.StatusOK, "Les réglages sont enregistrés")
	p = o.helene.Get(at + "/settings")
	if ticked := p.All("input[name=languages][checked]"); len(ticked) != 1 {
		t.Errorf("%d languages are ticked, want one", len(ticked))
	}
}

func TestDomainsPage(t *testing.T) { // JOIN-7
	o := enter(t)
	p := o.helene.Get(at + "/settings/domains")
	o.says(p.Submit(at+"/settings/domains", "domain", "rien"), http.StatusUnprocessableEntity, "n’est pas un domaine")
	p = p.Submit(at+"/settings/domains", "domain", "maraval.example").Follow()
	o.says(p, http.StatusOK, "maraval.example", "intendant-verification=", "À vérifier")
	verify := at + "/settings/domains/maraval.example/verify"
	o.says(p.Submit(verify), http.StatusConflict, "n’est pas encore visible")
	domains, err := o.w.Accounts.Domains(t.Context(), o.actor, o.account.ID)
	o.w.Must(err)
	o.w.TXT["maraval.example"] = []string{domains[0].Record()}
	p = p.Submit(verify).Follow()
	o.says(p, http.StatusOK, "Vérifié", "Un administrateur décide")
	p = p.Submit(at+"/settings/domains/maraval.example/approve", "on", "1").Follow()
	o.says(p, http.StatusOK, "Demandes acceptées automatiquement")
	o.says(p.Submit(at+"/settings/domains/maraval.example/remove").Follow(), http.StatusOK, "Aucun domaine")
}

func TestSuspendedAccount(t *testing.T) { // ACC-12
	o := enter(t)
	camille, _ := o.w.Member(o.account, "camille.aubrac@maraval.example")
	o.w.Must(o.w.Accounts.SetState(o.w.Context(), o.w.Operator(), o.account.ID, directory.AccountSuspended, "Facture impayée."))
	o.says(o.helene.Get(at+"/services"), http.StatusOK, "a suspendu ce compte", "Facture impayée.")
	p := o.site.SignedIn(t, camille).Get(at + "/services")
	if p.Status != http.StatusForbidden || strings.Contains(p.Text(), "Facture") {
		t.Errorf("a member: status %d: %.200s", p.Status, p.Text())
	}
}
