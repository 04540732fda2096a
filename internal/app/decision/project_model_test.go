package decision_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestProjectModel does random things to places, projects, seats and people on one node
// and holds what products are answered on another, one by one, in a batch and by the
// three searches, against a model that says the rules in the plainest words.
func TestProjectModel(t *testing.T) { // CHECK-1, CHECK-2, SEAT-12, PROJ-4, PROJ-11, PROJ-12
	rounds := 24
	if testing.Short() {
		rounds = 4
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			n := 0
			address := storetest.Address(t, kind)
			here, there := apptest.On(t, address), apptest.On(t, address)
			rapid.Check(t, func(rt *rapid.T) {
				if n++; n > rounds { // each is an account with people
					return
				}
				m := newSiteModel(rt, here, there, n)
				for range rapid.IntRange(8, 20).Draw(rt, "steps") {
					m.step()
					m.check()
				}
			})
		})
	}
}

// sold are the products of the model: the last takes no seat. ranks are the levels of
// their tools, from least to most.
var (
	sold  = []string{"plans", "site", "analytics"}
	ranks = map[string]map[string][]string{"plans": {"files": {"view", "edit", "publish"}, "reviews": nil}, "site": {"issues": {"none", "view", "edit", "manage"}}}
)

// A siteModel is what people may do in two projects, one of them in a division.
type siteModel struct {
	yard
	rt       *rapid.T
	there    *apptest.World
	people   []directory.Member
	sites    []*apptest.Site
	division directory.Unit
	function directory.Role // gives its holder the project

	places    []map[directory.MemberID]directory.Place // by site
	seats     map[string]bool                          // member and product
	externals map[string]time.Time                     // when they end
	off       map[directory.MemberID]bool
	archived  [3]bool // the sites, the division
	suspended bool
}

func newSiteModel(rt *rapid.T, here, there *apptest.World, round int) *siteModel {
	m := &siteModel{rt: rt, there: there, seats: map[string]bool{}, externals: map[string]time.Time{}, off: map[directory.MemberID]bool{}}
	m.yard = yard{World: here, account: here.AccountOf(fmt.Sprintf("20%04d", round), "construction")}
	m.admin = here.Administrator(m.account, fmt.Sprintf("admin%d@maraval.example", round))
	there.Pass(here.Now().Sub(there.Now()))
	m.member, m.governor = here.Role(m.account, directory.Level, "project-member"), here.Role(m.account, directory.Level, "project-administrator")
	m.caller = m.program(fmt.Sprintf("lea%d@maraval.example", round))
	m.buys("plans", "site")
	var err error
	m.function, err = here.Roles.Create(here.Context(), m.admin, m.account.ID, app.NewRole{Kind: directory.Function, Names: map[string]string{"": "Pilote"},
		Place: directory.AtProject, Permissions: []string{"projects.manage"}})
	here.Must(err)
	m.division, err = here.Units.Add(here.Context(), m.admin, m.account.ID, app.NewUnit{Level: "division", Name: "Ouest"})
	here.Must(err)
	for i := range 3 {
		_, who := here.Member(m.account, fmt.Sprintf("p%d.%d@maraval.example", round, i))
		m.people = append(m.people, who)
	}
	here.Must(second(here.Grants.Give(here.Context(), m.admin, m.account.ID, app.Giving{Who: app.Of(m.people[0].UUID), Role: "manager", Units: []string{m.root()}})))
	m.sites = []*apptest.Site{here.Site(m.account, 0, "P-1", "plans", "site"), here.Site(m.account, m.division.ID, "P-2", sold...)}
	m.places = []map[directory.MemberID]directory.Place{{}, {}}
	return m
}

func (m *siteModel) pick(n int) int { return rapid.IntRange(0, n-1).Draw(m.rt, "pick") }

func (m *siteModel) step() {
	who, site := m.people[m.pick(len(m.people))], m.pick(2)
	product := sold[m.pick(2)]
	key, ctx, id := who.UUID+product, m.Context(), m.account.ID
	switch rapid.SampledFrom([]string{"put", "put", "put", "take", "switch", "seat", "seat", "free", "external", "days", "off", "archive", "division", "suspend"}).Draw(m.rt, "what") {
	case "put":
		place := m.place()
		m.sites[site].Put(who, place)
		m.places[site][who.ID] = place
	case "take":
		if _, is := m.places[site][who.ID]; is {
			m.sites[site].Take(who)
			delete(m.places[site], who.ID)
		}
	case "switch":
		m.sites[site].Switch(rapid.SliceOfDistinct(rapid.SampledFrom(sold), rapid.ID).Draw(m.rt, "on")...)
	case "seat":
		if !m.off[who.ID] && !m.suspended {
			m.seat(who, product)
			m.seats[key] = true
		}
	case "free":
		if m.seats[key] && !m.suspended {
			m.Must(apptest.ErrOf(m.Seats.Withdraw(ctx, m.admin, id, app.Of(who.UUID), directory.Offer{Product: product})))
			delete(m.seats, key)
		}
	case "external":
		if _, is := m.externals[key]; !is && !m.off[who.ID] && !m.suspended {
			days := m.pick(3)
			m.external(who, product, days)
			m.externals[key] = m.Now().AddDate(0, 0, days)
		}
	case "days":
		m.Pass(24 * time.Hour)
		m.there.Pass(24 * time.Hour)
	case "off":
		m.switches(who)
	case "archive":
		m.archived[site] = !m.archived[site]
		m.sites[site].Archive(m.archived[site])
	case "division":
		act := m.Units.Archive
		if m.archived[2] {
			act = m.Units.Restore
		}
		m.Must(act(ctx, m.admin, id, m.division.UUID, m.division.Version))
		m.archived[2] = !m.archived[2]
		m.division.Version++
	case "suspend":
		m.suspended = !m.suspended
		state := map[bool]directory.AccountState{true: directory.AccountSuspended, false: directory.AccountOpen}[m.suspended]
		m.Must(m.Accounts.SetState(ctx, m.Operator(), id, state, "à voir"))
	}
}

// switches switches somebody off, which frees their seats (SEAT-6), or on.
func (m *siteModel) switches(who directory.Member) {
	act := m.Members.Deactivate
	if m.off[who.ID] {
		act = m.Members.Reactivate
	}
	m.Must(apptest.ErrOf(act(m.Context(), m.Operator(), m.account.ID, app.Of(who.UUID))))
	if m.off[who.ID] = !m.off[who.ID]; m.off[who.ID] {
		for _, product := range sold {
			delete(m.seats, who.UUID+product)
		}
	}
}

// place is a random one.
func (m *siteModel) place() directory.Place {
	p := directory.Place{Access: directory.Access{}}
	p.Level = []directory.RoleID{0, m.member.ID, m.member.ID, m.governor.ID}[m.pick(4)]
	if m.pick(5) == 0 {
		p.Functions = []directory.RoleID{m.function.ID}
	}
	for _, product := range rapid.SliceOfDistinct(rapid.SampledFrom(sold), rapid.ID).Draw(m.rt, "access") {
		given := directory.ProductAccess{Administrator: m.pick(4) == 0}
		for tool, levels := range ranks[product] {
			if len(levels) > 0 && m.pick(2) == 0 {
				given.Tools = map[string]string{tool: levels[m.pick(len(levels))]}
			}
		}
		p.Access[product] = given
	}
	return p
}

// may says the rules.
func (m *siteModel) may(who directory.Member, q app.Question) (reason, level string) {
	site := slices.IndexFunc(m.sites, func(s *apptest.Site) bool { return q.In != nil && s.Number == q.In.Project })
	product := q.Resource.ID
	end, external := m.externals[who.UUID+product]
	seat := product == "analytics" || m.seats[who.UUID+product] || external && m.Now().Before(dayAfter(end, m.account))
	noSeat := app.NoSeat
	if external {
		noSeat = app.ExternalOver
	}
	switch {
	case m.suspended:
		return authz.Suspended, ""
	case site >= 0 && (m.archived[site] || site == 1 && m.archived[2]):
		return app.ArchivedUnit, ""
	case m.off[who.ID]:
		return authz.NotActive, ""
	case q.In == nil && !seat:
		return noSeat, ""
	case q.In == nil:
		return "", ""
	}
	place, is := m.places[site][who.ID]
	administers := place.Level == m.governor.ID || len(place.Functions) > 0
	given, access := place.Access[product]
	access = access || administers
	switch {
	case !is:
		return app.NotInProject, ""
	case product != "plans" && !slices.Contains(m.sites[site].Products, product): // Plans is the base product
		return app.ProductOff, ""
	case !access && !seat:
		return app.NoAccessNoSeat, ""
	case !access:
		return app.NoAccess, ""
	case !seat:
		return noSeat, ""
	case q.In.Tool == "":
		return "", ""
	}
	return ofLevels(ranks[product][q.In.Tool], given.Tools[q.In.Tool], given.Administrator || administers, q.In.Level)
}

// ofLevels: the most to administrators, what was set, else the least that gives
// anything; yes when that is something, and no less than what is asked for.
func ofLevels(levels []string, set string, administrator bool, least string) (reason, level string) {
	switch {
	case len(levels) == 0:
		return "", ""
	case administrator:
		level = levels[len(levels)-1]
	case set != "":
		level = set
	case levels[0] == "none":
		level = levels[1]
	default:
		level = levels[0]
	}
	if level == "none" || slices.Index(levels, level) < slices.Index(levels, least) {
		return app.ToolLevelLow, level
	}
	return "", level
}

// dayAfter is the first moment after the day of a moment in the account's zone.
func dayAfter(t time.Time, account directory.Account) time.Time {
	zone, err := time.LoadLocation(account.TimeZone)
	if err != nil {
		panic(err)
	}
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
}

// ways are all ways to ask about a product.
func (m *siteModel) ways(product string) []*app.Using {
	ways := []*app.Using{nil}
	for _, s := range m.sites {
		ways = append(ways, &app.Using{Project: s.Number})
		for tool, levels := range ranks[product] {
			ways = append(ways, &app.Using{Project: s.Number, Tool: tool})
			for _, level := range levels {
				ways = append(ways, &app.Using{Project: s.Number, Tool: tool, Level: level})
			}
		}
	}
	return ways
}

// check asks everything on the other node.
func (m *siteModel) check() {
	var questions []app.Question
	var asked []directory.Member
	for _, who := range m.people {
		for _, product := range sold {
			for _, way := range m.ways(product) {
				questions, asked = append(questions, use(who, product, way)), append(asked, who)
			}
		}
	}
	answers, err := m.there.Checks.EvaluateAll(m.there.Context(), m.caller, questions, app.ExecuteAll)
	m.Must(err)
	for i, got := range answers {
		reason, level := m.may(asked[i], questions[i])
		if got.Reason != reason || got.Allowed != (reason == "") || got.Level != level {
			m.rt.Fatalf("%+v %+v: %t %q at %q, want %q at %q", questions[i], questions[i].In, got.Allowed, got.Reason, got.Level, reason, level)
		}
	}
	i := m.pick(len(questions))
	if one, err := m.there.Checks.Evaluate(m.there.Context(), m.caller, questions[i]); err != nil || one.Reason != answers[i].Reason || one.Level != answers[i].Level {
		m.rt.Fatalf("alone %+v, %v; in a batch %+v", one, err, answers[i])
	}
	if m.suspended {
		return // that a program searched cannot be recorded now
	}
	for _, product := range sold {
		for _, way := range m.ways(product) {
			m.searches(product, way)
		}
	}
}

// searches compares the three searches about one product.
func (m *siteModel) searches(product string, way *app.Using) {
	ctx, all := m.there.Context(), app.Paging{Limit: -1}
	users, err := m.there.Checks.SearchSubjects(ctx, m.caller, use(directory.Member{}, product, way), all)
	m.Must(err)
	for _, who := range m.people {
		q := use(who, product, way)
		reason, _ := m.may(who, q)
		products, err := m.there.Checks.SearchResources(ctx, m.caller, q, all)
		m.Must(err)
		actions, err := m.there.Checks.SearchActions(ctx, m.caller, q, all)
		m.Must(err)
		for name, found := range map[string]bool{
			"subjects":  slices.Contains(users.Entities, app.Entity{Type: "user", ID: who.UUID}),
			"resources": slices.Contains(products.Entities, app.Entity{Type: "product", ID: product}),
			"actions":   slices.Equal(actions.Actions, []string{"use"}),
		} {
			if found != (reason == "") {
				m.rt.Fatalf("%s of %s %+v: found %t, want %q", name, product, way, found, reason)
			}
		}
	}
}
