package app_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// mails takes all mails that are due and answers them by kind.
func mails(t *testing.T, w *apptest.World) map[directory.MailKind][]app.Delivery {
	t.Helper()
	byKind := map[directory.MailKind][]app.Delivery{}
	for {
		due, err := w.Mails.Next(w.Context(), 50)
		w.Must(err)
		if len(due) == 0 {
			return byKind
		}
		for _, d := range due {
			byKind[d.Mail.Kind] = append(byKind[d.Mail.Kind], d)
			w.Must(w.Mails.Sent(w.Context(), d, "test"))
		}
	}
}

// mail is the one mail of a kind that is due.
func mail(t *testing.T, w *apptest.World, kind directory.MailKind) app.Delivery {
	t.Helper()
	due := mails(t, w)
	if len(due[kind]) != 1 {
		t.Fatalf("%d mails of kind %s, want one; due are %v", len(due[kind]), kind, due)
	}
	return due[kind][0]
}

func registering(email string) app.Registering {
	return app.Registering{Email: email, First: "Ludivine", Last: "Garrec", Language: "fr"}
}

// confirmation is what its person says where a registration's link leads.
func confirmation(token string) app.Confirmation {
	return app.Confirmation{Token: token, First: "Ludivine", Last: "Garrec", Password: goodPassword}
}

// registered makes a person by signing up.
func registered(t *testing.T, w *apptest.World, email string) directory.User {
	t.Helper()
	w.Must(w.Users.Register(w.Context(), here(), registering(email)))
	made, err := w.Users.Confirm(w.Context(), here(), confirmation(mail(t, w, "registration_confirm").Mail.Secret), limits())
	w.Must(err)
	return made.User
}

func person(u directory.User) authz.Actor {
	return authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage, Address: here().Address}
}

func TestRegister(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		t.Run("SIGN-4 known and unknown addresses are answered alike", func(t *testing.T) {
			known := w.Users.Register(w.Context(), here(), registering("L.Garrec@garrec.example"))
			told := mail(t, w, "registration_known")
			unknown := w.Users.Register(w.Context(), here(), registering("autre@garrec.example"))
			if known != nil || unknown != nil {
				t.Errorf("answers %v and %v, want none", known, unknown)
			}
			if told.Mail.User != u.ID {
				t.Errorf("the mail goes to user %d, want %d", told.Mail.User, u.ID)
			}
		})
		t.Run("SIGN-4 the link is valid 24 hours", func(t *testing.T) {
			token := mail(t, w, "registration_confirm").Mail.Secret
			w.Pass(24 * time.Hour)
			_, err := w.Users.Confirm(w.Context(), here(), confirmation(token), limits())
			if got := w.Code(err); got != "link.dead" {
				t.Errorf("after a day: code %q, want link.dead", got)
			}
		})
		t.Run("SIGN-4 two confirmations at once make one user", func(t *testing.T) {
			w.Must(w.Users.Register(w.Context(), here(), registering("double@garrec.example")))
			token := mail(t, w, "registration_confirm").Mail.Secret
			errs := make([]error, 4)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { _, errs[i] = w.Users.Confirm(w.Context(), here(), confirmation(token), limits()) })
			}
			all.Wait()
			made := 0
			for _, err := range errs {
				switch w.Code(err) {
				case "":
					made++
				case "link.dead":
				default:
					t.Errorf("unexpected: %v", err)
				}
			}
			if made != 1 {
				t.Errorf("%d users made, want one", made)
			}
		})
		t.Run("limited per address", func(t *testing.T) {
			w.Pass(time.Hour)
			var err error
			for range 4 {
				err = w.Users.Register(w.Context(), here(), registering("again@garrec.example"))
			}
			if got := w.Code(err); got != "limit.hourly" {
				t.Errorf("the fourth in an hour: code %q, want limit.hourly", got)
			}
		})
	})
}

func TestForgot(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		session, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		mails(t, w)
		known, unknown := w.Users.Forgot(w.Context(), here(), u.Email), w.Users.Forgot(w.Context(), here(), "nobody@garrec.example")
		if known != nil || unknown != nil {
			t.Errorf("SIGN-4 answers %v and %v, want none", known, unknown)
		}
		token := mail(t, w, "password_reset").Mail.Secret
		if got := w.Code(w.Users.Reset(w.Context(), here(), token, "short")); got != "password.too_short" {
			t.Errorf("SIGN-3 code %q, want password.too_short", got)
		}
		w.Must(w.Users.Reset(w.Context(), here(), token, "Tuile-bleue-orage-58"))
		if got := w.Code(w.Users.Reset(w.Context(), here(), token, "Tuile-bleue-orage-59")); got != "link.dead" {
			t.Errorf("the link used twice: code %q, want link.dead", got)
		}
		_, err = w.Sessions.Resolve(w.Context(), session.Token, here(), limits())
		if got := w.Code(err); got != "sign_in.required" {
			t.Errorf("a session outlives the password: code %q", got)
		}
		mail(t, w, "password_changed")
		if _, err := signIn(w, u.Email, "Tuile-bleue-orage-58"); err != nil {
			t.Errorf("sign in with the new password: %v", err)
		}
	})
}

func TestChangePassword(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := registered(t, w, "l.garrec@garrec.example")
		session, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		other, err := signIn(w, u.Email, goodPassword)
		w.Must(err)
		for _, test := range []struct{ name, old, new, want string }{
			{"SIGN-3 too short", goodPassword, "Ab1-", "password.too_short"},
			{"SIGN-3 contains the name", goodPassword, "Garrec-pour-toujours-8", "password.contains_name"},
			{"the same again", goodPassword, goodPassword, "password.same"},
			{"the old one is wrong", "wrong", "Tuile-bleue-orage-58", "password.wrong_old"},
		} {
			t.Run(test.name, func(t *testing.T) {
				_, err := w.Users.ChangePassword(w.Context(), person(u), app.PasswordChange{Token: session.Token, Old: test.old, New: test.new}, limits())
				if got := w.Code(err); got != test.want {
					t.Errorf("code %q, want %q", got, test.want)
				}
			})
		}
		next, err := w.Users.ChangePassword(w.Context(), person(u),
			app.PasswordChange{Token: session.Token, Old: goodPassword, New: "Tuile-bleue-orage-58"}, limits())
		w.Must(err)
		for _, gone := range []string{session.Token, other.Token} {
			if _, err := w.Sessions.Resolve(w.Context(), gone, here(), limits()); w.Code(err) != "sign_in.required" {
				t.Errorf("SIGN-7 a session outlives the password: %v", err)
			}
		}
		if _, err := w.Sessions.Resolve(w.Context(), next.Token, here(), limits()); err != nil {
			t.Errorf("the session the change came from ends: %v", err)
		}
	})
}
