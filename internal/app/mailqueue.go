package app

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// MailFilter chooses mails for the console.
type MailFilter = store.MailFilter

// A QueuedMail is a mail as the console shows it. Its secret is never there
// (MAIL-3).
type QueuedMail struct {
	directory.Mail
	AccountName   string
	AccountNumber string
	Reader        string // the reader's name, may be empty
	WithSecret    bool   // a secret is still kept for it, sealed
}

// Message is the key of the sentence for LastError when this program said it,
// or empty when a mail server did.
func (q QueuedMail) Message() string {
	if strings.HasPrefix(q.LastError, "mail.") {
		return "error." + q.LastError
	}
	return ""
}

// A MailPage is a page of the outbox with the exact numbers of mails by state
// under the same filter; Total is that of the state asked for.
type MailPage struct {
	Mails  []QueuedMail
	Totals map[directory.MailState]int64
	Total  int64
	Next   string // empty at the end
}

// Queue lists the outbox, newest first, with states, tries and last errors
// (MAIL-2, MAIL-4). It is for staff who watch the mail.
func (m *Mails) Queue(ctx context.Context, actor authz.Actor, f MailFilter, w gate.Window) (MailPage, error) {
	var page MailPage
	if err := gate.RequireDuty(actor, authz.WatchMail); err != nil {
		m.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return page, err
	}
	f.Within = actor.Portfolio
	err := m.gate.Read(ctx, func(r *store.Reader) error {
		at, place := w.Place()
		found, err := r.MailQueue(ctx, f, store.MailPlace{At: at, ID: directory.MailID(place[0])}, w.Lines()+1)
		if err != nil {
			return err
		}
		if len(found) > w.Lines() {
			found = found[:w.Lines()]
			last := found[len(found)-1]
			page.Next = gate.PlaceAfter(last.Created, int64(last.ID), 0)
		}
		for _, s := range found {
			page.Mails = append(page.Mails, queued(s))
		}
		page.Totals, err = r.MailTotals(ctx, f)
		for state, n := range page.Totals {
			if f.State == "" || f.State == state {
				page.Total += n
			}
		}
		return err
	})
	return page, err
}

func queued(s store.StoredMail) QueuedMail {
	return QueuedMail{
		Mail: s.Mail, AccountName: s.AccountName, AccountNumber: s.AccountNumber,
		Reader: strings.TrimSpace(s.Reader.First + " " + s.Reader.Last), WithSecret: s.Sealed != nil,
	}
}

// Retry lets a mail that came back, gave up or pauses be tried anew, now. It
// refuses with mail.not_found, mail.already_sent and mail.withdrawn.
func (m *Mails) Retry(ctx context.Context, actor authz.Actor, id directory.MailID) error {
	_, err := m.gate.Perform(ctx, actor, id.Account(), func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.EvenClosed("a mail that hangs is the vendor's own trouble")
		if err := p.RequireDutyOver(authz.WatchMail); err != nil {
			return err
		}
		s, err := r.Mail(ctx, id)
		if err != nil {
			return err
		}
		if err := p.RequireDutyOver(authz.WatchMail, s.Account); err != nil { // its key may be of another
			return err
		}
		switch s.State {
		case directory.MailSent:
			return directory.Refuse(directory.Conflict, "mail.already_sent")
		case directory.MailWithdrawn:
			return directory.Refuse(directory.Conflict, "mail.withdrawn")
		}
		p.Change(store.RetryMail{ID: id})
		e := p.Entry(audit.MailRetried, s.User, int64(id))
		e.Note("state", string(s.State), string(directory.MailWaiting))
		p.Record(e)
		return nil
	})
	if gate.RefusedWith(err, "account.not_found") {
		return directory.Refuse(directory.NotFound, "mail.not_found")
	}
	return err
}

// A MailboxPage is a page of the built-in mailbox; the messages are without
// their texts.
type MailboxPage struct {
	Messages []store.MailboxMessage
	Total    int64
	Next     string // empty at the end
}

// Deliver keeps a message in the built-in mailbox instead of sending it.
func (m *Mails) Deliver(ctx context.Context, message store.MailboxMessage) error {
	return m.gate.Note(ctx, func(tx *store.Tx) error { return tx.PutMailboxMessage(ctx, message) })
}

// Mailbox lists what would have been sent, newest first, to one address or to
// all (empty). It refuses with mailbox.off where it is not switched on, and
// who is not of the vendor's staff unless it is open to all (MAIL-3).
func (m *Mails) Mailbox(ctx context.Context, actor authz.Actor, address string, w gate.Window) (MailboxPage, error) {
	var page MailboxPage
	if err := m.mayReadMailbox(ctx, actor); err != nil {
		return page, err
	}
	err := m.gate.Read(ctx, func(r *store.Reader) error {
		at, place := w.Place()
		messages, total, err := r.Mailbox(ctx, store.MailboxFilter{Address: address, Within: actor.Portfolio}, store.MailPlace{At: at, ID: directory.MailID(place[0])}, w.Lines()+1)
		if err != nil {
			return err
		}
		if len(messages) > w.Lines() {
			messages = messages[:w.Lines()]
			last := messages[len(messages)-1]
			page.Next = gate.PlaceAfter(last.At, int64(last.Mail), 0)
		}
		page.Messages, page.Total = messages, total
		return nil
	})
	return page, err
}

// MailboxMessage reads one message whole, links included. It refuses like
// Mailbox, and with mail.not_found.
func (m *Mails) MailboxMessage(ctx context.Context, actor authz.Actor, id directory.MailID) (store.MailboxMessage, error) {
	var message store.MailboxMessage
	if err := m.mayReadMailbox(ctx, actor); err != nil {
		return message, err
	}
	err := m.gate.Read(ctx, func(r *store.Reader) (err error) {
		message, err = r.MailboxMessage(ctx, store.MailboxFilter{Within: actor.Portfolio}, id)
		return err
	})
	return message, err
}

func (m *Mails) mayReadMailbox(ctx context.Context, actor authz.Actor) error {
	switch m.mailbox {
	case MailboxOpen:
		return nil
	case MailboxStaff:
		err := gate.RequireDuty(actor, authz.WatchMail)
		m.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return err
	}
	return directory.Refuse(directory.NotFound, "mailbox.off")
}
