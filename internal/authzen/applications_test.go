package authzen_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

const evaluation, evaluations = "/access/v1/evaluation", "/access/v1/evaluations"

// application registers an application that asks, and sees the accounts of the
// numbers, or all.
func (s *shop) application(numbers ...string) directory.Application {
	s.T.Helper()
	a, err := s.Applications.Register(s.Context(), s.Operator(), asking(numbers...))
	s.Must(err)
	return a
}

func asking(numbers ...string) app.ApplicationRegistration {
	return app.ApplicationRegistration{Name: "Planning", Rights: []directory.ApplicationRight{directory.MayAsk}, All: len(numbers) == 0, Numbers: numbers}
}

func credential(w *apptest.World, a directory.Application, name string) app.MadeCredential {
	w.T.Helper()
	made, err := w.Applications.MakeCredential(w.Context(), w.Operator(), a.UUID, app.NewCredential{Name: name, Expires: w.Now().AddDate(1, 0, 0)})
	w.Must(err)
	return made
}

// about is a question that names its account.
func about(subject, action, kind, id, account string) string {
	return `{"subject":{"type":"user","id":"` + subject + `"},"action":{"name":"` + action + `"},"resource":{"type":"` + kind + `","id":"` + id +
		`","properties":{"account":"` + account + `"}}}`
}

// manages asks whether an account's administrator manages its members.
func manages(administrator, account string) string {
	return about(administrator, "members.manage", "account", account, account)
}

const helene, blanche = "helene.castaing@maraval.example", "blanche.ferriere@ardoises.example"

func TestApplicationAsks(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		other, _ := s.customer("117 402", blanche)
		s.token = credential(w, s.application(), "Production").Secret
		for _, name := range []string{"204 817", "204817", s.account.UUID} {
			t.Run("APP-3 the account comes with the question: "+name, func(t *testing.T) {
				if d := s.decision(s.post(evaluation, about(helene, "members.manage", "account", "204817", name))); !d.yes() {
					t.Errorf("answered %+v", d)
				}
			})
		}
		t.Run("APP-3 the same below the address of any account", func(t *testing.T) {
			if d := s.decision(s.post("/accounts/117402"+evaluation, question(blanche, "members.manage", "account", "117402"))); !d.yes() {
				t.Errorf("answered %+v", d)
			}
			d := s.decision(s.post("/accounts/117402"+evaluation, manages(helene, "204817")))
			if d.yes() || d.Context.Reason != app.UnknownAccount {
				t.Errorf("about another account than the address: %+v", d)
			}
			if d := s.decision(s.post("/accounts/117402"+evaluation, about(blanche, "members.manage", "account", "117402", other.UUID))); !d.yes() {
				t.Errorf("by its other name: %+v", d)
			}
		})
		t.Run("APP-3 one batch is about several accounts, in its order", func(t *testing.T) {
			body := `{"evaluations":[` + strings.Join([]string{manages(helene, "204817"), manages(blanche, "117402"), manages(helene, "117402"),
				manages(helene, "999 999"), question(helene, "members.manage", "account", "204817"), manages(helene, s.account.UUID)}, ",") + `]}`
			got := s.decision(s.post(evaluations, strings.Replace(body, `"id":"`+s.account.UUID, `"id":"204817`, 1))).Evaluations
			want := []string{"yes", "yes", "subject_unknown", "account_unknown", "400", "yes"}
			for i, d := range got {
				said := d.Context.Reason
				if d.yes() {
					said = "yes"
				} else if d.Context.Error.Status != 0 {
					said = fmt.Sprint(d.Context.Error.Status)
				}
				if said != want[i] {
					t.Errorf("question %d: %s, want %s", i, said, want[i])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d answers", len(got))
			}
		})
		t.Run("APP-3 the account stands in the shared resource of a batch", func(t *testing.T) {
			body := `{"action":{"name":"members.manage"},"resource":{"type":"account","id":"204817","properties":{"account":"204817"}},"evaluations":[
				{"subject":{"type":"user","id":"` + helene + `"}},{"subject":{"type":"user","id":"` + blanche + `"}},
				{"subject":{"type":"user","id":"` + helene + `"},"resource":{"type":"company","id":"` + s.yard.UUID + `"}}]}`
			got := s.decision(s.post(evaluations, body)).Evaluations
			if len(got) != 3 || !got[0].yes() || got[1].yes() || !got[2].yes() {
				t.Errorf("answered %+v", got)
			}
		})
		t.Run("APP-3 a batch ends where its semantic says, whatever the accounts", func(t *testing.T) {
			body := `{"options":{"evaluations_semantic":"deny_on_first_deny"},"evaluations":[` + strings.Join([]string{manages(helene, "204817"),
				manages(helene, "117402"), manages(helene, "204817")}, ",") + `]}`
			if got := s.decision(s.post(evaluations, body)).Evaluations; len(got) != 2 || !got[0].yes() || got[1].yes() {
				t.Errorf("answered %+v", got)
			}
		})
		t.Run("APP-3 a number of before leads to the account still", func(t *testing.T) {
			w.Must(renumber(w, other, "117 500"))
			for _, number := range []string{"117402", "117500"} {
				if d := s.decision(s.post(evaluation, about(blanche, "members.manage", "account", "117500", number))); !d.yes() {
					t.Errorf("by %s: %+v", number, d)
				}
			}
		})
		t.Run("APP-3 a technical user's question about another account is a no", func(t *testing.T) {
			_, s.token = s.product(s.account, s.admin, "access.check")
			if d := s.decision(s.post(evaluation, manages(blanche, "117500"))); d.yes() || d.Context.Reason != app.UnknownAccount {
				t.Errorf("answered %+v", d)
			}
			if r := s.post("/access/v1/search/action", manages(helene, "117500")); r.status != http.StatusNotFound {
				t.Errorf("a search there: %d %s", r.status, r.body)
			}
			if r := s.post("/access/v1/search/action", manages(helene, "204817")); r.status != http.StatusOK {
				t.Errorf("a search in its own: %d %s", r.status, r.body)
			}
		})
		t.Run("ACC-12 a suspended account is answered by a no that says so", func(t *testing.T) {
			s.token = credential(w, s.application(), "Autre").Secret
			w.Must(w.Accounts.SetState(t.Context(), w.Operator(), s.account.ID, directory.AccountSuspended, "impayé"))
			if d := s.decision(s.post(evaluation, manages(helene, "204817"))); d.yes() || d.Context.Reason != "suspended" {
				t.Errorf("answered %+v", d)
			}
		})
	})
}

// renumber gives an account another customer number.
func renumber(w *apptest.World, a directory.Account, number string) error {
	_, err := w.Accounts.Change(w.Context(), w.Operator(), a.ID, app.AccountChange{Name: a.Name, Number: number, ServiceLevel: a.ServiceLevel,
		Address: a.Address, Contact: a.Contact, Language: a.Language, TimeZone: a.TimeZone})
	return err
}

// TestApplicationWalls asks about what is not in sight: nothing tells it from what
// is not there.
func TestApplicationWalls(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		s.customer("117 402", blanche)
		closed, _ := s.customer("300 001", "ancien@ferme.example")
		w.Must(w.Accounts.SetState(t.Context(), w.Operator(), closed.ID, directory.AccountClosed, "résilié"))
		s.token = credential(w, s.application("204817"), "Production").Secret
		var kept atomic.Int64
		w.Wait = func(time.Duration) { kept.Add(1) }
		defer func() { w.Wait = nil }()
		answers := map[string]string{}
		for name, account := range map[string]string{"another's": "117402", "closed, another's": "300001", "no such": "999999", "hostile": "' OR 1=1 --",
			"long": strings.Repeat("9", 500), "by its id": closed.UUID} {
			before := kept.Load()
			r := s.post(evaluation, manages(blanche, account))
			answers[fmt.Sprint(r.status, " ", r.body)] = name
			if strings.Contains(r.body, "Compte") {
				t.Errorf("KEY-14 %s: told a name: %s", name, r.body)
			}
			if kept.Load() == before {
				t.Errorf("KEY-14 %s: answered at once", name)
			}
		}
		t.Run("APP-3 out of sight and not there are answered alike", func(t *testing.T) {
			if len(answers) != 1 {
				t.Errorf("answers differ: %v", answers)
			}
		})
		t.Run("APP-3 below their address too", func(t *testing.T) {
			said := map[string]bool{}
			for _, number := range []string{"117402", "999999", "300001"} {
				for _, path := range []string{evaluation, evaluations, "/access/v1/search/subject"} {
					before := kept.Load()
					r := s.post("/accounts/"+number+path, question(blanche, "members.manage", "account", number))
					if said[r.body] = true; r.status != http.StatusNotFound || kept.Load() == before {
						t.Errorf("%s at %s: %d %s", number, path, r.status, r.body)
					}
				}
			}
			if len(said) != 1 {
				t.Errorf("answers differ: %v", said)
			}
		})
		t.Run("APP-3 what is in sight is answered at once", func(t *testing.T) {
			before := kept.Load()
			if d := s.decision(s.post(evaluation, manages(helene, "204817"))); !d.yes() || kept.Load() != before {
				t.Errorf("answered %+v, kept back %d times", d, kept.Load()-before)
			}
		})
		t.Run("APP-3 searches find nothing out of sight, and everybody in sight with the right to", func(t *testing.T) {
			search := func(account string) reply {
				return s.post("/access/v1/search/subject", `{"subject":{"type":"user"},"action":{"name":"members.manage"},"resource":{"type":"account","id":"`+
					account+`","properties":{"account":"`+account+`"}}}`)
			}
			if a, b := search("117402"), search("999999"); a.status != http.StatusNotFound || a.body != b.body {
				t.Errorf("out of sight: %d %s; not there: %d %s", a.status, a.body, b.status, b.body)
			}
			if r := search("204817"); r.status != http.StatusForbidden {
				t.Errorf("without the directory: %d %s", r.status, r.body)
			}
			if r := s.post("/access/v1/search/action", question(helene, "x", "account", "204817")); r.status != http.StatusBadRequest {
				t.Errorf("without an account: %d %s", r.status, r.body)
			}
			n := asking("204817")
			n.Rights = append(n.Rights, directory.MayReadDirectory)
			a, err := w.Applications.Register(t.Context(), w.Operator(), n)
			w.Must(err)
			s.token = credential(w, a, "Annuaire").Secret
			if r := search("204817"); r.status != http.StatusOK || !strings.Contains(r.body, helene) && !strings.Contains(r.body, `"total":1`) {
				t.Errorf("with the directory: %d %s", r.status, r.body)
			}
			if r := s.post("/access/v1/search/resource", `{"subject":{"type":"user","id":"`+helene+`"},"action":{"name":"members.manage"},
				"resource":{"type":"company","properties":{"account":"204817"}}}`); r.status != http.StatusOK || !strings.Contains(r.body, s.yard.UUID) {
				t.Errorf("resources: %d %s", r.status, r.body)
			}
		})
		t.Run("APP-1 without the right to ask nothing is answered", func(t *testing.T) {
			a, err := w.Applications.Register(t.Context(), w.Operator(), app.ApplicationRegistration{Name: "Boutique", All: true,
				Rights: []directory.ApplicationRight{directory.MayManageCustomers}})
			w.Must(err)
			s.token = credential(w, a, "Production").Secret
			for _, account := range []string{"204817", "999999"} {
				if r := s.post(evaluation, manages(helene, account)); r.status != http.StatusForbidden {
					t.Errorf("about %s: %d %s", account, r.status, r.body)
				}
			}
		})
	})
}

// TestApplicationAtAnAddress asks at addresses out of sight about other accounts: an
// address that is there answers like one that is not, whatever is asked at it.
func TestApplicationAtAnAddress(t *testing.T) { // APP-3, KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		s.customer("117 402", blanche)
		closed, _ := s.customer("300 001", "ancien@ferme.example")
		w.Must(w.Accounts.SetState(t.Context(), w.Operator(), closed.ID, directory.AccountClosed, "résilié"))
		s.token = credential(w, s.application("204817"), "Production").Secret
		var kept atomic.Int64
		w.Wait = func(time.Duration) { kept.Add(1) }
		single := func(about string) string { return manages(helene, about) }
		search := func(about string) string {
			return `{"subject":{"type":"user","id":"` + helene + `"},"action":{"name":"members.manage"},"resource":{"type":"account","id":"204817","properties":{"account":"` +
				about + `"}}}`
		}
		for path, body := range map[string]func(string) string{
			evaluation:                   single,
			evaluations:                  func(about string) string { return `{"evaluations":[` + single(about) + `,` + single("204817") + `]}` },
			"/access/v1/search/action":   search,
			"/access/v1/search/resource": search,
		} {
			said := map[string][]string{}
			for _, number := range []string{"117402", "300001", "999999"} {
				for _, about := range []string{"204817", "117402", "999999", closed.UUID} {
					before := kept.Load()
					r := s.post("/accounts/"+number+path, body(about))
					text := fmt.Sprint(r.status, " kept back ", kept.Load()-before, ": ", r.body)
					said[text] = append(said[text], number+" about "+about)
				}
			}
			if len(said) != 1 {
				t.Errorf("%s: answers differ: %v", path, said)
			}
			for text := range said {
				if !strings.HasPrefix(text, "404 kept back 1: ") {
					t.Errorf("%s: %s", path, text)
				}
			}
		}
	})
}

// TestApplicationFresh changes an application on one node and asks another: no
// answer is older than the change.
func TestApplicationFresh(t *testing.T) {
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			here, there := nodes(t, kind)
			a := there.application()
			first := credential(here, a, "Production")
			there.token = first.Secret
			asks := func() int {
				r := there.post(evaluation, manages(helene, "204817"))
				if r.status == http.StatusOK && !there.decision(r).yes() {
					return http.StatusNotFound // not in sight
				}
				return r.status
			}
			version := a.Version
			change := func(n app.ApplicationRegistration) {
				n.Version = version
				version++
				here.Must(here.Applications.Change(t.Context(), here.Operator(), a.UUID, n))
			}
			elsewhere, _ := there.customer("117 402", blanche)
			for round := range 5 {
				if got := asks(); got != http.StatusOK {
					t.Fatalf("round %d: %d", round, got)
				}
				change(asking(elsewhere.Number))
				if got := asks(); got != http.StatusNotFound {
					t.Errorf("APP-3 out of sight from now on: %d", got)
				}
				change(asking())
				if got := asks(); got != http.StatusOK {
					t.Errorf("APP-3 in sight again: %d", got)
				}
				n := asking()
				n.Rights = []directory.ApplicationRight{directory.MayReadDirectory}
				change(n)
				if got := asks(); got != http.StatusForbidden {
					t.Errorf("APP-1 without its right: %d", got)
				}
				change(asking())
			}
			second := credential(here, a, "Relève")
			here.Must(here.Applications.RevokeCredential(t.Context(), here.Operator(), a.UUID, first.UUID))
			if got := asks(); got != http.StatusUnauthorized {
				t.Errorf("APP-2 a revoked credential: %d", got)
			}
			there.token = second.Secret
			if got := asks(); got != http.StatusOK {
				t.Errorf("APP-2 the other one: %d", got)
			}
			there.Pass(366 * 24 * time.Hour)
			here.Pass(366 * 24 * time.Hour)
			if got := asks(); got != http.StatusUnauthorized {
				t.Errorf("APP-2 ended by its day: %d", got)
			}
			there.token = credential(here, a, "Neuf").Secret
			if got := asks(); got != http.StatusOK {
				t.Errorf("APP-2 a new one: %d", got)
			}
			here.Must(here.Applications.End(t.Context(), here.Operator(), a.UUID))
			if got := asks(); got != http.StatusUnauthorized {
				t.Errorf("APP-2 an ended application: %d", got)
			}
		})
	}
}

// TestRotationLosesNothing asks without pause while credentials are made and
// revoked on another node: each question comes with a credential that is valid
// then, and is answered by the yes it is. Once the application has ended, none is.
func TestRotationLosesNothing(t *testing.T) { // APP-2, APP-5
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			here, there := nodes(t, kind)
			a := there.application()
			inUse := atomic.Pointer[app.MadeCredential]{}
			made := credential(here, a, "0")
			inUse.Store(&made)
			var asking sync.WaitGroup
			var asked, lost, late atomic.Int64
			var ended atomic.Bool
			var using sync.RWMutex // a product takes the new secret between two questions
			over := make(chan struct{})
			for range 4 {
				asking.Go(func() {
					for {
						select {
						case <-over:
							return
						default:
						}
						using.RLock()
						dead := ended.Load()
						said := there.with(inUse.Load().Secret, manages(helene, "204817"))
						using.RUnlock()
						switch asked.Add(1); {
						case dead && said != "401":
							late.Add(1)
						case !dead && said != "200 yes":
							lost.Add(1)
						}
					}
				})
			}
			more := func() { // questions come between all that is done
				for before := asked.Load(); asked.Load() < before+8; {
					time.Sleep(time.Millisecond)
				}
			}
			for round := range 15 {
				more()
				next := credential(here, a, fmt.Sprint(round+1))
				using.Lock()
				last := inUse.Swap(&next)
				using.Unlock()
				here.Must(here.Applications.RevokeCredential(t.Context(), here.Operator(), a.UUID, last.UUID))
				if got := there.with(last.Secret, manages(helene, "204817")); got != "401" {
					t.Errorf("APP-2 round %d: the revoked one is answered %s", round, got)
				}
			}
			more()
			using.Lock() // no question is on its way that may be answered either way
			here.Must(here.Applications.End(t.Context(), here.Operator(), a.UUID))
			ended.Store(true)
			using.Unlock()
			more()
			close(over)
			asking.Wait()
			if lost.Load() > 0 || late.Load() > 0 {
				t.Errorf("APP-2 of %d questions %d were lost, and %d answered after the end", asked.Load(), lost.Load(), late.Load())
			}
		})
	}
}

// with asks one question with a token of its own, and answers the status and the
// decision.
func (s *shop) with(token, body string) string {
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+evaluation, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Sprint(answer.StatusCode)
	}
	var said struct{ Decision bool }
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
		return err.Error()
	}
	return map[bool]string{true: "200 yes", false: "200 no"}[said.Decision]
}

func TestApplicationLastUse(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		a := s.application()
		s.token = credential(w, a, "Production").Secret
		used := func() time.Time {
			shown, err := w.Applications.Show(t.Context(), w.Operator(), a.UUID)
			w.Must(err)
			return shown.LastUsed()
		}
		t.Run("APP-2 last use is shown to about a minute", func(t *testing.T) {
			if !used().IsZero() {
				t.Errorf("used %s before its first question", used())
			}
			for range 20 {
				w.Pass(10 * time.Second)
				s.post(evaluation, manages(helene, "204817"))
			}
			if got := w.Now().Sub(used()); got < 0 || got > time.Minute {
				t.Errorf("used %s ago", got)
			}
		})
	})
}
