package library

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

func (v view) nameField(name string) ui.Field {
	return ui.Field{Name: "name", Label: v.T("library.type.name"), Value: name, Required: true,
		Attrs: map[string]any{"maxlength": strconv.Itoa(directory.ProjectTypeName.Most()), "autocomplete": "off"}}
}

// renaming opens the dialog that renames a type, with a name that was typed or the one
// it has.
func (s *shelf) renaming(id, typed string) {
	for _, t := range s.types {
		if t.UUID != id {
			continue
		}
		if typed == "" {
			typed = t.Name
		}
		s.rename = &naming{ListedProjectType: t, field: s.renameField(typed), hidden: s.req.MadeOn(version(t.Version), s.standing(t))}
	}
}

func (v view) renameField(name string) ui.Field {
	f := v.nameField(name)
	f.ID, f.Label = "f-rename", v.T("field.name")
	return f
}

// standing is the dialog as a type is.
func (v view) standing(t app.ListedProjectType) page.Drawn {
	return page.Drawn{Fields: []ui.Field{v.renameField(t.Name)}}
}

// createType adds a type; a name that was refused comes back in its field.
func (h Handler) createType(q *page.Request) error {
	name := q.Field("name")
	made, err := h.App.Library.CreateType(q.Context(), q.Actor(), account(q), name)
	if err == nil {
		q.Done(q.Printer.T("library.type.created", "Name", made.Name))
		return q.Redirect(at(q, listsTab))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	s, err := h.shelf(q, listsTab)
	if err != nil {
		return err
	}
	fields := []ui.Field{s.nameField(name)}
	s.errors = page.Mark(q.Printer, fields, refusal)
	s.name = fields[0]
	return q.RenderRefused(refusal, shelfPage(s))
}

// renameType saves the dialog; a name that was refused comes back in it.
func (h Handler) renameType(q *page.Request) error {
	name, id := q.Field("name"), q.PathValue("type")
	after, err := h.App.Library.RenameType(q.Context(), q.Actor(), account(q), id, app.LibraryNaming{Name: name, Version: q.Version()})
	if err == nil {
		q.Done(q.Printer.T("library.type.renamed", "Name", after.Name))
		return q.Redirect(at(q, listsTab))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	s, err := h.shelf(q, listsTab)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.types, func(t app.ListedProjectType) bool { return t.UUID == id })
	if i < 0 {
		return refusal
	}
	refusal = q.Meanwhile(refusal, s.standing(s.types[i]), version(s.types[i].Version))
	s.renaming(id, q.Field("name"))
	s.rename.errors = page.MarkEach(q.Printer, []*ui.Field{&s.rename.field}, refusal)
	return q.RenderRefused(refusal, shelfPage(s))
}

// archiveType takes a type off the list; the message leads back.
func (h Handler) archiveType(q *page.Request) error {
	after, err := h.App.Library.ArchiveType(q.Context(), q.Actor(), account(q), q.PathValue("type"))
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("library.archived", "Name", after.Name))
	return q.Redirect(at(q, listsTab))
}

func (h Handler) restoreType(q *page.Request) error {
	after, err := h.App.Library.RestoreType(q.Context(), q.Actor(), account(q), q.PathValue("type"))
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("library.restored", "Name", after.Name))
	return q.Redirect(at(q, listsTab))
}

func (s shelf) typeMenu(t app.ListedProjectType) []ui.MenuItem {
	items := []ui.MenuItem{{Label: s.T("roles.rename"), Icon: "pencil", Href: at(s.req, listsTab) + "?ask=rename&type=" + url.QueryEscape(t.UUID)}}
	if t.Archived.IsZero() {
		return append(items, ui.MenuItem{Label: s.T("roles.archive"), Icon: "trash", Post: true, Href: typePath(s.req, t.UUID, "archive")})
	}
	return append(items, ui.MenuItem{Label: s.T("roles.restore"), Icon: "arrow-back-up", Post: true, Href: typePath(s.req, t.UUID, "restore")})
}

// dialog is the one that renames a type.
func (s shelf) dialog() ui.DialogView {
	t := s.rename
	return ui.DialogView{ID: "rename", Title: s.T("roles.rename.title", "Name", t.Name), Action: typePath(s.req, t.UUID, "rename"), Close: at(s.req, listsTab),
		Act: ui.Act{Label: s.T("roles.rename"), Kind: ui.Primary}, Hidden: t.hidden, Open: true}
}
