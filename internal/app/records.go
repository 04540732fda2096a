package app

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MemberRecord is one member as a program reads them: with the home unit, and
// the version that an edit is made on (PLAN-4).
type MemberRecord struct {
	roster.ListedMember
	Home    directory.Unit
	Version string
}

// MemberRecords is one page of members.
type MemberRecords struct {
	Rows  []MemberRecord
	Total int64 // found, exactly, when it was asked for
	Next  string
}

// Record reads one member. It refuses without members.view at their home unit,
// with member.not_found.
func (s *Members) Record(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) (MemberRecord, error) {
	var record MemberRecord
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		l, err := s.telling(ctx, r, rights, account)
		if err != nil {
			return err
		}
		line, err := r.MemberLine(ctx, account, member, s.gate.Instant())
		if err != nil {
			return err
		}
		if !line.Removed.IsZero() || !roster.SeesPeopleAt(rights, line.Unit) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		rows, err := l.told(ctx, []store.MemberLine{line}, 1)
		if err == nil {
			record = l.record(rows[0])
		}
		return err
	})
	return record, err
}

// AddOne is Add for one person, and answers them as they are then: of who was there
// already, and of whom the actor does not see, nothing but the verdict.
func (s *Members) AddOne(ctx context.Context, actor authz.Actor, account directory.AccountID, row roster.NewMember, o roster.AddOptions) (gate.Verdict, MemberRecord, error) {
	var record MemberRecord
	verdicts, err := s.addAlike(ctx, actor, account, newcomer{row, &record}, o)
	if store.Broken(err) {
		err = s.roster.FoundBroken(ctx, err)
	}
	if err := gate.OneOf(verdicts, err); err != nil {
		return gate.Verdict{}, record, err
	}
	return verdicts[0], record, nil
}

// EditRecord is EditMember, and answers the member as they are then; nothing of whom the
// actor does not see.
func (s *Members) EditRecord(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, edit roster.MemberEdit) (MemberRecord, error) {
	var record MemberRecord
	plan, err := s.editing(ctx, actor, account, member, edit)
	if err != nil {
		return record, err
	}
	err = gate.OneOf(s.gate.Perform(ctx, actor, account, planOn(member, authz.ManageMembers, func(key directory.MemberID) gate.Planner {
		edit := plan(key)
		return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			if err := edit(ctx, r, p); err != nil {
				return err
			}
			return s.recordAfterwards(ctx, r, p, map[directory.MemberID]*MemberRecord{key: &record})
		}
	})))
	return record, err
}

// recordAfterwards reads members who are asked about once the plan is written, those
// whom the actor sees.
func (s *Members) recordAfterwards(ctx context.Context, r *store.Reader, p *gate.Plan, asked map[directory.MemberID]*MemberRecord) error {
	if len(asked) == 0 || !p.Rights.MayAnywhere(authz.ViewMembers) {
		return nil
	}
	l, err := s.telling(ctx, r, p.Rights, p.Account) // before it is written: the account is known still
	if err != nil {
		return err
	}
	p.Afterwards(func(ctx context.Context) error {
		records, err := l.recordsOf(ctx, slices.Sorted(maps.Keys(asked)))
		for _, record := range records {
			if record.Removed.IsZero() && roster.SeesPeopleAt(p.Rights, record.Unit) {
				*asked[record.ID] = record
			}
		}
		return err
	})
	return nil
}

// Records reads members in the actor's sight, page by page, and counts them when
// asked to. It refuses as List does. Who reads on beyond a first page reads in
// bulk, which is recorded once an hour (HIST-4).
func (s *Members) Records(ctx context.Context, actor authz.Actor, account directory.AccountID, q roster.MemberQuery, count bool) (MemberRecords, error) {
	var found MemberRecords
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		l, err := s.listing(ctx, r, rights, account, q)
		if err != nil {
			return err
		}
		if count {
			if found.Total, err = l.total(ctx, l.l); err != nil {
				return err
			}
		}
		var page MemberPage
		places, err := l.places(ctx, &page)
		if err != nil {
			return err
		}
		found.Next = page.Next
		found.Rows, err = l.records(ctx, places)
		return err
	})
	if err == nil && q.After != "" {
		err = s.roster.NoteReading(ctx, actor, account)
	}
	return found, err
}

func (l *listing) records(ctx context.Context, places []store.MemberPlace) ([]MemberRecord, error) {
	rows, err := l.rows(ctx, places, 1)
	if err != nil {
		return nil, err
	}
	records := make([]MemberRecord, len(rows))
	for i, row := range rows {
		records[i] = l.record(row)
	}
	return records, nil
}

// recordsOf reads members by their keys.
func (l *listing) recordsOf(ctx context.Context, keys []directory.MemberID) ([]MemberRecord, error) {
	lines, err := l.r.MemberLines(ctx, keys, l.gate.Instant())
	if err != nil {
		return nil, err
	}
	rows, err := l.told(ctx, lines, 1)
	records := make([]MemberRecord, len(rows))
	for i, row := range rows {
		records[i] = l.record(row)
	}
	return records, err
}

func (l *listing) record(row roster.ListedMember) MemberRecord {
	home, _ := l.rights.Tree().Unit(row.Unit)
	return MemberRecord{ListedMember: row, Home: home, Version: roster.EditVersion(row.Member, row.Person)}
}

// A UnitRecord is one unit as a program reads it.
type UnitRecord struct {
	directory.Unit
	Parent directory.Unit // zero for the root
	Live   bool           // neither it nor one above it is archived
}

// A UnitRecordQuery says which units are read.
type UnitRecordQuery struct {
	Search   string
	Under    string // public id: only it and what lies below
	Archived bool   // archived ones too
	After    string // public id of the last unit that was read
	Size     int    // at most 200
}

// UnitRecords is one page of units.
type UnitRecords struct {
	Rows  []UnitRecord
	Total int
	Next  string
}

// Records reads the units in the actor's sight in tree order, page by page. It
// refuses without members.view and units.manage anywhere, with unit.not_found,
// and with list.bad_cursor.
func (s *Units) Records(ctx context.Context, actor authz.Actor, account directory.AccountID, q UnitRecordQuery) (UnitRecords, error) {
	var found UnitRecords
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		g, err := s.granted(ctx, r, rights, account)
		if err != nil {
			return err
		}
		chosen, err := g.chosen(q)
		if err != nil {
			return err
		}
		found.Total = len(chosen)
		from := 0
		if q.After != "" {
			at := slices.IndexFunc(chosen, func(i int) bool { return g.units[i].UUID == q.After })
			if at < 0 {
				return directory.InvalidField("cursor", "list.bad_cursor", nil)
			}
			from = at + 1
		}
		size := q.Size
		if size <= 0 {
			size = pageUsual
		}
		to := min(from+min(size, pageMost), len(chosen))
		for _, i := range chosen[from:to] {
			found.Rows = append(found.Rows, g.record(i))
		}
		if to < len(chosen) {
			found.Next = g.units[chosen[to-1]].UUID
		}
		return nil
	})
	return found, err
}

// Record reads one unit. It refuses with unit.not_found what is out of the
// actor's sight.
func (s *Units) Record(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string) (UnitRecord, error) {
	var found UnitRecord
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		g, err := s.granted(ctx, r, rights, account)
		if err != nil {
			return err
		}
		i, err := g.named(unit)
		if err == nil {
			found = g.record(i)
		}
		return err
	})
	return found, err
}

// granted is the grove of whoever may see units at all.
func (s *Units) granted(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID) (*grove, error) {
	if err := requireUnits(rights); err != nil {
		return nil, err
	}
	return s.grove(ctx, r, rights, account)
}

// chosen are the places of the units that a query means.
func (g *grove) chosen(q UnitRecordQuery) ([]int, error) {
	within := func(int) bool { return true }
	if q.Under != "" {
		top, err := g.named(q.Under)
		if err != nil {
			return nil, err
		}
		within = func(i int) bool { return g.tree.Covers(g.units[top].ID, g.units[i].ID) }
	}
	words := directory.Fold(q.Search)
	var chosen []int
	for i, u := range g.units {
		if !g.sees[i] || !q.Archived && !g.live[i] || !within(i) {
			continue
		}
		if words == "" || roster.Matches(u, words) {
			chosen = append(chosen, i)
		}
	}
	return chosen, nil
}

func (g *grove) record(i int) UnitRecord {
	one := UnitRecord{Unit: g.units[i], Live: g.live[i]}
	if above := g.parent[i]; above >= 0 {
		one.Parent = g.units[above]
	}
	return one
}
