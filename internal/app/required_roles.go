package app

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// requirement is what the listed account requires.
func (l *listing) requirement(ctx context.Context) (roster.Requirement, error) {
	kind, _ := l.gate.Catalogue().AccountType(l.account.Type)
	if len(roster.RequiredLevels(kind.GeneralRoleRequired, kind.RoleRequiredAt)) == 0 {
		return roster.Requirement{}, nil
	}
	t, err := l.gate.Tree(ctx, l.r, l.account.ID)
	if err != nil {
		return roster.Requirement{}, err
	}
	return roster.Requires(t, kind, l.rights), nil
}

// lacking narrows a filter to who lacks a required role; where none is required,
// to nobody.
func (l *listing) lacking(f *store.MemberFilter) {
	if !l.q.LacksRole {
		return
	}
	f.LacksRoleAt = l.required.Levels
	if !l.required.Any() {
		f.Nobody()
	}
}

// tellLacks adds to rows what each lacks, with one question for all.
func (l *listing) tellLacks(ctx context.Context, rows []roster.ListedMember) error {
	if !l.required.Any() || len(rows) == 0 {
		return nil
	}
	keys := make([]directory.MemberID, len(rows))
	for i, row := range rows {
		keys[i] = row.ID
	}
	grants, err := l.r.GrantsOfAll(ctx, keys)
	for i, row := range rows {
		rows[i].Lacks = l.required.Lacks(row.Person, row.Unit, grants[row.ID])
	}
	return err
}
