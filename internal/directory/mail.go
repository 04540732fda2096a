package directory

import "time"

// MailState is how far a mail has come.
type MailState string

// A mail waits, was sent, came back for good, gave up after many tries, or was
// withdrawn before it went.
const (
	MailWaiting   MailState = "waiting"
	MailSent      MailState = "sent"
	MailBounced   MailState = "bounced"
	MailDead      MailState = "dead"
	MailWithdrawn MailState = "withdrawn"
)

// A Mail is one message to one person, written with its cause (MAIL-2).
type Mail struct {
	ID        MailID
	Account   AccountID // whose name it carries; 0 for the vendor's own
	User      UserID
	Address   string
	Kind      MailKind
	About     string // of a kind that tells of a state: what of, if not of its reader
	Language  string
	Facts     map[string]string // values of its sentences; never a secret
	Path      string            // where its button leads, under the base address; SecretMark is replaced
	Secret    string            // token or password; sealed when stored, wiped after sending (MAIL-3)
	Batch     string
	Due       time.Time
	State     MailState
	Tries     int
	LastError string
	Created   time.Time
	Sent      time.Time
}

// A Job is work that follows a change, written with it.
type Job struct {
	ID      JobID
	Account AccountID
	Kind    string
	Subject int64             // the row it is about
	Facts   map[string]string // what else it needs
	Unique  string            // at most one waiting job of this name; empty: any number
	Due     time.Time
	Tries   int
}
