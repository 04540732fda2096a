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

// An Act is an act on many as history shows it: one line for its entries, in
// however many of the accounts that are read. Under a filter the counts are of
// the entries that it chooses.
type Act struct {
	Batch    string
	Entries  int64
	Accounts int
	Kinds    []KindCount
	Subject  directory.UserID // the person, when it is about one only
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

// counted reports whether act_kind has the counts of what the filter chooses.
func (f EntryFilter) counted() bool { return EntryFilter{Kinds: f.Kinds}.same(f) }

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
	from := f.alone(r)
	if f.single() {
		from = every()
	}
	entries, err := r.entries(ctx, f, from, after, size)
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
		+ (SELECT count(DISTINCT a.batch) - coalesce(sum(a.entries), 0) FROM act a WHERE ` + f.whereActs(r, &a) + `)`
	if f.whole() {
		n, err := one(ctx, r, query, a, scanInt64)
		if err != nil {
			return 0, fmt.Errorf("count history: %w", err)
		}
		return n, nil
	}
	a = nil
	alone := f.alone(r)
	query = `SELECT (SELECT count(*) FROM ` + alone.table + ` WHERE ` + f.where(r, &a) + alone.keeps + `)
		+ (SELECT count(*) FROM act a WHERE ` + f.whereActs(r, &a) + f.firstOf(r, &a) + f.inAct(r, &a) + `)`
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
		where += ` AND EXISTS (SELECT 1 FROM act_kind k WHERE ` + f.together("k") + ` AND k.kind` + inTexts(r, textsOf(f.Kinds), a) + `)`
	}
	return where
}

// together are the parts of the act a: of its account where one is read, else of
// all accounts.
func (f EntryFilter) together(part string) string {
	if len(f.Accounts) == 1 {
		return part + `.account_key = a.account_key AND ` + part + `.batch = a.batch`
	}
	return part + `.batch = a.batch`
}

// firstOf leaves of an act in several accounts the part that began first: it is
// one line.
func (f EntryFilter) firstOf(r *Reader, a *args) string {
	if len(f.Accounts) == 1 {
		return ""
	}
	return ` AND NOT EXISTS (SELECT 1 FROM act b WHERE b.batch = a.batch AND (b.first_at, b.account_key) < (a.first_at, a.account_key)` +
		f.inAccounts(r, "b.account_key", a) + `)`
}

// ofAct are the entries of the act a that a filter chooses. The range keeps the
// reading within the act.
func (f EntryFilter) ofAct(r *Reader, a *args) string {
	if len(f.Accounts) == 1 {
		return ` FROM entry e WHERE e.account_key = a.account_key AND e.n >= a.first_n AND e.n <= a.last_n AND e.batch = a.batch AND ` + f.where(r, a)
	}
	return ` FROM act c JOIN entry e ON e.account_key = c.account_key AND e.n >= c.first_n AND e.n <= c.last_n AND e.batch = c.batch
		WHERE ` + f.together("c") + f.inAccounts(r, "c.account_key", a) + ` AND ` + f.where(r, a)
}

// inAct asks for an entry of the act that the filter chooses, where not every
// one is chosen.
func (f EntryFilter) inAct(r *Reader, a *args) string {
	if f.counted() {
		return ""
	}
	return ` AND EXISTS (SELECT 1` + f.ofAct(r, a) + `)`
}

// acts reads acts with their first entry that the filter chooses.
func (r *Reader) acts(ctx context.Context, f EntryFilter, after EntryPlace, size int) ([]Line, error) {
	var a args
	first := `a.account_key AS head_account, a.first_n AS head`
	if !f.whole() {
		begun := ` ORDER BY e.n LIMIT 1)`
		if len(f.Accounts) != 1 {
			begun = ` ORDER BY e.at, e.account_key, e.n LIMIT 1)`
		}
		first = `(SELECT e.account_key` + f.ofAct(r, &a) + begun + ` AS head_account, (SELECT e.n` + f.ofAct(r, &a) + begun + ` AS head`
	}
	rest, order := f.after(after, "a.first_at", "a.account_key", "a.first_n", &a)
	query := `
		SELECT ` + entryFields + `, h.entries, h.subject, h.first_at, h.account_key, h.first_n
		FROM (
			SELECT a.account_key, a.batch, a.entries, coalesce(a.subject_key, 0) AS subject, a.first_at, a.first_n, ` + first + `
			FROM act a WHERE ` + f.whereActs(r, &a) + rest + f.firstOf(r, &a) + f.inAct(r, &a) + order + atMost(size) + `
		) h
		JOIN entry e ON e.account_key = h.head_account AND e.n = h.head`
	lines, err := collect(ctx, r, query, a, func(row scanner) (Line, error) {
		var at micros
		act := &Act{Accounts: 1}
		var place EntryPlace
		e, err := scanEntryAnd(row, &act.Entries, &act.Subject, &at, &place.Account, &place.N)
		act.Batch, place.At = e.Batch, at.Time
		return Line{Entry: e, Act: act, Place: place}, err
	})
	if err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return lines, nil
}

// countKinds fills in what the acts among lines consist of, with one statement
// for all of them.
func (r *Reader) countKinds(ctx context.Context, f EntryFilter, lines []Line) error {
	acts := map[string]*countedAct{}
	var batches []string
	for _, l := range lines {
		if l.Act != nil {
			acts[l.Act.Batch] = &countedAct{act: l.Act, accounts: map[directory.AccountID]bool{}, kinds: map[audit.Kind]int64{}}
			batches = append(batches, l.Act.Batch)
		}
	}
	if len(acts) == 0 {
		return nil
	}
	var a args
	query := `SELECT k.account_key, k.batch, k.kind, k.entries, coalesce(a.subject_key, 0), coalesce(a.subject_key, 0)
		FROM act a JOIN act_kind k ON k.account_key = a.account_key AND k.batch = a.batch
		WHERE a.batch` + inTexts(r, batches, &a) + f.inAccounts(r, "a.account_key", &a)
	if len(f.Kinds) > 0 {
		query += ` AND k.kind` + inTexts(r, textsOf(f.Kinds), &a)
	}
	if !f.counted() {
		a = nil
		query = `SELECT a.account_key, a.batch, e.kind, count(*), coalesce(min(e.subject_key), 0), coalesce(max(e.subject_key), 0)
			FROM act a JOIN entry e ON e.account_key = a.account_key AND e.n >= a.first_n AND e.n <= a.last_n AND e.batch = a.batch
			WHERE a.batch` + inTexts(r, batches, &a) + f.inAccounts(r, "a.account_key", &a) + ` AND ` + f.where(r, &a) + `
			GROUP BY a.account_key, a.batch, e.kind`
	}
	err := each(ctx, r, query, a, func(row scanner) error {
		var account directory.AccountID
		var batch string
		var k KindCount
		var least, most directory.UserID
		if err := row.Scan(&account, &batch, &k.Kind, &k.Entries, &least, &most); err != nil {
			return err
		}
		of := acts[batch]
		of.accounts[account] = true
		of.kinds[k.Kind] += k.Entries
		of.people = append(of.people, least, most)
		return nil
	})
	if err != nil {
		return fmt.Errorf("count kinds of acts: %w", err)
	}
	for _, of := range acts {
		of.settle(f.counted())
	}
	return nil
}

// A countedAct is an act while it is counted.
type countedAct struct {
	act      *Act
	accounts map[directory.AccountID]bool
	kinds    map[audit.Kind]int64
	people   []directory.UserID // some of those it is about, the first and the last
}

// settle says the sums, the most frequent kind first. Whom it is about is known
// of the parts of an act; of entries that a filter chooses it is learnt.
func (c *countedAct) settle(known bool) {
	c.act.Accounts, c.act.Entries = len(c.accounts), 0
	for kind, n := range c.kinds {
		c.act.Kinds = append(c.act.Kinds, KindCount{kind, n})
		c.act.Entries += n
	}
	slices.SortFunc(c.act.Kinds, func(a, b KindCount) int {
		return cmp.Or(cmp.Compare(b.Entries, a.Entries), cmp.Compare(a.Kind, b.Kind))
	})
	slices.Sort(c.people)
	people := slices.Compact(c.people)
	if !known {
		people = slices.DeleteFunc(people, func(u directory.UserID) bool { return u == 0 })
	}
	if c.act.Subject = 0; len(people) == 1 {
		c.act.Subject = people[0]
	}
}

// An actKey names an act, or the part of it in one account.
type actKey struct {
	account directory.AccountID
	batch   string
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

// ActBegan is when an act began in an account; no moment before its first entry there.
func (r *Reader) ActBegan(ctx context.Context, account directory.AccountID, batch string) (time.Time, error) {
	var a args
	began, err := one(ctx, r, `SELECT first_at FROM act WHERE account_key = `+a.add(account)+` AND batch = `+a.add(batch), a, func(row scanner) (time.Time, error) {
		var at micros
		err := row.Scan(&at)
		return at.Time, err
	})
	if err != nil && !isNoRows(err) {
		return time.Time{}, fmt.Errorf("read when an act began: %w", err)
	}
	return began, nil
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
