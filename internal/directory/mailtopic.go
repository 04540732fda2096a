package directory

import "fmt"

// The topics of states that also end without a mail: being an administrator,
// somebody's place in an account, being the referent of a unit or a deputy there, a place in a project,
// one request to join, all that wait in an account, the lock on a customer number, and
// who came to administer an account by one act.
const (
	TopicAdministrator = "administrator"
	TopicPlace         = "place"
	TopicReferent      = "referent"
	TopicDeputy        = "deputy"
	TopicProject       = "project"
	TopicRequest       = "request"
	TopicRequests      = "requests"
	TopicLock          = "lock"
	TopicArrivals      = "arrivals"
)

// MailTopic names a topic in an account about something: a person's key, a
// number.
func MailTopic(topic string, account AccountID, about any) string {
	return fmt.Sprintf("%s %d %v", topic, account, about)
}

// Topic is of what state the mail tells, empty if of none. Where it names
// nothing it is about, that is its reader.
func (m Mail) Topic() string {
	topic := mailRuleOf()[m.Kind].Topic
	switch {
	case topic == "":
		return ""
	case m.About == "":
		return MailTopic(topic, m.Account, int64(m.User))
	}
	return MailTopic(topic, m.Account, m.About)
}

// TurnsBack reports whether the mail tells of the state from before another one
// that never left: neither of the two need be sent.
func (m Mail) TurnsBack(waiting MailKind) bool {
	return m.Kind != waiting && mailRuleOf()[m.Kind].Turns
}
