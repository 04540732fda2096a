package companies

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A form creates a company or renames one.
type form struct {
	ui.Page
	req     *page.Request
	action  string
	hidden  []ui.Hidden
	name    string
	near    []directory.Company
	anyway  bool // what is like it was shown, and stands beside the button
	old     string
	refusal *directory.Error
}

// seen is the form's word that what is like the name was shown.
const seen = "seen"

// showNew shows the form; what is like a name in the address stands beside it.
func (h Handler) showNew(q *page.Request) error {
	return h.newForm(q, q.URL.Query().Get("name"), nil, false)
}

// newForm is the form for a company; with ask the names that are like it must be
// seen before it is made.
func (h Handler) newForm(q *page.Request, name string, refusal *directory.Error, ask bool) error {
	list, err := h.App.Companies.List(q.Context(), q.Actor(), account(q), app.CompanyQuery{Size: 1})
	if err != nil {
		return err
	}
	if !list.May.Create {
		return denied(q)
	}
	f := form{Page: q.InAccount(q.Printer.T("companies.new"), page.Companies), req: q, action: base(q) + "/new", name: name, refusal: refusal}
	if name != "" {
		if f.near, err = h.App.Companies.Near(q.Context(), q.Actor(), account(q), name); err != nil {
			return err
		}
	}
	if f.anyway = ask || refusal == nil && len(f.near) > 0; f.anyway {
		f.hidden = []ui.Hidden{{Name: seen, Value: directory.Fold(name)}}
	}
	if refusal != nil {
		return q.RenderRefused(refusal, formPage(f))
	}
	return q.Render(formPage(f))
}

// denied says which right is missing, or that the account is closed.
func denied(q *page.Request) error {
	if err := q.Frame.Account.Writable(); err != nil {
		return err
	}
	return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Args: directory.Args{"Permission": "members.manage"}}
}

// create makes the company. Where others are called much like it, the form comes
// back with them once; to send it again is to want another (COMP-2).
func (h Handler) create(q *page.Request) error {
	name := q.Field("name")
	if q.Field(seen) != directory.Fold(name) {
		near, err := h.App.Companies.Near(q.Context(), q.Actor(), account(q), name)
		if err != nil {
			return err
		}
		same := func(c directory.Company) bool { return directory.Fold(c.Name) == directory.Fold(name) }
		if len(near) > 0 && !slices.ContainsFunc(near, same) {
			return h.newForm(q, name, nil, true)
		}
	}
	made, err := h.App.Companies.Create(q.Context(), q.Actor(), account(q), name)
	if err == nil {
		q.Toast(q.Printer.T("companies.created", "Name", made.Name), "")
		return q.Redirect(base(q))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	return h.newForm(q, name, refusal, false)
}

// showEdit shows the form as the company is called.
func (h Handler) showEdit(q *page.Request) error {
	f, err := h.editForm(q)
	if err != nil {
		return err
	}
	return q.Render(formPage(f))
}

func (h Handler) editForm(q *page.Request) (form, error) {
	c, err := h.App.Companies.Show(q.Context(), q.Actor(), account(q), q.PathValue("company"))
	if err != nil {
		return form{}, err
	}
	if !c.May.Manage {
		return form{}, denied(q)
	}
	return form{Page: q.InAccount(q.Printer.T("companies.rename.title", "Name", c.Name), page.Companies), req: q, name: c.Name, old: c.UUID,
		action: base(q) + "/" + url.PathEscape(c.UUID) + "/edit", near: c.Near, hidden: []ui.Hidden{{Name: "version", Value: version(c.Version)}}}, nil
}

// rename saves the form; one that was refused comes back with what was typed. Who
// is told that the name is taken is led to merging both (COMP-3).
func (h Handler) rename(q *page.Request) error {
	naming := app.CompanyNaming{Name: q.Field("name"), Version: q.Version()}
	after, err := h.App.Companies.Rename(q.Context(), q.Actor(), account(q), q.PathValue("company"), naming)
	if err == nil {
		q.Toast(q.Printer.T("companies.renamed", "Name", after.Name), "")
		return q.Redirect(base(q))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f, err := h.editForm(q)
	if err != nil {
		return err
	}
	f.name, f.refusal, f.near = naming.Name, refusal, nil
	return q.RenderRefused(refusal, formPage(f))
}

func (f form) fields() []ui.Field {
	return []ui.Field{{Name: "name", Label: f.T("companies.name"), Value: f.name, Required: true,
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.CompanyName.Most()), "autocomplete": "off"}}}
}

// taken is the company that bears the name, as the refusal says.
func (f form) taken() (name, id string) {
	if f.refusal == nil || f.refusal.Code != "company.name_taken" {
		return "", ""
	}
	name, _ = f.refusal.Args["Name"].(string)
	id, _ = f.refusal.Args["Company"].(string)
	return name, id
}

// likely are the companies with like names; of the one that bears the very name,
// nothing more is said.
func (f form) likely() []directory.Company {
	if _, id := f.taken(); id != "" {
		return nil
	}
	return f.near
}

func (f form) acts() []ui.Act {
	act := ui.Act{Label: f.T("companies.create"), Kind: ui.Primary}
	switch {
	case f.old != "":
		act.Label = f.T("units.save")
	case f.anyway:
		act.Label = f.T("companies.create.anyway")
	}
	return []ui.Act{{Label: f.T("ui.cancel"), Href: base(f.req)}, act}
}

// instead is what can be done with a company that is called like this one.
func (f form) instead(c directory.Company) ui.Act {
	if f.old != "" {
		return ui.Act{Label: f.T("companies.merge.both"), About: c.Name, Size: ui.Small, Href: picked(f.req, f.old, c.UUID)}
	}
	return ui.Act{Label: f.T("companies.members.show"), About: c.Name, Size: ui.Small, Href: membersOf(f.req, c.UUID)}
}

func (f form) back() ui.Link { return ui.Link{Label: f.T("companies.back"), Href: base(f.req)} }
