package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// An Act is an act on many as history shows it: one line for its entries. Under
// a filter the counts are of the entries that it chooses.
type Act struct {
	Batch   string
	Entries int64
	Kinds   []KindCount
	Subject directory.UserID // the person, when it is about one only
}

// A KindCount is how many entries of a kind an act has.
type KindCount struct {
	Kind    audit.Kind
	Entries int64
}

// A Line is one line of history: an entry by itself, or an act with its first
// entry that the filter chooses. Place is where the list goes on after it.
type Line struct {
	Entry audit.Entry
	Act   *Act
	Place EntryPlace
}

// single reports whether the filter asks for the entries themselves: those of
// one act, or about certain people.
func (f EntryFilter) single() bool {
	return f.Batch != "" || f.Subject != 0 || f.Subjects != nil
}

// whole reports whether the filter chooses acts as a whole, or no act.
func (f EntryFilter) whole() bool { return EntryFilter{}.same(f) }

// same reports whether both filters choose the same of the accounts they name.
func (f EntryFilter) same(other EntryFilter) bool {
	f.Accounts, other.Accounts = nil, nil
	return f.where(&Reader{}, &args{}) == other.where(&Reader{}, &args{})
}

// ofBatch keeps the reading of one act's entries between its first and its last.
func (f EntryFilter) ofBatch(a *args) string {
	if f.Batch == "" || len(f.Accounts) != 1 {
		return ""
	}
	act := ` FROM act WHERE account_key = ` + a.add(f.Accounts[0]) + ` AND batch = ` + a.add(f.Batch) + `)`
	return ` AND e.n >= (SELECT first_n` + act + ` AND e.n <= (SELECT last_n` + act
}

// after adds what comes after a place to a statement over rows that have a
// number and a time, newest first.
func (f EntryFilter) after(place EntryPlace, at, account, n string, a *args) (condition, order string) {
	if len(f.Accounts) == 1 {
		if place.N > 0 {
			condition = ` AND ` + n + ` < ` + a.add(place.N)
		}
		return condition, ` ORDER BY ` + n + ` DESC`
	}
	if place.N > 0 {
		condition = ` AND (` + at + `, ` + account + `, ` + n + `) < (` + a.add(place.At) + `, ` + a.add(place.Account) + `, ` + a.add(place.N) + `)`
	}
	return condition, ` ORDER BY ` + at + ` DESC, ` + account + ` DESC, ` + n + ` DESC`
}

// Lines reads a page of history, newest first, acts on many as one line each
// (HIST-6). A filter that asks for the entries of one act or person gets them
// one by one. It is merged from two ranges in the same order, entries by
// themselves and acts, so that a long act costs what a short one does.
func (r *Reader) Lines(ctx context.Context, f EntryFilter, after EntryPlace, size int) ([]Line, error) {
	var lines []Line
	alone := ` AND e.batch = ''`
	if f.single() {
		alone = ""
	}
	entries, err := r.entries(ctx, f, alone, after, size)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		lines = append(lines, Line{Entry: e, Place: EntryPlace{At: e.At, Account: e.Account, N: e.N}})
	}
	if f.single() {
		return lines, nil
	}
	acts, err := r.acts(ctx, f, after, size)
	if err != nil {
		return nil, err
	}
	lines = append(lines, acts...)
	slices.SortFunc(lines, func(a, b Line) int {
		byTime := a.Place.At.Compare(b.Place.At)
		if len(f.Accounts) == 1 {
			byTime = 0
		}
		return -cmp.Or(byTime, cmp.Compare(a.Place.Account, b.Place.Account), cmp.Compare(a.Place.N, b.Place.N))
	})
	lines = lines[:min(len(lines), size)]
	return lines, r.countKinds(ctx, f, lines)
}

// ActLine reads the line of the act whose entries a filter by batch chooses; it
// answers false where the filter chooses none.
func (r *Reader) ActLine(ctx context.Context, f EntryFilter) (Line, bool, error) {
	lines, err := r.acts(ctx, f, EntryPlace{}, 1)
	if err != nil || len(lines) == 0 {
		return Line{}, false, err
	}
	return lines[0], true, r.countKinds(ctx, f, lines)
}

// CountLines counts the lines that Lines reads. Without a filter the ledgers know
// how many entries there are, and the acts how many of these are theirs.
func (r *Reader) CountLines(ctx context.Context, f EntryFilter) (int64, error) {
	if f.Batch != "" && (EntryFilter{Batch: f.Batch}).same(f) {
		var a args
		query := `SELECT coalesce(sum(a.entries), 0) FROM act a WHERE ` + f.whereActs(r, &a)
		n, err := one(ctx, r, query, a, scanInt64)
		if err != nil {
			return 0, fmt.Errorf("count entries of an act: %w", err)
		}
		return n, nil
	}
	if f.single() {
		return r.CountEntries(ctx, f)
	}
	var a args
	query := `SELECT (SELECT coalesce(sum(l.entries), 0) FROM ledger l WHERE 1 = 1` + f.inAccounts(r, "l.account_key", &a) + `)
		+ (SELECT count(*) - coalesce(sum(a.entries), 0) FROM act a WHERE ` + f.whereActs(r, &a) + `)`
	if f.whole() {
		n, err := one(ctx, r, query, a, scanInt64)
		if err != nil {
			return 0, fmt.Errorf("count history: %w", err)
		}
		return n, nil
	}
	a = nil
	query = `SELECT (SELECT count(*) FROM entry e WHERE ` + f.where(r, &a) + ` AND e.batch = '')
		+ (SELECT count(*) FROM act a WHERE ` + f.whereActs(r, &a) + f.inAct(r, &a, "") + `)`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count history: %w", err)
	}
	return n, nil
}

// whereActs chooses the acts among which the filter's entries may be.
func (f EntryFilter) whereActs(r *Reader, a *args) string {
	where := `1 = 1` + f.inAccounts(r, "a.account_key", a)
	if f.Batch != "" {
		where += ` AND a.batch = ` + a.add(f.Batch)
	}
	if !f.To.IsZero() {
		where += ` AND a.first_at < ` + a.add(f.To)
	}
	if len(f.Kinds) > 0 {
		where += ` AND EXISTS (SELECT 1 FROM act_kind k WHERE k.account_key = a.account_key AND k.batch = a.batch AND k.kind` +
			inTexts(r, textsOf(f.Kinds), a) + `)`
	}
	return where
}

// ofAct are the entries of an act that a filter chooses. The range keeps the
// reading within the act.
func (f EntryFilter) ofAct(r *Reader, a *args) string {
	return ` FROM entry e WHERE e.account_key = a.account_key AND e.n >= a.first_n AND e.n <= a.last_n AND e.batch = a.batch AND ` +
		f.where(r, a)
}

// inAct asks for an entry of the act that the filter chooses, where not every
// one is chosen; ending is what follows.
func (f EntryFilter) inAct(r *Reader, a *args, ending string) string {
	if f.whole() {
		return ending
	}
	return ` AND EXISTS (SELECT 1` + f.ofAct(r, a) + `)` + ending
}

// acts reads acts with their first entry that the filter chooses.
func (r *Reader) acts(ctx context.Context, f EntryFilter, after EntryPlace, size int) ([]Line, error) {
	var a args
	first := `a.first_n`
	if !f.whole() {
		first = `(SELECT e.n` + f.ofAct(r, &a) + ` ORDER BY e.n LIMIT 1)`
	}
	rest, order := f.after(after, "a.first_at", "a.account_key", "a.first_n", &a)
	query := `
		SELECT ` + entryFields + `, h.entries, h.subject, h.first_at, h.first_n
		FROM (
			SELECT a.account_key, a.batch, a.entries, coalesce(a.subject_key, 0) AS subject, a.first_at, a.first_n, ` + first + ` AS head
			FROM act a WHERE ` + f.whereActs(r, &a) + rest + f.inAct(r, &a, order) + ` LIMIT ` + a.add(size) + `
		) h
		JOIN entry e ON e.account_key = h.account_key AND e.n = h.head`
	lines, err := collect(ctx, r, query, a, func(row scanner) (Line, error) {
		var at micros
		act := &Act{}
		var n int64
		e, err := scanEntryAnd(row, &act.Entries, &act.Subject, &at, &n)
		act.Batch = e.Batch
		return Line{Entry: e, Act: act, Place: EntryPlace{At: at.Time, Account: e.Account, N: n}}, err
	})
	if err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return lines, nil
}

// An actKey names an act.
type actKey struct {
	account directory.AccountID
	batch   string
}

// countKinds fills in what the acts among lines consist of, with one statement
// for all of them.
func (r *Reader) countKinds(ctx context.Context, f EntryFilter, lines []Line) error {
	acts := map[actKey]*Act{}
	var batches []string
	var accounts []directory.AccountID
	for _, l := range lines {
		if l.Act != nil {
			acts[actKey{l.Entry.Account, l.Act.Batch}] = l.Act
			batches, accounts = append(batches, l.Act.Batch), append(accounts, l.Entry.Account)
		}
	}
	if len(acts) == 0 {
		return nil
	}
	var a args
	var query string
	if f.whole() {
		query = `SELECT account_key, batch, kind, entries, 0, 0 FROM act_kind WHERE account_key` + inKeys(r, accounts, &a) +
			` AND batch` + inTexts(r, batches, &a) + ` ORDER BY entries DESC, kind`
	} else {
		query = `SELECT a.account_key, a.batch, e.kind, count(*), coalesce(min(e.subject_key), 0), coalesce(max(e.subject_key), 0)
			FROM act a JOIN entry e ON e.account_key = a.account_key AND e.n >= a.first_n AND e.n <= a.last_n AND e.batch = a.batch
			WHERE a.account_key` + inKeys(r, accounts, &a) + ` AND a.batch` + inTexts(r, batches, &a) + ` AND ` + f.where(r, &a) + `
			GROUP BY a.account_key, a.batch, e.kind ORDER BY count(*) DESC, e.kind`
		for _, act := range acts {
			act.Entries = 0
		}
	}
	people := map[*Act][]directory.UserID{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var key actKey
		var k KindCount
		var least, most directory.UserID
		if err := row.Scan(&key.account, &key.batch, &k.Kind, &k.Entries, &least, &most); err != nil {
			return err
		}
		act := acts[key]
		if act == nil {
			return nil // the same batch in another account
		}
		act.Kinds = append(act.Kinds, k)
		if !f.whole() {
			act.Entries += k.Entries
			people[act] = append(people[act], least, most)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count kinds of acts: %w", err)
	}
	for act, of := range people {
		slices.Sort(of)
		if of = slices.DeleteFunc(slices.Compact(of), func(u directory.UserID) bool { return u == 0 }); len(of) == 1 {
			act.Subject = of[0]
		} else {
			act.Subject = 0
		}
	}
	return nil
}

// addActs adds the entries of acts on many to their acts.
func (tx *Tx) addActs(ctx context.Context, entries []audit.Entry) error {
	var order []actKey
	acts := map[actKey]*addedAct{}
	for _, e := range entries {
		if e.Batch == "" {
			continue
		}
		key := actKey{e.Account, e.Batch}
		act := acts[key]
		if act == nil {
			act = &addedAct{first: e.N, at: e.At}
			acts[key] = act
			order = append(order, key)
		}
		act.add(e)
	}
	if len(order) == 0 {
		return nil
	}
	var rows, kinds [][]any
	for _, key := range order {
		act := acts[key]
		rows = append(rows, []any{key.account, key.batch, act.first, act.last, act.at, act.entries, act.subject()})
		for _, k := range act.kinds {
			kinds = append(kinds, []any{key.account, key.batch, k.Kind, k.Entries})
		}
	}
	err := tx.addUp(ctx, "act", []string{"account_key", "batch", "first_n", "last_n", "first_at", "entries", "subject_key"}, rows,
		`ON CONFLICT (account_key, batch) DO UPDATE SET last_n = excluded.last_n, entries = act.entries + excluded.entries,
			subject_key = CASE WHEN act.subject_key = excluded.subject_key THEN act.subject_key END`)
	if err == nil {
		err = tx.addUp(ctx, "act_kind", []string{"account_key", "batch", "kind", "entries"}, kinds,
			`ON CONFLICT (account_key, batch, kind) DO UPDATE SET entries = act_kind.entries + excluded.entries`)
	}
	if err != nil {
		return fmt.Errorf("add to acts: %w", err)
	}
	return nil
}

// An addedAct is what one transaction adds to an act.
type addedAct struct {
	first, last, entries int64
	at                   time.Time
	person               directory.UserID
	several              bool
	kinds                []KindCount
}

func (act *addedAct) add(e audit.Entry) {
	act.last = e.N
	act.entries++
	if e.Subject != 0 {
		act.several = act.several || act.person != 0 && act.person != e.Subject
		act.person = e.Subject
	}
	i := slices.IndexFunc(act.kinds, func(k KindCount) bool { return k.Kind == e.Kind })
	if i < 0 {
		i = len(act.kinds)
		act.kinds = append(act.kinds, KindCount{Kind: e.Kind})
	}
	act.kinds[i].Entries++
}

func (act *addedAct) subject() any {
	if act.several {
		return nil
	}
	return orNull(act.person)
}
