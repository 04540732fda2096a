package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// heldThen are the rows of a selection, which ends in a condition, that have from and
// to and held just before a moment: at the end of the day that the moment is over with
// (HIST-5). Those that hold still and those that have ended since have indexes of their
// own, and are asked for apart.
func heldThen(selection, alias string, until time.Time, a *args) string {
	at := a.add(until)
	selection += ` AND ` + alias + `.valid_from < ` + at + ` AND ` + alias + `.valid_to `
	return selection + `IS NULL UNION ALL ` + selection + `>= ` + at
}

// ofStructure are the entries that are about no person, which have an index of their
// own.
const ofStructure = ` AND (e.subject_key IS NULL OR e.kind = 'technical.answered')`

// StructureSince reads what was done since a moment to what an account has, none of it
// about its people, by these kinds; newest first.
func (r *Reader) StructureSince(ctx context.Context, account directory.AccountID, since time.Time, kinds []audit.Kind) ([]audit.Entry, error) {
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e` + r.dialect.indexed("entry_of_structure") + ` WHERE e.account_key = ` + a.add(account) +
		` AND e.kind` + inTexts(r, textsOf(kinds), &a) + ` AND e.at >= ` + a.add(since) + ofStructure + ` ORDER BY e.n DESC`
	entries, err := collect(ctx, r, query, a, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("read what was done to an account: %w", err)
	}
	return entries, nil
}

// PeopleSince reads what was done since a moment to people in an account, by these
// kinds; of each person newest first.
func (r *Reader) PeopleSince(ctx context.Context, account directory.AccountID, people []directory.UserID, since time.Time, kinds []audit.Kind) (map[directory.UserID][]audit.Entry, error) {
	found := map[directory.UserID][]audit.Entry{}
	if len(people) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + entryFields + ` FROM entry e` + r.dialect.indexed("entry_by_subject") + ` WHERE e.subject_key` + inKeys(r, people, &a) +
		` AND e.account_key = ` + a.add(account) + ` AND e.at >= ` + a.add(since) + ` AND e.kind` + inTexts(r, textsOf(kinds), &a) + ` ORDER BY e.n DESC`
	err := each(ctx, r, query, a, func(row scanner) error {
		e, err := scanEntry(row)
		found[e.Subject] = append(found[e.Subject], e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was done to people: %w", err)
	}
	return found, nil
}

// BornSince are the units and roles of an account that were made since a moment.
func (r *Reader) BornSince(ctx context.Context, account directory.AccountID, since time.Time) (map[int64]bool, error) {
	var a args
	of, at := a.add(account), a.add(since)
	query := `SELECT key FROM unit WHERE account_key = ` + of + ` AND created_at >= ` + at + `
		UNION ALL SELECT key FROM role WHERE account_key = ` + of + ` AND created_at >= ` + at
	born := map[int64]bool{}
	err := each(ctx, r, query, a, func(row scanner) error {
		key, err := scanInt64(row)
		born[key] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was made since: %w", err)
	}
	return born, nil
}

// CompaniesEver reads companies by their own keys, those that were merged too, as they
// are called now.
func (r *Reader) CompaniesEver(ctx context.Context, account directory.AccountID, keys []directory.CompanyID) (map[directory.CompanyID]directory.Company, error) {
	found := make(map[directory.CompanyID]directory.Company, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + companyColumns + ` FROM company c WHERE c.account_key = ` + a.add(account) + ` AND c.key` + inKeys(r, keys, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		c, err := scanCompany(row)
		found[c.ID] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read companies: %w", err)
	}
	return found, nil
}

// Those are the members a list of a past day begins with, today's rows of whoever is
// or was in the account.
type Those struct {
	Account directory.AccountID
	Search  string             // as typed: a part of what they are found by today
	Homes   []directory.UnitID // with AtHomes: who is at home there, or was told otherwise of since
	AtHomes bool
	Since   time.Time    // with AtHomes: the moment that the day is over with
	Until   time.Time    // with Touched: those that entries are about from Since until then, and whose own subscriptions end then
	Kinds   []audit.Kind // of these entries
	Field   string       // only of entries that tell this field,
	Whole   []audit.Kind // or are of these kinds, which tell all anew
	Touched bool
	Places  []directory.PlaceID // with Touched: whoever has or had one of these too
	After   *MemberPlace        // by name and key; nil: from the first
	Size    int
}

func (t Those) where(r *Reader, a *args) string {
	where := ` WHERE m.account_key = ` + a.add(t.Account)
	if sought := directory.Fold(t.Search); sought != "" {
		where += ` AND ` + contains(r, "m.search", sought, a)
	}
	switch {
	case t.AtHomes:
		where += ` AND (m.unit_key` + inKeys(r, t.Homes, a) + ` OR ` + t.told(r, a) + `)`
	case t.Touched:
		from, to := a.add(directory.NewKey(t.Account, 0)), a.add(directory.NewKey(t.Account+1, 0))
		where += ` AND (` + t.told(r, a) + ` OR m.key IN (SELECT x.member_key FROM external_subscription x
			WHERE x.key > ` + from + ` AND x.key < ` + to + ` AND x.ends_at >= ` + a.add(t.Since) + ` AND x.ends_at < ` + a.add(t.Until) + `)
			OR m.key IN (SELECT p.member_key FROM place p WHERE p.key` + inKeys(r, t.Places, a) + `))`
	}
	if t.After != nil {
		where += ` AND (m.name_folded, m.key) > (` + a.add(t.After.Name) + `, ` + a.add(t.After.Key) + `)`
	}
	return where
}

// told is the condition that there are entries about the member.
func (t Those) told(r *Reader, a *args) string {
	told := `m.user_key IN (SELECT e.subject_key FROM entry e WHERE e.account_key = ` + a.add(t.Account) + ` AND e.at >= ` + a.add(t.Since)
	if !t.Until.IsZero() {
		told += ` AND e.at < ` + a.add(t.Until)
	}
	told += ` AND e.subject_key IS NOT NULL AND e.kind` + inTexts(r, textsOf(t.Kinds), a)
	if t.Field != "" {
		told += ` AND (e.facts LIKE ` + a.add(`%{"field":"`+t.Field+`"%`) + ` OR e.kind` + inTexts(r, textsOf(t.Whole), a) + `)`
	}
	return told + `)`
}

// MembersEver reads members by name, those that were removed among them, with where
// they stand.
func (r *Reader) MembersEver(ctx context.Context, t Those) ([]directory.Member, []MemberPlace, error) {
	var a args
	where := t.where(r, &a)
	of := func(condition string) string {
		return `SELECT * FROM (SELECT m.key, m.name_folded FROM member m` + where + condition + ` ORDER BY m.name_folded, m.key` + atMost(t.Size) + `) `
	}
	query := of(` AND m.removed_at IS NULL`) + `living UNION ALL ` + of(` AND m.removed_at IS NOT NULL`) + `gone ORDER BY 2, 1` + atMost(t.Size)
	places, err := collect(ctx, r, query, a, func(row scanner) (p MemberPlace, err error) { return p, row.Scan(&p.Key, &p.Name) })
	if err != nil {
		return nil, nil, fmt.Errorf("list members of all days: %w", err)
	}
	keys := make([]directory.MemberID, len(places))
	for i, p := range places {
		keys[i] = p.Key
	}
	read, err := r.Members(ctx, t.Account, keys)
	if err != nil {
		return nil, nil, err
	}
	by := make(map[directory.MemberID]directory.Member, len(read))
	for _, m := range read {
		by[m.ID] = m
	}
	members := make([]directory.Member, len(places))
	for i, p := range places {
		members[i] = by[p.Key]
	}
	return members, places, nil
}

// MembersByKey reads members in the order of their keys, those that were removed
// among them, at most limit after one: a whole account in parts.
func (r *Reader) MembersByKey(ctx context.Context, account directory.AccountID, after directory.MemberID, limit int) ([]directory.Member, error) {
	var a args
	from := max(after, directory.MemberID(directory.NewKey(account, 0)))
	query := `SELECT ` + memberColumns + ` FROM member m WHERE m.key > ` + a.add(from) + ` AND m.key < ` + a.add(directory.NewKey(account+1, 0)) +
		` ORDER BY m.key` + atMost(limit)
	members, err := collect(ctx, r, query, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("read members in parts: %w", err)
	}
	return members, nil
}

// A PastHeld is what one member held at the end of a day, whatever became of it.
type PastHeld struct {
	Roles     []authz.Held // levels and functions, at the root
	Grants    []directory.Grant
	Places    []directory.Place
	InPlaces  []authz.Held // what places gave
	Seats     []PastSeat
	Externals []directory.External
}

// A PastSeat is a seat that somebody had. Of which pool is not kept: seats go along
// with units that move (SEAT-10).
type PastSeat struct {
	ID    directory.SeatID
	Offer directory.Offer
	From  time.Time
}

// HeldThen reads what members held just before a moment: each table once, however
// many they are. Whoever held nothing is not in the answer.
func (r *Reader) HeldThen(ctx context.Context, root directory.UnitID, members []directory.MemberID, until time.Time) (map[directory.MemberID]*PastHeld, error) {
	p := pastHeld{root, until, map[directory.MemberID]*PastHeld{}}
	if len(members) == 0 {
		return p.found, nil
	}
	for _, table := range p.tables() {
		var a args
		query := `SELECT ` + table.columns + ` WHERE ` + table.alias + `.member_key` + inKeys(r, members, &a)
		query = heldThen(query, table.alias, until, &a) + ` ORDER BY ` + table.order
		if err := each(ctx, r, query, a, table.take); err != nil {
			return nil, fmt.Errorf("read what members held: %w", err)
		}
	}
	return p.found, nil
}

type pastHeld struct {
	root  directory.UnitID
	until time.Time
	found map[directory.MemberID]*PastHeld
}

func (p pastHeld) of(m directory.MemberID) *PastHeld {
	if p.found[m] == nil {
		p.found[m] = &PastHeld{}
	}
	return p.found[m]
}

// A pastTable is one table of what is held, and where its rows go.
type pastTable struct {
	alias, columns, order string // the order by the places of its columns
	take                  func(row scanner) error
}

func (p pastHeld) tables() []pastTable {
	return append(p.rights(), p.uses()...)
}

func (p pastHeld) rights() []pastTable {
	return []pastTable{
		{"h", `h.member_key, h.role_key, h.valid_from FROM member_role h`, `3, 2`, func(row scanner) error {
			var m directory.MemberID
			var from micros
			h := authz.Held{Unit: p.root}
			err := row.Scan(&m, &h.Role, &from)
			h.From = from.Time
			p.of(m).Roles = append(p.of(m).Roles, h)
			return err
		}},
		{"g", grantColumns + ` FROM "grant" g`, `1`, func(row scanner) error {
			g, err := scanGrant(row)
			p.of(g.Member).Grants = append(p.of(g.Member).Grants, g)
			return err
		}},
		{"p", placeRowColumns + ` FROM place p`, `1`, func(row scanner) error {
			place, err := scanPlaceRow(row)
			p.of(place.Member).Places = append(p.of(place.Member).Places, place)
			return err
		}},
		{"o", `o.member_key, o.unit_key, o.role_key, o.valid_from FROM place_role o`, `2, 3`, func(row scanner) error {
			var m directory.MemberID
			var from micros
			var h authz.Held
			err := row.Scan(&m, &h.Unit, &h.Role, &from)
			h.From = from.Time
			p.of(m).InPlaces = append(p.of(m).InPlaces, h)
			return err
		}},
	}
}

func (p pastHeld) uses() []pastTable {
	return []pastTable{
		{"s", `s.member_key, s.key, q.product, q.edition, s.valid_from FROM seat s JOIN seat_pool q ON q.key = s.pool_key`, `2`, func(row scanner) error {
			var m directory.MemberID
			var from micros
			var seat PastSeat
			err := row.Scan(&m, &seat.ID, &seat.Offer.Product, &seat.Offer.Edition, &from)
			seat.From = from.Time
			p.of(m).Seats = append(p.of(m).Seats, seat)
			return err
		}},
		{"e", externalColumns + ` FROM external_subscription e`, `1`, func(row scanner) error {
			e, err := scanExternal(row)
			if err == nil && (e.Ends.IsZero() || !e.Ends.Before(p.until)) {
				p.of(e.Member).Externals = append(p.of(e.Member).Externals, e)
			}
			return err
		}},
	}
}

// HoldersThen is which unit it is asked of who held roles there.
type HoldersThen struct {
	Account directory.AccountID
	Root    directory.UnitID
	Path    []directory.UnitID // the unit and those above it, from the root
	Place   directory.UnitID   // the project among them, 0: none
	Roles   []directory.RoleID // levels and functions that count for something there
	Until   time.Time
	Skip    int
	Size    int
}

// A HolderThen is one role that one member held at a unit.
type HolderThen struct {
	Member directory.MemberID
	authz.Held
	By directory.UserID // who gave it; 0: nobody known
}

// HoldersThen reads who held roles at a unit and on the way to it just before a
// moment: nearest first, then by name.
func (r *Reader) HoldersThen(ctx context.Context, q HoldersThen) ([]HolderThen, error) {
	var a args
	query := heldThen(`SELECT g.member_key, g.unit_key, g.role_key, g.key AS grant_key, g.given_by, g.valid_from FROM "grant" g
		WHERE g.unit_key`+inKeys(r, q.Path, &a), "g", q.Until, &a)
	if len(q.Roles) > 0 {
		query += ` UNION ALL ` + heldThen(`SELECT h.member_key, CAST(`+a.add(q.Root)+` AS BIGINT), h.role_key, 0, 0, h.valid_from FROM member_role h
			WHERE h.role_key`+inKeys(r, q.Roles, &a), "h", q.Until, &a)
	}
	if q.Place != 0 {
		query += ` UNION ALL ` + heldThen(`SELECT o.member_key, o.unit_key, o.role_key, 0, 0, o.valid_from FROM place_role o
			WHERE o.unit_key = `+a.add(q.Place), "o", q.Until, &a)
	}
	rank := `CASE held.unit_key`
	for i, unit := range slices.Backward(q.Path) {
		rank += fmt.Sprintf(` WHEN %s THEN %d`, a.add(unit), len(q.Path)-i)
	}
	query = `SELECT held.member_key, held.unit_key, held.role_key, held.grant_key, held.given_by, held.valid_from
		FROM (` + query + `) held JOIN member m ON m.key = held.member_key WHERE m.account_key = ` + a.add(q.Account) + `
		ORDER BY ` + rank + ` ELSE 0 END, m.name_folded, m.key, held.role_key, held.grant_key` + atMost(q.Size) + ` OFFSET ` + a.add(q.Skip)
	found, err := collect(ctx, r, query, a, func(row scanner) (HolderThen, error) {
		var h HolderThen
		var from micros
		err := row.Scan(&h.Member, &h.Unit, &h.Role, &h.Grant, &h.By, &from)
		h.From = from.Time
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("read who held roles at a unit: %w", err)
	}
	return found, nil
}

// Responsible reads who answers for technical users now, by their user; people are
// not in the answer.
func (r *Reader) Responsible(ctx context.Context, users []directory.UserID) (map[directory.UserID]directory.UserID, error) {
	found := map[directory.UserID]directory.UserID{}
	if len(users) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT user_key, responsible_key FROM technical_user WHERE user_key` + inKeys(r, users, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var user, by directory.UserID
		err := row.Scan(&user, &by)
		found[user] = by
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who answers for programs: %w", err)
	}
	return found, nil
}
