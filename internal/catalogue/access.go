package catalogue

import "slices"

// By what a product names whoever it asks about, and what.
const (
	BySubjectID       = "id"               // the public id of the user, or of the member
	ByUserName        = "user_name"        //
	ByEmail           = "email"            //
	ByPersonnelNumber = "personnel_number" // as the account keeps it; nobody when two have it
	ByExternalID      = "external_id"      // a unit's id in the account's own systems
	ByNumber          = "number"           // an account's customer number, or a project's
)

// Access says in which words the vendor's products ask who may do what: types
// of subjects and resources, names of actions. A list that is left out has the
// words of AccessWords. Rule CHECK-3.
type Access struct {
	Subjects  []AccessSubject  `yaml:"subjects"`
	Resources []AccessResource `yaml:"resources"`
	Actions   []AccessAction   `yaml:"actions"`
}

// An AccessSubject is a type of subject: people of the account, by the names
// listed. The first is what a search answers with.
type AccessSubject struct {
	Type string   `yaml:"type"`
	By   []string `yaml:"by"`
}

// An AccessResource is a type of resource: the units of a level, or the account
// itself, by the names listed. The first a unit has is what a search answers
// with.
type AccessResource struct {
	Type  string   `yaml:"type"`
	Level string   `yaml:"level"` // a unit level, or RootLevel
	By    []string `yaml:"by"`
}

// An AccessAction is the name of an action and the permission it takes.
type AccessAction struct {
	Name       string `yaml:"name"`
	Permission string `yaml:"permission"`
}

// AccessWords is what c declares of the words of products, and for each list it
// leaves out the words there are anyway: the subject type "user" by id, user
// name or e-mail; a resource type for each unit level, by id or external id, of
// projects by number, too, and one for the account, by id or customer number; an
// action for each permission.
func (c *Catalogue) AccessWords() Access {
	words := c.Access
	if len(words.Subjects) == 0 {
		words.Subjects = []AccessSubject{{Type: "user", By: []string{BySubjectID, ByUserName, ByEmail}}}
	}
	if len(words.Resources) == 0 {
		words.Resources = []AccessResource{{Type: RootLevel, Level: RootLevel, By: []string{BySubjectID, ByNumber}}}
		seen := map[string]bool{}
		for _, t := range c.AccountTypes {
			for _, l := range t.UnitLevels {
				if !seen[l.ID] {
					by := []string{BySubjectID, ByExternalID}
					if c.isProjectLevel(l.ID) {
						by = append(by, ByNumber)
					}
					words.Resources = append(words.Resources, AccessResource{Type: l.ID, Level: l.ID, By: by})
				}
				seen[l.ID] = true
			}
		}
	}
	if len(words.Actions) == 0 {
		for _, p := range c.Permissions {
			words.Actions = append(words.Actions, AccessAction{Name: p.ID, Permission: p.ID})
		}
	}
	return words
}

// ProjectLevels are the levels whose units are projects in some account type
// (PROJ-1), each once.
func (c *Catalogue) ProjectLevels() []string {
	var levels []string
	for _, t := range c.AccountTypes {
		if level, is := t.ProjectLevel(); is && !slices.Contains(levels, level.ID) {
			levels = append(levels, level.ID)
		}
	}
	return levels
}

// isProjectLevel reports whether units of a level are projects in some account type.
func (c *Catalogue) isProjectLevel(id string) bool { return slices.Contains(c.ProjectLevels(), id) }

// checkAccess refuses words that stand twice or lead nowhere.
func (k *checker) checkAccess() {
	double := func(path, field string, seen map[string]bool, word string) {
		if seen[word] {
			k.fault(join(path, field), "duplicate_id", map[string]any{"ID": word})
		}
		seen[word] = true
	}
	types := map[string]bool{}
	for i, s := range k.Access.Subjects {
		double(item("access/subjects", i), "type", types, s.Type)
	}
	types = map[string]bool{}
	for i, r := range k.Access.Resources {
		path := item("access/resources", i)
		double(path, "type", types, r.Type)
		if !k.knownLevel(r.Level) {
			k.fault(join(path, "level"), "unknown_level", map[string]any{"ID": r.Level})
		}
		for j, by := range r.By {
			if by == ByNumber && r.Level != RootLevel && !k.isProjectLevel(r.Level) {
				k.fault(item(join(path, "by"), j), "no_meaning", map[string]any{"Key": by})
			}
		}
	}
	names := map[string]bool{}
	for i, a := range k.Access.Actions {
		path := item("access/actions", i)
		double(path, "name", names, a.Name)
		if !k.knownPermission(a.Permission) {
			k.fault(join(path, "permission"), "unknown_permission", map[string]any{"ID": a.Permission})
		}
	}
}

// accessThings are the declared words, for comparing.
func (c *Catalogue) accessThings() []thing {
	var things []thing
	for _, s := range c.Access.Subjects {
		things = append(things, flatten("access_subject", s.Type, s))
	}
	for _, r := range c.Access.Resources {
		things = append(things, flatten("access_resource", r.Type, r))
	}
	for _, a := range c.Access.Actions {
		things = append(things, flatten("access_action", a.Name, a))
	}
	return things
}
