package roster

import (
	"context"
	"maps"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// FirstPlace gives the actor a place in a project that they have just made, as its
// administrator: the account lets them create projects, and that is what it gives them
// (ACC-8). It is no gift of theirs. It answers their level.
func (w *Writer) FirstPlace(ctx context.Context, at OnGround) (directory.RoleID, error) {
	r, p, g := at.Reader, at.Plan, at.Ground
	m, err := r.MemberOf(ctx, p.Account, p.Actor.User)
	if err != nil {
		return 0, err
	}
	u, err := r.User(ctx, p.Actor.User)
	if err != nil {
		return 0, err
	}
	s, err := w.placing(ctx, at, nil, PlaceOptions{})
	if err != nil {
		return 0, err
	}
	place := directory.Place{Member: m.ID, Project: g.Project.ID, Company: m.Company, Access: g.Usual(nil)}
	if err := s.companiesFor(ctx, r, place); err != nil {
		return 0, err
	}
	for _, level := range g.Levels {
		if AdministersProject(level) {
			place.Level = level.ID
		}
	}
	s.start(u, place)
	s.settlePlaces()
	return place.Level, nil
}

// companiesFor reads the companies of places that are to be.
func (s *placing) companiesFor(ctx context.Context, r *store.Reader, places ...directory.Place) error {
	keys := make([]directory.CompanyID, len(places))
	for i, p := range places {
		keys[i] = p.Company
	}
	more, err := r.CompaniesByKey(ctx, keys)
	maps.Copy(s.Companies, more)
	return err
}

// CopyPlaces plans places like those that members have elsewhere: in a project, or in
// a template (PROJ-9). Who is there already stays as they are; who has left the account
// is left out; the rest is as PlaceRows says, each verdict with what the place is.
func (w *Writer) CopyPlaces(ctx context.Context, at OnGround, like []directory.Place) error {
	r, p := at.Reader, at.Plan
	keys := make([]directory.MemberID, len(like))
	for i, place := range like {
		keys[i] = place.Member
	}
	members, users, err := peopleOf(ctx, r, p.Account, keys)
	if err != nil {
		return err
	}
	s, err := w.placing(ctx, at, nil, PlaceOptions{})
	if err != nil {
		return err
	}
	s.hands = w.Hands(ctx, r, s.Roster, keys)
	maps.Copy(s.People, users)
	if s.there, err = r.PlacesIn(ctx, at.Project.ID, keys); err != nil {
		return err
	}
	if err := s.companiesFor(ctx, r, like...); err != nil {
		return err
	}
	by := make(map[directory.MemberID]directory.Member, len(members))
	for _, m := range members {
		by[m.ID], s.places[m.User] = m, m
	}
	for i, place := range like {
		m, known := by[place.Member]
		if !known || !m.Removed.IsZero() {
			continue
		}
		v, err := s.copyPlace(i+1, m, users[m.User], place)
		if err != nil {
			return err
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	if err := s.Settle(ctx, r); err != nil {
		return err
	}
	s.settlePlaces()
	if len(s.hands.Invitees) > 0 {
		return w.PlanInvitation(p, s.Roster, s.hands.Invitees...)
	}
	return nil
}

// copyPlace plans one place like another.
func (s *placing) copyPlace(row int, m directory.Member, u directory.User, like directory.Place) (gate.Verdict, error) {
	v := gate.Verdict{Row: row, Subject: int64(m.ID), Name: NameOf(u, m), Email: u.Email, Member: m, Outcome: gate.Unchanged}
	if _, here := s.there[m.ID]; here {
		return v, nil
	}
	place := directory.Place{Member: m.ID, Project: s.ground.Project.ID, Company: s.Companies[like.Company].ID, Access: directory.Access{}}
	for _, product := range s.ground.Products { // what is not switched on here is not given
		if given, is := like.Access[product.ID]; is {
			place.Access[product.ID] = given
		}
	}
	var functions []directory.Role
	for _, id := range like.Functions {
		if role, known := s.role(id); known && heldInProjects(role) {
			functions = append(functions, role)
			place.Functions = append(place.Functions, id)
		}
	}
	level, known := s.role(like.Level)
	if !known || !level.Archived.IsZero() || level.Place != directory.AtProject {
		level = s.ground.UsualLevel(functions)
	}
	place.Level = level.ID
	for _, role := range append(functions, level) {
		if refusal := (Gift{role, s.ground.Project.ID, ""}).Refusal(s.Rights, s.Account.Language); role.ID != 0 && refusal != nil {
			return v.Refused(refusal), nil
		}
	}
	for product := range s.ground.Usual(nil) {
		if _, given := place.Access[product]; !given {
			place.Access = place.Access.With(product, directory.MemberAccess)
		}
	}
	if err := s.opens(&v, m, u); err != nil {
		refusal, fault := gate.AsRefusal(err)
		return v.Refused(refusal), fault
	}
	s.start(u, place)
	v.Outcome, v.Changes = gate.Added, s.placeChanges(u, directory.Place{Project: place.Project}, place)
	return v, nil
}
