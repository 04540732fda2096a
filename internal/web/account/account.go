// Package account is what an account's people see and set beside its members:
// requests to join, contacts, services, settings and mail domains.
package account

import (
	"intendant/internal/app"
	"intendant/internal/web/page"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/requests", page.InAccount, h.requests)
	s.Route("POST /accounts/{account}/requests/{request}/approve", page.InAccount, h.approve)
	s.Route("POST /accounts/{account}/requests/{request}/reject", page.InAccount, h.reject)
	s.Route("POST /accounts/{account}/requests/{request}/unblock", page.InAccount, h.unblock)
	s.Route("GET /accounts/{account}/contacts", page.InAccount, h.contacts)
	s.Route("POST /accounts/{account}/contacts/message", page.InAccount, h.message)
	s.Route("GET /accounts/{account}/services", page.InAccount, h.services)
	s.Route("GET /accounts/{account}/settings", page.InAccount, h.showSettings)
	s.Route("POST /accounts/{account}/settings", page.InAccount, h.changeSettings)
	s.Route("GET /accounts/{account}/logo.png", page.InAccount, h.logo)
	s.Route("POST /accounts/{account}/settings/logo", page.InAccount, h.setLogo, page.Takes{File: "logo", Bytes: app.PictureBytes})
	s.Route("POST /accounts/{account}/settings/logo/remove", page.InAccount, h.removeLogo)
	s.Route("GET /accounts/{account}/settings/domains", page.InAccount, h.showDomains)
	s.Route("POST /accounts/{account}/settings/domains", page.InAccount, h.addDomain)
	s.Route("POST /accounts/{account}/settings/domains/{domain}/verify", page.InAccount, h.verifyDomain)
	s.Route("POST /accounts/{account}/settings/domains/{domain}/approve", page.InAccount, h.autoApprove)
	s.Route("POST /accounts/{account}/settings/domains/{domain}/remove", page.InAccount, h.removeDomain)
}

// services shows what the account's service level opens, to every member alike
// (ACC-3, ACC-11).
func (h Handler) services(q *page.Request) error {
	offer, err := h.App.Accounts.Services(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	lang := q.Printer.Lang()
	return q.Render(servicesPage(q.InAccount(q.Printer.T("services.title"), page.Services), servicesView{
		Sign: offer.Level.Sign, Level: offer.Level.Label.In(lang), Help: offer.Level.Help.In(lang), Rows: q.ServiceRows(offer)}))
}
