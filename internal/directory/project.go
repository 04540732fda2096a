package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Project is a unit of the project level, with what only projects have (PROJ-1).
type Project struct {
	Unit
	ProjectFacts
	Products []string // switched on, by id
	Members  int64    // with a place in it
	Revision int64    // of what is not the unit's own; it grows with each change of either
}

// ProjectFacts are what is written down about a project besides its name.
type ProjectFacts struct {
	Number   string // empty: none
	Type     ProjectTypeID
	Address  string
	TimeZone string
	Starts   Day
	Ends     Day
}

// A ProjectType is a kind of project of an account's own list.
type ProjectType struct {
	ID       ProjectTypeID
	UUID     string
	Name     string
	Archived time.Time
	Version  int64
}

// Clean cleans the facts of a project. It refuses with the field at fault: a text
// that is none or too long, a time zone there is not, and an end before the start.
func (f ProjectFacts) Clean() (ProjectFacts, *Error) {
	var zone, order *Error
	texts := CleanTexts(Typed{Kind: ProjectNumber, Value: &f.Number}, Typed{Kind: ProjectAddress, Value: &f.Address},
		Typed{Kind: ZoneName, Value: &f.TimeZone})
	if _, err := time.LoadLocation(f.TimeZone); err != nil || f.TimeZone == "" || f.TimeZone == "Local" {
		zone = InvalidField("time_zone", "field.unknown_choice", Args{"Value": Short(f.TimeZone, Quoted)})
	}
	if f.Starts != (Day{}) && f.Ends != (Day{}) && f.Ends.UTC().Before(f.Starts.UTC()) {
		order = InvalidField("ends", "project.ends_before", nil)
	}
	return f, Together(texts, zone, order)
}

// A Place is a member's place in one project: for which company, in which role, at
// which level, with which products (PROJ-2, PROJ-3). Its row never changes but for
// its end, so that a past day is a query (HIST-5).
type Place struct {
	ID        PlaceID
	Member    MemberID
	Project   UnitID
	Company   CompanyID
	Level     RoleID
	Functions []RoleID
	Access    Access
	From, To  time.Time // the zero end: it stands, or was not asked for
}

// About is what a mail about somebody's place in a project is about (MAIL-5).
func (p Place) About(user UserID) string { return fmt.Sprintf("%d %d", p.Project, user) }

// Access is what a place gives of products, by their id; what is absent is none.
type Access map[string]ProductAccess

// ProductAccess is what a place gives of one product (PROJ-4), and the levels of
// its tools that were set by hand, by tool (PROJ-12).
type ProductAccess struct {
	Administrator bool              `json:"admin,omitempty"`
	Tools         map[string]string `json:"tools,omitempty"`
}

// What a place gives of a product, in words (PROJ-4).
const (
	NoAccess            = "none"
	MemberAccess        = "member"
	AdministratorAccess = "administrator"
)

// Of is what is given of a product, in one of the three words.
func (a Access) Of(product string) string {
	given, is := a[product]
	switch {
	case !is:
		return NoAccess
	case given.Administrator:
		return AdministratorAccess
	}
	return MemberAccess
}

// With is the access with another word for a product: levels of tools that were set
// by hand stay as long as there is any.
func (a Access) With(product, word string) Access {
	after := maps.Clone(a)
	if after == nil {
		after = Access{}
	}
	if word == NoAccess {
		delete(after, product)
		return after
	}
	given := after[product]
	given.Administrator = word == AdministratorAccess
	after[product] = given
	return after
}

// Products are those that are given at all, sorted by id.
func (a Access) Products() []string { return slices.Sorted(maps.Keys(a)) }

// Given is what the access gives of one product where it is switched on, if it gives
// any: to a project administrator the highest, whatever was set (PROJ-4).
func (a Access) Given(product string, administrator bool) (given ProductAccess, is bool) {
	given, is = a[product]
	given.Administrator = given.Administrator || administrator
	return given, is || administrator
}

// In is what the access gives in a project: of the products that are switched on
// there, and to a project administrator all of them at the highest (PROJ-4).
func (a Access) In(products []string, administrator bool) Access {
	in := Access{}
	for _, product := range products {
		if given, is := a.Given(product, administrator); is {
			in[product] = given
		}
	}
	return in
}

// Equal reports whether two say the same.
func (a Access) Equal(b Access) bool {
	return maps.EqualFunc(a, b, func(x, y ProductAccess) bool {
		return x.Administrator == y.Administrator && maps.Equal(x.Tools, y.Tools)
	})
}

// AccessTexts are words for access by product as a list of "product/word", sorted;
// what is none is left out.
func AccessTexts(words map[string]string) []string {
	var texts []string
	for _, product := range slices.Sorted(maps.Keys(words)) {
		if words[product] != NoAccess {
			texts = append(texts, product+"/"+words[product])
		}
	}
	return texts
}

// AccessWords reads such a list, in which "product/none" may stand too.
func AccessWords(texts []string) map[string]string {
	words := make(map[string]string, len(texts))
	for _, text := range texts {
		product, word, _ := strings.Cut(text, "/")
		words[product] = word
	}
	return words
}

// Words are what is given of products, in the words of Of.
func (a Access) Words() map[string]string {
	words := make(map[string]string, len(a))
	for product := range a {
		words[product] = a.Of(product)
	}
	return words
}

// FoldNumber is a project's number as it is compared: two of an account differ in
// more than case and blanks.
func FoldNumber(number string) string { return strings.ReplaceAll(Fold(number), " ", "") }
