package adding

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// accessField is how the fields of access to products begin, of all alike; the id of
// the product follows.
const accessField = "access."

// rowAccess begins those of a row, setAccess those of the panel.
func rowAccess(line string) string { return accessField + line + "." }

const setAccess = "set_access."

// accessWords are the choices of access to a product (PROJ-4).
func accessWords() []string {
	return []string{directory.NoAccess, directory.MemberAccess, directory.AdministratorAccess}
}

// readAccess is the access that fields with this beginning say, in the order of the
// fields' names; nil where the form shows none of them. What says nothing is left out.
func readAccess(q *page.Request, prefix, nothing string) *[]string {
	var texts []string
	shown := false
	for name, values := range q.PostForm {
		product, is := strings.CutPrefix(name, prefix)
		if !is || len(values) == 0 {
			continue
		}
		if shown = true; values[0] != nothing {
			texts = append(texts, product+"/"+values[0])
		}
	}
	if !shown {
		return nil
	}
	slices.Sort(texts)
	return &texts
}

// accessFields are a select for each product that is switched on in the project; of the
// base product nobody has none (PROJ-5). Nothing is a first choice that says nothing;
// without a label there is none.
func (t task) accessFields(choices app.AddChoices, prefix string, words map[string]string, nothing ui.Option) []ui.Field {
	var fields []ui.Field
	for _, p := range choices.Place.Ground.Products {
		word, base := words[p.ID], p.ID == choices.Place.Base
		f := ui.Field{Name: prefix + p.ID, Kind: "select", Label: p.Label.In(t.Printer.Lang())}
		if base {
			f.Hint = t.T("adding.access.base")
		}
		if nothing.Label != "" {
			nothing.Selected = word == "" || word == nothing.Value
			f.Options = append(f.Options, nothing)
		} else if word == "" {
			word = directory.NoAccess
		}
		for _, option := range accessWords() {
			if base && option == directory.NoAccess {
				continue
			}
			f.Options = append(f.Options, ui.Option{Value: option, Label: t.T("projects.access." + option), Selected: option == word})
		}
		fields = append(fields, f)
	}
	return fields
}

// accessNames are products with the access to them, in the order of the catalogue: a
// member's by the name alone.
func accessNames(t task, choices app.AddChoices, texts []string) []string {
	words := directory.AccessWords(texts)
	var names []string
	name := func(p catalogue.Product) string {
		label := p.Label.In(t.Printer.Lang())
		if words[p.ID] == directory.AdministratorAccess {
			return t.T("adding.access.administrator", "Product", label)
		}
		return label
	}
	for _, p := range choices.Place.Ground.Products {
		if _, given := words[p.ID]; given {
			names = append(names, name(p))
			delete(words, p.ID)
		}
	}
	for _, text := range texts { // switched off meanwhile
		id, _, _ := strings.Cut(text, "/")
		if p, known := t.catalogue.Product(id); known && words[id] != "" {
			names = append(names, name(p))
		}
	}
	return names
}

// productNames are what the products of a row are called.
func productNames(t task, choices app.AddChoices, texts []string) []string {
	if choices.Place != nil {
		return accessNames(t, choices, texts)
	}
	return offerNames(t, texts)
}

// rowNames are what the products of a row of the table are called: whoever administers
// the project has all of them (PROJ-4).
func (v draftView) rowNames(l app.DraftLine) []string {
	choices := v.Draft.Choices
	if choices.Place == nil || !choices.Administers(l.Level, l.Function) {
		return productNames(v.task, choices, l.Products)
	}
	return accessNames(v.task, choices, v.allAccess(choices))
}

// allAccess is what whoever administers the project has of its products.
func (t task) allAccess(choices app.AddChoices) []string {
	var all []string
	for _, p := range choices.Place.Ground.Products {
		all = append(all, p.ID+"/"+directory.AdministratorAccess)
	}
	return all
}

// lineAccess are the fields of a row.
func (v draftView) lineAccess(l app.DraftLine) []ui.Field {
	line := strconv.FormatInt(l.Line, 10)
	fields := v.accessFields(v.Draft.Choices, rowAccess(line), directory.AccessWords(l.Products), ui.Option{})
	for i := range fields {
		fields[i].Attrs = v.inDraft(nil)
	}
	return fields
}

// panelAccess are those of the panel, which leave alone what is not set (ADD-7).
func (v draftView) panelAccess() []ui.Field {
	fields := v.accessFields(v.Draft.Choices, setAccess, directory.AccessWords(v.Set.Products), ui.Option{Value: leave, Label: v.T("adding.panel.leave")})
	for i := range fields {
		fields[i].Attrs = v.inDraft(nil)
	}
	return fields
}
