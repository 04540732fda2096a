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
	// Broken is set by a face that could not read the question: it is answered
	// by no, with this as its reason.
	Broken string
}

// An Entity is a subject or a resource: of a type, by a name that is unique in
// it.
type Entity struct{ Type, ID string }

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
