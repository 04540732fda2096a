package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/jobs"
	"intendant/internal/mail"
	"intendant/internal/mail/mailtest"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// What tells the test binary to be the process that is killed: the database,
// the mail server, the account that invites, when the clock began, and the name
// of this process in the addresses it invites.
const (
	crashDatabase = "INTENDANT_TEST_CRASH_DATABASE"
	crashReceiver = "INTENDANT_TEST_CRASH_RECEIVER"
	crashAccount  = "INTENDANT_TEST_CRASH_ACCOUNT"
	crashBegan    = "INTENDANT_TEST_CRASH_BEGAN"
	crashName     = "INTENDANT_TEST_CRASH_NAME"
)

// crashHaste is how much faster the clock of the crash test runs: a lease ends
// after half a second.
const crashHaste = 60

// hasten lets a world's clock run, alike in every process, until ctx ends.
func hasten(ctx context.Context, w *apptest.World, began time.Time) {
	for ctx.Err() == nil {
		w.Pass(apptest.Noon().Add(time.Since(began) * crashHaste).Sub(w.Now()))
		time.Sleep(time.Millisecond)
	}
}

// invite adds people who are invited, one by one and several at once.
func invite(ctx context.Context, w *apptest.World, account directory.AccountID, name string) ([]string, error) {
	var rows []app.NewMember
	var addresses []string
	for i := range 1 + rand.N(3) {
		address := fmt.Sprintf("%s.%d@maraval.example", name, i)
		addresses = append(addresses, address)
		rows = append(rows, app.NewMember{Row: i + 1, Email: address})
	}
	verdicts, err := w.Members.Add(ctx, w.Operator(), account, rows, app.AddOptions{Invite: true})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	return addresses, err
}

// TestSendToBeKilled is the process that is killed: it invites people and sends
// what waits.
func TestSendToBeKilled(t *testing.T) {
	address := os.Getenv(crashDatabase)
	if address == "" {
		t.Skip("run by TestSendingSurvivesKill")
	}
	w := apptest.On(t, address)
	host, port, err := net.SplitHostPort(os.Getenv(crashReceiver))
	w.Must(err)
	number, err := strconv.Atoi(port)
	w.Must(err)
	account, err := strconv.ParseInt(os.Getenv(crashAccount), 10, 64)
	w.Must(err)
	began, err := strconv.ParseInt(os.Getenv(crashBegan), 10, 64)
	w.Must(err)
	bundle, err := i18n.Load()
	w.Must(err)
	go hasten(w.Context(), w, time.UnixMicro(began))
	server := mail.NewSMTP(mail.SMTPConfig{Host: host, Port: number, TLS: mail.TLSNone, Hello: "crash.example"})
	writer := jobs.Writer{Bundle: bundle, Base: "https://espace.batisoft.example", From: "Bâtisoft <no-reply@batisoft.example>",
		Now: w.Now, Carry: jobs.ToServer(server)}
	runner := jobs.Runner{App: w.App, Deliver: writer.Deliver, Now: w.Now, Log: slog.New(slog.DiscardHandler),
		Poll: 10 * time.Millisecond, Beat: directory.LeaseBeat / crashHaste}
	go runner.Run(w.Context())
	fmt.Println("running")
	for i := 0; ; i++ { // until it is killed
		if name := os.Getenv(crashName); name != "" {
			_, err := invite(w.Context(), w, directory.AccountID(account), fmt.Sprintf("%s.%d", name, i))
			w.Must(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestSendingSurvivesKill kills the process that invites people and sends their
// mails at random moments, half of them right after the server took a mail.
// Every invitation that was committed arrives, and nothing else does.
func TestSendingSurvivesKill(t *testing.T) { // MAIL-2
	kills := 25
	if testing.Short() {
		kills = 4
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			c := &crash{t: t, w: w, account: w.Account("204817"), address: address, receiver: mailtest.Start(t), began: time.Now()}
			var clock sync.WaitGroup
			ctx, stop := context.WithCancel(t.Context())
			clock.Go(func() { hasten(ctx, w, c.began) })
			defer clock.Wait()
			defer stop()
			for i := range kills {
				end := c.start(fmt.Sprintf("child%d", i))
				known, err := invite(t.Context(), w, c.account.ID, fmt.Sprintf("parent%d", i))
				w.Must(err)
				c.known = append(c.known, known...)
				if i%2 == 0 {
					time.Sleep(rand.N(400 * time.Millisecond))
				} else {
					c.receiver.Wait(t, len(c.receiver.Messages())+1+rand.N(6))
				}
				end()
			}
			end := c.start("")
			for deadline := time.Now().Add(time.Minute); totals(t, w)[directory.MailWaiting] > 0 && time.Now().Before(deadline); {
				time.Sleep(20 * time.Millisecond)
			}
			end()
			c.check()
		})
	}
}

// crash is one run of TestSendingSurvivesKill.
type crash struct {
	t        *testing.T
	w        *apptest.World
	account  directory.Account
	address  string
	receiver *mailtest.Receiver
	began    time.Time
	known    []string // whom the process that lives has invited
}

// start starts the process, waits until it works, and answers what kills it.
func (c *crash) start(name string) (end func()) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), os.Args[0], "-test.run=^TestSendToBeKilled$")
	command.Env = append(os.Environ(), crashDatabase+"="+c.address, crashReceiver+"="+c.receiver.Addr, crashName+"="+name,
		fmt.Sprintf("%s=%d", crashAccount, c.account.ID), fmt.Sprintf("%s=%d", crashBegan, c.began.UnixMicro()))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	c.w.Must(err)
	c.w.Must(command.Start())
	said := make([]byte, 7)
	if n, err := out.Read(said); err != nil || string(said[:n]) != "running" {
		c.t.Errorf("the process to be killed said %q, %v", said[:n], err)
	}
	return func() {
		c.t.Helper()
		_ = command.Process.Kill()
		_ = command.Wait()
		if command.ProcessState.Exited() {
			c.t.Fatalf("the process ended before it was killed: %s", command.ProcessState)
		}
	}
}

// check compares the members, the rows of the outbox and what was received.
func (c *crash) check() {
	t, w := c.t, c.w
	t.Helper()
	rows := map[string]directory.Mail{}
	var members int64
	w.Must(w.DB.View(t.Context(), func(r *store.Reader) error {
		mails, err := r.MailQueue(t.Context(), store.MailFilter{}, store.MailPlace{}, 100_000)
		if err != nil {
			return err
		}
		for _, m := range mails {
			if _, twice := rows[m.Address]; twice || m.Kind != directory.MailInvitation || m.State != directory.MailSent {
				t.Errorf("row of %s: %s, %s, twice %t", m.Address, m.Kind, m.State, twice)
			}
			if _, err := r.UserBySignInName(t.Context(), m.Address); err != nil {
				t.Errorf("a mail without its cause: %s: %v", m.Address, err)
			}
			rows[m.Address] = m.Mail
		}
		counts, err := r.Counts(t.Context(), c.account.ID)
		members = counts.Members()
		return err
	}))
	if members != int64(len(rows)) {
		t.Errorf("%d people were invited and %d mails written", members, len(rows))
	}
	for _, address := range c.known {
		if _, found := rows[address]; !found {
			t.Errorf("no row for %s, who was invited", address)
		}
	}
	received := c.receiver.Messages()
	first, owner := map[string]mailtest.Message{}, map[string]string{}
	for _, m := range received {
		id := m.Header.Get("Message-ID")
		if _, found := rows[m.To]; !found {
			t.Errorf("received without a row: %s to %s", m.Subject, m.To)
		}
		if before, again := first[m.To]; again && (before.Header.Get("Message-ID") != id || before.Link("/invitation/") != m.Link("/invitation/")) {
			t.Errorf("%s received two different mails", m.To)
		}
		if other, taken := owner[id]; id == "" || taken && other != m.To {
			t.Errorf("Message-ID %q of %s is that of %q", id, m.To, other)
		}
		first[m.To], owner[id] = m, m.To
	}
	for address := range rows {
		if _, found := first[address]; !found {
			t.Errorf("lost: the mail to %s", address)
		}
	}
	t.Logf("%d mails, %d of them received again after a kill", len(rows), len(received)-len(first))
}
