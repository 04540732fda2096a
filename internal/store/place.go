package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// InsertGrants writes new grants of an account.
type InsertGrants struct {
	Account directory.AccountID
	By      directory.UserID
	Grants  []directory.Grant
}

func (c InsertGrants) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Grants))
	for i, g := range c.Grants {
		rows[i] = []any{g.ID, c.Account, g.Member, g.Role, g.Unit, c.By, g.From, g.To}
	}
	columns := []string{"key", "account_key", "member_key", "role_key", "unit_key", "given_by", "valid_from", "valid_to"}
	if _, err := tx.bulkInsert(ctx, `"grant"`, columns, rows, ""); err != nil {
		return fmt.Errorf("give roles: %w", err)
	}
	return nil
}

// A Place is a member's place in one project.
type Place struct {
	ID       directory.PlaceID
	Member   directory.MemberID
	Unit     directory.UnitID
	Company  directory.CompanyID
	Level    directory.RoleID
	Products string // JSON list of product access
	Status   directory.Status
	From     time.Time
}

// InsertPlaces writes new project places of an account.
type InsertPlaces struct {
	Account directory.AccountID
	Rows    []Place
}

func (c InsertPlaces) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Rows))
	for i, p := range c.Rows {
		rows[i] = []any{p.ID, c.Account, p.Member, p.Unit, orNull(p.Company), orNull(p.Level), "[]", p.Products, p.Status, p.From}
	}
	columns := []string{"key", "account_key", "member_key", "unit_key", "company_key", "level_key", "functions", "products", "status", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "place", columns, rows, ""); err != nil {
		return fmt.Errorf("add places: %w", err)
	}
	return nil
}
