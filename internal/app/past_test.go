package app_test

import (
	"context"
	"testing"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

func TestPastDaysAreKept(t *testing.T) { // HIST-5
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := newRaw(t, kind)
			operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
			account, err := a.Accounts.Create(t.Context(), operator, app.NewAccount{Number: "204817", Name: "Groupe Maraval",
				Type: "company-network", ServiceLevel: "contract", Language: "fr"})
			if err != nil {
				t.Fatal(err)
			}
			verdicts, err := a.Members.Add(t.Context(), operator, account.ID, []app.NewMember{{Row: 1, Email: "zoe@maraval.example",
				Functions: []string{"engineer"}}}, app.AddOptions{Silent: true})
			if err != nil || verdicts.FirstRefusal() != nil {
				t.Fatal(err, verdicts.FirstRefusal())
			}
			functions := []string{"architect"}
			verdicts, err = a.Members.EditMembers(t.Context(), operator, account.ID, app.Selection{All: &app.MemberQuery{}, Count: 1},
				app.MemberChange{Functions: &functions})
			if err != nil || verdicts.Count(app.Changed) != 1 {
				t.Fatal(err, verdicts)
			}
			var ended, open int
			err = a.sql.QueryRowContext(t.Context(), `SELECT count(valid_to), count(*) - count(valid_to) FROM member_role
				WHERE valid_to IS NULL OR valid_to >= valid_from`).Scan(&ended, &open)
			if err != nil || ended != 1 || open != 1 {
				t.Errorf("functions that ended %d, that hold %d (%v), want one each", ended, open, err)
			}
			root, err := a.Grants.Of(t.Context(), operator, account.ID, "", app.GrantView{})
			if err != nil || len(root.Units) == 0 || len(root.Units[0].Offered) == 0 {
				t.Fatal(err, root)
			}
			giving := app.Giving{Who: app.Selection{All: &app.MemberQuery{}, Count: 1}, Role: root.Units[0].Offered[0].Role.Code,
				Units: []string{root.Units[0].Unit.UUID}}
			for _, act := range []func(context.Context, authz.Actor, directory.AccountID, app.Giving) ([]app.GrantVerdict, error){
				a.Grants.Give, a.Grants.End, a.Grants.Give} {
				if done, err := act(t.Context(), operator, account.ID, giving); err != nil || len(done) != 1 || done[0].Refusal != nil {
					t.Fatal(done, err)
				}
			}
			err = a.sql.QueryRowContext(t.Context(), `SELECT count(valid_to), count(*) - count(valid_to) FROM "grant"
				WHERE valid_to IS NULL OR valid_to >= valid_from`).Scan(&ended, &open)
			if err != nil || ended != 1 || open != 1 {
				t.Errorf("grants that ended %d, that hold %d (%v), want one each", ended, open, err)
			}
		})
	}
}
