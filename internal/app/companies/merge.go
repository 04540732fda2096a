package companies

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobMerge is the kind of the job that moves the rest of a double's members to the
// company it was merged into; MoveMerged does it.
const JobMerge = "company_merge"

// A Pick is a company by public id, as it was when it was picked.
type Pick struct {
	ID      string
	Version int64
}

// A Merging is doubles that go into the company that stays.
type Merging struct {
	Into    Pick
	Doubles []Pick
}

// A Part is a company of a merge with what of it would move: its members, and its
// places in projects, at most shownProjects of them.
type Part struct {
	directory.Company
	Projects []store.ProjectCount
}

// shownProjects is how many projects a confirmation names.
const shownProjects = 200

// Parts reads the companies that somebody is about to merge, in the order of their
// names, with what would move (COMP-4). It refuses without members.manage at the
// root, and with company.not_found, company.merged and company.too_many.
func (s *Companies) Parts(ctx context.Context, actor authz.Actor, account directory.AccountID, ids []string) ([]Part, error) {
	var parts []Part
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, manages, 0); err != nil {
			return err
		}
		ids = slices.Compact(slices.Sorted(slices.Values(ids)))
		if len(ids) > directory.MergeMost+1 {
			return tooMany()
		}
		rows, err := living(ctx, r, account, ids)
		if err != nil {
			return err
		}
		keys := make([]directory.CompanyID, len(rows))
		for i, row := range rows {
			keys[i] = row.ID
		}
		projects, err := r.ProjectsOfCompanies(ctx, keys, shownProjects)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p := Part{Company: row}
			for _, c := range projects {
				if c.Company == row.ID {
					p.Projects = append(p.Projects, c)
				}
			}
			parts = append(parts, p)
		}
		return nil
	})
	return parts, err
}

func tooMany() *directory.Error {
	return &directory.Error{Kind: directory.Invalid, Code: "company.too_many", Args: directory.Args{"Max": directory.MergeMost}}
}

// Merge ends doubles: from then on each is the company that stays, wherever it is
// read, counted, filtered by or typed; all of it in one transaction (COMP-4). The
// rows of members and places follow in the same one where they are few, else by a
// job that goes on after a crash; each leaves its entry in the batch of the act, by
// which it could be undone. Whoever gets a double as company meanwhile gets the one
// that stays.
//
// It refuses without members.manage at the root; with company.merge_none,
// company.merge_self and company.too_many; with company.not_found, and with
// company.merged when somebody merged one of them meanwhile; and with stale when
// somebody renamed one.
func (s *Companies) Merge(ctx context.Context, actor authz.Actor, account directory.AccountID, m Merging) (directory.Company, error) {
	var into directory.Company
	actor = gate.AsOneAct(actor)
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(manages, 0); err != nil {
			return err
		}
		all, err := m.read(ctx, r, account)
		if err != nil {
			return err
		}
		stays, doubles := all[0], all[1:]
		merge := store.MergeCompanies{Into: stays.ID}
		into = stays
		for _, d := range doubles {
			merge.Doubles = append(merge.Doubles, d.ID)
			entry := p.Entry(audit.CompanyMerged, 0, int64(d.ID))
			entry.NoteValue("company", companyValue(d), companyValue(stays))
			entry.NoteValue("count", audit.Nothing, audit.Number(d.Members))
			p.Record(entry)
			into.Members += d.Members
		}
		p.Change(merge)
		return s.follow(ctx, r, p, stays, doubles)
	})
	return into, err
}

// read finds the companies of a merge, the one that stays first.
func (m Merging) read(ctx context.Context, r *store.Reader, account directory.AccountID) ([]directory.Company, error) {
	switch {
	case len(m.Doubles) == 0:
		return nil, directory.InvalidField("doubles", "company.merge_none", nil)
	case len(m.Doubles) > directory.MergeMost:
		return nil, tooMany()
	}
	picks := append([]Pick{m.Into}, m.Doubles...)
	ids := make([]string, len(picks))
	for i, pick := range picks {
		if slices.Contains(ids[:i], pick.ID) {
			return nil, directory.InvalidField("doubles", "company.merge_self", nil)
		}
		ids[i] = pick.ID
	}
	rows, err := living(ctx, r, account, ids)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if row.Version != picks[i].Version {
			return nil, directory.Refuse(directory.Conflict, "stale")
		}
	}
	return rows, nil
}

func companyValue(c directory.Company) audit.Value { return audit.Thing(audit.Company, c.ID, c.Name) }

// follow moves the first rows of doubles, and leaves the rest of each to a job.
func (s *Companies) follow(ctx context.Context, r *store.Reader, p *gate.Plan, stays directory.Company, doubles []directory.Company) error {
	budget := atOnce
	for _, d := range doubles {
		moved, more, err := trail{s.roster, r, p, stays, d}.move(ctx, budget)
		if err != nil {
			return err
		}
		budget -= moved
		if more {
			job, err := mergeJob(p.Actor, p.Account, d.ID)
			if err != nil {
				return err
			}
			p.Job(job)
		}
	}
	return nil
}

// A trail is a double on its way to the company that stays, within a plan.
type trail struct {
	roster        *roster.Writer
	r             *store.Reader
	p             *gate.Plan
	stays, double directory.Company
}

// move gives members of a double, and its places in projects, the company that
// stays: at most limit rows. It reports how many, and whether there are more.
func (t trail) move(ctx context.Context, limit int) (moved int, more bool, err error) {
	members, err := t.r.MembersOfCompany(ctx, t.double.ID, 0, limit+1)
	if err != nil {
		return 0, false, err
	}
	if len(members) > limit {
		members, more = members[:limit], true
	}
	if err := t.moveMembers(ctx, members); err != nil {
		return 0, false, err
	}
	moved = len(members)
	places, err := t.r.PlacesOfCompany(ctx, t.double.ID, limit-moved+1)
	if err != nil {
		return 0, false, err
	}
	if len(places) > limit-moved {
		places, more = places[:limit-moved], true
	}
	if len(places) > 0 {
		t.p.Change(store.MovePlaces{Into: t.stays.ID, Places: places})
		keys := make([]audit.Value, len(places))
		for i, place := range places {
			keys[i] = audit.Number(place)
		}
		entry := t.p.Entry(audit.CompanyPlacesMoved, 0, int64(t.double.ID))
		entry.NoteValue("company", companyValue(t.double), companyValue(t.stays))
		entry.NoteValue("places", audit.Nothing, audit.List(keys...))
		t.p.Record(entry)
	}
	return moved + len(places), more, nil
}

// moveMembers writes another company over members and what they sort by.
func (t trail) moveMembers(ctx context.Context, keys []directory.MemberID) error {
	if len(keys) == 0 {
		return nil
	}
	a, members, users, err := t.roster.Acting(ctx, t.r, t.p, keys)
	if err != nil {
		return err
	}
	a.Companies[t.double.ID], a.Companies[t.stays.ID] = t.double, t.stays
	for _, m := range members {
		after := m
		after.Company = t.stays.ID
		if err := a.Change(audit.MemberChanged, users[m.User], m, after); err != nil {
			return err
		}
	}
	if err := a.Settle(ctx, t.r); err != nil {
		return err
	}
	if directory.Fold(t.stays.Name) == directory.Fold(t.double.Name) { // renamed to it since: what they sort by may be an older name
		t.p.Pending(store.FoldCompanyName{Name: t.stays.Name, Members: keys})
	}
	return nil
}

// Facts of a JobMerge: who merged, and in which act.
const (
	factAsker = "asker"
	factUser  = "user"
	factBatch = "batch"
)

// closedPause is how long the rest of a merge waits in an account that was closed
// meanwhile.
const closedPause = 24 * time.Hour

func mergeJob(actor authz.Actor, account directory.AccountID, double directory.CompanyID) (directory.Job, error) {
	asker, err := json.Marshal(gate.AskerOf(actor))
	if err != nil {
		return directory.Job{}, fmt.Errorf("write who merged: %w", err)
	}
	return directory.Job{Account: account, Kind: JobMerge, Subject: int64(double), Unique: fmt.Sprintf("%s %d", JobMerge, double),
		Facts: map[string]string{factAsker: string(asker), factUser: strconv.FormatInt(int64(actor.User), 10), factBatch: actor.Batch}}, nil
}

func mergedBy(job directory.Job) (authz.Actor, error) {
	var asker directory.BulkAsker
	if err := json.Unmarshal([]byte(job.Facts[factAsker]), &asker); err != nil {
		return authz.Actor{}, fmt.Errorf("read who merged: %w", err)
	}
	user, err := strconv.ParseInt(job.Facts[factUser], 10, 64)
	if err != nil {
		return authz.Actor{}, fmt.Errorf("read who merged: %w", err)
	}
	return gate.AskerNamed(asker, directory.UserID(user), job.Facts[factBatch]), nil
}

// MoveMerged moves what is left of a double, a transaction for each few, to the
// company that it is today. It may run twice, and beside another merge of that one.
// In an account that was closed meanwhile it waits.
func (s *Companies) MoveMerged(ctx context.Context, job directory.Job) error {
	actor, err := mergedBy(job)
	if err != nil {
		return err
	}
	for more := true; more; {
		_, err := s.gate.Perform(ctx, actor, job.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			p.OpenToAnyone("who merged was asked for the permission then")
			more = false
			rows, err := r.CompanyRows(ctx, job.Account, []directory.CompanyID{directory.CompanyID(job.Subject)})
			if err != nil || len(rows) == 0 || rows[0].Merged == 0 {
				return err
			}
			stays, err := r.CompanyRows(ctx, job.Account, []directory.CompanyID{rows[0].Merged})
			if err != nil || len(stays) == 0 {
				return err
			}
			_, more, err = trail{s.roster, r, p, stays[0], rows[0]}.move(ctx, atOnce)
			return err
		})
		if gate.RefusedWith(err, "account.closed") {
			return s.later(ctx, job)
		}
		if err != nil {
			return fmt.Errorf("move members of merged company %d: %w", job.Subject, err)
		}
	}
	return nil
}

// later puts the same job off.
func (s *Companies) later(ctx context.Context, job directory.Job) error {
	_, err := s.gate.Perform(ctx, gate.SystemActor(), job.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the same work, another day")
		job.Due, job.Tries = p.Now.Add(closedPause), 0
		p.Job(job)
		return nil
	})
	return err
}
