package app_test

import (
	"fmt"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

func TestMembersAdd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		add := func(actor authz.Actor, rows ...app.NewMember) app.Verdicts {
			t.Helper()
			for i := range rows {
				rows[i].Row = i + 1
			}
			verdicts, err := w.Members.Add(w.Context(), actor, account.ID, rows, app.AddOptions{})
			w.Must(err)
			return verdicts
		}
		outcome := func(name string, v app.Verdict, want app.Outcome, code string) {
			t.Helper()
			got := ""
			if v.Refusal != nil {
				got = v.Refusal.Code
			}
			if v.Outcome != want || got != code {
				t.Errorf("%s: %s %q, want %s %q", name, v.Outcome, got, want, code)
			}
		}
		vs := add(w.Operator(),
			app.NewMember{Email: "agathe.lormeau@maraval.example", First: "Agathe", Last: "Lormeau", Company: "Maraval Construction"},
			app.NewMember{Email: "AGATHE.LORMEAU@maraval.example"},
			app.NewMember{Email: "marion.tessier@maraval"},
			app.NewMember{Email: "wim@maraval.example", Company: "  MARAVAL construction ", Levels: []string{"administrator"}},
			app.NewMember{Email: "x@maraval.example", Functions: []string{"no-such"}})
		outcome("ADD-8 without level", vs[0], app.Added, "")
		outcome("ADD-2 double", vs[1], app.Refused, "member.double_row")
		outcome("ADD-2 bad address", vs[2], app.Refused, "email.domain")
		outcome("ADD-8 with level", vs[3], app.Added, "")
		outcome("unknown function", vs[4], app.Refused, "field.unknown_choice")
		if vs[0].Invited || !vs[3].Invited {
			t.Errorf("ADD-8 invited: %v and %v, want false and true", vs[0].Invited, vs[3].Invited)
		}
		again := add(w.Operator(), app.NewMember{Email: "agathe.lormeau@maraval.example", Company: "Other"})
		outcome("ADD-5 somebody already there", again[0], app.Unchanged, "")
	})
}

// TestUserNamesThatReadAsAddresses: nobody holds an address by calling themselves
// so, and nobody learns by it whether an address exists (ADD-5).
func TestUserNamesThatReadAsAddresses(t *testing.T) { // USER-3, USER-9, ADD-5, ADD-12
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		w.Person("soizic@ailleurs.example")
		add := func(n app.NewMember) (app.Verdict, string) {
			t.Helper()
			n.Row = 1
			verdicts, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{n}, app.AddOptions{})
			w.Must(err)
			return verdicts[0], w.Code(verdicts.FirstRefusal())
		}
		for _, name := range []string{"soizic@ailleurs.example", "nobody@ailleurs.example", "soizic\uff20ailleurs.example", "a@"} {
			if v, got := add(app.NewMember{Email: "own@maraval.example", UserName: name}); got != "user_name.address" || v.Refusal.Field != "user_name" {
				t.Errorf("USER-9 user name %q: %q at %v, want user_name.address", name, got, v.Refusal)
			}
		}
		if _, got := add(app.NewMember{Email: "Own@maraval.example", UserName: "OWN@maraval.example"}); got != "" {
			t.Errorf("USER-9 the person's own address as user name: %q", got)
		}
		if _, got := add(app.NewMember{Email: "andr\u00e9@maraval.example"}); got != "" {
			t.Errorf("an accent: %q", got)
		}
		if v, got := add(app.NewMember{Email: "andre@maraval.example"}); got != "" || v.Outcome != app.Added {
			t.Errorf("USER-9 another mailbox that looks alike: %q, %v", got, v.Outcome)
		}
		if v, got := add(app.NewMember{Email: "andre\u0301@maraval.example"}); got != "" || v.Outcome != app.Unchanged {
			t.Errorf("USER-9 the same mailbox, decomposed: %q, %v, want unchanged", got, v.Outcome)
		}
	})
}

// TestInvitationsOfManyWait: two invited at once can be taken back for two
// minutes, one alone goes out at once.
func TestInvitationsOfManyWait(t *testing.T) { // MAIL-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		add := func(emails ...string) {
			var rows []app.NewMember
			for i, email := range emails {
				rows = append(rows, app.NewMember{Row: i + 1, Email: email})
			}
			w.Must(apptest.ErrOf(w.Members.Add(w.Context(), w.Operator(), account.ID, rows, app.AddOptions{Invite: true})))
		}
		add("agathe@maraval.example")
		add("karim@maraval.example", "wim@maraval.example")
		if got := len(mails(t, w)["invitation"]); got != 1 {
			t.Errorf("%d invitations go out at once, want the single one", got)
		}
		w.Pass(directory.UndoWindow)
		if got := len(mails(t, w)["invitation"]); got != 2 {
			t.Errorf("%d invitations go out after two minutes, want 2", got)
		}
	})
}

func BenchmarkMembersAdd(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			w := apptest.New(b, kind)
			account := w.Account("204817")
			rows := make([]app.NewMember, 20_000)
			for i := range rows {
				rows[i] = app.NewMember{Row: i + 1, Email: fmt.Sprintf("prenom%d.nom%d@maraval.example", i, i*7), First: "Prénom", Last: fmt.Sprintf("Nom%d", i*7), Company: fmt.Sprintf("Société %d", i%50)}
			}
			n := 0
			start := time.Now()
			for b.Loop() {
				n++
				for i := range rows {
					rows[i].Email = fmt.Sprintf("prenom%d.nom%d@round%d.example", i, i*7, n)
				}
				if _, err := w.Members.Add(w.Context(), w.Operator(), account.ID, rows, app.AddOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*len(rows))/time.Since(start).Seconds(), "rows/s")
		})
	}
}
