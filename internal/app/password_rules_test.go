package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestHopelessPasswords: what the meter shows as hopeless is refused at every
// door by which a password comes in, however long it is.
func TestHopelessPasswords(t *testing.T) { // SIGN-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		ludivine, _ := w.Member(s.account, "ludivine.garrec@maraval.example")
		token := w.Session(ludivine, app.PurposeFull)
		w.Member(s.account, "noe.faure@maraval.example")
		w.Must(w.Users.Forgot(w.Context(), here(), "noe.faure@maraval.example"))
		reset := mail(t, w, "password_reset").Mail.Secret
		invitation, _ := s.invite(s.helene, "agathe.lormeau@maraval.example", "")
		verdicts, err := w.Members.Add(w.Context(), s.helene, s.account.ID, []app.NewMember{{Row: 1, Email: "karim.haddad@maraval.example"}}, app.AddOptions{Silent: true})
		w.Must(err)
		fresh := directory.Member{UUID: verdicts[0].Public()}
		doors := map[string]func(password string) error{
			"change": func(password string) error {
				_, err := w.Users.ChangePassword(w.Context(), ludivine, app.PasswordChange{Token: token, Old: apptest.Password, New: password}, limits())
				return err
			},
			"reset": func(password string) error { return w.Users.Reset(w.Context(), here(), reset, password) },
			"invitation": func(password string) error {
				a := acceptance(invitation)
				a.Password = password
				_, err := w.Invitations.Accept(w.Context(), here(), a, limits())
				return err
			},
			"staff and command line": func(password string) error {
				_, err := w.Users.CreateStaff(w.Context(), w.Operator(), app.NewStaff{Email: "odile@batisoft.example", Role: authz.Support, Password: password})
				return err
			},
			"provisional, in the edit form": func(password string) error {
				return edit(w, s.helene, s.account, fresh, app.PersonChange{Provisional: password})
			},
			"provisional, in the full form": func(password string) error {
				n := app.NewPerson{Password: password}
				n.Email, n.UserName, n.Language, n.First, n.Last = "nora@maraval.example", "nora", "fr", "Nora", "Belkacem"
				_, err := w.Members.Create(w.Context(), s.helene, s.account.ID, n)
				return err
			},
		}
		for door, give := range doors {
			for _, password := range []string{"123456789012", "aaaaaaaaaaaa", "Password1234", "Intendant-2026"} {
				if got := w.Code(give(password)); got != "password.hopeless" {
					t.Errorf("SIGN-3 %s: %q is answered %q, want password.hopeless", door, password, got)
				}
			}
			if door == "staff and command line" {
				continue // they are of no customer
			}
			if got := w.Code(give("Compte204817!")); got != "password.hopeless" {
				t.Errorf("SIGN-3 %s: the customer's name is answered %q", door, got)
			}
		}
		for typed, want := range map[string]int{"123456789012": 1, "Compte204817!": 1, "Falaise-Ocre-77": 4} {
			score, err := w.Users.MeasurePassword(w.Context(), ludivine, app.Typed{Password: typed, Names: []string{"Compte 204817"}})
			if err != nil || score > want || want == 4 && score != 4 {
				t.Errorf("SIGN-3 the meter shows %d for %q, %v", score, typed, err)
			}
		}
	})
}

// TestMeterIsRationed: the meter is open to strangers, so it ends after so many.
func TestMeterIsRationed(t *testing.T) { // SIGN-3
	w := apptest.New(t, "sqlite")
	stranger := authz.Actor{Kind: authz.Stranger, Address: "192.0.2.9"}
	measured := 0
	for range 200 {
		if _, err := w.Users.MeasurePassword(w.Context(), stranger, app.Typed{Password: "Falaise"}); w.Code(err) == "request.too_many" {
			break
		}
		measured++
	}
	if measured != 120 {
		t.Errorf("SIGN-3 one network measures %d a minute, want 120", measured)
	}
	stranger.Address = "198.51.100.4"
	if _, err := w.Users.MeasurePassword(w.Context(), stranger, app.Typed{Password: "Falaise"}); err != nil {
		t.Errorf("SIGN-3 another network: %v", err)
	}
}
