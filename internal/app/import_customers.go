package app

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/imports"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/store"
)

// The columns an import of customers knows beside those of members; "field." +
// name is the message key.
const (
	columnNumber       = "customer_number"
	columnAccountName  = "account_name"
	columnAccountType  = "account_type"
	columnServiceLevel = "service_level"
	columnStreet       = "street"
	columnPostalCode   = "postal_code"
	columnCity         = "city"
	columnCountry      = "country"
	columnContact      = "contact"
	columnContactEmail = "contact_email"
	columnTimeZone     = "time_zone"
	columnBuyerEmail   = "buyer_email"
	columnBuyerFirst   = "buyer_first_name"
	columnBuyerLast    = "buyer_last_name"
)

// CustomerFields are the columns an import of customers knows, in their order
// (VEND-4); what their titles may be is said by the dictionary of imports.
func CustomerFields() []sheet.Field {
	return []sheet.Field{
		{ID: columnNumber}, {ID: columnAccountName}, {ID: columnAccountType}, {ID: columnServiceLevel}, {ID: columnStreet},
		{ID: columnPostalCode}, {ID: columnCity}, {ID: columnCountry}, {ID: columnContact}, {ID: columnContactEmail, Looks: roster.Readable},
		{ID: imports.ColumnLanguage}, {ID: columnTimeZone}, {ID: imports.ColumnContractEnds}, {ID: columnBuyerEmail, Looks: roster.Readable},
		{ID: columnBuyerFirst}, {ID: columnBuyerLast},
	}
}

// customerNoun brings customers into the installation.
func (s *Accounts) customerNoun() imports.Noun {
	return imports.Noun{
		Fields: s.dictionary.Titled("customer", CustomerFields()),
		Key: func(columns map[string]int, cells []string) string {
			return directory.CleanNumber(imports.CellOf(columns, cells, columnNumber))
		},
		Permit: func(actor authz.Actor, _ authz.Rights) error {
			if err := gate.RequireDuty(actor, authz.ImportCustomers); err != nil {
				return err
			}
			return gate.RequireAll(actor)
		},
		Require: func(p *gate.Plan) error {
			if err := p.RequireDutyOver(authz.ImportCustomers); err != nil {
				return err
			}
			return gate.RequireAll(p.Actor)
		},
		Plan: s.planCustomers,
	}
}

// planCustomers plans a chunk of customers: each with its keys in a letter that
// waits, and its buyer's invitation. A number that somebody has, now or before,
// is reported as such and not changed.
func (s *Accounts) planCustomers(ctx context.Context, r *store.Reader, p *gate.Plan, c imports.ImportChunk) ([]imports.RowFacts, error) {
	i, rows, fields := c.Import, c.Rows, CustomerFields()
	if err := s.gate.FollowCatalogue(ctx, r); err != nil {
		return nil, err
	}
	buyers := map[string]directory.User{}
	facts := make([]imports.RowFacts, len(rows))
	for n, row := range rows {
		v := gate.Verdict{Row: row.Line, Outcome: gate.Refused}
		given, faults := s.customerOf(i.Choices, row)
		faults = append(imports.Suspects(fields, i.Choices.Columns, row), faults...)
		if row.Double > 0 {
			faults = append(faults, &directory.Error{Kind: directory.Invalid, Code: "import.number_double", Field: columnNumber, Args: directory.Args{"Line": row.Double}})
		}
		facts[n] = imports.RowFacts{Name: given.Name, Company: given.Number, Level: given.ServiceLevel}
		if given.Buyer != nil {
			facts[n].Email, v.Invited = given.Buyer.Email, true
		}
		var made directory.Account
		var err error
		if len(faults) == 0 {
			made, err = s.planAccount(ctx, r, p, given, buyers)
		} else {
			_, err = s.checkAccount(given)
		}
		refusal, err := gate.AsRefusal(err)
		if err != nil {
			return nil, err
		}
		v.Refusal = imports.AtColumns(map[string]string{"number": columnNumber, "name": columnAccountName, "type": columnAccountType}, append(faults, refusal)...)
		switch {
		case v.Refusal == nil:
			v.Outcome, v.Subject = gate.Added, int64(made.ID)
		case v.Refusal.Code == "account.number_taken":
			v.Outcome, v.Refusal, v.Invited = gate.Unchanged, nil, false
		default:
			v.Invited = false
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	return facts, nil
}

// customerOf reads one row, with all that cannot be read of it. What is left empty is
// the catalogue's first: type, service level and language, which must then be the only
// sensible one.
func (s *Accounts) customerOf(choices directory.ImportChoices, row imports.SourceRow) (n NewAccount, faults []*directory.Error) {
	c := s.gate.Catalogue()
	cell := func(field string) string { return imports.CellOf(choices.Columns, row.Cells, field) }
	n = NewAccount{Number: cell(columnNumber), Name: cell(columnAccountName), TimeZone: cell(columnTimeZone),
		Address: directory.PostalAddress{Street: cell(columnStreet), PostalCode: cell(columnPostalCode), City: cell(columnCity)},
		Contact: directory.Contact{Name: cell(columnContact), Email: roster.PlainAddress(cell(columnContactEmail))},
	}
	if email := roster.PlainAddress(cell(columnBuyerEmail)); email != "" {
		n.Buyer = &Buyer{Email: email, First: cell(columnBuyerFirst), Last: cell(columnBuyerLast)}
	}
	read := func(refusal *directory.Error) {
		if refusal != nil {
			faults = append(faults, refusal)
		}
	}
	var refusal *directory.Error
	n.Address.Country, refusal = s.dictionary.Country(columnCountry, cell(columnCountry))
	read(refusal)
	n.Language, refusal = s.dictionary.Language(cell(imports.ColumnLanguage))
	read(refusal)
	if n.Language == "" {
		n.Language = c.Languages[0]
	}
	ends, refusal := directory.ParseDay(imports.ColumnContractEnds, cell(imports.ColumnContractEnds), choices.DayOrder())
	read(refusal)
	n.ContractEnds = ends.UTC()
	n.Type, n.ServiceLevel = cell(columnAccountType), cell(columnServiceLevel)
	if n.Type == "" {
		n.Type = c.AccountTypes[0].ID
	}
	if n.ServiceLevel == "" {
		n.ServiceLevel = c.ProspectLevel().ID
	}
	for _, t := range c.AccountTypes {
		n.Type = idOf(n.Type, t.ID, t.Label)
	}
	for _, l := range c.ServiceLevels {
		n.ServiceLevel = idOf(n.ServiceLevel, l.ID, l.Label)
	}
	return n, faults
}

// idOf is the id of a thing when the text is it or a name of it, else the text.
func idOf(text, id string, label catalogue.Text) string {
	for _, name := range label {
		if directory.Fold(name) == directory.Fold(text) {
			return id
		}
	}
	if directory.Fold(id) == directory.Fold(text) {
		return id
	}
	return text
}

// SubscriptionFields are the columns an import of subscriptions knows, in their
// order (VEND-4).
func SubscriptionFields() []sheet.Field {
	return []sheet.Field{
		{ID: columnNumber}, {ID: seats.ColumnProduct}, {ID: seats.ColumnQuantity}, {ID: seats.ColumnFirst}, {ID: seats.ColumnLast},
		{ID: seats.ColumnUnit}, {ID: seats.ColumnReference}, {ID: seats.ColumnPriceNote}, {ID: seats.ColumnExternal},
	}
}

// subscriptionNoun brings what customers have bought into their accounts. One
// known by its external id is changed, others are added.
func (s *Accounts) subscriptionNoun(subscriptions *seats.Subscriptions) imports.Noun {
	noun := s.customerNoun()
	noun.Fields = s.dictionary.Titled("subscription", SubscriptionFields())
	noun.Key = func(columns map[string]int, cells []string) string {
		known := imports.CellOf(columns, cells, seats.ColumnExternal)
		if known == "" {
			return ""
		}
		return directory.CleanNumber(imports.CellOf(columns, cells, columnNumber)) + " " + known
	}
	noun.Require = func(p *gate.Plan) error {
		if err := p.RequireDutyOver(authz.ManageSubscriptions); err != nil {
			return err
		}
		return gate.RequireAll(p.Actor)
	}
	noun.About = func(ctx context.Context, r *store.Reader, c imports.ImportChunk) ([]directory.AccountID, error) {
		customers, err := customersOf(ctx, r, c)
		keys := make([]directory.AccountID, 0, len(customers))
		for _, account := range customers {
			keys = append(keys, account.ID)
		}
		return keys, err
	}
	noun.Plan = func(ctx context.Context, r *store.Reader, p *gate.Plan, c imports.ImportChunk) ([]imports.RowFacts, error) {
		return planSold(ctx, r, p, c, subscriptions)
	}
	return noun
}

// customersOf finds the accounts that rows name, by number as it is compared.
func customersOf(ctx context.Context, r *store.Reader, c imports.ImportChunk) (map[string]directory.Account, error) {
	var numbers []string
	for _, row := range c.Rows {
		if number := directory.CleanNumber(imports.CellOf(c.Choices.Columns, row.Cells, columnNumber)); number != "" {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	keys, err := r.AccountsByNumbers(ctx, slices.Compact(numbers))
	if err != nil {
		return nil, err
	}
	accounts, err := r.AccountsByKey(ctx, slices.Collect(maps.Values(keys)))
	found := make(map[string]directory.Account, len(keys))
	for number, key := range keys {
		found[number] = accounts[key]
	}
	return found, err
}

// planSold plans a chunk of subscriptions.
func planSold(ctx context.Context, r *store.Reader, p *gate.Plan, c imports.ImportChunk, subscriptions *seats.Subscriptions) ([]imports.RowFacts, error) {
	customers, err := customersOf(ctx, r, c)
	if err != nil {
		return nil, err
	}
	shelf, columns := seats.NewShelf(subscriptions, p), c.Choices.Columns
	facts := make([]imports.RowFacts, len(c.Rows))
	for n, row := range c.Rows {
		cell := func(field string) string { return imports.CellOf(columns, row.Cells, field) }
		account := customers[directory.CleanNumber(cell(columnNumber))]
		facts[n] = imports.RowFacts{Name: account.Name, Company: cell(columnNumber), Offer: cell(seats.ColumnProduct), Quantity: cell(seats.ColumnQuantity),
			Ends: cell(seats.ColumnLast)}
		faults := imports.Suspects(SubscriptionFields(), columns, row)
		if row.Double > 0 {
			faults = append(faults, &directory.Error{Kind: directory.Invalid, Code: "import.subscription_double", Field: seats.ColumnExternal, Args: directory.Args{"Line": row.Double}})
		}
		offer, v, err := shelf.Bring(ctx, r, seats.Sold{Row: row.Line, Account: account.ID, Product: cell(seats.ColumnProduct), Unit: cell(seats.ColumnUnit),
			Quantity: cell(seats.ColumnQuantity), First: cell(seats.ColumnFirst), Last: cell(seats.ColumnLast), Reference: cell(seats.ColumnReference),
			Note: cell(seats.ColumnPriceNote), Known: cell(seats.ColumnExternal), Order: c.Choices.DayOrder(), Faults: faults,
			Given: func(column string) bool { _, has := columns[column]; return has }})
		if err != nil {
			return nil, err
		}
		if offer.Product != "" {
			facts[n].Offer = offer.String()
		}
		v.Refusal = imports.AtColumns(nil, v.Refusal)
		p.Verdicts = append(p.Verdicts, v)
	}
	return facts, shelf.Tell(ctx, r)
}
