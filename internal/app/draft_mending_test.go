package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

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
		got, last, err := w.Imports.Mending(w.Context(), admin, account.ID, i.UUID)
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
		rest, _, err := w.Imports.Mending(w.Context(), admin, account.ID, i.UUID)
		w.Must(err)
		if want := "meanwhile@maraval\n" + strings.Repeat("long.", 60) + "@maraval.example"; rest != want {
			t.Errorf("ADD-2 still to be mended: %q", rest)
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
