package api_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/telling"
)

// application registers an application and answers its secret.
func (s *stand) application(name string, rights []directory.ApplicationRight, numbers ...string) string {
	s.t.Helper()
	a, err := s.Applications.Register(s.Context(), s.Operator(), app.ApplicationRegistration{Name: name, Rights: rights, All: len(numbers) == 0, Numbers: numbers})
	s.Must(err)
	made, err := s.Applications.MakeCredential(s.Context(), s.Operator(), a.UUID, app.NewCredential{Name: "Production", Expires: s.Now().AddDate(1, 0, 0)})
	s.Must(err)
	return made.Secret
}

// openShop makes what the vendor's operations are about: customers by external
// id, a locked number, a key and a request, and applications of all sorts.
func (q *quarter) openShop(elsewhere directory.Account) {
	q.t.Helper()
	q.tokens["program"] = q.token
	q.tokens["shop"] = q.application("Boutique", directory.ApplicationRights())
	q.tokens["limited"] = q.application("Pilote", directory.ApplicationRights(), elsewhere.Number)
	q.tokens["reader"] = q.application("Annuaire", []directory.ApplicationRight{directory.MayReadDirectory})
	q.tokens["rightless"] = q.application("Portail", []directory.ApplicationRight{directory.MaySignPeopleIn})
	q.comeAs(exchange{path: "/vendor/"})
	closed := q.World.Account("300 001")
	q.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`).is(200, "")
	q.ask("PUT", "/vendor/customers/ERP-3", `{"number":"300001"}`).is(200, "")
	q.ask("PUT", "/vendor/customers/ERP-1/subscriptions/S-1", `{"product":"plans","quantity":1}`).is(201, "")
	q.Must(q.Accounts.SetState(q.Context(), q.Operator(), closed.ID, directory.AccountSuspended, "Impayé"))
	q.ids["key"] = q.get("/vendor/customers/ERP-1/keys").is(200, "").text("items.1.id")
	asker := q.Person("ophelie.tardieu@atelier.example")
	request, err := q.App.Keys.Request(q.Context(), asker, "204 817", "La lettre est perdue")
	q.Must(err)
	q.ids["request"] = request.UUID
	for range directory.KeyTriesPerHour {
		_, _ = q.App.Keys.Enter(q.Context(), asker, "204 817", "222-222-222-222")
	}
	q.comeAs(exchange{})
	q.ids["account version"] = q.get(q.path("/settings")).text("version")
}

// comeAs takes the token that an operation is for.
func (q *quarter) comeAs(e exchange) {
	if q.token = q.tokens["program"]; e.vendor() {
		q.token = q.tokens["shop"]
	}
}

// shopWalled asks as everybody: what is for applications is not there for others,
// a customer out of sight is told from none by nobody, and a right that is missing
// is said.
func (q *quarter) shopWalled(t *testing.T, e exchange) {
	path, body := q.named(e.path), q.named(e.body)
	for _, who := range []string{"", "wrong", "revoked"} {
		q.ask(e.method, path, body, "Authorization", authorization(q.tokens[who])).is(401, "token.refused")
	}
	q.ask(e.method, path, body, "Authorization", authorization("inta_"+strings.Repeat("x", 43))).is(401, "token.refused")
	q.ask(e.method, path, body, "Authorization", authorization(q.tokens["program"])).is(404, "not_found")
	q.ask(e.method, path, body, "Authorization", authorization(q.tokens["rightless"])).is(403, "denied.application")
	if strings.HasSuffix(path, "/ERP-1") && e.method == "PUT" || !strings.Contains(path, "ERP-") {
		return
	}
	limited := []string{"Authorization", authorization(q.tokens["limited"])}
	there := q.ask(e.method, path, body, limited...).is(404, "account.not_found")
	nowhere := q.ask(e.method, strings.NewReplacer("ERP-1", "ERP-9", "ERP-3", "ERP-9").Replace(path), body, limited...).is(404, "account.not_found")
	if string(there.body) != string(nowhere.body) {
		t.Errorf("a customer that exists answers %s, another %s", there.body, nowhere.body)
	}
}

func TestCustomersByAPI(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.token = s.application("Boutique", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayHandleKeys})
		const path = "/vendor/customers/ERP%2F10 442"
		at := strings.ReplaceAll(path, " ", "%20")
		whole := `{"number":"500 001","name":"Ardoises","type":"fleet","service_level":"contract","language":"fr","address":{"street":"1 rue","city":"Angers","country":"FR"},
			"contact":{"name":"Blanche","email":"contact@ardoises.example"},"contract_ends_at":"2027-03-31","buyer":{"email":"blanche@ardoises.example","last_name":"Ferrière"}}`
		var made reply
		t.Run("APP-4 made by the vendor's own id, and then changed by it", func(t *testing.T) {
			made = s.ask("PUT", at, whole).is(201, "")
			if made.text("external_id") != "ERP/10 442" || made.text("claimed_at") == "" || made.header.Get("Location") != "/api/v1"+at {
				t.Fatalf("made %s at %q", made.body, made.header.Get("Location"))
			}
			again := s.ask("PUT", at, whole).is(200, "")
			if again.text("id") != made.text("id") || again.text("version") != made.text("version") {
				t.Errorf("sent again: %s", again.body)
			}
			changed := s.ask("PUT", at, `{"name":"Ardoises d’Anjou","number":"500 002"}`).is(200, "")
			if changed.text("name") != "Ardoises d’Anjou" || changed.text("contact.email") != "contact@ardoises.example" || changed.text("number") != "500 002" {
				t.Errorf("changed: %s", changed.body)
			}
			s.ask("PUT", at, `{"name":"X"}`, "If-Match", made.header.Get("ETag")).is(412, "stale")
			s.ask("PUT", at, `{"name":"X","version":"`+made.text("version")+`"}`).is(409, "stale")
			s.ask("PUT", at, `{"type":"licences"}`).is(422, "account.type_fixed")
		})
		t.Run("PLAN-4 a change that names a version makes nothing", func(t *testing.T) {
			other := strings.Replace(whole, "500 001", "500 009", 1)
			for _, version := range []string{`"1"`, `"0"`, `*`, `"-1"`} {
				s.ask("PUT", "/vendor/customers/ERP-9", other, "If-Match", version).is(412, "stale")
			}
			s.get("/vendor/customers/ERP-9").is(404, "account.not_found")
			s.ask("PUT", at, `{"name":"X"}`, "If-Match", `"0"`).is(412, "stale")
		})
		t.Run("APP-4 a customer that no program knew becomes it, by its number", func(t *testing.T) {
			taken := s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817","name":"Maraval"}`).is(200, "")
			if taken.text("id") != s.account.UUID || taken.text("external_id") != "ERP-1" {
				t.Errorf("became %s", taken.body)
			}
			s.ask("PUT", "/vendor/customers/ERP-2", strings.Replace(whole, "500 001", "204 817", 1)).is(409, "account.number_taken")
		})
		t.Run("APP-4 what is refused names the field", func(t *testing.T) {
			for field, body := range map[string]string{
				"number": `{"name":"X"}`, "name": `{"number":"7"}`, "type": `{"number":"7","name":"X","type":"none"}`,
				"buyer.email":      strings.NewReplacer("500 001", "7", "blanche@ardoises.example", "nobody").Replace(whole),
				"address.street":   strings.NewReplacer("500 001", "7", "1 rue", strings.Repeat("x", 300)).Replace(whole),
				"contract_ends_at": strings.NewReplacer("500 001", "7", "2027-03-31", "soon").Replace(whole),
			} {
				if got := s.ask("PUT", "/vendor/customers/ERP-7", body); got.status != 422 || got.text("field") != field {
					t.Errorf("%s: %d %s", field, got.status, got.body)
				}
			}
			s.get("/vendor/customers/ERP-7").is(404, "account.not_found")
		})
		t.Run("APP-4 listed in order, and those made since", func(t *testing.T) {
			first := s.get("/vendor/customers?limit=1").is(200, "")
			second := s.get("/vendor/customers?limit=1&cursor="+first.text("next")).is(200, "")
			if first.text("items.0.external_id") != "ERP-1" || second.text("items.0.number") != "500 002" || second.text("next") != "" {
				t.Errorf("%s then %s", first.body, second.body)
			}
			since := "/vendor/customers?cursor=" + second.text("since")
			if none := s.get(since).is(200, ""); none.text("items.0") != "" || none.text("since") != second.text("since") {
				t.Errorf("nothing new: %s", none.body)
			}
			s.ask("PUT", "/vendor/customers/ERP-8", strings.Replace(whole, "500 001", "8", 1)).is(201, "")
			if one := s.get(since).is(200, ""); one.text("items.0.external_id") != "ERP-8" {
				t.Errorf("since then: %s", one.body)
			}
			s.get("/vendor/customers?cursor=nobody").is(404, "account.not_found")
		})
		t.Run("APP-4 a key is in no answer", func(t *testing.T) {
			answers := s.post(at+"/keys", `{"count":2}`).is(200, "").body
			if got := s.get(at + "/keys"); got.text("waiting") != "5" {
				t.Errorf("%s", got.body)
			}
			account, err := w.Accounts.Named(w.Context(), w.Operator(), "ERP/10 442")
			w.Must(err)
			keys := w.Keys(account)
			for _, key := range keys {
				if strings.Contains(string(answers), key) || strings.Contains(string(answers), directory.FormatKey(key)) {
					t.Error("a key was answered")
				}
			}
			if len(keys) != 5 {
				t.Errorf("%d keys wait", len(keys))
			}
		})
		t.Run("APP-4 suspended, reopened and closed", func(t *testing.T) {
			if got := s.post(at+"/suspend", `{"reason":"Impayé"}`).is(200, ""); got.text("state") != "suspended" || got.text("state_reason") != "Impayé" {
				t.Errorf("%s", got.body)
			}
			s.post(at+"/suspend", `{"reason":"Impayé"}`).is(409, "account.state_already")
			s.post(at+"/close", `{}`).is(422, "field.required")
			s.post(at+"/reopen", "").is(200, "")
			s.post(at+"/close", `{"reason":"Résilié"}`).is(200, "")
			s.ask("PUT", at, `{"name":"Z"}`).is(409, "account.closed")
		})
	})
}

// TestCustomerOfAPortfolio: what an application with a portfolio makes is answered,
// and in its sight from then on; what it does not make stays out.
func TestCustomerOfAPortfolio(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		elsewhere := w.Account("117 402")
		s.token = s.application("Pilote", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayReadDirectory}, elsewhere.Number)
		const at = "/vendor/customers/ERP-5"
		whole := `{"number":"500 001","name":"Ardoises","type":"fleet","service_level":"contract","language":"fr",
			"buyer":{"email":"blanche@ardoises.example","last_name":"Ferrière"}}`
		made := s.ask("PUT", at, whole, "Idempotency-Key", "k1").is(201, "")
		read := s.get(at).is(200, "")
		if string(read.body) != string(made.body) || read.header.Get("ETag") != made.header.Get("ETag") || made.header.Get("Location") != "/api/v1"+at {
			t.Errorf("APP-4 made %s at %q, read %s", made.body, made.header.Get("Location"), read.body)
		}
		if again := s.ask("PUT", at, whole, "Idempotency-Key", "k1").is(201, ""); string(again.body) != string(made.body) {
			t.Errorf("PLAN-3 sent again: %s", again.body)
		}
		if got := s.ask("PUT", at, `{"name":"Ardoises d’Anjou"}`, "If-Match", made.header.Get("ETag")).is(200, ""); got.text("name") != "Ardoises d’Anjou" {
			t.Errorf("APP-4 changed: %s", got.body)
		}
		if got := s.get("/vendor/customers").is(200, ""); got.text("items.0.number") != elsewhere.Number || got.text("items.1.external_id") != "ERP-5" || got.text("items.2") != "" {
			t.Errorf("APP-1 it sees %s", got.body)
		}
		s.get("/accounts/500001/members").is(200, "")
		s.get(s.path("/members")).is(404, "account.not_found")
	})
}

// TestCustomerMadeTwiceAtOnce: of programs that make one customer at the same
// moment, one makes it and the others find it.
func TestCustomerMadeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.token = s.application("ERP", []directory.ApplicationRight{directory.MayManageCustomers})
		var all sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			all.Go(func() {
				statuses[i] = s.ask("PUT", "/vendor/customers/ERP-1", fmt.Sprintf(`{"number":"500","name":"Nom %d","type":"fleet","service_level":"contract","language":"fr"}`, i)).status
			})
		}
		all.Wait()
		made := 0
		for _, status := range statuses {
			if status == 201 {
				made++
			} else if status != 200 {
				t.Errorf("APP-4 answered %d", status)
			}
		}
		if made != 1 {
			t.Errorf("APP-4 made %d times: %v", made, statuses)
		}
	})
}

func french(t *testing.T) *i18n.Printer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Printer("fr", time.UTC)
}

func TestApplicationInHistory(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		s.token = s.application("Boutique en ligne", []directory.ApplicationRight{directory.MayManageCustomers, directory.MayReadDirectory})
		s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817","name":"Groupe Maraval"}`).is(200, "")
		page, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.AccountChanged}}, app.Window{})
		w.Must(err)
		if len(page.Entries) != 1 {
			t.Fatalf("%d entries", len(page.Entries))
		}
		by, err := w.History.List(w.Context(), s.admin, s.account.ID, app.HistoryFilter{By: "boutique"}, app.Window{})
		if w.Must(err); by.Total != 1 {
			t.Errorf("APP-2 history finds %d lines by its name, want 1", by.Total)
		}
		teller := telling.Teller{Printer: french(t), Catalogue: w.Catalogue.InForce()}
		t.Run("APP-2 the account's history names the application as who did it", func(t *testing.T) {
			if got := teller.Plain(page.Entries[0]); !strings.Contains(got, "Boutique en ligne") || strings.Contains(got, directory.CredentialPrefix) {
				t.Errorf("said %q", got)
			}
			if got := teller.Door(page.Entries[0]); !strings.HasPrefix(got, "Application de") {
				t.Errorf("door %q", got)
			}
		})
		t.Run("APP-1 with the directory it reads the accounts it sees, and writes nothing there", func(t *testing.T) {
			s.get(s.path("")).is(200, "")
			if got := s.get(s.path("/members?total=true")).is(200, ""); got.text("total") != "2" {
				t.Errorf("%s", got.body)
			}
			s.get(s.path("/units")).is(200, "")
			s.post(s.path("/members"), `{"email":"x@maraval.example"}`).is(403, "denied.permission")
			s.get(s.path("/settings")).is(403, "denied.permission")
			s.get("/accounts/999999/members").is(404, "account.not_found")
			s.token = s.application("Produit", []directory.ApplicationRight{directory.MayAsk})
			s.get(s.path("/members")).is(403, "denied.application")
			s.get("/accounts/999999/members").is(403, "denied.application")
		})
	})
}

// TestRepeatedByAnApplication sends a request again with its key: it is done once,
// and its answer is for whoever still may.
func TestRepeatedByAnApplication(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		n := app.ApplicationRegistration{Name: "Boutique", All: true, Rights: []directory.ApplicationRight{directory.MayManageCustomers, directory.MayHandleKeys, directory.MayAsk}}
		a, err := w.Applications.Register(w.Context(), w.Operator(), n)
		w.Must(err)
		made, err := w.Applications.MakeCredential(w.Context(), w.Operator(), a.UUID, app.NewCredential{Name: "Production", Expires: w.Now().AddDate(1, 0, 0)})
		w.Must(err)
		s.token = made.Secret
		s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`).is(200, "")
		again := func() reply {
			return s.ask("POST", "/vendor/customers/ERP-1/keys", `{"count":2}`, "Idempotency-Key", "k1")
		}
		first, second := again().is(200, ""), again().is(200, "")
		if string(first.body) != string(second.body) || second.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("PLAN-3 answered %s, then %s", first.body, second.body)
		}
		same := func() reply {
			return s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`, "Idempotency-Key", "k2")
		}
		report := func() reply {
			return s.ask("POST", "/vendor/uses", uses(use("204817", "nobody", "plans", "")), "Idempotency-Key", "k3")
		}
		if same().is(200, ""); same().is(200, "").header.Get("Idempotency-Replayed") != "true" {
			t.Error("PLAN-3 what changed nothing is not answered as it was")
		}
		report().is(200, "")
		n.Version, n.Rights = a.Version, []directory.ApplicationRight{directory.MayReadDirectory}
		w.Must(w.Applications.Change(w.Context(), w.Operator(), a.UUID, n))
		for name, ask := range map[string]func() reply{"a change": again, "what changed nothing": same, "a report": report} {
			if got := ask(); got.status != 403 || got.text("code") != "denied.application" {
				t.Errorf("PLAN-3 %s, without the right: %d %s", name, got.status, got.body)
			}
		}
		n.Version, n.Rights = a.Version+1, []directory.ApplicationRight{directory.MayManageCustomers}
		w.Must(w.Applications.Change(w.Context(), w.Operator(), a.UUID, n))
		again().is(403, "denied.application")
		elsewhere := w.Account("117 402")
		n.Version, n.Rights, n.All, n.Numbers = a.Version+2, append(n.Rights, directory.MayHandleKeys), false, []string{elsewhere.Number}
		w.Must(w.Applications.Change(w.Context(), w.Operator(), a.UUID, n))
		again().is(404, "account.not_found")
		same().is(404, "account.not_found")
	})
}

// TestOutOfSightTakesAsLong: a customer out of sight is answered after a round
// time, like one that there is not.
func TestOutOfSightTakesAsLong(t *testing.T) { // APP-1, KEY-14
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := newStand(t, w)
	elsewhere := w.Account("117 402")
	s.token = s.application("Boutique", directory.ApplicationRights())
	s.ask("PUT", "/vendor/customers/ERP-1", `{"number":"204817"}`).is(200, "")
	s.ask("PUT", "/vendor/customers/ERP-2", `{"number":"117402"}`).is(200, "")
	s.token = s.application("Pilote", directory.ApplicationRights(), elsewhere.Number)
	var kept atomic.Int64
	w.Wait = func(time.Duration) { kept.Add(1) }
	for _, path := range []string{"/vendor/customers/ERP-1", "/vendor/customers/ERP-9", s.path("/members"), "/accounts/999999/members"} {
		before := kept.Load()
		if s.get(path).is(404, "account.not_found"); kept.Load() != before+1 {
			t.Errorf("%s: kept back %d times", path, kept.Load()-before)
		}
	}
	before := kept.Load()
	s.get("/vendor/customers/ERP-2").is(200, "")
	if s.get("/accounts/117402/members").is(200, ""); kept.Load() != before {
		t.Error("what is in sight is kept back")
	}
}
