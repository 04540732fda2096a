package directory

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestAccountSettings holds each row of the table against what all that read it
// need (SIGN-3).
func TestAccountSettings(t *testing.T) {
	var ids, stored, history []string
	for _, row := range AccountSettings() {
		t.Run(row.Rule+" "+row.ID, func(t *testing.T) {
			if row.ID == "" || row.Rule == "" || !slices.Contains(SettingGroups(), row.Group) {
				t.Errorf("it has no name, rule or section: %+v", row)
			}
			usual := UsualSettings()
			want := map[SettingKind]any{NumberSetting: new(int), ToggleSetting: new(bool), ChoiceSetting: new(string), LanguageSetting: new(string),
				LanguagesSetting: new([]string), ZoneSetting: new(string)}[row.Kind]
			if got := row.At(&usual); reflect.TypeOf(got) != reflect.TypeOf(want) {
				t.Fatalf("its value is a %T, want %T", got, want)
			}
			if number, ok := row.At(&usual).(*int); ok && (row.Bounds.Least >= row.Bounds.Most || !row.Bounds.Hold(*number)) {
				t.Errorf("from %d to %d, usually %d", row.Bounds.Least, row.Bounds.Most, *number)
			}
			if row.Kind == ChoiceSetting && len(row.Choices) < 2 {
				t.Errorf("choices %q", row.Choices)
			}
			if row.Floor != NoFloor && row.Policy == "" {
				t.Error("it has a floor and no policy that says where")
			}
			if row.Stored == "" && row.Kind != LanguageSetting && row.Kind != ZoneSetting {
				t.Error("it is stored nowhere")
			}
		})
		ids, history = append(ids, row.ID), append(history, row.HistoryField())
		if row.Stored != "" {
			stored = append(stored, row.Stored)
		}
	}
	for what, names := range map[string][]string{"id": ids, "place": stored, "field of history": history} {
		slices.Sort(names)
		if len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("two rows have one %s: %q", what, names)
		}
	}
}

// asked is what a strict catalogue says.
func askedSettings() Settings {
	s := UsualSettings()
	s.Languages, s.Language, s.TimeZone = []string{"fr", "en", "de"}, "fr", "Europe/Paris"
	s.Password = PasswordPolicy{MinLength: 12, Classes: 2, RenewalDays: 180}
	return s
}

func TestSettingsClean(t *testing.T) {
	for _, test := range []struct {
		name        string
		edit        func(*Settings)
		field, code string
	}{
		{"as asked", func(*Settings) {}, "", ""},
		{"INV-1 no day", func(s *Settings) { s.InvitationDays = 0 }, "invitation_days", "settings.out_of_range"},
		{"INV-1 the most", func(s *Settings) { s.InvitationDays = 30 }, "", ""},
		{"INV-1 one too many", func(s *Settings) { s.InvitationDays = 31 }, "invitation_days", "settings.out_of_range"},
		{"ADD-10 one too many", func(s *Settings) { s.QuickAddLimit = QuickAddMost + 1 }, "quick_add_limit", "settings.out_of_range"},
		{"SIGN-3 stricter", func(s *Settings) { s.Password = PasswordPolicy{MinLength: 20, Classes: 4, RenewalDays: 30} }, "", ""},
		{"SIGN-3 too short for anybody", func(s *Settings) { s.Password.MinLength = 7 }, "min_length", "password_policy.length"},
		{"SIGN-3 shorter than asked", func(s *Settings) { s.Password.MinLength = 11 }, "min_length", "settings.too_lax"},
		{"SIGN-3 five kinds", func(s *Settings) { s.Password.Classes = 5 }, "classes", "password_policy.kinds"},
		{"SIGN-3 fewer kinds", func(s *Settings) { s.Password.Classes = 1 }, "classes", "settings.too_lax"},
		{"SIGN-3 under 30 days", func(s *Settings) { s.Password.RenewalDays = 29 }, "renewal_days", "password_policy.renewal"},
		{"SIGN-3 no number", func(s *Settings) { s.Password.RenewalDays = -1 }, "renewal_days", "password_policy.renewal"},
		{"SIGN-3 later than asked", func(s *Settings) { s.Password.RenewalDays = 181 }, "renewal_days", "settings.renewal_too_long"},
		{"SIGN-3 never", func(s *Settings) { s.Password.RenewalDays = 0 }, "renewal_days", "settings.renewal_too_long"},
		{"SIGN-6 of somebody", func(s *Settings) { s.SecondFactor = "some" }, "second_factor", "field.unknown_choice"},
		{"a language nobody has", func(s *Settings) { s.Language = "eo" }, "language", "field.unknown_choice"},
		{"one among others", func(s *Settings) { s.Languages = []string{"fr", "eo"} }, "languages", "field.unknown_choice"},
		{"own left out", func(s *Settings) { s.Languages = []string{"de"} }, "languages", "settings.language_left_out"},
		{"no zone", func(s *Settings) { s.TimeZone = "" }, "time_zone", "field.required"},
		{"whichever", func(s *Settings) { s.TimeZone = "Local" }, "time_zone", "field.unknown_choice"},
		{"elsewhere", func(s *Settings) { s.TimeZone = "Mars/Olympus" }, "time_zone", "field.unknown_choice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := askedSettings()
			test.edit(&s)
			var field, code string
			if _, refusal := s.Clean(askedSettings()); refusal != nil {
				field, code = refusal.Field, refusal.Code
			}
			if field != test.field || code != test.code {
				t.Errorf("Clean: %q at %q, want %q at %q", code, field, test.code, test.field)
			}
		})
	}
}

// TestSettingsStored: what a program of before stored reads the same, and is
// written under the same names.
func TestSettingsStored(t *testing.T) { // NODE-1
	for name, text := range map[string]string{
		"nothing": `{}`,
		"some":    `{"invitation_days":3,"reminders":"off"}`,
		"all": `{"invitation_days":3,"quick_add_limit":50,"password":{"MinLength":14,"Classes":3,"RenewalDays":90},"languages":["fr","en"],` +
			`"reminders":"off","second_factor":"all"}`,
		"a newer version's": `{"invitation_days":3,"token_days":30,"windows":{"from":8,"to":18}}`,
	} {
		t.Run(name, func(t *testing.T) {
			var c Chosen
			if err := json.Unmarshal([]byte(text), &c); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := parsed(t, again), parsed(t, []byte(text)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s is written as %s", text, again)
			}
		})
	}
	var before Chosen
	if err := json.Unmarshal([]byte(`{"invitation_days":3,"token_days":30}`), &before); err != nil {
		t.Fatal(err)
	}
	said := askedSettings()
	said.InvitationDays = 4
	text, err := json.Marshal(said.Apart(askedSettings()).Keeping(before))
	if err != nil || string(text) != `{"invitation_days":4,"token_days":30}` {
		t.Errorf("NODE-1 beside what a newer version stored: %s, %v", text, err)
	}
	var c Chosen
	if err := json.Unmarshal([]byte(`{"password":{"MinLength":14,"Classes":3,"RenewalDays":90},"reminders":"off","newer":{"a":1}}`), &c); err != nil {
		t.Fatal(err)
	}
	want := askedSettings()
	want.Password, want.Reminders = PasswordPolicy{MinLength: 14, Classes: 3, RenewalDays: 90}, false
	if got := c.Under(askedSettings()); !reflect.DeepEqual(got, want) {
		t.Errorf("Under = %+v, want %+v", got, want)
	}
}

func parsed(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestSettingsNeverLaxer: what an account chose holds within what its catalogue
// asks now.
func TestSettingsNeverLaxer(t *testing.T) { // SIGN-3
	said := askedSettings()
	said.Password, said.Languages, said.InvitationDays = PasswordPolicy{MinLength: 13, Classes: 2, RenewalDays: 120}, []string{"fr", "en"}, 20
	own := said.Apart(askedSettings())
	stricter := askedSettings()
	stricter.Password, stricter.Languages, stricter.InvitationDays = PasswordPolicy{MinLength: 16, Classes: 1, RenewalDays: 90}, []string{"fr", "de"}, 5
	want := stricter
	want.Password.Classes, want.Languages, want.InvitationDays = 2, []string{"fr"}, 20
	if got := own.Under(stricter); !reflect.DeepEqual(got, want) {
		t.Errorf("Under = %+v, want %+v", got, want)
	}
}

// TestSettingsAnyhow says settings at random: what is taken holds exactly, also
// once it was stored and read, and is never laxer than what is asked; what is
// refused names a row.
func TestSettingsAnyhow(t *testing.T) { // SIGN-3
	random := rand.New(rand.NewPCG(3, 18))
	taken := 0
	for range 5_000 {
		asked := askedSettings()
		said := askedSettings()
		for _, row := range AccountSettings() {
			if random.IntN(3) == 0 {
				row.anyhow(random, &said)
			}
		}
		clean, refusal := said.Clean(asked)
		if refusal != nil {
			if !slices.ContainsFunc(AccountSettings(), func(row Setting) bool { return row.ID == refusal.Field }) {
				t.Fatalf("%s names %q", refusal.Code, refusal.Field)
			}
			continue
		}
		taken++
		text, err := json.Marshal(clean.Apart(asked))
		if err != nil {
			t.Fatal(err)
		}
		var own Chosen
		if err := json.Unmarshal(text, &own); err != nil {
			t.Fatal(err)
		}
		got := own.Under(asked)
		got.Language, got.TimeZone = clean.Language, clean.TimeZone // columns of their own
		if !reflect.DeepEqual(got, clean) {
			t.Fatalf("%s holds as %+v, was said as %+v", text, got, clean)
		}
		for _, row := range AccountSettings() {
			if n, ok := row.At(&got).(*int); ok && (!row.Bounds.Hold(*n) || row.Floor.lax(*n, *row.At(&asked).(*int))) {
				t.Fatalf("%s is %d", row.ID, *n)
			}
		}
	}
	if taken == 0 {
		t.Error("nothing was ever taken")
	}
}

// anyhow sets a value in or out of what is allowed.
func (row Setting) anyhow(random *rand.Rand, s *Settings) {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	switch value := row.At(s).(type) {
	case *int:
		*value = []int{-1, 0, row.Bounds.Least - 1, row.Bounds.Least, row.Bounds.Most, row.Bounds.Most + 1,
			row.Bounds.Least + random.IntN(row.Bounds.Most-row.Bounds.Least)}[random.IntN(7)]
	case *bool:
		*value = random.IntN(2) == 0
	case *string:
		*value = pick(append([]string{"", "fr", "de", "eo", "Europe/Brussels"}, row.Choices...)...)
	case *[]string:
		*value = [][]string{nil, {"fr"}, {"en", "fr"}, {"de", "en", "fr"}, {"de"}, {"fr", "fr"}, {"fr", "eo"}}[random.IntN(7)]
	}
}

// TestSettingsChangeOnto: a change writes over nothing but what it says.
func TestSettingsChangeOnto(t *testing.T) { // API-3
	asked := askedSettings()
	got, refusal := SettingsChange{"languages": []byte(`["en","fr"]`), "classes": []byte(`3`)}.Onto(asked)
	want := askedSettings()
	want.Languages, want.Password.Classes = []string{"en", "fr"}, 3
	if refusal != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(asked, askedSettings()) {
		t.Errorf("Onto = %+v, %v, and what it was made of %+v", got, refusal, asked)
	}
	if _, refusal := (SettingsChange{"classes": []byte(`"three"`)}).Onto(asked); refusal == nil || refusal.Field != "classes" {
		t.Errorf("Onto: %v", refusal)
	}
}

// TestSettingsAreWritten holds the table of the manual against the rows.
func TestSettingsAreWritten(t *testing.T) {
	manual, err := os.ReadFile("../../docs/catalogue.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range AccountSettings() {
		if !strings.Contains(string(manual), row.line()) {
			t.Errorf("docs/catalogue.md lacks the line\n%s", row.line())
		}
	}
}

// line is a row as the manual has it.
func (row Setting) line() string {
	values, usual, policy := "", "", "–"
	switch row.Kind {
	case NumberSetting:
		values, usual = fmt.Sprintf("%d to %d", row.Bounds.Least, row.Bounds.Most), fmt.Sprint(row.Usual)
		if row.Bounds.Never {
			values += ", 0 is never"
		}
	case ToggleSetting:
		values, usual = "true, false", fmt.Sprint(row.Usual != 0)
	case ChoiceSetting:
		values, usual = fmt.Sprintf("%q", row.Choices), fmt.Sprintf("%q", row.Choices[0])
	case LanguagesSetting:
		values, usual = "some of the catalogue’s", "all"
	case LanguageSetting:
		values = "one of the catalogue’s"
	case ZoneSetting:
		values = "a time zone"
	}
	if row.Policy != "" {
		policy = "`" + row.Policy + "`"
	}
	floor := []string{"", "not below", "not above", "within"}[row.Floor]
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |", row.ID, values, usual, policy, floor, row.Rule)
}
