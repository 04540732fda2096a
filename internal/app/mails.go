package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"intendant/internal/app/gate"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MailboxMode says who reads the built-in mailbox, which shows mails with
// their links instead of sending them.
type MailboxMode string

// Nobody reads it; the vendor's staff do; anybody does, as in the demo. Rule
// MAIL-3.
const (
	MailboxOff   MailboxMode = ""
	MailboxStaff MailboxMode = "staff"
	MailboxOpen  MailboxMode = "open"
)

// A Delivery is one mail in a worker's hands, with all that its text needs. Its
// Secret is open: it is for the text of the mail and nothing else.
type Delivery struct {
	Mail          directory.Mail
	Language      string
	TimeZone      string
	AccountName   string // empty for the installation's own mails
	AccountNumber string
	Reader        string // the reader's name, may be empty
	UserName      string
	Brand         catalogue.Branding
}

// Next takes at most limit mails that are due for the worker that asks, for
// directory.MailLease; what it neither settles nor renews by then is handed out
// again. On
// several nodes no mail is handed out twice at a time. Mails over a cap wait
// (MAIL-4): two nodes that ask at the same moment may pass it by what each of
// them takes.
func (m *Mails) Next(ctx context.Context, limit int) ([]Delivery, error) {
	var leased []store.StoredMail
	err := m.gate.Note(ctx, func(tx *store.Tx) error {
		leased = nil
		for range limit + 1 { // each turn leases mails or lets those of a full account wait
			due, err := tx.DueMails(ctx, limit)
			if err != nil || len(due) == 0 {
				return err
			}
			gone, err := tx.GoneMails(ctx, due, tx.Now.Add(-time.Hour))
			if err != nil {
				return err
			}
			admitted := directory.Admit(due, gone)
			if leased, err = tx.LeaseMails(ctx, admitted.Mails, tx.Now.Add(directory.MailLease)); err != nil {
				return err
			}
			if err := tx.PostponeMails(ctx, admitted, tx.Now.Add(directory.MailCapPause), "mail.cap"); err != nil || len(leased) > 0 {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take mails: %w", err)
	}
	return m.open(ctx, leased)
}

// open gives mails their secrets. One whose secret does not open, as under
// another master key, counts as failed.
func (m *Mails) open(ctx context.Context, leased []store.StoredMail) ([]Delivery, error) {
	deliveries := make([]Delivery, 0, len(leased))
	brand := m.gate.Catalogue().Branding
	for _, s := range leased {
		d := Delivery{
			Mail: s.Mail, TimeZone: s.TimeZone, AccountName: s.AccountName, AccountNumber: s.AccountNumber,
			Reader: strings.TrimSpace(s.Reader.First + " " + s.Reader.Last), UserName: s.ReaderUserName, Brand: brand,
		}
		for _, language := range []string{s.Language, s.ReaderLanguage, s.AccountLanguage} {
			if d.Language == "" {
				d.Language = language
			}
		}
		if s.Sealed != nil {
			plain, err := m.gate.Box.Open(s.Sealed, store.MailContext(s.ID))
			if err != nil {
				if err := m.Failed(ctx, d, "open secret: "+err.Error(), false); err != nil {
					return nil, err
				}
				continue
			}
			d.Mail.Secret = string(plain)
		}
		deliveries = append(deliveries, d)
	}
	return deliveries, nil
}

// Renew keeps a mail for another directory.MailLease. It answers false when the
// mail has gone to another worker.
func (m *Mails) Renew(ctx context.Context, d Delivery) (bool, error) {
	var kept bool
	err := m.gate.Note(ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.RenewMail(ctx, d.Mail, tx.Now.Add(directory.MailLease))
		return err
	})
	return kept, err
}

// Sent settles a mail that a server has accepted, under the Message-ID it had.
// Its secret is wiped (MAIL-3).
func (m *Mails) Sent(ctx context.Context, d Delivery, messageID string) error {
	return m.gate.Note(ctx, func(tx *store.Tx) error { return tx.SentMail(ctx, d.Mail.ID, messageID) })
}

// Failed settles a mail that could not be sent: it bounced when the refusal is
// permanent, is dead after its last try, and else is tried again after a pause
// (MAIL-2). The reason is kept without the mail's secret.
func (m *Mails) Failed(ctx context.Context, d Delivery, reason string, permanent bool) error {
	return m.gate.Note(ctx, func(tx *store.Tx) error {
		after := d.Mail
		after.State, after.Due = directory.AfterFailure(d.Mail.Tries, permanent, tx.Now)
		after.LastError = withoutSecret(reason, d.Mail.Secret)
		return tx.FailedMail(ctx, after, d.Mail.Tries)
	})
}

// Held settles a mail that the installation cannot send as it is set up. It
// waits, and the try does not count.
func (m *Mails) Held(ctx context.Context, d Delivery, why *directory.Error) error {
	return m.gate.Note(ctx, func(tx *store.Tx) error {
		after := d.Mail
		after.State, after.Due, after.LastError = directory.MailWaiting, tx.Now.Add(directory.MailHoldPause), why.Code
		after.Tries = max(d.Mail.Tries-1, 0)
		return tx.FailedMail(ctx, after, d.Mail.Tries)
	})
}

// errorLength is how many characters of an error are kept.
const errorLength = 500

// withoutSecret makes an error fit to be kept and shown: one line, not too
// long, and no secret in any spelling.
func withoutSecret(text, secret string) string {
	if secret != "" {
		for _, spelling := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, spelling, "…")
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	return directory.Short(text, errorLength)
}

// Purge removes the mails, mailbox messages and jobs that are past their
// retention (USER-7). A mail that still waits is kept.
func (m *Mails) Purge(ctx context.Context) error {
	now := m.gate.Instant()
	mails := now.AddDate(0, 0, -m.gate.Catalogue().EffectivePolicies("").Retention.Mails)
	for _, purge := range []func(tx *store.Tx) (int64, error){
		func(tx *store.Tx) (int64, error) { return tx.PurgeMails(ctx, mails, gate.PurgeRows) },
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeMailbox(ctx, now.AddDate(0, 0, -directory.MailboxDays), gate.PurgeRows)
		},
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeJobs(ctx, now.AddDate(0, 0, -directory.JobDays), gate.PurgeRows)
		},
	} {
		if err := m.gate.Purge(ctx, purge); err != nil {
			return err
		}
	}
	return nil
}
