// Package console is the vendor's own pages: customers with their keys and
// letters, requests for keys, the catalogue, the vendor's people, and the people
// of all accounts.
package console

import (
	"cmp"

	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	staff := func(pattern string, handle page.Handler, takes ...page.Takes) {
		s.Route(pattern, page.StaffOnly, handle, takes...)
	}
	staff("GET /vendor", h.begin)
	staff("GET "+customersPath, h.customers)
	staff("GET /vendor/customers/new", h.newCustomer)
	staff("POST /vendor/customers/new", h.createCustomer)
	h.mountImports(staff)
	staff("GET /vendor/customers/{id}", h.customer)
	staff("GET /vendor/customers/{id}/edit", h.editCustomer)
	staff("POST /vendor/customers/{id}/edit", h.changeCustomer)
	staff("POST /vendor/customers/{id}/state", h.setState)
	staff("POST /vendor/customers/{id}/referent", h.setReferent)
	staff("GET /vendor/customers/{id}/documents", h.documents)
	staff("POST /vendor/customers/{id}/documents", h.addDocument, page.Takes{Form: documentTyped, File: "file", Bytes: directory.DocumentMost})
	staff("GET /vendor/customers/{id}/documents/{document}", h.downloadDocument)
	staff("POST /vendor/customers/{id}/documents/{document}/withdraw", h.withdrawDocument)
	staff("GET /vendor/customers/{id}/subscriptions/new", h.newSubscription)
	staff("POST /vendor/customers/{id}/subscriptions/new", h.addSubscription)
	staff("GET /vendor/customers/{id}/subscriptions/{subscription}/edit", h.editSubscription)
	staff("POST /vendor/customers/{id}/subscriptions/{subscription}/edit", h.changeSubscription)
	staff("POST /vendor/customers/{id}/subscriptions/{subscription}/extend", h.extendSubscription)
	staff("POST /vendor/customers/{id}/subscriptions/{subscription}/resize", h.resizeSubscription)
	staff("POST /vendor/customers/{id}/subscriptions/{subscription}/end", h.endSubscription)
	staff("GET /vendor/customers/{id}/tries", h.tries)
	staff("POST /vendor/customers/{id}/keys", h.makeKeys)
	staff("POST /vendor/customers/{id}/revoke", h.revokeKey)
	staff("POST /vendor/customers/{id}/unlock", h.unlockCustomer)
	staff("POST /vendor/customers/{id}/show", h.showKeys)
	staff("POST /vendor/customers/{id}/enter", h.enter)
	staff("POST /vendor/leave", h.leave)
	staff("GET "+lettersPath, h.letters)
	staff("POST "+lettersPath, h.chosenLetters)
	staff("POST "+postedPath, h.postLetters)
	staff("GET "+subscriptionsPath, h.subscriptions)
	staff("GET "+subscriptionsImportPath, h.subscriptionsImportForm)
	staff("POST "+subscriptionsImportPath, h.importSubscriptions, page.Takes{File: "file", Bytes: sheet.DefaultLimits().Bytes, Arriving: true})
	staff("GET "+requestsPath, h.keyRequests)
	staff("POST /vendor/key-requests/unlock", h.unlockNumber)
	staff("GET /vendor/key-requests/{request}", h.keyRequest)
	staff("POST /vendor/key-requests/{request}", h.answerRequest)
	staff("GET "+cataloguePath, h.catalogue)
	staff("POST "+cataloguePath, h.draftCatalogue, page.Takes{Form: catalogueForm, File: "file", Bytes: largestCatalogue})
	staff("POST /vendor/catalogue/apply", h.applyCatalogue, page.Takes{Form: catalogueForm})
	staff("GET "+staffPath, h.staff)
	staff("POST "+staffPath, h.addStaff)
	staff("GET /vendor/staff/{user}", h.staffMember)
	staff("POST /vendor/staff/{user}", h.changeStaff)
	staff("POST /vendor/staff/{user}/end", h.endStaff)
	staff("POST /vendor/staff/{user}/reset-factor", h.resetFactor)
	staff("GET "+usersPath, h.users)
	staff("POST /vendor/users/{user}", h.changeUser)
}

// mountImports declares the routes of files of customers and of what they have bought.
func (h Handler) mountImports(staff func(pattern string, handle page.Handler, takes ...page.Takes)) {
	staff("GET /vendor/customers/import", h.importForm)
	staff("POST /vendor/customers/import", h.importCustomers, page.Takes{File: "file", Bytes: sheet.DefaultLimits().Bytes, Arriving: true})
	staff("GET /vendor/imports/{import}", h.showImport)
	staff("POST /vendor/imports/{import}", h.startImport)
	staff("POST /vendor/imports/{import}/mend", h.mendImport)
	staff("GET /vendor/imports/{import}/result.csv", h.importResult)
	staff("GET /vendor/imports/{import}/result.xlsx", h.importResult)
}

const (
	customersPath = "/vendor/customers"
	requestsPath  = "/vendor/key-requests"
	cataloguePath = "/vendor/catalogue"
	staffPath     = "/vendor/staff"
	usersPath     = "/vendor/users"
)

func (h Handler) begin(q *page.Request) error { return q.Redirect(customersPath) }

// shell is a page of the console with the counts of its navigation.
func (h Handler) shell(q *page.Request, title string, here page.Place) (ui.Page, error) {
	f, err := h.App.Accounts.Figures(q.Context(), q.Actor())
	return q.InConsole(title, here, page.ConsoleCounts{Customers: f.Customers, KeyRequests: f.KeyRequests, MailTrouble: f.MailTrouble}), err
}

func customerPath(account directory.Account, rest string) string {
	return customersPath + "/" + account.UUID + rest
}

// may reports whether to offer an act; the operation itself decides.
func may(q *page.Request, duty authz.Duty) bool { return q.Actor().MayDuty(duty) }

// A part is a group of fields of a form.
type part struct {
	Title, Note string
	Two         bool // two columns
	Fields      []ui.Field
}

// A form is one page that asks for something and posts it.
type form struct {
	Action, Submit, Back string
	Multipart            bool
	Errors               []ui.FieldError
	Hidden               []ui.Hidden
	Parts                []part
	Acts                 []ui.Act // what else can be done with it
}

// refuse puts a refusal beside the field it is about, and on top of the form.
func (f *form) refuse(q *page.Request, refusal *directory.Error) {
	first := ""
	for _, line := range page.Summary(q.Printer, refusal, func(name, text string) (string, string) {
		for i := range f.Parts {
			for j := range f.Parts[i].Fields {
				if field := &f.Parts[i].Fields[j]; field.Name == name {
					field.Error = text
					return "f-" + name, field.Label
				}
			}
		}
		return "f-" + name, ""
	}) {
		if line.ID == "" && len(f.Parts) > 0 && len(f.Parts[0].Fields) > 0 {
			first = "f-" + f.Parts[0].Fields[0].Name
		}
		line.ID = cmp.Or(line.ID, first)
		f.Errors = append(f.Errors, line)
	}
}

// serviceSign is the sign and name of a service level (ACC-3).
func (h Handler) serviceSign(q *page.Request, id string) (shield, name string) {
	level, ok := h.Catalogue().ServiceLevel(id)
	if !ok {
		return "empty", id
	}
	return level.Sign, level.Label.In(q.Printer.Lang())
}

// query builds addresses that differ from this page's in one value.
type query url.Values

func (v query) with(path, name string, values ...string) string {
	next := url.Values{}
	for key, old := range v {
		next[key] = slices.Clone(old)
	}
	next.Del("from")
	next.Del(name)
	for _, value := range values {
		if value != "" {
			next.Add(name, value)
		}
	}
	if len(next) == 0 {
		return path
	}
	return path + "?" + next.Encode()
}

// personName is how a person is named, or nothing for nobody.
func personName(u directory.User) string {
	if u.ID == 0 {
		return ""
	}
	return u.Name()
}

// filterOf reads the customers' filter from an address.
func filterOf(v url.Values) app.CustomerFilter {
	return app.CustomerFilter{Search: v.Get("q"), Levels: v["level"], Types: v["type"], States: v["state"], View: v.Get("view")}
}
