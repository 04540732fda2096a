package page

import "intendant/internal/web/ui"

// PreferencesPath is where people set their preferences.
const PreferencesPath = "/profile/preferences"

// ProfileTabs lead to the parts of a person's own pages; here is the address of
// the one that is shown.
func (q *Request) ProfileTabs(here string) []ui.Tab {
	var tabs []ui.Tab
	for _, tab := range []struct{ key, href string }{
		{"profile.tab.person", "/profile"}, {"profile.tab.preferences", PreferencesPath}, {"profile.tab.sessions", "/profile/sessions"},
		{"profile.tab.factor", FactorPath}, {"profile.tab.signature", "/profile/signature"},
	} {
		tabs = append(tabs, ui.Tab{Label: q.Printer.T(tab.key), Href: tab.href, Current: tab.href == here})
	}
	return tabs
}
