package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"intendant/internal/directory"
)

const userColumns = `u.key, u.uuid, u.user_name, u.email, u.civility, u.first_name, u.last_name, u.language, u.phone, u.staff,
	u.password_hash, u.password_state, u.password_set_at, u.switched_off_at, u.erased_at, u.last_sign_in_at, u.created_at, u.version, u.kind,
	u.proved_at, u.password_by`

func scanUser(row scanner) (directory.User, error) {
	var r userRow
	err := row.Scan(r.into()...)
	return r.user(), err
}

// A userRow is a row of userColumns while it is read.
type userRow struct {
	u                                    directory.User
	set, off, erased, last, made, proved micros
}

// into is where the columns go, in their order.
func (r *userRow) into() []any {
	u := &r.u
	return []any{&u.ID, &u.UUID, &u.UserName, &u.Email, &u.Civility, &u.First, &u.Last, &u.Language, &u.Phone, &u.Staff,
		&u.PasswordHash, &u.Password, &r.set, &r.off, &r.erased, &r.last, &r.made, &u.Version, &u.Kind,
		&r.proved, &u.PasswordBy}
}

// user is the user of a row that was read. The next row does not touch it.
func (r *userRow) user() directory.User {
	u := r.u
	u.PasswordSet, u.SwitchedOff, u.Erased, u.LastSignIn, u.Created, u.Proved = r.set.Time, r.off.Time, r.erased.Time, r.last.Time, r.made.Time, r.proved.Time
	return u
}

// User reads a user; it refuses with user.not_found.
func (r *Reader) User(ctx context.Context, id directory.UserID) (directory.User, error) {
	var a args
	return r.user(ctx, `u.key = `+a.add(id), a)
}

// UserByUUID reads the user of a public id; it refuses with user.not_found.
func (r *Reader) UserByUUID(ctx context.Context, uuid string) (directory.User, error) {
	var a args
	return r.user(ctx, `u.uuid = `+a.add(uuid), a)
}

// UserBySignInName reads who signs in by that user name or address, in any case
// (USER-3); it refuses with user.not_found. Whose mailbox an address is asks
// UserByAddress.
func (r *Reader) UserBySignInName(ctx context.Context, name string) (directory.User, error) {
	var a args
	return r.user(ctx, `u.key = (SELECT user_key FROM sign_in_name WHERE folded = `+a.add(directory.FoldSignIn(name))+`)`, a)
}

// UserByAddress reads whose present address that is, looking among addresses
// only (USER-9); it refuses with user.not_found.
func (r *Reader) UserByAddress(ctx context.Context, address string) (directory.User, error) {
	var a args
	folded := a.add(directory.FoldEmail(address))
	return r.user(ctx, `u.email_folded = `+folded+` AND u.key = (SELECT user_key FROM sign_in_name WHERE folded = `+folded+`)`, a)
}

func (r *Reader) user(ctx context.Context, where string, a args) (directory.User, error) {
	u, err := one(ctx, r, `SELECT `+userColumns+` FROM "user" u WHERE `+where, a, scanUser)
	if isNoRows(err) {
		return u, directory.Refuse(directory.NotFound, "user.not_found")
	}
	if err != nil {
		return u, fmt.Errorf("read user: %w", err)
	}
	return u, nil
}

// Users reads users by key.
func (r *Reader) Users(ctx context.Context, keys []directory.UserID) (map[directory.UserID]directory.User, error) {
	found := make(map[directory.UserID]directory.User, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	users, err := collect(ctx, r, `SELECT `+userColumns+` FROM "user" u WHERE u.key`+inKeys(r, keys, &a), a, scanUser)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	for _, u := range users {
		found[u.ID] = u
	}
	return found, nil
}

// UsersByAddress finds whose present addresses these are, by the address as it
// is compared (USER-9).
func (r *Reader) UsersByAddress(ctx context.Context, addresses []string) (map[string]directory.User, error) {
	return r.usersNamed(ctx, addresses, directory.FoldEmail, ` AND u.email_folded = n.folded`)
}

// UsersBySignInName finds who signs in by these names, by the name as it is
// looked up (USER-3).
func (r *Reader) UsersBySignInName(ctx context.Context, names []string) (map[string]directory.User, error) {
	return r.usersNamed(ctx, names, directory.FoldSignIn, "")
}

func (r *Reader) usersNamed(ctx context.Context, names []string, fold func(string) string, where string) (map[string]directory.User, error) {
	found := make(map[string]directory.User, len(names))
	if len(names) == 0 {
		return found, nil
	}
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = fold(name)
	}
	var a args
	query := `SELECT n.folded, ` + userColumns + ` FROM sign_in_name n JOIN "user" u ON u.key = n.user_key` + where + ` WHERE n.folded` +
		inTexts(r, folded, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var name string
		u, err := scanUser(prefixed{row, &name})
		found[name] = u
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find users: %w", err)
	}
	return found, nil
}

// prefixed scans one more column before those a scan function knows.
type prefixed struct {
	scanner
	first any
}

func (p prefixed) Scan(into ...any) error {
	return p.scanner.Scan(append([]any{p.first}, into...)...)
}

// InsertUsers writes new users with their sign-in names. A name that somebody
// took meanwhile makes the plan run again, which then finds them.
type InsertUsers []directory.User

func (c InsertUsers) apply(ctx context.Context, tx *Tx) error {
	users := make([][]any, len(c))
	names := make([][]any, 0, 2*len(c))
	for i, u := range c {
		users[i] = []any{u.ID, u.UUID, cmp.Or(u.Kind, directory.PersonKind), u.UserName, u.Email, directory.FoldEmail(u.Email), u.Civility, u.First, u.Last,
			u.Language, u.Phone, u.Staff, u.PasswordHash, u.Password, u.PasswordSet, u.LastSignIn, tx.Now, 1,
			u.Proved, u.PasswordBy}
		for _, name := range signInNames(u) {
			names = append(names, []any{name, u.ID})
		}
	}
	columns := []string{"key", "uuid", "kind", "user_name", "email", "email_folded", "civility", "first_name", "last_name",
		"language", "phone", "staff", "password_hash", "password_state", "password_set_at", "last_sign_in_at", "created_at", "version", "proved_at", "password_by"}
	if _, err := tx.bulkInsert(ctx, `"user"`, columns, users, ""); err != nil {
		return fmt.Errorf("add users: %w", err)
	}
	return tx.takeNames(ctx, names)
}

// signInNames are the folded names a user signs in by: user name and address. A
// technical user has none: no page knows them (SIGN-5).
func signInNames(u directory.User) []string {
	if u.Technical() {
		return nil
	}
	names := []string{directory.FoldSignIn(u.UserName), directory.FoldEmail(u.Email)}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// takeNames claims sign-in names, in one order for everybody.
func (tx *Tx) takeNames(ctx context.Context, names [][]any) error {
	slices.SortFunc(names, func(a, b []any) int {
		if a[0].(string) < b[0].(string) {
			return -1
		}
		return 1
	})
	if _, err := tx.bulkInsert(ctx, "sign_in_name", []string{"folded", "user_key"}, names, ""); err != nil {
		return fmt.Errorf("take sign-in names: %w", err)
	}
	return nil
}

// An UpdateUser writes a user over the version it was read in, with their
// sign-in names and what their memberships show and sort by. A newer version
// refuses with stale.
type UpdateUser struct {
	User directory.User
}

func (c UpdateUser) apply(ctx context.Context, tx *Tx) error {
	u := c.User
	var a args
	query := `UPDATE "user" SET user_name = ` + a.add(u.UserName) + `, email = ` + a.add(u.Email) +
		`, email_folded = ` + a.add(directory.FoldEmail(u.Email)) + `, civility = ` + a.add(u.Civility) +
		`, first_name = ` + a.add(u.First) + `, last_name = ` + a.add(u.Last) + `, language = ` + a.add(u.Language) +
		`, phone = ` + a.add(u.Phone) + `, staff = ` + a.add(u.Staff) + `, password_hash = ` + a.add(u.PasswordHash) +
		`, password_state = ` + a.add(u.Password) + `, password_set_at = ` + a.add(u.PasswordSet) +
		`, proved_at = ` + a.add(u.Proved) + `, password_by = ` + a.add(u.PasswordBy) +
		`, switched_off_at = ` + a.add(u.SwitchedOff) + `, erased_at = ` + a.add(u.Erased) + `, version = version + 1` +
		` WHERE key = ` + a.add(u.ID) + ` AND version = ` + a.add(u.Version)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("update user: %w", err)
	}
	if n == 0 {
		return directory.Refuse(directory.Conflict, "stale")
	}
	if err := tx.renameUser(ctx, u); err != nil {
		return err
	}
	return tx.refold(ctx, u)
}

// EndProvisional takes provisional passwords from people, with the sessions they
// opened, where somebody else than By had set them (USER-8): they choose one
// where their invitation leads. Whoever has another password meanwhile keeps it.
type EndProvisional struct {
	Users []directory.UserID
	By    directory.UserID
}

func (c EndProvisional) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM session WHERE user_key IN (SELECT key FROM "user" WHERE key` + inKeys(tx.Reader, c.Users, &a) +
		` AND password_state = 'provisional' AND password_by <> ` + a.add(c.By) + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end provisional sessions: %w", err)
	}
	a = nil
	query = `UPDATE "user" SET password_state = 'none', password_hash = '', password_by = 0, version = version + 1 WHERE key` +
		inKeys(tx.Reader, c.Users, &a) + ` AND password_state = 'provisional' AND password_by <> ` + a.add(c.By)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end provisional passwords: %w", err)
	}
	return nil
}

func (tx *Tx) renameUser(ctx context.Context, u directory.User) error {
	wanted := signInNames(u)
	var a args
	has, err := collect(ctx, tx.Reader, `SELECT folded FROM sign_in_name WHERE user_key = `+a.add(u.ID), a, scanText)
	if err != nil {
		return fmt.Errorf("read sign-in names: %w", err)
	}
	for _, name := range has {
		if slices.Contains(wanted, name) {
			continue
		}
		a = nil
		if _, err := exec(ctx, tx, `DELETE FROM sign_in_name WHERE folded = `+a.add(name), a); err != nil {
			return fmt.Errorf("give up sign-in name: %w", err)
		}
	}
	var taken [][]any
	for _, name := range wanted {
		if !slices.Contains(has, name) {
			taken = append(taken, []any{name, u.ID})
		}
	}
	return tx.takeNames(ctx, taken)
}

// refold writes the sort and search keys of a user's memberships anew.
func (tx *Tx) refold(ctx context.Context, u directory.User) error {
	var a args
	var renamed []directory.MemberID
	query := `SELECT key, suggested_first_name, suggested_last_name, name_folded FROM member WHERE user_key = ` + a.add(u.ID)
	rows, err := collect(ctx, tx.Reader, query, a, func(row scanner) ([]any, error) {
		var key int64
		var suggested directory.PersonName
		var before string
		err := row.Scan(&key, &suggested.First, &suggested.Last, &before)
		f := directory.FoldMember(u, suggested, "", "", "")
		if f.Name != before {
			renamed = append(renamed, directory.MemberID(key))
		}
		return []any{key, f.Name, f.First, f.UserName, f.Email, f.Search()}, err
	})
	if err != nil {
		return fmt.Errorf("read memberships: %w", err)
	}
	columns := []string{"name_folded", "first_folded", "user_name_folded", "email_folded", "search"}
	if _, err := tx.bulkUpdate(ctx, "member", "key", columns, rows); err != nil {
		return fmt.Errorf("fold memberships: %w", err)
	}
	if len(renamed) > 0 {
		if err := tx.keepOrder(ctx, renamed, false); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if err := tx.indexSearch(ctx, row[0].(int64), row[5].(string)); err != nil {
			return err
		}
	}
	return nil
}

func scanText(row scanner) (string, error) {
	var text string
	return text, row.Scan(&text)
}

// AccountPolicies lists what decides the policies of every account: its key,
// type and settings.
func (r *Reader) AccountPolicies(ctx context.Context) ([]directory.Account, error) {
	accounts, err := collect(ctx, r, `SELECT key, type, settings FROM account ORDER BY key`, nil, func(row scanner) (directory.Account, error) {
		var account directory.Account
		var settings string
		if err := row.Scan(&account.ID, &account.Type, &settings); err != nil {
			return account, err
		}
		return account, json.Unmarshal([]byte(settings), &account.Settings)
	})
	if err != nil {
		return nil, fmt.Errorf("list policies of accounts: %w", err)
	}
	return accounts, nil
}

// PasswordsSetBefore lists members of an account whose own password was set
// before a time and was not announced as ending, by key after the one given.
func (r *Reader) PasswordsSetBefore(ctx context.Context, account directory.AccountID, set time.Time, after directory.UserID, size int) ([]directory.User, error) {
	var a args
	query := `SELECT ` + userColumns + ` FROM member m JOIN "user" u ON u.key = m.user_key WHERE m.account_key = ` + a.add(account) +
		` AND m.removed_at IS NULL AND u.key > ` + a.add(after) + ` AND u.password_state = 'own' AND u.switched_off_at IS NULL` +
		` AND u.password_set_at < ` + a.add(set) + ` AND (u.renewal_told_at IS NULL OR u.renewal_told_at < u.password_set_at)` +
		` ORDER BY u.key` + atMost(size)
	users, err := collect(ctx, r, query, a, scanUser)
	if err != nil {
		return nil, fmt.Errorf("list passwords by age: %w", err)
	}
	return users, nil
}

// RenewalTold is when the end of a user's password was announced; zero for
// never.
func (r *Reader) RenewalTold(ctx context.Context, user directory.UserID) (time.Time, error) {
	var a args
	told, err := one(ctx, r, `SELECT renewal_told_at FROM "user" WHERE key = `+a.add(user), a, func(row scanner) (time.Time, error) {
		var told micros
		err := row.Scan(&told)
		return told.Time, err
	})
	if err != nil {
		return told, fmt.Errorf("read renewal notice: %w", err)
	}
	return told, nil
}

// TellRenewal notes that the end of a user's password is announced now.
type TellRenewal struct{ User directory.UserID }

func (c TellRenewal) apply(ctx context.Context, tx *Tx) error {
	var a args
	if _, err := exec(ctx, tx, `UPDATE "user" SET renewal_told_at = `+a.add(tx.Now)+` WHERE key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("note renewal notice: %w", err)
	}
	return nil
}
