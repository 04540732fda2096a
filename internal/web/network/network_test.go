package network_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

// A visit is a browser of somebody who belongs to no account yet.
type visit struct {
	*webtest.Client
	t    *testing.T
	w    *apptest.World
	site *webtest.Site
}

func visitor(t *testing.T) visit {
	t.Helper()
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	return visit{site.SignedIn(t, w.Person("ophelie.tardieu@tardieu.example")), t, w, site}
}

func (v visit) says(p *webtest.Page, status int, texts ...string) {
	v.t.Helper()
	if p.Status != status {
		v.t.Errorf("status %d, want %d: %.300s", p.Status, status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			v.t.Errorf("page does not say %q: %.400s", text, p.Text())
		}
	}
}

func TestStrangersSignInFirst(t *testing.T) {
	v := visitor(t)
	p := v.site.Stranger(t).Get("/network?number=204817")
	if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/sign-in?return=") {
		t.Errorf("status %d to %q, want the sign-in", p.Status, p.Location)
	}
}

func TestKeyPage(t *testing.T) { // KEY-1, KEY-7, SIGN-7
	v := visitor(t)
	account := v.w.Account("204817")
	key := v.w.Keys(account)[0]
	p := v.Get("/network?number=204%20817")
	v.says(p, http.StatusOK, "Numéro de client", "Demander une clé", "Demander à rejoindre")
	p = p.Submit("/network/key", "admin_key", "abc")
	v.says(p, http.StatusUnprocessableEntity, "ne vont pas ensemble")
	p = p.Submit("/network/key", "admin_key", strings.ToLower(strings.ReplaceAll(key, "-", " ")))
	if p.Location != "/accounts/204817" || p.Header.Get("Set-Cookie") == "" {
		t.Fatalf("KEY-7: status %d to %q, want the account and another session", p.Status, p.Location)
	}
	v.says(p.Follow(), http.StatusOK, "Vous administrez désormais Compte 204817")
}

func TestLockedPage(t *testing.T) { // KEY-9, KEY-11, KEY-14
	for _, number := range []string{"204817", "999999"} {
		t.Run("KEY-14 the same for "+number, func(t *testing.T) {
			v := visitor(t)
			v.w.Account("204817")
			var p *webtest.Page
			for range 5 {
				p = v.Post("/network/key", "number", number, "admin_key", "ABC-DEF-GHJ-KMN")
			}
			if p.Location != "/network/locked?number="+number {
				t.Fatalf("status %d to %q, want the locked page", p.Status, p.Location)
			}
			p = p.Follow()
			v.says(p, http.StatusOK, "bloquée", "Votre société a un administrateur", "Elle n’en a pas encore", "assistance@batisoft.example", "01 99 00 41 20")
			if strings.Contains(p.Body, "Compte 204817") {
				t.Error("the page names the account")
			}
		})
	}
	v := visitor(t)
	if p := v.Get("/network/locked?number=204817"); p.Location != "/network?number=204817" {
		t.Errorf("an open number leads to %q, want the key page", p.Location)
	}
}

func TestJoinPages(t *testing.T) { // JOIN-1, JOIN-3
	v := visitor(t)
	v.w.Administrator(v.w.Account("204817"), "helene.castaing@maraval.example")
	for _, number := range []string{"204 817", "999 999"} {
		p := v.Get("/network/join").Submit("/network/join", "number", number, "message", "Je remplace Paul Sénac.")
		if !strings.HasPrefix(p.Location, "/network/requests/") {
			t.Fatalf("status %d to %q: %.300s", p.Status, p.Location, p.Text())
		}
		own := p.Location
		v.says(p.Follow(), http.StatusOK, "En attente", "Je remplace Paul Sénac.", number)
		p = v.Get(own).Submit(own+"/message", "message", "Je commence lundi.")
		v.says(p.Follow(), http.StatusOK, "Votre message est parti")
		p = v.Get("/network/join").Submit("/network/join", "number", number)
		v.says(p, http.StatusConflict, "déjà une demande en attente")
	}
	v.says(v.Get("/network"), http.StatusOK, "Vos demandes", "Numéro 204 817", "Numéro 999 999")
	asked, err := v.w.JoinRequests.Asked(t.Context(), v.w.Person("autre@tardieu.example"))
	v.w.Must(err)
	if len(asked) != 0 {
		t.Errorf("%d requests of somebody who asked nothing", len(asked))
	}
}

func TestWithdrawRequest(t *testing.T) { // JOIN-3
	v := visitor(t)
	p := v.Post("/network/join", "number", "204817", "message", "")
	own := p.Location
	p = v.Get(own).Submit(own + "/withdraw")
	v.says(p.Follow(), http.StatusOK, "Votre demande est retirée")
	v.says(v.Get(own), http.StatusOK, "Retirée", "Demander à nouveau")
	other := v.site.SignedIn(t, v.w.Person("autre@tardieu.example"))
	if p := other.Get(own); p.Status != http.StatusNotFound {
		t.Errorf("another's request: status %d, want 404", p.Status)
	}
}

func TestKeyRequestPage(t *testing.T) { // KEY-13
	v := visitor(t)
	p := v.Get("/network/request-key?number=204817").Submit("/network/request-key", "message", "Le courrier est perdu.")
	v.says(p.Follow(), http.StatusOK, "chez l’éditeur")
	p = v.Post("/network/request-key", "number", "", "message", "Bonjour")
	v.says(p, http.StatusUnprocessableEntity, "Ce champ est obligatoire", "Bonjour")
}

func TestInvitationWaits(t *testing.T) { // INV-2, INV-7
	v := visitor(t)
	account := v.w.Account("204817")
	helene := v.w.Administrator(account, "helene.castaing@maraval.example")
	_, err := v.w.Members.Add(t.Context(), helene, account.ID, []app.NewMember{{Row: 1, Email: "ophelie.tardieu@tardieu.example"}}, app.AddOptions{Invite: true})
	v.w.Must(err)
	p := v.Get("/network")
	v.says(p, http.StatusOK, "Vos invitations", "helene castaing vous invite")
	waiting, err := v.w.Invitations.Pending(t.Context(), v.w.Actor("ophelie.tardieu@tardieu.example"))
	v.w.Must(err)
	p = p.Submit("/network/invitations/" + waiting[0].Member)
	if p.Location != "/accounts/204817/start" {
		t.Errorf("status %d to %q, want the account", p.Status, p.Location)
	}
}

// TestWhereIStand: whoever has to do with an account that they cannot open is told why,
// what happens next and whom to ask, instead of meeting a page that is not there.
func TestWhereIStand(t *testing.T) { // USER-4, SIGN-2, ACC-9
	v := visitor(t)
	account := v.w.Account("204817")
	helene := v.w.Administrator(account, "helene.castaing@maraval.example")
	const ophelie = "ophelie.tardieu@tardieu.example"
	if p := v.Get("/accounts/204817"); p.Status != http.StatusNotFound {
		t.Errorf("USER-4 a stranger's account: status %d, want 404", p.Status)
	}
	if p := v.Get("/network"); strings.Contains(p.Text(), "Où vous en êtes") {
		t.Error("USER-4 a stranger stands somewhere")
	}
	added, err := v.w.Members.Add(t.Context(), helene, account.ID, []app.NewMember{{Row: 1, Email: ophelie}}, app.AddOptions{Silent: true})
	v.w.Must(err)
	who := app.Of(added[0].Public())
	stands := func(texts ...string) {
		t.Helper()
		p := v.Get("/accounts/204817/members")
		if p.Status != http.StatusSeeOther || p.Location != "/network" {
			t.Errorf("USER-4 status %d to %q, want the page that says where one stands", p.Status, p.Location)
		}
		v.says(v.Get("/network"), http.StatusOK, append([]string{"Où vous en êtes", "Compte 204817"}, texts...)...)
	}
	stands("Votre accès est préparé", "Un administrateur doit encore vous inviter")
	_, err = v.w.Members.Deactivate(t.Context(), helene, account.ID, who)
	v.w.Must(err)
	stands("Votre accès est désactivé")
	v.w.Must(v.w.Contracts.SetReferent(t.Context(), v.w.Operator(), account.ID, "helene.castaing@maraval.example", 0))
	stands("À qui s’adresser", "helene.castaing@maraval.example")
	_, err = v.w.Members.Remove(t.Context(), helene, account.ID, who)
	v.w.Must(err)
	stands("Vous n’en êtes plus membre depuis le", "demandez à rejoindre le compte")
	if p := v.Get("/network"); strings.Contains(p.Text(), "helene.castaing@maraval.example") {
		t.Error("ACC-9 the contact of an account is shown to who has left it")
	}
}

func TestServicesAndHelp(t *testing.T) { // ACC-11, KEY-11
	v := visitor(t)
	v.says(v.Get("/network/services"), http.StatusOK, "Assistance", "Fermé", "Davantage au niveau")
	v.says(v.site.Stranger(t).Get("/help"), http.StatusOK, "assistance@batisoft.example")
}
