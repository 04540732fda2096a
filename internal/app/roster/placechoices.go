package roster

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A PlaceOffer is what the form that adds people to a project offers beside roles and
// companies, and what the account lets the actor do with it.
type PlaceOffer struct {
	Ground
	Beyond
}

// Beyond is what somebody may do with the account while they bring people into a
// project: whoever may do it in the account may, and administrators of projects where
// its settings let them (ACC-8).
type Beyond struct {
	Makes  bool // companies that are not there yet are made
	People bool // people who are new to the account may come (PROJ-8)
}

// Beyond says what somebody may do with an account while they add to a project.
func (w *Writer) Beyond(account directory.Account, rights authz.Rights) Beyond {
	policies := w.gate.Policies(account)
	return Beyond{Makes: policies.CreateCompanies || rights.MayAnywhere(authz.ManageMembers),
		People: policies.AddPeople || rights.May(authz.ManageMembers, 0)} // they belong to the root (UNIT-5)
}

// heldInProjects reports whether a role is one that places in projects give.
func heldInProjects(role directory.Role) bool {
	return role.Archived.IsZero() && (role.Place == directory.AtProject || role.Kind == directory.Function && role.Place != directory.AtAccount)
}

// PlaceChoices are what the form of adding offers in a project to somebody with these
// rights: companies, functions and levels that they may give there, and its products.
func (w *Writer) PlaceChoices(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights, p directory.Project) (AddChoices, error) {
	var found AddChoices
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return found, err
	}
	a, err := r.Account(ctx, account)
	if err != nil {
		return found, err
	}
	found.Place = &PlaceOffer{w.Ground(a, roles, p), w.Beyond(a, rights)}
	unheld := func(o directory.Role) bool { return !heldInProjects(o) || !rights.MayGive(o.ID, p.ID) }
	found.Functions = slices.DeleteFunc(slices.Clone(roles), func(o directory.Role) bool { return o.Kind != directory.Function || unheld(o) })
	found.Levels = slices.DeleteFunc(slices.Clone(found.Place.Ground.Levels), unheld)
	found.Companies, err = r.Companies(ctx, account, offeredCompanies)
	return found, err
}

// functionsNamed are the functions on offer that a row of a draft names.
func (c AddChoices) functionsNamed(function string) []directory.Role {
	codes := directory.DraftRow{Function: function}.Functions()
	return slices.DeleteFunc(slices.Clone(c.Functions), func(o directory.Role) bool { return !slices.Contains(codes, o.Code) })
}

// usualAccess is what a row of a project begins with of products.
func (o PlaceOffer) usualAccess(functions []directory.Role) []string {
	return directory.AccessTexts(o.Usual(functions).Words())
}

// Over are the products of a row once the panel has set some: in an account those
// alone, in a project those over the others, without what is none.
func (c AddChoices) Over(products, set []string) []string {
	if c.Place == nil {
		return set
	}
	words := directory.AccessWords(products)
	maps.Copy(words, directory.AccessWords(set))
	return directory.AccessTexts(words)
}

// checkAccess refuses with field.unknown_choice at the field access what is no access
// to a product of the project, or leaves the base product out.
func (o PlaceOffer) checkAccess(texts []string) error {
	for _, text := range texts {
		for product, word := range directory.AccessWords([]string{text}) {
			offered := slices.ContainsFunc(o.Products, func(p catalogue.Product) bool { return p.ID == product })
			if !offered || knownAccess(word) != nil || product == o.Base && word == directory.NoAccess {
				return directory.InvalidField("access", "field.unknown_choice", directory.Args{"Value": directory.Short(text, directory.Quoted)})
			}
		}
	}
	return nil
}

// Administers reports whether a place with this level and these functions, by code,
// manages the project, and so has all products at the highest (PROJ-4).
func (c AddChoices) Administers(level, function string) bool {
	held := c.functionsNamed(function)
	for _, l := range c.Place.Ground.Levels {
		if l.Code == level {
			held = append(held, l)
		}
	}
	return AdministersProject(held...)
}
