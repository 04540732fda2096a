package past

import (
	"context"
	"time"

	"intendant/internal/app/decision"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Past is every past day of the accounts of an installation.
type Past struct {
	gate    *gate.Gate
	roster  *roster.Writer
	reasons *decision.Reasons
}

// New makes the past of an installation.
func New(g *gate.Gate, r *roster.Writer, reasons *decision.Reasons) *Past {
	return &Past{g, r, reasons}
}

// readingOn records that a program reads on beyond a first page (HIST-4).
func (s *Past) readingOn(ctx context.Context, actor authz.Actor, account directory.AccountID, after string) error {
	if after == "" || actor.Kind != authz.Technical && actor.Kind != authz.Application {
		return nil
	}
	return s.roster.NoteReading(ctx, actor, account)
}

// A look is one reader's reading of one account at the end of one day. What they may
// see of it is what they may see of the history today (HIST-2), and of projects those
// that they see today (PROJ-11).
type look struct {
	*Past
	r       *store.Reader
	rights  authz.Rights // the reader's, today
	account directory.Account
	day     directory.Day
	until   time.Time // the day is over with it
	now     time.Time // the last moment of the day, of today this one
	scope   authz.Scope
	sight   authz.ProjectSight
	*ground
}

// dayRefused refuses with past.not_yet for a day to come, and with
// past.before_account for one on which there was no account.
func dayRefused(field string, day directory.Day, account directory.Account, zone *time.Location, now time.Time) error {
	switch first := directory.DayOf(account.Created, zone); {
	case day == directory.Day{}:
		return directory.InvalidField(field, "field.required", nil)
	case day.UTC().After(directory.DayOf(now, zone).UTC()):
		return directory.InvalidField(field, "past.not_yet", directory.Args{"Day": directory.DayOf(now, zone).Noon(zone)})
	case day.UTC().Before(first.UTC()):
		return directory.InvalidField(field, "past.before_account", directory.Args{"Day": first.Noon(zone)})
	}
	return nil
}

// An on is which day is asked for, in which field of the question.
type on struct {
	field string
	day   directory.Day
}

// view looks at days of an account on one state of the database. It refuses who sees
// no history anywhere like the history itself, and days that never were.
func (s *Past) view(ctx context.Context, actor authz.Actor, account directory.AccountID, days []on, read func(looks []*look) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		looks, err := s.looks(ctx, r, rights, account, days)
		if err != nil {
			return err
		}
		return read(looks)
	})
}

// looks are days of an account as one reading finds them. They refuse like view.
func (s *Past) looks(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, days []on) ([]*look, error) {
	scope, err := roster.HistoryScope(rights)
	if err != nil {
		return nil, err
	}
	of, err := r.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	zone, now := roster.ZoneOf(of), s.gate.Instant()
	looks := make([]*look, len(days))
	for i, d := range days {
		if err := dayRefused(d.field, d.day, of, zone, now); err != nil {
			return nil, err
		}
		l := &look{Past: s, r: r, rights: rights, account: of, day: d.day, until: d.day.Over(zone), scope: scope, sight: rights.ProjectSight()}
		if l.now = l.until.Add(-time.Microsecond); l.now.After(now) {
			l.now = now
		}
		if l.ground, err = s.groundOf(ctx, r, of, l.until); err != nil {
			return nil, err
		}
		looks[i] = l
	}
	return looks, nil
}

// at is view of one day.
func (s *Past) at(ctx context.Context, actor authz.Actor, account directory.AccountID, day directory.Day, read func(l *look) error) error {
	return s.view(ctx, actor, account, []on{{"on", day}}, func(looks []*look) error { return read(looks[0]) })
}

// sees reports whether what was at a unit is in sight: the history of the unit is, or
// that of a unit below it, into which what is held there reached; and no wall of a
// project stands before it, today's or that day's.
func (l *look) sees(unit directory.UnitID) bool {
	if !l.open(unit) {
		return false
	}
	if l.scope.Sees(unit) {
		return true
	}
	for _, below := range l.scope.Units() {
		if l.tree.Covers(unit, below) {
			return true
		}
	}
	return false
}

// open reports whether a unit stands in no project that is out of the reader's sight
// (PROJ-11).
func (l *look) open(unit directory.UnitID) bool {
	for _, t := range []*authz.Tree{l.tree, l.rights.Tree()} {
		if project, walled := t.Project(unit); walled && !l.sight.Has(project) {
			return false
		}
	}
	return true
}

// unitNamed is the unit of a public id, as it was on the day. It refuses with
// unit.not_found what was not there yet, or is out of sight.
func (l *look) unitNamed(uuid string) (directory.Unit, error) {
	u, found := roster.UnitNamed(l.tree, uuid)
	if !found || !l.sees(u.ID) {
		return u, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return u, nil
}
