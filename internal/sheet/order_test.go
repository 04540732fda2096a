package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// readAll reads a workbook to its end and answers how many rows it has.
func rowsRead(content []byte, limits Limits) (int, error) {
	r, err := Open("a.xlsx", bytes.NewReader(content), int64(len(content)), Options{Limits: limits})
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	for n := 0; ; n++ {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}

// TestRowsInOrder: rows and cells that come twice or backwards would be joined
// to one, past every bound.
func TestRowsInOrder(t *testing.T) { // ADD-13
	t.Parallel()
	for _, test := range []struct{ name, rows, code string }{
		{"in order", `<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>2</v></c></row><row r="5"><c r="B5"><v>1</v></c></row>`, ""},
		{"without numbers", `<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>1</v></c></row>`, ""},
		{"with a prefix", `<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row>`, ""},
		{"other attributes", `<row spans="1:2" r='2' x14ac:dyDescent="0.25"><c s="1" r="A2" t="n"><v>1</v></c></row>`, ""},
		{"a row twice", `<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>`, "sheet.damaged"},
		{"rows backwards", `<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`, "sheet.damaged"},
		{"row nought", `<row r="0"><c r="A1"><v>1</v></c></row>`, "sheet.damaged"},
		{"a number written otherwise", `<row r="&#50;"><c><v>1</v></c></row>`, "sheet.damaged"},
		{"two numbers", `<row a:r="1" r="2"><c><v>1</v></c></row>`, "sheet.damaged"},
		{"a cell twice", `<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`, "sheet.damaged"},
		{"cells backwards", `<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>`, "sheet.damaged"},
		{"a cell nowhere", `<row r="2"><c r="2"><v>1</v></c></row>`, "sheet.damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := rowsRead(rawBook(t, rawSheet(headRow+test.rows), someStrings), Limits{})
			if got := code(err); got != test.code {
				t.Errorf("code %q, want %q", got, test.code)
			}
		})
	}
}

// TestRepeatedRowsStaySmall opens a file of a hundred kilobytes whose rows all
// have one number.
func TestRepeatedRowsStaySmall(t *testing.T) { // ADD-13
	row := `<row r="2">` + strings.Repeat(`<c><v>1</v></c>`, 1000) + `</row>`
	for name, rows := range map[string]string{
		"one number for all": headRow + strings.Repeat(row, 2000),
		"too many rows":      headRow + strings.Repeat(`<row><c><v>1</v></c></row>`, 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			content := rawBook(t, rawSheet(rows), someStrings)
			if len(content) > 300<<10 {
				t.Fatalf("the file has %d bytes", len(content))
			}
			rows = ""
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			n, err := rowsRead(content, Limits{})
			runtime.ReadMemStats(&after)
			if err == nil || n > DefaultLimits().Rows {
				t.Errorf("%d rows were read, %v", n, err)
			}
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 200<<20 {
				t.Errorf("%s took %d MB", fmt.Sprint(err), grown>>20)
			}
		})
	}
}
