package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/mail"
	"intendant/internal/store"
)

// A Carrier hands over a mail that is written. An error that mail.IsPermanent
// knows makes the mail bounce.
type Carrier func(ctx context.Context, id directory.MailID, e mail.Envelope) error

// ToServer carries mails to a mail server.
func ToServer(server *mail.SMTP) Carrier {
	return func(ctx context.Context, _ directory.MailID, e mail.Envelope) error {
		if e.From == "" {
			return directory.Refuse(directory.Conflict, "mail.no_sender")
		}
		return server.Send(ctx, e)
	}
}

// ToMailbox carries mails into the built-in mailbox (MAIL-3).
func ToMailbox(mails *app.Mails) Carrier {
	return func(ctx context.Context, id directory.MailID, e mail.Envelope) error {
		return mails.Deliver(ctx, store.MailboxMessage{Mail: id, Address: e.To, Subject: e.Subject, HTML: e.Whole(), Text: e.Text})
	}
}

// A Writer turns mails of the outbox into what a carrier takes.
type Writer struct {
	Bundle *i18n.Bundle
	Base   string // the public address, "https://…"; without it no mail leaves
	From   string // "Name <address>"
	Zone   *time.Location
	Now    func() time.Time
	Carry  Carrier                      // nil: no mail server is set
	Logo   func(name string) *mail.Logo // the vendor's of that file name, or nil; nil where there is never one
}

// Deliver writes a mail in its reader's language and hands it over. It answers
// the Message-ID, which is the same on every try. It refuses with
// mail.no_base_url, mail.no_server and mail.no_sender when the installation is
// not set up to send; the mail waits then. The built-in mailbox needs no sender.
func (w Writer) Deliver(ctx context.Context, d app.Delivery) (messageID string, err error) {
	base, err := url.Parse(w.Base)
	if err != nil || w.Base == "" || base.Host == "" {
		return "", directory.Refuse(directory.Conflict, "mail.no_base_url")
	}
	if w.Carry == nil {
		return "", directory.Refuse(directory.Conflict, "mail.no_server")
	}
	e, err := w.write(base, d)
	if err != nil {
		return "", err
	}
	return e.MessageID, w.Carry(ctx, d.Mail.ID, e)
}

func (w Writer) write(base *url.URL, d app.Delivery) (mail.Envelope, error) {
	link := ""
	if path := d.Mail.Path; path != "" {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
			return mail.Envelope{}, fmt.Errorf("write mail %s: path is not under the public address", d.Mail.Kind)
		}
		link = strings.TrimSuffix(base.String(), "/") + strings.ReplaceAll(path, directory.SecretMark, url.PathEscape(d.Mail.Secret))
	}
	printer := w.Bundle.Printer(d.Language, w.zone(d.TimeZone))
	content, err := mail.Compose(printer, d.Mail.Kind, values(d), link)
	if err != nil {
		return mail.Envelope{}, err
	}
	brand := mail.Brand{Name: d.Brand.Name, Colour: d.Brand.Colour, Address: strings.Join(d.Brand.PostalAddress, ", ")}
	if w.Logo != nil {
		brand.Logo = w.Logo(d.Brand.Logo)
	}
	html, text, err := mail.Render(brand, printer.Lang(), content)
	if err != nil {
		return mail.Envelope{}, err
	}
	return mail.Envelope{
		From: w.From, To: d.Mail.Address, Subject: content.Subject, MessageID: messageID(d.Mail, base),
		HTML: html, Text: text, Logo: brand.Logo, Date: w.Now(),
	}, nil
}

func (w Writer) zone(name string) *time.Location {
	if name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return w.Zone
}

// values are the mail's facts and what is known without them. A secret that is
// in the link stands nowhere else.
func values(d app.Delivery) map[string]string {
	v := map[string]string{
		directory.FactVendor: d.Brand.Name, directory.FactName: d.Reader, directory.FactUserName: d.UserName,
		directory.FactAccount: d.AccountName, directory.FactNumber: d.AccountNumber,
	}
	if !strings.Contains(d.Mail.Path, directory.SecretMark) {
		v[directory.FactSecret] = d.Mail.Secret
	}
	for name, fact := range d.Mail.Facts {
		if fact != "" {
			v[name] = fact
		}
	}
	if v[directory.FactActor] == "" {
		v[directory.FactActor] = d.Brand.Name // the program itself acted, or the operator
	}
	return v
}

// messageID names a mail for good without saying whose it is.
func messageID(m directory.Mail, base *url.URL) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", m.ID, m.Created.UnixMicro(), m.Address))
	return hex.EncodeToString(sum[:16]) + "@" + base.Hostname()
}
