package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"intendant/internal/mail"
	"intendant/internal/mail/mailtest"
)

func sender(r *mailtest.Receiver, change func(*mail.SMTPConfig)) *mail.SMTP {
	config := mail.SMTPConfig{Host: r.Host, Port: r.Port, TLS: mail.TLSNone, Hello: "espace.batisoft.example", Timeout: 5 * time.Second, Roots: r.Roots}
	if change != nil {
		change(&config)
	}
	return mail.NewSMTP(config)
}

func envelope() mail.Envelope {
	return mail.Envelope{
		From: `"Bâtisoft" <espace@batisoft.example>`, To: "agathe@maraval.example",
		Subject: "Hélène Castaing vous invite dans Groupe Maraval", MessageID: "7@espace.batisoft.example",
		HTML: `<p>Bonjour</p><a href="https://espace.batisoft.example/i/7">Accepter</a>`, Text: "Bonjour Agathe, été\n",
		Date: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
	}
}

func TestSend(t *testing.T) { // MAIL-1
	r := mailtest.Start(t)
	if err := sender(r, nil).Send(context.Background(), envelope()); err != nil {
		t.Fatal(err)
	}
	got := r.Wait(t, 1)[0]
	for _, test := range []struct{ name, got, want string }{
		{"subject", got.Subject, "Hélène Castaing vous invite dans Groupe Maraval"},
		{"envelope", got.From + " " + got.To, "espace@batisoft.example agathe@maraval.example"},
		{"Auto-Submitted", got.Header.Get("Auto-Submitted"), "auto-generated"},
		{"Message-ID", got.Header.Get("Message-ID"), "<7@espace.batisoft.example>"},
		{"Date", got.Header.Get("Date"), "Sun, 22 Nov 2026 09:30:00 +0000"},
		{"From", got.Header.Get("From"), "=?utf-8?q?B=C3=A2tisoft?= <espace@batisoft.example>"},
		{"no advertising", got.Header.Get("User-Agent") + got.Header.Get("X-Mailer"), ""},
		{"text", strings.TrimSpace(got.Text), "Bonjour Agathe, été"},
		{"link", got.Link("/i/"), "https://espace.batisoft.example/i/7"},
	} {
		if test.got != test.want {
			t.Errorf("%s = %q, want %q", test.name, test.got, test.want)
		}
	}
	for _, line := range strings.Split(string(got.Raw), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("line is too long or not ASCII: %q", line)
		}
	}
}

func TestSendHostileHeaders(t *testing.T) { // MAIL-4
	r := mailtest.Start(t)
	e := envelope()
	e.Subject = "Bonjour\r\nBcc: x@evil.example\r\n\r\ncorps\x00" + strings.Repeat("é", 5000)
	e.To = "\"Agathe\r\nBcc: x@evil.example\" <agathe@maraval.example>"
	e.MessageID = "7@x\r\nBcc: x@evil.example"
	e.Headers = map[string]string{"Reply-To": "wout@maraval.example\r\nBcc: x@evil.example"}
	if err := sender(r, nil).Send(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	got := r.Wait(t, 1)[0]
	if got.Header.Get("Bcc") != "" || got.To != "agathe@maraval.example" || len(r.Messages()) != 1 {
		t.Errorf("MAIL-4 a header came in: Bcc %q, to %q", got.Header.Get("Bcc"), got.To)
	}
	if runes := len([]rune(got.Subject)); runes > 150 {
		t.Errorf("subject has %d characters", runes)
	}
	e = envelope()
	e.Headers = map[string]string{"X-A:\r\nBcc": "x@evil.example"}
	if err := sender(r, nil).Send(context.Background(), e); err == nil {
		t.Error("MAIL-4 a broken header name was sent")
	}
}

func TestSendProtected(t *testing.T) {
	r := mailtest.Start(t, mailtest.WithTLS(), mailtest.WithAuth("intendant", "s3cret"))
	signIn := func(password string) func(*mail.SMTPConfig) {
		return func(c *mail.SMTPConfig) { c.TLS, c.User, c.Password = mail.TLSStart, "intendant", password }
	}
	if err := sender(r, signIn("s3cret")).Send(context.Background(), envelope()); err != nil {
		t.Fatal(err)
	}
	if got := r.Wait(t, 1)[0]; !got.TLS {
		t.Error("the way was not protected")
	}
	err := sender(r, signIn("wrong")).Send(context.Background(), envelope())
	if err == nil || mail.IsPermanent(err) {
		t.Errorf("wrong sign-in: %v, want a fault worth another try", err)
	}
	err = sender(r, func(c *mail.SMTPConfig) { signIn("s3cret")(c); c.Roots = nil }).Send(context.Background(), envelope())
	if err == nil || mail.IsPermanent(err) {
		t.Errorf("unknown certificate: %v, want a fault worth another try", err)
	}
	err = sender(r, func(c *mail.SMTPConfig) { signIn("s3cret")(c); c.TLS = mail.TLSNone }).Send(context.Background(), envelope())
	if err == nil {
		t.Error("the password went over an open way")
	}
}

func TestSendWithoutTLS(t *testing.T) {
	r := mailtest.Start(t)
	err := sender(r, func(c *mail.SMTPConfig) { c.TLS = "" }).Send(context.Background(), envelope())
	if err == nil || mail.IsPermanent(err) || len(r.Messages()) > 0 {
		t.Errorf("server without STARTTLS: %v, want a fault and no mail", err)
	}
}

func TestSendRefused(t *testing.T) { // MAIL-2
	for _, test := range []struct {
		name          string
		prepare       func(*mailtest.Receiver, *mail.Envelope)
		wantErr       bool
		wantPermanent bool
	}{
		{"MAIL-2 greylisted", func(r *mailtest.Receiver, _ *mail.Envelope) { r.FailNext(451, 1) }, true, false},
		{"MAIL-4 no such mailbox", func(r *mailtest.Receiver, _ *mail.Envelope) { r.FailNext(550, 1) }, true, true},
		{"MAIL-2 busy after the text", func(r *mailtest.Receiver, _ *mail.Envelope) { r.FailData(452, 1) }, true, false},
		{"MAIL-4 text refused", func(r *mailtest.Receiver, _ *mail.Envelope) { r.FailData(554, 1) }, true, true},
		{"MAIL-4 no address", func(_ *mailtest.Receiver, e *mail.Envelope) { e.To = "nobody" }, true, true},
		{"a bad sender is our fault", func(_ *mailtest.Receiver, e *mail.Envelope) { e.From = "nobody" }, true, false},
		{"MAIL-2 taken, then the way broke", func(r *mailtest.Receiver, _ *mail.Envelope) { r.BreakAfterTaking() }, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := mailtest.Start(t)
			e := envelope()
			test.prepare(r, &e)
			err := sender(r, nil).Send(context.Background(), e)
			if (err != nil) != test.wantErr || mail.IsPermanent(err) != test.wantPermanent {
				t.Errorf("Send = %v (permanent %v), want error %v (permanent %v)", err, mail.IsPermanent(err), test.wantErr, test.wantPermanent)
			}
			if !test.wantErr || test.wantPermanent {
				return
			}
			if again := envelope(); e.From == again.From {
				if err := sender(r, nil).Send(context.Background(), again); err != nil {
					t.Errorf("MAIL-2 second try: %v", err)
				}
			}
		})
	}
	t.Run("MAIL-2 nobody listens", func(t *testing.T) {
		closed := mail.NewSMTP(mail.SMTPConfig{Host: "127.0.0.1", Port: 1, TLS: mail.TLSNone, Timeout: time.Second})
		if err := closed.Send(context.Background(), envelope()); err == nil || mail.IsPermanent(err) {
			t.Errorf("Send = %v, want a fault worth another try", err)
		}
	})
}

func TestSendForeignDomain(t *testing.T) {
	r := mailtest.Start(t)
	e := envelope()
	e.To = "agathe@bâtiment.example"
	if err := sender(r, nil).Send(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	if got := r.Wait(t, 1)[0].To; got != "agathe@xn--btiment-pwa.example" {
		t.Errorf("To = %q, want the domain in ASCII", got)
	}
}
