package undo_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestModel does random things to a few people, takes random ones of them back, undoes
// among them, and holds what comes of it against a model that keeps whole copies and
// restores field by field.
func TestModel(t *testing.T) { // PLAN-1, PLAN-2, HIST-6
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rounds := 0
			w := apptest.On(t, storetest.Address(t, kind))
			rapid.Check(t, func(rt *rapid.T) {
				if rounds++; rounds > 30 { // each is an account with people
					return
				}
				m := newModel(rt, w, rounds)
				for range rapid.IntRange(8, 25).Draw(rt, "steps") {
					m.step()
				}
			})
		})
	}
}

// A record is all that one person is and holds, by what it is called; "in" is whether
// they are in the account. What is held says since when, after an @.
type record map[string]string

// A done is something that was done, with everybody before and after it.
type done struct {
	what          string
	target        app.UndoTarget
	before, after map[directory.MemberID]record
}

// A model is an account with what was done to its people.
type model struct {
	firm
	rt       *rapid.T
	people   []directory.Member
	emails   []string
	unit     directory.Unit
	projects []string
	acts     []done
}

func newModel(rt *rapid.T, w *apptest.World, round int) *model {
	m := &model{rt: rt, firm: firm{World: w, account: w.AccountOf(fmt.Sprintf("30%04d", round), "construction")}}
	m.admin = w.Administrator(m.account, fmt.Sprintf("admin%d@maraval.example", round))
	m.buys(plans, 50)
	m.unit = m.firm.unit("Direction", "division")
	for i := range 2 {
		project, _, err := w.Projects.Create(w.Context(), m.admin, m.account.ID, app.NewProject{Change: app.ProjectChange{Name: text(fmt.Sprint("Projet ", i))}})
		w.Must(err)
		m.projects = append(m.projects, project.UUID)
	}
	for i := range 4 {
		email := fmt.Sprintf("p%d.%d@maraval.example", i, round)
		_, member := w.Member(m.account, email)
		m.people, m.emails = append(m.people, member), append(m.emails, email)
	}
	w.Pass(time.Second)
	return m
}

// step does one random thing, or takes one back.
func (m *model) step() {
	if len(m.acts) > 0 && rapid.IntRange(0, 2).Draw(m.rt, "undo") == 0 {
		m.takeBack()
		return
	}
	who := m.some()
	what := rapid.SampledFrom([]string{"company", "function", "unit", "off", "on", "remove", "add", "give", "end", "seat", "unseat", "put", "change", "leave", "invite", "withdraw"}).Draw(m.rt, "what")
	m.keep(what, func() { m.do(what, who) })
}

// some are one to three of the people.
func (m *model) some() []int {
	n := rapid.IntRange(1, 3).Draw(m.rt, "how many")
	return rapid.Permutation([]int{0, 1, 2, 3}).Draw(m.rt, "who")[:n]
}

// do does something; what is refused is refused.
func (m *model) do(what string, who []int) {
	ctx, id := m.Context(), m.account.ID
	var chosen []directory.Member
	for _, i := range who {
		chosen = append(chosen, m.people[i])
	}
	at := app.ProjectAt{Account: id, Project: rapid.SampledFrom(m.projects).Draw(m.rt, "project")}
	places := app.ProjectSelection{Members: of(chosen...).Members}
	role := app.Giving{Who: of(chosen[0]), Role: "manager", Units: []string{m.unit.UUID}}
	company := rapid.SampledFrom([]string{"", "Maraval", "Kestner"}).Draw(m.rt, "company")
	function := rapid.SampledFrom([]string{"architect", "site-manager"}).Draw(m.rt, "function")
	home := rapid.SampledFrom([]string{m.unit.UUID, m.firm.root().UUID}).Draw(m.rt, "home")
	var err error
	switch what {
	case "company":
		_, err = m.Members.EditMembers(ctx, m.admin, id, of(chosen...), app.MemberChange{Company: &company})
	case "function":
		_, err = m.Members.EditMembers(ctx, m.admin, id, of(chosen...), app.MemberChange{Functions: &[]string{function}})
	case "unit":
		_, err = m.Members.EditMembers(ctx, m.admin, id, of(chosen...), app.MemberChange{Unit: &home})
	case "off":
		_, err = m.Members.Deactivate(ctx, m.admin, id, of(chosen...))
	case "on":
		_, err = m.Members.Reactivate(ctx, m.admin, id, of(chosen...))
	case "remove":
		_, err = m.Members.Remove(ctx, m.admin, id, of(chosen...))
	case "add":
		_, err = m.Members.Add(ctx, m.admin, id, []app.NewMember{{Row: 1, Email: m.emails[who[0]], Company: company}}, app.AddOptions{Silent: true})
	case "give":
		_, err = m.Grants.Give(ctx, m.admin, id, role)
	case "end":
		_, err = m.Grants.End(ctx, m.admin, id, role)
	case "seat":
		_, err = m.Seats.Assign(ctx, m.admin, id, of(chosen...), plans)
	case "unseat":
		_, err = m.Seats.Withdraw(ctx, m.admin, id, of(chosen...), plans)
	case "put":
		_, err = m.Projects.Add(ctx, m.admin, at, []app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: m.emails[who[0]], Functions: []string{function}}}}, app.PlaceOptions{Silent: true})
	case "change":
		_, err = m.Projects.ChangePlaces(ctx, m.admin, at, places, app.PlaceChange{Company: &company})
	case "leave":
		_, err = m.Projects.RemovePlaces(ctx, m.admin, at, places)
	case "invite":
		_, err = m.Invitations.Send(ctx, m.admin, id, of(chosen...))
	case "withdraw":
		_, err = m.Invitations.Withdraw(ctx, m.admin, id, of(chosen...))
	}
	if code := m.Code(err); strings.HasPrefix(code, "unexpected") {
		m.rt.Fatal(code)
	}
}

// keep does something and keeps what it has changed, if anything.
func (m *model) keep(what string, do func()) {
	before, n := m.copies(), m.last().N
	do()
	m.Pass(time.Second)
	e := m.lastTaken()
	if e.N <= n {
		return
	}
	t := app.UndoTarget{Entry: e.N}
	if e.Batch != "" {
		t = app.UndoTarget{Act: e.Batch}
	}
	m.acts = append(m.acts, done{what, t, before, m.copies()})
}

// lastTaken is the newest entry that can be taken back.
func (m *model) lastTaken() (last audit.Entry) {
	var kinds []audit.Kind
	for _, row := range audit.Rows() {
		if row.Undo == audit.Opposite && row.Person {
			kinds = append(kinds, row.Kind)
		}
	}
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		found, err := r.Entries(m.Context(), store.EntryFilter{Accounts: []directory.AccountID{m.account.ID}, Kinds: kinds}, store.EntryPlace{}, 1)
		if len(found) > 0 {
			last = found[0]
		}
		return err
	}))
	return last
}

// takeBack takes one of the things that were done back, and compares.
func (m *model) takeBack() {
	i := rapid.IntRange(0, len(m.acts)-1).Draw(m.rt, "which")
	act := m.acts[i]
	m.acts = slices.Delete(m.acts, i, i+1)
	now := m.copies()
	var verdicts app.Verdicts
	m.keep("undo "+act.what, func() {
		var err error
		verdicts, err = m.firm.undo(m.admin, act.target)
		if code := m.Code(err); err != nil && code != "undo.already" {
			m.rt.Fatalf("undo %s: %s", act.what, code)
		}
	})
	got := m.copies()
	for id := range got {
		want := expected(act.before[id], act.after[id], now[id])
		if a, b := plain(got[id]), plain(want); a != b {
			m.rt.Fatalf("undo of %q, %s\nbefore %v\nafter  %v\nnow    %v\ngot    %s\nwant   %s", act.what, told(verdicts), act.before[id], act.after[id], now[id], a, b)
		}
	}
}

// expected is what somebody is after something is taken back, by the simplest means.
func expected(before, after, now record) record {
	in := func(c record) bool { return c["in"] != "" && !strings.HasPrefix(c["in"], "gone") }
	switch {
	case !in(before) && !in(after):
		return now
	case in(before) && !in(after):
		if now["in"] != after["in"] {
			return now
		}
		return before
	case !in(before):
		if !in(now) || changedSince(after, now) {
			return now
		}
		return record{"in": "gone"}
	case !in(now):
		return now
	}
	return merged(before, after, now)
}

// changedSince reports whether somebody who came is another now, or was given anything.
func changedSince(after, now record) bool {
	for key, value := range now {
		if value != after[key] {
			return true
		}
	}
	for key := range after {
		if !strings.Contains(key, " ") && now[key] != after[key] {
			return true
		}
	}
	return false
}

// merged is somebody with what they were before, where they are still what they became.
func merged(before, after, now record) record {
	want := maps.Clone(now)
	keys := slices.Sorted(maps.Keys(before))
	keys = append(keys, slices.Sorted(maps.Keys(after))...)
	put := func(key string) {
		if want[key] = before[key]; before[key] == "" {
			delete(want, key)
		}
	}
	for _, key := range keys {
		if !held(key) && before[key] != after[key] && now[key] == after[key] {
			put(key)
		}
	}
	off := strings.HasPrefix(want["status"], "inactive")
	for _, key := range keys {
		switch {
		case !held(key) || plainOf(before[key]) == plainOf(after[key]) || now[key] != after[key]:
		case off && before[key] != "" && (key == "seat plans" || strings.HasPrefix(key, "place")) && after[key] == "":
		default:
			put(key)
		}
	}
	mergePlaces(before, after, now, want)
	if off && !strings.HasPrefix(now["status"], "inactive") {
		delete(want, "seat plans")
	}
	return want
}

// mergePlaces merges places that were changed field by field.
func mergePlaces(before, after, now, want record) {
	for key := range after {
		was, became, is := strings.Split(plainOf(before[key]), ";"), strings.Split(plainOf(after[key]), ";"), strings.Split(plainOf(now[key]), ";")
		if !strings.HasPrefix(key, "place") || len(was) != len(became) || len(is) != len(was) || before[key] == after[key] {
			continue
		}
		for i := range was {
			if was[i] != became[i] && is[i] == became[i] {
				is[i] = was[i]
			}
		}
		want[key] = strings.Join(is, ";")
	}
}

// held reports whether a part is held, and not a field.
func held(key string) bool { return strings.Contains(key, " ") }

func plainOf(value string) string {
	text, _, _ := strings.Cut(value, "@")
	return text
}

// plain is a copy in one line, without since when.
func plain(c record) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(c)) {
		if c["in"] != "in" {
			return "gone"
		}
		if value := plainOf(c[key]); value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	return strings.Join(parts, " | ")
}

// copies are all people as they are.
func (m *model) copies() map[directory.MemberID]record {
	m.T.Helper()
	all := map[directory.MemberID]record{}
	var keys []directory.MemberID
	for _, p := range m.people {
		keys = append(keys, p.ID)
	}
	m.Must(m.DB.View(m.Context(), func(r *store.Reader) error {
		members, err := r.Members(m.Context(), m.account.ID, keys)
		if err != nil {
			return err
		}
		seats, err := r.SeatsOf(m.Context(), keys)
		if err != nil {
			return err
		}
		open, err := r.OpenHoldings(m.Context(), keys)
		for _, p := range members {
			all[p.ID] = copyOf(p, seats[p.ID], open)
		}
		return err
	}))
	return all
}

func copyOf(p directory.Member, seats []directory.Seat, open store.Holdings) record {
	if !p.Removed.IsZero() {
		return record{"in": "gone " + p.Removed.String()}
	}
	c := record{"in": "in", "status": p.Status.String(), "unit": fmt.Sprint(p.Unit), "company": fmt.Sprint(p.Company),
		"functions": fmt.Sprint(p.Functions), "level": fmt.Sprint(p.Levels())}
	if p.Status == directory.Inactive {
		c["status"] += "/" + p.Resumes.String()
	}
	for _, s := range seats {
		c["seat "+s.Product] = "held@" + s.From.String()
	}
	for _, g := range open.Grants {
		if g.Member == p.ID {
			c[fmt.Sprintf("role %d at %d", g.Role, g.Unit)] = "held@" + g.From.String()
		}
	}
	for _, o := range open.Places {
		if o.Member == p.ID {
			c[fmt.Sprint("place ", o.Project)] = fmt.Sprintf("%d;%d;%v;%v@%s", o.Company, o.Level, o.Functions, o.Access, o.From)
		}
	}
	return c
}
