package directory_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/directory"
)

// proposals are what the functions in these tests propose.
type proposals struct{}

func (proposals) DefaultLevel(function string) string {
	if function == "manager" {
		return "executive"
	}
	return ""
}

func (proposals) DefaultProducts(function string) []string {
	if function == "" {
		return nil
	}
	return []string{"plans", function}
}

func (proposals) Over(_, set []string) []string { return set }

// placed are what the functions in these tests propose in a project, where everybody
// begins as a member with docs.
type placed struct{}

func (placed) DefaultLevel(function string) string {
	if function == "manager" {
		return "project-administrator"
	}
	return "project-member"
}

func (placed) DefaultProducts(function string) []string {
	if function == "" {
		return []string{"docs/member"}
	}
	return []string{"docs/member", "build/member"}
}

func (placed) Over(products, set []string) []string {
	words := directory.AccessWords(products)
	maps.Copy(words, directory.AccessWords(set))
	return directory.AccessTexts(words)
}

// TestDraftRowInProject: a row of somebody of the account keeps their names, and what
// everybody begins with is not what was chosen.
func TestDraftRowInProject(t *testing.T) { // ADD-4, ADD-7, PROJ-8
	row := directory.DraftRow{Known: 4, First: "Ada", Last: "Byron", Level: "project-member", Products: []string{"docs/member"}}
	row.Edit(directory.DraftEdit{First: "Eve", Function: "manager", Level: "project-member", Products: &[]string{"docs/member"}}, placed{})
	want := directory.DraftRow{Known: 4, First: "Ada", Last: "Byron", Function: "manager", Level: "project-administrator", Products: []string{"docs/member", "build/member"}}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Errorf("edited (-want +got):\n%s", diff)
	}
	level, set := "project-member", []string{"cost/administrator", "build/none"}
	rows := []directory.DraftRow{row, {Level: "project-member", Products: []string{"docs/member"}},
		{Level: "project-member", Products: []string{"docs/member", "cost/member"}, ProductsOwn: true}}
	var losses directory.DraftLosses
	for i := range rows {
		directory.DraftSet{Level: &level, Products: &set}.Apply(&rows[i], &losses, placed{})
	}
	if diff := cmp.Diff(directory.DraftLosses{Levels: 1, Products: 2}, losses); diff != "" {
		t.Errorf("losses (-want +got):\n%s", diff)
	}
	for i, r := range rows {
		if want := []string{"cost/administrator", "docs/member"}; !slices.Equal(r.Products, want) || !r.ProductsOwn {
			t.Errorf("row %d has %v", i, r.Products)
		}
	}
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
			test.row.Edit(test.edit, proposals{})
			if r := test.row; r.Level != test.level || r.Function != test.fn || r.LevelOwn != test.own {
				t.Errorf("level %q, function %q, own %v; want %q, %q, %v", r.Level, r.Function, r.LevelOwn, test.level, test.fn, test.own)
			}
		})
	}
}

func TestDraftRowProducts(t *testing.T) {
	chosen := func(offers ...string) *[]string { return &offers }
	for _, test := range []struct {
		name string
		row  directory.DraftRow
		edit directory.DraftEdit
		want []string
		own  bool
	}{
		{"ADD-4 a role sets the products", directory.DraftRow{}, directory.DraftEdit{Function: "manager", Products: chosen()}, []string{"plans", "manager"}, false},
		{"ADD-4 another role sets others", directory.DraftRow{Function: "manager", Products: []string{"plans", "manager"}},
			directory.DraftEdit{Function: "worker", Products: chosen("manager", "plans")}, []string{"plans", "worker"}, false},
		{"ADD-4 products by hand stand", directory.DraftRow{Products: []string{"fleet"}, ProductsOwn: true},
			directory.DraftEdit{Function: "manager", Products: chosen("fleet")}, []string{"fleet"}, true},
		{"ADD-4 by hand in the same form", directory.DraftRow{}, directory.DraftEdit{Function: "manager", Products: chosen("fleet")}, []string{"fleet"}, true},
		{"ADD-4 none by hand stands", directory.DraftRow{Function: "manager", Products: []string{"plans", "manager"}},
			directory.DraftEdit{Function: "manager", Products: chosen()}, nil, true},
		{"ADD-4 a form without products", directory.DraftRow{Products: []string{"fleet"}, ProductsOwn: true}, directory.DraftEdit{}, []string{"fleet"}, true},
		{"ADD-5 a member is left alone", directory.DraftRow{Member: 7}, directory.DraftEdit{Products: chosen("fleet")}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.row.Edit(test.edit, proposals{})
			if r := test.row; !slices.Equal(r.Products, test.want) || r.ProductsOwn != test.own {
				t.Errorf("products %v, own %v; want %v, %v", r.Products, r.ProductsOwn, test.want, test.own)
			}
		})
	}
}

func TestDraftSetApply(t *testing.T) { // ADD-7
	company, function, products := "Maraval Conseil", "manager", []string{"fleet"}
	rows := []directory.DraftRow{
		{Company: "Maraval Construction", Function: "worker"},
		{Company: "MARAVAL conseil", Function: "manager", Level: "executive", Products: []string{"plans"}},
		{Level: "administrator", LevelOwn: true},
		{Member: 9, Company: "Maraval Location", Function: "worker"},
	}
	var losses directory.DraftLosses
	for i := range rows {
		directory.DraftSet{Company: &company, Function: &function, Products: &products}.Apply(&rows[i], &losses, proposals{})
	}
	if diff := cmp.Diff(directory.DraftLosses{Companies: 1, Functions: 1, Products: 1}, losses); diff != "" {
		t.Errorf("losses differ (-want +got):\n%s", diff)
	}
	want := []directory.DraftRow{
		{Company: company, Function: function, Level: "executive", Products: products, ProductsOwn: true},
		{Company: company, Function: function, Level: "executive", Products: products, ProductsOwn: true},
		{Company: company, Function: function, Level: "administrator", LevelOwn: true, Products: products, ProductsOwn: true},
		{Member: 9, Company: "Maraval Location", Function: "worker"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

// TestDraftRowEditedTwice: a form that is older than the row changes only what was
// changed in it.
func TestDraftRowEditedTwice(t *testing.T) { // ADD-4
	shown := directory.DraftEdit{Company: "Sault", Products: &[]string{"plans"}}
	now := directory.DraftRow{Company: "Sault et fils", Function: "manager", Level: "executive", Products: []string{"plans", "manager"}}
	for _, test := range []struct {
		name string
		said directory.DraftEdit
		want directory.DraftRow
	}{
		{"ADD-4 what it shows is no choice against the role", directory.DraftEdit{Company: "Sault", Products: &[]string{"plans"}}, now},
		{"ADD-4 what is changed in it stands", directory.DraftEdit{Company: "Sault", First: "Ada", Level: "standards", Products: &[]string{"fleet"}},
			directory.DraftRow{First: "Ada", Company: "Sault et fils", Function: "manager", Level: "standards", LevelOwn: true, Products: []string{"fleet"}, ProductsOwn: true}},
		{"ADD-4 what is emptied in it is empty", directory.DraftEdit{Products: &[]string{}},
			directory.DraftRow{Function: "manager", Level: "executive", ProductsOwn: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			row := now
			test.said.Was = &shown
			row.Edit(test.said, proposals{})
			if diff := cmp.Diff(test.want, row); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDraftSetOfARole: a role that is set alone takes along the level and products of
// the role before, and says so; what was chosen by hand stands.
func TestDraftSetOfARole(t *testing.T) { // ADD-4, ADD-7
	function := "worker"
	rows := []directory.DraftRow{
		{Function: "manager", Level: "executive", Products: []string{"plans", "manager"}},
		{Function: "manager", Level: "executive", LevelOwn: true, Products: []string{"fleet"}, ProductsOwn: true},
		{Level: "administrator", LevelOwn: true},
		{},
	}
	var losses directory.DraftLosses
	for i := range rows {
		directory.DraftSet{Function: &function}.Apply(&rows[i], &losses, proposals{})
	}
	if diff := cmp.Diff(directory.DraftLosses{Functions: 2, Levels: 1, Products: 1}, losses); diff != "" {
		t.Errorf("losses (-want +got):\n%s", diff)
	}
	usual := []string{"plans", "worker"}
	want := []directory.DraftRow{
		{Function: function, Products: usual},
		{Function: function, Level: "executive", LevelOwn: true, Products: []string{"fleet"}, ProductsOwn: true},
		{Function: function, Level: "administrator", LevelOwn: true, Products: usual},
		{Function: function, Products: usual},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
