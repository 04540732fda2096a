package jobs_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/jobs"
	"intendant/internal/mail"
)

func TestWriterDeliver(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var sent mail.Envelope
	whole := jobs.Writer{Bundle: bundle, Base: "https://espace.batisoft.example/", From: "Bâtisoft <no-reply@batisoft.example>", Now: apptest.Noon,
		Carry: func(_ context.Context, _ directory.MailID, e mail.Envelope) error { sent = e; return nil }}
	delivery := func(change func(*app.Delivery)) app.Delivery {
		d := app.Delivery{Language: "fr", AccountName: "Groupe Maraval", AccountNumber: "204 817", Reader: "Yann Bertin", UserName: "y.bertin",
			Brand: catalogue.Branding{Name: "Bâtisoft", Colour: "#1f6f5c", PostalAddress: []string{"18 quai des Tanneurs", "44000 Nantes"}},
			Mail: directory.Mail{ID: 5, Address: "y.bertin@maraval.example", Kind: directory.MailInvitation, Path: "/invitation/{secret}", Secret: "t0ken",
				Facts: map[string]string{"Actor": "Hélène Castaing", "Until": apptest.Noon().Format(time.RFC3339)}}}
		if change != nil {
			change(&d)
		}
		return d
	}
	t.Run("in the reader's language, the secret in the link only", func(t *testing.T) {
		id, err := whole.Deliver(t.Context(), delivery(nil))
		if err != nil {
			t.Fatal(err)
		}
		link := "https://espace.batisoft.example/invitation/t0ken"
		for _, text := range []string{sent.HTML, sent.Text} {
			if strings.Count(text, "t0ken") == 0 || strings.Count(text, "t0ken") != strings.Count(text, link) {
				t.Errorf("the secret is not in the link only: %s", text)
			}
			if !strings.Contains(text, "Groupe Maraval") || !strings.Contains(text, "Yann Bertin") {
				t.Errorf("account or reader is missing: %s", text)
			}
		}
		if sent.To != "y.bertin@maraval.example" || sent.MessageID != id || strings.Contains(sent.Subject, "t0ken") {
			t.Errorf("envelope %+v", sent)
		}
		again, err := whole.Deliver(t.Context(), delivery(nil))
		if err != nil || again != id {
			t.Errorf("second try: %q, %v, want %q again", again, err, id)
		}
		if other, _ := whole.Deliver(t.Context(), delivery(func(d *app.Delivery) { d.Mail.ID = 6 })); other == id {
			t.Error("two mails have one Message-ID")
		}
	})
	t.Run("who acted without a name is the vendor", func(t *testing.T) {
		if _, err := whole.Deliver(t.Context(), delivery(func(d *app.Delivery) { d.Mail.Facts["Actor"] = "" })); err != nil {
			t.Fatal(err)
		}
	})
	for _, test := range []struct {
		name   string
		writer func(*jobs.Writer)
		change func(*app.Delivery)
		want   string // code, or "fault"
	}{
		{"MAIL-2 no base address", func(w *jobs.Writer) { w.Base = "" }, nil, "mail.no_base_url"},
		{"MAIL-2 no address at all", func(w *jobs.Writer) { w.Base = "espace" }, nil, "mail.no_base_url"},
		{"MAIL-2 no server", func(w *jobs.Writer) { w.Carry = nil }, nil, "mail.no_server"},
		{"MAIL-2 a server and no sender", func(w *jobs.Writer) { w.From, w.Carry = "", jobs.ToServer(mail.NewSMTP(mail.SMTPConfig{})) }, nil, "mail.no_sender"},
		{"MAIL-3 a mailbox and no sender", func(w *jobs.Writer) { w.From = "" }, nil, ""},
		{"unknown kind", nil, func(d *app.Delivery) { d.Mail.Kind = "none" }, "fault"},
		{"MAIL-4 path to elsewhere", nil, func(d *app.Delivery) { d.Mail.Path = "//evil.example/x" }, "fault"},
		{"MAIL-4 path without slash", nil, func(d *app.Delivery) { d.Mail.Path = ".evil.example/x" }, "fault"},
	} {
		t.Run(test.name, func(t *testing.T) {
			writer := whole
			if test.writer != nil {
				test.writer(&writer)
			}
			_, err := writer.Deliver(t.Context(), delivery(test.change))
			var refusal *directory.Error
			got := ""
			switch {
			case errors.As(err, &refusal):
				got = refusal.Code
			case err != nil:
				got = "fault"
			}
			if got != test.want {
				t.Errorf("Deliver: %v, want %s", err, test.want)
			}
		})
	}
}

// TestWriterLogo: mails show the logo of the catalogue that is in force.
func TestWriterLogo(t *testing.T) { // ACC-1
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	logo := &mail.Logo{PNG: []byte("picture"), Width: 40, Height: 20}
	var sent mail.Envelope
	writer := jobs.Writer{Bundle: bundle, Base: "https://espace.batisoft.example", Now: apptest.Noon,
		Carry: func(_ context.Context, _ directory.MailID, e mail.Envelope) error { sent = e; return nil },
		Logo: func(name string) *mail.Logo {
			if name == "logo.png" {
				return logo
			}
			return nil
		}}
	for name, want := range map[string]*mail.Logo{"logo.png": logo, "": nil} {
		d := app.Delivery{Language: "fr", Brand: catalogue.Branding{Name: "Bâtisoft", Logo: name},
			Mail: directory.Mail{ID: 5, Address: "y@maraval.example", Kind: directory.MailPasswordReset, Path: "/password/{secret}", Secret: "t0ken",
				Facts: map[string]string{directory.FactUntil: apptest.Noon().Format(time.RFC3339)}}}
		if _, err := writer.Deliver(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if sent.Logo != want || strings.Contains(sent.HTML, `alt="Bâtisoft"`) != (want != nil) {
			t.Errorf("ACC-1 logo %q: carried %v", name, sent.Logo)
		}
	}
}

func TestToMailbox(t *testing.T) { // MAIL-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		_, err := w.Members.Add(t.Context(), w.Operator(), account.ID, []app.NewMember{{Row: 1, Email: "wim@maraval.example", Levels: []string{"administrator"}}}, app.AddOptions{})
		w.Must(err)
		bundle, err := i18n.Load()
		w.Must(err)
		writer := jobs.Writer{Bundle: bundle, Base: "http://localhost:8080", From: "x@batisoft.example", Now: w.Now, Carry: jobs.ToMailbox(w.Mails)}
		w.Pass(directory.UndoWindow)
		stop := start(t, &jobs.Runner{App: w.App, Now: w.Now, Deliver: writer.Deliver})
		until(t, "the invitation in the mailbox", func() bool { return totals(t, w)[directory.MailSent] == 1 })
		stop()
		page, err := w.Mails.Queue(t.Context(), w.Operator(), app.MailFilter{}, app.Window{})
		w.Must(err)
		if page.Mails[0].WithSecret || page.Mails[0].AccountName != account.Name {
			t.Errorf("MAIL-3 the console's line: %+v, want it without a secret and with the account", page.Mails[0])
		}
	})
}
