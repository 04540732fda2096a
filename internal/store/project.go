package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

const projectColumns = `u.key, u.uuid, coalesce(u.parent_key, 0), u.level, u.name, u.external_id, u.archived_at, u.version,
	j.number, coalesce(j.type_key, 0), j.address, j.time_zone, coalesce(j.starts_day, 0), coalesce(j.ends_day, 0), j.products, j.members, j.version`

// A projectScan is where projectColumns are scanned into.
type projectScan struct {
	p            directory.Project
	archived     micros
	starts, ends int64
	products     string
}

func newProjectScan() *projectScan { return &projectScan{} }

func (s *projectScan) into() []any {
	p := &s.p
	return []any{&p.ID, &p.UUID, &p.Parent, &p.Level, &p.Name, &p.External, &s.archived, &p.Version,
		&p.Number, &p.Type, &p.Address, &p.TimeZone, &s.starts, &s.ends, &s.products, &p.Members, &p.Revision}
}

func (s *projectScan) project() (directory.Project, error) {
	s.p.Archived, s.p.Starts, s.p.Ends = s.archived.Time, directory.DayNumbered(s.starts), directory.DayNumbered(s.ends)
	return s.p, json.Unmarshal([]byte(s.products), &s.p.Products)
}

func scanProject(row scanner) (directory.Project, error) {
	s := newProjectScan()
	if err := row.Scan(s.into()...); err != nil {
		return s.p, err
	}
	return s.project()
}

const ofProjects = ` FROM project j JOIN unit u ON u.key = j.unit_key WHERE `

// ProjectByUUID reads the project of a public id within one account; another
// account's id, and a unit that is no project, are refused like an unknown one, with
// project.not_found.
func (r *Reader) ProjectByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Project, error) {
	var a args
	return r.project(ctx, `u.account_key = `+a.add(account)+` AND u.uuid = `+a.add(uuid), a)
}

// ProjectByExternal reads the project that products know by an id. It refuses with
// project.not_found.
func (r *Reader) ProjectByExternal(ctx context.Context, account directory.AccountID, external string) (directory.Project, error) {
	var a args
	return r.project(ctx, `u.account_key = `+a.add(account)+` AND u.external_id <> '' AND u.external_id = `+a.add(external), a)
}

// ProjectByNumber reads the project of an account that bears a number. It refuses
// with project.not_found.
func (r *Reader) ProjectByNumber(ctx context.Context, account directory.AccountID, number string) (directory.Project, error) {
	var a args
	return r.project(ctx, `j.account_key = `+a.add(account)+` AND j.number_folded <> '' AND j.number_folded = `+a.add(directory.FoldNumber(number)), a)
}

func (r *Reader) project(ctx context.Context, where string, a args) (directory.Project, error) {
	p, err := one(ctx, r, `SELECT `+projectColumns+ofProjects+where, a, scanProject)
	if isNoRows(err) {
		return p, directory.Refuse(directory.NotFound, "project.not_found")
	}
	if err != nil {
		return p, fmt.Errorf("read project: %w", err)
	}
	return p, nil
}

// InsertProjects writes what only projects have, beside their units.
type InsertProjects struct {
	Account  directory.AccountID
	Projects []directory.Project
}

func (c InsertProjects) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Projects))
	for i, p := range c.Projects {
		products, err := jsonText(p.Products, "[]")
		if err != nil {
			return err
		}
		rows[i] = []any{p.ID, c.Account, directory.Fold(p.Name), p.Archived, p.Number, directory.FoldNumber(p.Number), orNull(p.Type), p.Address, p.TimeZone, dayOrNull(p.Starts), dayOrNull(p.Ends), products, 1}
	}
	columns := []string{"unit_key", "account_key", "name_folded", "archived_at", "number", "number_folded", "type_key", "address", "time_zone", "starts_day", "ends_day", "products", "version"}
	if _, err := tx.bulkInsert(ctx, "project", columns, rows, ""); err != nil {
		return fmt.Errorf("add projects: %w", err)
	}
	return nil
}

// dayOrNull is a day as it is stored.
func dayOrNull(d directory.Day) any {
	if d == (directory.Day{}) {
		return nil
	}
	return directory.DayNumber(d.UTC())
}

// UpdateProject writes what only a project has over the version it was read in; the
// unit's own is UpdateUnits'.
type UpdateProject directory.Project

func (c UpdateProject) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.ID.Account()); err != nil {
		return err
	}
	products, err := jsonText(c.Products, "[]")
	if err != nil {
		return err
	}
	var a args
	query := `UPDATE project SET name_folded = ` + a.add(directory.Fold(c.Name)) + `, archived_at = ` + a.add(c.Archived) + `, number = ` + a.add(c.Number) + `, number_folded = ` + a.add(directory.FoldNumber(c.Number)) + `, type_key = ` + a.add(orNull(c.Type)) +
		`, address = ` + a.add(c.Address) + `, time_zone = ` + a.add(c.TimeZone) + `, starts_day = ` + a.add(dayOrNull(c.Starts)) + `, ends_day = ` + a.add(dayOrNull(c.Ends)) +
		`, products = ` + a.add(products) + `, version = version + 1 WHERE unit_key = ` + a.add(c.ID) + ` AND version = ` + a.add(c.Revision)
	return wrote(ctx, tx, query, a, 1)
}

// How a list of projects is sorted.
const (
	ProjectsByName    = "name"
	ProjectsByNumber  = "number"
	ProjectsByMembers = "members"
	ProjectsByStart   = "starts"
)

// A ProjectList is a question for a part of an account's projects.
type ProjectList struct {
	Account    directory.AccountID
	Sight      authz.ProjectSight // which of them
	Except     directory.UnitID   // but this one; 0: none
	State      ProjectState
	Dormant    []directory.UnitID // that count as archived with a unit above them
	Type       directory.ProjectTypeID
	Search     string // as typed: a part of name or number
	External   string // whole; empty: any
	Number     string // whole, but for case and blanks; empty: any
	Sort       string
	Descending bool
	From       *ProjectPlace
	Back       bool // those before From instead of those after
	Size       int
}

// A ProjectState is which of the projects a list has, those in use or the archived.
type ProjectState int

// Which projects a list has.
const (
	ProjectsInUse ProjectState = iota
	ProjectsArchived
	ProjectsOfAnyState
)

// A ProjectPlace is where a project stands in a sorted list.
type ProjectPlace = Standing[directory.UnitID]

// A Standing is where a row stands in a list that is sorted by a text or a number,
// and then by name.
type Standing[K ~int64] struct {
	Text   string `json:",omitempty"`
	Number int64  `json:",omitempty"`
	Name   string // folded
	Key    K
}

// A ProjectLine is a project with where it stands in the list.
type ProjectLine struct {
	directory.Project
	Place ProjectPlace
}

// fewProjects is how many of them are sooner sorted than looked for among all.
const fewProjects = 500

func (l ProjectList) where(r *Reader, a *args) string {
	where := ` FROM project j WHERE ` + l.driven(r, a) + l.inState(r, a)
	if l.Except != 0 {
		where += ` AND j.unit_key <> ` + a.add(l.Except)
	}
	if l.Type != 0 {
		where += ` AND j.type_key = ` + a.add(l.Type)
	}
	if l.External != "" {
		where += ` AND j.unit_key = (SELECT u.key FROM unit u WHERE u.account_key = ` + a.add(l.Account) + ` AND u.external_id <> '' AND u.external_id = ` + a.add(l.External) + `)`
	}
	if l.Number != "" {
		where += ` AND j.number_folded <> '' AND j.number_folded = ` + a.add(directory.FoldNumber(l.Number))
	}
	if sought := directory.Fold(l.Search); sought != "" {
		where += ` AND (` + contains(r, "j.name_folded", sought, a)
		if number := directory.FoldNumber(l.Search); number != "" {
			where += ` OR ` + contains(r, "j.number_folded", number, a)
		}
		where += `)`
	}
	return where
}

// driven are the conditions that say which rows are looked at. SQLite keeps no figures
// here and would choose badly: it is told to look few up, to walk many by name, and
// else to read the account's rows, which lie together.
func (l ProjectList) driven(r *Reader, a *args) string {
	account, key, together := `j.account_key`, `j.unit_key`, ``
	walked := (l.Sort == "" || l.Sort == ProjectsByName) && directory.Fold(l.Search) == ""
	switch {
	case r.dialect != sqlite:
	case !l.Sight.All && len(l.Sight.Some) <= fewProjects:
		account = `+` + account
	case walked:
		key = `+` + key
	default:
		account, key = `+`+account, `+`+key
		together = ` AND j.unit_key BETWEEN ` + a.add(directory.NewKey(l.Account, 0)) + ` AND ` + a.add(directory.NewKey(l.Account+1, 0)-1)
	}
	where := account + ` = ` + a.add(l.Account) + together
	switch {
	case !l.Sight.All:
		where += ` AND ` + key + inKeys(r, l.Sight.Some, a)
	case len(l.Sight.But) > 0:
		where += ` AND NOT (` + key + inKeys(r, l.Sight.But, a) + `)`
	}
	return where
}

// inState is the condition on what is archived (PROJ-1).
func (l ProjectList) inState(r *Reader, a *args) string {
	switch {
	case l.State == ProjectsOfAnyState:
		return ``
	case l.State == ProjectsInUse && len(l.Dormant) == 0:
		return ` AND j.archived_at IS NULL`
	case l.State == ProjectsInUse:
		return ` AND j.archived_at IS NULL AND NOT (j.unit_key` + inKeys(r, l.Dormant, a) + `)`
	case len(l.Dormant) == 0:
		return ` AND j.archived_at IS NOT NULL`
	}
	return ` AND (j.archived_at IS NOT NULL OR j.unit_key` + inKeys(r, l.Dormant, a) + `)`
}

// contains is the condition that a text is somewhere in a column; nothing in it is a
// pattern.
func contains(r *Reader, column, text string, a *args) string {
	if r.dialect == postgres {
		return `strpos(` + column + `, ` + a.add(text) + `) > 0`
	}
	return `instr(` + column + `, ` + a.add(text) + `) > 0`
}

// order is what a list is sorted by before names.
func (l ProjectList) order() sortedBy {
	switch l.Sort {
	case ProjectsByNumber:
		return sortedBy{text: `j.number_folded`}
	case ProjectsByMembers:
		return sortedBy{number: `j.members`}
	case ProjectsByStart:
		return sortedBy{number: `coalesce(j.starts_day, 0)`}
	}
	return sortedBy{}
}

// A sortedBy is what a list is sorted by before the name: a text, a number, or
// nothing.
type sortedBy struct{ text, number string }

// selected are the columns of a Standing, but for its key.
func (s sortedBy) selected(name string) string {
	return `, ` + cmp.Or(s.text, `''`) + ` AS s_text, ` + cmp.Or(s.number, `0`) + ` AS s_number, ` + name + ` AS s_name`
}

// outer is the same outside of a subquery that has selected it.
func (s sortedBy) outer() sortedBy {
	if s.text != "" {
		s.text = "x.s_text"
	}
	if s.number != "" {
		s.number = "x.s_number"
	}
	return s
}

// A turn is which part of a sorted list is read: from a place or the first, before
// it or after, and how many rows.
type turn[K ~int64] struct {
	from             *Standing[K]
	back, descending bool
	size             int
	name, key        string // columns
}

// turned ends a query: the rows at the right side of a place, in the order of the
// list.
func turned[K ~int64](s sortedBy, t turn[K], a *args) string {
	columns, _ := t.parts(s)
	way := ""
	if t.back != t.descending {
		way = " DESC"
	}
	return beside(s, t, a) + ` ORDER BY ` + strings.Join(columns, way+", ") + way + atMost(t.size)
}

// parts are the columns of the order and a place's values for them.
func (t turn[K]) parts(s sortedBy) (columns []string, values []any) {
	from := cmp.Or(t.from, &Standing[K]{})
	columns, values = []string{t.name, t.key}, []any{from.Name, from.Key}
	if s.text != "" {
		columns, values = append([]string{s.text}, columns...), append([]any{from.Text}, values...)
	}
	if s.number != "" {
		columns, values = append([]string{s.number}, columns...), append([]any{from.Number}, values...)
	}
	return columns, values
}

// beside is the condition of the rows at one side of a place.
func beside[K ~int64](s sortedBy, t turn[K], a *args) string {
	if t.from == nil {
		return ""
	}
	columns, values := t.parts(s)
	sign, marks := ">", make([]string, len(values))
	if t.back != t.descending {
		sign = "<"
	}
	for i, v := range values {
		marks[i] = a.add(v)
	}
	return ` AND (` + strings.Join(columns, ", ") + `) ` + sign + ` (` + strings.Join(marks, ", ") + `)`
}

// ProjectPage reads projects in the order of the list.
func (r *Reader) ProjectPage(ctx context.Context, l ProjectList) ([]ProjectLine, error) {
	var a args
	sorted := l.order()
	inner := `SELECT j.unit_key AS key` + sorted.selected("j.name_folded") + l.where(r, &a) +
		turned(sorted, turn[directory.UnitID]{l.From, l.Back, l.Descending, l.Size, "j.name_folded", "j.unit_key"}, &a)
	outer := turned(sorted.outer(), turn[directory.UnitID]{nil, l.Back, l.Descending, l.Size, "x.s_name", "x.key"}, &a)
	query := `SELECT ` + projectColumns + `, x.s_text, x.s_number, x.s_name FROM (` + inner + `) x JOIN project j ON j.unit_key = x.key JOIN unit u ON u.key = x.key WHERE 1 = 1` + outer
	lines, err := collect(ctx, r, query, a, func(row scanner) (ProjectLine, error) {
		var line ProjectLine
		s := newProjectScan()
		err := row.Scan(append(s.into(), &line.Place.Text, &line.Place.Number, &line.Place.Name)...)
		if err == nil {
			line.Project, err = s.project()
		}
		line.Place.Key = line.ID
		return line, err
	})
	if err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	if l.Back {
		slices.Reverse(lines)
	}
	return lines, nil
}

// ProjectTotal counts exactly the projects of a list (LIST-9).
func (r *Reader) ProjectTotal(ctx context.Context, l ProjectList) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*)`+l.where(r, &a), a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count projects: %w", err)
	}
	return n, nil
}

// ProjectSpans reads when the projects of an account were created and archived
// themselves.
func (r *Reader) ProjectSpans(ctx context.Context, account directory.AccountID) ([]directory.ProjectSpan, error) {
	var a args
	query := `SELECT u.key, u.created_at, u.archived_at` + ofProjects + `j.account_key = ` + a.add(account)
	spans, err := collect(ctx, r, query, a, func(row scanner) (s directory.ProjectSpan, err error) {
		var created, archived micros
		err = row.Scan(&s.Project, &created, &archived)
		s.Created, s.Archived = created.Time, archived.Time
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the times of projects: %w", err)
	}
	return spans, nil
}

// ProjectTypeByKey reads a project type, the zero one where there is none.
func (r *Reader) ProjectTypeByKey(ctx context.Context, key directory.ProjectTypeID) (directory.ProjectType, error) {
	var a args
	t, err := one(ctx, r, `SELECT `+projectTypeColumns+` FROM project_type WHERE key = `+a.add(key), a, scanProjectType)
	if isNoRows(err) {
		return directory.ProjectType{}, nil
	}
	if err != nil {
		return t, fmt.Errorf("read project type: %w", err)
	}
	return t, nil
}
