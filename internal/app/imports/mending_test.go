package imports_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// faults are the fields and codes of all that is wrong with each refused row.
func (f firm) faults(i directory.Import) []string {
	f.T.Helper()
	rows, err := f.Imports.Rows(f.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Outcome: app.Refused, Limit: 1000})
	f.Must(err)
	lines := make([]string, len(rows))
	for n, row := range rows {
		lines[n] = fmt.Sprint(row.Line)
		for _, fault := range append([]*directory.Error{row.Refusal}, row.Also...) {
			lines[n] += " " + fault.Field + "=" + fault.Code
		}
	}
	return lines
}

func (f firm) mend(i directory.Import, m app.ImportMending) directory.Import {
	f.T.Helper()
	i, err := f.Imports.Mend(f.Context(), f.admin, f.account.ID, i.UUID, m)
	f.Must(err)
	i, err = f.Imports.Finish(f.Context(), f.admin, f.account.ID, i.UUID)
	f.Must(err)
	return i
}

// TestEveryFaultOfARow: a row says all that is wrong with it, and what is corrected
// in the preview comes in; the file stays as it came.
func TestEveryFaultOfARow(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		i := f.check("E-mail;Nom;Prénom;Rôle;Niveau;Date de fin;Société\n"+
			"a@;#N/A;Ada;Inconnu, Perdu;Chef;31/02/2031;Sault\n"+
			"b@maraval.example;Noël;Bob;;;01/01/1990;"+strings.Repeat("x", 300)+"\n"+
			"c@maraval.example;Cé;Zoé;;;;\n", false)
		want := []string{"2 last_name=text.error_value function=import.unknown_role function=import.unknown_role access_level=import.unknown_level ends=import.bad_date email=email.domain",
			"3 company=field.too_long ends=member.end_past"}
		if diff := cmp.Diff(want, f.faults(i)); diff != "" {
			t.Errorf("ADD-13 faults (-want +got):\n%s", diff)
		}
		i = f.mend(i, app.ImportMending{Cells: map[int]map[string]string{
			2: {"email": " a@maraval.example", "last_name": "Aubry", "function": "", "access_level": "", "ends": "28/02/2031"}, 3: {"ends": ""}}})
		if diff := cmp.Diff([]string{"3 company=field.too_long"}, f.faults(i)); diff != "" {
			t.Errorf("ADD-13 after correcting (-want +got):\n%s", diff)
		}
		i = f.mend(i, app.ImportMending{Cells: map[int]map[string]string{3: {"company": "Sault", "email": "c@maraval.example"}}})
		if diff := cmp.Diff([]string{"4 email=member.double_row"}, f.faults(i)); diff != "" {
			t.Errorf("ADD-2 a correction makes a double (-want +got):\n%s", diff)
		}
		i = f.run(i)
		if diff := cmp.Diff([]string{"2 added", "3 added", "4 refused email member.double_row"}, f.rows(i)); diff != "" {
			t.Errorf("ADD-13 the run (-want +got):\n%s", diff)
		}
		if _, err := f.Imports.Mend(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportMending{}); w.Code(err) != "import.started" {
			t.Errorf("ADD-13 correcting what runs: %v", err)
		}
	})
}

// TestUnknownWords: a word that is not known is said once for the whole file, and
// only as something there is and may be given.
func TestUnknownWords(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 10)
		choices, err := f.Members.Choices(w.Context(), f.admin, f.account.ID)
		w.Must(err)
		function := choices.Functions[0]
		var text strings.Builder
		text.WriteString("E-mail;Rôle;Niveau;Produits\n")
		for n := range 700 { // more than one chunk
			fmt.Fprintf(&text, "p%d@maraval.example;Arpenteur;;\n", n)
		}
		fmt.Fprintf(&text, "x@maraval.example;arpenteur, %s;Patron;Plan\ny@maraval.example;;Patron;\n", function.Names["fr"])
		i := f.check(text.String(), false)
		want := []directory.UnknownWord{{Field: "function", Text: "Arpenteur", Rows: 701}, {Field: "access_level", Text: "Patron", Rows: 2}, {Field: "products", Text: "Plan", Near: "plans", Rows: 1}}
		if diff := cmp.Diff(want, i.Choices.Found.Unknown); diff != "" {
			t.Errorf("ADD-13 unknown (-want +got):\n%s", diff)
		}
		for field, code := range map[string]string{"function": "nobody", "access_level": function.Code, "products": "castles", "company": "x", "civility": "x"} {
			_, err := f.Imports.Mend(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportMending{Meant: map[string]map[string]string{field: {"Arpenteur": code}}})
			if w.Code(err) != "field.unknown_choice" {
				t.Errorf("ADD-13 %s as %q: %v", field, code, err)
			}
		}
		i = f.mend(i, app.ImportMending{Meant: map[string]map[string]string{"function": {"ARPENTEUR": function.Code}, "access_level": {"Patron": ""}, "products": {"Plan": "plans"}}})
		if i.Counts.Faulty != 0 || len(i.Choices.Found.Unknown) != 0 {
			t.Errorf("ADD-13 after saying it: %+v %+v", i.Counts, i.Choices.Found)
		}
		if i = f.run(i); i.Counts.Added != 702 {
			t.Errorf("ADD-13 the run: %+v", i.Counts)
		}
		rows, err := f.Imports.Rows(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Skip: 700, Limit: 1})
		w.Must(err)
		if rows[0].Function != function.Code || rows[0].Level != "" || !slices.Equal(rows[0].Products, []string{"plans"}) {
			t.Errorf("ADD-13 what came in: %+v", rows[0].RowFacts)
		}
	})
}

// TestManyUnknownWords: more words than are kept are counted, and all that are not said
// for themselves stand for one thing, or nothing, until they are asked about again.
func TestManyUnknownWords(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		choices, err := f.Members.Choices(w.Context(), f.admin, f.account.ID)
		w.Must(err)
		one, other := choices.Functions[0], choices.Functions[1]
		var text strings.Builder
		text.WriteString("E-mail;Rôle;Niveau\n")
		for n := range 480 { // each word twice
			fmt.Fprintf(&text, "p%d@maraval.example;Métier no %d,%s;\n", n, n%240, one.Names["fr"])
		}
		text.WriteString("x@maraval.example;;Patron\n")
		i := f.check(text.String(), false)
		if found := i.Choices.Found; len(found.Unknown) != directory.MaxUnknownWords || found.Words != 241 || i.Counts.Faulty != 481 {
			t.Errorf("ADD-13 %d words kept, %d counted, %+v", len(found.Unknown), found.Words, i.Counts)
		}
		if _, err := f.Imports.Mend(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportMending{Others: map[string]string{"function": "nobody"}}); w.Code(err) != "field.unknown_choice" {
			t.Errorf("ADD-13 all others as nobody: %v", err)
		}
		i = f.mend(i, app.ImportMending{Meant: map[string]map[string]string{"function": {"Métier no 239": ""}}, Others: map[string]string{"function": other.Code}})
		if found := i.Choices.Found; found.Words != 1 || len(found.Unknown) != 1 || found.Unknown[0].Text != "Patron" || i.Counts.Faulty != 1 {
			t.Errorf("ADD-13 all others said: %+v %+v", found, i.Counts)
		}
		rows, err := f.Imports.Rows(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Skip: 238, Limit: 2})
		w.Must(err)
		if rows[0].Function != other.Code+", "+one.Code || rows[1].Function != one.Code {
			t.Errorf("ADD-13 others are %q, and what was said for itself %q", rows[0].Function, rows[1].Function)
		}
		if i = f.mend(i, app.ImportMending{Ask: []string{"function"}}); i.Choices.Found.Words != 240 {
			t.Errorf("ADD-13 asked about again: %d words", i.Choices.Found.Words)
		}
		i = f.mend(i, app.ImportMending{Others: map[string]string{"function": "", "access_level": ""}})
		if i = f.run(i); i.Counts.Added != 481 || i.Counts.Faulty != 0 {
			t.Errorf("ADD-13 the run with all others left out: %+v", i.Counts)
		}
	})
}

// TestHiddenRows: rows that a sheet hides are counted, and nothing comes in before
// somebody has said what becomes of them.
func TestHiddenRows(t *testing.T) {
	content, err := os.ReadFile("../../../e2e/testdata/equipe-filtree.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		i, err := f.Imports.Upload(w.Context(), f.admin, f.account.ID, "équipe.xlsx", bytes.NewReader(content))
		w.Must(err)
		if found := i.Choices.Found; i.Choices.Read.Sheet != "Équipe" || i.Counts.Total != 23 || found.Hidden != 12 || found.Remarked != 1 || found.Addresses != 21 {
			t.Errorf("ADD-13 %s of %q: %+v %+v", i.Choices.Read.Sheet, i.Choices.Sheets, i.Counts, found)
		}
		if _, err := f.Imports.Start(w.Context(), f.admin, f.account.ID, i.UUID); w.Code(err) != "import.hidden" {
			t.Errorf("ADD-13 without an answer: %v", err)
		}
		if i = f.mend(i, app.ImportMending{Hidden: directory.HiddenTaken}); i.Counts.Total != 35 || i.Choices.Found.Hidden != 12 {
			t.Errorf("ADD-13 taken: %+v", i.Counts)
		}
		if i = f.mend(i, app.ImportMending{Hidden: directory.HiddenLeft}); i.Counts.Total != 23 || i.Choices.Found.Hidden != 12 {
			t.Errorf("ADD-13 left: %+v", i.Counts)
		}
		if i = f.run(i); i.State != directory.ImportDone || i.Counts.Done != 23 {
			t.Errorf("ADD-13 the run: %s %+v", i.State, i.Counts)
		}
	})
}

// TestRemarks: what looks like somebody else comes in, and is told before.
func TestRemarks(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.run(f.check("E-mail\nk1@maraval.example\nk2@maraval.example\nk3@maraval.example\n", false))
		for row, want := range map[string]string{
			"a@maraval.example;Aubry":      "",
			"a@rnaraval.example;Aubry":     "import.lookalike maraval.example",
			"a@mаraval.example;Aubry":      "import.lookalike maraval.example", // a Cyrillic а
			"a@maravla.example;Aubry":      "import.lookalike maraval.example",
			"a@maraval1.example;Aubry":     "import.lookalike maraval.example",
			"a@nord.maraval.example;Aubry": "",
			"a@castaing.example;Aubry":     "",
			"a@castaing.example;Аubry":     "import.mixed_scripts", // a Cyrillic А
			"a@castaing.example;Петров":    "",
			"a@castaing.example;Łuczak":    "",
		} {
			i := f.check("E-mail;Nom\n"+row+"\n", false)
			rows, err := f.Imports.Rows(w.Context(), f.admin, f.account.ID, i.UUID, app.ImportFilter{Limit: 1})
			w.Must(err)
			got := ""
			for _, remark := range rows[0].Remarks {
				got = strings.TrimSpace(fmt.Sprint(remark.Code, " ", remark.Args["Like"]))
			}
			if got = strings.TrimSuffix(got, " <nil>"); got != want || rows[0].Outcome != app.Added {
				t.Errorf("ADD-13 %s: %q and %s, want %q", row, got, rows[0].Outcome, want)
			}
		}
	})
}
