package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/authz"
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
		})
	}
}
