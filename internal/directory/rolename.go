package directory

import (
	"maps"
	"slices"
)

// How many characters the name of a role may have, and how many roles an account.
const (
	RoleNameMost = 80
	RolesMost    = 500
)

// EveryLanguage is the key of a role's one name for all languages it has none of
// its own for.
const EveryLanguage = ""

// CleanRoleNames trims a role's names and leaves out those that say nothing.
// Under EveryLanguage stands the name for all languages without one of their own.
//
// It refuses with field.required when no name is left, field.too_long,
// text.broken for what no screen shows as it is, and field.unknown_choice for a
// language that is not offered.
func CleanRoleNames(names map[string]string, languages []string) (map[string]string, *Error) {
	clean := map[string]string{}
	var faults []*Error
	for _, language := range slices.Sorted(maps.Keys(names)) {
		field := RoleNameField(language)
		name := names[language]
		if refusal := CleanTexts(Typed{RoleName, &name, field}); refusal != nil {
			faults = append(faults, refusal)
			continue
		}
		if Fold(name) == "" {
			continue
		}
		if language != EveryLanguage && !slices.Contains(languages, language) {
			faults = append(faults, InvalidField("name", "field.unknown_choice", Args{"Value": Short(language, RoleNameMost)}))
			continue
		}
		clean[language] = name
	}
	if len(clean)+len(faults) == 0 {
		faults = append(faults, InvalidField("name", "field.required", nil))
	}
	return clean, Together(faults...)
}

// RoleNameField is the input a role's name in a language is typed in.
func RoleNameField(language string) string {
	if language == EveryLanguage {
		return "name"
	}
	return "name_" + language
}

// CheckRoleName refuses with role.name_taken, or role.name_archived, what another
// role of the same kind is called or has as its code: people choose by name, and
// files of imports name roles. Names the role had before are not asked about
// again, for catalogues may call two roles alike.
func CheckRoleName(before, after Role, others []Role) *Error {
	had := foldedNames(before)
	var faults []*Error
	for _, language := range slices.Sorted(maps.Keys(after.Names)) {
		name := Fold(after.Names[language])
		if slices.Contains(had, name) {
			continue
		}
		for _, other := range others {
			if other.ID == after.ID || other.Kind != after.Kind || !slices.Contains(append(foldedNames(other), Fold(other.Code)), name) {
				continue
			}
			code := "role.name_taken"
			if !other.Archived.IsZero() {
				code = "role.name_archived"
			}
			faults = append(faults, &Error{Kind: Conflict, Code: code, Field: RoleNameField(language), Args: Args{"Name": after.Names[language]}})
			break
		}
	}
	return Together(faults...)
}

func foldedNames(r Role) []string {
	names := make([]string, 0, len(r.Names))
	for _, name := range r.Names {
		names = append(names, Fold(name))
	}
	return names
}

// RoleNamed is the role of a kind that has one of these names, whatever their language,
// case and accents; the zero one if there is none. It refuses with role.name_archived
// one that is archived, and with role.name_taken names of several.
func RoleNamed(roles []Role, kind RoleKind, names map[string]string) (Role, error) {
	var found Role
	for _, language := range slices.Sorted(maps.Keys(names)) {
		name := Fold(names[language])
		for _, o := range roles {
			if o.Kind != kind || o.ID == found.ID || name == "" || !slices.Contains(foldedNames(o), name) {
				continue
			}
			refusal := &Error{Kind: Conflict, Field: RoleNameField(language), Args: Args{"Name": names[language]}}
			switch {
			case !o.Archived.IsZero():
				refusal.Code = "role.name_archived"
				return found, refusal
			case found.ID != 0:
				refusal.Code = "role.name_taken"
				return found, refusal
			}
			found = o
		}
	}
	return found, nil
}
