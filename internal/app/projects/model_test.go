package projects_test

import (
	"fmt"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A model is what a firm's projects and people should be: maps, and the rules as a
// reader of them would say them.
type model struct {
	firm
	people   []*person
	projects []*site
	merged   map[string]string // name of a double to the name that stays
	division string            // public id of the unit that has a manager
	made     int
}

// A person of the model; the first is the account's administrator, the second manages
// the division.
type person struct {
	actor     authz.Actor
	email     string
	member    directory.Member
	status    directory.Status // gone: not in the account
	company   string
	functions []string
}

// A site is a project of the model.
type site struct {
	id, name string
	below    bool // the division
	archived bool
	on       []string // products switched on
	places   map[int]spot
}

// A spot is somebody's place in a project.
type spot struct {
	company   string
	functions []string
	level     string
	access    map[string]string
}

const (
	leads = "project-administrator"
	works = "project-member"

	gone directory.Status = 0 // not in the account
)

// proposed is what functions bring along, as the catalogue has it (ADD-4).
var proposed = map[string]struct {
	level    string
	products []string
}{
	"project-manager": {leads, []string{"plans", "site", "budget", "takeoff"}},
	"site-manager":    {works, []string{"plans", "site", "budget"}},
	"architect":       {works, []string{"plans", "model"}},
}

// usual is the level and the access that somebody with these functions has by
// themselves (ADD-4, ADD-9).
func (s *site) usual(functions []string) (string, map[string]string) {
	level, access := works, map[string]string{"plans": directory.MemberAccess}
	if slices.Contains(s.on, "analytics") {
		access["analytics"] = directory.MemberAccess
	}
	for _, code := range functions {
		if proposed[code].level == leads {
			level = leads
		}
		for _, product := range proposed[code].products {
			if slices.Contains(s.on, product) {
				access[product] = directory.MemberAccess
			}
		}
	}
	return level, access
}

// row is the place as the table shows it, in the words of said.
func (s *site) row(p spot) string {
	var access []string
	for _, product := range slices.Sorted(slices.Values(s.on)) {
		switch word := p.access[product]; {
		case p.level == leads || word == directory.AdministratorAccess:
			access = append(access, product+"*")
		case word == directory.MemberAccess:
			access = append(access, product)
		}
	}
	return fmt.Sprintf("%s | %s | %s | %s", p.company, strings.Join(p.functions, "+"), p.level, strings.Join(access, " "))
}

// stays is the company that a name leads to (COMP-4).
func (m *model) stays(company string) string {
	for into, is := m.merged[company]; is; into, is = m.merged[company] {
		company = into
	}
	return company
}

// manages reports whether somebody administers a project (PROJ-7, PROJ-11).
func (m *model) manages(by int, s *site) bool {
	place, is := s.places[by]
	return m.people[by].status == directory.Active && (by == 0 || by == 1 && s.below || is && place.level == leads)
}

// sees reports whether a project is in somebody's sight (PROJ-11).
func (m *model) sees(by int, s *site) bool {
	_, is := s.places[by]
	return m.manages(by, s) || is && m.people[by].status == directory.Active
}

// bar is why somebody may not act on a project; empty: they may.
func (m *model) bar(by int, s *site) string {
	switch {
	case m.people[by].status != directory.Active:
		return "account.not_found"
	case !m.sees(by, s):
		return "project.not_found"
	case !m.manages(by, s):
		return "denied.permission"
	}
	return ""
}

// closed is bar for what an archived project refuses as well.
func (m *model) closed(by int, s *site) string {
	if bar := m.bar(by, s); bar != "" || !s.archived {
		return bar
	}
	return "project.archived"
}

// holds the firm against the model: tables, counts, sight and rights.
func (m *model) holds() {
	m.t.Helper()
	for _, s := range m.projects {
		m.holdsTable(s)
	}
	for by, p := range m.people {
		m.holdsSight(by, p)
	}
}

// holdsTable holds the members of one project against the model (PROJ-2, PROJ-4, PROJ-6).
func (m *model) holdsTable(s *site) {
	m.t.Helper()
	page := m.members(s.id, app.ProjectMemberQuery{Size: 200})
	if n := int64(len(s.places)); page.Found != n || page.Project.Members != n || len(page.Rows) != len(s.places) {
		m.t.Fatalf("PROJ-2 %s: %d found, %d counted, %d shown, want %d", s.name, page.Found, page.Project.Members, len(page.Rows), n)
	}
	for _, row := range page.Rows {
		who := slices.IndexFunc(m.people, func(p *person) bool { return p.member.ID == row.Member.ID })
		place, is := s.places[who]
		if want := s.row(place); !is || said(row) != want || row.Member.Status != m.people[who].status {
			m.t.Fatalf("PROJ-4 %s, person %d: %s, %s, want %s, %s", s.name, who, said(row), row.Member.Status, want, m.people[who].status)
		}
	}
}

// holdsSight holds against the model what somebody sees and manages (PROJ-7, PROJ-11).
func (m *model) holdsSight(by int, p *person) {
	m.t.Helper()
	page, err := m.Projects.List(m.Context(), p.actor, m.account.ID, app.ProjectQuery{Whatever: true, Size: 200})
	if p.status != directory.Active {
		m.refused("PROJ-11 who is not in the account", err, "account.not_found")
		return
	}
	m.Must(err)
	var want, got []string
	var inUse, archived, mine int64
	for _, s := range m.projects {
		if !m.sees(by, s) {
			continue
		}
		_, here := s.places[by]
		want = append(want, fmt.Sprintf("%s %d %v %v %v", s.name, len(s.places), here, m.manages(by, s) && !s.archived, m.manages(by, s) && s.archived))
		switch {
		case s.archived:
			archived++
		default:
			inUse++
			if here {
				mine++
			}
		}
	}
	for _, row := range page.Rows {
		got = append(got, fmt.Sprintf("%s %d %v %v %v", row.Name, row.Members, row.Mine, row.May.ManageMembers && row.May.Change && row.May.Archive, row.May.Restore))
	}
	slices.Sort(want)
	slices.Sort(got)
	if c := page.Counts; !slices.Equal(got, want) || page.Found != int64(len(want)) || c.InUse != inUse || c.Archived != archived || c.Mine != mine {
		m.t.Fatalf("PROJ-11 person %d sees %q, want %q; counts %+v, want %d %d %d", by, got, want, c, inUse, mine, archived)
	}
}
