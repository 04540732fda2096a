package directory

import "fmt"

// A mailTopic is a state that mails tell of and that can change again before
// they leave. Of one topic at most one mail waits for a reader: a later one
// takes its place (MAIL-5).
type mailTopic struct {
	name string
	// turns: there are two states, and a mail of each. Whoever reads neither of
	// two that follow each other knows what is true.
	turns bool
}

// mailTopics are the topics of the kinds of mail that have one.
func mailTopics() map[string]mailTopic {
	administrator, product := mailTopic{TopicAdministrator, true}, mailTopic{"product", true}
	return map[string]mailTopic{
		"administrator_named":    administrator,
		"administrator_excluded": administrator,
		"member_deactivated":     {TopicPlace, false},
		"member_removed":         {TopicPlace, false},
		"product_assigned":       product,
		"product_withdrawn":      product,
		"subscription_ending":    {"subscription", false},
		"join_received":          {TopicRequest, false},
		"join_reminder":          {TopicRequests, false},
		"key_locked":             {TopicLock, false},
	}
}

// The topics of states that also end without a mail: being an administrator,
// somebody's place in an account, one request to join, all that wait in an
// account, and the lock on a customer number.
const (
	TopicAdministrator = "administrator"
	TopicPlace         = "place"
	TopicRequest       = "request"
	TopicRequests      = "requests"
	TopicLock          = "lock"
)

// MailTopic names a topic in an account about something: a person's key, a
// number.
func MailTopic(topic string, account AccountID, about any) string {
	return fmt.Sprintf("%s %d %v", topic, account, about)
}

// Topic is of what state the mail tells, empty if of none. Where it names
// nothing it is about, that is its reader.
func (m Mail) Topic() string {
	t, found := mailTopics()[m.Kind]
	if !found {
		return ""
	}
	if m.About == "" {
		return MailTopic(t.name, m.Account, int64(m.User))
	}
	return MailTopic(t.name, m.Account, m.About)
}

// TurnsBack reports whether the mail tells of the state from before another one
// that never left: neither of the two need be sent.
func (m Mail) TurnsBack(waiting string) bool {
	return m.Kind != waiting && mailTopics()[m.Kind].turns
}
