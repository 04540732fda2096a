package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// An EntryFilter chooses history entries; its zero value chooses all. From is
// inclusive, To exclusive.
type EntryFilter struct {
	Accounts []directory.AccountID // empty: every account and the installation
	From, To time.Time
	Actor    directory.UserID
	Subject  directory.UserID
	Actors   []directory.UserID // any of these; nil: whoever
	Subjects []directory.UserID // any of these; nil: whoever
	Kinds    []audit.Kind
	Units    []directory.UnitID // with InUnits: entries of these units only
	InUnits  bool
	Door     authz.Door
	Batch    string
}

// inAccounts asks for rows of the accounts that the filter names.
func (f EntryFilter) inAccounts(r *Reader, column string, a *args) string {
	switch {
	case len(f.Accounts) == 1: // lets the index of the account's chain serve the order
		return ` AND ` + column + ` = ` + a.add(f.Accounts[0])
	case len(f.Accounts) > 1:
		return ` AND ` + column + inKeys(r, f.Accounts, a)
	}
	return ""
}

func (f EntryFilter) where(r *Reader, a *args) string {
	where := `1 = 1` + f.inAccounts(r, "e.account_key", a)
	if !f.From.IsZero() {
		where += ` AND e.at >= ` + a.add(f.From)
	}
	if !f.To.IsZero() {
		where += ` AND e.at < ` + a.add(f.To)
	}
	if f.Actor != 0 {
		where += ` AND e.actor_key = ` + a.add(f.Actor)
	}
	if f.Subject != 0 {
		where += ` AND e.subject_key = ` + a.add(f.Subject)
	}
	if f.Actors != nil {
		where += ` AND e.actor_key` + inKeys(r, f.Actors, a)
	}
	if f.Subjects != nil {
		where += ` AND e.subject_key` + inKeys(r, f.Subjects, a)
	}
	if len(f.Kinds) > 0 {
		where += ` AND e.kind` + inTexts(r, textsOf(f.Kinds), a)
	}
	if f.InUnits {
		where += ` AND e.unit_key` + inKeys(r, f.Units, a)
	}
	if f.Door != "" {
		where += ` AND e.door = ` + a.add(f.Door)
	}
	if f.Batch != "" {
		where += ` AND e.batch = ` + a.add(f.Batch)
	}
	return where
}

func textsOf(kinds []audit.Kind) []string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return texts
}

// An EntryPlace is where a page of history goes on: after the entry named. The
// zero value is the newest end.
type EntryPlace struct {
	At      time.Time
	Account directory.AccountID
	N       int64
}

const entryFields = `e.account_key, e.n, e.at, e.batch, e.actor_key, e.actor_kind, e.staff_entry_key, e.door, e.kind,
	e.subject_key, e.unit_key, e.object_key, e.facts, e.salt, e.personal, e.digest, e.hash`

func scanEntry(row scanner) (audit.Entry, error) { return scanEntryAnd(row) }

// scanEntryAnd scans an entry and the columns that follow it.
func scanEntryAnd(row scanner, rest ...any) (audit.Entry, error) {
	var e audit.Entry
	var at micros
	var actor, staff, subject, unit, object *int64
	var facts string
	var personal *string
	err := row.Scan(append([]any{&e.Account, &e.N, &at, &e.Batch, &actor, &e.ActorKind, &staff, &e.Door, &e.Kind,
		&subject, &unit, &object, &facts, &e.Salt, &personal, &e.Digest, &e.Hash}, rest...)...)
	if err != nil {
		return e, err
	}
	e.At = at.Time
	e.Actor, e.StaffEntry, e.Subject = directory.UserID(orZero(actor)), orZero(staff), directory.UserID(orZero(subject))
	e.Unit, e.Object = directory.UnitID(orZero(unit)), orZero(object)
	if err := json.Unmarshal([]byte(facts), &e.Facts); err != nil {
		return e, fmt.Errorf("read facts of entry %d: %w", e.N, err)
	}
	if personal != nil {
		if err := json.Unmarshal([]byte(*personal), &e.Personal); err != nil {
			return e, fmt.Errorf("read values of entry %d: %w", e.N, err)
		}
		return e, nil
	}
	// An entry that never had personal values has the digest of none.
	none := sha256.Sum256([]byte("null"))
	e.Erased = !bytes.Equal(e.Digest, none[:])
	return e, nil
}

// orZero reads NULL as zero.
func orZero(key *int64) int64 {
	if key == nil {
		return 0
	}
	return *key
}

// Entries reads a page of history, newest first. Within one account the order
// is the chain's; over several it is that of time.
func (r *Reader) Entries(ctx context.Context, f EntryFilter, after EntryPlace, size int) ([]audit.Entry, error) {
	return r.entries(ctx, f, every(), after, size)
}

// entries reads a page of the entries that a filter chooses from a source of
// entries and further conditions keep.
func (r *Reader) entries(ctx context.Context, f EntryFilter, from entrySource, after EntryPlace, size int) ([]audit.Entry, error) {
	var a args
	query := `SELECT ` + entryFields + ` FROM ` + from.table + ` WHERE ` + f.where(r, &a) + f.ofBatch(&a) + from.keeps
	rest, order := f.after(after, "e.at", "e.account_key", "e.n", &a)
	query += rest + order + atMost(size)
	entries, err := collect(ctx, r, query, a, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	return entries, nil
}

// An entrySource is the entries that a list is of.
type entrySource struct{ table, keeps string }

// every are all entries.
func every() entrySource { return entrySource{table: `entry e`} }

// alone are the entries that are of no act on many, in the order of the chain
// or, of several accounts, of time.
func (f EntryFilter) alone(r *Reader) entrySource {
	index := "entry_alone_by_age"
	if len(f.Accounts) == 1 {
		index = "entry_alone"
	}
	return entrySource{`entry e` + r.dialect.indexed(index), ` AND e.batch = ''`}
}

// CountEntries counts the entries a filter chooses; those of whole accounts are kept.
func (r *Reader) CountEntries(ctx context.Context, f EntryFilter) (int64, error) {
	var a args
	query := `SELECT count(*) FROM entry e WHERE ` + f.where(r, &a)
	if f.whole() {
		a = nil
		query = `SELECT coalesce(sum(l.entries), 0) FROM ledger l WHERE 1 = 1` + f.inAccounts(r, "l.account_key", &a)
	}
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count history: %w", err)
	}
	return n, nil
}

// EachEntry visits an account's entries in the order of the chain without
// keeping them. On PostgreSQL visit must not ask this reader.
func (r *Reader) EachEntry(ctx context.Context, account directory.AccountID, visit func(audit.Entry) error) error {
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e WHERE e.account_key = ` + a.add(account) + ` ORDER BY e.n`
	err := each(ctx, r, query, a, func(row scanner) error {
		e, err := scanEntry(row)
		if err != nil {
			return err
		}
		return visit(e)
	})
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	return nil
}

// LedgerAccounts lists every account that has a ledger, the installation first.
func (r *Reader) LedgerAccounts(ctx context.Context) ([]directory.AccountID, error) {
	accounts, err := collect(ctx, r, `SELECT account_key FROM ledger ORDER BY account_key`, nil,
		func(row scanner) (account directory.AccountID, err error) { return account, row.Scan(&account) })
	if err != nil {
		return nil, fmt.Errorf("list ledgers: %w", err)
	}
	return accounts, nil
}

// An EraseHistory takes the personal values about a person out of every
// account's history; the chains still verify. Rules HIST-3, USER-7.
type EraseHistory struct {
	Subject directory.UserID
}

func (c EraseHistory) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE entry SET personal = NULL, salt = NULL WHERE subject_key = ` + a.add(c.Subject) + ` AND personal IS NOT NULL`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("erase values in history: %w", err)
	}
	return nil
}

// A Named is what a row is called, for a history entry that is about it. Of a
// role there are names by language.
type Named struct {
	Noun   string // "account", "unit", "company", "role", "import" or "document"
	Name   string
	Number string // the customer number of an account
	Names  map[string]string
}

// Names reads what the rows of these keys are called, of whatever table: a key
// is one row's only. A grant has its role's name. Keys of nothing that has a
// name are left out.
func (r *Reader) Names(ctx context.Context, keys []int64) (map[int64]Named, error) {
	found := make(map[int64]Named, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	in := inKeys(r, keys, &a)
	query := `
		SELECT 'account', key, name, number FROM account WHERE key` + in + `
		UNION ALL SELECT 'unit', key, name, '' FROM unit WHERE key` + in + `
		UNION ALL SELECT 'company', key, name, '' FROM company WHERE key` + in + `
		UNION ALL SELECT 'import', key, file_name, '' FROM import WHERE key` + in + `
		UNION ALL SELECT 'document', key, number, '' FROM contract_document WHERE key` + in + `
		UNION ALL SELECT 'project_type', key, name, '' FROM project_type WHERE key` + in + `
		UNION ALL SELECT 'template', key, name, '' FROM project_template WHERE key` + in + `
		UNION ALL SELECT 'role', key, names, '' FROM role WHERE key` + in + `
		UNION ALL SELECT 'role', g.key, o.names, '' FROM "grant" g JOIN role o ON o.key = g.role_key WHERE g.key` + in
	err := each(ctx, r, query, a, func(row scanner) error {
		var key int64
		var n Named
		if err := row.Scan(&n.Noun, &key, &n.Name, &n.Number); err != nil {
			return err
		}
		if n.Noun == "role" {
			if err := json.Unmarshal([]byte(n.Name), &n.Names); err != nil {
				return fmt.Errorf("read names of role %d: %w", key, err)
			}
			n.Name = ""
		}
		found[key] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return found, nil
}

// SuggestedNames reads the names an account suggested for people of its who
// have none of their own yet (ADD-3), removed members included.
func (r *Reader) SuggestedNames(ctx context.Context, account directory.AccountID, users []directory.UserID) (map[directory.UserID]directory.PersonName, error) {
	found := map[directory.UserID]directory.PersonName{}
	if len(users) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT user_key, suggested_first_name, suggested_last_name FROM member WHERE account_key = ` + a.add(account) +
		` AND user_key` + inKeys(r, users, &a) + ` AND suggested_first_name || suggested_last_name <> ''`
	err := each(ctx, r, query, a, func(row scanner) error {
		var user directory.UserID
		var name directory.PersonName
		if err := row.Scan(&user, &name.First, &name.Last); err != nil {
			return err
		}
		found[user] = name
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read suggested names: %w", err)
	}
	return found, nil
}

// PeopleCalled finds who a text may mean in an account's history: a user's
// UUID, a user name or address, a part of a member's name or address, past
// members too, or of a name of the vendor's staff. For the installation, which
// has no members, a user name or address may be cut short. It answers at most
// limit users, and an empty list, never nil, when it means nobody.
func (r *Reader) PeopleCalled(ctx context.Context, account directory.AccountID, text string, limit int) ([]directory.UserID, error) {
	folded := directory.Fold(text)
	if folded == "" {
		return []directory.UserID{}, nil
	}
	people, err := r.staffCalled(ctx, folded)
	if err != nil {
		return nil, err
	}
	upTo := folded
	if account == directory.Installation {
		upTo += "\U0010FFFF"
	}
	var a args
	query := `
		SELECT key FROM "user" WHERE uuid = ` + a.add(folded) + `
		UNION SELECT user_key FROM sign_in_name WHERE folded >= ` + a.add(folded) + ` AND folded <= ` + a.add(upTo)
	if account != directory.Installation {
		query += ` UNION SELECT user_key FROM member WHERE account_key = ` + a.add(account) +
			` AND search LIKE ` + a.add("%"+escapeLike(folded)+"%") + ` ESCAPE '\'`
	}
	found, err := collect(ctx, r, `SELECT key FROM (`+query+`) called ORDER BY key`+atMost(limit), a,
		func(row scanner) (id directory.UserID, err error) { return id, row.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return append(people, found...), nil
}

// staffCalled finds the vendor's staff and applications by a part of the name,
// ended ones too. They are few: the names are folded here.
func (r *Reader) staffCalled(ctx context.Context, folded string) ([]directory.UserID, error) {
	people := []directory.UserID{}
	query := `SELECT key, first_name, last_name FROM "user" WHERE staff <> ''
		UNION ALL SELECT u.key, u.first_name, u.last_name FROM application p CROSS JOIN "user" u WHERE u.key = p.user_key AND u.staff = ''`
	err := each(ctx, r, query, nil, func(row scanner) error {
		var id directory.UserID
		var first, last string
		if err := row.Scan(&id, &first, &last); err != nil {
			return err
		}
		if strings.Contains(directory.Fold(first+" "+last+" "+first), folded) {
			people = append(people, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find staff: %w", err)
	}
	return people, nil
}
