package projects

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Change is what becomes of a project. What is nil stays. Version is the one the
// change was made on (PLAN-4).
type Change struct {
	Version  int64
	Name     *string
	External *string // the id by which products know it
	Number   *string
	Type     *string // public id of a project type; empty: none
	Address  *string
	TimeZone *string
	Starts   *directory.Day
	Ends     *directory.Day
	Products *[]string // switched on, by id; the base product always is
}

// A NewProject is a project to create: what its facts are, where it stands, and what it
// begins with.
type NewProject struct {
	Change
	Under    string // public id of the unit above; empty: the root
	Template string // public id of a template, or
	From     string // public id of a project whose products and members are copied (PROJ-9)
	Members  bool   // of the project or template too; else the products alone
}

// Create makes a project (PROJ-1). Who manages projects at the unit above does, and
// administrators of a project where the account lets them (ACC-8), who are the first
// administrators of theirs. The products that are not said are those of what it begins
// with, else all of the account.
//
// It refuses with denied.permission, with project.creation_off, and with the field at
// fault: a name that is missing or taken beside it (unit.name_taken), a number that
// another project has (project.number_taken), a type, unit, template or project there
// is not. The verdicts are those of the members that were copied.
func (s *Projects) Create(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewProject) (directory.Project, gate.Verdicts, error) {
	var made directory.Project
	verdicts, err := s.gate.Perform(ctx, gate.AsOneAct(actor), account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
		made, err = s.create(ctx, r, p, n)
		return err
	})
	return made, verdicts, err
}

// create plans a new project.
func (s *Projects) create(ctx context.Context, r *store.Reader, p *gate.Plan, n NewProject) (directory.Project, error) {
	c, err := s.creating(ctx, r, p, n)
	if err != nil {
		return directory.Project{}, err
	}
	if err := c.describe(ctx, r, n.Change); err != nil {
		return c.project, err
	}
	p.Change(store.InsertUnits{Account: p.Account, Units: []directory.Unit{c.project.Unit}},
		store.InsertProjects{Account: p.Account, Projects: []directory.Project{c.project}})
	p.Record(c.entry(audit.ProjectCreated, directory.Project{}))
	return c.project, c.people(ctx, r)
}

// creating finds where a project goes and what it begins with, and asks for the right
// to create it there.
func (s *Projects) creating(ctx context.Context, r *store.Reader, p *gate.Plan, n NewProject) (*settling, error) {
	c, err := s.settling(ctx, r, p)
	if err != nil {
		return nil, err
	}
	level, has := c.kind.ProjectLevel()
	if !has {
		return nil, directory.Refuse(directory.NotFound, "project.not_found")
	}
	above, err := c.mayCreate(ctx, r, n.Under)
	if err != nil {
		return nil, err
	}
	tree := p.Rights.Tree()
	if refusal := roster.ArchivedAt(tree, above.ID); refusal != nil {
		return nil, refusal
	}
	if !c.kind.MayStandUnder(level.ID, tree.Level(above.ID)) {
		return nil, directory.InvalidField("under", "unit.level_not_here", directory.Args{"Level": level.Label.In(c.account.Language), "Under": above.Name})
	}
	if tree.Depth(above.ID)+1 >= directory.UnitDepthMost {
		return nil, &directory.Error{Kind: directory.Conflict, Code: "unit.too_deep", Args: directory.Args{"Max": directory.UnitDepthMost}}
	}
	c.project.Unit = directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: roster.PublicID(), Parent: above.ID, Level: level.ID, Version: 1}
	c.project.TimeZone, c.project.Revision = c.account.TimeZone, 1
	return c, c.begin(ctx, r, n)
}

// mayCreate finds the unit to create under and asks for the right to.
func (c *settling) mayCreate(ctx context.Context, r *store.Reader, under string) (directory.Unit, error) {
	root, _ := c.plan.Rights.Tree().Unit(0)
	above := root
	if under != "" {
		found, err := r.UnitByUUID(ctx, c.plan.Account, under)
		if err == nil && found.ID != root.ID && !roster.OpensUnit(c.plan.Rights, found.ID) && !c.plan.Rights.May(authz.ManageProjects, found.ID) {
			err = directory.Refuse(directory.NotFound, "unit.not_found")
		}
		if gate.RefusedWith(err, "unit.not_found") {
			return above, directory.InvalidField("under", "unit.not_found", nil)
		}
		if err != nil {
			return above, err
		}
		above = found
	}
	rights := c.plan.Rights
	if rights.May(authz.ManageProjects, above.ID) || above.ID != root.ID || !rights.AdministersProjects() {
		return above, c.plan.Require(authz.ManageProjects, above.ID)
	}
	return above, c.plan.RequireAs(func(authz.Rights) error {
		if !c.policies.CreateProjects {
			return directory.Refuse(directory.Denied, "project.creation_off")
		}
		c.joins = true
		return nil
	})
}

// begin puts in what a project is made from.
func (c *settling) begin(ctx context.Context, r *store.Reader, n NewProject) error {
	switch {
	case n.Template != "":
		start, err := c.s.needs.Template(ctx, r, c.plan.Account, n.Template)
		if err != nil {
			return err
		}
		c.project.Type, c.project.Products = start.Type, start.Products
		if n.Members {
			c.places = start.Places
		}
	case n.From != "":
		from, err := inSight(ctx, r, c.plan.Rights, At{c.plan.Account, n.From})
		if gate.RefusedWith(err, "project.not_found") {
			return directory.InvalidField("from", "project.not_found", nil)
		}
		if err != nil {
			return err
		}
		c.project.Type, c.project.Products = from.Type, from.Products
		if n.Members {
			c.places, err = c.copied(ctx, r, from)
		}
		return err
	default:
		for _, p := range c.s.gate.Catalogue().ProductsOf(c.account.Type) {
			c.project.Products = append(c.project.Products, p.ID)
		}
	}
	return nil
}

// copied are the places of a project to be copied. It refuses without managing its
// members: a plain member carries nobody off.
func (c *settling) copied(ctx context.Context, r *store.Reader, from directory.Project) ([]directory.Place, error) {
	if err := c.plan.Require(authz.ManageMembers, from.ID); err != nil {
		return nil, err
	}
	if from.Members > MostCopied {
		return nil, tooManyCopied()
	}
	all, err := roster.EverybodyIn(ctx, r, c.plan.Rights, from)
	if err != nil {
		return nil, err
	}
	all.Size = MostCopied
	members, err := r.ProjectMemberPage(ctx, all)
	if err != nil {
		return nil, err
	}
	places := make([]directory.Place, len(members))
	for i, m := range members {
		places[i] = m.Place
	}
	return places, nil
}

// people brings in who the project begins with: the one who made it, where nothing
// above it lets them manage it, and the members that were copied.
func (c *settling) people(ctx context.Context, r *store.Reader) error {
	ground := c.s.roster.Ground(c.account, c.roles, c.project)
	var given []authz.Held
	if c.joins {
		level, err := c.s.roster.FirstPlace(ctx, roster.OnGround{Ground: ground, Reader: r, Plan: c.plan})
		if err != nil {
			return err
		}
		given = append(given, authz.Held{Unit: c.project.ID, Role: level})
	}
	if len(c.places) == 0 {
		return nil
	}
	over, err := c.s.gate.Over(ctx, r, c.plan, c.project.Unit, given...)
	if err != nil {
		return err
	}
	own, err := ownProjects(ctx, r, c.plan.Actor, c.plan.Account)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(c.places, func(p directory.Place) bool { return c.joins && p.Member == own.member })
	err = c.s.roster.CopyPlaces(ctx, roster.OnGround{Ground: ground, Reader: r, Plan: over}, others)
	c.plan.Verdicts = over.Verdicts
	return err
}

// Edit changes a project over the version it was read in (PROJ-1). Switching a product
// off takes it from nobody: who had it has it again when it is switched on.
//
// It refuses without projects.manage there, with stale, with project.archived, with
// project.base_product who would switch that one off, and with the field at fault as
// Create does.
func (s *Projects) Edit(ctx context.Context, actor authz.Actor, at At, change Change) (directory.Project, error) {
	var after directory.Project
	_, err := s.gate.Perform(ctx, actor, at.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		c, before, err := s.managed(ctx, r, p, at.Project, change.Version)
		if err != nil {
			return err
		}
		after, err = c.edit(ctx, r, before, change)
		return err
	})
	return after, err
}

// edit plans a change of a project that the actor manages.
func (c *settling) edit(ctx context.Context, r *store.Reader, before directory.Project, change Change) (directory.Project, error) {
	p := c.plan
	if refusal := roster.ArchivedAt(p.Rights.Tree(), before.ID); refusal != nil {
		return before, archived(before)
	}
	if err := c.describe(ctx, r, change); err != nil {
		return before, err
	}
	return c.edited(before), nil
}

// of begins with a project as it is.
func (c *settling) of(before directory.Project) {
	c.project = before
	c.project.Products = slices.Clone(before.Products)
}

// edited writes what the project is to be, where anything differs.
func (c *settling) edited(before directory.Project) directory.Project {
	p := c.plan
	entry, after := c.entry(audit.ProjectChanged, before), c.project
	if !entry.Changed() {
		return after
	}
	if after.Unit != before.Unit {
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{after.Unit}})
	}
	p.Change(store.UpdateProject(after))
	p.Record(entry)
	after.Revision++
	return after
}

func archived(p directory.Project) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "project.archived", Args: directory.Args{"Name": p.Name}}
}

// managed finds a project that the actor manages and that is as they saw it.
func (s *Projects) managed(ctx context.Context, r *store.Reader, p *gate.Plan, project string, version int64) (*settling, directory.Project, error) {
	c, err := s.settling(ctx, r, p)
	if err != nil {
		return nil, directory.Project{}, err
	}
	before, err := inSight(ctx, r, p.Rights, At{p.Account, project})
	if err != nil {
		return nil, before, err
	}
	if err := p.Require(authz.ManageProjects, before.ID); err != nil {
		return nil, before, err
	}
	c.of(before)
	if before.Revision != version {
		return nil, before, gate.Stale(ctx, r, store.LatestQuery{Account: p.Account, Object: int64(before.ID), Kinds: []audit.Kind{audit.ProjectChanged,
			audit.ProjectArchived, audit.ProjectRestored}})
	}
	return c, before, nil
}

// Archive takes a project out of the lists; nothing in it changes any more and its
// people keep their places. Restore brings it back as it was. Both refuse without
// projects.manage there, and with stale; what is so already stays. Restore refuses with
// unit.archived while the unit above is archived, and with unit.name_taken.
func (s *Projects) Archive(ctx context.Context, actor authz.Actor, at At, version int64) error {
	return s.turn(ctx, actor, at, turning{version, audit.ProjectArchived})
}

// Restore is the way back from Archive.
func (s *Projects) Restore(ctx context.Context, actor authz.Actor, at At, version int64) error {
	return s.turn(ctx, actor, at, turning{version, audit.ProjectRestored})
}
