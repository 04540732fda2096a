package ui

import (
	"strconv"

	"github.com/a-h/templ"

	"intendant/internal/i18n"
)

// meterAttrs make a password field ask for its strength a moment after the
// last key.
func meterAttrs(f Field, meter string) templ.Attributes {
	return templ.Attributes{
		"hx-post": meter, "hx-trigger": "input changed delay:250ms",
		"hx-target": "#" + f.id() + "-meter", "hx-swap": "innerHTML",
	}
}

func digit(n int) string { return strconv.Itoa(n) }

// errorsTitle is what stands above the lines of a summary: how many fields are at fault,
// or that it is no matter of fields. What is refused as a whole is the title of those
// that say what of the fields it is about.
func errorsTitle(p *i18n.Printer, errors []FieldError) (string, []FieldError) {
	if len(errors) > 1 && errors[0].ID == "" {
		return errors[0].Text, errors[1:]
	}
	for _, e := range errors {
		if e.ID != "" {
			return p.T("ui.errors.title", "Count", len(errors)), errors
		}
	}
	return p.T("error.title.refused"), errors
}

// identified is the id of something, where it has one.
func identified(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}

// atFault ties boxes or choices to what is wrong with them, and lets the summary above
// the form lead there.
func atFault(problem string, checks []Check) templ.Attributes {
	if problem == "" || len(checks) == 0 {
		return nil
	}
	return templ.Attributes{"id": Anchor(checks[0].Name), "tabindex": "-1", "aria-describedby": faultID(checks)}
}

// faultID is the id of what is wrong with boxes or choices; none where there are none.
func faultID(checks []Check) string {
	if len(checks) == 0 {
		return ""
	}
	return Anchor(checks[0].Name) + "-error"
}
