package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestAccountDemandsFactor: an account demands the second factor of its
// administrators or of all; who lacks it opens nothing of it, and loses nothing
// else.
func TestAccountDemandsFactor(t *testing.T) { // SIGN-6, USER-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := startInviting(t, w)
		karim := w.Administrator(s.account, "karim.haddad@maraval.example")
		lea, _ := w.Member(s.account, "lea.fontanel@maraval.example")
		other := w.Account("300100")
		w.Must(joins(w, other, lea))
		_, err := w.TechnicalUsers.Create(w.Context(), karim, s.account.ID, app.NewTechnicalUser{Name: "Paie", Purpose: "Paie du soir",
			Responsible: "karim.haddad@maraval.example"})
		w.Must(err)
		demand := func(by authz.Actor, of directory.FactorDemand) string {
			view, err := w.Accounts.Settings(w.Context(), by, s.account.ID)
			w.Must(err)
			view.SecondFactor = of
			return w.Code(w.Accounts.ChangeSettings(w.Context(), by, s.account.ID, view.AccountSettings))
		}
		opens := func(name string, who authz.Actor, number, want string) {
			t.Helper()
			_, err := w.Accounts.Open(w.Context(), who, number)
			if got := w.Code(err); got != want {
				t.Errorf("SIGN-6 %s: %q, want %q", name, got, want)
			}
		}
		without := func(administrators, people int64) {
			t.Helper()
			view, err := w.Accounts.Settings(w.Context(), s.helene, s.account.ID)
			w.Must(err)
			if want := (store.WithoutFactor{Administrators: administrators, People: people}); view.Without != want {
				t.Errorf("SIGN-6 without a factor: %+v, want %+v", view.Without, want)
			}
		}
		without(2, 3)
		s.check("SIGN-6 who has none demands none", demand(s.helene, directory.FactorOfAll), "settings.factor_yourself")
		s.check("SIGN-6 no such demand", demand(s.helene, "some"), "field.unknown_choice")
		_, done := codesOf(w, s.helene, w.Session(s.helene, app.PurposeFull))
		without(1, 2)
		s.check("SIGN-6 of administrators", demand(s.helene, directory.FactorOfAdministrators), "")
		opens("the administrator who has it", s.helene, "204817", "")
		opens("another administrator", karim, "204817", "factor.account_demands")
		opens("a member, of whom it is not demanded", lea, "204817", "")
		s.check("SIGN-6 of everybody", demand(s.helene, directory.FactorOfAll), "")
		opens("a member now", lea, "204817", "factor.account_demands")
		opens("the same person in another account", lea, "300100", "")
		opens("somebody of another account", w.Person("nora@else.example"), "204817", "account.not_found")
		opens("the command line", w.Operator(), "204817", "")
		state, err := w.Users.Factor(w.Context(), lea)
		w.Must(err)
		if len(state.Demanded) != 1 || state.Demanded[0] != s.account.Name {
			t.Errorf("SIGN-6 who demands it: %q", state.Demanded)
		}
		own, err := w.Users.Accounts(w.Context(), lea)
		w.Must(err)
		for _, one := range own {
			if one.Factor != (one.Account.ID == s.account.ID) {
				t.Errorf("SIGN-6 %s asks for a factor first: %t", one.Account.Number, one.Factor)
			}
		}
		if rights, err := w.Rights(w.Context(), karim, s.account.ID); err != nil || !rights.May(authz.ManageMembers, 0) {
			t.Errorf("SIGN-6 it takes no right: %v", err)
		}
		codesOf(w, lea, w.Session(lea, app.PurposeFull))
		opens("once it is set up", lea, "204817", "")
		w.Must(w.Users.RemoveFactor(w.Context(), s.helene, done.Codes[0]))
		opens("who removed theirs", s.helene, "204817", "factor.account_demands")
		if n := recorded(w, audit.SettingsChanged, 0); n < 2 {
			t.Errorf("HIST-1 %d entries of it", n)
		}
	})
}

// joins makes somebody a member of another account too.
func joins(w *apptest.World, account directory.Account, who authz.Actor) error {
	j, err := w.JoinRequests.Ask(w.Context(), who, account.Number, "")
	if err == nil {
		_, err = w.JoinRequests.Approve(w.Context(), w.Administrator(account, "odette.marsan@autre.example"), account.ID, j.UUID)
	}
	return err
}
