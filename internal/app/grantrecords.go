package app

import (
	"context"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A GrantRecordQuery says which grants are read; empty leaves a filter out.
type GrantRecordQuery struct {
	Member, Unit string // public ids
	Role         string // code or public id of a role of kind rights
	After        string // where to read on
	Size         int    // at most 200
	Count        bool
}

// A GrantRecord is one role held at a unit as a program reads it.
type GrantRecord struct {
	Member string // public id
	Role   directory.Role
	Unit   directory.Unit
	From   time.Time
}

// GrantRecords is one page of grants.
type GrantRecords struct {
	Rows  []GrantRecord
	Total int64
	Next  string
}

// Records reads the grants at units, or of members, in the actor's sight, in the
// order in which they were given. It refuses without members.view anywhere, with
// member.not_found, unit.not_found and role.not_found, and with list.bad_cursor.
func (s *Grants) Records(ctx context.Context, actor authz.Actor, account directory.AccountID, q GrantRecordQuery) (GrantRecords, error) {
	var found GrantRecords
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ViewMembers) {
			return gate.Require(rights, authz.ViewMembers, 0)
		}
		asked, err := s.grantQuery(ctx, r, rights, account, q)
		if err != nil {
			return err
		}
		if q.Count {
			if found.Total, err = r.GrantTotal(ctx, asked); err != nil {
				return err
			}
		}
		size := asked.Size
		asked.Size++
		rows, err := r.GrantRecords(ctx, asked)
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			found.Next = strconv.FormatInt(int64(rows[size-1].ID)&(1<<32-1), 10)
		}
		for _, row := range rows {
			one := GrantRecord{Member: row.Member, From: row.From}
			one.Role, _ = rights.Tree().Role(row.Role)
			one.Unit, _ = rights.Tree().Unit(row.Unit)
			found.Rows = append(found.Rows, one)
		}
		return nil
	})
	return found, err
}

func (s *Grants) grantQuery(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, q GrantRecordQuery) (store.GrantQuery, error) {
	asked := store.GrantQuery{Account: account, Scope: rights.Scope(authz.ViewMembers), Size: q.Size}
	if asked.Size <= 0 || asked.Size > pageMost {
		asked.Size = pageUsual
	}
	if q.After != "" {
		n, err := strconv.ParseInt(q.After, 10, 32)
		if err != nil || n < 0 {
			return asked, directory.InvalidField("cursor", "list.bad_cursor", nil)
		}
		asked.After = directory.GrantID(directory.NewKey(account, n))
	}
	if q.Member != "" {
		m, err := r.MemberByUUID(ctx, account, q.Member)
		if err != nil {
			return asked, err
		}
		if !m.Removed.IsZero() || !roster.SeesPeopleAt(rights, m.Unit) {
			return asked, directory.Refuse(directory.NotFound, "member.not_found")
		}
		asked.Member = m.ID
		asked.Scope = rights.Everybody()
	}
	if q.Unit != "" {
		u, found := roster.UnitNamed(rights.Tree(), q.Unit)
		if !found || !roster.SeesPeopleAt(rights, u.ID) {
			return asked, directory.Refuse(directory.NotFound, "unit.not_found")
		}
		asked.Unit = u.ID
	}
	if q.Role != "" {
		for _, role := range rights.Tree().Roles() {
			if role.Kind == directory.RightsRole && (role.UUID == q.Role || role.Code == q.Role) {
				asked.Role = role.ID
			}
		}
		if asked.Role == 0 {
			return asked, directory.Refuse(directory.NotFound, "role.not_found")
		}
	}
	return asked, nil
}
