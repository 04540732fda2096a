package catalogue

import "slices"

func (k *checker) checkPreferences() {
	unique(k, "preferences", k.Preferences, func(p Preference) string { return p.ID })
	for i, p := range k.Preferences {
		path := item("preferences", i)
		unique(k, join(path, "options"), p.Options, optionID)
		k.refer(join(path, "levels"), "level", p.Levels, k.knownLevel)
		k.refer(join(path, "account_types"), "account_type", p.AccountTypes, k.knownAccountType)
		k.checkUse(p, i)
		if p.Kind != ChoicePreference {
			k.require(path, "levels", len(p.Levels) > 0)
			k.forbid(path, "options", len(p.Options) > 0)
			k.forbid(path, "default", p.Default != "")
			continue
		}
		k.require(path, "options", len(p.Options) > 0)
		k.forbid(path, "levels", len(p.Levels) > 0)
		if p.Default != "" && !slices.ContainsFunc(p.Options, func(o Option) bool { return o.ID == p.Default }) {
			k.fault(join(path, "default"), "unknown_option", map[string]any{"ID": p.Default})
		}
	}
}

// checkUse holds a preference that Intendant itself uses against what it needs:
// screens and levels to choose from, units to order, and no second one.
func (k *checker) checkUse(p Preference, i int) {
	path := item("preferences", i)
	if p.Use != StartScreen {
		k.forbidLinks(join(path, "options"), p.Options)
	}
	switch p.Use {
	case "":
		return
	case FilterOrder:
		k.forbid(path, "use", p.Kind != OrderPreference)
	default:
		k.forbid(path, "use", p.Kind != ChoicePreference)
	}
	if p.Use == FilterTop {
		for j, o := range p.Options {
			if !k.knownLevel(o.ID) {
				k.fault(join(item(join(path, "options"), j), "id"), "unknown_level", map[string]any{"ID": o.ID})
			}
		}
	}
	for _, other := range k.Preferences[:i] {
		if other.Use == p.Use && k.together(other, p) {
			k.fault(join(path, "use"), "second_use", map[string]any{"ID": other.ID})
		}
	}
}

// together says whether accounts of some type have both preferences.
func (k *checker) together(a, b Preference) bool {
	return slices.ContainsFunc(k.AccountTypes, func(t AccountType) bool { return a.of(t.ID) && b.of(t.ID) })
}

// forbidLinks refuses links of options that open nothing.
func (k *checker) forbidLinks(path string, options []Option) {
	for i, o := range options {
		k.forbid(item(path, i), "link", o.Link != "")
	}
}
