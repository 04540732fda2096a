package app_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// changing has a draft change people who are there, and checks it again.
func changing(w *apptest.World, admin authz.Actor, i directory.Import) directory.Import {
	w.T.Helper()
	i, err := w.Imports.Settings(w.Context(), admin, i.Account, i.UUID, app.ImportSetting{Columns: i.Choices.Columns, Change: true, Invite: directory.InviteNobody})
	w.Must(err)
	return i
}

// agrees runs a draft and fails the test unless its rows become what the
// preview said, which it answers.
func agrees(t *testing.T, w *apptest.World, admin authz.Actor, i directory.Import) []string {
	t.Helper()
	_, err := w.Imports.Finish(w.Context(), admin, i.Account, i.UUID)
	w.Must(err)
	preview := verdictsOf(t, w, admin, i)
	_, err = w.Imports.Start(w.Context(), admin, i.Account, i.UUID)
	w.Must(err)
	i, err = w.Imports.Finish(w.Context(), admin, i.Account, i.UUID)
	w.Must(err)
	if i.State != directory.ImportDone {
		t.Errorf("the run ends as %s: %s", i.State, i.Choices.Stopped)
	}
	if diff := cmp.Diff(preview, verdictsOf(t, w, admin, i)); diff != "" {
		t.Errorf("preview (-) and run (+) differ:\n%s", diff)
	}
	return preview
}

func TestImportRowsAmongThemselves(t *testing.T) { // ADD-13, PLAN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		t.Run("ADD-12 user names within a chunk", func(t *testing.T) {
			got := agrees(t, w, admin, upload(w, admin, account, `E-mail;Identifiant;Société
n1@maraval.example;pmartin;Maraval Un
n2@maraval.example;PMARTIN;Maraval Deux
n3@maraval.example;p martin;
n4@maraval.example;pmärtin;
n5@maraval.example;;maraval un
`))
			want := []string{"2 added creates Maraval Un", "3 refused user_name user.name_taken", "4 added",
				"5 refused user_name user.name_taken", "6 added"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("verdicts differ (-want +got):\n%s", diff)
			}
		})
		t.Run("ADD-12, ADD-6 across chunks", func(t *testing.T) {
			var text strings.Builder
			text.WriteString("E-mail;Identifiant;Société\nfirst@maraval.example;chunky;Maraval Nord\n")
			for n := range 600 {
				fmt.Fprintf(&text, "c%d@maraval.example;;\n", n)
			}
			text.WriteString("last@maraval.example;Chunky;\nc7@maraval.example;;\nlast2@maraval.example;;MARAVAL nord\n")
			got := agrees(t, w, admin, upload(w, admin, account, text.String()))
			want := []string{"603 refused user_name user.name_taken", "604 refused email member.double_row", "605 added"}
			if diff := cmp.Diff(want, got[len(got)-3:]); diff != "" {
				t.Errorf("verdicts differ (-want +got):\n%s", diff)
			}
		})
		t.Run("ADD-2 another mailbox is another person, or says why not", func(t *testing.T) {
			agrees(t, w, admin, upload(w, admin, account, "E-mail\nrene@maraval.example\nrené@maraval.example\n"))
		})
		t.Run("ADD-6 a refused row makes no company", func(t *testing.T) {
			agrees(t, w, admin, upload(w, admin, account, "E-mail;Société;Date de fin\nz@maraval.example;Maraval Fantôme;01/01/1990\n"))
			choices, err := w.Members.Choices(w.Context(), admin, account.ID)
			w.Must(err)
			for _, c := range choices.Companies {
				if c.Name == "Maraval Fantôme" {
					t.Error("the company of a refused row was made")
				}
			}
		})
		t.Run("BULK-3 rows of a program among themselves", func(t *testing.T) {
			rows := []app.NewMember{{Row: 1, Email: "r1@maraval.example", UserName: "rowing"}, {Row: 2, Email: "r2@maraval.example", UserName: "Rowing"}}
			for _, preview := range []bool{true, false} {
				verdicts, err := w.Members.Add(w.Context(), admin, account.ID, rows, app.AddOptions{Preview: preview})
				w.Must(err)
				if verdicts[0].Outcome != app.Added || verdicts[1].Refusal == nil || verdicts[1].Refusal.Code != "user.name_taken" {
					t.Errorf("preview %v: %+v", preview, verdicts)
				}
			}
		})
	})
}

// TestImportUnforeseenRow: a constraint that no rule knows leaves out the row
// that breaks it, and nothing else.
func TestImportUnforeseenRow(t *testing.T) { // BULK-3, ADD-13
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			account := w.Account("204817")
			admin := w.Administrator(account, "claire.maraval@maraval.example")
			phonesOnce(t, kind, address)
			var text strings.Builder
			text.WriteString("E-mail;Téléphone\n")
			for n := range 9 {
				fmt.Fprintf(&text, "p%d@maraval.example;+33 1 00 00 00 %02d\n", n, n%8)
			}
			i := upload(w, admin, account, text.String())
			i, err := w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
			w.Must(err)
			if i.State != directory.ImportDone || i.Counts != (directory.ImportCounts{Total: 9, Done: 9, Added: 8, Faulty: 1}) {
				t.Errorf("%s %+v", i.State, i.Counts)
			}
			if got := verdictsOf(t, w, admin, i); len(got) != 9 || got[8] != "10 refused  row.conflict" {
				t.Errorf("verdicts %q", got)
			}
			rows := []app.NewMember{{Row: 1, Email: "q1@maraval.example"}, {Row: 2, Email: "q2@maraval.example", PlaceTexts: directory.PlaceTexts[string]{Phone: "+33 1 00 00 00 00"}}, {Row: 3, Email: "q3@maraval.example"}}
			verdicts, err := w.Members.Add(w.Context(), admin, account.ID, rows, app.AddOptions{})
			w.Must(err)
			if verdicts.Count(app.Added) != 2 || verdicts[1].Refusal == nil || verdicts[1].Refusal.Code != "row.conflict" {
				t.Errorf("a program's rows: %+v", verdicts)
			}
		})
	}
}

// phonesOnce lets the database know a rule that the program does not foresee.
func phonesOnce(t *testing.T, kind, address string) {
	t.Helper()
	driver, source := "pgx", address
	if kind == "sqlite" {
		driver, source = "sqlite", "file:"+strings.TrimPrefix(address, "sqlite:")
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	if _, err := pool.ExecContext(t.Context(), "CREATE UNIQUE INDEX phone_once ON member (account_key, phone) WHERE phone <> ''"); err != nil {
		t.Fatal(err)
	}
}

func TestImportLastAdministrator(t *testing.T) { // ACC-5, BULK-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		w.Administrator(account, "karim.haddad@maraval.example")
		got := agrees(t, w, admin, changing(w, admin, upload(w, admin, account, `E-mail;Date de fin;Société
claire.maraval@maraval.example;31/12/2027;
karim.haddad@maraval.example;30/06/2028;Maraval Fantôme
new.hire@maraval.example;;
`)))
		want := []string{`2 changed ends:→{"at":"2027-12-31T23:00:00Z"}`, "3 refused  administrator.last", "4 added"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("verdicts differ (-want +got):\n%s", diff)
		}
	})
}

// TestImportLastAdministratorAcrossChunks: the preview of a later chunk knows
// who no longer counts by an earlier one, and who does.
func TestImportLastAdministratorAcrossChunks(t *testing.T) { // ACC-5, PLAN-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		w.Administrator(account, "karim.haddad@maraval.example")
		many := func(first, last string) string {
			var text strings.Builder
			text.WriteString("E-mail;Date de fin\n" + first + "\n")
			for n := range 500 {
				fmt.Fprintf(&text, "c%d@maraval.example;\n", n)
			}
			return text.String() + last + "\n"
		}
		got := agrees(t, w, admin, changing(w, admin, upload(w, admin, account,
			many("karim.haddad@maraval.example;30/06/2028", "claire.maraval@maraval.example;31/12/2027"))))
		if got[0] != `2 changed ends:→{"at":"2028-06-30T22:00:00Z"}` || got[501] != "503 refused  administrator.last" {
			t.Errorf("first %q, last %q", got[0], got[501])
		}
	})
}

func TestEndDates(t *testing.T) { // USER-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		paris, err := time.LoadLocation(account.TimeZone)
		w.Must(err)
		over := time.Date(2028, 1, 1, 0, 0, 0, 0, paris).UTC()
		day := directory.End{Day: directory.Day{Year: 2027, Month: 12, Day: 31}}
		past := directory.End{Day: directory.Day{Year: 2026, Month: 3, Day: 1}}
		for name, add := range map[string]func(email string, end directory.End) error{
			"row": func(email string, end directory.End) error {
				return refusalOf(w.Members.Add(w.Context(), admin, account.ID, []app.NewMember{{Row: 1, Email: email, Ends: end}}, app.AddOptions{}))
			},
			"full form": func(email string, end directory.End) error {
				_, err := w.Members.Create(w.Context(), admin, account.ID, app.NewPerson{NewMember: app.NewMember{Email: email, UserName: email, Language: "fr", Ends: end}})
				return err
			},
			"edit": func(email string, end directory.End) error {
				_, m := w.Member(account, email)
				return refusalOf(w.Members.EditMembers(w.Context(), admin, account.ID, app.Of(m.UUID), app.MemberChange{Ends: &end}))
			},
			"file": func(email string, end directory.End) error {
				i := upload(w, admin, account, "E-mail;Date de fin\n"+email+";"+end.Day.UTC().Format("02/01/2006")+"\n")
				i, err := w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
				w.Must(err)
				rows, err := w.Imports.Rows(w.Context(), admin, account.ID, i.UUID, app.ImportFilter{Limit: 1})
				w.Must(err)
				if rows[0].Refusal != nil {
					return rows[0].Refusal
				}
				return nil
			},
		} {
			t.Run("USER-6 "+name, func(t *testing.T) {
				email := strings.ReplaceAll(name, " ", ".") + "@maraval.example"
				if err := add("past."+email, past); w.Code(err) != "member.end_past" {
					t.Errorf("a past day: %v, want member.end_past", err)
				}
				w.Must(add(email, day))
				if m := memberByEmail(t, w, account, email); !m.Ends.Equal(over) {
					t.Errorf("ends at %s, want %s", m.Ends, over)
				}
			})
		}
	})
}

// refusalOf is why the first thing of an act was not done.
func refusalOf(verdicts app.Verdicts, err error) error {
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

func TestImportOfDates(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "claire.maraval@maraval.example")
		i := upload(w, admin, account, "E-mail;Date de fin\na@maraval.example;12/31/2027\nb@maraval.example;1/2/2027\n")
		if got := i.Choices.Read.Dates; got != directory.MonthFirst {
			t.Errorf("order found: %q", got)
		}
		i, err := w.Imports.Settings(w.Context(), admin, account.ID, i.UUID, app.ImportSetting{Columns: i.Choices.Columns, Invite: directory.InviteNobody, Dates: string(directory.AnyOrder)})
		w.Must(err)
		want := []string{"2 added", "3 refused ends date.ambiguous"}
		if diff := cmp.Diff(want, verdictsOf(t, w, admin, i)); diff != "" {
			t.Errorf("verdicts differ (-want +got):\n%s", diff)
		}
		rows, err := w.Imports.Rows(w.Context(), admin, account.ID, i.UUID, app.ImportFilter{Limit: 1})
		w.Must(err)
		if rows[0].Ends != "2027-12-31" {
			t.Errorf("the preview shows the end as %q", rows[0].Ends)
		}
	})
}
