package adding

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/imported"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// An uploadView is the page that takes a file.
type uploadView struct {
	task
	Recent []directory.Import
	At     func(directory.Import) string
	Fields string // the columns that are known, in words
}

// The steps of an import.
func steps(t task, at int) []ui.Step {
	keys := []string{"import.step.file", "import.step.columns", "import.step.check", "import.step.result"}
	all := make([]ui.Step, len(keys))
	for i, key := range keys {
		all[i].Label = t.T(key)
		switch {
		case i < at:
			all[i].State = "done"
		case i == at:
			all[i].State = "current"
		}
	}
	return all
}

func (h Handler) showUpload(q *page.Request) error {
	v, err := h.uploadView(q)
	if err != nil {
		return err
	}
	return q.Render(uploadPage(v))
}

func (h Handler) uploadView(q *page.Request) (uploadView, error) {
	v := uploadView{task: h.task(q, q.Printer.T("import.title")), At: func(i directory.Import) string { return importPath(q, i) }}
	v.Steps = steps(v.task, 0)
	var names []string
	for _, f := range app.MemberFields() {
		names = append(names, v.T("field."+f.ID))
	}
	v.Fields = v.Printer.List(names)
	var err error
	v.Recent, err = h.App.Imports.Recent(q.Context(), q.Actor(), q.Frame.Account.ID, 10)
	return v, err
}

func (h Handler) upload(q *page.Request) error {
	i, err := h.takeFile(q)
	if err == nil {
		return q.Redirect(importPath(q, i))
	}
	v, err2 := h.uploadView(q)
	if err2 != nil {
		return err2
	}
	if fault := v.refused(err); fault != nil {
		return fault
	}
	return q.RenderRefused(v.refusal, uploadPage(v))
}

// takeFile hands the file of the form on as it arrives.
func (h Handler) takeFile(q *page.Request) (directory.Import, error) {
	file, err := q.Arriving("file")
	if err != nil {
		return directory.Import{}, err
	}
	i, err := h.App.Imports.Upload(q.Context(), q.Actor(), q.Frame.Account.ID, file.Name, file)
	return i, file.Refusal(err)
}

// result is the file with what became of each row.
func (h Handler) result(q *page.Request) error {
	i, err := h.App.Imports.Find(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"))
	if err != nil {
		return err
	}
	choices, err := h.App.Imports.Choices(q.Context(), q.Actor(), q.Frame.Account.ID, i.UUID)
	if err != nil {
		return err
	}
	t := h.task(q, "")
	file := imported.File{Import: i, Only: app.Outcome(q.FormValue("outcome")),
		Detail: func(row app.ImportedRow) string { return detailText(t, choices, row) }}
	if i.Pasted() {
		file.Head = []string{t.T("field.email"), t.T("field.name"), t.T("field.company")}
	}
	return file.Send(q)
}
