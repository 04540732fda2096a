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
		for _, want := range []string{"Fonctions: Architecte", "Société: Kestner Bau", "Date de fin: 2 sept. 2026"} {
			if !slices.Contains(said, want) {
				t.Errorf("not said: %s, among %q", want, said)
			}
		}
	})
}
