package roster

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// homeFor is the home unit of somebody new: the one that is wanted, else the
// root, else the one topmost unit whose members the actor manages (UNIT-5). It
// refuses with the field unit what is not there, is archived or is managed by
// others, and with field.required where there are several to choose from.
func homeFor(rights authz.Rights, kind catalogue.AccountType, wanted directory.UnitID) (directory.UnitID, *directory.Error) {
	t := rights.Tree()
	if wanted == 0 {
		tops := Topmost(rights)
		switch {
		case len(tops) == 1:
			return tops[0].ID, nil
		case len(tops) > 1:
			return 0, directory.InvalidField("unit", "field.required", nil)
		}
		wanted = t.Root()
	}
	u, found := t.Unit(wanted)
	if !found {
		return 0, directory.InvalidField("unit", "unit.not_found", nil)
	}
	if refusal := manages(rights, wanted, "unit"); refusal != nil {
		return 0, refusal
	}
	if level, known := kind.Level(u.Level); known && level.Project {
		return 0, directory.InvalidField("unit", "unit.not_home", directory.Args{"Name": u.Name})
	}
	if refusal := ArchivedAt(t, wanted); refusal != nil {
		refusal.Field = "unit"
		return 0, refusal
	}
	return wanted, nil
}

// Homes finds the home units that rows name.
type Homes struct {
	rights  authz.Rights
	kind    catalogue.AccountType
	usual   directory.UnitID // of rows that name none
	Refusal *directory.Error // why there is none
	known   map[string]home
}

// A home is a unit that was looked up, or why it cannot be one.
type home struct {
	unit    directory.UnitID
	refusal *directory.Error
}

// homesOf starts with the unit that is meant where a row names none: a public
// id, or none for what homeFor takes by itself.
func homesOf(rights authz.Rights, kind catalogue.AccountType, usual string) Homes {
	h := Homes{rights: rights, kind: kind, known: map[string]home{}}
	if usual == "" {
		h.usual, h.Refusal = homeFor(rights, kind, 0)
		return h
	}
	h.usual, h.Refusal = h.of(usual)
	return h
}

// HomesIn is homesOf in an account.
func (w *Writer) HomesIn(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, usual string) (Homes, error) {
	a, err := r.Account(ctx, account)
	if err != nil {
		return Homes{}, err
	}
	kind, _ := w.gate.Catalogue().AccountType(a.Type)
	return homesOf(rights, kind, usual), nil
}

// of is the home unit that a row names: by public id, by the id by which
// products know the unit, or by names from the top down, separated by ">" or
// "/". A name that several units have is refused with unit.ambiguous.
func (h Homes) of(text string) (directory.UnitID, *directory.Error) {
	if text == "" {
		return h.usual, h.Refusal
	}
	if known, ok := h.known[text]; ok {
		return known.unit, known.refusal
	}
	found := h.find(text)
	h.known[text] = found
	return found.unit, found.refusal
}

func (h Homes) find(text string) home {
	t := h.rights.Tree()
	if id, known := UnitKnown(t, text); known {
		unit, refusal := homeFor(h.rights, h.kind, id)
		return home{unit, refusal}
	}
	var named []directory.UnitID
	path := splitPath(text)
	for _, u := range t.Units() {
		if len(path) > 0 && directory.Fold(u.Name) == path[len(path)-1] && SeesPeopleAt(h.rights, u.ID) && underNames(t, u, path) {
			named = append(named, u.ID)
		}
	}
	switch len(named) {
	case 0:
		return home{refusal: directory.InvalidField("unit", "unit.not_found", nil)}
	case 1:
		unit, refusal := homeFor(h.rights, h.kind, named[0])
		return home{unit, refusal}
	}
	return home{refusal: directory.InvalidField("unit", "unit.ambiguous", directory.Args{"Unit": text})}
}

// splitPath reads names from the top down, folded.
func splitPath(text string) []string {
	var names []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == '>' || r == '/' }) {
		if folded := directory.Fold(name); folded != "" {
			names = append(names, folded)
		}
	}
	return names
}

// underNames reports whether the units right above one bear the names of a path.
func underNames(t *authz.Tree, u directory.Unit, path []string) bool {
	for i := len(path) - 1; i >= 0; i-- {
		if directory.Fold(u.Name) != path[i] {
			return false
		}
		above, found := t.Unit(u.Parent)
		if i > 0 && (u.Parent == 0 || !found) {
			return false
		}
		u = above
	}
	return true
}

// Topmost are the units whose members the actor manages and that stand under no
// other such unit, in tree order.
func Topmost(rights authz.Rights) []directory.Unit {
	t := rights.Tree()
	var tops []directory.Unit
	for _, u := range t.Units() {
		covered := len(tops) > 0 && t.Covers(tops[len(tops)-1].ID, u.ID)
		if !covered && t.Live(u.ID) && rights.May(authz.ManageMembers, u.ID) {
			tops = append(tops, u)
			if u.Parent == 0 {
				break
			}
		}
	}
	return tops
}

// A HomeChoice is a unit that can be somebody's home, with the names of those
// above it.
type HomeChoice struct {
	Unit directory.Unit
	Path []directory.Unit // from below the root to the unit itself
}

// offeredHomes is how many units a form offers as homes; more are searched.
const offeredHomes = 200

// HomeChoices are the units that the actor may make somebody's home: all where
// they are few, else those that a search finds, and the one that is chosen.
func HomeChoices(rights authz.Rights, kind catalogue.AccountType, chosen, search string) (choices []HomeChoice, more bool) {
	t, folded := rights.Tree(), directory.Fold(search)
	found := 0
	for _, u := range t.Units() {
		if level, _ := kind.Level(u.Level); level.Project || !t.Live(u.ID) || !rights.May(authz.ManageMembers, u.ID) {
			continue
		}
		if u.UUID != chosen && !Matches(u, folded) {
			continue
		}
		if found++; found > offeredHomes && u.UUID != chosen {
			more = true
			continue
		}
		choices = append(choices, HomeChoice{Unit: u, Path: PathBelowRoot(t, u.ID)})
	}
	return choices, more
}

// PathBelowRoot are the units from below the root to one, itself included; of
// the root, the root.
func PathBelowRoot(t *authz.Tree, id directory.UnitID) []directory.Unit {
	keys := t.Path(id)
	if len(keys) > 1 {
		keys = keys[1:]
	}
	path := make([]directory.Unit, len(keys))
	for i, key := range keys {
		path[i], _ = t.Unit(key)
	}
	return path
}

// MayBeHome refuses a unit where the actor may put nobody.
func (w *Writer) MayBeHome(rights authz.Rights, account directory.Account, u directory.Unit) error {
	if !OpensUnit(rights, u.ID) && !rights.May(authz.ManageMembers, u.ID) {
		return directory.InvalidField("unit", "unit.not_found", nil)
	}
	if err := gate.Require(rights, authz.ManageMembers, u.ID); err != nil {
		return err
	}
	kind, _ := w.gate.Catalogue().AccountType(account.Type)
	if level, known := kind.Level(u.Level); known && level.Project {
		return directory.InvalidField("unit", "unit.not_home", directory.Args{"Name": u.Name})
	}
	if refusal := ArchivedAt(rights.Tree(), u.ID); refusal != nil {
		refusal.Field = "unit"
		return refusal
	}
	return nil
}

// settleIn gives a member the home unit of a public id. It refuses like
// MoveHome; the unit they have is no change.
func (a *Acting) settleIn(m *directory.Member, uuid string) error {
	if a.home.ID == 0 || a.home.UUID != uuid {
		tree := a.Rights.Tree()
		id, found := tree.UnitByUUID(uuid)
		if !found {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		a.home, _ = tree.Unit(id)
	}
	if a.home.ID == m.Unit {
		return nil
	}
	if err := a.mayHome(a.home); err != nil {
		return err
	}
	m.Unit = a.home.ID
	return nil
}
