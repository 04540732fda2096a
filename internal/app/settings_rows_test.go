package app_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A board is an account whose settings somebody changes who has a second factor.
type board struct {
	*apptest.World
	t       *testing.T
	account directory.Account
	by      authz.Actor
}

func newBoard(t *testing.T, w *apptest.World) *board {
	s := startInviting(t, w)
	codesOf(w, s.helene, w.Session(s.helene, app.PurposeFull)) // SIGN-6
	return &board{World: w, t: t, account: s.account, by: s.helene}
}

func (b *board) view() app.SettingsView {
	b.t.Helper()
	view, err := b.Accounts.Settings(b.Context(), b.by, b.account.ID)
	b.Must(err)
	return view
}

// told are the entries of the account's settings, newest first.
func (b *board) told() []app.Shown {
	b.t.Helper()
	page, err := b.History.List(b.Context(), b.by, b.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.SettingsChanged}}, app.Window{Size: 100})
	b.Must(err)
	return page.Entries
}

// otherwise sets another value that the account may set.
func otherwise(row directory.Setting, s *directory.Settings, asked directory.Settings) {
	switch value := row.At(s).(type) {
	case *int:
		if *value++; !row.Bounds.Hold(*value) {
			*value = row.Bounds.Least
		}
	case *bool:
		*value = !*value
	case *string:
		offered := row.Choices
		switch row.Kind {
		case directory.LanguageSetting:
			offered = s.Languages
		case directory.ZoneSetting:
			offered = []string{"Europe/Brussels", "Europe/Paris"}
		}
		*value = offered[slices.IndexFunc(offered, func(one string) bool { return one != *value })]
	case *[]string:
		if len(*value) == len(asked.Languages) {
			*value = []string{s.Language}
		} else {
			*value = asked.Languages
		}
	}
}

// TestEverySetting sets each setting by each door: it holds as it was said and
// history tells of it and nothing else, from which value to which (HIST-1,
// HIST-6); out of its bounds or laxer than the catalogue it is refused by name,
// and nothing is told (SIGN-3).
func TestEverySetting(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := newBoard(t, w)
		for _, row := range directory.AccountSettings() {
			b.settles(row, true)
			b.settles(row, false)
			b.refuses(row)
		}
	})
}

func (b *board) settles(row directory.Setting, whole bool) {
	b.t.Helper()
	before, told := b.view(), len(b.told())
	said := before.AccountSettings
	otherwise(row, &said.Settings, before.Catalogue.Settings)
	if whole {
		b.Must(b.Accounts.ChangeSettings(b.Context(), b.by, b.account.ID, said))
	} else {
		text, err := json.Marshal(row.At(&said.Settings))
		b.Must(err)
		b.Must(b.Accounts.EditSettings(b.Context(), b.by, b.account.ID, said.Version, directory.SettingsChange{row.ID: text}))
	}
	if got := b.view(); !reflect.DeepEqual(got.Settings, said.Settings) || got.Version == said.Version {
		b.t.Errorf("%s %s holds as %+v, was said as %+v", row.Rule, row.ID, got.Settings, said.Settings)
	}
	entries := b.told()
	if len(entries) != told+1 || len(entries[0].Entry.Facts) != 1 || len(entries[0].Entry.Personal) > 0 {
		b.t.Fatalf("HIST-1 %s: %d entries more: %+v", row.ID, len(entries)-told, entries[0].Entry)
	}
	want := audit.Change{Field: row.HistoryField(), Before: valueAt(row.At(&before.Settings)), After: valueAt(row.At(&said.Settings))}
	if got := entries[0].Entry.Facts[0]; got != want || got.Before == got.After {
		b.t.Errorf("HIST-6 %s: %+v, want %+v", row.ID, got, want)
	}
}

// valueAt is a value as history has always kept it.
func valueAt(at any) audit.Value {
	switch value := at.(type) {
	case *int:
		return audit.Number(*value)
	case *bool:
		return audit.Bool(*value)
	case *string:
		return audit.Text(*value)
	}
	return audit.Texts(*at.(*[]string))
}

func (b *board) refuses(row directory.Setting) {
	b.t.Helper()
	told := len(b.told())
	for _, set := range wrong(row) {
		view := b.view()
		said := view.AccountSettings
		set(&said.Settings, view.Catalogue.Settings)
		text, err := json.Marshal(row.At(&said.Settings))
		b.Must(err)
		for _, err := range []error{b.Accounts.ChangeSettings(b.Context(), b.by, b.account.ID, said),
			b.Accounts.EditSettings(b.Context(), b.by, b.account.ID, said.Version, directory.SettingsChange{row.ID: text})} {
			var refusal *directory.Error
			if !errors.As(err, &refusal) || refusal.Kind != directory.Invalid || refusal.Field != row.ID {
				b.t.Errorf("%s %s = %s: %v", row.Rule, row.ID, text, err)
			}
		}
	}
	if len(b.told()) != told {
		b.t.Errorf("HIST-1 %s: what was refused is told", row.ID)
	}
}

// wrong are ways to set what an account may not.
func wrong(row directory.Setting) []func(s *directory.Settings, asked directory.Settings) {
	var ways []func(s *directory.Settings, asked directory.Settings)
	number := func(of func(asked int) int) {
		ways = append(ways, func(s *directory.Settings, asked directory.Settings) { *row.At(s).(*int) = of(*row.At(&asked).(*int)) })
	}
	switch row.Kind {
	case directory.NumberSetting:
		number(func(int) int { return -1 })
		number(func(int) int { return row.Bounds.Least - 1 })
		number(func(int) int { return row.Bounds.Most + 1 })
		if row.Floor == directory.NotBelow {
			number(func(asked int) int { return asked - 1 })
		}
	case directory.LanguagesSetting:
		ways = append(ways, func(s *directory.Settings, _ directory.Settings) { *row.At(s).(*[]string) = []string{s.Language, "eo"} })
	case directory.ChoiceSetting, directory.LanguageSetting, directory.ZoneSetting:
		ways = append(ways, func(s *directory.Settings, _ directory.Settings) { *row.At(s).(*string) = "nowhere" })
	}
	return ways
}

// TestStricterCatalogue: an account that was stricter than its catalogue is not
// laxer once the catalogue asks for more.
func TestStricterCatalogue(t *testing.T) { // SIGN-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := newBoard(t, w)
		said := b.view().AccountSettings
		said.Password.MinLength, said.Password.Classes = 14, 3
		b.Must(b.Accounts.ChangeSettings(b.Context(), b.by, b.account.ID, said))
		text := standard(t, "password: {min_length: 12, classes: 1, renewal_days: 0}", "password: {min_length: 16, classes: 2, renewal_days: 90}")
		draft, err := w.App.Catalogue.Draft(b.Context(), b.Operator(), text)
		b.Must(err)
		b.Must(w.App.Catalogue.Apply(b.Context(), b.Operator(), text, draft.Version))
		want := directory.PasswordPolicy{MinLength: 16, Classes: 3, RenewalDays: 90}
		if got := b.view().Password; got != want {
			t.Errorf("it asks for %+v, want %+v", got, want)
		}
		said = b.view().AccountSettings
		said.Password.MinLength = 15
		if code := w.Code(b.Accounts.ChangeSettings(b.Context(), b.by, b.account.ID, said)); code != "settings.too_lax" {
			t.Errorf("laxer again: %q", code)
		}
	})
}
