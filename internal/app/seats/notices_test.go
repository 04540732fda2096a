package seats_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// told counts the mails of a kind to a person, sent, waiting or withdrawn.
func (f firm) told(user directory.UserID, kind directory.MailKind) (n int) {
	f.T.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		mails, err := r.MailsTo(f.Context(), user)
		for _, m := range mails {
			if m.Kind == kind {
				n++
			}
		}
		return err
	}))
	return n
}

// entries counts the history entries of a kind.
func (f firm) entries(kind audit.Kind) (n int) {
	f.T.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		lines, err := r.Lines(f.Context(), store.EntryFilter{Accounts: []directory.AccountID{f.account.ID}, Kinds: []audit.Kind{kind}}, store.EntryPlace{}, 50)
		n = len(lines)
		return err
	}))
	return n
}

// until lets time pass up to noon of a day in UTC, and the program tell what is to
// be told: twice, and on several nodes at once.
func (f firm) until(year int, month time.Month, day int) {
	f.T.Helper()
	f.Pass(time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Sub(f.Now()))
	var wait sync.WaitGroup
	for range 3 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := f.Subscriptions.Notices(f.Context()); err != nil {
				f.T.Error(err)
			}
		}()
	}
	wait.Wait()
	f.Must(f.Subscriptions.Notices(f.Context()))
}

func TestNotices(t *testing.T) { // MAIL-1, SEAT-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.people(2)
		buyer, _ := w.Member(f.account, "achats@maraval.example")
		account, err := w.Accounts.Show(w.Context(), w.Operator(), f.account.UUID)
		w.Must(err)
		w.Must(w.Contracts.SetReferent(w.Context(), w.Operator(), f.account.ID, "achats@maraval.example", account.Account.Version))
		expect := func(what string, mails, noticed, lapsed int) {
			t.Helper()
			for _, user := range []directory.UserID{f.admin.User, buyer.User} {
				if got := f.told(user, directory.MailSubscriptionEnding); got != mails {
					t.Errorf("%s: %d mails, want %d", what, got, mails)
				}
			}
			if n, l := f.entries(audit.SubscriptionNoticed), f.entries(audit.SubscriptionLapsed); n != noticed || l != lapsed {
				t.Errorf("%s: history has %d announced, %d lapsed; want %d and %d", what, n, l, noticed, lapsed)
			}
		}
		s := f.buys(plans, 5, directory.Day{Year: 2026, Month: time.December, Day: 31})
		f.until(2026, time.September, 30)
		expect("MAIL-1 92 days before", 0, 0, 0)
		f.until(2026, time.October, 3)
		expect("MAIL-1 90 days before", 1, 1, 0)
		f.until(2026, time.October, 20)
		expect("MAIL-1 between two", 1, 1, 0)
		f.until(2026, time.December, 27)
		expect("MAIL-1 a late run tells the nearest only", 2, 2, 0)
		w.Must(w.Subscriptions.Extend(w.Context(), w.Operator(), f.account.ID, s.UUID, app.SubscriptionLonger{Last: directory.Day{Year: 2027, Month: time.December, Day: 31}}))
		f.until(2026, time.December, 28)
		expect("MAIL-1 extended", 2, 2, 0)
		f.until(2027, time.October, 4)
		expect("MAIL-1 the new end is announced anew", 3, 3, 0)
		w.Must(w.Subscriptions.Extend(w.Context(), w.Operator(), f.account.ID, s.UUID, app.SubscriptionLonger{Last: directory.Day{Year: 2028, Month: time.December, Day: 31}, Anew: true}))
		f.until(2027, time.December, 30)
		expect("MAIL-1 renewed already", 3, 3, 0)
		f.until(2028, time.January, 2)
		expect("SEAT-9 over, and history tells it once", 3, 3, 1)
		if l := f.line(plans); l.Bought != 5 || l.Lapsed {
			t.Errorf("SEAT-9 the next one goes on: %+v", l)
		}
		f.until(2028, time.December, 1)
		expect("MAIL-1 the one that followed ends too", 4, 4, 1)
	})
}

// TestOverUseIsTold: once, when fewer seats are bought than are held, by whichever
// way.
func TestOverUseIsTold(t *testing.T) { // SEAT-9, MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		people := f.people(4)
		long := f.buys(plans, 2, directory.Day{})
		f.buys(plans, 2, directory.Day{Year: 2026, Month: time.April, Day: 30})
		for _, p := range people {
			w.Must(f.assign(p, plans))
		}
		expect := func(what string, mails int) {
			t.Helper()
			if got := f.told(f.admin.User, directory.MailSeatsOverUsed); got != mails {
				t.Errorf("%s: %d mails, want %d", what, got, mails)
			}
		}
		resize := func(n int64) {
			t.Helper()
			w.Must(w.Subscriptions.Change(w.Context(), w.Operator(), f.account.ID, long.UUID, app.SubscriptionChange{Term: app.SubscriptionTerm{Quantity: n}}))
		}
		resize(3)
		expect("SEAT-9 more", 0)
		resize(1)
		expect("SEAT-9 a reduction makes it", 1)
		resize(2)
		expect("SEAT-9 enough again", 1)
		f.until(2026, time.April, 30)
		expect("SEAT-9 before the end", 1)
		f.until(2026, time.May, 1)
		expect("SEAT-9 an end makes it", 2)
		f.until(2026, time.May, 9)
		expect("SEAT-9 once", 2)
		ending := f.told(f.admin.User, directory.MailSubscriptionEnding)
		w.Must(w.Subscriptions.End(w.Context(), w.Operator(), f.account.ID, long.UUID, 0))
		if got := f.told(f.admin.User, directory.MailSubscriptionEnding); got != ending+1 {
			t.Errorf("SEAT-9 ended by hand, seats lapse: %d mails, want one more than %d", got, ending)
		}
		lapsed := f.entries(audit.SubscriptionLapsed)
		f.until(2026, time.May, 20)
		if got := f.entries(audit.SubscriptionLapsed); got != lapsed {
			t.Errorf("ended by hand: history tells %d, want %d", got, lapsed)
		}
	})
}
