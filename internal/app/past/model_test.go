package past_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestAnyPastDayIsTheCopyKeptThatDay does random things to an account over some days,
// keeps a whole copy of it each evening, read from the rows of that moment, and holds
// every past day against its copy: people, what they held, the tree, the projects and
// the decision of each person at each unit; and what differs between two days against
// what differs between their copies.
func TestAnyPastDayIsTheCopyKeptThatDay(t *testing.T) { // HIST-5, REP-3, ROLE-9
	rounds, days := 12, 5
	if testing.Short() {
		rounds, days = 2, 3
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			n := 0
			w := apptest.New(t, kind)
			rapid.Check(t, func(rt *rapid.T) {
				if n++; n > rounds {
					return
				}
				m := newModel(rt, w, n)
				for range days {
					for range rapid.IntRange(2, 9).Draw(rt, "acts") {
						w.Pass(time.Duration(rapid.IntRange(0, 3600).Draw(rt, "seconds")) * time.Second)
						m.act()
					}
					m.evening()
				}
				m.compare()
			})
		})
	}
}

// A model is an account, and the copies of it that were kept.
type model struct {
	*apptest.World
	rt       *rapid.T
	account  directory.Account
	admin    authz.Actor
	people   []string // public ids
	units    []string
	projects []string
	roles    []string
	program  string   // a technical user, one of the people
	kinds    []string // of projects
	copies   []copied
	day      directory.Day
}

// A copied is the whole account on one evening: by public id what people were and what
// they held, what units and projects were, and who might do what where.
type copied struct {
	day      directory.Day
	people   map[string]map[string]string
	held     map[string][]string
	units    map[string]string
	projects map[string]string
	may      map[string]string

	companies map[string]string // of people, by public id
	named     map[string]string // public ids of companies by name
}

func newModel(rt *rapid.T, w *apptest.World, round int) *model {
	m := &model{World: w, rt: rt}
	m.account = w.AccountOf(fmt.Sprintf("30%04d", round), "construction")
	m.admin = w.Administrator(m.account, fmt.Sprintf("admin%d@maraval.example", round))
	for _, product := range []string{"plans", "site"} {
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), m.account.ID, app.NewSubscription{Offer: directory.Offer{Product: product}, Term: app.SubscriptionTerm{Quantity: 5}})
		w.Must(err)
	}
	for i := range 4 {
		_, who := w.Member(m.account, fmt.Sprintf("p%d.%d@maraval.example", round, i))
		m.people = append(m.people, who.UUID)
	}
	for _, name := range []string{"Nord", "Sud"} {
		u, err := w.Units.Add(w.Context(), m.admin, m.account.ID, app.NewUnit{Level: "division", Name: name})
		w.Must(err)
		m.units = append(m.units, u.UUID)
	}
	m.project("Halle")
	role, err := w.Roles.Create(w.Context(), m.admin, m.account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"fr": "Veille"}, Permissions: []string{"history.view"}})
	w.Must(err)
	m.roles = []string{role.UUID, "manager", "basic-user"}
	program, err := w.TechnicalUsers.Create(w.Context(), m.admin, m.account.ID, app.NewTechnicalUser{Name: "Paie", Purpose: "Paie", Responsible: m.people[0]})
	w.Must(err)
	m.program, m.people = program.UUID, append(m.people, program.UUID)
	kind, err := w.Library.CreateType(w.Context(), m.admin, m.account.ID, "Pont")
	w.Must(err)
	m.kinds = []string{"", kind.UUID}
	m.day = directory.DayOf(w.Now(), m.zone())
	return m
}

func (m *model) zone() *time.Location {
	zone, err := time.LoadLocation(m.account.TimeZone)
	m.Must(err)
	return zone
}

func (m *model) project(name string) {
	p, _, err := m.Projects.Create(m.Context(), m.admin, m.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	m.may(err)
	if err == nil {
		m.projects = append(m.projects, p.UUID)
	}
}

// may lets an act be refused: which are is no matter here.
func (m *model) may(err error) {
	var refusal *directory.Error
	if err != nil && !errors.As(err, &refusal) {
		m.T.Fatal(err)
	}
}

func (m *model) one(of []string) string { return rapid.SampledFrom(of).Draw(m.rt, "which") }

func (m *model) text() string {
	return rapid.SampledFrom([]string{"", "A", "Bé", "C, d"}).Draw(m.rt, "text")
}

func (m *model) act() {
	acts := []func(){m.add, m.edit, m.edit, m.standing, m.standing, m.leave, m.give, m.give, m.seat, m.external, m.unit, m.unit, m.role, m.site, m.place, m.place, m.company, m.whole}
	acts[rapid.IntRange(0, len(acts)-1).Draw(m.rt, "act")]()
}

func (m *model) add() {
	email := fmt.Sprintf("n%d.%s@maraval.example", len(m.people), m.account.Number)
	_, err := m.Members.Add(m.Context(), m.admin, m.account.ID, []app.NewMember{{Row: 1, Email: email, Company: m.text(), Functions: []string{"engineer"}}},
		app.AddOptions{Silent: true, Home: m.one(append(m.units, ""))})
	m.may(err)
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		members, err := r.MembersByKey(m.Context(), m.account.ID, 0, 100)
		for _, who := range members {
			if !slices.Contains(m.people, who.UUID) && who.User != m.admin.User {
				m.people = append(m.people, who.UUID)
			}
		}
		return err
	}))
}

func (m *model) edit() {
	var c app.MemberChange
	text := m.text()
	switch m.one([]string{"company", "functions", "levels", "unit", "title", "ends"}) {
	case "company":
		c.Company = &text
	case "functions":
		functions := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"engineer", "architect", "drafter"}), 0, 3, rapid.ID).Draw(m.rt, "functions")
		c.Functions = &functions
	case "levels":
		levels := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"executive", "standards-administrator"}), 0, 2, rapid.ID).Draw(m.rt, "levels")
		c.Levels = &levels
	case "unit":
		unit := m.one(m.units)
		c.Unit = &unit
	case "title":
		c.JobTitle, c.Phone = &text, &text
	case "ends":
		c.Ends = &directory.End{Day: directory.DayOf(m.Now().AddDate(0, 0, rapid.IntRange(0, 2).Draw(m.rt, "days")), m.zone())}
	}
	_, err := m.Members.EditMembers(m.Context(), m.admin, m.account.ID, app.Of(m.one(m.people)), c)
	m.may(err)
}

func (m *model) standing() {
	who := app.Of(m.one(m.people))
	switch m.one([]string{"deactivate", "reactivate", "end", "off", "home"}) {
	case "deactivate":
		m.may(apptest.ErrOf(m.Members.Deactivate(m.Context(), m.admin, m.account.ID, who)))
	case "reactivate":
		m.may(apptest.ErrOf(m.Members.Reactivate(m.Context(), m.admin, m.account.ID, who)))
	case "end":
		_, err := m.Members.EndPlaces(m.Context())
		m.may(err)
	case "home":
		m.may(apptest.ErrOf(m.Members.MoveHome(m.Context(), m.admin, m.account.ID, who, m.one(m.units))))
	case "off":
		var user directory.UserID
		m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
			found, err := r.MemberByUUID(m.Context(), m.account.ID, m.people[0])
			user = found.User
			return err
		}))
		if rapid.Bool().Draw(m.rt, "off") {
			m.may(m.Users.SwitchOff(m.Context(), m.Operator(), user))
		} else {
			m.may(m.Users.SwitchOn(m.Context(), m.Operator(), user))
		}
	}
}

// leave removes somebody, or brings them back, with other texts.
func (m *model) leave() {
	who := m.one(m.people)
	if rapid.Bool().Draw(m.rt, "gone") {
		m.may(apptest.ErrOf(m.Members.Remove(m.Context(), m.admin, m.account.ID, app.Of(who))))
		return
	}
	var email string
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		found, err := r.MemberByUUID(m.Context(), m.account.ID, who)
		if err != nil {
			return err
		}
		u, err := r.User(m.Context(), found.User)
		email = u.Email
		return err
	}))
	row := app.NewMember{Row: 1, Email: email, Company: m.text()}
	row.JobTitle = m.text()
	m.may(apptest.ErrOf(m.Members.Add(m.Context(), m.admin, m.account.ID, []app.NewMember{row}, app.AddOptions{Silent: true})))
}

func (m *model) give() {
	g := app.Giving{Who: app.Of(m.one(m.people)), Role: m.one(m.roles), Units: []string{m.one(slices.Concat(m.units, m.projects))}}
	act := m.Grants.Give
	if m.one([]string{"give", "give", "end"}) == "end" {
		act = m.Grants.End
	}
	_, err := act(m.Context(), m.admin, m.account.ID, g)
	m.may(err)
}

func (m *model) seat() {
	act := m.Seats.Assign
	if rapid.Bool().Draw(m.rt, "back") {
		act = m.Seats.Withdraw
	}
	m.may(apptest.ErrOf(act(m.Context(), m.admin, m.account.ID, app.Of(m.one(m.people)), directory.Offer{Product: m.one([]string{"plans", "site"})})))
}

func (m *model) external() {
	claim := app.ExternalClaim{Member: m.one(m.people), Product: "plans", Last: directory.DayOf(m.Now().AddDate(0, 0, 1), time.UTC)}
	if rapid.Bool().Draw(m.rt, "ends") {
		m.may(m.Seats.EndExternal(m.Context(), m.Operator(), m.account.ID, claim))
		return
	}
	m.may(m.Seats.StateExternal(m.Context(), m.Operator(), m.account.ID, claim))
}

func (m *model) unit() {
	ctx, id, unit := m.Context(), m.account.ID, m.one(m.units)
	name := "Unité " + m.text()
	switch m.one([]string{"add", "rename", "move", "archive", "restore"}) {
	case "add":
		u, err := m.Units.Add(ctx, m.admin, id, app.NewUnit{Under: unit, Level: "division", Name: name})
		if m.may(err); err == nil {
			m.units = append(m.units, u.UUID)
		}
	case "rename":
		m.may(m.Units.Change(ctx, m.admin, id, unit, app.UnitChange{Name: &name, Version: m.version(unit)}))
	case "move":
		m.may(m.Units.Move(ctx, m.admin, id, unit, app.UnitMove{To: m.one(m.units), Version: m.version(unit)}))
	case "archive":
		m.may(m.Units.Archive(ctx, m.admin, id, unit, m.version(unit)))
	case "restore":
		m.may(m.Units.Restore(ctx, m.admin, id, unit, m.version(unit)))
	}
}

func (m *model) version(unit string) (version int64) {
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		u, err := r.UnitByUUID(m.Context(), m.account.ID, unit)
		version = u.Version
		return err
	}))
	return version
}

func (m *model) role() {
	ctx, id, role := m.Context(), m.account.ID, m.one(m.roles)
	var version int64
	for _, o := range m.tree().Roles() {
		if o.UUID == role || o.Code == role {
			version = o.Version
		}
	}
	switch m.one([]string{"permissions", "name", "archive", "restore", "reset"}) {
	case "permissions":
		ps := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"members.view", "history.view", "members.manage", "units.manage"}), 1, 3, rapid.ID).Draw(m.rt, "permissions")
		m.may(m.Roles.Edit(ctx, m.admin, id, role, app.RoleChange{Version: version, Permissions: &ps, Names: map[string]string{"fr": "Rôle " + m.text()}}))
	case "name":
		m.may(m.Roles.Rename(ctx, m.admin, id, role, app.RoleNames{Version: version, Names: map[string]string{"fr": "Rôle " + m.text()}}))
	case "archive":
		m.may(m.Roles.Archive(ctx, m.admin, id, role))
	case "restore":
		m.may(m.Roles.Restore(ctx, m.admin, id, role))
	case "reset":
		m.may(m.Roles.Reset(ctx, m.admin, id, role, version))
	}
}

func (m *model) site() {
	if m.one([]string{"new", "old", "old"}) == "new" {
		m.project("Projet " + m.text() + fmt.Sprint(len(m.projects)))
		return
	}
	at := app.ProjectAt{Account: m.account.ID, Project: m.one(m.projects)}
	var p directory.Project
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) (err error) {
		p, err = r.ProjectByUUID(m.Context(), m.account.ID, at.Project)
		return err
	}))
	kind := m.one(m.kinds)
	text, name, starts := m.text(), "Projet "+m.text(), directory.DayOf(m.Now(), time.UTC)
	switch m.one([]string{"edit", "edit", "archive", "restore"}) {
	case "edit":
		_, err := m.Projects.Edit(m.Context(), m.admin, at, app.ProjectChange{Version: p.Revision, Type: &kind, Number: &text, Address: &text, Name: &name, Starts: &starts})
		m.may(err)
	case "archive":
		m.may(m.Projects.Archive(m.Context(), m.admin, at, p.Revision))
	case "restore":
		m.may(m.Projects.Restore(m.Context(), m.admin, at, p.Revision))
	}
}

func (m *model) place() {
	at := app.ProjectAt{Account: m.account.ID, Project: m.one(m.projects)}
	who, text := m.one(m.people), m.text()
	switch m.one([]string{"add", "add", "change", "remove"}) {
	case "add":
		var email string
		m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
			found, err := r.MemberByUUID(m.Context(), m.account.ID, who)
			if err != nil {
				return err
			}
			u, err := r.User(m.Context(), found.User)
			email = u.Email
			return err
		}))
		_, err := m.Projects.Add(m.Context(), m.admin, at, []app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: email, Company: text, Functions: []string{"architect"}}, Level: "project-member"}},
			app.PlaceOptions{Silent: true})
		m.may(err)
	case "change":
		level := m.one([]string{"project-member", "project-administrator"})
		_, err := m.Projects.ChangePlaces(m.Context(), m.admin, at, app.ProjectSelection{Members: []string{who}}, app.PlaceChange{Company: &text, Level: &level})
		m.may(err)
	case "remove":
		_, err := m.Projects.RemovePlaces(m.Context(), m.admin, at, app.ProjectSelection{Members: []string{who}})
		m.may(err)
	}
}

func (m *model) company() {
	var all []directory.Company
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) (err error) {
		all, err = r.Companies(m.Context(), m.account.ID, 10)
		return err
	}))
	if len(all) < 2 {
		return
	}
	i := rapid.IntRange(0, len(all)-2).Draw(m.rt, "company")
	if rapid.Bool().Draw(m.rt, "merge") {
		_, err := m.Companies.Merge(m.Context(), m.admin, m.account.ID, app.CompanyMerging{Into: app.CompanyPick{ID: all[i].UUID, Version: all[i].Version},
			Doubles: []app.CompanyPick{{ID: all[i+1].UUID, Version: all[i+1].Version}}})
		m.may(err)
		return
	}
	_, err := m.Companies.Rename(m.Context(), m.admin, m.account.ID, all[i].UUID, app.CompanyNaming{Name: "Société " + m.text() + fmt.Sprint(i), Version: all[i].Version})
	m.may(err)
}

// whole suspends the account, or opens it again; calls it otherwise; or lets somebody
// else answer for its program.
func (m *model) whole() {
	switch m.one([]string{"state", "name", "answers"}) {
	case "name":
		var now directory.Account
		m.Must(m.DB.View(m.Context(), func(r *store.Reader) (err error) {
			now, err = r.Account(m.Context(), m.account.ID)
			return err
		}))
		_, err := m.Accounts.Change(m.Context(), m.Operator(), m.account.ID, app.AccountChange{Name: "Compte " + m.text(), Number: now.Number, ServiceLevel: now.ServiceLevel,
			Contact: now.Contact, Language: now.Language, TimeZone: now.TimeZone, Version: now.Version})
		m.may(err)
		return
	case "answers":
		m.may(m.TechnicalUsers.SetResponsible(m.Context(), m.admin, m.account.ID, m.program, m.one(m.people)))
		return
	}
	state := rapid.SampledFrom([]directory.AccountState{directory.AccountOpen, directory.AccountSuspended, directory.AccountOpen}).Draw(m.rt, "state")
	m.may(m.Accounts.SetState(m.Context(), m.Operator(), m.account.ID, state, "à voir"))
}

func (m *model) tree() *authz.Tree {
	rights, err := m.Rights(m.Context(), m.admin, m.account.ID)
	m.Must(err)
	return rights.Tree()
}
