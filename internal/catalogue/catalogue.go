package catalogue

import "intendant/internal/directory"

// A Text is one label or sentence in several languages, by language code.
type Text map[string]string

// In returns the words in lang; without them the English, then the French, then
// those of the first language by code. It is empty only when t is.
func (t Text) In(lang string) string {
	if words := directory.InLanguage(t, lang); words != "" {
		return words
	}
	first := ""
	for l := range t {
		if t[l] != "" && (first == "" || l < first) {
			first = l
		}
	}
	return t[first]
}

// A Catalogue is the vendor's declaration. One returned by Read is whole: it
// has the built-in permissions, groups and administrator role, and every
// reference in it leads somewhere.
type Catalogue struct {
	Format        int            `yaml:"format"`
	Name          string         `yaml:"name"`
	Branding      Branding       `yaml:"branding"`
	Languages     []string       `yaml:"languages"`
	Groups        []Group        `yaml:"groups"`
	Permissions   []Permission   `yaml:"permissions"`
	Roles         []Role         `yaml:"roles"`
	Products      []Product      `yaml:"products"`
	Sections      []Section      `yaml:"sections"`
	ServiceLevels []ServiceLevel `yaml:"service_levels"`
	AccountTypes  []AccountType  `yaml:"account_types"`
	Preferences   []Preference   `yaml:"preferences"`
	Access        Access         `yaml:"access"`
	Policies      Policies       `yaml:"policies"`
}

// Branding is what the pages, mails and letters show of the vendor.
type Branding struct {
	Name          string   `yaml:"name"`
	Portal        Text     `yaml:"portal"` // what the customers' side is called
	Tagline       Text     `yaml:"tagline"`
	Colour        string   `yaml:"colour"` // #rrggbb; every other colour derives from it
	Logo          string   `yaml:"logo"`   // a file beside the catalogue, or empty
	PostalAddress []string `yaml:"postal_address"`
	Support       Support  `yaml:"support"`
	Legal         string   `yaml:"legal"`   // address of the legal notice
	Privacy       string   `yaml:"privacy"` // address of the privacy notice
}

// Support says how to reach the vendor's support. Rule KEY-11 shows all of it.
type Support struct {
	Email string `yaml:"email"`
	Phone string `yaml:"phone"`
	Hours Text   `yaml:"hours"`
	Form  string `yaml:"form"`
}

// A Group gathers permissions in the permission matrix.
type Group struct {
	ID    string `yaml:"id"`
	Label Text   `yaml:"label"`
}

// A Permission is one thing that may be done.
type Permission struct {
	ID      string   `yaml:"id"`
	Label   Text     `yaml:"label"`
	Help    Text     `yaml:"help"`
	Group   string   `yaml:"group"`
	Levels  []string `yaml:"levels"` // RootLevel and unit level ids where it counts; empty: everywhere
	Builtin bool     `yaml:"-"`      // guards one of Intendant's own operations
}

// RootLevel is the name of the account itself among the unit levels.
const RootLevel = "account"

// CountsAt says whether p, granted at a unit of level, gives anything there.
// Rule ROLE-10.
func (p Permission) CountsAt(level string) bool {
	return len(p.Levels) == 0 || contains(p.Levels, level)
}

// A RoleKind tells the three kinds of role apart.
type RoleKind string

// The kinds of role.
const (
	Function    RoleKind = "function" // a job role
	AccessLevel RoleKind = "level"    // what one may administer in a place
	Rights      RoleKind = "rights"   // granted at units
)

// The places an access level can belong to.
const (
	AccountPlace = "account"
	ProjectPlace = "project"
)

// A Role is a function, an access level or a set of rights.
type Role struct {
	ID              string   `yaml:"id"`
	Kind            RoleKind `yaml:"kind"`
	Label           Text     `yaml:"label"`
	Help            Text     `yaml:"help"`
	Permissions     []string `yaml:"permissions"`
	DefaultLevel    string   `yaml:"default_level"`    // of functions: the access level it proposes
	DefaultProducts []string `yaml:"default_products"` // of functions: the products it proposes
	Place           string   `yaml:"place"`            // of access levels: AccountPlace or ProjectPlace
	Proposed        bool     `yaml:"proposed"`         // proposed for everybody. Rule ROLE-3
	Builtin         bool     `yaml:"-"`                // cannot be redefined
}

// A Product is what the vendor sells.
type Product struct {
	ID      string   `yaml:"id"`
	Short   string   `yaml:"short"` // two letters of the product mark
	Label   Text     `yaml:"label"`
	Modules []Module `yaml:"modules"`
	// Editions are how it is sold, each with some of its modules; none: as a whole.
	Editions    []Edition `yaml:"editions"`
	Base        bool      `yaml:"base"`         // without it nobody is in a project. Rule PROJ-5
	Default     bool      `yaml:"default"`      // given by itself in projects. Rule PROJ-4
	Requires    []string  `yaml:"requires"`     // products somebody needs to use this one
	Seated      bool      `yaml:"seated"`       // its use takes a seat
	MembersTool bool      `yaml:"members_tool"` // has its own address of the Members tool. Rule LIST-11
	Tools       []Tool    `yaml:"tools"`
	// ServiceLevels are those at which it may be used; none: at every one. Rule
	// CHECK-1.
	ServiceLevels []string `yaml:"service_levels"`
}

// A Module is a part of a product a subscription names.
type Module struct {
	ID    string `yaml:"id"`
	Label Text   `yaml:"label"`
}

// An Edition is how a product is sold: with these of its modules, under a name
// of its own. Rule SEAT-1.
type Edition struct {
	ID      string   `yaml:"id"`
	Label   Text     `yaml:"label"`
	Modules []string `yaml:"modules"`
}

// A Tool is a part of a product with permission levels of its own, set per
// place, or a link to the product's own page. Rule PROJ-12.
type Tool struct {
	ID     string   `yaml:"id"`
	Label  Text     `yaml:"label"`
	Levels []Option `yaml:"levels"` // from least to most
	Link   string   `yaml:"link"`   // instead of levels
}

// An Option is one of the values of a preference or a tool.
type Option struct {
	ID    string `yaml:"id"`
	Label Text   `yaml:"label"`
	Link  string `yaml:"link"` // of a screen: where it opens, see ScreenLink
}

// A Section is something the vendor offers beside products: events, support, a
// kind of content. Every section is visible to everybody. Rule ACC-11.
type Section struct {
	ID    string `yaml:"id"`
	Label Text   `yaml:"label"`
	Help  Text   `yaml:"help"`
	Link  string `yaml:"link"`
}

// What a service level opens of a section.
const (
	Free       = "free"
	Limited    = "limited"
	Chargeable = "chargeable"
	Closed     = "closed"
)

// A ServiceLevel is what a contract opens to every member alike. Rule ACC-3.
type ServiceLevel struct {
	ID       string            `yaml:"id"`
	Label    Text              `yaml:"label"`
	Help     Text              `yaml:"help"`
	Sign     string            `yaml:"sign"`     // full, half or empty shield
	Opens    map[string]string `yaml:"opens"`    // section id: Free, Limited, Chargeable or Closed
	Prospect bool              `yaml:"prospect"` // the level of whoever has no account; exactly one
}

// An AccountType says which unit levels, forms and defaults an account has.
type AccountType struct {
	ID                  string      `yaml:"id"`
	Label               Text        `yaml:"label"`
	Help                Text        `yaml:"help"`
	RootLabel           Text        `yaml:"root_label"` // the level name of the account itself
	UnitLevels          []UnitLevel `yaml:"unit_levels"`
	Roles               []string    `yaml:"roles"`    // empty: all
	Products            []string    `yaml:"products"` // empty: all
	Form                Form        `yaml:"form"`
	GeneralRoleRequired bool        `yaml:"general_role_required"` // a grant at the account. Rule ROLE-3
	RoleRequiredAt      []string    `yaml:"role_required_at"`      // levels of which one grant is required
	Policies            *Policies   `yaml:"policies"`              // what differs from the catalogue's
}

// Level finds a unit level of t.
func (t AccountType) Level(id string) (UnitLevel, bool) {
	return find(t.UnitLevels, func(l UnitLevel) bool { return l.ID == id })
}

// MayStandUnder says whether a unit of level may stand under one of parent,
// which is RootLevel for the account itself. Rule UNIT-1.
func (t AccountType) MayStandUnder(level, parent string) bool {
	l, ok := t.Level(level)
	return ok && contains(l.Under, parent)
}

// LevelsUnder returns what may be added under a unit of parent, in the order of
// the catalogue.
func (t AccountType) LevelsUnder(parent string) []UnitLevel {
	var levels []UnitLevel
	for _, l := range t.UnitLevels {
		if contains(l.Under, parent) {
			levels = append(levels, l)
		}
	}
	return levels
}

// ProjectLevel returns the level whose units are projects, if t has one.
func (t AccountType) ProjectLevel() (UnitLevel, bool) {
	return find(t.UnitLevels, func(l UnitLevel) bool { return l.Project })
}

// SoleLevel returns the one level of t's units besides projects, if there is just
// one: the tree is then called by its word.
func (t AccountType) SoleLevel() (UnitLevel, bool) {
	var sole UnitLevel
	n := 0
	for _, l := range t.UnitLevels {
		if !l.Project {
			sole = l
			n++
		}
	}
	return sole, n == 1
}

// HasRole says whether accounts of type t offer the role; the administrator is
// never missing.
func (t AccountType) HasRole(id string) bool {
	return len(t.Roles) == 0 || id == Administrator || contains(t.Roles, id)
}

// HasProduct says whether accounts of type t can have the product.
func (t AccountType) HasProduct(id string) bool {
	return len(t.Products) == 0 || contains(t.Products, id)
}

// A UnitLevel is a kind of unit of an account type.
type UnitLevel struct {
	ID        string   `yaml:"id"`
	Label     Text     `yaml:"label"`
	Plural    Text     `yaml:"plural"`
	AddBelow  Text     `yaml:"add_below"` // the button that adds one below another; empty: the usual words. Rule SEAT-2
	Under     []string `yaml:"under"`     // RootLevel or level ids, its own allowed
	Requires  []string `yaml:"requires"`  // levels it must have below. Rule UNIT-3
	Grantable bool     `yaml:"grantable"` // roles can be granted here
	Project   bool     `yaml:"project"`   // its units are projects; one level at most
}

// The fields of the full form that a catalogue may require. Rule ADD-11.
const (
	FieldCivility            = "civility"
	FieldFirstName           = "first_name"
	FieldLastName            = "last_name"
	FieldProvisionalPassword = "provisional_password"
)

// When a created person's mail goes. Rule SIGN-1.
const (
	OnCreation = "on_creation"
	OnInvite   = "on_invite"
)

// A Form says what the full form for one person asks for. Rule ADD-11.
type Form struct {
	Required    []string `yaml:"required"`    // beyond user name, e-mail and language
	Credentials string   `yaml:"credentials"` // OnCreation or OnInvite
}

// Requires says whether field must be filled in.
func (f Form) Requires(field string) bool { return contains(f.Required, field) }

// The kinds of preference. Rule PREF-1.
const (
	ChoicePreference = "choice" // one of Options
	UnitPreference   = "unit"   // one visible unit of Levels
	OrderPreference  = "order"  // all visible units of Levels, ordered and ticked
)

// What Intendant itself does with a preference. An account type has at most one
// of each.
const (
	StartScreen = "start_screen" // the option chosen opens after sign-in
	FilterTop   = "filter_top"   // the highest level shown in filters by unit
	FilterOrder = "filter_order" // the order of units in these filters, and which are ticked beforehand
)

// A Preference is something each user sets for the vendor's products.
type Preference struct {
	ID           string   `yaml:"id"`
	Label        Text     `yaml:"label"`
	Help         Text     `yaml:"help"`
	Kind         string   `yaml:"kind"`
	Options      []Option `yaml:"options"`
	Levels       []string `yaml:"levels"` // of unit and order: which unit levels
	Required     bool     `yaml:"required"`
	Technical    bool     `yaml:"technical"` // of use to technical users only
	Use          string   `yaml:"use"`       // what Intendant itself does with it; empty: only products read it
	Default      string   `yaml:"default"`
	AccountTypes []string `yaml:"account_types"` // empty: all
}
