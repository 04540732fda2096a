package page

import (
	"cmp"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// A Group is boxes or choices under one legend. Fault is where the text of what is wrong
// with them goes, which ui.CheckBoxes and ui.Radios show. Refused is how refusals call
// them, where that is not their name. Checks are asked for by Drawn only.
type Group struct {
	Name, Legend, Refused string
	Fault                 *string
	Checks                []ui.Check
}

// Mark writes each fault of a refusal under the field of its name, and answers the
// summary above the form: each line names its field and leads to it, or stands alone
// when the form has none of that name. Without a refusal there is nothing to say.
func Mark(p *i18n.Printer, fields []ui.Field, refusal *directory.Error, groups ...Group) []ui.FieldError {
	each := make([]*ui.Field, len(fields))
	for i := range fields {
		each[i] = &fields[i]
	}
	return MarkEach(p, each, refusal, groups...)
}

// MarkEach is Mark for fields that do not stand in one list.
func MarkEach(p *i18n.Printer, fields []*ui.Field, refusal *directory.Error, groups ...Group) []ui.FieldError {
	return Summary(p, refusal, func(name, text string) (string, string) {
		for _, field := range fields {
			if field.Name == name {
				field.Error = text
				return field.Anchor(), field.Label
			}
		}
		for _, group := range groups {
			if cmp.Or(group.Refused, group.Name) == name {
				*group.Fault = text
				return ui.Anchor(group.Name), group.Legend
			}
		}
		return "", ""
	})
}

// Summary is what stands above a form of a refusal, a line for each of its faults. What
// at answers is the id of the field of a name, under which it writes the text, and what
// the field is called; no id when the form has no such field.
func Summary(p *i18n.Printer, refusal *directory.Error, at func(name, text string) (id, label string)) []ui.FieldError {
	if refusal == nil {
		return nil
	}
	var lines []ui.FieldError
	for _, fault := range refusal.All() {
		text := p.Error(fault)
		id, label := "", ""
		if fault.Field != "" {
			id, label = at(fault.Field, text)
		}
		if label == "" && id != "" && p.Has("field."+fault.Field) {
			label = p.T("field." + fault.Field)
		}
		if label != "" {
			text = p.T("form.mend.said", "Field", label, "Error", text)
		}
		lines = append(lines, ui.FieldError{ID: id, Text: text})
	}
	return lines
}

// FaultAt is the sentence of the fault of a refusal at a field, or empty.
func FaultAt(p *i18n.Printer, refusal *directory.Error, field string) string {
	if refusal == nil {
		return ""
	}
	for _, fault := range refusal.All() {
		if fault.Field == field {
			return p.Error(fault)
		}
	}
	return ""
}
