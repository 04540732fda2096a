package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Recognise fills in what the account knows of people: who is there, and where
// those who were removed had been, as far as the reader sees (ADD-5, USER-6).
func (w *Writer) Recognise(ctx context.Context, reader authz.Rights, account directory.AccountID, rows []directory.DraftRow) error {
	return w.gate.Read(ctx, func(r *store.Reader) error {
		emails := make([]string, len(rows))
		for n, row := range rows {
			emails[n] = row.Email
		}
		users, err := r.UsersByAddress(ctx, emails)
		if err != nil || len(users) == 0 {
			return err
		}
		keys := make([]directory.UserID, 0, len(users))
		for _, u := range users {
			keys = append(keys, u.ID)
		}
		places, err := r.MembersOf(ctx, account, keys)
		if err != nil || len(places) == 0 {
			return err
		}
		members := make([]directory.Member, 0, len(places))
		for _, m := range places {
			members = append(members, m)
		}
		companies, err := r.CompaniesByKey(ctx, CompaniesOf(members))
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		for n := range rows {
			u := users[directory.FoldEmail(rows[n].Email)]
			m, known := places[u.ID]
			switch {
			case !known:
			case m.Removed.IsZero():
				rows[n].Member = m.ID
			case SeesPeopleAt(reader, m.Unit):
				comeBack(&rows[n], u, m, formerPlace{companies[m.Company].Name, roles})
			}
		}
		return nil
	})
}

// A formerPlace is what somebody's place in the account was called.
type formerPlace struct {
	company string
	roles   []directory.Role
}

// comeBack proposes for somebody who was removed what they were.
func comeBack(row *directory.DraftRow, u directory.User, m directory.Member, was formerPlace) {
	name := NamesOf(u, m)
	row.First, row.Last, row.Company = name.First, name.Last, was.company
	for _, role := range was.roles {
		if slices.Contains(m.Functions, role.ID) && role.Archived.IsZero() {
			row.Function, row.Level = role.Code, role.DefaultLevel
			return
		}
	}
}

// AddChoices are what a form offers for a new member: companies that are
// there, functions and levels the actor may give.
type AddChoices struct {
	Companies         []directory.Company
	Functions, Levels []directory.Role
	Products          []ProductChoice // offers of which the actor may assign seats
	offers            []directory.Offer
	Homes             []HomeChoice // units that may be the home, at most 200 and the one asked for
	MoreHomes         bool
	Home              string // public id of the home unit that is proposed; empty: one is to be chosen
}

// offeredCompanies is how many companies a form proposes; others are typed.
const offeredCompanies = 1000

// DefaultLevel is the level a function proposes, if it may be given.
func (c AddChoices) DefaultLevel(function string) string {
	for _, role := range c.Functions {
		if role.Code == function {
			if slices.ContainsFunc(c.Levels, func(l directory.Role) bool { return l.Code == role.DefaultLevel }) {
				return role.DefaultLevel
			}
		}
	}
	return ""
}

// A ProductChoice is an offer that may be chosen for somebody new, with how many
// seats of it are free.
type ProductChoice struct {
	Offer directory.Offer
	Free  int64
}

// DefaultProducts are the products a function proposes, those that may be chosen:
// of one with editions whichever is free.
func (c AddChoices) DefaultProducts(function string) []string {
	i := slices.IndexFunc(c.Functions, func(o directory.Role) bool { return o.Code == function })
	if i < 0 {
		return nil
	}
	var products []string
	for _, product := range c.Functions[i].DefaultProducts {
		var of []directory.Offer
		for _, p := range c.Products {
			if p.Offer.Product == product {
				of = append(of, p.Offer)
			}
		}
		switch len(of) {
		case 0:
		case 1:
			products = append(products, of[0].String())
		default:
			products = append(products, product)
		}
	}
	return products
}

// Free is how many seats are free of an offer that may be chosen; of a product
// without edition all its editions count.
func (c AddChoices) Free(offer directory.Offer) int64 {
	var free int64
	for _, p := range c.Products {
		if p.Offer == offer || p.Offer.Product == offer.Product && offer.Edition == "" {
			free += p.Free
		}
	}
	return free
}

// CheckOffers refuses with field.unknown_choice at the field product an offer that
// accounts of this type cannot have. Whether there is a seat of it is asked when
// somebody is to get it.
func (c AddChoices) CheckOffers(offers []string) error {
	for _, text := range offers {
		named := directory.OfferOf(text)
		if !slices.ContainsFunc(c.offers, func(o directory.Offer) bool { return o == named || o.Product == named.Product && named.Edition == "" }) {
			return directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Cut(text, directory.Quoted)})
		}
	}
	return nil
}

// ProductChoices are the offers of which there are seats for people of a home
// unit, with what the pool that serves it has free; where no home unit is said
// yet, for those of the units whose members somebody manages. Whoever may not
// assign seats there has none to choose (SEAT-3, SEAT-10).
func (w *Writer) ProductChoices(ctx context.Context, r *store.Reader, of directory.Account, rights authz.Rights, home string) ([]ProductChoice, error) {
	units := slices.DeleteFunc(homesMeant(rights, home), func(u directory.UnitID) bool { return !rights.May(authz.AssignSeats, u) })
	if len(units) == 0 {
		return nil, nil
	}
	stock, err := r.Stock(ctx, of.ID)
	if err != nil {
		return nil, err
	}
	now := w.gate.Instant()
	var found []ProductChoice
	for _, offer := range w.gate.Catalogue().OffersOf(of.Type) {
		choice, serving := ProductChoice{Offer: offer}, map[directory.PoolID]bool{}
		for _, unit := range units {
			if pool, served := stock.Serves(rights.Tree().Path(unit), offer, now); served && !serving[pool.ID] {
				serving[pool.ID] = true
				choice.Free += stock.Free(pool.ID, now)
			}
		}
		if len(serving) > 0 {
			found = append(found, choice)
		}
	}
	return found, nil
}

// homesMeant are the units that may be the home of somebody new: the one of a
// public id, or where none is said those at the top of what the actor manages.
func homesMeant(rights authz.Rights, home string) []directory.UnitID {
	tree := rights.Tree()
	if home != "" {
		unit, found := tree.UnitByUUID(home)
		if !found {
			return nil
		}
		return []directory.UnitID{unit}
	}
	tops := Topmost(rights)
	if len(tops) == 0 {
		return []directory.UnitID{tree.Root()}
	}
	units := make([]directory.UnitID, len(tops))
	for i, u := range tops {
		units[i] = u.ID
	}
	return units
}

// Choices are what the form of adding offers to somebody with these rights; of
// products what there is at the home unit of a public id, where one is chosen.
func (w *Writer) Choices(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights, home string) (AddChoices, error) {
	var found AddChoices
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return found, err
	}
	a, err := r.Account(ctx, account)
	if err != nil {
		return found, err
	}
	kind, _ := w.gate.Catalogue().AccountType(a.Type)
	found.offers = w.gate.Catalogue().OffersOf(a.Type)
	found.Homes, found.MoreHomes = HomeChoices(rights, kind, "", "")
	if tops := Topmost(rights); len(tops) == 1 {
		found.Home = tops[0].UUID
	}
	ro := &Roster{Basis: gate.Basis{Account: account, Rights: rights}, Account: a, Roles: roles}
	for _, role := range roles {
		if _, refusal := ro.Giveable(role.Kind, role.Code, ""); refusal != nil {
			continue
		}
		switch role.Kind {
		case directory.Function:
			found.Functions = append(found.Functions, role)
		case directory.Level:
			found.Levels = append(found.Levels, role)
		}
	}
	if found.Companies, err = r.Companies(ctx, account, offeredCompanies); err != nil {
		return found, err
	}
	found.Products, err = w.ProductChoices(ctx, r, a, rights, home)
	return found, err
}
