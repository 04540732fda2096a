package library

import (
	"context"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Template is what new projects begin with.
type Template = directory.Template

// Content is the template of a public id as a new project begins with it: who has left
// the account, or is switched off, is left out of it, and so are roles and a type that
// are archived; a company that was merged is the one it went into (COMP-4). It refuses
// at the field template with template.not_found, and with template.archived one that
// is no choice any more. Whether the reader may give all of it is theirs to ask
// (ROLE-6).
func Content(ctx context.Context, r *store.Reader, account directory.AccountID, id string) (Template, error) {
	lines, err := r.Templates(ctx, account)
	if err != nil {
		return Template{}, err
	}
	i := slices.IndexFunc(lines, func(l store.TemplateLine) bool { return l.UUID == id })
	if i < 0 {
		return Template{}, directory.InvalidField("template", "template.not_found", nil)
	}
	t := lines[i].Template
	if !t.Archived.IsZero() {
		return Template{}, directory.InvalidField("template", "template.archived", directory.Args{"Name": t.Name})
	}
	if t.Type != 0 {
		if t.Type, err = livingType(ctx, r, account, t.Type); err != nil {
			return Template{}, err
		}
	}
	places, err := r.TemplatePlaces(ctx, t.ID)
	if err != nil {
		return Template{}, err
	}
	c, err := readCast(ctx, r, account, places)
	if err != nil {
		return Template{}, err
	}
	for _, p := range places {
		if c.leftOut(p.Member) {
			continue
		}
		p.Company = c.companies[p.Company].ID
		p.Level = c.given(p.Level)
		p.Functions = slices.DeleteFunc(slices.Clone(p.Functions), func(f directory.RoleID) bool { return c.given(f) == 0 })
		t.Places = append(t.Places, p)
	}
	return t, nil
}

// livingType is a type that can be chosen, or none.
func livingType(ctx context.Context, r *store.Reader, account directory.AccountID, of directory.ProjectTypeID) (directory.ProjectTypeID, error) {
	types, err := r.ProjectTypes(ctx, account)
	if err != nil || !slices.ContainsFunc(types, func(t directory.ProjectType) bool { return t.ID == of && t.Archived.IsZero() }) {
		return 0, err
	}
	return of, nil
}

// A cast is who and what the places of a template name, as they are now.
type cast struct {
	members   map[directory.MemberID]directory.Member
	users     map[directory.UserID]directory.User
	companies map[directory.CompanyID]directory.Company
	roles     map[directory.RoleID]directory.Role
}

// readCast reads what places name, with a fixed number of questions.
func readCast(ctx context.Context, r *store.Reader, account directory.AccountID, places []directory.Place) (cast, error) {
	c := cast{members: map[directory.MemberID]directory.Member{}, roles: map[directory.RoleID]directory.Role{}}
	var keys []directory.MemberID
	var companies []directory.CompanyID
	for _, p := range places {
		keys, companies = append(keys, p.Member), append(companies, p.Company)
	}
	members, err := r.Members(ctx, account, keys)
	if err != nil {
		return c, err
	}
	var people []directory.UserID
	for _, m := range members {
		c.members[m.ID] = m
		people = append(people, m.User)
	}
	if c.users, err = r.Users(ctx, people); err != nil {
		return c, err
	}
	if c.companies, err = r.CompaniesByKey(ctx, roster.Distinct(companies)); err != nil {
		return c, err
	}
	roles, err := r.Roles(ctx, account)
	for _, o := range roles {
		c.roles[o.ID] = o
	}
	return c, err
}

// gone reports whether somebody is no member any more: nothing is shown of them.
func (c cast) gone(id directory.MemberID) bool {
	m, there := c.members[id]
	return !there || !m.Removed.IsZero() || !c.users[m.User].Erased.IsZero()
}

// leftOut reports whether somebody gets no place in a new project.
func (c cast) leftOut(id directory.MemberID) bool {
	m := c.members[id]
	return c.gone(id) || m.Sleeps() || !c.users[m.User].SwitchedOff.IsZero()
}

// given is a role that can still be given, or none.
func (c cast) given(id directory.RoleID) directory.RoleID {
	if o, there := c.roles[id]; !there || !o.Archived.IsZero() {
		return 0
	}
	return id
}
