package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A MemberFilter chooses members of an account: several values of one field are
// "or", fields among each other "and" (LIST-5). The zero value chooses all.
type MemberFilter struct {
	Keys      []directory.MemberID // only these
	Statuses  []directory.Status
	Companies []directory.CompanyID // 0 is no company
	Functions []directory.RoleID    // any of them
	Levels    []directory.RoleID    // 0 is no access level
	Products  []string              // held now: offers, or products in any edition
	Held      []directory.Holding   // by what, any of them; none: by whatever
	At        time.Time             // the moment of now
	Units     []directory.UnitID    // home units, those below not implied
	AddedFrom time.Time             // inclusive
	AddedTo   time.Time             // exclusive
	Search    string                // as typed (LIST-4)
	People    bool                  // no technical users
	Seatless  []directory.PoolID    // who holds no seat of these pools

	Placed *PlaceFilter // who has a place in a project (PROJ-2)

	LacksRoleAt []string // people without any role at units of one of these levels; authz.RootLevel is the root (ROLE-3)
}

// Empty reports whether the filter chooses everybody.
func (f MemberFilter) Empty() bool {
	return f.Placed == nil && !f.People && len(f.Seatless) == 0 && len(f.LacksRoleAt) == 0 && len(f.Keys) == 0 && len(f.Statuses) == 0 && len(f.Companies) == 0 && len(f.Functions) == 0 && len(f.Levels) == 0 &&
		len(f.Products)+len(f.Held) == 0 && len(f.Units) == 0 && f.AddedFrom.IsZero() && f.AddedTo.IsZero() && directory.Fold(f.Search) == ""
}

// ByMoment reports whether who passes also hangs on the moment, since what is held
// ends by itself, and not on the state of the account alone.
func (f MemberFilter) ByMoment() bool { return len(f.Products)+len(f.Held) > 0 }

// Nobody makes a filter that finds nobody.
func (f *MemberFilter) Nobody() { f.Units = []directory.UnitID{-1} }

// What a filter's own index can answer. A statement uses one of them; the other
// conditions are written so that no index serves them, since SQLite, which
// keeps no figures here, would choose badly.
const (
	walking    = "" // the order's index serves, or none
	byKeys     = "keys"
	bySearch   = "search"
	byLevel    = "level"
	byCompany  = "company"
	byFunction = "function"
	byAdded    = "added"
	byStatus   = "status"
	byUnit     = "unit"
	byPlace    = "place"
	byScan     = "scan" // no index: the account's rows one after the other
)

// driver is the part of the filter whose index is likely to leave the fewest.
func (l MemberList) driver() string {
	f := l.Filter
	switch {
	case len(f.Keys) > 0:
		return byKeys
	case f.Placed.few():
		return byPlace
	case l.inIndex():
		return bySearch
	case f.Placed != nil:
		return byPlace
	case !l.Scope.All() || len(f.Units) > 0:
		return byUnit
	case len(f.Levels) > 0 && !containsZero(f.Levels):
		return byLevel
	case len(f.Companies) > 0:
		return byCompany
	case len(f.Functions) > 0:
		return byFunction
	case !f.AddedFrom.IsZero():
		return byAdded
	case len(f.Statuses) > 0:
		return byStatus
	case l.sought() != "":
		return byScan
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
		{len(f.Statuses) > 0, "m.status"}, {len(f.Companies) > 0, "m.company_key"}, {containsZero(f.Levels), "m.level_key"},
		{len(f.Units) > 0 || !l.Scope.All(), "m.unit_key"}, {!f.AddedFrom.IsZero() || !f.AddedTo.IsZero(), "m.added_at"},
		{f.People || len(f.LacksRoleAt) > 0, "m.user_key"}, {f.Search != "", "m.search, m.name_folded, m.first_folded, m.user_name_folded, m.email_folded"},
	} {
		if needs.is {
			columns.WriteString(", " + needs.column)
		}
	}
	return columns.String()
}

// where are the conditions of scope and filter, each beginning with AND. Those
// of the driver may use an index.
func (l MemberList) where(r *Reader, a *args) string {
	f, driver := l.Filter, l.by
	var where strings.Builder
	and := func(by, column, plain, rest string) {
		if by != driver && r.dialect == sqlite {
			column = plain
		}
		where.WriteString(` AND ` + column + rest)
	}
	if !l.Scope.All() {
		and(byUnit, "m.unit_key", "+m.unit_key", inKeys(r, l.Scope.Units(), a))
	}
	if len(f.Units) > 0 {
		and(byUnit, "m.unit_key", "+m.unit_key", inKeys(r, f.Units, a))
	}
	if len(f.Keys) > 0 {
		where.WriteString(` AND m.key` + inKeys(r, f.Keys, a))
	}
	if f.Placed != nil {
		where.WriteString(` AND ` + f.Placed.has(r, a, driver == byPlace))
	}
	if f.People || len(f.LacksRoleAt) > 0 {
		where.WriteString(` AND m.user_key NOT IN (SELECT t.user_key FROM technical_user t WHERE t.account_key = ` + a.add(l.Account) + `)`)
	}
	if len(f.LacksRoleAt) > 0 {
		where.WriteString(` AND (` + lacksRole(f.LacksRoleAt, a) + `)`)
	}
	if len(f.Statuses) > 0 {
		statuses := make([]int64, len(f.Statuses))
		for i, s := range f.Statuses {
			statuses[i] = int64(s)
		}
		and(byStatus, "m.status", "+m.status", inKeys(r, statuses, a))
	}
	if len(f.Companies) > 0 {
		and(byCompany, "coalesce(m.company_key, 0)", "+coalesce(m.company_key, 0)", inKeys(r, f.Companies, a))
	}
	if len(f.Functions) > 0 {
		where.WriteString(` AND ` + holds(r, f.Functions, a, driver == byFunction))
	}
	if len(f.Levels) > 0 {
		where.WriteString(l.hasLevel(r, a, driver == byLevel))
	}
	if len(f.Products)+len(f.Held) > 0 {
		where.WriteString(` AND (` + f.holds(r, a) + `)`)
	}
	if len(f.Seatless) > 0 {
		where.WriteString(` AND NOT EXISTS (SELECT 1 FROM seat x WHERE x.member_key = m.key AND x.valid_to IS NULL AND x.pool_key` + inKeys(r, f.Seatless, a) + `)`)
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

// lacksRole is the condition that a member holds no role now at a unit of one of
// the levels (ROLE-3).
func lacksRole(levels []string, a *args) string {
	none := make([]string, len(levels))
	for i, level := range levels {
		at := `u.parent_key IS NULL`
		if level != authz.RootLevel {
			at = `u.parent_key IS NOT NULL AND u.level = ` + a.add(level)
		}
		none[i] = `NOT EXISTS (SELECT 1 FROM "grant" g JOIN unit u ON u.key = g.unit_key
			WHERE g.member_key = m.key AND g.valid_to IS NULL AND ` + at + `)`
	}
	return strings.Join(none, ` OR `)
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

// sought is what was typed in the form it is sought in.
func (l MemberList) sought() string {
	return directory.Sought(directory.Fold(l.Filter.Search))
}

// inIndex reports whether the search is long enough for the search index.
func (l MemberList) inIndex() bool { return utf8.RuneCountInString(l.sought()) >= trigram }

// found is the condition of the search (LIST-4): three letters or more are
// sought anywhere in names, user name and e-mail; one or two are beginnings.
// What was typed is text: nothing in it is a pattern.
func (l MemberList) found(r *Reader, a *args, driving bool) string {
	sought := l.sought()
	switch {
	case sought == "":
		return ""
	case !l.inIndex():
		text := a.add(sought)
		length := a.add(utf8.RuneCountInString(sought))
		begins := func(column string) string { return `substr(` + column + `, 1, ` + length + `) = ` + text }
		condition := ` AND (` + begins("m.first_folded") + ` OR ` + begins("m.name_folded") + ` OR ` + begins("m.user_name_folded") +
			` OR ` + begins("m.email_folded") + `)`
		if l.by == byScan && r.dialect == sqlite {
			condition += l.keys("m.key", a)
		}
		return condition
	}
	if r.dialect == postgres {
		return ` AND m.search LIKE ` + a.add("%"+escapeLike(sought)+"%")
	}
	condition := ` AND instr(m.search, ` + a.add(sought) + `) > 0`
	if driving && l.index != "" {
		condition += ` AND m.key IN (SELECT rowid FROM member_search WHERE member_search MATCH ` + a.add(l.index) + l.keys("rowid", a) + `)`
	}
	if driving && l.index == "" {
		condition += l.keys("m.key", a)
	}
	return condition
}

// keys limits a column to the keys of the account, which lie together.
func (l MemberList) keys(column string, a *args) string {
	return ` AND ` + column + ` BETWEEN ` + a.add(directory.NewKey(l.Account, 0)) + ` AND ` + a.add(directory.NewKey(l.Account+1, 0)-1)
}

// What the search index of SQLite is asked at most: lists of trigrams are read
// from end to end, so that few of them are quicker than many.
const (
	mostTrigrams = 8
	rareRows     = 500
)

// driven chooses what drives a statement, and what SQLite's search index is
// asked for: one trigram that few members have, else all. It reports whether
// those that the driver leaves are known to be few. Trigrams that do not overlap tell as much as
// all of them; what they leave is compared whole.
func (r *Reader) driven(ctx context.Context, l MemberList) (MemberList, bool, error) {
	l.by = l.driver()
	switch {
	case l.by == walking || l.by == byScan || l.by == bySearch && r.dialect != sqlite:
		return l, false, nil
	case l.by == byKeys || l.by == byPlace && l.Filter.Placed.few():
		return l, true, nil
	case l.by == byPlace && l.Found > 0:
		return l, l.Found < fewRows, nil
	case l.by == byPlace:
		n, err := l.Filter.Placed.count(ctx, r, fewRows)
		return l, n < fewRows, err
	case l.by != bySearch:
		few, err := r.few(ctx, l)
		return l, few, err
	}
	var all []string
	fewest := int64(rareRows)
	for _, text := range trigrams(l.sought()) {
		quoted := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		all = append(all, quoted)
		var a args
		query := `SELECT count(*) FROM (SELECT 1 FROM member_search WHERE member_search MATCH ` + a.add(quoted) + l.keys("rowid", &a) +
			atMost(rareRows) + `) rare`
		n, err := one(ctx, r, query, a, scanInt64)
		if err != nil {
			return l, false, fmt.Errorf("probe the search index: %w", err)
		}
		if n < fewest {
			fewest, l.index = n, quoted
		}
		if n < rareRows/10 {
			break
		}
	}
	if l.index == "" {
		l.index = strings.Join(all, " AND ")
	}
	if fewest >= rareRows && l.Filter.Placed != nil {
		l.by = byPlace
	}
	return l, fewest < rareRows, nil
}

// fewRows are how many members are sooner sorted than looked for in the order
// of the list.
const fewRows = 3000

// few reports whether the driver alone leaves few members.
func (r *Reader) few(ctx context.Context, l MemberList) (bool, error) {
	f := l.Filter
	alone := MemberList{Account: l.Account, by: l.by, Scope: l.Scope}
	switch l.by {
	case byUnit:
		alone.Filter.Units = f.Units
	case byLevel:
		alone.Filter.Levels = f.Levels
	case byCompany:
		alone.Filter.Companies = f.Companies
	case byFunction:
		alone.Filter.Functions = f.Functions
	case byAdded:
		alone.Filter.AddedFrom, alone.Filter.AddedTo = f.AddedFrom, f.AddedTo
	case byStatus:
		alone.Filter.Statuses = f.Statuses
	}
	var a args
	query := `SELECT count(*) FROM (SELECT 1` + alone.base(r, memberColumn{}, &a) + alone.where(r, &a) + atMost(fewRows) + `) few`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return false, fmt.Errorf("probe a filter: %w", err)
	}
	return n < fewRows, nil
}

// trigrams are the trigrams of a text that lie side by side, and its last.
func trigrams(s string) []string {
	letters := []rune(s)
	var parts []string
	for i := 0; i+trigram <= len(letters) && len(parts) < mostTrigrams; i += trigram {
		parts = append(parts, string(letters[i:i+trigram]))
	}
	if len(letters)%trigram != 0 {
		parts = append(parts, string(letters[len(letters)-trigram:]))
	}
	return parts
}

// MembersNamed finds who in an account has one of these addresses, user names or
// personnel numbers, whole; of the kinds that name somebody all must (API-4).
func (r *Reader) MembersNamed(ctx context.Context, account directory.AccountID, emails, userNames, numbers []string) ([]directory.MemberID, error) {
	var a args
	query := `SELECT key FROM member WHERE account_key = ` + a.add(account) + ` AND removed_at IS NULL`
	if len(numbers) > 0 {
		query += ` AND personnel_number <> '' AND personnel_number` + inTexts(r, numbers, &a)
	}
	for _, by := range []struct {
		names []string
		find  func(context.Context, []string) (map[string]directory.User, error)
		is    func(directory.User, string) bool
	}{
		{emails, r.UsersByAddress, func(directory.User, string) bool { return true }},
		{userNames, r.UsersBySignInName, func(u directory.User, name string) bool { return directory.FoldSignIn(u.UserName) == name }},
	} {
		if len(by.names) == 0 {
			continue
		}
		users, err := by.find(ctx, by.names)
		if err != nil {
			return nil, err
		}
		people := []directory.UserID{}
		for name, u := range users {
			if by.is(u, name) {
				people = append(people, u.ID)
			}
		}
		query += ` AND user_key` + inKeys(r, people, &a)
	}
	found, err := collect(ctx, r, query+` ORDER BY key`, a, func(row scanner) (directory.MemberID, error) {
		var key directory.MemberID
		return key, row.Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("find members by name: %w", err)
	}
	return found, nil
}
