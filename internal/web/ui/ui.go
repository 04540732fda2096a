// Package ui is the kit that every page is made of: the shells around a page
// (account, vendor console, entry, task, error) and the parts within (buttons,
// fields, tables, panels, dialogs, drawings).
//
// Everything works without a script: forms post, links lead somewhere, menus
// and dialogs are popovers and details of HTML. The script of package assets
// only makes it quicker. No part writes an inline style or script, and no part
// knows a sentence: words come from the Printer of the page or are parameters.
//
// Only *.templ files are written by hand; *_templ.go is generated from them
// with `go tool templ generate -path internal/web/ui` and committed.
package ui

import (
	"time"

	"github.com/a-h/templ"

	"intendant/internal/i18n"
)

// The addresses that the shells post to. Their handlers store the choice in a
// cookie, for signed-in people in the profile too, and go back to the page named
// in the field "return".
const (
	ThemePath    = "/preferences/theme"    // field "theme": "", "light", "dark"
	LanguagePath = "/preferences/language" // field "language": a code
	ThemeCookie  = "theme"                 // what the script sets as well
)

// A Theme is the ground a person chose; the zero value leaves it to the system.
type Theme string

// The themes that a person can choose.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// ParseTheme reads a theme from a cookie or a form. What is unknown is System.
func ParseTheme(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return System
}

// A Page is what a shell needs to know. Title is in the reader's language and
// without the vendor's name, which the shell adds. Aside is the panel (or, with
// Rail, the lasting right-hand column) beside the main part, or nil. Refresh is
// after how many seconds the page is asked for again without a script; 0: never.
type Page struct {
	Printer *i18n.Printer
	Title   string
	Brand   Brand
	Theme   Theme
	Return  string // this page's own address, to come back to
	Person  *Person
	Account *Account
	Nav     []NavItem
	Flash   []Toast
	Banner  *Banner
	Notice  string // stands above every page of an account that is not open
	Aside   templ.Component
	Rail    bool
	Refresh int
}

// T is the message key in the reader's language.
func (p Page) T(key string, pairs ...any) string { return p.Printer.T(key, pairs...) }

// A Brand is how the vendor shows itself. Logo is an address of this
// installation, or empty for the drawn mark; Tagline closes the entry pages.
type Brand struct {
	Name      string
	Colour    string // #rrggbb
	Logo      string
	Tagline   string
	Links     []Link   // help, legal notice, personal data: foot of the entry pages
	Languages []string // codes that people may choose from
}

// A Link is a word that leads somewhere.
type Link struct{ Label, Href string }

// A Person is who reads the page, with the addresses of their own menu. SignOut
// is posted to.
type Person struct {
	Name, Role                 string
	Profile, Sessions, SignOut string
}

// An Account is whose pages these are. Choose leads to the other accounts of
// the person.
type Account struct {
	Name, Number string
	Choose       string
	Logo         string // an address of this installation, or empty
}

// A NavItem is a place in the side. Heading stands above the first item that
// has another heading than the one before. A Count of 0 is not shown; Waiting
// fills it, for work that waits for somebody.
type NavItem struct {
	Label, Icon, Href string
	Heading           string
	Count             int64
	Waiting           bool
	Current           bool
}

// A Toast says what was done. Undo is the page that shows what taking it back would do, or empty. Errors
// are never toasts.
type Toast struct {
	Text string
	Undo string
}

// A Banner stands above every page while the vendor's staff act inside an
// account: why, until when, and where to post to leave.
type Banner struct {
	Reason string
	Until  time.Time
	Leave  string
}

// Live makes a link or form load in place where scripts run: the page is
// fetched, compared and changed only where it differs, and the address follows.
// Without a script the same link simply leads there. Use it for sort heads,
// filters, pages and panels.
func Live(href string) templ.Attributes {
	return templ.Attributes{
		"hx-get": href, "hx-target": "#page", "hx-select": "#page",
		"hx-swap": "outerMorph", "hx-push-url": "true",
	}
}

// Asks makes a link put the dialog of the address into the page that stands, where
// scripts run; part is its id. Name tells the link again when the page has changed
// under it, so that focus comes back. Without a script the link leads to a page
// that asks the same.
func Asks(href, part, name string) templ.Attributes {
	return templ.Attributes{"hx-get": href, "hx-target": "#page", "hx-select": "#" + part, "hx-swap": "beforeend", "data-asks": name}
}

// LiveEvery makes a part of a page ask for the page again every so many seconds
// while it stands there: progress of long work. It asks once at a time: an answer that
// was still waited for would come over what the reader has done since. Without a script
// the page says so and is reloaded by hand.
func LiveEvery(href string, seconds int) templ.Attributes {
	attrs := Live(href)
	delete(attrs, "hx-push-url")
	attrs["hx-trigger"], attrs["hx-sync"] = "every "+digit(seconds)+"s", "drop"
	return attrs
}

// LiveForm is Live for a GET form such as the search above a table: it asks
// again a moment after the last key.
func LiveForm(action string) templ.Attributes {
	attrs := Live(action)
	attrs["hx-trigger"] = "submit, input changed delay:250ms from:'find input[type=search]'"
	return attrs
}
