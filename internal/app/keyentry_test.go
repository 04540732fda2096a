package app_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

func TestKeyEntry(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		keys := w.Keys(account)
		if len(keys) != 3 {
			t.Fatalf("KEY-5: %d keys, want 3", len(keys))
		}
		odette, karim, wrongdoer := w.Person("odette.marsan@maraval.example"), w.Person("karim.haddad@maraval.example"), w.Person("x.y@else.example")
		enter := func(actor authz.Actor, number, key string) string {
			t.Helper()
			_, err := w.App.Keys.Enter(w.Context(), actor, number, key)
			return w.Code(err)
		}
		check := func(name, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: code %q, want %q", name, got, want)
			}
		}
		other := w.Account("163918")
		check("KEY-2 a key of another number", enter(odette, other.Number, keys[0]), "key.wrong")
		typed := strings.ToLower(directory.FormatKey(keys[0])[:7] + " " + keys[0][6:])
		check("KEY-1 case, spaces and separators do not count", enter(odette, "204 817", typed), "")
		frame, err := w.Accounts.Open(w.Context(), odette, "204817")
		w.Must(err)
		if !frame.Rights.May(authz.ManageAdministrators, 0) || frame.Member.Status != directory.Active || frame.Account.Referent != odette.User {
			t.Errorf("KEY-7: member %+v, referent %d: not an active administrator and referent", frame.Member, frame.Account.Referent)
		}
		check("KEY-3 a second use fails", enter(karim, "204817", keys[0]), "key.wrong")
		check("KEY-8 another key makes another administrator", enter(karim, "204817", keys[1]), "")
		told := queued(t, w, "administrator_by_key", "")
		if told != 1 || queued(t, w, "administrator_by_key", "odette.marsan@") != 1 {
			t.Errorf("KEY-8 %d administrators are told of the second one, want the first alone", told)
		}
		for i := 1; i < 5; i++ {
			check(fmt.Sprintf("KEY-9 wrong try %d", i), enter(wrongdoer, "204817", "AAAAAAAAAAAA"), "key.wrong")
		}
		check("KEY-9 the fifth wrong try locks", enter(wrongdoer, "204817", "AAAAAAAAAAAA"), "key.locked")
		check("KEY-9 locked for everybody, even a right key", enter(odette, "204817", keys[2]), "key.locked")
		if _, err := w.Accounts.Open(w.Context(), karim, "204817"); err != nil {
			t.Errorf("KEY-9 administrators notice nothing else: %v", err)
		}
		w.Pass(2 * time.Hour)
		check("KEY-14 one number locked per person and day", enter(wrongdoer, "163918", "AAAAAAAAAAAA"), "key.too_many_tries")
	})
}

func TestKeyEntryAnswersUnknownNumbersAlike(t *testing.T) { // KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		w.Account("204817")
		var answers [2][]string
		for i, number := range []string{"204817", "999999"} {
			person := w.Person(fmt.Sprintf("a.b%d@else.example", i))
			for range 7 {
				_, err := w.App.Keys.Enter(w.Context(), person, number, "AAAAAAAAAAAA")
				answers[i] = append(answers[i], w.Code(err))
			}
		}
		if got, want := strings.Join(answers[1], " "), strings.Join(answers[0], " "); got != want {
			t.Errorf("unknown number answers %s, known one %s", got, want)
		}
	})
}

// TestKeyEntryOfOnePerson: the fifth wrong try within the hour is somebody's
// last, spread over as many numbers as they like.
func TestKeyEntryOfOnePerson(t *testing.T) { // KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		key := w.Keys(w.Account("204817"))[0]
		guesser := w.Person("x.y@else.example")
		enter := func(number, key, want string) {
			t.Helper()
			_, err := w.App.Keys.Enter(w.Context(), guesser, number, key)
			if got := w.Code(err); got != want {
				t.Errorf("number %s: code %q, want %q", number, got, want)
			}
		}
		for i := range 5 {
			enter(fmt.Sprint(900_000+i), "AAAAAAAAAAAA", "key.wrong")
		}
		enter("204817", key, "key.too_many_tries")
		w.Pass(directory.KeyTriesWindow)
		enter("204817", key, "")
	})
}

func TestKeyEntryRace(t *testing.T) { // KEY-15
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		key := w.Keys(account)[0]
		const people = 50
		actors := make([]authz.Actor, people)
		for i := range actors {
			actors[i] = w.Person(fmt.Sprintf("p.n%d@maraval.example", i))
		}
		codes := atOnce(t, people, func(i int) error {
			_, err := w.App.Keys.Enter(w.Context(), actors[i], account.Number, key)
			return err
		})
		if codes[""] != 1 || codes["key.wrong"] != 4 || codes["key.locked"] != people-5 {
			t.Errorf("50 right entries of one key: %v, want one claim, four wrong and the rest locked", codes)
		}
	})
}

func TestKeyCountStartsAgain(t *testing.T) { // KEY-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		keys := w.Keys(account)
		odette := w.Administrator(account, "odette.marsan@maraval.example")
		enter := func(actor authz.Actor, key, want string) {
			t.Helper()
			_, err := w.App.Keys.Enter(w.Context(), actor, account.Number, key)
			if got := w.Code(err); got != want {
				t.Errorf("code %q, want %q", got, want)
			}
		}
		const wrong = "AAAAAAAAAAAA"
		t.Run("KEY-10 a right key", func(t *testing.T) {
			karim := w.Person("karim.haddad@maraval.example")
			for range 4 {
				enter(karim, wrong, "key.wrong")
			}
			enter(karim, keys[1], "")
			enter(w.Person("lea.fontanel@maraval.example"), wrong, "key.wrong")
		})
		t.Run("KEY-10 the approval of who locked it, and of nobody else", func(t *testing.T) {
			joris, nadia := w.Person("joris.vandamme@else.example"), w.Person("nadia.ferrand@else.example")
			for range 3 {
				enter(joris, wrong, "key.wrong")
			}
			enter(joris, wrong, "key.locked")
			for _, asker := range []authz.Actor{nadia, joris} {
				enter(w.Person("wim.bertin"+fmt.Sprint(asker.User)+"@maraval.example"), keys[2], "key.locked")
				j, err := w.JoinRequests.Ask(w.Context(), asker, account.Number, "")
				w.Must(err)
				_, err = w.JoinRequests.Approve(w.Context(), odette, account.ID, j.UUID)
				w.Must(err)
			}
			enter(w.Person("hugo.pinel@maraval.example"), keys[2], "")
		})
	})
}

// atOnce runs act n times side by side and counts the codes of its refusals.
func atOnce(t *testing.T, n int, act func(i int) error) map[string]int {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			err := act(i)
			code := ""
			var refusal *directory.Error
			if errors.As(err, &refusal) {
				code = refusal.Code
			} else if err != nil {
				code = "fault: " + err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	close(start)
	wg.Wait()
	return codes
}
