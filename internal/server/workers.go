package server

import (
	"time"

	"intendant/internal/jobs"
	"intendant/internal/mail"
)

// workers carry mails, do jobs and keep the intervals. Mails lead to base;
// without one they wait (SIGN-7).
func (i *Installation) workers(base string) *jobs.Runner {
	writer := jobs.Writer{Bundle: i.bundle, Base: base, From: i.config.Mail.From, Zone: time.UTC, Now: i.now, Carry: i.carrier(), Logo: i.logos.inMail}
	return &jobs.Runner{App: i.App, Handlers: i.handlers(), Deliver: writer.Deliver, Periodic: i.periodic(), Now: i.now, Log: i.log}
}

// carrier is the mailbox where it is switched on, else the mail server, else
// none: mails wait then.
func (i *Installation) carrier() jobs.Carrier {
	m := i.config.Mail
	switch {
	case i.config.Mailbox:
		return jobs.ToMailbox(i.App.Mails)
	case m.SMTPHost != "":
		return jobs.ToServer(mail.NewSMTP(mail.SMTPConfig{Host: m.SMTPHost, Port: m.SMTPPort, User: m.SMTPUser,
			Password: m.SMTPPassword, TLS: mail.TLSMode(m.TLS), Timeout: time.Duration(i.config.Deadline.Mail) * time.Second}))
	}
	return nil
}
