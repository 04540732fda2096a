package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func writeRows(t *testing.T, w Writer, rows ...[]Cell) {
	t.Helper()
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func texts(cells ...string) []Cell {
	row := make([]Cell, len(cells))
	for i, cell := range cells {
		row[i] = Text(cell)
	}
	return row
}

func TestCSVBytes(t *testing.T) { // REP-2, REP-4
	day := time.Date(2026, 3, 1, 14, 30, 5, 0, time.UTC)
	var out bytes.Buffer
	writeRows(t, NewCSV(&out, CSVOptions{BOM: true}), texts("Nom", "Téléphone", "Fin"),
		[]Cell{Text(`Le "Chêne" ; SA`), Text("+33 1"), Date(day)},
		[]Cell{Text("a\nb"), Number(-12), Moment(day)},
		[]Cell{{}, Date(time.Time{}), Text("=1,2")})
	want := "\ufeffNom;Téléphone;Fin\r\n\"Le \"\"Chêne\"\" ; SA\";'+33 1;2026-03-01\r\n\"a\nb\";-12;2026-03-01 14:30:05\r\n;;'=1,2\r\n"
	if got := out.String(); got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	out.Reset()
	writeRows(t, NewCSV(&out, CSVOptions{Separator: ','}), texts("a,b", "c;d"))
	if got, want := out.String(), "\"a,b\",c;d\r\n"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

// Every text comes back as it was, from both kinds of file.
func TestRoundTrip(t *testing.T) { // REP-4
	rows := [][]string{
		{"Nom", "Téléphone", "Note"},
		{"Lecœur", "+33 1 23 45 67 89", "=HYPERLINK(\"http://x\";\"y\")"},
		{"'t Hooft", "'+33", "''=1"},
		{"-", "@home", "＝1＋1"},
		{"L’Hôpital", "  blanks  ", "a;b,c\t|\"d\""},
		{"ligne\nsuivante", "é€œ", "\tx"},
		{strings.Repeat("long ", 6000), "2026-03-01", "00123"},
	}
	for _, test := range []struct {
		name string
		new  func(w io.Writer) Writer
	}{
		{"CSV with semicolons", func(w io.Writer) Writer { return NewCSV(w, CSVOptions{BOM: true}) }},
		{"CSV with commas", func(w io.Writer) Writer { return NewCSV(w, CSVOptions{Separator: ','}) }},
		{"CSV with tabs", func(w io.Writer) Writer { return NewCSV(w, CSVOptions{Separator: '\t'}) }},
		{"XLSX", func(w io.Writer) Writer { return NewXLSX(w, XLSXOptions{Sheet: "Membres"}) }},
	} {
		t.Run("REP-4 "+test.name, func(t *testing.T) {
			var out bytes.Buffer
			cells := make([][]Cell, len(rows))
			for i, row := range rows {
				cells[i] = texts(row...)
			}
			writeRows(t, test.new(&out), cells...)
			r, err := open(t, "f", out.Bytes(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := [][]string{r.Head()}
			read, err := all(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range read {
				got = append(got, row.Cells)
			}
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Errorf("%s in %+v: %.600s", test.name, r.Format(), diff)
			}
		})
	}
}

func TestXLSXTypes(t *testing.T) { // REP-2, REP-4
	day := time.Date(2026, 3, 1, 14, 30, 0, 0, time.UTC)
	var out bytes.Buffer
	writeRows(t, NewXLSX(&out, XLSXOptions{Sheet: "Liste : [2026] du client Maraval et fils"}), texts("Nom", "Nombre", "Jour", "Moment"),
		[]Cell{Text("=1+1"), Number(12), Date(day), Moment(day)})
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	if want := "Liste    2026  du client Mar"; name != want {
		t.Errorf("sheet %q, want %q", name, want)
	}
	for place, want := range map[string]string{"A2": "=1+1", "B2": "12", "C2": "2026-03-01", "D2": "2026-03-01 14:30:00"} {
		got, err := f.GetCellValue(name, place)
		if err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", place, got, err, want)
		}
	}
	if formula, err := f.GetCellFormula(name, "A2"); err != nil || formula != "" {
		t.Errorf("A2 has the formula %q, %v, want none", formula, err)
	}
}

// TestXLSXIsMadeWithCare looks at what a workbook is as a file: widths in the order of
// the columns, a filter over head and rows, a head on each page, days without hours.
func TestXLSXIsMadeWithCare(t *testing.T) { // REP-2
	var out bytes.Buffer
	day := time.Date(2026, 3, 1, 14, 30, 0, 0, time.UTC)
	writeRows(t, NewXLSX(&out, XLSXOptions{Sheet: "L’été", Local: true}), texts("Nom", "Jour", "Adresse"),
		[]Cell{Text("Zoé"), Date(day), Text("zoe.a-very-long-address@maraval.example")}, []Cell{Text("Ana"), Date(day), Text("")})
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/workbook.xml"} {
		part, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[name] = string(text)
	}
	for part, wants := range map[string][]string{
		"xl/worksheets/sheet1.xml": {`state="frozen"`, `ySplit="1"`, `<col min="1" max="1" width="8"`, `<col min="2" max="2" width="11"`,
			`<col min="3" max="3" width="40"`, `>46082<`, `<autoFilter ref="$A$1:$C$3">`, `orientation="landscape"`},
		"xl/workbook.xml": {`_FilterDatabase`, `_xlnm.Print_Titles`, `!$1:$1`},
	} {
		at := 0
		for _, want := range wants {
			found := strings.Index(parts[part][at:], want)
			if found < 0 {
				t.Errorf("%s lacks %s, or not in its order: %s", part, want, parts[part][max(0, len(parts[part])-900):])
			}
			at += max(found, 0)
		}
	}
}

func TestXLSXGoesOnInANextSheet(t *testing.T) { // REP-2
	var out bytes.Buffer
	w := &workbookWriter{out: &out, name: "Membres", maxRows: 3}
	writeRows(t, w, texts("Nom"), texts("a"), texts("b"), texts("c"), texts("d"), texts("e"))
	r, err := open(t, "f.xlsx", out.Bytes(), Options{Sheet: "Membres 3"})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := all(r)
	if err != nil || len(rows) != 1 || rows[0].Cells[0] != "e" || r.Head()[0] != "Nom" {
		t.Errorf("third sheet: %+v, %v under %q, want e under Nom", rows, err, r.Head())
	}
}

func TestEmptyTables(t *testing.T) {
	var out bytes.Buffer
	writeRows(t, NewXLSX(&out, XLSXOptions{}))
	if _, err := open(t, "f.xlsx", out.Bytes(), Options{}); code(err) != "sheet.empty" {
		t.Errorf("a workbook without rows: %v, want sheet.empty", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrNoDeadline }

func TestWritersTellFaults(t *testing.T) {
	for name, w := range map[string]Writer{"CSV": NewCSV(full{}, CSVOptions{}), "XLSX": NewXLSX(full{}, XLSXOptions{})} {
		if err := w.Row(texts("a")); err != nil {
			t.Errorf("%s: Row: %v, want none before the buffer is full", name, err)
		}
		if err := w.Close(); !errors.Is(err, os.ErrNoDeadline) {
			t.Errorf("%s: Close: %v, want the fault of the medium", name, err)
		}
		if err := w.Row(texts("a")); err == nil {
			t.Errorf("%s: Row after a fault: none, want the fault", name)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	row := texts("Mme", "Éléonore", "Lefèvre", "e.lefevre@maraval.example", "Maraval Travaux ; Centre", "Architecte", "+33 6 12 34 56 78", "Actif")
	for _, test := range []struct {
		name string
		new  func() Writer
	}{
		{"CSV", func() Writer { return NewCSV(io.Discard, CSVOptions{}) }},
		{"XLSX", func() Writer { return NewXLSX(io.Discard, XLSXOptions{}) }},
	} {
		b.Run(test.name, func(b *testing.B) {
			w := test.new()
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Row(row); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"membres-5000.csv", "membres-5000.xlsx"} {
		content := testFile(b, "../../e2e/testdata/"+name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := Open(name, bytes.NewReader(content), int64(len(content)), Options{})
				if err != nil {
					b.Fatal(err)
				}
				if rows, err := all(r); err != nil || len(rows) != 5000 {
					b.Fatalf("%d rows, %v", len(rows), err)
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
