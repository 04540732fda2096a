// Package rights shows who may do what in an account: the tree of units with
// what one person holds in it, drawn and as a list, and for any person,
// permission and unit why they may, or what is missing and who could give it
// (ROLE-9). It changes nothing; giving is the matter of package grants.
package rights

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/rights", page.InAccount, h.tree)
	s.Route("GET /accounts/{account}/rights/why", page.InAccount, h.why)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// picking is the field of the day of a page of rights, which keeps what else is asked.
func (h Handler) picking(q *page.Request, base string, day directory.Day, keep ...string) pastday.View {
	v := pastday.Leading(q, base)
	v.Day, v.Today = day, pastday.On(base, directory.Day{}, keep...)
	for i := 0; i+1 < len(keep); i += 2 {
		if keep[i+1] != "" {
			v.Keep = append(v.Keep, ui.Hidden{Name: keep[i], Value: keep[i+1]})
		}
	}
	return v
}

// badDay reports whether what was refused is the day, and says so on the page of today.
func (h Handler) badDay(q *page.Request, err error) bool {
	refusal, _ := page.Refusal(err)
	if refusal == nil || refusal.Field != pastday.Param {
		return false
	}
	q.Toast(q.Printer.Error(refusal), "")
	return true
}

// words are what the levels of units are called in one kind of account.
type words struct {
	lang string
	root catalogue.Text
	kind catalogue.AccountType
	// large: the language begins nouns with a large letter.
	large bool
}

func (h Handler) words(q *page.Request) words {
	kind, _ := h.Catalogue().AccountType(q.Frame.Account.Type)
	return words{lang: q.Printer.Lang(), root: kind.RootLabel, kind: kind, large: q.Printer.T("language.nouns") == "large"}
}

// level is the word for one unit of a level.
func (w words) level(id string) string {
	if id == catalogue.RootLevel {
		return w.root.In(w.lang)
	}
	if level, known := w.kind.Level(id); known {
		return level.Label.In(w.lang)
	}
	return id
}

// levels is the word for several units of one level, within a sentence.
func (w words) levels(id string, count int) string {
	level, known := w.kind.Level(id)
	if !known {
		return id
	}
	if count == 1 {
		return w.inner(level.Label.In(w.lang))
	}
	return w.inner(level.Plural.In(w.lang))
}

// inner is a label within a sentence: with a small first letter, unless the
// language writes nouns with a large one or the label begins with a name made
// of capitals.
func (w words) inner(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	second, _ := utf8.DecodeRuneInString(label[size:])
	if w.large || unicode.IsUpper(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}

// ranks are the bands of levels: each stands below every level it may stand
// under.
func (w words) ranks() map[string]int {
	ranks := map[string]int{}
	for range w.kind.UnitLevels { // a chain is at most as long as there are levels
		for _, level := range w.kind.UnitLevels {
			rank := 1
			for _, above := range level.Under {
				if above != level.ID {
					rank = max(rank, ranks[above]+1)
				}
			}
			ranks[level.ID] = min(rank, len(w.kind.UnitLevels))
		}
	}
	return ranks
}

// A finding is who, or which units, a search has found when it is not one.
type finding struct {
	text  string
	total int64
	found []ui.CartItem // label, note and address of each
}

// mostFound is how much of a search is shown.
const mostFound = 8

// findPerson answers the one member a search finds, or all it finds.
func (h Handler) findPerson(q *page.Request, text string, at func(person string) string) (string, *finding, error) {
	found, err := h.App.Members.List(q.Context(), q.Actor(), account(q), app.MemberQuery{Search: text, Size: mostFound})
	if err != nil {
		return "", nil, err
	}
	if found.Total == 1 {
		return found.Rows[0].UUID, nil, nil
	}
	f := &finding{text: text, total: found.Total}
	for _, m := range found.Rows {
		f.found = append(f.found, ui.CartItem{Label: m.Name(), Note: m.Person.Email, Href: at(m.UUID)})
	}
	return "", f, nil
}

// findUnit answers the one unit a search finds, or all it finds. A name that is
// written in full wins.
func findUnit(units []directory.Unit, w words, text string, at func(unit string) string) (string, *finding) {
	folded := directory.Fold(text)
	f := &finding{text: text}
	byID := make(map[directory.UnitID]directory.Unit, len(units))
	var only, full string
	same := 0
	for _, u := range units {
		byID[u.ID] = u
		name := directory.Fold(u.Name)
		if folded == "" || !strings.Contains(name, folded) {
			continue
		}
		if name == folded {
			full, same = u.UUID, same+1
		}
		f.total++
		only = u.UUID
		if len(f.found) < mostFound {
			f.found = append(f.found, ui.CartItem{Label: u.Name, Note: whereabouts(byID, w, u), Href: at(u.UUID)})
		}
	}
	switch {
	case same == 1:
		return full, nil
	case f.total == 1:
		return only, nil
	}
	return "", f
}

// whereabouts says under what a unit stands.
func whereabouts(byID map[directory.UnitID]directory.Unit, w words, u directory.Unit) string {
	way := []string{w.level(u.Level)}
	for above, known := byID[u.Parent]; known && len(way) < 5; above, known = byID[above.Parent] {
		way = append(way, above.Name)
	}
	return strings.Join(way, " · ")
}
