package sheet

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// openSheets is an OpenDocument spreadsheet of the given tables.
func openSheets(t testing.TB, tables string) []byte {
	t.Helper()
	return archive(t, "mimetype", openType, "content.xml", openXML(tables))
}

func openXML(tables string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:automatic-styles>` +
		`<style:style style:name="off"><style:table-properties table:display="false"/></style:style><style:style style:name="on"><style:table-properties table:display="true"/></style:style>` +
		`</office:automatic-styles><office:body><office:spreadsheet>` + tables + `</office:spreadsheet></office:body></office:document-content>`
}

const (
	openHead = `<table:table-row><table:table-cell><text:p>E-mail</text:p></table:table-cell><table:table-cell><text:p>Nom</text:p></table:table-cell></table:table-row>`
	openRow  = `<table:table-row><table:table-cell><text:p>a@x.fr</text:p></table:table-cell><table:table-cell><text:p>Noël</text:p></table:table-cell></table:table-row>`
)

func openTable(name, rows string) string {
	return `<table:table table:name="` + name + `" table:style-name="on"><table:table-column/>` + rows + `</table:table>`
}

// TestOpenDocumentIsTheSame: a file of LibreOffice reads as the workbook that it
// makes of it.
func TestOpenDocumentIsTheSame(t *testing.T) {
	var said [2][]Row
	for n, name := range []string{"testdata/sheet.ods", "testdata/from-ods.xlsx"} {
		r, err := open(t, name, testFile(t, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if said[n], err = all(r); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(said[1], said[0]); diff != "" {
		t.Errorf("ADD-13 rows (-workbook +OpenDocument):\n%s", diff)
	}
}

func TestOpenDocumentCells(t *testing.T) {
	typed := func(kind, value, shown string) string {
		return `<table:table-cell office:value-type="` + kind + `" office:` + value + `><text:p>` + shown + `</text:p></table:table-cell>`
	}
	row := func(cells ...string) string {
		return `<table:table-row>` + strings.Join(cells, "") + `</table:table-row>`
	}
	text := func(inside string) string { return `<table:table-cell>` + inside + `</table:table-cell>` }
	content := openSheets(t, `<table:tracked-changes/><table:table table:name="Cachée" table:style-name="off">`+openHead+openRow+`</table:table>`+
		openTable("Consignes", row(text(`<text:p>Lisez-moi</text:p>`)))+openTable("Équipe", `<office:forms/><table:shapes><table:table><table:table-row><table:table-cell><text:p>no@x.fr</text:p></table:table-cell></table:table-row></table:table></table:shapes>`+
		`<table:table-header-rows>`+openHead+`</table:table-header-rows>`+
		row(text(`<office:annotation><text:p>une note</text:p></office:annotation><text:p>a@x.fr</text:p>`), text(`<text:p>Du<text:s text:c="2"/><text:span>Bois</text:span></text:p><text:p>Nord &amp; Sud</text:p>`),
			typed("date", `date-value="2027-12-31"`, "31 déc. 27"), typed("date", `date-value="2027-12-31T00:00:00"`, "31/12"), typed("date", `date-value="2027-12-31T08:30:00"`, "31/12"),
			typed("boolean", `boolean-value="true"`, "VRAI"), typed("float", `value="33612345678"`, "3,36E+10"), typed("float", `value="42"`, "0042"), typed("string", `value="x"`, "#N/A"))+
		`<table:table-row table:visibility="filter"><table:table-cell table:number-columns-repeated="2"><text:p>b@x.fr</text:p></table:table-cell></table:table-row>`+
		`<table:table-row table:visibility="collapse" table:number-rows-repeated="2"><table:covered-table-cell/><table:table-cell><text:p>c@x.fr</text:p></table:table-cell></table:table-row>`+
		`<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`+openRow+
		`<table:table-row table:number-rows-repeated="1047000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`))
	r, err := open(t, "f.ods", content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Consignes", "Équipe"}, r.Sheets()); diff != "" || r.Format().Sheet != "Équipe" {
		t.Errorf("ADD-13 sheets: %s of %+v", diff, r.Format())
	}
	got, err := all(r)
	if err != nil {
		t.Fatal(err)
	}
	for n := range got {
		for last := len(got[n].Cells) - 1; got[n].Cells[last] == ""; last-- { // as wide as the fullest row
			got[n].Cells = got[n].Cells[:last]
		}
	}
	want := []Row{
		{Line: 2, Cells: []string{"a@x.fr", "Du  Bois\nNord & Sud", "2027-12-31", "2027-12-31", "2027-12-31 08:30:00", "TRUE", "33612345678", "0042", "#N/A"}},
		{Line: 3, Cells: []string{"b@x.fr", "b@x.fr"}, Hidden: true},
		{Line: 4, Cells: []string{"", "c@x.fr"}, Hidden: true}, {Line: 5, Cells: []string{"", "c@x.fr"}, Hidden: true},
		{Line: 1006, Cells: []string{"a@x.fr", "Noël"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ADD-13 rows (-want +got):\n%s", diff)
	}
	r, err = open(t, "f.ods", content, Options{Sheet: "Consignes"})
	if err != nil || r.Head()[0] != "Lisez-moi" {
		t.Errorf("ADD-13 the sheet asked for: %v", err)
	}
}

func TestHostileOpenDocuments(t *testing.T) {
	wide := `<table:table-row><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>`
	for _, test := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"a good one", openSheets(t, openTable("S", openHead+openRow)), ""},
		{"a letter", archive(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", openXML("")), "sheet.not_a_table"},
		{"under a password", archive(t, "mimetype", openType, "content.xml", "\x01\x02", "META-INF/manifest.xml", "<manifest:encryption-data/>"), "sheet.password_protected"},
		{"no rows", openSheets(t, openTable("S", "")), "sheet.empty"},
		{"no sheet", openSheets(t, ""), "sheet.empty"},
		{"XML cut", archive(t, "mimetype", openType, "content.xml", openXML(openTable("S", openHead+openRow))[:620]), "sheet.damaged"},
		{"not XML", archive(t, "mimetype", openType, "content.xml", "hello"), "sheet.empty"},
		{"tags that do not match", openSheets(t, openTable("S", `<table:table-row></table:table-cell>`)), "sheet.damaged"},
		{"entities of its own", archive(t, "mimetype", openType, "content.xml", `<!DOCTYPE a [<!ENTITY b "c">]>`+openXML(openTable("S", openHead+openRow))), "sheet.damaged"},
		{"elements in one another", openSheets(t, strings.Repeat("<a>", 1000)), "sheet.damaged"},
		{"a text of a million", openSheets(t, openTable("S", openHead+`<table:table-row><table:table-cell><text:p>`+strings.Repeat("ab", 500_000)+`</text:p></table:table-cell></table:table-row>`)), "sheet.damaged"},
		{"a comment of a million", openSheets(t, `<!--`+strings.Repeat("a>", 500_000)+`-->`+openTable("S", openHead)), "sheet.damaged"},
		{"a cell of many paragraphs", openSheets(t, openTable("S", openHead+`<table:table-row><table:table-cell>`+strings.Repeat(`<text:p>abcdefgh</text:p>`, 100_000)+`</table:table-cell></table:table-row>`)), "sheet.damaged"},
		{"a cell too long", openSheets(t, openTable("S", openHead+`<table:table-row><table:table-cell><text:p>`+strings.Repeat("ab", 70_000)+`</text:p></table:table-cell></table:table-row>`)), "sheet.cell_too_long"},
		{"too many columns", openSheets(t, openTable("S", openHead+wide)), "sheet.too_many_columns"},
		{"columns out of reach", openSheets(t, openTable("S", openHead+strings.Replace(wide, "16384", "999999999", 1))), "sheet.damaged"},
		{"rows out of reach", openSheets(t, openTable("S", openHead+`<table:table-row table:number-rows-repeated="99999999999"/>`)), "sheet.damaged"},
		{"a row for ever", openSheets(t, openTable("S", openHead+strings.Replace(openRow, "<table:table-row>", `<table:table-row table:number-rows-repeated="1000000">`, 1))), "sheet.too_many_rows"},
		{"packs too well", openSheets(t, openTable("S", openHead+openRow+strings.Repeat(" ", 50<<20))), "sheet.bomb"},
		{"unpacks to too much", openSheets(t, openTable("S", strings.Repeat(openRow, 600_000))), "sheet.bomb"},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f.ods", test.content, Options{Limits: Limits{UnzipBytes: 64 << 20}})
			if err == nil {
				_, err = all(r)
			}
			if got := code(err); got != test.want {
				t.Errorf("code %q, want %q", got, test.want)
			}
		})
	}
}

// TestLargeOpenDocumentStreams: memory does not grow with the rows.
func TestLargeOpenDocumentStreams(t *testing.T) { // ADD-13
	var rows strings.Builder
	for n := range 100_000 {
		fmt.Fprintf(&rows, `<table:table-row><table:table-cell><text:p>p%d@x.fr</text:p></table:table-cell><table:table-cell><text:p>Nom %d</text:p></table:table-cell></table:table-row>`, n, n*7919)
	}
	content := openSheets(t, openTable("S", openHead+rows.String()))
	rows.Reset()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, err := rowsRead(content, Limits{})
	runtime.ReadMemStats(&after)
	if err != nil || n != 100_000 {
		t.Errorf("%d rows, %v", n, err)
	}
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 30<<20 {
		t.Errorf("it took %d MB", grown>>20)
	}
}

func FuzzOpenDocument(f *testing.F) {
	f.Add(openTable("S", openHead+openRow))
	f.Add(openTable("S", `<table:table-row table:number-rows-repeated="3" table:visibility="filter"><table:covered-table-cell/><table:table-cell><text:p>a<text:s/>b</text:p></table:table-cell></table:table-row>`))
	f.Fuzz(func(t *testing.T, tables string) {
		checkReading(t, openSheets(t, tables), Limits{Bytes: 1 << 20, Rows: 30, Columns: 12, CellBytes: 200, UnzipBytes: 4 << 20})
	})
}
