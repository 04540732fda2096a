package projects

import (
	"context"
	"maps"
	"slices"

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
		c, err := s.settling(ctx, r, p)
		if err != nil {
			return err
		}
		found, err := inSight(ctx, r, p.Rights, At{p.Account, project})
		if err != nil {
			return err
		}
		if err := p.Require(authz.ManageMembers, found.ID); err != nil {
			return err
		}
		if refusal := roster.ArchivedAt(p.Rights.Tree(), found.ID); refusal != nil {
			return archived(found)
		}
		return plan(ctx, roster.OnGround{Ground: s.roster.Ground(c.account, c.roles, found), Reader: r, Plan: p})
	}
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
}

// ChangePlaces changes what places in a project are: company, functions, level,
// products and the levels of their tools (PROJ-3, PROJ-4, PROJ-12). It refuses a member
// with place.not_found, with the field at fault, with place.base_off who would lose the
// base product without the confirmation, with place.administrator_has_all, and with
// stale who has another place than was seen; as a whole like Add, and with
// selection.changed.
func (s *Projects) ChangePlaces(ctx context.Context, actor authz.Actor, at At, who Selection, change roster.PlaceChange) (gate.Verdicts, error) {
	return s.each(ctx, actor, at, who, func(ctx context.Context, on roster.OnGround, keys []directory.MemberID) error {
		return s.roster.ChangePlaces(ctx, on, keys, change)
	})
}

// RemovePlaces takes members out of a project; they stay in the account (PROJ-6). It
// refuses a member with place.not_found, and as a whole like Add, and with
// selection.changed.
func (s *Projects) RemovePlaces(ctx context.Context, actor authz.Actor, at At, who Selection) (gate.Verdicts, error) {
	return s.each(ctx, actor, at, who, s.roster.RemovePlaces)
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
	if len(keys) == 0 { // whoever may not act here learns it all the same
		_, err = s.gate.Perform(ctx, actor, at.Account, s.inProject(at.Project, func(context.Context, roster.OnGround) error { return nil }))
	}
	return all, err
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

// A Copying is from which project members are copied, and who of them: by public id,
// or all.
type Copying struct {
	From string
	Only []string
}

// CopyMembers brings the members of another project into this one as they are there:
// company, functions, level, products (PROJ-9).
// It refuses as Add does, with members.manage asked for in both, with
// project.not_found at the field from, and with project.too_many_copied.
func (s *Projects) CopyMembers(ctx context.Context, actor authz.Actor, at At, c Copying) (gate.Verdicts, error) {
	return s.gate.Perform(ctx, gate.AsOneAct(actor), at.Account, s.inProject(at.Project, func(ctx context.Context, on roster.OnGround) error {
		r, p := on.Reader, on.Plan
		other, err := inSight(ctx, r, p.Rights, At{p.Account, c.From})
		if gate.RefusedWith(err, "project.not_found") || err == nil && other.ID == on.Project.ID {
			return directory.InvalidField("from", "project.not_found", nil)
		}
		if err != nil {
			return err
		}
		copying := settling{s: s, plan: p}
		places, err := copying.copied(ctx, r, other)
		if err != nil {
			return err
		}
		if len(c.Only) > 0 {
			chosen, err := r.MemberKeysByUUID(ctx, p.Account, c.Only)
			if err != nil {
				return err
			}
			keys := slices.Collect(maps.Values(chosen))
			places = slices.DeleteFunc(places, func(place directory.Place) bool { return !slices.Contains(keys, place.Member) })
		}
		return s.roster.CopyPlaces(ctx, on, places)
	}))
}

// Choices are what the form that adds people to a project offers.
type Choices struct {
	Project   Shown
	Companies []directory.Company // of the account, the first by name
	More      bool                // there are more companies
	Makes     bool                // companies that are not there yet are made (ACC-8)
	People    bool                // people who are new to the account may come (ACC-8)
	Quick     int                 // addresses at most in the quick form (ADD-10)
	Account   directory.Account
}

// Choices reads what the form that adds people offers. It refuses with
// project.not_found, without members.manage there, and with project.archived.
func (s *Projects) Choices(ctx context.Context, actor authz.Actor, at At) (Choices, error) {
	var c Choices
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if err := gate.Require(v.rights, authz.ManageMembers, v.project.ID); err != nil {
			return err
		}
		if roster.ArchivedAt(v.rights.Tree(), v.project.ID) != nil {
			return archived(v.project)
		}
		return s.choices(ctx, r, v, &c)
	})
	return c, err
}

// choices reads what can be chosen for a place in a project.
func (s *Projects) choices(ctx context.Context, r *store.Reader, v viewed, c *Choices) error {
	var err error
	if c.Project, err = s.shown(ctx, r, v); err != nil {
		return err
	}
	policies, wide := s.gate.Policies(v.account), v.rights.MayAnywhere(authz.ManageMembers)
	c.Account, c.Quick = v.account, policies.ProjectQuickAdding
	c.Makes, c.People = wide || policies.CreateCompanies, wide || policies.AddPeople
	const shown = 200
	if c.Companies, err = r.Companies(ctx, v.account.ID, shown+1); err != nil {
		return err
	}
	c.More = len(c.Companies) > shown
	c.Companies = c.Companies[:min(len(c.Companies), shown)]
	return nil
}

// Known are the members of the account among addresses, as a row of a form marks them:
// by folded address, with the values they begin with in a project (PROJ-3). It refuses
// as Choices does.
func (s *Projects) Known(ctx context.Context, actor authz.Actor, at At, addresses []string) (map[string]Known, error) {
	known := map[string]Known{}
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if err := gate.Require(v.rights, authz.ManageMembers, v.project.ID); err != nil {
			return err
		}
		users, err := r.UsersByAddress(ctx, addresses)
		if err != nil {
			return err
		}
		ids := make([]directory.UserID, 0, len(users))
		for _, u := range users {
			ids = append(ids, u.ID)
		}
		members, err := r.MembersOf(ctx, at.Account, ids)
		if err != nil {
			return err
		}
		var companies []directory.CompanyID
		for _, m := range members {
			companies = append(companies, m.Company)
		}
		named, err := r.CompaniesByKey(ctx, companies)
		if err != nil {
			return err
		}
		for address, u := range users {
			m, here := members[u.ID]
			if !here || !m.Removed.IsZero() {
				continue
			}
			k := Known{Name: roster.NameOf(u, m), Company: named[m.Company].Name, Status: m.Status}
			for _, role := range v.roles {
				if slices.Contains(m.Functions, role.ID) && role.Place != directory.AtAccount && role.Archived.IsZero() {
					k.Functions = append(k.Functions, role.Code)
				}
			}
			known[address] = k
		}
		return nil
	})
	return known, err
}

// A Known is somebody of the account whose address was typed.
type Known struct {
	Name      string
	Company   string
	Functions []string // codes
	Status    directory.Status
}
