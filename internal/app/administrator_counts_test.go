package app_test

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An otherAdministrator is what the second administrator of an account has become, and
// whether they act and count as one.
type otherAdministrator struct {
	name         string
	become       func(w *apptest.World, m *directory.Member, u *directory.User)
	acts, counts bool
}

func otherAdministrators() []otherAdministrator {
	return []otherAdministrator{
		{"active", func(*apptest.World, *directory.Member, *directory.User) {}, true, true},
		{"place ends on a day", func(w *apptest.World, m *directory.Member, _ *directory.User) { m.Ends = w.Now().Add(time.Hour) }, true, false},
		{"without the level", func(_ *apptest.World, m *directory.Member, _ *directory.User) { m.Level = 0 }, false, false},
		{"only asked in", func(_ *apptest.World, m *directory.Member, _ *directory.User) { m.Status = directory.Invited }, false, false},
		{"switched off in the account", func(_ *apptest.World, m *directory.Member, _ *directory.User) { m.Status = directory.Inactive }, false, false},
		{"removed", func(w *apptest.World, m *directory.Member, _ *directory.User) { m.Removed = w.Now() }, false, false},
		{"switched off everywhere", func(w *apptest.World, _ *directory.Member, u *directory.User) { u.SwitchedOff = w.Now() }, false, false},
		{"erased", func(w *apptest.World, _ *directory.Member, u *directory.User) { u.Erased = w.Now() }, false, false},
	}
}

// TestWhoCountsAsAdministrator asks everything that counts, names, tells or keeps
// administrators about the same people (ACC-5).
func TestWhoCountsAsAdministrator(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for i, test := range otherAdministrators() {
			t.Run("ACC-5 "+test.name, func(t *testing.T) {
				account := w.Account(fmt.Sprintf("310 %03d", i))
				first := w.Administrator(account, fmt.Sprintf("first%d@maraval.example", i))
				other := w.Administrator(account, fmt.Sprintf("second%d@maraval.example", i))
				m, u := becomeSecond(w, account, other, test)
				wantConsole(t, w, account, test)
				wantCount(t, w, m, u, test)
				o, err := w.Accounts.Overview(w.Context(), first, account.ID)
				w.Must(err)
				if o.Alone != !test.counts {
					t.Errorf("the first page says alone = %t", o.Alone)
				}
				if !test.counts {
					for door, code := range lastDoors(w, account, first) {
						if code != "administrator.last" {
							t.Errorf("%s: %q, want administrator.last", door, code)
						}
					}
					return
				}
				w.Must(w.Users.SwitchOff(w.Context(), w.Operator(), first.User))
			})
		}
	})
}

func becomeSecond(w *apptest.World, account directory.Account, who authz.Actor, test otherAdministrator) (m directory.Member, u directory.User) {
	w.T.Helper()
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) (err error) {
		if m, err = tx.MemberOf(w.Context(), account.ID, who.User); err != nil {
			return err
		}
		if u, err = tx.User(w.Context(), who.User); err != nil {
			return err
		}
		level := m.Level
		test.become(w, &m, &u)
		changes := []store.Change{store.UpdateMembers{{Member: m, Folded: directory.FoldMember(u, m.Suggested, "", "", "")}}, store.UpdateUser{User: u}}
		if m.Level == 0 || !m.Removed.IsZero() {
			changes = append(changes, store.MemberRoles{End: []store.MemberRole{{Member: m.ID, Role: level}}})
		}
		return tx.Apply(w.Context(), store.Write{Changes: changes})
	}))
	return m, u
}

// counted is how many administrators the account has, the first one among them.
func (o otherAdministrator) counted() int64 {
	if o.counts {
		return 2
	}
	return 1
}

func wantConsole(t *testing.T, w *apptest.World, account directory.Account, test otherAdministrator) {
	t.Helper()
	page := store.AccountPage{Filter: store.AccountFilter{Search: account.Number}, Size: 5}
	list, err := w.Accounts.List(w.Context(), w.Operator(), page)
	w.Must(err)
	if len(list.Lines) != 1 || list.Lines[0].Administrators != test.counted() || list.Totals.WithoutAdministrator != 0 {
		t.Errorf("the console counts %+v", list.Lines)
	}
}

func wantCount(t *testing.T, w *apptest.World, m directory.Member, u directory.User, test otherAdministrator) {
	t.Helper()
	ctx, account := w.Context(), m.Account()
	w.Must(w.DB.View(ctx, func(r *store.Reader) error {
		roles, err := r.Roles(ctx, account)
		w.Must(err)
		var level directory.RoleID
		for _, o := range roles {
			if o.Kind == directory.Level && o.Code == directory.AdminLevel {
				level = o.ID
			}
		}
		if got := m.KeepsAdministered(u, level); got != test.counts {
			t.Errorf("KeepsAdministered = %t", got)
		}
		if got := m.Administers(u, level); got != test.acts {
			t.Errorf("Administers = %t", got)
		}
		n, err := r.ActiveAdministrators(ctx, account, nil, math.MaxInt64)
		w.Must(err)
		if n != test.counted() {
			t.Errorf("%d administrators are counted, want %d", n, test.counted())
		}
		told, err := r.Administrators(ctx, account, 9)
		w.Must(err)
		if got := len(told) == 2; got != test.acts {
			t.Errorf("%d administrators are told", len(told))
		}
		return nil
	}))
}

// lastDoors are the ways in which the only administrator who counts could cease to
// be one, and what each answers.
func lastDoors(w *apptest.World, account directory.Account, first authz.Actor) map[string]string {
	ctx, id := w.Context(), account.ID
	var m directory.Member
	w.Must(w.DB.View(ctx, func(r *store.Reader) (err error) {
		m, err = r.MemberOf(ctx, id, first.User)
		return err
	}))
	none, ends, operator := "", w.Now().Add(time.Hour), w.Operator()
	verdict := func(v app.Verdicts, err error) string { return w.Code(apptest.ErrOf(v, err)) }
	return map[string]string{
		"exclude":    w.Code(w.Members.ExcludeAdministrator(ctx, operator, id, m.UUID)),
		"demote":     verdict(w.Members.EditMembers(ctx, operator, id, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(none)})),
		"end date":   verdict(w.Members.EditMembers(ctx, operator, id, app.Of(m.UUID), app.MemberChange{Ends: &directory.End{Moment: ends}})),
		"deactivate": verdict(w.Members.Deactivate(ctx, operator, id, app.Of(m.UUID))),
		"remove":     verdict(w.Members.Remove(ctx, operator, id, app.Of(m.UUID))),
		"switch off": w.Code(w.Users.SwitchOff(ctx, operator, first.User)),
		"erase":      w.Code(w.Users.Erase(ctx, operator, first.User)),
		"erase self": w.Code(w.Users.EraseSelf(ctx, first, apptest.Password)),
	}
}

// TestSwitchingOffBesideGivingUp lets the vendor switch one of two administrators
// off while the other gives up the level: one of both is refused (ACC-5).
func TestSwitchingOffBesideGivingUp(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx := w.Context()
		for round := range 6 {
			account := w.Account(fmt.Sprintf("320 %03d", round))
			a := w.Administrator(account, fmt.Sprintf("a%d@maraval.example", round))
			b := w.Administrator(account, fmt.Sprintf("b%d@maraval.example", round))
			var m directory.Member
			w.Must(w.DB.View(ctx, func(r *store.Reader) (err error) {
				m, err = r.MemberOf(ctx, account.ID, b.User)
				return err
			}))
			var outcomes [2]error
			var both sync.WaitGroup
			both.Go(func() { outcomes[0] = w.Users.SwitchOff(ctx, w.Operator(), a.User) })
			both.Go(func() { outcomes[1] = w.Members.ExcludeAdministrator(ctx, b, account.ID, m.UUID) })
			both.Wait()
			var refusal *directory.Error
			if err := errors.Join(outcomes[:]...); (outcomes[0] == nil) == (outcomes[1] == nil) || !errors.As(err, &refusal) || refusal.Code != "administrator.last" {
				t.Errorf("round %d: %v", round, outcomes)
			}
		}
	})
}
