package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A MemberPlace is where a member stands in a sorted list. Which of its fields
// count depends on the column sorted by.
type MemberPlace struct {
	Number int64
	Text   string
	Name   string
	Key    directory.MemberID
}

// A MemberSort is the column a list of members is sorted by (LIST-3).
type MemberSort struct {
	Column     string
	Descending bool
}

// memberColumn is what a column of the list sorts by; empty parts do not count.
// Each has an index that answers it in order.
type memberColumn struct {
	number, text, name string
	key                string
	beside             string // the table whose rows it is read from, which have the keys of members; none: their own
}

func columnOf(name string) (memberColumn, bool) {
	c := memberColumn{key: "m.key"}
	switch name {
	case "name":
		c.text = "m.name_folded"
	case "email":
		c.text = "m.email_folded"
	case "status":
		c.number, c.name = "m.status", "m.name_folded"
	case "company", "functions", "level", "products":
		c.text, c.name = "m."+name+"_folded", "m.name_folded"
	case "added":
		c.number = "m.added_at"
	case "seen":
		c.number = "coalesce(m.last_seen_at, 0)"
	default:
		return c, false
	}
	if name == "products" {
		c.beside = "member_products"
	}
	return c, true
}

// joined is the column read from what stands beside the members where these are asked
// too: m is they then, and p what the column reads.
func (c memberColumn) joined() memberColumn {
	if c.beside != "" {
		c.text, c.name, c.key = "p."+c.text[2:], "p."+c.name[2:], "p.key"
	}
	return c
}

// column is what the list sorts by. It refuses with field.unknown_choice.
func (l MemberList) column() (memberColumn, error) {
	c, ok := columnOf(l.Sort.Column)
	if !ok {
		return c, directory.InvalidField("sort", "field.unknown_choice", directory.Args{"Value": l.Sort.Column})
	}
	return c, nil
}

// MemberColumns lists the columns that members can be sorted by.
func MemberColumns() []string {
	return []string{"name", "email", "status", "company", "functions", "level", "products", "added", "seen"}
}

// parts are the expressions of the order and a place's values for them.
func (c memberColumn) parts(p MemberPlace) (expressions []string, values []any) {
	for _, part := range []struct {
		expression string
		value      any
	}{{c.number, p.Number}, {c.text, p.Text}, {c.name, p.Name}, {c.key, p.Key}} {
		if part.expression != "" {
			expressions, values = append(expressions, part.expression), append(values, part.value)
		}
	}
	return expressions, values
}

// A MemberList is a question for a part of an account's members.
type MemberList struct {
	Account directory.AccountID
	Scope   authz.Scope
	Filter  MemberFilter
	Sort    MemberSort
	From    *MemberPlace // nil: from the first, or with Back from the last
	At      bool         // the member at From is part of the answer
	Back    bool         // those before From instead of those after
	Size    int
	Of      int64 // how many members the account has, when it is known
	Found   int64 // how many the list has, when it is known

	by    string // what drives the statement
	index string // what SQLite's search index is asked for
}

// windows are how many members are walked through in the order of the list
// before a filter counts as rare; then its own index finds them quicker. The
// search index of SQLite is quick enough to be asked earlier.
func (l MemberList) windows(r *Reader) []int {
	if p := l.Filter.Placed; p != nil && l.Of > 0 && p.Members > 0 { // so many as are likely to have a page of them
		likely := 2 * int64(l.Size) * l.Of / cmp.Or(l.Found, p.Members)
		if likely >= p.Members {
			return nil
		}
		return []int{max(256, int(likely)), max(1024, int(4*likely))}
	}
	if r.dialect == sqlite && l.inIndex() {
		return []int{256, 1024}
	}
	return []int{256, 2048}
}

// smallAccount is how many members are looked through without further ado.
const smallAccount = 2048

// MemberPage finds members in the order of the sort. It reads one row of an
// index for each member it answers when there is no filter; a filter that many
// pass is answered by walking that index, one that few pass by its own.
func (r *Reader) MemberPage(ctx context.Context, l MemberList) ([]MemberPlace, error) {
	column, err := l.column()
	if err != nil {
		return nil, err
	}
	var places []MemberPlace
	var a args
	driven, rare, err := r.driven(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	switch {
	case !l.filtered() || l.Of > 0 && l.Of <= smallAccount:
		places, err = collect(ctx, r, r.directly(l, column, &a), a, scanPlace)
	case rare:
		places, err = collect(ctx, r, r.gathered(driven, column, &a), a, scanPlace)
	default:
		for _, window := range l.windows(r) {
			if places, err = r.membersWalking(ctx, l, column, window); err != nil || len(places) >= l.Size {
				break
			}
		}
		if err == nil && len(places) < l.Size {
			places, err = collect(ctx, r, r.gathered(driven, column, &a), a, scanPlace)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	if l.Back {
		slices.Reverse(places)
	}
	return places, nil
}

// filtered reports whether anything is asked of whom the list shows.
func (l MemberList) filtered() bool { return !l.Filter.Empty() || !l.Scope.All() }

// read is the column as it is read where the whole filter is asked at once.
func (l MemberList) read(column memberColumn) memberColumn {
	if l.checked() != "" {
		return column.joined()
	}
	return column
}

// of are the account's members, from where the column reads them. Whom nothing is asked
// that stands in their own rows is found beside them alone. Else what stands beside them
// drives where the order is walked, and is looked up where a filter drives: SQLite keeps
// to the order in which CROSS JOIN names them.
func (l MemberList) of(r *Reader, column memberColumn, a *args) string {
	account := "m.account_key"
	if r.dialect == sqlite && (l.by == bySearch || l.by == byLevel || l.by == byFunction || l.by == byKeys || l.by == byScan || l.by == byPlace) {
		account = "+m.account_key" // what drives names keys
	}
	if r.dialect == postgres && l.by == byPlace {
		account = "m.account_key + 0" // where it has no figures yet, it would go through the account for each
	}
	number := a.add(l.Account)
	present := account + ` = ` + number
	switch {
	case column.beside == "":
		return ` FROM member m WHERE ` + present + ` AND m.removed_at IS NULL`
	case column.key == "m.key":
		return ` FROM ` + column.beside + ` m WHERE ` + present
	case l.by == walking:
		return ` FROM ` + column.beside + ` p CROSS JOIN member m WHERE m.key = p.key AND p.account_key = ` + number
	case account == "m.account_key": // PostgreSQL knows whether the order leaves fewer
		present += ` AND p.account_key = ` + number
	}
	return ` FROM member m CROSS JOIN ` + column.beside + ` p WHERE p.key = m.key AND m.removed_at IS NULL AND ` + present
}

// base are the members of the account at the right side of the place.
func (l MemberList) base(r *Reader, column memberColumn, a *args) string {
	where := l.of(r, column, a)
	if l.From == nil {
		return where
	}
	expressions, values := column.parts(*l.From)
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = a.add(v)
	}
	sign := ">"
	if l.Back != l.Sort.Descending {
		sign = "<"
	}
	if l.At {
		sign += "="
	}
	return where + ` AND (` + strings.Join(expressions, ", ") + `) ` + sign + ` (` + strings.Join(places, ", ") + `)`
}

// order ends a statement; all parts run the same way, so that an index is read
// forwards or backwards.
func (l MemberList) order(expressions []string) string {
	way := ""
	if l.Back != l.Sort.Descending {
		way = " DESC"
	}
	return ` ORDER BY ` + strings.Join(expressions, way+", ") + way
}

// place is the SELECT list of a MemberPlace.
func (c memberColumn) place() string {
	or := func(expression, none string) string {
		if expression == "" {
			return none
		}
		return expression
	}
	return or(c.number, "0") + ` AS s_number, ` + or(c.text, "''") + ` AS s_text, ` + or(c.name, "''") + ` AS s_name, ` + c.key + ` AS key`
}

func scanPlace(row scanner) (MemberPlace, error) {
	var p MemberPlace
	return p, row.Scan(&p.Number, &p.Text, &p.Name, &p.Key)
}

// directly finds members in the order of an index.
func (r *Reader) directly(l MemberList, column memberColumn, a *args) string {
	column = l.read(column)
	expressions, _ := column.parts(MemberPlace{})
	return `SELECT ` + column.place() + l.base(r, column, a) + l.where(r, a) + l.order(expressions) + atMost(l.Size)
}

// membersWalking looks at no more than window members in the order of the list.
func (r *Reader) membersWalking(ctx context.Context, l MemberList, column memberColumn, window int) ([]MemberPlace, error) {
	var a args
	query := `SELECT m.s_number, m.s_text, m.s_name, m.key FROM (` + l.looked(r, column, window, &a) + `) m WHERE 1 = 1` + l.where(r, &a) +
		l.order(column.outer()) + atMost(l.Size)
	return collect(ctx, r, query, a, scanPlace)
}

// looked are the next members in the order of the list, so many, with what a filter
// looks at.
func (l MemberList) looked(r *Reader, column memberColumn, many int, a *args) string {
	expressions, _ := column.parts(MemberPlace{})
	next := func(checked string) string {
		return `SELECT ` + column.place() + checked + l.base(r, column, a) + l.order(expressions) + atMost(many)
	}
	if column.beside == "" || l.checked() == "" {
		return next(l.checked())
	}
	return `SELECT w.s_number, w.s_text, w.s_name, w.key AS key` + l.checked() + ` FROM (` + next("") + `) w CROSS JOIN member m WHERE m.key = w.key`
}

// outer are the names of the order's expressions outside a subquery.
func (c memberColumn) outer() []string {
	var names []string
	for _, part := range []struct{ expression, name string }{{c.number, "m.s_number"}, {c.text, "m.s_text"}, {c.name, "m.s_name"}} {
		if part.expression != "" {
			names = append(names, part.name)
		}
	}
	return append(names, "m.key")
}

// gathered finds all that pass the filter, then sorts them.
func (r *Reader) gathered(l MemberList, column memberColumn, a *args) string {
	column = l.read(column)
	return `WITH m AS MATERIALIZED (SELECT ` + column.place() + l.base(r, column, a) + l.where(r, a) + `)
		SELECT s_number, s_text, s_name, key FROM m` + l.order(column.outer()) + atMost(l.Size)
}

// MemberWalk looks at the next members in the order of a list, no more than a window
// of them where a filter is looked for on the way. It answers who of them passes, and
// the last place it looked at, none at the end of the list: whoever goes on there
// reads everybody once, however few pass.
func (r *Reader) MemberWalk(ctx context.Context, l MemberList, window int) ([]directory.MemberID, *MemberPlace, error) {
	column, err := l.column()
	if err != nil {
		return nil, nil, err
	}
	l.Size = window
	driven, rare, err := r.driven(ctx, l)
	if err != nil {
		return nil, nil, fmt.Errorf("walk through members: %w", err)
	}
	var a args
	var query string
	switch {
	case !l.filtered() || l.Of > 0 && l.Of <= smallAccount:
		query = r.directly(l, column, &a)
	case rare:
		query = r.gathered(driven, column, &a)
	default:
		query = r.onTheWay(l, column, &a)
	}
	// in one value: a row of one number each would cost more than to find it
	query = `SELECT coalesce(string_agg(CAST(w.key AS TEXT), ' '), '') FROM (` + query + `) w`
	text, err := one(ctx, r, query, a, scanString)
	if err != nil {
		return nil, nil, fmt.Errorf("walk through members: %w", err)
	}
	looked, err := numbersIn(text)
	if err != nil || len(looked) == 0 {
		return nil, nil, err
	}
	found := make([]directory.MemberID, 0, len(looked))
	for _, key := range looked {
		if key > 0 {
			found = append(found, directory.MemberID(key))
		}
	}
	if len(looked) < window {
		return found, nil, nil
	}
	last, err := r.MemberPlaceOf(ctx, l, directory.MemberID(max(looked[window-1], -looked[window-1])))
	return found, &last, err
}

// onTheWay looks at the members of a window; the keys of those who do not pass are
// negative.
func (r *Reader) onTheWay(l MemberList, column memberColumn, a *args) string {
	return `SELECT CASE WHEN 1 = 1` + l.where(r, a) + ` THEN m.key ELSE -m.key END AS key FROM (` + l.looked(r, column, l.Size, a) + `) m` + l.order(column.outer()) + atMost(l.Size)
}

// MemberTotal counts exactly the members that pass the filter (LIST-9).
func (r *Reader) MemberTotal(ctx context.Context, l MemberList) (int64, error) {
	l, _, err := r.driven(ctx, l)
	if err != nil {
		return 0, fmt.Errorf("count members found: %w", err)
	}
	var a args
	l.From = nil
	query := `SELECT count(*)` + l.base(r, memberColumn{}, &a) + l.where(r, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count members found: %w", err)
	}
	return n, nil
}

// MemberRank counts the members found before a place, no further than to most.
func (r *Reader) MemberRank(ctx context.Context, l MemberList, p MemberPlace, most int64) (int64, error) {
	column, err := l.column()
	if err != nil {
		return 0, err
	}
	l, _, err = r.driven(ctx, l)
	if err != nil {
		return 0, fmt.Errorf("count members before: %w", err)
	}
	var a args
	l.From, l.Back, l.At = &p, true, false
	column = l.read(column)
	query := `SELECT count(*) FROM (SELECT 1` + l.base(r, column, &a) + l.where(r, &a) + atMost(most) + `) n`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count members before: %w", err)
	}
	return n, nil
}

// MemberKeys lists the keys of all members that pass the filter, in their own
// order, for an act on all of them.
func (r *Reader) MemberKeys(ctx context.Context, l MemberList) ([]directory.MemberID, error) {
	l, _, err := r.driven(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("list members' keys: %w", err)
	}
	var a args
	l.From = nil
	query := `SELECT m.key` + l.base(r, memberColumn{}, &a) + l.where(r, &a) + ` ORDER BY m.key`
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("list members' keys: %w", err)
	}
	return keys, nil
}

// MemberPlaceOf is where one member stands in a list's order, whether or not
// the filter finds them. It refuses with member.not_found.
func (r *Reader) MemberPlaceOf(ctx context.Context, l MemberList, id directory.MemberID) (MemberPlace, error) {
	column, err := l.column()
	if err != nil {
		return MemberPlace{}, err
	}
	var a args
	l.From = nil
	query := `SELECT ` + column.place() + l.base(r, column, &a) + ` AND ` + column.key + ` = ` + a.add(id)
	p, err := one(ctx, r, query, a, scanPlace)
	if isNoRows(err) {
		return p, directory.Refuse(directory.NotFound, "member.not_found")
	}
	if err != nil {
		return p, fmt.Errorf("find member in list: %w", err)
	}
	return p, nil
}

// A MemberLine is one row of a list of members: the place and whose it is.
type MemberLine struct {
	directory.Member
	Person   directory.User
	Products []directory.HeldProduct
}

// MemberLines reads the rows of members as they are at a moment, in the order of
// their keys.
func (r *Reader) MemberLines(ctx context.Context, keys []directory.MemberID, now time.Time) ([]MemberLine, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var a args
	found, err := r.memberLines(ctx, `m.key`+inKeys(r, keys, &a), a, len(keys))
	if err != nil {
		return nil, err
	}
	products, err := r.HeldProducts(ctx, keys, now)
	if err != nil {
		return nil, err
	}
	lines := make([]MemberLine, 0, len(keys))
	for _, key := range keys {
		if line, ok := found[key]; ok {
			line.Products = products[key]
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// MemberLine is MemberLines for one member by their public id, removed or not; another
// account's is refused like an unknown one, with member.not_found.
func (r *Reader) MemberLine(ctx context.Context, account directory.AccountID, uuid string, now time.Time) (MemberLine, error) {
	var a args
	found, err := r.memberLines(ctx, `m.account_key = `+a.add(account)+` AND m.uuid = `+a.add(uuid), a, 1)
	if err != nil {
		return MemberLine{}, err
	}
	for key, line := range found {
		products, err := r.HeldProducts(ctx, []directory.MemberID{key}, now)
		line.Products = products[key]
		return line, err
	}
	return MemberLine{}, directory.Refuse(directory.NotFound, "member.not_found")
}

// memberLines reads the rows that a condition finds, without what they hold.
func (r *Reader) memberLines(ctx context.Context, where string, a args, many int) (map[directory.MemberID]MemberLine, error) {
	query := `SELECT ` + memberColumns + `, ` + userColumns + ` FROM member m JOIN "user" u ON u.key = m.user_key WHERE ` + where
	found := make(map[directory.MemberID]MemberLine, many)
	var one memberRow
	var whose userRow
	into := append(one.into(), whose.into()...)
	err := each(ctx, r, query, a, func(row scanner) error {
		if err := row.Scan(into...); err != nil {
			return err
		}
		m, err := one.member()
		found[m.ID] = MemberLine{Member: m, Person: whose.user()}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read members' rows: %w", err)
	}
	return found, nil
}
