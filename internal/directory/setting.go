package directory

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// A Setting is one thing an account sets for itself: what may stand in it is said
// once, in its row of AccountSettings, and read by every door. Its words are the
// messages "settings.field." and its ID.
type Setting struct {
	ID      string // the input's name in forms, JSON and refusals
	Rule    string // that it keeps
	Group   SettingGroup
	Kind    SettingKind
	Bounds  Bounds   // of a number
	Choices []string // of a choice; the first is usual
	Usual   int      // a number, or 1 for a toggle that is on, where the catalogue says nothing
	Policy  string   // of the catalogue, which says what it is to begin with; empty: none does
	Floor   Floor    // how far the account may go from the policy
	Stored  string   // its place in the account's stored settings; empty: a column of its own
	History string   // the field of an entry, where it has another name
	// At is where the value stands: an int, bool, string or list of strings, by
	// kind.
	At func(*Settings) any
}

// A SettingGroup is the section of the page that a setting stands in;
// "settings.group." and the group is the message key of its title.
type SettingGroup string

// The sections, in their order.
const (
	GroupAccount  SettingGroup = "account"
	GroupPeople   SettingGroup = "people"
	GroupProjects SettingGroup = "projects" // where the account type has projects
	GroupPassword SettingGroup = "password"
	GroupSignIn   SettingGroup = "sign_in"
)

// SettingGroups lists the sections in their order.
func SettingGroups() []SettingGroup {
	return []SettingGroup{GroupAccount, GroupPeople, GroupProjects, GroupPassword, GroupSignIn}
}

// A SettingKind says what values a setting has, and so how it is typed, checked
// and told.
type SettingKind uint8

// The kinds of setting. Languages are those that the catalogue's policy offers.
const (
	NumberSetting    SettingKind = iota + 1
	ToggleSetting                // on or off
	ChoiceSetting                // one of a few codes
	LanguageSetting              // one language
	LanguagesSetting             // some languages
	ZoneSetting                  // a time zone by name
)

// Bounds are what a number may be. Refusal and Lax are the codes of the refusals
// of what is out of them, and of what is laxer than the catalogue asks; without,
// settings.out_of_range and settings.too_lax.
type Bounds struct {
	Least, Most  int
	Never        bool // 0 stands for never, though it is less than Least
	Refusal, Lax string
}

// Hold reports whether a number is within the bounds.
func (b Bounds) Hold(n int) bool {
	return b.Least <= n && n <= b.Most || b.Never && n == 0
}

// A Floor says how far an account may go from what its catalogue asks: an account
// may be stricter, never laxer (SIGN-3).
type Floor uint8

// Floors of settings.
const (
	NoFloor  Floor = iota // either way, within bounds
	NotBelow              // a number that is no smaller
	NotAbove              // a number that is no larger; 0 is never, the largest
	Within                // some of what the catalogue lists
)

// lax reports whether a number is laxer than the catalogue's.
func (f Floor) lax(n, asked int) bool {
	switch f {
	case NotBelow:
		return n < asked
	case NotAbove:
		return asked > 0 && (n == 0 || n > asked)
	}
	return false
}

// QuickAddMost is the most that the quick form's limit may be (ADD-10).
const QuickAddMost = 1000

// SecondFactorSetting is the ID of whom an account demands a second factor of.
const SecondFactorSetting = "second_factor"

// Settings are what holds in an account of what it may set for itself. What may
// stand in them is said by the rows of AccountSettings.
type Settings struct {
	Language       string // the account's own: no catalogue has one
	TimeZone       string // likewise
	Languages      []string
	InvitationDays int
	QuickAddLimit  int
	Reminders      bool // administrators are reminded of waiting requests (JOIN-8)
	// What project administrators may do beyond their projects (ACC-8), and how many
	// addresses the quick form takes there (ADD-10).
	CreateProjects     bool
	CreateCompanies    bool
	AddPeople          bool
	ProjectQuickAdding int
	Password           PasswordPolicy
	SecondFactor       FactorDemand
}

// AccountSettings is the table of all settings of an account, in the order of the
// page. Adding one is a field of Settings, its row, its words and its test.
func AccountSettings() []Setting { return accountSettings() }

var accountSettings = sync.OnceValue(tableOfSettings)

func tableOfSettings() []Setting {
	return []Setting{
		{ID: "language", Rule: "ACC-1", Group: GroupAccount, Kind: LanguageSetting, At: func(s *Settings) any { return &s.Language }},
		{ID: "time_zone", Rule: "ACC-1", Group: GroupAccount, Kind: ZoneSetting, At: func(s *Settings) any { return &s.TimeZone }},
		{ID: "languages", Rule: "PREF-2", Group: GroupAccount, Kind: LanguagesSetting, Policy: "languages", Floor: Within, Stored: "languages",
			At: func(s *Settings) any { return &s.Languages }},

		{ID: "invitation_days", Rule: "INV-1", Group: GroupPeople, Kind: NumberSetting, Bounds: Bounds{Least: 1, Most: 30}, Usual: 7,
			Policy: "invitation_days", Stored: "invitation_days", At: func(s *Settings) any { return &s.InvitationDays }},
		{ID: "quick_add_limit", Rule: "ADD-10", Group: GroupPeople, Kind: NumberSetting, Bounds: Bounds{Least: 1, Most: QuickAddMost}, Usual: 100,
			Policy: "quick_add_account", Stored: "quick_add_limit", At: func(s *Settings) any { return &s.QuickAddLimit }},
		{ID: "reminders", Rule: "JOIN-8", Group: GroupPeople, Kind: ToggleSetting, Usual: 1, Stored: "reminders",
			At: func(s *Settings) any { return &s.Reminders }},

		{ID: "project_creation", Rule: "ACC-8", Group: GroupProjects, Kind: ToggleSetting, Usual: 1, Stored: "project_creation",
			At: func(s *Settings) any { return &s.CreateProjects }},
		{ID: "project_companies", Rule: "ACC-8", Group: GroupProjects, Kind: ToggleSetting, Usual: 1, Stored: "project_companies",
			At: func(s *Settings) any { return &s.CreateCompanies }},
		{ID: "project_people", Rule: "ACC-8", Group: GroupProjects, Kind: ToggleSetting, Usual: 1, Stored: "project_people",
			At: func(s *Settings) any { return &s.AddPeople }},
		{ID: "project_quick_limit", Rule: "ADD-10", Group: GroupProjects, Kind: NumberSetting, Bounds: Bounds{Least: 1, Most: QuickAddMost}, Usual: 200,
			Policy: "quick_add_project", Stored: "project_quick_limit", At: func(s *Settings) any { return &s.ProjectQuickAdding }},

		{ID: "min_length", Rule: "SIGN-3", Group: GroupPassword, Kind: NumberSetting, Bounds: Bounds{Least: 8, Most: 64,
			Refusal: "password_policy.length"}, Usual: 12, Policy: "password.min_length", Floor: NotBelow, Stored: "password.MinLength",
			History: "password_length", At: func(s *Settings) any { return &s.Password.MinLength }},
		{ID: "classes", Rule: "SIGN-3", Group: GroupPassword, Kind: NumberSetting, Bounds: Bounds{Least: 1, Most: passwordKinds,
			Refusal: "password_policy.kinds"}, Usual: 1, Policy: "password.classes", Floor: NotBelow, Stored: "password.Classes",
			History: "password_classes", At: func(s *Settings) any { return &s.Password.Classes }},
		{ID: "renewal_days", Rule: "SIGN-3", Group: GroupPassword, Kind: NumberSetting, Bounds: Bounds{Least: RenewalLeastDays, Most: 3650, Never: true,
			Refusal: "password_policy.renewal", Lax: "settings.renewal_too_long"}, Policy: "password.renewal_days", Floor: NotAbove,
			Stored: "password.RenewalDays", History: "password_renewal", At: func(s *Settings) any { return &s.Password.RenewalDays }},

		{ID: SecondFactorSetting, Rule: "SIGN-6", Group: GroupSignIn, Kind: ChoiceSetting, Stored: "second_factor",
			Choices: []string{string(FactorOfNobody), string(FactorOfAdministrators), string(FactorOfAll)},
			At:      func(s *Settings) any { return (*string)(&s.SecondFactor) }},
	}
}

// HistoryField is the field of an entry that tells its change.
func (row Setting) HistoryField() string { return cmp.Or(row.History, row.ID) }

// Word is the key of what a choice is called: the empty one is "none".
func (row Setting) Word(choice string) string {
	return "settings.field." + row.ID + "." + cmp.Or(choice, "none")
}

// usual sets the value to what holds where nobody says otherwise.
func (row Setting) usual(s *Settings) {
	switch value := row.At(s).(type) {
	case *int:
		*value = row.Usual
	case *bool:
		*value = row.Usual != 0
	case *string:
		if len(row.Choices) > 0 {
			*value = row.Choices[0]
		}
	}
}

// take sets the value to another's.
func (row Setting) take(s, from *Settings) {
	switch value := row.At(s).(type) {
	case *int:
		*value = *row.At(from).(*int)
	case *bool:
		*value = *row.At(from).(*bool)
	case *string:
		*value = *row.At(from).(*string)
	case *[]string:
		*value = *row.At(from).(*[]string)
	}
}

// same reports whether two values are equal.
func (row Setting) same(a, b *Settings) bool {
	switch value := row.At(a).(type) {
	case *int:
		return *value == *row.At(b).(*int)
	case *bool:
		return *value == *row.At(b).(*bool)
	case *string:
		return *value == *row.At(b).(*string)
	case *[]string:
		return slices.Equal(*value, *row.At(b).(*[]string))
	}
	return true
}

// refuse refuses a value out of bounds, one there is not, and one laxer than the
// catalogue asks.
func (row Setting) refuse(said, asked *Settings) *Error {
	switch value := row.At(said).(type) {
	case *int:
		return row.refuseNumber(*value, *row.At(asked).(*int))
	case *string:
		if !row.known(*value, asked) {
			return row.unknown(*value)
		}
	case *[]string:
		for _, one := range *value {
			if !slices.Contains(*row.At(asked).(*[]string), one) {
				return row.unknown(one)
			}
		}
	}
	return nil
}

func (row Setting) refuseNumber(n, asked int) *Error {
	switch b := row.Bounds; {
	case !b.Hold(n):
		return InvalidField(row.ID, cmp.Or(b.Refusal, "settings.out_of_range"), Args{"Min": b.Least, "Max": b.Most})
	case row.Floor.lax(n, asked):
		return InvalidField(row.ID, cmp.Or(b.Lax, "settings.too_lax"), Args{"Min": asked, "Max": asked})
	}
	return nil
}

func (row Setting) unknown(value string) *Error {
	return InvalidField(row.ID, "field.unknown_choice", Args{"Value": value})
}

// known reports whether a text is one of those there are.
func (row Setting) known(text string, asked *Settings) bool {
	switch row.Kind {
	case ChoiceSetting:
		return slices.Contains(row.Choices, text)
	case LanguageSetting:
		return slices.Contains(asked.Languages, text)
	case ZoneSetting:
		return KnownZone(text)
	}
	return false
}

// KnownZone reports whether there is a time zone of that name. Local is that of
// whichever machine asks, and no name.
func KnownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

// keep makes a value as strict as the catalogue asks.
func (row Setting) keep(s, asked *Settings) {
	switch value := row.At(s).(type) {
	case *int:
		if n := *row.At(asked).(*int); row.Floor.lax(*value, n) {
			*value = n
		}
	case *[]string:
		if row.Floor == Within {
			*value = among(*row.At(asked).(*[]string), *value)
		}
	}
}

// among are those of a list that were said, in the list's order; all of it where
// none of them was.
func among(list, said []string) []string {
	kept := slices.DeleteFunc(slices.Clone(list), func(one string) bool { return !slices.Contains(said, one) })
	if len(kept) == 0 {
		return list
	}
	return kept
}
