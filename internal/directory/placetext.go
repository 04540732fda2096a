package directory

// PlaceTexts are what somebody types about a person's place in an account: as
// texts or, in a change, as pointers of which nil leaves one alone. Who adds one
// says it here and in TextRules; rows, history, erasing, files and forms go
// through Each.
type PlaceTexts[T any] struct {
	JobTitle        T
	Phone           T
	PersonnelNumber T
}

// A PlaceText is one of them, where it stands.
type PlaceText[T any] struct {
	Kind  Text
	Value *T
}

// Each returns the texts in the order they are shown.
func (p *PlaceTexts[T]) Each() []PlaceText[T] {
	return []PlaceText[T]{{JobTitle, &p.JobTitle}, {Phone, &p.Phone}, {PersonnelNumber, &p.PersonnelNumber}}
}

// PlaceTextKinds are the kinds of texts of a place, in the same order.
func PlaceTextKinds() []Text {
	var kinds []Text
	for _, text := range new(PlaceTexts[string]).Each() {
		kinds = append(kinds, text.Kind)
	}
	return kinds
}
