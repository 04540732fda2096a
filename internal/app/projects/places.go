package projects

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A groundwork plans something about who is in a project.
type groundwork func(ctx context.Context, at roster.OnGround) error

// inProject plans something about the members of a project. It refuses with
// project.not_found, without members.manage there, and with project.archived.
func (s *Projects) inProject(project string, plan groundwork) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		on, err := s.Ground(ctx, r, p, project)
		if err != nil {
			return err
		}
		return plan(ctx, on)
	}
}

// Ground is a project for a plan about who is in it. It refuses with project.not_found,
// without members.manage there, and with project.archived.
func (s *Projects) Ground(ctx context.Context, r *store.Reader, p *gate.Plan, project string) (roster.OnGround, error) {
	c, err := s.settling(ctx, r, p)
	if err != nil {
		return roster.OnGround{}, err
	}
	found, err := inSight(ctx, r, p.Rights, At{p.Account, project})
	if err != nil {
		return roster.OnGround{}, err
	}
	if err := p.Require(authz.ManageMembers, found.ID); err != nil {
		return roster.OnGround{}, err
	}
	if refusal := roster.ArchivedAt(p.Rights.Tree(), found.ID); refusal != nil {
		return roster.OnGround{}, archived(found)
	}
	return roster.OnGround{Ground: s.roster.Ground(c.account, c.roles, found), Reader: r, Plan: p}, nil
}

// Add brings people into a project, members of the account and, where the account
// lets the actor, people who are new to it (PROJ-8). Each row says what the place is,
// or leaves it to the account's values (PROJ-3); who is not invited yet is (INV-8).
// The verdicts name each row as added, there already, or refused with the field at
// fault; a refusal leaves the others done. It refuses as a whole with
// project.not_found, without members.manage there, and with project.archived.
func (s *Projects) Add(ctx context.Context, actor authz.Actor, at At, rows []roster.NewPlace, o roster.PlaceOptions) (gate.Verdicts, error) {
	if len(rows) > 1 {
		actor = gate.AsOneAct(actor)
	}
	rows = markDoubles(rows)
	act := s.gate.Perform
	if o.Preview {
		act = s.gate.Previewed
	}
	if len(rows) == 0 {
		return nil, s.mayChange(ctx, actor, at)
	}
	if len(rows) > 1 && !o.Preview {
		d, plain, err := addingDeed(at.Project, rows, o)
		if err != nil || plain {
			return s.begun(ctx, actor, at, d, err)
		}
	}
	all := make(gate.Verdicts, 0, len(rows))
	for part := range slices.Chunk(rows, roster.Chunk) {
		err := roster.Parted(part, func(part []roster.NewPlace) error {
			verdicts, err := act(ctx, actor, at.Account, s.inProject(at.Project, func(ctx context.Context, on roster.OnGround) error {
				return s.roster.PlaceRows(ctx, on, part, o)
			}))
			all = append(all, verdicts...)
			return err
		}, func(row roster.NewPlace, fault error) error {
			all = append(all, gate.Verdict{Row: row.Row, Email: row.Email, Name: row.Name()}.Refused(s.roster.FoundBroken(ctx, fault)))
			return nil
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// begun does an act on many that could be written.
func (s *Projects) begun(ctx context.Context, actor authz.Actor, at At, d acts.Deed, err error) (gate.Verdicts, error) {
	if err != nil {
		return nil, err
	}
	return s.needs.Acts.Do(ctx, actor, at.Account, d)
}

// markDoubles is roster.MarkDoubles for rows of places.
func markDoubles(rows []roster.NewPlace) []roster.NewPlace {
	plain := make([]roster.NewMember, len(rows))
	for i, row := range rows {
		plain[i] = row.NewMember
	}
	rows = slices.Clone(rows)
	for i, marked := range roster.MarkDoubles(plain) {
		rows[i].NewMember = marked
	}
	return rows
}

// A Selection is whose places an act is about: members by public id, or all that a
// view of the project finds.
type Selection struct {
	Members []string
	All     *MemberQuery
	Count   int64 // with All: how many were found when it was confirmed (PLAN-4); 0: however many

	Wait  time.Duration // as in a roster.Selection
	Whole bool          // all of them or nobody (BULK-3)
	Act   *string       // is told the public id under which the act is kept, where it is not nil
}

// ChangePlaces changes what places in a project are: company, functions, level,
// products and the levels of their tools (PROJ-3, PROJ-4, PROJ-12). It refuses a member
// with place.not_found, with the field at fault, with place.base_off who would lose the
// base product without the confirmation, with place.administrator_has_all, and with
// stale who has another place than was seen; as a whole like Add, and with
// selection.changed.
func (s *Projects) ChangePlaces(ctx context.Context, actor authz.Actor, at At, who Selection, change roster.PlaceChange) (gate.Verdicts, error) {
	return s.onPlaces(ctx, actor, at, who, PlacesAct{Change: change})
}

// RemovePlaces takes members out of a project; they stay in the account (PROJ-6). It
// refuses a member with place.not_found, and as a whole like Add, and with
// selection.changed.
func (s *Projects) RemovePlaces(ctx context.Context, actor authz.Actor, at At, who Selection) (gate.Verdicts, error) {
	return s.onPlaces(ctx, actor, at, who, PlacesAct{Remove: true})
}

// Invite sends members of a project who have not accepted theirs another invitation
// (INV-3). It refuses a member with member.already_active, with member.inactive, with
// role.not_held where the invitation would give what the actor does not hold (ROLE-6),
// with place.not_found, and as a whole like Add.
func (s *Projects) Invite(ctx context.Context, actor authz.Actor, at At, who Selection) (gate.Verdicts, error) {
	return s.each(ctx, actor, at, who, s.roster.InvitePlaces)
}

type eachPlace func(ctx context.Context, on roster.OnGround, keys []directory.MemberID) error

// each does an act on members of a project, part by part; what a public id names that
// is nobody of the account is refused like who is not in the project.
func (s *Projects) each(ctx context.Context, actor authz.Actor, at At, who Selection, do eachPlace) (gate.Verdicts, error) {
	keys, unknown, err := s.selected(ctx, actor, at, who)
	if err != nil {
		return nil, err
	}
	if len(keys) > 1 {
		actor = gate.AsOneAct(actor)
	}
	var all gate.Verdicts
	for range unknown {
		all = append(all, gate.Verdict{}.Refused(directory.Refuse(directory.NotFound, "place.not_found")))
	}
	for part := range slices.Chunk(keys, roster.Chunk) {
		verdicts, err := s.gate.Perform(ctx, actor, at.Account, s.inProject(at.Project, func(ctx context.Context, on roster.OnGround) error {
			return do(ctx, on, part)
		}))
		if err != nil {
			return all, err
		}
		all = append(all, verdicts...)
	}
	if len(keys) == 0 {
		err = s.mayChange(ctx, actor, at)
	}
	return all, err
}

// mayChange refuses an act on nobody as it would be refused on somebody: whoever may
// not act here learns it all the same.
func (s *Projects) mayChange(ctx context.Context, actor authz.Actor, at At) error {
	_, err := s.gate.Perform(ctx, actor, at.Account, s.inProject(at.Project, func(context.Context, roster.OnGround) error { return nil }))
	return err
}

// selected finds the members of a selection, and how many ids name nobody in the
// project. It refuses with selection.changed where a view finds others than were
// confirmed.
func (s *Projects) selected(ctx context.Context, actor authz.Actor, at At, who Selection) (keys []directory.MemberID, unknown int, err error) {
	err = s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if who.All != nil {
			l, err := s.members(ctx, r, v, *who.All)
			if err != nil {
				return err
			}
			keys, err = r.ProjectMemberKeys(ctx, l)
			if n := int64(len(keys)); err == nil && who.Count > 0 && n != who.Count {
				return &directory.Error{Kind: directory.Conflict, Code: "selection.changed", Args: directory.Args{"Count": n, "Confirmed": who.Count}}
			}
			return err
		}
		found, err := r.MemberKeysByUUID(ctx, at.Account, who.Members)
		if err != nil {
			return err
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(who.Members))) {
			if key, there := found[id]; there {
				keys = append(keys, key)
			} else {
				unknown++
			}
		}
		return nil
	})
	return keys, unknown, err
}

// Choices are what the forms that add people to a project offer.
type Choices struct {
	roster.AddChoices
	roster.Beyond
	Project Shown
	Quick   int // addresses at most in the quick form (ADD-10)
}

// Choices reads what the forms that add people offer. It refuses with
// project.not_found, without members.manage there, and with project.archived.
func (s *Projects) Choices(ctx context.Context, actor authz.Actor, at At) (Choices, error) {
	var c Choices
	err := s.managing(ctx, actor, at, func(r *store.Reader, v viewed) error { return s.choices(ctx, r, v, &c) })
	return c, err
}

// managing reads about a project whose members the actor manages. It refuses with
// project.archived where nothing changes any more.
func (s *Projects) managing(ctx context.Context, actor authz.Actor, at At, read func(r *store.Reader, v viewed) error) error {
	return s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if err := gate.Require(v.rights, authz.ManageMembers, v.project.ID); err != nil {
			return err
		}
		if roster.ArchivedAt(v.rights.Tree(), v.project.ID) != nil {
			return archived(v.project)
		}
		return read(r, v)
	})
}

// choices reads what can be chosen for a place in a project.
func (s *Projects) choices(ctx context.Context, r *store.Reader, v viewed, c *Choices) error {
	var err error
	if c.Project, err = s.shown(ctx, r, &v); err != nil {
		return err
	}
	c.Quick = s.gate.Policies(v.account).ProjectQuickAdding
	c.AddChoices, err = s.roster.PlaceChoices(ctx, r, v.account.ID, v.rights, v.project)
	if err == nil {
		c.Beyond = c.Place.Beyond
	}
	return err
}

// AddQuick brings everybody of a pasted text into a project with what all of them get;
// what that leaves empty is as it is for each in the account (ADD-10, PROJ-3).
//
// It refuses as Add does, with add.too_many, with the count, where there are more
// addresses than the policy takes, and with addresses.empty.
func (s *Projects) AddQuick(ctx context.Context, actor authz.Actor, at At, text string, all roster.NewPlace) (gate.Verdicts, error) {
	quick, most := 0, 0
	if err := s.managing(ctx, actor, at, func(_ *store.Reader, v viewed) error {
		policies := s.gate.Policies(v.account)
		quick, most = policies.ProjectQuickAdding, policies.PasteLimit
		return nil
	}); err != nil {
		return nil, err
	}
	list, refusal := s.needs.ReadPaste(text, most)
	if refusal == nil {
		refusal = roster.CheckQuick(list, quick)
	}
	if refusal != nil {
		return nil, refusal
	}
	rows := make([]roster.NewPlace, 0, len(list.Addresses)+len(list.Faults))
	for _, a := range list.Addresses {
		row := all
		row.Row, row.Email, row.First, row.Last = a.Line, a.Email, a.First, a.Last
		rows = append(rows, row)
	}
	for _, fault := range roster.FaultRows(list.Faults) {
		rows = append(rows, roster.NewPlace{NewMember: fault})
	}
	return s.Add(ctx, actor, at, rows, roster.PlaceOptions{})
}
