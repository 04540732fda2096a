package app

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/history"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MemberProfile is one member as the panel beside the table shows them
// (LIST-7), with the page of the table they stand on.
type MemberProfile struct {
	roster.ListedMember
	Page       MemberPage
	Previous   string // public id of who stands before in the list, or empty
	Next       string
	Found      bool // whether the query finds them
	Invitation store.Invitation
	Path       []UnitStep
	Projects   []ProjectPlace  // that the reader may look into
	InProjects int64           // in how many projects they are
	Parts      []MemberPart    // what they are for contracts (SEAT-7)
	History    []history.Shown // the newest; none without the right to see them
}

// A UnitStep is a unit on the way from the root to where a member belongs or
// holds a role, with the roles granted there.
type UnitStep struct {
	Unit  directory.Unit
	Home  bool
	Roles []directory.Role
	Below bool // a role granted above reaches here
}

// A ProjectPlace is a member's place in one project.
type ProjectPlace struct {
	Project    directory.Project
	Company    string
	Level      directory.Role
	Functions  []directory.Role
	Access     directory.Access // as it counts there
	Manageable bool             // the reader may change it
}

// Profile shows one member and where they stand in a view of the table. It
// refuses without members.view at the member's home unit, with
// member.not_found (LIST-8, UNIT-5).
func (s *Members) Profile(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, q roster.MemberQuery) (MemberProfile, error) {
	var p MemberProfile
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		l, err := s.listing(ctx, r, rights, account, q)
		if err != nil {
			return err
		}
		m, err := r.MemberByUUID(ctx, account, member)
		if err != nil {
			return err
		}
		if !m.Removed.IsZero() || !roster.SeesPeopleAt(rights, m.Unit) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		if err := l.profile(ctx, &p, m); err != nil {
			return err
		}
		if rights.MayAnywhere(authz.ViewHistory) {
			p.History, err = history.About(ctx, r, rights, account, m.User)
		}
		return err
	})
	return p, err
}

func (l *listing) profile(ctx context.Context, p *MemberProfile, m directory.Member) error {
	found, err := l.finds(ctx, m)
	if err != nil {
		return err
	}
	about := &m
	if !found {
		about = nil
	}
	p.Found = found
	if p.Page, err = l.page(ctx, about); err != nil {
		return err
	}
	rows, err := l.rows(ctx, []store.MemberPlace{{Key: m.ID}}, 0)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := l.tellLast(ctx, &rows[0]); err != nil {
		return err
	}
	p.ListedMember = rows[0]
	if err := l.neighbours(ctx, p); err != nil {
		return err
	}
	if p.Invitation, err = l.r.LastInvitation(ctx, m.ID); err != nil {
		return err
	}
	if p.Parts, err = l.memberParts(ctx, m.ID); err != nil {
		return err
	}
	return l.holdings(ctx, p)
}

// finds reports whether the query finds the member.
func (l *listing) finds(ctx context.Context, m directory.Member) (bool, error) {
	only := l.l
	only.Filter.Keys = []directory.MemberID{m.ID}
	keys, err := l.r.MemberKeys(ctx, only)
	return len(keys) > 0, err
}

// neighbours are who stands before and after the member in the list.
func (l *listing) neighbours(ctx context.Context, p *MemberProfile) error {
	if !p.Found {
		return nil
	}
	i := slices.IndexFunc(p.Page.Rows, func(row roster.ListedMember) bool { return row.ID == p.ID })
	if i >= 0 {
		p.Position = p.Page.Rows[i].Position
	}
	if i > 0 {
		p.Previous = p.Page.Rows[i-1].UUID
	}
	if i >= 0 && i+1 < len(p.Page.Rows) {
		p.Next = p.Page.Rows[i+1].UUID
	}
	if p.Previous != "" && p.Next != "" {
		return nil
	}
	place, err := l.r.MemberPlaceOf(ctx, l.l, p.ID)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		back bool
		id   *string
	}{{true, &p.Previous}, {false, &p.Next}} {
		if *side.id != "" {
			continue
		}
		ask := l.l
		ask.From, ask.Back, ask.Size = &place, side.back, 1
		places, err := l.r.MemberPage(ctx, ask)
		if err != nil {
			return err
		}
		if len(places) > 0 {
			m, err := l.r.Member(ctx, places[0].Key)
			if err != nil {
				return err
			}
			*side.id = m.UUID
		}
	}
	return nil
}

// holdings are units and grants along the path, and projects.
func (l *listing) holdings(ctx context.Context, p *MemberProfile) error {
	grants, err := l.r.GrantsOf(ctx, p.ID)
	if err != nil {
		return err
	}
	units := []directory.UnitID{p.Unit}
	for _, g := range grants {
		units = append(units, g.Unit)
	}
	path, err := l.r.UnitsAbove(ctx, units)
	if err != nil {
		return err
	}
	reached := map[directory.UnitID]bool{}
	for _, u := range path {
		step := UnitStep{Unit: u, Home: u.ID == p.Unit, Below: reached[u.Parent]}
		for _, g := range grants {
			if g.Unit == u.ID {
				step.Roles = append(step.Roles, l.role(g.Role))
			}
		}
		reached[u.ID] = step.Below || len(step.Roles) > 0
		p.Path = append(p.Path, step)
	}
	return l.projects(ctx, p)
}

// shownPlaces is how many projects a profile names; whoever is in more searches
// among the projects.
const shownPlaces = 200

// projects are those of a member that the reader may look into, and how many there
// are (PROJ-11).
func (l *listing) projects(ctx context.Context, p *MemberProfile) error {
	keys, err := l.r.ProjectKeysOf(ctx, p.ID)
	if p.InProjects = int64(len(keys)); err != nil || p.InProjects == 0 {
		return err
	}
	tree := l.rights.Tree()
	keys = slices.DeleteFunc(keys, func(id directory.UnitID) bool { return !tree.Live(id) || !l.rights.May(authz.ViewMembers, id) })
	found, err := l.r.ProjectPage(ctx, store.ProjectList{Account: l.account.ID, Sight: tree.ProjectsNamed(keys), State: store.ProjectsOfAnyState, Size: shownPlaces})
	if err != nil {
		return err
	}
	shown := make([]directory.UnitID, len(found))
	for i, project := range found {
		shown[i] = project.ID
	}
	places, err := l.r.PlacesOf(ctx, p.ID, shown)
	if err != nil {
		return err
	}
	var companies []directory.CompanyID
	for _, place := range places {
		companies = append(companies, place.Company)
	}
	named, err := l.r.CompaniesByKey(ctx, companies)
	if err != nil {
		return err
	}
	for _, project := range found {
		place := places[project.ID]
		one := ProjectPlace{Project: project.Project, Level: l.role(place.Level), Company: named[place.Company].Name,
			Manageable: l.rights.May(authz.ManageMembers, project.ID)}
		for _, f := range place.Functions {
			one.Functions = append(one.Functions, l.role(f))
		}
		one.Access = place.Access.In(project.Products, roster.AdministersProject(append(one.Functions, one.Level)...))
		p.Projects = append(p.Projects, one)
	}
	return nil
}

func (l *listing) role(id directory.RoleID) directory.Role {
	i := slices.IndexFunc(l.roles, func(o directory.Role) bool { return o.ID == id })
	if i < 0 {
		return directory.Role{}
	}
	return l.roles[i]
}

// may says which acts a row or a panel offers.
func (l *listing) may(m roster.ListedMember) roster.MemberMay {
	var may roster.MemberMay
	if l.account.Writable() != nil {
		return may
	}
	administrators := l.rights.May(authz.ManageAdministrators, 0)
	if m.Manageable && (administrators || !m.Administrator()) {
		may = roster.MemberMay{
			Edit:       true,
			Invite:     m.Status == directory.NotInvited,
			Resend:     m.Status == directory.Invited,
			Withdraw:   m.Status == directory.Invited,
			Deactivate: m.Status != directory.Inactive,
			Reactivate: m.Status == directory.Inactive,
			Remove:     true,
			Name:       administrators && !m.Administrator() && m.Status != directory.Inactive,
			Exclude:    administrators && m.Administrator(),
		}
	}
	may.Unseat = l.rights.May(authz.AssignSeats, m.Unit)
	may.Seat = may.Unseat && m.Status != directory.Inactive && !m.Person.Technical()
	return may
}

// tellLast says of an administrator whom the reader may change that without them the
// account would have none (ACC-5).
func (l *listing) tellLast(ctx context.Context, m *roster.ListedMember) error {
	if !m.May.Edit || !m.KeepsAdministered() {
		return nil
	}
	active, err := l.r.ActiveAdministrators(ctx, l.account.ID, nil, 2)
	m.May.Last = active == 1
	return err
}

// A MemberEditing is what the edit form of one member begins with.
type MemberEditing struct {
	roster.ListedMember
	Choices   MemberChoices
	Own       bool // the person's identity is theirs alone (USER-1)
	Languages []string
	Form      catalogue.Form
	Version   string // of what the form shows (PLAN-4)
}

// Editing reads a member for the edit form. It refuses with member.not_found
// whoever is out of sight, and whoever the actor may not edit.
func (s *Members) Editing(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) (MemberEditing, error) {
	var e MemberEditing
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		l, err := s.listing(ctx, r, rights, account, roster.MemberQuery{})
		if err != nil {
			return err
		}
		m, err := r.MemberByUUID(ctx, account, member)
		if err != nil {
			return err
		}
		rows, err := l.listed(ctx, []directory.MemberID{m.ID})
		if err != nil {
			return err
		}
		if !m.Removed.IsZero() || len(rows) == 0 || !roster.SeesPeopleAt(rights, m.Unit) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		if !rows[0].May.Edit {
			return directory.Refuse(directory.Denied, "member.out_of_reach")
		}
		if err := l.tellLast(ctx, &rows[0]); err != nil {
			return err
		}
		e.ListedMember, e.Version = rows[0], roster.EditVersion(m, rows[0].Person)
		e.Languages = s.gate.Policies(l.account).Languages
		t, _ := s.gate.Catalogue().AccountType(l.account.Type)
		e.Form = t.Form
		if e.Choices, err = l.editChoices(ctx, rows[0]); err != nil {
			return err
		}
		err = s.roster.MayTakeOver(ctx, r, account, e.Person, "email")
		e.Own = gate.RefusedWith(err, "person.not_yours")
		if e.Own {
			return nil
		}
		return err
	})
	return e, err
}

// A SelectedMembers is whom an act on many would be about.
type SelectedMembers struct {
	Count     int64
	First     []roster.ListedMember // at most a few, by name
	Choices   MemberChoices
	Contact   bool  // the account's referent is among them (ACC-9)
	LookAfter int64 // how many are referent of a unit or a deputy (SEAT-7)
}

// shownSelected is how many members of a selection are named before an act.
const shownSelected = 8

// Selected reads whom a selection means, for the page that confirms an act. It
// refuses without members.manage, and with selection.empty.
func (s *Members) Selected(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (SelectedMembers, error) {
	var chosen SelectedMembers
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		q := roster.MemberQuery{}
		if who.All != nil {
			q = *who.All
		}
		l, err := s.listing(ctx, r, rights, account, q)
		if err != nil {
			return err
		}
		if who.All == nil {
			keys, err := r.MemberKeysByUUID(ctx, account, who.Members)
			if err != nil {
				return err
			}
			l.l.Filter = store.MemberFilter{Keys: slices.Sorted(maps.Values(keys))}
			if len(keys) == 0 {
				return directory.Refuse(directory.Invalid, "selection.empty")
			}
		}
		l.l.Size = shownSelected
		if chosen.Count, err = l.total(ctx, l.l); err != nil {
			return err
		}
		places, err := r.MemberPage(ctx, l.l)
		if err != nil {
			return err
		}
		if chosen.First, err = l.rows(ctx, places, 1); err != nil {
			return err
		}
		if err := l.tellSelectedParts(ctx, &chosen); err != nil {
			return err
		}
		chosen.Choices, err = l.choices(ctx)
		return err
	})
	return chosen, err
}

// A MemberPart is what a member is for the contract of a unit (SEAT-7). A unit that
// the reader may not know of has no name here.
type MemberPart struct {
	Part directory.Part
	Unit directory.Unit
}

// memberParts are what a member is for contracts: who removes them or switches them
// off is told before.
func (l *listing) memberParts(ctx context.Context, member directory.MemberID) ([]MemberPart, error) {
	held, err := l.r.PartsOf(ctx, []directory.MemberID{member})
	var parts []MemberPart
	for _, f := range held[member] {
		part := MemberPart{Part: f.Part, Unit: directory.Unit{ID: f.Unit}}
		if f.Unit == l.account.Root || roster.KnowsUnit(l.rights, f.Unit) {
			part.Unit, _ = l.rights.Tree().Unit(f.Unit)
		}
		parts = append(parts, part)
	}
	return parts, err
}

// tellSelectedParts says of a selection whether the account's referent is in it, and
// how many of it are anything else for a contract.
func (l *listing) tellSelectedParts(ctx context.Context, chosen *SelectedMembers) error {
	var units []directory.UnitID
	for _, u := range l.rights.Tree().Units() {
		units = append(units, u.ID)
	}
	held, err := l.r.ReferentsAt(ctx, units)
	if err != nil {
		return err
	}
	var contact, others []directory.MemberID
	for _, f := range held {
		if f.Unit == l.account.Root && f.Part == directory.ReferentPart {
			contact = append(contact, f.Member)
		} else {
			others = append(others, f.Member)
		}
	}
	n, err := l.among(ctx, contact)
	if err != nil {
		return err
	}
	chosen.Contact = n > 0
	chosen.LookAfter, err = l.among(ctx, others)
	return err
}

// among counts those of the list who are of these members.
func (l *listing) among(ctx context.Context, members []directory.MemberID) (int64, error) {
	ask := l.l
	if slices.Sort(members); len(ask.Filter.Keys) > 0 {
		members = slices.DeleteFunc(members, func(m directory.MemberID) bool { return !slices.Contains(ask.Filter.Keys, m) })
	}
	if len(members) == 0 {
		return 0, nil
	}
	ask.Filter.Keys = slices.Compact(members)
	return l.r.MemberTotal(ctx, ask)
}
