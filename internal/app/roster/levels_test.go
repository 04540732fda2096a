package roster_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A leveled person as the plain model has them: which levels they hold by code, and
// whether they are active.
type leveled struct {
	email  string
	actor  authz.Actor
	id     string
	key    directory.MemberID
	levels map[string]bool
	off    bool
}

func (l leveled) codes() []string { return slices.Sorted(maps.Keys(l.levels)) }

// A levelGame is an account whose members get and lose access levels, beside a model
// of it.
type levelGame struct {
	firm
	people []*leveled
	codes  []string
	named  int
}

// TestSeveralLevels lets people hold random sets of access levels, by every door, and
// compares after each act what the account says of everybody with plain sets: levels,
// rights, filters, the order of the list, and that an administrator remains.
func TestSeveralLevels(t *testing.T) { // ADD-8, ROLE-1, ACC-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.AccountOf("204 817", "construction")
		g := &levelGame{firm: firm{w, account, w.Operator()}}
		first := w.Administrator(account, "p0@maraval.example")
		own, err := w.Roles.Create(w.Context(), first, account.ID, app.NewRole{Kind: directory.Level,
			Names: map[string]string{directory.EveryLanguage: "Achats"}, Permissions: []string{string(authz.ViewHistory), string(authz.ViewDashboards)}})
		w.Must(err)
		g.codes = []string{directory.AdminLevel, "executive", "standards-administrator", own.Code}
		for i := range 4 {
			p := &leveled{email: fmt.Sprintf("p%d@maraval.example", i), actor: first, levels: map[string]bool{}}
			if i > 0 {
				p.actor, _ = w.Member(account, p.email)
			}
			g.people = append(g.people, p)
		}
		g.people[0].levels[directory.AdminLevel] = true
		for _, m := range g.listed(app.MemberQuery{}) {
			i := slices.IndexFunc(g.people, func(p *leveled) bool { return p.email == m.Person.Email })
			g.people[i].id, g.people[i].key = m.UUID, m.ID
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 4).Draw(rt, "acts") {
				g.act(rt)
				g.compare(rt)
			}
		})
	})
}

func (g *levelGame) listed(q app.MemberQuery) []app.ListedMember {
	g.T.Helper()
	page, err := g.Members.List(g.Context(), g.admin, g.account.ID, q)
	g.Must(err)
	return page.Rows
}

// administers reports whether the model has an active administrator besides one.
func (g *levelGame) administers(besides *leveled) bool {
	return slices.ContainsFunc(g.people, func(p *leveled) bool { return p != besides && !p.off && p.levels[directory.AdminLevel] })
}

// last reports whether somebody may not cease to be an administrator.
func (g *levelGame) last(p *leveled) bool {
	return !p.off && p.levels[directory.AdminLevel] && !g.administers(p)
}

// act does something to somebody, and holds the answer against the model.
func (g *levelGame) act(rt *rapid.T) {
	ctx, id := g.Context(), g.account.ID
	p := rapid.SampledFrom(g.people).Draw(rt, "person")
	drawn := rapid.SliceOfN(rapid.SampledFrom(g.codes), 0, 5).Draw(rt, "levels") // in any order, some twice
	set := map[string]bool{}
	for _, code := range drawn {
		set[code] = true
	}
	outcome := func(changes bool, loses bool) string {
		switch {
		case loses && g.last(p):
			return "administrator.last"
		case changes:
			return "changed"
		}
		return "unchanged"
	}
	var want, got string
	after, off := p.levels, p.off
	door := rapid.SampledFrom([]string{"edit", "edit", "name", "exclude", "row", "off", "on", "again", "rename"}).Draw(rt, "door")
	switch door {
	case "edit":
		want, after = outcome(!maps.Equal(set, p.levels), !set[directory.AdminLevel]), set
		got = g.said(g.Members.EditMembers(ctx, g.admin, id, app.Of(p.id), app.MemberChange{Levels: &drawn}))
	case "name":
		after = maps.Clone(p.levels)
		after[directory.AdminLevel] = true
		if want = "changed"; p.off && !p.levels[directory.AdminLevel] {
			want = "member.inactive"
		}
		got = g.one(g.Members.NameAdministrator(ctx, g.admin, id, p.id))
	case "exclude":
		after = maps.Clone(p.levels)
		delete(after, directory.AdminLevel)
		if want = outcome(true, true); !p.levels[directory.AdminLevel] {
			want = "member.not_administrator"
		}
		got = g.one(g.Members.ExcludeAdministrator(ctx, g.admin, id, p.id))
	case "row": // what a file says of somebody; without a level it leaves them alone
		want = outcome(len(set) > 0 && !maps.Equal(set, p.levels), len(set) > 0 && !set[directory.AdminLevel])
		if len(set) > 0 {
			after = set
		}
		got = g.said(g.Members.Add(ctx, g.admin, id, []app.NewMember{{Row: 1, Email: p.email, Levels: drawn}}, app.AddOptions{Change: true, Silent: true}))
	case "off":
		want, off = outcome(!p.off, true), true
		got = g.said(g.Members.Deactivate(ctx, g.admin, id, app.Of(p.id)))
	case "on":
		want, off = outcome(p.off, false), false
		got = g.said(g.Members.Reactivate(ctx, g.admin, id, app.Of(p.id)))
	case "again": // out of the account, and in again with other levels
		want, after = outcome(true, true), set
		if got = g.said(g.Members.Remove(ctx, g.admin, id, app.Of(p.id))); got == "changed" {
			off = false
			g.returns(p, drawn)
		}
	case "rename":
		g.rename(rt)
	}
	if got != want {
		rt.Fatalf("%s %v of somebody with %v, off %t: %q, want %q", door, drawn, p.codes(), p.off, got, want)
	}
	if got == "changed" {
		p.levels, p.off = after, off
	}
}

// returns brings somebody back who was removed, as an active member.
func (g *levelGame) returns(p *leveled, codes []string) {
	g.Must(apptest.ErrOf(g.Members.Add(g.Context(), g.admin, g.account.ID, []app.NewMember{{Row: 1, Email: p.email, Levels: codes}}, app.AddOptions{Silent: true})))
	g.Must(g.DB.Update(g.Context(), []directory.AccountID{g.account.ID}, func(tx *store.Tx) error {
		m, err := tx.Member(g.Context(), p.key)
		if err != nil {
			return err
		}
		before := store.MemberRow{Member: m}
		m.Status = directory.Active
		return tx.Apply(g.Context(), store.Write{Changes: []store.Change{store.UpdateMembers{store.MemberRow{Member: m, Before: &before}}}})
	}))
}

// rename calls a level otherwise, so that the levels are sorted otherwise.
func (g *levelGame) rename(rt *rapid.T) {
	role := g.role(rapid.SampledFrom(g.codes[1:]).Draw(rt, "renamed"))
	g.named++
	name := fmt.Sprintf("%c%d", rapid.RuneFrom([]rune("AMZÉ")).Draw(rt, "name"), g.named)
	g.Must(g.Roles.Rename(g.Context(), g.people[g.keeper()].actor, g.account.ID, role.UUID, app.RoleNames{Version: role.Version,
		Names: map[string]string{"fr": name, "en": name, "de": name, "nl": name}}))
}

// keeper is somebody who is an administrator now.
func (g *levelGame) keeper() int {
	return slices.IndexFunc(g.people, func(p *leveled) bool { return !p.off && p.levels[directory.AdminLevel] })
}

func (g *levelGame) roles() []directory.Role {
	g.T.Helper()
	var roles []directory.Role
	g.Must(g.DB.View(g.Context(), func(r *store.Reader) (err error) {
		roles, err = r.Roles(g.Context(), g.account.ID)
		return err
	}))
	return roles
}

func (g *levelGame) role(code string) directory.Role {
	g.T.Helper()
	roles := g.roles()
	return roles[slices.IndexFunc(roles, func(o directory.Role) bool { return o.Kind == directory.Level && o.Code == code })]
}

// said is the outcome of the one verdict, or why it was refused.
func (g *levelGame) said(verdicts app.Verdicts, err error) string {
	g.T.Helper()
	g.Must(err)
	if verdicts[0].Refusal != nil {
		return verdicts[0].Refusal.Code
	}
	return string(verdicts[0].Outcome)
}

// one is what became of an act on one member.
func (g *levelGame) one(err error) string {
	g.T.Helper()
	if err == nil {
		return "changed"
	}
	return g.Code(err)
}

// compare holds everything that tells of levels against the model.
func (g *levelGame) compare(rt *rapid.T) {
	if !g.administers(nil) {
		rt.Fatal("no administrator remains")
	}
	roles, rows := g.roles(), map[string]app.ListedMember{}
	level := map[string]directory.Role{}
	for _, o := range roles {
		if o.Kind == directory.Level {
			level[o.Code] = o
		}
	}
	listed := g.listed(app.MemberQuery{Sort: "level"})
	sorted := slices.IsSortedFunc(listed, func(a, b app.ListedMember) int {
		return strings.Compare(directory.Fold(strings.Join(directory.RoleNames(a.Levels, "fr"), ", ")), directory.Fold(strings.Join(directory.RoleNames(b.Levels, "fr"), ", ")))
	})
	if !sorted || len(listed) != len(g.people) {
		rt.Fatalf("%d of %d members are listed, by their levels: %t", len(listed), len(g.people), sorted)
	}
	for _, m := range listed {
		rows[m.UUID] = m
	}
	for _, p := range g.people {
		m := rows[p.id]
		if m.Administrator() != p.levels[directory.AdminLevel] || (m.Level == level[directory.AdminLevel].ID) != m.Administrator() {
			rt.Fatalf("%v: administrator %t, %d first", p.codes(), m.Administrator(), m.Level)
		}
		var codes []string
		for _, o := range m.Levels {
			codes = append(codes, o.Code)
		}
		if slices.Sort(codes); !slices.Equal(codes, p.codes()) {
			rt.Fatalf("the list says %v, want %v", codes, p.codes())
		}
		g.compareRights(rt, p, level)
	}
	g.compareFilters(rt)
}

// compareRights: what somebody may do is what a plain member may and what each level
// gives, together; "Why?" says so too.
func (g *levelGame) compareRights(rt *rapid.T, p *leveled, level map[string]directory.Role) {
	rights, err := g.Rights(g.Context(), p.actor, g.account.ID)
	g.Must(err)
	if p.off {
		if rights.MayAnywhere(authz.ViewAccount) || rights.MayAnywhere(authz.ManageLibrary) {
			rt.Fatal("who is switched off may do something")
		}
		return
	}
	tree := rights.Tree()
	given := map[authz.Permission]bool{}
	for _, code := range p.codes() {
		for _, permission := range tree.Gives(level[code].ID, 0) {
			given[permission] = true
		}
	}
	for _, rule := range tree.Rules() {
		if got := rights.May(rule.Permission, 0); got != given[rule.Permission] && rule.Permission != authz.ViewAccount {
			rt.Fatalf("with %v may %s: %t", p.codes(), rule.Permission, got)
		}
	}
	asked := rapid.SampledFrom([]authz.Permission{authz.ViewDashboards, authz.ManageLibrary, authz.ViewHistory}).Draw(rt, "asked")
	why, err := g.Reasons.Why(g.Context(), g.admin, g.account.ID, app.WhyQuery{Person: p.id, Permission: string(asked)})
	g.Must(err)
	var by []string
	for _, h := range why.Explanation.By {
		o, _ := tree.Role(h.Role)
		by = append(by, o.Code)
	}
	want := slices.DeleteFunc(p.codes(), func(code string) bool { return !slices.Contains(tree.Gives(level[code].ID, 0), asked) })
	if slices.Sort(by); !slices.Equal(by, want) || len(why.Holder.Levels) != len(p.levels) {
		rt.Fatalf("%s comes by %v of %d levels, want %v of %v", asked, by, len(why.Holder.Levels), want, p.codes())
	}
}

// compareFilters: each level finds who holds it among others, none finds plain members.
func (g *levelGame) compareFilters(rt *rapid.T) {
	asked := rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{app.None}, g.codes...)), 1, 3, rapid.ID).Draw(rt, "filter")
	want := 0
	for _, p := range g.people {
		if slices.ContainsFunc(asked, func(code string) bool { return p.levels[code] || code == app.None && len(p.levels) == 0 }) {
			want++
		}
	}
	if got := len(g.listed(app.MemberQuery{Levels: asked})); got != want {
		rt.Fatalf("filter %v finds %d, want %d", asked, got, want)
	}
}
