package store_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A crowd is an account with many members, as a test knows them.
type crowd struct {
	account   directory.AccountID
	root      directory.UnitID
	branch    directory.UnitID
	functions []directory.RoleID
	levels    []directory.RoleID
	companies []directory.CompanyID
	rows      []store.MemberRow
	people    map[directory.UserID]directory.User
}

func firstNames() []string {
	return []string{"Camille", "Soraya", "Benoît", "Maxime", "Fatou", "Nadia", "Léa", "Karim", "Sabine", "Thibaut", "Anke", "Élodie",
		"Quentin", "Ingrid", "Ludovic", "Hélène", "Joris", "Étienne", "Œdipe", "Zoé"}
}

func lastNames() []string {
	return []string{"Aubrac", "Benhamou", "Charrier", "Claessens", "Delcourt", "Diarra", "Ferrand", "Fontanel", "Haddad", "Kestner",
		"Le Guellec", "Lindhorst", "Marchetti", "Moreau-Vial", "Pauwels", "Perrin", "Castaing", "Vandamme", "Roussel", "Garrec",
		"d’Argent", "Æbischer", "Straßer", "100%", "a_b"}
}

// fill makes an account of n members that lie evenly over status, company,
// function and level.
func fill(t testing.TB, db *store.DB, n int) crowd {
	t.Helper()
	account := directory.AccountID(1)
	c := crowd{account: account, people: map[directory.UserID]directory.User{}}
	next := int64(1)
	key := func() int64 { next++; return directory.NewKey(account, next-1) }
	c.root, c.branch = directory.UnitID(key()), directory.UnitID(key())
	var roles []directory.Role
	for i := range 6 {
		kind := directory.Function
		if i >= 4 {
			kind = directory.Level
		}
		role := directory.Role{ID: directory.RoleID(key()), UUID: uuid.NewString(), Kind: kind, Code: fmt.Sprintf("role-%d", i), Place: "both",
			Names: map[string]string{"fr": fmt.Sprintf("Rôle %d", 5-i)}}
		roles = append(roles, role)
		if kind == directory.Function {
			c.functions = append(c.functions, role.ID)
		} else {
			c.levels = append(c.levels, role.ID)
		}
	}
	var companies []directory.Company
	for i := range 12 {
		companies = append(companies, directory.Company{ID: directory.CompanyID(key()), UUID: uuid.NewString(), Name: fmt.Sprintf("Société %02d", i)})
		c.companies = append(c.companies, companies[i].ID)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var users store.InsertUsers
	var held store.MemberRoles
	firsts, lasts := firstNames(), lastNames()
	for i := range n {
		first, last := firsts[random.IntN(len(firsts))], lasts[random.IntN(len(lasts))]
		u := directory.User{ID: directory.UserID(key()), UUID: uuid.NewString(), First: first, Last: last, Password: directory.PasswordNone,
			Email: fmt.Sprintf("%s.%d@maraval.example", strings.ReplaceAll(directory.Fold(first), "'", ""), i), Language: "fr"}
		if i%3 == 0 {
			u.Email = fmt.Sprintf("p%d@maraval.example", i) // says nothing of the name
		}
		u.UserName = u.Email
		if i%7 == 0 {
			u.UserName = fmt.Sprintf("mv%05d", i)
		}
		if i%11 == 0 {
			u.First, u.Last = "", ""
		}
		m := directory.Member{ID: directory.MemberID(key()), UUID: uuid.NewString(), User: u.ID, Unit: c.root,
			Status: directory.Status(1 + min(3, random.IntN(8))), Added: storetest.Noon.Add(-time.Duration(random.IntN(1000)) * 24 * time.Hour)}
		if i%5 == 0 {
			m.Unit = c.branch
		}
		company, function, level := "", "", ""
		if k := random.IntN(40); k < len(companies) {
			m.Company, company = companies[k].ID, companies[k].Name
		}
		if k := random.IntN(5); k < 4 {
			m.Functions, function = []directory.RoleID{roles[k].ID}, roles[k].Name("fr")
			held.Start = append(held.Start, store.MemberRole{Member: m.ID, Role: roles[k].ID})
		}
		if k := 4 + random.IntN(20); k < 6 {
			m.Level, level = roles[k].ID, roles[k].Name("fr")
			held.Start = append(held.Start, store.MemberRole{Member: m.ID, Role: roles[k].ID})
		}
		users = append(users, u)
		c.people[u.ID] = u
		c.rows = append(c.rows, store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, company, function, level)})
	}
	err := db.Update(t.Context(), []directory.AccountID{directory.Installation}, func(tx *store.Tx) error {
		return tx.Apply(t.Context(), store.Write{
			Ledgers: []store.Ledger{{Account: account, NextNumber: next, Sequence: 1, Fresh: true, Head: []byte{}}},
			Changes: []store.Change{
				store.InsertAccount{Account: directory.Account{ID: account, UUID: uuid.NewString(), Number: "204817", Name: "Maraval",
					State: directory.AccountOpen, Root: c.root, Language: "fr"}, Root: directory.Unit{ID: c.root, UUID: uuid.NewString(), Name: "Maraval"}},
				store.InsertUnits{Account: account, Units: []directory.Unit{{ID: c.branch, UUID: uuid.NewString(), Parent: c.root, Name: "Nantes"}}},
				store.PutRoles{Account: account, Roles: roles}, store.InsertCompanies{Account: account, Companies: companies},
				users, store.InsertMembers{Account: account, Rows: c.rows}, held,
			},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if db.Dialect() == "postgres" {
		if _, err := db.Pool().ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func everywhere() authz.Scope {
	return authz.Decide(authz.Actor{Kind: authz.OperatorCLI}, nil, authz.Standing{}, storetest.Noon).Scope(authz.ViewMembers)
}

// passes is the filter said again, naively.
func (c crowd) passes(f store.MemberFilter, m store.MemberRow) bool {
	in := func(n int, has func(i int) bool) bool {
		if n == 0 {
			return true
		}
		for i := range n {
			if has(i) {
				return true
			}
		}
		return false
	}
	u := c.people[m.User]
	sought := directory.Fold(f.Search)
	found := sought == ""
	for _, text := range []string{u.First, u.Last, u.First + " " + u.Last, u.Last + " " + u.First, u.UserName, u.Email} {
		text = directory.Fold(text)
		if len([]rune(sought)) < 3 {
			found = found || strings.HasPrefix(text, sought)
		} else {
			found = found || strings.Contains(text, sought)
		}
	}
	return found &&
		in(len(f.Statuses), func(i int) bool { return f.Statuses[i] == m.Status }) &&
		in(len(f.Companies), func(i int) bool { return f.Companies[i] == m.Company }) &&
		in(len(f.Functions), func(i int) bool { return slices.Contains(m.Functions, f.Functions[i]) }) &&
		in(len(f.Levels), func(i int) bool { return f.Levels[i] == m.Level }) &&
		in(len(f.Units), func(i int) bool { return f.Units[i] == m.Unit }) &&
		(f.AddedFrom.IsZero() || !m.Added.Before(f.AddedFrom)) && (f.AddedTo.IsZero() || m.Added.Before(f.AddedTo))
}

func (c crowd) sorted(f store.MemberFilter, s store.MemberSort) []directory.MemberID {
	var rows []store.MemberRow
	for _, m := range c.rows {
		if c.passes(f, m) {
			rows = append(rows, m)
		}
	}
	slices.SortFunc(rows, func(a, b store.MemberRow) int {
		order := 0
		switch s.Column {
		case "name":
		case "email":
			order = cmp.Compare(a.Folded.Email, b.Folded.Email)
		case "status":
			order = cmp.Compare(a.Status, b.Status)
		case "company":
			order = cmp.Compare(a.Folded.Company, b.Folded.Company)
		case "functions":
			order = cmp.Compare(a.Folded.Functions, b.Folded.Functions)
		case "level":
			order = cmp.Compare(a.Folded.Level, b.Folded.Level)
		case "added":
			order = a.Added.Compare(b.Added)
		}
		byName := cmp.Compare(a.Folded.Name, b.Folded.Name)
		if s.Column == "email" || s.Column == "added" || s.Column == "seen" {
			byName = 0
		}
		order = cmp.Or(order, byName, cmp.Compare(a.ID, b.ID))
		if s.Descending {
			return -order
		}
		return order
	})
	ids := make([]directory.MemberID, len(rows))
	for i, m := range rows {
		ids[i] = m.ID
	}
	return ids
}

func (c crowd) filters() map[string]store.MemberFilter {
	day := storetest.Noon.AddDate(0, 0, -400)
	return map[string]store.MemberFilter{
		"everybody":        {},
		"status":           {Statuses: []directory.Status{directory.Invited}},
		"two statuses":     {Statuses: []directory.Status{directory.Invited, directory.NotInvited}},
		"company":          {Companies: c.companies[3:4]},
		"company or none":  {Companies: []directory.CompanyID{c.companies[3], 0}},
		"function":         {Functions: c.functions[:2]},
		"level":            {Levels: c.levels[:1]},
		"level or none":    {Levels: []directory.RoleID{c.levels[1], 0}},
		"unit":             {Units: []directory.UnitID{c.branch}},
		"since":            {AddedFrom: day},
		"between":          {AddedFrom: day, AddedTo: day.AddDate(0, 2, 0)},
		"and":              {Statuses: []directory.Status{directory.Active}, Functions: c.functions[:1], Companies: c.companies[1:3]},
		"part of a name":   {Search: "arch"},
		"whole name":       {Search: "Camille Aubrac"},
		"last name first":  {Search: "aubrac  CAMILLE"},
		"accents":          {Search: "ÉLO"},
		"ligature":         {Search: "oedi"},
		"apostrophe":       {Search: "d'arg"},
		"user name":        {Search: "mv0007"},
		"e-mail":           {Search: "maraval.example"},
		"one letter":       {Search: "É"},
		"two letters":      {Search: "mv"},
		"percent":          {Search: "100%"},
		"underscore":       {Search: "a_b"},
		"wildcard":         {Search: "a%b"},
		"quote":            {Search: `a"b"c`},
		"nobody":           {Search: "corvaiser"},
		"long":             {Search: strings.Repeat("très long ", 60)},
		"search and state": {Search: "camille", Statuses: []directory.Status{directory.Inactive}},
	}
}

func TestMemberPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 700)
		for name, filter := range c.filters() {
			for _, column := range store.MemberColumns() {
				sort := store.MemberSort{Column: column, Descending: len(name)%2 == 0}
				want := c.sorted(filter, sort)
				if column == "products" { // nobody has any: by name
					want = c.sorted(filter, store.MemberSort{Column: "name", Descending: sort.Descending})
				}
				t.Run("LIST-3 LIST-4 LIST-5 "+name+" by "+column, func(t *testing.T) {
					l := store.MemberList{Account: c.account, Scope: everywhere(), Filter: filter, Sort: sort, Size: 40}
					comparePages(t, db, l, want)
				})
			}
		}
	})
}

// comparePages walks a list from page to page and backwards, with and without
// the shortcut for small accounts.
func comparePages(t *testing.T, db *store.DB, l store.MemberList, want []directory.MemberID) {
	t.Helper()
	err := db.View(t.Context(), func(r *store.Reader) error {
		total, err := r.MemberTotal(t.Context(), l)
		if err != nil || total != int64(len(want)) {
			t.Fatalf("LIST-9 total = %d (%v), want %d", total, err, len(want))
		}
		var got []directory.MemberID
		for {
			page, err := r.MemberPage(t.Context(), l)
			if err != nil {
				return err
			}
			for _, p := range page {
				got = append(got, p.Key)
			}
			if len(page) < l.Size {
				break
			}
			l.From, l.Of = &page[len(page)-1], 700
		}
		if !slices.Equal(got, want) {
			t.Fatalf("pages = %d members, want %d: %v, want %v", len(got), len(want), got[:min(5, len(got))], want[:min(5, len(want))])
		}
		l.From, l.Of, l.Back = nil, 0, true
		last, err := r.MemberPage(t.Context(), l)
		if err != nil {
			return err
		}
		got = got[:0]
		for _, p := range last {
			got = append(got, p.Key)
		}
		if want := want[max(0, len(want)-l.Size):]; !slices.Equal(got, want) {
			t.Errorf("last page = %v, want %v", got, want)
		}
		if len(last) == 0 {
			return nil
		}
		rank, err := r.MemberRank(t.Context(), l, last[0], math.MaxInt64)
		if err != nil || rank != int64(len(want)-len(last)) {
			t.Errorf("rank of %d = %d (%v), want %d", last[0].Key, rank, err, len(want)-len(last))
		}
		keys, err := r.MemberKeys(t.Context(), l)
		if err != nil || len(keys) != len(want) {
			t.Errorf("keys = %d (%v), want %d", len(keys), err, len(want))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMemberWalk walks through a list from window to window: whatever the filter, it
// meets whom the filter finds, once and in order, and looks at nobody twice.
func TestMemberWalk(t *testing.T) { // REP-2
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const many, window = 5000, 700
		c := fill(t, db, many)
		filters := c.filters()
		filters["most"] = store.MemberFilter{Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited, directory.Inactive}}
		for name, filter := range filters {
			for _, sort := range []store.MemberSort{{Column: "name"}, {Column: "status", Descending: true}} {
				l := store.MemberList{Account: c.account, Scope: everywhere(), Filter: filter, Sort: sort, Of: many}
				var got []directory.MemberID
				windows := 0
				err := db.View(t.Context(), func(r *store.Reader) error {
					for more := true; more; windows++ {
						found, last, err := r.MemberWalk(t.Context(), l, window)
						if err != nil {
							return err
						}
						got = append(got, found...)
						l.From, more = last, last != nil
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if want := c.sorted(filter, sort); !slices.Equal(got, want) || windows > many/window+1 {
					t.Errorf("%s by %s: %d members in %d windows, want %d", name, sort.Column, len(got), windows, len(want))
				}
			}
		}
	})
}

func TestMemberLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 10)
		err := db.View(t.Context(), func(r *store.Reader) error {
			lines, err := r.MemberLines(t.Context(), []directory.MemberID{c.rows[3].ID, c.rows[1].ID}, time.Now())
			if err != nil {
				return err
			}
			if len(lines) != 2 || lines[0].UUID != c.rows[3].UUID || lines[1].Person.Email != c.people[c.rows[1].User].Email {
				t.Errorf("lines = %+v", lines)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestMemberScope(t *testing.T) { // UNIT-5
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 100)
		tree := authz.NewTree(authz.Structure{
			Units: []directory.Unit{{ID: c.root}, {ID: c.branch, Parent: c.root, Level: "branch"}},
			Roles: []directory.Role{{ID: 1, Permissions: []string{string(authz.ViewMembers)}}},
			Rules: []authz.Rule{{Permission: authz.ViewMembers}},
		})
		standing := authz.Standing{Account: c.account, Member: 1, Status: directory.Active, Held: []authz.Held{{Unit: c.branch, Role: 1}}}
		scope := authz.Decide(authz.Actor{Kind: authz.Person, User: 1}, tree, standing, storetest.Noon).Scope(authz.ViewMembers)
		l := store.MemberList{Account: c.account, Scope: scope, Sort: store.MemberSort{Column: "name"}, Size: 40}
		comparePages(t, db, l, c.sorted(store.MemberFilter{Units: []directory.UnitID{c.branch}}, l.Sort))
	})
}

// BenchmarkMemberPage measures what LIST-10 promises, on 100,000 members.
func BenchmarkMemberPage(b *testing.B) {
	for _, kind := range storetest.Kinds(b) {
		db := storetest.Open(b, kind)
		c := fill(b, db, 100_000)
		list := store.MemberList{Account: c.account, Scope: everywhere(), Sort: store.MemberSort{Column: "name"}, Size: 51, Of: 100_000}
		cases := map[string]store.MemberList{"list-first": list}
		add := func(name string, change func(l *store.MemberList)) {
			l := list
			change(&l)
			cases[name] = l
		}
		add("list-last", func(l *store.MemberList) { l.Back = true })
		add("list-deep", func(l *store.MemberList) { l.From = &store.MemberPlace{Text: "lindhorst"} })
		for _, column := range store.MemberColumns() {
			add("list-sort-"+column, func(l *store.MemberList) { l.Sort = store.MemberSort{Column: column, Descending: true} })
		}
		add("filter-one", func(l *store.MemberList) { l.Filter.Companies = c.companies[3:4] })
		add("filter-two-foreign-sort", func(l *store.MemberList) {
			l.Filter.Companies, l.Filter.Functions, l.Sort.Column = c.companies[3:4], c.functions[:1], "email"
		})
		add("filter-none-pass", func(l *store.MemberList) {
			l.Filter.Companies, l.Filter.AddedTo = c.companies[3:4], storetest.Noon.AddDate(-9, 0, 0)
		})
		add("search-rare", func(l *store.MemberList) { l.Filter.Search = "camille.77" })
		add("search-absent", func(l *store.MemberList) { l.Filter.Search = "corvaiser" })
		add("search-common", func(l *store.MemberList) { l.Filter.Search = "maraval" })
		add("search-middle", func(l *store.MemberList) { l.Filter.Search = "camille garrec" })
		add("search-two-letters", func(l *store.MemberList) { l.Filter.Search = "mv" })
		add("search-two-absent", func(l *store.MemberList) { l.Filter.Search = "xq" })
		for name, l := range cases {
			b.Run(kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					err := db.View(b.Context(), func(r *store.Reader) error { return pageAndRows(b.Context(), r, l) })
					if err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(kind+"/total-"+name, func(b *testing.B) {
				for b.Loop() {
					err := db.View(b.Context(), func(r *store.Reader) error {
						_, err := r.MemberTotal(b.Context(), l)
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func pageAndRows(ctx context.Context, r *store.Reader, l store.MemberList) error {
	places, err := r.MemberPage(ctx, l)
	if err != nil {
		return err
	}
	keys := make([]directory.MemberID, len(places))
	for i, p := range places {
		keys[i] = p.Key
	}
	_, err = r.MemberLines(ctx, keys, time.Now())
	return err
}
