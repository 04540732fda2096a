package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Granting gives and takes back roles at units in one plan. It is the only way
// a grant is written.
type Granting struct {
	gate.Basis
	plan    *gate.Plan // none where nothing is given, only shown what could be
	Tree    *authz.Tree
	Account directory.Account
	Kind    catalogue.AccountType
	Lang    string
	Members []directory.Member
	users   map[directory.UserID]directory.User
	live    map[directory.MemberID][]directory.Grant

	given []directory.Grant
	ended []directory.GrantID

	disarmed []directory.UserID // whose provisional password somebody else had set
	asked    *Requirement       // what the account requires, once it is asked for
}

// Granting starts with members of the plan's account and what they hold.
func (w *Writer) Granting(ctx context.Context, r *store.Reader, p *gate.Plan, keys []directory.MemberID) (*Granting, error) {
	g, err := w.GrantingIn(ctx, r, p)
	if err != nil {
		return nil, err
	}
	if g.Members, err = r.Members(ctx, p.Account, keys); err != nil {
		return nil, err
	}
	people := make([]directory.UserID, len(g.Members))
	for i, m := range g.Members {
		people[i] = m.User
	}
	if g.users, err = r.Users(ctx, people); err != nil {
		return nil, err
	}
	g.live, err = r.GrantsOfAll(ctx, keys)
	return g, err
}

// GrantingIn starts with nobody.
func (w *Writer) GrantingIn(ctx context.Context, r *store.Reader, p *gate.Plan) (*Granting, error) {
	g, err := w.GrantingOn(ctx, r, p.Basis)
	if err == nil {
		g.plan = p
	}
	return g, err
}

// GrantingOn gives nothing: it says what could be given.
func (w *Writer) GrantingOn(ctx context.Context, r *store.Reader, b gate.Basis) (*Granting, error) {
	g := &Granting{Basis: b, live: map[directory.MemberID][]directory.Grant{}}
	var err error
	if g.Account, err = r.Account(ctx, b.Account); err != nil {
		return nil, err
	}
	g.Lang = g.Account.Language
	g.Kind, _ = w.gate.Catalogue().AccountType(g.Account.Type)
	if g.Tree = standsOn(b); g.Tree == nil {
		g.Tree, err = w.gate.Tree(ctx, r, b.Account)
	}
	return g, err
}

// standsOn is the tree of a plan's account that the plan goes on over, with the units
// and roles that it makes itself; none where the plan's rights are in another account.
func standsOn(b gate.Basis) *authz.Tree {
	if t := b.Rights.Tree(); t != nil && t.Root().Account() == b.Account {
		return t
	}
	return nil
}

// Role is a role that may be chosen: of kind rights and not archived (ROLE-8).
func (g *Granting) Role(code, field string) (directory.Role, *directory.Error) {
	role, ok := RightsRole(g.Tree, code)
	if !ok || !role.Archived.IsZero() {
		return role, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": code})
	}
	return role, nil
}

// RightsRole finds a role of kind rights by its code or public id.
func RightsRole(t *authz.Tree, code string) (directory.Role, bool) {
	for _, role := range t.Roles() {
		if role.Kind == directory.RightsRole && (role.Code == code || role.UUID == code) {
			return role, true
		}
	}
	return directory.Role{}, false
}

// Sees reports whether the actor may know of the member: by the home unit, or
// by a role held at a unit in sight (UNIT-5).
func (g *Granting) Sees(m directory.Member) bool {
	return m.Removed.IsZero() && InSight(g.Rights, m, g.live[m.ID])
}

// manages refuses with unit.not_found what is out of sight, and with
// denied.permission where others give roles (ROLE-5).
func manages(rights authz.Rights, unit directory.UnitID, field string) *directory.Error {
	if rights.May(authz.ManageMembers, unit) {
		return nil
	}
	if !KnowsUnit(rights, unit) {
		return directory.InvalidField(field, "unit.not_found", nil)
	}
	return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Field: field,
		Args: directory.Args{"Permission": string(authz.ManageMembers)}}
}

// MayEnd refuses what the actor may not take back: nobody takes away what they
// could not give (ROLE-5, ROLE-6).
func MayEnd(rights authz.Rights, role directory.Role, unit directory.UnitID, field string) *directory.Error {
	if refusal := manages(rights, unit, field); refusal != nil {
		return refusal
	}
	return Gift{role, unit, field}.Refusal(rights, "")
}

// MayGive refuses what the actor may not give at the unit: where they do not
// manage users (ROLE-5), more than they hold there (ROLE-6), at a unit that is
// archived or whose level takes no roles.
func (g *Granting) MayGive(role directory.Role, unit directory.UnitID, field string) *directory.Error {
	if refusal := GrantableAt(g.Tree, g.Kind, unit, g.Lang); refusal != nil {
		if out := manages(g.Rights, unit, field); out != nil {
			return out
		}
		refusal.Field = field
		return refusal
	}
	refusal := MayEnd(g.Rights, role, unit, field)
	if refusal != nil && refusal.Code == "role.not_held" {
		refusal.Args = directory.Args{"Role": role.Name(g.Lang)}
	}
	return refusal
}

// GrantableAt refuses a unit at which nobody gives roles.
func GrantableAt(t *authz.Tree, kind catalogue.AccountType, unit directory.UnitID, lang string) *directory.Error {
	u, found := t.Unit(unit)
	if !found {
		return directory.Refuse(directory.NotFound, "unit.not_found")
	}
	if refusal := ArchivedAt(t, unit); refusal != nil {
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
func (g *Granting) held(m directory.MemberID, role directory.RoleID, unit directory.UnitID) (directory.Grant, bool) {
	i := slices.IndexFunc(g.live[m], func(o directory.Grant) bool { return o.Role == role && o.Unit == unit })
	if i < 0 {
		return directory.Grant{}, false
	}
	return g.live[m][i], true
}

// give adds a grant and records it.
func (g *Granting) give(m directory.Member, role directory.Role, unit directory.UnitID) {
	if unit == 0 {
		unit = g.Tree.Root()
	}
	g.plan.Relies(store.Asked{Permission: string(authz.ManageMembers), Unit: unit})
	grant := directory.Grant{ID: directory.GrantID(g.plan.NewKey()), Member: m.ID, Role: role.ID, Unit: unit, By: g.plan.Actor.User, From: g.plan.Now}
	if u := g.users[m.User]; u.SetByOther(g.plan.Actor.User) && !slices.Contains(g.disarmed, u.ID) {
		g.disarmed = append(g.disarmed, u.ID)
	}
	g.given = append(g.given, grant)
	g.live[m.ID] = append(g.live[m.ID], grant)
	g.record(audit.GrantGiven, m, grant, role)
}

// end ends a grant and records it.
func (g *Granting) end(m directory.Member, grant directory.Grant) {
	role, _ := g.Tree.Role(grant.Role)
	g.plan.Relies(store.Asked{Permission: string(authz.ManageMembers), Unit: grant.Unit})
	g.ended = append(g.ended, grant.ID)
	g.live[m.ID] = slices.DeleteFunc(slices.Clone(g.live[m.ID]), func(o directory.Grant) bool { return o.ID == grant.ID })
	g.record(audit.GrantEnded, m, grant, role)
}

func (g *Granting) record(kind audit.Kind, m directory.Member, grant directory.Grant, role directory.Role) {
	entry := g.plan.Entry(kind, m.User, int64(m.ID))
	entry.Unit = grant.Unit
	before, after := audit.Nothing, roleValue(role, g.Account.Language)
	if kind == audit.GrantEnded {
		before, after = after, before
	}
	entry.NoteValue("role", before, after)
	g.plan.Record(entry)
}

// Settle hands the rows to the plan.
func (g *Granting) Settle() {
	if len(g.ended) > 0 {
		g.plan.Change(store.EndGrants{Account: g.Account.ID, Grants: g.ended})
	}
	if len(g.given) > 0 {
		g.plan.Change(store.InsertGrants{Account: g.Account.ID, By: g.plan.Actor.User, Grants: g.given})
	}
	endProvisional(g.plan, g.disarmed)
}

// UnitNamed finds the unit of a public id; the empty id is the root.
func UnitNamed(t *authz.Tree, uuid string) (directory.Unit, bool) {
	if uuid == "" {
		return t.Unit(0)
	}
	id, found := t.UnitByUUID(uuid)
	if !found {
		return directory.Unit{}, false
	}
	return t.Unit(id)
}

// A GrantVerdict is what became of one person at one unit. Effect says what the
// role adds there for them, or that it adds nothing and where it is held already
// (ROLE-2).
type GrantVerdict struct {
	gate.Verdict
	Effect gate.Effect
}

// A GrantPair is one person and one unit of an act.
type GrantPair struct {
	Member directory.MemberID `json:"m"`
	Unit   string             `json:"u"` // public id
}

// A PairAct does one thing to one person at one unit.
type PairAct func(g *Granting, m directory.Member, role directory.Role, unit directory.UnitID) (gate.Outcome, *directory.Error)
