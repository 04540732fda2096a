package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

// The views of the customers that need somebody's attention (VEND-1).
const (
	WithoutAdministrator = "without_administrator"
	KeysLocked           = "locked"
	Unclaimed            = "unclaimed"
	KeyRequested         = "key_request"
)

// An AccountFilter chooses customers. Values of one field are "or", fields among
// each other "and"; the zero value chooses all. Search finds a part of name,
// number or contact, and a member's address by its beginning.
type AccountFilter struct {
	Search string
	Levels []string
	Types  []string
	States []string
	View   string
	Within directory.Portfolio
}

// An AccountPage is which part of the customers, and by what they are sorted.
type AccountPage struct {
	Filter       AccountFilter
	Sort         string // a name of AccountSorts; otherwise by name
	Descending   bool
	Offset, Size int64
}

// An AccountLine is a customer with the figures of their row.
type AccountLine struct {
	directory.Account
	Members, Administrators int64
	KeysUsed, KeysLive      int64 // of the keys not revoked
	Letters, Requests       int64 // that wait
	Locked                  bool
}

// AccountTotals are how many customers a filter finds, by view.
type AccountTotals struct {
	All, WithoutAdministrator, Locked, Unclaimed, KeyRequested int64
}

// AccountSorts lists what the customers can be sorted by.
func AccountSorts() []string {
	return []string{"name", "number", "level", "members", "administrators", "ends", "created"}
}

const (
	countMembers        = `(SELECT ` + membersCounted + ` FROM ledger l WHERE l.account_key = a.key)`
	countAdministrators = `(SELECT count(*) FROM ` + administratorRows + ` WHERE o.account_key = a.key AND ` + keepsAdministered + `)`
	hasAdministrator    = `EXISTS (SELECT 1 FROM ` + administratorRows + ` WHERE o.account_key = a.key AND ` + keepsAdministered + `)`
	isLocked            = `a.number_folded IN (SELECT number_folded FROM key_count WHERE locked_at IS NOT NULL)`
	hasKeyRequest       = `a.key IN (SELECT account_key FROM key_request WHERE state = 'waiting' AND account_key IS NOT NULL)`
)

// order is the ORDER BY of a sort; the key makes it total.
func (p AccountPage) order() string {
	column := "a.name_folded"
	switch p.Sort {
	case "number":
		column = "a.number_folded"
	case "level":
		column = "a.service_level"
	case "members":
		column = countMembers
	case "administrators":
		column = countAdministrators
	case "ends":
		column = "coalesce(a.contract_ends_at, 9223372036854775807)"
	case "created":
		column = "a.created_at"
	}
	way := ""
	if p.Descending {
		way = " DESC"
	}
	return column + way + ", a.name_folded" + way + ", a.key" + way
}

// where is the filter without its view.
func (f AccountFilter) where(r *Reader, a *args) string {
	parts := []string{"1 = 1" + within(r, "a.key", f.Within, a)}
	for _, in := range []struct {
		column string
		values []string
	}{{"a.service_level", f.Levels}, {"a.type", f.Types}, {"a.state", f.States}} {
		if len(in.values) > 0 {
			parts = append(parts, in.column+inTexts(r, in.values, a))
		}
	}
	if sought := strings.TrimSpace(f.Search); sought != "" {
		parts = append(parts, soughtAccount(sought, a))
	}
	return strings.Join(parts, " AND ")
}

// soughtAccount finds a part of what the account's row says, a number in any
// spelling, now or before, and members by the beginning of an address.
func soughtAccount(text string, a *args) string {
	any := []string{`a.search LIKE ` + a.add("%"+escapeLike(directory.Fold(text))+"%") + ` ESCAPE '\'`}
	if number := directory.CleanNumber(text); number != "" {
		pattern := a.add("%" + escapeLike(number) + "%")
		any = append(any, `a.number_folded LIKE `+pattern+` ESCAPE '\'`,
			`a.key IN (SELECT account_key FROM account_former_number WHERE number_folded = `+a.add(number)+`)`)
	}
	if strings.Contains(text, "@") {
		from := directory.FoldSignIn(text)
		any = append(any, `a.key IN (SELECT m.account_key FROM sign_in_name n JOIN member m ON m.user_key = n.user_key
			WHERE m.removed_at IS NULL AND n.folded >= `+a.add(from)+` AND n.folded < `+a.add(from+"\U0010FFFF")+`)`)
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// view is the condition of a view.
func (f AccountFilter) view() string {
	switch f.View {
	case WithoutAdministrator:
		return ` AND NOT ` + hasAdministrator
	case KeysLocked:
		return ` AND ` + isLocked
	case Unclaimed:
		return ` AND a.claimed_at IS NULL`
	case KeyRequested:
		return ` AND ` + hasKeyRequest
	}
	return ""
}

// Accounts reads one part of the customers with the figures of their rows: as
// many statements for a page of any size.
func (r *Reader) Accounts(ctx context.Context, p AccountPage) ([]AccountLine, error) {
	var a args
	query := `SELECT ` + accountColumns + ` FROM account a WHERE ` + p.Filter.where(r, &a) + p.Filter.view() +
		` ORDER BY ` + p.order() + atMost(p.Size) + ` OFFSET ` + a.add(p.Offset)
	accounts, err := collect(ctx, r, query, a, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return r.accountLines(ctx, accounts)
}

// AccountTotals counts the customers of a filter, all of them and by view.
func (r *Reader) AccountTotals(ctx context.Context, f AccountFilter) (AccountTotals, error) {
	var a args
	query := `SELECT count(*), count(CASE WHEN NOT ` + hasAdministrator + ` THEN 1 END), count(CASE WHEN ` + isLocked + ` THEN 1 END),
		count(CASE WHEN a.claimed_at IS NULL THEN 1 END), count(CASE WHEN ` + hasKeyRequest + ` THEN 1 END)
		FROM account a WHERE ` + f.where(r, &a)
	totals, err := one(ctx, r, query, a, func(row scanner) (AccountTotals, error) {
		var t AccountTotals
		return t, row.Scan(&t.All, &t.WithoutAdministrator, &t.Locked, &t.Unclaimed, &t.KeyRequested)
	})
	if err != nil {
		return totals, fmt.Errorf("count accounts: %w", err)
	}
	return totals, nil
}

// CountAccounts is how many customers there are, in a portfolio where one is
// given.
func (r *Reader) CountAccounts(ctx context.Context, portfolio directory.Portfolio) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*) FROM account a WHERE 1 = 1`+within(r, "a.key", portfolio, &a), a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// accountLines adds the figures to accounts, each from one statement for all.
func (r *Reader) accountLines(ctx context.Context, accounts []directory.Account) ([]AccountLine, error) {
	lines := make([]AccountLine, len(accounts))
	at := make(map[directory.AccountID]*AccountLine, len(accounts))
	keys := make([]directory.AccountID, len(accounts))
	for i, account := range accounts {
		lines[i].Account, keys[i] = account, account.ID
		at[account.ID] = &lines[i]
	}
	for _, figure := range []struct {
		columns, from string
		into          func(l *AccountLine, first, second int64)
	}{
		{`l.account_key, sum(` + membersCounted + `), 0`, `ledger l WHERE l.account_key`,
			func(l *AccountLine, n, _ int64) { l.Members = n }},
		{`o.account_key, count(*), 0`, administratorRows + ` WHERE ` + keepsAdministered + ` AND o.account_key`,
			func(l *AccountLine, n, _ int64) { l.Administrators = n }},
		{`k.account_key, count(CASE WHEN k.state = 'used' THEN 1 END), count(CASE WHEN k.state <> 'revoked' THEN 1 END)`,
			`admin_key k WHERE k.account_key`, func(l *AccountLine, used, live int64) { l.KeysUsed, l.KeysLive = used, live }},
		{`l.account_key, count(*), 0`, `letter l WHERE l.keys_sealed IS NOT NULL AND l.printed_at IS NULL AND l.account_key`,
			func(l *AccountLine, n, _ int64) { l.Letters = n }},
		{`q.account_key, count(*), 0`, `key_request q WHERE q.state = 'waiting' AND q.account_key`,
			func(l *AccountLine, n, _ int64) { l.Requests = n }},
		{`a.key, count(*), 0`, `account a WHERE ` + isLocked + ` AND a.key`,
			func(l *AccountLine, _, _ int64) { l.Locked = true }},
	} {
		var a args
		key, _, _ := strings.Cut(figure.columns, ",")
		query := `SELECT ` + figure.columns + ` FROM ` + figure.from + inKeys(r, keys, &a) + ` GROUP BY ` + key
		err := each(ctx, r, query, a, func(row scanner) error {
			var account directory.AccountID
			var first, second int64
			if err := row.Scan(&account, &first, &second); err != nil {
				return err
			}
			figure.into(at[account], first, second)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read figures of accounts: %w", err)
		}
	}
	return lines, nil
}

// AccountKeys lists the accounts after one, in order: for work that visits all
// of them in parts.
func (r *Reader) AccountKeys(ctx context.Context, after directory.AccountID, size int) ([]directory.AccountID, error) {
	var a args
	query := `SELECT key FROM account WHERE key > ` + a.add(after) + ` ORDER BY key` + atMost(size)
	keys, err := collect(ctx, r, query, a, func(row scanner) (directory.AccountID, error) {
		var key directory.AccountID
		return key, row.Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return keys, nil
}

// A FormerNumber is a customer number an account had, and until when (ACC-12).
type FormerNumber struct {
	Number string // as CleanNumber writes it
	Until  time.Time
}

// FormerNumbers lists the numbers an account had, the latest first.
func (r *Reader) FormerNumbers(ctx context.Context, account directory.AccountID) ([]FormerNumber, error) {
	var a args
	query := `SELECT number_folded, until_at FROM account_former_number WHERE account_key = ` + a.add(account) + ` ORDER BY until_at DESC`
	numbers, err := collect(ctx, r, query, a, func(row scanner) (FormerNumber, error) {
		var n FormerNumber
		var until micros
		err := row.Scan(&n.Number, &until)
		n.Until = until.Time
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("read former numbers: %w", err)
	}
	return numbers, nil
}

// AccountsByKey reads accounts by key.
func (r *Reader) AccountsByKey(ctx context.Context, keys []directory.AccountID) (map[directory.AccountID]directory.Account, error) {
	found := make(map[directory.AccountID]directory.Account, len(keys))
	keys = slices.DeleteFunc(slices.Clone(keys), func(key directory.AccountID) bool { return key == directory.Installation })
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	accounts, err := collect(ctx, r, `SELECT `+accountColumns+` FROM account a WHERE a.key`+inKeys(r, keys, &a), a, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	for _, account := range accounts {
		found[account.ID] = account
	}
	return found, nil
}

// AccountKeysOf finds the accounts of public ids.
func (r *Reader) AccountKeysOf(ctx context.Context, uuids []string) (map[string]directory.AccountID, error) {
	found := make(map[string]directory.AccountID, len(uuids))
	if len(uuids) == 0 {
		return found, nil
	}
	var a args
	err := each(ctx, r, `SELECT uuid, key FROM account WHERE uuid`+inTexts(r, uuids, &a), a, func(row scanner) error {
		var uuid string
		var key directory.AccountID
		err := row.Scan(&uuid, &key)
		found[uuid] = key
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find accounts: %w", err)
	}
	return found, nil
}
