package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"intendant/internal/directory"
)

// A StoredMail is a mail with what its delivery and its line in the console
// need. Its secret is sealed; Mail.Secret is empty.
type StoredMail struct {
	directory.Mail
	Sealed          []byte
	AccountName     string // empty for the installation's own mails
	AccountNumber   string
	AccountLanguage string
	TimeZone        string               // of the account; of the installation's own mails that of an account the reader is in
	Reader          directory.PersonName // who reads it, may be empty
	ReaderUserName  string
	ReaderLanguage  string
}

const mailFields = `m.key, m.account_key, m.user_key, m.address, m.kind, m.language, m.facts, m.path, m.secret_sealed, m.batch,
	m.state, m.tries, m.due_at, m.last_error, m.created_at, m.sent_at, a.name, a.number, a.language,
	coalesce(a.time_zone, (SELECT h.time_zone FROM member p JOIN account h ON h.key = p.account_key
		WHERE p.user_key = m.user_key AND p.removed_at IS NULL ORDER BY p.key LIMIT 1)),
	u.first_name, u.last_name, u.user_name, u.language
	FROM mail m LEFT JOIN account a ON a.key = m.account_key LEFT JOIN "user" u ON u.key = m.user_key`

func scanMail(row scanner) (StoredMail, error) {
	var m StoredMail
	var account, user *int64
	var facts string
	var due, created, sent micros
	var texts [8]*string
	err := row.Scan(&m.ID, &account, &user, &m.Address, &m.Kind, &m.Language, &facts, &m.Path, &m.Sealed, &m.Batch,
		&m.State, &m.Tries, &due, &m.LastError, &created, &sent, &texts[0], &texts[1], &texts[2], &texts[3],
		&texts[4], &texts[5], &texts[6], &texts[7])
	if err != nil {
		return m, err
	}
	m.Account, m.User = directory.AccountID(orZero(account)), directory.UserID(orZero(user))
	m.Due, m.Created, m.Sent = due.Time, created.Time, sent.Time
	for i, into := range []*string{&m.AccountName, &m.AccountNumber, &m.AccountLanguage, &m.TimeZone,
		&m.Reader.First, &m.Reader.Last, &m.ReaderUserName, &m.ReaderLanguage} {
		if texts[i] != nil {
			*into = *texts[i]
		}
	}
	if err := json.Unmarshal([]byte(facts), &m.Facts); err != nil {
		return m, fmt.Errorf("read facts of mail %d: %w", m.ID, err)
	}
	return m, nil
}

// MailContext binds a sealed secret to its mail.
func MailContext(id directory.MailID) string { return mailContext(id) }

// Mail reads a mail; it refuses with mail.not_found.
func (r *Reader) Mail(ctx context.Context, id directory.MailID) (StoredMail, error) {
	var a args
	query := `SELECT ` + mailFields + ` WHERE m.key = ` + a.add(id)
	m, err := one(ctx, r, query, a, scanMail)
	if isNoRows(err) {
		return m, directory.Refuse(directory.NotFound, "mail.not_found")
	}
	if err != nil {
		return m, fmt.Errorf("read mail: %w", err)
	}
	return m, nil
}

// free are the conditions of a mail or job that no worker has.
func free(now string) string {
	return `state = 'waiting' AND due_at <= ` + now + ` AND (leased_until IS NULL OR leased_until <= ` + now + `)`
}

// DueMails picks the mails that are due and that no worker has, single ones
// before those of acts on many, and locks them where several nodes share the
// table. Of a mail it reads the key, the account and the address.
func (tx *Tx) DueMails(ctx context.Context, limit int) ([]directory.Mail, error) {
	var due []directory.Mail
	for _, batch := range []string{`batch = ''`, `batch <> ''`} {
		if len(due) >= limit {
			break
		}
		var a args
		now := a.add(tx.Now)
		query := `SELECT key, coalesce(account_key, 0), address FROM mail WHERE ` + free(now) + ` AND ` + batch +
			` ORDER BY due_at, key` + atMost(limit-len(due)) + tx.dialect.skipLocked()
		found, err := collect(ctx, tx.Reader, query, a, func(row scanner) (directory.Mail, error) {
			var m directory.Mail
			return m, row.Scan(&m.ID, &m.Account, &m.Address)
		})
		if err != nil {
			return nil, fmt.Errorf("find due mails: %w", err)
		}
		due = append(due, found...)
	}
	return due, nil
}

// GoneMails counts what was sent since a time, and what workers have, for the
// accounts and addresses of the mails given.
func (tx *Tx) GoneMails(ctx context.Context, due []directory.Mail, since time.Time) (directory.Gone, error) {
	gone := directory.Gone{Accounts: map[directory.AccountID]int{}, Addresses: map[string]int{}}
	var accounts []directory.AccountID
	var addresses []string
	for _, m := range due {
		accounts, addresses = append(accounts, m.Account), append(addresses, m.Address)
	}
	var a args
	query := `
		SELECT account_key, '', count(*) FROM mail WHERE account_key` + inKeys(tx.Reader, accounts, &a) + ` AND sent_at > ` + a.add(since) + ` GROUP BY account_key
		UNION ALL SELECT 0, address, count(*) FROM mail WHERE address` + inTexts(tx.Reader, addresses, &a) + ` AND sent_at > ` + a.add(since) + ` GROUP BY address
		UNION ALL SELECT account_key, address, 1 FROM mail WHERE state = 'waiting' AND leased_until > ` + a.add(tx.Now)
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var account *int64
		var address string
		var n int
		if err := row.Scan(&account, &address, &n); err != nil {
			return err
		}
		if orZero(account) != 0 {
			gone.Accounts[directory.AccountID(*account)] += n
		}
		if address != "" {
			gone.Addresses[address] += n
		}
		return nil
	})
	if err != nil {
		return gone, fmt.Errorf("count sent mails: %w", err)
	}
	return gone, nil
}

// LeaseMails takes the mails for a worker until a time and counts the try. It
// answers them whole, in the order they are due.
func (tx *Tx) LeaseMails(ctx context.Context, ids []directory.MailID, until time.Time) ([]StoredMail, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var a args
	query := `UPDATE mail SET tries = tries + 1, leased_until = ` + a.add(until) + ` WHERE key` + inKeys(tx.Reader, ids, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return nil, fmt.Errorf("lease mails: %w", err)
	}
	var b args
	query = `SELECT ` + mailFields + ` WHERE m.key` + inKeys(tx.Reader, ids, &b) + ` ORDER BY m.due_at, m.key`
	mails, err := collect(ctx, tx.Reader, query, b, scanMail)
	if err != nil {
		return nil, fmt.Errorf("read leased mails: %w", err)
	}
	return mails, nil
}

// RenewMail keeps a mail for its worker until a time. It answers false when the
// lease went to another one meanwhile.
func (tx *Tx) RenewMail(ctx context.Context, m directory.Mail, until time.Time) (bool, error) {
	var a args
	query := `UPDATE mail SET leased_until = ` + a.add(until) + ` WHERE key = ` + a.add(m.ID) + ` AND state = 'waiting' AND tries = ` + a.add(m.Tries)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("renew mail: %w", err)
	}
	return n > 0, nil
}

// PostponeMails lets every due mail of these accounts and to these addresses
// wait until a time, saying why. What a worker has goes on.
func (tx *Tx) PostponeMails(ctx context.Context, full directory.Admission, until time.Time, why string) error {
	if len(full.Accounts) == 0 && len(full.Addresses) == 0 {
		return nil
	}
	var a args
	query := `UPDATE mail SET due_at = ` + a.add(until) + `, last_error = ` + a.add(why) + ` WHERE key IN (SELECT key FROM mail WHERE ` +
		free(a.add(tx.Now)) + ` AND (account_key` + inKeys(tx.Reader, full.Accounts, &a) +
		` OR address` + inTexts(tx.Reader, full.Addresses, &a) + `)` + tx.dialect.skipLocked() + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("postpone mails: %w", err)
	}
	return nil
}

// SentMail marks a mail as sent and wipes its secret (MAIL-3), whoever has its
// lease by now.
func (tx *Tx) SentMail(ctx context.Context, id directory.MailID, messageID string) error {
	var a args
	query := `UPDATE mail SET state = 'sent', sent_at = ` + a.add(tx.Now) + `, message_id = ` + a.add(messageID) +
		`, secret_sealed = NULL, leased_until = NULL, last_error = '' WHERE key = ` + a.add(id) + ` AND state = 'waiting'`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("mark mail as sent: %w", err)
	}
	return nil
}

// FailedMail gives a leased mail back with the state, due time, tries and error
// of m. A worker whose lease went to another one since changes nothing: leased
// is the number of the try it had.
func (tx *Tx) FailedMail(ctx context.Context, m directory.Mail, leased int) error {
	var a args
	query := `UPDATE mail SET state = ` + a.add(m.State) + `, due_at = ` + a.add(m.Due) + `, tries = ` + a.add(m.Tries) +
		`, last_error = ` + a.add(m.LastError) + `, leased_until = NULL WHERE key = ` + a.add(m.ID) +
		` AND state = 'waiting' AND tries = ` + a.add(leased)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("mark mail as failed: %w", err)
	}
	return nil
}

// A RetryMail lets a mail that came back or gave up begin anew. One that a
// worker has is left to it.
type RetryMail struct {
	ID directory.MailID
}

func (c RetryMail) apply(ctx context.Context, tx *Tx) error {
	var a args
	now := a.add(tx.Now)
	query := `UPDATE mail SET state = 'waiting', tries = 0, due_at = ` + now + `, leased_until = NULL WHERE key = ` + a.add(c.ID) +
		` AND state IN ('waiting', 'bounced', 'dead') AND (leased_until IS NULL OR leased_until <= ` + now + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("retry mail: %w", err)
	}
	return nil
}

// A WithdrawMails takes back mails that wait and that no worker has, with their
// secrets: of a batch, of persons, or of persons within a batch, all kinds or
// some (MAIL-4, Undo). Without batch and persons it does nothing.
type WithdrawMails struct {
	Account directory.AccountID
	Batch   string
	Users   []directory.UserID
	Kinds   []directory.MailKind
}

func (c WithdrawMails) apply(ctx context.Context, tx *Tx) error {
	if c.Batch == "" && len(c.Users) == 0 {
		return nil
	}
	var a args
	by := ""
	if len(c.Users) > 0 {
		by = tx.dialect.indexed(mailsOfUser)
	}
	query := `UPDATE mail` + by + ` SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL WHERE state = 'waiting' AND account_key = ` +
		a.add(c.Account) + ` AND (leased_until IS NULL OR leased_until <= ` + a.add(tx.Now) + `)`
	if c.Batch != "" {
		query += ` AND batch = ` + a.add(c.Batch)
	}
	if len(c.Users) > 0 {
		query += ` AND user_key` + inKeys(tx.Reader, c.Users, &a)
	}
	if len(c.Kinds) > 0 {
		kinds := make([]string, len(c.Kinds))
		for i, kind := range c.Kinds {
			kinds[i] = string(kind)
		}
		query += ` AND kind` + inTexts(tx.Reader, kinds, &a)
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("withdraw mails: %w", err)
	}
	return nil
}

// A MailMoment names the mails that a person got from one operation.
type MailMoment struct {
	User directory.UserID
	At   time.Time
}

// A MailsOfAct is how many mails of an operation wait still, and how many are gone or
// on their way.
type MailsOfAct struct{ Waiting, Gone int }

// mailsOfUser is the index of mails by whom they go to: an account has many more.
const mailsOfUser = "mail_by_user"

// A MailsQuery asks for the mails of operations of an account, at these moments.
type MailsQuery struct {
	Account directory.AccountID
	Users   []directory.UserID
	At      []time.Time
	Now     time.Time
}

// MailsAt counts the mails of operations, by person.
func (r *Reader) MailsAt(ctx context.Context, q MailsQuery) (map[MailMoment]MailsOfAct, error) {
	var a args
	waits := `state = 'waiting' AND (leased_until IS NULL OR leased_until <= ` + a.add(q.Now) + `)`
	query := `SELECT user_key, created_at, sum(CASE WHEN ` + waits + ` THEN 1 ELSE 0 END), sum(CASE WHEN ` + waits + ` OR state IN ('withdrawn', 'dead') THEN 0 ELSE 1 END)
		FROM mail` + r.dialect.indexed(mailsOfUser) + ` WHERE account_key = ` + a.add(q.Account) + ` AND user_key` + inKeys(r, q.Users, &a) + ` AND created_at` + inKeys(r, microsOf(q.At), &a) + ` GROUP BY user_key, created_at`
	found := map[MailMoment]MailsOfAct{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var of MailMoment
		var at micros
		var n MailsOfAct
		err := row.Scan(&of.User, &at, &n.Waiting, &n.Gone)
		of.At = at.Time
		found[of] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count mails of an act: %w", err)
	}
	return found, nil
}

// microsOf are moments as both databases store them, each once.
func microsOf(moments []time.Time) []int64 {
	at := make([]int64, len(moments))
	for i, m := range moments {
		at[i] = m.UnixMicro()
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// TakeBackMails takes back the mails of operations that are undone, as far as they wait
// and no worker has them (MAIL-4).
type TakeBackMails struct {
	Account directory.AccountID
	Of      []MailMoment
}

func (c TakeBackMails) apply(ctx context.Context, tx *Tx) error {
	users := map[time.Time][]directory.UserID{}
	for _, of := range c.Of {
		users[of.At] = append(users[of.At], of.User)
	}
	for _, at := range slices.SortedFunc(maps.Keys(users), time.Time.Compare) {
		var a args
		query := `UPDATE mail` + tx.dialect.indexed(mailsOfUser) + ` SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL WHERE state = 'waiting' AND account_key = ` +
			a.add(c.Account) + ` AND (leased_until IS NULL OR leased_until <= ` + a.add(tx.Now) + `) AND created_at = ` + a.add(at) +
			` AND user_key` + inKeys(tx.Reader, users[at], &a)
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("take mails back: %w", err)
		}
	}
	return nil
}
