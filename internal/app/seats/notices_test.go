package seats_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
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
		for _, l := range f.subscriptions() {
			if l.State == app.SubscriptionRunning {
				s = l.Subscription
			}
		}
		w.Must(w.Subscriptions.Extend(w.Context(), w.Operator(), f.account.ID, s.UUID, app.SubscriptionLonger{Anew: true}))
		f.until(2028, time.December, 26)
		expect("MAIL-1 renewed between two notices", 4, 4, 1)
		if due := f.due(90, 30, 7); len(due) != 0 {
			t.Errorf("MAIL-1 what is renewed is not looked at again: %+v", due)
		}
		for _, l := range f.subscriptions() {
			if l.State == app.SubscriptionComing {
				w.Must(w.Subscriptions.End(w.Context(), w.Operator(), f.account.ID, l.UUID, 0))
			}
		}
		f.until(2028, time.December, 27)
		expect("MAIL-1 renewed no longer", 5, 5, 1)
	})
}

// due are the subscriptions of which the store finds something to tell.
func (f firm) due(days ...int) (due []store.EndingSubscription) {
	f.T.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) (err error) {
		for last := (store.EndingSubscription{}); ; last = due[len(due)-1] {
			some, err := r.EndingSubscriptions(f.Context(), store.Ending{Days: days, Now: f.Now()}, last, 7)
			if err != nil || len(some) == 0 {
				return err
			}
			due = append(due, some...)
		}
	}))
	return due
}

// TestDueNotices: the store finds what has something to tell, and nothing else,
// whatever was told and whatever a catalogue says.
func TestDueNotices(t *testing.T) { // MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		first, random := directory.DayOf(w.Now(), time.UTC), rand.New(rand.NewPCG(3, 5))
		all := map[directory.SubscriptionID]directory.Subscription{}
		for range 120 {
			s := f.buys(plans, 1, directory.DayOf(first.UTC().AddDate(0, 0, 1+random.IntN(150)), time.UTC))
			s.Noticed = []int{0, 0, directory.EndTold, 1, 6, 7, 8, 20, 30, 60, 90, 120}[random.IntN(12)]
			w.Must(w.DB.Write(w.Context(), func(tx *store.Tx) error { return tx.PassNotice(w.Context(), s.ID, s.Noticed) }))
			all[s.ID] = s
		}
		f.buys(plans, 1, directory.Day{})
		w.Pass(40 * 24 * time.Hour)
		for _, days := range [][]int{{90, 30, 7}, {7, 90, 30, 30}, {}, {45}, {120, 1}} {
			want := map[directory.SubscriptionID]bool{}
			for id, s := range all {
				if s.Noticed >= 0 && !s.Runs(w.Now()) || s.Notice(days, w.Now()) > 0 {
					want[id] = true
				}
			}
			due, last := f.due(days...), time.Time{}
			for _, s := range due {
				if !want[s.ID] || s.Ends.Before(last) {
					t.Errorf("%v: %+v is not due, twice, or out of turn", days, s)
				}
				last = s.Ends
				delete(want, s.ID)
			}
			if len(want) > 0 || len(due) == 0 {
				t.Errorf("%v: %d are due and not found, %d found", days, len(want), len(due))
			}
		}
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

// TestOverUseIsToldOnce: one mail for one act or one moment, however many
// subscriptions and pools of a product it is about; and nobody is left out who loses
// what was allotted.
func TestOverUseIsToldOnce(t *testing.T) { // SEAT-9, SEAT-10, MAIL-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		people := f.people(5)
		april := directory.Day{Year: 2026, Month: time.April, Day: 30}
		long := f.buys(plans, 1, directory.Day{})
		f.buys(plans, 2, april)
		f.buys(plans, 2, april)
		for _, p := range people {
			w.Must(f.assign(p, plans))
		}
		f.until(2026, time.May, 2)
		if got := f.told(f.admin.User, directory.MailSeatsOverUsed); got != 1 {
			t.Errorf("SEAT-9 two that end at one moment: %d mails", got)
		}
		unit, err := w.Units.Add(w.Context(), f.admin, f.account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		sold := f.buys(site, 4, directory.Day{})
		moved, err := w.Members.MoveHome(w.Context(), f.admin, f.account.ID, app.Selection{Members: people[:2]}, unit.UUID)
		w.Must(apptest.ErrOf(moved, err))
		w.Must(w.Seats.Allot(w.Context(), f.admin, f.account.ID, app.Allotment{Unit: unit.UUID, Offer: site, Quantity: 2}))
		w.Must(f.assign(people[0], site))
		ending := f.told(f.admin.User, directory.MailSubscriptionEnding)
		w.Must(w.Subscriptions.End(w.Context(), w.Operator(), f.account.ID, sold.UUID, 0))
		if got := f.told(f.admin.User, directory.MailSubscriptionEnding); got != ending+1 {
			t.Errorf("SEAT-10 seats that were allotted lapse: %d mails, want one more than %d", got, ending)
		}
		w.Must(w.Subscriptions.Change(w.Context(), w.Operator(), f.account.ID, long.UUID, app.SubscriptionChange{Term: app.SubscriptionTerm{Quantity: 5}}))
	})
}

// TestOverUseOfAFile: what a file brings is told once, as it is at its end.
func TestOverUseOfAFile(t *testing.T) { // SEAT-9, VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		people := f.people(9)
		for range 4 {
			f.buys(plans, 1, directory.Day{})
		}
		zone, err := time.LoadLocation(f.account.TimeZone)
		w.Must(err)
		first := directory.DayOf(w.Now(), zone)
		for i, s := range f.subscriptions() {
			external := fmt.Sprintf("X-%d", i)
			w.Must(w.Subscriptions.Change(w.Context(), w.Operator(), f.account.ID, s.UUID, app.SubscriptionChange{
				Term: app.SubscriptionTerm{Quantity: 2, First: first, External: external}}))
		}
		f.buys(plans, 1, directory.Day{})
		for _, p := range people {
			w.Must(f.assign(p, plans))
		}
		const head = "N° client;Produit;Quantité;Identifiant externe\n"
		f.brings(head + "204 817;Plans;1;X-0\n204 817;Plans;3;X-1\n")
		if got := f.told(f.admin.User, directory.MailSeatsOverUsed); got != 0 {
			t.Errorf("SEAT-9 as many in another subscription: %d mails", got)
		}
		f.brings(head + "204 817;Plans;1;X-1\n204 817;Plans;1;X-2\n")
		if got := f.told(f.admin.User, directory.MailSeatsOverUsed); got != 1 {
			t.Errorf("SEAT-9 two rows of a file: %d mails", got)
		}
	})
}

// brings imports a file of subscriptions.
func (f firm) brings(file string) {
	f.T.Helper()
	i, err := f.Imports.UploadSubscriptions(f.Context(), f.Operator(), "abonnements.csv", strings.NewReader(file))
	f.Must(err)
	if _, err = f.Imports.Finish(f.Context(), f.Operator(), directory.Installation, i.UUID); err == nil {
		i, err = f.Imports.Start(f.Context(), f.Operator(), directory.Installation, i.UUID)
	}
	f.Must(err)
	done, err := f.Imports.Finish(f.Context(), f.Operator(), directory.Installation, i.UUID)
	f.Must(err)
	if done.Counts.Faulty > 0 || done.State != directory.ImportDone {
		f.T.Fatalf("%+v", done)
	}
}
