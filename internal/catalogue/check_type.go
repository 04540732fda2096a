package catalogue

// checkAccountType checks one account type and its tree of levels.
func (k *checker) checkAccountType(t AccountType, path string) {
	k.checkLevels(t, join(path, "unit_levels"))
	k.refer(join(path, "roles"), "role", t.Roles, k.knownRole)
	k.refer(join(path, "products"), "product", t.Products, k.knownProduct)
	if k.proposed(AccountType{}) > 0 && k.proposed(t) == 0 {
		k.fault(join(path, "roles"), "none_proposed", nil)
	}
	base := ""
	for _, p := range k.ProductsOf(t.ID) {
		if p.Base && base != "" {
			k.fault(join(path, "products"), "second_base", map[string]any{"ID": p.ID, "Other": base})
		}
		if p.Base {
			base = p.ID
		}
		for _, id := range p.Requires {
			if k.knownProduct(id) && !t.HasProduct(id) {
				k.fault(join(path, "products"), "required_product", map[string]any{"ID": p.ID, "Other": id})
			}
		}
	}
	for i, id := range t.RoleRequiredAt {
		if level, ok := t.Level(id); !ok || !level.Grantable {
			k.fault(item(join(path, "role_required_at"), i), "not_grantable", map[string]any{"ID": id})
		}
	}
	if t.Policies != nil {
		k.checkPolicies(*t.Policies, join(path, "policies"))
	}
}

// checkLevels refuses levels that could never be used: standing under each
// other in a circle, requiring each other, or leading nowhere. Rules UNIT-1,
// UNIT-3.
func (k *checker) checkLevels(t AccountType, path string) {
	unique(k, path, t.UnitLevels, func(l UnitLevel) string { return l.ID })
	under, requires := map[string][]string{}, map[string][]string{}
	for _, l := range t.UnitLevels {
		under[l.ID], requires[l.ID] = l.Under, l.Requires
	}
	known := func(id string) bool { _, ok := t.Level(id); return ok }
	project := false
	for i, l := range t.UnitLevels {
		path := item(path, i)
		if l.ID == RootLevel {
			k.fault(join(path, "id"), "reserved", map[string]any{"ID": l.ID})
		}
		if l.Project && project {
			k.fault(join(path, "project"), "second_project", map[string]any{"ID": l.ID})
		}
		project = project || l.Project
		k.refer(join(path, "under"), "level", l.Under, func(id string) bool { return id == RootLevel || known(id) })
		k.refer(join(path, "requires"), "level", l.Requires, known)
		for j, id := range l.Requires {
			if known(id) && !contains(under[id], l.ID) {
				k.fault(item(join(path, "requires"), j), "required_elsewhere", map[string]any{"ID": id, "Other": l.ID})
			}
		}
		if around(l.ID, requires, true) {
			k.fault(join(path, "requires"), "cycle", map[string]any{"ID": l.ID})
		}
		switch {
		case around(l.ID, under, false):
			k.fault(join(path, "under"), "cycle", map[string]any{"ID": l.ID})
		case !reaches(l.ID, under, known):
			k.fault(join(path, "under"), "stands_nowhere", map[string]any{"ID": l.ID})
		}
	}
}

// reaches says whether a unit of the level can stand somewhere in an account.
// What stands under an unknown level is not blamed twice.
func reaches(id string, under map[string][]string, known func(string) bool) bool {
	seen := map[string]bool{}
	var walk func(string) bool
	walk = func(id string) bool {
		if id == RootLevel || !known(id) {
			return true
		}
		if seen[id] {
			return false
		}
		seen[id] = true
		for _, parent := range under[id] {
			if walk(parent) {
				return true
			}
		}
		return false
	}
	return walk(id)
}
