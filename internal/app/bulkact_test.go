package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// noWait is the shortest wait there is: an act on many goes on by itself after what
// its first transaction took.
const noWait = time.Nanosecond

// crowd brings n people in whom nobody invited yet, beside the administrator.
func (h house) crowd(n int) {
	h.T.Helper()
	var rows []app.NewMember
	for _, email := range apptest.Addresses(n, "maraval.example") {
		rows = append(rows, app.NewMember{Email: email})
	}
	h.add(rows...)
}

// notInvited are those of the crowd, n as they were confirmed.
func notInvited(n int, wait time.Duration) app.Selection {
	return app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}}, Count: int64(n), Wait: wait}
}

// goesOn fails the test unless an act was begun that goes on by itself.
func (h house) goesOn(err error) directory.BulkAct {
	h.T.Helper()
	var going *app.Unfinished
	if !errors.As(err, &going) {
		h.T.Fatalf("%v, want an act that goes on", err)
	}
	return going.Act
}

// finish works on an act like the job of a worker, and reads what became of it.
func (h house) finish(act directory.BulkAct) directory.BulkAct {
	h.T.Helper()
	h.Must(h.Acts.Run(h.Context(), directory.Job{Subject: int64(act.ID)}))
	return h.act(act)
}

// act reads an act as the operator sees it.
func (h house) act(act directory.BulkAct) directory.BulkAct {
	h.T.Helper()
	act, err := h.Acts.Find(h.Context(), h.Operator(), act.Account, act.UUID)
	h.Must(err)
	return act
}

// refusals are who was refused in an act, by the code.
func (h house) refusals(act directory.BulkAct) map[string]int {
	h.T.Helper()
	codes := map[string]int{}
	for page := (app.RefusedPage{Limit: 200}); ; {
		found, err := h.Acts.RefusedIn(h.Context(), h.Operator(), act.Account, act.UUID, page)
		h.Must(err)
		for _, one := range found {
			codes[one.Refusal.Code]++
		}
		if len(found) == 0 {
			return codes
		}
		page.After = found[len(found)-1].Line
	}
}

// entries counts the entries of an act in the history, and the lines they make.
func (h house) entries(act directory.BulkAct, kind audit.Kind) (entries int64, lines int) {
	h.T.Helper()
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		found, err := r.Lines(h.Context(), store.EntryFilter{Accounts: []directory.AccountID{act.Account}}, store.EntryPlace{}, 50)
		for _, line := range found {
			if line.Act == nil || line.Act.Batch != act.Batch {
				continue
			}
			lines++
			for _, count := range line.Act.Kinds {
				if count.Kind == kind {
					entries = count.Entries
				}
			}
		}
		return err
	}))
	return entries, lines
}

// mails counts who has mails of a kind, and how many there are.
func (h house) mails(kind directory.MailKind) (people, mails int) {
	h.T.Helper()
	each := map[directory.UserID]int{}
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) error {
		queued, err := r.MailQueue(h.Context(), store.MailFilter{}, store.MailPlace{}, 100_000)
		for _, m := range queued {
			if m.Kind == kind {
				each[m.User]++
				mails++
			}
		}
		return err
	}))
	return len(each), mails
}

// with reports how many members have a status.
func (h house) with(status directory.Status) int {
	h.T.Helper()
	return int(h.list(app.MemberQuery{Statuses: []directory.Status{status}, Size: 1}).Total)
}

func TestActGoesOnByItself(t *testing.T) { // BULK-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		const many = 1300
		h.crowd(many)
		ctx, id := w.Context(), h.account.ID
		t.Run("BULK-4 whoever does not wait is told where it goes on, and a worker ends it", func(t *testing.T) {
			_, err := w.Invitations.Send(ctx, h.admin, id, notInvited(many, noWait))
			act := h.goesOn(err)
			if n := act.Counts; act.State != directory.BulkRunning || n.Done != 500 || n.Total != many || n.Changed != 500 {
				t.Fatalf("%s %+v", act.State, n)
			}
			if going := h.list(app.MemberQuery{Size: 1}).Acts; going[0].UUID != act.UUID || going[0].State != directory.BulkRunning {
				t.Errorf("told beside the members: %+v", going)
			}
			act = h.finish(act)
			if n := act.Counts; act.State != directory.BulkDone || n.Done != many || n.Changed != many || n.Invited != many || act.Ended.IsZero() || act.Change != "" {
				t.Errorf("%s %+v", act.State, n)
			}
			if n := h.with(directory.Invited); n != many {
				t.Errorf("%d members are invited", n)
			}
			if people, mails := h.mails("invitation"); people != many || mails != many {
				t.Errorf("%d mails to %d people", mails, people)
			}
			if entries, lines := h.entries(act, audit.InvitationSent); entries != many || lines != 1 {
				t.Errorf("HIST-6 %d entries in %d lines", entries, lines)
			}
			h.finish(act) // a job may run twice
			if people, mails := h.mails("invitation"); people != many || mails != many {
				t.Errorf("after the job ran twice: %d mails to %d people", mails, people)
			}
		})
		t.Run("BULK-4 whoever waits has the verdict of each", func(t *testing.T) {
			verdicts, err := w.Members.Deactivate(ctx, h.admin, id, app.Selection{All: &app.MemberQuery{}, Count: many + 1})
			w.Must(err)
			if len(verdicts) != many+1 || verdicts.Count(app.Changed) != many || verdicts.Count(app.Refused) != 1 || verdicts[many].Row != many+1 {
				t.Errorf("%d verdicts, %d changed, %d refused", len(verdicts), verdicts.Count(app.Changed), verdicts.Count(app.Refused))
			}
			acts, err := w.Acts.Recent(ctx, h.admin, id, 1)
			w.Must(err)
			if codes := h.refusals(acts[0]); acts[0].State != directory.BulkDone || codes["administrator.last"] != 1 {
				t.Errorf("%s, refused %v", acts[0].State, codes)
			}
		})
		t.Run("a chunk or less is no act", func(t *testing.T) {
			h.add(app.NewMember{Email: "zoe@maraval.example"})
			before, err := w.Acts.Recent(ctx, h.admin, id, 50)
			w.Must(err)
			if _, err := w.Members.Deactivate(ctx, h.admin, id, notInvited(1, noWait)); err != nil {
				t.Error(err)
			}
			after, err := w.Acts.Recent(ctx, h.admin, id, 50)
			w.Must(err)
			if len(after) != len(before) {
				t.Errorf("%d acts, %d before", len(after), len(before))
			}
		})
		t.Run("what is over for long is removed, what it changed stays", func(t *testing.T) {
			w.Pass(directory.BulkDays*24*time.Hour + time.Second)
			w.Must(w.Acts.Purge(ctx))
			if acts, err := w.Acts.Recent(ctx, h.admin, id, 50); err != nil || len(acts) != 0 {
				t.Errorf("%d acts, %v", len(acts), err)
			}
			if n := h.with(directory.Inactive); n != many+1 {
				t.Errorf("%d members are inactive", n)
			}
		})
	})
}

// TestActFails: what meets the same fault at every try ends as failed, and says so.
func TestActFails(t *testing.T) { // BULK-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		act := directory.BulkAct{ID: directory.BulkActID(directory.NewKey(h.account.ID, 1_000_000)), UUID: "0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e",
			Account: h.account.ID, User: h.admin.User, Asker: directory.BulkAsker{Kind: string(h.admin.Kind), Door: string(h.admin.Door)},
			Kind: "of a later version", Change: "{}", State: directory.BulkRunning, Batch: "b", Counts: directory.BulkCounts{Total: 1}}
		w.Must(w.DB.Update(w.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
			return tx.Apply(w.Context(), store.Write{Changes: []store.Change{store.InsertBulkAct{Act: act, Parts: [][]byte{[]byte(`[{}]`)}}}})
		}))
		for try := range directory.JobTries {
			err := w.Acts.Run(w.Context(), directory.Job{Subject: int64(act.ID), Tries: try + 1})
			state := h.act(act).State
			if last := try+2 >= directory.JobTries; last != (state == directory.BulkFailed) || (err == nil) != (try+1 == directory.JobTries) {
				t.Errorf("try %d: %s, %v", try+1, state, err)
			}
		}
	})
}

// TestActOutlivesItsRequest: a browser that hangs up in the middle takes nothing
// with it.
func TestActOutlivesItsRequest(t *testing.T) { // BULK-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		const many = 6000
		h.crowd(many)
		ctx, hangUp := context.WithCancel(w.Context())
		told := make(chan error)
		go func() {
			_, err := w.Invitations.Send(ctx, h.admin, h.account.ID, notInvited(many, time.Hour))
			told <- err
		}()
		for going := false; !going; {
			acts, err := w.Acts.Recent(w.Context(), h.admin, h.account.ID, 1)
			w.Must(err)
			going = acts[0].Kind == directory.BulkInvite
		}
		hangUp()
		act := h.act(h.goesOn(<-told))
		if n := act.Counts; act.State != directory.BulkRunning || n.Done%500 != 0 || n.Done == 0 || n.Done == many {
			t.Fatalf("when the browser was gone: %s %+v", act.State, n)
		}
		if n := h.with(directory.Invited); int64(n) != act.Counts.Done {
			t.Errorf("%d are invited, %d counted", n, act.Counts.Done)
		}
		jobs, err := w.Jobs.Next(w.Context(), 10) // at once, not when it would have come due
		w.Must(err)
		if len(jobs) != 1 || jobs[0].Kind != app.JobAct || directory.BulkActID(jobs[0].Subject) != act.ID {
			t.Fatalf("jobs: %+v", jobs)
		}
		if act = h.finish(act); act.State != directory.BulkDone || act.Counts.Changed != many {
			t.Errorf("%s %+v", act.State, act.Counts)
		}
		if people, mails := h.mails("invitation"); people != many || mails != many {
			t.Errorf("%d mails to %d people", mails, people)
		}
	})
}

func TestActMeetsOthers(t *testing.T) { // BULK-3, BULK-4, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx := w.Context()
		const many = 1200
		houses := 0
		begun := func(t *testing.T) (house, directory.BulkAct, []app.ListedMember) {
			t.Helper()
			houses++
			h := house{World: w, account: w.Account(fmt.Sprint(300_000 + houses))}
			h.admin = w.Administrator(h.account, fmt.Sprintf("admin%d@maraval.example", houses))
			h.crowd(many)
			rest := h.list(app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}, Descending: true, Size: 5}).Rows
			_, err := w.Members.Deactivate(ctx, h.admin, h.account.ID, notInvited(many, noWait))
			return h, h.goesOn(err), rest
		}
		t.Run("PLAN-4 who was changed or removed meanwhile is told and left", func(t *testing.T) {
			h, act, rest := begun(t)
			title := "Chef"
			w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, h.account.ID, app.Of(rest[0].UUID), app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})))
			w.Must(apptest.ErrOf(w.Members.Remove(ctx, h.admin, h.account.ID, app.Of(rest[1].UUID))))
			act = h.finish(act)
			if codes := h.refusals(act); act.State != directory.BulkDone || act.Counts.Refused != 2 || codes["member.changed_meanwhile"] != 1 || codes["member.not_found"] != 1 {
				t.Errorf("%s %+v, refused %v", act.State, act.Counts, codes)
			}
			if m := h.find(rest[0].Person.Email); m.Status != directory.NotInvited || m.JobTitle != title {
				t.Errorf("who was changed meanwhile: %v %q", m.Status, m.JobTitle)
			}
			t.Run("USER-7 of somebody erased since nothing is said", func(t *testing.T) {
				w.Must(w.Users.Erase(ctx, w.Operator(), rest[0].User))
				found, err := w.Acts.RefusedIn(ctx, h.admin, h.account.ID, act.UUID, app.RefusedPage{Limit: 10})
				w.Must(err)
				for _, one := range found {
					if one.Email == rest[0].Person.Email || one.Name == rest[0].Person.Email {
						t.Errorf("said: %+v", one)
					}
				}
			})
		})
		t.Run("BULK-4 whoever asked and lost the right is asked again: the rest is not done", func(t *testing.T) {
			h, act, _ := begun(t)
			second, m := w.Member(h.account, "second.admin@maraval.example")
			w.Must(w.Members.NameAdministrator(ctx, h.admin, h.account.ID, m.UUID))
			asked, err := w.Users.Profile(ctx, h.admin)
			w.Must(err)
			w.Must(w.Members.ExcludeAdministrator(ctx, second, h.account.ID, h.find(asked.Email).UUID))
			act = h.finish(act)
			if act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "denied.permission" || act.Counts.Done != 500 {
				t.Errorf("%s %v %+v", act.State, act.Stopped, act.Counts)
			}
		})
		t.Run("BULK-4 an account that is closed meanwhile takes no more", func(t *testing.T) {
			h, act, _ := begun(t)
			w.Must(w.Accounts.SetState(ctx, w.Operator(), h.account.ID, directory.AccountClosed, "The contract has ended"))
			if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "account.closed" || act.Counts.Done != 500 {
				t.Errorf("%s %v %+v", act.State, act.Stopped, act.Counts)
			}
		})
		t.Run("BULK-4 stopped, what was done stays", func(t *testing.T) {
			h, act, _ := begun(t)
			w.Must(w.Acts.Stop(ctx, h.admin, h.account.ID, act.UUID))
			if err := w.Acts.Stop(ctx, h.admin, h.account.ID, act.UUID); w.Code(err) != "act.ended" {
				t.Errorf("stopped twice: %v", err)
			}
			if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped != nil || act.Counts.Done != 500 || h.with(directory.Inactive) != 500 {
				t.Errorf("%s %v %+v", act.State, act.Stopped, act.Counts)
			}
		})
		t.Run("USER-5 a stranger, a member without rights and another account find nothing", func(t *testing.T) {
			h, act, _ := begun(t)
			elsewhere := w.Account("117 402")
			blanche := w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")
			member, _ := w.Member(h.account, "camille.aubrac@maraval.example")
			for name, ask := range map[string]func(authz.Actor, directory.AccountID) error{
				"find": func(by authz.Actor, id directory.AccountID) error {
					_, err := w.Acts.Find(ctx, by, id, act.UUID)
					return err
				},
				"refused": func(by authz.Actor, id directory.AccountID) error {
					_, err := w.Acts.RefusedIn(ctx, by, id, act.UUID, app.RefusedPage{Limit: 1})
					return err
				},
				"stop": func(by authz.Actor, id directory.AccountID) error { return w.Acts.Stop(ctx, by, id, act.UUID) },
			} {
				if got := w.Code(ask(blanche, h.account.ID)); got != "account.not_found" {
					t.Errorf("%s from elsewhere: %q", name, got)
				}
				if got := w.Code(ask(blanche, elsewhere.ID)); got != "act.not_found" {
					t.Errorf("%s in another account: %q", name, got)
				}
				if got := w.Code(ask(member, h.account.ID)); got != "denied.permission" {
					t.Errorf("%s without rights: %q", name, got)
				}
			}
			h.finish(act)
		})
	})
}
