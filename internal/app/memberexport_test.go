package app_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestExportedColumns: whichever columns are chosen, and so whatever is read, a cell
// holds what it holds among all of them, and that is what the list shows.
func TestExportedColumns(t *testing.T) { // REP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		var rows []app.NewMember
		for i, email := range apptest.Addresses(40, "maraval.example") {
			row := app.NewMember{Row: i + 1, Email: email, Company: []string{"", "Alto", "Bâti"}[i%3]}
			rows = append(rows, row)
		}
		h.add(rows...)
		var ids []string
		for _, c := range h.MemberTable().Columns {
			ids = append(ids, c.ID)
		}
		all := h.exported(ids)
		page, err := h.Members.List(h.Context(), h.admin, h.account.ID, app.MemberQuery{Size: 200})
		h.Must(err)
		if len(all) != len(page.Rows) || len(all) < 40 {
			t.Fatalf("%d members are exported, %d listed", len(all), len(page.Rows))
		}
		for i, m := range page.Rows {
			cell := func(id string) directory.ExportCell { return all[i][slices.Index(ids, id)] }
			if cell("id").Text != m.UUID || cell("email").Text != m.Person.Email || cell("company").Text != m.Company || cell("status").Text != m.Status.String() ||
				!cell("added").At.Equal(m.Added) || len(cell("functions").Roles) != len(m.Functions) || len(cell("levels").Roles) != len(m.Levels) {
				t.Errorf("row %d is %v, the list has %v", i, all[i], m)
			}
		}
		random := rand.New(rand.NewPCG(7, 8))
		for try := range 60 {
			var chosen []string
			for i, id := range ids {
				if try == i || try >= len(ids) && random.IntN(3) == 0 {
					chosen = append(chosen, id)
				}
			}
			var want [][]directory.ExportCell
			for _, row := range all {
				var some []directory.ExportCell
				for i, id := range ids {
					if slices.Contains(chosen, id) {
						some = append(some, row[i])
					}
				}
				want = append(want, some)
			}
			if diff := cmp.Diff(want, h.exported(chosen), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("columns %v (-want +got):\n%s", chosen, diff)
			}
		}
	})
}

// exported are the cells of all members in some columns.
func (h house) exported(columns []string) (rows [][]directory.ExportCell) {
	rights, err := h.Rights(h.Context(), h.admin, h.account.ID)
	h.Must(err)
	h.Must(h.DB.ViewLong(h.Context(), func(r *store.Reader) error {
		table, err := h.MemberTable().Open(h.Context(), r, rights, h.account.ID, []byte("{}"))
		h.Must(err)
		for more := true; more; {
			var part directory.ExportRows
			part, more, err = table.Next(h.Context(), r, rights, columns, func() {})
			h.Must(err)
			for row, err := range part {
				h.Must(err)
				rows = append(rows, slices.Clone(row.Cells))
			}
		}
		return nil
	}))
	return rows
}
