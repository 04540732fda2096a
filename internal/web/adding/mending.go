package adding

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// leaveOut is the choice by which an unknown word stands for nothing.
const leaveOut = "-"

// mend takes what was corrected in the preview of a file: "hidden", "word.FIELD.WORD",
// "others.FIELD" and "cell.LINE.FIELD".
func (h Handler) mend(q *page.Request) error {
	if err := q.ParseForm(); err != nil {
		return err
	}
	m := app.ImportMending{Hidden: q.Field("hidden"), Meant: map[string]map[string]string{}, Others: map[string]string{}, Cells: map[int]map[string]string{}}
	for name := range q.PostForm {
		kind, rest, _ := strings.Cut(name, ".")
		key, of, _ := strings.Cut(rest, ".")
		switch text := q.Field(name); {
		case kind == "word" && text != "":
			if m.Meant[key] == nil {
				m.Meant[key] = map[string]string{}
			}
			m.Meant[key][of] = strings.TrimPrefix(text, leaveOut)
		case kind == "others" && text == "":
			m.Ask = append(m.Ask, rest)
		case kind == "others":
			m.Others[rest] = strings.TrimPrefix(text, leaveOut)
		case kind == "cell" && slices.ContainsFunc(app.MemberFields(), func(f sheet.Field) bool { return f.ID == of }):
			line, err := strconv.Atoi(key)
			if err != nil {
				continue
			}
			if m.Cells[line] == nil {
				m.Cells[line] = map[string]string{}
			}
			m.Cells[line][of] = text
		}
	}
	i, err := h.App.Imports.Mend(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("import"), m)
	if err == nil {
		return q.Redirect(importPath(q, i))
	}
	v, err2 := h.importView(q)
	if err2 != nil {
		return err2
	}
	if fault := v.refused(err); fault != nil {
		return fault
	}
	return q.RenderStatus(http.StatusUnprocessableEntity, verifyPage(v))
}

// checkedFile reports whether the view is the preview of a file that was read to
// its end.
func (v importView) checkedFile() bool {
	i := v.Import
	return !i.Pasted() && i.State == directory.ImportDraft && !i.Checked.IsZero()
}

// addressless is the sentence about a file without any address, which says it once;
// empty where there is one.
func (v importView) addressless() string {
	i := v.Import
	if n := i.Counts; !v.checkedFile() || i.Choices.Found.Addresses > 0 || n.Total == 0 || n.Faulty < n.Total {
		return ""
	}
	at, chosen := i.Choices.Columns["email"]
	if !chosen {
		return v.T("import.addressless.none")
	}
	return v.T("import.addressless", "Column", v.columnTitle(at))
}

// asks reports whether the preview of a file asks something.
func (v importView) asks() bool {
	c := v.Import.Choices
	return v.checkedFile() && (c.Found.Hidden > 0 || len(c.Found.Unknown) > 0 || len(c.Others) > 0)
}

// An unknownChoice is a word of the file and what it can stand for.
type unknownChoice struct {
	Word, Where string
	Field       ui.Field
}

// shownWords is how many unknown words the page asks about at once.
const shownWords = 30

func (v importView) unknownWords() []unknownChoice {
	words := v.Import.Choices.Found.Unknown
	all := make([]unknownChoice, min(len(words), shownWords))
	for n, word := range words[:len(all)] {
		options := append([]ui.Option{{Label: v.T("import.unknown.choose")}, {Value: leaveOut, Label: v.T("import.unknown.leave")}}, v.meanings(word.Field)...)
		field := v.T("field." + word.Field)
		all[n] = unknownChoice{Word: v.T("import.unknown.word", "Word", word.Text), Where: v.T("import.unknown.where", "Field", field, "Count", int64(word.Rows)),
			Field: ui.Field{Name: "word." + word.Field + "." + word.Text, ID: "f-word-" + strconv.Itoa(n), Kind: "select", Value: word.Near, Options: options,
				Attrs: map[string]any{"aria-label": v.T("import.unknown.for", "Word", word.Text)}}}
	}
	return all
}

// moreWords says how many words are asked about later; empty where all are.
func (v importView) moreWords() string {
	found := v.Import.Choices.Found
	more := max(found.Words, len(found.Unknown)) - shownWords
	if more <= 0 {
		return ""
	}
	return v.T("import.unknown.more", "Count", int64(more))
}

// otherWords say once what all further words of a column stand for: where there are more
// than the page asks about, and where it was said.
func (v importView) otherWords() []unknownChoice {
	c := v.Import.Choices
	fields := slices.Sorted(maps.Keys(c.Others))
	if v.moreWords() != "" {
		for _, word := range c.Found.Unknown {
			if !slices.Contains(fields, word.Field) {
				fields = append(fields, word.Field)
			}
		}
	}
	all := make([]unknownChoice, len(fields))
	for n, field := range fields {
		value := ""
		if code, said := c.Others[field]; said {
			value = cmp.Or(code, leaveOut)
		}
		title := v.T("import.unknown.others", "Field", v.T("field."+field))
		all[n] = unknownChoice{Word: title, Field: ui.Field{Name: "others." + field, ID: "f-others-" + strconv.Itoa(n), Kind: "select", Value: value,
			Options: append([]ui.Option{{Label: v.T("import.unknown.ask")}, {Value: leaveOut, Label: v.T("import.unknown.leave")}}, v.meanings(field)...),
			Attrs:   map[string]any{"aria-label": title}}}
	}
	return all
}

// meanings are what a word of a field can stand for.
func (v importView) meanings(field string) []ui.Option {
	var options []ui.Option
	add := func(value, label string) { options = append(options, ui.Option{Value: value, Label: label}) }
	switch field {
	case "function":
		for _, role := range v.Choices.Functions {
			add(role.Code, role.Name(v.Printer.Lang()))
		}
	case "access_level":
		for _, role := range v.Choices.Levels {
			add(role.Code, role.Name(v.Printer.Lang()))
		}
	case "products":
		for _, p := range v.Choices.Products {
			add(p.Offer.String(), strings.Join(offerNames(v.task, []string{p.Offer.String()}), ", "))
		}
	case "civility":
		for _, code := range directory.Civilities() {
			add(code, v.T("civility."+code))
		}
	case "language":
		for _, code := range v.catalogue.Languages {
			add(code, v.Printer.Language(code))
		}
	}
	return options
}

// remarks are the rows that are doubtful and come in, in words.
func (v importView) remarks() []string {
	if !v.checkedFile() {
		return nil
	}
	var said []string
	for _, row := range v.Import.Choices.Found.Doubtful {
		said = append(said, v.T("import.doubtful.row", "Line", v.Printer.Number(int64(row.Line)), "Who", row.Who, "Why", v.Printer.Error(row.Why)))
	}
	return said
}

// A rowFault is what is wrong with a row: with a cell that can be corrected, or with
// none.
type rowFault struct {
	Text string
	Cell *ui.Field
}

// rowFaults are all faults of a row, each cell once.
func (v importView) rowFaults(row app.ImportedRow) []rowFault {
	var all []rowFault
	at := map[string]int{}
	for _, fault := range row.Faults() {
		text, field := v.Printer.Error(fault), row.Column(fault)
		value, mendable := row.Cells[field]
		if n, told := at[field]; told {
			all[n].Cell.Error += " " + text
			continue
		}
		if !mendable || !v.checkedFile() || v.askedAbove(field, fault) {
			all = append(all, rowFault{Text: text})
			continue
		}
		at[field] = len(all)
		name := "cell." + strconv.FormatInt(row.Line, 10) + "." + field
		all = append(all, rowFault{Cell: &ui.Field{Name: name, Label: v.T("field." + field), Value: value, Error: text,
			Attrs: map[string]any{"form": "mend", "autocomplete": "off", "maxlength": "500"}}})
	}
	return all
}

// askedAbove reports whether the page asks what an unknown word stands for, once for
// all rows.
func (v importView) askedAbove(field string, fault *directory.Error) bool {
	words := v.Import.Choices.Found.Unknown
	return slices.ContainsFunc(words[:min(len(words), shownWords)], func(w directory.UnknownWord) bool {
		text, _ := fault.Args["Value"].(string)
		return w.Field == field && directory.Fold(w.Text) == directory.Fold(text)
	})
}

// mendable reports whether a row of the page can be corrected on it.
func (v importView) mendable() bool {
	return v.checkedFile() && slices.ContainsFunc(v.Rows, func(row app.ImportedRow) bool { return len(row.Cells) > 0 })
}

// columnTitle is what a column of the file is called, or its number.
func (v importView) columnTitle(n int) string {
	if head := v.Import.Choices.Head; n < len(head) && strings.TrimSpace(head[n]) != "" {
		return head[n]
	}
	return v.T("import.column", "Number", n+1)
}

// detailText is all that is known of a row that is not refused, in one line of text.
func detailText(t task, choices app.AddChoices, row app.ImportedRow) string {
	var parts []string
	for _, c := range changeLines(t, choices, row.Changes) {
		parts = append(parts, c.Label+" "+c.Before+" → "+c.After)
	}
	if text := plainDetail(t, choices, row); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, " ; ")
}
