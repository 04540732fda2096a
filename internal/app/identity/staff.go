package identity

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
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

// checkStaff cleans what is said of one of the vendor's people, and refuses all fields
// at fault at once.
func (u *Users) checkStaff(ctx context.Context, n *NewStaff) error {
	var name *directory.Error
	email, address := directory.CleanEmail("email", n.Email)
	if n.Email = email; address == nil { // which the user name is where there is none
		n.UserName, name = directory.CleanUserName(n.UserName, email)
	}
	if n.Language == "" {
		n.Language = u.gate.Catalogue().Languages[0]
	}
	texts := directory.CleanTexts(directory.Typed{Kind: directory.UserNameText, Value: &n.UserName}, directory.Typed{Kind: directory.FirstName, Value: &n.First},
		directory.Typed{Kind: directory.LastName, Value: &n.Last})
	var role *directory.Error
	if !slices.Contains(authz.StaffRoles(), n.Role) {
		role = directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": string(n.Role)})
	}
	var faults directory.Faults
	if err := faults.Note(directory.Together(address, name, texts, role)); err != nil {
		return err
	}
	policy := u.gate.Catalogue().EffectivePolicies("").Password
	own := directory.User{First: n.First, Last: n.Last, UserName: n.UserName, Email: n.Email}
	return faults.With(u.roster.MayHave(ctx, policy, own, n.Password))
}

// CreateStaff makes a person of the vendor's staff who signs in with the
// password given, as the command line and the console do it (VEND-3).
//
// It refuses with user.name_taken, with the field at fault, and with what the
// password policy says.
func (u *Users) CreateStaff(ctx context.Context, actor authz.Actor, n NewStaff) (directory.User, error) {
	if err := u.checkStaff(ctx, &n); err != nil {
		return directory.User{}, err
	}
	hash, err := u.roster.Passwords.Hash(ctx, n.Password)
	if err != nil {
		return directory.User{}, err
	}
	var made directory.User
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.NameStaff); err != nil {
			return err
		}
		made = directory.User{ID: directory.UserID(p.NewKey()), UUID: uuid.NewString(), UserName: n.UserName, Email: n.Email,
			Civility: n.Civility, First: n.First, Last: n.Last, Language: n.Language, Staff: string(n.Role),
			Password: directory.PasswordOwn, PasswordSet: p.Now, PasswordHash: hash, Created: p.Now, Version: 1}
		if err := roster.NamesFree(ctx, r, made); err != nil {
			return err
		}
		p.Record(roster.UserEntry(p, audit.UserCreated, directory.User{}, made))
		p.Change(store.InsertUsers{made})
		return nil
	})
	return made, err
}
