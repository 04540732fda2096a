package preferences_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// own reads what the member has chosen, by preference.
func (w world) own(t *testing.T) map[string]app.PreferenceTile {
	t.Helper()
	sheet, err := w.Preferences.Of(t.Context(), w.member, w.account.ID, "", app.PreferenceQuery{})
	w.Must(err)
	tiles := map[string]app.PreferenceTile{}
	for _, tile := range sheet.Tiles {
		tiles[tile.Declared.ID] = tile
	}
	return tiles
}

// TestPreferencesTogether saves a page of preferences with its one button.
func TestPreferencesTogether(t *testing.T) { // PREF-1
	t.Parallel()
	w := newWorld(t)
	c := w.site.SignedIn(t, w.member)
	const path = "/profile/preferences"
	t.Run("PREF-1 one act saves all that was changed, and chooses no default", func(t *testing.T) {
		saved := c.Get(path).Submit(path, "choice.unassigned-contracts", "top", "choice.filter-top", "company")
		if saved.Status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", saved.Status, saved.Text())
		}
		own := w.own(t)
		if own["unassigned-contracts"].Value.Choice != "top" || own["filter-top"].Value.Choice != "company" {
			t.Errorf("chosen: %v", own)
		}
		for _, untouched := range []string{"start-screen", "fleet-order"} {
			if from := own[untouched].From; from == app.PreferenceOwn {
				t.Errorf("%s is chosen by saving the page", untouched)
			}
		}
	})
	t.Run("PREF-1 each refusal stands at its field, nothing is written and nothing is lost", func(t *testing.T) {
		refused := c.Get(path).Submit(path, "choice.start-screen", "", "choice.unassigned-contracts", "sideways", "choice.filter-top", "group")
		if refused.Status != http.StatusUnprocessableEntity || !refused.Has("#p-start-screen[aria-invalid]") || !refused.Has("#p-unassigned-contracts[aria-invalid]") {
			t.Errorf("status %d: %s", refused.Status, refused.Text())
		}
		if n := len(refused.All("[role=alert] a")); n != 2 {
			t.Errorf("%d refusals lead to their fields", n)
		}
		if !refused.Has("option[value=group][selected]") {
			t.Error("what was typed beside them is lost")
		}
		if got := w.own(t)["filter-top"].Value.Choice; got != "company" {
			t.Errorf("written all the same: %q", got)
		}
		if mended := refused.Submit(path, "choice.start-screen", "planning", "choice.unassigned-contracts", "bottom"); mended.Status != http.StatusSeeOther {
			t.Errorf("mended: status %d", mended.Status)
		}
		if own := w.own(t); own["start-screen"].Value.Choice != "planning" || own["filter-top"].Value.Choice != "group" {
			t.Errorf("after mending: %v", own)
		}
	})
	t.Run("PLAN-4 what another has changed meanwhile is refused at its field", func(t *testing.T) {
		old := c.Get(path)
		w.Must(w.Preferences.Set(t.Context(), w.administrator, w.account.ID, w.uuid, app.PreferenceChange{ID: "filter-top",
			Value: directory.PreferenceValue{Choice: "fleet"}}))
		if late := old.Submit(path, "choice.filter-top", "location"); late.Status != http.StatusConflict || !late.Has("#p-filter-top[aria-invalid]") {
			t.Errorf("status %d: %s", late.Status, late.Text())
		}
		if apart := old.Submit(path, "choice.unassigned-contracts", "hidden"); apart.Status != http.StatusSeeOther {
			t.Errorf("what nobody else changed: status %d", apart.Status)
		}
	})
}

// TestPreferencesSeekTogether seeks units in a page of preferences without losing
// what is typed elsewhere in it.
func TestPreferencesSeekTogether(t *testing.T) { // PREF-1
	t.Parallel()
	w := newWorld(t)
	var rows []app.SeedUnit
	for i := range 70 {
		rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Parc %02d", i), Level: "fleet"})
	}
	_, err := w.Accounts.SeedUnits(t.Context(), w.account.ID, rows)
	w.Must(err)
	c := w.site.SignedIn(t, w.member)
	const path = "/profile/preferences"
	page := c.Get(path)
	first := page.All("input[name=unit.fleet-order]")[0].Attr("value")
	sought := page.Submit(path, "choice.filter-top", "company", "tick.fleet-order", first, "find.fleet-order", "parc 6")
	if sought.Status != http.StatusOK || !strings.HasPrefix(rowsOf(sought), "Parc 60 ") || !sought.Has("option[value=company][selected]") {
		t.Fatalf("status %d, rows %q", sought.Status, rowsOf(sought))
	}
	if own := w.own(t); own["filter-top"].From == app.PreferenceOwn || own["fleet-order"].Ticked > 0 {
		t.Error("a search saves")
	}
	if saved := sought.Submit(path); saved.Status != http.StatusSeeOther || !strings.Contains(saved.Location, "find=parc+6") {
		t.Fatalf("status %d to %q: %s", saved.Status, saved.Location, saved.Text())
	}
	if own := w.own(t); own["filter-top"].Value.Choice != "company" || own["fleet-order"].Ticked != 1 || own["fleet-order"].Value.Ticked[0] != first {
		t.Errorf("what was typed before the search is lost: %v", own["fleet-order"].Value)
	}
	next := c.Get(path).Submit(path, "choice.filter-top", "group", "act", "next:fleet-order")
	if got := rowsOf(next); next.Status != http.StatusOK || len(strings.Fields(got)) == 0 || !next.Has("input[name=from.fleet-order][value='51']") || !next.Has("option[value=group][selected]") {
		t.Errorf("status %d, rows %q", next.Status, got)
	}
}

// rowsOf are the whole names of the units of an order.
func rowsOf(p *webtest.Page) string {
	var names []string
	for _, row := range p.All("tr") {
		if head := row.All("th"); len(head) == 1 && row.Has("input[type=number]") {
			names = append(names, strings.Join(strings.Fields(head[0].Text())[:2], " "))
		}
	}
	return strings.Join(names, " ")
}
