package app

import (
	"context"
	"fmt"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobRoleNames is the kind of the job that lets the sort keys of a role's many
// holders follow its new name; FoldNames does it.
const JobRoleNames = "role_names"

// holdersAtOnce is how many holders get the sort key of a new name in one
// transaction: with the change itself where there are no more, else by a job.
// The name that is shown is read from the role and right at once.
const holdersAtOnce = 500

// refold lets what members sort by follow the names of their roles (ROLE-8).
func (c *core) refold(ctx context.Context, r *store.Reader, p *gate.Plan, account directory.Account, updates []roleUpdate) error {
	roles, err := r.Roles(ctx, account.ID)
	if err != nil {
		return err
	}
	names := namesIn(roles, account.Language)
	var renamed []directory.RoleID
	for _, u := range updates {
		if now := u.After.Name(account.Language); u.Before.ID != 0 && u.Before.Name(account.Language) != now {
			names[u.After.ID] = now
			renamed = append(renamed, u.After.ID)
		}
	}
	for _, id := range renamed {
		holders, err := r.HoldersOf(ctx, id, 0, holdersAtOnce+1)
		if err != nil {
			return err
		}
		if len(holders) > holdersAtOnce {
			p.Job(directory.Job{Account: account.ID, Kind: JobRoleNames, Subject: int64(id), Unique: fmt.Sprintf("%s %d", JobRoleNames, id)})
			continue
		}
		if len(holders) > 0 {
			p.Change(foldedBy(names, holders))
		}
	}
	return nil
}

func namesIn(roles []directory.Role, language string) map[directory.RoleID]string {
	names := make(map[directory.RoleID]string, len(roles))
	for _, o := range roles {
		names[o.ID] = o.Name(language)
	}
	return names
}

func foldedBy(names map[directory.RoleID]string, holders []directory.Member) store.FoldRoleNames {
	called := func(roles []directory.RoleID) string {
		all := make([]string, len(roles))
		for i, id := range roles {
			all[i] = names[id]
		}
		return directory.Fold(strings.Join(all, ", "))
	}
	folded := make(store.FoldRoleNames, len(holders))
	for i, m := range holders {
		folded[i] = store.FoldedRoles{Member: m.ID, Functions: called(m.Functions), Levels: called(m.Levels())}
	}
	return folded
}

// FoldNames works through all holders of the job's role, a transaction for each
// few, with the names as they are then. It may run twice, and beside a second
// change of the name.
func (s *Roles) FoldNames(ctx context.Context, job directory.Job) error {
	after := directory.MemberID(0)
	for {
		last := directory.MemberID(0)
		_, err := s.gate.Perform(ctx, gate.SystemActor(), job.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			p.OpenToAnyone("who renamed the role was asked for the permission then")
			account, err := r.Account(ctx, job.Account)
			if err != nil {
				return err
			}
			roles, err := r.Roles(ctx, job.Account)
			if err != nil {
				return err
			}
			holders, err := r.HoldersOf(ctx, directory.RoleID(job.Subject), after, holdersAtOnce)
			if err != nil || len(holders) == 0 {
				last = 0
				return err
			}
			last = holders[len(holders)-1].ID
			p.Pending(foldedBy(namesIn(roles, account.Language), holders)) // a sort key is no change of the directory
			return nil
		})
		if err != nil {
			return fmt.Errorf("fold names of role %d: %w", job.Subject, err)
		}
		if last == 0 {
			return nil
		}
		after = last
	}
}
