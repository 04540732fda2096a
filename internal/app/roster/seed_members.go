package roster

import (
	"context"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// A SeedMember is one person of a generated account, with the place they have.
type SeedMember struct {
	User      directory.User // new when it has no ID yet
	Status    directory.Status
	Company   string   // a name; one that is not there yet is created
	Functions []string // codes
	Levels    []string // codes of access levels
	JobTitle  string
	Phone     string
	LastSeen  time.Time
	Unit      directory.UnitID // home unit; 0: the root
}

// SeedCompanies finds or makes the companies of rows, by folded name.
func (ro *Roster) SeedCompanies(ctx context.Context, r *store.Reader, rows []SeedMember) (map[string]directory.CompanyID, error) {
	var names []string
	wanted := map[string]bool{}
	for _, row := range rows {
		if folded := directory.Fold(row.Company); folded != "" && !wanted[folded] {
			wanted[folded] = true
			names = append(names, row.Company)
		}
	}
	known, err := r.CompaniesByName(ctx, ro.Account.ID, names)
	if err != nil {
		return nil, err
	}
	ids := map[string]directory.CompanyID{}
	for folded, company := range known {
		ro.Companies[company.ID] = company
		ids[folded] = company.ID
	}
	for _, name := range names {
		if ids[directory.Fold(name)] == 0 {
			ids[directory.Fold(name)] = ro.NewCompany(name).ID
		}
	}
	return ids, nil
}
