package app

import (
	"context"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Seed writes people into an account as they are, without invitation or
// request, in one transaction: for generated data, as the program itself. The
// people must be new to the account, and new users' names nobody's. It answers
// the users with their keys.
func (s *Members) Seed(ctx context.Context, account directory.AccountID, rows []roster.SeedMember) ([]directory.User, error) {
	actor := gate.SystemActor()
	actor.Batch = uuid.NewString()
	users := make([]directory.User, len(rows))
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("only the program itself seeds people")
		ro, err := s.roster.Roster(ctx, r, p)
		if err != nil {
			return err
		}
		companies, err := ro.SeedCompanies(ctx, r, rows)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if row.User.ID == 0 {
				row.User = ro.NewUser(row.User)
			}
			users[i] = row.User
			m := directory.Member{Status: row.Status, Company: companies[directory.Fold(row.Company)],
				PlaceTexts: directory.PlaceTexts[string]{JobTitle: row.JobTitle, Phone: row.Phone}, LastSeen: row.LastSeen, Unit: row.Unit}
			if row.Status == directory.Inactive {
				m.Resumes = directory.Active
			}
			for _, code := range row.Levels {
				level, _ := ro.RoleByCode(directory.Level, code)
				m = m.WithLevels(ro.AdministratorLevel(), append(m.Levels(), level.ID)...)
			}
			for _, code := range row.Functions {
				if function, ok := ro.RoleByCode(directory.Function, code); ok {
					m.Functions = append(m.Functions, function.ID)
				}
			}
			ro.Add(row.User, m, directory.Member{})
		}
		return ro.Settle(ctx, r)
	})
	return users, err
}
