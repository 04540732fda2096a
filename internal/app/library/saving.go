package library

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Saving makes a template of a project, by public id: of its type and products, and
// of its members where they are wanted.
type Saving struct {
	Project string
	Name    string
	Members bool
}

// SaveTemplate makes a template of what a project is now (PROJ-9). It refuses without
// library.manage at the root; with project.not_found a project out of sight; without
// projects.manage in it, and with members without members.view there; at the field
// name, and with template.too_many, as CreateTemplate does; and with
// template.too_many_members what no new project begins with.
func (s *Library) SaveTemplate(ctx context.Context, actor authz.Actor, account directory.AccountID, n Saving) (directory.Template, error) {
	var made directory.Template
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.templateEdit(ctx, r, p)
		if err != nil {
			return err
		}
		project, err := inSight(ctx, r, p.Rights, account, n.Project)
		if err != nil {
			return err
		}
		if err := p.Require(authz.ManageProjects, project.ID); err != nil {
			return err
		}
		t := directory.Template{Name: n.Name, Type: project.Type, Products: project.Products}
		if n.Members {
			if err := p.Require(authz.ViewMembers, project.ID); err != nil {
				return err
			}
			if t.Places, err = placesOf(ctx, r, p.Rights, project); err != nil {
				return err
			}
		}
		made, err = e.add(t, nil)
		return err
	})
	return made, err
}

// inSight is a project that the reader sees. It refuses others, and what is none, with
// project.not_found.
func inSight(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, id string) (directory.Project, error) {
	project, err := r.ProjectByUUID(ctx, account, id)
	if err == nil && !rights.SeesProject(project.ID) {
		err = directory.Refuse(directory.NotFound, "project.not_found")
	}
	return project, err
}

// placesOf are the places in a project as a template keeps them.
func placesOf(ctx context.Context, r *store.Reader, rights authz.Rights, project directory.Project) ([]directory.Place, error) {
	all, err := roster.EverybodyIn(ctx, r, rights, project)
	if err != nil {
		return nil, err
	}
	all.Size = directory.TemplatePlacesMost + 1
	members, err := r.ProjectMemberPage(ctx, all)
	if err != nil {
		return nil, err
	}
	if len(members) > directory.TemplatePlacesMost {
		return nil, &directory.Error{Kind: directory.Conflict, Code: "template.too_many_members", Args: directory.Args{"Max": directory.TemplatePlacesMost}}
	}
	var places []directory.Place
	for _, m := range members {
		p := m.Place
		places = append(places, directory.Place{Member: p.Member, Company: p.Company, Level: p.Level, Functions: p.Functions, Access: p.Access})
	}
	return places, nil
}

// sourcesShown is how many projects are offered to make a template of; a search finds
// others.
const sourcesShown = 50

// Sources are projects that the reader may make a template of, by name, those with the
// text in name or number; it reports whether there are more. It refuses without
// library.manage at the root.
func (s *Library) Sources(ctx context.Context, actor authz.Actor, account directory.AccountID, search string) (found []directory.Project, more bool, err error) {
	err = s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		lines, err := r.ProjectPage(ctx, store.ProjectList{Account: account, Sight: rights.ProjectsWith(authz.ManageProjects), Dormant: rights.Tree().Dormant(),
			Search: directory.Sought(search), Size: sourcesShown + 1})
		if err != nil {
			return err
		}
		if len(lines) > sourcesShown {
			lines, more = lines[:sourcesShown], true
		}
		for _, l := range lines {
			found = append(found, l.Project)
		}
		return nil
	})
	return found, more, err
}

// Source is one project that the reader may make a template of. It refuses as
// SaveTemplate does.
func (s *Library) Source(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Project, error) {
	var project directory.Project
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if project, err = inSight(ctx, r, rights, account, id); err != nil {
			return err
		}
		return gate.Require(rights, authz.ManageProjects, project.ID)
	})
	return project, err
}
