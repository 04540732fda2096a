package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"intendant/internal/directory"
)

// applicationColumns are those of an application p and the user u it acts as.
const applicationColumns = `p.user_key, u.uuid, u.last_name, p.product, p.rights, p.created_at, p.created_by, p.ended_at, u.version, u.all_accounts`

// applicationFrom are the tables of applicationColumns.
const applicationFrom = `application p JOIN "user" u ON u.key = p.user_key`

// application scans applicationColumns; which accounts are in a portfolio that is
// not all, is read by itself.
type application struct {
	directory.Application
	rights         string
	created, ended micros
	all            bool
}

func (a *application) into() []any {
	return []any{&a.ID, &a.UUID, &a.Name, &a.Product, &a.rights, &a.created, &a.By, &a.ended, &a.Version, &a.all}
}

func (a *application) read() directory.Application {
	for right := range strings.FieldsSeq(a.rights) {
		a.Rights = append(a.Rights, directory.ApplicationRight(right))
	}
	a.Created, a.Ended, a.Portfolio.Limited = a.created.Time, a.ended.Time, !a.all
	return a.Application
}

func scanApplication(row scanner) (directory.Application, error) {
	var a application
	err := row.Scan(a.into()...)
	return a.read(), err
}

// storedRights are rights as their column has them, apart by spaces.
func storedRights(rights []directory.ApplicationRight) string {
	texts := make([]string, len(rights))
	for i, right := range rights {
		texts[i] = string(right)
	}
	return strings.Join(texts, " ")
}

const credentialColumns = `c.key, c.uuid, c.user_key, c.name, c.created_at, c.created_by, c.expires_at, c.revoked_at, c.last_used_at, c.last_refused_at`

func scanCredential(row scanner) (directory.Credential, error) {
	var c directory.Credential
	var created, expires, revoked, used, refused micros
	err := row.Scan(&c.ID, &c.UUID, &c.Application, &c.Name, &created, &c.By, &expires, &revoked, &used, &refused)
	c.Created, c.Expires, c.Revoked, c.LastUsed, c.Refused = created.Time, expires.Time, revoked.Time, used.Time, refused.Time
	return c, err
}

// Presented reads the credential of a digest with its application and the accounts
// that sees (APP-2): one row by its keys, and a portfolio where it is not all. It
// refuses with token.refused.
func (r *Reader) Presented(ctx context.Context, digest []byte) (directory.Presented, error) {
	var a args
	query := `SELECT ` + credentialColumns + `, u.switched_off_at, ` + applicationColumns + `
		FROM ` + applicationFrom + ` JOIN credential c ON c.user_key = p.user_key WHERE c.digest = ` + a.add(digest)
	found, err := one(ctx, r, query, a, func(row scanner) (found directory.Presented, err error) {
		var off micros
		var of application
		found.Credential, err = scanCredential(part{scanner: row, after: append([]any{&off}, of.into()...)})
		found.SwitchedOff, found.Application = !off.IsZero(), of.read()
		return found, err
	})
	switch {
	case isNoRows(err):
		return found, directory.Refuse(directory.Denied, "token.refused")
	case err != nil:
		return found, fmt.Errorf("read credential: %w", err)
	case found.Application.Portfolio.Limited:
		found.Application.Portfolio, err = r.Portfolio(ctx, found.Application.ID)
	}
	return found, err
}

// Applications reads the applications that were not ended, by name.
func (r *Reader) Applications(ctx context.Context) ([]directory.Application, error) {
	list, err := collect(ctx, r, `SELECT `+applicationColumns+` FROM `+applicationFrom+` WHERE p.ended_at IS NULL ORDER BY u.last_name, p.user_key`, nil, scanApplication)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	seen := map[directory.UserID][]directory.AccountID{}
	query := `SELECT f.user_key, f.account_key FROM portfolio f JOIN application p ON p.user_key = f.user_key WHERE p.ended_at IS NULL ORDER BY f.account_key`
	if err := each(ctx, r, query, nil, func(row scanner) error {
		var user directory.UserID
		var account directory.AccountID
		err := row.Scan(&user, &account)
		seen[user] = append(seen[user], account)
		return err
	}); err != nil {
		return nil, fmt.Errorf("list what applications see: %w", err)
	}
	for i := range list {
		list[i].Portfolio.Accounts = seen[list[i].ID]
	}
	return list, nil
}

// Application reads an application of a public id that was not ended; it refuses
// with application.not_found.
func (r *Reader) Application(ctx context.Context, uuid string) (directory.Application, error) {
	var a args
	found, err := one(ctx, r, `SELECT `+applicationColumns+` FROM `+applicationFrom+` WHERE p.ended_at IS NULL AND u.uuid = `+a.add(uuid), a, scanApplication)
	if isNoRows(err) {
		return found, directory.Refuse(directory.NotFound, "application.not_found")
	}
	if err != nil {
		return found, fmt.Errorf("read application: %w", err)
	}
	if found.Portfolio.Limited {
		found.Portfolio, err = r.Portfolio(ctx, found.ID)
	}
	return found, err
}

// CredentialsOf reads the credentials of applications, the newest first; those
// that are over stay until they are purged.
func (r *Reader) CredentialsOf(ctx context.Context, applications []directory.UserID) (map[directory.UserID][]directory.Credential, error) {
	found := make(map[directory.UserID][]directory.Credential, len(applications))
	if len(applications) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + credentialColumns + ` FROM credential c WHERE c.user_key` + inKeys(r, applications, &a) + ` ORDER BY c.key DESC`
	list, err := collect(ctx, r, query, a, scanCredential)
	if err != nil {
		return nil, fmt.Errorf("list credentials: %w", err)
	}
	for _, c := range list {
		found[c.Application] = append(found[c.Application], c)
	}
	return found, nil
}

// InsertApplication writes what makes a user an application.
type InsertApplication directory.Application

func (c InsertApplication) apply(ctx context.Context, tx *Tx) error {
	row := []any{c.ID, c.Product, storedRights(c.Rights), c.Created, c.By}
	columns := []string{"user_key", "product", "rights", "created_at", "created_by"}
	if _, err := tx.bulkInsert(ctx, "application", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("register application: %w", err)
	}
	return SetPortfolio{User: c.ID, Portfolio: c.Portfolio}.apply(ctx, tx)
}

// UpdateApplication writes an application over the version it was read in. A
// newer version refuses with stale.
type UpdateApplication directory.Application

func (c UpdateApplication) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE "user" SET last_name = ` + a.add(c.Name) + `, version = version + 1 WHERE key = ` + a.add(c.ID) + ` AND version = ` + a.add(c.Version)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("name application: %w", err)
	}
	if n == 0 {
		return directory.Refuse(directory.Conflict, "stale")
	}
	a = nil
	query = `UPDATE application SET product = ` + a.add(c.Product) + `, rights = ` + a.add(storedRights(c.Rights)) +
		`, ended_at = ` + a.add(c.Ended) + ` WHERE user_key = ` + a.add(c.ID)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("change application: %w", err)
	}
	return SetPortfolio{User: c.ID, Portfolio: c.Portfolio}.apply(ctx, tx)
}

// InsertCredential writes a new credential by its digest.
type InsertCredential struct {
	directory.Credential
	Digest []byte
}

func (c InsertCredential) apply(ctx context.Context, tx *Tx) error {
	row := []any{c.ID, c.UUID, c.Application, c.Digest, c.Name, c.Created, c.By, c.Expires}
	columns := []string{"key", "uuid", "user_key", "digest", "name", "created_at", "created_by", "expires_at"}
	if _, err := tx.bulkInsert(ctx, "credential", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("make credential: %w", err)
	}
	return nil
}

// RevokeCredentials ends credentials; one that is over already keeps its end.
type RevokeCredentials []int64

func (c RevokeCredentials) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE credential SET revoked_at = ` + a.add(tx.Now) + ` WHERE revoked_at IS NULL AND key` + inKeys(tx.Reader, c, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("revoke credentials: %w", err)
	}
	return nil
}

// TouchCredential notes that a credential was used now, or turned away.
func (tx *Tx) TouchCredential(ctx context.Context, credential int64, refused bool) error {
	column := `last_used_at`
	if refused {
		column = `last_refused_at`
	}
	var a args
	if _, err := exec(ctx, tx, `UPDATE credential SET `+column+` = `+a.add(tx.Now)+` WHERE key = `+a.add(credential), a); err != nil {
		return fmt.Errorf("touch credential: %w", err)
	}
	return nil
}

// PurgeCredentials removes at most limit credentials that were over before a time
// and answers how many it removed.
func (tx *Tx) PurgeCredentials(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM credential WHERE key IN (SELECT key FROM credential WHERE expires_at < ` + a.add(before) +
		` OR revoked_at < ` + a.add(before) + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge credentials: %w", err)
	}
	return n, nil
}
