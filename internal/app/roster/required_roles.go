package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Requirement is at which levels an account requires a role of people. A level
// without any unit in use requires nothing yet.
type Requirement struct {
	tree   *authz.Tree
	rights authz.Rights // of whoever is told
	Levels []string
}

// Requires is what an account of the kind requires.
func Requires(t *authz.Tree, kind catalogue.AccountType, rights authz.Rights) Requirement {
	q := Requirement{tree: t, rights: rights}
	for _, level := range RequiredLevels(kind.GeneralRoleRequired, kind.RoleRequiredAt) {
		if t.InUse(level) {
			q.Levels = append(q.Levels, level)
		}
	}
	return q
}

// Any reports whether something is required at all.
func (q Requirement) Any() bool { return len(q.Levels) > 0 }

// Missing are the required levels at which none of the grants is. A technical
// user is a program: nothing is required of it. What is held at an archived unit,
// or of an archived role, is held still (ROLE-8). The store's filter says the same
// in SQL.
func (q Requirement) Missing(u directory.User, grants []directory.Grant) []string {
	if u.Technical() {
		return nil
	}
	var missing []string
	for _, level := range q.Levels {
		if !slices.ContainsFunc(grants, func(g directory.Grant) bool { return q.tree.Level(g.Unit) == level }) {
			missing = append(missing, level)
		}
	}
	return missing
}

// Lacks tells of each missing level where the role would stand for somebody of
// that home unit, as far as the reader knows of it.
func (q Requirement) Lacks(u directory.User, home directory.UnitID, grants []directory.Grant) []gate.Lack {
	var lacks []gate.Lack
	for _, level := range q.Missing(u, grants) {
		lack := gate.Lack{Level: level}
		for _, id := range q.tree.Path(home) {
			if unit, _ := q.tree.Unit(id); q.tree.Level(id) == level && KnowsUnit(q.rights, id) {
				lack.Unit, lack.Name = unit.UUID, unit.Name
			}
		}
		lacks = append(lacks, lack)
	}
	return lacks
}

// Required is what the plan's account requires.
func (g *Granting) Required() Requirement {
	if g.asked == nil {
		q := Requires(g.Tree, g.Kind, g.Rights)
		g.asked = &q
	}
	return *g.asked
}

// lacks is what a member lacks as the plan stands. Of a guest, whose home unit is
// out of sight, nothing is told.
func (g *Granting) lacks(m directory.Member) []gate.Lack {
	if !SeesPeopleAt(g.Rights, m.Unit) {
		return nil
	}
	return g.Required().Lacks(g.users[m.User], m.Unit, g.live[m.ID])
}

// Tell adds to a verdict on what was done what is lacked once all of it is.
func (g *Granting) Tell(v *gate.Verdict) {
	if g.Required().Any() && (v.Outcome == gate.Added || v.Outcome == gate.Changed) {
		v.Lacks = g.lacks(v.Member)
	}
}

// ProposeRoles is what every door does about required roles for whom it brings
// in: it gives the role that is proposed for everybody, where whoever lets them in
// may give it, and tells what they lack all the same. Nobody is refused for it:
// people come in before their rights are settled (ROLE-3).
func (w *Writer) ProposeRoles(ctx context.Context, r *store.Reader, ro *Roster, verdicts gate.Verdicts) error {
	if !slices.ContainsFunc(verdicts, func(v gate.Verdict) bool { return v.Came }) {
		return nil
	}
	g, err := w.GrantingIn(ctx, r, ro.Plan)
	if err != nil || !g.Required().Any() {
		return err
	}
	var there []directory.MemberID
	for _, v := range verdicts {
		if v.Came && v.Outcome != gate.Added { // who is new holds nothing
			there = append(there, v.Member.ID)
		}
	}
	if g.live, err = r.GrantsOfAll(ctx, there); err != nil {
		return err
	}
	g.users = make(map[directory.UserID]directory.User, len(ro.People))
	for id, u := range ro.People {
		if !slices.Contains(ro.disarmed, id) { // once is enough
			g.users[id] = u
		}
	}
	for i, v := range verdicts {
		if v.Came {
			g.Propose(v.Member)
			verdicts[i].Lacks = g.lacks(v.Member)
		}
	}
	g.Settle()
	return nil
}
