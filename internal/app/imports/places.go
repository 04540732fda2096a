package imports

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// placeNoun brings people into the project of a public id (PROJ-8). Whoever manages its
// members may; who does not see it does not learn that it is there.
func (s *Imports) placeNoun(project string) Noun {
	manages := func(rights authz.Rights, missing string) (directory.UnitID, error) {
		unit, found := rights.Tree().UnitByUUID(project)
		if !found || !rights.SeesProject(unit) {
			return 0, directory.Refuse(directory.NotFound, missing)
		}
		return unit, gate.Require(rights, authz.ManageMembers, unit)
	}
	return Noun{
		Permit: func(_ authz.Actor, rights authz.Rights) error {
			if !rights.Member() {
				return directory.Refuse(directory.NotFound, "account.not_found")
			}
			_, err := manages(rights, "import.not_found")
			return err
		},
		Require: func(p *gate.Plan) error {
			unit, err := manages(p.Rights, "project.not_found")
			if err != nil {
				return err
			}
			if err := p.Require(authz.ManageMembers, unit); err != nil {
				return err
			}
			if named, _ := p.Rights.Tree().Unit(unit); roster.ArchivedAt(p.Rights.Tree(), unit) != nil {
				return &directory.Error{Kind: directory.Conflict, Code: "project.archived", Args: directory.Args{"Name": named.Name}}
			}
			return nil
		},
		Plan: s.planPlaces,
	}
}

// planPlaces plans a chunk of people into a project.
func (s *Imports) planPlaces(ctx context.Context, r *store.Reader, p *gate.Plan, c ImportChunk) ([]RowFacts, error) {
	project, err := r.ProjectByUUID(ctx, c.Account, c.Choices.Project)
	if err != nil {
		return nil, err
	}
	account, err := r.Account(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx, c.Account)
	if err != nil {
		return nil, err
	}
	on := roster.OnGround{Ground: s.roster.Ground(account, roles, project), Reader: r, Plan: p}
	people := make([]roster.NewPlace, len(c.Rows))
	facts := make([]RowFacts, len(c.Rows))
	for n, row := range c.Rows {
		m := PlaceOfDraft(row.draft, on.Ground)
		m.Read()
		m.Row, m.Double = row.Line, row.Double
		people[n] = m
		facts[n] = RowFacts{Name: strings.TrimSpace(row.draft.First + " " + row.draft.Last), Email: m.Email, Company: m.Company, Function: row.draft.Function, Level: m.Level,
			Products: directory.AccessTexts(m.Access)}
	}
	return facts, s.roster.PlaceRows(ctx, on, people, roster.PlaceOptions{Before: c.before})
}

// PlaceOfDraft is a row of a draft as somebody to bring into a project: the form has
// shown all of it, so that what is empty stays so, and a product that is not named is
// not given.
func PlaceOfDraft(d directory.DraftRow, g roster.Ground) roster.NewPlace {
	n := roster.NewPlace{NewMember: roster.NewMember{Email: d.Email, Company: d.Company, Functions: d.Functions()}, Level: d.Level,
		Access: directory.AccessWords(d.Products), Whole: true}
	if d.Known == 0 {
		n.First, n.Last = d.First, d.Last
	}
	for _, p := range g.Products {
		if _, named := n.Access[p.ID]; !named && p.ID != g.Base {
			n.Access[p.ID] = directory.NoAccess
		}
	}
	return n
}

// choices are what the form of an import offers.
func (s *Imports) choices(ctx context.Context, r *store.Reader, rights authz.Rights, i directory.Import) (roster.AddChoices, error) {
	if i.Brings() != directory.ImportPlaces {
		return s.roster.Choices(ctx, r, i.Account, rights, i.Choices.Home)
	}
	project, err := r.ProjectByUUID(ctx, i.Account, i.Choices.Project)
	if err != nil {
		return roster.AddChoices{}, err
	}
	return s.roster.PlaceChoices(ctx, r, i.Account, rights, project)
}

// Choices are what the form of an import offers: of members of the account, or of one
// of its projects. It refuses as Find does.
func (s *Imports) Choices(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (roster.AddChoices, error) {
	var found roster.AddChoices
	err := s.finding(ctx, actor, account, id, func(r *store.Reader, rights authz.Rights, i directory.Import) (err error) {
		found, err = s.choices(ctx, r, rights, i)
		return err
	})
	return found, err
}

// Of people of the account, whom a row of a draft is of, the page shows whether they
// are invited, and of those in the project what they are there.
type shownPeople struct {
	there  map[directory.MemberID]directory.DraftRow
	status map[directory.MemberID]directory.Status
}

// peopleOf are the people behind rows of a draft, as far as the reader may see them.
func peopleOf(ctx context.Context, r *store.Reader, rights authz.Rights, i directory.Import, v DraftView) (shownPeople, error) {
	shown := shownPeople{status: map[directory.MemberID]directory.Status{}}
	var there, known []directory.MemberID
	for _, l := range v.Lines {
		switch {
		case l.Member != 0:
			there = append(there, l.Member)
		case l.Known != 0:
			known = append(known, l.Known)
		}
	}
	var err error
	if v.Choices.Place == nil {
		shown.there, err = PlacesShown(ctx, r, i.Account, rights, there)
		return shown, err
	}
	acquainted, err := r.Members(ctx, i.Account, known)
	if err != nil {
		return shown, err
	}
	for _, m := range acquainted {
		shown.status[m.ID] = m.Status
	}
	places, err := r.PlacesIn(ctx, v.Choices.Place.Project.ID, there)
	if err != nil {
		return shown, err
	}
	members, err := r.Members(ctx, i.Account, there)
	if err != nil {
		return shown, err
	}
	for n := range members {
		place := places[members[n].ID]
		members[n].Company, members[n].Functions = place.Company, place.Functions
		members[n] = members[n].WithLevels(0, place.Level)
	}
	shown.there, err = rowsOf(ctx, r, i.Account, members)
	return shown, err
}

// rowsOf are members as rows of a draft show them.
func rowsOf(ctx context.Context, r *store.Reader, account directory.AccountID, members []directory.Member) (map[directory.MemberID]directory.DraftRow, error) {
	ids := make([]directory.UserID, len(members))
	for n, m := range members {
		ids[n] = m.User
	}
	users, err := r.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	companies, err := r.CompaniesByKey(ctx, roster.CompaniesOf(members))
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return nil, err
	}
	shown := make(map[directory.MemberID]directory.DraftRow, len(members))
	for _, m := range members {
		name := roster.NamesOf(users[m.User], m)
		row := directory.DraftRow{First: name.First, Last: name.Last, Company: companies[m.Company].Name}
		var levels []string
		for _, level := range m.LevelsOf(roles) {
			levels = append(levels, level.Code)
		}
		row.Level = directory.JoinLevels(levels)
		for _, role := range roles {
			if row.Function == "" && slices.Contains(m.Functions, role.ID) {
				row.Function = role.Code
			}
		}
		shown[m.ID] = row
	}
	return shown, nil
}
