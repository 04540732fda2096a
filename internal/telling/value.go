package telling

import (
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// A Change is one field in words.
type Change struct {
	Field, Before, After string
	Hidden               bool // a secret: that it changed is all there is
}

// Changes are what an entry changed, in words. An act on many has none of its
// own.
func (t Teller) Changes(s app.Shown) []Change {
	if s.Act != nil && s.Act.Entries > 1 {
		return nil
	}
	var changes []Change
	var email audit.Value
	for _, all := range [][]audit.Change{s.Entry.Facts, s.Entry.Personal} {
		for _, c := range all {
			if c.Field == "email" {
				email = c.After
			}
			if audit.FieldOf(c.Field).Say == audit.Hidden || c.Field == "user_name" && c.Before.IsZero() && c.After == email {
				continue // says nothing to people, or nothing more
			}
			changes = append(changes, Change{Field: t.Field(c.Field), Before: t.value(s, c.Field, c.Before), After: t.value(s, c.Field, c.After),
				Hidden: c.Before.IsZero() && c.After.IsZero()})
		}
	}
	return changes
}

// Field is what a field is called in history.
func (t Teller) Field(field string) string {
	for _, key := range []string{"history.field." + field, "field." + field} {
		if t.Printer.Has(key) {
			return t.Printer.T(key)
		}
	}
	return t.Printer.T("history.field.other")
}

// value says what a field was or became. What a value is says how, and of a
// text its field.
func (t Teller) value(s app.Shown, field string, v audit.Value) string {
	if !v.IsText() {
		return t.Value(field, v, func(ref audit.Ref) string {
			if name := s.NameOf(ref, t.Printer.Lang()); name != "" {
				return name
			}
			return t.Printer.T("history.object.unknown")
		})
	}
	text := v.Text()
	switch audit.FieldOf(field).Say {
	case audit.State:
		return t.state(s.Entry.Kind, text)
	case audit.RoleName:
		return each(text, func(code string) string {
			if name, ok := s.RoleName(field, code, t.Printer.Lang()); ok {
				return name
			}
			return t.code(field, code)
		})
	}
	return t.Value(field, v, nil)
}

// Value says a field's value outside of history, as a preview does; named is what
// the things in it are called.
func (t Teller) Value(field string, v audit.Value, named func(audit.Ref) string) string {
	if ref, ok := v.Ref(); ok {
		return named(ref)
	}
	if at, ok := v.Time(); ok {
		switch audit.FieldOf(field).Say {
		case audit.Day:
			return t.Printer.DateShort(at)
		case audit.LastDay:
			return t.Printer.DateShort(directory.LastDay(at, t.Printer.Zone()).Noon(t.Printer.Zone()))
		}
		return t.Printer.DateTime(at)
	}
	if values := v.Values(); len(values) > 0 && values[0] != v {
		return t.list(field, values, named)
	}
	return t.text(field, v)
}

// mostListed is how many things of a list are named.
const mostListed = 12

func (t Teller) list(field string, values []audit.Value, named func(audit.Ref) string) string {
	var texts []string
	for i, one := range values {
		if i == mostListed {
			texts = append(texts, "+"+t.Printer.Number(int64(len(values)-i)))
			break
		}
		if text := t.Value(field, one, named); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}

// text says a text, a number, or yes or no.
func (t Teller) text(field string, v audit.Value) string {
	text := v.Text()
	if yes, ok := v.Bool(); ok && (!v.IsText() || audit.FieldOf(field).Say == audit.YesNo) {
		if yes {
			return t.Printer.T("history.value.true")
		}
		return t.Printer.T("history.value.false")
	}
	if n, ok := v.Number(); ok && (!v.IsText() || audit.FieldOf(field).Say == audit.Count) {
		return t.Printer.Number(n)
	}
	switch audit.FieldOf(field).Say {
	case audit.Status:
		return t.word("status."+text, text)
	case audit.StaffRole:
		return t.word("staff.role."+text, text)
	case audit.ApplicationRight:
		return t.word("applications.right."+text, text)
	case audit.Civility:
		return t.word("civility."+text, text)
	case audit.Purpose:
		return t.word("history.purpose."+text, text)
	case audit.Outcome:
		return t.word("history.outcome."+text, text)
	case audit.RolePlace:
		return t.word("roles.place."+text, text)
	case audit.SettingChoice:
		return t.word("settings.field."+field+"."+text, text)
	case audit.Language:
		return each(text, t.Printer.Language)
	case audit.Country:
		return t.Printer.Country(text)
	case audit.Day, audit.LastDay:
		if at, err := time.Parse(time.DateOnly, text); err == nil {
			return t.Printer.DateShort(at.Add(12 * time.Hour)) // a day is the same day everywhere
		}
	case audit.Names:
		if language, name, _ := strings.Cut(text, ": "); language == directory.EveryLanguage {
			return name
		}
	case audit.Preference, audit.PreferenceValue:
		return t.preferred(field, text)
	case audit.Access:
		return each(text, t.access)
	case audit.Proof:
		return t.word("history.value.proof."+text, text)
	case audit.ServiceLevel, audit.AccountType, audit.UnitLevel, audit.Product, audit.Permission, audit.RoleName:
		return each(text, func(code string) string { return t.code(field, code) })
	}
	return text
}

// word is the message of a code the program knows.
func (t Teller) word(key, code string) string {
	if code != "" && t.Printer.Has(key) {
		return t.Printer.T(key)
	}
	return code
}

// state is the word of a state, by what is in it.
func (t Teller) state(kind audit.Kind, code string) string {
	if kind.Group() == "mail" {
		return t.word("mail.state."+code, code)
	}
	return t.word("account.state."+code, code)
}

// code is what the catalogue calls what it declares. A code it does not know
// stays.
func (t Teller) code(field, code string) string {
	c, lang := t.Catalogue, t.Printer.Lang()
	switch audit.FieldOf(field).Say {
	case audit.RoleName:
		if role, ok := c.Role(code); ok {
			return role.Label.In(lang)
		}
	case audit.ServiceLevel:
		if level, ok := c.ServiceLevel(code); ok {
			return level.Label.In(lang)
		}
	case audit.AccountType:
		if kind, ok := c.AccountType(code); ok {
			return kind.Label.In(lang)
		}
	case audit.UnitLevel:
		for _, kind := range c.AccountTypes {
			if level, ok := kind.Level(code); ok {
				return level.Label.In(lang)
			}
		}
	case audit.Product:
		return c.OfferName(directory.OfferOf(code), lang)
	case audit.Permission:
		if permission, ok := c.Permission(code); ok {
			return permission.Label.In(lang)
		}
	}
	return code
}

// access says what a place gives of a product, or of one of its tools, as the
// catalogue calls them.
func (t Teller) access(code string) string {
	id, rest, _ := strings.Cut(code, "/")
	product, known := t.Catalogue.Product(id)
	if !known {
		return code
	}
	lang := t.Printer.Lang()
	tool, level, of := strings.Cut(rest, "/")
	if !of {
		return t.Printer.T("history.value.access", "Product", product.Label.In(lang), "Access", t.word("projects.access."+rest, rest))
	}
	declared, known := product.Tool(tool)
	if !known {
		return code
	}
	return t.Printer.T("history.value.tool", "Product", product.Label.In(lang), "Tool", declared.Label.In(lang), "Level", declared.LevelName(level, lang))
}

// preferred says a preference, or the option behind its slash, as the catalogue
// does; the names of units in old entries stay as they are.
func (t Teller) preferred(field, value string) string {
	id, option, _ := strings.Cut(value, "/")
	declared, known := t.Catalogue.Preference(id)
	if !known {
		return value
	}
	if audit.FieldOf(field).Say == audit.Preference {
		return declared.Label.In(t.Printer.Lang())
	}
	if o, offered := declared.Option(option); offered {
		return o.Label.In(t.Printer.Lang())
	}
	return value
}

// each says the items of a list that old entries joined by commas.
func each(list string, word func(string) string) string {
	items := strings.Split(list, ",")
	for i, item := range items {
		items[i] = word(strings.TrimSpace(item))
	}
	return strings.Join(items, ", ")
}
