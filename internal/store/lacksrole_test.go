package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A household is a crowd with groups and fleets, in which people hold roles now,
// or did, and some are programs.
type household struct {
	crowd
	grants    []directory.Grant
	levels    map[directory.UnitID]string
	technical map[directory.UserID]bool
}

// house gives the crowd roles: every draw-th person lacks one at a level.
func (c crowd) house(t testing.TB, db *store.DB, draw int) household {
	t.Helper()
	h := household{crowd: c, levels: map[directory.UnitID]string{c.root: authz.RootLevel}, technical: map[directory.UserID]bool{}}
	next := int64(10_000_000)
	key := func() int64 { next++; return directory.NewKey(c.account, next) }
	unit := func(parent directory.UnitID, level string) directory.Unit {
		u := directory.Unit{ID: directory.UnitID(key()), UUID: uuid.NewString(), Parent: parent, Level: level, Name: level}
		h.levels[u.ID] = level
		return u
	}
	north, south := unit(c.root, "group"), unit(c.root, "group")
	cranes, archived := unit(north.ID, "fleet"), unit(c.root, "group")
	role := directory.Role{ID: directory.RoleID(key()), UUID: uuid.NewString(), Kind: directory.RightsRole, Code: "basic-user", Place: "both",
		Names: map[string]string{"": "Basic"}, Archived: storetest.Noon}
	var changes []store.Change
	random := rand.New(rand.NewPCG(7, 8))
	for i, m := range c.rows {
		for _, at := range []directory.UnitID{c.root, north.ID, south.ID, cranes.ID, archived.ID} {
			g := directory.Grant{ID: directory.GrantID(key()), Member: m.ID, Role: role.ID, Unit: at, From: storetest.Noon.Add(-time.Hour)}
			switch {
			case random.IntN(draw) == 0 || at == archived.ID && i%9 > 0 || at == south.ID && i%3 > 0:
				continue
			case random.IntN(draw) == 0:
				g.To = storetest.Noon
			}
			h.grants = append(h.grants, g)
		}
		if i%40 == 3 {
			h.technical[m.User] = true
			changes = append(changes, store.InsertTechnicalUser{User: m.User, Account: c.account, Purpose: "Paie", Responsible: c.rows[0].User, Since: storetest.Noon})
		}
	}
	err := db.Update(t.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
		return tx.Apply(t.Context(), store.Write{Changes: append(changes,
			store.InsertUnits{Account: c.account, Units: []directory.Unit{north, south, cranes, archived}},
			store.UpdateUnits{Account: c.account, Units: []directory.Unit{closed(archived)}},
			store.PutRoles{Account: c.account, Roles: []directory.Role{role}}, store.InsertGrants{Account: c.account, Grants: h.grants})})
	})
	if err != nil {
		t.Fatal(err)
	}
	if db.Dialect() == "postgres" {
		if _, err := db.Pool().ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// closed is the unit archived: what is held there is held still.
func closed(u directory.Unit) directory.Unit {
	u.Archived, u.Version = storetest.Noon, 1
	return u
}

// lacking is who passes the filter and lacks a role at one of its levels, said
// naively.
func (h household) lacking(f store.MemberFilter, sort store.MemberSort) []directory.MemberID {
	held := map[directory.MemberID]map[string]bool{}
	for _, g := range h.grants {
		if g.To.IsZero() {
			if held[g.Member] == nil {
				held[g.Member] = map[string]bool{}
			}
			held[g.Member][h.levels[g.Unit]] = true
		}
	}
	users := map[directory.MemberID]directory.UserID{}
	for _, m := range h.rows {
		users[m.ID] = m.User
	}
	levels := f.LacksRoleAt
	f.LacksRoleAt = nil
	return slices.DeleteFunc(h.sorted(f, sort), func(id directory.MemberID) bool {
		return h.technical[users[id]] || !slices.ContainsFunc(levels, func(level string) bool { return !held[id][level] })
	})
}

func TestLacksRole(t *testing.T) { // ROLE-3, LIST-5, LIST-9
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := fill(t, db, 700).house(t, db, 4)
		both := []string{authz.RootLevel, "group"}
		for name, f := range map[string]store.MemberFilter{
			"a general one":           {LacksRoleAt: both[:1]},
			"one at a group":          {LacksRoleAt: both[1:]},
			"of two levels":           {LacksRoleAt: both},
			"of three levels":         {LacksRoleAt: append(slices.Clone(both), "fleet")},
			"at a level without unit": {LacksRoleAt: []string{"pool"}},
			"and status":              {LacksRoleAt: both, Statuses: []directory.Status{directory.Invited}},
			"and function":            {LacksRoleAt: both, Functions: h.functions[:1]},
			"and home":                {LacksRoleAt: both[:1], Units: []directory.UnitID{h.branch}},
			"and search":              {LacksRoleAt: both, Search: "camille"},
		} {
			for _, sort := range []store.MemberSort{{Column: "name"}, {Column: "status", Descending: true}, {Column: "added"}} {
				t.Run(fmt.Sprintf("ROLE-3 who lacks %s by %s", name, sort.Column), func(t *testing.T) {
					want := h.lacking(f, sort)
					if len(want) == 0 {
						t.Fatal("nobody lacks one: the test says nothing")
					}
					comparePages(t, db, store.MemberList{Account: h.account, Scope: everywhere(), Filter: f, Sort: sort, Size: 40}, want)
				})
			}
		}
	})
}

// BenchmarkLacksRole finds who lacks a required role among 100,000: one in four,
// and one in ten thousand.
func BenchmarkLacksRole(b *testing.B) {
	for _, kind := range storetest.Kinds(b) {
		for _, draw := range []int{4, 10_000} {
			db := storetest.Open(b, kind)
			h := fill(b, db, 100_000).house(b, db, draw)
			l := store.MemberList{Account: h.account, Scope: everywhere(), Sort: store.MemberSort{Column: "name"}, Size: 51, Of: 100_000,
				Filter: store.MemberFilter{LacksRoleAt: []string{authz.RootLevel, "group"}}}
			lacking := len(h.lacking(l.Filter, l.Sort))
			b.Run(fmt.Sprintf("%s/%d/page", kind, lacking), func(b *testing.B) {
				for b.Loop() {
					if err := db.View(b.Context(), func(r *store.Reader) error { return pageAndRows(b.Context(), r, l) }); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%d/total", kind, lacking), func(b *testing.B) {
				for b.Loop() {
					if err := db.View(b.Context(), func(r *store.Reader) error {
						_, err := r.MemberTotal(b.Context(), l)
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
