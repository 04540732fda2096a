package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A seated is a crowd whose members hold seats, come and go, as a test knows them.
type seated struct {
	crowd
	t      *testing.T
	db     *store.DB
	random *rand.Rand
	next   int64
	pools  []directory.Pool
	held   map[directory.MemberID][]directory.Seat
}

func seat(t *testing.T, db *store.DB, n int) *seated {
	t.Helper()
	s := &seated{crowd: fill(t, db, n), t: t, db: db, random: rand.New(rand.NewPCG(7, 7)), next: 20_000_000, held: map[directory.MemberID][]directory.Seat{}}
	for _, product := range []string{"plans", "fleet", "Étude"} {
		s.pools = append(s.pools, directory.Pool{ID: directory.PoolID(s.key()), UUID: uuid.NewString(), Unit: s.root, Offer: directory.Offer{Product: product}})
	}
	s.apply(store.InsertPools{Account: s.account, Pools: s.pools})
	return s
}

func (s *seated) key() int64 { s.next++; return directory.NewKey(s.account, s.next) }

func (s *seated) apply(changes ...store.Change) {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), []directory.AccountID{s.account}, func(tx *store.Tx) error {
		return tx.Apply(s.t.Context(), store.Write{Changes: changes})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// products is what a member sorts by.
func (s *seated) products(m directory.MemberID) string {
	var names []string
	for _, held := range s.held[m] {
		names = append(names, held.Product)
	}
	slices.Sort(names)
	return directory.Fold(strings.Join(names, ", "))
}

// some are some of the members who are not removed, or some of those who are.
func (s *seated) some(n int, removed bool) (rows []int) {
	for _, i := range s.random.Perm(len(s.rows)) {
		if s.rows[i].Removed.IsZero() != removed && len(rows) < n {
			rows = append(rows, i)
		}
	}
	return rows
}

// move gives some members a seat that they do not have, and takes one from others.
func (s *seated) move(rows []int) store.MoveSeats {
	c := store.MoveSeats{Account: s.account, Products: map[directory.MemberID]string{}}
	for _, i := range rows {
		m, p := s.rows[i].ID, s.pools[s.random.IntN(len(s.pools))]
		if at := slices.IndexFunc(s.held[m], func(h directory.Seat) bool { return h.Pool == p.ID }); at >= 0 {
			c.End = append(c.End, s.held[m][at])
			s.held[m] = slices.Delete(slices.Clone(s.held[m]), at, at+1)
		} else {
			c.Start = append(c.Start, directory.Seat{ID: directory.SeatID(s.key()), Pool: p.ID, Member: m, Product: p.Offer.Product,
				Reserved: s.rows[i].Status != directory.Active, From: storetest.Noon})
			s.held[m] = append(slices.Clone(s.held[m]), c.Start[len(c.Start)-1])
		}
		c.Products[m] = s.products(m)
	}
	return c
}

// edit writes some rows over, so that before is told of or not.
func (s *seated) edit(rows []int, change func(*store.MemberRow)) (all store.UpdateMembers) {
	for _, i := range rows {
		before := s.rows[i]
		before.Before = nil
		change(&s.rows[i])
		s.rows[i].Before = nil
		row := s.rows[i]
		if i%3 > 0 {
			row.Before = &before
		}
		all = append(all, row)
	}
	return all
}

func (s *seated) rename(m *store.MemberRow) {
	u := s.people[m.User]
	u.Last = lastNames()[s.random.IntN(len(lastNames()))]
	s.people[m.User] = u
	m.Folded = directory.FoldMember(u, m.Suggested, "", "", "")
}

// add has somebody come who was not there.
func (s *seated) add() []store.Change {
	u := directory.User{ID: directory.UserID(s.key()), UUID: uuid.NewString(), First: "Nadia", Last: lastNames()[s.random.IntN(len(lastNames()))],
		Password: directory.PasswordNone, Language: "fr"}
	u.Email = fmt.Sprintf("n%d@maraval.example", s.next)
	u.UserName = u.Email
	s.people[u.ID] = u
	m := directory.Member{ID: directory.MemberID(s.key()), UUID: uuid.NewString(), User: u.ID, Unit: s.branch, Status: directory.Active, Added: storetest.Noon}
	s.rows = append(s.rows, store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, "", "", "")})
	return []store.Change{store.InsertUsers{u}, store.InsertMembers{Account: s.account, Rows: s.rows[len(s.rows)-1:]}}
}

// leave ends what some members hold and removes them, in one order or the other.
func (s *seated) leave(rows []int) []store.Change {
	var keys []directory.MemberID
	for _, i := range rows {
		keys = append(keys, s.rows[i].ID)
		delete(s.held, s.rows[i].ID)
	}
	changes := []store.Change{s.edit(rows, func(m *store.MemberRow) { m.Removed = storetest.Noon }), store.EndHoldings{Members: keys, All: true}}
	if s.random.IntN(2) == 0 {
		slices.Reverse(changes)
	}
	return changes
}

// listed are the members whom a filter finds, in the order of their products.
func (s *seated) listed(l store.MemberList) (ids []directory.MemberID) {
	var rows []store.MemberRow
	for _, m := range s.rows {
		holds := len(l.Filter.Products) == 0 || slices.ContainsFunc(s.held[m.ID], func(h directory.Seat) bool { return h.Product == l.Filter.Products[0] })
		if m.Removed.IsZero() && holds && s.passes(l.Filter, m) {
			rows = append(rows, m)
		}
	}
	slices.SortFunc(rows, func(a, b store.MemberRow) int {
		order := cmp.Or(cmp.Compare(s.products(a.ID), s.products(b.ID)), cmp.Compare(a.Folded.Name, b.Folded.Name), cmp.Compare(a.ID, b.ID))
		if l.Sort.Descending {
			return -order
		}
		return order
	})
	for _, m := range rows {
		ids = append(ids, m.ID)
	}
	return ids
}

// TestOrderOfProducts has members come, go, come back, be renamed and get and lose seats,
// and reads the list by products as somebody leafs through it, both ways round.
func TestOrderOfProducts(t *testing.T) { // LIST-3
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := seat(t, db, 150)
		for round := range 12 {
			s.apply(s.move(s.some(40, false)))
			s.apply(s.edit(s.some(10, false), s.rename))
			s.apply(s.leave(s.some(8, false))...)
			s.apply(s.add()...)
			s.apply(s.edit(s.some(3, true), s.rename))                       // who is gone is renamed where they still are
			for _, i := range append(s.some(3, false), s.some(1, true)...) { // the person is, at all their places
				s.rename(&s.rows[i])
				u := s.people[s.rows[i].User]
				u.Version = max(1, u.Version)
				s.apply(store.UpdateUser{User: u})
				u.Version++
				s.people[u.ID] = u
			}
			back := s.some(5, true)
			s.apply(s.edit(back, func(m *store.MemberRow) { m.Removed = time.Time{} }), s.move(back[:2]))
			freed := s.some(4, false)
			var keys []directory.MemberID
			for _, i := range freed {
				keys = append(keys, s.rows[i].ID)
				delete(s.held, s.rows[i].ID)
			}
			s.apply(store.EndHoldings{Members: keys})
			if m := recounted(t, db, s.account); m.Wrong() {
				t.Fatalf("round %d: %+v", round, m)
			}
		}
		day := storetest.Noon.AddDate(0, 0, -400)
		for name, filter := range map[string]store.MemberFilter{
			"everybody": {}, "status": {Statuses: []directory.Status{directory.Active}}, "unit": {Units: []directory.UnitID{s.branch}},
			"search": {Search: "arch"}, "people": {People: true}, "one letter": {Search: "b"}, "since": {AddedFrom: day}, "until": {AddedTo: day},
			"product": {Products: []string{"plans"}, At: storetest.Noon}, "level or none": {Levels: []directory.RoleID{0, s.levels[0]}},
			"function": {Functions: s.functions[:2]}, "nobody": {Search: "corvaiser"},
		} {
			for _, descending := range []bool{false, true} {
				for _, of := range []int64{0, 150} { // with the shortcut for small accounts and without
					t.Run(fmt.Sprint(name, " ", descending, " ", of), func(t *testing.T) {
						l := store.MemberList{Account: s.account, Scope: everywhere(), Filter: filter, Size: 7, Of: of,
							Sort: store.MemberSort{Column: "products", Descending: descending}}
						leaf(t, db, l, s.listed(l))
					})
				}
			}
		}
	})
}

// leaf goes through a list page by page, forward and back, and window by window.
func leaf(t *testing.T, db *store.DB, l store.MemberList, want []directory.MemberID) {
	t.Helper()
	err := db.View(t.Context(), func(r *store.Reader) error {
		for _, back := range []bool{false, true} {
			var got []directory.MemberID
			l := l
			for l.Back = back; ; {
				page, err := r.MemberPage(t.Context(), l)
				if err != nil {
					return err
				}
				var keys []directory.MemberID
				for _, p := range page {
					keys = append(keys, p.Key)
				}
				if back {
					got = append(keys, got...)
				} else {
					got = append(got, keys...)
				}
				if len(page) < l.Size {
					break
				}
				edge := page[len(page)-1]
				if back {
					edge = page[0]
				}
				l.From = &edge
				rank, err := r.MemberRank(t.Context(), l, edge, math.MaxInt64)
				if err != nil || rank != int64(slices.Index(want, edge.Key)) {
					t.Errorf("LIST-9 %d has the rank %d (%v), want %d", edge.Key, rank, err, slices.Index(want, edge.Key))
				}
				if at, err := r.MemberPlaceOf(t.Context(), l, edge.Key); err != nil || at != edge {
					t.Errorf("place of %d = %+v (%v), want %+v", edge.Key, at, err, edge)
				}
				at := l
				at.At, at.Size = true, 1
				if here, err := r.MemberPage(t.Context(), at); err != nil || len(here) != 1 || here[0] != edge {
					t.Errorf("at %+v is %+v (%v)", edge, here, err)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("back %t: %d members, want %d: %v, want %v", back, len(got), len(want), got, want)
			}
		}
		var got []directory.MemberID
		for more := true; more; {
			found, last, err := r.MemberWalk(t.Context(), l, 20)
			if err != nil {
				return err
			}
			got, l.From, more = append(got, found...), last, last != nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("a walk met %v, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSeatsWriteNoMember: to give seats, to take them back and to end what members hold
// leaves the rows of members as they are, and so the many indexes that these are in.
func TestSeatsWriteNoMember(t *testing.T) { // LIST-10
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := seat(t, db, 60)
		guard := []string{`CREATE TRIGGER unwritten BEFORE UPDATE ON member BEGIN SELECT RAISE(ABORT, 'a member is written'); END`}
		if db.Dialect() == "postgres" {
			guard = []string{`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a member is written'; END $$`,
				`CREATE TRIGGER unwritten BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION refuse()`}
		}
		execAll(t, db, guard...)
		all := s.some(60, false)
		s.apply(s.move(all))
		s.apply(s.move(all))
		if n := len(slices.Collect(maps.Keys(s.held))); n != 60 {
			t.Fatalf("%d have got seats", n)
		}
		s.apply(store.EndHoldings{Members: slices.Collect(maps.Keys(s.held)), All: true})
		if _, err := db.Pool().ExecContext(t.Context(), `UPDATE member SET version = version`); err == nil {
			t.Error("the guard lets members be written")
		}
	})
}

// TestOrderMoves runs the migration that moved the order on members as they were before
// it, some of them removed: the list is what it was.
func TestOrderMoves(t *testing.T) { // LIST-3
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := seat(t, db, 80)
		s.apply(s.move(s.some(60, false)))
		s.apply(s.leave(s.some(10, false))...)
		execAll(t, db, `ALTER TABLE member ADD COLUMN products_folded TEXT NOT NULL DEFAULT ''`,
			`UPDATE member SET products_folded = coalesce((SELECT p.products_folded FROM member_products p WHERE p.key = member.key), 'gone')`,
			`DROP TABLE member_products`,
			`CREATE INDEX member_by_products ON member (account_key, products_folded, name_folded, key) WHERE removed_at IS NULL`)
		text, err := os.ReadFile("migrations/" + db.Dialect() + "/0045_order_of_products.sql")
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(string(text), ""), ";") {
			if strings.TrimSpace(statement) != "" {
				execAll(t, db, statement)
			}
		}
		if m := recounted(t, db, s.account); m.Wrong() {
			t.Errorf("after the migration %+v", m)
		}
		l := store.MemberList{Account: s.account, Scope: everywhere(), Size: 7, Sort: store.MemberSort{Column: "products"}}
		leaf(t, db, l, s.listed(l))
	})
}

// TestOrderMends takes rows of the order away, leaves others over and has them say what
// is not so: it is found, and mended.
func TestOrderMends(t *testing.T) { // LIST-12
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := seat(t, db, 40)
		s.apply(s.move([]int{20, 21, 22}))
		s.apply(s.leave([]int{5})...)
		key := func(i int) string { return fmt.Sprint(s.rows[i].ID) }
		execAll(t, db, `DELETE FROM member_products WHERE key = `+key(1), `UPDATE member_products SET name_folded = 'x' WHERE key = `+key(20),
			`UPDATE member_products SET products_folded = 'plans' WHERE key = `+key(3),
			`INSERT INTO member_products (key, account_key, products_folded, name_folded) VALUES (`+key(5)+`, 1, '', '')`)
		var want []directory.MemberID
		for _, i := range []int{1, 3, 5, 20} {
			want = append(want, s.rows[i].ID)
		}
		if m := recounted(t, db, s.account); !slices.Equal(m.Unordered, want) || !m.Wrong() {
			t.Errorf("otherwise are %v, want %v", m.Unordered, want)
		}
		err := db.Update(t.Context(), []directory.AccountID{s.account}, func(tx *store.Tx) error {
			_, err := tx.Recount(t.Context(), s.account)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if m := recounted(t, db, s.account); m.Wrong() {
			t.Errorf("after mending %+v", m)
		}
		l := store.MemberList{Account: s.account, Scope: everywhere(), Size: 7, Sort: store.MemberSort{Column: "products"}}
		leaf(t, db, l, s.listed(l))
	})
}
