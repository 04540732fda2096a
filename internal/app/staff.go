package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewStaff is a person of the vendor's own. Without a user name the address
// serves; without a language the catalogue's first.
type NewStaff struct {
	Email, UserName, Civility, First, Last, Language string
	Role                                             authz.StaffRole
	Password                                         string
}

// CreateStaff makes a person of the vendor's staff who signs in with the
// password given, as the command line and the console do it (VEND-3).
//
// It refuses with user.name_taken, with the field at fault, and with what the
// password policy says.
func (u *Users) CreateStaff(ctx context.Context, actor authz.Actor, n NewStaff) (directory.User, error) {
	email, refusal := directory.CleanEmail("email", n.Email)
	if refusal != nil {
		return directory.User{}, refusal
	}
	n.Email = email
	if n.UserName, refusal = directory.CleanUserName(n.UserName, email); refusal != nil {
		return directory.User{}, refusal
	}
	if n.Language == "" {
		n.Language = u.catalogue().Languages[0]
	}
	if refusal := directory.CleanTexts(directory.Typed{Kind: directory.UserNameText, Value: &n.UserName}, directory.Typed{Kind: directory.FirstName, Value: &n.First},
		directory.Typed{Kind: directory.LastName, Value: &n.Last}); refusal != nil {
		return directory.User{}, refusal
	}
	if !slices.Contains(authz.StaffRoles(), n.Role) {
		return directory.User{}, directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": string(n.Role)})
	}
	policy := policyFrom(u.catalogue().EffectivePolicies("").Password)
	own := directory.User{First: n.First, Last: n.Last, UserName: n.UserName, Email: n.Email}
	if err := u.mayHave(ctx, policy, own, n.Password); err != nil {
		return directory.User{}, err
	}
	hash, err := u.passwords.Hash(ctx, n.Password)
	if err != nil {
		return directory.User{}, err
	}
	var made directory.User
	_, err = u.perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireDuty(authz.NameStaff); err != nil {
			return err
		}
		made = directory.User{ID: directory.UserID(p.NewKey()), UUID: uuid.NewString(), UserName: n.UserName, Email: n.Email,
			Civility: n.Civility, First: n.First, Last: n.Last, Language: n.Language, Staff: string(n.Role),
			Password: directory.PasswordOwn, PasswordSet: p.Now, PasswordHash: hash, Created: p.Now, Version: 1}
		if err := namesFree(ctx, r, made); err != nil {
			return err
		}
		p.Record(userEntry(p, audit.UserCreated, directory.User{}, made))
		p.Change(store.InsertUsers{made})
		return nil
	})
	return made, err
}

// namesFree refuses a user name that somebody else signs in by, and an address
// that is somebody else's (USER-3).
func namesFree(ctx context.Context, r *store.Reader, u directory.User) error {
	for _, name := range []struct {
		field, value string
		find         func(ctx context.Context, name string) (directory.User, error)
	}{{"user_name", u.UserName, r.UserBySignInName}, {"email", u.Email, r.UserByAddress}} {
		if name.value == "" || name.field == "user_name" && u.UserName == u.Email {
			continue
		}
		other, err := name.find(ctx, name.value)
		if refusedWith(err, "user.not_found") || (err == nil && other.ID == u.ID) {
			continue
		}
		if err != nil {
			return err
		}
		return &directory.Error{Kind: directory.Conflict, Code: "user.name_taken", Field: name.field, Args: directory.Args{"Name": name.value}}
	}
	return nil
}
