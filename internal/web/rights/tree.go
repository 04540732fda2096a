package rights

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A treePage is what the page of the tree shows.
type treePage struct {
	ui.Page
	t       app.RightsTree
	words   words
	at      address
	why     string // address of the question
	members string // address of the members' table; empty for who may not see it
	people  *finding
	units   *finding
	picture picture
	now     time.Time
	past    pastday.View
}

// tree draws what one person holds over the account's units (ROLE-1, ROLE-2,
// ROLE-10).
func (h Handler) tree(q *page.Request) error {
	p, err := h.treeOf(q)
	if h.badDay(q, err) {
		return q.Redirect(p.past.Today)
	}
	if err != nil {
		return err
	}
	form := q.URL.Query()
	if who := directory.Sought(form.Get("who")); who != "" && p.members != "" {
		only, people, err := h.findPerson(q, who, func(person string) string { return p.at.of(person).String() })
		if err != nil {
			return err
		}
		if only != "" {
			return q.Redirect(p.at.of(only).String())
		}
		p.people = people
	}
	if text := directory.Sought(form.Get("find")); text != "" {
		only, units := findUnit(p.t.Units, p.words, text, func(unit string) string { return p.at.marked(unit).String() + "#u-" + unit })
		if only != "" {
			return q.Redirect(p.at.marked(only).String() + "#u-" + only)
		}
		p.units = units
	}
	p.picture = p.draw()
	return q.Render(showTree(p))
}

func (h Handler) treeOf(q *page.Request) (treePage, error) {
	base := q.AccountPath("/rights")
	at := readAddress(base, q.URL.Query())
	p := treePage{words: h.words(q), at: at, why: base + "/why", now: h.Now()}
	day, err := pastday.Read(q, pastday.Param)
	p.past = h.picking(q, base, day, "person", at.Person)
	switch {
	case err != nil:
	case day == directory.Day{}:
		p.t, err = h.App.Reasons.Tree(q.Context(), q.Actor(), account(q), at.Person)
	default:
		p.at.On = day.ISO()
		p.t, err = h.App.Past.Tree(q.Context(), q.Actor(), account(q), day, at.Person)
	}
	if err != nil {
		return p, err
	}
	p.Page = q.InAccount(q.Printer.T("rights.title"), page.WhoMayWhat)
	if seesMembers(q) {
		p.members = q.AccountPath("/members")
	}
	return p, nil
}

// name is the person whose tree this is, or nobody.
func (p treePage) name() string {
	if p.t.Holder.ID == 0 {
		return ""
	}
	return p.t.Holder.Name()
}

// found counts what is held, as the mockup's line does.
func (p treePage) found() string {
	if p.t.Holder.ID == 0 {
		return ""
	}
	return p.T("rights.found.held", "Count", len(p.t.Held)) + ", " + p.T("rights.found.managed", "Count", p.t.Managed, "Units", len(p.t.Units))
}

func (p treePage) whyAt(unit string) string {
	return p.why + "?" + encode(pastday.Param, p.at.On, "person", p.person(), "unit", unit)
}

// person is the public id of whose tree this is; empty for the reader's own.
func (p treePage) person() string {
	if p.t.Holder.Own {
		return ""
	}
	return p.at.Person
}

func (p treePage) acts() []ui.Act {
	acts := []ui.Act{{Label: p.T("rights.why"), Icon: "help-circle", Href: strings.TrimSuffix(p.why+"?"+encode(pastday.Param, p.at.On, "person", p.person()), "?")}}
	if p.t.MayGive && p.members != "" && p.t.Holder.ID != 0 {
		acts = append(acts, ui.Act{Label: p.T("rights.give"), Icon: "plus", Kind: ui.Primary, Href: p.held()})
	}
	return acts
}

// held is where roles are given to the person.
func (p treePage) held() string { return p.members + "/" + p.t.Holder.UUID + "/rights" }

func (p treePage) change() *ui.Link {
	if !p.t.MayGive || p.members == "" {
		return nil
	}
	return &ui.Link{Label: p.T("rights.change"), Href: p.held()}
}

// reach says in how many units a role counts.
func (p treePage) reach(h app.HeldRole) string {
	if !h.Adds {
		return p.T("rights.held.nothing")
	}
	return p.T("rights.held.reach", "Count", h.Reach)
}

// by says who gave a role and when.
func (p treePage) by(h app.HeldRole) string {
	if h.Grant == 0 {
		return p.T("rights.held.place")
	}
	if h.By.User == 0 {
		return p.Printer.Date(h.From)
	}
	return p.T("rights.held.by", "Actor", giver(p.Page, h), "Day", h.From)
}

// bar says why nothing that is held counts now, or nothing.
func (p treePage) bar() string {
	if p.t.Holder.Bar == "" {
		return ""
	}
	return p.T("rights.bar."+p.t.Holder.Bar, "Name", p.t.Holder.Name())
}

// A zoomLink is one size of the drawing.
type zoomLink struct {
	icon, label, href string
}

// zoomLinks are one size down and one up, and back to the page's width.
func (p treePage) zoomLinks() []zoomLink {
	now := p.at.Zoom
	if now == 0 {
		now = 100
	}
	var links []zoomLink
	sizes := zooms()
	for i, size := range sizes {
		if size == now {
			if i > 0 {
				links = append(links, zoomLink{"zoom-out", p.T("rights.zoom.out"), p.at.zoomed(sizes[i-1]).String()})
			}
			if i+1 < len(sizes) {
				links = append(links, zoomLink{"zoom-in", p.T("rights.zoom.in"), p.at.zoomed(sizes[i+1]).String()})
			}
		}
	}
	if p.at.Zoom != 0 {
		links = append(links, zoomLink{"maximize", p.T("rights.zoom.fit"), p.at.zoomed(0).String()})
	}
	return links
}

// fitting is how wide a drawing is at most that takes the width of the page.
const fitting = 800

// fits reports whether the drawing takes the width of the page; else it has its
// own size and its box scrolls.
func (p treePage) fits() bool { return p.at.Zoom == 0 && p.picture.width <= fitting }

// deep reports whether so many units stand one under the other that the list
// needs the width of the page.
func (p treePage) deep() bool { return p.picture.deepest > 6 }

func (p treePage) scaled(length int) string {
	zoom := p.at.Zoom
	if zoom == 0 {
		zoom = 100
	}
	return strconv.Itoa(length * zoom / 100)
}

func (p treePage) viewBox() string {
	return "0 0 " + strconv.Itoa(p.picture.width) + " " + strconv.Itoa(p.picture.height)
}

// folding says how much of the tree is drawn.
func (p treePage) folding() string {
	if p.picture.folded == 0 {
		return ""
	}
	return p.T("rights.drawn", "Drawn", p.picture.drawn, "Units", len(p.t.Units))
}

// changed reports whether the reader opened or closed something.
func (p treePage) changed() bool {
	return len(p.at.Open)+len(p.at.Closed) > 0 || p.at.All || p.at.Unit != ""
}

// hidden is what a search keeps of the address.
func (p treePage) hidden(person bool) []ui.Hidden {
	var hidden []ui.Hidden
	if person && p.at.Person != "" {
		hidden = append(hidden, ui.Hidden{Name: "person", Value: p.at.Person})
	}
	if p.at.On != "" {
		hidden = append(hidden, ui.Hidden{Name: pastday.Param, Value: p.at.On})
	}
	if p.at.Zoom != 0 {
		hidden = append(hidden, ui.Hidden{Name: "zoom", Value: strconv.Itoa(p.at.Zoom)})
	}
	return hidden
}

// nothing is what the page says where nothing is held, and where there is only
// the account itself.
func (p treePage) nothing() string {
	switch {
	case p.t.Holder.ID == 0:
		return p.T("rights.nobody")
	case len(p.t.Held) == 0:
		return p.T("rights.empty", "Name", p.t.Holder.Name())
	}
	return ""
}

// mostHeld is how many held roles the table names.
const mostHeld = 100

func (p treePage) shownHeld() []app.HeldRole { return p.t.Held[:min(len(p.t.Held), mostHeld)] }

func (p treePage) caption() string {
	if p.t.Holder.ID == 0 {
		return p.T("rights.drawing.nobody")
	}
	return p.T("rights.drawing", "Name", p.t.Holder.Name())
}

// scrolls makes a wide drawing's box one that the keyboard can scroll.
func (p treePage) scrolls() templ.Attributes {
	if p.fits() {
		return nil
	}
	return templ.Attributes{"tabindex": "0", "role": "region", "aria-label": p.caption()}
}

// size is the drawing's own size where it does not take the page's.
func (p treePage) size() templ.Attributes {
	if p.fits() {
		return nil
	}
	return templ.Attributes{"width": p.scaled(p.picture.width), "height": p.scaled(p.picture.height)}
}

// giver is who gave a role, by name where they have one.
func giver(p ui.Page, h app.HeldRole) string {
	if h.By.Name != "" {
		return h.By.Name
	}
	return p.T(h.By.Message)
}

// written is what stands in the field of the person: what was searched, where
// that was no one.
func (p treePage) written() string {
	if p.people != nil {
		return p.people.text
	}
	return p.name()
}
