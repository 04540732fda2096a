package app

import (
	"maps"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
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
