package app

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestActsOfTheVersionBefore: an act that began when a member had one access level at
// most goes on by a program that knows several.
func TestActsOfTheVersionBefore(t *testing.T) { // NODE-5, ADD-8
	for text, want := range map[string]*[]string{
		`{"Company":null,"Level":"executive"}`:        {"executive"},
		`{"Level":""}`:                                {},
		`{"Company":"Maraval","Level":null}`:          nil,
		`{"Levels":["executive","administrator"]}`:    {"executive", "administrator"},
		`{"Company":null,"Functions":[],"Levels":[]}`: {},
	} {
		var kept memberSet
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, kept.edit().Levels); diff != "" {
			t.Errorf("%s sets other levels (-want +got):\n%s", text, diff)
		}
	}
	for text, want := range map[string][]string{
		`{"Row":1,"Email":"a@maraval.example","Level":"executive","Double":3}`:                {"executive"},
		`{"Row":1,"Email":"a@maraval.example","Level":"","Double":3}`:                         nil,
		`{"Row":1,"Email":"a@maraval.example","Levels":["executive","standards"],"Double":3}`: {"executive", "standards"},
	} {
		var kept addedRow
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			t.Fatal(err)
		}
		if row := kept.row(); row.Double != 3 || row.Email != "a@maraval.example" || cmp.Diff(want, row.Levels) != "" {
			t.Errorf("%s is the row %+v", text, row)
		}
	}
}
