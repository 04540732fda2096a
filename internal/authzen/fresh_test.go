package authzen_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestMain finds work that goes on when every test has ended.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"), goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// nodes are two nodes on one database; the shop is served by the second.
func nodes(t *testing.T, kind string) (here *apptest.World, there *shop) {
	t.Helper()
	address := storetest.Address(t, kind)
	here = apptest.On(t, address)
	return here, open(t, apptest.On(t, address))
}

// TestNoStaleAnswer changes on one node and asks another one over HTTP: no answer
// is older than the change that was confirmed before, whatever it changed.
func TestNoStaleAnswer(t *testing.T) { // CHECK-2
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			here, there := nodes(t, kind)
			_, place := there.Member(there.account, "karim@maraval.example")
			ctx, account := t.Context(), there.account.ID
			giving := there.giving(there.account, place.UUID, "purchase-approver", there.group.UUID)
			unit := there.group.Version
			acts := []func() error{
				func() error { _, err := here.Grants.Give(ctx, there.admin, account, giving); return err },
				func() error {
					_, err := here.Members.Deactivate(ctx, there.admin, account, app.Of(place.UUID))
					return err
				},
				func() error {
					_, err := here.Members.Reactivate(ctx, there.admin, account, app.Of(place.UUID))
					return err
				},
				func() error {
					return here.Accounts.SetState(ctx, here.Operator(), account, directory.AccountSuspended, "impayé")
				},
				func() error {
					return here.Accounts.SetState(ctx, here.Operator(), account, directory.AccountOpen, "payé")
				},
				func() error { unit++; return here.Units.Archive(ctx, there.admin, account, there.group.UUID, unit-1) },
				func() error { unit++; return here.Units.Restore(ctx, there.admin, account, there.group.UUID, unit-1) },
				func() error { return here.Users.SwitchOff(ctx, here.Operator(), place.User) },
				func() error { return here.Users.SwitchOn(ctx, here.Operator(), place.User) },
				func() error { _, err := here.Grants.End(ctx, there.admin, account, giving); return err },
			}
			may := []bool{true, false, true, false, true, false, true, false, true, false}
			for i := range 300 {
				at := i % len(acts)
				there.Must(acts[at]())
				if got := there.ask("karim@maraval.example", "purchases.approve", "company", there.yard.UUID); got.yes() != may[at] {
					t.Fatalf("change %d (kind %d): answered %t, want %t", i, at, got.yes(), may[at])
				}
			}
		})
	}
}

// TestNoStaleWord applies a catalogue on one node and asks another one at once.
func TestNoStaleWord(t *testing.T) { // CHECK-2, CHECK-3
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			here, there := nodes(t, kind)
			text, _ := catalogue.BuiltinFile("standard")
			ask := func() decision { return there.ask("helene.castaing@maraval.example", "approve", "account", "204817") }
			if ask().yes() {
				t.Fatal("an action that is not declared is allowed")
			}
			for i, actions := range []string{"approve", "validate", "approve"} {
				words := "\naccess:\n  actions:\n    - {name: " + actions + ", permission: purchases.approve}\n"
				draft, err := here.Catalogue.Draft(t.Context(), here.Operator(), string(text)+words)
				here.Must(err)
				here.Must(here.Catalogue.Apply(t.Context(), here.Operator(), string(text)+words, draft.Version))
				if got := ask(); got.yes() != (actions == "approve") {
					t.Errorf("catalogue %d: %+v", i, got)
				}
			}
		})
	}
}

// A robot is a product with a token and a person of its own who answers for it.
type robot struct {
	*shop
	here             *apptest.World
	member, answered directory.Member
	made             app.MadeToken
}

func newRobot(here *apptest.World, there *shop, name string) *robot {
	r := &robot{shop: there, here: here}
	_, r.answered = there.Member(there.account, name+"@maraval.example")
	ctx, account, admin := there.Context(), there.account.ID, there.admin
	var err error
	r.member, err = there.TechnicalUsers.Create(ctx, admin, account, app.NewTechnicalUser{Name: name, Purpose: "Essai", Responsible: r.answered.UUID})
	there.Must(err)
	role, err := there.Roles.Create(ctx, admin, account, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": name}, Permissions: []string{"access.check"}})
	there.Must(err)
	there.grant(there.account, admin, r.member.UUID, role.UUID, "")
	there.grant(there.account, admin, r.answered.UUID, role.UUID, "") // it holds no more than who answers for it
	r.made, err = there.TechnicalUsers.MakeToken(ctx, admin, account, r.member.UUID, app.NewToken{Name: name, Expires: there.Now().AddDate(0, 0, 3)})
	there.Must(err)
	return r
}

// do acts on a member from the other node.
func (r *robot) do(act func(context.Context, authz.Actor, directory.AccountID, app.Selection) (app.Verdicts, error), m directory.Member) error {
	verdicts, err := act(r.Context(), r.admin, r.account.ID, app.Of(m.UUID))
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

// TestTokenDiesAtOnce ends a token in every way there is, on another node, while
// eight clients use it: whoever asks after the act was confirmed is refused.
func TestTokenDiesAtOnce(t *testing.T) { // CHECK-2, SIGN-5
	ends := []struct {
		name string
		want int
		act  func(r *robot) error
	}{
		{"revoked", 401, func(r *robot) error {
			return r.here.TechnicalUsers.RevokeToken(r.Context(), r.admin, r.account.ID, r.member.UUID, r.made.UUID)
		}},
		{"deactivated", 401, func(r *robot) error { return r.do(r.here.Members.Deactivate, r.member) }},
		{"removed", 401, func(r *robot) error { return r.do(r.here.Members.Remove, r.member) }},
		{"whoever answers deactivated", 401, func(r *robot) error { return r.do(r.here.Members.Deactivate, r.answered) }},
		{"whoever answers removed", 401, func(r *robot) error { return r.do(r.here.Members.Remove, r.answered) }},
		{"whoever answers switched off", 401, func(r *robot) error {
			return r.here.Users.SwitchOff(r.Context(), r.here.Operator(), r.answered.User)
		}},
		{"whoever answers erased", 401, func(r *robot) error { return r.here.Users.Erase(r.Context(), r.here.Operator(), r.answered.User) }},
		{"its role emptied", 403, func(r *robot) error {
			list, err := r.here.Roles.List(r.Context(), r.admin, r.account.ID)
			r.Must(err)
			for _, role := range list.Roles {
				if slices.Equal(role.Permissions, []string{"access.check"}) && role.Holders == 2 && role.Names[""] == r.made.Name {
					return r.here.Roles.Edit(r.Context(), r.admin, r.account.ID, role.UUID, app.RoleChange{Version: role.Version, Permissions: &[]string{"account.view"}})
				}
			}
			return errors.New("no such role")
		}},
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			here, there := nodes(t, kind)
			for i, end := range ends {
				r := newRobot(here, there, fmt.Sprintf("robot%d", i))
				t.Run(end.name, func(t *testing.T) { r.dies(t, end.want, func() error { return end.act(r) }) })
			}
		})
	}
}

// dies asks by eight clients while act ends the token.
func (r *robot) dies(t *testing.T, want int, act func() error) {
	body := question("helene.castaing@maraval.example", "planning.manage", "account", "204817")
	var confirmed, stop atomic.Bool
	var before, after atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for !stop.Load() {
				late := confirmed.Load()
				got := r.post("/access/v1/evaluation", body, "Authorization", "Bearer "+r.made.Secret)
				switch {
				case late && got.status != want:
					t.Errorf("asked after the act was confirmed: %d, want %d", got.status, want)
					return
				case late:
					after.Add(1)
				case got.status == http.StatusOK:
					before.Add(1)
				}
			}
		})
	}
	for before.Load() < 40 && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	err := act()
	confirmed.Store(true)
	for after.Load() < 40 && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	stop.Store(true)
	clients.Wait()
	r.Must(err)
}

// TestTokenEndsByTime: what nobody does, time does.
func TestTokenEndsByTime(t *testing.T) { // SIGN-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		r := newRobot(w, s, "robot")
		body := question("helene.castaing@maraval.example", "planning.manage", "account", "204817")
		expect := func(want int) {
			t.Helper()
			if got := s.post("/access/v1/evaluation", body, "Authorization", "Bearer "+r.made.Secret); got.status != want {
				t.Errorf("%d, want %d", got.status, want)
			}
		}
		expect(200)
		ends := directory.End{Moment: s.Now().Add(time.Hour)}
		_, err := s.Members.EditMembers(s.Context(), s.admin, s.account.ID, app.Of(r.answered.UUID), app.MemberChange{Ends: &ends})
		s.Must(err)
		expect(200)
		s.Pass(time.Hour - time.Second)
		expect(200)
		s.Pass(time.Second)
		expect(401)
		s.Must(s.TechnicalUsers.SetResponsible(s.Context(), s.admin, s.account.ID, r.member.UUID, "helene.castaing@maraval.example"))
		expect(200)
		s.Pass(3 * 24 * time.Hour)
		expect(401)
	})
}

// TestQuestionsWriteNothing counts the changes of the account over many
// questions, and that a token's use is noted all the same.
func TestQuestionsWriteNothing(t *testing.T) { // CHECK-1, SIGN-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		body := question("helene.castaing@maraval.example", "planning.manage", "account", "204817")
		total := func() int64 {
			page, err := s.History.ListAll(s.Context(), s.Operator(), app.HistoryFilter{}, app.Window{})
			s.Must(err)
			return page.Total
		}
		before := total()
		for range 50 {
			s.post("/access/v1/evaluation", body)
			s.post("/access/v1/evaluations", body)
		}
		if got := total(); got != before {
			t.Errorf("%d entries of history after the questions, %d before", got, before)
		}
		list, err := s.TechnicalUsers.List(s.Context(), s.admin, s.account.ID)
		s.Must(err)
		if used := list[0].Tokens[0].LastUsed; !used.Equal(s.Now()) {
			t.Errorf("last used %v, want %v", used, s.Now())
		}
		s.Pass(2 * time.Minute)
		s.post("/access/v1/evaluation", body)
		list, err = s.TechnicalUsers.List(s.Context(), s.admin, s.account.ID)
		s.Must(err)
		if used := list[0].Tokens[0].LastUsed; !used.Equal(s.Now()) {
			t.Errorf("two minutes later last used %v, want %v", used, s.Now())
		}
	})
}
