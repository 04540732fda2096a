package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/app/imports"
	"intendant/internal/i18n"
)

// TestReadPaste: a table copied from a sheet keeps its columns, whatever else stays a
// list of addresses.
func TestReadPaste(t *testing.T) { // ADD-1, ADD-2, ADD-3
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords})
	for _, test := range []struct{ name, text, want string }{
		{"ADD-1 addresses between tabs are no table", "a@x.fr\tb@x.fr\nc@x.fr", "1 a@x.fr|||| 1 b@x.fr|||| 2 c@x.fr||||"},
		{"ADD-3 with a head", "Prénom\tNom\tSociété\tCourriel\tRôle\nAda\tByron\tSault\ta@x.fr\tMétreur", "2 a@x.fr|Ada|Byron|Sault|Métreur"},
		{"ADD-3 in another language", "E-mail\tFirst name\tLast name\tCompany\na@x.fr\tAda\tByron\tSault", "2 a@x.fr|Ada|Byron|Sault|"},
		{"ADD-3 an export names people in one column", "Nom\tE-mail\tStatut\tSociété\nAda Byron\ta@x.fr\tActif\tSault", "2 a@x.fr|Ada|Byron|Sault|"},
		{"ADD-3 without a head: last name, first name, address, company", "Byron\tAda\ta@x.fr\tSault\nWeiss\tJonas\tj@x.fr\t", "1 a@x.fr|Ada|Byron|Sault| 2 j@x.fr|Jonas|Weiss||"},
		{"ADD-3 without a head: the name in one cell", "Ada Byron\ta@x.fr\n", "1 a@x.fr|Ada|Byron||"},
		{"ADD-3 quotes of a sheet", "Byron\tAda\ta@x.fr\t\"Sault \"\"et fils\"\"\"", `1 a@x.fr|Ada|Byron|Sault "et fils"|`},
		{"ADD-2 doubles and empty rows", "Ada\ta@x.fr\n\t\nEve\tA@x.fr\n", "1 a@x.fr|Ada||| ×1"},
		{"ADD-2 a row without an address", "Nom\tE-mail\nAda\ta@x.fr\nEve\t\nIda\ti@x\n", "2 a@x.fr|Ada||| !3:5 Eve !4:5 i@x"},
		{"ADD-2 broken text", "Ad\xffa\ta@x.fr\n", "1 a@x.fr|Ada|||"},
		{"ADD-3 without a head: the address first", "y.bertin@x.fr\tBertin\tYann\tSault\nn.riou@x.fr\tRiou\tNolwenn\tKestner", "1 y.bertin@x.fr|Yann|Bertin|Sault| 2 n.riou@x.fr|Nolwenn|Riou|Kestner|"},
		{"ADD-3 without a head: first name before last name", "Yann\tBertin\tSault\tyann.bertin@x.fr", "1 yann.bertin@x.fr|Yann|Bertin|Sault|"},
		{"ADD-3 without a head: the company first", "Sault et fils\tyann.bertin@x.fr\tBERTIN\tYann", "1 yann.bertin@x.fr|Yann|BERTIN|Sault et fils|"},
		{"ADD-3 without a head: capitals are last names", "RIOU\tNolwenn\triou.nolwenn@x.fr", "1 riou.nolwenn@x.fr|Nolwenn|RIOU||"},
		{"ADD-3 without a head: accents and telephone numbers", "Zoé\tLefèvre\t+33 6 00 00 00 00\tzoe.lefevre@x.fr\tSault", "1 zoe.lefevre@x.fr|Zoé|Lefèvre|Sault|"},
		{"ADD-3 without a head: addresses that tell nothing, after the address", "compta@x.fr\tByron\tAda\tSault", "1 compta@x.fr|Ada|Byron|Sault|"},
		{"ADD-3 without a head: a company alone", "compta@x.fr\tSault et fils", "1 compta@x.fr|||Sault et fils|"},
		{"ADD-3 any order under a head", "Société\tE-mail\tPrénom\tTéléphone\tNom\nSault\ta@x.fr\tAda\t0102030405\tByron", "2 a@x.fr|Ada|Byron|Sault|"},
		{"ADD-3 a head under a title, and once more", "Personnel 2026\t\t\nNom\tPrénom\tE-mail\nByron\tAda\ta@x.fr\nNom\tPrénom\tE-mail\nWeiss\tJonas\tj@x.fr",
			"3 a@x.fr|Ada|Byron|| 5 j@x.fr|Jonas|Weiss|| !1:1 Personnel 2026"},
		{"ADD-3 two columns of addresses, one of them titled", "Nom\tE-mail\tPersonnel\nAda Byron\ta@x.fr\tada@y.fr", "2 a@x.fr|Ada|Byron||"},
		{"ADD-1 lines beside a table", "Byron\tAda\ta@x.fr\tSault\nb@x.fr, Jonas Weiss <j@x.fr>; c@\nd@x.fr\te@x.fr",
			"1 a@x.fr|Ada|Byron|Sault| 2 b@x.fr|||| 2 j@x.fr|Jonas|Weiss|| 3 d@x.fr|||| 3 e@x.fr|||| !2:31 c@"},
		{"ADD-3 a line end in a cell", "Byron\tAda\t\"Sault\r\net fils\"\ta@x.fr\r\nWeiss\tJonas\t\tj@x.fr", "1 a@x.fr|Ada|Byron|Sault et fils| 3 j@x.fr|Jonas|Weiss||"},
		{"ADD-3 a quotation that is never closed", "\"Byron\tAda\ta@x.fr\nWeiss\tJonas\tj@x.fr", "1 a@x.fr|Ada|\"Byron|| 2 j@x.fr|Jonas|Weiss||"},
		{"ADD-2 a name before the address in its cell", "E-mail\tSociété\nAda Byron <a@x.fr>\tSault", "2 a@x.fr|Ada|Byron|Sault|"},
		{"ADD-2 several addresses in a cell", "E-mail\tSociété\na@x.fr; b@x.fr\tSault", "!2:1 a@x.fr; b@x.fr"},
		{"ADD-2 a row without an address before the others", "Riou\tNolwenn\t\nByron\tAda\ta@x.fr", "2 a@x.fr|Ada|Byron|| !1:1 Riou !1:6 Nolwenn"},
		{"ADD-3 titles, none of the address", "Nom\tPrénom\tContact pro\nByron\tAda\ta@x.fr", "2 a@x.fr|Ada|Byron||"},
		{"ADD-3 a name is kept whole, however long", "Ada " + strings.Repeat("b", 90) + "\ta@x.fr", "1 a@x.fr|Ada|" + strings.Repeat("b", 90) + "||"},
		{"ADD-2 words before a table without titles", "Bonjour\nAda Byron\ta@x.fr", "2 a@x.fr|Ada|Byron|| !1:1 Bonjour"},
		{"ADD-14 the column of an export with an empty one beside it", "E-mail\t\na@x.fr\t\nb@x.fr\t", "2 a@x.fr|||| 3 b@x.fr||||"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, refusal := d.ReadPaste(test.text, 10)
			if refusal != nil {
				t.Fatal(refusal)
			}
			var parts []string
			for _, a := range list.Addresses {
				parts = append(parts, fmt.Sprintf("%d %s|%s|%s|%s|%s", a.Line, a.Email, a.First, a.Last, a.Company, a.Function))
			}
			if list.Doubles > 0 {
				parts = append(parts, fmt.Sprintf("×%d", list.Doubles))
			}
			for _, f := range list.Faults {
				parts = append(parts, fmt.Sprintf("!%d:%d %s", f.Line, f.Position, f.Text))
			}
			if got := strings.Join(parts, " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if list.Read != len(list.Addresses)+list.Doubles+len(list.Faults) {
				t.Errorf("%d pieces read", list.Read)
			}
		})
	}
	if _, refusal := d.ReadPaste(strings.Repeat("Ada\ta@x.fr\n", 1)+"Eve\te@x.fr", 1); refusal == nil || refusal.Code != "addresses.too_many" {
		t.Errorf("ADD-1 more than the limit: %v", refusal)
	}
}

// TestReadPasteIsLinear: hostile tables would take minutes were any step quadratic.
func TestReadPasteIsLinear(t *testing.T) { // ADD-1
	d := imports.NewDictionary(imports.Words{})
	for _, piece := range []string{"\"\t", "\"a\t", "\"\"\t", "\t", "a\t\n", "a@x.fr\tb\n", "a\tb\n", "@\t\n", "\"\n\t", strings.Repeat("\"\"", 1000) + "\t", "\u200f\t"} {
		list, refusal := d.ReadPaste("Ada\ta@x.fr\n"+strings.Repeat(piece, 300_000/len(piece)), 100)
		if refusal != nil || len(list.Addresses) > 2 {
			t.Errorf("many %q: %d addresses, %v", piece[:min(len(piece), 10)], len(list.Addresses), refusal)
		}
	}
}
