package app

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A GrantView says what of somebody's roles a page shows.
type GrantView struct {
	Search string            // units by a part of their name
	Units  []string          // public ids of units that are shown besides
	Chosen []roster.RoleStep // what is chosen in the form and not saved
	Picked []string          // public ids of units ticked to give one role at them, sought still
}

// How many units a page of somebody's roles shows: those with a role, those
// that a role is required at where they are few, and to choose from those found,
// or some others.
const (
	shownGranted  = 200
	shownRequired = 8
	shownFound    = 50
	shownFree     = 8 // others, where nothing is sought
)

// PersonGrants is what one person holds in an account, unit by unit, as far as
// the reader sees it.
type PersonGrants struct {
	Member  directory.Member // zero for somebody new
	Program bool             // a technical user, of whom no role is required (ROLE-3)
	Name    string
	Email   string
	Home    directory.Unit
	Units   []UnitGrants  // in tree order
	Grants  int           // roles held at units in sight; more than 200 are not shown
	Found   int           // units that the search finds; more than 50 are not shown
	Search  bool          // there are more units than are shown
	Missing []string      // levels at which a role is required and none is held, authz.RootLevel for the general one
	Sources []gate.Source // access level and functions, which act everywhere in the account
	Edits   bool          // the reader may change some of it
}

// UnitGrants is one unit of somebody's roles.
type UnitGrants struct {
	Unit     directory.Unit
	Level    string           // of the catalogue, authz.RootLevel for the root
	Path     []directory.Unit // from below the root to the unit itself
	Here     []HeldGrant      // given at the unit itself
	Above    []gate.Source    // what flows down to it
	Offered  []gate.Effect    // what each role that the reader may give here would add
	Chosen   []gate.Effect    // what the form has chosen here, with what it adds
	Required bool             // the account type requires a role at its level
	Sought   bool             // nothing is held or chosen there: it is one to choose from
	Edits    bool             // the reader may give roles here
}

// A HeldGrant is one role given at a unit: since when, by whom, and what it adds
// beside everything else.
type HeldGrant struct {
	gate.Effect
	From    time.Time
	By      roster.Person // zero for the program itself
	MayEnd  bool
	Refusal *directory.Error // why not
}

// Of shows what a person holds: for each unit what was given there, what flows
// down to it from where, and what each role would add (ROLE-1, ROLE-2). Without
// a member it shows what can be given to somebody new. It refuses without
// members.view anywhere, and with member.not_found whoever is out of sight.
func (s *Grants) Of(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, view GrantView) (PersonGrants, error) {
	var shown PersonGrants
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		b, err := s.grantBook(ctx, r, rights, account)
		if err != nil {
			return err
		}
		if member != "" {
			if err := b.open(ctx, r, member); err != nil {
				return err
			}
		} else if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		shown, err = b.show(ctx, r, view)
		return err
	})
	return shown, err
}

// Adding says what a role would add for a person at a unit, or that it adds
// nothing and where all of it is held already (ROLE-2). Without a member it is
// somebody new. It refuses as Of does, and what Give would refuse.
func (s *Grants) Adding(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, at gate.Source) (gate.Effect, error) {
	var found gate.Effect
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		b, err := s.grantBook(ctx, r, rights, account)
		if err != nil {
			return err
		}
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		if member != "" {
			if err := b.open(ctx, r, member); err != nil {
				return err
			}
		}
		unit, there := roster.UnitNamed(b.Tree, at.Unit.UUID)
		if !there {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		role, refusal := b.Role(at.Role.Code, "role")
		if refusal == nil {
			refusal = b.MayGive(role, unit.ID, "unit")
		}
		if refusal != nil {
			return refusal
		}
		found = roster.EffectOf(b.Tree, b.held, role.ID, unit.ID)
		return nil
	})
	return found, err
}

// A grantBook is what one person holds while it is shown.
type grantBook struct {
	*roster.Granting
	rights authz.Rights
	member directory.Member
	user   directory.User
	grants []directory.Grant
	held   []authz.Held
}

func (c *core) grantBook(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID) (*grantBook, error) {
	if !rights.MayAnywhere(authz.ViewMembers) && !rights.MayAnywhere(authz.ManageMembers) {
		return nil, gate.Require(rights, authz.ViewMembers, 0)
	}
	g, err := c.roster.GrantingOn(ctx, r, gate.Basis{Account: account, Rights: rights})
	return &grantBook{Granting: g, rights: rights}, err
}

func (b *grantBook) open(ctx context.Context, r *store.Reader, member string) error {
	var err error
	if b.member, err = r.MemberByUUID(ctx, b.Account.ID, member); err != nil {
		return err
	}
	if b.grants, err = r.GrantsOf(ctx, b.member.ID); err != nil {
		return err
	}
	if !b.member.Removed.IsZero() || !roster.InSight(b.rights, b.member, b.grants) {
		return directory.Refuse(directory.NotFound, "member.not_found")
	}
	b.held = roster.HeldBy(b.Tree, b.member, b.grants)
	b.user, err = r.User(ctx, b.member.User)
	return err
}

func (b *grantBook) show(ctx context.Context, r *store.Reader, view GrantView) (PersonGrants, error) {
	shown := PersonGrants{Member: b.member, Program: b.user.Technical(), Name: roster.NameOf(b.user, b.member), Email: b.user.Email, Missing: b.missingShown()}
	if roster.SeesPeopleAt(b.rights, b.member.Unit) {
		shown.Home, _ = b.Tree.Unit(b.member.Unit)
	}
	for _, role := range roster.RolesOf(b.member) {
		if len(b.Tree.Gives(role, 0)) > 0 {
			shown.Sources = append(shown.Sources, roster.SourceOf(b.Tree, authz.Held{Role: role, Unit: b.Tree.Root()}))
		}
	}
	var givers []directory.UserID
	for _, g := range b.grants {
		givers = append(givers, g.By)
	}
	by, err := r.Users(ctx, roster.Distinct(givers))
	if err != nil {
		return shown, err
	}
	chosen := b.chosen(view.Chosen)
	units, sought := b.choose(view, &shown)
	for _, u := range units {
		row := b.unit(u, chosen)
		row.Sought = sought[u.ID]
		for i := range row.Here {
			row.Here[i].By = roster.PersonFrom(by, b.giverOf(row.Here[i]))
		}
		shown.Edits = shown.Edits || row.Edits
		shown.Units = append(shown.Units, row)
	}
	return shown, nil
}

func (b *grantBook) giverOf(h HeldGrant) directory.UserID {
	for _, g := range b.grants {
		if g.Role == h.Role.ID && g.Unit == h.Unit.ID {
			return g.By
		}
	}
	return 0
}

// missingShown are the required levels without a role; of what is out of the
// reader's sight nothing is said.
func (b *grantBook) missingShown() []string {
	missing := b.Required().Missing(b.user, b.grants)
	return slices.DeleteFunc(missing, func(level string) bool { return !b.Manageable(level) })
}

// choose are the units that a page shows, in tree order, and which of them are to
// choose from only.
func (b *grantBook) choose(view GrantView, shown *PersonGrants) ([]directory.Unit, map[directory.UnitID]bool) {
	folded := directory.Fold(view.Search)
	granted := map[directory.UnitID]int{}
	for _, g := range b.grants {
		granted[g.Unit]++
	}
	wanted := slices.Clone(view.Units)
	for _, step := range view.Chosen {
		wanted = append(wanted, step.Unit)
	}
	var units []directory.Unit
	sought := map[directory.UnitID]bool{}
	few, free := b.fewRequired(granted), 0
	for _, u := range b.Tree.Units() {
		n := granted[u.ID]
		if n > 0 && (roster.SeesPeopleAt(b.rights, u.ID) || b.onTheWay(u.ID)) {
			shown.Grants += n
			if shown.Grants <= shownGranted {
				units = append(units, u)
			}
			continue
		}
		if !b.rights.May(authz.ManageMembers, u.ID) || roster.GrantableAt(b.Tree, b.Kind, u.ID, b.Lang) != nil {
			continue
		}
		found := folded != "" && roster.Matches(u, folded)
		if found {
			shown.Found++
		}
		switch {
		case u.Parent == 0, slices.Contains(wanted, u.UUID), few && b.requiredAt(u):
			units = append(units, u)
		case slices.Contains(view.Picked, u.UUID), found && shown.Found <= shownFound, folded == "" && free < shownFree:
			free++
			sought[u.ID] = true
			units = append(units, u)
		default:
			shown.Search = true
		}
	}
	return units, sought
}

// fewRequired reports whether the units at which a role is required and none held
// are so few that each is shown.
func (b *grantBook) fewRequired(granted map[directory.UnitID]int) bool {
	n := 0
	for _, u := range b.Tree.Units() {
		if n <= shownRequired && u.Parent != 0 && granted[u.ID] == 0 && b.requiredAt(u) && b.rights.May(authz.ManageMembers, u.ID) {
			n++
		}
	}
	return n <= shownRequired
}

// onTheWay reports whether something of what the reader sees lies below the
// unit: then a role there reaches it and is shown.
func (b *grantBook) onTheWay(unit directory.UnitID) bool {
	return roster.SeesPeopleAt(b.rights, b.member.Unit) && b.Tree.Covers(unit, b.member.Unit) ||
		slices.ContainsFunc(roster.Topmost(b.rights), func(u directory.Unit) bool { return b.Tree.Covers(unit, u.ID) })
}

func (b *grantBook) requiredAt(u directory.Unit) bool {
	return !b.user.Technical() && slices.Contains(roster.RequiredLevels(b.Kind.GeneralRoleRequired, b.Kind.RoleRequiredAt), b.Tree.Level(u.ID))
}

// A chosenRole is a role that the form has chosen at a unit.
type chosenRole struct {
	unit directory.UnitID
	role directory.RoleID // 0: none
}

func (b *grantBook) chosen(steps []roster.RoleStep) []chosenRole {
	if len(steps) == 0 {
		return nil
	}
	units := map[string]directory.UnitID{"": b.Tree.Root()}
	for _, u := range b.Tree.Units() {
		units[u.UUID] = u.ID
	}
	var chosen []chosenRole
	for _, step := range steps {
		unit, found := units[step.Unit]
		if !found {
			continue
		}
		chosen = append(chosen, chosenRole{unit: unit})
		for _, code := range step.Roles {
			if role, ok := roster.RightsRole(b.Tree, code); ok {
				chosen = append(chosen, chosenRole{unit, role.ID})
			}
		}
	}
	return chosen
}

// withChosen is what the person would hold if the form were saved.
func (b *grantBook) withChosen(chosen []chosenRole) []authz.Held {
	held := slices.DeleteFunc(slices.Clone(b.held), func(h authz.Held) bool {
		return h.Grant != 0 && slices.ContainsFunc(chosen, func(c chosenRole) bool { return c.unit == h.Unit })
	})
	for _, c := range chosen {
		if c.role != 0 {
			held = append(held, authz.Held{Unit: c.unit, Role: c.role})
		}
	}
	return held
}

// unit is one unit of the page.
func (b *grantBook) unit(u directory.Unit, chosen []chosenRole) UnitGrants {
	row := UnitGrants{Unit: u, Level: b.Tree.Level(u.ID), Path: roster.PathBelowRoot(b.Tree, u.ID), Required: b.requiredAt(u),
		Edits: b.rights.May(authz.ManageMembers, u.ID) && !b.rights.Closed()}
	for _, h := range roster.Above(b.Tree, b.held, u.ID) {
		if h.Unit != u.ID && len(b.Tree.Gives(h.Role, h.Unit)) > 0 {
			row.Above = append(row.Above, roster.SourceOf(b.Tree, h))
		}
	}
	for _, g := range b.grants {
		if g.Unit != u.ID {
			continue
		}
		here := HeldGrant{Effect: roster.EffectOf(b.Tree, b.held, g.Role, g.Unit), From: g.From}
		here.Refusal = roster.MayEnd(b.rights, here.Role, g.Unit, "")
		here.MayEnd = here.Refusal == nil
		row.Here = append(row.Here, here)
	}
	for _, role := range b.Tree.Roles() {
		if role.Kind == directory.RightsRole && role.Archived.IsZero() && b.MayGive(role, u.ID, "") == nil {
			row.Offered = append(row.Offered, roster.EffectOf(b.Tree, b.held, role.ID, u.ID))
		}
	}
	with := b.withChosen(chosen)
	for _, c := range chosen {
		if c.unit == u.ID && c.role != 0 {
			row.Chosen = append(row.Chosen, roster.EffectOf(b.Tree, with, c.role, u.ID))
		}
	}
	return row
}
