package console

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// dialogOf starts a dialog over a page: open, with a way back.
func dialogOf(q *page.Request, title, lead, action, back string) *dialog {
	return &dialog{DialogView: ui.DialogView{ID: "ask", Title: title, Lead: lead, Action: action, Keep: q.Printer.T("ui.cancel"),
		Close: back, Open: true}}
}

func reason(q *page.Request, hint string) ui.Field {
	return ui.Field{Name: "reason", Kind: "textarea", Label: q.Printer.T("field.reason"), Hint: hint, Value: q.PostFormValue("reason"), Required: true,
		Attrs: map[string]any{"maxlength": "300", "rows": "3"}}
}

func (h Handler) enterDialog(q *page.Request, a directory.Account) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("customer.enter.title", "Name", a.Name), t("customer.enter.lead"), customerPath(a, "/enter"), customerPath(a, ""))
	d.Fields = []ui.Field{reason(q, t("customer.enter.reason"))}
	d.Act = ui.Act{Label: t("customer.enter.do"), Icon: "login-2", Kind: ui.Primary}
	return d
}

func (h Handler) keysDialog(q *page.Request, a directory.Account) *dialog {
	t := q.Printer.T
	count := q.PostFormValue("count")
	if count == "" {
		count = "1"
	}
	d := dialogOf(q, t("customer.make_keys"), t("customer.make_keys.lead"), customerPath(a, "/keys"), customerPath(a, ""))
	d.Fields = []ui.Field{{Name: "count", Kind: "number", Label: t("customer.make_keys.count"), Value: count, Required: true,
		Attrs: map[string]any{"min": "1", "max": numeral(directory.MostKeysAtOnce)}}}
	d.Act = ui.Act{Label: t("customer.make_keys.do"), Icon: "key", Kind: ui.Primary}
	return d
}

func (h Handler) showDialog(q *page.Request, a directory.Account, letters int64) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("customer.show.title", "Count", letters), "", customerPath(a, "/show"), customerPath(a, ""))
	d.Losses = []ui.Loss{{Text: t("customer.show.told")}, {Text: t("customer.show.again"), Stays: true}, {Text: t("customer.show.stays"), Stays: true}}
	d.Act = ui.Act{Label: t("customer.show.do"), Icon: "eye", Kind: ui.Primary}
	return d
}

func (h Handler) revokeDialog(q *page.Request, c app.Customer, key string) *dialog {
	t, a := q.Printer.T, c.Account
	title := t("customer.revoke")
	for _, k := range c.Keys {
		if k.UUID == key {
			title = t("customer.revoke.title", "Key", t("customer.key", "Ordinal", k.Ordinal))
		}
	}
	d := dialogOf(q, title, t("customer.revoke.lead"), customerPath(a, "/revoke"), customerPath(a, ""))
	d.Hidden = []ui.Hidden{{Name: "key", Value: key}}
	d.Fields = []ui.Field{reason(q, "")}
	d.Act = ui.Act{Label: t("customer.revoke"), Kind: ui.Danger}
	return d
}

// unlockDialog asks which way the one new key leaves; for a number that nobody
// has there is no key and nothing to choose.
func (h Handler) unlockDialog(q *page.Request, a directory.Account, number, action, back string) *dialog {
	t, printed := q.Printer.T, number
	if a.ID != 0 && directory.CleanNumber(a.Number) == directory.CleanNumber(number) {
		printed = a.Number
	}
	d := dialogOf(q, t("customer.unlock.title", "Number", directory.SpellNumber(printed)), t("customer.unlock.lead"), action, back)
	d.Hidden = []ui.Hidden{{Name: "number", Value: number}}
	d.Act = ui.Act{Label: t("customer.unlock"), Icon: "lock-open", Kind: ui.Primary}
	if a.ID == 0 {
		d.Lead = t("customer.unlock.nobody")
		d.Hidden = append(d.Hidden, ui.Hidden{Name: "delivery", Value: string(directory.ByLetter)})
		return d
	}
	ways := []directory.KeyDelivery{directory.ByLetter}
	if a.MayMail("") == nil {
		ways = append(ways, directory.ByMail)
	}
	d.Radios = h.deliveries(q, a, ways)
	return d
}

// deliveries are the ways a key can leave, with where it goes (KEY-13).
func (h Handler) deliveries(q *page.Request, a directory.Account, ways []directory.KeyDelivery) *radios {
	t := q.Printer.T
	choices := &radios{Legend: t("customer.delivery")}
	chosen := q.PostFormValue("delivery")
	for i, way := range ways {
		c := ui.Check{Name: "delivery", Value: string(way), Label: t("customer.delivery." + string(way)),
			Checked: chosen == string(way) || (chosen == "" && i == 0)}
		if way == directory.ByMail {
			c.Hint = a.Contact.Email
		} else {
			c.Hint = t("customer.delivery.letter.hint")
		}
		choices.Checks = append(choices.Checks, c)
	}
	return choices
}

func (h Handler) stateDialog(q *page.Request, a directory.Account, state directory.AccountState) *dialog {
	t := q.Printer.T
	if !known(state) {
		return nil
	}
	name := string(state)
	d := dialogOf(q, t("customer.state.title."+name, "Name", a.Name), t("customer.state.lead."+name), customerPath(a, "/state"), customerPath(a, ""))
	d.Hidden = []ui.Hidden{{Name: "state", Value: name}}
	d.Act = ui.Act{Label: t("customer.state.act." + name), Kind: ui.Danger}
	if state == directory.AccountOpen {
		d.Act.Kind = ui.Primary
		return d
	}
	d.Fields = []ui.Field{reason(q, t("customer.state.reason"))}
	return d
}

// referentDialog asks who of the account is the contract's contact (ACC-9).
func referentDialog(q *page.Request, c app.Customer) *dialog {
	t, a := q.Printer.T, c.Account
	is := c.Referent.Email
	if q.PostForm.Has("referent") {
		is = q.PostFormValue("referent")
	}
	d := dialogOf(q, t("customer.referent.title", "Name", a.Name), t("customer.referent.lead"), customerPath(a, "/referent"), customerPath(a, ""))
	d.Hidden = []ui.Hidden{{Name: "version", Value: numeral(a.Version)}}
	d.Fields = []ui.Field{{Name: "referent", Label: t("sign_in.name"), Hint: t("customer.referent.hint"), Value: is,
		Attrs: map[string]any{"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}}}
	d.Act = ui.Act{Label: t("customer.referent.do"), Kind: ui.Primary}
	return d
}

func known(state directory.AccountState) bool {
	return state == directory.AccountOpen || state == directory.AccountSuspended || state == directory.AccountClosed
}
