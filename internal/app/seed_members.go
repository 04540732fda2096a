package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// A SeedMember is one person of a generated account, with the place they have.
type SeedMember struct {
	User      directory.User // new when it has no ID yet
	Status    directory.Status
	Company   string   // a name; one that is not there yet is created
	Functions []string // codes
	Level     string   // code of an access level; empty: none
	JobTitle  string
	Phone     string
	LastSeen  time.Time
	Unit      directory.UnitID // home unit; 0: the root
}

// Seed writes people into an account as they are, without invitation or
// request, in one transaction: for generated data, as the program itself. The
// people must be new to the account, and new users' names nobody's. It answers
// the users with their keys.
func (s *Members) Seed(ctx context.Context, account directory.AccountID, rows []SeedMember) ([]directory.User, error) {
	actor := SystemActor()
	actor.Batch = uuid.NewString()
	users := make([]directory.User, len(rows))
	_, err := s.perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		p.OpenToAnyone("only the program itself seeds people")
		ro, err := s.roster(ctx, r, p)
		if err != nil {
			return err
		}
		companies, err := ro.seedCompanies(ctx, r, rows)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if row.User.ID == 0 {
				row.User = ro.newUser(row.User)
			}
			users[i] = row.User
			m := directory.Member{Status: row.Status, Company: companies[directory.Fold(row.Company)], JobTitle: row.JobTitle,
				Phone: row.Phone, LastSeen: row.LastSeen, Unit: row.Unit}
			if row.Status == directory.Inactive {
				m.Resumes = directory.Active
			}
			level, _ := ro.roleByCode(directory.Level, row.Level)
			m.Level = level.ID
			for _, code := range row.Functions {
				if function, ok := ro.roleByCode(directory.Function, code); ok {
					m.Functions = append(m.Functions, function.ID)
				}
			}
			ro.add(row.User, m, directory.Member{})
		}
		return ro.settle(ctx, r)
	})
	return users, err
}

// seedCompanies finds or makes the companies of rows, by folded name.
func (ro *roster) seedCompanies(ctx context.Context, r *store.Reader, rows []SeedMember) (map[string]directory.CompanyID, error) {
	var names []string
	wanted := map[string]bool{}
	for _, row := range rows {
		if folded := directory.Fold(row.Company); folded != "" && !wanted[folded] {
			wanted[folded] = true
			names = append(names, row.Company)
		}
	}
	known, err := r.CompaniesByName(ctx, ro.account.ID, names)
	if err != nil {
		return nil, err
	}
	ids := map[string]directory.CompanyID{}
	for _, company := range known {
		ro.companies[company.ID] = company
		ids[directory.Fold(company.Name)] = company.ID
	}
	for _, name := range names {
		if ids[directory.Fold(name)] == 0 {
			ids[directory.Fold(name)] = ro.newCompany(name).ID
		}
	}
	return ids, nil
}
