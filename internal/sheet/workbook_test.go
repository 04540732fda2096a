package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// book makes a workbook by hand of one function.
func book(t testing.TB, fill func(f *excelize.File), o ...excelize.Options) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	if _, err := f.WriteTo(&out, o...); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// set fills a row of the sheet from column A.
func set(t testing.TB, f *excelize.File, place string, values ...any) {
	t.Helper()
	if err := f.SetSheetRow("Sheet1", place, &values); err != nil {
		t.Fatal(err)
	}
}

// archive makes a ZIP archive of parts, name and content in turns.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rawBook is a workbook with the given XML as its sheet and shared strings.
func rawBook(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	return archive(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+rel+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook `+ns+` xmlns:r="`+rel+`"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+rel+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml", shared,
		"xl/worksheets/sheet1.xml", sheet)
}

const someStrings = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Nom</t></si><si><t>E-mail</t></si></sst>`

func rawSheet(rows string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
}

const headRow = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`

func TestWorkbookCells(t *testing.T) { // ADD-13
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	styled := func(f *excelize.File, place, format string, id int) {
		style := &excelize.Style{NumFmt: id}
		if format != "" {
			style.CustomNumFmt = &format
		}
		number, err := f.NewStyle(style)
		if err == nil {
			err = f.SetCellStyle("Sheet1", place, place, number)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	content := book(t, func(f *excelize.File) {
		set(t, f, "A1", "Quoi", "Valeur")
		for i, cell := range []struct {
			value  any
			format string
			id     int
		}{
			{day, "dd/mm/yyyy", 0},
			{day, "", 14},
			{day, "[$-40C]d mmmm yyyy;@", 0},
			{day.Add(14*time.Hour + 30*time.Minute), "dd/mm/yy hh:mm", 0},
			{day, "", 22},
			{612345678, `0#" "##" "##" "##" "##`, 0},
			{612345678, "0000000000", 0},
			{33612345678, "", 0},
			{73282932000074, "", 0},
			{"  =1+1 ", "", 0},
			{"'+33 1", "", 0},
			{true, "", 0},
			{1.5, "", 0},
		} {
			place := fmt.Sprintf("B%d", i+2)
			if err := f.SetCellValue("Sheet1", place, cell.value); err != nil {
				t.Fatal(err)
			}
			styled(f, place, cell.format, cell.id)
		}
	})
	r, err := open(t, "f.xlsx", content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := all(r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, row.Cells[1])
	}
	want := []string{"2026-03-01", "2026-03-01", "2026-03-01", "2026-03-01 14:30:00", "2026-03-01",
		"06 12 34 56 78", "0612345678", "33612345678", "73282932000074", "  =1+1 ", "'+33 1", "TRUE", "1.5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells: %s", diff)
	}
}

func TestWorkbookSheets(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		for _, name := range []string{"Caché", "Membres", "Autres"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			for row, values := range [][]any{{"Nom", "E-mail"}, {name, "a@x.fr"}} {
				if err := f.SetSheetRow(name, fmt.Sprintf("A%d", row+5), &values); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := f.SetSheetVisible("Caché", false); err != nil {
			t.Fatal(err)
		}
	})
	for _, test := range []struct{ name, sheet, want, code string }{
		{"ADD-13 the first visible one that holds something", "", "Membres", ""},
		{"ADD-13 the one asked for", "Autres", "Autres", ""},
		{"ADD-13 one that is not there", "Personne", "", "sheet.unknown_sheet"},
		{"ADD-13 an empty one", "Sheet1", "", "sheet.empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := open(t, "f.xlsx", content, Options{Sheet: test.sheet})
			if got := code(err); got != test.code {
				t.Fatalf("code %q, want %q", got, test.code)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff([]string{"Sheet1", "Membres", "Autres"}, r.Sheets()); diff != "" {
				t.Errorf("Sheets: %s", diff)
			}
			if row, err := r.Next(); err != nil || row.Line != 6 || row.Cells[0] != test.want || r.Format().Sheet != test.want {
				t.Errorf("row %+v, %v of %+v, want line 6 of %s", row, err, r.Format(), test.want)
			}
		})
	}
}

// TestWorkbookOfInstructions: the sheet with addresses is proposed, not the one
// that says how it is filled in; and hidden rows are told.
func TestWorkbookOfInstructions(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		set(t, f, "A1", "Consignes")
		set(t, f, "A2", "Remplissez la feuille Personnel")
		if _, err := f.NewSheet("Personnel"); err != nil {
			t.Fatal(err)
		}
		for n, values := range [][]any{{"E-mail", "Nom"}, {"a@x.fr", "Un"}, {"b@x.fr", "Deux"}, nil, {"c@x.fr", "Trois"}} {
			if err := f.SetSheetRow("Personnel", fmt.Sprintf("A%d", n+1), &values); err != nil {
				t.Fatal(err)
			}
		}
		for _, line := range []int{3, 4} {
			if err := f.SetRowVisible("Personnel", line, false); err != nil {
				t.Fatal(err)
			}
		}
	})
	r, err := open(t, "f.xlsx", content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := all(r)
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{{Line: 2, Cells: []string{"a@x.fr", "Un"}}, {Line: 3, Cells: []string{"b@x.fr", "Deux"}, Hidden: true}, {Line: 5, Cells: []string{"c@x.fr", "Trois"}}}
	if diff := cmp.Diff(want, got); diff != "" || r.Format().Sheet != "Personnel" {
		t.Errorf("ADD-13 rows of %s (-want +got):\n%s", r.Format().Sheet, diff)
	}
}

// TestStrictDates: a workbook of the strict kind writes dates as texts.
func TestStrictDates(t *testing.T) {
	content := rawBook(t, rawSheet(headRow+`<row r="2"><c r="A2" t="d"><v>2027-12-31T00:00:00.000</v></c><c r="B2" t="d"><v>2027-12-31T08:30:00</v></c></row>`), someStrings)
	r, err := open(t, "f.xlsx", content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if diff := cmp.Diff([]string{"2027-12-31", "2027-12-31 08:30:00"}, row.Cells); err != nil || diff != "" {
		t.Errorf("ADD-13 dates: %v %s", err, diff)
	}
}

func TestHostileWorkbooks(t *testing.T) {
	good := rawBook(t, rawSheet(headRow+`<row r="2"><c r="A2" t="inlineStr"><is><t>Bertin</t></is></c></row>`), someStrings)
	limits := Limits{UnzipBytes: 64 << 20}
	for _, test := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"a good one", good, ""},
		{"cut in the middle", good[:len(good)/2], "sheet.damaged"},
		{"a byte changed", bytes.Replace(good, []byte("worksheets/sheet1.xmlP"), []byte("worksheets/sheet1.xmlQ"), 1), "sheet.damaged"},
		{"an archive of something else", archive(t, "letter.txt", "hello"), "sheet.not_a_table"},
		{"an empty archive", archive(t), "sheet.not_a_table"},
		{"binary workbook", archive(t, "xl/workbook.bin", "x"), "sheet.xls"},
		{"no workbook inside", archive(t, "xl/other.xml", "<a/>"), "sheet.damaged"},
		{"XML cut", rawBook(t, rawSheet(headRow)[:150], someStrings), "sheet.damaged"},
		{"strings cut", rawBook(t, rawSheet(headRow), someStrings[:90]), "sheet.damaged"},
		{"control character", rawBook(t, rawSheet(headRow+"<row r=\"2\"><c r=\"A2\"><v>a\x0bb</v></c></row>"), someStrings), "sheet.damaged"},
		{"string that is not there", rawBook(t, rawSheet(`<row r="1"><c r="A1" t="s"><v>-5</v></c></row>`), someStrings), "sheet.empty"},
		{"unpacks to too much", rawBook(t, rawSheet(headRow+strings.Repeat(`<row><c><v>1</v></c></row>`, 3_000_000)), someStrings), "sheet.bomb"},
		{"packs too well", rawBook(t, rawSheet(headRow)+strings.Repeat(" ", 50<<20), someStrings), "sheet.bomb"},
		{"large part beside", archive(t, "xl/workbook.xml", strings.Repeat("x", 49<<20)), "sheet.bomb"},
		{"row without end", rawBook(t, rawSheet(headRow+`<row r="2">`+strings.Repeat(`<c><v>1</v></c>`, 20_000)+`</row>`), someStrings), "sheet.too_many_columns"},
		{"far column", rawBook(t, rawSheet(headRow+`<row r="2"><c r="XFD2"><v>1</v></c></row>`), someStrings), "sheet.too_many_columns"},
		{"impossible column", rawBook(t, rawSheet(headRow+`<row r="2"><c r="ZZZZZ2"><v>1</v></c></row>`), someStrings), "sheet.damaged"},
		{"impossible row", rawBook(t, rawSheet(headRow+`<row r="99999999"><c r="A2"><v>1</v></c></row>`), someStrings), "sheet.damaged"},
		{"last row", rawBook(t, rawSheet(headRow+`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`), someStrings), ""},
		{"text of a million", rawBook(t, rawSheet(headRow+`<row r="2"><c r="A2" t="inlineStr"><is><t>`+strings.Repeat("ab", 500_000)+`</t></is></c></row>`), someStrings), "sheet.damaged"},
		{"cell too long", rawBook(t, rawSheet(headRow+`<row r="2"><c r="A2" t="inlineStr"><is><t>`+strings.Repeat("ab", 70_000)+`</t></is></c></row>`), someStrings), "sheet.cell_too_long"},
		{"under a password", book(t, func(*excelize.File) {}, excelize.Options{Password: "secret"}), "sheet.password_protected"},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f.xlsx", test.content, Options{Limits: limits})
			if err == nil {
				_, err = all(r)
			}
			if got := code(err); got != test.want {
				t.Errorf("code %q, want %q", got, test.want)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	err := func() (err error) {
		defer guard(&err)
		panic("broken file")
	}()
	if got := code(err); got != "sheet.damaged" {
		t.Errorf("a panic becomes %q, want sheet.damaged", got)
	}
}

// A workbook whose sheet and strings are read from temporary files.
func TestLargeWorkbookStreams(t *testing.T) { // ADD-13
	const lines = 100_000
	var out bytes.Buffer
	w := NewXLSX(&out, XLSXOptions{})
	for i := range lines {
		if err := w.Row([]Cell{Text(fmt.Sprintf("Bertin %d", i)), Text("Yann"), Text(strings.Repeat("x", 150)), Text("+33 6 12 34 56 78")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := open(t, "f.xlsx", out.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := 1
	for ; ; count++ {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || row.Line != count+1 || row.Cells[0] != fmt.Sprintf("Bertin %d", count) {
			t.Fatalf("row %d is %+v, %v", count, row, err)
		}
	}
	if count != lines {
		t.Errorf("%d lines, want %d", count, lines)
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add(rawSheet(headRow+`<row r="2"><c r="A2" s="1"><v>46000</v></c></row>`), someStrings)
	f.Add(rawSheet(`<row><c t="inlineStr"><is><r><t>a</t></r></is></c><c t="b"><v>1</v></c></row>`), `<sst/>`)
	f.Add(`<worksheet><sheetData/></worksheet>`, ``)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		checkReading(t, rawBook(t, sheet, shared), Limits{Bytes: 1 << 20, Rows: 30, Columns: 12, CellBytes: 200, UnzipBytes: 4 << 20})
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(testFile(f, "testdata/from-ods.xlsx"))
	f.Add(testFile(f, "testdata/sheet.ods"))
	f.Add(rawBook(f, rawSheet(headRow), someStrings))
	f.Fuzz(func(t *testing.T, content []byte) {
		checkReading(t, content, Limits{Bytes: 1 << 20, Rows: 30, Columns: 12, CellBytes: 200, UnzipBytes: 4 << 20})
	})
}
