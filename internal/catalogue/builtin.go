package catalogue

import (
	"maps"
	"slices"
	"sync"

	"intendant/internal/i18n/messages"
)

// Administrator is the id of the built-in access level that holds every
// permission of an account, built in and declared: else nobody could give the
// first manager what the catalogue declares. No catalogue redefines it and no
// account edits it. Rule ROLE-6.
const Administrator = "administrator"

// BuiltinPermissions returns the permissions that guard Intendant's own
// operations, in the order of the permission matrix. Every catalogue has them;
// it may narrow the levels at which one counts, nothing else.
func BuiltinPermissions() []Permission {
	root := []string{RootLevel}
	return []Permission{
		builtin("account.view", "account", nil),
		builtin("account.manage", "account", root),
		builtin("dashboards.view", "account", root),
		builtin("members.view", "members", nil),
		builtin("members.manage", "members", nil),
		builtin("requests.decide", "members", root),
		builtin("administrators.manage", "members", root),
		builtin("roles.manage", "rights", root),
		builtin("units.manage", "rights", nil),
		builtin("access.check", "rights", root),
		builtin("library.manage", "rights", root),
		builtin("seats.assign", "products", nil),
		builtin("projects.manage", "projects", nil),
		builtin("history.view", "history", nil),
		builtin("export.run", "history", nil),
	}
}

func builtin(id, group string, levels []string) Permission {
	return Permission{ID: id, Label: builtinText("builtin.permission." + id), Group: group, Levels: levels, Builtin: true}
}

// builtinWords are the words of what is built in, in every language the program
// speaks.
var builtinWords = sync.OnceValue(func() map[string]map[string]string { return messages.Under("builtin.") })

// builtinText is a text of what is built in. Each has its own, which may be
// changed.
func builtinText(key string) Text { return maps.Clone(Text(builtinWords()[key])) }

// builtinGroups returns the groups of the built-in permissions.
func builtinGroups() []Group {
	var groups []Group
	for _, id := range []string{"account", "members", "rights", "products", "projects", "history"} {
		groups = append(groups, Group{id, builtinText("builtin.group." + id)})
	}
	return groups
}

// administrator returns the built-in access level, which holds permissions.
func administrator(permissions []Permission) Role {
	role := Role{
		ID: Administrator, Kind: AccessLevel, Place: AccountPlace, Builtin: true,
		Label: builtinText("builtin.role." + Administrator), Help: builtinText("builtin.role." + Administrator + ".help"),
	}
	for _, p := range permissions {
		role.Permissions = append(role.Permissions, p.ID)
	}
	return role
}

// complete adds to a checked catalogue what every catalogue has. Built-in
// permissions come first and take the levels the catalogue narrowed them to.
func (c *Catalogue) complete() {
	permissions := BuiltinPermissions()
	for _, declared := range c.Permissions {
		i := slices.IndexFunc(permissions, func(p Permission) bool { return p.ID == declared.ID })
		if i < 0 {
			permissions = append(permissions, declared)
			continue
		}
		permissions[i].Levels = declared.Levels
	}
	c.Permissions = permissions
	c.Groups = append(builtinGroups(), c.Groups...)
	c.Roles = append([]Role{administrator(permissions)}, c.Roles...)
	for i := range c.AccountTypes {
		if form := &c.AccountTypes[i].Form; form.Credentials == "" {
			form.Credentials = OnInvite
		}
	}
}
