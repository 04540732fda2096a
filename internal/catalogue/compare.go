package catalogue

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A ChangeKind says what happened to a thing between two catalogues.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// A Change is one difference between two catalogues. Old and New are written
// out for reading: lists joined by commas, an absent value empty.
type Change struct {
	Kind  ChangeKind
	Noun  string // such as "role"
	ID    string // empty for branding, policies and the catalogue itself
	Field string // of Changed: such as "permissions" or "label.fr"
	Old   string
	New   string
}

// KindKey returns the message key of what happened.
func (c Change) KindKey() string { return "catalogue.change." + string(c.Kind) }

// NounKey returns the message key of what it happened to.
func (c Change) NounKey() string { return "catalogue.noun." + c.Noun }

// Compare says what applying new over old would change: thing by thing, and
// within a thing that stays field by field. Rule ROLE-3 shows it before a new
// catalogue is applied. The order of things in the file is no difference; that
// of a list's values within a thing is.
func Compare(old, new *Catalogue) []Change {
	before, after := old.things(), new.things()
	var changes []Change
	for _, thing := range before {
		if _, ok := find(after, thing.same); !ok {
			changes = append(changes, Change{Kind: Removed, Noun: thing.noun, ID: thing.id, Old: thing.label()})
		}
	}
	for _, thing := range after {
		was, ok := find(before, thing.same)
		if !ok {
			changes = append(changes, Change{Kind: Added, Noun: thing.noun, ID: thing.id, New: thing.label()})
			continue
		}
		changes = append(changes, was.changes(thing)...)
	}
	return changes
}

// A thing is one entry of a catalogue, flattened to fields and their values.
type thing struct {
	noun, id string
	fields   map[string]string
}

func (t thing) same(other thing) bool { return t.noun == other.noun && t.id == other.id }

// label is what people know a thing by, in the first language it has.
func (t thing) label() string {
	for _, field := range []string{"label.fr", "label.en"} {
		if t.fields[field] != "" {
			return t.fields[field]
		}
	}
	return t.id
}

func (t thing) changes(after thing) []Change {
	names := map[string]bool{}
	for field := range t.fields {
		names[field] = true
	}
	for field := range after.fields {
		names[field] = true
	}
	var changes []Change
	for _, field := range slices.Sorted(maps.Keys(names)) {
		if was, is := t.fields[field], after.fields[field]; was != is {
			changes = append(changes, Change{Kind: Changed, Noun: t.noun, ID: t.id, Field: field, Old: was, New: is})
		}
	}
	return changes
}

// things lists everything in c. A unit level's id is that of its account type
// and its own.
func (c *Catalogue) things() []thing {
	things := []thing{
		flatten("catalogue", "", struct {
			Format    int      `yaml:"format"`
			Name      string   `yaml:"name"`
			Languages []string `yaml:"languages"`
		}{c.Format, c.Name, c.Languages}),
		flatten("branding", "", c.Branding),
		flatten("policy", "", c.Policies),
	}
	for _, g := range c.Groups {
		things = append(things, flatten("group", g.ID, g))
	}
	for _, p := range c.Permissions {
		things = append(things, flatten("permission", p.ID, p))
	}
	for _, r := range c.Roles {
		things = append(things, flatten("role", r.ID, r))
	}
	for _, p := range c.Products {
		things = append(things, flatten("product", p.ID, p))
	}
	for _, s := range c.Sections {
		things = append(things, flatten("section", s.ID, s))
	}
	for _, l := range c.ServiceLevels {
		things = append(things, flatten("service_level", l.ID, l))
	}
	for _, p := range c.Preferences {
		things = append(things, flatten("preference", p.ID, p))
	}
	for _, t := range c.AccountTypes {
		for _, l := range t.UnitLevels {
			things = append(things, flatten("unit_level", join(t.ID, l.ID), l))
		}
		t.UnitLevels = nil
		things = append(things, flatten("account_type", t.ID, t))
	}
	return append(things, c.accessThings()...)
}

func flatten(noun, id string, value any) thing {
	t := thing{noun: noun, id: id, fields: map[string]string{}}
	t.flatten("", reflect.ValueOf(value))
	delete(t.fields, "id")
	return t
}

// flatten writes v into fields under path. It knows the shapes the types of a
// catalogue are made of and names fields as the file does, so a field added
// to a type is compared without more ado.
func (t thing) flatten(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			t.flatten(path, v.Elem())
		}
	case reflect.Interface:
		t.flatten(path, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			switch name := v.Type().Field(i).Tag.Get("yaml"); name {
			case "-":
			case ",inline":
				t.flatten(path, v.Field(i))
			default:
				t.flatten(dotted(path, name), v.Field(i))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			t.flatten(dotted(path, key.String()), v.MapIndex(key))
		}
	case reflect.Slice:
		t.flattenList(path, v)
	case reflect.String:
		if v.String() != "" {
			t.fields[path] = v.String()
		}
	default:
		t.fields[path] = fmt.Sprint(v.Interface())
	}
}

// flattenList writes a list of words joined, and a list of entries each under
// its id with their ids joined.
func (t thing) flattenList(path string, v reflect.Value) {
	words := make([]string, v.Len())
	for i := range v.Len() {
		item := v.Index(i)
		if item.Kind() == reflect.Interface {
			item = item.Elem()
		}
		if item.Kind() != reflect.Struct {
			words[i] = item.String()
			continue
		}
		words[i] = item.FieldByName("ID").String()
		t.flatten(dotted(path, words[i]), item)
		delete(t.fields, dotted(dotted(path, words[i]), "id"))
	}
	if len(words) > 0 {
		t.fields[path] = strings.Join(words, ", ")
	}
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
