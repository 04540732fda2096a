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

const companyColumns = `c.key, c.uuid, c.name, c.version, c.members, coalesce(c.merged_into, 0)`

// presentCompanies are the rows c with what each is today: itself, or the company
// s that it was merged into. A row that was merged points to one that was not.
const presentCompanies = ` FROM company c JOIN company s ON s.key = coalesce(c.merged_into, c.key) WHERE `

const presentColumns = `s.key, s.uuid, s.name, s.version, s.members, 0`

func scanCompany(row scanner) (directory.Company, error) {
	var c directory.Company
	return c, row.Scan(&c.ID, &c.UUID, &c.Name, &c.Version, &c.Members, &c.Merged)
}

// Companies reads the companies of an account by name, at most limit.
func (r *Reader) Companies(ctx context.Context, account directory.AccountID, limit int) ([]directory.Company, error) {
	var a args
	query := `SELECT ` + companyColumns + ` FROM company c WHERE c.account_key = ` + a.add(account) +
		` AND c.merged_into IS NULL ORDER BY c.name_folded, c.key` + atMost(limit)
	companies, err := collect(ctx, r, query, a, scanCompany)
	if err != nil {
		return nil, fmt.Errorf("read companies: %w", err)
	}
	return companies, nil
}

// CompaniesByKey reads what the companies with these keys are today: one that was
// merged is the company it went into (COMP-4).
func (r *Reader) CompaniesByKey(ctx context.Context, keys []directory.CompanyID) (map[directory.CompanyID]directory.Company, error) {
	found := make(map[directory.CompanyID]directory.Company, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT c.key, ` + presentColumns + presentCompanies + `c.key` + inKeys(r, keys, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.CompanyID
		c, err := scanCompany(part{scanner: row, before: []any{&key}})
		found[key] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read companies: %w", err)
	}
	return found, nil
}

// CompanyRows reads the rows of companies of an account as they stand, those that
// were merged as well.
func (r *Reader) CompanyRows(ctx context.Context, account directory.AccountID, keys []directory.CompanyID) ([]directory.Company, error) {
	var a args
	query := `SELECT ` + companyColumns + ` FROM company c WHERE ` + byItself + `c.account_key = ` + a.add(account) + ` AND c.key` + inKeys(r, keys, &a) +
		` ORDER BY c.key`
	companies, err := collect(ctx, r, query, a, scanCompany)
	if err != nil {
		return nil, fmt.Errorf("read rows of companies: %w", err)
	}
	return companies, nil
}

// CompaniesByUUID finds what the companies of public ids are today, within one
// account, each once.
func (r *Reader) CompaniesByUUID(ctx context.Context, account directory.AccountID, uuids []string) ([]directory.Company, error) {
	if len(uuids) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT DISTINCT ` + presentColumns + `, s.name_folded` + presentCompanies + byItself + `c.account_key = ` + a.add(account) +
		` AND c.uuid` + inTexts(r, uuids, &a) + ` ORDER BY s.name_folded, s.key`
	companies, err := collect(ctx, r, query, a, func(row scanner) (directory.Company, error) {
		return scanCompany(part{scanner: row, after: unread(1)})
	})
	if err != nil {
		return nil, fmt.Errorf("find companies by id: %w", err)
	}
	return companies, nil
}

// CompanyRowsByUUID is CompanyRows by public ids.
func (r *Reader) CompanyRowsByUUID(ctx context.Context, account directory.AccountID, uuids []string) (map[string]directory.Company, error) {
	found := make(map[string]directory.Company, len(uuids))
	var a args
	query := `SELECT ` + companyColumns + ` FROM company c WHERE ` + byItself + `c.account_key = ` + a.add(account) + ` AND c.uuid` + inTexts(r, uuids, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		c, err := scanCompany(row)
		found[c.UUID] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find companies by id: %w", err)
	}
	return found, nil
}

// CompaniesByName finds the companies of an account whose names differ from
// these by case, accent or space only (ADD-6), by folded name. A name that only a
// merged double had finds the company it went into (COMP-4).
func (r *Reader) CompaniesByName(ctx context.Context, account directory.AccountID, names []string) (map[string]directory.Company, error) {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = directory.Fold(name)
	}
	found := map[string]directory.Company{}
	if len(names) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT c.name_folded, ` + presentColumns + presentCompanies + `c.account_key = ` + a.add(account) + ` AND c.name_folded` + inTexts(r, folded, &a) +
		` ORDER BY CASE WHEN c.merged_into IS NULL THEN 1 ELSE 0 END, c.merged_at, c.key`
	err := each(ctx, r, query, a, func(row scanner) error {
		var name string
		c, err := scanCompany(part{scanner: row, before: []any{&name}})
		found[name] = c // the last is the one that bears the name, else the latest that did
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find companies: %w", err)
	}
	return found, nil
}

// NamedCompany finds the company that bears a name now, whatever its case, accents
// and blanks; none is the zero Company.
func (r *Reader) NamedCompany(ctx context.Context, account directory.AccountID, name string) (directory.Company, error) {
	var a args
	query := `SELECT ` + companyColumns + ` FROM company c WHERE c.account_key = ` + a.add(account) + ` AND c.name_folded = ` + a.add(directory.Fold(name)) +
		` AND c.merged_into IS NULL`
	c, err := one(ctx, r, query, a, scanCompany)
	if isNoRows(err) {
		return directory.Company{}, nil
	}
	if err != nil {
		return c, fmt.Errorf("find company: %w", err)
	}
	return c, nil
}

// CompanyKeys are the keys that members of these companies have: their own, and
// those of doubles that went into them while their members still follow (COMP-4).
func (r *Reader) CompanyKeys(ctx context.Context, companies []directory.Company) ([]directory.CompanyID, error) {
	if len(companies) == 0 {
		return nil, nil
	}
	keys := make([]directory.CompanyID, len(companies))
	for i, c := range companies {
		keys[i] = c.ID
	}
	var a args
	query := `SELECT c.key FROM company c WHERE c.merged_into` + inKeys(r, keys, &a)
	merged, err := collect(ctx, r, query, a, func(row scanner) (key directory.CompanyID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read merged companies: %w", err)
	}
	return append(keys, merged...), nil
}

// A CompanyPlace is where a company stands in a sorted list.
type CompanyPlace struct {
	Members int64
	Name    string // folded
	Key     directory.CompanyID
}

// A CompanyList is a question for a part of an account's companies, those that
// were merged left out.
type CompanyList struct {
	Account    directory.AccountID
	Search     string // as typed: a part of the name, whatever case and accents
	ByMembers  bool   // sorted by how many members; else by name
	Descending bool
	From       *CompanyPlace // nil: from the first, or with Back from the last
	Back       bool          // those before From instead of those after
	Size       int
}

func (l CompanyList) where(a *args) string {
	where := ` FROM company c WHERE c.account_key = ` + a.add(l.Account) + ` AND c.merged_into IS NULL`
	if sought := directory.Fold(l.Search); sought != "" {
		where += ` AND c.name_folded LIKE ` + a.add("%"+escapeLike(sought)+"%") + ` ESCAPE '\'`
	}
	return where
}

// A CompanyLine is a company with where it stands in the list.
type CompanyLine struct {
	directory.Company
	Place CompanyPlace
}

// CompanyPage reads companies in the order of the list.
func (r *Reader) CompanyPage(ctx context.Context, l CompanyList) ([]CompanyLine, error) {
	var a args
	query := `SELECT ` + companyColumns + `, c.name_folded` + l.where(&a)
	columns := []string{"c.name_folded", "c.key"}
	if l.ByMembers {
		columns = append([]string{"c.members"}, columns...)
	}
	if p := l.From; p != nil {
		sign := ">"
		if l.Back != l.Descending {
			sign = "<"
		}
		var values []string
		if l.ByMembers {
			values = append(values, a.add(p.Members))
		}
		values = append(values, a.add(p.Name), a.add(p.Key))
		query += ` AND (` + strings.Join(columns, ", ") + `) ` + sign + ` (` + strings.Join(values, ", ") + `)`
	}
	way := ""
	if l.Back != l.Descending {
		way = " DESC"
	}
	query += ` ORDER BY ` + strings.Join(columns, way+", ") + way + atMost(l.Size)
	lines, err := collect(ctx, r, query, a, func(row scanner) (CompanyLine, error) {
		var line CompanyLine
		var err error
		line.Company, err = scanCompany(part{scanner: row, after: []any{&line.Place.Name}})
		line.Place.Members, line.Place.Key = line.Members, line.ID
		return line, err
	})
	if err != nil {
		return nil, fmt.Errorf("list companies: %w", err)
	}
	if l.Back {
		slices.Reverse(lines)
	}
	return lines, nil
}

// CompanyTotal counts exactly the companies of a list (LIST-9).
func (r *Reader) CompanyTotal(ctx context.Context, l CompanyList) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*)`+l.where(&a), a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count companies: %w", err)
	}
	return n, nil
}

// InsertCompanies writes new companies of an account.
type InsertCompanies struct {
	Account   directory.AccountID
	Companies []directory.Company
}

func (c InsertCompanies) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Companies))
	for i, o := range c.Companies {
		rows[i] = []any{o.ID, o.UUID, c.Account, o.Name, directory.Fold(o.Name), tx.Now, 1}
	}
	columns := []string{"key", "uuid", "account_key", "name", "name_folded", "created_at", "version"}
	if _, err := tx.bulkInsert(ctx, "company", columns, rows, ""); err != nil {
		return fmt.Errorf("add companies: %w", err)
	}
	return nil
}

// RenameCompany gives a company another name, over the version it was read in.
type RenameCompany directory.Company

func (c RenameCompany) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE company SET name = ` + a.add(c.Name) + `, name_folded = ` + a.add(directory.Fold(c.Name)) + `, version = version + 1
		WHERE key = ` + a.add(c.ID) + ` AND version = ` + a.add(c.Version) + ` AND merged_into IS NULL`
	return wrote(ctx, tx, query, a, 1)
}

// wrote runs a statement that must change so many rows: what somebody else has
// written meanwhile is a lost race.
func wrote(ctx context.Context, tx *Tx, query string, a args, rows int) error {
	n, err := exec(ctx, tx, query, a)
	if err == nil && n != int64(rows) {
		err = errLostRace
	}
	if err != nil {
		return fmt.Errorf("change companies: %w", err)
	}
	return nil
}

// MergeCompanies ends doubles: each is the company they go into from now on,
// their members are counted there, and what went into them before goes there too.
// Rows of members and places follow; until then what reads them finds the company.
type MergeCompanies struct {
	Into    directory.CompanyID
	Doubles []directory.CompanyID
}

func (c MergeCompanies) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE company SET members = members + (SELECT coalesce(sum(d.members), 0) FROM company d WHERE d.key` + inKeys(tx.Reader, c.Doubles, &a) +
		`) WHERE key = ` + a.add(c.Into) + ` AND merged_into IS NULL`
	if err := wrote(ctx, tx, query, a, 1); err != nil {
		return err
	}
	a = nil
	query = `UPDATE company SET merged_into = ` + a.add(c.Into) + `, merged_at = ` + a.add(tx.Now) + `, members = 0, version = version + 1
		WHERE key` + inKeys(tx.Reader, c.Doubles, &a) + ` AND merged_into IS NULL`
	if err := wrote(ctx, tx, query, a, len(c.Doubles)); err != nil {
		return err
	}
	a = nil
	query = `UPDATE company SET merged_into = ` + a.add(c.Into) + ` WHERE merged_into` + inKeys(tx.Reader, c.Doubles, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("merge companies: %w", err)
	}
	return nil
}

// MembersOfCompany lists members who have a company's key, removed ones left out,
// at most limit of them after a key.
func (r *Reader) MembersOfCompany(ctx context.Context, company directory.CompanyID, after directory.MemberID, limit int) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key FROM member m WHERE m.account_key = ` + a.add(company.Account()) + ` AND coalesce(m.company_key, 0) = ` + a.add(company) +
		` AND m.removed_at IS NULL AND m.key > ` + a.add(after) + ` ORDER BY m.key` + atMost(limit)
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read members of company: %w", err)
	}
	return keys, nil
}

// FoldCompanyName writes what members of a company sort by after it got another
// name.
type FoldCompanyName struct {
	Name    string
	Members []directory.MemberID
}

func (c FoldCompanyName) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE member SET company_folded = ` + a.add(directory.Fold(c.Name)) + ` WHERE key` + inKeys(tx.Reader, c.Members, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("fold name of company: %w", err)
	}
	return nil
}

// PlacesOfCompany lists places in projects that have a company's key and have not
// ended, at most limit of them.
func (r *Reader) PlacesOfCompany(ctx context.Context, company directory.CompanyID, limit int) ([]directory.PlaceID, error) {
	var a args
	query := `SELECT p.key FROM place p WHERE p.company_key = ` + a.add(company) + ` AND p.valid_to IS NULL ORDER BY p.key` + atMost(limit)
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.PlaceID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read places of company: %w", err)
	}
	return keys, nil
}

// A ProjectCount is in how many places of a project a company stands.
type ProjectCount struct {
	Company directory.CompanyID
	Project directory.Unit // id, public id and name
	Places  int64
}

// ProjectsOfCompanies counts the places of companies in projects, by company and
// the name of the project, at most limit of them.
func (r *Reader) ProjectsOfCompanies(ctx context.Context, companies []directory.CompanyID, limit int) ([]ProjectCount, error) {
	if len(companies) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT p.company_key, u.key, u.uuid, u.name, count(*) FROM place p JOIN unit u ON u.key = p.unit_key
		WHERE p.valid_to IS NULL AND p.company_key` + inKeys(r, companies, &a) + `
		GROUP BY p.company_key, u.key, u.uuid, u.name, u.name_folded ORDER BY p.company_key, u.name_folded, u.key` + atMost(limit)
	found, err := collect(ctx, r, query, a, func(row scanner) (ProjectCount, error) {
		var c ProjectCount
		return c, row.Scan(&c.Company, &c.Project.ID, &c.Project.UUID, &c.Project.Name, &c.Places)
	})
	if err != nil {
		return nil, fmt.Errorf("count places of companies: %w", err)
	}
	return found, nil
}

// MovePlaces gives places in projects another company.
type MovePlaces struct {
	Into   directory.CompanyID
	Places []directory.PlaceID
}

func (c MovePlaces) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE place SET company_key = ` + a.add(c.Into) + ` WHERE valid_to IS NULL AND key` + inKeys(tx.Reader, c.Places, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("move places to another company: %w", err)
	}
	return nil
}

// saveCompanies adds what a Tx has moved to the counts of companies; of one that
// was merged, to those of the company it went into. Nothing waits for it on
// PostgreSQL.
func (tx *Tx) saveCompanies(ctx context.Context, moved map[directory.CompanyID]int64) error {
	var rows [][]any
	for _, company := range slices.Sorted(maps.Keys(moved)) {
		if by := moved[company]; by != 0 {
			rows = append(rows, []any{company, by})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	var err error
	if tx.dialect == sqlite {
		_, err = tx.inLoop(ctx, `UPDATE company SET members = members + $2 WHERE key = (SELECT coalesce(c.merged_into, c.key) FROM company c WHERE c.key = $1)`, rows)
	} else {
		_, err = tx.inArrays(ctx, `UPDATE company SET members = company.members + moved.members FROM
			(SELECT coalesce(c.merged_into, c.key) AS key, sum(given.members)::bigint AS members
				FROM unnest($1::bigint[], $2::bigint[]) AS given(key, members) JOIN company c ON c.key = given.key GROUP BY 1) moved
			WHERE company.key = moved.key`, 2, rows, true)
	}
	if err != nil {
		return fmt.Errorf("count members of companies: %w", err)
	}
	return nil
}

// recountCompanies counts the members of an account's companies anew, and answers
// of those that are kept otherwise how many more there are.
func (r *Reader) recountCompanies(ctx context.Context, account directory.AccountID) (map[directory.CompanyID]int64, error) {
	present, wrong := map[directory.CompanyID]directory.CompanyID{}, map[directory.CompanyID]int64{}
	var a args
	query := `SELECT c.key, coalesce(c.merged_into, c.key), c.members FROM company c WHERE c.account_key = ` + a.add(account)
	err := each(ctx, r, query, a, func(row scanner) error {
		var key, into directory.CompanyID
		var kept int64
		err := row.Scan(&key, &into, &kept)
		present[key] = into
		wrong[key] -= kept
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read counts of companies: %w", err)
	}
	a = nil
	query = `SELECT coalesce(m.company_key, 0), count(*) FROM member m WHERE m.account_key = ` + a.add(account) + ` AND m.removed_at IS NULL GROUP BY 1`
	err = each(ctx, r, query, a, func(row scanner) error {
		var key directory.CompanyID
		var n int64
		err := row.Scan(&key, &n)
		wrong[present[key]] += n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count members of companies: %w", err)
	}
	if l, held := r.locked[account]; held {
		for key, n := range l.companies {
			wrong[present[key]] -= n
		}
	}
	maps.DeleteFunc(wrong, func(key directory.CompanyID, n int64) bool { return n == 0 || key == 0 })
	return wrong, nil
}

// inTexts is inKeys for texts: one parameter, however many there are.
func inTexts(r *Reader, texts []string, a *args) string {
	if r.dialect == postgres {
		*a = append(*a, texts)
		return fmt.Sprintf(" = ANY($%d::text[])", len(*a))
	}
	list, _ := json.Marshal(texts) // texts always marshal
	return " IN (SELECT value FROM json_each(" + a.add(string(list)) + "))"
}
