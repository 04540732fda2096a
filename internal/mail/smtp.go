package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// A TLSMode says how the way to the mail server is protected.
type TLSMode string

// The way is opened plainly and then protected, protected from the start, or
// open. Over an open way no password is sent.
const (
	TLSStart    TLSMode = "starttls"
	TLSImplicit TLSMode = "tls"
	TLSNone     TLSMode = "none"
)

// SMTPConfig names the mail server.
type SMTPConfig struct {
	Host     string
	Port     int // 0: the usual one of TLS
	User     string
	Password string
	TLS      TLSMode       // empty: TLSStart, refused by a server without it
	Hello    string        // name given to the server; empty: this machine's
	Timeout  time.Duration // for one mail, all in all; 0: 30 seconds
	Roots    *x509.CertPool
}

// An Envelope is one mail ready to go to one person.
type Envelope struct {
	From      string // "Name <address>"
	To        string
	Subject   string
	MessageID string // without angle brackets; the same on every try
	HTML      string
	Text      string
	Logo      *Logo // that the HTML shows, or nil
	Date      time.Time
	Headers   map[string]string // further ones, such as Reply-To
}

// SMTP sends mails through one server, each over a connection of its own. It
// is safe for concurrent use.
type SMTP struct {
	config SMTPConfig
}

// NewSMTP names the server; nothing is sent or opened yet.
func NewSMTP(config SMTPConfig) *SMTP {
	if config.TLS == "" {
		config.TLS = TLSStart
	}
	if config.Timeout <= 0 {
		config.Timeout = 30 * time.Second
	}
	return &SMTP{config: config}
}

// A rejected mail is one the server refused for good, or that cannot be
// addressed at all.
type rejected struct{ cause error }

func (r *rejected) Error() string { return r.cause.Error() }
func (r *rejected) Unwrap() error { return r.cause }

// IsPermanent tells whether a mail that failed is to be given up as a bounce:
// the server refused the address or the mail itself with a code from 500. All
// else is worth another try: 4xx, a broken way, and also a refused sender or
// sign-in, which are the installation's fault and not the reader's (rule
// MAIL-2).
func IsPermanent(err error) bool {
	var r *rejected
	return errors.As(err, &r)
}

// Send hands one mail to the server. When it answers nil the server has taken
// the mail, even when the way broke afterwards: it is not to be sent again.
// Line ends in the addresses, the subject or a header are taken out. The end of
// ctx stops the dialling; a conversation that has begun is finished or ends with
// the timeout, for a mail broken off half-way may have arrived.
func (s *SMTP) Send(ctx context.Context, e Envelope) error {
	message, err := compile(e)
	if err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() {
		return nil
	}
	if refusedForGood(err) {
		err = &rejected{err}
	}
	return fmt.Errorf("send mail: %w", err)
}

func (s *SMTP) client() (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithTimeout(s.config.Timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.config.Host, RootCAs: s.config.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch s.config.TLS {
	case TLSImplicit:
		options = append(options, gomail.WithSSLPort(false))
	case TLSNone:
		options = append(options, gomail.WithTLSPortPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	}
	if s.config.Port != 0 {
		options = append(options, gomail.WithPort(s.config.Port))
	}
	if s.config.Hello != "" {
		options = append(options, gomail.WithHELO(s.config.Hello))
	}
	if s.config.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.config.User), gomail.WithPassword(s.config.Password))
	}
	return gomail.NewClient(s.config.Host, options...)
}

// refusedForGood finds a code from 500 given to the address or to the mail.
func refusedForGood(err error) bool {
	var sending *gomail.SendError
	if !errors.As(err, &sending) {
		return false
	}
	switch sending.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return sending.ErrorCode() >= 500
	}
	return false
}

// compile writes the message: both parts, dates and the headers that keep
// machines from answering it.
func compile(e Envelope) (*gomail.Msg, error) {
	from, err := address(e.From)
	if err != nil {
		return nil, fmt.Errorf("read sender: %w", err)
	}
	to, err := address(e.To)
	if err != nil {
		return nil, &rejected{fmt.Errorf("read recipient: %w", err)}
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(from)
	message.ToMailAddress(to)
	message.Subject(headerText(e.Subject))
	message.SetDateWithValue(e.Date)
	message.SetMessageIDWithValue(strings.Trim(oneLine(e.MessageID), "<> "))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	// Some programs know no other way to keep absence notes from answering.
	message.SetGenHeader("X-Auto-Response-Suppress", "All")
	for header, value := range e.Headers {
		if header == "" || strings.Trim(strings.ToLower(header), "abcdefghijklmnopqrstuvwxyz-") != "" {
			return nil, fmt.Errorf("write header: bad name %q", header)
		}
		message.SetGenHeader(gomail.Header(textproto.CanonicalMIMEHeaderKey(header)), oneLine(value))
	}
	message.SetBodyString(gomail.TypeTextPlain, e.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, e.HTML)
	if e.Logo != nil {
		if err := message.EmbedReader("logo.png", bytes.NewReader(e.Logo.PNG), gomail.WithFileContentID("<"+logoAddress+">"),
			gomail.WithFileContentType("image/png")); err != nil {
			return nil, fmt.Errorf("put logo into mail: %w", err)
		}
	}
	return message, nil
}

// address reads one address and writes its domain as mail servers know it.
func address(text string) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(oneLine(text))
	if err != nil {
		return nil, err
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	domain, err := idna.Lookup.ToASCII(parsed.Address[at+1:])
	if err != nil {
		return nil, fmt.Errorf("read domain: %w", err)
	}
	return &mail.Address{Name: headerText(parsed.Name), Address: parsed.Address[:at+1] + domain}, nil
}
