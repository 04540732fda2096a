package seats

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Handing is a seat that goes from one member to another: both by public id.
type Handing struct {
	From, To string
	Offer    directory.Offer
}

// Handed is who handed a seat over to whom, by name.
type Handed struct{ From, To string }

// HandOver takes a seat from one member and gives it to another in one act: it is
// never free in between, nobody else can take it. The other one needs no free seat
// where both are served by the same pool. It refuses like Assign, with
// seat.not_held where the first one holds none, and with seat.same_person.
func (s *Seats) HandOver(ctx context.Context, actor authz.Actor, account directory.AccountID, h Handing) (Handed, error) {
	var handed Handed
	if h.From == h.To {
		return handed, directory.InvalidField("to", "seat.same_person", nil)
	}
	verdicts, err := s.gate.Perform(ctx, gate.AsOneAct(actor), account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.AssignSeats); err != nil {
			return err
		}
		var keys []directory.MemberID
		for _, uuid := range []string{h.From, h.To} {
			m, err := r.MemberByUUID(ctx, account, uuid)
			if err != nil {
				return err
			}
			keys = append(keys, m.ID)
		}
		a, members, users, err := s.roster.Acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		var giver, taker directory.Member
		for _, m := range members {
			if err := a.ReachBy(authz.AssignSeats, m); err != nil {
				return err
			}
			if m.UUID == h.From {
				giver = m
			} else {
				taker = m
			}
		}
		handed = Handed{roster.NameOf(users[giver.User], giver), roster.NameOf(users[taker.User], taker)}
		if err := a.TakeBack(giver, users[giver.User], h.Offer); err != nil {
			if err == error(gate.ErrUnchanged) {
				return directory.Refuse(directory.Conflict, "seat.not_held")
			}
			return err
		}
		if err := a.Assign(taker, users[taker.User], h.Offer); err != nil {
			if err == error(gate.ErrUnchanged) {
				return a.SeatRefusal("seat.already_held", h.Offer)
			}
			return err
		}
		return a.Settle(ctx, r)
	})
	return handed, gate.OneOf(verdicts, err)
}

// A TakerQuery asks who could take a seat over from a member, by words of a name
// where some are given.
type TakerQuery struct {
	From   string // public id
	Offer  directory.Offer
	Search string
}

// Takers are who could take a seat over: the first of them by name, with how many
// there are.
type Takers struct {
	Name   string // of who hands it over
	People []roster.ListedMember
	Total  int64
}

// mostTakers is how many people are offered; whoever means another one searches.
const mostTakers = 12

// Takers lists who could take a seat over: people of the account where the reader
// assigns, who are not switched off and hold no seat of the product that counts. It
// refuses with member.not_found, with seat.not_held, and takes seats.assign at the
// giver's home unit.
func (s *Seats) Takers(ctx context.Context, actor authz.Actor, account directory.AccountID, q TakerQuery) (Takers, error) {
	var t Takers
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		m, u, err := seatable(ctx, r, rights, account, q.From)
		if err != nil {
			return err
		}
		t.Name = roster.NameOf(u, m)
		now := s.gate.Instant()
		held, err := r.HeldProducts(ctx, []directory.MemberID{m.ID}, now)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(held[m.ID], func(p directory.HeldProduct) bool { return p.Own && p.Offer == q.Offer })
		if i < 0 {
			return directory.Refuse(directory.NotFound, "seat.not_held")
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		counts, err := r.Counts(ctx, account)
		if err != nil {
			return err
		}
		pools := []directory.PoolID{held[m.ID][i].Pool}
		for _, p := range stock.Pools() {
			if p.Offer.Product == q.Offer.Product && stock.Alive(p.ID, now) {
				pools = append(pools, p.ID)
			}
		}
		list := store.MemberList{Account: account, Scope: rights.Scope(authz.AssignSeats), Sort: store.MemberSort{Column: "name"}, Size: mostTakers, Of: counts.Members(),
			Filter: store.MemberFilter{Search: q.Search, People: true, Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited},
				Seatless: pools, At: now}}
		return t.read(ctx, r, list)
	})
	return t, err
}

func (t *Takers) read(ctx context.Context, r *store.Reader, list store.MemberList) (err error) {
	if t.Total, err = r.MemberTotal(ctx, list); err != nil {
		return err
	}
	places, err := r.MemberPage(ctx, list)
	if err != nil {
		return err
	}
	keys := make([]directory.MemberID, len(places))
	for i, p := range places {
		keys[i] = p.Key
	}
	lines, err := r.MemberLines(ctx, keys, list.Filter.At)
	t.People = listedOf(lines)
	return err
}

// listedOf are people as they are named in a list.
func listedOf(lines []store.MemberLine) []roster.ListedMember {
	var people []roster.ListedMember
	for _, line := range lines {
		people = append(people, roster.ListedMember{Member: line.Member, Person: line.Person, Products: line.Products})
	}
	return people
}
