package app

import (
	"context"
	"time"
	"unicode/utf8"

	"intendant/internal/app/gate"
	"intendant/internal/app/identity"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Enter lets vendor staff into an account in the session of the token, with a
// reason, for EntryLasts (VEND-2). They act there as its administrators do, the
// actor in history stays themselves, and the administrators are told. The
// session must be rotated afterwards (SIGN-7).
//
// It refuses with the reason when it is shorter than ten characters, and with
// staff.inside_already while the session is inside another account.
func (s *Accounts) Enter(ctx context.Context, actor authz.Actor, token string, id directory.AccountID, reason string) (directory.Account, error) {
	var account directory.Account
	reason, refusal := directory.ReasonText.Clean(reason)
	switch {
	case refusal != nil:
		return account, refusal
	case utf8.RuneCountInString(reason) < identity.ShortestReason:
		return account, directory.InvalidField("reason", "staff.reason_short", directory.Args{"Min": identity.ShortestReason})
	}
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.EnterAccounts); err != nil {
			return err
		}
		if actor.Kind == authz.StaffInside && p.Now.Before(actor.Until) {
			return directory.Refuse(directory.Conflict, "staff.inside_already")
		}
		p.EvenClosed("entering a closed account is for reading it")
		var err error
		if account, err = r.Account(ctx, id); err != nil {
			return err
		}
		e := store.StaffEntry{Key: p.NewKey(), Account: id, User: actor.User, Reason: reason, Expires: p.Now.Add(identity.EntryLasts)}
		p.Change(store.InsertStaffEntry{Entry: e, Digest: secret.Digest(token)})
		entry := p.Entry(audit.StaffEntered, 0, int64(id))
		entry.StaffEntry = e.Key
		entry.Note("reason", "", reason)
		p.Record(entry)
		return s.tellEntered(ctx, r, p, account, reason)
	})
	return account, err
}

func (s *Accounts) tellEntered(ctx context.Context, r *store.Reader, p *gate.Plan, account directory.Account, reason string) error {
	administrators, err := r.Administrators(ctx, account.ID, roster.ToldAdministrators)
	for _, a := range administrators {
		p.Mail(directory.Mail{Account: account.ID, User: a.ID, Address: a.Email, Kind: directory.MailStaffEntered, Language: roster.LanguageOf(a, account),
			Path:  directory.MailStaffEntered.Path(account.Number),
			Facts: map[string]string{directory.FactPerson: p.By, directory.FactMessage: reason, directory.FactAt: p.Now.Format(time.RFC3339)}})
	}
	return err
}

// Leave takes the session of the token out of the account its staff are in;
// outside of any it does nothing.
func (s *Accounts) Leave(ctx context.Context, actor authz.Actor, token string) (directory.Account, error) {
	var account directory.Account
	var entry store.StaffEntry
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		session, err := r.Session(ctx, secret.Digest(token))
		if err != nil || session.Entry.Key == 0 {
			return err
		}
		entry = session.Entry
		account, err = r.Account(ctx, entry.Account)
		return err
	})
	if err != nil || entry.Key == 0 {
		return account, err
	}
	if entry.User != actor.User {
		return directory.Account{}, directory.Refuse(directory.Denied, "denied.self")
	}
	_, err = s.gate.Perform(ctx, actor, entry.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(entry.User); err != nil {
			return err
		}
		p.EvenClosed("leaving changes nothing of the account")
		left := p.Entry(audit.StaffLeft, 0, int64(entry.Account))
		left.StaffEntry = entry.Key
		p.Record(left)
		p.Change(store.EndStaffEntry{Key: entry.Key})
		return nil
	})
	return account, err
}
