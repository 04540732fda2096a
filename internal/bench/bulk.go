package bench

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/generate"
)

// bulk measures acts on many: invitations, an edit, its preview by adding, and
// what other accounts' writes wait for meanwhile.
func (r *run) bulk() error {
	if err := r.invite(); err != nil {
		return err
	}
	previewed := r.rowsFor("preview", 20_000)
	err := r.rate("preview", len(previewed), func() error {
		_, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, previewed, app.AddOptions{Preview: true})
		return err
	})
	if err != nil {
		return err
	}
	return r.editBesideWrites()
}

// invite measures invitations of people who are brought in for it.
func (r *run) invite() error {
	if !r.wanted("invite") {
		return nil
	}
	added, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, r.rows(5000), app.AddOptions{})
	if err != nil {
		return err
	}
	invited, err := r.selection(added)
	if err != nil {
		return err
	}
	return r.rate("invite", len(invited.Members), func() error {
		_, err := r.App.Invitations.Send(r.ctx, r.actor, r.account.ID, invited)
		return err
	})
}

// selection names the members that verdicts are about by their public ids.
func (r *run) selection(added app.Verdicts) (app.Selection, error) {
	var who app.Selection
	page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{Sort: "added", Descending: true, Size: 200})
	for err == nil && len(who.Members) < len(added) {
		for _, m := range page.Rows {
			who.Members = append(who.Members, m.UUID)
		}
		if page.Next == "" {
			break
		}
		page, err = r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{Sort: "added", Descending: true, Size: 200, After: page.Next})
	}
	return who, err
}

// editBesideWrites edits everybody that matches while another account's people
// are created one after another.
func (r *run) editBesideWrites() error {
	if !r.wanted("bulk-edit") && !r.wanted("write-beside-bulk") && !r.wanted("undo") {
		return nil
	}
	frame, err := r.App.Accounts.Open(r.ctx, r.actor, generate.Number(1))
	if err != nil {
		r.skip("bench.why.one_account", "write-beside-bulk", "undo")
		return nil
	}
	var done atomic.Bool
	var times []time.Duration
	var beside error
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() && beside == nil {
			start := r.Now()
			_, beside = r.App.Members.Add(r.ctx, r.actor, frame.Account.ID, []app.NewMember{r.row(0)}, app.AddOptions{})
			times = append(times, r.Now().Sub(start))
		}
	})
	title := fmt.Sprintf("Mesure %d", r.Now().UnixNano())
	all := app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.Active}}, Count: 0}
	page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, *all.All)
	if err != nil {
		return err
	}
	all.Count = page.Total
	edit := func() error {
		_, err := r.App.Members.EditMembers(r.ctx, r.actor, r.account.ID, all, app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})
		return err
	}
	if r.wanted("bulk-edit") {
		err = r.rate("bulk-edit", int(page.Total), edit)
	} else {
		err = edit()
	}
	done.Store(true)
	wg.Wait()
	if err != nil || beside != nil {
		return fmt.Errorf("measure bulk-edit: %v, beside it: %v", err, beside)
	}
	slices.Sort(times)
	r.tell(Figure{Name: "write-beside-bulk", Database: r.Database, Members: frame.Counts.Members(),
		P50: times[len(times)/2].Microseconds(), P99: times[len(times)*99/100].Microseconds()})
	return r.undo(page.Total)
}

// undo takes back the edit of everybody, from the line of the history.
func (r *run) undo(people int64) error {
	if !r.wanted("undo") {
		return nil
	}
	page, err := r.App.History.List(r.ctx, r.actor, r.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.MemberChanged}}, app.Window{Size: 1})
	if err != nil {
		return err
	}
	if len(page.Entries) == 0 || page.Entries[0].Act == nil {
		return fmt.Errorf("the edit is no act in the history")
	}
	target := app.UndoTarget{Act: page.Entries[0].Act.Batch}
	return r.rate("undo", int(people), func() error {
		verdicts, err := r.App.Undo.Do(r.ctx, r.actor, r.account.ID, target)
		if err == nil && int64(verdicts.Count(app.Changed)) != people {
			err = fmt.Errorf("%d of %d edits were undone", verdicts.Count(app.Changed), people)
		}
		return err
	})
}
