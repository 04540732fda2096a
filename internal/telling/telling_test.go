package telling_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/i18n"
	"intendant/internal/telling"
)

// tellers speak each language.
func tellers(t *testing.T, w *apptest.World) map[string]telling.Teller {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]telling.Teller{}
	for _, language := range bundle.Languages() {
		all[language] = telling.Teller{Printer: bundle.Printer(language, time.UTC), Catalogue: w.Catalogue.InForce()}
	}
	return all
}

// TestKinds holds every kind and field against the messages of all languages
// (HIST-6).
func TestKinds(t *testing.T) {
	for language, tell := range tellers(t, apptest.New(t, "sqlite")) {
		for _, row := range audit.Rows() {
			need := []string{row.Kind.Message(), "history.group." + row.Kind.Group()}
			if row.Many {
				need = append(need, row.Kind.CountMessage())
			}
			if row.Undo != audit.Opposite {
				need = append(need, "error."+row.Kind.NeverMessage())
			}
			for _, key := range need {
				if !tell.Printer.Has(key) {
					t.Errorf("%s: no %s", language, key)
				}
			}
		}
		for field, f := range audit.Fields() {
			if f.Say != audit.Hidden && tell.Field(field) == tell.Printer.T("history.field.other") {
				t.Errorf("%s: field %s has no label", language, field)
			}
		}
	}
}

// TestSettingsAreTold: what an account set is told alike, whether an entry holds
// values or, as those of before, texts (HIST-6).
func TestSettingsAreTold(t *testing.T) {
	for language, tell := range tellers(t, apptest.New(t, "sqlite")) {
		say := tell.Printer
		for _, test := range []struct {
			field       string
			before, now audit.Value
			want        string
		}{
			{"invitation_days", audit.Text("7"), audit.Number(7), "7"},
			{"quick_add_limit", audit.Text("1000"), audit.Number(1000), say.Number(1000)},
			{"password_renewal", audit.Text("180"), audit.Number(180), "180"},
			{"reminders", audit.Text("false"), audit.Bool(false), say.T("history.value.false")},
			{"languages", audit.Text("fr, de"), audit.Texts([]string{"fr", "de"}), say.Language("fr") + ", " + say.Language("de")},
			{"second_factor", audit.Text("all"), audit.Text("all"), say.T("settings.field.second_factor.all")},
			{"time_zone", audit.Text("Europe/Paris"), audit.Text("Europe/Paris"), "Europe/Paris"},
			{"password_policy", audit.Text("12/1/0"), audit.Text("12/1/0"), "12/1/0"},
		} {
			if before, now := tell.Value(test.field, test.before, nil), tell.Value(test.field, test.now, nil); before != test.want || now != test.want {
				t.Errorf("%s: HIST-6 %s is told as %q and %q, want %q", language, test.field, before, now, test.want)
			}
			if !audit.SettingsChanged.Row().May(test.field) || audit.ClassOf(test.field) != audit.Open {
				t.Errorf("HIST-6 an entry of settings may not have %s", test.field)
			}
		}
	}
}

// oldWorld is a database that a program wrote before entries held values, of
// invented people, brought to today's schema.
func oldWorld(t *testing.T) *apptest.World {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "before-values.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	from, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "intendant.db")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(file, from); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	w := apptest.On(t, "sqlite:"+path)
	w.Must(w.DB.Migrate(t.Context()))
	return w
}

func TestEntriesOfBefore(t *testing.T) {
	w := oldWorld(t)
	checked, entries := 0, int64(0)
	err := w.History.Verify(w.Context(), w.Operator(), nil, func(c app.ChainCheck) error {
		checked, entries = checked+1, entries+c.Entries
		if c.Break != app.Whole {
			t.Errorf("HIST-3 chain of account %d: %s at %d", c.Account, c.Break, c.N)
		}
		return nil
	})
	w.Must(err)
	if checked < 2 || entries < 90 {
		t.Fatalf("HIST-3 %d chains of %d entries were verified", checked, entries)
	}
	for language, tell := range tellers(t, w) {
		t.Run("HIST-6 every old entry makes a sentence in "+language, func(t *testing.T) {
			kinds := map[audit.Kind]bool{}
			visit := func(s app.Shown) {
				kinds[s.Entry.Kind] = true
				if text := tell.Plain(s); text == "" || strings.ContainsAny(text, "\uE000\uE001\uE002[{") {
					t.Errorf("%s is told as %q", s.Entry.Kind, text)
				}
				for _, c := range tell.Changes(s) {
					if strings.ContainsAny(c.Before+c.After, "{[") || c.Field == tell.Printer.T("history.field.other") {
						t.Errorf("%s says %+v", s.Entry.Kind, c)
					}
				}
			}
			page := app.EntryPage{Next: "first"}
			for window := (app.Window{Size: 200}); page.Next != ""; window.Before = page.Next {
				var err error
				page, err = w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{}, window)
				w.Must(err)
				for _, s := range page.Entries {
					visit(s)
					if s.Act == nil {
						continue
					}
					of, err := w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Batch: s.Act.Batch}, app.Window{Size: 200})
					w.Must(err)
					if of.Total != s.Act.Entries || of.Of == nil {
						t.Errorf("HIST-6 an old act of %d entries unfolds to %d", s.Act.Entries, of.Total)
					}
					for _, one := range of.Entries {
						visit(one)
					}
				}
			}
			if len(kinds) < 35 {
				t.Errorf("only %d kinds were told", len(kinds))
			}
		})
	}
	t.Run("HIST-6 an old entry says roles by name and days as days", func(t *testing.T) {
		found, err := w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Kinds: []audit.Kind{audit.MemberChanged}}, app.Window{})
		w.Must(err)
		var said []string
		for _, s := range found.Entries {
			of := app.EntryPage{Entries: []app.Shown{s}}
			if s.Act != nil {
				of, err = w.History.ListAll(w.Context(), w.Operator(), app.HistoryFilter{Batch: s.Act.Batch}, app.Window{})
				w.Must(err)
			}
			for _, one := range of.Entries {
				for _, c := range tellers(t, w)["fr"].Changes(one) {
					said = append(said, c.Field+": "+c.After)
				}
			}
		}
		for _, want := range []string{"Rôle: Architecte", "Société: Kestner Bau", "Date de fin: 2 sept. 2026"} {
			if !slices.Contains(said, want) {
				t.Errorf("not said: %s, among %q", want, said)
			}
		}
	})
}

func TestActs(t *testing.T) { // HIST-6
	w := apptest.New(t, "sqlite")
	account := w.Account("204817")
	admin := w.Administrator(account, "claire.maraval@maraval.example")
	fr, en := tellers(t, w)["fr"], tellers(t, w)["en"]
	newest := func() app.Shown {
		found, err := w.History.List(w.Context(), admin, account.ID, app.HistoryFilter{}, app.Window{Size: 1})
		w.Must(err)
		return found.Entries[0]
	}
	add := func(n int) {
		var rows []app.NewMember
		for i, address := range apptest.Addresses(n, "maraval.example") {
			rows = append(rows, app.NewMember{Row: i + 1, Email: address, Company: "Kestner Bau"})
		}
		_, err := w.Members.Add(w.Context(), admin, account.ID, rows, app.AddOptions{Invite: true})
		w.Must(err)
	}
	t.Run("HIST-6 one person by itself is no act on many", func(t *testing.T) {
		add(1)
		if s := newest(); s.Act != nil || fr.Plain(s) == "" {
			t.Errorf("told as %q of act %v", fr.Plain(s), s.Act)
		}
	})
	t.Run("HIST-6 many people are one line with counts", func(t *testing.T) {
		add(12)
		if got, want := en.Plain(newest()), "claire maraval: 11 members added and 11 invitations sent"; got != want {
			t.Errorf("told as %q, want %q", got, want)
		}
	})
	t.Run("HIST-6 an import is one line with its file", func(t *testing.T) {
		w.Pass(time.Minute)
		i, err := w.Imports.Upload(w.Context(), admin, account.ID, "effectif.csv",
			strings.NewReader("E-mail;Prénom;NOM\nadeline.brossard@maraval.example;Adeline;Brossard\nt.iriarte@maraval.example;Tomás;Iriarte\n"))
		w.Must(err)
		if i, err = w.Imports.Finish(w.Context(), admin, account.ID, i.UUID); err != nil {
			t.Fatal(err)
		}
		_, err = w.Imports.Start(w.Context(), admin, account.ID, i.UUID)
		w.Must(err)
		if got, want := fr.Plain(newest()), "claire maraval a importé effectif.csv\u202f: 2 membres ajoutés"; !strings.HasPrefix(got, want) {
			t.Errorf("told as %q, want %q", got, want)
		}
	})
	t.Run("HIST-6 several entries about one person say the person", func(t *testing.T) {
		w.Pass(time.Minute)
		by := admin
		by.Batch = "one"
		_, err := w.Members.Add(w.Context(), by, account.ID, []app.NewMember{{Row: 1, Email: "odette.marsan@maraval.example"}}, app.AddOptions{Invite: true})
		w.Must(err)
		s := newest()
		if got, want := en.Plain(s), "claire maraval added odette.marsan@maraval.example to the account"; got != want || s.Act == nil || s.Act.Entries < 2 {
			t.Errorf("told as %q, want %q", got, want)
		}
	})
}
