package page

import (
	"intendant/internal/app"
	"intendant/internal/catalogue"
)

// LacksRole says at which levels somebody lacks a role that the account requires,
// by the unit or the word of the level; nothing where nothing is lacked (ROLE-3).
func (q *Request) LacksRole(lacks []app.Lack) string {
	if len(lacks) == 0 {
		return ""
	}
	kind := q.accountType()
	at := make([]string, len(lacks))
	for i, one := range lacks {
		level, _ := kind.Level(one.Level)
		switch {
		case one.Name != "":
			at[i] = one.Name
		case one.Level == catalogue.RootLevel:
			at[i] = kind.RootLabel.In(q.Printer.Lang())
		default:
			at[i] = level.Label.In(q.Printer.Lang())
		}
	}
	return q.Printer.T("members.lacks_role", "Where", q.Printer.List(at))
}
