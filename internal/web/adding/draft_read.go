package adding

import (
	"net/url"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// readEdits are the rows of the form: each field's name ends with its line.
func readEdits(q *page.Request) map[int64]directory.DraftEdit {
	edits := map[int64]directory.DraftEdit{}
	for _, text := range q.PostForm["line"] {
		line, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		edits[line] = directory.DraftEdit{First: q.Field("first." + text), Last: q.Field("last." + text), Company: q.Field("company." + text),
			Function: q.Field("function." + text), Level: directory.JoinLevels(q.PostForm["level."+text]), Products: readProducts(q, text),
			Was: readShown(q.PostFormValue(shownField + text))}
	}
	return edits
}

// shownField is the name of the field that says what a form showed of a row, whose line
// follows: a form that is older than the row changes only what was changed in it.
const shownField = "was."

// shown writes down what the form shows of a row.
func shown(l app.DraftLine) string {
	return url.Values{"first": {l.First}, "last": {l.Last}, "company": {l.Company}, "function": {l.Function}, "level": {l.Level},
		"products": l.Products}.Encode()
}

// readShown reads it; nil where the form says nothing of it.
func readShown(text string) *directory.DraftEdit {
	was, err := url.ParseQuery(text)
	if err != nil || text == "" {
		return nil
	}
	products := was["products"]
	return &directory.DraftEdit{First: was.Get("first"), Last: was.Get("last"), Company: was.Get("company"), Function: was.Get("function"),
		Level: was.Get("level"), Products: &products}
}

// readMended are the pieces that are no address, as they were mended in the list: each
// field's name ends with its line.
func readMended(q *page.Request) map[int64]string {
	typed := map[int64]string{}
	for name := range q.PostForm {
		if line, is := strings.CutPrefix(name, pieceField); is {
			if n, err := strconv.ParseInt(line, 10, 64); err == nil {
				typed[n] = q.Field(name)
			}
		}
	}
	return typed
}

// readChange is what the panel says, over the ticked rows.
func readChange(q *page.Request) (app.DraftChange, setForm) {
	form := setForm{Company: q.Field("set_company"), Function: q.Field("set_function"), Clear: q.Ticked("clear_company"),
		Levels: readSetLevels(q), Plain: q.Ticked("clear_levels"), Products: q.PostForm["set_products"], Bare: q.Ticked("clear_products")}
	change := app.DraftChange{All: q.Ticked("all")}
	for _, text := range q.PostForm["tick"] {
		if line, err := strconv.ParseInt(text, 10, 64); err == nil {
			change.Lines = append(change.Lines, line)
		}
	}
	if form.Company != "" || form.Clear {
		company := form.Company
		if form.Clear {
			company = ""
		}
		change.Set.Company = &company
	}
	if access := readAccess(q, setAccess, leave); access != nil {
		form.Products = *access
	}
	if len(form.Products) > 0 || form.Bare {
		products := form.Products
		if form.Bare {
			products = nil
		}
		change.Set.Products = &products
	}
	if form.Function != leave && q.PostForm.Has("set_function") {
		change.Set.Function = &form.Function
	}
	change.Set.Level = form.level()
	for _, told := range []struct {
		name string
		into *int
	}{{"told_companies", &change.Told.Companies}, {"told_functions", &change.Told.Functions}, {"told_levels", &change.Told.Levels}, {"told_products", &change.Told.Products}} {
		if n, err := strconv.Atoi(q.Field(told.name)); err == nil {
			*told.into = n
		}
	}
	return change, form
}

// mending is the line up to which a paste mends what was no address.
func mending(q *page.Request) int64 {
	line, err := strconv.ParseInt(q.Field("mend"), 10, 64)
	if err != nil {
		return 0
	}
	return line
}
