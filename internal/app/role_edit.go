package app

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// NewRole is a role an account makes for itself. Names are by language, under
// directory.EveryLanguage the one for all others. Only functions propose a level
// and products; only they and levels have a place of their own.
type NewRole struct {
	Kind            directory.RoleKind
	Names           map[string]string
	Permissions     []string
	DefaultLevel    string
	DefaultProducts []string
	Place           string
}

// A RoleChange is what a role is to be from now on. What is nil stays. Version is
// the one the change was made on.
type RoleChange struct {
	Version         int64
	Names           map[string]string
	Permissions     *[]string
	DefaultLevel    *string
	DefaultProducts *[]string
	Place           *string
}

// Create makes a role of the account's own, with a code that never changes
// (ROLE-4).
//
// It refuses without roles.manage, or library.manage for a function that permits
// nothing (ACC-13); with role.permission_not_held when the maker does not hold what
// the role would give (ROLE-6); with the field at fault: a name that is missing, too
// long or taken, a kind, permission, level, product or place there is not; and with
// role.too_many.
func (s *Roles) Create(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewRole) (directory.Role, error) {
	var made directory.Role
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.roleEdit(ctx, r, p)
		if err != nil {
			return err
		}
		var faults directory.Faults
		made, err = e.made(ctx, n)
		if err := faults.Note(err); err != nil {
			return err
		}
		return e.save(ctx, roleUpdate{Kind: audit.RoleCreated, After: made}, faults)
	})
	return made, err
}

// made is a role as it is to be made, or the refusal.
func (e *roleEdit) made(ctx context.Context, n NewRole) (directory.Role, error) {
	if err := checkKind(n.Kind); err != nil {
		return directory.Role{}, err
	}
	if err := e.mayEdit(directory.Role{Kind: n.Kind, Permissions: n.Permissions}); err != nil {
		return directory.Role{}, err
	}
	if len(e.roles) >= directory.RolesMost {
		return directory.Role{}, &directory.Error{Kind: directory.Conflict, Code: "role.too_many", Args: directory.Args{"Max": directory.RolesMost}}
	}
	key := e.plan.NewKey()
	change := RoleChange{Names: n.Names, Permissions: &n.Permissions, DefaultLevel: &n.DefaultLevel, DefaultProducts: &n.DefaultProducts}
	if change.Names == nil {
		change.Names = map[string]string{}
	}
	if n.Place != "" {
		change.Place = &n.Place
	}
	return e.changed(ctx, directory.Role{ID: directory.RoleID(key), UUID: roster.PublicID(), Kind: n.Kind, Code: ownCode(key), Place: directory.AtBoth}, change)
}

// ownCode is the code of a role the account made: its number in the account,
// which nothing else has.
func ownCode(key int64) string { return "own-" + strconv.FormatInt(key&(1<<32-1), 10) }

// Edit changes a role for all who hold it, at once; its default level and
// products act on later assignments only (ROLE-8).
//
// It refuses as Create does, where the editor must hold each added permission
// wherever the role is held (ROLE-6); with role.administrator for the
// administrator level; with stale when somebody changed the role meanwhile; and
// with role.place_held when its holders would have it in a place it is not for.
func (s *Roles) Edit(ctx context.Context, actor authz.Actor, account directory.AccountID, role string, change RoleChange) error {
	return s.onRole(ctx, actor, account, role, func(ctx context.Context, e *roleEdit, before directory.Role) (roleUpdate, error) {
		if change.Version != before.Version {
			return roleUpdate{}, gate.Stale(ctx, e.r, store.LatestQuery{Account: e.account.ID, Object: int64(before.ID),
				Kinds: []audit.Kind{audit.RoleChanged, audit.RoleRenamed, audit.RoleReset, audit.RoleArchived, audit.RoleRestored}})
		}
		after, err := e.changed(ctx, before, change)
		kind := audit.RoleChanged
		if onlyRenamed(before, after) {
			kind = audit.RoleRenamed
		}
		return roleUpdate{kind, before, after}, err
	})
}

func onlyRenamed(before, after directory.Role) bool {
	before.Names = after.Names
	return sameRole(before, after)
}

// RoleNames are what a role is to be called, made on a version of it.
type RoleNames struct {
	Version int64
	Names   map[string]string
}

// Rename gives a role other names, everywhere it is shown (ROLE-8). It refuses as
// Edit does.
func (s *Roles) Rename(ctx context.Context, actor authz.Actor, account directory.AccountID, role string, n RoleNames) error {
	if n.Names == nil {
		n.Names = map[string]string{}
	}
	return s.Edit(ctx, actor, account, role, RoleChange{Version: n.Version, Names: n.Names})
}

// Archive takes a role off every list it is chosen from; who holds it keeps it
// (ROLE-8). One that is archived already stays so. It refuses without roles.manage,
// or library.manage for a function that permits nothing; with role.not_found, and with
// role.administrator.
func (s *Roles) Archive(ctx context.Context, actor authz.Actor, account directory.AccountID, role string) error {
	return s.onRole(ctx, actor, account, role, func(_ context.Context, e *roleEdit, before directory.Role) (roleUpdate, error) {
		after := before
		if after.Archived.IsZero() {
			after.Archived = e.plan.Now
		}
		return roleUpdate{audit.RoleArchived, before, after}, nil
	})
}

// Restore puts an archived role back on the lists. It refuses as Archive does,
// and with role.name_taken when another role has got its name meanwhile.
func (s *Roles) Restore(ctx context.Context, actor authz.Actor, account directory.AccountID, role string) error {
	return s.onRole(ctx, actor, account, role, func(_ context.Context, e *roleEdit, before directory.Role) (roleUpdate, error) {
		after := before
		after.Archived = directory.Role{}.Archived
		if before.Archived.IsZero() {
			return roleUpdate{audit.RoleRestored, before, after}, nil
		}
		if refusal := directory.CheckRoleName(directory.Role{}, after, e.living()); refusal != nil {
			return roleUpdate{}, refusal
		}
		return roleUpdate{audit.RoleRestored, before, after}, nil
	})
}

// Reset sets a shipped role back to what the catalogue in force says; from then
// on it follows the catalogue again (ROLE-3). It refuses as Edit does, and with
// role.not_in_catalogue for what the catalogue does not have.
func (s *Roles) Reset(ctx context.Context, actor authz.Actor, account directory.AccountID, role string, version int64) error {
	return s.onRole(ctx, actor, account, role, func(_ context.Context, e *roleEdit, before directory.Role) (roleUpdate, error) {
		declared, ok := s.declared(e.account, before)
		if !ok {
			return roleUpdate{}, directory.Refuse(directory.Conflict, "role.not_in_catalogue")
		}
		if version != before.Version {
			return roleUpdate{}, directory.Refuse(directory.Conflict, "stale")
		}
		return roleUpdate{audit.RoleReset, before, shippedRole(before, declared)}, nil
	})
}

// A roleEdit is one change of the roles of an account.
type roleEdit struct {
	*core
	r       *store.Reader
	plan    *gate.Plan
	account directory.Account
	roles   []directory.Role
}

func (c *core) roleEdit(ctx context.Context, r *store.Reader, p *gate.Plan) (*roleEdit, error) {
	if err := p.Require(editing(p.Rights), 0); err != nil {
		return nil, err
	}
	if err := c.gate.FollowCatalogue(ctx, r); err != nil {
		return nil, err
	}
	e := &roleEdit{core: c, r: r, plan: p, roles: slices.Clone(p.Rights.Tree().Roles())}
	var err error
	e.account, err = r.Account(ctx, p.Account)
	return e, err
}

// mayEdit refuses a role that the editor neither makes nor changes: who only manages
// the library gives no right by what a role permits (ROLE-6).
func (e *roleEdit) mayEdit(o directory.Role) error {
	if e.plan.Rights.EditsRole(o) {
		return nil
	}
	return gate.Require(e.plan.Rights, authz.ManageRoles, 0)
}

// mayChange refuses a role that the editor does not change, and the administrator level
// with role.administrator.
func (e *roleEdit) mayChange(o directory.Role) error {
	if isAdministratorLevel(o) {
		return directory.Refuse(directory.Denied, "role.administrator")
	}
	return e.mayEdit(o)
}

// onRole changes one role of an account. Nothing changed writes nothing.
func (s *Roles) onRole(ctx context.Context, actor authz.Actor, account directory.AccountID, id string,
	change func(ctx context.Context, e *roleEdit, before directory.Role) (roleUpdate, error)) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.roleEdit(ctx, r, p)
		if err != nil {
			return err
		}
		before, err := roleOf(e.roles, id)
		if err != nil {
			return err
		}
		if err := e.mayChange(before); err != nil {
			return err
		}
		var faults directory.Faults
		u, err := change(ctx, e, before)
		if err := faults.Note(err); err != nil {
			return err
		}
		return e.save(ctx, u, faults)
	})
	return err
}

// living are the roles that are not archived.
func (e *roleEdit) living() []directory.Role {
	return slices.DeleteFunc(slices.Clone(e.roles), func(o directory.Role) bool { return !o.Archived.IsZero() })
}

// changed is the role as it is to be, as far as its fields are not at fault, with the
// refusal of those that are.
func (e *roleEdit) changed(ctx context.Context, before directory.Role, c RoleChange) (directory.Role, error) {
	after := before
	var faults directory.Faults
	if c.Names != nil {
		if err := faults.Note(e.named(&after, c.Names)); err != nil {
			return after, err
		}
	}
	if c.Permissions != nil {
		known := func(id string) bool { _, ok := e.gate.Catalogue().Permission(id); return ok }
		permissions, refusal := chosen("permissions", *c.Permissions, before.Permissions, known)
		if err := faults.Note(refusal); err != nil {
			return after, err
		}
		after.Permissions = permissions
	}
	if err := faults.Note(e.propose(&after, c)); err != nil {
		return after, err
	}
	if c.Place != nil && *c.Place != before.Place {
		after.Place = *c.Place
		if err := faults.Note(e.checkPlace(ctx, after)); err != nil {
			return after, err
		}
	}
	return after, faults.Err()
}

// named gives a role names that no other has.
func (e *roleEdit) named(o *directory.Role, typed map[string]string) *directory.Error {
	before := *o
	names, refusal := directory.CleanRoleNames(typed, e.gate.Catalogue().Languages)
	if o.Names = names; maps.Equal(names, before.Names) {
		return refusal
	}
	return directory.Together(refusal, directory.CheckRoleName(before, *o, e.roles))
}

// propose sets what a function proposes with its later assignments (ADD-4).
func (e *roleEdit) propose(after *directory.Role, c RoleChange) error {
	var faults directory.Faults
	if c.DefaultLevel != nil && *c.DefaultLevel != after.DefaultLevel {
		t, _ := e.gate.Catalogue().AccountType(e.account.Type)
		_, projects := t.ProjectLevel()
		offered := slices.ContainsFunc(e.roles, func(o directory.Role) bool { return proposes(o, projects) && o.Code == *c.DefaultLevel })
		if *c.DefaultLevel != "" && (!offered || after.Kind != directory.Function) {
			faults = append(faults, directory.InvalidField("default_level", "field.unknown_choice", directory.Args{"Value": shownValue(*c.DefaultLevel)}))
		} else {
			after.DefaultLevel = *c.DefaultLevel
		}
	}
	if c.DefaultProducts == nil {
		return faults.Err()
	}
	products, refusal := chosen("products", *c.DefaultProducts, after.DefaultProducts, func(id string) bool {
		return after.Kind == directory.Function &&
			slices.ContainsFunc(e.gate.Catalogue().ProductsOf(e.account.Type), func(p catalogue.Product) bool { return p.ID == id })
	})
	after.DefaultProducts = products
	return faults.With(refusal)
}

// chosen are the values ticked of a list, each once; what is neither known nor
// was there before is refused.
func chosen(field string, values, before []string, known func(string) bool) ([]string, *directory.Error) {
	var list []string
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			continue
		}
		if !known(v) && !slices.Contains(before, v) {
			return nil, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": shownValue(v)})
		}
		seen[v] = true
		list = append(list, v)
	}
	if sameSet(list, before) {
		return before, nil // another order is no change
	}
	return list, nil
}

// checkPlace refuses a place there is not, and with role.place_held one that takes
// a role from where its holders have it.
func (e *roleEdit) checkPlace(ctx context.Context, after directory.Role) error {
	valid := []string{directory.AtBoth}
	switch after.Kind {
	case directory.Function:
		valid = []string{directory.AtBoth, directory.AtAccount, directory.AtProject}
	case directory.Level:
		valid = []string{directory.AtBoth, directory.AtAccount, directory.AtProject}
	}
	if !slices.Contains(valid, after.Place) {
		return directory.InvalidField("place", "field.unknown_choice", directory.Args{"Value": shownValue(after.Place)})
	}
	if after.Place != directory.AtProject {
		return nil
	}
	holders, err := e.r.RoleHolders(ctx, e.account.ID, after.ID)
	if err != nil || holders[after.ID] == 0 {
		return err
	}
	return &directory.Error{Kind: directory.Conflict, Code: "role.place_held", Field: "place", Args: directory.Args{"Count": holders[after.ID]}}
}

// save writes a role and its history. It refuses with role.permission_not_held
// what the editor adds or takes out and does not hold wherever the role is held:
// nobody takes away what they could not put back. It refuses with role.not_held a
// level that the role is to propose and the editor could not give, and with
// denied.permission products, since a role that refers to them gives them (ROLE-6):
// they are named by who assigns seats or sets standards. A shipped role that is
// another than the catalogue's is the account's from now on. Faults of the change that
// were found already are refused with these.
func (e *roleEdit) save(ctx context.Context, u roleUpdate, faults directory.Faults) error {
	if len(faults) == 0 && u.Before.ID != 0 && sameRole(u.Before, u.After) && u.Before.Archived.Equal(u.After.Archived) {
		return nil
	}
	if err := faults.With(e.mayGive(ctx, u)); err != nil {
		return err
	}
	return e.write(ctx, []roleUpdate{u})
}

// mayGive refuses what the editor may not give by a role that is so.
func (e *roleEdit) mayGive(ctx context.Context, u roleUpdate) error {
	if err := e.mayEdit(u.After); err != nil {
		return err
	}
	var faults directory.Faults
	if err := faults.Note(e.holdsMoved(ctx, u)); err != nil {
		return err
	}
	return faults.With(e.mayRefer(u))
}

// write plans the rows and the history of roles that may be so.
func (e *roleEdit) write(ctx context.Context, updates []roleUpdate) error {
	put := store.PutRoles{Account: e.account.ID}
	for i := range updates {
		after := &updates[i].After
		after.Changed = after.Shipped && !e.asDeclared(e.account, *after)
		put.Roles = append(put.Roles, *after)
	}
	if err := e.refold(ctx, e.r, e.plan, e.account, updates); err != nil {
		return err
	}
	e.plan.Change(put)
	for _, u := range updates {
		e.plan.Record(roleEntry(e.plan, u))
	}
	return nil
}

// mayRefer asks for what a role newly refers to as if it were given: it will be,
// to whoever gets the role.
func (e *roleEdit) mayRefer(u roleUpdate) error {
	if u.After.DefaultLevel != u.Before.DefaultLevel && u.After.DefaultLevel != "" {
		i := slices.IndexFunc(e.roles, func(o directory.Role) bool { return o.Kind == directory.Level && o.Code == u.After.DefaultLevel })
		if i >= 0 {
			if refusal := e.mayName(e.plan.Rights, e.account, e.roles[i]); refusal != nil {
				return refusal
			}
		}
	}
	names := e.plan.Rights.May(authz.AssignSeats, 0) || e.plan.Rights.May(authz.ManageLibrary, 0)
	if len(without(u.After.DefaultProducts, u.Before.DefaultProducts)) > 0 && !names {
		return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Field: "products",
			Args: directory.Args{"Permission": string(authz.AssignSeats)}}
	}
	return nil
}

func (e *roleEdit) holdsMoved(ctx context.Context, u roleUpdate) error {
	moved := without(u.After.Permissions, u.Before.Permissions)
	if u.Before.ID != 0 {
		moved = append(moved, without(u.Before.Permissions, u.After.Permissions)...)
	}
	if len(moved) == 0 {
		return nil
	}
	tree, held := e.plan.Rights.Tree(), u.After
	if u.Before.ID == 0 {
		held.ID = 0 // nobody holds it yet
	}
	at, err := e.reachOf(ctx, e.r, tree, held)
	if err != nil {
		return err
	}
	for _, id := range moved {
		p, known := e.gate.Catalogue().Permission(id)
		if !known {
			continue // it gives nothing any more
		}
		if unit, missing := at.missing(e.plan.Rights, p); missing {
			where, _ := tree.Unit(unit)
			return &directory.Error{Kind: directory.Denied, Code: "role.permission_not_held", Field: "permissions",
				Args: directory.Args{"Permission": id, "Unit": where.Name}}
		}
	}
	return nil
}
