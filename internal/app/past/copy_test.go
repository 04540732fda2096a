package past_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// evening lets the day pass to its last moment, and keeps a copy of everything.
func (m *model) evening() {
	m.Pass(m.day.Over(m.zone()).Add(-time.Microsecond).Sub(m.Now()))
	c := copied{m.day, map[string]map[string]string{}, map[string][]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	tree := m.tree()
	for _, u := range tree.Units() {
		above, _ := tree.Unit(u.Parent)
		if u.Parent == 0 {
			above.UUID = ""
		}
		c.units[u.UUID] = fmt.Sprint(u.Name, " under ", above.UUID, " archived ", !u.Archived.IsZero())
	}
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		companies, err := r.Companies(m.Context(), m.account.ID, 100)
		for _, company := range companies {
			c.named[company.Name] = company.UUID
		}
		if err != nil {
			return err
		}
		for _, uuid := range m.projects {
			p, err := r.ProjectByUUID(m.Context(), m.account.ID, uuid)
			if err != nil {
				return err
			}
			c.projects[uuid] = projectText(p)
		}
		return m.keep(r, tree, &c)
	}))
	m.copies = append(m.copies, c)
	m.Pass(time.Microsecond)
	m.day = directory.DayOf(m.Now(), m.zone())
}

func projectText(p directory.Project) string {
	return fmt.Sprint(p.Number, "|", p.Type, "|", p.Address, "|", p.Starts.ISO(), "|", p.Ends.ISO(), "|", p.TimeZone, "|", p.Products)
}

// keep copies people as today's rows have them.
func (m *model) keep(r *store.Reader, tree *authz.Tree, c *copied) error {
	ctx := m.Context()
	members, err := r.MembersByKey(ctx, m.account.ID, 0, 1000)
	if err != nil {
		return err
	}
	for _, who := range members {
		if !who.Removed.IsZero() {
			continue
		}
		companies, err := r.CompaniesByKey(ctx, []directory.CompanyID{who.Company})
		if err != nil {
			return err
		}
		c.people[who.UUID] = factsOf(who, companies[who.Company].Name, tree)
		c.companies[who.UUID] = companies[who.Company].UUID
		if c.held[who.UUID], err = m.heldNow(r, who, tree); err != nil {
			return err
		}
		standing, err := r.Standing(ctx, m.account.ID, who.User)
		if err != nil {
			return err
		}
		rights := authz.Decide(authz.Actor{Kind: authz.Person, User: who.User}, tree, standing, m.Now())
		for _, u := range tree.Units() {
			if tree.Live(u.ID) {
				c.may[who.UUID+" "+u.UUID] = permissionsText(rights.At(u.ID))
			}
		}
	}
	return nil
}

func permissionsText[P ~string](ps []P) string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = string(p)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func factsOf(m directory.Member, company string, tree *authz.Tree) map[string]string {
	home, _ := tree.Unit(m.Unit)
	return map[string]string{"status": m.Status.String(), "unit": home.UUID, "company name": company, "functions": fmt.Sprint(m.Functions), "levels": fmt.Sprint(m.Levels()),
		"ends": m.Ends.UTC().String(), "job_title": m.JobTitle, "phone": m.Phone, "personnel_number": m.PersonnelNumber}
}

func (m *model) heldNow(r *store.Reader, who directory.Member, tree *authz.Tree) ([]string, error) {
	ctx := m.Context()
	var held []string
	grants, err := r.GrantsOf(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range grants {
		unit, _ := tree.Unit(g.Unit)
		role, _ := tree.Role(g.Role)
		held = append(held, grantText(role, unit))
	}
	places, err := r.PlacesEver(ctx, []directory.MemberID{who.ID})
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		if !p.To.IsZero() {
			continue
		}
		companies, err := r.CompaniesByKey(ctx, []directory.CompanyID{p.Company})
		if err != nil {
			return nil, err
		}
		unit, _ := tree.Unit(p.Project)
		level, _ := tree.Role(p.Level)
		held = append(held, placeText(unit, companies[p.Company].Name, level.Code, len(p.Functions)))
	}
	products, err := r.HeldProducts(ctx, []directory.MemberID{who.ID}, m.Now())
	if err != nil {
		return nil, err
	}
	for _, p := range products[who.ID] {
		held = append(held, productTexts(p)...)
	}
	slices.Sort(held)
	return held, nil
}

func grantText(role directory.Role, unit directory.Unit) string {
	return "grant " + role.UUID + " " + role.Names["fr"] + " at " + unit.UUID + " " + unit.Name
}

func placeText(unit directory.Unit, company, level string, functions int) string {
	return fmt.Sprint("place in ", unit.UUID, " of ", company, " as ", level, " with ", functions)
}

func productTexts(p directory.HeldProduct) []string {
	var texts []string
	if p.Own {
		texts = append(texts, "seat "+p.Offer.Product)
	}
	if p.External {
		texts = append(texts, "external "+p.Offer.Product)
	}
	return texts
}

// compare holds every past day against the copy that was kept.
func (m *model) compare() {
	m.may(m.Accounts.SetState(m.Context(), m.Operator(), m.account.ID, directory.AccountOpen, ""))
	for _, c := range m.copies {
		got := m.then(c)
		differ(m.T, side[map[string]string]{c.day, "people", got.people, c.people}, maps.Equal[map[string]string, map[string]string])
		differ(m.T, side[[]string]{c.day, "what is held", got.held, c.held}, slices.Equal[[]string])
		differ(m.T, side[string]{c.day, "units", got.units, c.units}, func(a, b string) bool { return a == b })
		differ(m.T, side[string]{c.day, "projects", got.projects, c.projects}, func(a, b string) bool { return a == b })
		differ(m.T, side[string]{c.day, "decisions", got.may, c.may}, func(a, b string) bool { return a == b })
	}
	for i, from := range m.copies {
		for _, to := range m.copies[i:] {
			m.compareDays(from, to)
		}
	}
	if m.T.Failed() {
		m.rt.FailNow()
	}
}

// A side is what was answered and what was kept, by public id.
type side[V any] struct {
	day       directory.Day
	what      string
	got, want map[string]V
}

func differ[V any](t testing.TB, s side[V], same func(a, b V) bool) {
	t.Helper()
	day, what, got, want := s.day, s.what, s.got, s.want
	for key := range want {
		if v, is := got[key]; !is || !same(v, want[key]) {
			t.Errorf("HIST-5 %s on %s: %s is\n%v, the copy has\n%v", what, day.ISO(), key, v, want[key])
		}
	}
	for key := range got {
		if _, is := want[key]; !is {
			t.Errorf("HIST-5 %s on %s: %s is there, the copy has none", what, day.ISO(), key)
		}
	}
}

// then is a past day as the operations answer it.
func (m *model) then(c copied) copied {
	ctx, id := m.Context(), m.account.ID
	got := copied{c.day, map[string]map[string]string{}, map[string][]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for after := ""; ; {
		page, err := m.Past.State(ctx, m.admin, id, app.PastQuery{Day: c.day, Size: 3, After: after})
		m.Must(err)
		for _, who := range page.Members {
			p, err := m.Past.Person(ctx, m.admin, id, c.day, who.UUID)
			m.Must(err)
			facts := factsOf(p.Member.Member, p.Company, homeAlone(p.Home))
			facts["unit"] = p.Home.UUID
			got.people[who.UUID], got.held[who.UUID] = facts, heldThen(p)
			for unit := range c.units {
				w, err := m.Past.Why(ctx, m.admin, id, c.day, app.WhyQuery{Person: who.UUID, Unit: unit})
				if m.Code(err) == "unit.not_found" {
					continue // archived: nothing is asked there
				}
				m.Must(err)
				var ps []string
				for _, permission := range w.Here {
					ps = append(ps, permission.ID)
				}
				got.may[who.UUID+" "+unit] = permissionsText(ps)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	m.compareHomes(c)
	for uuid := range c.units {
		u, err := m.Past.Unit(ctx, m.admin, id, app.PastUnitQuery{Day: c.day, Unit: uuid})
		m.Must(err)
		above := ""
		if len(u.Path) > 0 {
			above = u.Path[len(u.Path)-1].UUID
		}
		got.units[uuid] = fmt.Sprint(u.Unit.Name, " under ", above, " archived ", !u.Unit.Archived.IsZero())
		if u.Project != nil {
			got.projects[uuid] = projectText(*u.Project)
		}
	}
	return got
}

// compareHomes holds the lists of each unit's people, those below included, against the
// copy.
func (m *model) compareHomes(c copied) {
	above := func(unit string) string {
		text := c.units[unit]
		i, j := strings.LastIndex(text, " under "), strings.LastIndex(text, " archived ")
		return text[i+7 : j]
	}
	for unit := range c.units {
		var got, want []string
		page, err := m.Past.State(m.Context(), m.admin, m.account.ID, app.PastQuery{Day: c.day, Units: []string{unit}})
		m.Must(err)
		for _, who := range page.Members {
			got = append(got, who.UUID)
		}
		for who, facts := range c.people {
			for at := facts["unit"]; at != ""; at = above(at) {
				if at == unit {
					want = append(want, who)
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			m.T.Errorf("HIST-5 people of %s on %s: %v, the copy has %v", c.units[unit], c.day.ISO(), got, want)
		}
	}
}

// homeAlone is a tree of nothing but a home unit.
func homeAlone(home directory.Unit) *authz.Tree {
	home.Parent = 0
	return authz.NewTree(authz.Structure{Units: []directory.Unit{home}})
}

func heldThen(p app.PastPerson) []string {
	var held []string
	for _, g := range p.Grants {
		held = append(held, grantText(g.Role, g.Unit))
	}
	for _, place := range p.Places {
		level := ""
		if len(place.Levels) > 0 {
			level = place.Levels[0].Code
		}
		held = append(held, placeText(place.Project, place.Company, level, len(place.Functions)))
	}
	for _, product := range p.Products {
		held = append(held, productTexts(product)...)
	}
	slices.Sort(held)
	return held
}

// compareDays holds what became otherwise against what differs between two copies.
func (m *model) compareDays(from, to copied) {
	got := map[string][]string{}
	for after := ""; ; {
		d, err := m.Past.Difference(m.Context(), m.admin, m.account.ID, app.DifferenceQuery{From: from.day, To: to.day, Size: 2, After: after})
		m.Must(err)
		for _, u := range d.Units {
			for _, c := range u.Changes {
				got[u.Unit.UUID] = append(got[u.Unit.UUID], c.What)
			}
		}
		for _, p := range d.People {
			for _, c := range p.Changes {
				got[p.Member.UUID] = append(got[p.Member.UUID], changeText(c))
			}
		}
		if after = d.Next; after == "" {
			break
		}
	}
	want := map[string][]string{}
	for _, uuid := range slices.Concat(slices.Collect(maps.Keys(from.people)), slices.Collect(maps.Keys(to.people))) {
		want[uuid] = personDiffers(from, to, uuid)
	}
	for uuid := range to.units {
		want[uuid] = unitDiffers(from.units[uuid], to.units[uuid])
	}
	for _, of := range []map[string][]string{got, want} {
		for key := range of {
			slices.Sort(of[key])
			of[key] = slices.Compact(of[key])
		}
		maps.DeleteFunc(of, func(_ string, v []string) bool { return len(v) == 0 })
	}
	differ(m.T, side[[]string]{to.day, "since " + from.day.ISO(), got, want}, slices.Equal[[]string])
}

func changeText(c app.PastChange) string {
	of := func(f app.PastFact) string {
		switch c.What {
		case app.PastGrant:
			if len(f.Roles) > 0 {
				return f.Roles[0].UUID + f.Unit.UUID
			}
		case app.PastPlaced:
			return f.Unit.UUID
		case app.PastSeat, app.PastExternal:
			return f.Text
		}
		return ""
	}
	return c.What + " " + of(c.Before) + " " + of(c.After)
}

func personDiffers(from, to copied, uuid string) []string {
	before, was := from.people[uuid]
	after, is := to.people[uuid]
	var all []string
	switch {
	case was && !is:
		all = append(all, "left  ")
	case is && !was:
		all = append(all, "came  ")
	default:
		if from.companies[uuid] != to.companies[uuid] {
			all = append(all, "company  ")
		}
		for field := range after {
			if field != "company name" && before[field] != after[field] {
				all = append(all, field+"  ")
			}
		}
	}
	had, has := tokens(from, uuid), tokens(to, uuid)
	for key, text := range had {
		kind, of, _ := strings.Cut(key, " ")
		now, still := has[key]
		switch {
		case !still:
			all = append(all, kind+" "+of+" ")
		case now != text: // the same place, otherwise
			all = append(all, kind+" "+of+" "+of)
		}
	}
	for key := range has {
		if _, was := had[key]; !was {
			kind, of, _ := strings.Cut(key, " ")
			all = append(all, kind+"  "+of)
		}
	}
	return all
}

// tokens are holdings by what makes each the same on both days.
func tokens(c copied, uuid string) map[string]string {
	by := map[string]string{}
	for _, text := range c.held[uuid] {
		words := strings.Fields(text)
		switch words[0] {
		case "grant":
			at := slices.Index(words, "at")
			by["grant "+words[1]+words[at+1]] = "" // the names may have changed
		case "place":
			of, as := strings.Index(text, " of ")+4, strings.LastIndex(text, " as ")
			by["place "+words[2]] = c.named[text[of:as]] + text[as:] // the company may be called otherwise
		default:
			by[text] = ""
		}
	}
	return by
}

func unitDiffers(before, after string) []string {
	if before == "" {
		made := []string{"made"}
		if strings.HasSuffix(after, "true") {
			made = append(made, "archived")
		}
		return made
	}
	var all []string
	cut := func(text string) (name, above, archived string) {
		i, j := strings.LastIndex(text, " under "), strings.LastIndex(text, " archived ")
		return text[:i], text[i+7 : j], text[j+10:]
	}
	n1, a1, r1 := cut(before)
	n2, a2, r2 := cut(after)
	if n1 != n2 {
		all = append(all, "renamed")
	}
	if a1 != a2 {
		all = append(all, "moved")
	}
	if r1 != r2 {
		all = append(all, map[string]string{"true": "archived", "false": "restored"}[r2])
	}
	return all
}
