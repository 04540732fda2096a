package store

import (
	"strings"
	"unicode/utf8"

	"intendant/internal/directory"
)

// What a filter's own index can answer. A statement uses one of them; the other
// conditions are written so that no index serves them, since SQLite, which
// keeps no figures here, would choose badly.
const (
	walking   = "" // the order's index serves, or none
	bySearch  = "search"
	byRoles   = "roles"
	byCompany = "company"
	byAdded   = "added"
	byStatus  = "status"
)

// driver is the part of the filter whose index is likely to leave the fewest.
func (l MemberList) driver() string {
	f := l.Filter
	switch {
	case utf8.RuneCountInString(directory.Fold(f.Search)) >= trigram:
		return bySearch
	case len(f.Functions) > 0 || len(f.Levels) > 0 && !containsZero(f.Levels):
		return byRoles
	case len(f.Companies) > 0:
		return byCompany
	case !f.AddedFrom.IsZero():
		return byAdded
	case len(f.Statuses) > 0:
		return byStatus
	}
	return walking
}

func containsZero(levels []directory.RoleID) bool {
	for _, level := range levels {
		if level == 0 {
			return true
		}
	}
	return false
}

// checked are the columns that where looks at, for a subquery to hand on.
func (l MemberList) checked() string {
	f := l.Filter
	var columns strings.Builder
	for _, needs := range []struct {
		is     bool
		column string
	}{
		{len(f.Statuses) > 0, "m.status"}, {len(f.Companies) > 0, "m.company_folded"}, {containsZero(f.Levels), "m.level_key"},
		{len(f.Units) > 0 || !l.Scope.All(), "m.unit_key"}, {!f.AddedFrom.IsZero() || !f.AddedTo.IsZero(), "m.added_at"},
		{f.Search != "", "m.search, m.name_folded, m.first_folded, m.user_name_folded, m.email_folded"},
	} {
		if needs.is {
			columns.WriteString(", " + needs.column)
		}
	}
	return columns.String()
}

// where are the conditions of scope and filter, each beginning with AND. Those
// of the driver may use an index.
func (l MemberList) where(r *Reader, a *args, driver string) string {
	f := l.Filter
	var where strings.Builder
	and := func(by, column, plain, rest string) {
		if by != driver && r.dialect == sqlite {
			column = plain
		}
		where.WriteString(` AND ` + column + rest)
	}
	if !l.Scope.All() {
		where.WriteString(` AND m.unit_key` + inKeys(r, l.Scope.Units(), a))
	}
	if len(f.Units) > 0 {
		where.WriteString(` AND m.unit_key` + inKeys(r, f.Units, a))
	}
	if len(f.Statuses) > 0 {
		statuses := make([]int64, len(f.Statuses))
		for i, s := range f.Statuses {
			statuses[i] = int64(s)
		}
		and(byStatus, "m.status", "+m.status", inKeys(r, statuses, a))
	}
	if len(f.Companies) > 0 {
		and(byCompany, "m.company_folded", "(m.company_folded || '')", inTexts(r, f.Companies, a))
	}
	if len(f.Functions) > 0 {
		where.WriteString(` AND ` + holds(r, f.Functions, a, driver == byRoles))
	}
	if len(f.Levels) > 0 {
		where.WriteString(l.hasLevel(r, a, driver == byRoles && len(f.Functions) == 0))
	}
	if len(f.Products) > 0 {
		where.WriteString(` AND EXISTS (SELECT 1 FROM seat s WHERE s.member_key = m.key AND s.valid_to IS NULL AND s.product` +
			inTexts(r, f.Products, a) + `)`)
	}
	if !f.AddedFrom.IsZero() {
		and(byAdded, "m.added_at", "+m.added_at", ` >= `+a.add(f.AddedFrom))
	}
	if !f.AddedTo.IsZero() {
		and(byAdded, "m.added_at", "+m.added_at", ` < `+a.add(f.AddedTo))
	}
	where.WriteString(l.found(r, a, driver == bySearch))
	return where.String()
}

// holds is the condition that a member has one of the roles now.
func holds(r *Reader, roles []directory.RoleID, a *args, driving bool) string {
	if driving {
		return `m.key IN (SELECT h.member_key FROM member_role h WHERE h.valid_to IS NULL AND h.role_key` + inKeys(r, roles, a) + `)`
	}
	return `EXISTS (SELECT 1 FROM member_role h WHERE h.member_key = m.key AND h.valid_to IS NULL AND h.role_key` + inKeys(r, roles, a) + `)`
}

func (l MemberList) hasLevel(r *Reader, a *args, driving bool) string {
	condition := holds(r, l.Filter.Levels, a, driving)
	if containsZero(l.Filter.Levels) {
		condition = `(m.level_key IS NULL OR ` + condition + `)`
	}
	return ` AND ` + condition
}

// trigram is how many letters the search index needs.
const trigram = 3

// longestSearch is how many letters of what was typed are sought.
const longestSearch = 200

// found is the condition of the search (LIST-4): three letters or more are
// sought anywhere in names, user name and e-mail; one or two are beginnings.
// What was typed is text: nothing in it is a pattern.
func (l MemberList) found(r *Reader, a *args, driving bool) string {
	sought := directory.Fold(l.Filter.Search)
	if letters := []rune(sought); len(letters) > longestSearch {
		sought = strings.TrimSpace(string(letters[:longestSearch]))
	}
	switch n := utf8.RuneCountInString(sought); {
	case n == 0:
		return ""
	case n < trigram:
		text := a.add(sought)
		length := a.add(n)
		begins := func(column string) string { return `substr(` + column + `, 1, ` + length + `) = ` + text }
		return ` AND (` + begins("m.first_folded") + ` OR ` + begins("m.name_folded") + ` OR ` + begins("m.user_name_folded") +
			` OR ` + begins("m.email_folded") + `)`
	}
	if r.dialect == postgres {
		return ` AND m.search LIKE ` + a.add("%"+likeText(sought)+"%")
	}
	condition := ` AND instr(m.search, ` + a.add(sought) + `) > 0`
	if driving {
		condition += ` AND m.key IN (SELECT rowid FROM member_search WHERE member_search MATCH ` + a.add(trigrams(sought)) +
			` AND rowid BETWEEN ` + a.add(directory.NewKey(l.Account, 0)) + ` AND ` + a.add(directory.NewKey(l.Account+1, 0)-1) + `)`
	}
	return condition
}

// likeText escapes what a LIKE pattern would read as a wildcard.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// mostTrigrams are how many trigrams of a long text are asked for; what they
// leave is compared whole.
const mostTrigrams = 12

// trigrams is a query of the search index for all trigrams of a text, each in
// quotes.
func trigrams(s string) string {
	letters := []rune(s)
	var parts []string
	for i := 0; i+trigram <= len(letters) && len(parts) < mostTrigrams; i++ {
		parts = append(parts, `"`+strings.ReplaceAll(string(letters[i:i+trigram]), `"`, `""`)+`"`)
	}
	return strings.Join(parts, " AND ")
}
