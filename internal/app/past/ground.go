package past

import (
	"context"
	"slices"
	"strings"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A ground is what an account was apart from its people, at the end of a day.
type ground struct {
	tree   *authz.Tree
	state  directory.AccountState
	since  time.Time
	titles map[directory.CompanyID]string // of companies that were called otherwise
	became map[directory.CompanyID]directory.CompanyID
	moved  map[directory.PlaceID]directory.CompanyID // places that had another company
	// answers is who answered for technical users of whom that changed since.
	answers map[directory.MemberID]directory.UserID
}

// groundKinds are the entries that tell what became of an account apart from its
// people.
func groundKinds() []audit.Kind {
	return []audit.Kind{audit.AccountChanged, audit.AccountSuspended, audit.AccountReopened, audit.AccountClosed,
		audit.UnitChanged, audit.UnitMoved, audit.UnitArchived, audit.UnitRestored,
		audit.ProjectChanged, audit.ProjectArchived, audit.ProjectRestored,
		audit.RoleChanged, audit.RoleRenamed, audit.RoleReset, audit.RoleArchived, audit.RoleRestored,
		audit.CompanyRenamed, audit.CompanyPlacesMoved, audit.TechnicalAnswered}
}

// groundOf folds an account's units, roles and companies back to before a moment:
// from today's rows, newest entry first, what each says was before.
func (s *Past) groundOf(ctx context.Context, r *store.Reader, account directory.Account, since time.Time) (*ground, error) {
	f := folding{root: account.Root, units: map[directory.UnitID]*directory.Unit{}, roles: map[directory.RoleID]*directory.Role{},
		ground: &ground{state: account.State, since: since, titles: map[directory.CompanyID]string{}, became: map[directory.CompanyID]directory.CompanyID{},
			moved: map[directory.PlaceID]directory.CompanyID{}, answers: map[directory.MemberID]directory.UserID{}}}
	units, err := r.Units(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	born, err := r.BornSince(ctx, account.ID, since)
	if err != nil {
		return nil, err
	}
	entries, err := r.StructureSince(ctx, account.ID, since, groundKinds())
	if err != nil {
		return nil, err
	}
	for i := range units {
		f.units[units[i].ID] = &units[i]
	}
	for i := range roles {
		f.roles[roles[i].ID] = &roles[i]
	}
	for _, e := range entries {
		f.back(e)
	}
	if f.ground.became, err = merged(ctx, r, account.ID, since); err != nil {
		return nil, err
	}
	units = slices.DeleteFunc(units, func(u directory.Unit) bool { return born[int64(u.ID)] })
	roles = slices.DeleteFunc(roles, func(o directory.Role) bool { return born[int64(o.ID)] })
	f.ground.tree = s.gate.Arrange(units, roles)
	return f.ground, nil
}

// merged are the companies that had gone into others before a moment, and into which
// (COMP-4).
func merged(ctx context.Context, r *store.Reader, account directory.AccountID, before time.Time) (map[directory.CompanyID]directory.CompanyID, error) {
	merges, err := r.StructureSince(ctx, account, time.UnixMicro(0), []audit.Kind{audit.CompanyMerged})
	into := map[directory.CompanyID]directory.CompanyID{}
	for _, e := range merges {
		for _, c := range e.Facts {
			if ref, ok := c.After.Ref(); ok && c.Field == "company" && e.At.Before(before) {
				into[directory.CompanyID(e.Object)] = directory.CompanyID(ref.Key)
			}
		}
	}
	return into, err
}

// company is the company that one was on the day: itself, or what it had gone into.
func (g *ground) company(id directory.CompanyID) directory.CompanyID {
	for range len(g.became) {
		into, gone := g.became[id]
		if !gone {
			break
		}
		id = into
	}
	return id
}

// A folding is a ground on its way back.
type folding struct {
	root   directory.UnitID
	units  map[directory.UnitID]*directory.Unit
	roles  map[directory.RoleID]*directory.Role
	ground *ground
}

// back puts before one entry what it says was before it.
func (f folding) back(e audit.Entry) {
	switch e.Kind.Group() {
	case "account":
		f.account(e)
	case "unit", "project":
		if u := f.units[directory.UnitID(e.Object)]; u != nil {
			unitBack(u, e)
		}
	case "role":
		if o := f.roles[directory.RoleID(e.Object)]; o != nil {
			roleBack(o, e)
		}
	case "company":
		f.company(e)
	case "technical":
		for _, c := range e.Facts {
			if ref, ok := c.Before.Ref(); ok && c.Field == "responsible" {
				f.ground.answers[directory.MemberID(e.Object)] = directory.UserID(ref.Key)
			}
		}
	}
}

func (f folding) account(e audit.Entry) {
	for _, c := range e.Facts {
		switch c.Field {
		case "state":
			f.ground.state = directory.AccountState(c.Before.Text())
		case "name": // the root is called like the account
			if root := f.units[f.root]; root != nil {
				root.Name = c.Before.Text()
			}
		}
	}
}

func unitBack(u *directory.Unit, e audit.Entry) {
	switch e.Kind {
	case audit.UnitArchived, audit.ProjectArchived:
		u.Archived = time.Time{}
	case audit.UnitRestored, audit.ProjectRestored:
		u.Archived = e.At // since when is in an older entry; that it was is what counts
	}
	for _, c := range e.Facts {
		switch c.Field {
		case "name":
			u.Name = c.Before.Text()
		case "external_id":
			u.External = c.Before.Text()
		case "parent":
			if ref, ok := c.Before.Ref(); ok {
				u.Parent = directory.UnitID(ref.Key)
			}
		}
	}
}

func roleBack(o *directory.Role, e audit.Entry) {
	switch e.Kind {
	case audit.RoleArchived:
		o.Archived = time.Time{}
	case audit.RoleRestored:
		o.Archived = e.At
	}
	for _, c := range e.Facts {
		switch c.Field {
		case "names":
			o.Names = namesOf(c.Before)
		case "permissions":
			o.Permissions = textsOf(c.Before)
		case "place":
			o.Place = c.Before.Text()
		case "default_level":
			o.DefaultLevel = c.Before.Text()
		case "products":
			o.DefaultProducts = textsOf(c.Before)
		case "proposed":
			o.Proposed, _ = c.Before.Bool()
		}
	}
}

// namesOf reads what a role was called by language, "fr: Architecte" for one.
func namesOf(v audit.Value) map[string]string {
	names := map[string]string{}
	for _, one := range textsOf(v) {
		if language, name, ok := strings.Cut(one, ": "); ok {
			names[language] = name
		}
	}
	return names
}

func textsOf(v audit.Value) []string {
	texts := []string{}
	for _, one := range v.Values() {
		texts = append(texts, one.Text())
	}
	return texts
}

func (f folding) company(e audit.Entry) {
	var before directory.CompanyID
	for _, c := range e.Facts {
		switch c.Field {
		case "name":
			f.ground.titles[directory.CompanyID(e.Object)] = c.Before.Text()
		case "company":
			if ref, ok := c.Before.Ref(); ok {
				before = directory.CompanyID(ref.Key)
			}
		}
	}
	for _, c := range e.Facts {
		if c.Field == "places" {
			for _, place := range c.After.Values() {
				if key, ok := place.Number(); ok {
					f.ground.moved[directory.PlaceID(key)] = before
				}
			}
		}
	}
}
