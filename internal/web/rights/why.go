package rights

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// mostListed is how many units a list to choose from holds; where there are more
// they are searched.
const mostListed = 200

// A whyPage is what the page of one question shows.
type whyPage struct {
	ui.Page
	w       app.Why
	q       app.WhyQuery
	words   words
	base    string // address of the question
	tree    string // address of the drawn tree
	members string
	people  *finding
	units   *finding
	on      string // a past day; empty: today
	past    pastday.View

	permissions, held []group // all there are, and those held at the unit
}

// why answers whether somebody may do something somewhere, and why, or what is
// missing and who could give it (ROLE-9).
func (h Handler) why(q *page.Request) error {
	form := q.URL.Query()
	asked := app.WhyQuery{Person: form.Get("person"), Permission: form.Get("permission"), Unit: form.Get("unit")}
	p := whyPage{q: asked, words: h.words(q), tree: q.AccountPath("/rights"), base: q.AccountPath("/rights/why")}
	day, err := pastday.Read(q, pastday.Param)
	p.past, p.on = h.picking(q, p.base, day, "person", asked.Person, "permission", asked.Permission, "unit", asked.Unit), day.ISO()
	switch {
	case err != nil:
	case day == directory.Day{}:
		p.w, err = h.App.Reasons.Why(q.Context(), q.Actor(), account(q), asked)
	default:
		p.w, err = h.App.Past.Why(q.Context(), q.Actor(), account(q), day, asked)
	}
	if h.badDay(q, err) {
		return q.Redirect(p.past.Today)
	}
	if err != nil {
		return err
	}
	w := p.w
	p.Page = q.InAccount(q.Printer.T("rights.why"), page.WhoMayWhat)
	if seesMembers(q) {
		p.members = q.AccountPath("/members")
	}
	p.permissions, p.held = p.groups(w.Permissions, h.Catalogue().Groups), p.groups(w.Here, h.Catalogue().Groups)
	moved, err := h.search(q, &p, directory.Sought(form.Get("who")), directory.Sought(form.Get("at")))
	if moved || err != nil {
		return err
	}
	return q.Render(showWhy(p))
}

// search finds the person and the unit that were written instead of chosen, and
// reports whether it has led on to the question about them.
func (h Handler) search(q *page.Request, p *whyPage, who, at string) (moved bool, err error) {
	if who == p.name() || p.members == "" {
		who = ""
	}
	if at == p.w.Unit.Name {
		at = ""
	}
	if who == "" && at == "" {
		return false, nil
	}
	next := p.q
	if who != "" {
		next.Person, p.people, err = h.findPerson(q, who, func(person string) string {
			return p.at(app.WhyQuery{Person: person, Permission: p.q.Permission, Unit: p.q.Unit})
		})
		if err != nil {
			return false, err
		}
	}
	if at != "" {
		next.Unit, p.units = findUnit(p.w.Units, p.words, at, func(unit string) string {
			return p.at(app.WhyQuery{Person: p.q.Person, Permission: p.q.Permission, Unit: unit})
		})
	}
	if p.people != nil && p.people.total == 0 {
		return true, q.RenderStatus(http.StatusNotFound, showWhy(*p.unanswered()))
	}
	if p.people != nil || p.units != nil {
		*p = *p.unanswered()
		return false, nil
	}
	return true, q.Redirect(p.at(next))
}

// unanswered is the page without an answer: what was written is nobody, or several,
// and nothing is said about somebody else instead.
func (p *whyPage) unanswered() *whyPage {
	bare := *p
	bare.w.Permission, bare.w.Explanation = catalogue.Permission{}, authz.Explanation{}
	return &bare
}

// at is the address of a question.
func (p whyPage) at(q app.WhyQuery) string {
	return strings.TrimSuffix(p.base+"?"+encode(pastday.Param, p.on, "person", q.Person, "permission", q.Permission, "unit", q.Unit), "?")
}

func (p whyPage) name() string {
	if p.w.Holder.ID == 0 {
		return ""
	}
	return p.w.Holder.Name()
}

// crumbs lead back to the person's tree.
func (p whyPage) crumbs() []ui.Link {
	return []ui.Link{{Label: p.T("rights.title"), Href: strings.TrimSuffix(p.tree+"?"+encode(pastday.Param, p.on, "person", p.q.Person, "unit", p.q.Unit), "?")}}
}

// A group is the permissions of one heading.
type group struct {
	label       string
	permissions []catalogue.Permission
}

// groups put permissions under their headings, in the catalogue's order.
func (p whyPage) groups(list []catalogue.Permission, c []catalogue.Group) []group {
	var groups []group
	for _, g := range c {
		one := group{label: g.Label.In(p.words.lang)}
		for _, permission := range list {
			if permission.Group == g.ID {
				one.permissions = append(one.permissions, permission)
			}
		}
		if len(one.permissions) > 0 {
			groups = append(groups, one)
		}
	}
	return groups
}

// unitOptions are the units to choose from, each under its own; nothing where
// there are too many for a list.
func (p whyPage) unitOptions() []ui.Option {
	if len(p.w.Units) > mostListed {
		return nil
	}
	depth := map[directory.UnitID]int{}
	options := make([]ui.Option, len(p.w.Units))
	for i, u := range p.w.Units {
		if i > 0 {
			depth[u.ID] = depth[u.Parent] + 1
		}
		options[i] = ui.Option{Value: u.UUID, Label: strings.Repeat("\u2003", depth[u.ID]) + u.Name, Selected: u.ID == p.w.Unit.ID}
	}
	return options
}

func (p whyPage) asked() bool { return p.w.Permission.ID != "" && p.w.Holder.ID != 0 }

func (p whyPage) may() string { return p.words.inner(p.w.Permission.Label.In(p.words.lang)) }

// headline is the answer in one sentence.
func (p whyPage) headline() string {
	key := "rights.why.no"
	switch {
	case p.w.Explanation.Allowed && p.w.Holder.Own:
		key = "rights.why.yes.own"
	case p.w.Explanation.Allowed:
		key = "rights.why.yes"
	case p.w.Holder.Own:
		key = "rights.why.no.own"
	}
	return p.T(key, "Name", p.name(), "Permission", p.may(), "Unit", p.w.Unit.Name)
}

// ground says in one sentence why.
func (p whyPage) ground() string {
	e := p.w.Explanation
	if e.Allowed {
		return p.T("rights.why.by", "Roles", p.giving())
	}
	switch {
	case e.Reason != authz.Missing:
		return p.T("rights.why.reason."+e.Reason, "Name", p.name(), "Vendor", p.Brand.Name)
	case len(e.Idle) > 0:
		return p.T("rights.why.idle", "Levels", p.counting())
	case len(p.w.Elsewhere) > 0:
		return p.T("rights.why.elsewhere", "Count", len(p.w.Elsewhere))
	}
	return p.T("rights.why.missing")
}

// giving names what gives the permission, with where it is held.
func (p whyPage) giving() []string {
	var names []string
	for _, step := range p.w.Path {
		for _, h := range step.Held {
			if h.Gives {
				names = append(names, p.T("rights.why.role_at", "Role", h.Role.Name(p.words.lang), "Unit", step.Unit.Name))
			}
		}
	}
	return names
}

// counting names the levels at which the permission counts.
func (p whyPage) counting() []string {
	var names []string
	for _, level := range p.w.Levels {
		if level.Counts {
			names = append(names, p.words.inner(p.words.level(level.ID)))
		}
	}
	return names
}

// flow is the look of one step of the way.
func (p whyPage) flow(i int) string {
	step := p.w.Path[i]
	switch {
	case !step.Allowed:
		return ""
	case i == 0 || !p.w.Path[i-1].Allowed || slices.ContainsFunc(step.Held, func(h app.HeldRole) bool { return h.Gives }):
		return "has"
	}
	return "below"
}

// stepLevel is the level of one step; the last says that it is the one asked
// about.
func (p whyPage) stepLevel(i int) string {
	name := p.words.level(levelID(p.w.Path[i].Unit))
	if i == len(p.w.Path)-1 {
		return p.T("rights.why.here", "Level", name)
	}
	return name
}

func levelID(u directory.Unit) string {
	if u.Parent == 0 {
		return catalogue.RootLevel
	}
	return u.Level
}

// heldNote says what one role on the way does for the question.
func (p whyPage) heldNote(h app.HeldRole) string {
	switch {
	case h.Gives && h.Grant == 0 && h.Unit.Parent != 0:
		return p.T("rights.why.held.project")
	case h.Gives && h.Grant == 0:
		return p.T("rights.why.held.place")
	case h.Gives && h.By.User == 0:
		return p.T("rights.why.held.since", "Day", h.From)
	case h.Gives:
		return p.T("rights.why.held.by", "Actor", giver(p.Page, h), "Day", h.From)
	case h.Idle:
		return p.T("rights.why.held.idle", "Levels", p.counting())
	}
	return p.T("rights.why.held.without")
}

// A fact is one thing that was looked at.
type fact struct {
	ok         bool
	text, note string
}

// facts are what the decision looks at, in its order: the account, the person,
// what they hold on the way. What comes after the first that fails is looked at
// all the same.
func (p whyPage) facts() []fact {
	e := p.w.Explanation
	facts := []fact{{e.Reason != authz.Suspended, p.T("rights.fact.account." + string(p.w.Account.State)), p.w.Account.Name}}
	person := fact{ok: true, text: p.T("rights.fact.person"), note: p.T("rights.fact.person.since", "Day", p.w.Holder.Added)}
	if p.w.Holder.Added.IsZero() { // who went and came again since the day
		person.note = p.T("status." + p.w.Holder.Status.String())
	}
	if slices.Contains([]string{authz.NotActive, authz.Ended, authz.SwitchedOff, authz.NotMember}, e.Reason) {
		person = fact{text: p.T("rights.fact.person." + e.Reason), note: p.T("status." + p.w.Holder.Status.String())}
	}
	giving, all := 0, 0
	for _, step := range p.w.Path {
		for _, h := range step.Held {
			all++
			if h.Gives {
				giving++
			}
		}
	}
	role := fact{ok: giving > 0, text: p.T("rights.fact.role"), note: p.T("rights.fact.role.count", "Count", giving, "All", all)}
	if giving == 0 {
		role.text = p.T("rights.fact.no_role")
	}
	return append(facts, person, role)
}

// remedy says who could help, where nobody in the account is named.
func (p whyPage) remedy() string {
	switch {
	case len(p.w.Givers) > 0:
		return ""
	case p.w.Explanation.Reason == authz.SwitchedOff || p.w.Explanation.Reason == authz.Suspended:
		return p.T("rights.remedy.vendor", "Vendor", p.Brand.Name)
	}
	return p.T("rights.remedy.nobody", "Vendor", p.Brand.Name)
}

func (p whyPage) more() int64 { return p.w.GiverTotal - int64(len(p.w.Givers)) }

// what says what could be done, and where.
func (p whyPage) what() string {
	if p.w.Explanation.Reason != authz.Missing {
		return p.T("rights.remedy.person")
	}
	return p.T("rights.remedy.give", "Unit", p.w.GiveAt.Name)
}

// give is where the reader can give what is missing, if a role is.
func (p whyPage) give() string {
	if p.members == "" || p.w.Holder.Own || p.w.Explanation.Reason != authz.Missing {
		return ""
	}
	return p.members + "/" + p.w.Holder.UUID + "/rights"
}

func (p whyPage) giverNote(g app.WhyGiver) string {
	if g.Own {
		return p.T("rights.remedy.you")
	}
	if len(g.Levels) > 0 {
		return page.LevelNames(p.Printer, g.Levels)
	}
	return p.T("rights.remedy.manages", "Unit", p.w.GiveAt.Name)
}

// elsewhere is the same question at a unit where the permission is held.
func (p whyPage) elsewhere(h app.HeldRole) string {
	return p.at(app.WhyQuery{Person: p.q.Person, Permission: p.q.Permission, Unit: h.Unit.UUID})
}

func (p whyPage) write(g app.WhyGiver) templ.SafeURL {
	return templ.SafeURL("mailto:" + g.Email)
}

// mostElsewhere is how many other units the page names.
const mostElsewhere = 8

func (p whyPage) firstElsewhere() []app.HeldRole {
	return p.w.Elsewhere[:min(len(p.w.Elsewhere), mostElsewhere)]
}

// factWord tells readers of a page that is read aloud what the sign shows.
func (p whyPage) factWord(f fact) string {
	if f.ok {
		return p.T("rights.fact.met")
	}
	return p.T("rights.fact.unmet")
}

// written is what stands in the field of the person: what was searched, where
// that was no one.
func (p whyPage) written() string {
	if p.people != nil {
		return p.people.text
	}
	return p.name()
}
