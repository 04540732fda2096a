package catalogue

import (
	"net/url"
	"slices"
	"strings"
)

// of says whether accounts of the type have the preference.
func (p Preference) of(accountType string) bool {
	return len(p.AccountTypes) == 0 || contains(p.AccountTypes, accountType)
}

// Option finds one of the values of a choice.
func (p Preference) Option(id string) (Option, bool) {
	return find(p.Options, func(o Option) bool { return o.ID == id })
}

// PreferencesOf returns the preferences of people in accounts of the type, in
// the order of the catalogue; those of use to technical users only when
// technical is asked for. Rule PREF-1.
func (c *Catalogue) PreferencesOf(accountType string, technical bool) []Preference {
	return slices.DeleteFunc(slices.Clone(c.Preferences), func(p Preference) bool {
		return !p.of(accountType) || p.Technical && !technical
	})
}

// UsedPreference returns the preference that Intendant itself uses for that
// purpose in accounts of the type, if there is one.
func (c *Catalogue) UsedPreference(accountType, use string) (Preference, bool) {
	return find(c.Preferences, func(p Preference) bool { return p.Use == use && p.of(accountType) })
}

// ScreenLink is where a screen opens for an account: {account} in the option's
// link stands for the customer number. It is empty for a screen that is only
// named.
func (o Option) ScreenLink(number string) string {
	return strings.ReplaceAll(o.Link, "{account}", url.PathEscape(number))
}
