package app

import (
	"context"
	"slices"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// granting gives and takes back roles at units in one plan. It is the only way
// a grant is written.
type granting struct {
	Basis
	plan    *Plan // none where nothing is given, only shown what could be
	tree    *authz.Tree
	account directory.Account
	kind    catalogue.AccountType
	lang    string
	members []directory.Member
	users   map[directory.UserID]directory.User
	live    map[directory.MemberID][]directory.Grant

	given []directory.Grant
	ended []directory.GrantID

	disarmed []directory.UserID // whose provisional password somebody else had set
	asked    *requirement       // what the account requires, once it is asked for
}

// granting starts with members of the plan's account and what they hold.
func (c *core) granting(ctx context.Context, r *store.Reader, p *Plan, keys []directory.MemberID) (*granting, error) {
	g, err := c.grantingIn(ctx, r, p)
	if err != nil {
		return nil, err
	}
	if g.members, err = r.Members(ctx, p.Account, keys); err != nil {
		return nil, err
	}
	people := make([]directory.UserID, len(g.members))
	for i, m := range g.members {
		people[i] = m.User
	}
	if g.users, err = r.Users(ctx, people); err != nil {
		return nil, err
	}
	g.live, err = r.GrantsOfAll(ctx, keys)
	return g, err
}

// grantingIn starts with nobody.
func (c *core) grantingIn(ctx context.Context, r *store.Reader, p *Plan) (*granting, error) {
	g, err := c.grantingOn(ctx, r, p.Basis)
	if err == nil {
		g.plan = p
	}
	return g, err
}

// grantingOn gives nothing: it says what could be given.
func (c *core) grantingOn(ctx context.Context, r *store.Reader, b Basis) (*granting, error) {
	g := &granting{Basis: b, live: map[directory.MemberID][]directory.Grant{}}
	var err error
	if g.account, err = r.Account(ctx, b.Account); err != nil {
		return nil, err
	}
	g.lang = g.account.Language
	g.kind, _ = c.catalogue().AccountType(g.account.Type)
	g.tree, err = c.tree(ctx, r, b.Account)
	return g, err
}

// role is a role that may be chosen: of kind rights and not archived (ROLE-8).
func (g *granting) role(code, field string) (directory.Role, *directory.Error) {
	role, ok := rightsRole(g.tree, code)
	if !ok || !role.Archived.IsZero() {
		return role, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": code})
	}
	return role, nil
}

// rightsRole finds a role of kind rights by its code or public id.
func rightsRole(t *authz.Tree, code string) (directory.Role, bool) {
	for _, role := range t.Roles() {
		if role.Kind == directory.RightsRole && (role.Code == code || role.UUID == code) {
			return role, true
		}
	}
	return directory.Role{}, false
}

// sees reports whether the actor may know of the member: by the home unit, or
// by a role held at a unit in sight (UNIT-5).
func (g *granting) sees(m directory.Member) bool {
	return m.Removed.IsZero() && inSight(g.Rights, m, g.live[m.ID])
}

// manages refuses with unit.not_found what is out of sight, and with
// denied.permission where others give roles (ROLE-5).
func manages(rights authz.Rights, unit directory.UnitID, field string) *directory.Error {
	if rights.May(authz.ManageMembers, unit) {
		return nil
	}
	if !knowsUnit(rights, unit) {
		return directory.InvalidField(field, "unit.not_found", nil)
	}
	return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Field: field,
		Args: directory.Args{"Permission": string(authz.ManageMembers)}}
}

// mayEnd refuses what the actor may not take back: nobody takes away what they
// could not give (ROLE-5, ROLE-6).
func mayEnd(rights authz.Rights, role directory.Role, unit directory.UnitID, field string) *directory.Error {
	if refusal := manages(rights, unit, field); refusal != nil {
		return refusal
	}
	return gift{role, unit, field}.refusal(rights, "")
}

// mayGive refuses what the actor may not give at the unit: where they do not
// manage users (ROLE-5), more than they hold there (ROLE-6), at a unit that is
// archived or whose level takes no roles.
func (g *granting) mayGive(role directory.Role, unit directory.UnitID, field string) *directory.Error {
	if refusal := grantableAt(g.tree, g.kind, unit, g.lang); refusal != nil {
		if out := manages(g.Rights, unit, field); out != nil {
			return out
		}
		refusal.Field = field
		return refusal
	}
	refusal := mayEnd(g.Rights, role, unit, field)
	if refusal != nil && refusal.Code == "role.not_held" {
		refusal.Args = directory.Args{"Role": role.Name(g.lang)}
	}
	return refusal
}

// grantableAt refuses a unit at which nobody gives roles.
func grantableAt(t *authz.Tree, kind catalogue.AccountType, unit directory.UnitID, lang string) *directory.Error {
	u, found := t.Unit(unit)
	if !found {
		return directory.Refuse(directory.NotFound, "unit.not_found")
	}
	if refusal := archivedAt(t, unit); refusal != nil {
		return refusal
	}
	if u.ID == t.Root() {
		return nil
	}
	level, known := kind.Level(u.Level)
	if known && level.Grantable {
		return nil
	}
	return &directory.Error{Kind: directory.Conflict, Code: "unit.not_grantable", Args: directory.Args{"Level": level.Label.In(lang)}}
}

// held is the member's grant of a role at a unit, if there is one now.
func (g *granting) held(m directory.MemberID, role directory.RoleID, unit directory.UnitID) (directory.Grant, bool) {
	i := slices.IndexFunc(g.live[m], func(o directory.Grant) bool { return o.Role == role && o.Unit == unit })
	if i < 0 {
		return directory.Grant{}, false
	}
	return g.live[m][i], true
}

// give adds a grant and records it.
func (g *granting) give(m directory.Member, role directory.Role, unit directory.UnitID) {
	if unit == 0 {
		unit = g.tree.Root()
	}
	g.plan.relies(store.Asked{Permission: string(authz.ManageMembers), Unit: unit})
	grant := directory.Grant{ID: directory.GrantID(g.plan.NewKey()), Member: m.ID, Role: role.ID, Unit: unit, By: g.plan.Actor.User, From: g.plan.Now}
	if u := g.users[m.User]; u.SetByOther(g.plan.Actor.User) && !slices.Contains(g.disarmed, u.ID) {
		g.disarmed = append(g.disarmed, u.ID)
	}
	g.given = append(g.given, grant)
	g.live[m.ID] = append(g.live[m.ID], grant)
	g.record(audit.GrantGiven, m, grant, role)
}

// end ends a grant and records it.
func (g *granting) end(m directory.Member, grant directory.Grant) {
	role, _ := g.tree.Role(grant.Role)
	g.plan.relies(store.Asked{Permission: string(authz.ManageMembers), Unit: grant.Unit})
	g.ended = append(g.ended, grant.ID)
	g.live[m.ID] = slices.DeleteFunc(slices.Clone(g.live[m.ID]), func(o directory.Grant) bool { return o.ID == grant.ID })
	g.record(audit.GrantEnded, m, grant, role)
}

func (g *granting) record(kind audit.Kind, m directory.Member, grant directory.Grant, role directory.Role) {
	entry := g.plan.Entry(kind, m.User, int64(m.ID))
	entry.Unit = grant.Unit
	before, after := audit.Nothing, roleValue(role, g.account.Language)
	if kind == audit.GrantEnded {
		before, after = after, before
	}
	entry.NoteValue("role", before, after)
	g.plan.Record(entry)
}

// settle hands the rows to the plan.
func (g *granting) settle() {
	if len(g.ended) > 0 {
		g.plan.Change(store.EndGrants{Account: g.account.ID, Grants: g.ended})
	}
	if len(g.given) > 0 {
		g.plan.Change(store.InsertGrants{Account: g.account.ID, By: g.plan.Actor.User, Grants: g.given})
	}
	endProvisional(g.plan, g.disarmed)
}

// unitNamed finds the unit of a public id; the empty id is the root.
func unitNamed(t *authz.Tree, uuid string) (directory.Unit, bool) {
	if uuid == "" {
		return t.Unit(0)
	}
	id, found := t.UnitByUUID(uuid)
	if !found {
		return directory.Unit{}, false
	}
	return t.Unit(id)
}
