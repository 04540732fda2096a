package decision

import (
	"fmt"
	"testing"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

func TestAnswerAll(t *testing.T) { // CHECK-3
	t.Parallel()
	for _, test := range []struct {
		semantic        Semantic
		decisions, want string
	}{
		{ExecuteAll, "yny", "yny"}, {ExecuteAll, "", ""},
		{DenyOnFirstDeny, "yyny", "yyn"}, {DenyOnFirstDeny, "yy", "yy"}, {DenyOnFirstDeny, "ny", "n"},
		{PermitOnFirstPermit, "nnyn", "nny"}, {PermitOnFirstPermit, "nn", "nn"}, {PermitOnFirstPermit, "yn", "y"},
	} {
		questions := make([]Question, len(test.decisions))
		asked := 0
		answers := answerAll(questions, test.semantic, func(Question) Answer {
			asked++
			return Answer{Allowed: test.decisions[asked-1] == 'y'}
		})
		got := ""
		for _, a := range answers {
			got += map[bool]string{true: "y", false: "n"}[a.Allowed]
		}
		if got != test.want || asked != len(test.want) {
			t.Errorf("%s of %s: %s after %d, want %s", test.semantic, test.decisions, got, asked, test.want)
		}
	}
}

// largeDesk is a desk over an account of members and units in groups of ten,
// with a role of each at one unit.
func largeDesk(tb testing.TB, members, units int) *desk {
	tb.Helper()
	c, err := catalogue.ReadBuiltin("fleet")
	if err != nil {
		tb.Fatal(err)
	}
	s := authz.Structure{Units: []directory.Unit{{ID: 1, UUID: "root"}}, Rules: gate.RulesOf(c)}
	for i := 2; i <= units; i++ {
		s.Units = append(s.Units, directory.Unit{ID: directory.UnitID(i), UUID: fmt.Sprintf("unit-%d", i), Parent: directory.UnitID(i / 10), Level: "location", External: fmt.Sprintf("L-%d", i)})
		if i < 10 {
			s.Units[i-1].Parent = 1
		}
	}
	for i, r := range c.Roles {
		s.Roles = append(s.Roles, directory.Role{ID: directory.RoleID(i + 1), Kind: directory.RightsRole, Permissions: r.Permissions})
	}
	x := authz.NewIndex(authz.NewTree(s), directory.AccountOpen, members)
	for i := 1; i <= members; i++ {
		m := authz.Resident{UUID: fmt.Sprintf("member-%d", i), Names: map[string]string{authz.ByEmail: fmt.Sprintf("person.%d@maraval.example", i), authz.ByID: fmt.Sprintf("user-%d", i)}}
		m.Standing = authz.Standing{Account: 1, Member: directory.MemberID(i), User: directory.UserID(i), Status: directory.Active, Home: 1,
			Held: []authz.Held{{Unit: directory.UnitID(1 + i%units), Role: directory.RoleID(1 + i%len(c.Roles)), Grant: 1}, {Unit: directory.UnitID(1 + 7*i%units), Role: 2, Grant: 2}}}
		x.Put(m)
	}
	checks := &Checks{&core{}}
	return &desk{asker: &asker{account: directory.Account{ID: 1, Type: "fleet"}}, checks: checks, x: x, now: time.Unix(1_770_000_000, 0),
		words: checks.checks.words.of(c)}
}

// BenchmarkDecide is one question answered in memory: an account of 100,000
// members and 10,000 units, questions at random, yes and no.
func BenchmarkDecide(b *testing.B) {
	d := largeDesk(b, 100_000, 10_000)
	questions := make([]Question, 8192)
	for i := range questions {
		member := 1 + i*7919%100_000
		unit := 1 + 7*member%10_000 // where the member may view and book
		if i%2 == 1 {
			unit = 2 + i*6151%9_999
		}
		questions[i] = Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: []string{"view", "book"}[i/2%2],
			Resource: Entity{"location", fmt.Sprintf("unit-%d", unit)}}
		d.answer(questions[i]) // who could give what is found once
	}
	yes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if d.answer(questions[i%len(questions)]).Allowed {
			yes++
		}
	}
	b.ReportMetric(float64(yes)/float64(b.N), "yes/op")
}

// siteDesk is a desk over members with five places each in projects, and a seat of Plans
// for three in four; every tenth place administers its project.
func siteDesk(tb testing.TB, members, sites int) *desk {
	tb.Helper()
	c, err := catalogue.ReadBuiltin("standard")
	if err != nil {
		tb.Fatal(err)
	}
	s := authz.Structure{Units: []directory.Unit{{ID: 1, UUID: "root"}}, Rules: gate.RulesOf(c), Projects: []string{"project"}}
	grounds := make([]authz.ProjectGround, sites)
	for i := range sites {
		s.Units = append(s.Units, directory.Unit{ID: directory.UnitID(i + 2), UUID: fmt.Sprintf("site-%d", i), Parent: 1, Level: "project", Name: fmt.Sprint(i)})
		grounds[i] = authz.ProjectGround{Project: directory.UnitID(i + 2), Number: fmt.Sprintf("P-%d", i), Products: []string{"plans", "site", "analytics"}}
	}
	s.Roles = []directory.Role{{ID: 1, Kind: directory.Level, Permissions: []string{"members.view"}}, {ID: 2, Kind: directory.Level, Permissions: []string{"projects.manage", "members.manage"}}}
	x := authz.NewIndex(authz.NewTree(s), directory.AccountOpen, members)
	kinds := []directory.Access{{"plans": {}}, {"plans": {}, "site": {}}, {"site": {Tools: map[string]string{"issues": "edit"}}}, {}}
	for i := range members {
		m := authz.Resident{UUID: fmt.Sprintf("member-%d", i), Names: map[string]string{authz.ByID: fmt.Sprintf("user-%d", i)}}
		m.Standing = authz.Standing{Account: 1, Member: directory.MemberID(i + 1), User: directory.UserID(i + 1), Status: directory.Active, Home: 1}
		for k := range 5 {
			project, role := directory.UnitID(2+(i*31+k*997)%sites), directory.RoleID(1)
			if (i+k)%10 == 0 {
				role = 2
			}
			m.Held = append(m.Held, authz.Held{Unit: project, Role: role})
			m.Places = append(m.Places, authz.PlaceAccess{Project: project, Access: kinds[(i+k)%4], Text: fmt.Sprint((i + k) % 4)})
		}
		if i%4 != 0 {
			m.Holds = []authz.Product{{Name: "plans", Pool: 1}}
		}
		x.Put(m)
	}
	now := time.Unix(1_770_000_000, 0)
	stock := directory.NewStock([]directory.Pool{{ID: 1, Unit: 1, Offer: directory.Offer{Product: "plans"}}},
		[]directory.Subscription{{Pool: 1, Quantity: int64(members), Starts: now.AddDate(0, 0, -1)}})
	x.Buy(authz.Contract{ServiceLevel: "contract", Stock: stock, Projects: authz.NewProjects(grounds)})
	checks := &Checks{&core{}}
	return &desk{asker: &asker{account: directory.Account{ID: 1, Type: "construction"}}, checks: checks, x: x, now: now, words: checks.checks.words.of(c)}
}

// TestFirstReason: what nobody in the project could mend is said first; of a product
// that needs another, only once the project gives it.
func TestFirstReason(t *testing.T) { // CHECK-1, SEAT-12
	t.Parallel()
	d := siteDesk(t, 20, 10)
	ask := func(member, site int) Answer {
		return d.answer(Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: UseAction, Resource: Entity{ProductResource, "plans"}, In: &Using{Project: fmt.Sprintf("site-%d", site)}})
	}
	at := func(member, k int) int { return (member*31 + k*997) % 10 }
	for _, test := range []struct {
		name, want, product string
		plans               func(p *catalogue.Product)
		member, site        int
	}{
		{"a seat and access", "", "", nil, 1, at(1, 4)},
		{"no project", UnknownResource, "", nil, 1, 99},
		{"no place", NotInProject, "", nil, 1, 0},
		{"the service level", ServiceLevelClosed, "", func(p *catalogue.Product) { p.ServiceLevels = []string{"licence"} }, 1, at(1, 4)},
		{"the service level, without a place", ServiceLevelClosed, "", func(p *catalogue.Product) { p.ServiceLevels = []string{"licence"} }, 1, 0},
		{"another product", RequiresProduct, "site", func(p *catalogue.Product) { p.Requires = []string{"site"} }, 1, at(1, 4)},
		{"another product, without access", NoAccess, "", func(p *catalogue.Product) { p.Requires = []string{"site"} }, 1, at(1, 1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := d.words.products["plans"]
			defer func() { d.words.products["plans"] = before }()
			if test.plans != nil {
				changed := before
				test.plans(&changed)
				d.words.products["plans"] = changed
			}
			got := ask(test.member, test.site)
			if got.Reason != test.want || got.Product != test.product {
				t.Errorf("%q %q, want %q %q", got.Reason, got.Product, test.want, test.product)
			}
		})
	}
}

// BenchmarkUseInProject is one question about the use of a product in a project answered
// in memory, yes and no, half of them by the project's number.
func BenchmarkUseInProject(b *testing.B) {
	d := siteDesk(b, 100_000, 5_000)
	questions := make([]Question, 8192)
	for i := range questions {
		member := i * 7919 % 100_000
		site := fmt.Sprintf("site-%d", (member*31+i%5*997)%5_000)
		if i%2 == 1 {
			site = fmt.Sprintf("P-%d", (member*31+i%5*997)%5_000)
		}
		questions[i] = Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: UseAction, Resource: Entity{ProductResource, "plans"}, In: &Using{Project: site}}
		d.answer(questions[i]) // who could help is found once
	}
	yes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if d.answer(questions[i%len(questions)]).Allowed {
			yes++
		}
	}
	b.ReportMetric(float64(yes)/float64(b.N), "yes/op")
}

// TestAnswersAllocate holds what an answer from the index takes of memory: it may only
// fall.
func TestAnswersAllocate(t *testing.T) { // CHECK-1
	large, sites := largeDesk(t, 2_000, 500), siteDesk(t, 2_000, 100)
	about := func(member, unit int) Question {
		return Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: "view", Resource: Entity{"location", fmt.Sprintf("unit-%d", unit)}}
	}
	use := func(member int, site string) Question {
		return Question{Subject: Entity{"user", fmt.Sprintf("user-%d", member)}, Action: UseAction, Resource: Entity{ProductResource, "plans"}, In: &Using{Project: site}}
	}
	for name, one := range map[string]struct {
		d    *desk
		q    Question
		most float64
	}{
		"allowed":       {large, about(9, 63), 0},
		"denied":        {large, about(9, 64), 0},
		"in a project":  {sites, use(7, "site-17"), 0},
		"by its number": {sites, use(7, "P-17"), 1}, // the number as it compares
	} {
		one.d.answer(one.q) // who could help is found once
		if got := testing.AllocsPerRun(200, func() { one.d.answer(one.q) }); got > one.most {
			t.Errorf("a question that is %s takes %.0f allocations, want %.0f", name, got, one.most)
		}
	}
}
