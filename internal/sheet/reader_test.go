package sheet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/directory"
)

// open opens content under the name of a file.
func open(t *testing.T, name string, content []byte, o Options) (*Reader, error) {
	t.Helper()
	r, err := Open(name, bytes.NewReader(content), int64(len(content)), o)
	if err == nil {
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	return r, err
}

func all(r *Reader) (rows []Row, err error) {
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// code answers the code of a refusal of the file, or the error's text.
func code(err error) string {
	var refusal *directory.Error
	if errors.As(err, &refusal) && refusal.Kind == directory.Invalid && refusal.Field == "file" {
		return refusal.Code
	}
	if err != nil {
		return "fault: " + err.Error()
	}
	return ""
}

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestOpenRealFiles(t *testing.T) { // ADD-13
	french := []string{"Civilité", "Prénom", "Nom", "E-mail", "Société", "Rôle", "Téléphone", "Matricule", "Date de fin"}
	german := []string{"Anrede", "Vorname", "Nachname", "E-Mail", "Firma", "Funktion", "Telefon", "Personalnummer", "Enddatum"}
	for _, test := range []struct {
		file   string
		format Format
		head   []string
		rows   int
	}{
		{"testdata/cp1252-semicolon.csv", Format{Kind: "csv", Charset: "windows-1252", Separator: ";"}, french, 20},
		{"testdata/utf8-bom-comma.csv", Format{Kind: "csv", Charset: "utf-8", Separator: ","}, french, 20},
		{"testdata/utf16-tab.csv", Format{Kind: "csv", Charset: "utf-16le", Separator: "\t"}, french, 20},
		{"testdata/german-semicolon.csv", Format{Kind: "csv", Charset: "windows-1252", Separator: ";"}, german, 20},
		{"testdata/from-ods.xlsx", Format{Kind: "xlsx", Sheet: "dates"}, french, 20},
		{"testdata/sheet.ods", Format{Kind: "ods", Sheet: "dates"}, french, 20},
		{"../../e2e/testdata/membres-5000.csv", Format{Kind: "csv", Charset: "windows-1252", Separator: ";"}, french, 5000},
		{"../../e2e/testdata/membres-5000.xlsx", Format{Kind: "xlsx", Sheet: "french"}, french, 5000},
	} {
		t.Run("ADD-13 "+filepath.Base(test.file), func(t *testing.T) {
			r, err := open(t, test.file, testFile(t, test.file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.format, r.Format()); diff != "" {
				t.Errorf("Format: %s", diff)
			}
			if diff := cmp.Diff(test.head, r.Head()); diff != "" {
				t.Errorf("Head: %s", diff)
			}
			rows, err := all(r)
			if err != nil || len(rows) != test.rows {
				t.Fatalf("%d rows, %v, want %d", len(rows), err, test.rows)
			}
			for i, row := range rows {
				if len(row.Cells) != 9 || row.Line != i+2 {
					t.Fatalf("row %d has line %d and %d cells, want 9", i, row.Line, len(row.Cells))
				}
				if strings.ContainsRune(strings.Join(row.Cells, ""), '\ufffd') {
					t.Fatalf("row %d has broken characters: %q", i, row.Cells)
				}
			}
		})
	}
}

// The same people come out of the CSV and of the workbook, whose dates are
// cells.
func TestWorkbookAndTextAgree(t *testing.T) { // ADD-13
	var tables [2][]Row
	for i, file := range []string{"../../e2e/testdata/membres-5000.csv", "../../e2e/testdata/membres-5000.xlsx"} {
		r, err := open(t, file, testFile(t, file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if tables[i], err = all(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range tables[0] {
		if d := strings.Split(row.Cells[8], "/"); len(d) == 3 {
			row.Cells[8] = d[2] + "-" + d[1] + "-" + d[0]
		}
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" {
		t.Errorf("CSV and XLSX differ: %.2000s", diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	wide := strings.Repeat("a;", 300) + "b\n"
	for _, test := range []struct {
		name    string
		content []byte
		options Options
		want    string
	}{
		{"empty", nil, Options{}, "sheet.empty"},
		{"blank", []byte(" \r\n\n"), Options{}, "sheet.empty"},
		{"only separators", []byte(";;\n;;\n"), Options{}, "sheet.empty"},
		{"too large", []byte("a;b\nc;d\n"), Options{Limits: Limits{Bytes: 4}}, "sheet.too_large"},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01"), Options{}, "sheet.not_a_table"},
		{"page under the name of a workbook", []byte("<html><table><tr><td>a@b.fr</td></tr></table></html>"), Options{}, "sheet.not_a_table"},
		{"PDF", []byte("%PDF-1.7\n1 0 obj"), Options{}, "sheet.not_a_table"},
		{"program", bytes.Repeat([]byte("\x7fELF\x02\x01\x01\x00\x03\x00>\x00"), 50), Options{}, "sheet.not_a_table"},
		{"too many columns", []byte(wide + wide), Options{}, "sheet.too_many_columns"},
		{"columns without end", []byte(strings.Repeat(";", 100_000)), Options{Separator: ";"}, "sheet.too_many_columns"},
		{"cell too long", []byte("a;b\n" + strings.Repeat("x", 70_000) + ";d\n"), Options{Limits: Limits{CellBytes: 69_999}}, "sheet.cell_too_long"},
		{"quote never closed", []byte("a;b\n\"c;d\ne;f\n"), Options{}, "sheet.quote_open"},
		{"unknown charset", []byte("a;b\n"), Options{Charset: "ebcdic"}, "sheet.unknown_charset"},
		{"unknown separator", []byte("a;b\n"), Options{Separator: "a"}, "sheet.unknown_separator"},
		{"old workbook", testFile(t, "testdata/old.xls"), Options{}, "sheet.xls"},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f", test.content, test.options)
			if err == nil {
				_, err = all(r)
			}
			if got := code(err); got != test.want {
				t.Errorf("code %q, want %q", got, test.want)
			}
		})
	}
}

func TestRowsAreLimited(t *testing.T) {
	content := []byte("a;b\n" + strings.Repeat("c;d\n\n", 30))
	r, err := open(t, "f.csv", content, Options{Limits: Limits{Rows: 30}})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := all(r); err != nil || len(rows) != 30 {
		t.Errorf("ADD-13 at the limit: %d rows, %v, want 30", len(rows), err)
	}
	r, err = open(t, "f.csv", content, Options{Limits: Limits{Rows: 29}})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := all(r)
	if got := code(err); got != "sheet.too_many_rows" || len(rows) != 29 {
		t.Errorf("ADD-13 over the limit: %d rows, code %q, want 29 and sheet.too_many_rows", len(rows), got)
	}
	if _, again := r.Next(); code(again) != "sheet.too_many_rows" {
		t.Errorf("Next after a refusal: %v, want the same refusal", again)
	}
}

func TestHead(t *testing.T) {
	for _, test := range []struct {
		name, text string
		head       []string
		first      int // line of the first row, 0 for none
	}{
		{"plain", "Nom;E-mail\nBertin;a@x.fr\n", []string{"Nom", "E-mail"}, 2},
		{"title and blank lines above", "Liste des membres\n\n;;;\nNom;Prénom;E-mail\nBertin;Yann;a@x.fr\n", []string{"Nom", "Prénom", "E-mail"}, 5},
		{"no head", "Bertin;a@x.fr\nNoël;b@x.fr\n", []string{"", ""}, 1},
		{"one column", "E-mail\na@x.fr\nb@x.fr\n", []string{"E-mail"}, 2},
		{"one column, no head", "a@x.fr\nb@x.fr\n", []string{""}, 1},
		{"head only", "Nom;E-mail\n", []string{"Nom", "E-mail"}, 0},
		{"empty title between", "Nom;;E-mail\nBertin;x;a@x.fr\n", []string{"Nom", "", "E-mail"}, 2},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f.csv", []byte(test.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Head(), test.head) {
				t.Errorf("Head = %q, want %q", r.Head(), test.head)
			}
			row, err := r.Next()
			if test.first == 0 && !errors.Is(err, io.EOF) || test.first > 0 && (err != nil || row.Line != test.first) {
				t.Errorf("first row at line %d, %v, want %d", row.Line, err, test.first)
			}
		})
	}
}

func TestCloseTwice(t *testing.T) {
	r, err := open(t, "f.xlsx", testFile(t, "testdata/from-ods.xlsx"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("Next after Close: %v, want io.EOF", err)
	}
}

// repeated is a file of many lines that takes no memory.
type repeated struct {
	line  string
	lines int
}

func (f repeated) size() int64 { return int64(len(f.line) * f.lines) }

func (f repeated) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) && at < f.size() {
		c := copy(p[n:], f.line[at%int64(len(f.line)):])
		n, at = n+c, at+int64(c)
	}
	if at >= f.size() {
		return n, io.EOF
	}
	return n, nil
}

func TestTextStreams(t *testing.T) { // ADD-13: flat memory at 100,000 lines
	file := repeated{line: "Bertin;Yann;Maraval Travaux;+33 6 12 34 56 78;" + strings.Repeat("x", 200) + "\r\n", lines: 100_000}
	r, err := Open("f.csv", file, file.size(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	count := 1 // the head
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		count++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if count != file.lines {
		t.Errorf("%d lines, want %d", count, file.lines)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("the heap grew by %d bytes, want it flat", grown)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
