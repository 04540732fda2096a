package projects_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestPlacesAsModel does random acts by random people on projects and who is in them,
// and after each holds tables, counts, sight and rights against plain maps: whoever has
// no right is refused with the reason and changes nothing.
func TestPlacesAsModel(t *testing.T) { // PROJ-2, PROJ-3, PROJ-4, PROJ-5, PROJ-6, PROJ-7, PROJ-11, ADD-4, ADD-9, ACC-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		firms := 0
		rapid.Check(t, func(r *rapid.T) {
			if firms++; firms > 20 {
				return
			}
			m := newModel(t, w, firms)
			for range rapid.IntRange(20, 50).Draw(r, "acts") {
				m.act(r)
				m.holds()
			}
		})
	})
}

// newModel is a firm with a division, people, and a project at the root and below.
func newModel(t *testing.T, w *apptest.World, n int) *model {
	email := func(name string) string { return fmt.Sprintf("%s.n%d@maraval.example", name, n) }
	m := &model{firm: firmOf(t, w, fmt.Sprintf("3%05d", n), email("helene")), merged: map[string]string{}}
	division, err := w.Units.Add(w.Context(), m.admin, m.account.ID, app.NewUnit{Level: "division", Name: "Ouest"})
	w.Must(err)
	m.division = division.UUID
	m.people = append(m.people, &person{actor: m.admin, email: email("helene"), status: directory.Active, member: m.memberOf(m.admin)})
	for _, p := range []person{{email: "gregoire"}, {email: "camille", company: "Kestner Bau", functions: []string{"architect"}}, {email: "zoe"}, {email: "karim", company: "Ferrand"}} {
		p.email, p.status = email(p.email), directory.Active
		p.actor, p.member = m.hire(p.email, p.company, p.functions...)
		m.people = append(m.people, &p)
	}
	_, err = w.Grants.Give(w.Context(), m.admin, m.account.ID, app.Giving{Who: app.Of(m.people[1].member.UUID), Role: "manager", Units: []string{m.division}})
	w.Must(err)
	m.create(0, false)
	m.create(0, true)
	m.holds()
	return m
}

// act does one random act, and in the model what it should do.
func (m *model) act(r *rapid.T) {
	by, who := rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 4}).Draw(r, "by"), rapid.SampledFrom([]int{0, 1, 2, 3, 4, 2, 3, 4}).Draw(r, "who")
	s := m.projects[rapid.IntRange(0, len(m.projects)-1).Draw(r, "project")]
	switch rapid.SampledFrom([]string{"create", "add", "add", "add", "change", "change", "change", "remove", "archive", "switch", "account", "merge"}).Draw(r, "act") {
	case "create":
		m.create(by, rapid.Bool().Draw(r, "below"))
	case "add":
		m.adds(r, by, who, s)
	case "change":
		m.changes(r, by, who, s)
	case "remove":
		m.removes(by, who, s)
	case "archive":
		m.turns(by, s, rapid.Bool().Draw(r, "away"))
	case "switch":
		m.switches(by, s, rapid.SampledFrom([]string{"takeoff", "analytics"}).Draw(r, "product"))
	case "account":
		m.inAccount(by, max(who, 2), rapid.SampledFrom([]string{"off", "off", "on", "on", "remove"}).Draw(r, "how"))
	case "merge":
		m.merges(by, rapid.SampledFrom(firms).Draw(r, "double"), rapid.SampledFrom(firms).Draw(r, "into"))
	}
}

// firms are the companies that people work for.
var firms = []string{"Kestner Bau", "Ferrand", "Maraval"}

// create makes a project (PROJ-1, ACC-8).
func (m *model) create(by int, below bool) {
	m.t.Helper()
	m.made++
	s := &site{name: fmt.Sprintf("Chantier %d", m.made), below: below, places: map[int]spot{}, on: []string{"plans", "site", "budget", "takeoff", "model", "analytics"}}
	under, want := "", ""
	leader := by == 1 || slices.ContainsFunc(m.projects, func(s *site) bool { return !s.archived && s.places[by].level == leads })
	if below {
		under = m.division
	}
	switch joins := !below && leader; {
	case m.people[by].status != directory.Active:
		want = "account.not_found"
	case by == 0 || by == 1 && below:
	case joins: // by what they manage elsewhere, where the account lets them
		_, access := s.usual(nil)
		s.places[by] = spot{company: m.stays(m.people[by].company), level: leads, access: access}
	case below:
		want = "unit.not_found"
	default:
		want = "denied.permission"
	}
	made, _, err := m.Projects.Create(m.Context(), m.people[by].actor, m.account.ID, app.NewProject{Change: app.ProjectChange{Name: &s.name}, Under: under})
	m.refused(fmt.Sprintf("PROJ-1 person %d creates, below: %v", by, below), err, want)
	if err == nil {
		s.id = made.UUID
		m.projects = append(m.projects, s)
	}
}

// functionSets are the functions that people are given.
var functionSets = [][]string{nil, {"architect"}, {"site-manager"}, {"project-manager"}, {"architect", "site-manager"}}

// adds brings somebody into a project (PROJ-3, PROJ-8, INV-8).
func (m *model) adds(r *rapid.T, by, who int, s *site) {
	p, n := m.people[who], mail(m.people[who].email)
	n.Company = rapid.SampledFrom(append(firms, "", "")).Draw(r, "company")
	n.Functions = rapid.SampledFrom(functionSets).Draw(r, "functions")
	n.Level = rapid.SampledFrom([]string{"", "", works, leads}).Draw(r, "level")
	n.Access = rapid.SampledFrom([]map[string]string{nil, {"site": directory.AdministratorAccess}, {"model": directory.MemberAccess, "site": directory.NoAccess}}).Draw(r, "access")
	want := m.closed(by, s)
	_, there := s.places[who]
	if want == "" && p.status == directory.Inactive {
		want = "place.inactive"
		if there {
			want = ""
		}
	}
	verdicts, err := m.try(m.people[by].actor, s.id, app.PlaceOptions{}, n)
	m.refused(fmt.Sprintf("PROJ-8 person %d adds %d to %s", by, who, s.name), apptest.ErrOf(verdicts, err), want)
	if want != "" || there {
		return
	}
	if p.status == gone {
		p.status, p.member, p.company, p.functions = directory.Invited, verdicts[0].Member, m.stays(n.Company), n.Functions // what they are in their first project they are in the account
	}
	place := spot{company: m.stays(n.Company), functions: n.Functions}
	if n.Company == "" {
		place.company = m.stays(p.company)
	}
	if len(n.Functions) == 0 {
		place.functions = p.functions
	}
	place.level, place.access = s.usual(place.functions)
	if n.Level != "" {
		place.level = n.Level
	}
	maps.Copy(place.access, n.Access)
	s.places[who] = place
}

// changes changes somebody's place (PROJ-3, PROJ-4, PROJ-5).
func (m *model) changes(r *rapid.T, by, who int, s *site) {
	c := app.PlaceChange{Leave: rapid.Bool().Draw(r, "leave")}
	place, there := s.places[who]
	place.access = maps.Clone(place.access)
	if rapid.Bool().Draw(r, "company?") {
		c.Company = text(rapid.SampledFrom(append(firms, "")).Draw(r, "company"))
		place.company = m.stays(*c.Company)
	}
	if rapid.Bool().Draw(r, "functions?") {
		c.Functions = text(rapid.SampledFrom(functionSets).Draw(r, "functions"))
	}
	c.Level = rapid.SampledFrom([]*string{nil, nil, text(works), text(leads)}).Draw(r, "level")
	c.Access = rapid.SampledFrom([]map[string]string{nil, nil, {"site": directory.AdministratorAccess}, {"site": directory.NoAccess},
		{"model": directory.MemberAccess}, {"plans": directory.NoAccess}}).Draw(r, "access")
	if c.Functions != nil && !slices.Equal(*c.Functions, place.functions) {
		place.functions = *c.Functions
		if level, access := s.usual(place.functions); len(place.functions) > 0 {
			if place.level = level; c.Access == nil {
				place.access = access
			}
		}
	}
	if c.Level != nil {
		place.level = *c.Level
	}
	want := m.closed(by, s)
	switch base := c.Access["plans"] == directory.NoAccess; {
	case want != "":
	case !there:
		want = "place.not_found"
	case base && !c.Leave:
		want = "place.base_off"
	case !base:
		want = place.takes(c.Access)
	}
	m.refused(fmt.Sprintf("PROJ-4 person %d changes %d in %s: %+v", by, who, s.name, c), m.change(m.people[by].actor, s.id, m.people[who].member, c), want)
	if want != "" {
		return
	}
	if s.places[who] = place; c.Access["plans"] == directory.NoAccess {
		delete(s.places, who)
	}
}

// takes puts words for products into a place, and answers why that is refused (PROJ-4).
func (p spot) takes(words map[string]string) string {
	for product, word := range words {
		had := p.access[product]
		if had == "" {
			had = directory.NoAccess
		}
		if p.level == leads && word != directory.AdministratorAccess && word != had {
			return "place.administrator_has_all"
		}
		p.access[product] = word
	}
	return ""
}

// removes takes somebody out of a project, and leaves them in the account (PROJ-6).
func (m *model) removes(by, who int, s *site) {
	want := m.closed(by, s)
	if _, there := s.places[who]; want == "" && !there {
		want = "place.not_found"
	}
	m.refused(fmt.Sprintf("PROJ-6 person %d removes %d from %s", by, who, s.name), m.leave(m.people[by].actor, s.id, m.people[who].member), want)
	if want == "" {
		delete(s.places, who)
	}
}

// turns archives a project or brings it back (PROJ-1).
func (m *model) turns(by int, s *site, away bool) {
	turn, want := m.Projects.Restore, m.bar(by, s)
	if away {
		turn = m.Projects.Archive
	}
	err := turn(m.Context(), m.people[by].actor, m.at(s.id), m.shown(s.id).Revision)
	m.refused(fmt.Sprintf("PROJ-1 person %d archives %s: %v", by, s.name, away), err, want)
	if want == "" {
		s.archived = away
	}
}

// switches switches a product of a project off, or on again: nobody loses by it what
// they have once it is on (PROJ-1).
func (m *model) switches(by int, s *site, product string) {
	on := slices.DeleteFunc(slices.Clone(s.on), func(o string) bool { return o == product })
	if len(on) == len(s.on) {
		on = append(on, product)
	}
	want := m.closed(by, s)
	m.refused(fmt.Sprintf("PROJ-7 person %d switches %s in %s", by, product, s.name), m.edit(m.people[by].actor, s.id, app.ProjectChange{Products: &on}), want)
	if want == "" {
		s.on = on
	}
}

// inAccount switches somebody off, on, or removes them from the account: then they are
// out of all projects in the same act (PROJ-6).
func (m *model) inAccount(by, who int, how string) {
	p, do := m.people[who], m.Members.Deactivate
	before, after := directory.Active, directory.Inactive
	switch how {
	case "on":
		do, before, after = m.Members.Reactivate, directory.Inactive, directory.Active
	case "remove":
		do, before, after = m.Members.Remove, p.status, gone
	}
	if p.status != before || p.status == gone {
		return
	}
	err := apptest.ErrOf(do(m.Context(), m.people[by].actor, m.account.ID, app.Of(p.member.UUID)))
	if (err == nil) != (by == 0) {
		m.t.Fatalf("PROJ-7 person %d turns %d %s: %v", by, who, how, err)
	}
	if err != nil {
		m.Code(err)
		return
	}
	if p.status = after; how != "remove" {
		return
	}
	for _, s := range m.projects {
		delete(s.places, who)
	}
}

// merges makes one company another, in all places (COMP-4).
func (m *model) merges(by int, double, into string) {
	companies, err := m.Companies.List(m.Context(), m.admin, m.account.ID, app.CompanyQuery{Size: 100})
	m.Must(err)
	picks := map[string]app.CompanyPick{}
	for _, c := range companies.Rows {
		picks[c.Name] = app.CompanyPick{ID: c.UUID, Version: c.Version}
	}
	if picks[double].ID == "" || picks[into].ID == "" || double == into {
		return
	}
	_, err = m.Companies.Merge(m.Context(), m.people[by].actor, m.account.ID, app.CompanyMerging{Into: picks[into], Doubles: []app.CompanyPick{picks[double]}})
	if (err == nil) != (by == 0) {
		m.t.Fatalf("COMP-4 person %d merges %s into %s: %v", by, double, into, err)
	}
	if err != nil {
		m.Code(err)
		return
	}
	m.merged[double] = into
	for _, s := range m.projects {
		for who, place := range s.places {
			place.company = m.stays(place.company)
			s.places[who] = place
		}
	}
}
