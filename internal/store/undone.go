package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// An UndoneMark says that an entry was undone, and by which: the first that the undo
// wrote about the same person or thing.
type UndoneMark struct {
	N, By int64
	Batch string // of the entry that was undone
}

// MarkUndone notes which entries of an account were undone (PLAN-2). What undid
// others and is undone itself leaves these as they were before: they count again.
type MarkUndone struct {
	Account directory.AccountID
	Marks   []UndoneMark
}

func (c MarkUndone) apply(ctx context.Context, tx *Tx) error {
	rows, undone := make([][]any, len(c.Marks)), make([]int64, len(c.Marks))
	for i, m := range c.Marks {
		rows[i], undone[i] = []any{c.Account, m.N, m.By, m.Batch}, m.N
	}
	var a args
	query := `DELETE FROM undone WHERE account_key = ` + a.add(c.Account) + ` AND by_n` + inKeys(tx.Reader, undone, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take marks of undone entries back: %w", err)
	}
	if _, err := tx.bulkInsert(ctx, "undone", []string{"account_key", "n", "by_n", "batch"}, rows, ""); err != nil {
		return fmt.Errorf("mark entries as undone: %w", err)
	}
	return nil
}

// An Undoing is by whom and when something was undone, and of an act how many of its
// entries were.
type Undoing struct {
	Entries   int64
	By        int64 // the entry of the undo
	At        time.Time
	Actor     directory.UserID
	ActorKind authz.ActorKind
}

// Undone reads which of an account's entries were undone, by whom.
func (r *Reader) Undone(ctx context.Context, account directory.AccountID, entries []int64) (map[int64]Undoing, error) {
	found := map[int64]Undoing{}
	if len(entries) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT u.n, u.by_n, e.at, coalesce(e.actor_key, 0), e.actor_kind FROM undone u JOIN entry e ON e.account_key = u.account_key AND e.n = u.by_n
		WHERE u.account_key = ` + a.add(account) + ` AND u.n` + inKeys(r, entries, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var n int64
		var at micros
		u := Undoing{Entries: 1}
		err := row.Scan(&n, &u.By, &at, &u.Actor, &u.ActorKind)
		u.At = at.Time
		found[n] = u
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which entries were undone: %w", err)
	}
	return found, nil
}

// UndoneActs reads of which acts on many entries were undone, how many, and by whom
// last.
func (r *Reader) UndoneActs(ctx context.Context, account directory.AccountID, batches []string) (map[string]Undoing, error) {
	found := map[string]Undoing{}
	if len(batches) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT u.batch, u.entries, u.last, e.at, coalesce(e.actor_key, 0), e.actor_kind
		FROM (SELECT batch, count(*) AS entries, max(by_n) AS last FROM undone WHERE batch <> '' AND account_key = ` + a.add(account) +
		` AND batch` + inTexts(r, batches, &a) + ` GROUP BY batch) u
		JOIN entry e ON e.account_key = ` + a.add(account) + ` AND e.n = u.last`
	err := each(ctx, r, query, a, func(row scanner) error {
		var batch string
		var at micros
		var u Undoing
		err := row.Scan(&batch, &u.Entries, &u.By, &at, &u.Actor, &u.ActorKind)
		u.At = at.Time
		found[batch] = u
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which acts were undone: %w", err)
	}
	return found, nil
}

// EntriesNumbered reads entries of an account by number, newest first.
func (r *Reader) EntriesNumbered(ctx context.Context, account directory.AccountID, numbers []int64) ([]audit.Entry, error) {
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e WHERE e.account_key = ` + a.add(account) + ` AND e.n` + inKeys(r, numbers, &a) + ` ORDER BY e.n DESC`
	found, err := collect(ctx, r, query, a, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	return found, nil
}

// besideEntry is how far from an entry those stand that were written with it: a
// transaction writes no more.
const besideEntry = 20_000

// EntriesBeside reads the entries of the operation that wrote one, newest first,
// itself among them: of the same moment, actor and act, about the same person, or,
// where it is about none, about the same thing. Who looks after a unit goes as another
// comes, or as the unit moves: such entries are about the unit.
func (r *Reader) EntriesBeside(ctx context.Context, e audit.Entry) ([]audit.Entry, error) {
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e WHERE e.account_key = ` + a.add(e.Account) + ` AND e.n > ` + a.add(e.N-besideEntry) +
		` AND e.n < ` + a.add(e.N+besideEntry) + ` AND e.at = ` + a.add(e.At) + ` AND e.batch = ` + a.add(e.Batch) +
		` AND coalesce(e.actor_key, 0) = ` + a.add(e.Actor)
	parts := func() string {
		return ` AND e.kind` + inTexts(r, textsOf(slices.Concat(audit.KindsOf("referent"), audit.KindsOf("deputy"))), &a)
	}
	switch group := e.Kind.Group(); {
	case group == "referent" || group == "deputy":
		query += parts() + ` AND e.object_key = ` + a.add(e.Object)
	case e.Subject != 0:
		query += ` AND e.subject_key = ` + a.add(e.Subject)
	case e.Kind == audit.UnitMoved:
		query += ` AND (e.n = ` + a.add(e.N) + ` OR (1 = 1` + parts() + `))`
	default:
		query += ` AND e.subject_key IS NULL AND coalesce(e.object_key, 0) = ` + a.add(e.Object)
	}
	found, err := collect(ctx, r, query+` ORDER BY e.n DESC`, a, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("read what was written beside an entry: %w", err)
	}
	return found, nil
}

// An EntryAbout is what an entry is about, without its values.
type EntryAbout struct {
	N       int64
	Kind    audit.Kind
	Subject directory.UserID
	Object  int64
	Unit    directory.UnitID
	Actor   directory.UserID
}

// EntriesOfAct reads what the entries of an act in an account are about, newest
// first, but for those that were undone.
func (r *Reader) EntriesOfAct(ctx context.Context, account directory.AccountID, batch string) ([]EntryAbout, error) {
	var a args
	f := EntryFilter{Accounts: []directory.AccountID{account}, Batch: batch}
	query := `SELECT e.n, e.kind, coalesce(e.subject_key, 0), coalesce(e.object_key, 0), coalesce(e.unit_key, 0), coalesce(e.actor_key, 0) FROM entry e WHERE ` + f.where(r, &a) + f.ofBatch(&a) +
		` AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.account_key = e.account_key AND u.n = e.n) ORDER BY e.n DESC`
	found, err := collect(ctx, r, query, a, func(row scanner) (e EntryAbout, err error) {
		return e, row.Scan(&e.N, &e.Kind, &e.Subject, &e.Object, &e.Unit, &e.Actor)
	})
	if err != nil {
		return nil, fmt.Errorf("read what an act was about: %w", err)
	}
	return found, nil
}

// A LatestQuery asks for the newest entry of some kinds in an account: of what somebody
// wrote by a door, from a moment on, or about somebody or something.
type LatestQuery struct {
	Account directory.AccountID
	Actor   directory.UserID // with Door; nobody: whoever
	Door    authz.Door
	Subject directory.UserID // nobody: about whomever
	Object  int64            // none: about whatever
	Since   time.Time
	Kinds   []audit.Kind
}

// LatestEntry reads that entry; false where there is none. It looks no further back
// than the last few thousand entries of the account.
func (r *Reader) LatestEntry(ctx context.Context, q LatestQuery) (audit.Entry, bool, error) {
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e WHERE e.account_key = ` + a.add(q.Account) + ` AND e.n > (SELECT entries FROM ledger WHERE account_key = ` +
		a.add(q.Account) + `) - ` + a.add(besideEntry) + ` AND e.kind` + inTexts(r, textsOf(q.Kinds), &a)
	if !q.Since.IsZero() {
		query += ` AND e.at >= ` + a.add(q.Since)
	}
	if q.Actor != 0 {
		query += ` AND e.actor_key = ` + a.add(q.Actor) + ` AND e.door = ` + a.add(q.Door)
	}
	if q.Subject != 0 {
		query += ` AND e.subject_key = ` + a.add(q.Subject)
	}
	if q.Object != 0 {
		query += ` AND e.object_key = ` + a.add(q.Object)
	}
	query += ` ORDER BY e.n DESC LIMIT 1`
	found, err := collect(ctx, r, query, a, scanEntry)
	if err != nil || len(found) == 0 {
		return audit.Entry{}, false, err
	}
	return found[0], true, nil
}

// Holdings are what members hold, or held until some moments, besides their place.
type Holdings struct {
	Grants    []directory.Grant
	Places    []directory.Place
	Externals []directory.External
}

// EndedHoldings reads what ended for members at these very moments: with their place,
// or by an act that the history tells of (HIST-5).
func (r *Reader) EndedHoldings(ctx context.Context, members []directory.MemberID, moments []time.Time) (Holdings, error) {
	return r.holdings(ctx, members, func(column string, a *args) string {
		return column + `.valid_to` + inKeys(r, microsOf(moments), a)
	})
}

// OpenHoldings reads what members hold now.
func (r *Reader) OpenHoldings(ctx context.Context, members []directory.MemberID) (Holdings, error) {
	return r.holdings(ctx, members, func(column string, _ *args) string { return column + `.valid_to IS NULL` })
}

func (r *Reader) holdings(ctx context.Context, members []directory.MemberID, when func(column string, a *args) string) (Holdings, error) {
	var h Holdings
	of := func(alias, table string, a *args) string {
		return `, ` + alias + `.valid_to FROM ` + table + ` ` + alias + ` WHERE ` + when(alias, a) + ` AND ` + alias + `.member_key` + inKeys(r, members, a) + ` ORDER BY ` + alias + `.key`
	}
	var a args
	err := each(ctx, r, `SELECT `+grantColumns+of("g", `"grant"`, &a), a, func(row scanner) error {
		var to micros
		g, err := scanGrant(part{scanner: row, after: []any{&to}})
		g.To = to.Time
		h.Grants = append(h.Grants, g)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("read grants: %w", err)
	}
	a = nil
	err = each(ctx, r, `SELECT `+placeRowColumns+of("p", "place", &a), a, func(row scanner) error {
		var to micros
		p, err := scanPlaceRow(part{scanner: row, after: []any{&to}})
		p.To = to.Time
		h.Places = append(h.Places, p)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("read places: %w", err)
	}
	a = nil
	err = each(ctx, r, `SELECT `+externalColumns+of("e", "external_subscription", &a), a, func(row scanner) error {
		var to micros
		e, err := scanExternal(part{scanner: row, after: []any{&to}})
		e.To = to.Time
		h.Externals = append(h.Externals, e)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("read external subscriptions: %w", err)
	}
	return h, nil
}
