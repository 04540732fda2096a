package decision_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestNoStaleAnswer changes on one node and asks on another that shares its
// database: no answer is older than the change that was confirmed before.
func TestNoStaleAnswer(t *testing.T) { // CHECK-2
	times := map[string]int{"sqlite": 500, "postgres": 10_000}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			here, there := apptest.On(t, address), apptest.On(t, address)
			account := here.Account("204 817")
			here.Administrator(account, "helene@maraval.example")
			_, m := here.Member(account, "karim@maraval.example")
			n := times[kind]
			if testing.Short() {
				n /= 20
			}
			for i := range n {
				acts, want := here.Members.Deactivate, false
				if i%2 == 1 {
					acts, want = here.Members.Reactivate, true
				}
				here.Must(apptest.ErrOf(acts(here.Context(), here.Operator(), account.ID, app.Of(m.UUID))))
				err := there.Checks.Index(there.Context(), account.ID, func(x *authz.Index) error {
					at, found := x.OfMember(m.ID)
					if got := found && x.Rights(at, there.Now()).Member(); got != want {
						t.Fatalf("change %d: belongs to the account %t, want %t", i, got, want)
					}
					return nil
				})
				there.Must(err)
			}
		})
	}
}

// TestIndexAgrees does random things by random doors, and holds the resident
// index of another node against what the database says of everybody.
func TestIndexAgrees(t *testing.T) { // CHECK-1, ROLE-9
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			s := newShaken(apptest.On(t, address), apptest.On(t, address))
			for i := range 120 {
				act := s.acts()[s.random.IntN(len(s.acts()))]
				act()
				if i%3 == 0 {
					s.compare(t, i)
				}
			}
		})
	}
}

// A shaken account is changed at random on one node and asked about on another.
type shaken struct {
	*apptest.World
	other   *apptest.World
	account directory.Account
	random  *rand.Rand
	people  []authz.Actor
	members []directory.Member
	units   []directory.Unit
	roles   []directory.Role
	grants  []directory.Grant
}

func newShaken(w, other *apptest.World) *shaken {
	s := &shaken{World: w, other: other, account: w.Account("204 817"), random: rand.New(rand.NewPCG(3, 4))}
	w.Administrator(s.account, "helene@maraval.example")
	for i := range 6 {
		actor, m := w.Member(s.account, fmt.Sprintf("p%d@maraval.example", i))
		s.people, s.members = append(s.people, actor), append(s.members, m)
	}
	s.units = []directory.Unit{{ID: s.account.Root}}
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		s.roles, err = r.Roles(w.Context(), s.account.ID)
		return err
	}))
	s.roles = slices.DeleteFunc(s.roles, func(o directory.Role) bool { return o.Kind != directory.RightsRole })
	return s
}

// write changes rows as an operation does: with an entry of the same change.
func (s *shaken) write(entry audit.Entry, rows func(key func() int64) store.Change) {
	s.T.Helper()
	id := s.account.ID
	s.Must(s.DB.Update(s.Context(), []directory.AccountID{id}, func(tx *store.Tx) error {
		ledgers, err := tx.Ledgers(s.Context(), []directory.AccountID{id})
		if err != nil {
			return err
		}
		l := ledgers[id]
		change := rows(func() int64 { l.NextNumber++; return directory.NewKey(id, l.NextNumber-1) })
		entry.Account, entry.N, entry.At = id, l.Entries+1, tx.Now
		entry.Digest, entry.Hash = []byte{1}, []byte{2}
		l.Entries, l.Sequence = l.Entries+1, l.Sequence+1
		return tx.Apply(s.Context(), store.Write{Ledgers: []store.Ledger{*l}, Changes: []store.Change{change}, Entries: []audit.Entry{entry}})
	}))
}

func (s *shaken) who() string { return s.members[s.random.IntN(len(s.members))].UUID }

// acts are what can happen; refusals are part of it.
func (s *shaken) acts() []func() {
	ctx, id, op := s.Context(), s.account.ID, s.Operator()
	return []func(){
		func() { _, _ = s.Members.Deactivate(ctx, op, id, app.Of(s.who())) },
		func() { _, _ = s.Members.Reactivate(ctx, op, id, app.Of(s.who())) },
		func() { _, _ = s.Members.Remove(ctx, op, id, app.Of(s.who())) },
		func() {
			email := fmt.Sprintf("p%d@maraval.example", s.random.IntN(len(s.people)))
			_, _ = s.Members.Add(ctx, op, id, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Silent: true})
		},
		func() {
			level := []string{"", directory.AdminLevel}[s.random.IntN(2)]
			_, _ = s.Members.EditMembers(ctx, op, id, app.Of(s.who()), app.MemberChange{Levels: apptest.Levels(level)})
		},
		func() {
			state := []directory.AccountState{directory.AccountOpen, directory.AccountSuspended}[s.random.IntN(2)]
			_ = s.Accounts.SetState(ctx, op, id, state, "à voir")
		},
		s.addUnit, s.give, s.give, s.end, s.changeRole,
	}
}

func (s *shaken) addUnit() {
	s.write(audit.Entry{Kind: audit.UnitCreated}, func(key func() int64) store.Change {
		u := directory.Unit{ID: directory.UnitID(key()), Parent: s.units[s.random.IntN(len(s.units))].ID, Level: "group"}
		u.UUID, u.Name = fmt.Sprint("u", u.ID), fmt.Sprint("Unité ", u.ID)
		s.units = append(s.units, u)
		return store.InsertUnits{Account: s.account.ID, Units: []directory.Unit{u}}
	})
}

func (s *shaken) give() {
	g := directory.Grant{Member: s.members[s.random.IntN(len(s.members))].ID, Role: s.roles[s.random.IntN(len(s.roles))].ID,
		Unit: s.units[s.random.IntN(len(s.units))].ID, From: s.Now()}
	if slices.ContainsFunc(s.grants, func(h directory.Grant) bool { return h.Member == g.Member && h.Role == g.Role && h.Unit == g.Unit }) {
		return
	}
	s.write(audit.Entry{Kind: audit.GrantGiven, Object: int64(g.Member)}, func(key func() int64) store.Change {
		g.ID = directory.GrantID(key())
		return store.InsertGrants{Account: s.account.ID, Grants: []directory.Grant{g}}
	})
	s.grants = append(s.grants, g)
}

func (s *shaken) end() {
	if len(s.grants) == 0 {
		return
	}
	i := s.random.IntN(len(s.grants))
	g := s.grants[i]
	s.grants = slices.Delete(s.grants, i, i+1)
	s.write(audit.Entry{Kind: audit.GrantEnded, Object: int64(g.Member)}, func(func() int64) store.Change {
		return store.EndGrants{Account: s.account.ID, Grants: []directory.GrantID{g.ID}}
	})
}

func (s *shaken) changeRole() {
	i := s.random.IntN(len(s.roles))
	all := authz.Permissions()
	s.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	s.roles[i].Permissions = nil
	for _, p := range all[:s.random.IntN(len(all))] {
		s.roles[i].Permissions = append(s.roles[i].Permissions, string(p))
	}
	s.write(audit.Entry{Kind: audit.RoleChanged, Object: int64(s.roles[i].ID)}, func(func() int64) store.Change {
		return store.PutRoles{Account: s.account.ID, Roles: s.roles[i : i+1]}
	})
}

// compare asks the index of the other node about everybody, everywhere.
func (s *shaken) compare(t *testing.T, n int) {
	t.Helper()
	s.Must(s.other.Checks.Index(context.WithoutCancel(s.Context()), s.account.ID, func(x *authz.Index) error {
		for i, actor := range s.people {
			want, err := s.Rights(s.Context(), actor, s.account.ID)
			if err != nil {
				return err
			}
			var got authz.Rights
			if at, found := x.OfUser(actor.User); found {
				got = x.Rights(at, s.Now())
			}
			if got.Member() != want.Member() {
				t.Fatalf("after %d acts person %d: belongs %t in the index, %t in the database", n, i, got.Member(), want.Member())
			}
			for _, u := range s.units {
				if a, b := got.At(u.ID), want.At(u.ID); !slices.Equal(a, b) {
					t.Fatalf("after %d acts person %d at %s holds %v in the index, %v in the database", n, i, u.Name, a, b)
				}
			}
		}
		return nil
	}))
}
