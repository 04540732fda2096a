package directory

import "time"

// KeyRequestState is what became of a request for an admin key.
type KeyRequestState string

// A request waits in the vendor's queue until it is answered with a key or
// refused.
const (
	KeyRequestWaiting  KeyRequestState = "waiting"
	KeyRequestAnswered KeyRequestState = "answered"
	KeyRequestRefused  KeyRequestState = "refused"
)

// A KeyRequest asks the vendor for an admin key. Account is 0 when nobody has
// the number: the person is not told (KEY-14).
type KeyRequest struct {
	ID        KeyRequestID
	UUID      string
	Account   AccountID
	Number    string
	User      UserID
	Message   string
	State     KeyRequestState
	Created   time.Time
	Decided   time.Time
	DecidedBy UserID
	Answer    string // what the vendor noted; the asker does not see it
}

// Bounds of asking for a key (KEY-13, KEY-14).
const (
	KeyRequestsPerHour = 3 // of one person
	OpenKeyRequests    = 3 // of one person that wait, for any number
)

// A KeyDelivery is the way a new key leaves: never by the asker's screen or own
// address (KEY-13).
type KeyDelivery string

// A key is printed in a letter to the postal address, or mailed to the contact
// on file.
const (
	ByLetter KeyDelivery = "letter"
	ByMail   KeyDelivery = "mail"
)

// MayMail refuses to mail a key: with key.no_contact where no address is on
// file, and with key.contact_is_asker where the asker would get it (KEY-13).
// Asker may be empty.
func (a Account) MayMail(asker string) *Error {
	switch {
	case a.Contact.Email == "":
		return InvalidField("delivery", "key.no_contact", nil)
	case asker != "" && FoldEmail(asker) == FoldEmail(a.Contact.Email):
		return InvalidField("delivery", "key.contact_is_asker", nil)
	}
	return nil
}

// Decidable refuses a request that was decided already.
func (q KeyRequest) Decidable() *Error {
	if q.State != KeyRequestWaiting {
		return &Error{Kind: Conflict, Code: "key_request.decided", Args: Args{"At": q.Decided}}
	}
	return nil
}

// Bounds of making keys (VEND-1).
const MostKeysAtOnce = 10
