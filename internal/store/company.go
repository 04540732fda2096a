package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/directory"
)

func scanCompany(row scanner) (directory.Company, error) {
	var c directory.Company
	return c, row.Scan(&c.ID, &c.UUID, &c.Name, &c.Version)
}

// Companies reads the companies of an account by name, at most limit.
func (r *Reader) Companies(ctx context.Context, account directory.AccountID, limit int) ([]directory.Company, error) {
	var a args
	query := `SELECT key, uuid, name, version FROM company WHERE account_key = ` + a.add(account) +
		` ORDER BY name_folded, key LIMIT ` + a.add(limit)
	companies, err := collect(ctx, r, query, a, scanCompany)
	if err != nil {
		return nil, fmt.Errorf("read companies: %w", err)
	}
	return companies, nil
}

// CompaniesByKey reads the companies with these keys.
func (r *Reader) CompaniesByKey(ctx context.Context, keys []directory.CompanyID) (map[directory.CompanyID]directory.Company, error) {
	found := make(map[directory.CompanyID]directory.Company, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT key, uuid, name, version FROM company WHERE key` + inKeys(r, keys, &a)
	companies, err := collect(ctx, r, query, a, scanCompany)
	if err != nil {
		return nil, fmt.Errorf("read companies: %w", err)
	}
	for _, c := range companies {
		found[c.ID] = c
	}
	return found, nil
}

// CompaniesByName finds the companies of an account whose names differ from
// these by case, accent or space only (ADD-6), by folded name.
func (r *Reader) CompaniesByName(ctx context.Context, account directory.AccountID, names []string) (map[string]directory.Company, error) {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = directory.Fold(name)
	}
	found := map[string]directory.Company{}
	if len(names) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT key, uuid, name, version FROM company WHERE account_key = ` + a.add(account) +
		` AND name_folded` + inTexts(r, folded, &a)
	companies, err := collect(ctx, r, query, a, scanCompany)
	if err != nil {
		return nil, fmt.Errorf("find companies: %w", err)
	}
	for _, c := range companies {
		found[directory.Fold(c.Name)] = c
	}
	return found, nil
}

// InsertCompanies writes new companies of an account.
type InsertCompanies struct {
	Account   directory.AccountID
	Companies []directory.Company
}

func (c InsertCompanies) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Companies))
	for i, o := range c.Companies {
		rows[i] = []any{o.ID, o.UUID, c.Account, o.Name, directory.Fold(o.Name), tx.Now, 1}
	}
	columns := []string{"key", "uuid", "account_key", "name", "name_folded", "created_at", "version"}
	if _, err := tx.bulkInsert(ctx, "company", columns, rows, ""); err != nil {
		return fmt.Errorf("add companies: %w", err)
	}
	return nil
}

// inTexts is inKeys for texts: one parameter, however many there are.
func inTexts(r *Reader, texts []string, a *args) string {
	if r.dialect == postgres {
		*a = append(*a, texts)
		return fmt.Sprintf(" = ANY($%d::text[])", len(*a))
	}
	list, _ := json.Marshal(texts) // texts always marshal
	return " IN (SELECT value FROM json_each(" + a.add(string(list)) + "))"
}
