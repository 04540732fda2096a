package page

import (
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// Day reads a day of the form; none where nothing was typed. One that cannot be read is
// none either, and refuses the change that is made of the form, together with what else
// is wrong with it (Together).
func (q *Request) Day(field string) directory.Day {
	day, refusal := directory.ParseDay(field, q.Field(field), directory.DayFirst)
	if refusal != nil {
		q.Misread(refusal)
	}
	return day
}

// Misread refuses the change that is made of the form with what its page found wrong
// with it.
func (q *Request) Misread(fault *directory.Error) {
	q.misread = append(q.misread, fault)
	q.Request = q.WithContext(app.Misread(q.Context(), q.misread))
}

// Over reads the last day of something, as Day does, and answers the moment with which
// it is over where the reader is; no moment where there is no day.
func (q *Request) Over(field string) time.Time {
	day := q.Day(field)
	if day == (directory.Day{}) {
		return time.Time{}
	}
	return day.Over(q.Printer.Zone())
}

// Together is what a change of the form was refused with, and what could not be read of
// the form, all faults at once.
func (q *Request) Together(err error) error { return q.misread.With(err) }
