package admission

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A LetIn is somebody whose request was approved, with the roles that are required
// and that they lack (ROLE-3).
type LetIn struct {
	directory.User
	Lacks []gate.Lack
}

// letIn plans the place of whoever is let in: a new one, or the one they have.
func (s *JoinRequests) letIn(ctx context.Context, r *store.Reader, ro *roster.Roster, u directory.User, former directory.Member) (gate.Verdict, error) {
	in := gate.Verdict{Outcome: gate.Added, Came: true}
	if former.ID == 0 || !former.Removed.IsZero() {
		in.Member = ro.Add(u, directory.Member{Status: directory.Active}, former)
		return in, nil
	}
	if u.Proved.IsZero() && awaited(former) { // the place was meant for their address
		return in, &directory.Error{Kind: directory.Conflict, Code: "join.unproved", Args: directory.Args{"Name": u.Name()}}
	}
	if err := s.mayLetIn(ctx, r, ro.Plan, ro, former); err != nil {
		return in, err
	}
	after := former
	after.Status, after.Resumes = directory.Active, 0
	ro.Change(audit.MemberReactivated, u, former, after)
	ro.Plan.Change(store.EndInvitations{Members: []directory.MemberID{former.ID}, State: string(directory.InvitationAccepted)})
	in.Outcome, in.Member = gate.Changed, after
	return in, nil
}

// approved ends the request, and tells the person.
func (s *JoinRequests) approved(ctx context.Context, r *store.Reader, ro *roster.Roster, u directory.User, j directory.JoinRequest) error {
	p := ro.Plan
	count, err := r.KeyCount(ctx, j.Number)
	if err != nil {
		return err
	}
	if count.LockedBy == u.ID && !count.Locked.IsZero() {
		p.Change(store.PutKeyCount(count.Cleared()))
		p.Record(p.Entry(audit.KeyUnlocked, u.ID, 0))
	}
	p.Change(store.EndJoinRequest{ID: j.ID, State: directory.JoinApproved, By: p.Actor.User})
	p.Record(p.Entry(audit.JoinApproved, u.ID, int64(j.ID)))
	p.Mail(directory.Mail{Account: p.Account, User: u.ID, Address: u.Email, Kind: directory.MailJoinApproved, Language: roster.LanguageOf(u, ro.Account),
		Path: directory.MailJoinApproved.Path(ro.Account.Number)})
	return nil
}
