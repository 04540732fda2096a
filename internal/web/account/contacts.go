package account

import (
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A contactsView is the account's people, and who to write to (ACC-10).
type contactsView struct {
	app.ContactList
	Base, Search string
	Pager        *ui.PagerView
	Found        string
	To, ToName   string // whom the open letter goes to: a public id, or everybody
	Letter       bool
	Message      ui.Field
	Errors       []ui.FieldError // why the letter was not sent
	Lang         string
}

// toAll stands in the address for everybody that can be written to.
const toAll = "all"

func (h Handler) contacts(q *page.Request) error {
	v, err := h.contactsView(q)
	if err != nil {
		return err
	}
	return q.Render(contactsPage(q.InAccount(q.Printer.T("contacts.title"), page.Contacts), v))
}

func (h Handler) contactsView(q *page.Request) (contactsView, error) {
	asked := q.URL.Query()
	v := contactsView{Base: q.AccountPath("/contacts"), Search: asked.Get("q"), Lang: q.Printer.Lang()}
	var err error
	v.ContactList, err = h.App.Accounts.Contacts(q.Context(), q.Actor(), q.Frame.Account.ID,
		app.ContactQuery{Search: v.Search, After: asked.Get("after"), Before: asked.Get("before")})
	if err != nil {
		return v, err
	}
	v.Found = q.Printer.T("contacts.count", "Count", v.Total)
	if n := len(v.People); n > 0 {
		v.Pager = &ui.PagerView{From: v.First, To: v.First + int64(n) - 1, Things: v.Found}
		at := func(way, member string) string {
			return v.Base + "?" + url.Values{"q": {v.Search}, way: {member}}.Encode()
		}
		if v.Previous {
			v.Pager.Previous = at("before", v.People[0].Member)
		}
		if v.Next {
			v.Pager.Next = at("after", v.People[n-1].Member)
		}
	}
	v.Message = ui.Field{Name: "message", Kind: "textarea", Label: q.Printer.T("contacts.message"), Required: true, Value: q.PostFormValue("message"),
		Attrs: map[string]any{"maxlength": "1000", "rows": "5"}}
	v.write(q, asked.Get("to"))
	return v, nil
}

// write opens the letter to one of the people, or to all of them.
func (v *contactsView) write(q *page.Request, to string) {
	if to == toAll && len(v.Reach) > 0 {
		v.Letter, v.To, v.ToName = true, toAll, q.Printer.T("contacts.write.to_all")
	}
	for _, c := range v.Reach {
		if c.Member == to {
			v.Letter, v.To, v.ToName = true, to, q.Printer.T("contacts.write.to", "Name", c.Name)
		}
	}
}

// message mails what a member writes to the administrators and the referent.
func (h Handler) message(q *page.Request) error {
	to := q.Field("to")
	member := to
	if to == toAll {
		member = ""
	}
	err := h.App.Accounts.Message(q.Context(), q.Actor(), q.Frame.Account.ID, member, q.Field("message"))
	if err == nil {
		q.Toast(q.Printer.T("contacts.sent"), "")
		return q.Redirect(q.AccountPath("/contacts"))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	v, err := h.contactsView(q)
	if err != nil {
		return err
	}
	if v.write(q, to); !v.Letter {
		return refusal
	}
	v.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Message}, refusal)
	return q.RenderRefused(refusal, contactsPage(q.InAccount(q.Printer.T("contacts.title"), page.Contacts), v))
}

// functions are the names of a contact's roles.
func (v contactsView) functions(c app.Contact) string {
	names := ""
	for i, role := range c.Functions {
		if i > 0 {
			names += ", "
		}
		names += role.Name(v.Lang)
	}
	if names == "" {
		return c.JobTitle
	}
	return names
}

// acts of the head: a letter to everybody that can be written to.
func (v contactsView) acts(p ui.Page) []ui.Act {
	if len(v.Reach) < 2 {
		return nil
	}
	return []ui.Act{{Label: p.T("contacts.write_all"), Icon: "mail", Href: v.Base + "?to=" + toAll}}
}

// standing says what a contact is for the account, as the overview does.
func standing(p ui.Page, c app.Contact) string {
	var words []string
	referent := slices.IndexFunc(c.LooksAfter, func(part app.ContactPart) bool { return part.Unit.ID == 0 && part.Part != app.DeputyPart })
	switch {
	case c.Administrator && referent >= 0:
		words = append(words, p.T("overview.administrator.referent"))
	case c.Administrator:
		words = append(words, p.T("overview.administrator"))
	}
	for i, part := range c.LooksAfter {
		if !c.Administrator || i != referent {
			words = append(words, looksAfter(p, part))
		}
	}
	return strings.Join(words, " · ")
}

// looksAfter says what somebody is for the contract of the account or of a unit.
func looksAfter(p ui.Page, part app.ContactPart) string {
	switch deputy := part.Part == app.DeputyPart; {
	case part.Unit.ID == 0 && deputy:
		return p.T("contacts.deputy")
	case part.Unit.ID == 0:
		return p.T("contacts.referent")
	case deputy:
		return p.T("contacts.deputy_of", "Unit", part.Unit.Name)
	}
	return p.T("contacts.referent_of", "Unit", part.Unit.Name)
}
