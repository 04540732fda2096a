package directory

import (
	"strconv"
	"time"
)

// A Part is what somebody is for a unit's contract.
type Part string

// The parts: one referent, and any deputies (SEAT-7).
const (
	ReferentPart Part = "referent"
	DeputyPart   Part = "deputy"
)

// MostDeputies is how many deputies a unit may have at a time: its page names
// them all.
const MostDeputies = 100

// CheckPart refuses with field.unknown_choice what is no part.
func CheckPart(p Part) *Error {
	if p == ReferentPart || p == DeputyPart {
		return nil
	}
	return InvalidField("part", "field.unknown_choice", Args{"Value": Short(string(p), Quoted)})
}

// A Referent is somebody who looks after the contract of a unit: its referent or
// a deputy. It gives no right (ACC-9).
type Referent struct {
	ID     ReferentID
	Unit   UnitID
	Member MemberID
	User   UserID
	Part   Part
	By     UserID // who named them; 0: the command line, or long ago
	From   time.Time
}

// Topic is of what state a mail of being named tells (MAIL-5).
func (r Referent) Topic() string {
	topic := TopicReferent
	if r.Part == DeputyPart {
		topic = TopicDeputy
	}
	return MailTopic(topic, r.Unit.Account(), r.About())
}

// About is what a mail of being named is about: one person at one unit.
func (r Referent) About() string {
	return strconv.FormatInt(int64(r.Unit), 10) + "." + strconv.FormatInt(int64(r.Member), 10)
}
