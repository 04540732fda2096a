package companies_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

func TestMerge(t *testing.T) { // COMP-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		who := h.hires("Maraval SA", 2)[0]
		h.hires("Maraval", 3)
		h.hires("MARAVAL S.A.", 1)
		gone := h.hires("Maraval SA", 1)[0]
		_, err := w.Members.Remove(w.Context(), h.admin, h.account.ID, app.Of(h.member(gone)))
		w.Must(err)
		double := h.named("Maraval SA")
		w.Must(h.merge("Maraval", "Maraval SA", "MARAVAL S.A."))
		h.wants("Maraval: 6")
		h.sorted()
		into := h.named("Maraval")
		if h.company(who) != "Maraval" || h.of(into.UUID) != 6 || h.of(double.UUID) != 6 {
			t.Errorf("COMP-4 %s; %d by the company, %d by the double's address", h.company(who), h.of(into.UUID), h.of(double.UUID))
		}
		merged, moved := h.entries(audit.CompanyMerged), h.entries(audit.MemberChanged)
		if len(merged) != 2 || len(moved) != 3 || merged[0].Batch == "" || moved[0].Batch != merged[0].Batch {
			t.Errorf("HIST-6 %d doubles and %d members in history", len(merged), len(moved))
		}
		for _, e := range moved {
			change := e.Facts[0]
			before, _ := change.Before.Ref()
			after, _ := change.After.Ref()
			if change.Field != "company" || before.Key == int64(into.ID) || before.Key == 0 || after.Key != int64(into.ID) {
				t.Errorf("PLAN-2 what could be undone: %+v", change)
			}
		}
		h.hires("maraval sa", 1)
		h.hires("Maraval S.A.", 1)
		h.wants("Maraval: 8")
		_, err = w.Members.Add(w.Context(), h.admin, h.account.ID, []app.NewMember{{Row: 1, Email: gone, Company: "Maraval SA"}}, app.AddOptions{Silent: true})
		w.Must(err)
		h.wants("Maraval: 9")
		_, err = w.Companies.Show(w.Context(), h.admin, h.account.ID, double.UUID)
		var refusal *directory.Error
		if w.Code(err) != "company.merged" || !errors.As(err, &refusal) || refusal.Args["Company"] != into.UUID {
			t.Errorf("COMP-4 the double: %v", err)
		}
		_, err = w.Companies.Create(w.Context(), h.admin, h.account.ID, "Maraval SA")
		w.Must(err)
		h.hires("Maraval SA", 1)
		h.wants("Maraval: 9", "Maraval SA: 1")
	})
}

func TestMergeRefused(t *testing.T) { // COMP-4, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		for _, name := range []string{"A", "B", "C"} {
			h.hires(name, 1)
		}
		a, b, c := h.named("A"), h.named("B"), h.named("C")
		merge := func(into directory.Company, doubles ...directory.Company) error {
			m := app.CompanyMerging{Into: pick(into)}
			for _, d := range doubles {
				m.Doubles = append(m.Doubles, pick(d))
			}
			_, err := w.Companies.Merge(w.Context(), h.admin, h.account.ID, m)
			return err
		}
		nowhere := directory.Company{UUID: "nowhere"}
		older := b
		older.Version--
		many := make([]directory.Company, directory.MergeMost+1)
		for code, err := range map[string]error{"company.merge_none": merge(a), "company.merge_self": merge(a, b, a), "company.not_found": merge(a, nowhere),
			"stale": merge(a, older), "company.too_many": merge(a, many...)} {
			if w.Code(err) != code {
				t.Errorf("COMP-4 %v, want %s", err, code)
			}
		}
		w.Must(merge(a, b))
		if err := merge(c, b); w.Code(err) != "company.merged" {
			t.Errorf("PLAN-4 merged twice: %v", err)
		}
		if err := merge(b, c); w.Code(err) != "company.merged" {
			t.Errorf("PLAN-4 into what went: %v", err)
		}
		_, err := w.Companies.Rename(w.Context(), h.admin, h.account.ID, b.UUID, app.CompanyNaming{Name: "D", Version: b.Version})
		if w.Code(err) != "company.merged" {
			t.Errorf("PLAN-4 renamed what went: %v", err)
		}
		h.wants("A: 2", "C: 1")
	})
}

// TestMergeMany: from the first moment all members of a double are the company's
// that stays; their rows follow after whatever crash, in the batch of the act.
func TestMergeMany(t *testing.T) { // COMP-4, HIST-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		who := h.hires("Double", 1200)
		h.hires("Stays", 2)
		h.hires("Last", 1)
		double := h.named("Double")
		w.Must(h.merge("Stays", "Double"))
		check := func(when string) {
			t.Helper()
			for _, one := range []string{who[0], who[1199]} {
				if got := h.company(one); got != "Stays" {
					t.Errorf("COMP-4 %s: %s", when, got)
				}
			}
			if n := h.of(h.named("Stays").UUID); n != h.named("Stays").Members {
				t.Errorf("COMP-4 %s: %d found of %d", when, n, h.named("Stays").Members)
			}
		}
		check("before the job")
		h.wants("Last: 1", "Stays: 1202")
		h.hires("Double", 1)
		company, title := "stays", "Métreuse"
		_, err := w.Members.EditMembers(w.Context(), h.admin, h.account.ID, app.Selection{Members: []string{h.member(who[1100]), h.member(who[1101])}},
			app.MemberChange{Company: &company, PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})
		w.Must(err)
		_, err = w.Members.Remove(w.Context(), h.admin, h.account.ID, app.Of(h.member(who[1102])))
		w.Must(err)
		h.wants("Last: 1", "Stays: 1202")
		jobs, err := w.Jobs.Next(w.Context(), 50)
		w.Must(err)
		for _, j := range jobs {
			if j.Kind == app.JobCompanyMerge {
				crash, cancel := context.WithTimeout(w.Context(), 25*time.Millisecond)
				if err := w.Companies.MoveMerged(crash, j); err == nil {
					t.Log("the worker was done before it died")
				}
				cancel()
				check("after a crash")
				w.Must(h.merge("Last", "Stays"))
				w.Must(w.Companies.MoveMerged(w.Context(), j))
				w.Must(w.Companies.MoveMerged(w.Context(), j))
			}
		}
		h.work()
		h.wants("Last: 1203")
		h.sorted()
		merged := h.entries(audit.CompanyMerged)
		inBatch := 0
		for _, e := range h.entries(audit.MemberChanged) {
			before, _ := e.Facts[0].Before.Ref()
			if before.Key == int64(double.ID) && e.Batch == merged[len(merged)-1].Batch && e.Actor == h.admin.User {
				inBatch++
			}
		}
		if inBatch != 1200-3 { // two moved with what else was changed, one is gone
			t.Errorf("HIST-6 %d members in the batch of the act", inBatch)
		}
	})
}

// TestMergePlaces moves the places of doubles in projects, and says before how many
// of which.
func TestMergePlaces(t *testing.T) { // COMP-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.hires("Double", 3)
		h.hires("Stays", 1)
		double, stays := h.named("Double"), h.named("Stays")
		page, err := w.Members.List(w.Context(), h.admin, h.account.ID, app.MemberQuery{Size: 3})
		w.Must(err)
		place := func(n int64, company directory.Company) directory.Place {
			return directory.Place{ID: directory.PlaceID(directory.NewKey(h.account.ID, 900_000+n)), Member: page.Rows[n-1].ID, Project: h.account.Root,
				Company: company.ID, From: w.Now()}
		}
		w.Must(w.DB.Update(w.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
			return tx.Apply(w.Context(), store.Write{Changes: []store.Change{store.InsertPlaces{Account: h.account.ID,
				Places: []directory.Place{place(1, double), place(2, double), place(3, stays)}}}})
		}))
		places := func(ids ...string) (counts []int64) {
			parts, err := w.Companies.Parts(w.Context(), h.admin, h.account.ID, ids)
			w.Must(err)
			for _, p := range parts {
				n := int64(0)
				for _, c := range p.Projects {
					n += c.Places
				}
				counts = append(counts, n)
			}
			return counts
		}
		if diff := cmp.Diff([]int64{2}, places(double.UUID)); diff != "" {
			t.Errorf("COMP-4 places (-want +got):\n%s", diff)
		}
		w.Must(h.merge("Stays", "Double"))
		if diff := cmp.Diff([]int64{3}, places(stays.UUID)); diff != "" {
			t.Errorf("COMP-4 places after (-want +got):\n%s", diff)
		}
		if n := len(h.entries(audit.CompanyPlacesMoved)); n != 1 {
			t.Errorf("HIST-1 %d entries", n)
		}
	})
}

// TestMergeRace lets several people merge, rename and hire at once: nobody loses
// their company, whoever was hired for a name is where that name leads, and what is
// counted is what there is.
func TestMergeRace(t *testing.T) { // COMP-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		const names, workers, steps = 8, 4, 12
		name := func(n int) string { return fmt.Sprintf("Société %d", n) }
		for n := range names {
			h.hires(name(n), 3)
		}
		hired := names * 3
		var mu sync.Mutex
		var group sync.WaitGroup
		for worker := range workers {
			group.Go(func() {
				random := rand.New(rand.NewPCG(uint64(worker), 7))
				for step := range steps {
					page, err := w.Companies.List(w.Context(), h.admin, h.account.ID, app.CompanyQuery{})
					if err != nil {
						t.Errorf("list: %v", err)
						return
					}
					a, b := page.Rows[random.IntN(len(page.Rows))], page.Rows[random.IntN(len(page.Rows))]
					switch random.IntN(4) {
					case 0:
						_, err = w.Companies.Merge(w.Context(), h.admin, h.account.ID, app.CompanyMerging{Into: pick(a), Doubles: []app.CompanyPick{pick(b)}})
					case 1:
						_, err = w.Companies.Rename(w.Context(), h.admin, h.account.ID, a.UUID, app.CompanyNaming{Name: name(random.IntN(names)), Version: a.Version})
					default:
						row := app.NewMember{Row: 1, Email: fmt.Sprintf("w%d-%d@maraval.example", worker, step), Company: name(random.IntN(names))}
						if _, err = w.Members.Add(w.Context(), h.admin, h.account.ID, []app.NewMember{row}, app.AddOptions{Silent: true}); err == nil {
							mu.Lock()
							hired++
							mu.Unlock()
						}
					}
					var refusal *directory.Error
					if err != nil && !errors.As(err, &refusal) {
						t.Errorf("COMP-4 %v", err)
					}
				}
			})
		}
		group.Wait()
		h.work()
		h.sorted()
		_, page := h.list(app.CompanyQuery{})
		total := int64(0)
		for _, c := range page.Rows {
			total += c.Members
			if n := h.of(c.UUID); n != c.Members {
				t.Errorf("COMP-1 %s: %d found, %d counted", c.Name, n, c.Members)
			}
		}
		if total != int64(hired) {
			t.Errorf("COMP-4 %d people have a company, want %d", total, hired)
		}
		h.hires(name(0), 1)
		if _, after := h.list(app.CompanyQuery{}); after.All > page.All+1 {
			t.Errorf("COMP-4 %d companies after one was hired for", after.All)
		}
	})
}
