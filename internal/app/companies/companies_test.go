package companies_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A house is an account with an administrator, and people with companies.
type house struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
	people  *int
}

func newHouse(w *apptest.World) house {
	h := house{World: w, account: w.Account("204817"), people: new(int)}
	h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
	return h
}

// hires adds n people to a company that is called so, and answers their addresses.
func (h house) hires(company string, n int) []string {
	h.T.Helper()
	var rows []app.NewMember
	var addresses []string
	for i := range n {
		*h.people++
		addresses = append(addresses, fmt.Sprintf("p%d@maraval.example", *h.people))
		rows = append(rows, app.NewMember{Row: i + 1, Email: addresses[i], Company: company})
	}
	_, err := h.Members.Add(h.Context(), h.admin, h.account.ID, rows, app.AddOptions{Silent: true})
	h.Must(err)
	return addresses
}

// list are the companies, "name: members" each.
func (h house) list(q app.CompanyQuery) (lines []string, page app.CompanyPage) {
	h.T.Helper()
	page, err := h.Companies.List(h.Context(), h.admin, h.account.ID, q)
	h.Must(err)
	for _, c := range page.Rows {
		lines = append(lines, fmt.Sprintf("%s: %d", c.Name, c.Members))
	}
	return lines, page
}

// named is a company as the list shows it.
func (h house) named(name string) directory.Company {
	h.T.Helper()
	_, page := h.list(app.CompanyQuery{Search: name})
	for _, c := range page.Rows {
		if c.Name == name {
			return c
		}
	}
	h.T.Fatalf("no company is called %s", name)
	return directory.Company{}
}

// wants holds the list by name against what it should be.
func (h house) wants(lines ...string) {
	h.T.Helper()
	got, page := h.list(app.CompanyQuery{})
	if diff := cmp.Diff(lines, got); diff != "" {
		h.T.Errorf("COMP-1 companies (-want +got):\n%s", diff)
	}
	if page.Found != int64(len(lines)) || page.All != page.Found {
		h.T.Errorf("COMP-1 %d found of %d, want %d", page.Found, page.All, len(lines))
	}
}

// of are how many members the list finds by a company, whoever they are sorted by.
func (h house) of(company string) int64 {
	h.T.Helper()
	page, err := h.Members.List(h.Context(), h.admin, h.account.ID, app.MemberQuery{Companies: []string{company}, Sort: "company", Size: 1})
	h.Must(err)
	return page.Total
}

// work does all jobs about companies that are due, and what else is due is done.
func (h house) work() (done int) {
	h.T.Helper()
	for {
		jobs, err := h.Jobs.Next(h.Context(), 50)
		h.Must(err)
		if len(jobs) == 0 {
			return done
		}
		for _, j := range jobs {
			switch j.Kind {
			case app.JobCompanyNames:
				h.Must(h.Companies.FoldNames(h.Context(), j))
				done++
			case app.JobCompanyMerge:
				h.Must(h.Companies.MoveMerged(h.Context(), j))
				done++
			}
			h.Must(h.Jobs.Done(h.Context(), j))
		}
	}
}

func pick(c directory.Company) app.CompanyPick {
	return app.CompanyPick{ID: c.UUID, Version: c.Version}
}

// merge merges doubles by name.
func (h house) merge(into string, doubles ...string) error {
	h.T.Helper()
	m := app.CompanyMerging{Into: pick(h.named(into))}
	for _, d := range doubles {
		m.Doubles = append(m.Doubles, pick(h.named(d)))
	}
	_, err := h.Companies.Merge(h.Context(), h.admin, h.account.ID, m)
	return err
}

// entries counts what history has of a kind.
func (h house) entries(kind audit.Kind) (found []audit.Entry) {
	h.T.Helper()
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		all, err := r.Entries(h.Context(), store.EntryFilter{}, store.EntryPlace{}, 100_000)
		for _, e := range all {
			if e.Kind == kind {
				found = append(found, e)
			}
		}
		return err
	}))
	return found
}

// sorted holds what every member sorts by against what their company is called.
func (h house) sorted() {
	h.T.Helper()
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		rights, err := h.Rights(h.Context(), h.admin, h.account.ID)
		h.Must(err)
		places, err := r.MemberPage(h.Context(), store.MemberList{Account: h.account.ID, Scope: rights.Scope(authz.ViewMembers), Size: 100_000,
			Sort: store.MemberSort{Column: "company"}})
		h.Must(err)
		keys := make([]directory.MemberID, len(places))
		for i, p := range places {
			keys[i] = p.Key
		}
		members, err := r.Members(h.Context(), h.account.ID, keys)
		h.Must(err)
		companies, err := r.CompanyRows(h.Context(), h.account.ID, slices.Collect(func(yield func(directory.CompanyID) bool) {
			for _, m := range members {
				if m.Company != 0 && !yield(m.Company) {
					return
				}
			}
		}))
		folded := map[directory.CompanyID]string{}
		for _, c := range companies {
			if folded[c.ID] = directory.Fold(c.Name); c.Merged != 0 {
				h.T.Errorf("COMP-4 members have still the company %s", c.Name)
			}
		}
		of := map[directory.MemberID]directory.CompanyID{}
		for _, m := range members {
			of[m.ID] = m.Company
		}
		for _, p := range places {
			if p.Text != folded[of[p.Key]] {
				h.T.Errorf("COMP-3 member %d sorts by %q, want %q", p.Key, p.Text, folded[of[p.Key]])
			}
		}
		return err
	}))
}

func TestList(t *testing.T) { // COMP-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.wants()
		h.hires("Maraval Travaux", 3)
		h.hires("Ébénisterie Haddad", 1)
		h.hires("Kestner Bau", 2)
		gone := h.hires("Kestner Bau", 1)[0]
		h.wants("Ébénisterie Haddad: 1", "Kestner Bau: 3", "Maraval Travaux: 3")
		_, err := w.Members.Remove(w.Context(), h.admin, h.account.ID, app.Of(h.member(gone)))
		w.Must(err)
		h.wants("Ébénisterie Haddad: 1", "Kestner Bau: 2", "Maraval Travaux: 3")
		for q, want := range map[app.CompanyQuery][]string{
			{Search: "EBEN"}:               {"Ébénisterie Haddad: 1"},
			{Search: "100%"}:               nil,
			{Sort: app.CompaniesByMembers}: {"Ébénisterie Haddad: 1", "Kestner Bau: 2", "Maraval Travaux: 3"},
			{Descending: true}:             {"Maraval Travaux: 3", "Kestner Bau: 2", "Ébénisterie Haddad: 1"},
			{Size: 2}:                      {"Ébénisterie Haddad: 1", "Kestner Bau: 2"},
			{Sort: app.CompaniesByMembers, Search: "ra"}: {"Maraval Travaux: 3"},
		} {
			if got, _ := h.list(q); !slices.Equal(got, want) {
				t.Errorf("COMP-1 %+v: %v, want %v", q, got, want)
			}
		}
		_, first := h.list(app.CompanyQuery{Size: 2, Sort: app.CompaniesByMembers, Descending: true})
		next, second := h.list(app.CompanyQuery{Size: 2, Sort: app.CompaniesByMembers, Descending: true, After: first.Next})
		if first.From != 1 || first.Prev != "" || second.From != 3 || second.Next != "" || !slices.Equal(next, []string{"Ébénisterie Haddad: 1"}) {
			t.Errorf("COMP-1 pages from %d and %d", first.From, second.From)
		}
		if back, page := h.list(app.CompanyQuery{Size: 2, Sort: app.CompaniesByMembers, Descending: true, Before: second.Prev}); page.From != 1 || len(back) != 2 {
			t.Errorf("COMP-1 back: %v from %d", back, page.From)
		}
		for q, code := range map[app.CompanyQuery]string{{Sort: "age"}: "field.unknown_choice", {After: "x"}: "list.bad_cursor", {After: first.Next}: "list.bad_cursor"} {
			if _, err := w.Companies.List(w.Context(), h.admin, h.account.ID, q); w.Code(err) != code {
				t.Errorf("COMP-1 %+v: %v, want %s", q, err, code)
			}
		}
		if n := h.of(h.named("Kestner Bau").UUID); n != 2 {
			t.Errorf("LIST-5 %d members by company, want 2", n)
		}
	})
}

// row is somebody's line of the table.
func (h house) row(address string) app.ListedMember {
	h.T.Helper()
	page, err := h.Members.List(h.Context(), h.admin, h.account.ID, app.MemberQuery{Search: address})
	h.Must(err)
	if len(page.Rows) != 1 {
		h.T.Fatalf("%d members have the address %s", len(page.Rows), address)
	}
	return page.Rows[0]
}

// member is somebody's public id.
func (h house) member(address string) string { return h.row(address).UUID }

// company is what somebody's company is called in the table.
func (h house) company(address string) string { return h.row(address).Company }

func TestCreate(t *testing.T) { // COMP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		create := func(name string) error {
			_, err := w.Companies.Create(w.Context(), h.admin, h.account.ID, name)
			return err
		}
		w.Must(create("  Ardoises   Ferrière "))
		h.wants("Ardoises Ferrière: 0")
		for name, code := range map[string]string{"ARDOISES ferriere": "company.name_taken", " ": "field.required", "\u200b": "text.broken", "a\x00": "text.broken"} {
			err := create(name)
			var refusal *directory.Error
			if w.Code(err) != code || !errors.As(err, &refusal) || refusal.Field != "name" {
				t.Errorf("COMP-2 %q: %v, want %s", name, err, code)
			}
			if code == "company.name_taken" && refusal.Args["Company"] != h.named("Ardoises Ferrière").UUID {
				t.Errorf("COMP-2 the refusal names %v", refusal.Args)
			}
		}
		h.hires("ardoises ferrière", 2)
		h.wants("Ardoises Ferrière: 2")
		near, err := w.Companies.Near(w.Context(), h.admin, h.account.ID, "Ardoise Ferriere SA")
		if w.Must(err); len(near) != 1 || near[0].Members != 2 {
			t.Errorf("COMP-2 near: %+v", near)
		}
		plain, _ := w.Member(h.account, "plain@maraval.example")
		if _, err := w.Companies.Near(w.Context(), plain, h.account.ID, "Ardoise"); w.Code(err) != "denied.permission" {
			t.Errorf("COMP-2 near, for who may create none: %v", err)
		}
		if n := len(h.entries(audit.CompanyCreated)); n != 1 {
			t.Errorf("HIST-1 %d entries of one company", n)
		}
	})
}

func TestRename(t *testing.T) { // COMP-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		who := h.hires("Zimmermann", 2)[0]
		h.hires("Kestner Bau", 1)
		rename := func(from directory.Company, to string) error {
			_, err := w.Companies.Rename(w.Context(), h.admin, h.account.ID, from.UUID, app.CompanyNaming{Name: to, Version: from.Version})
			return err
		}
		before := h.named("Zimmermann")
		w.Must(rename(before, "Atelier Zimmermann"))
		h.wants("Atelier Zimmermann: 2", "Kestner Bau: 1")
		if got := h.company(who); got != "Atelier Zimmermann" {
			t.Errorf("COMP-3 the table says %s", got)
		}
		sorted, err := w.Members.List(w.Context(), h.admin, h.account.ID, app.MemberQuery{Sort: "company", Descending: true, Size: 1})
		if w.Must(err); sorted.Rows[0].Company != "Kestner Bau" {
			t.Errorf("COMP-3 sorted last: %s", sorted.Rows[0].Company)
		}
		if err := rename(before, "Autre"); w.Code(err) != "stale" {
			t.Errorf("PLAN-4 %v, want stale", err)
		}
		now := h.named("Atelier Zimmermann")
		var refusal *directory.Error
		if err := rename(now, "KESTNER bau"); w.Code(err) != "company.name_taken" || !errors.As(err, &refusal) || refusal.Args["Company"] != h.named("Kestner Bau").UUID {
			t.Errorf("COMP-3 %v, want company.name_taken and which", err)
		}
		w.Must(rename(now, "atelier ZIMMERMANN"))
		w.Must(rename(h.named("atelier ZIMMERMANN"), "atelier ZIMMERMANN"))
		if n := len(h.entries(audit.CompanyRenamed)); n != 2 {
			t.Errorf("HIST-1 %d entries of two names", n)
		}
	})
}

// TestRenameMany: the name and the filter are right at once, and what members sort
// by follows, also when the job is run twice and the name has changed meanwhile.
func TestRenameMany(t *testing.T) { // COMP-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.hires("Zimmermann", 1100)
		h.hires("Kestner Bau", 1)
		c := h.named("Zimmermann")
		for _, name := range []string{"Autre", "Atelier"} {
			after, err := w.Companies.Rename(w.Context(), h.admin, h.account.ID, c.UUID, app.CompanyNaming{Name: name, Version: c.Version})
			w.Must(err)
			c.Version = after.Version
			h.hires(name, 1)
			h.hires("Zimmermann", 1) // another company by now
			if n := h.of(c.UUID); n != after.Members+1 {
				t.Errorf("LIST-5 %d members by company while their names follow, want %d", n, after.Members+1)
			}
		}
		jobs, err := w.Jobs.Next(w.Context(), 50)
		w.Must(err)
		for _, j := range append(jobs, jobs...) {
			if j.Kind == app.JobCompanyNames {
				w.Must(w.Companies.FoldNames(w.Context(), j))
			}
		}
		h.wants("Atelier: 1102", "Kestner Bau: 1", "Zimmermann: 2")
		h.sorted()
	})
}

// TestListBounded walks through five thousand companies, of which no page has more
// than two hundred, whatever is asked for.
func TestListBounded(t *testing.T) { // COMP-1, LIST-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		const many = 5000
		w.Must(h.fill(many, 0))
		seen := map[string]bool{}
		q := app.CompanyQuery{Size: 10_000, Sort: app.CompaniesByMembers}
		for {
			_, page := h.list(q)
			if page.Found != many || len(page.Rows) > 200 || page.From != int64(len(seen))+1 {
				t.Fatalf("COMP-1 %d rows from %d of %d", len(page.Rows), page.From, page.Found)
			}
			for _, c := range page.Rows {
				seen[c.UUID] = true
			}
			if page.Next == "" {
				break
			}
			q.After = page.Next
		}
		if len(seen) != many {
			t.Errorf("COMP-1 %d companies seen", len(seen))
		}
	})
}

// fill makes companies, and people who lie evenly over them, without history.
func (h house) fill(companies, people int) error {
	return h.DB.Update(h.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(h.Context(), h.account.ID, companies+2*people)
		if err != nil {
			return err
		}
		made := store.InsertCompanies{Account: h.account.ID}
		for i := range companies {
			made.Companies = append(made.Companies, directory.Company{ID: directory.CompanyID(key + int64(i)), UUID: uuid.NewString(), Name: fmt.Sprintf("Société %04d", i)})
		}
		users, members := store.InsertUsers{}, store.InsertMembers{Account: h.account.ID}
		for i := range people {
			k, c := key+int64(companies+2*i), made.Companies[i%companies]
			name := fmt.Sprintf("p%d@maraval.example", i)
			u := directory.User{ID: directory.UserID(k), UUID: uuid.NewString(), UserName: name, Email: name, First: "Camille", Last: name, Language: "fr", Password: directory.PasswordNone}
			m := directory.Member{ID: directory.MemberID(k + 1), UUID: uuid.NewString(), User: u.ID, Unit: h.account.Root, Status: directory.NotInvited, Company: c.ID, Added: tx.Now}
			users, members.Rows = append(users, u), append(members.Rows, store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, c.Name, "", "")})
		}
		changes := []store.Change{made}
		if people > 0 {
			changes = append(changes, users, members)
		}
		return tx.Apply(h.Context(), store.Write{Changes: changes})
	})
}

// BenchmarkCompanies measures, on 5,000 companies and 200,000 members, pages of the
// list, the members of one company, the names like one that is typed, and another
// name for all members at once.
func BenchmarkCompanies(b *testing.B) {
	w := apptest.New(b, "sqlite")
	h := newHouse(w)
	w.Must(h.fill(5000, 200_000))
	_, first := h.list(app.CompanyQuery{})
	one := first.Rows[0]
	for name, ask := range map[string]func() error{
		"first": func() error {
			_, err := w.Companies.List(b.Context(), h.admin, h.account.ID, app.CompanyQuery{})
			return err
		},
		"members": func() error {
			_, err := w.Companies.List(b.Context(), h.admin, h.account.ID, app.CompanyQuery{Sort: app.CompaniesByMembers, Descending: true})
			return err
		},
		"search": func() error {
			_, err := w.Companies.List(b.Context(), h.admin, h.account.ID, app.CompanyQuery{Search: "0421"})
			return err
		},
		"near": func() error {
			_, err := w.Companies.Near(b.Context(), h.admin, h.account.ID, "Societe 0421 SA")
			return err
		},
		"of one": func() error {
			_, err := w.Members.List(b.Context(), h.admin, h.account.ID, app.MemberQuery{Companies: []string{one.UUID}})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.Must(ask())
			}
		})
	}
}
