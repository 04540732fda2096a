package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

const domainColumns = `name, token, auto_approve, added_at, verified_at`

func scanDomain(row scanner) (directory.Domain, error) {
	var d directory.Domain
	var added, verified micros
	err := row.Scan(&d.Name, &d.Token, &d.AutoApprove, &added, &verified)
	d.Added, d.Verified = added.Time, verified.Time
	return d, err
}

// Domains lists the mail domains of an account by name.
func (r *Reader) Domains(ctx context.Context, account directory.AccountID) ([]directory.Domain, error) {
	var a args
	query := `SELECT ` + domainColumns + ` FROM domain WHERE account_key = ` + a.add(account) + ` ORDER BY name`
	domains, err := collect(ctx, r, query, a, scanDomain)
	if err != nil {
		return nil, fmt.Errorf("list domains: %w", err)
	}
	return domains, nil
}

// Domain reads a mail domain of an account; it refuses with domain.not_found.
func (r *Reader) Domain(ctx context.Context, account directory.AccountID, name string) (directory.Domain, error) {
	var a args
	query := `SELECT ` + domainColumns + ` FROM domain WHERE account_key = ` + a.add(account) + ` AND name = ` + a.add(name)
	d, err := one(ctx, r, query, a, scanDomain)
	if isNoRows(err) {
		return d, directory.Refuse(directory.NotFound, "domain.not_found")
	}
	if err != nil {
		return d, fmt.Errorf("read domain: %w", err)
	}
	return d, nil
}

// InsertDomain writes a mail domain that an account says is its own. One it has
// already makes the plan run again, which then refuses it.
type InsertDomain struct {
	Account directory.AccountID
	Domain  directory.Domain
}

func (c InsertDomain) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"account_key", "name", "token", "auto_approve", "added_at"}
	row := []any{c.Account, c.Domain.Name, c.Domain.Token, false, tx.Now}
	n, err := tx.bulkInsert(ctx, "domain", columns, [][]any{row}, "ON CONFLICT (account_key, name) DO NOTHING")
	if err != nil {
		return fmt.Errorf("add domain: %w", err)
	}
	if n == 0 {
		return errLostRace
	}
	return nil
}

// PutDomain writes whether a domain is verified and approves by itself. A domain
// that another account has verified is refused with domain.taken.
type PutDomain struct {
	Account directory.AccountID
	Domain  directory.Domain
}

func (c PutDomain) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE domain SET auto_approve = ` + a.add(c.Domain.AutoApprove) + `, verified_at = ` + a.add(c.Domain.Verified) +
		` WHERE account_key = ` + a.add(c.Account) + ` AND name = ` + a.add(c.Domain.Name)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("change domain: %w", err)
	}
	return nil
}

// RemoveDomain takes a mail domain from an account.
type RemoveDomain struct {
	Account directory.AccountID
	Name    string
}

func (c RemoveDomain) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM domain WHERE account_key = ` + a.add(c.Account) + ` AND name = ` + a.add(c.Name)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("remove domain: %w", err)
	}
	return nil
}
