package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/directory"
)

// levelOf is the default level of the functions in these tests.
func levelOf(function string) string {
	if function == "manager" {
		return "executive"
	}
	return ""
}

func TestDraftRowEdit(t *testing.T) {
	for _, test := range []struct {
		name      string
		row       directory.DraftRow
		edit      directory.DraftEdit
		level, fn string
		own       bool
	}{
		{"ADD-4 a role sets the level", directory.DraftRow{}, directory.DraftEdit{Function: "manager"}, "executive", "manager", false},
		{"ADD-4 another role takes it back", directory.DraftRow{Function: "manager", Level: "executive"},
			directory.DraftEdit{Function: "worker", Level: "executive"}, "", "worker", false},
		{"ADD-4 a level by hand stands", directory.DraftRow{Level: "administrator", LevelOwn: true},
			directory.DraftEdit{Function: "manager", Level: "administrator"}, "administrator", "manager", true},
		{"ADD-4 by hand in the same form", directory.DraftRow{}, directory.DraftEdit{Function: "manager", Level: "standards"}, "standards", "manager", true},
		{"ADD-4 none by hand stands", directory.DraftRow{Function: "manager", Level: "executive"},
			directory.DraftEdit{Function: "manager"}, "", "manager", true},
		{"ADD-5 a member is left alone", directory.DraftRow{Member: 7}, directory.DraftEdit{Function: "manager"}, "", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.row.Edit(test.edit, levelOf)
			if r := test.row; r.Level != test.level || r.Function != test.fn || r.LevelOwn != test.own {
				t.Errorf("level %q, function %q, own %v; want %q, %q, %v", r.Level, r.Function, r.LevelOwn, test.level, test.fn, test.own)
			}
		})
	}
}

func TestDraftSetApply(t *testing.T) { // ADD-7
	company, function := "Maraval Conseil", "manager"
	rows := []directory.DraftRow{
		{Company: "Maraval Construction", Function: "worker"},
		{Company: "MARAVAL conseil", Function: "manager", Level: "executive"},
		{Level: "administrator", LevelOwn: true},
		{Member: 9, Company: "Maraval Location", Function: "worker"},
	}
	var losses directory.DraftLosses
	for i := range rows {
		directory.DraftSet{Company: &company, Function: &function}.Apply(&rows[i], &losses, levelOf)
	}
	if diff := cmp.Diff(directory.DraftLosses{Companies: 1, Functions: 1}, losses); diff != "" {
		t.Errorf("losses differ (-want +got):\n%s", diff)
	}
	want := []directory.DraftRow{
		{Company: company, Function: function, Level: "executive"},
		{Company: company, Function: function, Level: "executive"},
		{Company: company, Function: function, Level: "administrator", LevelOwn: true},
		{Member: 9, Company: "Maraval Location", Function: "worker"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}
