package projects

import (
	"context"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Projects are an account's projects and the places in them.
type Projects struct {
	gate   *gate.Gate
	roster *roster.Writer
	needs  Needs
	totals gate.Totals
}

// Needs are what other rooms do for projects.
type Needs struct {
	// Template is what a project begins with that is made from a template (PROJ-9).
	Template func(ctx context.Context, r *store.Reader, account directory.AccountID, id string) (Start, error)
	// ReadPaste reads the addresses of a pasted text, at most so many (ADD-1).
	ReadPaste func(text string, limit int) (directory.AddressList, *directory.Error)
	// Acts does what is about many (BULK-4).
	Acts *acts.Acts
}

// A Start is what a project begins with: the type, the products, and who is in it.
type Start struct {
	Type     directory.ProjectTypeID
	Products []string
	Places   []directory.Place
}

// New makes the operations.
func New(g *gate.Gate, r *roster.Writer, needs Needs) *Projects {
	s := &Projects{gate: g, roster: r, needs: needs}
	s.register(needs.Acts)
	return s
}

// How many projects or members one page of a list has.
const (
	PerPage     = 50
	mostPerPage = 200
)

// A May is what the reader may do with a project, as far as its state lets them.
type May struct {
	Change        bool // name, facts and products (PROJ-1)
	Archive       bool
	Restore       bool
	ManageMembers bool // add, change and remove who is there (PROJ-7)
	OpenProfiles  bool // a plain member opens none (LIST-8)
	Export        bool
}

// may says what the reader may do with a project; nothing in an account that is not
// open.
func may(rights authz.Rights, writable bool, p directory.Project) May {
	at := func(permission authz.Permission) bool { return rights.May(permission, p.ID) }
	m := May{OpenProfiles: at(authz.ManageMembers), Export: at(authz.RunExports)}
	if !writable {
		return m
	}
	live, changes := rights.Tree().Live(p.ID), at(authz.ManageProjects)
	m.Change, m.Archive = changes && live, changes && live
	m.Restore = changes && !p.Archived.IsZero() && rights.Tree().Live(p.Parent)
	m.ManageMembers = at(authz.ManageMembers) && live
	return m
}

// mayCreate reports whether the reader may create projects somewhere: by managing
// them at a unit, or as an administrator of a project where the account lets them
// (ACC-8).
func (s *Projects) mayCreate(rights authz.Rights, account directory.Account) bool {
	if account.Writable() != nil {
		return false
	}
	return rights.MayAnywhere(authz.ManageProjects) || s.gate.Policies(account).CreateProjects && rights.AdministersProjects()
}

// A Shown is a project as its page shows it.
type Shown struct {
	directory.Project
	Type      directory.ProjectType // the zero one: none
	Path      []directory.Unit      // above it, without the root
	Switched  []catalogue.Product   // on, in the order of the catalogue
	Products  []catalogue.Product   // that the account can have
	Base      string
	Levels    []directory.Role // of projects, from least to most
	Functions []directory.Role // that can be held in projects
	Companies []Employer       // those in the project, most members first
	Mine      bool             // the reader has a place in it
	Live      bool
	May       May
}

// An Employer is how many members of a project a company has; without a name, how
// many have none.
type Employer struct {
	Company directory.Company
	Members int64
}

// An At is a project by its account and its public id.
type At struct {
	Account directory.AccountID
	Project string
}

// Open shows a project. It refuses with project.not_found what is not in sight.
func (s *Projects) Open(ctx context.Context, actor authz.Actor, at At) (Shown, error) {
	var shown Shown
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) (err error) {
		shown, err = s.shown(ctx, r, &v)
		return err
	})
	return shown, err
}

// A viewed is a project that is in the reader's sight.
type viewed struct {
	rights    authz.Rights
	account   directory.Account
	roles     []directory.Role
	project   directory.Project
	companies []store.ProjectCompany // of its members, once it is shown
}

// view reads about a project in sight.
func (s *Projects) view(ctx context.Context, actor authz.Actor, at At, read func(r *store.Reader, v viewed) error) error {
	return s.gate.View(ctx, actor, at.Account, func(r *store.Reader, rights authz.Rights) error {
		v, err := seen(ctx, r, rights, at)
		if err != nil {
			return err
		}
		return read(r, v)
	})
}

// seen is a project in sight with what is told about it.
func seen(ctx context.Context, r *store.Reader, rights authz.Rights, at At) (viewed, error) {
	p, err := inSight(ctx, r, rights, at)
	if err != nil {
		return viewed{}, err
	}
	v := viewed{rights: rights, project: p}
	if v.account, err = r.Account(ctx, at.Account); err != nil {
		return v, err
	}
	v.roles, err = r.Roles(ctx, at.Account)
	return v, err
}

// inSight finds a project that the reader sees. It refuses with project.not_found,
// and with account.not_found whoever may not know of the account.
func inSight(ctx context.Context, r *store.Reader, rights authz.Rights, at At) (directory.Project, error) {
	if !rights.Member() {
		return directory.Project{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	p, err := r.ProjectByUUID(ctx, at.Account, at.Project)
	if err == nil && !rights.SeesProject(p.ID) {
		err = directory.Refuse(directory.NotFound, "project.not_found")
	}
	return p, err
}

func (s *Projects) shown(ctx context.Context, r *store.Reader, v *viewed) (Shown, error) {
	ground := s.roster.Ground(v.account, v.roles, v.project)
	shown := Shown{Project: v.project, Switched: ground.Products, Products: s.gate.Catalogue().ProductsOf(v.account.Type), Base: ground.Base,
		Levels: ground.Levels, Live: v.rights.Tree().Live(v.project.ID), May: may(v.rights, v.account.Writable() == nil, v.project)}
	shown.Functions = slices.DeleteFunc(slices.Clone(v.roles), func(o directory.Role) bool {
		return o.Kind != directory.Function || o.Place == directory.AtAccount || !o.Archived.IsZero()
	})
	for _, id := range v.rights.Tree().Path(v.project.ID) {
		if u, found := v.rights.Tree().Unit(id); found && u.Parent != 0 && u.ID != v.project.ID {
			shown.Path = append(shown.Path, u)
		}
	}
	var err error
	if v.project.Type != 0 {
		if shown.Type, err = r.ProjectTypeByKey(ctx, v.project.Type); err != nil {
			return shown, err
		}
	}
	if v.companies, err = r.ProjectCompanies(ctx, v.project); err != nil {
		return shown, err
	}
	shown.Companies, err = employers(ctx, r, v.companies)
	return shown, err
}

// employers are the companies of a project's members; those that were merged count
// as the one they went into.
func employers(ctx context.Context, r *store.Reader, counts []store.ProjectCompany) ([]Employer, error) {
	keys := make([]directory.CompanyID, len(counts))
	for i, c := range counts {
		keys[i] = c.Company
	}
	named, err := r.CompaniesByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	var all []Employer
	at := map[directory.CompanyID]int{}
	for _, c := range counts {
		company := named[c.Company]
		i, met := at[company.ID]
		if !met {
			i, at[company.ID] = len(all), len(all)
			all = append(all, Employer{Company: company})
		}
		all[i].Members += c.Members
	}
	return all, nil
}
