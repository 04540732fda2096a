package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// accountOf makes an account of another type than the usual one.
func accountOf(t *testing.T, w *apptest.World, number, kind string) directory.Account {
	t.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: number, Name: "Compte " + number, Type: kind,
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{City: "Nantes", Country: "FR"}})
	w.Must(err)
	return account
}

// queued are the mails of a kind that wait for an address.
func queued(t *testing.T, w *apptest.World, kind directory.MailKind, address string) int {
	t.Helper()
	var n int
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		mails, err := r.MailQueue(w.Context(), store.MailFilter{Kind: kind, Address: address}, store.MailPlace{}, 10)
		n = len(mails)
		return err
	}))
	return n
}

func TestCreatePerson(t *testing.T) { // ADD-11
	const password = "Duvaki-negezu-bipaha-47"
	full := func(email, name string) app.NewPerson {
		return app.NewPerson{NewMember: app.NewMember{Email: email, UserName: name, Language: "fr", Civility: "mr", First: "Karim", Last: "Haddad"}, Password: password}
	}
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		network, licences, fleet := w.Account("204817"), accountOf(t, w, "204818", "licences"), accountOf(t, w, "204819", "fleet")
		for _, test := range []struct {
			name    string
			account directory.Account
			change  func(n *app.NewPerson)
			field   string
			code    string
		}{
			{"ADD-11 no e-mail", network, func(n *app.NewPerson) { n.Email = "" }, "email", "field.required"},
			{"ADD-11 no user name", network, func(n *app.NewPerson) { n.UserName = "" }, "user_name", "field.required"},
			{"ADD-11 no language", network, func(n *app.NewPerson) { n.Language = "" }, "language", "field.required"},
			{"ADD-11 licences: civility", licences, func(n *app.NewPerson) { n.Civility = "" }, "civility", "field.required"},
			{"ADD-11 licences: last name", licences, func(n *app.NewPerson) { n.Last = " " }, "last_name", "field.required"},
			{"ADD-11 fleet: password", fleet, func(n *app.NewPerson) { n.Password = "" }, "password", "field.required"},
			{"SIGN-3 weak password", network, func(n *app.NewPerson) { n.Password = "abc" }, "password", "password.too_short"},
		} {
			t.Run(test.name, func(t *testing.T) {
				n := full("refused@maraval.example", "refused")
				test.change(&n)
				_, err := w.Members.Create(w.Context(), w.Operator(), test.account.ID, n)
				if code := w.Code(err); code != test.code || err.(*directory.Error).Field != test.field {
					t.Errorf("%v, want %s at %s", err, test.code, test.field)
				}
			})
		}
		t.Run("ADD-11 names and password are the person's, no mail goes", func(t *testing.T) {
			m, err := w.Members.Create(w.Context(), w.Operator(), network.ID, full("k.haddad@maraval.example", "k.haddad"))
			w.Must(err)
			u := personOfPlace(t, w, m)
			if m.Status != directory.NotInvited || u.First != "Karim" || u.Password != directory.PasswordProvisional || u.PasswordHash == password {
				t.Errorf("%s, %+v", m.Status, u)
			}
			if n := queued(t, w, "", "k.haddad@"); n != 0 {
				t.Errorf("%d mails", n)
			}
		})
		t.Run("ADD-12 a user name once in the installation", func(t *testing.T) {
			_, err := w.Members.Create(w.Context(), w.Operator(), licences.ID, full("other@maraval.example", "K.HADDAD"))
			if w.Code(err) != "user.name_taken" || err.(*directory.Error).Field != "user_name" {
				t.Errorf("%v", err)
			}
		})
		t.Run("SIGN-1 credentials on creation", func(t *testing.T) {
			m, err := w.Members.Create(w.Context(), w.Operator(), licences.ID, full("l.garrec@maraval.example", "l.garrec"))
			w.Must(err)
			if m.Status != directory.Invited || queued(t, w, "credentials", "l.garrec@") != 1 {
				t.Errorf("%s, %d mails with credentials", m.Status, queued(t, w, "credentials", "l.garrec@"))
			}
		})
		t.Run("USER-4 a known person keeps name and password", func(t *testing.T) {
			person := w.Person("own.password@maraval.example")
			n := full("own.password@maraval.example", "another-name")
			m, err := w.Members.Create(w.Context(), w.Operator(), licences.ID, n)
			w.Must(err)
			if u := personOfPlace(t, w, m); u.ID != person.User || u.Password != directory.PasswordOwn || u.First == "Karim" || queued(t, w, "credentials", "own.password@") != 0 {
				t.Errorf("%+v", u)
			}
		})
		t.Run("already here", func(t *testing.T) {
			_, err := w.Members.Create(w.Context(), w.Operator(), network.ID, full("k.haddad@maraval.example", "k.haddad2"))
			if w.Code(err) != "member.already" {
				t.Errorf("%v", err)
			}
		})
	})
}

// personOfPlace is whose place it is.
func personOfPlace(t *testing.T, w *apptest.World, m directory.Member) directory.User {
	t.Helper()
	var u directory.User
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		u, err = r.User(w.Context(), m.User)
		return err
	}))
	return u
}
