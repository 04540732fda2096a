package app_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// flooding counts the lines of history and the mails since a moment.
type flooding struct {
	*apptest.World
	account      directory.Account
	admin, staff authz.Actor
	since        time.Time
}

// lines counts the lines of the history of accounts, of the whole installation where
// none is named.
func (f *flooding) lines(accounts ...directory.AccountID) int {
	f.T.Helper()
	var found []store.Line
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		found, err = r.Lines(f.Context(), store.EntryFilter{Accounts: accounts, From: f.since}, store.EntryPlace{}, 1000)
		return err
	}))
	return len(found)
}

// mailsTo counts the mails of each kind that went to somebody.
func (f *flooding) mailsTo(u directory.UserID) map[directory.MailKind]int {
	f.T.Helper()
	counts := map[directory.MailKind]int{}
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		queued, err := r.MailQueue(f.Context(), store.MailFilter{}, store.MailPlace{}, 100_000)
		for _, m := range queued {
			if m.User == u && !m.Created.Before(f.since) {
				counts[m.Kind]++
			}
		}
		return err
	}))
	return counts
}

// A step is what happens to many at once, in an account or, without one, in the
// installation, and how many mails its administrator gets.
type floodStep struct {
	what    string
	account directory.AccountID
	do      func()
	kind    directory.MailKind // empty: none
}

// TestActsOnManyFloodNobody: two hundred at once, by a person, by a file or by time, are
// one line of history, and one mail to an administrator who is told of them at all.
func TestActsOnManyFloodNobody(t *testing.T) { // HIST-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		f := &flooding{World: w, account: account, admin: w.Administrator(account, "helene@maraval.example"), staff: w.Operator()}
		for _, step := range append(f.byPeople(), f.byTime()...) {
			w.Pass(time.Hour)
			f.since = w.Now()
			step.do()
			var in []directory.AccountID
			if step.account != 0 {
				in = append(in, step.account)
			}
			if n := f.lines(in...); n != 1 {
				t.Errorf("HIST-6 %s: %d lines of history", step.what, n)
			}
			want := map[directory.MailKind]int{}
			if step.kind != "" {
				want[step.kind] = 1
			}
			if got := f.mailsTo(f.admin.User); !maps.Equal(got, want) {
				t.Errorf("HIST-6 %s: an administrator gets %v, want %v", step.what, got, want)
			}
		}
	})
}

// many is how many.
const many = 200

// file brings a file of many rows in, into the account or into the installation.
func (f *flooding) file(into directory.AccountID, sold bool, head string, row func(n int) string) {
	f.T.Helper()
	var text strings.Builder
	text.WriteString(head + "\n")
	for n := range many {
		text.WriteString(row(n) + "\n")
	}
	actor := f.staff
	if into != directory.Installation {
		actor = f.admin
	}
	upload := func() (directory.Import, error) {
		return f.Imports.Upload(f.Context(), actor, into, "a.csv", strings.NewReader(text.String()))
	}
	if sold {
		upload = func() (directory.Import, error) {
			return f.Imports.UploadSubscriptions(f.Context(), actor, "a.csv", strings.NewReader(text.String()))
		}
	}
	i, err := upload()
	f.Must(err)
	i, err = f.Imports.Start(f.Context(), actor, into, i.UUID)
	f.Must(err)
	if i.Counts.Added+i.Counts.Changed != many {
		f.T.Fatalf("%q: %+v", head, i.Counts)
	}
}

// byPeople are acts and files.
func (f *flooding) byPeople() []floodStep {
	id := f.account.ID
	levels := []string{directory.AdminLevel}
	return []floodStep{
		{"a file of members", id, func() {
			f.file(id, false, "E-mail;Date de fin", func(n int) string {
				return fmt.Sprintf("p%d@maraval.example;%s", n, f.Now().AddDate(0, 0, 20).Format(time.DateOnly))
			})
		}, ""},
		{"naming many administrators", id, func() {
			verdicts, err := f.Members.EditMembers(f.Context(), f.admin, id, app.Selection{All: &app.MemberQuery{}, Count: many + 1}, app.MemberChange{Levels: &levels})
			f.Must(err)
			f.Must(verdicts.FirstRefusal())
		}, ""}, // whoever did it is not told
		{"a file of customers", 0, func() {
			f.file(directory.Installation, false, "Numéro de client;Raison sociale;Type de compte;Niveau de service", func(n int) string {
				return fmt.Sprintf("7%05d;Client %d;construction;contract", n, n)
			})
		}, ""},
		{"letters of many customers", 0, func() {
			printed, err := f.App.Keys.PrintLetters(f.Context(), f.staff, lettersOf(f.World, f.staff), func([]app.KeyLetter) error { return nil })
			if f.Must(err); printed <= many {
				f.T.Errorf("%d letters", printed)
			}
		}, ""},
		{"letters of many customers posted", 0, func() {
			_, err := f.App.Keys.Posted(f.Context(), f.staff, lettersOf(f.World, f.staff))
			f.Must(err)
		}, ""},
		{"a file of subscriptions of one customer", id, func() {
			f.file(directory.Installation, true, "N° client;Produit;Quantité;Référence;Dernier jour", func(n int) string {
				return fmt.Sprintf("204817;Plans;2;R-%d;%s", n, f.Now().AddDate(0, 0, 40).Format(time.DateOnly))
			})
		}, ""},
		{"a file of subscriptions of many customers", 0, func() {
			f.file(directory.Installation, true, "N° client;Produit;Quantité", func(n int) string { return fmt.Sprintf("7%05d;Plans;2", n) })
		}, ""},
	}
}

// byTime are ends that come by themselves.
func (f *flooding) byTime() []floodStep {
	id := f.account.ID
	return []floodStep{
		{"places that end", id, func() {
			f.Pass(25 * 24 * time.Hour)
			f.since = f.Now()
			ended, err := f.Members.EndPlaces(f.Context())
			if f.Must(err); ended != many {
				f.T.Errorf("%d places ended", ended)
			}
		}, ""},
		{"ends of subscriptions to come", id, func() {
			f.Pass(10 * 24 * time.Hour)
			f.since = f.Now()
			f.Must(f.Subscriptions.Notices(f.Context()))
		}, directory.MailSubscriptionsEnding},
		{"ends of subscriptions", id, func() {
			f.Pass(20 * 24 * time.Hour)
			f.since = f.Now()
			f.Must(f.Subscriptions.Notices(f.Context()))
		}, ""},
		{"ends of what many bring along", id, func() {
			for n := range many {
				_, m := f.Member(f.account, fmt.Sprintf("x%d@maraval.example", n))
				f.Must(f.Seats.StateExternal(f.Context(), f.staff, id, app.ExternalClaim{Member: m.UUID, Product: "plans", Last: directory.DayOf(f.Now().AddDate(0, 0, 9), time.UTC)}))
			}
			f.Pass(11 * 24 * time.Hour)
			f.since = f.Now()
			f.Must(f.Seats.EndExternals(f.Context()))
		}, directory.MailExternalsEnded},
	}
}
