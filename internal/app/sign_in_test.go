package app_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

const goodPassword = "Ruche-vert-amande-31"

func limits() app.SessionLimits { return app.SessionLimits{Idle: 8 * time.Hour, Max: 24 * time.Hour} }

func here() app.Client { return app.Client{Address: "192.0.2.7", Agent: "test"} }

// known makes somebody with a password of their own.
func known(t *testing.T, w *apptest.World, email string) directory.User {
	t.Helper()
	hash, err := apptest.Passwords(1).Hash(w.Context(), goodPassword)
	w.Must(err)
	u, err := w.Users.Seed(w.Context(), directory.User{Email: email, UserName: email, First: "Odile", Last: "Marchand", Language: "fr",
		Password: directory.PasswordOwn, PasswordHash: hash, PasswordSet: w.Now()})
	w.Must(err)
	return u
}

func signIn(w *apptest.World, name, password string) (app.Started, error) {
	return w.Sessions.SignIn(w.Context(), here(), app.Credentials{Name: name, Password: password}, limits())
}

func TestSignIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := known(t, w, "odile.marchand@batisoft.example")
		t.Run("by address and user name, in any case", func(t *testing.T) {
			for _, name := range []string{u.Email, strings.ToUpper(u.Email), u.UserName} {
				started, err := signIn(w, name, goodPassword)
				w.Must(err)
				in, err := w.Sessions.Resolve(w.Context(), started.Token, here(), limits())
				w.Must(err)
				if in.User.ID != u.ID || started.Purpose != app.PurposeFull {
					t.Errorf("signed in as %d for %q, want %d for full", in.User.ID, started.Purpose, u.ID)
				}
			}
		})
		t.Run("SIGN-4 unknown name and wrong password are answered alike", func(t *testing.T) {
			_, unknown := signIn(w, "nobody@batisoft.example", goodPassword)
			_, wrong := signIn(w, u.Email, "wrong")
			if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
				t.Errorf("answers %v and %v, want the same refusal", unknown, wrong)
			}
		})
		t.Run("SIGN-7 rotated at sign-in", func(t *testing.T) {
			first, err := signIn(w, u.Email, goodPassword)
			w.Must(err)
			second, err := w.Sessions.SignIn(w.Context(), here(), app.Credentials{Name: u.Email, Password: goodPassword, Before: first.Token}, limits())
			w.Must(err)
			_, err = w.Sessions.Resolve(w.Context(), first.Token, here(), limits())
			if first.Token == second.Token || w.Code(err) != "sign_in.required" {
				t.Errorf("the token before still resolves: %v", err)
			}
		})
		t.Run("SIGN-7 rotated at a gain of rights", func(t *testing.T) {
			before, err := signIn(w, u.Email, goodPassword)
			w.Must(err)
			after, err := w.Sessions.Rotate(w.Context(), before.Token)
			w.Must(err)
			_, old := w.Sessions.Resolve(w.Context(), before.Token, here(), limits())
			_, fresh := w.Sessions.Resolve(w.Context(), after.Token, here(), limits())
			if w.Code(old) != "sign_in.required" || fresh != nil || !after.Expires.Equal(before.Expires) {
				t.Errorf("old token %v, new %v, end %v want %v", old, fresh, after.Expires, before.Expires)
			}
		})
	})
}

func TestSignInThrottle(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := known(t, w, "odile.marchand@batisoft.example")
		for range 5 {
			_, err := signIn(w, u.Email, "wrong")
			if got := w.Code(err); got != "sign_in.wrong" {
				t.Fatalf("code %q, want sign_in.wrong", got)
			}
		}
		_, err := signIn(w, u.Email, goodPassword)
		if got := w.Code(err); got != "sign_in.wait" {
			t.Errorf("SIGN-6 the sixth at once: code %q, want sign_in.wait", got)
		}
		elsewhere := app.Client{Address: "198.51.100.9"}
		_, err = w.Sessions.SignIn(w.Context(), elsewhere, app.Credentials{Name: u.Email, Password: goodPassword}, limits())
		if err != nil {
			t.Errorf("SIGN-6 the person elsewhere is shut out: %v", err)
		}
		w.Pass(2 * time.Second)
		if _, err = signIn(w, u.Email, goodPassword); err != nil {
			t.Errorf("SIGN-6 after the wait: %v", err)
		}
	})
}

func TestSessionsRevoke(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		u := known(t, w, "odile.marchand@batisoft.example")
		other := known(t, w, "loic.tanguy@batisoft.example")
		var tokens []string
		for range 3 {
			started, err := signIn(w, u.Email, goodPassword)
			w.Must(err)
			tokens = append(tokens, started.Token)
		}
		actor := authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage}
		sessions, err := w.Sessions.List(w.Context(), actor)
		w.Must(err)
		if len(sessions) != 3 {
			t.Fatalf("SIGN-6 %d sessions listed, want 3", len(sessions))
		}
		stranger := authz.Actor{Kind: authz.Person, User: other.ID, Door: authz.DoorPage}
		if got := w.Code(w.Sessions.Revoke(w.Context(), stranger, sessions[0].UUID)); got != "session.not_found" {
			t.Errorf("SIGN-6 another person's session: code %q, want session.not_found", got)
		}
		w.Must(w.Sessions.Revoke(w.Context(), actor, sessions[0].UUID))
		w.Must(w.Sessions.RevokeOthers(w.Context(), actor, tokens[2]))
		w.Must(w.Sessions.RevokeOthers(w.Context(), actor, tokens[2]))
		left, err := w.Sessions.List(w.Context(), actor)
		w.Must(err)
		if len(left) > 1 {
			t.Errorf("SIGN-6 %d sessions left, want this one at most", len(left))
		}
	})
}
