package app_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// lock enters wrong keys for a number until it is locked.
func lock(t *testing.T, w *apptest.World, number string) {
	t.Helper()
	for i, who := range []string{"un", "deux"} {
		actor := w.Person(who + "." + strings.ToLower(number) + "@ailleurs.example")
		for range 5 {
			_, err := w.App.Keys.Enter(w.Context(), actor, number, "222-222-222-222")
			if code := w.Code(err); code == "key.locked" {
				return
			}
		}
		if i == 1 {
			t.Fatalf("number %s did not lock", number)
		}
	}
}

// opened reads an account's keys that are kept through the operation that tells of it.
func opened(w *apptest.World, actor authz.Actor, a directory.Account) ([]string, error) {
	var keys []string
	err := w.App.Keys.OpenLetters(w.Context(), actor, a.ID, app.ToPrint, func(letters []app.KeyLetter) error {
		keys = slices.Clone(letters[0].Keys)
		return nil
	})
	return keys, err
}

// printedBy prints an account's letter as somebody who saw it at a time, and answers the
// code of the refusal.
func printedBy(w *apptest.World, actor authz.Actor, a directory.Account, seen time.Time) string {
	_, err := w.App.Keys.PrintLetters(w.Context(), actor, []app.ChosenLetter{{Account: a.ID, Seen: seen}}, func([]app.KeyLetter) error { return nil })
	return w.Code(err)
}

// lettersOf are all accounts whose letters are kept, as they are now.
func lettersOf(w *apptest.World, actor authz.Actor) []app.ChosenLetter {
	w.T.Helper()
	states, err := w.App.Keys.Letters(w.Context(), actor, nil)
	w.Must(err)
	chosen := make([]app.ChosenLetter, len(states))
	for i, s := range states {
		chosen[i] = app.ChosenLetter{Account: s.Account.ID, Seen: s.At}
	}
	return chosen
}

func TestOpenLetters(t *testing.T) { // KEY-6, HIST-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		support := w.Staff("soutien@batisoft.example", authz.Support)
		a := w.Account("204 817")
		other := w.Staff("deux@batisoft.example", authz.Support)
		t.Run("KEY-6 of two who print at once one is told that the other has", func(t *testing.T) {
			var both sync.WaitGroup
			codes := make([]string, 2)
			for i, staff := range []authz.Actor{support, other} {
				both.Go(func() { codes[i] = printedBy(w, staff, a, time.Time{}) })
			}
			both.Wait()
			if slices.Sort(codes); !slices.Equal(codes, []string{"", "letter.printed_since"}) {
				t.Errorf("two at once: %q, want one who printed and one who is told", codes)
			}
		})
		t.Run("KEY-6 printed and shown again until it is marked as posted", func(t *testing.T) {
			keys, err := opened(w, other, a)
			if w.Must(err); len(keys) != 3 {
				t.Errorf("opened again: %d keys, want 3", len(keys))
			}
			if code := printedBy(w, support, a, w.Now()); code != "" {
				t.Errorf("printed again by who saw that it was: %s", code)
			}
			if _, err := w.App.Keys.Posted(w.Context(), other, []app.ChosenLetter{{Account: a.ID}}); w.Code(err) != "letter.printed_since" {
				t.Errorf("marked by who did not see the last print: %v", err)
			}
			n, err := w.App.Keys.Posted(w.Context(), support, []app.ChosenLetter{{Account: a.ID}})
			if w.Must(err); n != 1 {
				t.Errorf("%d letters marked, want 1", n)
			}
			for name, code := range map[string]string{"open": w.Code(second(opened(w, support, a))), "print": printedBy(w, support, a, w.Now())} {
				if code != "letter.none" {
					t.Errorf("%s once it is posted: %q, want letter.none", name, code)
				}
			}
			if read, posted := len(historyOf(w, audit.LetterPrinted)), len(historyOf(w, audit.LetterPosted)); read != 3 || posted != 1 {
				t.Errorf("HIST-4 history tells of %d readings and %d marks, want 3 and 1", read, posted)
			}
		})
		t.Run("KEY-6 a print that fails wipes nothing, a revoked key is left out", func(t *testing.T) {
			w.Must(w.App.Keys.Make(w.Context(), support, a.ID, 2))
			broken := errors.New("no paper")
			err := w.App.Keys.OpenLetters(w.Context(), support, a.ID, app.ToPrint, func([]app.KeyLetter) error { return broken })
			if !errors.Is(err, broken) {
				t.Fatalf("failed print: %v", err)
			}
			c, err := w.Accounts.Show(w.Context(), support, a.UUID)
			w.Must(err)
			w.Must(w.App.Keys.Revoke(w.Context(), support, a.ID, c.Keys[4].UUID, "courrier égaré"))
			keys, err := opened(w, support, a)
			w.Must(err)
			if len(keys) != 1 {
				t.Errorf("letter has %d keys, want the 1 that still works", len(keys))
			}
			if c.Letters.Waiting != 2 {
				t.Errorf("%d keys waited, want 2", c.Letters.Waiting)
			}
			w.Pass(directory.LetterKept)
			if _, err := opened(w, support, a); w.Code(err) != "letter.none" {
				t.Errorf("opened after its time: %v, want letter.none", err)
			}
			w.Must(w.App.Keys.PurgeLetters(w.Context()))
			if left := w.Keys(a); len(left) != 0 {
				t.Errorf("%d keys are kept after their time", len(left))
			}
		})
		t.Run("KEY-4 a key that ended is not revoked again", func(t *testing.T) {
			c, err := w.Accounts.Show(w.Context(), support, a.UUID)
			w.Must(err)
			if got := w.Code(w.App.Keys.Revoke(w.Context(), support, a.ID, c.Keys[4].UUID, "encore")); got != "key.ended" {
				t.Errorf("revoke twice: %q, want key.ended", got)
			}
			if got := w.Code(w.App.Keys.Revoke(w.Context(), support, a.ID, c.Keys[0].UUID, " ")); got != "field.required" {
				t.Errorf("revoke without reason: %q, want field.required", got)
			}
		})
	})
}

func TestPrintLetters(t *testing.T) { // VEND-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		one, two, three := w.Account("100"), w.Account("101"), w.Account("102")
		var read []string
		note := func(letters []app.KeyLetter) error {
			read = nil
			for _, l := range letters {
				read = append(read, l.Account.Number)
			}
			return nil
		}
		printed, err := w.App.Keys.PrintLetters(w.Context(), w.Operator(), []app.ChosenLetter{{Account: two.ID}, {Account: one.ID}}, note)
		w.Must(err)
		if slices.Sort(read); printed != 2 || !slices.Equal(read, []string{"100", "101"}) {
			t.Errorf("printed %d, %v; want those ticked", printed, read)
		}
		states, err := w.App.Keys.Letters(w.Context(), w.Operator(), nil)
		w.Must(err)
		for _, s := range states {
			if waits := s.Account.ID == three.ID; waits != (s.Waiting == 3) || waits != (s.Opened == 0) || waits != s.Until.IsZero() {
				t.Errorf("letter of %s: %d keys wait, %d are kept until %v", s.Account.Number, s.Waiting, s.Opened, s.Until)
			}
		}
		if printed, err = w.App.Keys.PrintLetters(w.Context(), w.Operator(), lettersOf(w, w.Operator()), note); err != nil || printed != 3 {
			t.Errorf("print all again: %d %v", printed, err)
		}
		posted, err := w.App.Keys.Posted(w.Context(), w.Operator(), lettersOf(w, w.Operator()))
		if w.Must(err); posted != 3 {
			t.Errorf("%d letters marked as posted, want 3", posted)
		}
		if _, err = w.App.Keys.PrintLetters(w.Context(), w.Operator(), []app.ChosenLetter{{Account: one.ID}}, note); w.Code(err) != "letter.none" {
			t.Errorf("print what was posted: %v, want letter.none", err)
		}
	})
}

func TestUnlock(t *testing.T) { // KEY-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		support := w.Staff("soutien@batisoft.example", authz.Support)
		a := w.Account("204 817")
		_, err := opened(w, support, a)
		w.Must(err)
		lock(t, w, a.Number)
		locked, err := w.App.Keys.LockedNumbers(w.Context(), support)
		w.Must(err)
		if len(locked) != 1 || locked[0].Account.ID != a.ID || locked[0].By.ID == 0 {
			t.Errorf("locked numbers %+v, want the account's with who locked it", locked)
		}
		w.Must(w.App.Keys.Unlock(w.Context(), support, "204.817", directory.ByLetter))
		c, err := w.Accounts.Show(w.Context(), support, a.UUID)
		w.Must(err)
		if len(c.Locks) != 0 || len(c.Keys) != 4 || c.Letters.Waiting != 1 {
			t.Errorf("after unlock: %d locks, %d keys, %d waiting; want 0, 4, 1", len(c.Locks), len(c.Keys), c.Letters.Waiting)
		}
		t.Run("KEY-12 a number nobody has: only the count", func(t *testing.T) {
			w.Pass(25 * time.Hour)
			lock(t, w, "999999")
			w.Must(w.App.Keys.Unlock(w.Context(), support, "999999", directory.ByLetter))
			if got := w.Code(w.App.Keys.Unlock(w.Context(), support, "999999", directory.ByLetter)); got != "key.not_locked" {
				t.Errorf("unlock again: %q, want key.not_locked", got)
			}
		})
		t.Run("KEY-13 a key is mailed to a contact on file only", func(t *testing.T) {
			w.Pass(25 * time.Hour)
			lock(t, w, "204817")
			if got := w.Code(w.App.Keys.Unlock(w.Context(), support, "204817", directory.ByMail)); got != "key.no_contact" {
				t.Errorf("unlock by mail without contact: %q, want key.no_contact", got)
			}
		})
	})
}

func TestKeyRequest(t *testing.T) { // KEY-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		support := w.Staff("soutien@batisoft.example", authz.Support)
		a, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "163 918", Name: "Domaines & Conseils", Type: "licences",
			ServiceLevel: "contract", Language: "fr", Contact: directory.Contact{Name: "Contact", Email: "contact@domaines.example"}})
		w.Must(err)
		asker := w.Person("pierre.domange@domaines.example")
		itself := w.Person("contact@domaines.example")
		q, err := w.App.Keys.Request(w.Context(), asker, "163918", "Nous avons confondu deux courriers.")
		w.Must(err)
		unknown, err := w.App.Keys.Request(w.Context(), asker, "777 777", "")
		w.Must(err)
		t.Run("KEY-14 the asker sees the same of a number nobody has", func(t *testing.T) {
			own, err := w.App.Keys.Requested(w.Context(), asker)
			w.Must(err)
			for _, one := range own {
				if one.Account != 0 || one.State != directory.KeyRequestWaiting {
					t.Errorf("own request says %+v", one)
				}
			}
			if _, err := w.App.Keys.Request(w.Context(), asker, "777777", ""); w.Code(err) != "key_request.waiting_already" {
				t.Errorf("ask twice: %v", err)
			}
		})
		t.Run("KEY-13 never to the asker's own address", func(t *testing.T) {
			other, err := w.App.Keys.Request(w.Context(), itself, "163918", "")
			w.Must(err)
			if got := w.Code(w.App.Keys.Answer(w.Context(), support, other.UUID, directory.ByMail)); got != "key.contact_is_asker" {
				t.Errorf("mail to the asker: %q, want key.contact_is_asker", got)
			}
			w.Must(w.App.Keys.Refuse(w.Context(), support, other.UUID, "inconnu"))
		})
		t.Run("KEY-13 to the contact on file", func(t *testing.T) {
			w.Must(w.App.Keys.Answer(w.Context(), support, q.UUID, directory.ByMail))
			if got := w.Code(w.App.Keys.Answer(w.Context(), support, q.UUID, directory.ByMail)); got != "key_request.decided" {
				t.Errorf("answer twice: %q, want key_request.decided", got)
			}
			sent := map[string]string{}
			deliveries, err := w.Mails.Next(w.Context(), 100)
			w.Must(err)
			for _, d := range deliveries {
				sent[string(d.Mail.Kind)+" "+d.Mail.Address] = d.Mail.Secret
			}
			key := sent["key_new contact@domaines.example"]
			if _, told := sent["key_on_its_way pierre.domange@domaines.example"]; key == "" || !told {
				t.Fatalf("mails %v, want the key to the contact and word to the asker", sent)
			}
			if _, err := w.App.Keys.Enter(w.Context(), asker, a.Number, key); err != nil {
				t.Errorf("the mailed key does not work: %v", err)
			}
		})
		t.Run("KEY-13 there is no key for a number nobody has", func(t *testing.T) {
			if got := w.Code(w.App.Keys.Answer(w.Context(), support, unknown.UUID, directory.ByLetter)); got != "key_request.no_account" {
				t.Errorf("answer: %q, want key_request.no_account", got)
			}
			w.Must(w.App.Keys.Refuse(w.Context(), support, unknown.UUID, "numéro inconnu"))
			waiting, decided, err := w.App.Keys.Queue(w.Context(), support)
			w.Must(err)
			if len(waiting) != 0 || len(decided) != 3 {
				t.Errorf("%d wait, %d decided; want 0 and 3", len(waiting), len(decided))
			}
		})
	})
}

// TestVendorWalls holds each act of the console against every role (VEND-3).
func TestVendorWalls(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a := w.Account("204817")
		acts := map[authz.Duty]func(authz.Actor) error{
			authz.HandleKeys: func(actor authz.Actor) error { return w.App.Keys.Make(w.Context(), actor, a.ID, 1) },
			authz.ChangeAccounts: func(actor authz.Actor) error {
				return w.Accounts.SetState(w.Context(), actor, a.ID, directory.AccountOpen, "")
			},
			authz.EnterAccounts: func(actor authz.Actor) error {
				_, err := w.Accounts.Enter(w.Context(), actor, "", a.ID, "une raison assez longue")
				return err
			},
			authz.ApplyCatalogue: func(actor authz.Actor) error {
				_, err := w.App.Catalogue.Draft(w.Context(), actor, "")
				return err
			},
			authz.ViewAccounts: func(actor authz.Actor) error {
				_, err := w.Accounts.List(w.Context(), actor, app.CustomerQuery{})
				return err
			},
			authz.SwitchUsersOff: func(actor authz.Actor) error {
				_, err := w.Users.Lookup(w.Context(), actor, "abc")
				return err
			},
			authz.ImportCustomers: func(actor authz.Actor) error {
				_, err := w.Imports.Recent(w.Context(), actor, directory.Installation, 1)
				return err
			},
		}
		for _, role := range authz.StaffRoles() {
			actor := w.Staff(string(role)+"@batisoft.example", role)
			for duty, act := range acts {
				code := w.Code(act(actor))
				if denied := code == "denied.duty"; denied == role.Has(duty) {
					t.Errorf("%s, %s: %q", role, duty, code)
				}
			}
		}
		person := w.Administrator(a, "admin@maraval.example")
		for duty, act := range acts {
			if code := w.Code(act(person)); code != "not_found" {
				t.Errorf("a customer's administrator, %s: %q, want not_found", duty, code)
			}
		}
	})
}

func TestEnter(t *testing.T) { // VEND-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		support := w.Staff("soutien@batisoft.example", authz.Support)
		a, b := w.Account("204817"), w.Account("163918")
		admin := w.Administrator(a, "admin@maraval.example")
		token := w.Session(support, "full")
		limits := app.SessionLimits{Idle: 240 * time.Hour, Max: 240 * time.Hour}
		resolve := func() authz.Actor {
			in, err := w.Sessions.Resolve(w.Context(), token, app.Client{}, limits)
			w.Must(err)
			return in.Actor
		}
		if _, err := w.Accounts.Enter(w.Context(), support, token, a.ID, "trop peu"); w.Code(err) != "staff.reason_short" {
			t.Errorf("short reason: %v", err)
		}
		if _, err := w.Accounts.Open(w.Context(), resolve(), a.Number); w.Code(err) != "account.not_found" {
			t.Errorf("open before entering: %v, want account.not_found", err)
		}
		_, err := w.Accounts.Enter(w.Context(), support, token, a.ID, "le client ne trouve plus sa clé")
		w.Must(err)
		if told := mail(t, w, "staff_entered"); told.Mail.User != admin.User || told.Mail.Facts["Message"] != "le client ne trouve plus sa clé" {
			t.Errorf("VEND-2 told: %+v, want the administrator with the reason", told.Mail)
		}
		inside := resolve()
		if _, err := w.Accounts.Open(w.Context(), inside, a.Number); err != nil {
			t.Errorf("open after entering: %v", err)
		}
		if _, err := w.Accounts.Open(w.Context(), inside, b.Number); w.Code(err) == "" {
			t.Error("another account is open too")
		}
		if _, err := w.Accounts.Enter(w.Context(), inside, token, b.ID, "une autre raison encore"); w.Code(err) != "staff.inside_already" {
			t.Errorf("enter another: %v, want staff.inside_already", err)
		}
		page, err := w.History.List(w.Context(), admin, a.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.StaffEntered}}, app.Window{})
		w.Must(err)
		if page.Total != 1 || page.Entries[0].Actor.User != support.User {
			t.Errorf("the administrator sees %+v, want the entry by the staff member", page.Entries)
		}
		t.Run("VEND-2 after 60 minutes it is over", func(t *testing.T) {
			w.Pass(app.EntryLasts - time.Second)
			if _, err := w.Accounts.Open(w.Context(), resolve(), a.Number); err != nil {
				t.Errorf("a second before: %v", err)
			}
			w.Pass(time.Second)
			if _, err := w.Accounts.Open(w.Context(), inside, a.Number); w.Code(err) == "" {
				t.Error("the stale actor still opens the account")
			}
			if got := resolve(); got.Kind != authz.Staff || got.Entered != 0 {
				t.Errorf("actor after an hour: %+v", got)
			}
		})
		t.Run("VEND-2 leaving", func(t *testing.T) {
			_, err := w.Accounts.Leave(w.Context(), resolve(), token)
			w.Must(err)
			_, err = w.Accounts.Enter(w.Context(), resolve(), token, b.ID, "une autre raison encore")
			w.Must(err)
			_, err = w.Accounts.Leave(w.Context(), resolve(), token)
			w.Must(err)
			if got := resolve(); got.Kind != authz.Staff {
				t.Errorf("actor after leaving: %+v", got)
			}
		})
	})
}
