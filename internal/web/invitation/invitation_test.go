package invitation_test

import (
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
	agathe   = "agathe.lormeau@maraval.example"
	password = "Grue-jaune-7-planches"
)

// A post is an account whose administrator invites, and its mail.
type post struct {
	t       *testing.T
	w       *apptest.World
	site    *webtest.Site
	account directory.Account
	helene  authz.Actor
}

func open(t *testing.T) post {
	t.Helper()
	w := apptest.New(t, "sqlite")
	account := w.Account("204817")
	return post{t, w, webtest.New(t, w), account, w.Administrator(account, "helene.castaing@maraval.example")}
}

// invite answers the path of the mailed link and the member's public id.
func (o post) invite(email string) (path, member string) {
	o.t.Helper()
	_, err := o.w.Members.Add(o.w.Context(), o.helene, o.account.ID, []app.NewMember{{Row: 1, Email: email, First: "Agathe", Last: "Lormeau"}}, app.AddOptions{Invite: true})
	o.w.Must(err)
	token := o.token(email)
	look, err := o.w.Invitations.Look(o.w.Context(), token)
	o.w.Must(err)
	return "/invitation/" + token, look.Member()
}

// token is that of the last mail to an address.
func (o post) token(email string) string {
	o.t.Helper()
	token := ""
	for {
		due, err := o.w.Mails.Next(o.w.Context(), 50)
		o.w.Must(err)
		if len(due) == 0 {
			return token
		}
		for _, d := range due {
			if d.Mail.Address == email && strings.HasPrefix(string(d.Mail.Kind), "invitation") {
				token = d.Mail.Secret
			}
			o.w.Must(o.w.Mails.Sent(o.w.Context(), d, "test"))
		}
	}
}

func (o post) says(p *webtest.Page, status int, texts ...string) {
	o.t.Helper()
	if p.Status != status {
		o.t.Errorf("status %d, want %d: %.300s", p.Status, status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			o.t.Errorf("page does not say %q: %.400s", text, p.Text())
		}
	}
}

func TestSomebodyNewAccepts(t *testing.T) { // INV-6, INV-7, INV-10
	o := open(t)
	path, _ := o.invite(agathe)
	browser := o.site.Stranger(t)
	for range 3 { // mail scanners open links
		o.says(browser.Get(path), http.StatusOK, "helene castaing vous invite dans Compte 204817", "Au moins")
	}
	p := browser.Get(path)
	if p.All("input[name=first_name]")[0].Attr("value") != "Agathe" {
		t.Error("ADD-3: the suggested name is not filled in")
	}
	p = p.Submit(path, "password", "court", "last_name", "Lormeau-Petit")
	o.says(p, http.StatusUnprocessableEntity, "Le mot de passe compte au moins")
	if p.All("input[name=last_name]")[0].Attr("value") != "Lormeau-Petit" {
		t.Error("the refused form has lost what was typed")
	}
	p = p.Submit(path, "password", password)
	if p.Location != "/accounts/204817/start" {
		t.Fatalf("status %d to %q, want the account, without the token", p.Status, p.Location)
	}
	if p = p.Follow(); p.Location != "/accounts/204817" {
		t.Fatalf("status %d to %q, want the overview where no screen opens first", p.Status, p.Location)
	}
	o.says(p.Follow(), http.StatusOK, "Vous êtes membre de Compte 204817")
	o.says(o.site.Stranger(t).Get(path), http.StatusGone, "a déjà été acceptée")
	o.site.As(t, agathe, password)
}

func TestSomebodyKnownAccepts(t *testing.T) { // USER-4, INV-2
	o := open(t)
	karim := o.w.Person("karim.haddad@maraval.example")
	path, _ := o.invite("karim.haddad@maraval.example")
	o.w.Pass(90 * 24 * time.Hour)
	p := o.site.Stranger(t).Get(path)
	o.says(p, http.StatusOK, "Se connecter et accepter")
	if p.Has("input[type=password]") {
		t.Error("USER-4: the page asks for a new password")
	}
	p = o.site.Stranger(t).Post(path, "password", password, "first_name", "X", "last_name", "Y", "language", "fr")
	if !strings.HasPrefix(p.Location, "/sign-in?return=") {
		t.Errorf("status %d to %q, want the sign-in", p.Status, p.Location)
	}
	other := o.site.SignedIn(t, o.w.Person("autre@maraval.example"))
	o.says(other.Get(path), http.StatusOK, "Cette invitation est pour karim.haddad@maraval.example")
	if p := other.Post(path); p.Status != http.StatusForbidden {
		t.Errorf("another accepts: status %d, want 403", p.Status)
	}
	p = o.site.SignedIn(t, karim).Get(path).Submit(path)
	if p.Location != "/accounts/204817/start" || p.Header.Get("Set-Cookie") == "" {
		t.Errorf("status %d to %q, want the account and another session", p.Status, p.Location)
	}
}

func TestExpiredAndAgain(t *testing.T) { // INV-1, INV-3, INV-4
	o := open(t)
	path, _ := o.invite(agathe)
	o.w.Pass(7 * 24 * time.Hour)
	p := o.site.Stranger(t).Get(path)
	o.says(p, http.StatusGone, "Cette invitation a expiré")
	p = p.Submit(path + "/again")
	o.says(p.Follow(), http.StatusOK, "Regardez votre messagerie")
	next := "/invitation/" + o.token(agathe)
	o.says(o.site.Stranger(t).Get(path), http.StatusGone, "plus récente")
	o.says(o.site.Stranger(t).Get(next), http.StatusOK, "vous invite")
	var known, unknown *webtest.Page
	known = o.site.Stranger(t).Get("/invitation/again").Submit("/invitation/again", "name", agathe)
	unknown = o.site.Stranger(t).Get("/invitation/again").Submit("/invitation/again", "name", "personne@maraval.example")
	if known.Location != unknown.Location || known.Status != unknown.Status {
		t.Errorf("known: %d %q, unknown: %d %q; want the same", known.Status, known.Location, unknown.Status, unknown.Location)
	}
	for range 3 {
		p = o.site.Stranger(t).Post("/invitation/again", "name", agathe)
	}
	o.says(p, http.StatusTooManyRequests, "trop souvent")
	o.says(o.site.Stranger(t).Get("/sign-in"), http.StatusOK, "Recevez-en une nouvelle")
}

// TestUnknownAsks: a link that is none asks for the address on the spot (INV-4).
func TestUnknownAsks(t *testing.T) { // INV-4
	w := apptest.New(t, "sqlite")
	p := webtest.New(t, w).Stranger(t).Get("/invitation/no-such-token")
	if p.Status != http.StatusNotFound {
		t.Errorf("status %d, want 404", p.Status)
	}
	if sent := p.Submit("/invitation/again", "name", "agathe@maraval.example"); sent.Location != "/invitation/sent" {
		t.Errorf("status %d to %q, want the page that says it is on its way", sent.Status, sent.Location)
	}
}

func TestWithdrawnSaysSo(t *testing.T) { // INV-9
	o := open(t)
	path, member := o.invite(agathe)
	_, err := o.w.Invitations.Withdraw(o.w.Context(), o.helene, o.account.ID, app.Of(member))
	o.w.Must(err)
	p := o.site.Stranger(t).Get(path)
	o.says(p, http.StatusGone, "a été retirée")
	if p.Has("form[action$=again]") {
		t.Error("a withdrawn invitation offers a new one")
	}
	if p := o.site.Stranger(t).Post(path, "password", password, "first_name", "A", "last_name", "L", "language", "fr"); p.Status != http.StatusConflict {
		t.Errorf("accepting: status %d, want 409", p.Status)
	}
	o.says(o.site.Stranger(t).Get("/invitation/nothing"), http.StatusNotFound, "n’est pas une invitation")
}
