package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// lettersDatabase tells the test binary to be the process that is killed while it prints
// letters and says that they were posted; lettersAtOnce is how many accounts it does so
// for in one act.
const (
	lettersDatabase = "INTENDANT_TEST_LETTERS_DATABASE"
	lettersAtOnce   = 5
)

// TestLettersToBeKilled is the process that is killed: it draws the letters of some
// accounts, says that they were posted, and goes on with the next.
func TestLettersToBeKilled(t *testing.T) {
	address := os.Getenv(lettersDatabase)
	if address == "" {
		t.Skip("run by TestLettersSurviveKill")
	}
	w := apptest.On(t, address)
	fmt.Println("running")
	for {
		chosen := lettersOf(w, w.Operator())
		if len(chosen) == 0 {
			return
		}
		slices.SortFunc(chosen, func(a, b app.ChosenLetter) int { return int(a.Account>>32) - int(b.Account>>32) })
		chosen = chosen[:lettersAtOnce]
		_, err := w.App.Keys.PrintLetters(w.Context(), w.Operator(), chosen, func([]app.KeyLetter) error {
			time.Sleep(rand.N(8 * time.Millisecond)) // drawing takes its time
			return nil
		})
		w.Must(err)
		_, err = w.App.Keys.Posted(w.Context(), w.Operator(), chosen)
		w.Must(err)
	}
}

// TestLettersSurviveKill kills the process that prints letters and says that they were
// posted at random moments. After each, the letters of an account are gone if and only if
// history says that they were posted, once, with all of their act; every other can be
// printed again with the keys it had.
func TestLettersSurviveKill(t *testing.T) { // KEY-5, KEY-6
	accounts, kills := 150, 12
	if testing.Short() {
		accounts, kills = 50, 3
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			for n := range accounts {
				w.Account(fmt.Sprint(500_000 + n))
			}
			had := lettersKept(w)
			if len(had) != accounts {
				t.Fatalf("%d letters", len(had))
			}
			midway, before, within := 0, 0, 70*time.Millisecond
			for range kills {
				killLetters(t, address, 10*time.Millisecond+rand.N(within))
				posted, kept := lettersPosted(w), lettersKept(w)
				if len(posted) == before { // a slow machine has come nowhere by then
					within *= 2
				}
				before = len(posted)
				if 0 < len(posted) && len(posted) < accounts {
					midway++
				}
				if len(posted)%lettersAtOnce != 0 {
					t.Errorf("KEY-6 %d accounts are posted, half an act", len(posted))
				}
				for account, keys := range had {
					now, is := kept[account]
					if times := posted[account]; times > 1 || is != (times == 0) || is && !slices.Equal(now, keys) {
						t.Errorf("KEY-6 account %d: posted %d times, kept %t with %d of %d keys", account, times, is, len(now), len(keys))
					}
				}
			}
			if left := lettersOf(w, w.Operator()); len(left) > 0 {
				_, err := w.App.Keys.Posted(w.Context(), w.Operator(), left)
				w.Must(err)
			}
			for account, times := range lettersPosted(w) {
				if times != 1 {
					t.Errorf("KEY-6 account %d was posted %d times", account, times)
				}
			}
			if n := len(lettersPosted(w)); n != accounts {
				t.Errorf("KEY-6 %d of %d accounts were posted", n, accounts)
			}
			if midway == 0 && !testing.Short() {
				t.Error("no kill left some posted and others not")
			}
			t.Logf("%d of %d kills left some posted and others not", midway, kills)
		})
	}
}

// lettersKept prints all letters that are kept, and answers their keys.
func lettersKept(w *apptest.World) map[directory.AccountID][]string {
	w.T.Helper()
	kept := map[directory.AccountID][]string{}
	chosen := lettersOf(w, w.Operator())
	if len(chosen) == 0 {
		return kept
	}
	_, err := w.App.Keys.PrintLetters(w.Context(), w.Operator(), chosen, func(letters []app.KeyLetter) error {
		for _, l := range letters {
			kept[l.Account.ID] = l.Keys
		}
		return nil
	})
	w.Must(err)
	return kept
}

// lettersPosted is how often history says that the letters of an account were posted.
func lettersPosted(w *apptest.World) map[directory.AccountID]int {
	w.T.Helper()
	posted := map[directory.AccountID]int{}
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		entries, err := r.Entries(w.Context(), store.EntryFilter{Kinds: []audit.Kind{audit.LetterPosted}}, store.EntryPlace{}, 10_000)
		for _, e := range entries {
			posted[e.Account]++
		}
		return err
	}))
	return posted
}

// killLetters runs the process and kills it after a while.
func killLetters(t *testing.T, address string, after time.Duration) {
	t.Helper()
	apptest.Killed(t, "TestLettersToBeKilled", after, lettersDatabase+"="+address)
}
