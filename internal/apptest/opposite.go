package apptest

import (
	"context"
	"log/slog"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Since are the entries of an account since a moment, newest first.
func (w *World) Since(account directory.AccountID, n int64) []audit.Entry {
	w.T.Helper()
	var since []audit.Entry
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		all, err := r.Entries(w.Context(), store.EntryFilter{Accounts: []directory.AccountID{account}}, store.EntryPlace{}, mostChecked)
		for _, e := range all {
			if e.N > n {
				since = append(since, e)
			}
		}
		return err
	}))
	return since
}

// Head is the number of an account's newest entry.
func (w *World) Head(account directory.AccountID) int64 {
	w.T.Helper()
	if all := w.Since(account, 0); len(all) > 0 {
		return all[0].N
	}
	return 0
}

// Written are the entries that an act leaves in an account, newest first.
func (w *World) Written(account directory.AccountID, act func()) []audit.Entry {
	w.T.Helper()
	before := w.Head(account)
	act()
	return w.Since(account, before)
}

// TakeBack plans and applies what takes entries back, those of one group of kinds in one
// call, as an undo does.
func (w *World) TakeBack(opposites map[audit.Kind]gate.Opposite, actor authz.Actor, entries ...audit.Entry) (gate.Verdicts, error) {
	w.T.Helper()
	g := gate.New(gate.Options{DB: w.DB, Box: w.Box, Catalogue: w.declared, Now: w.Now, Log: slog.New(slog.DiscardHandler)})
	return g.Perform(w.Context(), actor, entries[0].Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		of := map[string][]audit.Entry{}
		var groups []string
		for _, e := range entries {
			if of[e.Kind.Group()] == nil {
				groups = append(groups, e.Kind.Group())
			}
			of[e.Kind.Group()] = append(of[e.Kind.Group()], e)
		}
		for _, group := range groups {
			opposite, is := opposites[of[group][0].Kind]
			if !is {
				w.T.Fatalf("nothing takes back %s", of[group][0].Kind)
			}
			if err := opposite(ctx, r, p, of[group]); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakenBack takes entries back, and says in short what came of the first: its outcome,
// the fields that are left, why it was refused.
func (w *World) TakenBack(opposites map[audit.Kind]gate.Opposite, actor authz.Actor, entries ...audit.Entry) string {
	w.T.Helper()
	if len(entries) == 0 {
		w.T.Fatal("nothing to take back")
	}
	verdicts, err := w.TakeBack(opposites, actor, entries...)
	w.Must(err)
	if len(verdicts) != len(entries) {
		w.T.Fatalf("PLAN-2 %d verdicts on %d entries", len(verdicts), len(entries))
	}
	said := string(verdicts[0].Outcome)
	for _, field := range verdicts[0].Left {
		said += " " + field
	}
	if refusal := verdicts[0].Refusal; refusal != nil {
		said += " " + refusal.Code
	}
	return said
}
