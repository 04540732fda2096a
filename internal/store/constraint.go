package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"intendant/internal/directory"
)

// A guard says which rule a constraint keeps. PostgreSQL names every broken
// constraint; SQLite names a broken CHECK and a unique index over expressions,
// but gives "table.column, table.column" for any other unique key.
type guard struct {
	constraint string // the name of the constraint or unique index
	columns    string // as SQLite says them, empty for a CHECK
	refusal    *directory.Error
}

// guards lists the constraints that stand for a rule. A constraint that is not
// here is a fault when broken.
func guards() []guard {
	return []guard{
		{"ledger_pkey", "ledger.account_key", directory.Refuse(directory.Conflict, "account.exists")},
		{"ledger_number_fits", "", directory.Refuse(directory.Conflict, "account.full")},
		{"grant_once", "grant.member_key, grant.role_key, grant.unit_key", directory.Refuse(directory.Conflict, "grant.exists")},
		{"referent_one", "referent.unit_key", directory.Refuse(directory.Conflict, "stale")},
		{"referent_once", "referent.unit_key, referent.member_key", directory.Refuse(directory.Conflict, "stale")},
		{"unit_external_once", "unit.account_key, unit.external_id", directory.InvalidField("external", "unit.external_taken", nil)},
		{"seat_once", "seat.member_key, seat.product", directory.Refuse(directory.Conflict, "seat.taken_twice")},
		{"subscription_external_once", "subscription.account_key, subscription.external_id", directory.InvalidField("external_id", "subscription.external_taken", nil)},
		{"contract_document_number_once", "contract_document.account_key, contract_document.number",
			directory.InvalidField("document_number", "document.number_taken", nil)},
		{"account_external_once", "account.external_id", &directory.Error{Kind: directory.Conflict, Code: "account.external_taken", Field: "external_id"}},
		{"domain_verified_once", "domain.name", directory.Refuse(directory.Conflict, "domain.taken")},
	}
}

// refusal returns the refusal of the rule whose constraint err says is broken,
// or err itself, marked when the database is away. The transaction must be given
// up: PostgreSQL has done so.
func refusal(err error) error {
	return driverError(refusalOf(err, guards))
}

// refusalOf is refusal with the guards given.
func refusalOf(err error, guards func() []guard) error {
	constraint, columns := broken(err)
	if constraint == "" && columns == "" {
		return err
	}
	for _, g := range guards() {
		if constraint == g.constraint || constraint == "" && columns == g.columns {
			return g.refusal
		}
	}
	return err
}

// Broken reports whether err says that a row breaks a constraint which stands
// for no rule, or holds what a column does not take: what nobody foresaw.
func Broken(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "22") || strings.HasPrefix(pg.Code, "23") // data exception, integrity constraint violation
	}
	var lite *sqlitedriver.Error
	return errors.As(err, &lite) && lite.Code()&0xff == codes.SQLITE_CONSTRAINT
}

// broken returns the name of the CHECK or unique constraint err is about or,
// where SQLite does not say it, the columns of the unique key.
func broken(err error) (constraint, columns string) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if pg.Code == "23505" || pg.Code == "23514" { // unique_violation, check_violation
			return pg.ConstraintName, ""
		}
		return "", ""
	}
	var lite *sqlitedriver.Error
	if !errors.As(err, &lite) {
		return "", ""
	}
	switch lite.Code() {
	case codes.SQLITE_CONSTRAINT_CHECK:
		return subject(lite.Error(), "CHECK constraint failed: "), ""
	case codes.SQLITE_CONSTRAINT_UNIQUE, codes.SQLITE_CONSTRAINT_PRIMARYKEY, codes.SQLITE_CONSTRAINT_ROWID:
		columns = subject(lite.Error(), "UNIQUE constraint failed: ")
		if index, found := strings.CutPrefix(columns, "index '"); found {
			return strings.TrimSuffix(index, "'"), ""
		}
	}
	return "", columns
}

// subject returns what message says after intro, without the code the driver
// adds in brackets.
func subject(message, intro string) string {
	_, text, _ := strings.Cut(message, intro)
	if end := strings.LastIndex(text, " ("); end >= 0 {
		text = text[:end]
	}
	return text
}

// errLostRace says that another transaction wrote first what this one planned
// to write: the plan is made again on what is there now.
var errLostRace = errors.New("another change was first")

// lostRace reports whether err is the database's way of saying: another
// transaction was first, try again.
func lostRace(err error) bool {
	if errors.Is(err, errLostRace) {
		return true
	}
	if constraint, columns := broken(err); constraint == "sign_in_name_pkey" || columns == "sign_in_name.folded" {
		return true // the plan runs again and finds who has the name
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" // serialization_failure, deadlock_detected
	}
	var lite *sqlitedriver.Error
	if errors.As(err, &lite) {
		primary := lite.Code() & 0xff
		return primary == codes.SQLITE_BUSY || primary == codes.SQLITE_LOCKED
	}
	return false
}
