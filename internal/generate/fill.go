package generate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// placesPerMember and mostProjects shape project membership: everybody is in a
// few, one person in very many.
const (
	placesPerMember = 5
	mostProjects    = 5000
)

// A filler writes the people of one account.
type filler struct {
	ctx       context.Context
	db        *store.DB
	account   directory.Account
	random    *rand.Rand
	catalogue *catalogue.Catalogue
	progress  func(n int)

	units, projects []directory.Unit
	companies       []directory.Company
	functions       []directory.Role
	rights          []directory.Role
	levels          []directory.Role // of the account
	placeLevels     []directory.Role // of projects, from least to most
	pools           []directory.Pool
	products        []catalogue.Product
	firsts          []string
	starts, ends    []string
	first           bool
	deep            shape
}

func (f *filler) fill(size int) error {
	f.firsts = firstNames()
	f.starts, f.ends = lastParts()
	f.first = true
	if err := f.ground(size); err != nil {
		return err
	}
	for done := 0; done < size; done += chunk {
		n := min(chunk, size-done)
		err := f.write(func(tx *store.Tx) ([]store.Change, error) { return f.members(tx, n) })
		if err != nil {
			return err
		}
		f.progress(done + n)
	}
	return nil
}

// write runs one transaction of changes on the account.
func (f *filler) write(plan func(tx *store.Tx) ([]store.Change, error)) error {
	return f.db.Update(f.ctx, []directory.AccountID{f.account.ID}, func(tx *store.Tx) error {
		changes, err := plan(tx)
		if err != nil {
			return err
		}
		if err := tx.Apply(f.ctx, store.Write{Changes: changes}); err != nil {
			return err
		}
		return tx.Bump(f.ctx, f.account.ID)
	})
}

// keys takes n keys of the account.
func (f *filler) keys(tx *store.Tx, n int) (func() int64, error) {
	next, err := tx.NextKeys(f.ctx, f.account.ID, n)
	return func() int64 { next++; return next - 1 }, err
}

// ground makes the tree, the projects, the companies and the subscriptions.
func (f *filler) ground(size int) error {
	return f.write(func(tx *store.Tx) ([]store.Change, error) {
		roles, err := tx.Roles(f.ctx, f.account.ID)
		if err != nil {
			return nil, err
		}
		f.sortRoles(roles)
		f.products = f.catalogue.ProductsOf(f.account.Type)
		key, err := f.keys(tx, 3*size/10+mostProjects+1000+f.deep.units)
		if err != nil {
			return nil, err
		}
		f.tree(key, size)
		f.companies = make([]directory.Company, 3+min(500, size/200))
		for i := range f.companies {
			f.companies[i] = directory.Company{ID: directory.CompanyID(key()), UUID: uuid.NewString(), Name: namer{f.random}.company(i)}
		}
		f.pools = nil
		bought := store.InsertSubscriptions{Account: f.account.ID}
		for _, offer := range f.catalogue.OffersOf(f.account.Type) {
			p := directory.Pool{ID: directory.PoolID(key()), UUID: uuid.NewString(), Unit: f.account.Root, Offer: offer}
			f.pools = append(f.pools, p)
			bought.Terms = append(bought.Terms, key())
			bought.Rows = append(bought.Rows, directory.Subscription{ID: directory.SubscriptionID(key()), UUID: uuid.NewString(), Pool: p.ID,
				Quantity: int64(size) + 10, Starts: tx.Now.AddDate(-1, 0, 0), Ends: tx.Now.AddDate(1, 0, 0)})
		}
		return []store.Change{
			store.InsertUnits{Account: f.account.ID, Units: f.units}, store.InsertUnits{Account: f.account.ID, Units: f.projects},
			store.InsertProjects{Account: f.account.ID, Projects: f.asProjects()},
			store.InsertCompanies{Account: f.account.ID, Companies: f.companies},
			store.InsertPools{Account: f.account.ID, Pools: f.pools}, bought,
		}, nil
	})
}

func (f *filler) sortRoles(roles []directory.Role) {
	f.functions, f.rights, f.levels, f.placeLevels = nil, nil, nil, nil
	for _, declared := range f.catalogue.RolesOf(f.account.Type, catalogue.AccessLevel, catalogue.ProjectPlace) {
		i := slices.IndexFunc(roles, func(r directory.Role) bool { return r.Kind == directory.Level && r.Code == declared.ID })
		if i >= 0 {
			f.placeLevels = append(f.placeLevels, roles[i])
		}
	}
	for _, role := range roles {
		switch {
		case role.Kind == directory.Function:
			f.functions = append(f.functions, role)
		case role.Kind == directory.RightsRole:
			f.rights = append(f.rights, role)
		case role.Place != directory.AtProject:
			f.levels = append(f.levels, role)
		}
	}
}

// tree makes units level under level, about one for fifty members, and the
// projects, about one for forty.
func (f *filler) tree(key func() int64, size int) {
	f.units, f.projects = nil, nil
	if f.deep.units > 0 {
		f.deepTree(key)
		return
	}
	levels, project := levelsOf(f.catalogue, f.account)
	above := []directory.UnitID{f.account.Root}
	wide := max(1, size/200)
	for i, level := range levels {
		var here []directory.UnitID
		for n := range min(wide*(i+1), 2000) {
			u := directory.Unit{ID: directory.UnitID(key()), UUID: uuid.NewString(), Parent: above[n%len(above)], Level: level.ID,
				Name: fmt.Sprintf("%s %d", level.Label.In(directory.French), n+1)}
			f.units = append(f.units, u)
			here = append(here, u.ID)
		}
		above = here
	}
	if project == "" {
		return
	}
	count := max(placesPerMember, size/40)
	if size >= 50_000 {
		count = max(count, mostProjects)
	}
	for n := range count {
		f.projects = append(f.projects, directory.Unit{ID: directory.UnitID(key()), UUID: uuid.NewString(), Parent: f.account.Root, Level: project,
			Name: fmt.Sprintf("Chantier %d", n+1)})
	}
}

// rows gathers one chunk.
type rows struct {
	users   store.InsertUsers
	members store.InsertMembers
	roles   store.MemberRoles
	grants  store.InsertGrants
	seats   store.MoveSeats
	places  store.InsertPlaces
}

func (f *filler) members(tx *store.Tx, n int) ([]store.Change, error) {
	perMember := 2 + 2 + 2 + placesPerMember + f.deep.grantsEach
	key, err := f.keys(tx, n*perMember+mostProjects)
	if err != nil {
		return nil, err
	}
	id := f.account.ID
	all := rows{members: store.InsertMembers{Account: id}, grants: store.InsertGrants{Account: id},
		seats: store.MoveSeats{Account: id, Products: map[directory.MemberID]string{}}, places: store.InsertPlaces{Account: id}}
	for range n {
		f.member(tx.Now, key, &all)
	}
	return []store.Change{all.users, all.members, all.roles, all.grants, all.seats, all.places}, nil
}

func (f *filler) member(now time.Time, key func() int64, all *rows) {
	p := namer{f.random}.person(f.firsts, f.starts, f.ends)
	userKey := key()
	email := p.email(userKey&0xffffffff, fmt.Sprintf("groupe%d.example", f.account.ID))
	added := now.AddDate(0, 0, -f.random.IntN(900))
	u := directory.User{ID: directory.UserID(userKey), UUID: uuid.NewString(), UserName: email, Email: email, First: p.first, Last: p.last,
		Language: directory.French, Password: directory.PasswordOwn, PasswordSet: added, Proved: added}
	company := f.companies[skewed(f.random, len(f.companies))]
	m := directory.Member{ID: directory.MemberID(key()), UUID: uuid.NewString(), User: u.ID, Unit: f.account.Root, Status: status(f.random),
		Company: company.ID, Added: added, PlaceTexts: directory.PlaceTexts[string]{Phone: fmt.Sprintf("+33 2 %08d", f.random.IntN(100_000_000))}}
	if len(f.units) > 0 && f.random.IntN(4) > 0 {
		m.Unit = f.units[f.random.IntN(len(f.units))].ID
	}
	functionName, levelName := f.giveRoles(&m, all)
	folded := directory.FoldMember(u, m.Suggested, company.Name, functionName, levelName)
	f.giveSeats(added, key, &m, all)
	all.users = append(all.users, u)
	all.members.Rows = append(all.members.Rows, store.MemberRow{Member: m, Folded: folded})
	if f.deep.units > 0 {
		f.grantDeep(added, key, m, all)
	} else {
		f.grant(added, key, m, all)
	}
	f.join(added, key, m, all)
	f.first = false
}

func (f *filler) giveRoles(m *directory.Member, all *rows) (function, levels string) {
	if len(f.functions) > 0 && f.random.IntN(10) > 0 {
		role := f.functions[skewed(f.random, len(f.functions))]
		m.Functions = []directory.RoleID{role.ID}
		function = role.Name(directory.French)
		all.roles.Start = append(all.roles.Start, store.MemberRole{Member: m.ID, Role: role.ID})
	}
	if f.first || f.random.IntN(100) == 0 {
		i := slices.IndexFunc(f.levels, directory.Role.Administers)
		if !f.first {
			i = f.random.IntN(len(f.levels))
		} else {
			m.Status = directory.Active
		}
		given := []directory.RoleID{f.levels[i].ID}
		if f.random.IntN(10) == 0 {
			given = append(given, f.levels[f.random.IntN(len(f.levels))].ID)
		}
		*m = m.WithLevels(f.administratorLevel(), given...)
		for _, level := range m.Levels() {
			all.roles.Start = append(all.roles.Start, store.MemberRole{Member: m.ID, Role: level})
		}
		levels = strings.Join(directory.RoleNames(m.LevelsOf(f.levels), directory.French), ", ")
	}
	return function, levels
}

// administratorLevel is the account's level of administrators.
func (f *filler) administratorLevel() directory.RoleID {
	return f.levels[slices.IndexFunc(f.levels, directory.Role.Administers)].ID
}

func (f *filler) giveSeats(from time.Time, key func() int64, m *directory.Member, all *rows) {
	if len(f.pools) == 0 || f.random.IntN(2) == 0 {
		return
	}
	p := f.pools[skewed(f.random, len(f.pools))]
	if m.Status == directory.Inactive {
		return
	}
	all.seats.Start = append(all.seats.Start, directory.Seat{ID: directory.SeatID(key()), Pool: p.ID, Member: m.ID, Product: p.Offer.Product,
		Reserved: m.Status != directory.Active, From: from})
	all.seats.Products[m.ID] = directory.Fold(f.catalogue.OfferName(p.Offer, directory.French))
}

func (f *filler) grant(from time.Time, key func() int64, m directory.Member, all *rows) {
	basic := slices.IndexFunc(f.rights, func(r directory.Role) bool { return r.Code == directory.BasicUser })
	if basic >= 0 {
		all.grants.Grants = append(all.grants.Grants, directory.Grant{ID: directory.GrantID(key()), Member: m.ID, Role: f.rights[basic].ID,
			Unit: f.account.Root, From: from})
	}
	if len(f.units) > 0 && len(f.rights) > 0 && f.random.IntN(5) == 0 {
		all.grants.Grants = append(all.grants.Grants, directory.Grant{ID: directory.GrantID(key()), Member: m.ID,
			Role: f.rights[f.random.IntN(len(f.rights))].ID, Unit: f.units[f.random.IntN(len(f.units))].ID, From: from})
	}
}

// join gives a member places in a few projects; the very first of a large
// account is in thousands.
func (f *filler) join(from time.Time, key func() int64, m directory.Member, all *rows) {
	count := min(placesPerMember, len(f.projects))
	if f.first && len(f.projects) >= mostProjects {
		count = mostProjects
	}
	start := 0
	if len(f.projects) > 0 {
		start = f.random.IntN(len(f.projects))
	}
	for i := range count {
		all.places.Places = append(all.places.Places, f.place(from, directory.PlaceID(key()), m, f.projects[(start+i)%len(f.projects)].ID))
	}
}

// asProjects are the units that are projects, with all products switched on.
func (f *filler) asProjects() []directory.Project {
	all := make([]directory.Project, len(f.projects))
	for i, u := range f.projects {
		all[i] = directory.Project{Unit: u, ProjectFacts: directory.ProjectFacts{Number: fmt.Sprintf("P-%05d", i+1), TimeZone: f.account.TimeZone}}
		for _, p := range f.products {
			all[i].Products = append(all[i].Products, p.ID)
		}
	}
	return all
}

// place is a member's place in a project: most look, one in thirty administers.
func (f *filler) place(from time.Time, id directory.PlaceID, m directory.Member, project directory.UnitID) directory.Place {
	p := directory.Place{ID: id, Member: m.ID, Project: project, Company: m.Company, Functions: m.Functions, From: from, Access: directory.Access{}}
	if n := len(f.placeLevels); n > 0 {
		p.Level = f.placeLevels[0].ID
		if f.random.IntN(30) == 0 {
			p.Level = f.placeLevels[n-1].ID
		}
	}
	for i, product := range f.products {
		if product.Base || product.Default || (int64(m.ID)+int64(i))%3 == 0 {
			p.Access[product.ID] = directory.ProductAccess{}
		}
	}
	return p
}

// skewed prefers the first of n: some companies and roles are common, most are
// rare.
func skewed(r *rand.Rand, n int) int {
	x := r.Float64()
	return min(n-1, int(x*x*float64(n)))
}

func status(r *rand.Rand) directory.Status {
	switch x := r.IntN(100); {
	case x < 86:
		return directory.Active
	case x < 93:
		return directory.Invited
	case x < 97:
		return directory.NotInvited
	}
	return directory.Inactive
}
