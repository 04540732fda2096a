package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A ShownRole is a role with how many members hold it.
type ShownRole struct {
	directory.Role
	Holders int64
	Differs bool // the account changed it, and the catalogue says otherwise (ROLE-3)
	// Editable says that the reader may change it: nobody the administrator level, who
	// only manages the library nothing that permits anything (ROLE-6).
	Editable bool
}

// RoleList is every role of an account: those that can be given, and the
// archived ones, which their holders keep (ROLE-8).
type RoleList struct {
	Roles, Archived []ShownRole
	Differences     int  // how many differ from the catalogue
	Manage          bool // the reader may make and change roles of all kinds
	Makes           bool // functions, at least
}

// Of are the roles of one kind that can be given.
func (l RoleList) Of(kind directory.RoleKind) []ShownRole {
	return slices.DeleteFunc(slices.Clone(l.Roles), func(o ShownRole) bool { return o.Kind != kind })
}

// List reads all roles of an account. It is for its managers, like the report of
// permissions by role: it refuses whoever holds neither members.manage nor
// roles.manage at the account or at a unit of its first level; whoever manages the
// library reads functions and levels (ACC-13).
func (s *Roles) List(ctx context.Context, actor authz.Actor, account directory.AccountID) (RoleList, error) {
	var list RoleList
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.May(authz.ManageLibrary, 0) {
			if err := gate.RequireOversight(rights); err != nil {
				return err
			}
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		holders, err := r.RoleHolders(ctx, account, 0)
		if err != nil {
			return err
		}
		list.Manage, list.Makes = rights.May(authz.ManageRoles, 0), rights.EditsRole(directory.Role{Kind: directory.Function})
		for _, o := range roles {
			if !rights.SeesRole(o) {
				continue
			}
			one := ShownRole{Role: o, Holders: holders[o.ID], Differs: s.differs(a, o), Editable: editable(rights, o)}
			if one.Differs {
				list.Differences++
			}
			if o.Archived.IsZero() {
				list.Roles = append(list.Roles, one)
			} else {
				list.Archived = append(list.Archived, one)
			}
		}
		return nil
	})
	return list, err
}

// A HeldAt is a unit at which a role is granted, to how many members.
type HeldAt struct {
	Unit    directory.Unit
	Holders int64
}

// heldAtMost is how many units of a role a form names.
const heldAtMost = 20

// A PermissionChoice is a permission as a role's form offers it.
type PermissionChoice struct {
	catalogue.Permission
	Held  bool                  // the role has it
	Free  bool                  // the editor may add it: they hold it wherever the role is held (ROLE-6)
	Where []catalogue.UnitLevel // the levels at which it counts, top down; none: everywhere (ROLE-10)
	Idle  bool                  // it can give nothing in a role of this kind: it does not count at the account, where those act
}

// A PermissionGroup is a group of the catalogue with what a form offers of it.
type PermissionGroup struct {
	catalogue.Group
	Permissions []PermissionChoice
}

// A RoleForm is one role with all that its form shows and offers.
type RoleForm struct {
	ShownRole
	Permits   bool     // the editor may tick permissions at all
	Declared  bool     // the catalogue in force has it: it can be set back
	HeldAt    []HeldAt // of a rights role: the units with most holders
	Units     int      // at how many units it is granted
	Groups    []PermissionGroup
	Levels    []directory.Role    // a function may propose one (ADD-4)
	Products  []catalogue.Product // and products
	Projects  bool                // the account type knows projects: a role has a place
	Languages []string
}

// Role is one role for its form. It refuses without roles.manage, or for a function
// library.manage; and with role.not_found.
func (s *Roles) Role(ctx context.Context, actor authz.Actor, account directory.AccountID, role string) (RoleForm, error) {
	return s.form(ctx, actor, account, func(ctx context.Context, r *store.Reader, roles []directory.Role) (RoleForm, error) {
		o, err := roleOf(roles, role)
		if err != nil {
			return RoleForm{}, err
		}
		holders, err := r.RoleHolders(ctx, account, o.ID)
		if err != nil {
			return RoleForm{}, err
		}
		return RoleForm{ShownRole: ShownRole{Role: o, Holders: holders[o.ID]}}, nil
	})
}

// Blank is the form of a new role of a kind. It refuses as Role does, and with
// field.unknown_choice when there is no such kind.
func (s *Roles) Blank(ctx context.Context, actor authz.Actor, account directory.AccountID, kind directory.RoleKind) (RoleForm, error) {
	return s.form(ctx, actor, account, func(context.Context, *store.Reader, []directory.Role) (RoleForm, error) {
		if err := checkKind(kind); err != nil {
			return RoleForm{}, err
		}
		return RoleForm{ShownRole: ShownRole{Role: directory.Role{Kind: kind, Place: directory.AtBoth}}}, nil
	})
}

func checkKind(kind directory.RoleKind) error {
	switch kind {
	case directory.Function, directory.Level, directory.RightsRole:
		return nil
	}
	return directory.InvalidField("kind", "field.unknown_choice", directory.Args{"Value": shownValue(string(kind))})
}

// shownValue is what may stand in a sentence of a value that nobody offered.
func shownValue(s string) string {
	if runes := []rune(s); len(runes) > directory.RoleNameMost {
		return string(runes[:directory.RoleNameMost]) + "…"
	}
	return s
}

func roleOf(roles []directory.Role, id string) (directory.Role, error) {
	i := slices.IndexFunc(roles, func(o directory.Role) bool { return o.UUID == id })
	if i < 0 {
		return directory.Role{}, directory.Refuse(directory.NotFound, "role.not_found")
	}
	return roles[i], nil
}

// editable reports whether the reader may change a role.
func editable(rights authz.Rights, o directory.Role) bool {
	return !isAdministratorLevel(o) && rights.EditsRole(o)
}

func isAdministratorLevel(o directory.Role) bool {
	return o.Kind == directory.Level && o.Code == directory.AdminLevel
}

func (s *Roles) form(ctx context.Context, actor authz.Actor, account directory.AccountID,
	begin func(ctx context.Context, r *store.Reader, roles []directory.Role) (RoleForm, error)) (RoleForm, error) {
	var f RoleForm
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, editing(rights), 0); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		if f, err = begin(ctx, r, roles); err != nil {
			return err
		}
		if f.Permits = rights.May(authz.ManageRoles, 0); !f.Permits && f.Kind != directory.Function {
			return gate.Require(rights, authz.ManageRoles, 0)
		}
		f.Editable = editable(rights, f.Role)
		return s.offer(ctx, r, &f, formGround{rights, a, roles})
	})
	return f, err
}

// editing is the permission by which somebody edits roles at all: by the weaker one
// whoever holds only that.
func editing(rights authz.Rights) authz.Permission {
	if !rights.May(authz.ManageRoles, 0) && rights.May(authz.ManageLibrary, 0) {
		return authz.ManageLibrary
	}
	return authz.ManageRoles
}

// A formGround is what the form of a role is offered on.
type formGround struct {
	rights  authz.Rights
	account directory.Account
	roles   []directory.Role
}

// offer fills in what a form offers: of levels those that the editor may give, since
// whoever gets the function gets them (ROLE-6), and the one it proposes already.
func (s *Roles) offer(ctx context.Context, r *store.Reader, f *RoleForm, g formGround) error {
	c := s.gate.Catalogue()
	t, _ := c.AccountType(g.account.Type)
	_, f.Declared = s.declared(g.account, f.Role)
	f.Differs, f.Languages, f.Products = s.differs(g.account, f.Role), c.Languages, c.ProductsOf(g.account.Type)
	_, f.Projects = t.ProjectLevel()
	for _, o := range g.roles {
		proposable := proposes(o, f.Projects) && s.mayName(g.rights, g.account, o) == nil
		if o.Kind == directory.Level && (proposable || o.Code == f.DefaultLevel) {
			f.Levels = append(f.Levels, o)
		}
	}
	reach, err := s.reachOf(ctx, r, g.rights.Tree(), f.Role)
	if err != nil {
		return err
	}
	f.HeldAt, f.Units = reach.named(g.rights.Tree())
	if !f.Permits && len(f.Permissions) == 0 {
		return nil
	}
	f.Groups = s.groups(t, f.Role, func(p catalogue.Permission) bool {
		_, missing := reach.missing(g.rights, p)
		return f.Permits && !missing
	})
	return nil
}

// proposes reports whether functions may propose a level: one that is given in the
// account, or in its projects where it has some (ADD-4).
func proposes(o directory.Role, projects bool) bool {
	return o.Kind == directory.Level && o.Archived.IsZero() && (projects || o.Place != directory.AtProject)
}

// mayName refuses with role.not_held a level that somebody is to name for a function
// and could not give: whoever gets the function gets it (ROLE-6). One that permits in
// projects what counts nowhere above them is named by who manages projects.
func (c *core) mayName(rights authz.Rights, a directory.Account, level directory.Role) *directory.Error {
	refusal := roster.Gift{Role: level, Unit: a.Root, Field: "default_level"}.Refusal(rights, a.Language)
	if refusal != nil || rights.May(authz.ManageProjects, 0) {
		return refusal
	}
	t, _ := c.gate.Catalogue().AccountType(a.Type)
	project, has := t.ProjectLevel()
	within := slices.ContainsFunc(level.Permissions, func(id string) bool {
		p, known := c.gate.Catalogue().Permission(id)
		return known && p.CountsAt(project.ID) && !p.CountsAt(catalogue.RootLevel)
	})
	if !has || !within {
		return nil
	}
	return &directory.Error{Kind: directory.Denied, Code: "role.not_held", Field: "default_level", Args: directory.Args{"Role": level.Name(a.Language)}}
}

// groups are the permissions that can count in accounts of a type, and those the
// role has although they cannot.
func (c *core) groups(t catalogue.AccountType, o directory.Role, free func(catalogue.Permission) bool) []PermissionGroup {
	declared := c.gate.Catalogue()
	var groups []PermissionGroup
	for _, g := range declared.Groups {
		group := PermissionGroup{Group: g}
		for _, p := range declared.Permissions {
			held := slices.Contains(o.Permissions, p.ID)
			where, counts := countsWhere(t, p)
			if p.Group != g.ID || !held && !counts {
				continue
			}
			group.Permissions = append(group.Permissions, PermissionChoice{Permission: p, Held: held, Free: free(p), Where: where,
				Idle: !counts || !p.CountsAt(catalogue.RootLevel) && actsAtAccount(o)})
		}
		if len(group.Permissions) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// actsAtAccount reports whether a role is held at the account itself and nowhere
// else: functions and levels that are not those of projects.
func actsAtAccount(o directory.Role) bool {
	return o.Kind != directory.RightsRole && o.Place != directory.AtProject
}

// countsWhere are the levels of an account type at which a permission counts, the
// account itself first; none when it counts at all of them. It answers false when
// it counts at none. Rule ROLE-10.
func countsWhere(t catalogue.AccountType, p catalogue.Permission) ([]catalogue.UnitLevel, bool) {
	levels := levelsOf(t)
	counting := slices.DeleteFunc(slices.Clone(levels), func(l catalogue.UnitLevel) bool { return !p.CountsAt(l.ID) })
	if len(counting) == len(levels) {
		return nil, true
	}
	return counting, len(counting) > 0
}

// levelsOf are the levels at which roles act in accounts of a type: the account
// itself, then those of units at which they can be granted.
func levelsOf(t catalogue.AccountType) []catalogue.UnitLevel {
	levels := []catalogue.UnitLevel{{ID: catalogue.RootLevel, Label: t.RootLabel}}
	for _, l := range t.UnitLevels {
		if l.Grantable {
			levels = append(levels, l)
		}
	}
	return levels
}

// A reach is where a role is held, and so where its editor must hold what they
// add to it (ROLE-6): every unit with a grant of it, and the account's root for
// functions, levels and roles that nobody has been given.
type reach struct {
	units []store.RoleUnit
	role  directory.Role
}

func (c *core) reachOf(ctx context.Context, r *store.Reader, tree *authz.Tree, o directory.Role) (reach, error) {
	at := reach{role: o}
	if o.Kind == directory.RightsRole && o.ID != 0 {
		var err error
		if at.units, err = r.RoleUnits(ctx, o.ID); err != nil {
			return at, err
		}
	}
	if len(at.units) == 0 {
		at.units = []store.RoleUnit{{Unit: tree.Root()}}
	}
	return at, nil
}

// missing is a unit at which the role would give the permission and the editor
// does not hold it. Where it does not count the role gives nothing (ROLE-10).
func (at reach) missing(rights authz.Rights, p catalogue.Permission) (directory.UnitID, bool) {
	for _, held := range at.units {
		if p.CountsAt(rights.Tree().Level(held.Unit)) && !rights.May(authz.Permission(p.ID), held.Unit) {
			return held.Unit, true
		}
	}
	return 0, false
}

// named are the units with most holders, and how many units there are.
func (at reach) named(tree *authz.Tree) ([]HeldAt, int) {
	if at.role.Kind != directory.RightsRole || len(at.units) == 1 && at.units[0].Holders == 0 {
		return nil, 0
	}
	var named []HeldAt
	for _, held := range at.units[:min(len(at.units), heldAtMost)] {
		if unit, ok := tree.Unit(held.Unit); ok {
			named = append(named, HeldAt{Unit: unit, Holders: held.Holders})
		}
	}
	return named, len(at.units)
}
