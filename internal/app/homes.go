package app

import (
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// homeFor is the home unit of somebody new: the one that is wanted, else the
// root, else the one topmost unit whose members the actor manages (UNIT-5). It
// refuses with the field unit what is not there, is archived or is managed by
// others, and with field.required where there are several to choose from.
func homeFor(rights authz.Rights, wanted directory.UnitID) (directory.UnitID, *directory.Error) {
	t := rights.Tree()
	if wanted == 0 {
		tops := topmost(rights)
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
	if !t.Live(wanted) {
		return 0, &directory.Error{Kind: directory.Conflict, Code: "unit.archived", Field: "unit", Args: directory.Args{"Unit": u.Name}}
	}
	return wanted, nil
}

// topmost are the units whose members the actor manages and that stand under no
// other such unit, in tree order.
func topmost(rights authz.Rights) []directory.Unit {
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

// homeChoices are the units that the actor may make somebody's home: all where
// they are few, else those that a search finds, and the one that is chosen.
func homeChoices(rights authz.Rights, chosen, search string) (choices []HomeChoice, more bool) {
	t, folded := rights.Tree(), directory.Fold(search)
	found := 0
	for _, u := range t.Units() {
		if !t.Live(u.ID) || !rights.May(authz.ManageMembers, u.ID) {
			continue
		}
		if u.UUID != chosen && !matches(u, folded) {
			continue
		}
		if found++; found > offeredHomes && u.UUID != chosen {
			more = true
			continue
		}
		choices = append(choices, HomeChoice{Unit: u, Path: pathBelowRoot(t, u.ID)})
	}
	return choices, more
}

// pathBelowRoot are the units from below the root to one, itself included; of
// the root, the root.
func pathBelowRoot(t *authz.Tree, id directory.UnitID) []directory.Unit {
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
