package app

import (
	"context"
	"slices"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Lack is a level at which the account type requires a role of everybody and
// somebody holds none (ROLE-3). It is told, and found by a filter; nobody is kept
// out for it.
type Lack struct {
	Level string `json:",omitempty"` // of the catalogue; authz.RootLevel: the general role
	Unit  string `json:",omitempty"` // public id of the unit of that level above their home unit, or it; empty where there is none in sight
	Name  string `json:",omitempty"` // of that unit
}

// A requirement is at which levels an account requires a role of people. A level
// without any unit in use requires nothing yet.
type requirement struct {
	tree   *authz.Tree
	rights authz.Rights // of whoever is told
	levels []string
}

// requires is what an account of the kind requires.
func requires(t *authz.Tree, kind catalogue.AccountType, rights authz.Rights) requirement {
	q := requirement{tree: t, rights: rights}
	for _, level := range requiredLevels(kind.GeneralRoleRequired, kind.RoleRequiredAt) {
		if t.InUse(level) {
			q.levels = append(q.levels, level)
		}
	}
	return q
}

// any reports whether something is required at all.
func (q requirement) any() bool { return len(q.levels) > 0 }

// missing are the required levels at which none of the grants is. A technical
// user is a program: nothing is required of it. What is held at an archived unit,
// or of an archived role, is held still (ROLE-8). The store's filter says the same
// in SQL.
func (q requirement) missing(u directory.User, grants []directory.Grant) []string {
	if u.Technical() {
		return nil
	}
	var missing []string
	for _, level := range q.levels {
		if !slices.ContainsFunc(grants, func(g directory.Grant) bool { return q.tree.Level(g.Unit) == level }) {
			missing = append(missing, level)
		}
	}
	return missing
}

// lacks tells of each missing level where the role would stand for somebody of
// that home unit, as far as the reader knows of it.
func (q requirement) lacks(u directory.User, home directory.UnitID, grants []directory.Grant) []Lack {
	var lacks []Lack
	for _, level := range q.missing(u, grants) {
		lack := Lack{Level: level}
		for _, id := range q.tree.Path(home) {
			if unit, _ := q.tree.Unit(id); q.tree.Level(id) == level && knowsUnit(q.rights, id) {
				lack.Unit, lack.Name = unit.UUID, unit.Name
			}
		}
		lacks = append(lacks, lack)
	}
	return lacks
}

// required is what the plan's account requires.
func (g *granting) required() requirement {
	if g.asked == nil {
		q := requires(g.tree, g.kind, g.Rights)
		g.asked = &q
	}
	return *g.asked
}

// lacks is what a member lacks as the plan stands. Of a guest, whose home unit is
// out of sight, nothing is told.
func (g *granting) lacks(m directory.Member) []Lack {
	if !seesPeopleAt(g.Rights, m.Unit) {
		return nil
	}
	return g.required().lacks(g.users[m.User], m.Unit, g.live[m.ID])
}

// tell adds to a verdict on what was done what is lacked once all of it is.
func (g *granting) tell(v *Verdict) {
	if g.required().any() && (v.Outcome == Added || v.Outcome == Changed) {
		v.Lacks = g.lacks(v.member)
	}
}

// proposeRoles is what every door does about required roles for whom it brings
// in: it gives the role that is proposed for everybody, where whoever lets them in
// may give it, and tells what they lack all the same. Nobody is refused for it:
// people come in before their rights are settled (ROLE-3).
func (c *core) proposeRoles(ctx context.Context, r *store.Reader, ro *roster, verdicts Verdicts) error {
	if !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.came }) {
		return nil
	}
	g, err := c.grantingIn(ctx, r, ro.plan)
	if err != nil || !g.required().any() {
		return err
	}
	var there []directory.MemberID
	for _, v := range verdicts {
		if v.came && v.Outcome != Added { // who is new holds nothing
			there = append(there, v.member.ID)
		}
	}
	if g.live, err = r.GrantsOfAll(ctx, there); err != nil {
		return err
	}
	g.users = make(map[directory.UserID]directory.User, len(ro.people))
	for id, u := range ro.people {
		if !slices.Contains(ro.disarmed, id) { // once is enough
			g.users[id] = u
		}
	}
	for i, v := range verdicts {
		if v.came {
			g.propose(v.member)
			verdicts[i].Lacks = g.lacks(v.member)
		}
	}
	g.settle()
	return nil
}

// requirement is what the listed account requires.
func (l *listing) requirement(ctx context.Context) (requirement, error) {
	kind, _ := l.catalogue().AccountType(l.account.Type)
	if len(requiredLevels(kind.GeneralRoleRequired, kind.RoleRequiredAt)) == 0 {
		return requirement{}, nil
	}
	t, err := l.tree(ctx, l.r, l.account.ID)
	if err != nil {
		return requirement{}, err
	}
	return requires(t, kind, l.rights), nil
}

// lacking narrows a filter to who lacks a required role; where none is required,
// to nobody.
func (l *listing) lacking(f *store.MemberFilter) {
	if !l.q.LacksRole {
		return
	}
	f.LacksRoleAt = l.required.levels
	if !l.required.any() {
		f.Units = []directory.UnitID{-1}
	}
}

// tellLacks adds to rows what each lacks, with one question for all.
func (l *listing) tellLacks(ctx context.Context, rows []ListedMember) error {
	if !l.required.any() || len(rows) == 0 {
		return nil
	}
	keys := make([]directory.MemberID, len(rows))
	for i, row := range rows {
		keys[i] = row.ID
	}
	grants, err := l.r.GrantsOfAll(ctx, keys)
	for i, row := range rows {
		rows[i].Lacks = l.required.lacks(row.Person, row.Unit, grants[row.ID])
	}
	return err
}
