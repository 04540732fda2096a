package account

import (
	"net/url"

	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A domainsView is the mail domains of an account (JOIN-7).
type domainsView struct {
	Base    string
	Tabs    []ui.Tab
	Domains []directory.Domain
	Errors  []ui.FieldError
	Field   ui.Field
}

func (h Handler) domainsView(q *page.Request) (domainsView, error) {
	domains, err := h.App.Accounts.Domains(q.Context(), q.Actor(), q.Frame.Account.ID)
	return domainsView{Base: q.AccountPath("/settings/domains"), Tabs: h.settingsTabs(q, true), Domains: domains,
		Field: ui.Field{Name: "domain", Label: q.Printer.T("domains.domain"), Hint: q.Printer.T("domains.add.hint"), Required: true,
			Value: q.PostFormValue("domain"), Attrs: map[string]any{"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}}}, err
}

func (h Handler) showDomains(q *page.Request) error {
	v, err := h.domainsView(q)
	if err != nil {
		return err
	}
	return q.Render(domainsPage(q.InAccount(q.Printer.T("settings.tab.domains"), page.Settings), v))
}

// again shows the domains with why nothing was done; a fault goes on.
func (h Handler) again(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if refusal.Kind == directory.Denied || refusal.Kind == directory.NotFound {
		return refusal
	}
	v, err := h.domainsView(q)
	if err != nil {
		return err
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Field}, refusal)
	return q.RenderRefused(refusal, domainsPage(q.InAccount(q.Printer.T("settings.tab.domains"), page.Settings), v))
}

func (h Handler) done(q *page.Request, key, domain string, err error) error {
	if err != nil {
		return h.again(q, err)
	}
	q.Toast(q.Printer.T(key, "Domain", domain), "")
	return q.Redirect(q.AccountPath("/settings/domains"))
}

func (h Handler) addDomain(q *page.Request) error {
	added, err := h.App.Accounts.AddDomain(q.Context(), q.Actor(), q.Frame.Account.ID, q.Field("domain"))
	return h.done(q, "domains.added", added.Name, err)
}

func (h Handler) verifyDomain(q *page.Request) error {
	name := q.PathValue("domain")
	return h.done(q, "domains.verify.done", name, h.App.Accounts.VerifyDomain(q.Context(), q.Actor(), q.Frame.Account.ID, name))
}

func (h Handler) autoApprove(q *page.Request) error {
	name := q.PathValue("domain")
	err := h.App.Accounts.SetAutoApprove(q.Context(), q.Actor(), q.Frame.Account.ID, name, q.Ticked("on"))
	return h.done(q, "domains.auto.done", name, err)
}

func (h Handler) removeDomain(q *page.Request) error {
	name := q.PathValue("domain")
	return h.done(q, "domains.remove.done", name, h.App.Accounts.RemoveDomain(q.Context(), q.Actor(), q.Frame.Account.ID, name))
}

func (v domainsView) path(d directory.Domain, act string) string {
	return v.Base + "/" + url.PathEscape(d.Name) + "/" + act
}
