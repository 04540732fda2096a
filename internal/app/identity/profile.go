package identity

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A ProfileChange is what a person says about themselves. Version is the one
// their form was made on (PLAN-4); 0 takes the present one.
type ProfileChange struct {
	Civility, First, Last, Phone, Language string
	Version                                int64
}

// Profile is the actor as they are stored. It refuses with sign_in.required.
func (u *Users) Profile(ctx context.Context, actor authz.Actor) (directory.User, error) {
	var user directory.User
	if actor.User == 0 {
		return user, directory.Refuse(directory.Denied, "sign_in.required")
	}
	err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
		user, err = r.User(ctx, actor.User)
		return err
	})
	return user, err
}

// UpdateProfile writes what a person says about themselves, in all their
// accounts at once. It refuses with the field at fault, and with stale when
// somebody changed it meanwhile.
func (u *Users) UpdateProfile(ctx context.Context, actor authz.Actor, change ProfileChange) error {
	texts := directory.CleanTexts(directory.Typed{Kind: directory.FirstName, Value: &change.First},
		directory.Typed{Kind: directory.LastName, Value: &change.Last}, directory.Typed{Kind: directory.Phone, Value: &change.Phone})
	var language *directory.Error
	if !slices.Contains(u.gate.Catalogue().Languages, change.Language) {
		language = directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": change.Language})
	}
	if refusal := directory.Together(texts, directory.CheckCivility("civility", change.Civility), language); refusal != nil {
		return refusal
	}
	return u.changeSelf(ctx, actor, change.Version, func(user *directory.User) {
		user.Civility, user.First, user.Last = change.Civility, change.First, change.Last
		user.Phone, user.Language = change.Phone, change.Language
	})
}

// SetLanguage changes the language a person reads pages and mails in (PREF-2).
func (u *Users) SetLanguage(ctx context.Context, actor authz.Actor, language string) error {
	if !slices.Contains(u.gate.Catalogue().Languages, language) {
		return directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": language})
	}
	return u.changeSelf(ctx, actor, 0, func(user *directory.User) { user.Language = language })
}

// changeSelf writes a change of the actor's own row; nothing changed writes
// nothing. It holds their accounts too, where their names stand in lists. It refuses
// with stale another version than stands, where one is named: an administrator may have
// changed them too (USER-1).
func (u *Users) changeSelf(ctx context.Context, actor authz.Actor, version int64, change func(user *directory.User)) error {
	accounts, err := u.roster.AccountsOf(ctx, actor.User)
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(actor.User); err != nil {
			return err
		}
		before, err := r.User(ctx, actor.User)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			var last []store.LatestQuery
			for _, account := range append([]directory.AccountID{directory.Installation}, accounts...) {
				last = append(last, store.LatestQuery{Account: account, Subject: before.ID, Kinds: []audit.Kind{audit.UserChanged, audit.UserEmailChanged}})
			}
			return gate.Stale(ctx, r, last...)
		}
		after := before
		change(&after)
		if entry := roster.UserEntry(p, audit.UserChanged, before, after); len(entry.Facts)+len(entry.Personal) > 0 {
			p.Record(entry)
			p.Change(store.UpdateUser{User: after})
		}
		return nil
	}, accounts...)
	return err
}
