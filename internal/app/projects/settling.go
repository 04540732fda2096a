package projects

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A settling is a project while one plan makes or changes it.
type settling struct {
	s        *Projects
	plan     *gate.Plan
	account  directory.Account
	kind     catalogue.AccountType
	policies catalogue.ResolvedPolicies
	roles    []directory.Role
	project  directory.Project
	kindOf   map[directory.ProjectTypeID]string // names of types, for history
	places   []directory.Place                  // it begins with
	joins    bool                               // who makes it becomes its administrator
}

func (s *Projects) settling(ctx context.Context, r *store.Reader, p *gate.Plan) (*settling, error) {
	if !p.Rights.Member() {
		return nil, directory.Refuse(directory.NotFound, "account.not_found")
	}
	a, err := r.Account(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if err := a.Writable(); err != nil {
		return nil, err
	}
	c := &settling{s: s, plan: p, account: a, policies: s.gate.Policies(a), kindOf: map[directory.ProjectTypeID]string{}}
	c.kind, _ = s.gate.Catalogue().AccountType(a.Type)
	c.roles, err = r.Roles(ctx, p.Account)
	return c, err
}

// describe puts what a change says into the project. It refuses with all fields at
// fault.
func (c *settling) describe(ctx context.Context, r *store.Reader, to Change) error {
	before, p := c.project.Unit, &c.project
	name := to.Name
	if name == nil && p.Name == "" {
		name = new(string)
	}
	var faults directory.Faults
	if err := faults.Note(roster.NameUnit(ctx, r, &p.Unit, name, to.External)); err != nil {
		return err
	}
	if directory.Fold(p.Name) != directory.Fold(before.Name) {
		if err := faults.Note(roster.NamedApart(c.plan.Rights.Tree(), p.Unit, "name")); err != nil {
			return err
		}
	}
	set(&p.Number, to.Number)
	set(&p.Address, to.Address)
	set(&p.TimeZone, to.TimeZone)
	set(&p.Starts, to.Starts)
	set(&p.Ends, to.Ends)
	facts, refusal := p.ProjectFacts.Clean()
	if err := faults.Note(refusal); err != nil {
		return err
	}
	if p.ProjectFacts = facts; !faults.At("number") {
		if err := faults.Note(c.numberedApart(ctx, r)); err != nil {
			return err
		}
	}
	if err := faults.Note(c.typed(ctx, r, to.Type)); err != nil {
		return err
	}
	return faults.With(c.switched(to.Products))
}

func set[T any](into *T, said *T) {
	if said != nil {
		*into = *said
	}
}

// numberedApart refuses with project.number_taken the number of another project.
func (c *settling) numberedApart(ctx context.Context, r *store.Reader) error {
	if directory.FoldNumber(c.project.Number) == "" {
		return nil
	}
	other, err := r.ProjectByNumber(ctx, c.plan.Account, c.project.Number)
	switch {
	case gate.RefusedWith(err, "project.not_found") || err == nil && other.ID == c.project.ID:
		return nil
	case err != nil:
		return err
	}
	name := ""
	if c.plan.Rights.SeesProject(other.ID) {
		name = other.Name
	}
	if name == "" { // what is out of sight has no name (PROJ-11)
		return directory.InvalidField("number", "project.number_used", nil)
	}
	return directory.InvalidField("number", "project.number_taken", directory.Args{"Name": name})
}

// typed finds the type that is said, and names the one there was.
func (c *settling) typed(ctx context.Context, r *store.Reader, said *string) error {
	types, err := r.ProjectTypes(ctx, c.plan.Account)
	if err != nil {
		return err
	}
	for _, t := range types {
		c.kindOf[t.ID] = t.Name
	}
	if said == nil {
		return nil
	}
	id, err := typeNamed(types, *said)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.ID == id })
	if id != 0 && id != c.project.Type && !types[i].Archived.IsZero() {
		return directory.InvalidField("type", "field.unknown_choice", directory.Args{"Value": types[i].Name})
	}
	c.project.Type = id
	return nil
}

// switched says which products are on. The base product always is (PROJ-5).
func (c *settling) switched(said *[]string) error {
	offered := c.s.gate.Catalogue().ProductsOf(c.account.Type)
	wanted := c.project.Products
	if said != nil {
		wanted = *said
		for _, id := range wanted {
			if !slices.ContainsFunc(offered, func(p catalogue.Product) bool { return p.ID == id }) {
				return directory.InvalidField("products", "field.unknown_choice", directory.Args{"Value": directory.Short(id, directory.Quoted)})
			}
		}
	}
	on := make([]string, 0, len(offered))
	for _, p := range offered {
		is := slices.Contains(wanted, p.ID)
		if said != nil && p.Base && !is {
			return directory.InvalidField("products", "project.base_product", directory.Args{"Product": p.Label.In(c.account.Language)})
		}
		if is || p.Base {
			on = append(on, p.ID)
		}
	}
	c.project.Products = on
	return nil
}

// entry tells what differs from what there was.
func (c *settling) entry(kind audit.Kind, before directory.Project) audit.Entry {
	e, after := c.plan.Entry(kind, 0, int64(c.project.ID)), c.project
	e.Unit = after.ID
	e.Note("name", before.Name, after.Name)
	e.Note("external_id", before.External, after.External)
	e.Note("number", before.Number, after.Number)
	e.Note("project_address", before.Address, after.Address)
	e.Note("project_starts", before.Starts.ISO(), after.Starts.ISO())
	e.Note("project_ends", before.Ends.ISO(), after.Ends.ISO())
	if before.Type != after.Type {
		e.NoteValue("project_type", c.typeValue(before.Type), c.typeValue(after.Type))
	}
	e.Note("time_zone", before.TimeZone, after.TimeZone)
	if !slices.Equal(before.Products, after.Products) {
		e.NoteValue("products", audit.Texts(before.Products), audit.Texts(after.Products))
	}
	if above, found := c.plan.Rights.Tree().Unit(after.Parent); found && kind == audit.ProjectCreated {
		e.NoteValue("parent", audit.Nothing, audit.Thing(audit.Unit, above.ID, above.Name))
	}
	return e
}

// typeValue is a project type as history keeps it: by its key, from which a past day is
// told under the name of then (HIST-5, HIST-6).
func (c *settling) typeValue(id directory.ProjectTypeID) audit.Value {
	return audit.Thing(audit.ProjectType, id, c.kindOf[id])
}

// A turning is whether a project is archived or brought back, over which version.
type turning struct {
	version int64
	kind    audit.Kind
}

// turn archives a project or brings it back.
func (s *Projects) turn(ctx context.Context, actor authz.Actor, at At, t turning) error {
	_, err := s.gate.Perform(ctx, actor, at.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		c, before, err := s.managed(ctx, r, p, at.Project, t.version)
		if err != nil {
			return err
		}
		_, err = c.turned(before, t.kind)
		return err
	})
	return err
}

// turned plans that a project is archived, or comes back as it was; what is so already
// stays.
func (c *settling) turned(before directory.Project, kind audit.Kind) (directory.Project, error) {
	after, tree := before, c.plan.Rights.Tree()
	after.Archived = c.plan.Now
	if kind == audit.ProjectRestored {
		after.Archived = time.Time{}
		if refusal := roster.ArchivedAt(tree, before.Parent); refusal != nil {
			return before, refusal
		}
		if refusal := roster.NamedApart(tree, before.Unit, "name"); refusal != nil && !before.Archived.IsZero() {
			return before, refusal
		}
	}
	if after.Archived.IsZero() == before.Archived.IsZero() {
		return before, nil
	}
	c.plan.Change(store.UpdateUnits{Account: c.account.ID, Units: []directory.Unit{after.Unit}}, store.UpdateProject(after))
	e := c.plan.Entry(kind, 0, int64(before.ID))
	e.Unit = before.ID
	c.plan.Record(e)
	return after, nil
}
