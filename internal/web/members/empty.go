package members

import (
	"net/url"

	"intendant/internal/web/ui"
)

// searchText says what the search looks at, and that filters narrow it.
func (t table) searchText() string {
	if t.view.filtered() {
		return t.T("members.empty.search.filters")
	}
	return t.T("members.empty.search.text")
}

// waysOn are what to do where nobody is found.
func (t table) waysOn() []ui.Act {
	acts := []ui.Act{{Label: t.T("members.clear"), Href: t.base}}
	if t.may.manage && t.view.Search != "" {
		acts = append(acts, ui.Act{Label: t.T("members.add.this"), Icon: "user-plus", Kind: ui.Plain,
			Href: t.base + "/add?addresses=" + url.QueryEscape(t.view.Search)})
	}
	return acts
}
