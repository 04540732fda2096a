package roles

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// rename gives a role one name for every language; the form of the role has a
// name for each. A refused name comes back in its dialog.
func (h Handler) rename(q *page.Request) error {
	account, id := q.Frame.Account.ID, q.PathValue("role")
	list, err := h.App.Roles.List(q.Context(), q.Actor(), account)
	if err != nil {
		return err
	}
	o, ok := find(list, id)
	if !ok {
		return directory.Refuse(directory.NotFound, "role.not_found")
	}
	name := q.Field("name")
	refusal, err := page.Refusal(h.App.Roles.Rename(q.Context(), q.Actor(), account, id, app.RoleNames{Version: o.Version, Names: renamed(o, name, q.Printer.Lang())}))
	if err != nil {
		return err
	}
	if refusal == nil {
		q.Done(q.Printer.T("roles.done.renamed", "Name", name))
		return q.Redirect(q.AccountPath("/roles?kind=" + tabOf(o)))
	}
	v := h.listView(q, list)
	v.Rename = &renameView{ShownRole: o, Field: h.renameField(q, name)}
	v.Rename.Errors = page.MarkEach(q.Printer, []*ui.Field{&v.Rename.Field}, refusal)
	return q.RenderRefused(refusal, listPage(q.InAccount(q.Printer.T("roles.title"), page.Roles), v))
}

// renamed are a role's names with another one where the reader sees it: in their
// language where it has one, else the one for all.
func renamed(o app.ShownRole, name, language string) map[string]string {
	names := map[string]string{}
	for l, known := range o.Names {
		names[l] = known
	}
	if names[language] == "" {
		language = directory.EveryLanguage
	}
	names[language] = name
	return names
}

func tabOf(o app.ShownRole) string {
	if !o.Archived.IsZero() {
		return archivedTab
	}
	return string(o.Kind)
}

func (h Handler) archive(q *page.Request) error {
	return h.done(q, "roles.done.archived", h.App.Roles.Archive(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role")))
}

func (h Handler) restore(q *page.Request) error {
	return h.done(q, "roles.done.restored", h.App.Roles.Restore(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role")))
}

func (h Handler) reset(q *page.Request) error {
	return h.done(q, "roles.done.reset", h.App.Roles.Reset(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role"), q.Version()))
}

// done goes back to the list, or shows the role's form with why nothing was done.
func (h Handler) done(q *page.Request, key string, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	f, err := h.App.Roles.Role(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("role"))
	if err != nil {
		return err
	}
	if refusal != nil {
		return h.renderForm(q, refusal, h.formView(q, f))
	}
	q.Done(q.Printer.T(key, "Name", f.Name(q.Printer.Lang())))
	return q.Redirect(q.AccountPath("/roles?kind=" + string(f.Kind)))
}
