package library

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Opposites take back what was done to project types and templates (PLAN-2). Projects
// that began with one stay as they are.
func Opposites(s *Library) map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, kind := range []audit.Kind{audit.ProjectTypeCreated, audit.ProjectTypeRenamed, audit.ProjectTypeArchived, audit.ProjectTypeRestored} {
		all[kind] = takeTypesBack
	}
	for _, kind := range []audit.Kind{audit.TemplateCreated, audit.TemplateChanged, audit.TemplateRenamed, audit.TemplateArchived, audit.TemplateRestored,
		audit.TemplateMemberRemoved, audit.TemplateMemberReturned} {
		all[kind] = s.takeTemplatesBack
	}
	return all
}

// takeTypesBack plans the opposite of entries about project types. It refuses as
// RenameType, ArchiveType and RestoreType do; a type that was created is archived.
func takeTypesBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.Require(manages, 0)
	types, err := r.ProjectTypes(ctx, p.Account)
	if err != nil {
		return err
	}
	return gate.Opposed(p, entries, gate.ByObject[directory.ProjectTypeID], func(id directory.ProjectTypeID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		i := slices.IndexFunc(types, func(t directory.ProjectType) bool { return t.ID == id })
		if i < 0 {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "project_type.not_found")
		}
		before := types[i]
		after := before
		n.Turns(audit.ProjectTypeArchived, audit.ProjectTypeRestored, audit.ProjectTypeCreated)
		if _, made := n.Has(audit.ProjectTypeCreated); !made {
			err := n.Restore("name", audit.Text(before.Name), func(was audit.Value) error {
				name, err := typeList(types).free(was.Text(), int64(id))
				if err == nil {
					after.Name = name
				}
				return err
			})
			if err != nil {
				return gate.Verdict{}, err
			}
		}
		if err := turn(n, p, &after.Archived); err != nil || !n.Back() {
			return n.Verdict(int64(id), before.Name), err
		}
		types[i] = after
		p.Change(store.UpdateProjectType(after))
		if after.Name != before.Name {
			p.Record(typeEntry(p, audit.ProjectTypeRenamed, before, after))
		}
		if kind, turned := turnedInto(before.Archived, after.Archived, audit.ProjectTypeArchived, audit.ProjectTypeRestored); turned {
			p.Record(typeEntry(p, kind, after, after))
		}
		return n.Verdict(int64(id), after.Name), nil
	})
}

// turn gives a line of the library its state back.
func turn(n *gate.Net, p *gate.Plan, archived *time.Time) error {
	return n.Restore(gate.StateField, audit.Bool(!archived.IsZero()), func(was audit.Value) error {
		if *archived = p.Now; was == audit.Bool(false) {
			*archived = time.Time{}
		}
		return nil
	})
}

// turnedInto is which of two kinds became of a line, and whether any did.
func turnedInto(was, is time.Time, off, on audit.Kind) (audit.Kind, bool) {
	if is.IsZero() {
		return on, !was.Equal(is)
	}
	return off, !was.Equal(is)
}

// A templatePart is a template, or the place of one person in it.
type templatePart struct {
	template directory.TemplateID
	person   directory.UserID
}

// takeTemplatesBack plans the opposite of entries about templates. It refuses as
// EditTemplate, ArchiveTemplate and RestoreTemplate do, each field by itself; a template
// that was created is archived, and whoever was taken out has their place in it again.
func (s *Library) takeTemplatesBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	e, denied := s.templateEdit(ctx, r, p)
	return gate.Opposed(p, entries, func(e audit.Entry) templatePart {
		return templatePart{directory.TemplateID(e.Object), e.Subject}
	}, func(of templatePart, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		i := slices.IndexFunc(e.lines, func(l store.TemplateLine) bool { return l.ID == of.template })
		if i < 0 {
			return gate.Verdict{}, templateNotFound()
		}
		if of.person != 0 {
			return e.placeBack(ctx, e.lines[i].Template, of, n)
		}
		after, err := e.back(e.lines[i].Template, n)
		if err == nil {
			e.lines[i].Template = after
		}
		return n.Verdict(int64(of.template), after.Name), err
	})
}

// back gives a template its fields and its state back.
func (e templateEdit) back(before directory.Template, n *gate.Net) (directory.Template, error) {
	after := before
	n.Turns(audit.TemplateArchived, audit.TemplateRestored, audit.TemplateCreated)
	if _, made := n.Has(audit.TemplateCreated); !made {
		if err := e.described(before, &after, n); err != nil {
			return before, err
		}
	}
	if err := turn(n, e.plan, &after.Archived); err != nil || !n.Back() {
		return before, err
	}
	e.plan.Change(store.UpdateTemplate(after))
	entry := e.entry(audit.TemplateChanged, before, after)
	if after.Type == before.Type && slices.Equal(after.Products, before.Products) {
		entry.Kind = audit.TemplateRenamed
	}
	if entry.Changed() {
		e.plan.Record(entry)
	}
	if kind, turned := turnedInto(before.Archived, after.Archived, audit.TemplateArchived, audit.TemplateRestored); turned {
		e.plan.Record(e.entry(kind, after, after))
	}
	return after, nil
}

// described gives a template its name, type and products back.
func (e templateEdit) described(before directory.Template, after *directory.Template, n *gate.Net) error {
	err := n.Restore("name", audit.Text(before.Name), func(was audit.Value) error {
		name, err := templateList(e.lines).free(was.Text(), int64(before.ID))
		if err == nil {
			after.Name = name
		}
		return err
	})
	if err != nil {
		return err
	}
	err = n.Restore("project_type", e.typeValue(before.Type), func(was audit.Value) error {
		uuid := ""
		if i := slices.IndexFunc(e.types, func(t directory.ProjectType) bool { return e.typeValue(t.ID).Same(was) }); i >= 0 {
			uuid = e.types[i].UUID
		}
		kind, err := e.ofType(uuid, before.Type)
		if err == nil {
			after.Type = kind
		}
		return err
	})
	if err != nil {
		return err
	}
	return n.Restore("products", audit.Texts(before.Products), func(was audit.Value) error {
		var chosen []string
		for _, one := range was.Values() {
			chosen = append(chosen, one.Text())
		}
		products, err := e.products(chosen, before.Products)
		if err == nil {
			after.Products = products
		}
		return err
	})
}

// placeBack gives somebody the place back that they had in a template, or takes it again. It refuses with
// template.member_not_found who is no member any more, and with undo.not_kept where an
// entry of an earlier version says nothing of the place.
func (e templateEdit) placeBack(ctx context.Context, t directory.Template, of templatePart, n *gate.Net) (gate.Verdict, error) {
	m, err := e.r.MemberOf(ctx, e.account.ID, of.person)
	if gate.RefusedWith(err, "member.not_found") || err == nil && !m.Removed.IsZero() {
		err = memberNotFound()
	}
	if err != nil {
		return gate.Verdict{Subject: int64(t.ID), Name: t.Name}, err
	}
	places, err := e.r.TemplatePlaces(ctx, t.ID)
	if err != nil {
		return gate.Verdict{}, err
	}
	i := slices.IndexFunc(places, func(o directory.Place) bool { return o.Member == m.ID })
	n.Turns(audit.TemplateMemberRemoved, audit.TemplateMemberReturned)
	err = n.Restore(gate.StateField, audit.Bool(i < 0), func(was audit.Value) error {
		if was == audit.Bool(true) {
			return e.takeOut(ctx, t, m, places[i])
		}
		if len(n.Entries[0].Facts) == 0 {
			return gate.NotKept()
		}
		if len(places) >= directory.TemplatePlacesMost {
			return &directory.Error{Kind: directory.Conflict, Code: "template.too_many_members", Args: directory.Args{"Max": directory.TemplatePlacesMost}}
		}
		place := directory.Place{Member: m.ID, Access: roster.AccessIn(n.Before("access"))}
		if ref, is := n.Before("company").Ref(); is {
			place.Company = directory.CompanyID(ref.Key)
		}
		if ref, is := n.Before("access_level").Ref(); is {
			place.Level = directory.RoleID(ref.Key)
		}
		for _, ref := range n.Before("functions").Refs() {
			place.Functions = append(place.Functions, directory.RoleID(ref.Key))
		}
		e.plan.Change(store.InsertTemplatePlaces{Template: t.ID, Places: []directory.Place{place}})
		return e.recordPlace(ctx, e.plan.Entry(audit.TemplateMemberReturned, m.User, int64(t.ID)), directory.Place{}, place)
	})
	return n.Verdict(int64(t.ID), t.Name), err
}
