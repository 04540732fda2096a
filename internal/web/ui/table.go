package ui

import (
	"github.com/a-h/templ"

	"intendant/internal/i18n"
)

// A TableView is how a table presents itself. Caption is read aloud only.
// Columns may be nil when the children bring their own head. Tick adds a column
// to tick rows, More one for the row menus. Inset takes off the outer gutter;
// Unstacked keeps a table a table on phones.
type TableView struct {
	Caption   string
	Columns   []Column
	Tick      bool
	More      bool
	Inset     bool
	Unstacked bool
	Class     string
}

func (t TableView) class() string {
	class := "in-table"
	if !t.Unstacked {
		class += " in-table--stack"
	}
	if t.Inset {
		class += " in-table--inset"
	}
	if !t.Tick {
		class += " in-table--plain"
	}
	if t.Class != "" {
		class += " " + t.Class
	}
	return class
}

// A Column is a head. Class holds width and priority ("p2 w-co"; "num" aligns
// at the end): p4 leaves first as the table narrows, then p3, then p2. Sort is
// where a click leads; Order is "ascending", "descending" or empty. Also is a
// second thing one column sorts by. Silent heads are read aloud only. Note stands
// small under the label; Sign makes the head the sign of a product of that name.
type Column struct {
	Label, Class string
	Sort, Order  string
	Also         *SortLink
	Silent       bool
	Note         string
	Sign         bool
}

// A SortLink is the second line of a head that sorts by two things.
type SortLink struct{ Label, Sort, Order string }

func (c Column) order() string {
	if c.Order == "" && c.Also != nil {
		return c.Also.Order
	}
	return c.Order
}

func (c Column) attrs() templ.Attributes {
	if c.order() == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": c.order()}
}

// A RowView is one row: the tick's name, value and whose it is, and the state.
// Open marks the row whose panel stands beside; Faint greys it. An empty Tick
// gives no tick cell. Form is the id of the form a tick belongs to when that is
// not the one around the table: SelectionForm for the acts of a SelectionBar.
type RowView struct {
	ID          string
	Tick, Value string
	Who         string
	Ticked      bool
	Open        bool
	Faint       bool
	Form        string
}

func (r RowView) attrs() templ.Attributes { return identified(r.ID) }

func (r RowView) form() templ.Attributes {
	if r.Form == "" {
		return nil
	}
	return templ.Attributes{"form": r.Form}
}

// SelectionForm is the id of a page's SelectionBar, which is a form: row menus
// are forms too and cannot stand inside another.
const SelectionForm = "selection"

// A SelectionView is the bar that rises with the first tick. Total is how many
// the filter found; All says that all of them are meant, AllHref leads to that.
// The acts post the ticks to Action unless their Attrs carry another formaction;
// the first two stay on phones. Clear leads to the page without ticks.
type SelectionView struct {
	Action  string
	Total   int64
	Ticked  int64
	All     bool
	AllHref string
	Clear   string
	Acts    []Act
	Hidden  []Hidden
}

// A PanelView is one item of the list, kept beside it. Position says where it
// stands ("Member 9 of 212"). Empty addresses are ends of the set.
type PanelView struct {
	Title, Position       string
	Previous, Next, Close string
}

// A DialogView is a dialog: a choice of one thing, or a loss to confirm. The
// children are its body; the acts end it, the safe way first: alone where nothing
// can be done. It is a form that
// posts to Action. Open shows it with the page; Close is where the safe way leads
// then, for readers without a script. Passing is one that a script has put into a
// page that stands: it goes without a trace. Attrs are of the form.
type DialogView struct {
	ID, Title, Lead string
	Action          string
	Keep            string // the safe way, in words
	Close           string
	Act             Act
	Hidden          []Hidden
	Open            bool
	Passing         bool
	Attrs           templ.Attributes
}

// A Step is one part of a task; State is "done", "current" or empty.
type Step struct{ Label, State string }

// A SeatView is one product with its seats; more used than bought shows red.
type SeatView struct {
	Product, Modules string
	Used, Bought     int64
}

// A SeatLine is one product of a rail with its seats in words: Text says who has
// them, Warnings what is wrong, Notes what else there is to know.
type SeatLine struct {
	SeatView
	Text            string
	Warnings, Notes []string
}

// A ProductMark is a product that somebody holds: by a seat, or, External, by a
// subscription of their own. A seat that has Lapsed opens nothing.
type ProductMark struct {
	Name     string
	External bool
	Lapsed   bool
}

// Words are what the mark says in full.
func (m ProductMark) Words(p *i18n.Printer) string {
	switch {
	case m.External:
		return p.T("ui.product.external", "Name", m.Name)
	case m.Lapsed:
		return p.T("ui.product.lapsed", "Name", m.Name)
	}
	return m.Name
}

// mostMarks is how many signs of products a cell has room for.
const mostMarks = 4

// split parts the signs that are drawn from those that one sign stands for.
func split(marks []ProductMark) (shown, rest []ProductMark) {
	if len(marks) <= mostMarks {
		return marks, nil
	}
	return marks[:mostMarks-1], marks[mostMarks-1:]
}

// together are the words of several signs.
func together(p *i18n.Printer, marks []ProductMark) string {
	var words []string
	for _, mark := range marks {
		words = append(words, mark.Words(p))
	}
	return p.List(words)
}

// Marks are products held by a seat.
func Marks(names []string) []ProductMark {
	marks := make([]ProductMark, len(names))
	for i, name := range names {
		marks[i].Name = name
	}
	return marks
}

// A Share is one part of a bar of shares, with its line in the legend. Class is
// "active", "invited", "none" or "off".
type Share struct {
	Class, Label, Href string
	Count              int64
}

// A WhoView is the first cell of a person's row: Href opens the panel. Without
// Href the name is plain text. Face is the name as spoken ("Karim Haddad"), of
// which the avatar is made, when Name is written another way round. Mark says what
// is to be looked at with them, or nothing.
type WhoView struct {
	Name, Sub, Href, Face, Mark string
	Administrator               string // the words of the sign of administrators, for who carries it (ACC-3)
}

func (w WhoView) face() string {
	if w.Face != "" {
		return w.Face
	}
	return w.Name
}

// A PagerView says where in the found set a page stands: "1–16 of 212
// members", with Things already counted in words. Empty addresses are ends.
type PagerView struct {
	From, To       int64
	Things         string
	Previous, Next string
}

// A SearchView is the search above a table.
type SearchView struct{ Name, Value, Label, Placeholder string }

// A MemberTabsView is the row of pages of one member. Invite is where to post
// the invitation, or empty; Return is the page to come back to.
type MemberTabsView struct {
	Tabs           []Tab
	Invite, Return string
}

// A Tab leads to a sibling page or a ready-made view. Tone is a shape of State
// before the label.
type Tab struct {
	Label, Href, Tone string
	Count             string
	Current           bool
}

// A MenuItem is one line of a menu: a link, or with Post a button that posts to
// Href with the Hidden values, or with Opens a button that opens a dialog.
// Heading starts a new part.
type MenuItem struct {
	Label, Icon, Href string
	Post              bool
	Opens             string
	Hidden            []Hidden
	Danger            bool
}
