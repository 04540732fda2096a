package history_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/web/webtest"
)

// hostile is a name that would run if a page did not escape it.
const hostile = `<script>alert("é")</script>`

func TestAccountHistory(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account, other := w.Account("204817"), w.Account("163918")
		admin, foreign := w.Administrator(account, "helene.castaing@maraval.example"), w.Administrator(other, "paul.brun@brun.example")
		member, _ := w.Member(account, "anke.lindhorst@maraval.example")
		w.Pass(24 * time.Hour)
		w.Must(added(w, account, app.NewMember{Row: 1, Email: "x@maraval.example", First: hostile, Last: "Zoé"}))

		here := site.SignedIn(t, admin).Get("/accounts/204817/history")
		t.Run("HIST-1 when, who, for whom, through which door", func(t *testing.T) {
			event := here.All("li.in-event")[0]
			for _, want := range []string{"L’exploitant", "a ajouté", "Zoé", "Ligne de commande"} {
				if !strings.Contains(event.Text(), want) {
					t.Errorf("newest entry %q lacks %q", event.Text(), want)
				}
			}
			if got := here.All("time")[0].Attr("datetime"); got != "2026-03-03T12:00:00Z" {
				t.Errorf("time %q", got)
			}
			if got := len(here.All("h2.in-day")); got != 2 {
				t.Errorf("%d days, want 2", got)
			}
		})
		t.Run("HIST-1 hostile names are text", func(t *testing.T) {
			if strings.Contains(here.Body, "<script>alert") || !strings.Contains(here.Text(), hostile) {
				t.Error("the name is not shown as it was typed")
			}
		})
		t.Run("LIST-9 the exact number of entries", func(t *testing.T) {
			want := strconv.Itoa(len(here.All("li.in-event"))) + " lignes"
			if !strings.Contains(here.Text(), want) {
				t.Errorf("the page does not say %q", want)
			}
		})
		t.Run("HIST-2 needs a right", func(t *testing.T) {
			if got := site.SignedIn(t, member).Get("/accounts/204817/history"); got.Status != http.StatusForbidden {
				t.Errorf("a member without the right: %d, want 403", got.Status)
			}
			if got := site.SignedIn(t, foreign).Get("/accounts/204817/history"); got.Status != http.StatusNotFound || strings.Contains(got.Body, "castaing") {
				t.Errorf("another account's administrator: %d, want 404", got.Status)
			}
			if got := site.Stranger(t).Get("/accounts/204817/history"); !strings.HasPrefix(got.Location, "/sign-in") {
				t.Errorf("a stranger is led to %q, want the sign-in", got.Location)
			}
		})
		t.Run("HIST-2 filters", func(t *testing.T) { filters(t, site.SignedIn(t, admin)) })
		t.Run("HIST-4 export is recorded and its cells do not run", func(t *testing.T) {
			const form = "/accounts/204817/history/export?unit=all"
			browser := site.SignedIn(t, admin)
			run := browser.Get(form).Submit(form, "format", "csv")
			table := browser.Get(run.Location + "/file")
			if table.Status != http.StatusOK || !strings.Contains(table.Header.Get("Content-Disposition"), "historique-204817-") ||
				strings.Count(table.Body, "\n") < 4 || !strings.Contains(table.Body, "Zoé") {
				t.Errorf("export: %d %q", table.Status, table.Body)
			}
			again := site.SignedIn(t, admin).Get("/accounts/204817/history?kind=export")
			if !strings.Contains(again.Text(), "a exporté des données") {
				t.Error("the export is not in the history")
			}
			if got := site.SignedIn(t, member).Post("/accounts/204817/history/export"); got.Status != http.StatusForbidden {
				t.Errorf("export without the right: %d, want 403", got.Status)
			}
		})
	})
}

// filters asks an administrator's history of 204817 by each filter.
func filters(t *testing.T, c *webtest.Client) {
	for _, test := range []struct {
		name, query string
		want, not   string
	}{
		{"date from", "?from=2026-03-03", "Zoé", "castaing"},
		{"date to", "?to=2026-03-02", "castaing", "Zoé"},
		{"person by a part of the name", "?q=zoe", "Zoé", "anke"},
		{"person nobody is called", "?q=nobody", "Aucune entrée ne correspond", "Zoé"},
		{"actor", "?by=castaing", "castaing", "Zoé"},
		{"kind", "?kind=key", "clé", "Zoé"},
		{"door", "?door=page", "castaing", "Zoé"},
		{"unknown door", "?door=window", "Aucune entrée ne correspond", "Zoé"},
		{"a day that is none", "?from=2026-99-99", "Zoé", "Aucune entrée"},
		{"broken place", "?before=x.y", "Zoé", "Aucune entrée"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := c.Get("/accounts/204817/history" + test.query)
			var events strings.Builder
			for _, n := range append(list.All("li.in-event"), list.All(".in-empty")...) {
				events.WriteString(n.Text())
			}
			if got := events.String(); !strings.Contains(got, test.want) || strings.Contains(got, test.not) {
				t.Errorf("%s: %q, want %q without %q", test.query, got, test.want, test.not)
			}
		})
	}
	t.Run("what a name leads to", func(t *testing.T) {
		link := c.Get("/accounts/204817/history?q=zoe").All("li.in-event a")[0].Attr("href")
		one := c.Get(link)
		if got := len(one.All(".in-chip--on")); got != 1 || !strings.Contains(one.All(".in-chip--on")[0].Text(), "Zoé") {
			t.Errorf("%s shows %d chips, want the person's", link, got)
		}
	})
}

func added(w *apptest.World, account directory.Account, m app.NewMember) error {
	verdicts, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{m}, app.AddOptions{})
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

func TestHistoryChangesAndErasure(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account := w.Account("204817")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		actor, _ := w.Member(account, "anke.lindhorst@maraval.example")
		c := site.SignedIn(t, admin)
		t.Run("HIST-1 keys never", func(t *testing.T) {
			body := c.Get("/accounts/204817/history").Body
			for _, key := range w.Keys(account) {
				if strings.Contains(body, key) {
					t.Error("a key stands in the history")
				}
			}
			if !strings.Contains(body, "Clé n°") {
				t.Error("which key was made is not said")
			}
		})
		t.Run("HIST-3 erased values say so", func(t *testing.T) {
			w.Must(w.DB.Update(t.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.EraseHistory{Subject: actor.User}}})
			}))
			if got := c.Get("/accounts/204817/history?q=anke").Text(); !strings.Contains(got, "valeurs personnelles effacées") {
				t.Error("the page does not say that values are erased")
			}
		})
		t.Run("LIST-9 pages of fifty", func(t *testing.T) {
			var rows []app.NewMember
			for i, address := range apptest.Addresses(60, "maraval.example") {
				rows = append(rows, app.NewMember{Row: i + 1, Email: address})
			}
			_, err := w.Members.Add(t.Context(), w.Operator(), account.ID, rows, app.AddOptions{})
			w.Must(err)
			first := c.Get("/accounts/204817/history?kind=member")
			if got := first.Text(); !strings.Contains(got, "60 membres ajoutés") || len(first.All("li.in-event")) != 3 {
				t.Errorf("HIST-6 an act on many is not one line of three: %s", got)
			}
			first = c.Get(first.All("li.in-event small a[href]")[0].Attr("href"))
			if got := len(first.All("section li.in-event")); got != 50 || !strings.Contains(first.Text(), "1–50 sur 60 entrées de cette action") {
				t.Errorf("first page: %d entries", got)
			}
			if got := first.All(".in-act li.in-event"); len(got) != 1 || !strings.Contains(got[0].Text(), "60 membres ajoutés") {
				t.Errorf("HIST-6 the entries do not stand under their act")
			}
			next := c.Get(first.All(".in-pager nav a[href]")[0].Attr("href"))
			if got := len(next.All("section li.in-event")); got != 10 || !strings.Contains(next.Text(), "51–60 sur 60") {
				t.Errorf("second page: %d entries", got)
			}
		})
	})
}

func TestVendorHistory(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account, other := w.Account("204817"), w.Account("163918")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		w.Administrator(other, "paul.brun@brun.example")
		auditor, sales := w.Staff("audit@batisoft.example", authz.Auditor), w.Staff("vente@batisoft.example", authz.Sales)
		c := site.SignedIn(t, auditor)
		t.Run("HIST-2 all accounts, or one by its number", func(t *testing.T) {
			all, one := c.Get("/vendor/history"), c.Get("/vendor/history?account=163+918")
			if !strings.Contains(all.Text(), "castaing") || !strings.Contains(all.Text(), "brun") {
				t.Error("not all accounts are there")
			}
			if strings.Contains(one.Text(), "castaing") || !strings.Contains(one.Text(), "brun") {
				t.Error("the account's filter does not hold")
			}
			if none := c.Get("/vendor/history?account=999"); len(none.All("li.in-event")) != 0 {
				t.Error("an unknown number finds entries")
			}
			if own := c.Get("/vendor/history?account=own"); strings.Contains(own.Text(), "castaing a") {
				t.Error("the installation's own history shows an account's")
			}
		})
		t.Run("HIST-2 needs the duty", func(t *testing.T) {
			for _, path := range []string{"/vendor/history", "/vendor/history/access"} {
				if got := site.SignedIn(t, sales).Get(path).Status; got != http.StatusForbidden {
					t.Errorf("%s for sales: %d, want 403", path, got)
				}
				if got := site.SignedIn(t, admin).Get(path).Status; got != http.StatusNotFound {
					t.Errorf("%s for an administrator: %d, want 404", path, got)
				}
			}
		})
		t.Run("HIST-1 refused attempts have a log of their own", func(t *testing.T) {
			log := c.Get("/vendor/history/access?refused=1")
			if !strings.Contains(log.Text(), "lire tout l’historique") {
				t.Errorf("the refused attempt is not there: %s", log.Text())
			}
			if got := c.Get("/vendor/history/access?q=vente@batisoft.example"); len(got.All("tbody tr")) != 2 {
				t.Errorf("lines of one person: %d, want 2", len(got.All("tbody tr")))
			}
			site.Stranger(t).Post("/sign-in", "name", hostile, "password", "wrong")
			if got := c.Get("/vendor/history/access"); strings.Contains(got.Body, "<script>alert") || !strings.Contains(got.Text(), "alert(") {
				t.Error("what a stranger typed is not shown as text")
			}
		})
	})
}

// waiting leaves one mail with a secret in the queue and answers it.
func waiting(t *testing.T, w *apptest.World, account directory.Account) app.QueuedMail {
	t.Helper()
	_, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{{Row: 1, Email: "zoe@maraval.example"}},
		app.AddOptions{Invite: true})
	w.Must(err)
	queue, err := w.Mails.Queue(w.Context(), w.Operator(), app.MailFilter{Address: "zoe@"}, app.Window{})
	w.Must(err)
	if len(queue.Mails) == 0 || !queue.Mails[0].WithSecret {
		t.Fatalf("no mail with a secret waits: %+v", queue.Mails)
	}
	return queue.Mails[0]
}

func TestMailQueue(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account := w.Account("204817")
		m := waiting(t, w, account)
		w.Pass(time.Hour)
		c := site.SignedIn(t, w.Staff("audit@batisoft.example", authz.Auditor))
		taken, err := w.Mails.Next(w.Context(), 50)
		w.Must(err)
		var secret string
		for _, d := range taken {
			if d.Mail.ID == m.ID {
				secret = d.Mail.Secret
				w.Must(w.Mails.Failed(w.Context(), d, "550 no "+hostile+" mailbox "+secret, true))
			}
		}
		if secret == "" {
			t.Fatal("the mail carries no secret")
		}
		list := c.Get("/vendor/mail?q=zoe")
		t.Run("MAIL-2 seen with its last error", func(t *testing.T) {
			for _, want := range []string{"zoe@maraval.example", "Revenu", "550 no", "Invitation"} {
				if !strings.Contains(list.Text(), want) {
					t.Errorf("the queue lacks %q: %s", want, list.Text())
				}
			}
		})
		t.Run("MAIL-3 secrets never, and what a server said is text", func(t *testing.T) {
			if strings.Contains(list.Body, secret) || strings.Contains(list.Body, "<script>alert") || strings.Contains(list.Body, "/invitation/") {
				t.Error("the queue shows a secret, a link or runs what a server said")
			}
		})
		t.Run("MAIL-2 tried anew", func(t *testing.T) {
			path := "/vendor/mail/" + strconv.FormatInt(int64(m.ID), 10) + "/retry"
			after := list.Submit(path).Follow()
			if !strings.Contains(after.Text(), "En attente") || len(c.Get("/vendor/mail?state=bounced").All("tbody tr")) != 0 {
				t.Error("the mail does not wait again")
			}
			if got := c.Post("/vendor/mail/nothing/retry").Status; got != http.StatusNotFound {
				t.Errorf("a mail that is none: %d, want 404", got)
			}
			if got := site.SignedIn(t, w.Staff("vente@batisoft.example", authz.Sales)).Post(path).Status; got != http.StatusForbidden {
				t.Errorf("retry without the duty: %d, want 403", got)
			}
		})
		t.Run("MAIL-4 by account and state, with totals", func(t *testing.T) {
			if got := c.Get("/vendor/mail?account=204817"); len(got.All("tbody tr")) == 0 {
				t.Error("the account's mails are not found")
			}
			if got := c.Get("/vendor/mail?account=999"); len(got.All("tbody tr")) != 0 {
				t.Error("an unknown account has mails")
			}
		})
	})
}

func TestMailbox(t *testing.T) { // MAIL-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account := w.Account("204817")
		m := waiting(t, w, account)
		link := site.URL + "/invitation/secret-token"
		w.Must(w.Mails.Deliver(w.Context(), store.MailboxMessage{Mail: m.ID, Address: "zoe@maraval.example", Subject: "Bonjour " + hostile,
			Text: "Texte", HTML: `<html><head><title>x</title></head><body><script>alert(1)</script><a href="` + link + `">Accepter</a>
			<a href="javascript:alert(2)">non</a></body></html>`}))
		staff := w.Staff("audit@batisoft.example", authz.Auditor)
		c := site.SignedIn(t, staff)
		path := "/mailbox/" + strconv.FormatInt(int64(m.ID), 10)
		t.Run("MAIL-3 the links of a message", func(t *testing.T) {
			message := c.Get("/mailbox?to=zoe@maraval.example").All("tbody a")[0]
			if message.Attr("href") != path {
				t.Errorf("the list leads to %q, want %q", message.Attr("href"), path)
			}
			shown := c.Get(path)
			if !shown.Has(`a[href=` + link + `]`) {
				t.Error("the link to follow is not there")
			}
			if strings.Contains(shown.Body, "javascript:") || strings.Contains(shown.Body, "<script>alert") {
				t.Error("the message's own page carries what the message would run")
			}
		})
		t.Run("MAIL-3 the message is framed apart and runs nothing", func(t *testing.T) {
			got := raw(t, site.URL+path+"/html", w.Session(staff, "full"))
			policy := got.Header.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "sandbox ", "frame-ancestors 'self'"} {
				if !strings.Contains(policy, want) {
					t.Errorf("policy %q lacks %q", policy, want)
				}
			}
			if strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") {
				t.Errorf("policy %q lets scripts run", policy)
			}
		})
		t.Run("MAIL-3 for the vendor's staff only", func(t *testing.T) {
			for _, one := range []string{"/mailbox", path, path + "/html"} {
				if got := site.SignedIn(t, w.Person("p"+strconv.Itoa(len(one))+"@x.example")).Get(one).Status; got != http.StatusNotFound {
					t.Errorf("%s for a customer: %d, want 404", one, got)
				}
				if got := site.Stranger(t).Get(one); !strings.HasPrefix(got.Location, "/sign-in") {
					t.Errorf("%s for a stranger leads to %q", one, got.Location)
				}
			}
			sales := site.SignedIn(t, w.Staff("vente@batisoft.example", authz.Sales))
			if got := sales.Get(path).Status; got != http.StatusForbidden {
				t.Errorf("without the duty: %d, want 403", got)
			}
		})
	})
}

func raw(t *testing.T, address, token string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: token})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), `<base target="_top">`) {
		t.Fatalf("%s: %d %s %v", address, answer.StatusCode, body, err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestWords holds the names of fields and kinds of mail against the messages.
func TestWords(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		for _, lang := range site.Bundle.Languages() {
			p := site.Bundle.Printer(lang, nil)
			for _, rule := range directory.MailRules() {
				if !p.Has("mails.kind." + string(rule.Kind)) {
					t.Errorf("%s: kind of mail %q has no name", lang, rule.Kind)
				}
			}
			for _, state := range []directory.MailState{directory.MailWaiting, directory.MailSent, directory.MailBounced, directory.MailDead,
				directory.MailWithdrawn} {
				if !p.Has("mail.state." + string(state)) {
					t.Errorf("%s: state %q has no name", lang, state)
				}
			}
		}
	})
}

// TestUndo takes an edit back from the history: the button, the preview, the line that
// is struck, and the way back from that too.
func TestUndo(t *testing.T) { // PLAN-1, PLAN-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		site := webtest.New(t, w)
		account, other := w.Account("204817"), w.Account("163918")
		admin, foreign := w.Administrator(account, "helene.castaing@maraval.example"), w.Administrator(other, "paul.brun@brun.example")
		actor, m := w.Member(account, "anke.lindhorst@maraval.example")
		w.Pass(time.Hour)
		firm := "Kestner Bau"
		verdicts, err := w.Members.EditMembers(w.Context(), admin, account.ID, app.Of(m.UUID), app.MemberChange{Company: &firm})
		w.Must(apptest.ErrOf(verdicts, err))
		w.Pass(time.Hour)

		d := site.SignedIn(t, admin)
		button := d.Get("/accounts/204817/history").All("li.in-event a.btn")[0]
		at := button.Attr("href")
		if got := button.Text(); !strings.HasPrefix(strings.TrimSpace(got), "Annuler") || !strings.HasPrefix(at, "/accounts/204817/history/undo?entry=") {
			t.Fatalf("%q to %q", got, at)
		}
		preview := d.Get(at)
		for _, want := range []string{"Annuler cette action", "anke lindhorst", "Société", firm, "Confirmer l’annulation"} {
			if !strings.Contains(preview.Text(), want) {
				t.Errorf("PLAN-1 the preview lacks %q", want)
			}
		}
		done := preview.Submit("/accounts/204817/history/undo").Follow()
		if !strings.Contains(done.Text(), "Annulé : 1 rétabli") || len(done.All("a.in-toast__undo")) != 1 {
			t.Errorf("PLAN-2 undone: %s", done.Text())
		}
		lines := done.All("li.in-event")
		if got := lines[1]; !strings.Contains(got.Attr("class"), "is-undone") || !strings.Contains(got.Text(), "Annulé le") || len(done.All("li.is-undone a.btn")) != 0 {
			t.Errorf("PLAN-2 the line that was undone: %q %q", got.Attr("class"), got.Text())
		}
		if again := d.Get(at); again.Status != http.StatusConflict || !strings.Contains(again.Text(), "déjà annulé") {
			t.Errorf("PLAN-2 undone twice: %d", again.Status)
		}
		for who, c := range map[string]*webtest.Client{"a member without the right": site.SignedIn(t, actor), "another account": site.SignedIn(t, foreign)} {
			if got := c.Get(at); got.Status != http.StatusNotFound {
				t.Errorf("API-3 %s: %d", who, got.Status)
			}
		}
	})
}
