package projects

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Copying is from which project members are copied, and who of them: by public id,
// or all. Preview says what would be and writes nothing (PLAN-1).
type Copying struct {
	From    string
	Only    []string
	Preview bool
}

// CopyMembers brings the members of another project into this one as they are there:
// company, functions, level, products (PROJ-9). Each verdict says with the changes what
// the place is; an id that is nobody there is refused with place.not_found.
//
// It refuses as Add does, with members.manage asked for in both, with
// project.not_found at the field from, and with project.too_many_copied.
func (s *Projects) CopyMembers(ctx context.Context, actor authz.Actor, at At, c Copying) (gate.Verdicts, error) {
	act := s.gate.Perform
	if c.Preview {
		act = s.gate.Previewed
	}
	return act(ctx, gate.AsOneAct(actor), at.Account, s.inProject(at.Project, func(ctx context.Context, on roster.OnGround) error {
		r, p := on.Reader, on.Plan
		other, err := inSight(ctx, r, p.Rights, At{p.Account, c.From})
		if gate.RefusedWith(err, "project.not_found") || err == nil && other.ID == on.Project.ID {
			return directory.InvalidField("from", "project.not_found", nil)
		}
		if err != nil {
			return err
		}
		copying := settling{s: s, plan: p}
		places, missing, err := copying.chosen(ctx, r, other, c.Only)
		if err != nil {
			return err
		}
		for range missing {
			p.Verdicts = append(p.Verdicts, gate.Verdict{}.Refused(directory.Refuse(directory.NotFound, "place.not_found")))
		}
		return s.roster.CopyPlaces(ctx, on, places)
	}))
}

// chosen are the places of those of a project's members who are to be copied, by public
// id or all, and how many ids are nobody's there.
func (c *settling) chosen(ctx context.Context, r *store.Reader, from directory.Project, only []string) (places []directory.Place, missing int, err error) {
	if len(only) == 0 {
		places, err = c.copied(ctx, r, from)
		return places, 0, err
	}
	if err := c.plan.Require(authz.ManageMembers, from.ID); err != nil {
		return nil, 0, err
	}
	only = slices.Compact(slices.Sorted(slices.Values(only)))
	if len(only) > MostCopied {
		return nil, 0, tooManyCopied()
	}
	keys, err := r.MemberKeysByUUID(ctx, c.plan.Account, only)
	if err != nil {
		return nil, 0, err
	}
	named := make([]directory.MemberID, 0, len(keys))
	for _, id := range only { // in an order that does not change from try to try
		if key, known := keys[id]; known {
			named = append(named, key)
		}
	}
	there, err := r.PlacesIn(ctx, from.ID, named)
	if err != nil {
		return nil, 0, err
	}
	for _, key := range named {
		if place, is := there[key]; is {
			places = append(places, place)
		}
	}
	return places, len(only) - len(places), nil
}

// MostCopied is how many members are copied in one act.
const MostCopied = 2000

func tooManyCopied() error {
	return &directory.Error{Kind: directory.Invalid, Code: "project.too_many_copied", Args: directory.Args{"Max": MostCopied}}
}

// A SourceQuery is a search among the projects whose members can be copied.
type SourceQuery struct {
	Search string // a part of name or number
	Size   int    // at most so many; 0: PerPage
}

// Sources are the projects, besides this one, from which the actor can copy members:
// those where they manage them (PROJ-9), archived ones left out.
type Sources struct {
	Project Shown
	Rows    []directory.Project // the first by name
	Found   int64               // exactly (LIST-9)
}

// Sources finds the projects whose members can be copied into this one. It refuses as
// Choices does.
func (s *Projects) Sources(ctx context.Context, actor authz.Actor, at At, q SourceQuery) (Sources, error) {
	var found Sources
	err := s.managing(ctx, actor, at, func(r *store.Reader, v viewed) error {
		var err error
		if found.Project, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		l := managed(v.rights, store.ProjectList{Account: at.Account, Search: directory.Sought(q.Search), Except: v.project.ID, Size: sized(q.Size)})
		if found.Found, err = r.ProjectTotal(ctx, l); err != nil {
			return err
		}
		lines, err := r.ProjectPage(ctx, l)
		for _, line := range lines {
			found.Rows = append(found.Rows, line.Project)
		}
		return err
	})
	return found, err
}

// managed is a list of those projects in use whose members the actor manages.
func managed(rights authz.Rights, l store.ProjectList) store.ProjectList {
	l.Sight, l.Dormant = rights.ManagedProjects(), rights.Tree().Dormant()
	return l
}
