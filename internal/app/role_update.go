package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/loads"
	"intendant/internal/audit"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A roleUpdate is what a catalogue makes of one role of an account. A new role
// has no id yet; the instant of an archived one is the plan's to set.
type roleUpdate struct {
	Kind          audit.Kind
	Before, After directory.Role
}

// roleUpdates are what the catalogue changes of an account's roles: shipped
// roles it declares anew, new ones, and those it declares no more. Roles of the
// account's own, and shipped ones the account changed, are kept (ROLE-3).
func roleUpdates(declared *catalogue.Catalogue, accountType string, roles []directory.Role) []roleUpdate {
	t, _ := declared.AccountType(accountType)
	var updates []roleUpdate
	wanted := map[[2]string]bool{}
	for _, o := range declared.Roles {
		if !t.HasRole(o.ID) {
			continue
		}
		wanted[[2]string{string(o.Kind), o.ID}] = true
		i := slices.IndexFunc(roles, func(has directory.Role) bool {
			return string(has.Kind) == string(o.Kind) && has.Code == o.ID
		})
		if i < 0 {
			updates = append(updates, roleUpdate{Kind: audit.RoleCreated, After: shippedRole(directory.Role{}, o)})
			continue
		}
		before := roles[i]
		if before.Changed || !before.Shipped {
			continue
		}
		after := shippedRole(before, o)
		switch {
		case !before.Archived.IsZero():
			updates = append(updates, roleUpdate{audit.RoleRestored, before, after})
		case !sameRole(before, after):
			updates = append(updates, roleUpdate{audit.RoleChanged, before, after})
		}
	}
	for _, before := range roles {
		if before.Shipped && !before.Changed && before.Archived.IsZero() && !wanted[[2]string{string(before.Kind), before.Code}] {
			updates = append(updates, roleUpdate{audit.RoleArchived, before, before})
		}
	}
	return updates
}

// shippedRole is a role as the catalogue declares it, over the row it has.
func shippedRole(before directory.Role, o catalogue.Role) directory.Role {
	after := before
	after.Kind, after.Code, after.Place = directory.RoleKind(o.Kind), o.ID, o.Place
	if after.Place == "" {
		after.Place = directory.AtBoth
	}
	after.Names, after.Permissions = o.Label, o.Permissions
	after.DefaultLevel, after.DefaultProducts, after.Proposed = o.DefaultLevel, o.DefaultProducts, o.Proposed
	after.Shipped, after.Archived = true, time.Time{}
	return after
}

func sameRole(a, b directory.Role) bool {
	return a.Place == b.Place && a.DefaultLevel == b.DefaultLevel && a.Proposed == b.Proposed && maps.Equal(a.Names, b.Names) &&
		slices.Equal(a.Permissions, b.Permissions) && slices.Equal(a.DefaultProducts, b.DefaultProducts)
}

func roleEntry(p *gate.Plan, u roleUpdate) audit.Entry {
	e := p.Entry(u.Kind, 0, int64(u.After.ID))
	e.Note("role", u.Before.Code, u.After.Code)
	e.Note("name", u.Before.Name(directory.French), u.After.Name(directory.French))
	e.NoteValue("names", namesValue(u.Before), namesValue(u.After))
	e.Note("place", u.Before.Place, u.After.Place)
	e.NoteValue("permissions", audit.Texts(u.Before.Permissions), audit.Texts(u.After.Permissions))
	e.Note("default_level", u.Before.DefaultLevel, u.After.DefaultLevel)
	e.NoteValue("products", audit.Texts(u.Before.DefaultProducts), audit.Texts(u.After.DefaultProducts))
	if u.Before.Proposed != u.After.Proposed {
		e.NoteValue("proposed", audit.Bool(u.Before.Proposed), audit.Bool(u.After.Proposed))
	}
	return e
}

// namesValue is what a role is called in each language, "fr: Architecte" for
// one.
func namesValue(o directory.Role) audit.Value {
	var names []string
	for _, language := range slices.Sorted(maps.Keys(o.Names)) {
		names = append(names, language+": "+o.Names[language])
	}
	return audit.Texts(names)
}

// opposites take back what was done to roles (PLAN-2).
func (s *Roles) opposites() map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, kind := range []audit.Kind{audit.RoleCreated, audit.RoleChanged, audit.RoleRenamed, audit.RoleReset, audit.RoleArchived, audit.RoleRestored} {
		all[kind] = s.takeBack
	}
	return all
}

// takeBack plans the opposite of entries about roles. It refuses as Edit, Archive and
// Restore do, each field by itself: with what of it the undoer may not give (ROLE-6). A
// role that was created is archived; who holds it keeps it (ROLE-8).
func (s *Roles) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	e, denied := s.roleEdit(ctx, r, p)
	var updates []roleUpdate
	err := gate.Opposed(p, entries, gate.ByObject[directory.RoleID], func(id directory.RoleID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		i := slices.IndexFunc(e.roles, func(o directory.Role) bool { return o.ID == id })
		if i < 0 {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "role.not_found")
		}
		t := roleTurn{e, n, roleUpdate{Before: e.roles[i], After: e.roles[i]}}
		err := e.mayChange(e.roles[i])
		if err == nil {
			err = t.back(ctx)
		}
		if err == nil && n.Back() {
			t.u.Kind = t.kind()
			updates, e.roles[i] = append(updates, t.u), t.u.After
		}
		return n.Verdict(int64(id), t.u.After.Name(e.account.Language)), err
	})
	if err != nil || len(updates) == 0 {
		return err
	}
	return e.write(ctx, updates)
}

// A roleTurn is a role while what was done to it is taken back.
type roleTurn struct {
	*roleEdit
	n *gate.Net
	u roleUpdate
}

// kind is what becomes of the role.
func (t *roleTurn) kind() audit.Kind {
	switch was, is := t.u.Before.Archived, t.u.After.Archived; {
	case was.Equal(is) && onlyRenamed(t.u.Before, t.u.After):
		return audit.RoleRenamed
	case was.Equal(is):
		return audit.RoleChanged
	case is.IsZero():
		return audit.RoleRestored
	}
	return audit.RoleArchived
}

// back gives the role its fields and its state back.
func (t *roleTurn) back(ctx context.Context) error {
	t.n.Turns(audit.RoleArchived, audit.RoleRestored, audit.RoleCreated)
	if _, made := t.n.Has(audit.RoleCreated); !made {
		if err := t.describe(ctx); err != nil {
			return err
		}
	}
	return t.n.Restore(gate.StateField, audit.Bool(!t.u.Before.Archived.IsZero()), func(archived audit.Value) error {
		if archived == audit.Bool(true) {
			t.u.After.Archived = t.plan.Now
			return nil
		}
		after := t.u.After
		after.Archived = time.Time{}
		if refusal := directory.CheckRoleName(directory.Role{}, after, t.living()); refusal != nil {
			return refusal
		}
		t.u.After = after
		return nil
	})
}

// describe gives the role its fields back, each as Edit would set it.
func (t *roleTurn) describe(ctx context.Context) error {
	b := t.u.Before
	text := func(v audit.Value) *string { s := v.Text(); return &s }
	for _, f := range []struct {
		field string
		now   audit.Value
		is    func(was audit.Value) RoleChange
	}{
		{"names", namesValue(b), func(was audit.Value) RoleChange { return RoleChange{Names: namesOf(was)} }},
		{"permissions", audit.Texts(b.Permissions), func(was audit.Value) RoleChange { return RoleChange{Permissions: textsOf(was)} }},
		{"default_level", audit.Text(b.DefaultLevel), func(was audit.Value) RoleChange { return RoleChange{DefaultLevel: text(was)} }},
		{"products", audit.Texts(b.DefaultProducts), func(was audit.Value) RoleChange { return RoleChange{DefaultProducts: textsOf(was)} }},
		{"place", audit.Text(b.Place), func(was audit.Value) RoleChange { return RoleChange{Place: text(was)} }},
	} {
		err := t.n.Restore(f.field, f.now, func(was audit.Value) error {
			after, err := t.changed(ctx, t.u.After, f.is(was))
			if err == nil {
				err = t.mayGive(ctx, roleUpdate{Before: b, After: after})
			}
			if err == nil {
				t.u.After = after
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return t.n.Restore("proposed", audit.Bool(b.Proposed), func(was audit.Value) error {
		t.u.After.Proposed, _ = was.Bool()
		return nil
	})
}

// namesOf is what namesValue made of the names of a role.
func namesOf(v audit.Value) map[string]string {
	names := map[string]string{}
	for _, one := range v.Values() {
		language, name, _ := strings.Cut(one.Text(), ": ")
		names[language] = name
	}
	return names
}

// textsOf is a list of texts that history keeps.
func textsOf(v audit.Value) *[]string {
	texts := []string{}
	for _, one := range v.Values() {
		texts = append(texts, one.Text())
	}
	return &texts
}

// putAll plans roles that are made or changed, each as it is said, over the tree that the
// plan goes on over; what a role is not told stays. A refusal leaves the others done
// (BULK-3). It answers the roles that the account then has, too.
func (s *Roles) putAll(ctx context.Context, r *store.Reader, p *gate.Plan, rows []loads.Role) ([]loads.RoleDone, []directory.Role, error) {
	e, err := s.roleEdit(ctx, r, p)
	if err != nil {
		return nil, nil, err
	}
	done, updates := make([]loads.RoleDone, len(rows)), []roleUpdate{}
	for i, row := range rows {
		u, err := e.put(ctx, row)
		refusal, fault := gate.AsRefusal(err)
		if fault != nil {
			return nil, nil, fault
		}
		done[i] = loads.RoleDone{Verdict: gate.Verdict{Name: u.After.Name(e.account.Language), Outcome: gate.Unchanged}, Role: u.After}
		switch {
		case refusal != nil:
			done[i].Verdict, done[i].Role = done[i].Refused(refusal), directory.Role{}
			continue
		case u.Before.ID == 0:
			done[i].Outcome = gate.Added
		case !sameRole(u.Before, u.After):
			done[i].Outcome = gate.Changed
		default:
			continue
		}
		updates = append(updates, u)
		e.roles = append(slices.DeleteFunc(e.roles, func(o directory.Role) bool { return o.ID == u.After.ID }), u.After)
	}
	if len(updates) > 0 {
		err = e.write(ctx, updates)
	}
	return done, e.roles, err
}

// put is the role that is spoken of as it is to be: by its code, else by one of its names.
func (e *roleEdit) put(ctx context.Context, row loads.Role) (roleUpdate, error) {
	before, err := e.spokenOf(row)
	if err != nil {
		return roleUpdate{}, err
	}
	var u roleUpdate
	if before.ID == 0 {
		u.Kind = audit.RoleCreated
		n := NewRole{Kind: row.Kind, Names: row.Names}
		for _, said := range []struct{ what, from *[]string }{{&n.Permissions, row.Permissions}, {&n.DefaultProducts, row.DefaultProducts}} {
			if said.from != nil {
				*said.what = *said.from
			}
		}
		for _, said := range []struct{ what, from *string }{{&n.DefaultLevel, row.DefaultLevel}, {&n.Place, row.Place}} {
			if said.from != nil {
				*said.what = *said.from
			}
		}
		u.After, err = e.made(ctx, n)
	} else {
		u.Kind, u.Before = audit.RoleChanged, before
		names := maps.Clone(before.Names)
		maps.Copy(names, row.Names)
		u.After, err = e.changed(ctx, before, RoleChange{Names: names, Permissions: row.Permissions, DefaultLevel: row.DefaultLevel,
			DefaultProducts: row.DefaultProducts, Place: row.Place})
	}
	if err != nil || before.ID != 0 && sameRole(u.Before, u.After) {
		return u, err
	}
	if before.ID != 0 {
		if err := e.mayChange(before); err != nil {
			return u, err
		}
		if onlyRenamed(before, u.After) {
			u.Kind = audit.RoleRenamed
		}
	}
	return u, e.mayGive(ctx, u)
}

// spokenOf finds the role of a row; the zero one is to be made. It refuses with
// role.not_found a code there is not, and with role.name_archived an archived role.
func (e *roleEdit) spokenOf(row loads.Role) (directory.Role, error) {
	if row.Code == "" {
		return directory.RoleNamed(e.roles, row.Kind, row.Names)
	}
	i := slices.IndexFunc(e.roles, func(o directory.Role) bool { return o.Kind == row.Kind && o.Code == row.Code })
	if i < 0 {
		return directory.Role{}, directory.InvalidField("code", "role.not_found", nil)
	}
	return e.roles[i], nil
}
