package members

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A bulk is the page that confirms an act on many, or its result.
type bulk struct {
	ui.Page
	name     string
	chosen   app.SelectedMembers
	hidden   []ui.Hidden
	base     string
	back     string
	fault    *directory.Error
	typed    func(field string) string
	ticked   func(code string) bool
	levels   []string // codes of the access levels that are ticked, and None
	verdicts app.Verdicts
	homes    app.UnitHomes // where members can be put (UNIT-5)
	grants   app.PersonGrants
	products []app.ProductPools
	site     *page.Site
	sent     url.Values // what was chosen of a role and units, or of a product

	offers    []app.ProductChoice // to assign or withdraw with an edit
	offerName func(directory.Offer) string
}

// bulkActs are the acts on many besides editing.
func bulkAct(name string) (act, bool) {
	switch name {
	case "invite", "deactivate", "reactivate", "remove":
		return actNamed(name)
	}
	return act{}, false
}

// readSelection reads whom an address or a form means: ticks, or all that its
// query finds (BULK-1).
func readSelection(q *page.Request, values url.Values) (app.Selection, view) {
	v := readView(values, zone(q)).first()
	if values.Get("all") == "" {
		return app.Selection{Members: values["member"], Wait: q.Patience()}, v
	}
	count, _ := strconv.ParseInt(values.Get("count"), 10, 64)
	query := v.MemberQuery
	return app.Selection{All: &query, Count: count, Wait: q.Patience()}, v
}

// confirmBulk asks before an act on many: who, and what follows.
func (h Handler) confirmBulk(q *page.Request) error {
	values := q.URL.Query()
	b, who, err := h.bulkPage(q, values)
	if err != nil {
		return err
	}
	if b.chosen, err = h.App.Members.Selected(q.Context(), q.Actor(), account(q), who); err != nil {
		return nobody(q, b, err)
	}
	b.carry(values)
	if err := h.fillProducts(q, &b); err != nil {
		return err
	}
	if err := h.fillHomes(q, &b, values); err != nil {
		return err
	}
	if err := h.fillGrants(q, &b, values); err != nil {
		return err
	}
	if err := h.fillSeats(q, &b, values); err != nil {
		return err
	}
	return q.Render(confirmPage(b))
}

// fillProducts are the offers that an edit assigns or withdraws (BULK-1).
func (h Handler) fillProducts(q *page.Request, b *bulk) error {
	if b.name != "edit" {
		return nil
	}
	choices, err := h.App.Members.Choices(q.Context(), q.Actor(), account(q))
	b.offers = choices.Products
	return err
}

// nobody leads back to the list when nobody was ticked.
func nobody(q *page.Request, b bulk, err error) error {
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "selection.empty" {
		q.Toast(q.Printer.T("members.bulk.nobody"), "")
		return q.Redirect(b.back)
	}
	return err
}

func (h Handler) bulkPage(q *page.Request, values url.Values) (bulk, app.Selection, error) {
	who, v := readSelection(q, values)
	b := bulk{name: values.Get("act"), base: q.AccountPath("/members"), typed: func(string) string { return "" },
		ticked: func(string) bool { return false }, site: h.Site}
	b.back = v.at(b.base)
	b.offerName = func(o directory.Offer) string { return h.Catalogue().OfferName(o, q.Printer.Lang()) }
	if _, ok := bulkAct(b.name); !ok && !slices.Contains([]string{"edit", "home", "grant", "assign", "take_back"}, b.name) {
		return b, who, directory.Refuse(directory.NotFound, "not_found")
	}
	title := q.Printer.T("members.bulk.edit.title")
	b.Page = q.InAccount(title, page.Members)
	return b, who, nil
}

// carry keeps the selection for the form that follows, with how many it was
// confirmed for (PLAN-4).
func (b *bulk) carry(values url.Values) {
	kept := url.Values{}
	for field, list := range values {
		switch field {
		case "count", "company_set", "function", "functions_set", "level_set", "job_title", "home_set", "home_search", "find", "grant_role", "grant_unit", "grant_search", "seat_product",
			"assign_set", "takeback_set":
		default:
			kept[field] = list
		}
	}
	if kept.Get("all") != "" {
		kept.Set("count", strconv.FormatInt(b.chosen.Count, 10))
	}
	b.hidden = hiddenOf(kept)
	if b.name != "edit" {
		b.Title = b.T("members.bulk."+b.name, "Count", b.chosen.Count)
	}
}

// bulk does it and says what became of each (BULK-3).
func (h Handler) bulk(q *page.Request) error {
	b, who, err := h.bulkPage(q, q.PostForm)
	if err != nil {
		return err
	}
	if who.All == nil && len(who.Members) == 0 {
		return nobody(q, b, directory.Refuse(directory.Invalid, "selection.empty"))
	}
	switch b.name {
	case "edit":
		var change app.MemberChange
		if change, err = bulkChange(q); err == nil {
			b.verdicts, err = h.App.Members.EditMembers(q.Context(), q.Actor(), account(q), who, change)
		}
	case "home":
		b.verdicts, err = h.moveHome(q, who)
	case "grant":
		b.verdicts, err = h.giveRole(q, who)
	case "assign", "take_back":
		b.verdicts, err = h.seatEach(q, b.name, who)
	default:
		a, _ := bulkAct(b.name)
		b.verdicts, err = a.do(h.App, q.Context(), q.Actor(), account(q), who)
	}
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	done := []string{b.T("members.result.changed", "Count", b.verdicts.Count(app.Changed))}
	if b.verdicts.Count(app.Refused) == 0 {
		if n := b.verdicts.Count(app.Unchanged); n > 0 {
			done = append(done, b.T("members.result.unchanged", "Count", n))
		}
		if n := b.verdicts.Lacking(); n > 0 {
			done = append(done, b.T("members.result.lacking", "Count", n))
		}
		q.Done(b.Printer.List(done))
		return q.Redirect(b.back)
	}
	b.Title = b.T("members.result.title")
	return q.Render(resultPage(b))
}

// bulkRefused shows the page again with what was typed and the reason.
func (h Handler) bulkRefused(q *page.Request, b bulk, who app.Selection, err error) error {
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	if b.chosen, err = h.App.Members.Selected(q.Context(), q.Actor(), account(q), who); err != nil {
		return nobody(q, b, err)
	}
	b.fault, b.typed, b.levels = refusal, q.Field, q.PostForm[levelSet]
	b.ticked = func(code string) bool {
		for _, set := range q.PostForm["function"] {
			if set == code {
				return true
			}
		}
		return false
	}
	b.carry(q.PostForm)
	if err := h.fillProducts(q, &b); err != nil {
		return err
	}
	if err := h.fillHomes(q, &b, q.PostForm); err != nil {
		return err
	}
	if err := h.fillGrants(q, &b, q.PostForm); err != nil {
		return err
	}
	if err := h.fillSeats(q, &b, q.PostForm); err != nil {
		return err
	}
	return q.RenderStatus(statusOf(refusal), confirmPage(b))
}

// keep is the choice that leaves a field alone.
const keep = "keep"

// levelSet is the name of the boxes of the access levels that many get: exactly
// those ticked, or none at all by a box of its own.
const levelSet = "level_set"

// bulkChange reads what the form sets; what was left alone stays (ADD-7). It refuses
// with member.levels_and_none levels beside none.
func bulkChange(q *page.Request) (app.MemberChange, error) {
	var change app.MemberChange
	if company := q.Field("company_set"); company != "" {
		change.Company = &company
	}
	if levels := q.PostForm[levelSet]; slices.Contains(levels, app.None) {
		if len(levels) > 1 {
			return change, directory.InvalidField(levelField, "member.levels_and_none", nil)
		}
		change.Levels = &[]string{}
	} else if len(levels) > 0 {
		change.Levels = &levels
	}
	if functions := q.PostForm["function"]; len(functions) > 0 {
		change.Functions = &functions
	}
	for name, offers := range map[string]*[]string{"assign_set": &change.Assign, "takeback_set": &change.TakeBack} {
		if offer := q.PostFormValue(name); offer != keep && offer != "" {
			*offers = []string{offer}
		}
	}
	return change, nil
}

func (b bulk) who() string { return b.T("members.bulk.lead", "Count", b.chosen.Count) }

func (b bulk) others() int64 { return b.chosen.Count - int64(len(b.chosen.First)) }

func (b bulk) errors() []ui.FieldError {
	if b.fault == nil {
		return nil
	}
	return []ui.FieldError{{Text: b.Printer.Error(b.fault)}}
}

// levelChecks are the boxes of what all of them get: none ticked leaves their levels
// alone, the last takes them away.
func (b bulk) levelChecks() []ui.Check {
	bare := func(code string) bool { return code == app.None }
	checks := page.LevelChecks(b.chosen.Choices.Levels, b.Printer.Lang(), levelSet, slices.DeleteFunc(slices.Clone(b.levels), bare))
	return append(checks, ui.Check{Name: levelSet, Value: app.None, Label: b.T("members.bulk.no_level"), Checked: slices.ContainsFunc(b.levels, bare)})
}

// seatOptions are the offers to assign, with how many seats are free, or to withdraw.
func (b bulk) seatOptions(free bool) []ui.Option {
	options := []ui.Option{{Value: keep, Label: b.T("members.bulk.keep")}}
	for _, p := range b.offers {
		label := b.offerName(p.Offer)
		if free {
			label = b.T("members.bulk.edit.product", "Product", label, "Count", p.Free)
		}
		options = append(options, ui.Option{Value: p.Offer.String(), Label: label})
	}
	return options
}

func (b bulk) functions() []ui.Check {
	return functionChecks(b.chosen.Choices.Functions, b.Printer.Lang(), b.ticked)
}

// follows says what an act on many brings.
func (b bulk) follows() []ui.Loss {
	account := b.Account.Name
	switch b.name {
	case "invite":
		return []ui.Loss{{Text: b.T("members.bulk.invite.new"), Stays: true}, {Text: b.T("members.bulk.invite.old")}}
	case "deactivate":
		lines := []ui.Loss{{Text: b.T("members.deactivate.access", "Account", account)}, {Text: b.T("members.deactivate.seats")}}
		if b.chosen.Contact || b.chosen.LookAfter > 0 {
			lines = append(lines, ui.Loss{Text: b.T("members.bulk.deactivate.parts")})
		}
		return append(lines, ui.Loss{Text: b.T("members.deactivate.stays"), Stays: true})
	case "reactivate":
		return []ui.Loss{{Text: b.T("members.bulk.reactivate.stays"), Stays: true}}
	case "remove":
		lines := []ui.Loss{{Text: b.T("members.deactivate.access", "Account", account)}, {Text: b.T("members.remove.roles", "Account", account)},
			{Text: b.T("members.deactivate.seats")}}
		return append(append(lines, b.parts()...), ui.Loss{Text: b.T("members.remove.stays"), Stays: true})
	}
	return nil
}

// parts says which contracts nobody looks after any more, or one deputy less
// (ACC-9, SEAT-7).
func (b bulk) parts() []ui.Loss {
	var lines []ui.Loss
	if b.chosen.Contact {
		lines = append(lines, ui.Loss{Text: b.T("members.remove.referent", "Account", b.Account.Name)})
	}
	if n := b.chosen.LookAfter; n > 0 {
		lines = append(lines, ui.Loss{Text: b.T("members.bulk.remove.parts", "Count", n)})
	}
	return lines
}

// submit is the button that does it.
func (b bulk) submit() ui.Act {
	act := ui.Act{Label: b.T("members.bulk.submit", "Count", b.chosen.Count), Kind: ui.Primary}
	if b.name != "edit" {
		act.Label = b.Title
	}
	if a, _ := bulkAct(b.name); a.loses || b.name == "take_back" {
		act.Kind = ui.Danger
	}
	return act
}

func (b bulk) refused() app.Verdicts { return page.RefusedOf(b.verdicts) }

func (b bulk) counts() []ui.CartItem {
	items := page.OutcomeCounts(b.Printer, b.verdicts)
	if n := b.verdicts.Lacking(); n > 0 {
		items = append(items, ui.CartItem{Label: b.T("members.filter.required_roles"), Value: b.T("members.result.lacking", "Count", n), Class: "is-warn"})
	}
	return items
}
