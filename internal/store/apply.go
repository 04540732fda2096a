package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// A Ledger is what one account's chain and key numbers stand at.
type Ledger struct {
	Account    directory.AccountID
	NextNumber int64
	Sequence   int64
	Entries    int64
	Head       []byte
	Fresh      bool // the account comes into being with this change
}

// Ledgers reads the ledgers of accounts. An account without a ledger is refused with account.not_found.
func (r *Reader) Ledgers(ctx context.Context, accounts []directory.AccountID) (map[directory.AccountID]*Ledger, error) {
	var a args
	query := `
		SELECT account_key, next_number, sequence, entries, head
		FROM ledger
		WHERE account_key` + inKeys(r, accounts, &a)
	found := make(map[directory.AccountID]*Ledger, len(accounts))
	err := each(ctx, r, query, a, func(row scanner) error {
		var l Ledger
		if err := row.Scan(&l.Account, &l.NextNumber, &l.Sequence, &l.Entries, &l.Head); err != nil {
			return err
		}
		if l.Head == nil {
			l.Head = []byte{} // SQLite answers an empty value as none
		}
		found[l.Account] = &l
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read ledgers: %w", err)
	}
	for _, account := range accounts {
		if found[account] == nil {
			return nil, directory.Refuse(directory.NotFound, "account.not_found")
		}
	}
	return found, nil
}

// Ledgers answers the ledgers of accounts this Tx holds, without asking the
// database again.
func (tx *Tx) Ledgers(_ context.Context, accounts []directory.AccountID) (map[directory.AccountID]*Ledger, error) {
	found := make(map[directory.AccountID]*Ledger, len(accounts))
	for _, account := range accounts {
		l, err := tx.held(account)
		if err != nil {
			return nil, fmt.Errorf("read ledgers: %w", err)
		}
		found[account] = &Ledger{Account: account, NextNumber: l.next, Sequence: l.sequence, Entries: l.entries, Head: l.head}
	}
	return found, nil
}

// A Change is rows that a plan wants written. Each noun's file has its own;
// applying one may meet a constraint and answer the rule's refusal.
type Change interface {
	apply(ctx context.Context, tx *Tx) error
}

// A Sealer makes a secret unreadable without the installation's master key; the
// context binds it to its row.
type Sealer func(plain []byte, context string) []byte

// A Write is all that one plan changes.
type Write struct {
	Ledgers []Ledger
	Changes []Change
	Entries []audit.Entry
	Mails   []directory.Mail
	Jobs    []directory.Job
	Sealer  Sealer
}

// Empty reports whether there is nothing to write.
func (w Write) Empty() bool {
	return len(w.Changes) == 0 && len(w.Entries) == 0 && len(w.Mails) == 0 && len(w.Jobs) == 0
}

// Apply writes a plan whose ledgers this Tx holds.
func (tx *Tx) Apply(ctx context.Context, w Write) error {
	if w.Empty() {
		return nil
	}
	for _, l := range w.Ledgers {
		if err := tx.settle(ctx, l); err != nil {
			return err
		}
	}
	for _, change := range w.Changes {
		if err := change.apply(ctx, tx); err != nil {
			return err
		}
	}
	if err := tx.insertEntries(ctx, w.Entries); err != nil {
		return err
	}
	if err := tx.insertMails(ctx, w.Mails, w.Sealer); err != nil {
		return err
	}
	return tx.insertJobs(ctx, w.Jobs)
}

func (tx *Tx) settle(ctx context.Context, l Ledger) error {
	if l.Fresh {
		if err := tx.OpenLedger(ctx, l.Account); err != nil {
			return err
		}
	}
	held, err := tx.held(l.Account)
	if err != nil {
		return fmt.Errorf("settle ledger: %w", err)
	}
	if l.NextNumber-1 > lastNumber {
		return directory.Refuse(directory.Conflict, "account.full")
	}
	held.next, held.sequence, held.entries, held.head, held.changed = l.NextNumber, l.Sequence, l.Entries, l.Head, true
	return nil
}

var entryColumns = []string{"account_key", "n", "at", "batch", "actor_key", "actor_kind", "staff_entry_key", "door",
	"kind", "subject_key", "unit_key", "object_key", "facts", "salt", "personal", "digest", "hash"}

func (tx *Tx) insertEntries(ctx context.Context, entries []audit.Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		facts, personal := e.Texts()
		rows[i] = []any{e.Account, e.N, e.At, e.Batch, orNull(e.Actor), e.ActorKind, orNull(e.StaffEntry), e.Door,
			e.Kind, orNull(e.Subject), orNull(e.Unit), orNull(e.Object), facts, e.Salt, textOrNull(personal), e.Digest, e.Hash}
	}
	if _, err := tx.bulkInsert(ctx, "entry", entryColumns, rows, ""); err != nil {
		return fmt.Errorf("record history: %w", err)
	}
	return tx.addActs(ctx, entries)
}

// textOrNull stores the empty text as NULL.
func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (tx *Tx) insertMails(ctx context.Context, mails []directory.Mail, seal Sealer) error {
	mails, err := tx.latest(ctx, mails)
	if err != nil {
		return err
	}
	rows := make([][]any, len(mails))
	for i, m := range mails {
		facts, err := json.Marshal(m.Facts)
		if err != nil {
			return fmt.Errorf("mail facts: %w", err)
		}
		var sealed any
		if m.Secret != "" {
			sealed = seal([]byte(m.Secret), mailContext(m.ID))
		}
		rows[i] = []any{m.ID, orNull(m.Account), orNull(m.User), m.Address, m.Kind, m.Language, string(facts), m.Path,
			sealed, m.Batch, m.State, m.Tries, m.Due, time.Time{}, "", "", m.Created, time.Time{}, m.Topic()}
	}
	columns := []string{"key", "account_key", "user_key", "address", "kind", "language", "facts", "path",
		"secret_sealed", "batch", "state", "tries", "due_at", "leased_until", "last_error", "message_id", "created_at", "sent_at", "topic"}
	if _, err := tx.bulkInsert(ctx, "mail", columns, rows, ""); err != nil {
		return fmt.Errorf("queue mail: %w", err)
	}
	return nil
}

// mailContext binds a sealed secret to its mail.
func mailContext(id directory.MailID) string { return fmt.Sprintf("mail %d", id) }

// soonerJob keeps one job of a name that nobody has begun: the sooner of the two.
const soonerJob = `ON CONFLICT (unique_name) WHERE state = 'waiting' AND unique_name <> '' AND leased_until IS NULL
	DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < job.due_at`

func (tx *Tx) insertJobs(ctx context.Context, jobs []directory.Job) error {
	var rows [][]any
	named := map[string]bool{} // DO UPDATE takes a name once; in one write all are due alike
	for _, j := range jobs {
		if j.Unique != "" && named[j.Unique] {
			continue
		}
		named[j.Unique] = true
		facts, err := json.Marshal(j.Facts)
		if err != nil {
			return fmt.Errorf("job facts: %w", err)
		}
		rows = append(rows, []any{j.ID, orNull(j.Account), j.Kind, j.Subject, string(facts), j.Unique, "waiting", 0, j.Due,
			time.Time{}, "", tx.Now, time.Time{}})
	}
	columns := []string{"key", "account_key", "kind", "subject", "facts", "unique_name", "state", "tries", "due_at",
		"leased_until", "last_error", "created_at", "ended_at"}
	if _, err := tx.bulkInsert(ctx, "job", columns, rows, soonerJob); err != nil {
		return fmt.Errorf("queue jobs: %w", err)
	}
	return nil
}

// orNull stores zero as NULL: the row names nobody.
func orNull[K ~int64](key K) any {
	if key == 0 {
		return nil
	}
	return int64(key)
}
