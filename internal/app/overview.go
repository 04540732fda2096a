package app

import (
	"context"
	"time"

	"intendant/internal/app/admission"
	"intendant/internal/app/history"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An Overview is an account's first page (ACC-4): what its people may see of
// it, and for who manages it what waits.
type Overview struct {
	Account        directory.Account
	Counts         store.Counts
	Arrived        int64 // members added this month
	Administrators []roster.ListedMember
	Referent       directory.User           // zero without one
	Deputies       int64                    // of the referent
	Requests       []admission.ShownRequest // the first that wait; for who decides them
	Waiting        int64
	Alone          bool                // a single administrator stays (ACC-6)
	Proposed       roster.ListedMember // who could be the second; zero without anybody likely
	Changes        []history.Shown     // the newest; for who may see history
}

// What the overview shows of longer lists.
const (
	overviewAdministrators = 6
	overviewRequests       = 3
	overviewChanges        = 5
)

// Overview shows an account to its people. Figures and lists that the reader
// may not see stay empty. It refuses with account.not_found whoever does not
// belong there.
func (s *Accounts) Overview(ctx context.Context, actor authz.Actor, account directory.AccountID) (Overview, error) {
	var o Overview
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		var err error
		if o.Account, err = r.Account(ctx, account); err != nil {
			return err
		}
		if o.Account.Referent != 0 {
			if o.Referent, err = r.User(ctx, o.Account.Referent); err != nil {
				return err
			}
		}
		parts, err := r.ReferentsAt(ctx, []directory.UnitID{o.Account.Root})
		if err != nil {
			return err
		}
		for _, f := range parts {
			if f.Part == directory.DeputyPart {
				o.Deputies++
			}
		}
		l := &listing{core: s.core, r: r, rights: rights, account: o.Account}
		if l.roles, err = r.Roles(ctx, account); err != nil {
			return err
		}
		if err := l.administrators(ctx, &o); err != nil {
			return err
		}
		return l.overview(ctx, &o)
	})
	return o, err
}

// administrators are who they are, and who could be the second.
func (l *listing) administrators(ctx context.Context, o *Overview) error {
	keys, err := l.r.AdministratorKeys(ctx, l.account.ID, overviewAdministrators)
	if err != nil {
		return err
	}
	if o.Administrators, err = l.listed(ctx, keys); err != nil {
		return err
	}
	if !l.rights.May(authz.ManageAdministrators, 0) {
		return nil
	}
	active, err := l.r.ActiveAdministrators(ctx, l.account.ID, nil, 2)
	if err != nil {
		return err
	}
	o.Alone = active == 1
	if !o.Alone {
		return nil
	}
	likely, err := l.r.LikelyAdministrator(ctx, l.account.ID)
	if err != nil || likely == 0 {
		return err
	}
	rows, err := l.listed(ctx, []directory.MemberID{likely})
	if len(rows) > 0 {
		o.Proposed = rows[0]
	}
	return err
}

func (l *listing) listed(ctx context.Context, keys []directory.MemberID) ([]roster.ListedMember, error) {
	places := make([]store.MemberPlace, len(keys))
	for i, key := range keys {
		places[i].Key = key
	}
	return l.rows(ctx, places, 1)
}

// overview fills what depends on the reader's rights.
func (l *listing) overview(ctx context.Context, o *Overview) error {
	var err error
	account := l.account.ID
	if l.rights.May(authz.ViewMembers, 0) {
		if o.Counts, err = l.r.Counts(ctx, account); err != nil {
			return err
		}
		arrived := store.MemberList{Account: account, Scope: l.rights.Scope(authz.ViewMembers), Filter: store.MemberFilter{AddedFrom: l.monthBegan()}}
		l.counts = o.Counts
		if o.Arrived, err = l.total(ctx, arrived); err != nil {
			return err
		}
	}
	if l.rights.May(authz.DecideRequests, 0) {
		var requests []directory.JoinRequest
		if requests, o.Waiting, err = l.r.JoinRequestsIn(ctx, account, directory.JoinWaiting, 0, overviewRequests); err != nil {
			return err
		}
		people := make([]directory.UserID, len(requests))
		for i, j := range requests {
			people[i] = j.User
		}
		users, err := l.r.Users(ctx, people)
		if err != nil {
			return err
		}
		for _, j := range requests {
			o.Requests = append(o.Requests, admission.ShownRequest{JoinRequest: j, Person: users[j.User]})
		}
	}
	if l.rights.MayAnywhere(authz.ViewHistory) {
		rows, err := history.Visible(ctx, l.r, l.rights, account, history.Filter{})
		if err != nil {
			return err
		}
		o.Changes, err = history.Newest(ctx, l.r, rows, overviewChanges)
		return err
	}
	return nil
}

// monthBegan is when this month began where the account is.
func (l *listing) monthBegan() time.Time {
	now := l.gate.Instant()
	zone, err := time.LoadLocation(l.account.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	now = now.In(zone)
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone)
}
