package units

import (
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A moving is either step of moving a unit: choosing the place, and checking
// what changes before it does (UNIT-4).
type moving struct {
	ui.Page
	words
	h       Handler
	req     *page.Request
	goals   app.UnitGoals
	search  string
	preview app.MovePreview
	refusal *directory.Error
}

// showMove asks where to, and with a place in the address shows what would
// change.
func (h Handler) showMove(q *page.Request) error {
	values := q.URL.Query()
	if to := values.Get("to"); to != "" && !values.Has("find") {
		return h.check(q, to, nil)
	}
	return h.place(q, values.Get("q"))
}

// place shows where the unit may go.
func (h Handler) place(q *page.Request, search string) error {
	goals, err := h.App.Units.Moves(q.Context(), q.Actor(), account(q), q.PathValue("unit"), search)
	if err != nil {
		return err
	}
	m := moving{h: h, req: q, goals: goals, search: search}
	m.Page, m.words = h.frame(q, q.Printer.T("units.move.title", "Name", goals.Name))
	return q.Render(placePage(m))
}

// check shows what the move brings.
func (h Handler) check(q *page.Request, to string, refusal *directory.Error) error {
	preview, err := h.App.Units.MovePreview(q.Context(), q.Actor(), account(q), q.PathValue("unit"), to)
	if err != nil {
		return err
	}
	m := moving{h: h, req: q, preview: preview, refusal: refusal}
	m.Page, m.words = h.frame(q, q.Printer.T("units.move.title", "Name", preview.Name))
	return q.RenderRefused(refusal, checkPage(m))
}

// move moves the unit as it was confirmed. What has changed since comes back as
// another preview.
func (h Handler) move(q *page.Request) error {
	to := q.Field("to")
	if to == "" {
		return h.place(q, "")
	}
	move := app.UnitMove{To: to, Version: q.Version(), Confirmed: q.Field("seal")}
	err := h.App.Units.Move(q.Context(), q.Actor(), account(q), q.PathValue("unit"), move)
	if err == nil {
		return h.doneWith(q, "units.done.move", nil)
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if refusal.Kind == directory.NotFound {
		return refusal
	}
	return h.check(q, to, refusal)
}

func (m moving) action() string { return at(m.req, m.req.PathValue("unit"), "/move") }

func (m moving) back() ui.Link {
	name := m.goals.Name
	if name == "" {
		name = m.preview.Name
	}
	return ui.Link{Label: m.T("units.back.one", "Name", name), Href: at(m.req, m.req.PathValue("unit"), "")}
}

func (m moving) steps() []ui.Step {
	first, second := ui.Step{Label: m.T("units.move.step.place"), State: "current"}, ui.Step{Label: m.T("units.move.step.check")}
	if m.preview.UUID != "" {
		first.State, second.State = "done", "current"
	}
	return []ui.Step{first, second}
}

// choices are the places, the first one taken.
func (m moving) choices() []ui.Check {
	var checks []ui.Check
	for i, g := range m.goals.Goals {
		checks = append(checks, ui.Check{Name: "to", Value: g.UUID, Label: g.Name, Hint: way(g.Path[:len(g.Path)-1]), Checked: i == 0})
	}
	return checks
}

func (m moving) placeActs() []ui.Act {
	acts := []ui.Act{{Label: m.T("ui.cancel"), Href: m.back().Href}}
	if len(m.goals.Goals) > 0 {
		acts = append(acts, ui.Act{Label: m.T("units.move.preview"), Kind: ui.Primary})
	}
	return acts
}

func (m moving) facts() []ui.CartItem {
	along := m.T("units.move.alone")
	if m.preview.Below > 0 {
		along = m.T("units.move.along", "Count", m.preview.Below)
	}
	rights := m.T("units.move.nobody")
	if m.preview.Changed > 0 {
		rights = m.T("units.move.changed", "Count", m.preview.Changed)
	}
	return []ui.CartItem{{Label: m.T("units.move.from"), Value: way(m.preview.From)}, {Label: m.T("units.move.to"), Value: way(m.preview.To)},
		{Label: m.T("units.move.with"), Value: along}, {Label: m.T("units.move.rights"), Value: rights}}
}

// refused is why the move cannot be made, in the reader's words.
func (m moving) refused() []ui.FieldError {
	refusal := m.refusal
	if refusal == nil {
		refusal = m.preview.Refusal
	}
	if refusal == nil {
		return nil
	}
	return page.Mark(m.Printer, nil, refusal)
}

func (m moving) permission(id authz.Permission) string {
	if declared, known := m.h.Catalogue().Permission(string(id)); known {
		return declared.Label.In(m.lang)
	}
	return string(id)
}

func (m moving) permissions(ids []authz.Permission) string {
	var names []string
	for _, id := range ids {
		names = append(names, m.permission(id))
	}
	return m.Printer.List(names)
}

// contractLines say what the move means for contracts (SEAT-7, SEAT-8); nothing where
// all stays.
func (m moving) contractLines() []ui.Loss {
	c := m.preview.Contract
	var lines []ui.Loss
	for _, part := range c.Ended {
		unit := part.Unit.Name
		if unit == "" {
			unit = m.T("members.parts.hidden")
		}
		lines = append(lines, ui.Loss{Text: m.T("units.move.contracts.ended."+string(part.Part), "Name", part.Name, "Unit", unit)})
	}
	count := func(key string, n int, stays bool) {
		if n > 0 {
			lines = append(lines, ui.Loss{Text: m.T("units.move.contracts."+key, "Count", n), Stays: stays})
		}
	}
	count("more", c.Ending-len(c.Ended), false)
	count("losing", c.Losing, false)
	count("gaining", c.Gaining, true)
	if len(lines) > 0 {
		count("held", c.Subscriptions, true)
	}
	return lines
}

func (m moving) others() int { return m.preview.Changed - len(m.preview.People) }

func (m moving) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "to", Value: m.preview.To[len(m.preview.To)-1].UUID}, {Name: "version", Value: strconv.FormatInt(m.preview.Version, 10)},
		{Name: "seal", Value: m.preview.Seal}}
}

func (m moving) checkActs() []ui.Act {
	acts := []ui.Act{{Label: m.T("units.move.again"), Href: m.action()}}
	if m.preview.Refusal == nil {
		acts = append(acts, ui.Act{Label: m.T("units.move"), Kind: ui.Primary})
	}
	return acts
}
