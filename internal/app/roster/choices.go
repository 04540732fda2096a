package roster

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Recognise fills in what the account knows of people: who is there, and where
// those who were removed had been, as far as the reader sees (ADD-5, USER-6). Where
// choices are those of a project, who is in the account comes with what they are
// there, and everybody with the level and the products of their functions (PROJ-3,
// ADD-4).
func (w *Writer) Recognise(ctx context.Context, reader authz.Rights, account directory.AccountID, choices AddChoices, rows []directory.DraftRow) error {
	return w.gate.Read(ctx, func(r *store.Reader) error {
		known, err := acquaintances(ctx, r, account, rows)
		if err != nil {
			return err
		}
		there := map[directory.MemberID]directory.Place{}
		if choices.Place != nil && len(known.members) > 0 {
			if there, err = r.PlacesIn(ctx, choices.Place.Project.ID, known.keys()); err != nil {
				return err
			}
		}
		for n := range rows {
			row := &rows[n]
			u := known.users[directory.FoldEmail(row.Email)]
			m, is := known.members[u.ID]
			_, placed := there[m.ID]
			switch {
			case !is:
			case m.Removed.IsZero() && (choices.Place == nil || placed):
				row.Member = m.ID
				continue
			case m.Removed.IsZero():
				row.Known = m.ID
				known.propose(row, u, m, choices)
			case SeesPeopleAt(reader, m.Unit):
				row.Known = m.ID
				known.propose(row, u, m, choices)
			}
			if row.Function == "" && choices.Place == nil {
				continue
			}
			if !row.LevelOwn {
				row.Level = choices.DefaultLevel(row.Function)
			}
			if !row.ProductsOwn {
				row.Products = choices.DefaultProducts(row.Function)
			}
		}
		return nil
	})
}

// An acquaintance is what an account knows of the people behind some addresses.
type acquaintance struct {
	users     map[string]directory.User // by folded address
	members   map[directory.UserID]directory.Member
	companies map[directory.CompanyID]directory.Company
}

func acquaintances(ctx context.Context, r *store.Reader, account directory.AccountID, rows []directory.DraftRow) (acquaintance, error) {
	var a acquaintance
	emails := make([]string, len(rows))
	for n, row := range rows {
		emails[n] = row.Email
	}
	var err error
	if a.users, err = r.UsersByAddress(ctx, emails); err != nil || len(a.users) == 0 {
		return a, err
	}
	ids := make([]directory.UserID, 0, len(a.users))
	for _, u := range a.users {
		ids = append(ids, u.ID)
	}
	if a.members, err = r.MembersOf(ctx, account, ids); err != nil || len(a.members) == 0 {
		return a, err
	}
	a.companies, err = r.CompaniesByKey(ctx, CompaniesOf(slices.Collect(maps.Values(a.members))))
	return a, err
}

func (a acquaintance) keys() []directory.MemberID {
	keys := make([]directory.MemberID, 0, len(a.members))
	for _, m := range a.members {
		keys = append(keys, m.ID)
	}
	return keys
}

// propose puts into a row what somebody is in the account, or was, as far as it may
// be given; a company and a role that were pasted stand.
func (a acquaintance) propose(row *directory.DraftRow, u directory.User, m directory.Member, choices AddChoices) {
	name := NamesOf(u, m)
	if name.First != "" || name.Last != "" || choices.Place != nil {
		row.First, row.Last = name.First, name.Last
	}
	row.Company = cmp.Or(row.Company, a.companies[m.Company].Name)
	if row.Function != "" {
		return
	}
	var codes []string
	for _, role := range choices.Functions {
		if slices.Contains(m.Functions, role.ID) {
			codes = append(codes, role.Code)
		}
	}
	row.Function = directory.JoinCodes(codes)
}

// AddChoices are what a form offers for a new member: companies that are
// there, functions and levels the actor may give.
type AddChoices struct {
	Companies         []directory.Company
	Functions, Levels []directory.Role
	Products          []ProductChoice // offers of which the actor may assign seats
	Place             *PlaceOffer     // of a project, in which people get places; nil: of the account
	offers            []directory.Offer
	Homes             []HomeChoice // units that may be the home, at most 200 and the one asked for
	MoreHomes         bool
	Home              string // public id of the home unit that is proposed; empty: one is to be chosen
}

// offeredCompanies is how many companies a form proposes; others are typed.
const offeredCompanies = 1000

// DefaultLevel is the level a function proposes, if it may be given.
func (c AddChoices) DefaultLevel(function string) string {
	level := ""
	for _, role := range c.functionsNamed(function) {
		level = cmp.Or(level, role.DefaultLevel)
	}
	if c.Place != nil {
		level = c.Place.UsualLevel(c.functionsNamed(function)).Code
	}
	if !slices.ContainsFunc(c.Levels, func(l directory.Role) bool { return l.Code == level }) {
		return ""
	}
	return level
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
	named := c.functionsNamed(function)
	if c.Place != nil {
		return c.Place.usualAccess(named)
	}
	if len(named) == 0 {
		return nil
	}
	var products []string
	for _, product := range named[0].DefaultProducts {
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
// accounts of this type cannot have, and at the field access what is none to a product
// of the project. Whether there is a seat of it is asked when somebody is to get it.
func (c AddChoices) CheckOffers(offers []string) error {
	if c.Place != nil {
		return c.Place.checkAccess(offers)
	}
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
