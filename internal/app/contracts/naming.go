package contracts

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Naming is who is to look after the contract of a unit.
type Naming struct {
	Unit   string // public id; empty: the root
	Part   directory.Part
	Member string // public id
	// Former is the public id of the referent that the form showed, "none" where it
	// showed none; empty: nobody looked (PLAN-4).
	Former string
}

// None is the former referent where there was none.
const None = "none"

// A Named is whom an act was about, and of which unit.
type Named struct{ Name, Unit string }

// Name makes a member of a unit, or of one below it, its referent or a deputy, and
// tells them. Who was its referent stops in the same act (SEAT-7). What they are
// already is no change.
//
// It refuses without account.manage at the root and members.manage at a unit below
// it; the unit's own referent may name deputies. It refuses with unit.not_found,
// unit.archived, member.not_found whoever has no place there, member.inactive,
// referent.elsewhere whose home unit is another, referent.already,
// deputy.too_many, and with stale where another referent was named meanwhile.
func (s *Contracts) Name(ctx context.Context, actor authz.Actor, account directory.AccountID, n Naming) (Named, error) {
	var named Named
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := at(ctx, r, p, n.Part, n.Unit)
		if err != nil {
			return err
		}
		if refusal := roster.ArchivedAt(p.Rights.Tree(), u.ID); refusal != nil {
			return refusal
		}
		if err := unchanged(ctx, r, u, n); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		m, person, err := nameable(ctx, r, p.Rights.Tree(), u, n.Member)
		if err != nil {
			return err
		}
		named = Named{Name: roster.NameOf(person, m), Unit: u.Name}
		return s.roster.NameReferent(ctx, r, p, roster.Naming{Account: a, Unit: u, Part: n.Part, Member: m, Person: person, Tell: true})
	})
	return named, err
}

// at is the unit of a plan where the actor may name and end people of a part.
func at(ctx context.Context, r *store.Reader, p *gate.Plan, part directory.Part, unit string) (directory.Unit, error) {
	h, err := holdOf(ctx, r, p.Actor, p.Rights, p.Account)
	if err != nil {
		return directory.Unit{}, err
	}
	var u directory.Unit
	err = p.RequireAs(func(authz.Rights) error {
		if u, err = h.unit(unit); err != nil {
			return err
		}
		return h.mayAs(part, u.ID, p.Require)
	})
	if err != nil {
		return u, err
	}
	if refusal := directory.CheckPart(part); refusal != nil {
		return u, refusal
	}
	return u, nil
}

// unchanged refuses with stale when the unit has another referent than was seen.
func unchanged(ctx context.Context, r *store.Reader, u directory.Unit, n Naming) error {
	if n.Part != directory.ReferentPart || n.Former == "" {
		return nil
	}
	held, err := r.ReferentsAt(ctx, []directory.UnitID{u.ID})
	if err != nil {
		return err
	}
	is := None
	if len(held) > 0 && held[0].Part == directory.ReferentPart {
		m, err := r.Member(ctx, held[0].Member)
		if err != nil {
			return err
		}
		is = m.UUID
	}
	if is != n.Former {
		return directory.Refuse(directory.Conflict, "stale")
	}
	return nil
}

// nameable is a member of a public id who can look after the contract of a unit:
// a person whose home unit is that unit or below it.
func nameable(ctx context.Context, r *store.Reader, t *authz.Tree, u directory.Unit, member string) (directory.Member, directory.User, error) {
	m, err := r.MemberByUUID(ctx, u.ID.Account(), member)
	if err != nil {
		return m, directory.User{}, err
	}
	person, err := r.User(ctx, m.User)
	if err != nil {
		return m, person, err
	}
	switch {
	case !hasPlace(person, m):
		return m, person, directory.Refuse(directory.NotFound, "member.not_found")
	case !t.Covers(u.ID, m.Unit):
		return m, person, &directory.Error{Kind: directory.Conflict, Code: "referent.elsewhere", Field: "member",
			Args: directory.Args{"Name": roster.NameOf(person, m), "Unit": u.Name}}
	}
	return m, person, switchedOff(person, m, "member")
}

// hasPlace reports whether a member is somebody of the account: neither gone nor a
// program.
func hasPlace(person directory.User, m directory.Member) bool {
	return m.Removed.IsZero() && !person.Technical()
}

// switchedOff refuses with member.inactive, at a field, whoever nobody can reach.
func switchedOff(person directory.User, m directory.Member, field string) error {
	if m.Status != directory.Inactive {
		return nil
	}
	refusal := roster.Inactive(person, m)
	refusal.Field = field
	return refusal
}

// End ends what a member is for the contract of a unit. It refuses like Name, and
// with referent.not_found who is not that.
func (s *Contracts) End(ctx context.Context, actor authz.Actor, account directory.AccountID, n Naming) (Named, error) {
	var named Named
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := at(ctx, r, p, n.Part, n.Unit)
		if err != nil {
			return err
		}
		m, err := r.MemberByUUID(ctx, account, n.Member)
		if err != nil {
			return err
		}
		person, err := r.User(ctx, m.User)
		if err != nil {
			return err
		}
		parts, err := r.PartsOf(ctx, []directory.MemberID{m.ID})
		if err != nil {
			return err
		}
		for _, f := range parts[m.ID] {
			if f.Unit == u.ID && f.Part == n.Part {
				named = Named{Name: roster.NameOf(person, m), Unit: u.Name}
				s.roster.EndReferents(p, []directory.Referent{f})
				return nil
			}
		}
		return directory.Refuse(directory.NotFound, "referent.not_found")
	})
	return named, err
}

// SetReferent names the contract's contact of an account: one of its people, by
// user name or address, or nobody. It is the vendor's way. It gives and takes no
// right (ACC-9). Version is the account's that the form was made on (PLAN-4).
//
// It refuses with account.referent_unknown whoever has no place in the account,
// in the same words as a name nobody has, with member.inactive whoever is switched
// off there, and with stale.
func (s *Contracts) SetReferent(ctx context.Context, actor authz.Actor, id directory.AccountID, name string, version int64) error {
	name = strings.TrimSpace(name)
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		a, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		n := roster.Naming{Account: a, Unit: roster.RootOf(a), Part: directory.ReferentPart, Tell: true}
		if name != "" {
			if n.Member, n.Person, err = memberNamed(ctx, r, id, name); err != nil {
				return err
			}
		}
		return s.roster.NameReferent(ctx, r, p, n)
	})
	return err
}

// memberNamed is the person of that name who has a place in the account and is not
// switched off there.
func memberNamed(ctx context.Context, r *store.Reader, account directory.AccountID, name string) (directory.Member, directory.User, error) {
	unknown := directory.InvalidField("referent", "account.referent_unknown", directory.Args{"Name": directory.Cut(name, 254)})
	user, err := r.UserBySignInName(ctx, name)
	if gate.RefusedWith(err, "user.not_found") {
		return directory.Member{}, user, unknown
	}
	if err != nil {
		return directory.Member{}, user, err
	}
	m, err := r.MemberOf(ctx, account, user.ID)
	if gate.RefusedWith(err, "member.not_found") || err == nil && !hasPlace(user, m) {
		return directory.Member{}, user, unknown
	}
	if err != nil {
		return m, user, err
	}
	return m, user, switchedOff(user, m, "referent")
}
