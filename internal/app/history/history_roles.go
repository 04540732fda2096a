package history

import (
	"context"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// RoleName is what the account calls the role that an entry names by its code,
// now: renaming shows in the history too (ROLE-8). It answers false for a role
// the account does not have.
func (s Shown) RoleName(field, code, language string) (string, bool) {
	kinds := []directory.RoleKind{directory.RightsRole, directory.Function, directory.Level}
	switch field {
	case "access_level", "default_level":
		kinds = []directory.RoleKind{directory.Level}
	case "functions":
		kinds = []directory.RoleKind{directory.Function}
	}
	for _, kind := range kinds {
		for _, o := range s.roles {
			if o.Kind == kind && o.Code == code {
				return o.Name(language), true
			}
		}
	}
	return "", false
}

// rolesNamed reads the roles of the accounts whose entries name some by code, as
// old ones do.
func rolesNamed(ctx context.Context, r *store.Reader, entries []audit.Entry) (map[directory.AccountID][]directory.Role, error) {
	var accounts []directory.AccountID
	for _, e := range entries {
		if slices.ContainsFunc(e.Facts, func(c audit.Change) bool {
			return audit.FieldOf(c.Field).Say == audit.RoleName && (c.Before.IsText() || c.After.IsText())
		}) {
			accounts = append(accounts, e.Account)
		}
	}
	if accounts = roster.Distinct(accounts); len(accounts) == 0 {
		return nil, nil
	}
	return r.RolesOfAccounts(ctx, accounts)
}
