package seats_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestModel does random things to seats and holds what is shown, and what a product
// is answered on another node, against a model that counts naively.
func TestModel(t *testing.T) { // SEAT-4, SEAT-6, SEAT-9, SEAT-10, CHECK-1, CHECK-2
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rounds := 0
			address := storetest.Address(t, kind)
			here, there := apptest.On(t, address), apptest.On(t, address)
			rapid.Check(t, func(rt *rapid.T) {
				if rounds++; rounds > 40 { // each is an account with people, as long as half of what rapid would do
					return
				}
				m := newModel(rt, here, there, rounds)
				for range rapid.IntRange(10, 30).Draw(rt, "steps") {
					m.step()
					m.check()
				}
			})
		})
	}
}

// A model is what an account's seats should be, by the simplest means: one root
// pool, and one unit that may be allotted some.
type model struct {
	firm
	rt       *rapid.T
	there    *apptest.World
	token    string
	unit     string
	people   []string
	subs     []directory.Subscription
	allotted int64
	version  int64
	at       map[string]bool // at the unit, not the root
	seat     map[string]bool // holds one
	from     map[string]bool // it is of the unit's allotment
	off      map[string]bool
	gone     map[string]bool
	past     past
}

func newModel(rt *rapid.T, here, there *apptest.World, round int) *model {
	number := fmt.Sprintf("20%04d", round)
	account, err := here.Accounts.Create(here.Context(), here.Operator(), app.NewAccount{Number: number, Name: "Compte " + number, Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	here.Must(err)
	m := &model{firm: firm{World: here, account: account}, rt: rt, there: there, at: map[string]bool{}, seat: map[string]bool{},
		from: map[string]bool{}, off: map[string]bool{}, gone: map[string]bool{}, past: past{}}
	m.admin = here.Administrator(account, fmt.Sprintf("admin%d@maraval.example", round))
	there.Pass(here.Now().Sub(there.Now()))
	unit, err := here.Units.Add(here.Context(), m.admin, account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
	here.Must(err)
	m.unit = unit.UUID
	var lea string
	for i := range 5 {
		_, member := here.Member(account, fmt.Sprintf("p%d.%d@maraval.example", round, i))
		m.people = append(m.people, member.UUID)
		lea = member.UUID
	}
	m.people = m.people[:4] // the last one answers for the program
	robot, err := here.TechnicalUsers.Create(here.Context(), m.admin, account.ID, app.NewTechnicalUser{Name: "Plans", Purpose: "Asks", Responsible: lea})
	here.Must(err)
	for _, who := range []string{lea, robot.UUID} {
		_, err := here.Grants.Give(here.Context(), m.admin, account.ID, app.Giving{Who: app.Of(who), Role: "fleet-manager", Units: []string{m.root()}})
		here.Must(err)
	}
	token, err := here.TechnicalUsers.MakeToken(here.Context(), m.admin, account.ID, robot.UUID, app.NewToken{Name: "ask", Expires: here.Now().AddDate(0, 11, 0)})
	here.Must(err)
	m.token = token.Secret
	return m
}

// running is how many seats are bought now.
func (m *model) running() int64 {
	var n int64
	for _, s := range m.subs {
		if s.Runs(m.Now()) {
			n += s.Quantity
		}
	}
	return n
}

// held counts the seats of the root's pool, or of the unit's.
func (m *model) held(unit bool) int64 {
	var n int64
	for p := range m.seat {
		if m.from[p] == unit {
			n++
		}
	}
	return n
}

// served reports whether somebody is served by the allotment.
func (m *model) served(p string) bool { return m.at[p] && m.allotted > 0 && m.running() > 0 }

func (m *model) free(p string) int64 {
	root := m.running() - m.allotted - m.held(false)
	switch {
	case m.running() == 0:
		return 0
	case m.served(p):
		if root < 0 {
			return 0
		}
		return max(0, m.allotted-m.held(true))
	}
	return max(0, root)
}

func (m *model) say(what string, got error, want string) {
	if code := m.Code(got); code != want {
		m.rt.Fatalf("%s: %q, want %q", what, code, want)
	}
}

func (m *model) step() {
	p := rapid.SampledFrom(m.people).Draw(m.rt, "who")
	switch rapid.SampledFrom([]string{"buy", "assign", "assign", "assign", "withdraw", "hand", "allot", "reduce", "expire", "off", "on", "move"}).Draw(m.rt, "what") {
	case "buy":
		n := rapid.Int64Range(1, 3).Draw(m.rt, "n")
		days := rapid.IntRange(0, 3).Draw(m.rt, "days")
		m.subs = append(m.subs, m.buys(plans, n, directory.DayOf(m.Now().AddDate(0, 0, days), time.UTC)))
	case "assign":
		m.assigned(p)
	case "withdraw":
		m.Must(m.withdraw(p, plans))
		m.frees(p)
	case "hand":
		m.hands(p, rapid.SampledFrom(m.people).Draw(m.rt, "to"))
	case "allot":
		m.allots(rapid.Int64Range(0, 3).Draw(m.rt, "n"))
	case "reduce":
		m.reduces()
	case "expire":
		m.Pass(24 * time.Hour)
		m.there.Pass(24 * time.Hour)
	case "off":
		m.Must(apptest.ErrOf(m.Members.Deactivate(m.Context(), m.admin, m.account.ID, app.Of(p))))
		m.frees(p)
		m.off[p] = true
	case "on":
		m.Must(apptest.ErrOf(m.Members.Reactivate(m.Context(), m.admin, m.account.ID, app.Of(p))))
		m.off[p] = false
	case "move":
		m.moves(p)
	}
}

func (m *model) frees(p string) {
	delete(m.seat, p)
	delete(m.from, p)
}

func (m *model) assigned(p string) {
	err := m.assign(p, plans)
	switch {
	case m.off[p]:
		m.say("assign to who is off", err, "member.inactive")
	case m.running() > 0 && m.seat[p]:
		m.say("assign again", err, "")
	case m.running() == 0:
		m.say("assign", err, "seat.no_subscription")
	case m.free(p) == 0:
		m.say("assign", err, "seat.none_free")
	default:
		m.say("assign", err, "")
		m.seat[p], m.from[p] = true, m.served(p)
	}
}

func (m *model) hands(from, to string) {
	_, err := m.Seats.HandOver(m.Context(), m.admin, m.account.ID, app.SeatHanding{From: from, To: to, Offer: plans})
	switch {
	case from == to:
		m.say("hand to oneself", err, "seat.same_person")
	case !m.seat[from]:
		m.say("hand over what is not held", err, "seat.not_held")
	case m.off[to]:
		m.say("hand to who is off", err, "member.inactive")
	case m.running() > 0 && m.seat[to]:
		m.say("hand to who holds one", err, "seat.already_held")
	case m.running() > 0 && m.from[from] == m.served(to) && m.line(plans).Over == 0:
		m.say("hand over in one pool", err, "")
	}
	if err == nil {
		if !m.seat[from] || m.seat[to] || m.off[to] || m.running() == 0 {
			m.rt.Fatalf("handed over: held %t, held already %t, off %t, running %d", m.seat[from], m.seat[to], m.off[to], m.running())
		}
		m.frees(from)
		if m.free(to) <= 0 {
			m.rt.Fatal("handed over to where nothing is free")
		}
		m.seat[to], m.from[to] = true, m.served(to)
	}
}

func (m *model) allots(n int64) {
	err := m.Seats.Allot(m.Context(), m.admin, m.account.ID, app.Allotment{Unit: m.unit, Offer: plans, Quantity: n, Version: m.version})
	if err != nil || n == m.allotted {
		if code := m.Code(err); code != "" && !slices.Contains([]string{"allotment.too_many", "allotment.in_use", "allotment.no_source"}, code) {
			m.rt.Fatalf("allot: %v", err)
		}
		return
	}
	m.version++
	if m.allotted == 0 || !(m.running() > 0) { // the seats its people hold come along
		for p := range m.seat {
			if m.at[p] {
				m.from[p] = true
			}
		}
	}
	m.allotted = n
	if n == 0 {
		clear(m.from)
		for p := range m.seat {
			m.from[p] = false
		}
	}
}

func (m *model) reduces() {
	if len(m.subs) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.subs)-1).Draw(m.rt, "which")
	s := m.subs[i]
	zone, err := time.LoadLocation(m.account.TimeZone)
	m.Must(err)
	m.Must(m.Subscriptions.Change(m.Context(), m.Operator(), m.account.ID, s.UUID, app.SubscriptionChange{Term: app.SubscriptionTerm{Quantity: 1,
		First: directory.DayOf(s.Starts, zone), Last: directory.LastDay(s.Ends, zone)}}))
	m.subs[i].Quantity = 1
}

func (m *model) moves(p string) {
	to := m.unit
	if m.at[p] {
		to = m.root()
	}
	verdicts, err := m.Members.MoveHome(m.Context(), m.admin, m.account.ID, app.Of(p), to)
	if code := m.Code(apptest.ErrOf(verdicts, err)); code != "" {
		if code != "seat.none_free_there" || !m.from[p] {
			m.rt.Fatalf("move: %s", code)
		}
		return
	}
	m.at[p] = !m.at[p]
	if m.seat[p] {
		was := m.from[p]
		delete(m.seat, p)
		if m.free(p) > 0 && m.running() > 0 {
			was = m.served(p)
		}
		m.seat[p], m.from[p] = true, was
	}
}

// check compares what is shown and answered with the model.
func (m *model) check() {
	m.recall()
	l := m.line(plans)
	if m.running() > 0 {
		if l.Bought != m.running() || l.HandedOn != m.allotted || l.Assigned != m.held(false) {
			m.rt.Fatalf("shown %+v; want bought %d, handed on %d, held %d", l, m.running(), m.allotted, m.held(false))
		}
		if over := m.allotted + m.held(false) - m.running(); l.Over != max(0, over) || over > 0 && l.Free != 0 {
			m.rt.Fatalf("SEAT-9 over-use %d, want %d: %+v", l.Over, over, l)
		}
	}
	for _, p := range m.people {
		answer, err := m.there.Checks.Evaluate(m.there.Context(), app.Caller{Token: m.token, From: func() app.Client { return app.Client{} }},
			app.Question{Subject: app.Entity{Type: "user", ID: p}, Action: "use", Resource: app.Entity{Type: "product", ID: "plans"}})
		m.Must(err)
		alive := m.running() > 0
		if want := m.seat[p] && !m.off[p] && alive; answer.Allowed != want {
			m.rt.Fatalf("CHECK-1 may use: %t (%s), want %t; seat %t, off %t, running %d", answer.Allowed, answer.Reason, want, m.seat[p], m.off[p], m.running())
		}
	}
}
