package app_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// upload takes a file in as the administrator and fails the test when it is
// refused.
func upload(w *apptest.World, admin authz.Actor, account directory.Account, text string) directory.Import {
	w.T.Helper()
	i, err := w.Imports.Upload(w.Context(), admin, account.ID, "effectif.csv", strings.NewReader(text))
	w.Must(err)
	return i
}

// verdictsOf are the outcomes and refusals of an import, line by line.
func verdictsOf(t *testing.T, w *apptest.World, admin authz.Actor, i directory.Import) []string {
	t.Helper()
	rows, err := w.Imports.Rows(w.Context(), admin, i.Account, i.UUID, app.ImportFilter{Limit: 1000})
	w.Must(err)
	var lines []string
	for _, row := range rows {
		line := fmt.Sprintf("%d %s", row.Line, row.Outcome)
		if row.Refusal != nil {
			line += " " + row.Refusal.Field + " " + row.Refusal.Code
		}
		for _, c := range row.Changes {
			said := func(v audit.Value) string {
				if ref, ok := v.Ref(); ok {
					return ref.Name
				}
				return v.Text()
			}
			line += fmt.Sprintf(" %s:%s→%s", c.Field, said(c.Before), said(c.After))
		}
		if row.Creates {
			line += " creates " + row.Company
		}
		lines = append(lines, line)
	}
	return lines
}

const people = `E-mail;Prénom;NOM;Sté;Fonction;Date de fin;Portable
a.brossard@maraval.example;Adeline;Brossard;Maraval Construction;Métreuse;31/12/2027;'+33 6 12 34 56 78
A.BROSSARD@maraval.example;Adeline;Brossard;;;;
remi.ostende@;Rémi;Ostende;;;;
odile.gamard@maraval.example;Odile;Gamard;MARAVAL  construction;Inconnu;;
hugo.pinel@maraval.example;;;;;32/12/2027;
t.iriarte@maraval.example;=cmd|' /C calc'!A0;"Iri""arte";"Verhaegen; Fils";;2027-12-31;
`

func TestImportOfMembers(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		text := strings.ReplaceAll(people, "Métreuse", functionName(t, w, admin, account))
		i := upload(w, admin, account, text)
		want := []string{
			"2 added creates Maraval Construction",
			"3 refused email member.double_row",
			"4 refused email email.domain",
			"5 refused function import.unknown_role",
			"6 refused ends import.bad_date",
			"7 added creates Verhaegen; Fils",
		}
		if diff := cmp.Diff(want, verdictsOf(t, w, admin, i)); diff != "" {
			t.Errorf("preview differs (-want +got):\n%s", diff)
		}
		if n := headcount(t, w, account); n != 1 {
			t.Errorf("PLAN-1 after the preview: %d members, want 1", n)
		}
		i, err := w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
		w.Must(err)
		if i.State != directory.ImportDone || i.Counts != (directory.ImportCounts{Total: 6, Done: 6, Added: 2, Faulty: 4}) {
			t.Errorf("after the run: %s %+v", i.State, i.Counts)
		}
		if diff := cmp.Diff(want, verdictsOf(t, w, admin, i)); diff != "" {
			t.Errorf("result differs from preview (-want +got):\n%s", diff)
		}
		if n := headcount(t, w, account); n != 3 {
			t.Errorf("after the run: %d members, want 3", n)
		}
		if _, err := w.Imports.Start(w.Context(), admin, account.ID, i.UUID); w.Code(err) != "import.started" {
			t.Errorf("started twice: %v", err)
		}
		t.Run("REP-4 telephone", func(t *testing.T) {
			if phone := memberByEmail(t, w, account, "a.brossard@maraval.example").Phone; phone != "+33 6 12 34 56 78" {
				t.Errorf("phone %q", phone)
			}
		})
		t.Run("ADD-13 changes", func(t *testing.T) {
			again := upload(w, admin, account, "Courriel;Société\na.brossard@maraval.example;Maraval Location\nt.iriarte@maraval.example;\n")
			again, err := w.Imports.Settings(w.Context(), admin, account.ID, again.UUID, app.ImportSetting{Columns: again.Choices.Columns, Change: true, Invite: "nobody"})
			w.Must(err)
			want := []string{"2 changed company:Maraval Construction→Maraval Location creates Maraval Location", "3 unchanged"}
			if diff := cmp.Diff(want, verdictsOf(t, w, admin, again)); diff != "" {
				t.Errorf("preview differs (-want +got):\n%s", diff)
			}
		})
	})
}

// functionName is what a function of the account is called in French.
func functionName(t *testing.T, w *apptest.World, admin authz.Actor, account directory.Account) string {
	t.Helper()
	choices, err := w.Members.Choices(w.Context(), admin, account.ID)
	w.Must(err)
	if len(choices.Functions) == 0 {
		t.Fatal("the account type has no function")
	}
	return strings.ToUpper(choices.Functions[0].Name("fr"))
}

func TestImportIsItsMakers(t *testing.T) { // USER-5, API-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account, other := w.Account("204817"), w.Account("204818")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		stranger := w.Administrator(other, "s.autre@autre.example")
		plain, _ := w.Member(account, "plain@maraval.example")
		i := upload(w, admin, account, "E-mail\nx@maraval.example\n")
		for name, test := range map[string]struct {
			actor   authz.Actor
			account directory.Account
			want    string
		}{
			"another account's administrator": {stranger, account, "account.not_found"},
			"from another account":            {stranger, other, "import.not_found"},
			"a plain member":                  {plain, account, "denied.permission"},
		} {
			if _, err := w.Imports.Find(w.Context(), test.actor, test.account.ID, i.UUID); w.Code(err) != test.want {
				t.Errorf("%s finds: %v, want %s", name, err, test.want)
			}
			if _, err := w.Imports.Start(w.Context(), test.actor, test.account.ID, i.UUID); w.Code(err) != test.want {
				t.Errorf("%s starts: %v, want %s", name, err, test.want)
			}
			if _, err := w.Imports.Upload(w.Context(), test.actor, account.ID, "a.csv", strings.NewReader("E-mail\n")); err == nil {
				t.Errorf("%s uploads", name)
			}
		}
	})
}

// TestImportOfRealFiles takes in the same people as a CSV of Windows and as a
// workbook.
func TestImportOfRealFiles(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		var lists [2][]string
		for n, name := range []string{"membres-5000.csv", "membres-5000.xlsx"} {
			account := w.Account(fmt.Sprintf("20481%d", n))
			admin := w.Administrator(account, fmt.Sprintf("claire%d@maraval.example", n))
			file, err := os.ReadFile("../../e2e/testdata/" + name)
			w.Must(err)
			i, err := w.Imports.Upload(w.Context(), admin, account.ID, name, bytes.NewReader(file))
			w.Must(err)
			columns := i.Choices.Columns
			delete(columns, "function") // of another catalogue
			_, err = w.Imports.Settings(w.Context(), admin, account.ID, i.UUID, app.ImportSetting{Columns: columns, Invite: "nobody"})
			w.Must(err)
			_, err = w.Imports.Finish(w.Context(), admin, account.ID, i.UUID)
			w.Must(err)
			_, err = w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
			w.Must(err)
			i, err = w.Imports.Finish(w.Context(), admin, account.ID, i.UUID)
			w.Must(err)
			if c := i.Counts; c.Total != 5000 || c.Added+c.Unchanged < 4900 || c.Faulty != 50 {
				t.Errorf("%s: %+v", name, c)
			}
			lists[n] = roll(t, w, account)
		}
		if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
			t.Errorf("CSV (-) and XLSX (+) give other members:\n%s", diff)
		}
	})
}

func TestPasteOfAHundredThousand(t *testing.T) { // ADD-1
	if testing.Short() {
		t.Skip("takes seconds")
	}
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		addresses := apptest.Addresses(100_000, "maraval.example")
		text := strings.Join(addresses, "\n")
		_, err := w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Text: text + "\none.more@maraval.example"})
		if w.Code(err) != "addresses.too_many" {
			t.Fatalf("100,001 addresses: %v, want addresses.too_many", err)
		}
		i, err := w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Text: text})
		w.Must(err)
		v, err := w.Imports.Draft(w.Context(), admin, account.ID, i.UUID, 500)
		w.Must(err)
		if v.Counts.Rows != 100_000 || len(v.Lines) != app.DraftPageRows || v.Lines[199].Email != addresses[99_999] {
			t.Errorf("draft has %d rows, its last page %d", v.Counts.Rows, len(v.Lines))
		}
		if strings.HasSuffix(t.Name(), "/postgres") {
			return // TestImportSurvivesKill runs long imports there
		}
		_, err = w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
		w.Must(err)
		i, err = w.Imports.Finish(w.Context(), admin, account.ID, i.UUID)
		w.Must(err)
		if i.State != directory.ImportDone || i.Counts.Added != 100_000 {
			t.Errorf("%s %+v", i.State, i.Counts)
		}
	})
}

func TestDraft(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		other := w.Account("204818")
		_, err := w.Members.Add(w.Context(), w.Operator(), other.ID, []app.NewMember{{Row: 1, Email: "elsewhere@maraval.example", First: "Else", Company: "Elsewhere"}}, app.AddOptions{})
		w.Must(err)
		i, err := w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Text: `agathe@maraval.example; "Bertin, Yann" <y.bertin@maraval.example>
wim@maraval.example	elsewhere@maraval.example, CLAIRE.maraval@maraval.example
marion.tessier@maraval AGATHE@maraval.example`})
		w.Must(err)
		page := func() app.DraftView {
			t.Helper()
			v, err := w.Imports.Draft(w.Context(), admin, account.ID, i.UUID, 1)
			w.Must(err)
			return v
		}
		v := page()
		t.Run("ADD-2 doubles and bad addresses", func(t *testing.T) {
			if v.Counts.Rows != 5 || v.Import.Choices.Doubles != 1 || v.Faults != 1 {
				t.Errorf("%d rows, %d doubles, %d faults", v.Counts.Rows, v.Import.Choices.Doubles, v.Faults)
			}
			if f := v.Invalid[0]; f.At != 3 || f.Position != 1 || f.Email != "marion.tessier@maraval" {
				t.Errorf("fault %+v", f)
			}
		})
		t.Run("ADD-5 known here and elsewhere", func(t *testing.T) {
			if claire := v.Lines[4]; !claire.There || claire.First != "Claire" && claire.First != "claire" || claire.Level != "administrator" {
				t.Errorf("a member: %+v", claire)
			}
			if elsewhere := v.Lines[3]; elsewhere.There || elsewhere.First != "" || elsewhere.Company != "" {
				t.Errorf("known elsewhere: %+v", elsewhere)
			}
		})
		t.Run("ADD-3 each row its own, ADD-6 new company", func(t *testing.T) {
			w.Must(w.Imports.EditDraft(w.Context(), admin, account.ID, i.UUID, map[int64]directory.DraftEdit{
				v.Lines[0].Line: {First: "Agathe", Company: "Maraval Construction"}, v.Lines[1].Line: {First: "Yann", Last: "Bertin", Level: "administrator"}}))
			lines := page().Lines
			if lines[0].First != "Agathe" || !lines[0].NewCompany || lines[1].Level != "administrator" || !lines[1].LevelOwn {
				t.Errorf("rows %+v", lines[:2])
			}
		})
		t.Run("ADD-7 says what it overwrites before it does", func(t *testing.T) {
			company := "Maraval Conseil"
			change := app.DraftChange{All: true, Set: directory.DraftSet{Company: &company}}
			losses, done, err := w.Imports.SetDraft(w.Context(), admin, account.ID, i.UUID, change)
			w.Must(err)
			if done || losses.Companies != 1 || page().Lines[0].Company != "Maraval Construction" {
				t.Errorf("untold: done %v, losses %+v", done, losses)
			}
			change.Told = losses
			_, done, err = w.Imports.SetDraft(w.Context(), admin, account.ID, i.UUID, change)
			w.Must(err)
			if lines := page().Lines; !done || lines[0].Company != company || lines[2].Company != company || lines[1].Level != "administrator" {
				t.Errorf("told: done %v, %+v", done, lines)
			}
		})
		t.Run("ADD-8 invited with a level only", func(t *testing.T) {
			i, err := w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
			w.Must(err)
			if c := i.Counts; c.Added != 4 || c.Invited != 1 || c.Unchanged != 1 || i.State != directory.ImportDone {
				t.Errorf("%s %+v", i.State, c)
			}
			if yann := memberByEmail(t, w, account, "y.bertin@maraval.example"); yann.Status != directory.Invited || yann.Suggested.First != "Yann" {
				t.Errorf("with level: %+v", yann)
			}
			if wim := memberByEmail(t, w, account, "wim@maraval.example"); wim.Status != directory.NotInvited {
				t.Errorf("without: %s", wim.Status)
			}
		})
	})
}
