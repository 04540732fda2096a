package projects

import (
	"maps"
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A view is what an address says of the table of members: the query (LIST-6), and the
// project whose table it is. A product in it is that product's own Members tool
// (LIST-11).
type view struct {
	app.ProjectMemberQuery
	base string // address of the project
}

// readView reads the query of an address. What it says of nothing known is left out.
func readView(q *page.Request, values url.Values) view {
	v := view{base: at(q, q.PathValue("project"), "")}
	v.Search = values.Get("q")
	for _, name := range values["status"] {
		if status, known := directory.ParseStatus(name); known && !slices.Contains(v.Statuses, status) {
			v.Statuses = append(v.Statuses, status)
		}
	}
	for field, into := range v.lists() {
		for _, value := range values[field] {
			if value != "" && !slices.Contains(*into, value) {
				*into = append(*into, value)
			}
		}
	}
	if v.Product = values.Get("product"); q.PathValue("product") != "" {
		v.Product = q.PathValue("product")
	}
	v.Sort, v.Descending = values.Get("sort"), values.Get("order") == "desc"
	v.After, v.Before = values.Get("after"), values.Get("before")
	return v
}

func (v *view) lists() map[string]*[]string {
	return map[string]*[]string{"company": &v.Companies, "role": &v.Functions, "level": &v.Levels}
}

// values writes the view as an address, but for its product.
func (v view) values() url.Values {
	values := url.Values{}
	add := func(field, value string) {
		if value != "" {
			values.Add(field, value)
		}
	}
	add("q", v.Search)
	for _, status := range v.Statuses {
		add("status", status.String())
	}
	for field, list := range v.lists() {
		for _, value := range *list {
			add(field, value)
		}
	}
	add("sort", v.Sort)
	if v.Descending {
		add("order", "desc")
	}
	add("after", v.After)
	add("before", v.Before)
	return values
}

// tool is the address of the Members tool: of the project, or of one product in it.
func (v view) tool() string {
	if v.Product != "" {
		return v.base + productsTab + "/" + url.PathEscape(v.Product)
	}
	return v.base
}

// list is the address of the table in this view.
func (v view) list() string { return withQuery(v.tool(), v.values()) }

// asking is the address of the table with more in it.
func (v view) asking(pairs ...string) string {
	values := v.values()
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return withQuery(v.tool(), values)
}

// of is the address of a page of the project that keeps the view.
func (v view) of(rest string, pairs ...string) string {
	values := v.values()
	if v.Product != "" {
		values.Set("product", v.Product)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return withQuery(v.base+rest, values)
}

// member is the address of somebody's profile in this view.
func (v view) member(id string, pairs ...string) string {
	return v.of("/members/"+url.PathEscape(id), pairs...)
}

// first is the view at its first page.
func (v view) first() view {
	v.After, v.Before = "", ""
	return v
}

// without takes a filter off.
func (v view) without(field string) view {
	v = v.first()
	if field == "status" {
		v.Statuses = nil
	}
	if list, known := v.lists()[field]; known {
		*list = nil
	}
	return v
}

// with is the Members tool of another product, or of none, with the same filters.
func (v view) with(product string) view {
	v = v.first()
	v.Product = product
	return v
}

// sorted is the view sorted by a column: a second time the other way round.
func (v view) sorted(column string) view {
	v.Descending = v.column() == column && !v.Descending
	v.Sort = column
	return v.first()
}

func (v view) column() string {
	if v.Sort == "" {
		return "name"
	}
	return v.Sort
}

// filtered reports whether anything but a search leaves somebody out.
func (v view) filtered() bool {
	return len(v.Statuses)+len(v.Companies)+len(v.Functions)+len(v.Levels) > 0
}

func hiddenOf(values url.Values) []ui.Hidden {
	var hidden []ui.Hidden
	for _, field := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[field] {
			hidden = append(hidden, ui.Hidden{Name: field, Value: value})
		}
	}
	return hidden
}
