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

// Opposites take back what was done to projects themselves (PLAN-2); the places in them
// are their people's.
func Opposites(s *Projects) map[audit.Kind]gate.Opposite {
	all := map[audit.Kind]gate.Opposite{}
	for _, kind := range []audit.Kind{audit.ProjectCreated, audit.ProjectChanged, audit.ProjectArchived, audit.ProjectRestored} {
		all[kind] = s.takeBack
	}
	return all
}

// takeBack plans the opposite of entries about projects. It refuses with
// project.not_found what is out of sight, and as Edit, Archive and Restore do, each field
// by itself; a project that was created is archived, unless somebody came in since.
func (s *Projects) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	return gate.Opposed(p, entries, gate.ByObject[directory.UnitID], func(id directory.UnitID, n *gate.Net) (gate.Verdict, error) {
		upon := p.Upon()
		denied := upon.Require(authz.ManageProjects, id)
		c, err := s.settling(ctx, r, upon)
		if err != nil {
			return gate.Verdict{}, err
		}
		u, found := upon.Rights.Tree().Unit(id)
		if !found {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "project.not_found")
		}
		before, err := inSight(ctx, r, upon.Rights, At{p.Account, u.UUID})
		if err != nil {
			return gate.Verdict{}, err
		}
		if denied != nil {
			return gate.Verdict{Subject: int64(id), Name: before.Name}, denied
		}
		c.of(before)
		after, err := projectTurn{c, n, before}.plan(ctx, r)
		if err == nil && after.Unit != before.Unit {
			err = s.gate.Restructure(ctx, r, p, upon.Rights.Tree().Put(after.Unit))
		}
		return n.Verdict(int64(id), after.Name), err
	})
}

// A projectTurn is a project while what was done to it is taken back.
type projectTurn struct {
	c      *settling
	n      *gate.Net
	before directory.Project
}

// plan is the project as it is to be, with what that takes.
func (t projectTurn) plan(ctx context.Context, r *store.Reader) (directory.Project, error) {
	after, archived := t.before, audit.Bool(!t.before.Archived.IsZero())
	t.n.Turns(audit.ProjectArchived, audit.ProjectRestored, audit.ProjectCreated)
	made, isMade := t.n.Has(audit.ProjectCreated)
	if !isMade {
		if err := t.describe(ctx, r); err != nil {
			return after, err
		}
		after = t.c.edited(t.before)
	}
	return after, t.n.Restore(gate.StateField, archived, func(was audit.Value) error {
		kind := audit.ProjectRestored
		if was == audit.Bool(true) {
			kind = audit.ProjectArchived
		}
		if isMade {
			if err := t.alone(ctx, r, made); err != nil {
				return err
			}
		}
		var err error
		after, err = t.c.turned(after, kind)
		return err
	})
}

// alone refuses with undo.changed_since a project with somebody who was not brought in
// as it was made.
func (t projectTurn) alone(ctx context.Context, r *store.Reader, made audit.Entry) error {
	switch {
	case t.before.Members == 0:
		return nil
	case t.before.Members > MostCopied:
		return gate.ChangedSince()
	}
	all, err := roster.EverybodyIn(ctx, r, t.c.plan.Rights, t.before)
	if err != nil {
		return err
	}
	all.Size = MostCopied
	members, err := r.ProjectMemberPage(ctx, all)
	if err == nil && slices.ContainsFunc(members, func(m store.ProjectMember) bool { return m.Place.From.After(made.At) }) {
		err = gate.ChangedSince()
	}
	return err
}

// describe gives the project its facts and products back, each as Edit would set it.
func (t projectTurn) describe(ctx context.Context, r *store.Reader) error {
	b := t.before
	texts := []struct {
		field string
		now   string
		set   func(to *Change, was string)
	}{
		{"name", b.Name, func(to *Change, was string) { to.Name = &was }},
		{"external_id", b.External, func(to *Change, was string) { to.External = &was }},
		{"number", b.Number, func(to *Change, was string) { to.Number = &was }},
		{"project_address", b.Address, func(to *Change, was string) { to.Address = &was }},
		{"time_zone", b.TimeZone, func(to *Change, was string) { to.TimeZone = &was }},
	}
	for _, f := range texts {
		err := t.n.Restore(f.field, audit.Text(f.now), func(was audit.Value) error {
			var to Change
			f.set(&to, was.Text())
			return t.set(ctx, r, to)
		})
		if err != nil {
			return err
		}
	}
	if err := t.days(ctx, r); err != nil {
		return err
	}
	if err := t.kind(ctx, r); err != nil {
		return err
	}
	return t.n.Restore("products", audit.Texts(b.Products), func(was audit.Value) error {
		products := []string{}
		for _, v := range was.Values() {
			products = append(products, v.Text())
		}
		return t.set(ctx, r, Change{Products: &products})
	})
}

// set puts a part of a change into the project, or nothing of it.
func (t projectTurn) set(ctx context.Context, r *store.Reader, to Change) error {
	before := t.c.project
	if refusal := roster.ArchivedAt(t.c.plan.Rights.Tree(), before.ID); refusal != nil {
		return archived(before)
	}
	err := t.c.describe(ctx, r, to)
	if err != nil {
		t.c.project = before
	}
	return err
}

// days gives the first and the last day back, which bound each other: the one that can be
// set first goes first.
func (t projectTurn) days(ctx context.Context, r *store.Reader) error {
	day := func(into func(*Change, *directory.Day)) func(audit.Value) error {
		return func(was audit.Value) error {
			d, refusal := directory.ParseDay("", was.Text(), directory.DayFirst)
			if refusal != nil {
				return refusal
			}
			var to Change
			into(&to, &d)
			return t.set(ctx, r, to)
		}
	}
	starts := func() error {
		return t.n.Restore("project_starts", audit.Text(t.before.Starts.ISO()), day(func(to *Change, d *directory.Day) { to.Starts = d }))
	}
	ends := func() error {
		return t.n.Restore("project_ends", audit.Text(t.before.Ends.ISO()), day(func(to *Change, d *directory.Day) { to.Ends = d }))
	}
	order := []func() error{starts, ends}
	if t.n.Before("project_starts").Text() > t.before.Ends.ISO() { // an ISO day is its own order
		slices.Reverse(order)
	}
	for _, one := range order {
		if err := one(); err != nil {
			return err
		}
	}
	return nil
}

// kind gives the project its type back. Entries of earlier versions know it by its name.
func (t projectTurn) kind(ctx context.Context, r *store.Reader) error {
	types, err := r.ProjectTypes(ctx, t.c.plan.Account)
	if err != nil {
		return err
	}
	named := func(is func(directory.ProjectType) bool) (directory.ProjectType, bool) {
		i := slices.IndexFunc(types, is)
		if i < 0 {
			return directory.ProjectType{}, false
		}
		return types[i], true
	}
	own, _ := named(func(o directory.ProjectType) bool { return o.ID == t.before.Type })
	return t.n.Restore("project_type", audit.Thing(audit.ProjectType, own.ID, own.Name), func(was audit.Value) error {
		none := ""
		if was.IsZero() {
			return t.set(ctx, r, Change{Type: &none})
		}
		before, found := named(func(o directory.ProjectType) bool { return was.Same(audit.Thing(audit.ProjectType, o.ID, o.Name)) })
		if !found {
			return directory.Refuse(directory.NotFound, "project_type.not_found")
		}
		return t.set(ctx, r, Change{Type: &before.UUID})
	})
}
