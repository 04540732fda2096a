package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

// TestProfileFarDown opens people by their address among 10,100: the page says at
// which place they stand while no more than 10,000 precede, and leads on either way
// where it does not say it.
func TestProfileFarDown(t *testing.T) { // LIST-9, LIST-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		w.Crowd(h.account, 10_100)
		profile := func(member string) app.MemberProfile {
			t.Helper()
			p, err := w.Members.Profile(w.Context(), h.admin, h.account.ID, member, app.MemberQuery{})
			w.Must(err)
			return p
		}
		last := h.list(app.MemberQuery{Last: true, Size: 200})
		far, near := last.Rows[len(last.Rows)-60], last.Rows[0]
		if p := profile(near.UUID); last.From > 10_001 || p.Position != last.From || p.Page.From != last.From {
			t.Errorf("one at place %d is said to be at %d, on a page from %d", last.From, p.Position, p.Page.From)
		}
		p := profile(far.UUID)
		if !p.Found || p.Position != 0 || p.Page.From != 0 || p.Page.To() != 0 || p.Page.Total != 10_101 || p.UUID != far.UUID {
			t.Errorf("one far down is at place %d, on a page %d to %d of %d", p.Position, p.Page.From, p.Page.To(), p.Page.Total)
		}
		next := h.list(app.MemberQuery{After: p.Page.Next})
		if next.From != 0 || next.Rows[0].Position != 0 || len(next.Rows) != 10 || next.Next != "" {
			t.Errorf("the page after it is from %d, has %d rows and leads to %q", next.From, len(next.Rows), next.Next)
		}
		before := h.list(app.MemberQuery{Before: p.Page.Prev})
		if before.From != 0 || before.Prev == "" || before.Rows[len(before.Rows)-1].UUID != p.Previous {
			t.Errorf("the page before it is from %d and ends with %s, want %s", before.From, before.Rows[len(before.Rows)-1].Name(), p.Previous)
		}
		pages := 0
		for before.Prev != "" {
			before = h.list(app.MemberQuery{Before: before.Prev, Size: 200})
			pages++
		}
		if before.From != 1 || before.Rows[0].Position != 1 || pages < 50 {
			t.Errorf("the first page, %d back, is from %d", pages, before.From)
		}
	})
}
