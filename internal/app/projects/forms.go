package projects

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Blank is what the form for a new project offers.
type Blank struct {
	Types     []directory.ProjectType // that can be chosen
	Products  []catalogue.Product     // that the account can have
	Base      string
	TimeZone  string
	Under     []Above              // where projects may stand and the reader creates them; the root first
	More      bool                 // there are more of those
	Templates []directory.Template // of the library, in use (PROJ-9)
	Sources   []directory.Project
	Further   bool // there are more projects to begin with
}

// An Above is a unit under which a project may stand, and the way there without the
// root.
type Above struct {
	directory.Unit
	Path []directory.Unit
}

// How many units and projects a form offers; the others are reached by their own
// pages.
const offered = 200

// Blank reads what the form for a new project offers. From is the public id of a
// project that is among the sources in any case, where the reader may copy its
// members. It refuses without the right to create projects, as Create does.
func (s *Projects) Blank(ctx context.Context, actor authz.Actor, account directory.AccountID, from string) (Blank, error) {
	var b Blank
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		if err := s.mayBegin(rights, a); err != nil {
			return err
		}
		b.TimeZone, b.Base, b.Products = a.TimeZone, s.base(a), s.gate.Catalogue().ProductsOf(a.Type)
		if b.Types, err = typesToChoose(ctx, r, account, 0); err != nil {
			return err
		}
		s.places(&b, rights, a)
		templates, err := r.Templates(ctx, account)
		if err != nil {
			return err
		}
		for _, t := range templates {
			if t.Archived.IsZero() {
				b.Templates = append(b.Templates, t.Template)
			}
		}
		return sources(ctx, r, rights, &b, At{account, from})
	})
	return b, err
}

// mayBegin refuses whoever may create no project: with the right that is missing, or
// what the account switches off (ACC-8).
func (s *Projects) mayBegin(rights authz.Rights, a directory.Account) error {
	kind, _ := s.gate.Catalogue().AccountType(a.Type)
	_, has := kind.ProjectLevel()
	switch {
	case s.mayCreate(rights, a) && has:
		return nil
	case a.Writable() != nil:
		return a.Writable()
	case has && rights.AdministersProjects():
		return directory.Refuse(directory.Denied, "project.creation_off")
	}
	return gate.Require(rights, authz.ManageProjects, 0)
}

// typesToChoose are the project types of an account that are in use, and the one that
// a project has already.
func typesToChoose(ctx context.Context, r *store.Reader, account directory.AccountID, own directory.ProjectTypeID) ([]directory.ProjectType, error) {
	all, err := r.ProjectTypes(ctx, account)
	var types []directory.ProjectType
	for _, t := range all {
		if t.Archived.IsZero() || t.ID == own {
			types = append(types, t)
		}
	}
	return types, err
}

// places are the units where the reader may create a project.
func (s *Projects) places(b *Blank, rights authz.Rights, a directory.Account) {
	kind, _ := s.gate.Catalogue().AccountType(a.Type)
	level, _ := kind.ProjectLevel()
	tree, joins := rights.Tree(), s.gate.Policies(a).CreateProjects && rights.AdministersProjects()
	for _, u := range tree.Units() {
		root := u.ID == tree.Root()
		may := rights.May(authz.ManageProjects, u.ID) || root && joins
		if !may || !tree.Live(u.ID) || !kind.MayStandUnder(level.ID, tree.Level(u.ID)) {
			continue
		}
		if b.More = len(b.Under) == offered; b.More {
			return
		}
		above := Above{Unit: u}
		if !root {
			above.Path = roster.PathTo(tree, u.ID)
		}
		b.Under = append(b.Under, above)
	}
}

// sources are the projects that a new one can begin with: those whose members the
// reader manages.
func sources(ctx context.Context, r *store.Reader, rights authz.Rights, b *Blank, from At) error {
	lines, err := r.ProjectPage(ctx, managed(rights, store.ProjectList{Account: from.Account, Size: offered + 1}))
	if err != nil {
		return err
	}
	b.Further = len(lines) > offered
	listed := from.Project == ""
	for _, line := range lines[:min(len(lines), offered)] {
		b.Sources, listed = append(b.Sources, line.Project), listed || line.UUID == from.Project
	}
	if listed {
		return nil
	}
	p, err := inSight(ctx, r, rights, from)
	if gate.RefusedWith(err, "project.not_found") {
		return nil
	}
	if err == nil && rights.May(authz.ManageMembers, p.ID) {
		b.Sources = append(b.Sources, p)
	}
	return err
}

// An Editing is what the form that changes a project begins with.
type Editing struct {
	Shown
	Types  []directory.ProjectType // that can be chosen
	Create bool                    // the reader may create projects, such as one like it
}

// Editing reads a project for the form that changes it. It refuses with
// project.not_found, and without projects.manage there.
func (s *Projects) Editing(ctx context.Context, actor authz.Actor, at At) (Editing, error) {
	var e Editing
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) (err error) {
		if err := gate.Require(v.rights, authz.ManageProjects, v.project.ID); err != nil {
			return err
		}
		if e.Shown, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		e.Create = s.mayCreate(v.rights, v.account)
		e.Types, err = typesToChoose(ctx, r, at.Account, v.project.Type)
		return err
	})
	return e, err
}
