package console

import (
	"strconv"

	"intendant/internal/web/ui"
)

func row(v customersView, r customerRow) ui.RowView {
	view := ui.RowView{ID: "c-" + r.ID, Value: r.ID, Who: r.Name, Form: ui.SelectionForm}
	if v.Tick {
		view.Tick = "account"
	}
	return view
}

func warned(class string, warn bool) string {
	if warn {
		return class + " is-warn strong"
	}
	return class
}

func ended(class string, over bool) string {
	if over {
		return class + " is-bad"
	}
	return class + " soft"
}

func encoding(f form) string {
	if f.Multipart {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

func numeral(n int64) string { return strconv.FormatInt(n, 10) }

// integer reads a number of a form; what is none is 0.
func integer(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func keysLink(p ui.Page, v customerView) *ui.Link {
	if v.MakeHref == "" {
		return nil
	}
	return &ui.Link{Label: p.T("customer.make_keys"), Href: v.MakeHref}
}

func historyLink(p ui.Page, v customerView) *ui.Link {
	if v.HistoryHref == "" {
		return nil
	}
	return &ui.Link{Label: p.T("nav.history"), Href: v.HistoryHref}
}

func addLink(p ui.Page, v contractView) *ui.Link {
	if v.Add == "" {
		return nil
	}
	return &ui.Link{Label: p.T("subscription.add"), Href: v.Add}
}

func ending(class string, soon bool) string {
	if soon {
		return class + " is-warn"
	}
	return class
}

func importBack(p ui.Page, v importView) string {
	if v.Sold {
		return p.T("subscriptions.title")
	}
	return p.T("customers.title")
}
