package roster

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A PersonEdit is what an administrator sets of another person; nil leaves a
// field alone. ProvisionalHash is the hash of a provisional password, made
// before the transaction since it takes its time.
type PersonEdit struct {
	Civility, First, Last, Email, Language *string
	ProvisionalHash                        string
}

// Touched names the first field that the edit would change, "" for none.
func (e PersonEdit) Touched(u directory.User) string {
	for _, f := range []struct {
		name string
		to   *string
		is   string
	}{
		{"email", e.Email, u.Email}, {"first_name", e.First, u.First}, {"last_name", e.Last, u.Last},
		{"civility", e.Civility, u.Civility}, {"language", e.Language, u.Language},
	} {
		if f.to != nil && *f.to != f.is {
			return f.name
		}
	}
	if e.ProvisionalHash != "" {
		return "password"
	}
	return ""
}

// EditPerson plans what an administrator of the plan's account sets of a person
// who is a member of it; the caller has asked for the right to manage members.
// It answers the person as they will be, and whether their open links died, so
// that an invitation must go out again, to the new address.
//
// It refuses with person.not_yours whoever has a password of their own or
// another account (USER-1), with user.name_taken (USER-3), and with a language that
// there is not, all fields at once. An address of somebody with a password of their own
// changes only once it is confirmed there.
func (w *Writer) EditPerson(ctx context.Context, r *store.Reader, p *gate.Plan, before directory.User, e PersonEdit) (after directory.User, relink bool, err error) {
	field := e.Touched(before)
	if field == "" {
		return before, false, nil
	}
	if err := w.MayTakeOver(ctx, r, p.Account, before, field); err != nil {
		return before, false, err
	}
	after = before
	replace(&after.Civility, e.Civility)
	replace(&after.First, e.First)
	replace(&after.Last, e.Last)
	replace(&after.Language, e.Language)
	var faults directory.Faults
	if after.Language != before.Language && !slices.Contains(w.gate.Catalogue().Languages, after.Language) {
		faults = append(faults, directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": directory.Short(after.Language, directory.Quoted)}))
	}
	if e.Email != nil && directory.FoldEmail(*e.Email) != directory.FoldEmail(before.Email) {
		relink, err = w.editAddress(ctx, r, p, &after, *e.Email)
	}
	if err := faults.With(err); err != nil {
		return before, false, err
	}
	entry := UserEntry(p, audit.UserChanged, before, after)
	if e.ProvisionalHash != "" {
		w.planProvisional(p, &after, e.ProvisionalHash)
	}
	if len(entry.Facts)+len(entry.Personal) > 0 {
		p.Record(entry)
	}
	if after != before {
		p.Change(store.UpdateUser{User: after})
	}
	return after, relink, nil
}

// MayTakeOver refuses with person.not_yours unless the account may set that
// person's identity (USER-1).
func (w *Writer) MayTakeOver(ctx context.Context, r *store.Reader, account directory.AccountID, u directory.User, field string) error {
	memberships, err := r.Memberships(ctx, u.ID)
	if err != nil {
		return err
	}
	verified, err := r.DomainVerified(ctx, account, directory.DomainOf(u.Email))
	if err != nil {
		return err
	}
	if !directory.MayTakeOver(u, memberships, account, verified) {
		return &directory.Error{Kind: directory.Denied, Code: "person.not_yours", Field: field, Args: directory.Args{"Name": u.Name()}}
	}
	return nil
}

// editAddress gives the person the new address at once while they have no
// password of their own; else it is confirmed there first, and lies in a
// verified domain like the one before: an account cannot send somebody's mail
// elsewhere.
func (w *Writer) editAddress(ctx context.Context, r *store.Reader, p *gate.Plan, u *directory.User, email string) (relink bool, err error) {
	email, refusal := directory.CleanEmail("email", email)
	if refusal != nil {
		return false, refusal
	}
	changed := *u
	changed.Readdress(email)
	if err := NamesFree(ctx, r, changed); err != nil {
		return false, err
	}
	if u.Password != directory.PasswordOwn {
		w.PlanAddress(p, *u, nil)
		u.Readdress(email)
		return true, nil
	}
	verified, err := r.DomainVerified(ctx, p.Account, directory.DomainOf(email))
	if err != nil {
		return false, err
	}
	if !verified {
		return false, &directory.Error{Kind: directory.Denied, Code: "person.not_yours", Field: "email", Args: directory.Args{"Name": u.Name()}}
	}
	w.PlanConfirmAddress(p, *u, email)
	return false, nil
}

// addressLink is how long a new address may be confirmed.
const addressLink = 24 * time.Hour

// PlanConfirmAddress mails the link that makes an address the person's.
func (w *Writer) PlanConfirmAddress(p *gate.Plan, u directory.User, email string) {
	token, digest := secret.NewToken()
	expires := p.Now.Add(addressLink)
	p.Pending(store.PutMailedLink{Digest: digest, Purpose: store.LinkEmail, User: u.ID, Email: email, Expires: expires})
	p.Mail(directory.Mail{User: u.ID, Address: email, Kind: directory.MailEmailConfirm, Language: u.Language,
		Path: directory.MailEmailConfirm.Path(""), Secret: token,
		Facts: map[string]string{directory.FactUserName: u.UserName, directory.FactDeadline: expires.Format(time.RFC3339)}})
}

// PlanAddress is what follows when a person's address changes: the old one is
// told, all open links die (USER-1), and they are signed out but for the
// session kept.
func (w *Writer) PlanAddress(p *gate.Plan, before directory.User, keep []byte) {
	p.Change(store.EndLinks{User: before.ID, Invitations: true}, store.EndSessions{User: before.ID, Keep: keep})
	p.Mail(directory.Mail{User: before.ID, Address: before.Email, Kind: directory.MailEmailChanged, Language: before.Language,
		Facts: map[string]string{directory.FactUserName: before.UserName, directory.FactAt: p.Now.Format(time.RFC3339)}})
}

// planProvisional gives a person a password that opens only the page that
// changes it (SIGN-1); the caller writes the user and mails the password. It
// is in no entry.
func (w *Writer) planProvisional(p *gate.Plan, u *directory.User, hash string) {
	u.Password, u.PasswordHash, u.PasswordSet, u.PasswordBy = directory.PasswordProvisional, hash, p.Now, p.Actor.User
	p.Record(p.Entry(audit.UserPasswordProvisional, u.ID, 0))
	p.Change(store.EndSessions{User: u.ID}, store.EndLinks{User: u.ID})
}

// replace writes a value that was given.
func replace(field, value *string) {
	if value != nil {
		*field = *value
	}
}
