package exports_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
)

// A house is an account with an administrator and members of two companies.
type house struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

func newHouse(w *apptest.World, members int) house {
	h := house{World: w, account: w.Account("204 817")}
	h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
	var rows []app.NewMember
	for i := range members {
		rows = append(rows, app.NewMember{Row: i + 1, Email: fmt.Sprintf("m%04d@maraval.example", i), First: "Karim", Last: fmt.Sprintf("Haddad %04d", i),
			Company: fmt.Sprintf("Maraval %d", i%2), Functions: []string{"engineer"}})
	}
	if members > 0 {
		verdicts, err := w.Members.Add(w.Context(), h.admin, h.account.ID, rows, app.AddOptions{Silent: true})
		w.Must(err)
		w.Must(verdicts.FirstRefusal())
	}
	return h
}

// ask is an export of the members' table by the administrator.
func ask(format directory.ExportFormat, q app.MemberQuery, columns ...string) app.ExportAsk {
	return app.ExportAsk{Kind: directory.ExportMembers, Format: format, Query: q, Columns: columns, Language: "fr"}
}

// begin asks for an export and waits for its end.
func (h house) begin(a app.ExportAsk) directory.Export {
	h.T.Helper()
	e, err := h.Exports.Begin(h.Context(), h.admin, h.account.ID, a)
	h.Must(err)
	return e
}

// whole asks for an export that comes to its end, and answers its file.
func (h house) whole(a app.ExportAsk) []byte {
	h.T.Helper()
	e := h.begin(a)
	if e.State != directory.ExportDone {
		h.T.Fatalf("an export is %s: %v", e.State, e.Stopped)
	}
	return h.file(h.admin, e)
}

// file is what somebody downloads.
func (h house) file(by authz.Actor, e directory.Export) []byte {
	h.T.Helper()
	d, err := h.Exports.Download(h.Context(), by, h.account.ID, e.UUID)
	h.Must(err)
	var file []byte
	for {
		part, err := d.Part(h.Context())
		h.Must(err)
		if len(part) == 0 {
			break
		}
		file = append(file, part...)
	}
	if int64(len(file)) != d.Bytes {
		h.T.Errorf("%d bytes of a file that has %d", len(file), d.Bytes)
	}
	return file
}

// lines are the rows of a CSV.
func lines(t *testing.T, file []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	r.Comma = ';'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestExportFollowsTheList holds exports against the pages of the list: the same
// people, in the same order, with the columns that were chosen.
func TestExportFollowsTheList(t *testing.T) { // REP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 450)
		company := ""
		page, err := h.Members.List(h.Context(), h.admin, h.account.ID, app.MemberQuery{})
		h.Must(err)
		for _, c := range page.Choices.Companies {
			if c.Name == "Maraval 1" {
				company = c.UUID
			}
		}
		for name, q := range map[string]app.MemberQuery{
			"everybody":                       {},
			"a company, by address backwards": {Companies: []string{company}, Sort: "email", Descending: true},
			"a search":                        {Search: "haddad 01", Sort: "added"},
			"nobody":                          {Search: "nobody at all"},
			"a status":                        {Statuses: []directory.Status{directory.NotInvited}, Sort: "company"},
		} {
			t.Run("REP-2 "+name, func(t *testing.T) {
				want := [][]string{{"Nom", "E-mail", "Société"}}
				for after, more := "", true; more; {
					asked := q
					asked.After, asked.Size = after, 200
					page, err := h.Members.List(h.Context(), h.admin, h.account.ID, asked)
					h.Must(err)
					for _, m := range page.Rows {
						want = append(want, []string{m.Person.Last, m.Person.Email, m.Company})
						if m.Person.Last == "" {
							want[len(want)-1][0] = m.Suggested.Last
						}
					}
					after = page.Next
					more = after != ""
				}
				got := lines(t, h.whole(ask(directory.ExportCSV, q, "company", "email", "last_name")))
				if !slices.EqualFunc(got, want, slices.Equal) {
					t.Errorf("%d lines, want %d: %.300q", len(got), len(want), got)
				}
			})
		}
		t.Run("HIST-4 each is recorded with its purpose", func(t *testing.T) {
			page, err := h.History.List(h.Context(), h.admin, h.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}}, app.Window{})
			h.Must(err)
			if page.Total != 5 {
				t.Errorf("%d entries, want 5", page.Total)
			}
		})
	})
}

// TestExportAsWorkbook opens a workbook as a spreadsheet does: a fixed head, a filter
// over all rows, widths of what is in the columns, dates that are dates.
func TestExportAsWorkbook(t *testing.T) { // REP-2, REP-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 30)
		file, err := excelize.OpenReader(bytes.NewReader(h.whole(ask(directory.ExportXLSX, app.MemberQuery{}))))
		h.Must(err)
		name := file.GetSheetName(0)
		rows, err := file.GetRows(name, excelize.Options{RawCellValue: true})
		h.Must(err)
		if name != "Membres" || len(rows) != 32 {
			t.Fatalf("sheet %q has %d rows", name, len(rows))
		}
		added := slices.Index(rows[0], "Ajouté le")
		day, err := excelize.CoordinatesToCellName(added+1, 2)
		h.Must(err)
		if kind, err := file.GetCellType(name, day); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("a day is of type %v, %v", kind, err)
		}
		whole := h.whole(ask(directory.ExportXLSX, app.MemberQuery{}))
		r, err := sheet.Open("x.xlsx", bytes.NewReader(whole), int64(len(whole)), sheet.Options{})
		h.Must(err)
		if row, err := r.Next(); err != nil || row.Cells[added] != w.Now().Format(time.DateOnly) {
			t.Errorf("an import reads the day as %q, %v", row.Cells, err)
		}
		style, err := file.GetCellStyle(name, day)
		h.Must(err)
		if s, err := file.GetStyle(style); err != nil || s.NumFmt != 14 {
			t.Errorf("a day is written as %+v, %v", s, err)
		}
		if panes, err := file.GetPanes(name); err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("the head is not fixed: %+v, %v", panes, err)
		}
		if width, err := file.GetColWidth(name, "C"); err != nil || width < 20 {
			t.Errorf("addresses have a width of %v, %v", width, err)
		}
		names := map[string]string{}
		for _, d := range file.GetDefinedName() {
			names[d.Name] = d.RefersTo
		}
		if names["_xlnm.Print_Titles"] != "'Membres'!$1:$1" || !strings.Contains(names["_xlnm._FilterDatabase"], "$32") {
			t.Errorf("names %v", names)
		}
	})
}

// TestHostileCells exports people whose data a spreadsheet would run: nothing of it
// does, and an import reads back what was typed.
func TestHostileCells(t *testing.T) { // REP-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 0)
		hostile := []string{"=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd", "-2+3"}
		var rows []app.NewMember
		for i, text := range hostile {
			rows = append(rows, app.NewMember{Row: i + 1, Email: fmt.Sprintf("h%d@maraval.example", i), First: "Zoé", Last: text})
			rows[i].PlaceTexts.Phone = "+33 2 40 00 00 00"
		}
		verdicts, err := h.Members.Add(h.Context(), h.admin, h.account.ID, rows, app.AddOptions{Silent: true})
		h.Must(err)
		h.Must(verdicts.FirstRefusal())
		for _, format := range directory.ExportFormats() {
			file := h.whole(ask(format, app.MemberQuery{Search: "zoé"}, "last_name", "email", "phone"))
			if format == directory.ExportCSV {
				for _, line := range lines(t, file)[1:] {
					for _, cell := range line {
						if strings.ContainsAny(cell[:1], "=+-@\t\r") {
							t.Errorf("a spreadsheet would run %q", cell)
						}
					}
				}
			}
			r, err := sheet.Open("x."+string(format), bytes.NewReader(file), int64(len(file)), sheet.Options{})
			h.Must(err)
			var back []string
			for {
				row, err := r.Next()
				if err == io.EOF {
					break
				}
				h.Must(err)
				back = append(back, row.Cells[0])
				if row.Cells[2] != "+33 2 40 00 00 00" {
					t.Errorf("%s: a number came back as %q", format, row.Cells[2])
				}
			}
			slices.Sort(back)
			if want := slices.Sorted(slices.Values(hostile)); !slices.Equal(back, want) {
				t.Errorf("%s came back as %q, want %q", format, back, want)
			}
		}
	})
}

// TestWhoSeesAnExport asks for exports of others, of another customer, with rights that
// were lost since, and after their time.
func TestWhoSeesAnExport(t *testing.T) { // REP-2, USER-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 3)
		e := h.begin(ask(directory.ExportCSV, app.MemberQuery{}))
		other := w.Account("117 402")
		blanche := w.Administrator(other, "blanche.ferriere@ardoises.example")
		plain, _ := w.Member(h.account, "membre@maraval.example")
		second, place := w.Member(h.account, "second@maraval.example")
		code := func(by authz.Actor, account directory.AccountID) string {
			_, err := h.Exports.Find(h.Context(), by, account, e.UUID)
			_, down := h.Exports.Download(h.Context(), by, account, e.UUID)
			if w.Code(err) != w.Code(down) {
				t.Errorf("found with %q and downloaded with %q", w.Code(err), w.Code(down))
			}
			return w.Code(err)
		}
		for name, got := range map[string]string{
			"account.not_found":  code(blanche, h.account.ID),
			"export.not_found":   code(blanche, other.ID),
			"denied.permission":  code(plain, h.account.ID),
			"denied.permission ": code(second, h.account.ID),
		} {
			if got != strings.TrimSpace(name) {
				t.Errorf("got %q, want %q", got, name)
			}
		}
		level := func(codes ...string) {
			h.Must(apptest.ErrOf(h.Members.EditMembers(h.Context(), w.Operator(), h.account.ID, app.Of(place.UUID), app.MemberChange{Levels: apptest.Levels(codes...)})))
		}
		level("administrator")
		if got := code(second, h.account.ID); got != "" {
			t.Errorf("who may export and see all is refused with %q", got)
		}
		mine, err := h.Exports.Begin(h.Context(), second, h.account.ID, ask(directory.ExportCSV, app.MemberQuery{}))
		h.Must(err)
		level()
		if _, err := h.Exports.Download(h.Context(), second, h.account.ID, mine.UUID); w.Code(err) != "denied.permission" {
			t.Errorf("whoever lost the right downloads with %q", w.Code(err))
		}
		w.Pass((directory.ExportDays*24 + 1) * time.Hour)
		if got := code(h.admin, h.account.ID); got != "export.not_found" {
			t.Errorf("after its time it answers %q", got)
		}
		h.Must(h.Exports.Purge(h.Context()))
		if found, err := h.Exports.Recent(h.Context(), h.admin, h.account.ID); err != nil || len(found) != 0 {
			t.Errorf("%d are listed after their time, %v", len(found), err)
		}
	})
}
