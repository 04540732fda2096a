package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

// mendingTitles are the titles under which what is to be mended is a table again.
var mendingTitles = []string{"E-mail", "Prénom", "Nom", "Société", "Rôle", "Niveau d’accès", "Produits"}

// TestDraftMending: what is no address comes back whole, however much of it a
// page shows.
func TestDraftMending(t *testing.T) { // ADD-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		var pieces []string
		for n := range 650 {
			pieces = append(pieces, fmt.Sprintf("p%d@maraval", n))
		}
		pieces = append(pieces, strings.Repeat("long.", 60)+"@maraval")
		text := strings.Join(pieces, "\n")
		i, err := w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Text: text + "\nfine@maraval.example"})
		w.Must(err)
		got, last, err := w.Imports.Mending(w.Context(), admin, account.ID, i.UUID, mendingTitles)
		w.Must(err)
		if diff := cmp.Diff(text, got); diff != "" {
			t.Fatalf("ADD-2 to be mended differs (-pasted +got):\n%s", diff)
		}
		_, err = w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Draft: i.UUID, Text: "meanwhile@maraval"})
		w.Must(err)
		mended := strings.ReplaceAll(got, "@maraval", "@maraval.example")
		i, err = w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Draft: i.UUID, Text: mended, Mended: last})
		w.Must(err)
		v, err := w.Imports.Draft(w.Context(), admin, account.ID, i.UUID, 1)
		w.Must(err)
		if v.Counts.Rows != 651 || v.Faults != 2 || v.Import.Choices.Addresses != 653 {
			t.Errorf("ADD-2 after mending: %d rows, %d faults, %d read", v.Counts.Rows, v.Faults, v.Import.Choices.Addresses)
		}
		rest, _, err := w.Imports.Mending(w.Context(), admin, account.ID, i.UUID, mendingTitles)
		w.Must(err)
		if want := "meanwhile@maraval\n" + strings.Repeat("long.", 60) + "@maraval.example"; rest != want {
			t.Errorf("ADD-2 still to be mended: %q", rest)
		}
	})
}

// TestDraftMendedInPlace: what is mended in the list of a draft becomes the row that its
// piece would have been, with what stood beside it; what is beyond the list stays.
func TestDraftMendedInPlace(t *testing.T) { // ADD-2, ADD-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		text := "Nom\tPrénom\tE-mail\tSociété\tRôle\tNiveau d’accès\nBertin\tYann\ty.bertin@maraval\tSault\tArchitecte\tAdministrateur\n" +
			"Riou\tNolwenn\t\tSault\tInconnu\t\nWeiss\tJonas\tj@maraval.example; k@maraval\tKestner\t\t\nX\tY\twhatever\t\t\t" + strings.Repeat("\nZ\tZ\tz@\t\t\t", 230)
		i, err := w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Text: text})
		w.Must(err)
		got, last, err := w.Imports.Mending(w.Context(), admin, account.ID, i.UUID, mendingTitles)
		w.Must(err)
		for n, want := range strings.Split("E-mail\tPrénom\tNom\tSociété\tRôle\tNiveau d’accès\tProduits\ny.bertin@maraval\tYann\tBertin\tSault\tArchitecte\tAdministrateur\t", "\n") {
			if line := strings.Split(got, "\n")[n]; line != want {
				t.Errorf("ADD-2 to be mended as text: %q, want %q", line, want)
			}
		}
		w.Must(w.Imports.MendDraft(w.Context(), admin, account.ID, i.UUID, map[int64]string{1: "y.bertin@maraval.example", 2: "n@maraval.example",
			3: "j@maraval.example; k@maraval.example", 4: "", 5: "z@maraval", 900: "nobody@maraval.example"}))
		v, err := w.Imports.Draft(w.Context(), admin, account.ID, i.UUID, 1)
		w.Must(err)
		var rows []string
		for _, l := range v.Lines {
			rows = append(rows, fmt.Sprintf("%d %s|%s|%s|%s|%s|%s|%d", l.Line, l.Email, l.First, l.Last, l.Company, l.Function, l.Level, len(l.Faults)))
		}
		want := []string{"1 y.bertin@maraval.example|Yann|Bertin|Sault|architect|administrator|0", "2 n@maraval.example|Nolwenn|Riou|Sault|||1",
			"3 j@maraval.example|Jonas|Weiss|Kestner|||0", "235 k@maraval.example||||||0"}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("ADD-2 rows (-want +got):\n%s", diff)
		}
		if first := v.Invalid[0]; v.Faults != 230 || first.Email != "z@maraval" || first.At != 6 || v.Import.Choices.Addresses != 234 {
			t.Errorf("ADD-2 left: %d, the first %+v, %d read", v.Faults, first, v.Import.Choices.Addresses)
		}
		_, err = w.Imports.Paste(w.Context(), admin, account.ID, app.Pasting{Draft: i.UUID, Text: strings.ReplaceAll(got, "@maraval\t", "@maraval.example\t"), Mended: last})
		w.Must(err)
		if v, err = w.Imports.Draft(w.Context(), admin, account.ID, i.UUID, 1); err != nil || v.Counts.Rows != 4 || v.Faults != 233 {
			t.Errorf("ADD-2 mended as text: %d rows, %d left, %v", v.Counts.Rows, v.Faults, err)
		}
	})
}

// TestOneReaderOfAddresses: what a paste takes, a file, a form and a program's
// rows take too, and what it refuses they refuse.
func TestOneReaderOfAddresses(t *testing.T) { // ADD-1, ADD-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		i := upload(w, admin, account, `E-mail,Société
Yann Bertin <y.bertin@maraval.example>,
mailto:anna@maraval.example,
"""anna@maraval.example"";",
a@maraval.example b@maraval.example,
"""v@maraval.example x""@maraval.example",
LefÃ¨vre <l@maraval.example>,
m@maraval.example,SociÃ©tÃ©
`)
		want := []string{"2 added", "3 added", "4 refused email member.double_row", "5 refused email email.several",
			"6 refused email email.quoted", "7 refused email text.twice", "8 refused company text.twice"}
		if diff := cmp.Diff(want, agrees(t, w, admin, i)); diff != "" {
			t.Errorf("verdicts differ (-want +got):\n%s", diff)
		}
		if m := memberByEmail(t, w, account, "y.bertin@maraval.example"); m.Suggested.Last != "Bertin" {
			t.Errorf("ADD-3 name before the address: %+v", m.Suggested)
		}
		verdicts, err := w.Members.Add(w.Context(), admin, account.ID, []app.NewMember{{Row: 1, Email: "Jo <jo@maraval.example>"},
			{Row: 2, Email: "mailto:JO@maraval.example"}, {Row: 3, Email: `"v@maraval.example x"@maraval.example`}}, app.AddOptions{})
		w.Must(err)
		if verdicts[0].Outcome != app.Added || verdicts[1].Refusal == nil || verdicts[1].Refusal.Code != "member.double_row" ||
			verdicts[2].Refusal == nil || verdicts[2].Refusal.Code != "email.quoted" {
			t.Errorf("a program's rows: %+v", verdicts)
		}
	})
}
