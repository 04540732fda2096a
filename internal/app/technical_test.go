package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A workshop is an account with a technical user, the person who answers for
// it, and one live token.
type workshop struct {
	house
	lea   directory.Member // answers
	robot directory.Member
	token app.MadeToken
}

func newWorkshop(w *apptest.World) workshop {
	s := workshop{house: newHouse(w)}
	_, s.lea = w.Member(s.account, "lea.fontanel@maraval.example")
	var err error
	s.robot, err = w.TechnicalUsers.Create(w.Context(), s.admin, s.account.ID,
		app.NewTechnicalUser{Name: "Paie", Purpose: "Reprend les salariés chaque nuit", Responsible: s.lea.UUID})
	w.Must(err)
	s.token, err = s.make("nightly", 30)
	w.Must(err)
	return s
}

func (s workshop) make(name string, days int) (app.MadeToken, error) {
	return s.TechnicalUsers.MakeToken(s.Context(), s.admin, s.account.ID, s.robot.UUID,
		app.NewToken{Name: name, Expires: s.Now().AddDate(0, 0, days)})
}

func (s workshop) opens(t *testing.T, want bool) {
	t.Helper()
	bearing, err := s.TechnicalUsers.Resolve(s.Context(), s.token.Secret, app.Client{Address: "192.0.2.9"})
	if code := s.Code(err); (code == "") != want || !want && code != "token.refused" {
		t.Errorf("the token opens: %t (%s), want %t", code == "", code, want)
	}
	if want && (bearing.Account != s.account.ID || bearing.Actor.Kind != authz.Technical || bearing.Actor.User != s.robot.User || bearing.Actor.Door != authz.DoorAPI) {
		t.Errorf("the token is of %+v", bearing)
	}
}

func TestTechnicalUserDiesWithItsPerson(t *testing.T) { // SIGN-5
	t.Parallel()
	for _, test := range []struct {
		name string
		end  func(s workshop) error
		back func(s workshop) error // what seems to undo it
		then bool                   // whether the token opens again
	}{
		{"deactivated", func(s workshop) error {
			return s.act(s.Members.Deactivate, s.lea)
		}, func(s workshop) error { return s.act(s.Members.Reactivate, s.lea) }, true},
		{"removed, and added again", func(s workshop) error {
			return s.act(s.Members.Remove, s.lea)
		}, func(s workshop) error {
			s.Pass(time.Minute)
			verdicts, err := s.Members.Add(s.Context(), s.admin, s.account.ID, []app.NewMember{{Row: 1, Email: "lea.fontanel@maraval.example"}}, app.AddOptions{Invite: true})
			s.Must(verdicts.FirstRefusal())
			s.Must(err)
			_, err = s.Invitations.AcceptMine(s.Context(), s.Actor("lea.fontanel@maraval.example"), s.lea.UUID)
			return err
		}, false},
		{"switched off everywhere", func(s workshop) error {
			return s.Users.SwitchOff(s.Context(), s.Operator(), s.lea.User)
		}, nil, false},
		{"erased", func(s workshop) error { return s.Users.Erase(s.Context(), s.Operator(), s.lea.User) }, nil, false},
		{"whose place has ended", func(s workshop) error {
			ends := directory.End{Moment: s.Now().Add(time.Hour)}
			_, err := s.Members.EditMembers(s.Context(), s.admin, s.account.ID, app.Of(s.lea.UUID), app.MemberChange{Ends: &ends})
			s.Pass(time.Hour)
			return err
		}, nil, false},
	} {
		t.Run("SIGN-5 "+test.name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, w *apptest.World) {
				s := newWorkshop(w)
				s.opens(t, true)
				s.Must(test.end(s))
				s.opens(t, false)
				if test.back != nil {
					s.Must(test.back(s))
					s.opens(t, test.then)
				}
				s.Must(s.TechnicalUsers.SetResponsible(s.Context(), s.admin, s.account.ID, s.robot.UUID, "helene.castaing@maraval.example"))
				s.opens(t, true)
			})
		})
	}
}

// A memberOperation is an act on members that a selection names.
type memberOperation func(context.Context, authz.Actor, directory.AccountID, app.Selection) (app.Verdicts, error)

func (s workshop) act(do memberOperation, m directory.Member) error {
	verdicts, err := do(s.Context(), s.admin, s.account.ID, app.Of(m.UUID))
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

func TestTokensOfTechnicalUsers(t *testing.T) { // SIGN-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		t.Run("SIGN-5 shown once and never again", func(t *testing.T) {
			if !strings.HasPrefix(s.token.Secret, "int_") || len(s.token.Secret) != len("int_")+43 {
				t.Errorf("a token is %q", s.token.Secret)
			}
			page, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: audit.KindsOf("token")}, app.Window{})
			s.Must(err)
			if text := fmt.Sprintf("%+v", page); !strings.Contains(text, "nightly") || strings.Contains(text, s.token.Secret) {
				t.Errorf("history tells %s", text)
			}
		})
		t.Run("SIGN-5 a token ends within a year", func(t *testing.T) {
			for days, want := range map[int]string{-1: "token.expiry_past", 0: "token.expiry_past", 366: "", 367: "token.expiry_far"} {
				if _, err := s.make("x", days); w.Code(err) != want {
					t.Errorf("%d days: %q, want %q", days, w.Code(err), want)
				}
			}
			if _, err := s.TechnicalUsers.MakeToken(w.Context(), s.admin, s.account.ID, s.robot.UUID, app.NewToken{Name: "x"}); w.Code(err) != "field.required" {
				t.Errorf("without an end: %v", err)
			}
		})
		t.Run("SIGN-5 an unknown token, or one of another form", func(t *testing.T) {
			for _, token := range []string{"", "int_", "int_\x00", s.token.Secret[4:], s.token.Secret + "a", strings.Repeat("int_", 20_000)} {
				if _, err := s.TechnicalUsers.Resolve(w.Context(), token, app.Client{}); w.Code(err) != "token.refused" {
					t.Errorf("%.20q: %v", token, err)
				}
			}
		})
		t.Run("SIGN-5 revoked", func(t *testing.T) {
			s.opens(t, true)
			s.Must(s.TechnicalUsers.RevokeToken(w.Context(), s.admin, s.account.ID, s.robot.UUID, s.token.UUID))
			s.opens(t, false)
			if err := s.TechnicalUsers.RevokeToken(w.Context(), s.admin, s.account.ID, s.robot.UUID, s.token.UUID); w.Code(err) != "token.not_found" {
				t.Errorf("revoked again: %v", err)
			}
		})
		t.Run("SIGN-5 expired", func(t *testing.T) {
			var err error
			s.token, err = s.make("short", 1)
			s.Must(err)
			w.Pass(24*time.Hour - time.Second)
			s.opens(t, true)
			w.Pass(time.Second)
			s.opens(t, false)
		})
		t.Run("SIGN-5 switched off, on, and removed", func(t *testing.T) {
			var err error
			s.token, err = s.make("long", 300)
			s.Must(err)
			s.Must(s.act(s.Members.Deactivate, s.robot))
			s.opens(t, false)
			s.Must(s.act(s.Members.Reactivate, s.robot))
			s.opens(t, true)
			s.Must(s.TechnicalUsers.Remove(w.Context(), s.admin, s.account.ID, s.robot.UUID))
			s.opens(t, false)
			if list, err := s.TechnicalUsers.List(w.Context(), s.admin, s.account.ID); err != nil || len(list) != 0 {
				t.Errorf("%d are left, %v", len(list), err)
			}
		})
	})
}

func TestTechnicalUserIsNoPerson(t *testing.T) { // SIGN-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		list, err := s.TechnicalUsers.List(w.Context(), s.admin, s.account.ID)
		s.Must(err)
		row := s.find("paie")
		t.Run("SIGN-5 signs in nowhere", func(t *testing.T) {
			for _, name := range []string{row.Person.UserName, row.Person.UUID, ""} {
				_, err := s.Sessions.SignIn(w.Context(), app.Client{Address: "192.0.2.9"}, app.Credentials{Name: name, Password: apptest.Password}, app.SessionLimits{})
				if w.Code(err) != "sign_in.wrong" {
					t.Errorf("%q: %v", name, err)
				}
			}
			bearing, err := s.TechnicalUsers.Resolve(w.Context(), s.token.Secret, app.Client{})
			s.Must(err)
			if _, err := s.JoinRequests.Ask(w.Context(), bearing.Actor, "117 402", "hello"); w.Code(err) != "sign_in.required" {
				t.Errorf("asks to join: %v", err)
			}
		})
		t.Run("SIGN-5 is listed with its person, and asked nothing by mail", func(t *testing.T) {
			if len(list) != 1 || list[0].Name != "Paie" || !list[0].Works() || list[0].Responsible.ID != s.lea.User || len(list[0].Tokens) != 1 {
				t.Errorf("listed as %+v", list)
			}
			if !row.Person.Technical() || row.May.Invite || row.May.Resend {
				t.Errorf("row: %+v", row.May)
			}
			verdicts, err := s.Invitations.Send(w.Context(), s.admin, s.account.ID, app.Of(row.UUID))
			if got := s.verdict(verdicts, err); got != "member.already_active" {
				t.Errorf("invited: %q", got)
			}
			s.Must(s.act(s.Members.Deactivate, s.robot))
			s.Must(s.act(s.Members.Reactivate, s.robot))
			s.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				mails, err := r.MailsTo(w.Context(), s.robot.User)
				if len(mails) > 0 {
					t.Errorf("%d mails go to it", len(mails))
				}
				return err
			}))
		})
		t.Run("ACC-5 keeps no account administered", func(t *testing.T) {
			s.Must(s.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
			helene := s.find("helene")
			for _, do := range []memberOperation{s.Members.Deactivate, s.Members.Remove} {
				if err := s.act(do, helene.Member); w.Code(err) != "administrator.last" {
					t.Errorf("the last person goes: %v", err)
				}
			}
			s.Must(s.act(s.Members.Deactivate, s.robot))
		})
		t.Run("PLAN-4 an edit on another version", func(t *testing.T) {
			edit := app.TechnicalEdit{Name: "Paie 2", Purpose: "Autre", Version: list[0].Version}
			s.Must(s.TechnicalUsers.Edit(w.Context(), s.admin, s.account.ID, s.robot.UUID, edit))
			if err := s.TechnicalUsers.Edit(w.Context(), s.admin, s.account.ID, s.robot.UUID, edit); w.Code(err) != "stale" {
				t.Errorf("again: %v", err)
			}
			for _, bad := range []string{"", " ", "a\x00b", strings.Repeat("é", 501)} {
				if err := s.TechnicalUsers.Edit(w.Context(), s.admin, s.account.ID, s.robot.UUID, app.TechnicalEdit{Name: "x", Purpose: bad}); w.Code(err) == "" {
					t.Errorf("purpose %.10q is taken", bad)
				}
			}
		})
		t.Run("only somebody active in the account answers", func(t *testing.T) {
			w.Person("somebody.else@elsewhere.example")
			for _, who := range []string{"somebody.else@elsewhere.example", "nobody@maraval.example", s.robot.UUID, "a\x00b", strings.Repeat("a", 70_000)} {
				if err := s.TechnicalUsers.SetResponsible(w.Context(), s.admin, s.account.ID, s.robot.UUID, who); w.Code(err) != "technical.responsible_unknown" {
					t.Errorf("%.20q: %v", who, err)
				}
			}
			if err := s.TechnicalUsers.SetResponsible(w.Context(), s.admin, s.account.ID, s.lea.UUID, s.lea.UUID); w.Code(err) != "technical.not_found" {
				t.Errorf("for a person: %v", err)
			}
		})
	})
}

func TestTokenGivesNoMoreThanItsMakerHolds(t *testing.T) { // ROLE-6
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		manager, m := w.Member(s.account, "marc.delorme@maraval.example")
		s.holds(m, "clerk", authz.ViewMembers, authz.ManageMembers)
		_, err := s.TechnicalUsers.MakeToken(w.Context(), manager, s.account.ID, s.robot.UUID,
			app.NewToken{Name: "mine", Expires: w.Now().AddDate(0, 0, 1)})
		w.Must(err)
		s.Must(s.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
		_, err = s.TechnicalUsers.MakeToken(w.Context(), manager, s.account.ID, s.robot.UUID,
			app.NewToken{Name: "more", Expires: w.Now().AddDate(0, 0, 1)})
		if w.Code(err) != "role.not_held" {
			t.Errorf("a manager makes an administrator's token: %v", err)
		}
		err = s.TechnicalUsers.SetResponsible(w.Context(), manager, s.account.ID, s.robot.UUID, s.lea.UUID)
		if w.Code(err) != "role.not_held" {
			t.Errorf("a manager wakes an administrator's tokens: %v", err)
		}
		inside := authz.Actor{Kind: authz.StaffInside, User: w.Staff("assistance@batisoft.example", authz.Support).User, Staff: authz.Support,
			Entered: s.account.ID, Until: w.Now().Add(time.Hour), Door: authz.DoorPage}
		_, err = s.TechnicalUsers.MakeToken(w.Context(), inside, s.account.ID, s.robot.UUID,
			app.NewToken{Name: "lasting", Expires: w.Now().AddDate(0, 0, 1)})
		if w.Code(err) != "token.staff" { // VEND-2
			t.Errorf("staff make a token that outlives their hour: %v", err)
		}
	})
}

func TestTokenOpensItsAccountOnly(t *testing.T) { // SIGN-5, USER-5, ACC-12
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		w.Account("117 402")
		at := func(number string) string {
			bearing, err := s.TechnicalUsers.Resolve(w.Context(), s.token.Secret, app.Client{})
			s.Must(err)
			account, err := s.TechnicalUsers.At(w.Context(), bearing, number)
			if err == nil && account.ID != s.account.ID {
				t.Errorf("%q opens account %d", number, account.ID)
			}
			return w.Code(err)
		}
		for number, want := range map[string]string{"204817": "", "204 817": "", "117402": "account.not_found", "999999": "account.not_found",
			"": "account.not_found", "a\x00b": "account.not_found", strings.Repeat("2", 70_000): "account.not_found"} {
			if got := at(number); got != want {
				t.Errorf("%.20q: %q, want %q", number, got, want)
			}
		}
		s.Must(s.Accounts.SetState(w.Context(), w.Operator(), s.account.ID, directory.AccountSuspended, "Unpaid"))
		if got := at("204817"); got != "account.suspended" {
			t.Errorf("ACC-12 suspended: %q", got)
		}
		s.Must(s.Accounts.SetState(w.Context(), w.Operator(), s.account.ID, directory.AccountOpen, "Paid"))
		s.Must(s.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
		s.Must(s.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.lea.UUID))
		var err error
		s.token, err = s.make("administrator", 30)
		s.Must(err)
		s.Must(s.Accounts.SetState(w.Context(), w.Operator(), s.account.ID, directory.AccountSuspended, "Unpaid"))
		if got := at("204817"); got != "" {
			t.Errorf("ACC-12 suspended, as its administrator: %q", got)
		}
	})
}
