package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// lists is what reading the members by a token answers.
func (s workshop) lists(token app.MadeToken) string {
	s.T.Helper()
	bearing, err := s.TechnicalUsers.Resolve(s.Context(), token.Secret, app.Client{})
	s.Must(err)
	_, err = s.Members.List(s.Context(), bearing.Actor, s.account.ID, app.MemberQuery{})
	return s.Code(err)
}

// checks is what a product's question by a token answers.
func (s workshop) checks(token app.MadeToken) string {
	s.T.Helper()
	return s.Code(s.Checks.Admit(s.Context(), app.Caller{Token: token.Secret, From: func() app.Client { return app.Client{} }}))
}

// TestTokenOpensNoMoreThanWhoAnswersHolds: what the person who answers holds now,
// and what was granted when the token was made, limit it at every use (SIGN-5,
// ROLE-6).
func TestTokenOpensNoMoreThanWhoAnswersHolds(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		none := []string{}
		drop := func(m directory.Member) {
			s.Must(apptest.ErrOf(s.Members.EditMembers(w.Context(), s.admin, s.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &none})))
		}
		want := func(when string, token app.MadeToken, code string) {
			t.Helper()
			if got := s.lists(token); got != code {
				t.Errorf("%s: a list answers %q, want %q", when, got, code)
			}
			if got := s.checks(token); got != code {
				t.Errorf("%s: a question answers %q, want %q", when, got, code)
			}
		}
		s.holds(s.robot, "reader", authz.ViewMembers, authz.CheckAccess)
		want("given to the program after the token was made", s.token, "denied.permission")
		token, err := s.make("newer", 30)
		w.Must(err)
		want("not held by who answers", token, "denied.permission")
		s.holds(s.lea, "answering", authz.ViewMembers, authz.CheckAccess)
		want("held by both", token, "")
		want("the older token", s.token, "denied.permission")
		drop(s.lea)
		want("lost by who answers", token, "denied.permission")
		s.Must(s.TechnicalUsers.SetResponsible(w.Context(), s.admin, s.account.ID, s.robot.UUID, "helene.castaing@maraval.example"))
		want("answered for by somebody who holds it", token, "")
		drop(s.robot)
		want("lost by the program", token, "denied.permission")
	})
}
