package apptest

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Site is a project with the places in it, written row by row: for tests of what
// places give, not of how they come about.
type Site struct {
	*World
	directory.Project
	account directory.Account
	places  map[directory.MemberID]directory.Place
}

// Site makes a project below a unit, 0 for the root, with products switched on.
func (w *World) Site(account directory.Account, under directory.UnitID, number string, products ...string) *Site {
	w.T.Helper()
	s := &Site{World: w, account: account, places: map[directory.MemberID]directory.Place{}}
	if under == 0 {
		under = account.Root
	}
	s.perform(func(p *gate.Plan) audit.Entry {
		s.Unit = directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: uuid.NewString(), Parent: under, Level: "project", Name: "Projet " + number, External: "X-" + number}
		s.ProjectFacts = directory.ProjectFacts{Number: number, TimeZone: "Europe/Paris"}
		s.Products, s.Version, s.Revision = products, 1, 1
		p.Change(store.InsertUnits{Account: account.ID, Units: []directory.Unit{s.Unit}}, store.InsertProjects{Account: account.ID, Projects: []directory.Project{s.Project}})
		return p.Entry(audit.ProjectCreated, 0, int64(s.ID))
	})
	return s
}

// perform writes what a plan changes, with its entry, as an operation of another node
// does.
func (s *Site) perform(change func(p *gate.Plan) audit.Entry) {
	s.T.Helper()
	g := gate.New(gate.Options{DB: s.DB, Box: s.Box, Catalogue: s.declared, Now: s.Now, Log: slog.New(slog.DiscardHandler)})
	_, err := g.Perform(s.Context(), s.Operator(), s.account.ID, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageProjects, 0); err != nil {
			return err
		}
		p.Record(change(p))
		return nil
	})
	s.Must(err)
}

// Switch says which products are switched on from now on.
func (s *Site) Switch(products ...string) {
	s.T.Helper()
	s.perform(func(p *gate.Plan) audit.Entry {
		s.Products = products
		p.Change(store.UpdateProject(s.Project))
		return p.Entry(audit.ProjectChanged, 0, int64(s.ID))
	})
	s.Revision++
}

// Archive archives the project, or restores it.
func (s *Site) Archive(archived bool) {
	s.T.Helper()
	s.perform(func(p *gate.Plan) audit.Entry {
		kind := audit.ProjectRestored
		if archived {
			s.Archived, kind = s.Now(), audit.ProjectArchived
		} else {
			s.Archived = time.Time{}
		}
		p.Change(store.UpdateUnits{Account: s.account.ID, Units: []directory.Unit{s.Unit}})
		return p.Entry(kind, 0, int64(s.ID))
	})
	s.Version++
}

// Put gives a member a place in the project, in the stead of the one they have.
func (s *Site) Put(m directory.Member, place directory.Place) {
	s.T.Helper()
	s.perform(func(p *gate.Plan) audit.Entry {
		kind := audit.PlaceAdded
		if before, had := s.places[m.ID]; had {
			p.Change(store.EndPlaces{Account: s.account.ID, Places: []directory.Place{before}})
			kind = audit.PlaceChanged
		}
		place.ID, place.Member, place.Project, place.From = directory.PlaceID(p.NewKey()), m.ID, s.ID, s.Now()
		p.Change(store.InsertPlaces{Account: s.account.ID, Places: []directory.Place{place}})
		return p.Entry(kind, m.User, int64(s.ID))
	})
	s.places[m.ID] = place
}

// Take ends the place of a member.
func (s *Site) Take(m directory.Member) {
	s.T.Helper()
	s.perform(func(p *gate.Plan) audit.Entry {
		p.Change(store.EndPlaces{Account: s.account.ID, Places: []directory.Place{s.places[m.ID]}})
		return p.Entry(audit.PlaceRemoved, m.User, int64(s.ID))
	})
	delete(s.places, m.ID)
}
