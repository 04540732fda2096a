package directory

import (
	"testing"
	"time"
)

func TestMayTakeOver(t *testing.T) { // USER-1
	here, elsewhere := Member{ID: MemberID(NewKey(7, 3))}, Member{ID: MemberID(NewKey(8, 3))}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name     string
		user     User
		members  []Member
		verified bool
		want     bool
	}{
		{"USER-1 no password, this account only", User{Password: PasswordNone}, []Member{here}, false, true},
		{"USER-1 provisional password, this account only", User{Password: PasswordProvisional}, []Member{here}, false, true},
		{"USER-1 own password", User{Password: PasswordOwn}, []Member{here}, false, false},
		{"USER-1 own password, verified domain", User{Password: PasswordOwn}, []Member{here}, true, true},
		{"USER-1 no password, another account", User{Password: PasswordNone}, []Member{here, elsewhere}, false, false},
		{"USER-1 provisional password, another account", User{Password: PasswordProvisional}, []Member{here, elsewhere}, false, false},
		{"USER-1 own password, another account, verified domain", User{Password: PasswordOwn}, []Member{here, elsewhere}, true, false},
		{"USER-1 no password, another account, verified domain", User{Password: PasswordNone}, []Member{here, elsewhere}, true, false},
		{"USER-1 the vendor's staff", User{Password: PasswordOwn, Staff: "support"}, []Member{here}, true, false},
		{"USER-7 somebody erased", User{Password: PasswordNone, Erased: noon}, []Member{here}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := MayTakeOver(test.user, test.members, 7, test.verified); got != test.want {
				t.Errorf("MayTakeOver = %v, want %v", got, test.want)
			}
		})
	}
}

func TestProvisionalDead(t *testing.T) { // SIGN-1
	set := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	open := InvitationSpan{Open: true, Expires: set.Add(7 * day)}
	withdrawn := InvitationSpan{Expires: set.Add(7 * day), Ended: set.Add(day)}
	before := InvitationSpan{Expires: set.Add(-day), Ended: set.Add(-2 * day)}
	for _, test := range []struct {
		name        string
		invitations []InvitationSpan
		after       time.Duration
		want        bool
	}{
		{"SIGN-1 its invitation is open", []InvitationSpan{open}, 2 * day, false},
		{"SIGN-1 its invitation has expired", []InvitationSpan{open}, 7 * day, true},
		{"SIGN-1 its invitation was withdrawn", []InvitationSpan{withdrawn}, 2 * day, true},
		{"SIGN-1 withdrawn and invited anew", []InvitationSpan{withdrawn, open}, 2 * day, false},
		{"SIGN-1 no invitation, in time", []InvitationSpan{before}, 4 * day, false},
		{"SIGN-1 no invitation, too late", nil, 5 * day, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := User{Password: PasswordProvisional, PasswordSet: set}
			if got := u.ProvisionalDead(test.invitations, 5, set.Add(test.after)); got != test.want {
				t.Errorf("ProvisionalDead = %v, want %v", got, test.want)
			}
		})
	}
}
