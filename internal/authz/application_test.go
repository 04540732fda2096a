package authz_test

import (
	"testing"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

func TestApplicationRights(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		rights []directory.ApplicationRight
		may    []authz.Permission
		duties []authz.Duty
	}{
		{"APP-1 ask", []directory.ApplicationRight{directory.MayAsk}, []authz.Permission{authz.CheckAccess}, nil},
		{"APP-1 directory", []directory.ApplicationRight{directory.MayReadDirectory}, []authz.Permission{authz.ViewAccount, authz.ViewMembers}, nil},
		{"APP-1 customers", []directory.ApplicationRight{directory.MayManageCustomers}, nil,
			[]authz.Duty{authz.ViewAccounts, authz.CreateAccounts, authz.ChangeAccounts}},
		{"APP-1 keys", []directory.ApplicationRight{directory.MayHandleKeys}, nil, []authz.Duty{authz.ViewAccounts, authz.HandleKeys}},
		{"APP-1 subscriptions", []directory.ApplicationRight{directory.MayManageSubscriptions}, nil, []authz.Duty{authz.ViewAccounts, authz.ManageSubscriptions}},
		{"APP-1 signing in and events", []directory.ApplicationRight{directory.MaySignPeopleIn, directory.MayReceiveEvents}, nil, nil},
		{"APP-1 nothing", nil, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			actor := authz.Actor{Kind: authz.Application, User: 7, Registered: test.rights, Portfolio: directory.Only(1, 2)}
			for _, state := range []directory.AccountState{directory.AccountOpen, directory.AccountSuspended} {
				rights := authz.Decide(actor, nil, authz.Standing{Account: 1, State: state}, time.Now())
				for _, p := range authz.Permissions() {
					want := false
					for _, q := range test.may {
						want = want || p == q
					}
					if got := rights.May(p, 0); got != want || rights.MayAnywhere(p) != want || rights.Scope(p).All() != want {
						t.Errorf("%s: may %s: %t, want %t", state, p, got, want)
					}
				}
				if rights.Member() != (len(test.rights) > 0) {
					t.Errorf("knows of the account: %t", rights.Member())
				}
			}
			for _, d := range allDuties() {
				want := false
				for _, e := range test.duties {
					want = want || d == e
				}
				if got := actor.MayDuty(d); got != want {
					t.Errorf("duty %s: %t, want %t", d, got, want)
				}
			}
			outside := authz.Decide(actor, nil, authz.Standing{Account: 3}, time.Now())
			if outside.Member() || outside.May(authz.CheckAccess, 0) || outside.May(authz.ViewMembers, 0) || actor.Sees(3) {
				t.Error("it holds something in an account that it does not see")
			}
		})
	}
}

func allDuties() []authz.Duty {
	return []authz.Duty{authz.ViewAccounts, authz.CreateAccounts, authz.ChangeAccounts, authz.HandleKeys, authz.EnterAccounts, authz.WatchMail,
		authz.ApplyCatalogue, authz.ReadAllHistory, authz.SwitchUsersOff, authz.NameStaff, authz.ErasePeople, authz.ImportCustomers, authz.ManageApplications}
}
