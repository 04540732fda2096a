package companies

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
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
	version string // of the one that is renamed
	refusal *directory.Error
}

// seen is the form's word that what is like the name was shown.
const seen = "seen"

// showNew shows the form; what is like a name in the address stands beside it.
func (h Handler) showNew(q *page.Request) error {
	name := q.URL.Query().Get("name")
	if err := q.Frame.Account.Writable(); err != nil {
		return err
	}
	near, err := h.near(q, name)
	if err != nil {
		return err
	}
	return q.Render(formPage(h.newForm(q, name, near)))
}

// near are the companies whose names are like one that is typed.
func (h Handler) near(q *page.Request, name string) ([]directory.Company, error) {
	return h.App.Companies.Near(q.Context(), q.Actor(), account(q), name)
}

// newForm is the form for a company; names that are like it must be seen before it
// is made.
func (h Handler) newForm(q *page.Request, name string, near []directory.Company) form {
	f := form{Page: q.InAccount(q.Printer.T("companies.new"), page.Companies), req: q, action: base(q) + "/new", name: name, near: near, anyway: len(near) > 0}
	if f.anyway {
		f.hidden = []ui.Hidden{{Name: seen, Value: directory.Fold(name)}}
	}
	return f
}

// create makes the company. Where others are called much like it, the form comes
// back with them once; to send it again is to want another (COMP-2).
func (h Handler) create(q *page.Request) error {
	name := q.Field("name")
	if q.Field(seen) != directory.Fold(name) {
		near, err := h.near(q, name)
		if err != nil {
			return err
		}
		same := func(c directory.Company) bool { return directory.Fold(c.Name) == directory.Fold(name) }
		if len(near) > 0 && !slices.ContainsFunc(near, same) {
			return q.Render(formPage(h.newForm(q, name, near)))
		}
	}
	made, err := h.App.Companies.Create(q.Context(), q.Actor(), account(q), name)
	if err == nil {
		q.Done(q.Printer.T("companies.created", "Name", made.Name))
		return q.Redirect(base(q))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	f := h.newForm(q, name, nil)
	f.refusal = refusal
	return q.RenderRefused(refusal, formPage(f))
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
		return form{}, q.Lacks(authz.ManageMembers)
	}
	like, err := h.App.Companies.Like(q.Context(), q.Actor(), account(q), c.UUID)
	if err != nil {
		return form{}, err
	}
	f := form{Page: q.InAccount(q.Printer.T("companies.rename.title", "Name", c.Name), page.Companies), req: q, name: c.Name, old: c.UUID,
		action: base(q) + "/" + url.PathEscape(c.UUID) + "/edit", near: like, version: version(c.Version)}
	f.hidden = q.MadeOn(f.version, page.Drawn{Fields: f.fields()})
	return f, nil
}

// rename saves the form; one that was refused comes back with what was typed. Who
// is told that the name is taken is led to merging both (COMP-3).
func (h Handler) rename(q *page.Request) error {
	naming := app.CompanyNaming{Name: q.Field("name"), Version: q.Version()}
	after, err := h.App.Companies.Rename(q.Context(), q.Actor(), account(q), q.PathValue("company"), naming)
	if err == nil {
		q.Done(q.Printer.T("companies.renamed", "Name", after.Name))
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
	drawn := page.Drawn{Fields: f.fields()}
	f.refusal = q.Meanwhile(refusal, drawn, f.version)
	f.name, f.near, f.hidden = q.Field("name"), nil, q.MadeOn(f.version, drawn)
	return q.RenderRefused(f.refusal, formPage(f))
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
