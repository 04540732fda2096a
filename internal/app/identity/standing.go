package identity

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A StandingState is why somebody cannot open an account they have to do with;
// "standing." + StandingState is the message key of what it is, with ".next" behind
// it that of what happens next.
type StandingState string

// The states there are, the nearest to being in first.
const (
	StandsInvited    StandingState = "invited"     // the mailed link waits
	StandsNotInvited StandingState = "not_invited" // made ready by an administrator, who has not asked yet
	StandsInactive   StandingState = "inactive"    // switched off
	StandsEnded      StandingState = "ended"       // their time there is over
	StandsRemoved    StandingState = "removed"
	StandsClosed     StandingState = "closed" // the account itself is
)

func standingStates() []StandingState {
	return []StandingState{StandsInvited, StandsNotInvited, StandsInactive, StandsEnded, StandsRemoved, StandsClosed}
}

// A Standing is how somebody stands to an account that they cannot open (USER-4).
type Standing struct {
	Member  string // public id
	Account directory.Account
	State   StandingState
	Since   time.Time      // of an end or a removal; zero otherwise
	Contact directory.User // whom to ask: the account's contact, for who still belongs to it; zero where there is none
}

// Standings says how the actor stands to the accounts that they have to do with and
// cannot open, the nearest to being in first. It refuses with sign_in.required.
func (u *Users) Standings(ctx context.Context, actor authz.Actor) ([]Standing, error) {
	if actor.User == 0 {
		return nil, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var all []Standing
	err := u.gate.Read(ctx, func(r *store.Reader) error {
		ever, err := r.MembershipsEver(ctx, actor.User)
		if err != nil {
			return err
		}
		keys := make([]directory.AccountID, len(ever))
		for i, m := range ever {
			keys[i] = m.Account()
		}
		accounts, err := r.AccountsByKey(ctx, keys)
		if err != nil {
			return err
		}
		for _, m := range ever {
			if s, stands := standing(m, accounts[m.Account()], u.gate.Instant()); stands {
				all = append(all, s)
			}
		}
		return contacts(ctx, r, all)
	})
	slices.SortStableFunc(all, func(a, b Standing) int {
		return slices.Index(standingStates(), a.State) - slices.Index(standingStates(), b.State)
	})
	return all, err
}

// standing is how a member stands to their account; false of who can open it.
func standing(m directory.Member, account directory.Account, now time.Time) (Standing, bool) {
	s := Standing{Member: m.UUID, Account: account}
	switch {
	case !m.Removed.IsZero():
		s.State, s.Since = StandsRemoved, m.Removed
	case account.State == directory.AccountClosed:
		s.State = StandsClosed
	case !m.Ends.IsZero() && !now.Before(m.Ends):
		s.State, s.Since = StandsEnded, m.Ends
	case m.Status == directory.Invited:
		s.State = StandsInvited
	case m.Status == directory.NotInvited:
		s.State = StandsNotInvited
	case m.Status == directory.Inactive:
		s.State = StandsInactive
	default:
		return s, false
	}
	return s, true
}

// contacts fills in whom to ask, for who belongs to the account yet (ACC-9).
func contacts(ctx context.Context, r *store.Reader, all []Standing) error {
	var referents []directory.UserID
	for _, s := range all {
		referents = append(referents, s.Account.Referent)
	}
	people, err := r.Users(ctx, roster.Distinct(referents))
	for i, s := range all {
		if s.State != StandsRemoved {
			all[i].Contact = people[s.Account.Referent]
		}
	}
	return err
}
