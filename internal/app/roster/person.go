package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Person is how somebody is shown. Without a name, Message is the key of what
// stands for it.
type Person struct {
	User    directory.UserID
	UUID    string // empty for who is nobody known
	Name    string
	Message string
}

// Distinct sorts keys and drops doubles and zero.
func Distinct[K ~int64](keys []K) []K {
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(k K) bool { return k == 0 })
}

// PersonFrom is somebody as history and lists name them: erased and unknown people too.
func PersonFrom(users map[directory.UserID]directory.User, id directory.UserID) Person {
	if id == 0 {
		return Person{Message: "history.actor.unknown"}
	}
	u, found := users[id]
	switch {
	case found && !u.Erased.IsZero():
		return Person{User: id, UUID: u.UUID, Message: "history.actor.erased"}
	case found && u.Name() != "":
		return Person{User: id, UUID: u.UUID, Name: u.Name()}
	case found && u.Email != "":
		return Person{User: id, UUID: u.UUID, Name: u.Email}
	}
	return Person{User: id, Message: "history.actor.unknown"}
}

// UserEntry is what differs between two states of a user.
func UserEntry(p *gate.Plan, kind audit.Kind, before, after directory.User) audit.Entry {
	e := p.Entry(kind, after.ID, 0)
	e.Note("user_name", before.UserName, after.UserName)
	e.Note("email", before.Email, after.Email)
	e.Note("civility", before.Civility, after.Civility)
	e.Note("first_name", before.First, after.First)
	e.Note("last_name", before.Last, after.Last)
	e.Note("phone", before.Phone, after.Phone)
	e.Note("language", before.Language, after.Language)
	e.Note("staff", before.Staff, after.Staff)
	return e
}

// NamesFree refuses a user name that somebody else signs in by, and an address
// that is somebody else's (USER-3).
func NamesFree(ctx context.Context, r *store.Reader, u directory.User) error {
	for _, name := range []struct {
		field, value string
		find         func(ctx context.Context, name string) (directory.User, error)
	}{{"user_name", u.UserName, r.UserBySignInName}, {"email", u.Email, r.UserByAddress}} {
		if name.value == "" || name.field == "user_name" && u.UserName == u.Email {
			continue
		}
		other, err := name.find(ctx, name.value)
		if gate.RefusedWith(err, "user.not_found") || (err == nil && other.ID == u.ID) {
			continue
		}
		if err != nil {
			return err
		}
		return &directory.Error{Kind: directory.Conflict, Code: "user.name_taken", Field: name.field, Args: directory.Args{"Name": name.value}}
	}
	return nil
}
