package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/directory"
)

// livingReferent is the root's referent as long as they have a place in the
// account: who is stored and left is nobody's contact any more (ACC-9).
const livingReferent = `(SELECT m.user_key FROM referent f JOIN member m ON m.key = f.member_key
	WHERE f.unit_key = a.root_key AND f.part = 'referent' AND f.valid_to IS NULL AND m.removed_at IS NULL)`

const accountColumns = `a.key, a.uuid, a.number, a.name, a.type, a.service_level, a.state, a.street, a.postal_code, a.city,
	a.country, a.contact_name, a.contact_email, a.language, a.time_zone, a.root_key, ` + livingReferent + `, a.contract_ends_at,
	a.claimed_at, a.settings, a.created_at, a.version, a.state_reason, a.external_id,
	EXISTS (SELECT 1 FROM seat_rule y WHERE y.account_key = a.key AND y.valid_to IS NULL),
	(SELECT count(*) FROM picture p WHERE p.user_key = 0 AND p.account_key = a.key AND p.purpose = 'logo') > 0`

func scanAccount(row scanner) (directory.Account, error) {
	var a directory.Account
	var ends, claimed, created micros
	var referent *int64
	var settings string
	err := row.Scan(&a.ID, &a.UUID, &a.Number, &a.Name, &a.Type, &a.ServiceLevel, &a.State, &a.Address.Street,
		&a.Address.PostalCode, &a.Address.City, &a.Address.Country, &a.Contact.Name, &a.Contact.Email, &a.Language, &a.TimeZone,
		&a.Root, &referent, &ends, &claimed, &settings, &created, &a.Version, &a.StateReason, &a.External, &a.SeatRules, &a.Logo)
	if err != nil {
		return a, err
	}
	a.ContractEnds, a.Claimed, a.Created = ends.Time, claimed.Time, created.Time
	if referent != nil {
		a.Referent = directory.UserID(*referent)
	}
	return a, json.Unmarshal([]byte(settings), &a.Settings)
}

// Account reads an account; it refuses with account.not_found.
func (r *Reader) Account(ctx context.Context, id directory.AccountID) (directory.Account, error) {
	if r.known != nil {
		if found, is := r.known.accounts[id]; is {
			return found, nil
		}
	}
	var a args
	return r.account(ctx, `a.key = `+a.add(id), a)
}

// AccountByUUID reads the account of a public id; it refuses with
// account.not_found.
func (r *Reader) AccountByUUID(ctx context.Context, uuid string) (directory.Account, error) {
	var a args
	return r.account(ctx, `a.uuid = `+a.add(uuid), a)
}

// AccountByNumber reads the account of a customer number in any spelling, also
// one it had before (ACC-12); it refuses with account.not_found.
func (r *Reader) AccountByNumber(ctx context.Context, number string) (directory.Account, error) {
	var a args
	return r.account(ctx, `a.key = `+accountNumbered(number, &a), a)
}

// AccountByExternal reads the account of an id of the vendor's programs; it refuses
// with account.not_found.
func (r *Reader) AccountByExternal(ctx context.Context, external string) (directory.Account, error) {
	var a args
	return r.account(ctx, `a.external_id = `+a.add(external)+` AND a.external_id <> ''`, a)
}

// AccountsAfter reads accounts in the order they were made, after a key, those of a
// portfolio or all.
func (r *Reader) AccountsAfter(ctx context.Context, portfolio directory.Portfolio, after directory.AccountID, size int) ([]directory.Account, error) {
	var a args
	query := `SELECT ` + accountColumns + ` FROM account a WHERE a.key > ` + a.add(after) + within(r, "a.key", portfolio, &a) + ` ORDER BY a.key` + atMost(size)
	list, err := collect(ctx, r, query, a, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("list accounts in order: %w", err)
	}
	return list, nil
}

// accountNumbered is the key of the account of a customer number, of today or
// before, as a part of a statement.
func accountNumbered(number string, a *args) string {
	folded := a.add(directory.CleanNumber(number))
	return `coalesce((SELECT key FROM account WHERE number_folded = ` + folded + `),
		(SELECT account_key FROM account_former_number WHERE number_folded = ` + folded + `))`
}

func (r *Reader) account(ctx context.Context, where string, a args) (directory.Account, error) {
	found, err := one(ctx, r, `SELECT `+accountColumns+` FROM account a WHERE `+where, a, scanAccount)
	if isNoRows(err) {
		return found, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return found, fmt.Errorf("read account: %w", err)
	}
	if r.known != nil {
		r.known.accounts[found.ID] = found
	}
	return found, nil
}

// An InsertAccount writes a new account and its root unit. The number must be
// nobody's, now or before: account.number_taken.
type InsertAccount struct {
	Account directory.Account
	Root    directory.Unit
}

func (c InsertAccount) apply(ctx context.Context, tx *Tx) error {
	a := c.Account
	settings, err := json.Marshal(a.Settings)
	if err != nil {
		return fmt.Errorf("account settings: %w", err)
	}
	if err := tx.numberFree(ctx, a.ID, a.Number); err != nil {
		return err
	}
	columns := []string{"key", "uuid", "number", "number_folded", "name", "name_folded", "type", "service_level", "state",
		"street", "postal_code", "city", "country", "contact_name", "contact_email", "language", "time_zone", "root_key",
		"contract_ends_at", "claimed_at", "settings", "created_at", "version", "state_reason", "search", "external_id"}
	row := []any{a.ID, a.UUID, a.Number, directory.CleanNumber(a.Number), a.Name, directory.Fold(a.Name), a.Type, a.ServiceLevel,
		a.State, a.Address.Street, a.Address.PostalCode, a.Address.City, a.Address.Country, a.Contact.Name, a.Contact.Email,
		a.Language, a.TimeZone, c.Root.ID, a.ContractEnds, a.Claimed, string(settings), tx.Now, 1,
		a.StateReason, accountSearch(a), a.External}
	if _, err := tx.bulkInsert(ctx, "account", columns, [][]any{row}, ""); err != nil {
		return err
	}
	return InsertUnits{Account: a.ID, Units: []directory.Unit{c.Root}}.apply(ctx, tx)
}

// numberFree refuses a number that another account had (ACC-12).
func (tx *Tx) numberFree(ctx context.Context, id directory.AccountID, number string) error {
	var a args
	query := `SELECT count(*) FROM account_former_number WHERE number_folded = ` + a.add(directory.CleanNumber(number)) +
		` AND account_key <> ` + a.add(id)
	n, err := one(ctx, tx.Reader, query, a, scanInt64)
	if err != nil {
		return fmt.Errorf("look up number: %w", err)
	}
	if n > 0 {
		return &directory.Error{Kind: directory.Conflict, Code: "account.number_taken", Field: "number",
			Args: directory.Args{"Number": number}}
	}
	return nil
}

// An UpdateAccount writes an account over the version it was read in; a newer
// one refuses with stale. A changed number leaves the old one remembered.
type UpdateAccount struct {
	Account directory.Account
	Before  directory.Account
}

func (c UpdateAccount) apply(ctx context.Context, tx *Tx) error {
	a := c.Account
	settings, err := json.Marshal(a.Settings)
	if err != nil {
		return fmt.Errorf("account settings: %w", err)
	}
	if err := tx.renumber(ctx, c); err != nil {
		return err
	}
	if err := tx.Restructure(a.ID); err != nil {
		return err
	}
	var v args
	query := `UPDATE account SET number = ` + v.add(a.Number) + `, number_folded = ` + v.add(directory.CleanNumber(a.Number)) +
		`, name = ` + v.add(a.Name) + `, name_folded = ` + v.add(directory.Fold(a.Name)) + `, service_level = ` + v.add(a.ServiceLevel) +
		`, state = ` + v.add(a.State) + `, street = ` + v.add(a.Address.Street) + `, postal_code = ` + v.add(a.Address.PostalCode) +
		`, city = ` + v.add(a.Address.City) + `, country = ` + v.add(a.Address.Country) + `, contact_name = ` + v.add(a.Contact.Name) +
		`, contact_email = ` + v.add(a.Contact.Email) + `, language = ` + v.add(a.Language) + `, time_zone = ` + v.add(a.TimeZone) +
		`, contract_ends_at = ` + v.add(a.ContractEnds) +
		`, claimed_at = ` + v.add(a.Claimed) + `, settings = ` + v.add(string(settings)) + `, state_reason = ` + v.add(a.StateReason) +
		`, search = ` + v.add(accountSearch(a)) + `, external_id = ` + v.add(a.External) + `, version = version + 1` +
		` WHERE key = ` + v.add(a.ID) + ` AND version = ` + v.add(c.Before.Version)
	n, err := exec(ctx, tx, query, v)
	if err != nil {
		return fmt.Errorf("update account: %w", err)
	}
	if n == 0 {
		return directory.Refuse(directory.Conflict, "stale")
	}
	return tx.renameRoot(ctx, c)
}

// renameRoot keeps the root unit's name the account's.
func (tx *Tx) renameRoot(ctx context.Context, c UpdateAccount) error {
	if c.Account.Name == c.Before.Name {
		return nil
	}
	var v args
	query := `UPDATE unit SET name = ` + v.add(c.Account.Name) + `, name_folded = ` + v.add(directory.Fold(c.Account.Name)) +
		` WHERE key = ` + v.add(c.Account.Root)
	if _, err := exec(ctx, tx, query, v); err != nil {
		return fmt.Errorf("rename root unit: %w", err)
	}
	return nil
}

// accountSearch is what a customer is found by in the console.
func accountSearch(a directory.Account) string {
	return directory.Fold(a.Name) + " " + directory.CleanNumber(a.Number) + " " + directory.Fold(a.Contact.Name) + " " + directory.Fold(a.Contact.Email) +
		" " + directory.Fold(a.External)
}

func (tx *Tx) renumber(ctx context.Context, c UpdateAccount) error {
	before, after := directory.CleanNumber(c.Before.Number), directory.CleanNumber(c.Account.Number)
	if before == after {
		return nil
	}
	if err := tx.numberFree(ctx, c.Account.ID, c.Account.Number); err != nil {
		return err
	}
	var v args
	if _, err := exec(ctx, tx, `DELETE FROM account_former_number WHERE number_folded = `+v.add(after), v); err != nil {
		return fmt.Errorf("take number back: %w", err)
	}
	v = nil
	query := `INSERT INTO account_former_number (number_folded, account_key, until_at) VALUES (` +
		v.add(before) + `, ` + v.add(c.Account.ID) + `, ` + v.add(tx.Now) + `)`
	if _, err := exec(ctx, tx, query, v); err != nil {
		return fmt.Errorf("remember number: %w", err)
	}
	return tx.moveKeyCount(ctx, before, after)
}
