// Package web puts the pages of every area together. Each area is a package of
// its own with a Mount that declares its routes; no area knows another.
package web

import (
	"net/http"

	"intendant/internal/web/account"
	"intendant/internal/web/acts"
	"intendant/internal/web/adding"
	"intendant/internal/web/applications"
	"intendant/internal/web/assets"
	"intendant/internal/web/companies"
	"intendant/internal/web/console"
	"intendant/internal/web/contract"
	"intendant/internal/web/dashboard"
	"intendant/internal/web/entry"
	"intendant/internal/web/exports"
	"intendant/internal/web/grants"
	"intendant/internal/web/guide"
	"intendant/internal/web/history"
	"intendant/internal/web/invitation"
	"intendant/internal/web/library"
	"intendant/internal/web/members"
	"intendant/internal/web/network"
	"intendant/internal/web/page"
	"intendant/internal/web/past"
	"intendant/internal/web/preferences"
	"intendant/internal/web/profile"
	"intendant/internal/web/projects"
	"intendant/internal/web/rights"
	"intendant/internal/web/roles"
	"intendant/internal/web/seats"
	"intendant/internal/web/technical"
	"intendant/internal/web/units"
)

// areas are the parts of the site, in the order of the routes' table.
func areas() []func(*page.Site) {
	return []func(*page.Site){
		account.Mount,
		acts.Mount,
		adding.Mount,
		applications.Mount,
		companies.Mount,
		console.Mount,
		contract.Mount,
		dashboard.Mount,
		entry.Mount,
		exports.Mount,
		grants.Mount,
		guide.Mount,
		history.Mount,
		library.Mount,
		members.Mount,
		network.Mount,
		invitation.Mount,
		past.Mount,
		preferences.Mount,
		profile.Mount,
		projects.Mount,
		technical.Mount,
		rights.Mount,
		roles.Mount,
		seats.Mount,
		units.Mount,
	}
}

// Handler declares the routes of all areas on the site and answers them. What
// no route knows meets a page that says so.
func Handler(s *page.Site) http.Handler {
	mux := s.Mux()
	mux.Handle(assets.Prefix, assets.Handler())
	mux.HandleFunc("/", s.NotFound)
	for _, mount := range areas() {
		mount(s)
	}
	return mux
}
