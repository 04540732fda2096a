package roster

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Ground is a project as places in it are made: what can be given there.
type Ground struct {
	Project  directory.Project
	Products []catalogue.Product // switched on, in the order of the catalogue
	Levels   []directory.Role    // of projects, from least to most as the catalogue lists them
	Base     string              // without it nobody is in a project (PROJ-5); empty: the type has none
}

// Ground reads what can be given in a project of the plan's account.
func (w *Writer) Ground(account directory.Account, roles []directory.Role, p directory.Project) Ground {
	declared := w.gate.Catalogue()
	g := Ground{Project: p}
	for _, product := range declared.ProductsOf(account.Type) {
		if product.Base {
			g.Base = product.ID
		}
		if product.Base || slices.Contains(p.Products, product.ID) {
			g.Products = append(g.Products, product)
		}
	}
	order := map[string]int{}
	for i, level := range declared.RolesOf(account.Type, catalogue.AccessLevel, catalogue.ProjectPlace) {
		order[level.ID] = i + 1
	}
	for _, role := range roles {
		if role.Kind == directory.Level && role.Place == directory.AtProject && role.Archived.IsZero() {
			g.Levels = append(g.Levels, role)
		}
	}
	slices.SortStableFunc(g.Levels, func(a, b directory.Role) int {
		return cmp.Compare(cmp.Or(order[a.Code], len(order)+1), cmp.Or(order[b.Code], len(order)+1))
	})
	return g
}

// OnGround is a project with the plan that is made about who is in it.
type OnGround struct {
	Ground
	Reader *store.Reader
	Plan   *gate.Plan
}

// product finds one that is switched on, by id. It refuses with field.unknown_choice
// what the account cannot have, and with project.product_off what is not.
func (g Ground) product(declared *catalogue.Catalogue, id, lang string) (catalogue.Product, *directory.Error) {
	if i := slices.IndexFunc(g.Products, func(p catalogue.Product) bool { return p.ID == id }); i >= 0 {
		return g.Products[i], nil
	}
	p, known := declared.Product(id)
	if !known {
		return p, directory.InvalidField("access", "field.unknown_choice", directory.Args{"Value": directory.Short(id, directory.Quoted)})
	}
	return p, directory.InvalidField("access", "project.product_off", directory.Args{"Product": p.Label.In(lang)})
}

// EverybodyIn are all members of a project, as the database is asked.
func EverybodyIn(ctx context.Context, r *store.Reader, rights authz.Rights, p directory.Project) (store.ProjectMemberList, error) {
	counts, err := r.Counts(ctx, p.ID.Account())
	return store.ProjectMemberList{PlaceFilter: store.PlaceFilter{Project: p.ID, Members: p.Members}, Scope: rights.Everybody(), Of: counts.Members()}, err
}

// Usual is what somebody with these functions gets of products by themselves: the
// base product, the default ones, and what the functions propose (ADD-4, PROJ-4).
func (g Ground) Usual(functions []directory.Role) directory.Access {
	usual := directory.Access{}
	for _, p := range g.Products {
		proposed := slices.ContainsFunc(functions, func(f directory.Role) bool {
			return slices.ContainsFunc(f.DefaultProducts, func(text string) bool { return directory.OfferOf(text).Product == p.ID })
		})
		if p.Base || p.Default || proposed {
			usual[p.ID] = directory.ProductAccess{}
		}
	}
	return usual
}

// UsualLevel is the level that functions propose in projects, the highest of them,
// else the least there is (ADD-4, ADD-9).
func (g Ground) UsualLevel(functions []directory.Role) directory.Role {
	var usual directory.Role
	if len(g.Levels) > 0 {
		usual = g.Levels[0]
	}
	at := 0
	for _, f := range functions {
		if i := slices.IndexFunc(g.Levels, func(l directory.Role) bool { return l.Code == f.DefaultLevel }); i > at {
			at, usual = i, g.Levels[i]
		}
	}
	return usual
}

// AdministersProject reports whether a place with these roles manages its project.
func AdministersProject(roles ...directory.Role) bool {
	return slices.ContainsFunc(roles, func(r directory.Role) bool {
		return slices.Contains(r.Permissions, string(authz.ManageProjects))
	})
}

// A NewPlace is one row of people to be brought into a project. What it leaves empty
// begins as it is in the account (PROJ-3): company and functions; the level and the
// access are then those that the functions propose (ADD-4).
type NewPlace struct {
	NewMember
	Level  string            // code of the access level in the project
	Access map[string]string // by product, in the words of directory.Access.Of; what is absent is as usual
	Whole  bool              // what is empty stays so: the form began with what the account has
}

// PlaceOptions say how people are brought into a project.
type PlaceOptions struct {
	Change  bool // a row of somebody who is there changes their place; else it stays
	Silent  bool // nobody is invited
	Preview bool `json:"-"`

	Wait  time.Duration `json:"-"` // as in a Selection
	Whole bool          `json:"-"` // all of them or nobody (BULK-3)
	Act   *string       `json:"-"` // is told the public id under which the act is kept, where it is not nil

	Before *RowsBefore `json:"-"` // what earlier chunks of the same preview would have made
}

// placing is one chunk of rows while it is planned.
type placing struct {
	*adding
	writer   *Writer
	ground   Ground
	o        PlaceOptions
	there    map[directory.MemberID]directory.Place
	hands    *Acting
	beyond   Beyond
	starts   []directory.Place
	ends     []directory.Place
	declared *catalogue.Catalogue
}

// PlaceRows plans rows of people into a project, in a plan that has asked for
// managing its members. Each verdict is added, unchanged for who is there already,
// changed where the options ask for it, or refused with the field at fault; a refusal
// leaves the others done (BULK-3).
func (w *Writer) PlaceRows(ctx context.Context, at OnGround, rows []NewPlace, o PlaceOptions) error {
	p := at.Plan
	s, err := w.placing(ctx, at, rows, o)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rows, Chunk) {
		for _, row := range part {
			v, err := s.placeRow(row)
			if err != nil {
				return err
			}
			p.Verdicts = append(p.Verdicts, v)
		}
		if s.fault != nil {
			return s.fault
		}
		if err := s.followSeatRules(ctx, at.Reader); err != nil {
			return err
		}
	}
	if err := s.Settle(ctx, at.Reader); err != nil {
		return err
	}
	s.settlePlaces()
	o.Before.rememberPlaces(s)
	if invitees := append(s.invitees, s.hands.Invitees...); len(invitees) > 0 {
		return w.PlanInvitation(p, s.Roster, invitees...)
	}
	return nil
}

func (w *Writer) placing(ctx context.Context, at OnGround, rows []NewPlace, o PlaceOptions) (*placing, error) {
	r, p, g := at.Reader, at.Plan, at.Ground
	plain := make([]NewMember, len(rows))
	for i, row := range rows {
		plain[i] = row.NewMember
	}
	a, err := w.adding(ctx, r, p, plain, AddOptions{Project: g.Project.ID, Invite: true, Silent: o.Silent, Steps: true, Before: o.Before})
	if err != nil {
		return nil, err
	}
	s := &placing{adding: a, writer: w, ground: g, o: o, declared: w.gate.Catalogue(), beyond: w.Beyond(a.Account, p.Rights)}
	keys := make([]directory.MemberID, 0, len(a.places))
	for _, m := range a.places {
		keys = append(keys, m.ID)
	}
	s.hands = w.Hands(ctx, r, a.Roster, keys)
	s.there, err = r.PlacesIn(ctx, g.Project.ID, keys)
	if err != nil {
		return nil, err
	}
	o.Before.recallPlaces(s, keys)
	return s, s.companiesOf(ctx, r)
}

// companiesOf reads the companies of the places that are there.
func (s *placing) companiesOf(ctx context.Context, r *store.Reader) error {
	var keys []directory.CompanyID
	for _, p := range s.there {
		if _, known := s.Companies[p.Company]; p.Company != 0 && !known {
			keys = append(keys, p.Company)
		}
	}
	more, err := r.CompaniesByKey(ctx, keys)
	maps.Copy(s.Companies, more)
	return err
}

// placeRow plans one row and answers its verdict.
func (s *placing) placeRow(n NewPlace) (gate.Verdict, error) {
	v := gate.Verdict{Row: n.Row, Email: n.Email, Name: n.Name()}
	u, refusal := s.who(&n.NewMember)
	if refusal != nil {
		return v.Refused(refusal), nil
	}
	if row, seen := s.seen[u.ID]; seen {
		return v.Refused(directory.InvalidField("email", "member.double_row", directory.Args{"Row": row})), nil
	}
	m, known := s.places[u.ID]
	here := u.ID != 0 && known && m.Removed.IsZero()
	place, refusal := s.placeOf(n, m, here)
	if refusal != nil {
		return v.Refused(refusal), nil
	}
	if !here {
		return s.newcomer(v, n, place), nil
	}
	v.Subject, v.Member, v.Name = int64(m.ID), m, NameOf(u, m)
	s.seen[u.ID] = n.Row
	if before, is := s.there[m.ID]; is {
		return s.placed(v, u, before, place, n), nil
	}
	if refusal := s.opens(&v, m, u); refusal != nil {
		refusal, fault := gate.AsRefusal(refusal)
		return v.Refused(refusal), fault
	}
	place.Member = m.ID
	usual := m.Company
	if n.Whole {
		usual = 0
	}
	place.Company, v.Creates = s.employer(n.Company, usual)
	s.start(u, place)
	v.Outcome = gate.Added
	return v, nil
}

// opens lets a member into the project: who was not invited is invited now (INV-8),
// and nobody is let in who is switched off in the account.
func (s *placing) opens(v *gate.Verdict, m directory.Member, u directory.User) error {
	switch {
	case m.Status == directory.Inactive:
		return &directory.Error{Kind: directory.Conflict, Code: "place.inactive", Args: directory.Args{"Name": NameOf(u, m)}}
	case m.Status != directory.NotInvited || s.o.Silent:
		return nil
	}
	if err := s.hands.MayHand(m, Opens); err != nil { // ROLE-6: whoever invites gives
		return err
	}
	after := m
	after.Status = directory.Invited
	s.hands.Invitees = append(s.hands.Invitees, Invitee{User: u, Member: after})
	s.Change(audit.MemberChanged, u, m, after)
	s.places[u.ID], v.Member, v.Invited, v.Came = after, after, true, true
	return nil
}

// newcomer brings somebody who is not in the account into it and into the project
// (PROJ-8).
func (s *placing) newcomer(v gate.Verdict, n NewPlace, place directory.Place) gate.Verdict {
	if !s.beyond.People {
		return v.Refused(&directory.Error{Kind: directory.Denied, Code: "project.people_off", Field: "email", Args: directory.Args{"Email": n.Email}})
	}
	row := n.NewMember
	row.Levels, row.Functions, row.Products = nil, s.alsoInAccount(n.Functions), nil
	v = s.row(row)
	if v.Refusal != nil {
		return v
	}
	place.Member, place.Company = v.Member.ID, v.Member.Company
	s.start(s.People[v.Member.User], place)
	return v
}

// alsoInAccount are those of the functions that a newcomer may get in the account
// too, for what they are in their first project is what they begin with.
func (s *placing) alsoInAccount(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool {
		_, refusal := s.Giveable(directory.Function, code, "function")
		return refusal != nil
	})
}

// placed is the verdict on somebody who has a place already: where the options ask for
// it, the row changes what it says.
func (s *placing) placed(v gate.Verdict, u directory.User, before, said directory.Place, n NewPlace) gate.Verdict {
	v.Outcome = gate.Unchanged
	if !s.o.Change {
		return v
	}
	after := before
	if n.Company != "" {
		after.Company, v.Creates = s.employer(n.Company, 0)
	}
	anew := len(n.Functions) > 0 && !slices.Equal(said.Functions, before.Functions)
	if anew { // another role sets level and products; else what was set by hand stands (ADD-4)
		after.Functions, after.Access = said.Functions, s.keepTools(before.Access, said.Access)
	}
	if anew || n.Level != "" {
		after.Level = said.Level
	}
	if !anew && len(n.Access) > 0 {
		access, refusal := s.accessOf(before.Access, n.Access)
		if refusal != nil {
			return v.Refused(refusal)
		}
		after.Access = access
	}
	return s.turn(v, u, before, after)
}

// turn writes another state of a place, where it differs.
func (s *placing) turn(v gate.Verdict, u directory.User, before, after directory.Place) gate.Verdict {
	if v.Changes = s.placeChanges(u, before, after); len(v.Changes) == 0 {
		return v
	}
	v.Outcome = gate.Changed
	s.end(before)
	s.begin(after)
	s.Plan.Record(s.placeEntry(audit.PlaceChanged, u, before, after))
	return v
}

// placeOf is the place that a row says, but for its member and company. It refuses
// with the field at fault.
func (s *placing) placeOf(n NewPlace, m directory.Member, here bool) (directory.Place, *directory.Error) {
	p := directory.Place{Project: s.ground.Project.ID}
	if refusal := s.mayName(n.Company); refusal != nil {
		return p, refusal
	}
	functions, refusal := s.functionsOf(n, m, here)
	if refusal != nil {
		return p, refusal
	}
	for _, f := range functions {
		p.Functions = append(p.Functions, f.ID)
	}
	level := s.ground.UsualLevel(functions)
	if n.Level != "" {
		if level, refusal = s.giveableThere(directory.Level, n.Level, "access_level"); refusal != nil {
			return p, refusal
		}
	}
	if refusal := (Gift{level, s.ground.Project.ID, "access_level"}).Refusal(s.Rights, s.Account.Language); level.ID != 0 && refusal != nil {
		return p, refusal
	}
	p.Level = level.ID
	p.Access, refusal = s.accessOf(s.ground.Usual(functions), n.Access)
	return p, refusal
}

// functionsOf are the functions of a row: those it names, else those of the account
// that can be held in projects too.
func (s *placing) functionsOf(n NewPlace, m directory.Member, here bool) ([]directory.Role, *directory.Error) {
	var functions []directory.Role
	for _, code := range n.Functions {
		role, refusal := s.giveableThere(directory.Function, code, "function")
		if refusal != nil {
			return nil, refusal
		}
		if !slices.ContainsFunc(functions, func(o directory.Role) bool { return o.ID == role.ID }) { // one that is said twice is held once
			functions = append(functions, role)
		}
	}
	if len(n.Functions) > 0 || !here || n.Whole {
		return functions, nil
	}
	for _, id := range m.Functions {
		role, known := s.role(id)
		if known && heldInProjects(role) && s.Rights.MayGive(role.ID, s.ground.Project.ID) {
			functions = append(functions, role)
		}
	}
	return functions, nil
}

// giveableThere is a role that the actor may give in the project: one that is offered
// there, with nothing in it that they do not hold there (ROLE-6).
func (s *placing) giveableThere(kind directory.RoleKind, code, field string) (directory.Role, *directory.Error) {
	role, known := s.RoleByCode(kind, code)
	if !known || !heldInProjects(role) {
		return role, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": directory.Short(code, directory.Quoted)})
	}
	return role, Gift{role, s.ground.Project.ID, field}.Refusal(s.Rights, s.Account.Language)
}

// accessOf is the usual access with what was said by hand over it (ADD-4). It refuses
// with project.base_product to leave the base product out.
func (s *placing) accessOf(access directory.Access, said map[string]string) (directory.Access, *directory.Error) {
	for _, id := range slices.Sorted(maps.Keys(said)) {
		product, refusal := s.ground.product(s.declared, id, s.Account.Language)
		if refusal != nil && said[id] == directory.NoAccess {
			continue // what is not there is not given
		}
		if refusal == nil {
			refusal = knownAccess(said[id])
		}
		if refusal == nil && product.Base && said[id] == directory.NoAccess {
			refusal = directory.InvalidField("access", "project.base_product", directory.Args{"Product": product.Label.In(s.Account.Language)})
		}
		if refusal != nil {
			return nil, refusal
		}
		access = access.With(id, said[id])
	}
	return access, nil
}

// knownAccess refuses with field.unknown_choice what is no word for access.
func knownAccess(word string) *directory.Error {
	switch word {
	case directory.NoAccess, directory.MemberAccess, directory.AdministratorAccess:
		return nil
	}
	return directory.InvalidField("access", "field.unknown_choice", directory.Args{"Value": directory.Short(word, directory.Quoted)})
}

// mayName refuses with project.companies_off a company that is not there yet where
// the actor may make none (ACC-8).
func (s *placing) mayName(company string) *directory.Error {
	folded := directory.Fold(company)
	if _, there := s.named[folded]; folded == "" || there || s.beyond.Makes {
		return nil
	}
	return &directory.Error{Kind: directory.Denied, Code: "project.companies_off", Field: "company",
		Args: directory.Args{"Company": directory.Short(company, directory.Quoted)}}
}

// employer is the company that a row names, else the one of the account.
func (s *placing) employer(name string, of directory.CompanyID) (directory.CompanyID, bool) {
	if directory.Fold(name) == "" {
		return of, false
	}
	return s.company(name)
}
