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
