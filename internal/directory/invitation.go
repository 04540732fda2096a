package directory

import "time"

// InvitationState is what a mailed invitation is worth.
type InvitationState string

// An invitation is open, was accepted, was withdrawn (INV-9), or was replaced by
// a newer one (INV-3). An open one has expired after its last day. Unknown is
// the state of a link that nobody sent.
const (
	InvitationOpen      InvitationState = "open"
	InvitationAccepted  InvitationState = "accepted"
	InvitationWithdrawn InvitationState = "withdrawn"
	InvitationReplaced  InvitationState = "replaced"
	InvitationExpired   InvitationState = "expired"
	InvitationUnknown   InvitationState = "unknown"
)

// An Invitation asks a member in by mail.
type Invitation struct {
	ID      InvitationID
	Account AccountID
	Member  MemberID
	User    UserID
	State   InvitationState
	By      UserID // who invited; 0 for the vendor's operator
	Created time.Time
	Expires time.Time
}

// Stands is what the invitation is worth now to the member it was sent to.
// Whoever has set up their own sign-in never meets an expired one: signing in
// proves who they are, and the account still waits for them (INV-2). One whose
// member was removed or switched off meanwhile counts as withdrawn.
func (v Invitation) Stands(u User, m Member, now time.Time) InvitationState {
	switch {
	case v.State != InvitationOpen:
		return v.State
	case !m.Removed.IsZero(), m.Status == Inactive, !m.Ends.IsZero() && !now.Before(m.Ends):
		return InvitationWithdrawn
	case u.Password != PasswordOwn && !now.Before(v.Expires):
		return InvitationExpired
	}
	return InvitationOpen
}

// Acceptable refuses with "invitation." and the state whatever is not open.
func (s InvitationState) Acceptable() *Error {
	if s == InvitationOpen {
		return nil
	}
	return Refuse(Conflict, "invitation."+string(s))
}
