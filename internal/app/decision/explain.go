package decision

import (
	"cmp"
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Reasons say why somebody may do what they may, or may not (ROLE-9).
type Reasons struct{ *core }

// A Holder is somebody whose rights are looked at. Without a member it is
// nobody: staff inside an account have no place in it.
type Holder struct {
	roster.ListedMember
	Own bool   // the reader
	Bar string // why nothing that is held counts, as an Explanation says it; or empty
}

// A HeldRole is one role somebody holds at a unit, as their tree shows it.
type HeldRole struct {
	authz.Held
	Role  directory.Role
	Unit  directory.Unit
	By    roster.Person // who gave it; nobody known for a level or function
	Reach int           // units in which it counts
	Adds  bool          // gives something that nothing else on the way gives (ROLE-2)
	Gives bool          // of a Why: the permission that is asked about
	Idle  bool          // of a Why: names the permission, at a level where it does not count (ROLE-10)
}

// Basic reports whether this is the role of those who only look (ROLE-3).
func (h HeldRole) Basic() bool { return h.Role.Code == directory.BasicUser }

// A RightsTree is what one person holds over the units of an account.
type RightsTree struct {
	Holder  Holder
	Units   []directory.Unit // in the reader's sight and in use, parents first
	Held    []HeldRole       // from the root down
	Managed int              // of these units: where the person manages users
	MayGive bool             // the reader may give roles somewhere
}

// Tree is what somebody holds, and where. Person is a member's public id; empty
// stands for the actor. Everybody may ask about themselves, and about others
// with members.view at their home unit: who is out of sight is refused with
// member.not_found (LIST-8).
func (s *Reasons) Tree(ctx context.Context, actor authz.Actor, account directory.AccountID, person string) (RightsTree, error) {
	var t RightsTree
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		e, err := s.explaining(ctx, r, rights, lookingAt{actor, account, person, ""})
		if err != nil {
			return err
		}
		t.Holder, t.Held, t.Units = e.holder, e.held, e.units()
		t.MayGive = rights.MayAnywhere(authz.ManageMembers) && e.account.Writable() == nil
		for _, u := range t.Units {
			if e.of.May(authz.ManageMembers, u.ID) {
				t.Managed++
			}
		}
		return nil
	})
	return t, err
}

// A WhyQuery asks whether somebody may do something somewhere. Person and Unit
// are public ids; empty they stand for the actor and the root. Without a
// permission nothing is asked yet.
type WhyQuery struct{ Person, Permission, Unit string }

// A Why is the answer: what the decision says, with its grounds (ROLE-9).
type Why struct {
	Holder      Holder
	Account     directory.Account
	Unit        directory.Unit
	Units       []directory.Unit // that may be asked about
	Permissions []catalogue.Permission
	Here        []catalogue.Permission // all that the person may do at the unit

	Permission  catalogue.Permission // zero: nothing was asked
	Explanation authz.Explanation
	Path        []WhyStep
	Elsewhere   []HeldRole
	Levels      []WhyLevel // of the account, from the top
	Givers      []WhyGiver // of a no: who could change it, the nearest first; a few of them
	GiverTotal  int64
	GiveAt      directory.Unit // where they could give what is missing
}

// A WhyStep is a unit on the way from the root, with what is held there.
type WhyStep struct {
	Unit    directory.Unit
	Held    []HeldRole
	Allowed bool // the permission is held here
}

// A WhyLevel is one level of units, and whether the permission counts there.
type WhyLevel struct {
	ID     string
	Counts bool
}

// A WhyGiver is somebody who could give what is missing. Their address is there
// only for who may see it.
type WhyGiver struct {
	Member string // public id, for who may see the member
	Name   string
	Email  string
	Levels []directory.Role // access levels
	Own    bool
}

// Why says whether somebody may do something at a unit, and why, or what is
// missing and who could give it (ROLE-9). It refuses like Tree, with
// field.unknown_choice for a permission that no catalogue knows, and with
// unit.not_found for a unit out of sight.
func (s *Reasons) Why(ctx context.Context, actor authz.Actor, account directory.AccountID, q WhyQuery) (Why, error) {
	var w Why
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		e, err := s.explaining(ctx, r, rights, lookingAt{actor, account, q.Person, q.Unit})
		if err != nil {
			return err
		}
		w = Why{Holder: e.holder, Account: e.account, Units: e.units(), Permissions: s.gate.Catalogue().Permissions}
		return e.lay(&w, q)
	})
	if err != nil || w.Permission.ID == "" || w.Holder.ID == 0 || w.Explanation.Allowed {
		return w, err
	}
	return w, s.remedy(ctx, actor, account, &w)
}

// lay answers a question as far as it goes.
func (e *explaining) lay(w *Why, q WhyQuery) error {
	if err := e.asked(w, q); err != nil {
		return err
	}
	for _, p := range e.of.At(w.Unit.ID) {
		declared, _ := e.gate.Catalogue().Permission(string(p))
		w.Here = append(w.Here, declared)
	}
	if w.Permission.ID != "" && w.Holder.ID != 0 {
		e.answer(w)
	}
	return nil
}

// explaining is one look at what somebody holds.
type explaining struct {
	*core
	rights  authz.Rights       // the reader's
	sight   authz.ProjectSight // of the reader
	tree    *authz.Tree
	account directory.Account
	holder  Holder
	of      authz.Rights // the holder's
	held    []HeldRole
	seen    func(unit directory.UnitID) bool // of a past day: the units in the reader's sight
}

// lookingAt is who looks at whom: a member's public id, or nothing for
// themselves; and at which unit, where one is asked about.
type lookingAt struct {
	actor   authz.Actor
	account directory.AccountID
	person  string
	unit    string
}

func (c *core) explaining(ctx context.Context, r *store.Reader, rights authz.Rights, look lookingAt) (*explaining, error) {
	if !rights.Member() {
		return nil, directory.Refuse(directory.NotFound, "account.not_found")
	}
	e := &explaining{core: c, rights: rights, tree: rights.Tree(), sight: rights.ProjectSight()}
	var err error
	if e.account, err = r.Account(ctx, look.account); err != nil {
		return nil, err
	}
	m, err := r.MemberOf(ctx, look.account, look.actor.User)
	if look.person != "" {
		m, err = r.MemberByUUID(ctx, look.account, look.person)
	}
	if look.person == "" && gate.RefusedWith(err, "member.not_found") {
		return e, nil // staff inside, or the operator
	}
	if err != nil {
		return nil, err
	}
	e.holder.Own = m.User == look.actor.User
	if !m.Removed.IsZero() || !e.holder.Own && !roster.SeesPeopleAt(rights, m.Unit) {
		return nil, directory.Refuse(directory.NotFound, "member.not_found")
	}
	return e, e.load(ctx, r, m, e.projectOf(look.unit))
}

// projectOf is the project in the reader's sight that a unit is or stands in, 0 without.
func (e *explaining) projectOf(unit string) directory.UnitID {
	id, found := e.tree.UnitByUUID(unit)
	if project, walled := e.tree.Project(id); found && walled && e.sight.Has(project) {
		return project
	}
	return 0
}

// load reads the holder and what they hold; of what they hold in projects only what
// is held in the one that is asked about (PROJ-7).
func (e *explaining) load(ctx context.Context, r *store.Reader, m directory.Member, within directory.UnitID) error {
	user, err := r.User(ctx, m.User)
	if err != nil {
		return err
	}
	e.holder.Member, e.holder.Person = m, user
	e.holder.Levels = m.LevelsOf(e.tree.Roles())
	standing, err := r.Standing(ctx, e.account.ID, m.User)
	if err != nil {
		return err
	}
	e.of = authz.Decide(authz.Actor{Kind: authz.Person, User: m.User}, e.tree, standing, e.gate.Instant())
	e.holder.Bar = e.of.Explain(authz.ViewAccount, 0).Reason
	if e.holder.Bar == authz.Missing {
		e.holder.Bar = ""
	}
	grants, err := r.GrantsOf(ctx, m.ID)
	if err != nil {
		return err
	}
	by, people := map[directory.GrantID]directory.UserID{}, []directory.UserID(nil)
	for _, g := range grants {
		by[g.ID] = g.By
		people = append(people, g.By)
	}
	givers, err := r.Users(ctx, roster.Distinct(people))
	if err != nil {
		return err
	}
	e.hold(within, func(grant directory.GrantID) roster.Person { return roster.PersonFrom(givers, by[grant]) })
	return nil
}

// hold lays out what the holder holds. Of a past day nothing is shown at units that are
// out of the reader's sight.
func (e *explaining) hold(within directory.UnitID, by func(grant directory.GrantID) roster.Person) {
	all := e.of.Holds()
	for _, h := range all {
		if e.seen != nil && !e.seen(h.Unit) {
			continue
		}
		role, _ := e.tree.Role(h.Role)
		if h.Grant == 0 && len(role.Permissions) == 0 {
			continue // a function that names a trade, not rights
		}
		if project, walled := e.tree.Project(h.Unit); walled && project != within {
			continue
		}
		one := HeldRole{Held: h, Role: role, Reach: e.reach(h.Unit), Adds: !roster.EffectOf(e.tree, all, h.Role, h.Unit).Nothing()}
		one.Unit, _ = e.tree.Unit(h.Unit)
		if h.Grant != 0 {
			one.By = by(h.Grant)
		}
		e.held = append(e.held, one)
	}
	e.sortHeld()
}

func (e *explaining) sortHeld() {
	slices.SortStableFunc(e.held, func(a, b HeldRole) int {
		return cmp.Or(cmp.Compare(e.tree.Depth(a.Held.Unit), e.tree.Depth(b.Held.Unit)), cmp.Compare(a.Unit.Name, b.Unit.Name),
			cmp.Compare(a.Role.Code, b.Role.Code))
	})
}

// reach counts the units in use at and below one.
func (e *explaining) reach(unit directory.UnitID) int {
	n := 0
	for _, u := range e.tree.Below(unit) {
		if e.tree.Live(u) {
			n++
		}
	}
	return n
}

// units are what the reader may see of the tree: the units where they hold
// something themselves, those where the person does, and the way to these. What
// is archived is left out, and so are the projects out of their sight (PROJ-11).
func (e *explaining) units() []directory.Unit {
	all := e.tree.Units()
	if e.seen != nil {
		return slices.DeleteFunc(all, func(u directory.Unit) bool { return !e.seen(u.ID) || !e.tree.Live(u.ID) })
	}
	seen := make(map[directory.UnitID]bool, len(all))
	whole := e.rights.May(authz.ViewAccount, 0) || e.rights.May(authz.ViewMembers, 0)
	way := func(unit directory.UnitID) {
		for _, above := range e.tree.Path(unit) {
			seen[above] = true
		}
	}
	way(0)
	if !whole {
		for _, h := range e.rights.Holds() {
			way(h.Unit)
			for _, u := range e.tree.Below(h.Unit) {
				seen[u] = true
			}
		}
		for _, h := range e.held {
			way(h.Held.Unit)
		}
		if e.holder.Unit != 0 {
			way(e.holder.Unit)
		}
	}
	return slices.DeleteFunc(all, func(u directory.Unit) bool {
		project, walled := e.tree.Project(u.ID)
		return !whole && !seen[u.ID] || !e.tree.Live(u.ID) || walled && !e.sight.Has(project)
	})
}

// asked finds the permission and the unit of a question.
func (e *explaining) asked(w *Why, q WhyQuery) error {
	var found bool
	if w.Unit, found = roster.UnitNamed(e.tree, q.Unit); !found || !slices.ContainsFunc(w.Units, func(u directory.Unit) bool { return u.ID == w.Unit.ID }) {
		return directory.InvalidField("unit", "unit.not_found", nil)
	}
	if q.Permission == "" {
		return nil
	}
	if w.Permission, found = e.gate.Catalogue().Permission(q.Permission); !found {
		return directory.InvalidField("permission", "field.unknown_choice", directory.Args{"Value": directory.Short(q.Permission, directory.Quoted)})
	}
	return nil
}

// answer asks the decision itself, and lays out the way it took.
func (e *explaining) answer(w *Why) {
	asked := authz.Permission(w.Permission.ID)
	w.Explanation = e.of.Explain(asked, w.Unit.ID)
	for _, above := range e.tree.Path(w.Unit.ID) {
		u, _ := e.tree.Unit(above)
		step := WhyStep{Unit: u, Allowed: e.of.May(asked, above)}
		for _, h := range e.held {
			if h.Held.Unit == above {
				h.Gives = slices.Contains(e.tree.Gives(h.Held.Role, above), asked)
				h.Idle = slices.Contains(e.tree.Idle(h.Held.Role, above), asked)
				step.Held = append(step.Held, h)
			}
		}
		w.Path = append(w.Path, step)
	}
	for _, h := range e.held {
		if slices.ContainsFunc(w.Explanation.Elsewhere, func(o authz.Held) bool { return o.Unit == h.Held.Unit && o.Role == h.Held.Role }) {
			h.Gives = true
			w.Elsewhere = append(w.Elsewhere, h)
		}
	}
	kind, _ := e.gate.Catalogue().AccountType(e.account.Type)
	w.Levels = append(w.Levels, WhyLevel{catalogue.RootLevel, w.Permission.CountsAt(catalogue.RootLevel)})
	for _, level := range kind.UnitLevels {
		w.Levels = append(w.Levels, WhyLevel{level.ID, w.Permission.CountsAt(level.ID)})
	}
}
