package app_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// half signs somebody in with the password and stops before the code.
func half(w *apptest.World, name string) app.Started {
	started, err := w.Sessions.SignIn(w.Context(), here(), app.Credentials{Name: name, Password: apptest.Password}, limits())
	w.Must(err)
	return started
}

func enter(w *apptest.World, started app.Started, code string) (app.Started, error) {
	return w.Sessions.EnterCode(w.Context(), here(), started.Token, code, limits())
}

// codesOf sets up a second factor for the actor in their session and answers its
// secret, the recovery codes and the session that goes on.
func codesOf(w *apptest.World, actor authz.Actor, token string) (string, app.ConfirmedFactor) {
	w.Must(w.Users.BeginFactor(w.Context(), actor))
	state, err := w.Users.Factor(w.Context(), actor)
	w.Must(err)
	code, err := secret.OneTimeCode(state.Setup.Secret, secret.OneTimeStep(w.Now()))
	w.Must(err)
	done, err := w.Users.ConfirmFactor(w.Context(), actor, app.FactorConfirm{Token: token, Code: code, Proof: apptest.Password}, limits())
	w.Must(err)
	return state.Setup.Secret, done
}

// recorded counts the entries of a kind about somebody.
func recorded(w *apptest.World, kind audit.Kind, user directory.UserID) int64 {
	page, err := w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Kinds: []audit.Kind{kind}, Subject: user}, app.Window{})
	w.Must(err)
	return page.Total
}

func TestSecondPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		actor := w.Staff("bastien@batisoft.example", authz.Support)
		t.Run("SIGN-6 the password alone opens nothing", func(t *testing.T) {
			started := half(w, "bastien@batisoft.example")
			in, err := w.Sessions.Resolve(w.Context(), started.Token, here(), limits())
			w.Must(err)
			if started.Purpose != app.PurposeFactor || in.User.ID != 0 || in.Actor.User != 0 || in.Actor.Kind != authz.Stranger {
				t.Errorf("purpose %q, signed in as %d, actor %+v", started.Purpose, in.User.ID, in.Actor)
			}
			change := app.PasswordChange{Token: started.Token, Old: apptest.Password, New: goodPassword}
			if _, err := w.Users.ChangePassword(w.Context(), actor, change, limits()); w.Code(err) != "sign_in.required" {
				t.Errorf("its password is changed: %v", err)
			}
		})
		t.Run("SIGN-6 the right code rotates the session; a step counts once", func(t *testing.T) {
			first, second := half(w, "bastien@batisoft.example"), half(w, "bastien@batisoft.example")
			started, err := enter(w, first, w.OneTimeCode(0))
			w.Must(err)
			in, err := w.Sessions.Resolve(w.Context(), started.Token, here(), limits())
			w.Must(err)
			if started.Purpose != app.PurposeFull || in.User.ID != actor.User || in.Actor.Staff != authz.Support {
				t.Errorf("purpose %q, actor %+v", started.Purpose, in.Actor)
			}
			if _, err := w.Sessions.Resolve(w.Context(), first.Token, here(), limits()); w.Code(err) != "sign_in.required" {
				t.Errorf("SIGN-7 the token before resolves: %v", err)
			}
			for _, step := range []int64{0, -1} {
				if _, err := enter(w, second, w.OneTimeCode(step)); w.Code(err) != "factor.wrong" {
					t.Errorf("a code of step %d again: %v", step, err)
				}
			}
			if _, err := enter(w, second, w.OneTimeCode(1)); err != nil {
				t.Errorf("the code of the next step: %v", err)
			}
		})
		t.Run("SIGN-6 what is wrong is answered alike, counted and logged", func(t *testing.T) {
			w.Pass(2 * time.Minute)
			started := half(w, "bastien@batisoft.example")
			for _, code := range []string{"000000", "nonsense", "", "ACDEF-HJKMN", w.OneTimeCode(5)} {
				_, err := enter(w, started, code)
				if got := w.Code(err); got != "factor.wrong" {
					t.Errorf("%q: %q, want factor.wrong", code, got)
				}
			}
			_, err := enter(w, started, w.OneTimeCode(0))
			if got := w.Code(err); got != "sign_in.wait" {
				t.Errorf("after five wrong ones: %q, want sign_in.wait", got)
			}
			log, err := w.History.AccessLog(w.Context(), w.Operator(), app.AccessFilter{User: actor.User, Outcome: "factor.wrong"}, app.Window{})
			w.Must(err)
			if log.Total < 5 {
				t.Errorf("%d wrong codes in the access log", log.Total)
			}
			w.Pass(5 * time.Second)
			if _, err := enter(w, started, w.OneTimeCode(0)); err != nil {
				t.Errorf("after the wait: %v", err)
			}
		})
		t.Run("SIGN-6 it waits ten minutes at most, and ends with the person's access", func(t *testing.T) {
			w.Pass(2 * time.Minute)
			late, off := half(w, "bastien@batisoft.example"), half(w, "bastien@batisoft.example")
			w.Pass(10 * time.Minute)
			if _, err := enter(w, late, w.OneTimeCode(0)); w.Code(err) != "sign_in.required" {
				t.Errorf("after ten minutes: %v", err)
			}
			w.Must(w.Users.SwitchOff(w.Context(), w.Operator(), actor.User))
			if _, err := enter(w, off, w.OneTimeCode(0)); w.Code(err) != "sign_in.required" {
				t.Errorf("switched off: %v", err)
			}
			if _, err := enter(w, app.Started{Token: "nobody's"}, w.OneTimeCode(0)); w.Code(err) != "sign_in.required" {
				t.Errorf("no session: %v", err)
			}
			if _, err := enter(w, app.Started{Token: w.Session(actor, app.PurposeFull)}, w.OneTimeCode(0)); w.Code(err) != "sign_in.required" {
				t.Errorf("a whole session: %v", err)
			}
		})
	})
}

// TestCodeAtOnce: of two who use one code at the same moment, one gets in.
func TestCodeAtOnce(t *testing.T) { // SIGN-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		person := w.Person("lea.fontanel@maraval.example")
		_, done := codesOf(w, person, w.Session(person, app.PurposeFull))
		staff := w.Staff("bastien@batisoft.example", authz.Support)
		for name, try := range map[string]struct {
			login, code string
		}{
			"one-time code": {"bastien@batisoft.example", w.OneTimeCode(0)},
			"recovery code": {"lea.fontanel@maraval.example", done.Codes[3]},
		} {
			t.Run(name, func(t *testing.T) {
				var halves [4]app.Started
				var errs [4]error
				for i := range halves {
					halves[i] = half(w, try.login)
				}
				var all sync.WaitGroup
				for i := range halves {
					all.Go(func() { _, errs[i] = enter(w, halves[i], try.code) })
				}
				all.Wait()
				in := 0
				for _, err := range errs {
					switch code := w.Code(err); code {
					case "":
						in++
					case "factor.wrong":
					default:
						t.Errorf("refused with %q", code)
					}
				}
				if in != 1 {
					t.Errorf("%d got in by one code", in)
				}
			})
		}
		if got := recorded(w, audit.UserRecoveryUsed, person.User); got != 1 {
			t.Errorf("the recovery code stands in history %d times", got)
		}
		if got := recorded(w, audit.UserRecoveryUsed, staff.User); got != 0 {
			t.Errorf("a one-time code stands in history as a recovery code")
		}
	})
}

func TestSetUpFactor(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		actor := w.Person("lea.fontanel@maraval.example")
		token, elsewhere := w.Session(actor, app.PurposeFull), w.Session(actor, app.PurposeFull)
		_, err := w.Users.ConfirmFactor(w.Context(), actor, app.FactorConfirm{Token: token, Code: "123456"}, limits())
		if got := w.Code(err); got != "factor.not_begun" {
			t.Errorf("before it was begun: %q", got)
		}
		w.Must(w.Users.BeginFactor(w.Context(), actor))
		_, err = w.Users.ConfirmFactor(w.Context(), actor, app.FactorConfirm{Token: token, Code: "000000"}, limits())
		if got := w.Code(err); got != "factor.wrong" {
			t.Errorf("a wrong first code: %q", got)
		}
		if started := half(w, "lea.fontanel@maraval.example"); started.Purpose != app.PurposeFull {
			t.Errorf("SIGN-6 what is only begun is asked for: %q", started.Purpose)
		}
		known, done := codesOf(w, actor, token)
		if len(done.Codes) != directory.RecoveryCodes || done.Started.Purpose != app.PurposeFull {
			t.Errorf("%d codes, session for %q", len(done.Codes), done.Started.Purpose)
		}
		for _, gone := range []string{token, elsewhere} {
			if _, err := w.Sessions.Resolve(w.Context(), gone, here(), limits()); w.Code(err) != "sign_in.required" {
				t.Errorf("SIGN-7 a session from before goes on: %v", err)
			}
		}
		t.Run("SIGN-6 the row alone tells no secret", func(t *testing.T) {
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				f, err := r.Factor(w.Context(), actor.User)
				if err != nil {
					return err
				}
				if _, err := w.Box.Open(f.Sealed, store.FactorContext(actor.User+1)); err == nil {
					t.Error("it opens in another row")
				}
				return nil
			}))
		})
		t.Run("SIGN-6 a recovery code gets in once, and is told", func(t *testing.T) {
			for _, want := range []string{"", "factor.wrong"} {
				_, err := enter(w, half(w, "lea.fontanel@maraval.example"), directory.FormatRecovery(done.Codes[0]))
				if got := w.Code(err); got != want {
					t.Errorf("code %q, want %q", got, want)
				}
			}
			state, err := w.Users.Factor(w.Context(), actor)
			w.Must(err)
			if state.Left != directory.RecoveryCodes-1 || recorded(w, audit.UserRecoveryUsed, actor.User) != 1 {
				t.Errorf("%d codes are left, %d uses in history", state.Left, recorded(w, audit.UserRecoveryUsed, actor.User))
			}
		})
		t.Run("SIGN-6 new codes and another app ask for a code", func(t *testing.T) {
			w.Pass(time.Minute)
			if _, err := w.Users.NewRecoveryCodes(w.Context(), actor, "000000"); w.Code(err) != "factor.wrong" {
				t.Errorf("new codes for a wrong one: %v", err)
			}
			codes, err := w.Users.NewRecoveryCodes(w.Context(), actor, shown(w, known))
			w.Must(err)
			if _, err := enter(w, half(w, "lea.fontanel@maraval.example"), done.Codes[1]); w.Code(err) != "factor.wrong" {
				t.Errorf("a code from before gets in: %v", err)
			}
			w.Must(w.Users.BeginFactor(w.Context(), actor))
			state, err := w.Users.Factor(w.Context(), actor)
			w.Must(err)
			confirm := app.FactorConfirm{Token: w.Session(actor, app.PurposeFull), Code: shown(w, state.Setup.Secret)}
			_, err = w.Users.ConfirmFactor(w.Context(), actor, confirm, limits())
			if got := w.Code(err); got != "factor.wrong" {
				t.Errorf("another app without the former: %q", got)
			}
			confirm.Proof = codes[0]
			_, err = w.Users.ConfirmFactor(w.Context(), actor, confirm, limits())
			w.Must(err)
		})
		t.Run("SIGN-6 a password that is reset opens nothing without the code", func(t *testing.T) {
			w.Must(w.Users.Forgot(w.Context(), here(), "lea.fontanel@maraval.example"))
			w.Must(w.Users.Reset(w.Context(), here(), mail(t, w, "password_reset").Mail.Secret, goodPassword))
			started, err := signIn(w, "lea.fontanel@maraval.example", goodPassword)
			if err != nil || started.Purpose != app.PurposeFactor {
				t.Errorf("it opens %q, %v", started.Purpose, err)
			}
		})
		t.Run("USER-7 the factor goes with the person", func(t *testing.T) {
			w.Must(w.Users.Erase(w.Context(), w.Operator(), actor.User))
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				f, err := r.Factor(w.Context(), actor.User)
				left, _ := r.RecoveryCodesLeft(w.Context(), actor.User)
				if f.Stands() || left != 0 {
					t.Errorf("stands %t with %d codes", f.Stands(), left)
				}
				return err
			}))
		})
	})
}

func shown(w *apptest.World, known string) string {
	code, err := secret.OneTimeCode(known, secret.OneTimeStep(w.Now()))
	w.Must(err)
	return code
}

func TestRemoveFactor(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		actor := w.Person("lea.fontanel@maraval.example")
		if got := w.Code(w.Users.RemoveFactor(w.Context(), actor, "123456")); got != "factor.none" {
			t.Errorf("without one: %q", got)
		}
		_, done := codesOf(w, actor, w.Session(actor, app.PurposeFull))
		if got := w.Code(w.Users.RemoveFactor(w.Context(), actor, "000000")); got != "factor.wrong" {
			t.Errorf("for a wrong code: %q", got)
		}
		w.Must(w.Users.RemoveFactor(w.Context(), actor, done.Codes[0]))
		if started := half(w, "lea.fontanel@maraval.example"); started.Purpose != app.PurposeFull {
			t.Errorf("it is still asked for: %q", started.Purpose)
		}
		if recorded(w, audit.UserFactorSet, actor.User) != 1 || recorded(w, audit.UserFactorRemoved, actor.User) != 1 {
			t.Error("history lacks that it was set and removed")
		}
		staff := w.Staff("bastien@batisoft.example", authz.Support)
		if got := w.Code(w.Users.RemoveFactor(w.Context(), staff, w.OneTimeCode(0))); got != "factor.compulsory" {
			t.Errorf("VEND-3 staff remove theirs: %q", got)
		}
	})
}

func TestCompulsoryFactor(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		user, err := w.Users.CreateStaff(w.Context(), w.Operator(), app.NewStaff{Email: "odile@batisoft.example", Role: authz.Operator,
			Language: "fr", Password: apptest.Password})
		w.Must(err)
		started := half(w, user.Email)
		in, err := w.Sessions.Resolve(w.Context(), started.Token, here(), limits())
		w.Must(err)
		if started.Purpose != app.PurposeEnrol || in.Session.Purpose != app.PurposeEnrol || in.Actor.MayDuty(authz.ViewAccounts) {
			t.Errorf("without a second factor: purpose %q, actor %+v", started.Purpose, in.Actor)
		}
		t.Run("a whole session from before is narrowed", func(t *testing.T) {
			old, err := w.Sessions.Resolve(w.Context(), w.Session(in.Actor, app.PurposeFull), here(), limits())
			w.Must(err)
			if old.Session.Purpose != app.PurposeEnrol || old.Actor.MayDuty(authz.ViewAccounts) {
				t.Errorf("purpose %q, actor %+v", old.Session.Purpose, old.Actor)
			}
		})
		_, done := codesOf(w, in.Actor, started.Token)
		in, err = w.Sessions.Resolve(w.Context(), done.Started.Token, here(), limits())
		w.Must(err)
		if in.Session.Purpose != app.PurposeFull || !in.Actor.MayDuty(authz.NameStaff) {
			t.Errorf("with a second factor: purpose %q, actor %+v", in.Session.Purpose, in.Actor)
		}
	})
}

func TestResetFactor(t *testing.T) { // VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		operator, lost := w.Staff("maelle@batisoft.example", authz.Operator), w.Staff("bastien@batisoft.example", authz.Support)
		token := w.Session(lost, app.PurposeFull)
		for _, test := range []struct {
			name   string
			actor  authz.Actor
			user   directory.UserID
			reason string
			want   string
		}{
			{"by support", lost, operator.User, "They lost it", "denied.duty"},
			{"without a reason", operator, lost.User, " ", "field.required"},
			{"of oneself", operator, operator.User, "I lost it", "user.yourself"},
			{"right", operator, lost.User, "The telephone was stolen", ""},
			{"again", operator, lost.User, "The telephone was stolen", "factor.none"},
		} {
			if got := w.Code(w.Users.ResetFactor(w.Context(), test.actor, test.user, test.reason)); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		if _, err := w.Sessions.Resolve(w.Context(), token, here(), limits()); w.Code(err) != "sign_in.required" {
			t.Errorf("they are still signed in: %v", err)
		}
		if started := half(w, "bastien@batisoft.example"); started.Purpose != app.PurposeEnrol {
			t.Errorf("they sign in for %q, want the set-up", started.Purpose)
		}
		if recorded(w, audit.UserFactorRemoved, lost.User) != 1 {
			t.Error("it is not in history")
		}
	})
}

// TestProofBeforeGraveActs: an open session alone, however young, neither sets a
// second factor up, nor removes it, nor renews its codes, nor erases its person;
// and it is no way to guess the password faster.
func TestProofBeforeGraveActs(t *testing.T) { // SIGN-6, USER-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		actor := w.Person("lea.fontanel@maraval.example")
		begin := func() app.FactorConfirm {
			w.Must(w.Users.BeginFactor(w.Context(), actor))
			state, err := w.Users.Factor(w.Context(), actor)
			w.Must(err)
			return app.FactorConfirm{Token: w.Session(actor, app.PurposeFull), Code: shown(w, state.Setup.Secret)}
		}
		confirm := func(c app.FactorConfirm) error {
			_, err := w.Users.ConfirmFactor(w.Context(), actor, c, limits())
			return err
		}
		check := func(what string, err error, code string) {
			t.Helper()
			if got := w.Code(err); got != code {
				t.Errorf("SIGN-6 %s: %q, want %q", what, got, code)
			}
		}
		given := begin()
		check("set up without the password", confirm(given), "password.wrong_old")
		given.Proof = "Falaise-Ocre-77"
		check("set up with another password", confirm(given), "password.wrong_old")
		check("erased without the password", w.Users.EraseSelf(w.Context(), actor, ""), "password.wrong_old")
		check("erased by oneself as another", w.Users.Erase(w.Context(), actor, actor.User), "user.erase_yourself")
		given.Proof = apptest.Password
		check("set up with the password", confirm(given), "")
		check("erased with the password where a code is asked", w.Users.EraseSelf(w.Context(), actor, apptest.Password), "factor.wrong")
		check("removed with the password where a code is asked", w.Users.RemoveFactor(w.Context(), actor, apptest.Password), "factor.wrong")
		_, err := w.Users.NewRecoveryCodes(w.Context(), actor, apptest.Password)
		check("codes with the password where a code is asked", err, "factor.wrong")

		other := w.Person("karim.haddad@maraval.example")
		for range 5 {
			check("guessing", w.Users.EraseSelf(w.Context(), other, "Falaise-Ocre-77"), "password.wrong_old")
		}
		check("guessing on", w.Users.EraseSelf(w.Context(), other, apptest.Password), "sign_in.wait")
		w.Pass(time.Hour)
		check("erased with the password", w.Users.EraseSelf(w.Context(), other, apptest.Password), "")
	})
}
