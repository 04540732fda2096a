package console

import (
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// values are what stands in the form of an account.
type values func(name string) string

// accountParts are the fields that new and changed accounts share.
func (h Handler) accountParts(q *page.Request, v values, fresh bool) []part {
	t := q.Printer.T
	identity := []ui.Field{
		{Name: "number", Label: t("field.customer_number"), Value: v("number"), Required: true, Attrs: map[string]any{"maxlength": "40"}},
		{Name: "name", Label: t("field.account_name"), Value: v("name"), Required: true, Attrs: map[string]any{"maxlength": "200", "autocomplete": "off"}},
	}
	if fresh {
		identity = append(identity, h.typeField(q, v("type")))
	}
	identity = append(identity, h.levelField(q, v("service_level")),
		ui.Field{Name: "contract_ends", Kind: "date", Label: t("customer.contract_ends"), Value: v("contract_ends"), Hint: t("customer.contract_ends.hint")})
	return []part{
		{Title: t("customer.part.account"), Two: true, Fields: identity},
		{Title: t("customer.part.address"), Note: t("customer.part.address.note"), Two: true, Fields: []ui.Field{
			{Name: "street", Label: t("field.street"), Value: v("street")},
			{Name: "postal_code", Label: t("field.postal_code"), Value: v("postal_code")},
			{Name: "city", Label: t("field.city"), Value: v("city")},
			{Name: "country", Kind: "select", Label: t("field.country"), Value: v("country"), Options: countries(q)},
			{Name: "contact", Label: t("customer.contact"), Value: v("contact")},
			{Name: "contact_email", Kind: "email", Label: t("customer.contact_email"), Value: v("contact_email"), Hint: t("customer.contact_email.hint")},
		}},
		{Title: t("customer.part.words"), Two: true, Fields: []ui.Field{
			{Name: "language", Kind: "select", Label: t("field.language"), Value: v("language"), Options: h.languages(q)},
			{Name: "time_zone", Label: t("field.time_zone"), Value: v("time_zone"), Attrs: map[string]any{"spellcheck": "false"}},
		}},
	}
}

func (h Handler) typeField(q *page.Request, value string) ui.Field {
	f := ui.Field{Name: "type", Kind: "select", Label: q.Printer.T("field.account_type"), Value: value, Required: true, Hint: q.Printer.T("customer.type.hint")}
	for _, one := range h.Catalogue().AccountTypes {
		f.Options = append(f.Options, ui.Option{Value: one.ID, Label: one.Label.In(q.Printer.Lang())})
	}
	return f
}

// signs stand before the names of service levels in a list of choices.
func sign(shield string) string {
	switch shield {
	case "full":
		return "● "
	case "half":
		return "◐ "
	}
	return "○ "
}

func (h Handler) levelField(q *page.Request, value string) ui.Field {
	f := ui.Field{Name: "service_level", Kind: "select", Label: q.Printer.T("field.service_level"), Value: value, Required: true}
	for _, one := range h.Catalogue().ServiceLevels {
		f.Options = append(f.Options, ui.Option{Value: one.ID, Label: sign(one.Sign) + one.Label.In(q.Printer.Lang())})
	}
	return f
}

func (h Handler) languages(q *page.Request) []ui.Option {
	var options []ui.Option
	for _, code := range h.Catalogue().Languages {
		options = append(options, ui.Option{Value: code, Label: q.Printer.Language(code)})
	}
	return options
}

func countries(q *page.Request) []ui.Option {
	var options []ui.Option
	for _, c := range q.Printer.Countries() {
		options = append(options, ui.Option{Value: c.Code, Label: c.Name})
	}
	return options
}

// typed reads the fields that new and changed accounts share.
func typed(q *page.Request) app.AccountChange {
	change := app.AccountChange{
		Number: q.Field("number"), Name: q.Field("name"), ServiceLevel: q.Field("service_level"),
		Address:  directory.PostalAddress{Street: q.Field("street"), PostalCode: q.Field("postal_code"), City: q.Field("city"), Country: q.Field("country")},
		Contact:  directory.Contact{Name: q.Field("contact"), Email: q.Field("contact_email")},
		Language: q.Field("language"), TimeZone: q.Field("time_zone"),
	}
	if text := q.Field("contract_ends"); text != "" {
		var err error
		if change.ContractEnds, err = time.Parse(time.DateOnly, text); err != nil {
			q.Misread(directory.InvalidField("contract_ends", "import.bad_date", directory.Args{"Value": text}))
		}
	}
	return change
}

// newForm is the form of a new customer: with a buyer, or unclaimed (ACC-2).
func (h Handler) newForm(q *page.Request) form {
	t := q.Printer.T
	v := func(name string) string {
		value := q.FormValue(name)
		if q.Method == "GET" && value == "" {
			switch name {
			case "country":
				return "FR"
			case "language":
				return h.Catalogue().Languages[0]
			case "time_zone":
				return "Europe/Paris"
			}
		}
		return value
	}
	f := form{Action: customersPath + "/new", Submit: t("customer.create"), Back: customersPath, Parts: h.accountParts(q, v, true)}
	f.Parts = append(f.Parts, part{Title: t("customer.part.buyer"), Note: t("customer.part.buyer.note"), Two: true, Fields: []ui.Field{
		{Name: "buyer_email", Kind: "email", Label: t("field.email"), Value: v("buyer_email")},
		{Name: "buyer_civility", Kind: "select", Label: t("field.civility"), Value: v("buyer_civility"), Options: []ui.Option{
			{Label: t("civility.none")}, {Value: "mrs", Label: t("civility.mrs")}, {Value: "mr", Label: t("civility.mr")}}},
		{Name: "buyer_first_name", Label: t("field.first_name"), Value: v("buyer_first_name")},
		{Name: "buyer_last_name", Label: t("field.last_name"), Value: v("buyer_last_name")},
	}})
	return f
}

func (h Handler) newCustomer(q *page.Request) error {
	return h.showForm(q, nil, q.Printer.T("customers.new"), h.newForm(q))
}

// showForm answers with a form of the customers' part of the console.
func (h Handler) showForm(q *page.Request, refusal *directory.Error, title string, f form) error {
	p, err := h.shell(q, title, page.Customers)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, formPage(p, ui.Link{Label: q.Printer.T("customers.title"), Href: customersPath}, f))
}

// again answers a refused form with what was typed; a fault goes on.
func (h Handler) again(q *page.Request, title string, f form, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	f.refuse(q, refusal)
	return h.showForm(q, refusal, title, f)
}

func (h Handler) createCustomer(q *page.Request) error {
	change := typed(q)
	n := app.NewAccount{Number: change.Number, Name: change.Name, Type: q.Field("type"), ServiceLevel: change.ServiceLevel,
		Address: change.Address, Contact: change.Contact, Language: change.Language, TimeZone: change.TimeZone, ContractEnds: change.ContractEnds}
	if email := q.Field("buyer_email"); email != "" {
		n.Buyer = &app.Buyer{Email: email, First: q.Field("buyer_first_name"), Last: q.Field("buyer_last_name"), Civility: q.Field("buyer_civility")}
	}
	if n.Buyer == nil && q.Field("buyer_first_name")+q.Field("buyer_last_name") != "" {
		q.Misread(directory.InvalidField("buyer_email", "field.required", nil))
	}
	account, err := h.App.Accounts.Create(q.Context(), q.Actor(), n)
	if err := q.Together(err); err != nil {
		return h.again(q, q.Printer.T("customers.new"), h.newForm(q), err)
	}
	q.Toast(q.Printer.T("customer.created", "Name", account.Name), "")
	return q.Redirect(customerPath(account, ""))
}

// editForm is the form of an existing account. The type stays (ACC-1).
func (h Handler) editForm(q *page.Request, account directory.Account) form {
	t := q.Printer.T
	v := func(name string) string { return q.PostFormValue(name) }
	if q.Method == "GET" {
		v = func(name string) string { return accountValue(account, name) }
	}
	version := q.PostFormValue("version")
	if version == "" {
		version = numeral(account.Version)
	}
	f := form{Action: customerPath(account, "/edit"), Submit: t("customer.save"), Back: customerPath(account, ""),
		Hidden: []ui.Hidden{{Name: "version", Value: version}}, Parts: h.accountParts(q, v, false)}
	f.Parts[0].Fields[0].Hint = t("customer.number.hint")
	return f
}

func accountValue(a directory.Account, name string) string {
	switch name {
	case "number":
		return a.Number
	case "name":
		return a.Name
	case "service_level":
		return a.ServiceLevel
	case "street":
		return a.Address.Street
	case "postal_code":
		return a.Address.PostalCode
	case "city":
		return a.Address.City
	case "country":
		return a.Address.Country
	case "contact":
		return a.Contact.Name
	case "contact_email":
		return a.Contact.Email
	case "language":
		return a.Language
	case "time_zone":
		return a.TimeZone
	case "contract_ends":
		if !a.ContractEnds.IsZero() {
			return a.ContractEnds.Format(time.DateOnly)
		}
	}
	return ""
}

func (h Handler) editCustomer(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showForm(q, nil, q.Printer.T("customer.edit.title", "Name", c.Account.Name), h.editForm(q, c.Account))
}

func (h Handler) changeCustomer(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	change := typed(q)
	change.Version = q.Version()
	_, err = h.App.Accounts.Change(q.Context(), q.Actor(), c.Account.ID, change)
	if err := q.Together(err); err != nil {
		return h.again(q, q.Printer.T("customer.edit.title", "Name", c.Account.Name), h.editForm(q, c.Account), err)
	}
	q.Toast(q.Printer.T("customer.saved", "Name", strings.TrimSpace(change.Name)), "")
	return q.Redirect(customerPath(c.Account, ""))
}
