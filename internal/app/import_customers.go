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

// CustomerFields are the columns an import of customers knows, with the words
// their titles may be in four languages (VEND-4).
func CustomerFields() []sheet.Field {
	return []sheet.Field{
		{ID: columnNumber, Words: []string{"numéro de client", "numéro client", "n° client", "code client", "numéro", "customer number", "number",
			"account number", "kundennummer", "klantnummer", "nummer"}},
		{ID: columnAccountName, Words: []string{"nom", "nom du compte", "raison sociale", "client", "société", "entreprise", "name", "account name",
			"customer", "company", "kunde", "firma", "klant", "bedrijf", "naam"}},
		{ID: columnAccountType, Words: []string{"type de compte", "type", "account type", "kontotyp", "accounttype"}},
		{ID: columnServiceLevel, Words: []string{"niveau de service", "niveau", "contrat", "service level", "level", "servicestufe", "serviceniveau"}},
		{ID: columnStreet, Words: []string{"rue", "adresse", "street", "address", "straße", "strasse", "straat", "adres"}},
		{ID: columnPostalCode, Words: []string{"code postal", "cp", "postal code", "postcode", "zip", "plz", "postleitzahl"}},
		{ID: columnCity, Words: []string{"ville", "localité", "city", "town", "ort", "stadt", "plaats", "stad"}},
		{ID: columnCountry, Words: []string{"pays", "country", "land"}},
		{ID: columnContact, Words: []string{"contact", "interlocuteur", "à l’attention de", "contact name", "ansprechpartner", "kontakt", "contactpersoon"}},
		{ID: columnContactEmail, Looks: roster.Readable, Words: []string{"e-mail du contact", "email contact", "contact e-mail", "e-mail", "email",
			"courriel", "kontakt-e-mail", "e-mail contactpersoon"}},
		{ID: imports.ColumnLanguage, Words: []string{"langue", "language", "sprache", "taal"}},
		{ID: columnTimeZone, Words: []string{"fuseau horaire", "time zone", "zeitzone", "tijdzone"}},
		{ID: imports.ColumnContractEnds, Words: []string{"échéance", "fin de contrat", "contract end", "contract ends", "vertragsende", "einde contract"}},
		{ID: columnBuyerEmail, Looks: roster.Readable, Words: []string{"e-mail de l’acheteur", "email acheteur", "acheteur", "buyer e-mail", "buyer email",
			"buyer", "e-mail käufer", "käufer", "e-mail koper", "koper"}},
		{ID: columnBuyerFirst, Words: []string{"prénom de l’acheteur", "prénom acheteur", "prénom", "buyer first name", "first name", "vorname", "voornaam"}},
		{ID: columnBuyerLast, Words: []string{"nom de l’acheteur", "nom acheteur", "buyer last name", "last name", "nachname", "achternaam"}},
	}
}

// customerNoun brings customers into the installation.
func (s *Accounts) customerNoun() imports.Noun {
	return imports.Noun{
		Fields: CustomerFields(),
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
	if n.Language, refusal = imports.LanguageWord(cell(imports.ColumnLanguage)); refusal != nil {
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
