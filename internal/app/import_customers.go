package app

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/imports"
	"intendant/internal/app/roster"
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
		given, refusal := s.customerOf(i.Choices, row)
		if suspected := imports.Suspect(fields, i.Choices.Columns, row); suspected != nil {
			refusal = suspected
		}
		facts[n] = imports.RowFacts{Name: given.Name, Company: given.Number, Level: given.ServiceLevel}
		if given.Buyer != nil {
			facts[n].Email, v.Invited = given.Buyer.Email, true
		}
		var made directory.Account
		err := error(nil)
		switch {
		case refusal != nil:
			err = refusal
		case row.Double > 0:
			err = &directory.Error{Kind: directory.Invalid, Code: "import.number_double", Field: columnNumber, Args: directory.Args{"Line": row.Double}}
		default:
			made, err = s.planAccount(ctx, r, p, given, buyers)
		}
		if v.Refusal, err = gate.AsRefusal(err); err != nil {
			return nil, err
		}
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

// customerOf reads one row. What is left empty is the catalogue's first: type,
// service level and language, which must then be the only sensible one.
func (s *Accounts) customerOf(choices directory.ImportChoices, row imports.SourceRow) (NewAccount, *directory.Error) {
	c := s.gate.Catalogue()
	cell := func(field string) string { return imports.CellOf(choices.Columns, row.Cells, field) }
	n := NewAccount{Number: cell(columnNumber), Name: cell(columnAccountName), TimeZone: cell(columnTimeZone),
		Address: directory.PostalAddress{Street: cell(columnStreet), PostalCode: cell(columnPostalCode), City: cell(columnCity),
			Country: strings.ToUpper(cell(columnCountry))},
		Contact: directory.Contact{Name: cell(columnContact), Email: roster.PlainAddress(cell(columnContactEmail))},
	}
	if email := roster.PlainAddress(cell(columnBuyerEmail)); email != "" {
		n.Buyer = &Buyer{Email: email, First: cell(columnBuyerFirst), Last: cell(columnBuyerLast)}
	}
	var refusal *directory.Error
	if n.Language, refusal = s.dictionary.Language(cell(imports.ColumnLanguage)); refusal != nil {
		return n, refusal
	}
	if n.Language == "" {
		n.Language = c.Languages[0]
	}
	ends, refusal := directory.ParseDay(imports.ColumnContractEnds, cell(imports.ColumnContractEnds), choices.DayOrder())
	if refusal != nil {
		return n, refusal
	}
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
	return n, nil
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
