package imports

import (
	"cmp"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
)

// rowFaults are what is wrong with a row of a draft as it stands, all of it at once and
// each with its field: what refused it when it was last tried, texts that are none, and
// what is not to be chosen, or not any more (ADD-3).
func (s *Imports) rowFaults(row directory.DraftRow, tried []*directory.Error, offered roster.AddChoices, language string) []*directory.Error {
	faults := slices.Clone(directory.Faults(tried))
	add := func(fault *directory.Error) {
		if fault != nil && !faults.At(fault.Field) {
			faults = append(faults, fault)
		}
	}
	if row.Known == 0 {
		_, fault := directory.FirstName.Clean(row.First)
		add(fault)
		_, fault = directory.LastName.Clean(row.Last)
		add(fault)
	}
	_, fault := directory.CompanyName.Clean(row.Company)
	add(fault)
	for _, code := range row.Functions() {
		add(unoffered(columnFunction, code, offered.Functions))
	}
	for _, code := range row.Levels() {
		add(unoffered(columnLevel, code, offered.Levels))
	}
	if offered.Place != nil {
		return faults
	}
	for _, text := range row.Products {
		offer := directory.OfferOf(text)
		if offered.Free(offer) > 0 {
			continue
		}
		code := "seat.none_free"
		if !slices.ContainsFunc(offered.Products, func(p roster.ProductChoice) bool { return p.Offer.Product == offer.Product }) {
			code = "seat.no_subscription"
		}
		add(&directory.Error{Kind: directory.Conflict, Code: code, Field: fieldProduct, Args: directory.Args{"Product": s.gate.Catalogue().OfferName(offer, language)}})
	}
	return faults
}

// unoffered refuses a code that is none of the roles to choose.
func unoffered(field, code string, roles []directory.Role) *directory.Error {
	if slices.ContainsFunc(roles, func(r directory.Role) bool { return r.Code == code }) {
		return nil
	}
	return directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": directory.Excerpt(code)})
}

// Faults are all that is wrong with a row, the first first.
func (f RowFacts) Faults() []*directory.Error {
	var all []*directory.Error
	if f.Refusal != nil {
		all = f.Refusal.All()
	}
	for _, also := range f.Also {
		all = append(all, also.All()...)
	}
	return all
}

// AtColumns is all that is wrong with a row, of each column the first; columns are what
// fields are called there that are called otherwise. Unlike with a form, what refuses the
// row as a whole, or a right that is missing, stands among its faults.
func AtColumns(columns map[string]string, faults ...*directory.Error) *directory.Error {
	var kept directory.Faults
	whole := directory.Together(faults...)
	if whole == nil {
		return nil
	}
	for _, fault := range whole.All() {
		at := *fault
		at.More, at.Field = nil, cmp.Or(columns[fault.Field], fault.Field)
		if at.Field == "" || !kept.At(at.Field) {
			kept = append(kept, &at)
		}
	}
	return directory.Together(kept...)
}
