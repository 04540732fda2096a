package app_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// queue puts mails into the outbox as an operation does. Without account they
// are the installation's.
func queue(t *testing.T, w *apptest.World, mails ...directory.Mail) []directory.MailID {
	t.Helper()
	ids := make([]directory.MailID, len(mails))
	err := w.DB.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
		first, err := tx.NextKeys(t.Context(), 0, len(mails))
		if err != nil {
			return err
		}
		for i := range mails {
			ids[i] = directory.MailID(first + int64(i))
			mails[i].ID, mails[i].State, mails[i].Created = ids[i], directory.MailWaiting, tx.Now
			if mails[i].Due.IsZero() {
				mails[i].Due = tx.Now
			}
			if mails[i].Kind == "" {
				mails[i].Kind = "password_changed"
			}
		}
		return tx.Apply(t.Context(), store.Write{Mails: mails, Sealer: w.Box.Seal})
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// addressed are n mails to n addresses.
func addressed(n int) []directory.Mail {
	mails := make([]directory.Mail, n)
	for i := range mails {
		mails[i].Address = fmt.Sprintf("p%d@maraval.example", i)
	}
	return mails
}

// next takes mails for a worker.
func next(t *testing.T, w *apptest.World, limit int) []app.Delivery {
	t.Helper()
	found, err := w.Mails.Next(t.Context(), limit)
	w.Must(err)
	return found
}

// stored reads a mail as it is kept.
func stored(t *testing.T, w *apptest.World, id directory.MailID) (m store.StoredMail) {
	t.Helper()
	w.Must(w.DB.View(t.Context(), func(r *store.Reader) (err error) {
		m, err = r.Mail(t.Context(), id)
		return err
	}))
	return m
}

func TestMailsNext(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		t.Run("MAIL-2 fifty workers at once take each mail once", func(t *testing.T) {
			const workers, mails = 50, 120
			queue(t, w, addressed(mails)...)
			var mu sync.Mutex
			taken := map[directory.MailID]int{}
			var group sync.WaitGroup
			for range workers {
				group.Go(func() {
					for {
						found, err := w.Mails.Next(t.Context(), 3)
						if err != nil {
							t.Errorf("Next: %v", err)
						}
						if len(found) == 0 {
							return
						}
						mu.Lock()
						for _, d := range found {
							taken[d.Mail.ID]++
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			// A worker may see nothing while others hold the rows it looked at.
			for _, d := range next(t, w, mails) {
				taken[d.Mail.ID]++
			}
			for id, n := range taken {
				if n != 1 {
					t.Errorf("mail %d was taken %d times", id, n)
				}
			}
			if len(taken) != mails {
				t.Errorf("%d mails were taken, want %d", len(taken), mails)
			}
		})
		t.Run("MAIL-2 a worker that died gives its mails back", func(t *testing.T) {
			w.Pass(directory.MailLease - time.Second)
			if got := len(next(t, w, 500)); got != 0 {
				t.Errorf("%d mails before the lease ends, want none", got)
			}
			w.Pass(time.Second)
			again := next(t, w, 500)
			if len(again) != 120 || again[0].Mail.Tries != 2 {
				t.Fatalf("%d mails after the lease, want 120 on their second try", len(again))
			}
			for _, d := range again {
				w.Must(w.Mails.Sent(t.Context(), d, "x"))
			}
			w.Pass(time.Hour)
			if got := len(next(t, w, 500)); got != 0 {
				t.Errorf("%d mails after all were sent, want none", got)
			}
		})
		t.Run("single mails before those of acts on many, and when they are due", func(t *testing.T) {
			many := directory.Mail{Address: "a@maraval.example", Batch: "b"}
			late := directory.Mail{Address: "b@maraval.example", Due: w.Now().Add(directory.UndoWindow)}
			ids := queue(t, w, many, late, directory.Mail{Address: "c@maraval.example"})
			for n, want := range []directory.MailID{ids[2], ids[0]} {
				got := next(t, w, 1)
				if len(got) != 1 || got[0].Mail.ID != want {
					t.Fatalf("%d: %v, want the single mail, then that of the act on many", n, got)
				}
				w.Must(w.Mails.Sent(t.Context(), got[0], "x"))
			}
			w.Pass(directory.UndoWindow)
			if got := next(t, w, 5); len(got) != 1 || got[0].Mail.ID != ids[1] {
				t.Errorf("MAIL-4 after the window: %v, want the mail that waited", got)
			}
		})
	})
}

func TestMailsFail(t *testing.T) {
	const token = "t0ken/of+the=mail"
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		id := queue(t, w, directory.Mail{Address: "a@maraval.example", Secret: token, Path: "/x/{secret}"})[0]
		t.Run("MAIL-2 growing pauses, then dead, last error kept", func(t *testing.T) {
			for try := 1; try <= directory.MailTries; try++ {
				found := next(t, w, 5)
				if len(found) != 1 || found[0].Mail.Tries != try || found[0].Mail.Secret != token {
					t.Fatalf("try %d: %+v", try, found)
				}
				w.Must(w.Mails.Failed(t.Context(), found[0], "451 "+token+" later\r\nplease t0ken%2Fof%2Bthe%3Dmail", false))
				w.Pass(directory.RetryPause(try) - time.Second)
				if early := next(t, w, 5); len(early) != 0 {
					t.Fatalf("try %d is repeated before its pause ends", try)
				}
				w.Pass(time.Second)
			}
			m := stored(t, w, id)
			if m.State != directory.MailDead || len(next(t, w, 5)) != 0 {
				t.Errorf("after the last try: %s, want dead", m.State)
			}
			if strings.ContainsAny(m.LastError, "\r\n") || strings.Contains(m.LastError, "t0ken") || !strings.Contains(m.LastError, "451") {
				t.Errorf("MAIL-3 last error %q: want one line without the secret", m.LastError)
			}
		})
		t.Run("MAIL-2 the console lets it begin anew, and history tells", func(t *testing.T) {
			_, err := w.Mails.Queue(t.Context(), authz.Actor{Kind: authz.Staff, User: 1, Staff: authz.Sales}, app.MailFilter{}, app.Window{})
			if got := w.Code(err); got != "denied.duty" {
				t.Errorf("Queue for sales: code %q, want denied.duty", got)
			}
			err = w.Mails.Retry(t.Context(), authz.Actor{Kind: authz.Stranger}, id)
			if got := w.Code(err); got != "not_found" {
				t.Errorf("Retry by a stranger: code %q, want not_found", got)
			}
			w.Must(w.Mails.Retry(t.Context(), w.Operator(), id))
			page, err := w.History.ListAll(t.Context(), w.Operator(), app.HistoryFilter{Kinds: []audit.Kind{audit.MailRetried}}, app.Window{})
			w.Must(err)
			if page.Total != 1 || page.Entries[0].Entry.Object != int64(id) {
				t.Errorf("history: %+v, want one entry about the mail", page)
			}
			found := next(t, w, 5)
			if len(found) != 1 || found[0].Mail.Tries != 1 {
				t.Fatalf("after Retry: %+v", found)
			}
			w.Must(w.Mails.Sent(t.Context(), found[0], "id@maraval.example"))
		})
		t.Run("MAIL-3 the secret is wiped after sending", func(t *testing.T) {
			if m := stored(t, w, id); m.Sealed != nil || m.State != directory.MailSent || m.Address == "" {
				t.Errorf("sent mail: %+v, want it without secret and else whole", m)
			}
			if got := w.Code(w.Mails.Retry(t.Context(), w.Operator(), id)); got != "mail.already_sent" {
				t.Errorf("Retry of a sent mail: code %q, want mail.already_sent", got)
			}
			if got := w.Code(w.Mails.Retry(t.Context(), w.Operator(), 9<<32|1)); got != "mail.not_found" {
				t.Errorf("Retry of no mail: code %q, want mail.not_found", got)
			}
		})
		t.Run("MAIL-4 a refusal for good bounces and is shown", func(t *testing.T) {
			bounced := queue(t, w, directory.Mail{Address: "gone@maraval.example", Secret: token})[0]
			w.Must(w.Mails.Failed(t.Context(), next(t, w, 5)[0], "550 no such user", true))
			page, err := w.Mails.Queue(t.Context(), w.Operator(), app.MailFilter{State: directory.MailBounced, Address: "GONE@"}, app.Window{})
			w.Must(err)
			if page.Total != 1 || page.Mails[0].ID != bounced || page.Mails[0].LastError != "550 no such user" || page.Mails[0].Message() != "" {
				t.Errorf("queue: %+v, want the bounce", page)
			}
			if page.Mails[0].Secret != "" || !page.Mails[0].WithSecret {
				t.Error("MAIL-3 the console must know of a secret and not show it")
			}
		})
		t.Run("a mail that cannot leave waits, and the try does not count", func(t *testing.T) {
			held := queue(t, w, directory.Mail{Address: "b@maraval.example"})[0]
			w.Must(w.Mails.Held(t.Context(), next(t, w, 5)[0], directory.Refuse(directory.Conflict, "mail.no_base_url")))
			if m := stored(t, w, held); m.State != directory.MailWaiting || m.Tries != 0 || m.LastError != "mail.no_base_url" {
				t.Errorf("held mail: %+v", m)
			}
			w.Pass(directory.MailHoldPause)
			if len(next(t, w, 5)) != 1 {
				t.Error("the held mail does not come again")
			}
		})
	})
}

// TestMailsRenewed: a mail that takes longer than a lease stays with the worker
// that sends it.
func TestMailsRenewed(t *testing.T) { // MAIL-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		queue(t, w, directory.Mail{Address: "a@maraval.example"})
		slow := next(t, w, 1)[0]
		for range 5 {
			w.Pass(directory.MailLease - time.Second)
			if kept, err := w.Mails.Renew(t.Context(), slow); err != nil || !kept {
				t.Fatalf("Renew = %v, %v, want it kept", kept, err)
			}
			if got := next(t, w, 1); len(got) != 0 {
				t.Fatalf("handed out again while its worker renews: %v", got)
			}
		}
		w.Pass(directory.MailLease)
		if got := next(t, w, 1); len(got) != 1 {
			t.Fatalf("after the lease: %v, want it again", got)
		}
		if kept, err := w.Mails.Renew(t.Context(), slow); err != nil || kept {
			t.Errorf("Renew by the worker that lost it = %v, %v", kept, err)
		}
		if directory.MailLease > 30*time.Second || directory.JobLease > 30*time.Second || directory.LeaseBeat > directory.JobLease/3 {
			t.Error("what a dead worker had waits longer than half a minute, or a living one renews too seldom")
		}
	})
}

func TestMailsLostLease(t *testing.T) { // MAIL-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		id := queue(t, w, directory.Mail{Address: "a@maraval.example"})[0]
		slow := next(t, w, 1)[0]
		w.Pass(directory.MailLease)
		quick := next(t, w, 1)[0]
		w.Must(w.Mails.Failed(t.Context(), slow, "too late", true))
		if m := stored(t, w, id); m.State != directory.MailWaiting || m.LastError != "" {
			t.Errorf("a worker that lost its lease changed the mail: %+v", m)
		}
		w.Must(w.Mails.Sent(t.Context(), slow, "id")) // the server has it: that is true whoever says so
		w.Must(w.Mails.Failed(t.Context(), quick, "451", false))
		if m := stored(t, w, id); m.State != directory.MailSent {
			t.Errorf("a sent mail is %s", m.State)
		}
	})
}

func TestMailsCaps(t *testing.T) { // MAIL-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		same := make([]directory.Mail, directory.MailsPerAddressHour+5)
		for i := range same {
			same[i] = directory.Mail{Address: "a@maraval.example"}
		}
		queue(t, w, same...)
		sendAll := func() (n int) {
			for {
				found := next(t, w, 7)
				if len(found) == 0 {
					return n
				}
				for _, d := range found {
					w.Must(w.Mails.Sent(t.Context(), d, "x"))
				}
				n += len(found)
			}
		}
		if got := sendAll(); got != directory.MailsPerAddressHour {
			t.Errorf("MAIL-4 %d mails to one address at once, want %d", got, directory.MailsPerAddressHour)
		}
		page, err := w.Mails.Queue(t.Context(), w.Operator(), app.MailFilter{State: directory.MailWaiting}, app.Window{})
		w.Must(err)
		if page.Total != 5 || page.Mails[0].Message() != "error.mail.cap" || page.Mails[0].Tries != 0 {
			t.Errorf("what is over the cap: %+v, want 5 mails that say why they wait", page)
		}
		w.Pass(time.Hour)
		if got := sendAll(); got != 5 {
			t.Errorf("MAIL-4 %d mails an hour later, want the other 5: none is lost", got)
		}

		w.Pass(2 * time.Hour)
		many := addressed(directory.MailsPerAccountHour + 3)
		for i := range many {
			many[i].Account = account.ID
		}
		queue(t, w, many...)
		got := 0
		for {
			found := next(t, w, 1000)
			if got += len(found); len(found) == 0 {
				break
			}
		}
		if got != directory.MailsPerAccountHour {
			t.Errorf("MAIL-4 %d mails of one account are on their way, want %d", got, directory.MailsPerAccountHour)
		}
		if single := queue(t, w, directory.Mail{Address: "z@maraval.example"}); len(next(t, w, 5)) != 1 {
			t.Errorf("a full account holds up the mail %v of another", single)
		}
	})
}

func TestMailsSealed(t *testing.T) { // MAIL-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		other, err := secret.NewBox([]byte(strings.Repeat("x", secret.MasterSize)))
		w.Must(err)
		m := directory.Mail{ID: 1<<31 - 1, State: directory.MailWaiting, Due: w.Now(), Created: w.Now(), Address: "a@maraval.example", Secret: "token"}
		w.Must(w.DB.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Apply(t.Context(), store.Write{Mails: []directory.Mail{m}, Sealer: other.Seal})
		}))
		if got := next(t, w, 5); len(got) != 0 {
			t.Errorf("a mail sealed under another master key was handed out: %v", got)
		}
		if kept := stored(t, w, m.ID); kept.State != directory.MailWaiting || !strings.Contains(kept.LastError, "open secret") {
			t.Errorf("it is %s, %q: want it waiting with the reason", kept.State, kept.LastError)
		}
	})
}

func TestMailsWithdraw(t *testing.T) { // MAIL-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		ids := queue(t, w, directory.Mail{Address: "a@maraval.example", Account: account.ID, Batch: "b", Secret: "s"},
			directory.Mail{Address: "b@maraval.example", Account: account.ID, Batch: "c"})
		w.Must(w.DB.Update(t.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
			return tx.Apply(t.Context(), store.Write{Changes: []store.Change{
				store.WithdrawMails{Account: account.ID, Batch: "b"}, store.WithdrawMails{Account: account.ID}}})
		}))
		if m := stored(t, w, ids[0]); m.State != directory.MailWithdrawn || m.Sealed != nil {
			t.Errorf("MAIL-4 mail of the batch: %s, want it withdrawn without its secret", m.State)
		}
		if m := stored(t, w, ids[1]); m.State != directory.MailWaiting {
			t.Errorf("mail of another batch: %s, want it waiting", m.State)
		}
		if got := w.Code(w.Mails.Retry(t.Context(), w.Operator(), ids[0])); got != "mail.withdrawn" {
			t.Errorf("Retry of a withdrawn mail: code %q, want mail.withdrawn", got)
		}
		t.Run("USER-7 retention", func(t *testing.T) {
			w.Pass(91 * 24 * time.Hour)
			w.Must(w.Mails.Purge(t.Context()))
			err := w.DB.View(t.Context(), func(r *store.Reader) error {
				_, err := r.Mail(t.Context(), ids[0])
				return err
			})
			if got := w.Code(err); got != "mail.not_found" {
				t.Errorf("a withdrawn mail after its retention: %q, want it gone", got)
			}
			if m := stored(t, w, ids[1]); m.State != directory.MailWaiting {
				t.Error("MAIL-2 a mail that waits was purged")
			}
		})
	})
}

func TestMailbox(t *testing.T) { // MAIL-3
	for _, test := range []struct {
		mode  app.MailboxMode
		actor authz.Actor
		want  string
	}{
		{app.MailboxOff, authz.Actor{Kind: authz.OperatorCLI}, "mailbox.off"},
		{app.MailboxStaff, authz.Actor{Kind: authz.OperatorCLI}, ""},
		{app.MailboxStaff, authz.Actor{Kind: authz.Person, User: 1}, "not_found"},
		{app.MailboxStaff, authz.Actor{Kind: authz.Staff, User: 1, Staff: authz.Sales}, "denied.duty"},
		{app.MailboxStaff, authz.Actor{Kind: authz.Stranger}, "not_found"},
		{app.MailboxOpen, authz.Actor{Kind: authz.Stranger}, ""},
	} {
		t.Run(fmt.Sprintf("MAIL-3 %q for %s", test.mode, test.actor.Kind), func(t *testing.T) {
			t.Parallel()
			a := newRawMailbox(t, test.mode)
			for i := range 3 {
				err := a.Mails.Deliver(t.Context(), store.MailboxMessage{Mail: directory.MailID(i + 1), Address: "a@maraval.example", Subject: "S", HTML: "<p>", Text: "T"})
				if err != nil {
					t.Fatal(err)
				}
			}
			page, err := a.Mails.Mailbox(t.Context(), test.actor, "a@maraval.example", app.Window{Size: 2})
			_, one := a.Mails.MailboxMessage(t.Context(), test.actor, 1)
			if got, again := codeOf(err), codeOf(one); got != test.want || again != test.want {
				t.Fatalf("codes %q, %q, want %q", got, again, test.want)
			}
			if test.want == "" && (page.Total != 3 || len(page.Messages) != 2 || page.Next == "") {
				t.Errorf("page: %+v", page)
			}
		})
	}
}

// TestMailboxOfPortfolio: whose mail it is follows from whose name it carries, not
// from the account whose numbers its row was given; in the list, by one address,
// alone, and when it is sent again.
func TestMailboxOfPortfolio(t *testing.T) { // VEND-3, MAIL-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		mine, other := w.Account("204 817"), w.Account("117 402")
		staff := w.Staff("bastien@batisoft.example", authz.Operator)
		staff.Staff, staff.Portfolio = authz.Support, directory.Only(mine.ID)
		named := []struct {
			key, name directory.AccountID
			seen      bool
		}{{mine.ID, mine.ID, true}, {0, mine.ID, true}, {other.ID, mine.ID, true}, {mine.ID, other.ID, false}, {mine.ID, 0, false}, {0, 0, false}}
		ids := make([]directory.MailID, len(named))
		for i, n := range named {
			w.Must(w.DB.Update(t.Context(), []directory.AccountID{n.key}, func(tx *store.Tx) error {
				key, err := tx.NextKeys(t.Context(), n.key, 1)
				if err != nil {
					return err
				}
				ids[i] = directory.MailID(key)
				return tx.Apply(t.Context(), store.Write{Sealer: w.Box.Seal, Mails: []directory.Mail{{ID: ids[i], Account: n.name,
					Address: "a@maraval.example", Kind: "password_changed", State: directory.MailWaiting, Due: tx.Now, Created: tx.Now}}})
			}))
			w.Must(w.Mails.Deliver(t.Context(), store.MailboxMessage{Mail: ids[i], Address: "a@maraval.example", Subject: "S"}))
		}
		page, err := w.Mails.Mailbox(t.Context(), staff, "a@maraval.example", app.Window{})
		w.Must(err)
		queue, err := w.Mails.Queue(t.Context(), staff, app.MailFilter{}, app.Window{})
		w.Must(err)
		if page.Total != 3 || len(page.Messages) != 3 || queue.Total != 3 {
			t.Errorf("%d messages, %d of them listed, %d mails in the queue, want three each", page.Total, len(page.Messages), queue.Total)
		}
		for i, n := range named {
			want := map[bool]string{true: "", false: "mail.not_found"}[n.seen]
			if _, err := w.Mails.MailboxMessage(t.Context(), staff, ids[i]); w.Code(err) != want {
				t.Errorf("message %d: %v, want %q", i, err, want)
			}
			if err := w.Mails.Retry(t.Context(), staff, ids[i]); w.Code(err) != want {
				t.Errorf("retry %d: %v, want %q", i, err, want)
			}
		}
	})
}

func codeOf(err error) string {
	var refusal *directory.Error
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}
