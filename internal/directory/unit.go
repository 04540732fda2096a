package directory

// How long a unit's name and external id may be, and how many units may stand
// above one another, the root included.
const (
	UnitNameMost     = 120
	UnitExternalMost = 100
	UnitDepthMost    = 24
)

// CleanUnitName is a unit's name without blanks around it and doubled ones
// inside. It refuses with field.required, field.too_long, and text.broken for
// what no screen shows as it is.
func CleanUnitName(name string) (string, *Error) {
	name, refusal := UnitName.Clean(name)
	if refusal == nil && Fold(name) == "" {
		return "", InvalidField("name", "field.required", nil)
	}
	return name, refusal
}

// CleanUnitExternal is the id by which products know a unit, empty for none. It
// refuses with field.too_long and text.broken.
func CleanUnitExternal(id string) (string, *Error) {
	return UnitExternal.Clean(id)
}

// Changeable refuses to change an archived unit, with unit.archived: it is kept
// as it was until it is restored.
func (u Unit) Changeable() *Error {
	if !u.Archived.IsZero() {
		return &Error{Kind: Conflict, Code: "unit.archived", Args: Args{"Name": u.Name}}
	}
	return nil
}

// At refuses with stale what was asked for on another version of the unit
// (PLAN-4).
func (u Unit) At(version int64) *Error {
	if u.Version != version {
		return Refuse(Conflict, "stale")
	}
	return nil
}
