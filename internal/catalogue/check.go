package catalogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/directory"
)

// A checker holds a catalogue that keeps the schema against what a schema
// cannot say.
type checker struct {
	*Catalogue
	tree   *tree
	faults Faults
}

func check(c *Catalogue, t *tree) Faults {
	k := &checker{Catalogue: c, tree: t}
	k.checkPermissions()
	k.checkRoles()
	k.checkProducts()
	k.checkServiceLevels()
	for i, accountType := range c.AccountTypes {
		k.checkAccountType(accountType, item("account_types", i))
	}
	unique(k, "account_types", c.AccountTypes, func(t AccountType) string { return t.ID })
	k.checkPreferences()
	k.checkAccess()
	k.checkPolicies(c.Policies, "policies")
	return k.faults
}

func (k *checker) fault(path, code string, args map[string]any) {
	k.faults = append(k.faults, k.tree.at(path, code, args))
}

// refer checks that each of ids is known; the code of what is not is "unknown_"
// and the noun.
func (k *checker) refer(path, noun string, ids []string, known func(string) bool) {
	for i, id := range ids {
		if !known(id) {
			k.fault(item(path, i), "unknown_"+noun, map[string]any{"ID": id})
		}
	}
}

// forbid refuses a field that has no meaning where it stands.
func (k *checker) forbid(path, field string, present bool) {
	if present {
		k.faults = append(k.faults, k.tree.atKey(join(path, field), "no_meaning", map[string]any{"Key": field}))
	}
}

// require refuses a value without a field it needs where it stands.
func (k *checker) require(path, field string, present bool) {
	if !present {
		k.fault(path, "missing", map[string]any{"Key": field})
	}
}

// unique refuses a second value with the same id.
func unique[T any](k *checker, path string, list []T, id func(T) string) {
	seen := map[string]bool{}
	for i, value := range list {
		if seen[id(value)] {
			k.fault(join(item(path, i), "id"), "duplicate_id", map[string]any{"ID": id(value)})
		}
		seen[id(value)] = true
	}
}

func item(path string, i int) string { return join(path, strconv.Itoa(i)) }

func optionID(o Option) string { return o.ID }

func (k *checker) knownRole(id string) bool {
	_, ok := k.Role(id)
	return ok || id == Administrator
}

func (k *checker) knownProduct(id string) bool {
	_, ok := k.Product(id)
	return ok
}

func (k *checker) knownServiceLevel(id string) bool {
	_, ok := k.ServiceLevel(id)
	return ok
}

func (k *checker) knownPermission(id string) bool {
	_, ok := k.Permission(id)
	return ok || slices.ContainsFunc(BuiltinPermissions(), func(p Permission) bool { return p.ID == id })
}

func (k *checker) knownAccountType(id string) bool {
	_, ok := k.AccountType(id)
	return ok
}

// knownLevel says whether id is a level of any account type, or the account.
func (k *checker) knownLevel(id string) bool {
	return id == RootLevel || slices.ContainsFunc(k.AccountTypes, func(t AccountType) bool {
		_, ok := t.Level(id)
		return ok
	})
}

func (k *checker) knownGroup(id string) bool {
	_, ok := k.Group(id)
	return ok || builtinGroup(id)
}

func builtinGroup(id string) bool {
	return slices.ContainsFunc(builtinGroups(), func(g Group) bool { return g.ID == id })
}

func (k *checker) checkPermissions() {
	unique(k, "groups", k.Groups, func(g Group) string { return g.ID })
	for i, g := range k.Groups {
		if builtinGroup(g.ID) {
			k.fault(join(item("groups", i), "id"), "reserved", map[string]any{"ID": g.ID})
		}
	}
	unique(k, "permissions", k.Permissions, func(p Permission) string { return p.ID })
	builtins := BuiltinPermissions()
	for i, p := range k.Permissions {
		path := item("permissions", i)
		k.refer(join(path, "levels"), "level", p.Levels, k.knownLevel)
		if own, ok := find(builtins, func(b Permission) bool { return b.ID == p.ID }); ok {
			k.checkNarrowed(own, p, path)
			continue
		}
		k.require(path, "label", len(p.Label) > 0)
		k.require(path, "group", p.Group != "")
		if p.Group != "" && !k.knownGroup(p.Group) {
			k.fault(join(path, "group"), "unknown_group", map[string]any{"ID": p.Group})
		}
	}
}

// checkNarrowed lets a catalogue narrow the levels at which a built-in
// permission counts, and change nothing else of it.
func (k *checker) checkNarrowed(own, p Permission, path string) {
	k.forbid(path, "label", len(p.Label) > 0)
	k.forbid(path, "help", len(p.Help) > 0)
	k.forbid(path, "group", p.Group != "")
	k.require(path, "levels", len(p.Levels) > 0)
	for i, level := range p.Levels {
		if !own.CountsAt(level) {
			k.fault(item(join(path, "levels"), i), "level_too_low", map[string]any{"ID": level, "Permission": p.ID})
		}
	}
}

func (k *checker) checkRoles() {
	unique(k, "roles", k.Roles, func(r Role) string { return r.ID })
	for i, r := range k.Roles {
		path := item("roles", i)
		if r.ID == Administrator {
			k.fault(join(path, "id"), "reserved", map[string]any{"ID": r.ID})
		}
		k.refer(join(path, "permissions"), "permission", r.Permissions, k.knownPermission)
		k.refer(join(path, "default_products"), "product", r.DefaultProducts, k.knownProduct)
		if level, ok := k.Role(r.DefaultLevel); r.DefaultLevel != "" && r.DefaultLevel != Administrator && (!ok || level.Kind != AccessLevel) {
			k.fault(join(path, "default_level"), "unknown_access_level", map[string]any{"ID": r.DefaultLevel})
		}
		if r.Kind == AccessLevel {
			k.require(path, "place", r.Place != "")
		} else {
			k.forbid(path, "place", r.Place != "")
		}
		if r.Kind != Function {
			k.forbid(path, "default_level", r.DefaultLevel != "")
			k.forbid(path, "default_products", len(r.DefaultProducts) > 0)
		}
		if r.Kind != Rights {
			k.forbid(path, "proposed", r.Proposed)
		}
	}
	if k.proposed(AccountType{}) == 0 {
		k.fault("roles", "none_proposed", nil)
	}
}

// proposed counts the rights roles an account type proposes for everybody.
func (k *checker) proposed(t AccountType) int {
	count := 0
	for _, r := range k.Roles {
		if r.Kind == Rights && r.Proposed && t.HasRole(r.ID) {
			count++
		}
	}
	return count
}

// keptTools is the word under which the tools of a place are kept beside its products'
// (PROJ-12): a product of that name would be found by each tool that somebody has.
const keptTools = "tools"

func (k *checker) checkProducts() {
	unique(k, "products", k.Products, func(p Product) string { return p.ID })
	requires := map[string][]string{}
	for i, p := range k.Products {
		path := item("products", i)
		if p.ID == keptTools {
			k.fault(join(path, "id"), "reserved", map[string]any{"ID": p.ID})
		}
		unique(k, join(path, "modules"), p.Modules, func(m Module) string { return m.ID })
		unique(k, join(path, "tools"), p.Tools, func(t Tool) string { return t.ID })
		k.refer(join(path, "requires"), "product", p.Requires, k.knownProduct)
		k.refer(join(path, "service_levels"), "service_level", p.ServiceLevels, k.knownServiceLevel)
		k.checkEditions(p, path)
		requires[p.ID] = p.Requires
		for j, tool := range p.Tools {
			inner := item(join(path, "tools"), j)
			unique(k, join(inner, "levels"), tool.Levels, optionID)
			k.forbidLinks(join(inner, "levels"), tool.Levels)
			k.forbid(inner, "link", len(tool.Levels) > 0 && tool.Link != "")
			k.require(inner, "levels", len(tool.Levels) > 0 || tool.Link != "")
		}
	}
	for i, p := range k.Products {
		if around(p.ID, requires, true) {
			k.fault(join(item("products", i), "requires"), "cycle", map[string]any{"ID": p.ID})
		}
	}
}

// checkEditions refuses editions of modules that the product does not have, and of
// a product that takes no seat: nobody could be given one.
func (k *checker) checkEditions(p Product, path string) {
	unique(k, join(path, "editions"), p.Editions, func(e Edition) string { return e.ID })
	k.forbid(path, "editions", len(p.Editions) > 0 && !p.Seated)
	for i, e := range p.Editions {
		k.refer(join(item(join(path, "editions"), i), "modules"), "module", e.Modules, func(id string) bool {
			return slices.ContainsFunc(p.Modules, func(m Module) bool { return m.ID == id })
		})
	}
}

// around says whether following edges from id leads back to it; an edge from
// id straight to itself counts only with self.
func around(id string, edges map[string][]string, self bool) bool {
	seen := map[string]bool{}
	var walk func(from string) bool
	walk = func(from string) bool {
		for _, to := range edges[from] {
			if to == id && (from != id || self) {
				return true
			}
			if to != id && !seen[to] {
				seen[to] = true
				if walk(to) {
					return true
				}
			}
		}
		return false
	}
	return walk(id)
}

func (k *checker) checkServiceLevels() {
	unique(k, "sections", k.Sections, func(s Section) string { return s.ID })
	unique(k, "service_levels", k.ServiceLevels, func(l ServiceLevel) string { return l.ID })
	prospects := 0
	for i, level := range k.ServiceLevels {
		path := item("service_levels", i)
		if level.Prospect {
			prospects++
		}
		if prospects > 1 && level.Prospect {
			k.fault(join(path, "prospect"), "second_prospect", nil)
		}
		for id := range level.Opens {
			if _, ok := k.Section(id); !ok {
				k.faults = append(k.faults, k.tree.atKey(join(path, "opens", id), "unknown_section", map[string]any{"ID": id}))
			}
		}
		for _, s := range k.Sections {
			if level.Opens[s.ID] == "" {
				k.fault(join(path, "opens"), "section_missing", map[string]any{"ID": s.ID})
			}
		}
	}
	if prospects == 0 {
		k.fault("service_levels", "no_prospect", nil)
	}
}

// checkPolicies holds what accounts may set for themselves too against its rows:
// what the schema cannot say.
func (k *checker) checkPolicies(p Policies, path string) {
	for _, row := range directory.AccountSettings() {
		at := join(path, strings.Split(row.Policy, ".")...)
		switch value := p.chosen.Value(row).(type) {
		case *[]string:
			k.refer(at, "language", *value, func(l string) bool { return contains(k.Languages, l) })
		case *int:
			if !row.Bounds.Hold(*value) { // such as a renewal of passwords after a day (SIGN-3)
				k.fault(at, "too_small", map[string]any{"Limit": fmt.Sprint(row.Bounds.Least)})
			}
		}
	}
}
