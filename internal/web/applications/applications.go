// Package applications is the console's pages of the vendor's own programs: what
// each may do, for which accounts, and by which credentials (APP-1, APP-2). A
// secret is shown once, on the page that answers its making, and on no other.
package applications

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// path is where the pages lie.
const path = "/vendor/applications"

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET "+path, page.StaffOnly, h.list)
	s.Route("GET "+path+"/new", page.StaffOnly, h.blank)
	s.Route("POST "+path+"/new", page.StaffOnly, h.register)
	s.Route("GET "+path+"/{application}", page.StaffOnly, h.show)
	s.Route("POST "+path+"/{application}", page.StaffOnly, h.change)
	s.Route("POST "+path+"/{application}/credentials", page.StaffOnly, h.makeCredential)
	s.Route("POST "+path+"/{application}/credentials/{credential}/revoke", page.StaffOnly, h.revokeCredential)
	s.Route("POST "+path+"/{application}/end", page.StaffOnly, h.end)
}

// console puts a page into the console's shell, with the counts of its navigation.
func (h Handler) console(q *page.Request, title string, show func(ui.Page) templ.Component) (templ.Component, error) {
	f, err := h.App.Accounts.Figures(q.Context(), q.Actor())
	return show(q.InConsole(title, page.ApplicationsPlace, page.ConsoleCounts{Customers: f.Customers, KeyRequests: f.KeyRequests, MailTrouble: f.MailTrouble})), err
}

// A listView is the applications that were not ended.
type listView struct {
	ui.Page
	Rows     []app.ListedApplication
	Now      time.Time
	products func(id string) string
}

func (h Handler) list(q *page.Request) error {
	rows, err := h.App.Applications.List(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	c, err := h.console(q, q.Printer.T("applications.title"), func(p ui.Page) templ.Component {
		return listPage(listView{Page: p, Rows: rows, Now: h.Now(), products: h.product(q)})
	})
	if err != nil {
		return err
	}
	return q.Render(c)
}

// product says what the catalogue calls a product; of one that left it, its id.
func (h Handler) product(q *page.Request) func(id string) string {
	return func(id string) string {
		if product, known := h.Catalogue().Product(id); known {
			return product.Label.In(q.Printer.Lang())
		}
		return id
	}
}

func (v listView) head() ui.HeadView {
	return ui.HeadView{Title: v.Title, Total: v.Printer.Number(int64(len(v.Rows))), Sub: v.T("applications.lead"),
		Acts: []ui.Act{{Label: v.T("applications.new"), Icon: "plus", Kind: ui.Primary, Href: path + "/new"}}}
}

func (v listView) columns() []ui.Column {
	return []ui.Column{{Label: v.T("applications.name"), Class: "w-name"}, {Label: v.T("applications.accounts")}, {Label: v.T("applications.rights"), Class: "p2"},
		{Label: v.T("applications.credentials"), Class: "p3 num"}, {Label: v.T("applications.used"), Class: "p3 num"}}
}

// sees says which accounts an application sees.
func sees(p ui.Page, a directory.Application) string {
	if !a.Portfolio.Limited {
		return p.T("applications.accounts.all")
	}
	return p.T("applications.accounts.some", "Count", len(a.Portfolio.Accounts))
}

// may says in short what an application may do.
func may(p ui.Page, a directory.Application) string {
	words := make([]string, len(a.Rights))
	for i, right := range a.Rights {
		words[i] = p.T("applications.right." + string(right) + ".short")
	}
	return strings.Join(words, " · ")
}
