package decision

import (
	"cmp"
	"context"
	"slices"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// fewGivers is how many people are named who could give what is missing.
const fewGivers = 3

// A remedyPlan says where and how what is missing can be given.
type remedyPlan struct {
	unit  directory.UnitID
	needs authz.Permission   // that a giver holds there
	roles []directory.RoleID // of which they hold one whole (ROLE-6); none: the permission is enough
}

// remedyFor finds the lowest unit on the way down at which something can be
// given that makes a no a yes: a role of units, or at the top a level or
// function; in a project the level or a function of a place there. Who stands in the way themselves is for those who manage users at
// their home unit. It answers false where nobody in the account can help.
func remedyFor(t *authz.Tree, kind catalogue.AccountType, e authz.Explanation, home directory.UnitID) (remedyPlan, bool) {
	switch e.Reason {
	case authz.NotActive, authz.Ended:
		return remedyPlan{unit: home, needs: authz.ManageMembers}, true
	case authz.Missing:
	default:
		return remedyPlan{}, false
	}
	path := t.Path(e.Unit)
	project, inside := t.Project(e.Unit)
	if inside { // what is given above stays outside (PROJ-11)
		path = path[t.Depth(project):]
	}
	for _, unit := range slices.Backward(path) {
		var roles []directory.RoleID
		if roster.GrantableAt(t, kind, unit, "") == nil {
			roles = rolesGiving(t, e.Permission, unit, directory.RightsRole)
		}
		if inside && unit == project {
			roles = append(roles, rolesOfPlaces(t, e.Permission, project)...)
		}
		if len(roles) > 0 {
			return remedyPlan{unit, authz.ManageMembers, roles}, true
		}
	}
	if inside {
		return remedyPlan{}, false
	}
	if roles := rolesGiving(t, e.Permission, t.Root(), directory.Level, directory.Function); len(roles) > 0 {
		return remedyPlan{t.Root(), authz.ManageAdministrators, roles}, true
	}
	return remedyPlan{}, false
}

// rolesOfPlaces are the levels and functions of places in a project that give a
// permission there.
func rolesOfPlaces(t *authz.Tree, p authz.Permission, project directory.UnitID) []directory.RoleID {
	return slices.DeleteFunc(rolesGiving(t, p, project, directory.Level, directory.Function), func(id directory.RoleID) bool {
		role, _ := t.Role(id)
		return role.Place == directory.AtAccount
	})
}

// rolesGiving are the roles that may be chosen and give a permission at a unit.
func rolesGiving(t *authz.Tree, p authz.Permission, unit directory.UnitID, kinds ...directory.RoleKind) []directory.RoleID {
	var giving []directory.RoleID
	for _, role := range t.Roles() {
		if role.Archived.IsZero() && slices.Contains(kinds, role.Kind) && slices.Contains(t.Gives(role.ID, unit), p) {
			giving = append(giving, role.ID)
		}
	}
	return giving
}

func (p remedyPlan) mayBy(rights authz.Rights) bool {
	if !rights.May(p.needs, p.unit) {
		return false
	}
	return len(p.roles) == 0 || slices.ContainsFunc(p.roles, func(role directory.RoleID) bool { return rights.MayGive(role, p.unit) })
}

// A near is a member who could help, and how far down they were given the
// right to.
type near struct {
	member directory.MemberID
	depth  int
}

// whoCould finds the members who could carry a remedy out: a few of them, those
// whose own right begins nearest first, and how many there are.
func whoCould(x *authz.Index, p remedyPlan, now time.Time) ([]directory.MemberID, int64) {
	var found []near
	x.Allowed(p.needs, p.unit, now, func(i int) {
		who, rights := x.Standing(i), x.Rights(i, now)
		if who.Answers != 0 || !p.mayBy(rights) { // a program helps nobody
			return
		}
		one := near{member: who.Member}
		for _, h := range rights.Explain(p.needs, p.unit).By {
			one.depth = max(one.depth, x.Tree().Depth(h.Unit))
		}
		found = append(found, one)
	})
	slices.SortFunc(found, func(a, b near) int { return cmp.Or(cmp.Compare(b.depth, a.depth), cmp.Compare(a.member, b.member)) })
	var few []directory.MemberID
	for _, one := range found[:min(fewGivers, len(found))] {
		few = append(few, one.member)
	}
	return few, int64(len(found))
}

// remedy adds to a no who could make it a yes.
func (s *Reasons) remedy(ctx context.Context, actor authz.Actor, account directory.AccountID, w *Why) error {
	kind, _ := s.gate.Catalogue().AccountType(w.Account.Type)
	var few []directory.MemberID
	var plan remedyPlan
	err := s.index(ctx, account, func(x *authz.Index) error {
		var can bool
		if plan, can = remedyFor(x.Tree(), kind, w.Explanation, w.Holder.Unit); can {
			few, w.GiverTotal = whoCould(x, plan, s.gate.Instant())
			w.GiveAt, _ = x.Tree().Unit(plan.unit)
		}
		return nil
	})
	if err != nil || len(few) == 0 {
		return err
	}
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		return w.name(ctx, r, rights, actor.User, few)
	})
}

// name puts names to those who could help, in their order.
func (w *Why) name(ctx context.Context, r *store.Reader, rights authz.Rights, reader directory.UserID, few []directory.MemberID) error {
	members, err := r.Members(ctx, w.Account.ID, few)
	if err != nil {
		return err
	}
	people := make([]directory.UserID, len(members))
	for i, m := range members {
		people[i] = m.User
	}
	users, err := r.Users(ctx, people)
	if err != nil {
		return err
	}
	for _, key := range few {
		i := slices.IndexFunc(members, func(m directory.Member) bool { return m.ID == key })
		if i < 0 {
			continue
		}
		m := members[i]
		listed := roster.ListedMember{Member: m, Person: users[m.User]}
		g := WhyGiver{Name: listed.Name(), Own: m.User == reader, Levels: m.LevelsOf(rights.Tree().Roles())}
		if rights.May(authz.ViewMembers, m.Unit) {
			g.Member, g.Email = m.UUID, users[m.User].Email
		}
		w.Givers = append(w.Givers, g)
	}
	return nil
}
