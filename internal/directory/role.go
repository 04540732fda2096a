package directory

import "time"

// RoleKind says what a role is for.
type RoleKind string

// The three kinds of role: job role, access level, named set of permissions
// granted at units.
const (
	Function    RoleKind = "function"
	Level       RoleKind = "level"
	RightsRole  RoleKind = "rights"
	AtAccount            = "account" // the place a role is offered in
	AtProject            = "project"
	AtBoth               = "both"
	AdminLevel           = "administrator" // code of the level that cannot be edited (ROLE-6)
	BasicUser            = "basic-user"
	ManagerRole          = "manager"
)

// A Role of an account: shipped by the catalogue, changed or added by the
// account.
type Role struct {
	ID              RoleID
	UUID            string
	Kind            RoleKind
	Code            string // the catalogue's id, or one the account's own role got
	Place           string
	Names           map[string]string // by language; an account's own role has one under ""
	Permissions     []string
	DefaultLevel    string // code of a level role (ADD-4)
	DefaultProducts []string
	Proposed        bool
	Shipped         bool
	Changed         bool // by the account: a new catalogue keeps it (ROLE-3)
	Archived        time.Time
	Version         int64
}

// Name is the role's name in a language, else in English, French or the one
// its account gave it.
func (r Role) Name(language string) string {
	if name := InLanguage(r.Names, language, ""); name != "" {
		return name
	}
	return r.Code
}

// A Unit is a node of an account's tree; the root is the account itself.
type Unit struct {
	ID       UnitID
	UUID     string
	Parent   UnitID
	Level    string // a unit level of the account type, or "account" for the root
	Name     string
	External string // the id by which products know it, or empty
	Archived time.Time
	Version  int64
}

// A Company is an employer in an account's directory of companies.
type Company struct {
	ID      CompanyID
	UUID    string
	Name    string
	Version int64
	Members int64     // whose company it is, those removed left out (COMP-1)
	Merged  CompanyID // the company that this double went into; 0: none (COMP-4)
}

// A Grant is a role of kind rights held by a member at a unit: it flows down
// and only ever adds (ROLE-1, ROLE-2).
type Grant struct {
	ID       GrantID
	Member   MemberID
	Role     RoleID
	Unit     UnitID
	By       UserID // who gave it; 0: the program itself
	From, To time.Time
}
