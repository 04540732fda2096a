package undo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A firm is an account with its administrator, and what undo tests ask of it.
type firm struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

func newFirm(w *apptest.World, kind string) firm {
	w.T.Helper()
	f := firm{World: w, account: w.AccountOf("204 817", kind)}
	f.admin = w.Administrator(f.account, "helene.castaing@maraval.example")
	return f
}

// text is a text that a change says.
func text[T any](value T) *T { return &value }

// edit changes members as the administrator.
func (f firm) edit(change app.MemberChange, members ...directory.Member) {
	f.T.Helper()
	verdicts, err := f.Members.EditMembers(f.Context(), f.admin, f.account.ID, of(members...), change)
	f.Must(apptest.ErrOf(verdicts, err))
}

// of selects members.
func of(members ...directory.Member) app.Selection {
	var who app.Selection
	for _, m := range members {
		who.Members = append(who.Members, m.UUID)
	}
	return who
}

// newest is the newest entry of a kind.
func (f firm) newest(kind audit.Kind) audit.Entry {
	f.T.Helper()
	var found audit.Entry
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		entries, err := r.Entries(f.Context(), store.EntryFilter{Accounts: []directory.AccountID{f.account.ID}, Kinds: []audit.Kind{kind}}, store.EntryPlace{}, 1)
		if err == nil && len(entries) == 1 {
			found = entries[0]
		}
		return err
	}))
	if found.N == 0 {
		f.T.Fatalf("no entry %s", kind)
	}
	return found
}

// entry is the newest entry of a kind as what is undone.
func (f firm) entry(kind audit.Kind) app.UndoTarget { return app.UndoTarget{Entry: f.newest(kind).N} }

// act is the act of the newest entry of a kind as what is undone.
func (f firm) act(kind audit.Kind) app.UndoTarget {
	f.T.Helper()
	e := f.newest(kind)
	if e.Batch == "" {
		f.T.Fatalf("entry %d of kind %s is of no act", e.N, kind)
	}
	return app.UndoTarget{Act: e.Batch}
}

// undo takes something back as somebody, after it was previewed: what was said must be
// what comes of it (PLAN-1).
func (f firm) undo(by authz.Actor, t app.UndoTarget) (app.Verdicts, error) {
	f.T.Helper()
	before := f.state()
	said, previewed := f.Undo.Preview(f.Context(), by, f.account.ID, t)
	if f.state() != before {
		f.T.Error("PLAN-1 a preview has written")
	}
	f.Pass(1000)
	verdicts, err := f.Undo.Do(f.Context(), by, f.account.ID, t)
	if f.Code(previewed) != f.Code(err) || err == nil && told(said.Verdicts) != told(verdicts) {
		f.T.Errorf("PLAN-1 said %q %s, came %q %s", f.Code(previewed), told(said.Verdicts), f.Code(err), told(verdicts))
	}
	f.Pass(1000)
	return verdicts, err
}

// undoes fails the test unless something is taken back whole.
func (f firm) undoes(t app.UndoTarget) {
	f.T.Helper()
	verdicts, err := f.undo(f.admin, t)
	f.Must(err)
	for _, v := range verdicts {
		if v.Outcome != app.Changed || len(v.Left) > 0 {
			f.T.Errorf("undo: %s", told(verdicts))
		}
	}
}

// wants fails the test unless verdicts are told so.
func (f firm) wants(rule string, t app.UndoTarget, want string) {
	f.T.Helper()
	f.wantsBy(rule, f.admin, t, want)
}

func (f firm) wantsBy(rule string, by authz.Actor, t app.UndoTarget, want string) {
	f.T.Helper()
	verdicts, err := f.undo(by, t)
	got := told(verdicts)
	if err != nil {
		got = f.Code(err)
	}
	if got != want {
		f.T.Errorf("%s: %s, want %s", rule, got, want)
	}
}

// told are verdicts in one line: outcome, what was left, and why else.
func told(verdicts app.Verdicts) string {
	var lines []string
	for _, v := range verdicts {
		line := string(v.Outcome)
		if v.Refusal != nil {
			line += " " + v.Refusal.Code
		}
		if len(v.Left) > 0 {
			line += " left " + strings.Join(v.Left, "+")
		}
		for _, b := range v.Because {
			line += " " + b.Field + ":" + b.Why.Code
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// state is all that an account's members are and hold, in one text: two equal ones are
// the same to everybody.
func (f firm) state() string {
	f.T.Helper()
	var lines []string
	rights, err := f.Rights(f.Context(), f.Operator(), f.account.ID)
	f.Must(err)
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		keys, err := r.MemberKeys(f.Context(), store.MemberList{Account: f.account.ID, Scope: rights.Everybody(), Sort: store.MemberSort{Column: "name"}, Size: 1000})
		if err != nil {
			return err
		}
		members, err := r.Members(f.Context(), f.account.ID, keys)
		if err != nil {
			return err
		}
		seats, err := r.SeatsOf(f.Context(), keys)
		if err != nil {
			return err
		}
		held, err := r.OpenHoldings(f.Context(), keys)
		if err != nil {
			return err
		}
		for _, m := range members {
			lines = append(lines, stateOf(m, seats[m.ID], held))
		}
		return nil
	}))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func stateOf(m directory.Member, seats []directory.Seat, held store.Holdings) string {
	if !m.Removed.IsZero() {
		return fmt.Sprintf("%d gone", m.ID)
	}
	parts := []string{fmt.Sprintf("%d %s/%s unit %d company %d level %d+%v functions %v texts %+v named %+v ends %s", m.ID, m.Status, m.Resumes, m.Unit, m.Company,
		m.Level, m.MoreLevels, m.Functions, m.PlaceTexts, m.Suggested, m.Ends)}
	for _, s := range seats {
		parts = append(parts, fmt.Sprintf("seat %d %s %v", s.Pool, s.Product, s.Reserved))
	}
	for _, g := range held.Grants {
		if g.Member == m.ID {
			parts = append(parts, fmt.Sprintf("role %d at %d", g.Role, g.Unit))
		}
	}
	for _, e := range held.Externals {
		if e.Member == m.ID {
			parts = append(parts, fmt.Sprintf("brings %s %s %s", e.Product, e.Proof, e.Ends))
		}
	}
	for _, p := range held.Places {
		if p.Member == m.ID {
			parts = append(parts, fmt.Sprintf("place %d company %d level %d functions %v access %v", p.Project, p.Company, p.Level, p.Functions, p.Access))
		}
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, " | ")
}

// same fails the test unless the state is what it was.
func (f firm) same(rule, want string) {
	f.T.Helper()
	if got := f.state(); got != want {
		f.T.Errorf("%s:\n%s\nwant\n%s", rule, got, want)
	}
}

// people are n active members.
func (f firm) people(n int) []directory.Member {
	f.T.Helper()
	var members []directory.Member
	for i := range n {
		_, m := f.Member(f.account, fmt.Sprintf("p%d@maraval.example", i))
		members = append(members, m)
	}
	return members
}

func testEach(t *testing.T, kind string, test func(t *testing.T, f firm)) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) { test(t, newFirm(w, kind)) })
}
