package exports_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestFilesOfPastDays: who was in the account, who might do what by what, and what
// became otherwise between two days come as files, for who may read the history.
func TestFilesOfPastDays(t *testing.T) { // REP-3, HIST-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 3)
		first := directory.DayOf(w.Now(), time.UTC).ISO()
		w.Pass(48 * time.Hour)
		found, err := w.Members.List(w.Context(), h.admin, h.account.ID, app.MemberQuery{Search: "Haddad 0001"})
		w.Must(err)
		who := app.Of(found.Rows[0].UUID)
		_, err = w.Members.Deactivate(w.Context(), h.admin, h.account.ID, who)
		w.Must(err)
		today := directory.DayOf(w.Now(), time.UTC).ISO()
		file := func(kind directory.ExportKind, q app.PastTable) [][]string {
			t.Helper()
			return lines(t, h.whole(app.ExportAsk{Kind: kind, Format: directory.ExportCSV, Query: q, Language: "fr", Zone: time.UTC}))
		}
		status := func(rows [][]string, email string) string {
			i := slices.IndexFunc(rows, func(row []string) bool { return row[2] == email })
			if i < 0 {
				return "not there"
			}
			return rows[i][3]
		}
		for day, want := range map[string]string{first: "Non invité", today: "Inactif", "": "Inactif"} {
			rows := file(directory.ExportPastMembers, app.PastTable{Day: day})
			if got := status(rows, "m0001@maraval.example"); got != want || len(rows) != 5 {
				t.Errorf("HIST-5 on %q they were %s among %d, want %s among 4", day, got, len(rows)-1, want)
			}
		}
		rights := file(directory.ExportRights, app.PastTable{Day: first})
		if len(rights) != 2 || rights[1][2] != "helene.castaing@maraval.example" || rights[1][6] != "non" || !strings.Contains(rights[1][8], "Gérer") {
			t.Errorf("REP-3 effective rights of a day: %q", rights)
		}
		between := file(directory.ExportDifferences, app.PastTable{From: first, To: today})
		want := []string{"Karim Haddad 0001", "m0001@maraval.example", "", "Statut", "Non invité", "Inactif"}
		if len(between) != 2 || !slices.Equal(between[1], want) {
			t.Errorf("HIST-5 differences: %q, want %q", between[1:], want)
		}
		for name, q := range map[string]app.PastTable{"on": {Day: "3026-01-01"}, "from": {From: "nothing", To: today}, "to": {From: today, To: first}} {
			kind := directory.ExportPastMembers
			if name != "on" {
				kind = directory.ExportDifferences
			}
			_, err := w.Exports.Begin(w.Context(), h.admin, h.account.ID, app.ExportAsk{Kind: kind, Format: directory.ExportCSV, Query: q, Language: "fr"})
			var refusal *directory.Error
			if !errors.As(err, &refusal) || refusal.Field != name {
				t.Errorf("HIST-5 a bad day in %s: %v", name, err)
			}
		}
		plain, _ := w.Member(h.account, "camille.aubrac@maraval.example")
		for _, kind := range []directory.ExportKind{directory.ExportPastMembers, directory.ExportRights, directory.ExportDifferences} {
			_, err := w.Exports.Begin(w.Context(), plain, h.account.ID, app.ExportAsk{Kind: kind, Format: directory.ExportCSV, Query: app.PastTable{From: first, To: today}, Language: "fr"})
			if got := w.Code(err); got != "denied.permission" {
				t.Errorf("REP-3 a plain member exports %s: %q", kind, got)
			}
		}
	})
}
