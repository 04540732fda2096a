package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

// A MailFilter chooses mails of the outbox; its zero value chooses all.
type MailFilter struct {
	State   directory.MailState
	Account directory.AccountID
	Number  string // a customer number
	Address string // a part of the address, in any case
	Kind    directory.MailKind
	Within  directory.Portfolio
}

func (f MailFilter) where(r *Reader, a *args) string {
	where := `1 = 1` + within(r, "m.account_key", f.Within, a)
	if f.State != "" {
		where += ` AND m.state = ` + a.add(f.State)
	}
	if f.Account != 0 {
		where += ` AND m.account_key = ` + a.add(f.Account)
	}
	if f.Number != "" {
		where += ` AND m.account_key = ` + accountNumbered(f.Number, a)
	}
	if f.Address != "" {
		where += ` AND lower(m.address) LIKE ` + a.add("%"+escapeLike(strings.ToLower(f.Address))+"%") + ` ESCAPE '\'`
	}
	if f.Kind != "" {
		where += ` AND m.kind = ` + a.add(f.Kind)
	}
	return where
}

// escapeLike takes the meaning of LIKE's signs away, in as much of a text as is
// sought: SQLite refuses patterns above 50,000 bytes.
func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(directory.Sought(text))
}

// A MailPlace is where a page of mails goes on: after the mail named. The zero
// value is the newest end.
type MailPlace struct {
	At time.Time
	ID directory.MailID
}

// MailQueue reads a page of the outbox, newest first.
func (r *Reader) MailQueue(ctx context.Context, f MailFilter, after MailPlace, size int) ([]StoredMail, error) {
	var a args
	query := `SELECT ` + mailFields + ` WHERE ` + f.where(r, &a)
	if after.ID != 0 {
		query += ` AND (m.created_at, m.key) < (` + a.add(after.At) + `, ` + a.add(after.ID) + `)`
	}
	query += ` ORDER BY m.created_at DESC, m.key DESC` + atMost(size)
	mails, err := collect(ctx, r, query, a, scanMail)
	if err != nil {
		return nil, fmt.Errorf("list mails: %w", err)
	}
	return mails, nil
}

// MailTotals counts the mails a filter chooses by state, whatever state the
// filter asks for.
func (r *Reader) MailTotals(ctx context.Context, f MailFilter) (map[directory.MailState]int64, error) {
	f.State = ""
	var a args
	query := `SELECT m.state, count(*) FROM mail m WHERE ` + f.where(r, &a) + ` GROUP BY m.state`
	totals := map[directory.MailState]int64{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var state directory.MailState
		var n int64
		if err := row.Scan(&state, &n); err != nil {
			return err
		}
		totals[state] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count mails: %w", err)
	}
	return totals, nil
}

// PurgeMails removes at most limit mails that are not waiting and were written
// before a time. It answers how many.
func (tx *Tx) PurgeMails(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM mail WHERE key IN (SELECT key FROM mail WHERE state <> 'waiting' AND created_at < ` + a.add(before) +
		` ORDER BY created_at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge mails: %w", err)
	}
	return n, nil
}

// A MailboxMessage is what would have been sent, as its reader would see it
// (MAIL-3).
type MailboxMessage struct {
	Mail       directory.MailID
	Address    string
	Subject    string
	HTML, Text string
	At         time.Time
}

// PutMailboxMessage keeps a message in the mailbox; a second try of the same
// mail replaces the first.
func (tx *Tx) PutMailboxMessage(ctx context.Context, m MailboxMessage) error {
	columns := []string{"mail_key", "address", "subject", "html", "text", "at"}
	row := []any{m.Mail, m.Address, m.Subject, m.HTML, m.Text, tx.Now}
	onConflict := `ON CONFLICT (mail_key) DO UPDATE SET address = excluded.address, subject = excluded.subject,
		html = excluded.html, text = excluded.text, at = excluded.at`
	if _, err := tx.bulkInsert(ctx, "mailbox_message", columns, [][]any{row}, onConflict); err != nil {
		return fmt.Errorf("put into mailbox: %w", err)
	}
	return nil
}

// A MailboxFilter chooses messages: to one address, and of a portfolio's
// accounts; its zero value chooses all.
type MailboxFilter struct {
	Address string
	Within  directory.Portfolio
}

// Mailbox reads a page of the mailbox without the texts, newest first, and how
// many messages there are in all.
func (r *Reader) Mailbox(ctx context.Context, f MailboxFilter, after MailPlace, size int) ([]MailboxMessage, int64, error) {
	var counted args
	query := `SELECT count(*) FROM mailbox_message b WHERE ` + f.where(r, &counted)
	total, err := one(ctx, r, query, counted, scanInt64)
	if err != nil {
		return nil, 0, fmt.Errorf("count mailbox: %w", err)
	}
	var a args
	query = `SELECT b.mail_key, b.address, b.subject, b.at FROM mailbox_message b WHERE ` + f.where(r, &a)
	if after.ID != 0 {
		query += ` AND (b.at, b.mail_key) < (` + a.add(after.At) + `, ` + a.add(after.ID) + `)`
	}
	query += ` ORDER BY b.at DESC, b.mail_key DESC` + atMost(size)
	messages, err := collect(ctx, r, query, a, func(row scanner) (MailboxMessage, error) {
		var m MailboxMessage
		var at micros
		err := row.Scan(&m.Mail, &m.Address, &m.Subject, &at)
		m.At = at.Time
		return m, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list mailbox: %w", err)
	}
	return messages, total, nil
}

func (f MailboxFilter) where(r *Reader, a *args) string {
	where := `1 = 1`
	if f.Within.Limited { // the account whose name the mail carries; its key may be of another
		where += ` AND b.mail_key IN (SELECT m.key FROM mail m WHERE m.key = b.mail_key` + within(r, "m.account_key", f.Within, a) + `)`
	}
	if f.Address != "" {
		where += ` AND b.address = ` + a.add(f.Address)
	}
	return where
}

// MailboxMessage reads one message whole; it refuses with mail.not_found, also
// what the filter leaves out.
func (r *Reader) MailboxMessage(ctx context.Context, f MailboxFilter, id directory.MailID) (MailboxMessage, error) {
	var a args
	query := `SELECT b.mail_key, b.address, b.subject, b.html, b.text, b.at FROM mailbox_message b WHERE ` + f.where(r, &a) + ` AND b.mail_key = ` + a.add(id)
	m, err := one(ctx, r, query, a, func(row scanner) (MailboxMessage, error) {
		var m MailboxMessage
		var at micros
		err := row.Scan(&m.Mail, &m.Address, &m.Subject, &m.HTML, &m.Text, &at)
		m.At = at.Time
		return m, err
	})
	if isNoRows(err) {
		return m, directory.Refuse(directory.NotFound, "mail.not_found")
	}
	if err != nil {
		return m, fmt.Errorf("read mailbox: %w", err)
	}
	return m, nil
}

// PurgeMailbox removes at most limit messages from before a time and answers
// how many.
func (tx *Tx) PurgeMailbox(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM mailbox_message WHERE mail_key IN (SELECT mail_key FROM mailbox_message WHERE at < ` + a.add(before) +
		` ORDER BY at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge mailbox: %w", err)
	}
	return n, nil
}

// latest leaves of mails that tell of a state the last one for each reader, takes
// back those that wait and are overtaken by it, and leaves it out where it only
// turns back what its reader was never told (MAIL-5). A mail that a worker has
// goes out: what it said was true when it left.
func (tx *Tx) latest(ctx context.Context, mails []directory.Mail) ([]directory.Mail, error) {
	t := telling(mails)
	if len(t.topics) == 0 {
		return mails, nil
	}
	var a args
	query := `UPDATE mail` + tx.dialect.indexed(mailsAbout) + ` SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL WHERE ` + t.waiting(tx.Reader, tx.Now, &a) + ` RETURNING topic, address, kind`
	if err := each(ctx, tx.Reader, query, a, t.meet); err != nil {
		return nil, fmt.Errorf("take back overtaken mails: %w", err)
	}
	return t.left(), nil
}

// Leaving is which of mails would leave if they were queued now, by what latest does with
// them; what waits of a topic that is unsaid with them does not count.
func (r *Reader) Leaving(ctx context.Context, now time.Time, mails []directory.Mail, unsaid []string) ([]directory.Mail, error) {
	over := make(map[string]bool, len(unsaid))
	for _, topic := range unsaid {
		over[topic] = true
	}
	t := telling(mails)
	t.topics = slices.DeleteFunc(t.topics, func(topic string) bool { return over[topic] })
	if len(t.topics) == 0 {
		return t.left(), nil
	}
	var a args
	if err := each(ctx, r, `SELECT topic, address, kind FROM mail`+r.dialect.indexed(mailsAbout)+` WHERE `+t.waiting(r, now, &a), a, t.meet); err != nil {
		return nil, fmt.Errorf("read mails that wait: %w", err)
	}
	return t.left(), nil
}

// WaitingOf reads to whom a mail of a topic waits that no worker has, and with what facts.
func (r *Reader) WaitingOf(ctx context.Context, topic string, now time.Time) (map[string]map[string]string, error) {
	var a args
	found := map[string]map[string]string{}
	query := `SELECT address, facts FROM mail` + r.dialect.indexed(mailsAbout) + ` WHERE state = 'waiting' AND topic <> ''
		AND (leased_until IS NULL OR leased_until <= ` + a.add(now) + `) AND topic = ` + a.add(topic)
	if err := each(ctx, r, query, a, func(row scanner) error {
		var address, text string
		if err := row.Scan(&address, &text); err != nil {
			return err
		}
		facts := map[string]string{}
		found[address] = facts
		return json.Unmarshal([]byte(text), &facts)
	}); err != nil {
		return nil, fmt.Errorf("read what waits of a topic: %w", err)
	}
	return found, nil
}

// A tale is mails that are to be queued, with what waits of their topics.
type tale struct {
	mails             []directory.Mail
	last              map[about]int
	topics, addresses []string
	unsaid            map[about]bool
}

// An about is what a mail tells to whom.
type about struct{ topic, address string }

func telling(mails []directory.Mail) *tale {
	t := &tale{mails: mails, last: map[about]int{}, unsaid: map[about]bool{}}
	for i, m := range mails {
		if topic := m.Topic(); topic != "" {
			t.last[about{topic, m.Address}] = i
			t.topics, t.addresses = append(t.topics, topic), append(t.addresses, m.Address)
		}
	}
	return t
}

// mailsAbout is the index of mails that wait by what they tell of: many more wait.
const mailsAbout = "mail_waiting_about"

// waiting is which mails wait of these topics for these readers, and no worker has. The
// address is kept from the index: of many topics and as many readers a database would
// look for every pair.
func (t *tale) waiting(r *Reader, now time.Time, a *args) string {
	return `state = 'waiting' AND topic <> '' AND (leased_until IS NULL OR leased_until <= ` + a.add(now) + `) AND topic` + inTexts(r, t.topics, a) +
		` AND (address || '')` + inTexts(r, t.addresses, a)
}

// meet takes note of one that waits.
func (t *tale) meet(row scanner) error {
	var of about
	var kind directory.MailKind
	if err := row.Scan(&of.topic, &of.address, &kind); err != nil {
		return err
	}
	if i, found := t.last[of]; found && t.mails[i].TurnsBack(kind) {
		t.unsaid[of] = true
	}
	return nil
}

// left are the mails that leave.
func (t *tale) left() []directory.Mail {
	var left []directory.Mail
	for i, m := range t.mails {
		of := about{m.Topic(), m.Address}
		if of.topic == "" || t.last[of] == i && !t.unsaid[of] {
			left = append(left, m)
		}
	}
	return left
}

// An Unsay takes back the mails of topics that wait and that no worker has: what
// they tell of is over (MAIL-5).
type Unsay []string

func (c Unsay) apply(ctx context.Context, tx *Tx) error {
	if len(c) == 0 {
		return nil
	}
	var a args
	query := `UPDATE mail` + tx.dialect.indexed(mailsAbout) + ` SET state = 'withdrawn', secret_sealed = NULL, leased_until = NULL
		WHERE state = 'waiting' AND topic <> '' AND (leased_until IS NULL OR leased_until <= ` + a.add(tx.Now) + `) AND topic` + inTexts(tx.Reader, c, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take back mails of what is over: %w", err)
	}
	return nil
}

// unsayRequests takes back what waits about requests to join that are over, and
// the reminders of their accounts in which none waits any more.
func (tx *Tx) unsayRequests(ctx context.Context, ended []directory.JoinRequest) error {
	var over Unsay
	for _, j := range ended {
		over = append(over, directory.MailTopic(directory.TopicRequest, j.Account, int64(j.ID)))
		var a args
		waiting, err := one(ctx, tx.Reader, `SELECT count(*) FROM (SELECT 1 FROM join_request WHERE state = 'waiting' AND account_key = `+
			a.add(j.Account)+` LIMIT 1) w`, a, scanInt64)
		if err != nil {
			return fmt.Errorf("count waiting requests: %w", err)
		}
		if waiting == 0 {
			over = append(over, directory.MailTopic(directory.TopicRequests, j.Account, allOfThem))
		}
	}
	return over.apply(ctx, tx)
}

// allOfThem is what a reminder of requests is about.
const allOfThem = "all"
