package console

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// customerView is the page of one customer.
type customerView struct {
	Name, Shield, Level string
	State, Why          string // empty while open
	StateTone           string
	Acts                []ui.Act
	Menu                []ui.MenuItem
	Facts               []ui.CartItem
	Rows                []ui.CartItem
	Letters             []letterNote
	Locks               []lockView
	Keys                []keyView
	Live                string
	MakeHref            string
	Contract            contractView
	Requests            []requestView
	Journal             []ui.CartItem
	HistoryHref         string
	Entries             []entryView
	Documents           customerDocumentsView
	Dialog              *dialog
}

// customerDocumentsView is the newest of a customer's invoices.
type customerDocumentsView struct {
	Count, All, Href string
	Newest           []documentView
}

// A lockView is a customer number whose key entry is locked.
type lockView struct {
	Title, Text string
	Acts        []ui.Act
}

type keyView struct {
	ID, Name          string
	Tone, State, Note string
	Revoke            string // where to, or empty
}

// A letterNote says that keys wait in a letter, or that it was printed and can be again.
type letterNote struct {
	Title, Text string
	Acts        []ui.Act
}

// letterNotes are about the customer's letters, for whoever handles keys.
func (h Handler) letterNotes(q *page.Request, c app.Customer) []letterNote {
	t, s := q.Printer.T, c.Letters
	at := lettersPath + "?account=" + c.Account.UUID
	show := ui.Act{Label: t("customer.show"), Href: customerPath(c.Account, "?do=show")}
	var notes []letterNote
	if s.Waiting > 0 {
		notes = append(notes, letterNote{Title: t("customer.letter", "Count", s.Waiting), Text: t("customer.letter.text"),
			Acts: []ui.Act{{Label: t("customer.print"), Icon: "printer", Kind: ui.Primary, Href: at}, show}})
	}
	if s.Opened > 0 {
		printed := letterNote{Title: t("customer.letter.printed"), Text: h.printedWhen(q, s),
			Acts: []ui.Act{{Label: t("customer.letter.on"), Icon: "send", Kind: ui.Primary, Href: at}}}
		if s.Waiting == 0 {
			printed.Acts = append(printed.Acts, show)
		}
		notes = append(notes, printed)
	}
	return notes
}

type entryView struct{ Name, When, Reason string }

// A dialog is what the page asks before an act; it has an address of its own.
type dialog struct {
	ui.DialogView
	Errors []ui.FieldError
	Losses []ui.Loss
	Fields []ui.Field
	Radios *radios
}

type radios struct {
	Legend, Problem string
	Checks          []ui.Check
}

func (h Handler) customer(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	d := h.asked(q, c)
	if d == nil {
		if d, err = h.askedSubscription(q, c.Account); err != nil {
			return err
		}
	}
	return h.showCustomer(q, nil, c, d)
}

// asked is the dialog that the address names, for whoever may do it.
func (h Handler) asked(q *page.Request, c app.Customer) *dialog {
	v := q.URL.Query()
	keys := may(q, authz.HandleKeys)
	switch do := v.Get("do"); {
	case do == "enter" && may(q, authz.EnterAccounts):
		return h.enterDialog(q, c.Account)
	case do == "keys" && keys:
		return h.keysDialog(q, c.Account)
	case do == "show" && keys:
		return h.showDialog(q, c.Account, c.Letters.Waiting+c.Letters.Opened)
	case do == "revoke" && keys:
		return h.revokeDialog(q, c, v.Get("key"))
	case do == "unlock" && keys:
		return h.unlockDialog(q, c.Account, v.Get("number"), customerPath(c.Account, "/unlock"), customerPath(c.Account, ""))
	case do == "referent" && may(q, authz.ChangeAccounts):
		return referentDialog(q, c)
	case strings.HasPrefix(do, "state-") && may(q, authz.ChangeAccounts):
		return h.stateDialog(q, c.Account, directory.AccountState(strings.TrimPrefix(do, "state-")))
	}
	return nil
}

// refused shows the customer's page again with the dialog that was refused.
func (h Handler) refused(q *page.Request, c app.Customer, d *dialog, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	d.refuse(q, refusal)
	return h.showCustomer(q, refusal, c, d)
}

// refuse puts what was refused at the fields of the dialog, and above them.
func (d *dialog) refuse(q *page.Request, refusal *directory.Error) {
	d.Errors = page.Mark(q.Printer, d.Fields, refusal, d.Radios.groups()...)
}

// groups are choices as what is wrong with them is told; none where there are none.
func (r *radios) groups() []page.Group {
	if r == nil || len(r.Checks) == 0 {
		return nil
	}
	return []page.Group{{Name: r.Checks[0].Name, Legend: r.Legend, Fault: &r.Problem}}
}

func (h Handler) showCustomer(q *page.Request, refusal *directory.Error, c app.Customer, d *dialog) error {
	p, err := h.shell(q, c.Account.Name, page.Customers)
	if err != nil {
		return err
	}
	contract, err := h.App.Subscriptions.Of(q.Context(), q.Actor(), c.Account.ID)
	if err != nil {
		return err
	}
	q.Localise(c.Account.TimeZone)
	v := h.customerView(q, c)
	if v.Documents, err = h.newestOf(q, c.Account); err != nil {
		return err
	}
	v.Dialog, v.Contract = d, h.contractView(q, c.Account, contract)
	return q.RenderRefused(refusal, customerPage(p, v))
}

func (h Handler) customerView(q *page.Request, c app.Customer) customerView {
	t, a := q.Printer.T, c.Account
	v := customerView{Name: a.Name, Letters: h.letterNotes(q, c), Facts: h.facts(q, c), Rows: h.details(q, c)}
	v.Shield, v.Level = h.serviceSign(q, a.ServiceLevel)
	if a.State != directory.AccountOpen {
		v.State, v.Why, v.StateTone = t("account.state."+string(a.State)), a.StateReason, "warn"
		if a.State == directory.AccountClosed {
			v.StateTone = "bad"
		}
	}
	handles := may(q, authz.HandleKeys) && a.State != directory.AccountClosed
	if !may(q, authz.HandleKeys) {
		v.Letters = nil
	}
	if may(q, authz.EnterAccounts) {
		v.Acts = append(v.Acts, ui.Act{Label: t("customer.enter"), Icon: "login-2", Href: customerPath(a, "?do=enter")})
	}
	if may(q, authz.ChangeAccounts) {
		v.Acts = append(v.Acts, ui.Act{Label: t("customer.edit"), Icon: "pencil", Href: customerPath(a, "/edit")})
		v.Menu = append([]ui.MenuItem{{Label: t("customer.referent.act"), Icon: "user-check", Href: customerPath(a, "?do=referent")}}, h.stateMenu(q, a)...)
	}
	for _, lock := range c.Locks {
		v.Locks = append(v.Locks, h.lockView(q, a, lock, handles))
	}
	h.keysView(q, c, handles, &v)
	for _, r := range c.Requests {
		v.Requests = append(v.Requests, h.requestView(q, r, handles))
	}
	for _, e := range c.Journal {
		line := ui.CartItem{Label: q.Teller().Plain(e), Value: q.Printer.Relative(e.At, h.Now())}
		if e.Act != nil && e.Act.Entries > 1 {
			line.Note = t("history.many.open", "Count", e.Act.Entries)
			line.Href = customerHistory(a) + "&batch=" + e.Act.Batch
		}
		v.Journal = append(v.Journal, line)
	}
	if may(q, authz.ReadAllHistory) {
		v.HistoryHref = customerHistory(a)
	}
	for _, e := range c.Entries {
		v.Entries = append(v.Entries, entryView{Name: e.Person.Name(), Reason: e.Reason, When: h.stay(q, e)})
	}
	return v
}

// customerHistory is where the vendor reads the history of an account.
func customerHistory(a directory.Account) string {
	return "/vendor/history?account=" + url.QueryEscape(a.Number)
}

// stay says when staff were inside.
func (h Handler) stay(q *page.Request, e app.ShownEntry) string {
	until := e.Left
	if until.IsZero() {
		until = e.Expires
	}
	if h.Now().Before(until) {
		return q.Printer.T("customer.stay.now", "From", q.Printer.DateTime(e.Created), "Until", q.Printer.Time(until))
	}
	return q.Printer.T("customer.stay", "From", q.Printer.DateTime(e.Created), "Until", q.Printer.Time(until))
}

// stateMenu offers the other states (ACC-12).
func (h Handler) stateMenu(q *page.Request, a directory.Account) []ui.MenuItem {
	var items []ui.MenuItem
	for _, s := range []struct {
		state  directory.AccountState
		icon   string
		danger bool
	}{{directory.AccountOpen, "refresh", false}, {directory.AccountSuspended, "ban", true}, {directory.AccountClosed, "lock", true}} {
		if s.state != a.State {
			items = append(items, ui.MenuItem{Label: q.Printer.T("customer.state.act." + string(s.state)), Icon: s.icon, Danger: s.danger,
				Href: customerPath(a, "?do=state-"+string(s.state))})
		}
	}
	return items
}

func (h Handler) facts(q *page.Request, c app.Customer) []ui.CartItem {
	t, a := q.Printer.T, c.Account
	buyer := ui.CartItem{Label: t("customer.referent"), Value: t("ui.none")}
	if c.Referent.ID != 0 {
		buyer.Value = c.Referent.Name()
	}
	administrators := ui.CartItem{Label: t("customer.administrators"), Value: t("ui.none"), Class: "is-warn"}
	if n := len(c.Administrators); n > 0 {
		administrators.Value, administrators.Class = c.Administrators[0].Name(), ""
		if n > 1 {
			administrators.Note = t("customer.others", "Count", n-1)
		}
	}
	ends := ui.CartItem{Label: t("customer.contract_ends"), Value: t("customers.ends.never")}
	if !a.ContractEnds.IsZero() {
		ends.Value = q.Printer.DateShort(a.ContractEnds)
		if !h.Now().Before(a.ContractEnds) {
			ends.Class = "is-bad"
		}
	}
	return []ui.CartItem{{Label: t("field.customer_number"), Value: directory.SpellNumber(a.Number)}, administrators, buyer,
		{Label: t("customer.members"), Value: q.Printer.Number(c.Counts.Members())}, ends}
}

// details are what the vendor keeps of the account besides.
func (h Handler) details(q *page.Request, c app.Customer) []ui.CartItem {
	t, a := q.Printer.T, c.Account
	kind, _ := h.Catalogue().AccountType(a.Type)
	address := strings.Trim(strings.Join([]string{a.Address.Street, strings.TrimSpace(a.Address.PostalCode + " " + a.Address.City)}, ", "), ", ")
	if a.Address.Country != "" {
		address = strings.TrimPrefix(address+", ", ", ") + q.Printer.Country(a.Address.Country)
	}
	claimed := t("customers.state.unclaimed")
	if !a.Claimed.IsZero() {
		claimed = q.Printer.Date(a.Claimed)
	}
	rows := []ui.CartItem{
		{Label: t("field.account_type"), Value: kind.Label.In(q.Printer.Lang())},
		{Label: t("field.address"), Value: address},
		{Label: t("customer.contact"), Value: a.Contact.Name, Note: a.Contact.Email},
		{Label: t("field.language"), Value: q.Printer.Language(a.Language), Note: a.TimeZone},
		{Label: t("customer.claimed"), Value: claimed},
		{Label: t("customer.made"), Value: q.Printer.Date(a.Created)},
	}
	if a.External != "" {
		rows = append(rows, ui.CartItem{Label: t("field.external_id"), Value: a.External})
	}
	for _, n := range c.Former {
		rows = append(rows, ui.CartItem{Label: t("customer.former"), Value: directory.SpellNumber(n.Number), Note: t("customer.former.until", "Until", n.Until)})
	}
	return rows
}

func (h Handler) lockView(q *page.Request, a directory.Account, lock app.LockedNumber, handles bool) lockView {
	t := q.Printer.T
	v := lockView{Title: t("customer.locked", "When", q.Printer.Relative(lock.Locked, h.Now())), Text: t("customer.locked.tries", "Count", lock.Tries)}
	if directory.CleanNumber(a.Number) != lock.Number {
		v.Text += " " + t("customer.locked.former", "Number", directory.SpellNumber(lock.Number))
	}
	if handles {
		v.Acts = []ui.Act{{Label: t("customer.tries"), Size: ui.Small, Href: customerPath(a, "/tries")},
			{Label: t("customer.unlock"), Icon: "lock-open", Size: ui.Small, Kind: ui.Primary, Href: customerPath(a, "?do=unlock&number="+lock.Number)}}
	}
	return v
}

func (h Handler) keysView(q *page.Request, c app.Customer, handles bool, v *customerView) {
	t := q.Printer.T
	live := 0
	for _, k := range c.Keys {
		one := keyView{ID: k.UUID, Name: t("customer.key", "Ordinal", k.Ordinal), State: t("customer.key." + k.State)}
		switch k.State {
		case "unused":
			live++
			one.Tone, one.Note = "ok", t("customer.key.made", "At", q.Printer.DateShort(k.Made))
			if handles {
				one.Revoke = customerPath(c.Account, "?do=revoke&key="+k.UUID)
			}
		case "used":
			one.Note = t("customer.key.by", "At", q.Printer.DateShort(k.Ended), "Name", k.By.Name())
		default:
			one.Tone, one.Note = "bad", t("customer.key.revoked_by", "At", q.Printer.DateShort(k.Ended), "Name", staffName(q, k.By), "Reason", k.Reason)
		}
		v.Keys = append(v.Keys, one)
	}
	v.Live = t("customer.keys.live", "Count", live)
	if handles {
		v.MakeHref = customerPath(c.Account, "?do=keys")
	}
}

// staffName is who of the vendor did it; the command line has no person.
func staffName(q *page.Request, u directory.User) string {
	if name := personName(u); name != "" {
		return name
	}
	return q.Printer.T("customer.operator")
}
