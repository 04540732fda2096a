package console

import (
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// largestCatalogue is how much of an uploaded file is read: reading a catalogue
// refuses less than that.
const largestCatalogue = 2 << 20

// catalogueForm is how much a form may carry with a catalogue pasted, each byte
// written as an escape at worst.
const catalogueForm = 4 << 20

// catalogueView is the catalogue in force and, once one was given, the draft.
type catalogueView struct {
	Facts    []ui.CartItem
	Parts    []ui.CartItem
	May      bool
	Text     string
	Problem  string
	Faults   []faultView
	Changes  []changeView
	Same     bool
	Drafted  bool
	Version  string
	Download string
}

type faultView struct{ Place, Path, Text string }

type changeView struct{ Tone, Kind, Noun, ID, Field, Old, New string }

func (h Handler) catalogue(q *page.Request) error {
	v, err := h.catalogueView(q)
	if err != nil {
		return err
	}
	return h.showCatalogue(q, nil, v)
}

func (h Handler) showCatalogue(q *page.Request, refusal *directory.Error, v catalogueView) error {
	p, err := h.shell(q, q.Printer.T("catalogue.title"), page.CataloguePlace)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, cataloguePage(p, v))
}

// catalogueView says what is in force.
func (h Handler) catalogueView(q *page.Request) (catalogueView, error) {
	t, c := q.Printer.T, h.Catalogue()
	applied, err := h.App.Catalogue.Show(q.Context(), q.Actor())
	if err != nil {
		return catalogueView{}, err
	}
	number := func(n int) string { return q.Printer.Number(int64(n)) }
	v := catalogueView{May: may(q, authz.ApplyCatalogue), Version: numeral(applied.Version),
		Facts: []ui.CartItem{
			{Label: t("catalogue.name"), Value: c.Name},
			{Label: t("catalogue.version"), Value: t("catalogue.version.first")},
			{Label: t("catalogue.vendor"), Value: c.Branding.Name},
		},
		Parts: []ui.CartItem{
			{Label: t("catalogue.account_types"), Value: number(len(c.AccountTypes))},
			{Label: t("catalogue.service_levels"), Value: number(len(c.ServiceLevels))},
			{Label: t("catalogue.products"), Value: number(len(c.Products))},
			{Label: t("catalogue.roles"), Value: number(len(c.Roles))},
			{Label: t("catalogue.permissions"), Value: number(len(c.Permissions))},
		},
	}
	if applied.Version > 0 {
		v.Facts[1] = ui.CartItem{Label: t("catalogue.version"), Value: t("catalogue.version.applied", "Version", applied.Version),
			Note: t("catalogue.version.by", "At", q.Printer.DateTime(applied.At), "Name", staffName(q, applied.Person))}
	}
	return v, nil
}

// draftCatalogue checks a text or a file and shows its faults, or what applying
// it would change.
func (h Handler) draftCatalogue(q *page.Request) error {
	text, err := catalogueText(q)
	if err != nil {
		return err
	}
	v, err := h.catalogueView(q)
	if err != nil {
		return err
	}
	d, err := h.App.Catalogue.Draft(q.Context(), q.Actor(), text)
	if err != nil {
		return h.catalogueRefused(q, v, text, err)
	}
	return h.showDraft(q, v, text, d)
}

func (h Handler) showDraft(q *page.Request, v catalogueView, text string, d app.CatalogueDraft) error {
	v.Text, v.Drafted, v.Version = text, true, numeral(d.Version)
	v.Same = len(d.Faults) == 0 && len(d.Changes) == 0
	for _, f := range d.Faults {
		v.Faults = append(v.Faults, faultView{Place: q.Printer.T("catalogue.draft.place", "Line", strconv.Itoa(f.Line), "Column", strconv.Itoa(f.Column)),
			Path: f.Path, Text: q.Printer.T(f.MessageKey(), pairs(f.Args)...)})
	}
	for _, c := range d.Changes {
		v.Changes = append(v.Changes, changeView{Tone: toneOf(c.Kind), Kind: q.Printer.T(c.KindKey()), Noun: q.Printer.T(c.NounKey()),
			ID: c.ID, Field: c.Field, Old: c.Old, New: c.New})
	}
	var refusal *directory.Error
	if len(d.Faults) > 0 {
		refusal = directory.InvalidField("text", "catalogue.faulty", directory.Args{"Path": "", "Count": len(d.Faults), "First": d.Faults[0].String()})
	}
	return h.showCatalogue(q, refusal, v)
}

func toneOf(kind catalogue.ChangeKind) string {
	switch kind {
	case catalogue.Added:
		return "ok"
	case catalogue.Removed:
		return "bad"
	}
	return "info"
}

func pairs(args map[string]any) []any {
	list := make([]any, 0, 2*len(args))
	for name, value := range args {
		list = append(list, name, value)
	}
	return list
}

func (h Handler) catalogueRefused(q *page.Request, v catalogueView, text string, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil || !v.May {
		return err
	}
	v.Text, v.Problem = text, q.Printer.Error(refusal)
	return h.showCatalogue(q, refusal, v)
}

// catalogueText is the file that was sent, else what was pasted.
func catalogueText(q *page.Request) (string, error) {
	text, err := q.Uploaded("file")
	if err != nil || len(text) == 0 {
		return q.PostFormValue("text"), err
	}
	return string(text), nil
}

func (h Handler) applyCatalogue(q *page.Request) error {
	text := q.PostFormValue("text")
	if err := h.App.Catalogue.Apply(q.Context(), q.Actor(), text, q.Version()); err != nil {
		v, fault := h.catalogueView(q)
		if fault != nil {
			return fault
		}
		return h.catalogueRefused(q, v, text, err)
	}
	q.Toast(q.Printer.T("catalogue.applied"), "")
	return q.Redirect(cataloguePath)
}
