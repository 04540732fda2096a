package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"intendant/internal/directory"
)

var memberColumns = `m.key, m.uuid, m.user_key, m.unit_key, m.status, m.resumes, m.company_key, m.level_key, m.more_levels, m.functions, m.` +
	strings.Join(placeColumns(), `, m.`) + `, m.suggested_first_name, m.suggested_last_name, m.added_at, m.last_seen_at, m.ends_at,
	m.removed_at, m.version`

// placeColumns are the columns of a member's texts, which are called as they are
// everywhere.
func placeColumns() []string {
	var columns []string
	for _, text := range directory.PlaceTextKinds() {
		columns = append(columns, text.Field())
	}
	return columns
}

func scanMember(row scanner) (directory.Member, error) {
	var r memberRow
	if err := row.Scan(r.into()...); err != nil {
		return directory.Member{}, err
	}
	return r.member()
}

// A memberRow is a row of memberColumns while it is read.
type memberRow struct {
	m                          directory.Member
	company, level             *int64
	levels, functions          string
	added, seen, ends, removed micros
}

// into is where the columns go, in their order.
func (r *memberRow) into() []any {
	m := &r.m
	into := []any{&m.ID, &m.UUID, &m.User, &m.Unit, &m.Status, &m.Resumes, &r.company, &r.level, &r.levels, &r.functions}
	for _, text := range m.PlaceTexts.Each() {
		into = append(into, text.Value)
	}
	return append(into, &m.Suggested.First, &m.Suggested.Last, &r.added, &r.seen, &r.ends, &r.removed, &m.Version)
}

// member is the member of a row that was read. The next row does not touch it.
func (r *memberRow) member() (directory.Member, error) {
	m := r.m
	m.Company, m.Level, m.MoreLevels, m.Functions = 0, 0, nil, nil
	if r.company != nil {
		m.Company = directory.CompanyID(*r.company)
	}
	if r.level != nil {
		m.Level = directory.RoleID(*r.level)
	}
	m.Added, m.LastSeen, m.Ends, m.Removed = r.added.Time, r.seen.Time, r.ends.Time, r.removed.Time
	if err := readRoles(r.levels, &m.MoreLevels); err != nil {
		return m, err
	}
	return m, readRoles(r.functions, &m.Functions)
}

// readRoles reads a list of roles; one without any leaves into as it is.
func readRoles(text string, into *[]directory.RoleID) error {
	if text == "[]" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	return nil
}

// Member reads a member, removed or not; it refuses with member.not_found.
func (r *Reader) Member(ctx context.Context, id directory.MemberID) (directory.Member, error) {
	var a args
	return r.member(ctx, `m.key = `+a.add(id), a)
}

// MemberByUUID reads the member of a public id within one account; another
// account's id is refused like an unknown one, with member.not_found (USER-5).
func (r *Reader) MemberByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Member, error) {
	var a args
	return r.member(ctx, `m.account_key = `+a.add(account)+` AND m.uuid = `+a.add(uuid), a)
}

// MemberOf reads a user's place in an account, removed or not; it refuses with
// member.not_found.
func (r *Reader) MemberOf(ctx context.Context, account directory.AccountID, user directory.UserID) (directory.Member, error) {
	var a args
	return r.member(ctx, `m.account_key = `+a.add(account)+` AND m.user_key = `+a.add(user), a)
}

func (r *Reader) member(ctx context.Context, where string, a args) (directory.Member, error) {
	m, err := one(ctx, r, `SELECT `+memberColumns+` FROM member m WHERE `+where, a, scanMember)
	if isNoRows(err) {
		return m, directory.Refuse(directory.NotFound, "member.not_found")
	}
	if err != nil {
		return m, fmt.Errorf("read member: %w", err)
	}
	return m, nil
}

// Members reads members by key, within the account only.
func (r *Reader) Members(ctx context.Context, account directory.AccountID, keys []directory.MemberID) ([]directory.Member, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var a args
	where := `m.account_key = ` + a.add(account) + ` AND m.key` + inKeys(r, keys, &a) + ` ORDER BY m.key`
	members, err := collect(ctx, r, `SELECT `+memberColumns+` FROM member m WHERE `+where, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return members, nil
}

// MembersOf finds the places of users in an account, removed ones too: somebody
// removed is recognised (USER-6).
func (r *Reader) MembersOf(ctx context.Context, account directory.AccountID, users []directory.UserID) (map[directory.UserID]directory.Member, error) {
	found := make(map[directory.UserID]directory.Member, len(users))
	if len(users) == 0 {
		return found, nil
	}
	var a args
	where := `m.account_key = ` + a.add(account) + ` AND m.user_key` + inKeys(r, users, &a)
	members, err := collect(ctx, r, `SELECT `+memberColumns+` FROM member m WHERE `+where, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("find members: %w", err)
	}
	for _, m := range members {
		found[m.User] = m
	}
	return found, nil
}

// Memberships lists a user's places in all accounts, removed ones left out.
func (r *Reader) Memberships(ctx context.Context, user directory.UserID) ([]directory.Member, error) {
	var a args
	where := `m.user_key = ` + a.add(user) + ` AND m.removed_at IS NULL ORDER BY m.key`
	members, err := collect(ctx, r, `SELECT `+memberColumns+` FROM member m WHERE `+where, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	return members, nil
}

// A MemberRow is a member with what their row sorts and is found by.
type MemberRow struct {
	directory.Member
	Folded directory.Folded
	Before *MemberRow // what is written over, when it is known: then only what differs is written
}

func (m MemberRow) values() ([]any, error) {
	levels, err := jsonText(m.MoreLevels, "[]")
	if err != nil {
		return nil, err
	}
	functions, err := jsonText(m.Functions, "[]")
	if err != nil {
		return nil, err
	}
	f := m.Folded
	values := make([]any, 0, len(memberValueColumns))
	values = append(values, m.ID, m.Unit, m.Status, m.Resumes, orNull(m.Company), orNull(m.Level), levels, functions)
	for _, text := range m.PlaceTexts.Each() {
		values = append(values, *text.Value)
	}
	return append(values, m.Suggested.First, m.Suggested.Last, f.Name, f.First, f.UserName, f.Email, f.Company, f.Functions, f.Level,
		f.Search(), m.Added, m.Ends, m.Removed), nil
}

var memberValueColumns = slices.Concat([]string{"key", "unit_key", "status", "resumes", "company_key", "level_key", "more_levels", "functions"},
	placeColumns(), []string{"suggested_first_name", "suggested_last_name", "name_folded", "first_folded", "user_name_folded",
		"email_folded", "company_folded", "functions_folded", "level_folded", "search", "added_at", "ends_at", "removed_at"})

// InsertMembers writes new members of an account and what they are found by.
type InsertMembers struct {
	Account directory.AccountID
	Rows    []MemberRow
}

func (c InsertMembers) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Rows))
	for i, m := range c.Rows {
		values, err := m.values()
		if err != nil {
			return err
		}
		rows[i] = append(values, m.UUID, c.Account, m.User, m.LastSeen, 1)
	}
	columns := append(memberValueColumns[:len(memberValueColumns):len(memberValueColumns)],
		"uuid", "account_key", "user_key", "last_seen_at", "version")
	if _, err := tx.bulkInsert(ctx, "member", columns, rows, ""); err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	if err := tx.standInOrder(ctx, c); err != nil {
		return err
	}
	if err := tx.countMembers(c.Rows, nil); err != nil {
		return err
	}
	return tx.indexMembers(ctx, c.Rows)
}

// UpdateMembers writes members over the versions they were read in; their
// account's ledger is held, so that nobody wrote them since.
type UpdateMembers []MemberRow

func (c UpdateMembers) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c))
	write := make([]bool, len(memberValueColumns))
	for i, m := range c {
		values, err := m.values()
		if err != nil {
			return err
		}
		if err := m.differing(values, write); err != nil {
			return err
		}
		rows[i] = append(values, m.Version+1)
	}
	columns := []string{"version"}
	for i := range memberValueColumns {
		if i > 0 && write[i] {
			columns = append(columns, memberValueColumns[i])
		}
	}
	if err := c.count(ctx, tx, columns); err != nil {
		return err
	}
	for i, all := range rows {
		narrow := []any{all[0], all[len(all)-1]}
		for j := range memberValueColumns {
			if j > 0 && write[j] {
				narrow = append(narrow, all[j])
			}
		}
		rows[i] = narrow
	}
	if _, err := tx.bulkUpdate(ctx, "member", "key", columns, rows); err != nil {
		return fmt.Errorf("change members: %w", err)
	}
	if removed := slices.Contains(columns, "removed_at"); removed || slices.Contains(columns, "name_folded") {
		if err := tx.keepOrder(ctx, c.keys(), removed); err != nil {
			return err
		}
	}
	return tx.indexMembers(ctx, c)
}

func (c UpdateMembers) keys() []directory.MemberID {
	keys := make([]directory.MemberID, len(c))
	for i, m := range c {
		keys[i] = m.ID
	}
	return keys
}

// count moves the counts, where a column is written that they are made of.
func (c UpdateMembers) count(ctx context.Context, tx *Tx, written []string) error {
	if !slices.ContainsFunc(written, func(column string) bool { return slices.Contains(standColumns, column) }) {
		return nil
	}
	were, err := tx.stands(ctx, c)
	if err != nil {
		return err
	}
	var accepted, lost []directory.MemberID
	for _, m := range c {
		switch was, is := were[m.ID].status == directory.Active, standOf(m.Member).status == directory.Active; {
		case is && !was:
			accepted = append(accepted, m.ID)
		case was && !is:
			lost = append(lost, m.ID)
		}
	}
	if err := tx.accept(ctx, accepted, true); err != nil {
		return err
	}
	if err := tx.accept(ctx, lost, false); err != nil {
		return err
	}
	return tx.countMembers(c, were)
}

// The order of the column of products (LIST-3) stands beside the rows of members, since
// every seat changes it: one row for each who is not removed.

// standInOrder takes new members in, who hold nothing yet.
func (tx *Tx) standInOrder(ctx context.Context, c InsertMembers) error {
	var rows [][]any
	for _, m := range c.Rows {
		if m.Removed.IsZero() {
			rows = append(rows, []any{m.ID, c.Account, "", m.Folded.Name})
		}
	}
	columns := []string{"key", "account_key", "products_folded", "name_folded"}
	if _, err := tx.bulkInsert(ctx, "member_products", columns, rows, ""); err != nil {
		return fmt.Errorf("order new members by products: %w", err)
	}
	return nil
}

// keepOrder has the order be what the rows of members say: their names are those just
// written. Who was removed goes, and who came back holds nothing: it ended when they went.
func (tx *Tx) keepOrder(ctx context.Context, members []directory.MemberID, removed bool) error {
	var a args
	if removed {
		query := `DELETE FROM member_products WHERE key` + inKeys(tx.Reader, members, &a) + `
			AND EXISTS (SELECT 1 FROM member m WHERE m.key = member_products.key AND m.removed_at IS NOT NULL)`
		if err := tx.unwaited(ctx, query, a); err != nil {
			return fmt.Errorf("take members out of the order of products: %w", err)
		}
	}
	a = nil
	query := `INSERT INTO member_products (key, account_key, products_folded, name_folded)
		SELECT key, account_key, '', name_folded FROM member WHERE removed_at IS NULL AND key` + inKeys(tx.Reader, members, &a) + `
		ON CONFLICT (key) DO UPDATE SET name_folded = excluded.name_folded WHERE member_products.name_folded <> excluded.name_folded`
	if err := tx.unwaited(ctx, query, a); err != nil {
		return fmt.Errorf("order members by products: %w", err)
	}
	return nil
}

// sortByProducts writes what members sort by in the column of products.
func (tx *Tx) sortByProducts(ctx context.Context, products map[directory.MemberID]string) error {
	rows := make([][]any, 0, len(products))
	for _, member := range slices.Sorted(maps.Keys(products)) {
		rows = append(rows, []any{member, products[member]})
	}
	if _, err := tx.bulkUpdate(ctx, "member_products", "key", []string{"products_folded"}, rows); err != nil {
		return fmt.Errorf("sort members by products: %w", err)
	}
	return nil
}

// differing marks the columns in which the row is another than before. A column
// that is not written costs none of its indexes anything.
func (m MemberRow) differing(values []any, write []bool) error {
	if m.Before == nil {
		for i := range write {
			write[i] = true
		}
		return nil
	}
	before, err := m.Before.values()
	if err != nil {
		return err
	}
	for i := range write {
		write[i] = write[i] || bindable(values[i]) != bindable(before[i])
	}
	return nil
}

// searchKept reports whether the row is found by what it was found by before.
func (m MemberRow) searchKept() bool {
	return m.Before != nil && m.Before.Removed.IsZero() && m.Removed.IsZero() && m.Before.Folded.Search() == m.Folded.Search()
}

// MemberRoles starts and ends the functions and levels members hold (HIST-5).
type MemberRoles struct {
	Start, End []MemberRole
}

// A MemberRole is one function or level of one member.
type MemberRole struct {
	Member directory.MemberID
	Role   directory.RoleID
}

func (c MemberRoles) apply(ctx context.Context, tx *Tx) error {
	ended := map[directory.RoleID][]directory.MemberID{}
	for _, h := range c.End {
		ended[h.Role] = append(ended[h.Role], h.Member)
	}
	for _, role := range slices.Sorted(maps.Keys(ended)) {
		var a args
		query := `UPDATE member_role SET valid_to = ` + a.add(tx.Now) + ` WHERE role_key = ` + a.add(role) +
			` AND valid_to IS NULL AND member_key` + inKeys(tx.Reader, ended[role], &a)
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("end roles: %w", err)
		}
	}
	rows := make([][]any, len(c.Start))
	for i, h := range c.Start {
		rows[i] = []any{h.Member, h.Role, tx.Now}
	}
	over := `ON CONFLICT (member_key, role_key, valid_from) DO UPDATE SET valid_to = NULL`
	if _, err := tx.bulkInsert(ctx, "member_role", []string{"member_key", "role_key", "valid_from"}, rows, over); err != nil {
		return fmt.Errorf("start roles: %w", err)
	}
	return nil
}

// indexMembers keeps the search index of SQLite in step; PostgreSQL does so by
// itself.
func (tx *Tx) indexMembers(ctx context.Context, members []MemberRow) error {
	if tx.dialect == postgres {
		return nil
	}
	rows := make([][]any, 0, len(members))
	for _, m := range members {
		if m.searchKept() {
			continue
		}
		if m.Removed.IsZero() {
			rows = append(rows, []any{m.ID, m.Folded.Search()})
			continue
		}
		if err := tx.indexSearch(ctx, int64(m.ID), ""); err != nil {
			return err
		}
	}
	if _, err := tx.inLoop(ctx, `INSERT OR REPLACE INTO member_search (rowid, search) VALUES ($1, $2)`, rows); err != nil {
		return fmt.Errorf("index members: %w", err)
	}
	return nil
}

// indexSearch writes one member's search text, or takes it out when empty.
func (tx *Tx) indexSearch(ctx context.Context, member int64, text string) error {
	if tx.dialect == postgres {
		return nil
	}
	var a args
	query := `DELETE FROM member_search WHERE rowid = ` + a.add(member)
	if text != "" {
		a = nil
		query = `INSERT OR REPLACE INTO member_search (rowid, search) VALUES (` + a.add(member) + `, ` + a.add(text) + `)`
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("index member: %w", err)
	}
	return nil
}
