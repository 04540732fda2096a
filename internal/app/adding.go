package app

import (
	"context"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Add brings people into an account. The verdicts name each row as added,
// already there (unchanged, ADD-5), changed, or refused with the reason; a
// refusal leaves the others done. More than one transaction takes is an act that
// goes on by itself (BULK-4); adding again what was added changes nothing.
//
// It refuses as a whole without members.manage at the home unit, and rows that
// give a level or function whose permissions the actor does not hold (ROLE-6).
// Whoever comes gets the role that is proposed for everybody, where the account
// type requires a general one and the actor may give it; the verdict tells which
// required role is lacked (ROLE-3).
func (s *Members) Add(ctx context.Context, actor authz.Actor, account directory.AccountID, rows []roster.NewMember, o roster.AddOptions) (gate.Verdicts, error) {
	if len(rows) > 1 {
		actor = gate.AsOneAct(actor)
	}
	rows = roster.MarkDoubles(rows)
	if len(rows) > 1 && !o.Preview {
		d, err := addingDeed(rows, o)
		switch {
		case err == nil && acts.Whole(d.Items):
			return s.acts.Do(ctx, actor, account, d)
		case err != nil && len(rows) > roster.Chunk:
			return nil, err
		}
	}
	all := make(gate.Verdicts, 0, len(rows))
	if o.Preview {
		o.Before = roster.NewRowsBefore()
	}
	for part := range slices.Chunk(rows, roster.Chunk) {
		err := roster.Parted(part, func(part []roster.NewMember) error {
			verdicts, err := s.addPart(ctx, actor, account, part, o)
			all = append(all, verdicts...)
			return err
		}, func(row roster.NewMember, fault error) error {
			all = append(all, gate.Verdict{Row: row.Row, Email: row.Email, Name: row.Name()}.Refused(s.roster.FoundBroken(ctx, fault)))
			return nil
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// addPart brings in what one transaction takes.
func (s *Members) addPart(ctx context.Context, actor authz.Actor, account directory.AccountID, rows []roster.NewMember, o roster.AddOptions) (gate.Verdicts, error) {
	switch {
	case o.Preview:
		return s.gate.Preview(ctx, actor, account, s.roster.PlanAdd(rows, o))
	case len(rows) > 1:
		return s.gate.Perform(ctx, actor, account, s.roster.PlanAdd(rows, o))
	}
	return s.addAlike(ctx, actor, account, newcomer{row: rows[0]}, o)
}

// A newcomer is one person who comes in by themselves.
type newcomer struct {
	row    roster.NewMember
	record *MemberRecord // what they are then; nil: nobody asks
}

// addAlike brings in one person, together with others whom the same actor brings in one
// by one at the same moment, as programs do.
func (s *Members) addAlike(ctx context.Context, actor authz.Actor, account directory.AccountID, one newcomer, o roster.AddOptions) (gate.Verdicts, error) {
	return s.gate.PerformAlike(ctx, actor, account, gate.Alike{Kind: o, Row: one, Plan: func(alike []any) gate.Planner {
		people, rows := make([]newcomer, len(alike)), make([]roster.NewMember, len(alike))
		for i, one := range alike {
			people[i], _ = one.(newcomer)
			rows[i] = people[i].row
		}
		add := s.roster.PlanAdd(rows, o)
		return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			if err := add(ctx, r, p); err != nil {
				return err
			}
			asked := map[directory.MemberID]*MemberRecord{}
			for i, v := range p.Verdicts {
				if people[i].record != nil && v.Outcome == gate.Added {
					asked[v.Member.ID] = people[i].record
				}
			}
			return s.recordAfterwards(ctx, r, p, asked)
		}
	}})
}

// Homes finds the units that may be somebody's home by a part of their names,
// and the one that is chosen, at most 200. It refuses without members.manage.
func (s *Members) Homes(ctx context.Context, actor authz.Actor, account directory.AccountID, search, chosen string) ([]roster.HomeChoice, error) {
	var found []roster.HomeChoice
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		kind, _ := s.gate.Catalogue().AccountType(a.Type)
		found, _ = roster.HomeChoices(rights, kind, chosen, search)
		return nil
	})
	return found, err
}

// Choices are what a form offers for a new member. It refuses without
// members.manage.
func (s *Members) Choices(ctx context.Context, actor authz.Actor, account directory.AccountID) (roster.AddChoices, error) {
	var found roster.AddChoices
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		found, err = s.roster.Choices(ctx, r, account, rights, "")
		return err
	})
	return found, err
}
