package decision_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// A yard is an account of projects with a program that asks about it.
type yard struct {
	*apptest.World
	account          directory.Account
	admin            authz.Actor
	caller           app.Caller
	member, governor directory.Role // the levels of a place
}

func newYard(w *apptest.World) *yard {
	w.T.Helper()
	y := &yard{World: w, account: w.AccountOf("204 817", "construction")}
	y.admin = w.Administrator(y.account, "helene.castaing@maraval.example")
	y.member, y.governor = w.Role(y.account, directory.Level, "project-member"), w.Role(y.account, directory.Level, "project-administrator")
	y.caller = y.program("lea.fontanel@maraval.example")
	return y
}

// program is a technical user that may ask and view members; somebody answers for it.
func (y *yard) program(email string) app.Caller {
	y.T.Helper()
	_, lea := y.Member(y.account, email)
	robot, err := y.TechnicalUsers.Create(y.Context(), y.admin, y.account.ID, app.NewTechnicalUser{Name: "Plans", Purpose: "Demande", Responsible: lea.UUID})
	y.Must(err)
	for _, who := range []string{lea.UUID, robot.UUID} {
		y.Must(second(y.Grants.Give(y.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(who), Role: "manager", Units: []string{y.root()}})))
	}
	token, err := y.TechnicalUsers.MakeToken(y.Context(), y.admin, y.account.ID, robot.UUID, app.NewToken{Name: "plans", Expires: y.Now().AddDate(0, 11, 0)})
	y.Must(err)
	return app.Caller{Token: token.Secret, From: func() app.Client { return app.Client{} }}
}

func (y *yard) root() string {
	y.T.Helper()
	list, err := y.Units.List(y.Context(), y.Operator(), y.account.ID, app.UnitQuery{})
	y.Must(err)
	return list.Root.UUID
}

// buys buys seats of products, without end.
func (y *yard) buys(products ...string) {
	y.T.Helper()
	for _, p := range products {
		y.Must(second(y.Subscriptions.Add(y.Context(), y.Operator(), y.account.ID, app.NewSubscription{Offer: directory.Offer{Product: p}, Term: app.SubscriptionTerm{Quantity: 50}})))
	}
}

func second[T any](_ T, err error) error { return err }

func (y *yard) seat(m directory.Member, product string) {
	y.T.Helper()
	y.Must(apptest.ErrOf(y.Seats.Assign(y.Context(), y.admin, y.account.ID, app.Of(m.UUID), directory.Offer{Product: product})))
}

func (y *yard) external(m directory.Member, product string, days int) {
	y.T.Helper()
	y.Must(y.Seats.StateExternal(y.Context(), y.Operator(), y.account.ID, app.ExternalClaim{Member: m.UUID, Product: product,
		Last: directory.DayOf(y.Now().AddDate(0, 0, days), time.UTC)}))
}

func use(m directory.Member, product string, in *app.Using) app.Question {
	return app.Question{Subject: app.Entity{Type: "user", ID: m.UUID}, Action: "use", Resource: app.Entity{Type: "product", ID: product}, In: in}
}

func in(project string) *app.Using { return &app.Using{Project: project} }

func (y *yard) asks(q app.Question) app.Answer {
	y.T.Helper()
	answer, err := y.Checks.Evaluate(y.Context(), y.caller, q)
	y.Must(err)
	return answer
}

// wants asks and compares the reason, "" for a yes.
func (y *yard) wants(what string, q app.Question, reason string) app.Answer {
	y.T.Helper()
	got := y.asks(q)
	if got.Reason != reason || got.Allowed != (reason == "") {
		y.T.Errorf("%s: %t %q, want %q", what, got.Allowed, got.Reason, reason)
	}
	return got
}

func access(products ...string) directory.Access {
	a := directory.Access{}
	for _, p := range products {
		a[p] = directory.ProductAccess{}
	}
	return a
}

// helpers are who a no says could help, by the addresses' first parts.
func (y *yard) helpers(a app.Answer, people map[string]directory.Member) string {
	var names []string
	for _, g := range a.GivenBy {
		for name, m := range people {
			if m.UUID == g.ID {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// TestAccessAndSeat: use in a project takes access there and a seat, one's own or an
// external subscription; each of the four combinations says what is missing.
func TestAccessAndSeat(t *testing.T) { // SEAT-12, PROJ-4, PROJ-11, CHECK-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		y.buys("plans", "site")
		_, chief := w.Member(y.account, "chief@maraval.example")
		people := map[string]directory.Member{"chief": chief}
		for _, name := range []string{"both", "external", "access", "seat", "neither", "outside", "boss"} {
			_, people[name] = w.Member(y.account, name+"@maraval.example")
		}
		s := w.Site(y.account, 0, "P-1", "plans", "site", "analytics")
		for _, name := range []string{"both", "external", "access"} {
			s.Put(people[name], directory.Place{Level: y.member.ID, Access: access("plans")})
		}
		for _, name := range []string{"seat", "neither"} {
			s.Put(people[name], directory.Place{Level: y.member.ID, Access: access("analytics")})
		}
		s.Put(chief, directory.Place{Level: y.governor.ID})
		for _, name := range []string{"both", "seat", "outside", "boss", "chief"} {
			y.seat(people[name], "plans")
		}
		y.external(people["external"], "plans", 300)
		y.Must(second(y.Grants.Give(w.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(people["boss"].UUID), Role: "manager", Units: []string{y.root()}})))
		for _, test := range []struct{ who, product, reason, help string }{
			{"both", "plans", "", ""}, {"external", "plans", "", ""},
			{"access", "plans", app.NoSeat, "boss"}, {"seat", "plans", app.NoAccess, "chief"},
			{"neither", "plans", app.NoAccessNoSeat, "chief"},
			{"outside", "plans", app.NotInProject, "chief"},
			{"boss", "plans", app.NotInProject, "chief"}, // managing from above is no place
			{"both", "budget", app.ProductOff, "chief"}, {"chief", "budget", app.ProductOff, "chief"},
			{"chief", "plans", "", ""}, {"chief", "analytics", "", ""}, {"chief", "site", app.NoSeat, "boss"},
			{"both", "analytics", app.NoAccess, "chief"}, {"seat", "analytics", "", ""}, {"both", "fleet", app.UnknownResource, ""},
		} {
			for _, name := range []string{s.UUID, "X-P-1", "P-1", "p - 1"} {
				got := y.wants(test.who+" uses "+test.product+" in "+name, use(people[test.who], test.product, in(name)), test.reason)
				for _, helper := range strings.Fields(test.help) {
					if !strings.Contains(y.helpers(got, people), helper) {
						t.Errorf("%s uses %s: %s could help, told %q", test.who, test.product, helper, y.helpers(got, people))
					}
				}
			}
		}
		for _, name := range []string{"P-2", y.account.UUID, y.root()} {
			y.wants("in "+name, use(people["both"], "plans", in(name)), app.UnknownResource)
		}
		y.wants("anywhere", use(people["seat"], "plans", nil), "")
		a := people["access"]
		y.external(a, "plans", 3)
		y.wants("an external subscription", use(a, "plans", in("P-1")), "")
		w.Pass(5 * 24 * time.Hour)
		y.wants("it is over", use(a, "plans", in("P-1")), app.ExternalOver)
	})
}

// TestExternalEndsInProject: when the subscription somebody brings along ends, they use
// the product on by their seat, and stop without.
func TestExternalEndsInProject(t *testing.T) { // EXT-2, SEAT-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		y.buys("plans")
		_, both := w.Member(y.account, "both@maraval.example")
		_, one := w.Member(y.account, "one@maraval.example")
		s := w.Site(y.account, 0, "P-1", "plans")
		for _, m := range []directory.Member{both, one} {
			s.Put(m, directory.Place{Level: y.member.ID, Access: access("plans")})
			y.external(m, "plans", 10)
		}
		y.seat(both, "plans")
		y.wants("external and own", use(both, "plans", in("P-1")), "")
		y.wants("external", use(one, "plans", in("P-1")), "")
		w.Pass(11 * 24 * time.Hour)
		y.wants("own goes on", use(both, "plans", in("P-1")), "")
		y.wants("nothing is left", use(one, "plans", in("P-1")), app.ExternalOver)
		s.Put(one, directory.Place{Level: y.member.ID})
		y.wants("neither is left", use(one, "plans", in("P-1")), app.NoAccessNoSeat)
	})
}

// TestProjectAnswersFollow: what changes in a project, its places and above it counts at
// the next question on another node, also within the second in which a place began.
func TestProjectAnswersFollow(t *testing.T) { // CHECK-2, SEAT-12
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			w, there := apptest.On(t, address), apptest.On(t, address)
			y := newYard(w)
			y.buys("plans", "site")
			_, m := w.Member(y.account, "karim@maraval.example")
			y.seat(m, "site")
			q := use(m, "site", in("P-1"))
			f := &followed{yard: y, m: m}
			for step, act := range f.acts() {
				act.do()
				got, err := there.Checks.Evaluate(there.Context(), y.caller, q)
				w.Must(err)
				if got.Reason != act.reason {
					t.Fatalf("step %d: %q, want %q", step, got.Reason, act.reason)
				}
			}
		})
	}
}

// A followed is a project with one member, changed by the operations themselves.
type followed struct {
	*yard
	m        directory.Member
	division directory.Unit
	at       app.ProjectAt
	version  int64
}

type follows struct {
	do     func()
	reason string
}

func (f *followed) acts() []follows {
	ctx, id := f.Context(), f.account.ID
	return slices.Concat([]follows{
		{func() {
			var err error
			f.division, err = f.Units.Add(ctx, f.admin, id, app.NewUnit{Level: "division", Name: "Ouest"})
			f.Must(err)
		}, app.UnknownResource},
		{func() {
			name, number, products := "Collège des Sablons", "P-1", []string{"plans", "site"}
			made, _, err := f.Projects.Create(ctx, f.admin, id, app.NewProject{Under: f.division.UUID, Change: app.ProjectChange{Name: &name, Number: &number, Products: &products}})
			f.Must(err)
			f.at, f.version = app.ProjectAt{Account: id, Project: made.UUID}, made.Revision
		}, app.NotInProject},
		{func() {
			row := app.NewPlace{NewMember: app.NewMember{Row: 1, Email: "karim@maraval.example"}, Level: "project-member", Access: map[string]string{"site": directory.MemberAccess}}
			f.Must(apptest.ErrOf(f.Projects.Add(ctx, f.admin, f.at, []app.NewPlace{row}, app.PlaceOptions{})))
		}, ""},
		{func() { f.place(app.PlaceChange{Access: map[string]string{"site": directory.NoAccess}}) }, app.NoAccess},
		{func() { f.level("project-administrator") }, ""},
		{func() { f.level("project-member") }, app.NoAccess},
		{func() { f.place(app.PlaceChange{Access: map[string]string{"site": directory.AdministratorAccess}}) }, ""},
		{func() { f.products("plans") }, app.ProductOff},
		{func() { f.products("plans", "site") }, ""},
		{func() { f.Must(f.Projects.Archive(ctx, f.admin, f.at, f.version)); f.version++ }, app.ArchivedUnit},
		{func() { f.Must(f.Projects.Restore(ctx, f.admin, f.at, f.version)); f.version++ }, ""},
		{func() { f.Must(f.Units.Archive(ctx, f.admin, id, f.division.UUID, f.division.Version)) }, app.ArchivedUnit},
		{func() { f.Must(f.Units.Restore(ctx, f.admin, id, f.division.UUID, f.division.Version+1)) }, ""},
	}, f.ends())
}

// ends are how somebody's use of a project ends, and begins again.
func (f *followed) ends() []follows {
	ctx, id, who := f.Context(), f.account.ID, app.Of(f.m.UUID)
	return []follows{
		{func() {
			f.Must(apptest.ErrOf(f.Projects.RemovePlaces(ctx, f.admin, f.at, app.ProjectSelection{Members: []string{f.m.UUID}})))
		}, app.NotInProject},
		{func() {
			row := app.NewPlace{NewMember: app.NewMember{Row: 1, Email: "karim@maraval.example"}, Access: map[string]string{"site": directory.MemberAccess}}
			f.Must(apptest.ErrOf(f.Projects.Add(ctx, f.admin, f.at, []app.NewPlace{row}, app.PlaceOptions{})))
		}, ""},
		{func() { f.Must(apptest.ErrOf(f.Members.Deactivate(ctx, f.admin, id, who))) }, authz.NotActive},
		{func() { f.Must(apptest.ErrOf(f.Members.Reactivate(ctx, f.admin, id, who))) }, app.NoSeat},
		{func() { f.Must(f.Accounts.SetState(ctx, f.Operator(), id, directory.AccountSuspended, "impayé")) }, authz.Suspended},
		{func() { f.Must(f.Accounts.SetState(ctx, f.Operator(), id, directory.AccountOpen, "payé")) }, app.NoSeat},
		{func() { f.seat(f.m, "site") }, ""},
		{func() { f.Must(apptest.ErrOf(f.Members.Remove(ctx, f.admin, id, who))) }, app.UnknownSubject},
		{func() {
			f.Must(apptest.ErrOf(f.Members.Add(ctx, f.Operator(), id, []app.NewMember{{Row: 1, Email: "karim@maraval.example"}}, app.AddOptions{Silent: true})))
		}, authz.NotActive},
	}
}

func (f *followed) place(c app.PlaceChange) {
	f.T.Helper()
	f.Must(apptest.ErrOf(f.Projects.ChangePlaces(f.Context(), f.admin, f.at, app.ProjectSelection{Members: []string{f.m.UUID}}, c)))
}

func (f *followed) level(code string) { f.place(app.PlaceChange{Level: &code}) }

func (f *followed) products(on ...string) {
	f.T.Helper()
	after, err := f.Projects.Edit(f.Context(), f.admin, f.at, app.ProjectChange{Version: f.version, Products: &on})
	f.Must(err)
	f.version = after.Revision
}

// TestTools: of a tool the level that a place gives counts, and is told.
func TestTools(t *testing.T) { // PROJ-12, PROJ-4, ADD-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		y.buys("plans", "site")
		people := map[string]directory.Member{}
		s := w.Site(y.account, 0, "P-1", "plans", "site")
		for name, place := range map[string]directory.Place{
			"plain":  {Level: y.member.ID, Access: access("plans", "site")},
			"none":   {Level: y.member.ID, Access: directory.Access{"site": {Tools: map[string]string{"issues": "none"}}}},
			"editor": {Level: y.member.ID, Access: directory.Access{"plans": {Tools: map[string]string{"files": "edit"}}, "site": {Tools: map[string]string{"issues": "edit"}}}},
			"admin":  {Level: y.member.ID, Access: directory.Access{"site": {Administrator: true}}},
			"chief":  {Level: y.governor.ID, Access: directory.Access{"site": {Tools: map[string]string{"issues": "none"}}}},
			"apart":  {Level: y.member.ID},
		} {
			_, m := w.Member(y.account, name+"@maraval.example")
			people[name] = m
			s.Put(m, place)
			y.seat(m, "plans")
			y.seat(m, "site")
		}
		for _, test := range []struct{ who, product, tool, level, reason, held string }{
			{"plain", "site", "issues", "", "", "view"}, {"plain", "site", "issues", "view", "", "view"},
			{"plain", "site", "issues", "edit", app.ToolLevelLow, "view"}, {"plain", "plans", "files", "", "", "view"},
			{"plain", "plans", "reviews", "", "", ""}, // it has no levels, but a page of its own
			{"plain", "site", "issues", "none", "", "view"},
			{"none", "site", "issues", "", app.ToolLevelLow, "none"}, {"none", "site", "issues", "none", app.ToolLevelLow, "none"},
			{"none", "site", "forms", "", "", "view"}, {"none", "site", "", "", "", ""},
			{"editor", "site", "issues", "edit", "", "edit"}, {"editor", "site", "issues", "manage", app.ToolLevelLow, "edit"},
			{"editor", "plans", "files", "publish", app.ToolLevelLow, "edit"},
			{"admin", "site", "issues", "manage", "", "manage"}, {"chief", "site", "issues", "manage", "", "manage"},
			{"chief", "plans", "files", "publish", "", "publish"},
			{"apart", "site", "issues", "view", app.NoAccess, ""},
			{"plain", "site", "files", "", app.UnknownResource, ""}, {"plain", "site", "issues", "own", app.UnknownResource, ""},
			{"plain", "plans", "reviews", "view", app.UnknownResource, ""},
		} {
			what := strings.Join([]string{test.who, test.product, test.tool, test.level}, " ")
			got := y.wants(what, use(people[test.who], test.product, &app.Using{Project: "P-1", Tool: test.tool, Level: test.level}), test.reason)
			if got.Level != test.held {
				t.Errorf("%s: level %q, want %q", what, got.Level, test.held)
			}
		}
		for _, bad := range []struct {
			in   app.Using
			word string
		}{{app.Using{Tool: "issues"}, app.ProjectProperty}, {app.Using{Project: "P-1", Level: "edit"}, app.ToolProperty}, {app.Using{Level: "edit"}, app.ToolProperty},
			{app.Using{Project: "P-1", Unreadable: "level"}, app.LevelProperty}, {app.Using{Unreadable: "project"}, app.ProjectProperty}} {
			y.wants("broken", use(people["chief"], "site", &bad.in), bad.word)
			q := use(people["chief"], "site", &bad.in)
			for name, search := range map[string]func() error{
				"subjects":  func() error { return second(y.Checks.SearchSubjects(w.Context(), y.caller, q, app.Paging{Limit: -1})) },
				"resources": func() error { return second(y.Checks.SearchResources(w.Context(), y.caller, q, app.Paging{Limit: -1})) },
				"actions":   func() error { return second(y.Checks.SearchActions(w.Context(), y.caller, q, app.Paging{Limit: -1})) },
			} {
				if code := w.Code(search()); code != "access.property" {
					t.Errorf("%s of %+v: %q", name, bad.in, code)
				}
			}
		}
	})
}

// TestWallOfQuestions: questions about a project as a unit are answered by what is held
// there; from above only managing projects reaches in, and who could help is in it.
func TestWallOfQuestions(t *testing.T) { // PROJ-11, CHECK-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		role := func(name string, permissions ...string) string {
			made, err := w.Roles.Create(w.Context(), y.admin, y.account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": name}, Permissions: permissions})
			w.Must(err)
			return made.UUID
		}
		grants := map[string]string{"viewer": role("Voit", "members.view", "account.view"), "manager": "manager", "manages": role("Projets", "projects.manage")}
		people := map[string]directory.Member{}
		for _, name := range []string{"viewer", "manager", "manages", "inside", "chief", "nobody"} {
			_, people[name] = w.Member(y.account, name+"@maraval.example")
			if role := grants[name]; role != "" {
				w.Must(second(w.Grants.Give(w.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(people[name].UUID), Role: role, Units: []string{y.root()}})))
			}
		}
		s := w.Site(y.account, 0, "P-1", "plans")
		s.Put(people["inside"], directory.Place{Level: y.member.ID})
		s.Put(people["chief"], directory.Place{Level: y.governor.ID})
		for _, test := range []struct {
			who, action string
			yes         bool
		}{
			{"viewer", "members.view", false}, {"viewer", "account.view", false}, {"manager", "members.view", true}, {"manager", "members.manage", true},
			{"manager", "seats.assign", false}, {"manages", "members.manage", true}, {"manages", "account.view", false},
			{"inside", "members.view", true}, {"inside", "members.manage", false}, {"chief", "members.manage", true}, {"nobody", "members.view", false},
		} {
			for _, name := range []string{s.UUID, "X-P-1", "P-1"} {
				q := app.Question{Subject: app.Entity{Type: "user", ID: people[test.who].UUID}, Action: test.action, Resource: app.Entity{Type: "project", ID: name}}
				got := y.asks(q)
				if got.Allowed != test.yes {
					t.Errorf("%s %s at %s: %t (%s)", test.who, test.action, name, got.Allowed, got.Reason)
				}
				if help := y.helpers(got, people); test.who == "nobody" && !strings.Contains(help, "chief") {
					t.Errorf("who could help %s: %q", test.who, help)
				}
			}
		}
		found, err := y.Checks.SearchSubjects(w.Context(), y.caller, app.Question{Subject: app.Entity{Type: "user"}, Action: "members.view", Resource: app.Entity{Type: "project", ID: "P-1"}}, app.Paging{Limit: -1})
		w.Must(err)
		for name, sees := range map[string]bool{"viewer": false, "manager": true, "inside": true, "chief": true, "nobody": false} {
			if got := slices.ContainsFunc(found.Entities, func(e app.Entity) bool { return e.ID == people[name].UUID }); got != sees {
				t.Errorf("a search for who sees the project's members finds %s: %t", name, got)
			}
		}
	})
}

// TestWhyInProject: who looks at the whole account learns of a project out of their
// sight neither that it is there nor what somebody holds in it; who is in it, does.
func TestWhyInProject(t *testing.T) { // PROJ-7, PROJ-11, ROLE-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		reader, watching := w.Member(y.account, "reader@maraval.example")
		chief, leading := w.Member(y.account, "chief@maraval.example")
		s := w.Site(y.account, 0, "P-1", "plans")
		s.Put(leading, directory.Place{Level: y.governor.ID})
		for _, m := range []directory.Member{watching, leading} {
			y.Must(second(y.Grants.Give(w.Context(), y.admin, y.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "basic-user", Units: []string{y.root()}})))
		}
		shows := func(actor authz.Actor, person string) (bool, error) {
			tree, err := y.Reasons.Tree(w.Context(), actor, y.account.ID, person)
			w.Must(err)
			_, err = y.Reasons.Why(w.Context(), actor, y.account.ID, app.WhyQuery{Person: person, Permission: string(authz.ManageMembers), Unit: s.UUID})
			return slices.ContainsFunc(tree.Units, func(u directory.Unit) bool { return u.ID == s.ID }), err
		}
		for name, test := range map[string]struct {
			actor  authz.Actor
			person string
			sees   bool
		}{
			"a reader of the account, of themselves": {reader, "", false},
			"who is in the project, of themselves":   {chief, "", true},
			"who manages projects, of somebody":      {y.admin, leading.UUID, true},
		} {
			drawn, err := shows(test.actor, test.person)
			if code := w.Code(err); drawn != test.sees || (code == "") != test.sees || code != "" && code != "unit.not_found" {
				t.Errorf("%s: drawn %t, answered %v", name, drawn, err)
			}
		}
		w.Must(w.Members.SeedGrants(w.Context(), y.account.ID, y.admin.User, []app.SeedGrant{{User: reader.User, Role: "manager", Unit: y.account.Root}}))
		if drawn, err := shows(reader, leading.UUID); !drawn || err != nil {
			t.Errorf("now managing projects: drawn %t, answered %v", drawn, err)
		}
	})
}
