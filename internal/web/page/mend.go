package page

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// mend answers a form whose text is no text with that form: the fields at fault
// with what can be read of them, the others as they were typed. Nothing is done
// until it is sent again. Anything else goes on as the error it is.
func (q *Request) mend(err error) error {
	var refusal *directory.Error
	if !errors.As(err, &refusal) || refusal.Code != "text.broken" || q.Method != http.MethodPost || len(q.PostForm) == 0 ||
		q.MultipartForm != nil { // its file would have to be chosen again
		return err
	}
	t := q.Printer.T
	v := ui.MendView{Title: t("form.mend.title"), Lead: t("form.mend.lead"), Action: q.URL.RequestURI(), Submit: t("form.mend.act")}
	if cleanText(q.URL.Query()) != nil {
		return err // the address itself is broken
	}
	for _, name := range slices.Sorted(maps.Keys(q.PostForm)) {
		q.mendField(&v, name, q.PostForm[name])
	}
	return q.RenderStatus(http.StatusUnprocessableEntity, ui.MendPage(q.Entry(v.Title), v))
}

func (q *Request) mendField(v *ui.MendView, name string, values []string) {
	field := ui.Field{Name: readable(name), Label: q.fieldLabel(name)}
	switch {
	case slices.Contains([]string{"password", "old", "code", "proof"}, name):
		field.Kind, field.Required = "password", true // never sent back: to be typed again
		v.Fields = append(v.Fields, field)
	case cleanText(url.Values{name: values}) == nil:
		for _, value := range values {
			v.Hidden = append(v.Hidden, ui.Hidden{Name: name, Value: value})
		}
	default:
		field.Kind, field.Value = "textarea", readable(strings.Join(values, "\n"))
		field.Error = q.Printer.Error(directory.InvalidField(name, "text.broken", nil))
		v.Errors = append(v.Errors, ui.FieldError{ID: "f-" + field.Name, Text: q.Printer.T("form.mend.said", "Field", field.Label, "Error", field.Error)})
		v.Fields = append(v.Fields, field)
	}
}

// fieldLabel is what a field is called where no form is at hand to say it.
func (q *Request) fieldLabel(name string) string {
	if key := "field." + name; q.Printer.Has(key) {
		return q.Printer.T(key)
	}
	return q.Printer.T("form.mend.field")
}

// readable is what can be read of a text.
func readable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
