package library

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A ListedType is a project type with how many projects in use are of it.
type ListedType struct {
	directory.ProjectType
	Projects int64
}

// Types lists the account's project types by name, archived ones too. It refuses
// without library.manage at the root.
func (s *Library) Types(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]ListedType, error) {
	var found []ListedType
	err := s.view(ctx, actor, account, func(r *store.Reader, _ authz.Rights) error {
		types, err := r.ProjectTypes(ctx, account)
		if err != nil {
			return err
		}
		projects, err := r.ProjectsOfTypes(ctx, account)
		for _, t := range types {
			found = append(found, ListedType{t, projects[t.ID]})
		}
		return err
	})
	return found, err
}

// Type is the project type of a public id, for whoever chooses it: an archived one
// too, which projects that are of it keep, and no other takes. It refuses at the field
// type with project_type.not_found.
func Type(ctx context.Context, r *store.Reader, account directory.AccountID, id string) (directory.ProjectType, error) {
	types, err := r.ProjectTypes(ctx, account)
	if err != nil {
		return directory.ProjectType{}, err
	}
	if i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.UUID == id }); i >= 0 {
		return types[i], nil
	}
	return directory.ProjectType{}, directory.InvalidField("type", "project_type.not_found", nil)
}

func typeList(types []directory.ProjectType) list {
	l := list{text: directory.ProjectTypeName, taken: "project_type.name_taken", archived: "project_type.name_archived"}
	for _, t := range types {
		l.lines = append(l.lines, line{int64(t.ID), t.Name, !t.Archived.IsZero()})
	}
	return l
}

// CreateType adds a type to the account's list. It refuses without library.manage at
// the root; at the field name with field.required, field.too_long, text.broken,
// project_type.name_taken, and project_type.name_archived where a type that could be
// restored bears it; and with project_type.too_many.
func (s *Library) CreateType(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) (directory.ProjectType, error) {
	var made directory.ProjectType
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(manages, 0); err != nil {
			return err
		}
		types, err := r.ProjectTypes(ctx, account)
		if err != nil {
			return err
		}
		clean, err := typeList(types).free(name, 0)
		if err != nil {
			return err
		}
		if err := full("project_type.too_many", len(types), directory.ProjectTypesMost); err != nil {
			return err
		}
		made = directory.ProjectType{ID: directory.ProjectTypeID(p.NewKey()), UUID: roster.PublicID(), Name: clean, Version: 1}
		p.Change(store.InsertProjectType{Account: account, ProjectType: made})
		entry := p.Entry(audit.ProjectTypeCreated, 0, int64(made.ID))
		entry.Note("name", "", clean)
		p.Record(entry)
		return nil
	})
	return made, err
}

// A Naming is what a line of the library is to be called, made on a version of it.
type Naming struct {
	Name    string
	Version int64
}

// RenameType gives a type another name, in all projects of it. It refuses as
// CreateType does, with project_type.not_found, and with stale when somebody changed
// it meanwhile.
func (s *Library) RenameType(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, n Naming) (directory.ProjectType, error) {
	return s.changeType(ctx, actor, account, id, func(t typeEdit, before directory.ProjectType) (audit.Kind, directory.ProjectType, error) {
		after := before
		if before.Version != n.Version {
			return "", after, stale(ctx, t.r, account, before.ID, audit.ProjectTypeRenamed, audit.ProjectTypeArchived, audit.ProjectTypeRestored)
		}
		var err error
		after.Name, err = typeList(t.all).free(n.Name, int64(before.ID))
		return audit.ProjectTypeRenamed, after, err
	})
}

// ArchiveType takes a type off the list it is chosen from; projects of it keep it. One
// that is archived stays so. It refuses without library.manage at the root, and with
// project_type.not_found.
func (s *Library) ArchiveType(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.ProjectType, error) {
	return s.changeType(ctx, actor, account, id, func(t typeEdit, before directory.ProjectType) (audit.Kind, directory.ProjectType, error) {
		after := before
		if before.Archived.IsZero() {
			after.Archived = t.now
		}
		return audit.ProjectTypeArchived, after, nil
	})
}

// RestoreType puts a type back on the list. It refuses as ArchiveType does.
func (s *Library) RestoreType(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.ProjectType, error) {
	return s.changeType(ctx, actor, account, id, func(_ typeEdit, before directory.ProjectType) (audit.Kind, directory.ProjectType, error) {
		after := before
		after.Archived = time.Time{}
		return audit.ProjectTypeRestored, after, nil
	})
}

// A typeEdit is what a change of a type is decided on.
type typeEdit struct {
	r   *store.Reader
	now time.Time
	all []directory.ProjectType
}

// changeType changes one type of the list. Nothing changed writes nothing.
func (s *Library) changeType(ctx context.Context, actor authz.Actor, account directory.AccountID, id string,
	change func(t typeEdit, before directory.ProjectType) (audit.Kind, directory.ProjectType, error)) (directory.ProjectType, error) {
	var after directory.ProjectType
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(manages, 0); err != nil {
			return err
		}
		types, err := r.ProjectTypes(ctx, account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.UUID == id })
		if i < 0 {
			return directory.Refuse(directory.NotFound, "project_type.not_found")
		}
		var kind audit.Kind
		if kind, after, err = change(typeEdit{r, p.Now, types}, types[i]); err != nil || after == types[i] {
			return err
		}
		p.Change(store.UpdateProjectType(after))
		p.Record(typeEntry(p, kind, types[i], after))
		after.Version++
		return nil
	})
	return after, err
}

// typeEntry tells what becomes of a type.
func typeEntry(p *gate.Plan, kind audit.Kind, before, after directory.ProjectType) audit.Entry {
	entry := p.Entry(kind, 0, int64(after.ID))
	entry.Note("name", before.Name, after.Name)
	return entry
}
