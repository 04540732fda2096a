package decision

import (
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Question is what a product asks: may this subject do this to that resource
// (CHECK-1). The words are those of the catalogue's access section.
type Question struct {
	Subject  Entity
	Action   string
	Resource Entity
	// Account is the account that the question says it is about, by customer number
	// or public id; empty: that of the address, or of the token (APP-3).
	Account string
	// In is where a product is to be used, and what of it; nil: anywhere, all of it. It
	// counts of products only.
	In *Using
	// Broken is set by a face that could not read the question: it is answered
	// by no, with this as its reason.
	Broken string
}

// An Entity is a subject or a resource: of a type, by a name that is unique in
// it.
type Entity struct{ Type, ID string }

// A Using is in which project a product is to be used, by public id, external id or
// number (SEAT-12), and of its tools which one at which level at least (PROJ-12).
type Using struct {
	Project, Tool, Level string // empty: the question says nothing of it
	// Unreadable is the one of them that is there and is no text, or an empty one.
	Unreadable string
}

// The properties of a Using, which are also the reasons of a no where they are missing
// or unreadable.
const (
	ProjectProperty = "project"
	ToolProperty    = "tool"
	LevelProperty   = "level"
)

// Why a product's question was answered by no, beside the reasons of an
// authz.Explanation.
const (
	UnknownSubject  = "subject_unknown"
	UnknownResource = "resource_unknown"
	UnknownAction   = "action_unknown"
	ClosedAccount   = "account_closed"
	ArchivedUnit    = "unit_archived"
	UnknownAccount  = "account_unknown" // there is none, or it is not in sight
	NoAccount       = "account"         // an application must say which one it asks about

	// Of the use of a product.
	ServiceLevelClosed = "service_level"         // the account's level does not open it
	NoSeat             = "seat_missing"          // neither a seat nor a subscription of one's own
	LapsedSeat         = "seat_lapsed"           // nobody has bought it any longer
	ExternalOver       = "external_over"         // the subscription of one's own is over
	ExternalUnproved   = "external_not_accepted" // it is claimed only, and claims open nothing here
	RequiresProduct    = "product_required"      // another product is missing that it needs

	// Of its use in a project (SEAT-12).
	NotInProject   = "not_in_project"    // the person has no place there
	ProductOff     = "product_off"       // it is not switched on there
	NoAccess       = "no_access"         // the place does not give it; a seat is there
	NoAccessNoSeat = "no_access_no_seat" // neither
	ToolLevelLow   = "tool_level"        // of the tool the place gives less
)

// What a product asks about its own use: the type of resource and the action.
const (
	ProductResource = "product"
	UseAction       = "use"
)

// An Answer is yes or no. A no says what failed.
type Answer struct {
	Allowed bool
	Reason  string           // of a no: one of the words above, of authz.Explanation, or Question.Broken
	Missing authz.Permission // of a no for want of a permission
	Label   catalogue.Text   // of Missing, as the catalogue calls it
	Product string           // of a no for want of another product: which
	Level   string           // of a tool: the level that the place gives
	GivenBy []Giver          // who could help, the nearest first; a few of them

	use store.ProductUse // of a yes: whose use of what it is, once it is given
}

// A Giver is somebody who could give what is missing.
type Giver struct {
	ID   string // the public id of the member
	Name string // only for who may view members there

	user    directory.UserID
	home    directory.UnitID
	nameful bool // the product may know the name
}

// A Semantic says how far a list of questions is answered.
type Semantic string

// The semantics of the standard: every question; until the first no; until the
// first yes.
const (
	ExecuteAll          Semantic = "execute_all"
	DenyOnFirstDeny     Semantic = "deny_on_first_deny"
	PermitOnFirstPermit Semantic = "permit_on_first_permit"
)

// ends reports whether nothing more is answered after an answer.
func (s Semantic) ends(allowed bool) bool {
	return s == DenyOnFirstDeny && !allowed || s == PermitOnFirstPermit && allowed
}

// answerAll answers in the order of the questions, as far as the semantic says.
func answerAll(questions []Question, semantic Semantic, answer func(Question) Answer) []Answer {
	answers := make([]Answer, 0, len(questions))
	for _, q := range questions {
		a := answer(q)
		answers = append(answers, a)
		if semantic.ends(a.Allowed) {
			break
		}
	}
	return answers
}
