package identity

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Purge removes what is past its retention: sessions and links that are over,
// counts nobody adds to, sign-ups that were never confirmed, and requests to
// join that were turned down (USER-7). Mails, jobs and the access log have
// their own.
func (u *Users) Purge(ctx context.Context) error {
	now := u.gate.Instant()
	kept := u.gate.Catalogue().EffectivePolicies("").Retention
	for _, some := range []func(tx *store.Tx) (int64, error){
		func(tx *store.Tx) (int64, error) { return tx.PurgeSessions(ctx, now, gate.PurgeRows) },
		func(tx *store.Tx) (int64, error) { return tx.PurgeLinks(ctx, now, gate.PurgeRows) },
		func(tx *store.Tx) (int64, error) { return tx.PurgeRepeats(ctx, now, gate.PurgeRows) },
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeTokens(ctx, now.AddDate(0, 0, -keptTokens), gate.PurgeRows)
		},
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeCredentials(ctx, now.AddDate(0, 0, -keptTokens), gate.PurgeRows)
		},
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeThrottles(ctx, now.Add(-24*time.Hour), gate.PurgeRows)
		},
		func(tx *store.Tx) (int64, error) {
			made := now.AddDate(0, 0, -kept.Registrations)
			return tx.PurgeRegistrations(ctx, made.Add(registrationLink), gate.PurgeRows)
		},
		func(tx *store.Tx) (int64, error) {
			return tx.PurgeJoinRequests(ctx, now.AddDate(0, 0, -kept.JoinRequests), gate.PurgeRows)
		},
	} {
		if err := u.gate.Purge(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// keptTokens is how many days a token that is over can still be told by name.
const keptTokens = 90

// renewalPage is how many people one round of notices looks at.
const renewalPage = 500

// RenewalNotices mails everybody whose password ends within a week, once for
// each password (SIGN-3). It finds nobody the second time.
func (u *Users) RenewalNotices(ctx context.Context) error {
	var accounts []directory.Account
	err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
		accounts, err = r.AccountPolicies(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for passwords that end: %w", err)
	}
	for _, account := range accounts {
		if u.gate.Policies(account).Password.RenewalDays == 0 {
			continue
		}
		if err := u.renewalsIn(ctx, account.ID); err != nil {
			return err
		}
	}
	return nil
}

func (u *Users) renewalsIn(ctx context.Context, account directory.AccountID) error {
	set := u.gate.Instant().Add(directory.RenewalNotice).AddDate(0, 0, -directory.RenewalLeastDays)
	after := directory.UserID(0)
	for {
		var users []directory.User
		err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
			users, err = r.PasswordsSetBefore(ctx, account, set, after, renewalPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, user := range users {
			if err := u.tellRenewal(ctx, user); err != nil {
				return err
			}
			after = user.ID
		}
		if len(users) < renewalPage {
			return nil
		}
	}
}

func (u *Users) tellRenewal(ctx context.Context, user directory.User) error {
	policy, err := u.policyOf(ctx, user.ID)
	if err != nil {
		return err
	}
	if _, notice := policy.RenewalDue(user.PasswordSet, u.gate.Instant()); !notice {
		return nil
	}
	ends, _ := policy.RenewalAt(user.PasswordSet)
	_, err = u.gate.Perform(ctx, gate.SystemActor(), directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the program reminds by itself")
		told, err := r.RenewalTold(ctx, user.ID)
		if err != nil || told.After(user.PasswordSet) {
			return err
		}
		p.Pending(store.TellRenewal{User: user.ID})
		p.Mail(directory.Mail{User: user.ID, Address: user.Email, Kind: directory.MailPasswordRenewal, Language: user.Language,
			Path:  directory.MailPasswordRenewal.Path(""),
			Facts: map[string]string{directory.FactUserName: user.UserName, directory.FactUntil: ends.Format(time.RFC3339)}})
		return nil
	})
	return err
}
