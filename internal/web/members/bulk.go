package members

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/foresight"
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
	acts     string // address of acts on many
	undo     func(act string) string
	back     string
	fault    *directory.Error
	verdicts app.Verdicts
	act      string // public id under which the act is kept
	broken   bool   // all or nothing, and it was nothing
	seen     *foresight.View
	homes    app.UnitHomes // where members can be put (UNIT-5)
	grants   app.PersonGrants
	products []app.ProductPools
	site     *page.Site
	sent     url.Values // what was typed and chosen

	offers        []app.ProductChoice // to assign or withdraw with an edit
	offerName     func(directory.Offer) string
	projects      []directory.Project // that the reader may add people to
	moreProjects  bool
	projectLevels []catalogue.Role
}

// typed is what stands in a field.
func (b bulk) typed(field string) string { return b.sent.Get(field) }

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
	return h.renderBulk(q, b)
}

// renderBulk shows the form with what it offers.
func (h Handler) renderBulk(q *page.Request, b bulk) error {
	b.carry(b.sent)
	for _, fill := range []func(*page.Request, *bulk) error{h.fillSeveral, h.fillHomes, h.fillGrants, h.fillSeats} {
		if err := fill(q, &b); err != nil {
			return err
		}
	}
	return q.RenderRefused(b.fault, confirmPage(b))
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
	b := bulk{name: values.Get("act"), base: q.AccountPath("/members"), acts: q.AccountPath("/acts"), undo: func(act string) string { return q.UndoPath(app.UndoTarget{Act: act}) }, sent: values, site: h.Site}
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
	kept := hiddenWithout(values, formFields())
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
	do, err := readDoing(q, b.name)
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	if q.Field("step") == "preview" {
		return h.previewBulk(q, b, who, do)
	}
	who.Whole, who.Act = q.Field("whole") != "", &b.act
	switch {
	case do.giving != nil:
		b.verdicts, err = h.giveRole(q, who, *do.giving)
	case b.name == "home":
		b.verdicts, err = h.App.Members.MoveHome(q.Context(), q.Actor(), account(q), who, *do.act.Unit)
	default:
		b.verdicts, err = h.App.Members.Do(q.Context(), q.Actor(), account(q), who, do.act)
	}
	if broken := app.AsBroken(err); broken != nil {
		b.verdicts, b.broken, b.Title = broken.Verdicts, true, b.T("members.result.title")
		return q.RenderStatus(http.StatusConflict, resultPage(b))
	}
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	return h.bulkDone(q, b)
}

// bulkDone says what became of them: with a toast, or of whom something was refused on
// a page.
func (h Handler) bulkDone(q *page.Request, b bulk) error {
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

// previewBulk shows the form as it was sent, with what it would bring (PLAN-1).
func (h Handler) previewBulk(q *page.Request, b bulk, who app.Selection, do doing) error {
	of, err := h.foresee(q, who, do)
	if err != nil {
		return h.bulkRefused(q, b, who, err)
	}
	if b.chosen, err = h.App.Members.Selected(q.Context(), q.Actor(), account(q), who); err != nil {
		return nobody(q, b, err)
	}
	b.seen = foresight.Of(q, b.Page, of)
	return h.renderBulk(q, b)
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
	b.fault = refusal
	return h.renderBulk(q, b)
}

func (b bulk) who() string { return b.T("members.bulk.lead", "Count", b.chosen.Count) }

func (b bulk) others() int64 { return b.chosen.Count - int64(len(b.chosen.First)) }

func (b bulk) errors() []ui.FieldError {
	return page.Summary(b.Printer, b.fault, func(name, _ string) (id, label string) {
		field := strings.TrimSuffix(name, "_set")
		if key := "field." + field; b.Printer.Has(key) {
			label = b.Printer.T(key)
		}
		switch field {
		case "company", "job_title", "ends":
			id = ui.Anchor(field + "_set")
		case levelField:
			id = ui.Anchor(levelSet)
		}
		return id, label
	})
}

// levelChecks are the boxes of what all of them get: none ticked leaves their levels
// alone, the last takes them away.
func (b bulk) levelChecks() []ui.Check {
	bare := func(code string) bool { return code == app.None }
	checks := page.LevelChecks(b.site.Catalogue(), b.Printer, b.chosen.Choices.Levels, levelSet, slices.DeleteFunc(slices.Clone(b.sent[levelSet]), bare))
	return append(checks, ui.Check{Name: levelSet, Value: app.None, Label: b.T("members.bulk.no_level"), Checked: slices.ContainsFunc(b.sent[levelSet], bare)})
}

// seatOptions are the offers to assign, with how many seats are free, or to withdraw.
func (b bulk) seatOptions(free bool) []ui.Option {
	var options []ui.Option
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
	return functionChecks(b.chosen.Choices.Functions, b.Printer.Lang(), func(code string) bool { return slices.Contains(b.sent["function"], code) })
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
	counted := b.verdicts
	if b.broken {
		counted = b.refused()
	}
	items := page.OutcomeCounts(b.Printer, counted)
	if n := counted.Lacking(); n > 0 {
		items = append(items, ui.CartItem{Label: b.T("members.filter.required_roles"), Value: b.T("members.result.lacking", "Count", n), Class: "is-warn"})
	}
	return items
}
