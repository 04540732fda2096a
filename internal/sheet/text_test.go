package sheet

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// wide writes text as UTF-16 without a mark.
func wide(text string, high, low int) []byte {
	var content []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		pair := [2]byte{}
		pair[high], pair[low] = byte(unit>>8), byte(unit)
		content = append(content, pair[:]...)
	}
	return content
}

func encoded(t *testing.T, set *charmap.Charmap, text string) []byte {
	t.Helper()
	content, err := set.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestCharsetDetection(t *testing.T) {
	text := "Prénom;Nom;Société\r\nGaël;Lefèvre;Ségur, études à Nîmes\r\nAnaïs;Brûlé;Maître d'ouvrage\r\n"
	typographic := strings.ReplaceAll(text, "'", "’") + "Zoé;Lecœur;L’Atelier\r\n"
	for _, test := range []struct {
		name    string
		content []byte
		charset string
		want    string
	}{
		{"UTF-8", []byte(typographic), "utf-8", typographic},
		{"UTF-8 with mark", []byte("\xef\xbb\xbf" + typographic), "utf-8", typographic},
		{"ASCII", []byte("a;b\nc;d\n"), "utf-8", "a;b\nc;d\n"},
		{"Windows-1252", encoded(t, charmap.Windows1252, typographic), "windows-1252", typographic},
		{"Macintosh", encoded(t, charmap.Macintosh, typographic), "macintosh", typographic},
		{"DOS", encoded(t, charmap.CodePage850, text), "ibm850", text},
		{"UTF-16LE with mark", append([]byte("\xff\xfe"), wide(typographic, 1, 0)...), "utf-16le", typographic},
		{"UTF-16BE with mark", append([]byte("\xfe\xff"), wide(typographic, 0, 1)...), "utf-16be", typographic},
		{"UTF-16LE without mark", wide(typographic, 1, 0), "utf-16le", typographic},
		{"UTF-16BE without mark", wide(typographic, 0, 1), "utf-16be", typographic},
		{"Windows-1252 after 200,000 bytes of ASCII", encoded(t, charmap.Windows1252, strings.Repeat("Bertin;Yann\r\n", 16000)+"Noël;Zoé\r\n"),
			"windows-1252", strings.Repeat("Bertin;Yann\r\n", 16000) + "Noël;Zoé\r\n"},
		{"UTF-8 cut at every place of a buffer", []byte("x" + strings.Repeat("é;€\n", 40000)), "utf-8", "x" + strings.Repeat("é;€\n", 40000)},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f.csv", test.content, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Format(); got.Charset != test.charset || got.Separator != ";" {
				t.Errorf("Format = %+v, want charset %s and semicolons", got, test.charset)
			}
			rows, err := all(r)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{strings.Join(r.Head(), ";")}
			for _, row := range rows {
				got = append(got, strings.Join(row.Cells, ";"))
			}
			if want := strings.Split(strings.TrimSuffix(strings.ReplaceAll(test.want, "\r", ""), "\n"), "\n"); !slices.Equal(got, want) {
				t.Errorf("read %.300q, want %.300q", got, want)
			}
		})
	}
}

func TestCharsetOverride(t *testing.T) { // ADD-13: shown and corrected
	r, err := open(t, "f.csv", encoded(t, charmap.Windows1250, "Imię;Miasto\nŁukasz;Łódź\n"), Options{Charset: "windows-1250"})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || row.Cells[1] != "Łódź" || r.Format().Charset != "windows-1250" {
		t.Errorf("Next = %q, %v in %+v, want Łódź in windows-1250", row.Cells, err, r.Format())
	}
	r, err = open(t, "f.csv", []byte("Nom;Ville\nNo\xebl;x\n"), Options{Charset: "utf-8"})
	if err != nil {
		t.Fatal(err)
	}
	if row, err := r.Next(); err != nil || row.Cells[0] != "No\ufffdl" {
		t.Errorf("the wrong charset reads %q, %v, want a replacement character", row.Cells, err)
	}
}

func TestSeparatorDetection(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"semicolons, commas in companies", "f.csv", "Nom;Société\nA;Jardins, Cours\nB;Murs, Toits\nC;D, E\n", ";"},
		{"commas, semicolons quoted", "f.csv", "Name,Company\nA,\"x;y;z\"\nB,\"x;y;z\"\n", ","},
		{"tabs", "f.txt", "Nom\tSociété\nA\tB, C; D\n", "\t"},
		{"bars", "f.txt", "Nom|Société|Ville\nA|B, C|D\n", "|"},
		{"ragged rows", "f.csv", "a;b;c;d\n1;2;3;4\n1;2\n1;2;3;4\n1\n", ";"},
		{"declared by the file", "f.csv", "sep=,\r\nNom;Prénom,Ville\r\na;b,c\r\n", ","},
		{"declared, quoted", "f.csv", "\"sep=;\"\nA,B;C\nd,e;f\n", ";"},
		{"one column", "f.csv", "E-mail\na@x.fr\n", ","},
		{"one column of a .tsv", "f.TSV", "E-mail\na@x.fr\n", "\t"},
		{"quotes inside cells", "f.csv", "Nom;Société;Ville\nA;Le \"Chêne\" SA;B\nC;\"Le \"\"Chêne\"\"; SA\";D\n", ";"},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, test.file, []byte(test.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Format().Separator; got != test.want {
				t.Errorf("separator %q, want %q", got, test.want)
			}
		})
	}
	r, err := open(t, "f.csv", []byte("a;b,c\nd;e,f\n"), Options{Separator: ","})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Head(); len(got) != 2 || got[0] != "a;b" {
		t.Errorf("ADD-13 separator corrected by hand: head %q, want a;b and c", got)
	}
}

func TestTextRows(t *testing.T) {
	long := strings.Repeat("x", 70_000)
	for _, test := range []struct {
		name, text string
		want       []Row
	}{
		{"line ends of three kinds", "h;i\r\na;b\rc;d\ne;f", []Row{{Line: 2, Cells: []string{"a", "b"}}, {Line: 3, Cells: []string{"c", "d"}}, {Line: 4, Cells: []string{"e", "f"}}}},
		{"line ends inside a cell", "h;i\n\"a\r\nb\";c\nd;e\n", []Row{{Line: 2, Cells: []string{"a\nb", "c"}}, {Line: 4, Cells: []string{"d", "e"}}}},
		{"quotes", "h;i\n\"a \"\"b\"\" ; c\";d\n", []Row{{Line: 2, Cells: []string{`a "b" ; c`, "d"}}}},
		{"quotes in the middle", "h;i\nLe \"Chêne\";d\n\"Le\" Chêne;e\n", []Row{{Line: 2, Cells: []string{`Le "Chêne"`, "d"}}, {Line: 3, Cells: []string{"Le Chêne", "e"}}}},
		{"blanks stay", "h;i\n  a ;\t b\n", []Row{{Line: 2, Cells: []string{"  a ", "\t b"}}}},
		{"blank rows are passed over", "h;i\n\n ; \n;;;\na;b\n", []Row{{Line: 5, Cells: []string{"a", "b"}}}},
		{"short and long rows", "h;i\na\na;b;c;;\n", []Row{{Line: 2, Cells: []string{"a", ""}}, {Line: 3, Cells: []string{"a", "b", "c"}}}},
		{"NUL", "h;i\na\x00b;\x00c\n", []Row{{Line: 2, Cells: []string{"ab", "c"}}}},
		{"70,000 characters", "h;i\n" + long + ";\"" + long + "\"\n", []Row{{Line: 2, Cells: []string{long, long}}}},
		{"REP-4 made harmless", "h;i\n'+33 1 23;'=1+1\n", []Row{{Line: 2, Cells: []string{"+33 1 23", "=1+1"}}}},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			r, err := open(t, "f.csv", []byte(test.text), Options{Separator: ";"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := all(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows: %.500s", diff)
			}
		})
	}
}

type failing struct{}

var errMedium = errors.New("the disk is gone")

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errMedium }

func TestOpenKeepsFaultsApart(t *testing.T) {
	if _, err := Open("f.csv", failing{}, 10, Options{}); !errors.Is(err, errMedium) {
		t.Errorf("Open of a broken medium: %v, want its fault", err)
	}
}

// checkReading reads everything and fails for what no file may do.
func checkReading(t *testing.T, content []byte, limits Limits) {
	r, err := Open("f", strings.NewReader(string(content)), int64(len(content)), Options{Limits: limits})
	if err != nil {
		if strings.HasPrefix(code(err), "fault") {
			t.Errorf("Open: %v, want a refusal", err)
		}
		return
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	last := 0
	for count := 0; ; count++ {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			if strings.HasPrefix(code(err), "fault") {
				t.Errorf("Next: %v, want a refusal", err)
			}
			return
		}
		if count >= limits.Rows || len(row.Cells) > limits.Columns || len(row.Cells) < len(r.Head()) || row.Line <= last {
			t.Fatalf("row %d of line %d after %d has %d cells, beyond the limits %+v", count, row.Line, last, len(row.Cells), limits)
		}
		last = row.Line
		for _, cell := range row.Cells {
			if len(cell) > limits.CellBytes {
				t.Fatalf("a cell of %d bytes, limit %d", len(cell), limits.CellBytes)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, name := range []string{"cp1252-semicolon.csv", "utf8-bom-comma.csv", "utf16-tab.csv", "german-semicolon.csv"} {
		f.Add(testFile(f, "testdata/"+name))
	}
	f.Add([]byte("sep=;\na;\"b\r\n\"\"c\";'=d\x00\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		checkReading(t, content, Limits{Bytes: 1 << 20, Rows: 30, Columns: 12, CellBytes: 200, UnzipBytes: 4 << 20})
	})
}
