package app

import (
	"context"

	"intendant/internal/app/acts"
	"intendant/internal/app/contracts"
	"intendant/internal/app/gate"
	"intendant/internal/app/identity"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Frame is what stands around every page of an account: whose it is, what
// the reader may do there, and the counts of the navigation.
type Frame struct {
	Account directory.Account
	Rights  authz.Rights
	Member  directory.Member // the reader's own place; zero for staff
	Counts  store.Counts
	// Contract: the reader looks after the contract of a unit (SEAT-8).
	Contract bool
	Entry    store.StaffEntry // set while staff are inside (VEND-2)
	// UnderWay is what the reader has begun here and goes on by itself (BULK-4).
	UnderWay []directory.UnderWay
}

// Open finds the account of a customer number for somebody who belongs to it,
// and what they may do there. Everybody else is refused with
// account.not_found, whether the number exists or not (KEY-14, USER-5). Of a
// suspended account only the administrators get in; others are refused with
// account.suspended (ACC-12). Where the account demands a second factor of
// somebody who has none, they are refused with factor.account_demands (SIGN-6).
func (s *Accounts) Open(ctx context.Context, actor authz.Actor, number string) (f Frame, err error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer func() { gate.AnswerRefused(answer, err) }()
	err = s.gate.Read(ctx, func(r *store.Reader) error {
		account, err := r.AccountByNumber(ctx, number)
		if err != nil {
			return err
		}
		f.Account = account
		if f.Rights, err = s.gate.Rights(ctx, r, actor, account.ID); err != nil {
			return err
		}
		if !f.Rights.Member() || actor.Kind == authz.Staff {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		if account.State == directory.AccountSuspended && actor.Kind == authz.Person && !f.Rights.May(authz.ManageAdministrators, 0) {
			return &directory.Error{Kind: directory.Denied, Code: "account.suspended", Args: directory.Args{"Name": account.Name}}
		}
		if f.Member, err = r.MemberOf(ctx, account.ID, actor.User); err != nil && !gate.RefusedWith(err, "member.not_found") {
			return err
		}
		if actor.Kind == authz.Person {
			if err := identity.FactorFirst(ctx, r, account, f.Member); err != nil {
				return err
			}
		}
		if f.Contract, err = contracts.LooksAfter(ctx, r, f.Member); err != nil {
			return err
		}
		if f.Counts, err = r.Counts(ctx, account.ID); err != nil || actor.User == 0 {
			return err
		}
		f.UnderWay, err = r.UnderWay(ctx, account.ID, actor.User, acts.MostUnderWay)
		return err
	})
	return f, err
}

// Misread gives a change what its face could not read of the input.
func Misread(ctx context.Context, faults directory.Faults) context.Context {
	return gate.Misread(ctx, faults)
}
