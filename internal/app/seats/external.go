package seats

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An ExternalClaim is that a member brings a subscription to a product along, until
// the end of a day.
type ExternalClaim struct {
	Member  string // public id
	Product string // of the catalogue
	Last    directory.Day
}

// StateExternal notes that a member brings along a subscription to a product. It is
// not counted, and a seat of ours on top of it is (EXT-1). What it is believed by
// follows from who says so (EXT-3): the vendor's word opens use; an administrator's
// is a claim, needs an end, and opens use only where the catalogue allows claims;
// the person's own is proved by the seat they hold in another account, of which
// nothing is told here.
//
// It takes seats.assign at the member's home unit, the vendor's duty
// subscriptions.manage, or to be that person. It refuses with member.not_found,
// field.unknown_choice, external.exists, external.needs_end, member.end_past and
// external.not_proved.
func (s *Seats) StateExternal(ctx context.Context, actor authz.Actor, account directory.AccountID, c ExternalClaim) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := s.external(ctx, r, p, c)
		if err != nil {
			return err
		}
		kept := directory.External{ID: directory.ExternalID(p.NewKey()), Member: e.member.ID, Product: c.Product, Proof: e.proof, By: actor.User, Ends: e.ends}
		p.Change(store.InsertExternal{Account: account, Row: kept})
		roster.RecordExternal(p, audit.ExternalStated, e.member, kept)
		return nil
	})
	return err
}

// A stating is an external subscription while it is planned.
type stating struct {
	member directory.Member
	proof  directory.Proof
	ends   time.Time
}

func (s *Seats) external(ctx context.Context, r *store.Reader, p *gate.Plan, c ExternalClaim) (stating, error) {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return stating{}, err
	}
	if err := account.Writable(); err != nil {
		return stating{}, err
	}
	e, err := mayState(ctx, r, p, c.Member)
	if err != nil {
		return e, err
	}
	kind, _ := s.gate.Catalogue().AccountType(account.Type)
	if product, known := s.gate.Catalogue().Product(c.Product); !known || !product.Seated || !kind.HasProduct(c.Product) {
		return e, directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Cut(c.Product, directory.Quoted)})
	}
	has, err := r.ExternalsOf(ctx, e.member.ID)
	if err != nil {
		return e, err
	}
	if slices.ContainsFunc(has, func(o directory.External) bool { return o.Product == c.Product }) {
		return e, directory.InvalidField("product", "external.exists", nil)
	}
	if c.Last == (directory.Day{}) {
		if e.proof == directory.Claimed {
			return e, directory.InvalidField("last", "external.needs_end", nil)
		}
	} else if e.ends = c.Last.Over(roster.ZoneOf(account)); !e.ends.After(p.Now) {
		return e, directory.InvalidField("last", "member.end_past", nil)
	}
	if e.proof != directory.SeatElse {
		return e, nil
	}
	claim := store.SeatClaim{User: e.member.User, Product: c.Product}
	held, err := r.HeldElsewhere(ctx, p.Account, []store.SeatClaim{claim}, p.Now)
	if err == nil && !held[claim] {
		err = directory.InvalidField("product", "external.not_proved", nil)
	}
	return e, err
}

// mayState finds the member, and as what the actor speaks of them: the vendor, the
// person themselves, or who assigns seats there.
func mayState(ctx context.Context, r *store.Reader, p *gate.Plan, member string) (stating, error) {
	vendor := p.Actor.MayDuty(authz.ManageSubscriptions)
	if vendor {
		if err := p.RequireDuty(authz.ManageSubscriptions); err != nil {
			return stating{}, err
		}
	}
	if !vendor && !p.Rights.Member() {
		return stating{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	m, err := r.MemberByUUID(ctx, p.Account, member)
	if err != nil {
		return stating{}, err
	}
	nobody := directory.Refuse(directory.NotFound, "member.not_found")
	switch {
	case !m.Removed.IsZero():
		return stating{}, nobody
	case vendor:
		return stating{member: m, proof: directory.Entered}, nil
	case m.User == p.Actor.User && !p.Rights.May(authz.AssignSeats, m.Unit):
		return stating{member: m, proof: directory.SeatElse}, p.RequireSelf(m.User)
	case !roster.KnowsHolder(p.Rights, m.Unit):
		return stating{}, nobody
	}
	return stating{member: m, proof: directory.Claimed}, p.Require(authz.AssignSeats, m.Unit)
}

// EndExternal takes back that a member brings a subscription along. Use goes on by a
// seat of ours, or stops (EXT-2). It asks for what StateExternal does, and refuses
// with external.not_found.
func (s *Seats) EndExternal(ctx context.Context, actor authz.Actor, account directory.AccountID, c ExternalClaim) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		e, err := mayState(ctx, r, p, c.Member)
		if err != nil {
			return err
		}
		has, err := r.ExternalsOf(ctx, e.member.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(has, func(o directory.External) bool { return o.Product == c.Product })
		if i < 0 {
			return directory.Refuse(directory.NotFound, "external.not_found")
		}
		p.Change(store.EndExternals{has[i].ID})
		roster.RecordExternal(p, audit.ExternalEnded, e.member, has[i])
		return nil
	})
	return err
}

// mostTold is how many administrators are told of one thing.
const mostTold = 100

// externalsAtOnce is how many ends one look takes.
const externalsAtOnce = 200

// EndExternals ends what members brought along and is over: its day is past, or the
// seat in another account by which it was proved is no more. Administrators are told
// (EXT-2). It may run twice, and on two nodes.
func (s *Seats) EndExternals(ctx context.Context) error {
	return gate.Sweep(ctx, func(last directory.ExternalID) (ids []directory.ExternalID, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			over, err := r.OverExternals(ctx, s.gate.Instant(), last, externalsAtOnce)
			for _, e := range over {
				ids = append(ids, e.ID)
			}
			return err
		})
		return ids, err
	}, func(ids []directory.ExternalID) error {
		for len(ids) > 0 {
			account := ids[0].Account()
			n := slices.IndexFunc(ids, func(id directory.ExternalID) bool { return id.Account() != account })
			if n < 0 {
				n = len(ids)
			}
			if err := s.endExternals(ctx, account, ids[:n]); err != nil && !gate.RefusedWith(err, "account.closed") {
				return err
			}
			ids = ids[n:]
		}
		return nil
	})
}

func (s *Seats) endExternals(ctx context.Context, account directory.AccountID, ids []directory.ExternalID) error {
	_, err := s.gate.Perform(ctx, gate.SystemActor(), account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("what is over ends by itself")
		found, err := r.Externals(ctx, ids)
		if err != nil {
			return err
		}
		brought, err := bringersOf(ctx, r, p, found)
		if err != nil {
			return err
		}
		var over store.EndExternals
		var told []bringer
		for _, b := range brought {
			if b.over {
				over, told = append(over, b.external.ID), append(told, b)
			}
		}
		if len(over) == 0 {
			return nil
		}
		if len(over) > 1 {
			p.AsOneAct()
		}
		for _, b := range told {
			roster.RecordExternal(p, audit.ExternalEnded, b.member, b.external)
		}
		p.Change(over)
		return s.tellExternalEnds(ctx, r, p, told)
	})
	return err
}

// A bringer is who brings a subscription along, and whether that is over.
type bringer struct {
	external directory.External
	member   directory.Member
	over     bool
}

// bringersOf reads who brings subscriptions along; one that is proved by a seat in
// another account is over with that.
func bringersOf(ctx context.Context, r *store.Reader, p *gate.Plan, externals []directory.External) ([]bringer, error) {
	keys := make([]directory.MemberID, len(externals))
	for i, e := range externals {
		keys[i] = e.Member
	}
	members, err := r.Members(ctx, p.Account, keys)
	if err != nil {
		return nil, err
	}
	of := map[directory.MemberID]directory.Member{}
	for _, m := range members {
		of[m.ID] = m
	}
	var claims []store.SeatClaim
	for _, e := range externals {
		if e.Proof == directory.SeatElse {
			claims = append(claims, store.SeatClaim{User: of[e.Member].User, Product: e.Product})
		}
	}
	held, err := r.HeldElsewhere(ctx, p.Account, claims, p.Now)
	if err != nil {
		return nil, err
	}
	brought := make([]bringer, len(externals))
	for i, e := range externals {
		m := of[e.Member]
		proved := e.Proof != directory.SeatElse || held[store.SeatClaim{User: m.User, Product: e.Product}]
		brought[i] = bringer{e, m, e.Over(p.Now) || !proved}
	}
	return brought, nil
}

// tellExternalEnds mails the account's administrators that people's own subscriptions
// are over, of each product once, however many they are.
func (s *Seats) tellExternalEnds(ctx context.Context, r *store.Reader, p *gate.Plan, over []bringer) error {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	users := make([]directory.UserID, len(over))
	for i, b := range over {
		users[i] = b.member.User
	}
	people, err := r.Users(ctx, users)
	if err != nil {
		return err
	}
	administrators, err := r.Administrators(ctx, p.Account, mostTold)
	if err != nil {
		return err
	}
	names, products := map[string][]string{}, []string{}
	for _, b := range over {
		product := b.external.Product
		if names[product] == nil {
			products = append(products, product)
		}
		names[product] = append(names[product], roster.NameOf(people[b.member.User], b.member))
	}
	for _, product := range products {
		kind, facts := directory.MailExternalEnded, map[string]string{directory.FactPerson: names[product][0]}
		if some := names[product]; len(some) > 1 {
			kind, facts = directory.MailExternalsEnded, map[string]string{directory.FactPeople: roster.NamesToTell(some), directory.FactCount: strconv.Itoa(len(some))}
		}
		for _, u := range administrators {
			lang, said := roster.LanguageOf(u, account), maps.Clone(facts)
			said[directory.FactProduct] = s.gate.Catalogue().OfferName(directory.Offer{Product: product}, lang)
			p.Mail(directory.Mail{Account: p.Account, User: u.ID, Address: u.Email, Kind: kind, Language: lang, Path: kind.Path(account.Number), Facts: said})
		}
	}
	return nil
}
