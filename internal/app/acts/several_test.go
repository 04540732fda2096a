package acts_test

import (
	"errors"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestTriedAgain: who was refused is tried again as they are then, by whoever may see the
// act; those of another account do not find it (BULK-3, USER-5).
func TestTriedAgain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		ctx, id, act := w.Context(), y.account.ID, ""
		plans := directory.Offer{Product: "plans"}
		verdicts, err := w.Seats.Assign(ctx, y.admin, id, app.Selection{Members: y.members, Act: &act}, plans)
		if w.Must(err); verdicts.Count(app.Changed) != 4 || verdicts.Count(app.Refused) != 4 || act == "" {
			t.Fatalf("%d assigned, %d refused, act %q", verdicts.Count(app.Changed), verdicts.Count(app.Refused), act)
		}
		for outcome, want := range map[app.Outcome]int{app.Refused: 4, app.Changed: 4, app.Unchanged: 0} {
			if found, err := w.Acts.ResultsOf(ctx, y.admin, id, act, app.ActResults{Outcome: outcome, Limit: 50}); err != nil || len(found) != want {
				t.Errorf("BULK-3 %d are %s, want %d (%v)", len(found), outcome, want, err)
			}
		}
		other := w.AccountOf("117 402", "construction")
		stranger := w.Administrator(other, "lea@kestner.example")
		if _, err := w.Acts.Again(ctx, stranger, other.ID, act, app.Deed{}); w.Code(err) != "act.not_found" {
			t.Errorf("USER-5 another account's administrator tries it again: %v", err)
		}
		if _, err := w.Acts.ResultsOf(ctx, stranger, id, act, app.ActResults{Outcome: app.Refused, Limit: 50}); w.Code(err) != "account.not_found" {
			t.Errorf("USER-5 a stranger reads its result: %v", err)
		}
		_, err = w.Subscriptions.Add(ctx, w.Operator(), id, app.NewSubscription{Offer: plans, Term: app.SubscriptionTerm{Quantity: 3}})
		w.Must(err)
		next := ""
		if verdicts, err = w.Acts.Again(ctx, y.admin, id, act, app.Deed{Told: &next}); err != nil || verdicts.Count(app.Changed) != 3 || verdicts.Count(app.Refused) != 1 {
			t.Errorf("BULK-3 tried again: %+v %v", verdicts, err)
		}
		_, err = w.Subscriptions.Add(ctx, w.Operator(), id, app.NewSubscription{Offer: plans, Term: app.SubscriptionTerm{Quantity: 1}})
		w.Must(err)
		last := ""
		_, err = w.Acts.Again(ctx, y.admin, id, next, app.Deed{Told: &last})
		w.Must(err)
		if _, err = w.Acts.Again(ctx, y.admin, id, last, app.Deed{}); w.Code(err) != "act.nobody_left" {
			t.Errorf("BULK-3 where nobody was refused: %v", err)
		}
	})
}

// TestSeveralPartsGoOn: an act of several parts on more than one transaction takes goes on
// by itself, and done again it changes nothing (BULK-1, BULK-4).
func TestSeveralPartsGoOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		y := newYard(w)
		ctx, id, name := w.Context(), y.account.ID, ""
		w.Crowd(y.account, 1200)
		all, err := w.Members.List(ctx, y.admin, id, app.MemberQuery{Size: 1})
		w.Must(err)
		who := app.Selection{All: &app.MemberQuery{}, Count: all.Total, Wait: time.Nanosecond, Act: &name}
		work := company
		parts := app.MembersAct{Kind: directory.BulkSeveral, Several: app.Several{MemberChange: app.MemberChange{Company: &work},
			Give: []app.RoleAt{{Role: "basic-user", Units: y.units}}, Project: &app.IntoPlace{Project: y.projects[0]}}}
		seen, err := w.Members.Foresee(ctx, y.admin, id, who, parts)
		w.Must(err)
		counts := func() directory.BulkCounts {
			t.Helper()
			_, err := w.Members.Do(ctx, y.admin, id, who, parts)
			if going := (*app.Unfinished)(nil); !errors.As(err, &going) {
				t.Fatalf("the act is over at once: %v", err)
			}
			act, err := w.Acts.Find(ctx, y.admin, id, name)
			w.Must(err)
			w.Must(w.Acts.Run(ctx, directory.Job{Subject: int64(act.ID)}))
			w.Must(w.Acts.Run(ctx, directory.Job{Subject: int64(act.ID)})) // a second time does nothing twice
			act, err = w.Acts.Find(ctx, y.admin, id, name)
			if w.Must(err); act.State != directory.BulkDone || act.Counts.Done != all.Total {
				t.Fatalf("%s %v %+v", act.State, act.Stopped, act.Counts)
			}
			return act.Counts
		}
		done := counts()
		if done.Changed != seen.Changed || done.Refused != seen.Refused || done.Invited != seen.Invited || done.Changed < 800 {
			t.Errorf("PLAN-1 the act counts %+v, its preview changed %d, refused %d, invited %d", done, seen.Changed, seen.Refused, seen.Invited)
		}
		if again := counts(); again.Changed != 0 || again.Refused != done.Refused {
			t.Errorf("BULK-4 done again it counts %+v", again)
		}
		if _, err := w.Members.Foresee(ctx, y.admin, id, app.Selection{All: &app.MemberQuery{}, Count: 1}, parts); w.Code(err) != "selection.changed" {
			t.Errorf("PLAN-4 a preview of others than were confirmed: %v", err)
		}
	})
}
