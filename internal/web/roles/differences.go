package roles

import (
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A differencesView is what the catalogue in force says otherwise.
type differencesView struct {
	Base string
	Rows []differenceRow
	Ask  *differenceRow // the dialog that stands open
}

// A differenceRow is one role with the account's and the catalogue's values.
type differenceRow struct {
	app.RoleDifference
	Name, Path string
	Lines      []differenceLine
}

// A differenceLine is one value: the account's, and what the catalogue has.
type differenceLine struct{ Field, Own, Declared string }

func (h Handler) differences(q *page.Request) error {
	found, err := h.App.Roles.Differences(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	v := differencesView{Base: q.AccountPath("/roles")}
	for _, d := range found {
		row := h.difference(q, d)
		v.Rows = append(v.Rows, row)
		if q.URL.Query().Get("reset") == d.Role.UUID && !d.Gone {
			v.Ask = &row
		}
	}
	return q.Render(differencesPage(q.InAccount(q.Printer.T("roles.differences.title"), page.Roles), v))
}

func (h Handler) difference(q *page.Request, d app.RoleDifference) differenceRow {
	t, lang := q.Printer.T, q.Printer.Lang()
	row := differenceRow{RoleDifference: d, Name: d.Role.Name(lang), Path: q.AccountPath("/roles/" + url.PathEscape(d.Role.UUID))}
	line := func(differs bool, field, own, declared string) {
		if differs && !d.Gone {
			row.Lines = append(row.Lines, differenceLine{t(field), own, declared})
		}
	}
	none := t("roles.differences.nothing")
	line(d.Archived, "roles.differences.list", t("roles.tab.archived"), t("roles.differences.offered"))
	line(d.Names, "roles.name", d.Role.Name(lang), d.Declared.Name(lang))
	line(len(d.More) > 0, "roles.differences.more", h.permissionNames(q, d.More), none)
	line(len(d.Less) > 0, "roles.differences.less", none, h.permissionNames(q, d.Less))
	line(d.Level, "roles.default_level", h.levelName(q, d.Role.DefaultLevel), h.levelName(q, d.Declared.DefaultLevel))
	line(d.Products, "roles.products", h.productNames(q, d.Role.DefaultProducts), h.productNames(q, d.Declared.DefaultProducts))
	line(d.Place, "roles.place", t("roles.place."+d.Role.Place), t("roles.place."+d.Declared.Place))
	return row
}

func (h Handler) permissionNames(q *page.Request, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if p, ok := h.Catalogue().Permission(id); ok {
			names[i] = p.Label.In(q.Printer.Lang())
		}
	}
	return q.Printer.List(names)
}

func (h Handler) productNames(q *page.Request, ids []string) string {
	if len(ids) == 0 {
		return q.Printer.T("roles.differences.nothing")
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if p, ok := h.Catalogue().Product(id); ok {
			names[i] = p.Label.In(q.Printer.Lang())
		}
	}
	return q.Printer.List(names)
}

// levelName is a level of the catalogue, or the code of the account's own.
func (h Handler) levelName(q *page.Request, code string) string {
	if code == "" {
		return q.Printer.T("roles.default_level.none")
	}
	if o, ok := h.Catalogue().Role(code); ok {
		return o.Label.In(q.Printer.Lang())
	}
	return code
}

// dialog asks before a role is set back, and says what that does.
func (r differenceRow) dialog(p ui.Page, back string) ui.DialogView {
	return ui.DialogView{ID: "reset", Title: p.T("roles.reset.title", "Name", r.Name), Lead: p.T("roles.reset.lead", "Count", r.Role.Holders),
		Action: r.Path + "/reset", Close: back, Act: ui.Act{Label: p.T("roles.reset"), Kind: ui.Danger}, Open: true,
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(r.Role.Version, 10)}}}
}
