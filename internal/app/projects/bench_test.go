package projects_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// What a large firm of the benchmark has.
const (
	manyProjects  = 5000
	manyMembers   = 20_000
	manyCompanies = 200
	manyOthers    = 60_000 // members of the account that are in no project
)

// BenchmarkProjects measures, in an account of 80,000 members and 5,000 projects of
// which one person is in all and one has 20,000 members, what people wait for there,
// and reports the 99th percentile beside the mean.
func BenchmarkProjects(b *testing.B) {
	for _, kind := range storetest.Kinds(b) {
		b.Run(kind, func(b *testing.B) {
			w := apptest.New(b, kind)
			large := newLargeFirm(b, w)
			for _, ask := range large.asks() {
				b.Run(ask.name, func(b *testing.B) { measured(b, ask.do) })
			}
		})
	}
}

// measured reports how long one in a hundred takes at most, and the processor's own
// time, which other work on the machine leaves alone.
func measured(b *testing.B, do func() error) {
	b.Helper()
	var times []time.Duration
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		began := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(began))
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	spent := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(len(times)), "cpu-ms")
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// A largeFirm is a firm with many projects, of which one is large.
type largeFirm struct {
	firm
	worker  authz.Actor       // is in every project, and administers none
	busy    directory.Member  // the same
	large   string            // the project of many members
	company directory.Company // one of its employers
}

type asked struct {
	name string
	do   func() error
}

// asks are what is measured.
func (f largeFirm) asks() []asked {
	list := func(by authz.Actor, q app.ProjectQuery) func() error {
		return func() error {
			_, err := f.Projects.List(f.Context(), by, f.account.ID, q)
			return err
		}
	}
	members := func(by authz.Actor, q app.ProjectMemberQuery) func() error {
		return func() error {
			_, err := f.Projects.Members(f.Context(), by, f.at(f.large), q)
			return err
		}
	}
	second, err := f.Projects.List(f.Context(), f.worker, f.account.ID, app.ProjectQuery{Sort: "members", Descending: true})
	f.Must(err)
	return []asked{
		{"list", list(f.admin, app.ProjectQuery{})},
		{"list-of-worker", list(f.worker, app.ProjectQuery{})},
		{"list-mine", list(f.worker, app.ProjectQuery{Mine: true})},
		{"list-by-members", list(f.worker, app.ProjectQuery{Sort: "members", Descending: true, After: second.Next})},
		{"list-search", list(f.worker, app.ProjectQuery{Search: "chantier 42"})},
		{"members", members(f.admin, app.ProjectMemberQuery{})},
		{"members-of-worker", members(f.worker, app.ProjectMemberQuery{})},
		{"members-last-name", members(f.admin, app.ProjectMemberQuery{Descending: true})},
		{"members-by-email", members(f.admin, app.ProjectMemberQuery{Sort: "email"})},
		{"members-by-status", members(f.admin, app.ProjectMemberQuery{Sort: "status", Descending: true})},
		{"members-by-company", members(f.admin, app.ProjectMemberQuery{Sort: "company"})},
		{"members-by-level", members(f.admin, app.ProjectMemberQuery{Sort: "level"})},
		{"members-search", members(f.admin, app.ProjectMemberQuery{Search: "camille"})},
		{"members-search-rare", members(f.admin, app.ProjectMemberQuery{Search: "p17777"})},
		{"members-search-short", members(f.admin, app.ProjectMemberQuery{Search: "ca"})},
		{"members-of-function", members(f.admin, app.ProjectMemberQuery{Functions: []string{"architect"}})},
		{"members-of-level", members(f.admin, app.ProjectMemberQuery{Levels: []string{"project-administrator"}})},
		{"members-with-product", members(f.admin, app.ProjectMemberQuery{Product: "model"})},
		{"members-with-product-rare", members(f.admin, app.ProjectMemberQuery{Product: "budget"})},
		{"members-of-company", members(f.admin, app.ProjectMemberQuery{Companies: []string{f.company.UUID}, Sort: "email"})},
		{"members-inactive", members(f.admin, app.ProjectMemberQuery{Statuses: []directory.Status{directory.Inactive}})},
		{"open", func() error {
			_, err := f.Projects.Open(f.Context(), f.worker, f.at(f.large))
			return err
		}},
		{"profile", func() error {
			_, err := f.Members.Profile(f.Context(), f.admin, f.account.ID, f.busy.UUID, app.MemberQuery{})
			return err
		}},
	}
}

func newLargeFirm(b testing.TB, w *apptest.World) largeFirm {
	f := largeFirm{firm: newFirm(b, w)}
	f.worker, f.busy = f.hire("nora.benali@maraval.example", "")
	var roles []directory.Role
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		roles, err = r.Roles(f.Context(), f.account.ID)
		return err
	}))
	role := func(code string) directory.RoleID {
		return roles[slices.IndexFunc(roles, func(o directory.Role) bool { return o.Code == code })].ID
	}
	f.fill(func(from, to int, key int64) []store.Change {
		return f.projectRows(from, to, key, role("project-member"))
	}, manyProjects, 2)
	var large directory.Project
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		large, err = r.ProjectByNumber(f.Context(), f.account.ID, "P-0001")
		return err
	}))
	f.large = large.UUID
	f.fill(func(from, to int, key int64) []store.Change { return f.companyRows(from, to, key) }, manyCompanies, 1)
	var companies []directory.Company
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		companies, err = r.Companies(f.Context(), f.account.ID, manyCompanies)
		return err
	}))
	f.company = companies[42]
	levels := []directory.RoleID{role("project-member"), role("project-administrator")}
	functions := []directory.RoleID{role("architect"), role("site-manager"), role("subcontractor")}
	f.fill(func(from, to int, key int64) []store.Change {
		return f.memberRows(from, to, key, crowd{large.ID, companies, levels, functions})
	}, manyMembers, 3)
	w.Crowd(f.account, manyOthers)
	return f
}

// fill writes n of something without history, perRow keys each.
func (f largeFirm) fill(rows func(from, to int, key int64) []store.Change, n, perRow int) {
	for from := 0; from < n; from += 2000 {
		to := min(from+2000, n)
		f.Must(f.DB.Update(f.Context(), []directory.AccountID{f.account.ID}, func(tx *store.Tx) error {
			key, err := tx.NextKeys(f.Context(), f.account.ID, (to-from)*perRow)
			if err != nil {
				return err
			}
			return tx.Apply(f.Context(), store.Write{Changes: rows(from, to, key)})
		}))
	}
}

func (f largeFirm) projectRows(from, to int, key int64, level directory.RoleID) []store.Change {
	units, projects := store.InsertUnits{Account: f.account.ID}, store.InsertProjects{Account: f.account.ID}
	places := store.InsertPlaces{Account: f.account.ID}
	for i := from; i < to; i++ {
		u := directory.Unit{ID: directory.UnitID(key), UUID: uuid.NewString(), Parent: f.account.Root, Level: "project", Name: fmt.Sprintf("Chantier %04d", i*7919%manyProjects)}
		p := directory.Project{Unit: u, ProjectFacts: directory.ProjectFacts{Number: fmt.Sprintf("P-%04d", i+1), TimeZone: "Europe/Paris"},
			Products: []string{"plans", "site", "budget", "takeoff", "model", "analytics"}}
		units.Units, projects.Projects = append(units.Units, u), append(projects.Projects, p)
		places.Places = append(places.Places, directory.Place{ID: directory.PlaceID(key + 1), Member: f.busy.ID, Project: u.ID, Level: level,
			Access: directory.Access{"plans": {}, "site": {}}, From: f.Now()})
		key += 2
	}
	return []store.Change{units, projects, places}
}

func (f largeFirm) companyRows(from, to int, key int64) []store.Change {
	made := store.InsertCompanies{Account: f.account.ID}
	for i := from; i < to; i++ {
		made.Companies = append(made.Companies, directory.Company{ID: directory.CompanyID(key), UUID: uuid.NewString(), Name: fmt.Sprintf("Société %04d", i)})
		key++
	}
	return []store.Change{made}
}

// A crowd is where many people go, and what they are there.
type crowd struct {
	project   directory.UnitID
	companies []directory.Company
	levels    []directory.RoleID
	functions []directory.RoleID
}

func (f largeFirm) memberRows(from, to int, key int64, c crowd) []store.Change {
	users, members := store.InsertUsers{}, store.InsertMembers{Account: f.account.ID}
	places := store.InsertPlaces{Account: f.account.ID}
	for i := from; i < to; i++ {
		name, company := fmt.Sprintf("p%d", i*7919%manyMembers), c.companies[i%len(c.companies)]
		u := directory.User{ID: directory.UserID(key), UUID: uuid.NewString(), UserName: name + "@partenaires.example", Email: name + "@partenaires.example",
			First: "Camille", Last: name, Language: "fr", Password: directory.PasswordNone}
		m := directory.Member{ID: directory.MemberID(key + 1), UUID: uuid.NewString(), User: u.ID, Unit: f.account.Root, Status: directory.Status(1 + i%4),
			Company: company.ID, Added: f.Now()}
		level := c.levels[0]
		if i%50 == 0 {
			level = c.levels[1]
		}
		users, members.Rows = append(users, u), append(members.Rows, store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, company.Name, "", "")})
		access := directory.Access{"plans": {}, "analytics": {}}
		if i%3 == 0 {
			access["model"] = directory.ProductAccess{}
		}
		places.Places = append(places.Places, directory.Place{ID: directory.PlaceID(key + 2), Member: m.ID, Project: c.project, Company: company.ID, Level: level,
			Functions: []directory.RoleID{c.functions[i%len(c.functions)]}, Access: access, From: f.Now()})
		key += 3
	}
	return []store.Change{users, members, places}
}
