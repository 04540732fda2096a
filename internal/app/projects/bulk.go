package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// register says what acts on many can do to places (BULK-4). Each kind has one planner,
// which is the one of the act in one transaction too. None takes a right of its own: its
// planner asks for managing the members of the project.
func (s *Projects) register(a *acts.Acts) {
	a.Register(directory.BulkPlaceAdd, acts.Kind{Plan: s.planAdded, Whose: aboutRow})
	a.Register(directory.BulkPlaceEdit, acts.Kind{Plan: s.planEach(s.changing), Whose: aboutMember, Renew: renewSeen})
	a.Register(directory.BulkPlaceRemove, acts.Kind{Plan: s.planEach(s.removing), Whose: aboutMember, Renew: renewSeen})
}

// placesSet is what an act on places sets.
type placesSet struct {
	Project string // public id
	roster.PlaceChange
	Options roster.PlaceOptions `json:",omitzero"`
}

// A seenPlace is a member whose place an act is about, as it was confirmed: key 0 stands
// for nobody, place 0 for whatever it is.
type seenPlace struct {
	Key   directory.MemberID `json:"k"`
	Place directory.PlaceID  `json:"p,omitempty"`
}

// An addedPlace is a row of people to be brought into a project as an act keeps it.
type addedPlace struct {
	roster.NewPlace
	Double int              `json:",omitempty"`
	Fault  *directory.Error `json:",omitempty"`
}

func readAct[T any](change []byte, items []json.RawMessage) (placesSet, []T, error) {
	var set placesSet
	if err := json.Unmarshal(change, &set); err != nil {
		return set, nil, fmt.Errorf("read what an act sets: %w", err)
	}
	things := make([]T, len(items))
	for i, item := range items {
		if err := json.Unmarshal(item, &things[i]); err != nil {
			return set, nil, fmt.Errorf("read what an act has to do: %w", err)
		}
	}
	return set, things, nil
}

// planAdded plans rows of people into a project.
func (s *Projects) planAdded(change []byte, items []json.RawMessage) (gate.Planner, error) {
	set, kept, err := readAct[addedPlace](change, items)
	rows := make([]roster.NewPlace, len(kept))
	for i, row := range kept {
		rows[i] = row.NewPlace
		rows[i].Double, rows[i].Fault = row.Double, row.Fault
	}
	return s.inProject(set.Project, func(ctx context.Context, on roster.OnGround) error {
		return s.roster.PlaceRows(ctx, on, rows, set.Options)
	}), err
}

// A seenAct does something to the places of members who were seen in them.
type seenAct func(ctx context.Context, on roster.OnGround, keys []directory.MemberID, change roster.PlaceChange) error

func (s *Projects) changing(ctx context.Context, on roster.OnGround, keys []directory.MemberID, change roster.PlaceChange) error {
	return s.roster.ChangePlaces(ctx, on, keys, change)
}

func (s *Projects) removing(ctx context.Context, on roster.OnGround, keys []directory.MemberID, change roster.PlaceChange) error {
	return s.roster.RemovePlaces(ctx, on, keys, change.SeenEach)
}

// planEach plans an act on places. What a public id names that is nobody of the account
// is refused like who is not in the project.
func (s *Projects) planEach(do seenAct) acts.Planning {
	return func(change []byte, items []json.RawMessage) (gate.Planner, error) {
		set, seen, err := readAct[seenPlace](change, items)
		return s.inProject(set.Project, func(ctx context.Context, on roster.OnGround) error {
			var keys []directory.MemberID
			each := make(map[directory.MemberID]directory.PlaceID, len(seen))
			for _, one := range seen {
				if one.Key == 0 {
					on.Plan.Verdicts = append(on.Plan.Verdicts, gate.Verdict{}.Refused(directory.Refuse(directory.NotFound, "place.not_found")))
					continue
				}
				keys, each[one.Key] = append(keys, one.Key), one.Place
			}
			if len(keys) == 0 {
				return nil
			}
			set.SeenEach = each
			return do(ctx, on, keys, set.PlaceChange)
		}), err
	}
}

// aboutRow is a verdict with whom a row is about.
func aboutRow(_ context.Context, _ *store.Reader, _ directory.AccountID, item json.RawMessage) (gate.Verdict, error) {
	var row addedPlace
	if err := json.Unmarshal(item, &row); err != nil {
		return gate.Verdict{}, fmt.Errorf("read what an act has to do: %w", err)
	}
	return gate.Verdict{Email: row.Email, Name: row.Name()}, nil
}

// aboutMember is a verdict with whose place an item is about.
func aboutMember(ctx context.Context, r *store.Reader, account directory.AccountID, item json.RawMessage) (gate.Verdict, error) {
	var one seenPlace
	if err := json.Unmarshal(item, &one); err != nil {
		return gate.Verdict{}, fmt.Errorf("read what an act has to do: %w", err)
	}
	members, err := r.Members(ctx, account, []directory.MemberID{one.Key})
	if err != nil || len(members) == 0 {
		return gate.Verdict{}, err
	}
	m := members[0]
	u, err := r.User(ctx, m.User)
	return gate.Verdict{Subject: int64(m.ID), Name: roster.NameOf(u, m), Email: u.Email, Member: m}, err
}

// renewSeen are those who were refused, with whatever places they have now; nobody is
// left out.
func renewSeen(_ context.Context, _ *store.Reader, _ directory.AccountID, items []json.RawMessage) ([]json.RawMessage, error) {
	var again []seenPlace
	for _, item := range items {
		var one seenPlace
		if err := json.Unmarshal(item, &one); err != nil {
			return nil, fmt.Errorf("read what an act had to do: %w", err)
		}
		if one.Key != 0 {
			again = append(again, seenPlace{Key: one.Key})
		}
	}
	return acts.ItemsOf(again)
}

// addingDeed is the act that brings rows into a project, where they can be kept as they
// are. It holds no secret: who comes with a password comes alone.
func addingDeed(project string, rows []roster.NewPlace, o roster.PlaceOptions) (d acts.Deed, plain bool, err error) {
	kept := make([]addedPlace, len(rows))
	for i, row := range rows {
		if row.Identity || row.Inactive || row.Provisional != "" || row.Password != "" {
			return d, false, nil
		}
		kept[i] = addedPlace{NewPlace: row, Double: row.Double, Fault: row.Fault}
	}
	d = acts.Deed{Kind: directory.BulkPlaceAdd, Wait: o.Wait, Whole: o.Whole, Told: o.Act}
	if d.Change, err = json.Marshal(placesSet{Project: project, Options: o}); err != nil {
		return d, true, fmt.Errorf("write act on many: %w", err)
	}
	d.Items, err = acts.ItemsOf(kept)
	return d, acts.Whole(d.Items), err
}

// A PlacesAct is what is done to the places of a selection.
type PlacesAct struct {
	Remove bool // they leave the project; else
	Change roster.PlaceChange
	Window acts.Window // of a foresight: who is named
}

// deed is an act on the places of a selection, in the order of the members' keys.
func (s *Projects) deed(ctx context.Context, actor authz.Actor, at At, who Selection, act PlacesAct) (acts.Deed, error) {
	d := acts.Deed{Kind: directory.BulkPlaceEdit, Wait: who.Wait, Whole: who.Whole, Told: who.Act}
	if act.Remove {
		d.Kind, act.Change = directory.BulkPlaceRemove, roster.PlaceChange{}
	}
	if refusal := act.Change.Check(); refusal != nil {
		return d, refusal
	}
	keys, unknown, err := s.selected(ctx, actor, at, who)
	if err != nil {
		return d, err
	}
	slices.Sort(keys)
	seen := make([]seenPlace, unknown, unknown+len(keys))
	for part := range slices.Chunk(keys, mostSeen) {
		err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
			places := map[directory.MemberID]directory.Place{}
			if len(keys) > roster.Chunk { // else they are read in the one transaction that does it
				var err error
				if places, err = r.PlacesIn(ctx, v.project.ID, part); err != nil {
					return err
				}
			}
			for _, key := range part {
				seen = append(seen, seenPlace{key, places[key].ID})
			}
			return nil
		})
		if err != nil {
			return d, err
		}
	}
	if set := act.Change.Functions; set != nil && *set == nil {
		act.Change.Functions = &[]string{} // none at all is not the same as none that was said
	}
	if d.Change, err = json.Marshal(placesSet{Project: at.Project, PlaceChange: act.Change}); err != nil {
		return d, fmt.Errorf("write act on many: %w", err)
	}
	d.Items, err = acts.ItemsOf(seen)
	return d, err
}

// mostSeen is of how many places one question asks.
const mostSeen = 10_000

// onPlaces does an act on the places of a selection: of one alone in one plan, of many
// as acts on many are done (BULK-4).
func (s *Projects) onPlaces(ctx context.Context, actor authz.Actor, at At, who Selection, act PlacesAct) (gate.Verdicts, error) {
	d, err := s.deed(ctx, actor, at, who, act)
	if err != nil {
		return nil, err
	}
	switch len(d.Items) {
	case 0:
		return nil, s.mayChange(ctx, actor, at)
	case 1:
		do := s.changing
		if act.Remove {
			do = s.removing
		}
		plan, err := s.planEach(do)(d.Change, d.Items)
		if err != nil {
			return nil, err
		}
		return s.gate.Perform(ctx, actor, at.Account, plan)
	}
	return s.needs.Acts.Do(ctx, actor, at.Account, d)
}

// ForeseePlaces is what ChangePlaces or RemovePlaces would bring, by the plan that would
// do it (PLAN-1). It refuses what they would refuse.
func (s *Projects) ForeseePlaces(ctx context.Context, actor authz.Actor, at At, who Selection, act PlacesAct) (acts.Foresight, error) {
	d, err := s.deed(ctx, actor, at, who, act)
	if err != nil {
		return acts.Foresight{}, err
	}
	o, err := s.needs.Acts.Preview(ctx, actor, at.Account, d)
	if err != nil {
		return acts.Foresight{}, err
	}
	return s.needs.Acts.Foresee(ctx, actor, at.Account, o, act.Window)
}
