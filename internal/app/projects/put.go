package projects

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Put is what became of a project that was put: made, or changed.
type Put struct {
	directory.Project
	New      bool
	Verdicts gate.Verdicts // of the members that a new one was to begin with
}

// Put makes the project that products know by an id, or changes the one there is to
// what is said of it (API-4). Where it stands and what it begins with is said for a new
// one only. It holds whatever stands, and sent again changes nothing; with a version it
// changes that one, makes nothing, and refuses with stale.
//
// It refuses as Create and Edit do.
func (s *Projects) Put(ctx context.Context, actor authz.Actor, account directory.AccountID, external string, n NewProject) (Put, error) {
	var put Put
	n.External = &external
	verdicts, err := s.gate.Perform(ctx, gate.AsOneAct(actor), account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		before, err := known(ctx, r, p.Rights, account, external)
		if put.New = gate.RefusedWith(err, "project.not_found"); put.New {
			put.Project, err = s.putNew(ctx, r, p, n)
			return err
		}
		if err != nil {
			return err
		}
		version := n.Version
		if version == 0 {
			version = before.Revision
		}
		c, before, err := s.managed(ctx, r, p, before.UUID, version)
		if err == nil {
			put.Project, err = c.edit(ctx, r, before, n.Change)
		}
		return err
	})
	put.Verdicts = verdicts
	return put, err
}

// known is the project in sight that products know by an id.
func known(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, external string) (directory.Project, error) {
	id, refusal := directory.CleanUnitExternal(external)
	if refusal != nil {
		id = external // no project has it
	}
	p, err := r.ProjectByExternal(ctx, account, id)
	if err == nil && !rights.SeesProject(p.ID) {
		err = directory.Refuse(directory.NotFound, "project.not_found")
	}
	return p, err
}

// putNew plans the project that there is not. Who may not make one learns that first.
func (s *Projects) putNew(ctx context.Context, r *store.Reader, p *gate.Plan, n NewProject) (directory.Project, error) {
	blank := directory.Fold(*n.External) == ""
	if n.Version == 0 && !blank {
		return s.create(ctx, r, p, n)
	}
	_, err := s.creating(ctx, r, p, n)
	if err == nil && blank {
		err = directory.InvalidField("external", "field.required", nil)
	}
	if err == nil {
		err = directory.Refuse(directory.Conflict, "stale")
	}
	return directory.Project{}, err
}
