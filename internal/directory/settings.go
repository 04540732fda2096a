package directory

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// UsualSettings are what holds where no catalogue says otherwise.
func UsualSettings() Settings {
	var s Settings
	for _, row := range AccountSettings() {
		row.usual(&s)
	}
	return s
}

// Clean cleans what somebody said for an account of whom its catalogue asks what
// stands in asked. It refuses with the field at fault what is out of bounds, what
// is laxer than the catalogue, a language or time zone there is not, and a
// language of the account that it does not offer.
func (s Settings) Clean(asked Settings) (Settings, *Error) {
	var refusals []*Error
	for _, row := range AccountSettings() {
		refusals = append(refusals, row.refuse(&s, &asked))
	}
	unread := slices.ContainsFunc(refusals, func(r *Error) bool { return r != nil && r.Field == "languages" })
	if !unread && !slices.Contains(s.Languages, s.Language) {
		refusals = append(refusals, InvalidField("languages", "settings.language_left_out", nil))
	}
	if refusal := Together(refusals...); refusal != nil {
		return s, refusal
	}
	s.Languages = among(asked.Languages, s.Languages)
	return s, nil
}

// Apart is what an account keeps of its own: what differs from what its catalogue
// asks. The rest goes on following the catalogue. What is stored in one piece is
// kept in one piece.
func (s Settings) Apart(asked Settings) Chosen {
	apart := map[string]bool{}
	for _, row := range AccountSettings() {
		if !row.same(&s, &asked) {
			apart[row.piece()] = true
		}
	}
	c := Chosen{values: s, ids: map[string]bool{}}
	for _, row := range AccountSettings() {
		if row.Stored != "" && apart[row.piece()] {
			c.ids[row.ID] = true
		}
	}
	return c
}

// piece is the stored value that it is, or is a part of.
func (row Setting) piece() string {
	piece, _, _ := strings.Cut(row.Stored, ".")
	return piece
}

// Chosen are some settings: those that a catalogue, an account type or an account
// says. The others follow what stands below it.
type Chosen struct {
	values Settings
	ids    map[string]bool
	beside map[string]json.RawMessage // what a newer version stored, as it stands
}

// ChosenPolicies reads what a catalogue says, from its policies as JSON. What is
// no policy of a setting is passed over.
func ChosenPolicies(policies []byte) (Chosen, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(policies, &all); err != nil {
		return Chosen{}, err
	}
	return choose(all, func(row Setting) string { return row.Policy })
}

// Value is where the value of a setting stands, as Setting.At; nil where it is
// not among those chosen.
func (c Chosen) Value(row Setting) any {
	if !c.ids[row.ID] {
		return nil
	}
	return row.At(&c.values)
}

// Keeping is c with what a newer version stored beside the settings of before: a
// node of this version writes nothing away (NODE-1).
func (c Chosen) Keeping(before Chosen) Chosen {
	c.beside = before.beside
	return c
}

// Over are settings with those that are chosen in the place of theirs.
func (c Chosen) Over(below Settings) Settings {
	for _, row := range AccountSettings() {
		if c.ids[row.ID] {
			row.take(&below, &c.values)
		}
	}
	return below
}

// Under are the settings of an account that chose c, of whom its catalogue asks
// what stands in asked: never laxer, also where the catalogue became stricter
// since (SIGN-3).
func (c Chosen) Under(asked Settings) Settings {
	s := c.Over(asked)
	for _, row := range AccountSettings() {
		if c.ids[row.ID] {
			row.keep(&s, &asked)
		}
	}
	return s
}

// A SettingsChange is what a program sets: values as JSON, by the ID of their row.
// What is absent stays.
type SettingsChange map[string]json.RawMessage

// Onto are settings with the change; they are clean after Clean. It refuses with
// the field at fault what is no value of its kind.
func (c SettingsChange) Onto(s Settings) (Settings, *Error) {
	for _, row := range AccountSettings() {
		value, ok := c[row.ID]
		if !ok {
			continue
		}
		at := row.At(&s)
		if list, several := at.(*[]string); several {
			*list = nil // what is there is the catalogue's, and not to be written over
		}
		if err := json.Unmarshal(value, at); err != nil {
			return s, InvalidField(row.ID, "request.invalid", nil)
		}
	}
	return s, nil
}

// The two words for a toggle where an account's settings are stored.
const (
	storedOn  = "on"
	storedOff = "off"
)

// MarshalJSON writes what is chosen as it is stored with its account.
func (c Chosen) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for piece, value := range c.beside {
		all[piece] = value
	}
	for _, row := range AccountSettings() {
		if row.Stored == "" || !c.ids[row.ID] {
			continue
		}
		value := row.At(&c.values)
		if on, toggles := value.(*bool); toggles {
			value = storedOff
			if *on {
				value = storedOn
			}
		}
		piece, part, parted := strings.Cut(row.Stored, ".")
		if !parted {
			all[piece] = value
			continue
		}
		parts, begun := all[piece].(map[string]any)
		if !begun {
			parts = map[string]any{}
			all[piece] = parts
		}
		parts[part] = value
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what is stored with an account. What a newer version wrote
// says nothing here and is kept as it stands.
func (c *Chosen) UnmarshalJSON(stored []byte) error {
	*c = Chosen{}
	if string(stored) == "{}" { // of most accounts, which are read all the time
		return nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(stored, &all); err != nil {
		return err
	}
	chosen, err := choose(all, func(row Setting) string { return row.Stored })
	if err != nil {
		return err
	}
	for _, row := range AccountSettings() {
		delete(all, row.piece())
	}
	*c = chosen
	c.beside = all
	return nil
}

// choose reads the settings that have a value under the name of their row, a
// value in a value by both names with a dot between.
func choose(all map[string]json.RawMessage, name func(Setting) string) (Chosen, error) {
	var c Chosen
	if len(all) == 0 {
		return c, nil
	}
	values, err := spread(all)
	if err != nil {
		return c, err
	}
	c.ids = map[string]bool{}
	for _, row := range AccountSettings() {
		value, ok := values[name(row)]
		if !ok {
			continue
		}
		if err := row.read(value, &c.values); err != nil {
			return c, err
		}
		c.ids[row.ID] = true
	}
	return c, nil
}

// spread has the values in values beside all others, under both names.
func spread(all map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	values := maps.Clone(all)
	for piece, value := range all {
		if value[0] != '{' {
			continue
		}
		var parts map[string]json.RawMessage
		if err := json.Unmarshal(value, &parts); err != nil {
			return nil, err
		}
		for part, value := range parts {
			values[piece+"."+part] = value
		}
	}
	return values, nil
}

// read reads a value as it was written. A toggle is yes or no in a catalogue and
// a word where it is stored.
func (row Setting) read(value []byte, s *Settings) error {
	at := row.At(s)
	var word string
	if on, toggles := at.(*bool); toggles && json.Unmarshal(value, &word) == nil {
		*on = word != storedOff
		return nil
	}
	return json.Unmarshal(value, at)
}
