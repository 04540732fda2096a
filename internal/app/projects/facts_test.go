package projects_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// field is the field at which something was refused, with its code.
func (f firm) field(err error) string {
	f.t.Helper()
	code := f.Code(err)
	var refusal *directory.Error
	if errors.As(err, &refusal) {
		return refusal.Field + " " + code
	}
	return code
}

// TestFacts: a project keeps what is written down of it, and refuses at the field what
// cannot be.
func TestFacts(t *testing.T) { // PROJ-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		day := func(d int) *directory.Day { return &directory.Day{Year: 2026, Month: time.March, Day: d} }
		kind, err := f.Library.CreateType(f.Context(), f.admin, f.account.ID, "École")
		f.Must(err)
		full := app.ProjectChange{Name: text("Collège des Sablons"), Number: text("AB 12"), Type: &kind.UUID, Address: text("3, rue du Port\n44000 Nantes"),
			TimeZone: text("Indian/Reunion"), Starts: day(2), Ends: day(2), Products: &[]string{"plans", "site"}}
		made, _, err := f.Projects.Create(f.Context(), f.admin, f.account.ID, app.NewProject{Change: full})
		f.Must(err)
		p := f.shown(made.UUID)
		if p.Name != *full.Name || p.Number != *full.Number || p.Project.Type != kind.ID || p.Address != *full.Address || p.TimeZone != *full.TimeZone ||
			p.Starts != *full.Starts || p.Ends != *full.Ends || !slices.Equal(p.Project.Products, *full.Products) || !p.Live {
			t.Errorf("PROJ-1 the project is %+v", p.Project)
		}
		f.Must(f.edit(f.admin, made.UUID, app.ProjectChange{Number: text("ab12"), Starts: &directory.Day{}}))
		for _, test := range []struct {
			change app.ProjectChange
			want   string
		}{
			{app.ProjectChange{Starts: day(3)}, "ends project.ends_before"},
			{app.ProjectChange{Starts: day(2), Ends: day(1)}, "ends project.ends_before"},
			{app.ProjectChange{Name: text(" ")}, "name field.required"},
			{app.ProjectChange{TimeZone: text("Europe/Nantes")}, "time_zone field.unknown_choice"},
			{app.ProjectChange{TimeZone: text("")}, "time_zone field.required"},
			{app.ProjectChange{Type: text("nonsense")}, "type field.unknown_choice"},
			{app.ProjectChange{Products: &[]string{"site"}}, "products project.base_product"},
			{app.ProjectChange{Products: &[]string{}}, "products project.base_product"},
			{app.ProjectChange{Products: &[]string{"plans", "fleet"}}, "products field.unknown_choice"},
		} {
			if got := f.field(f.edit(f.admin, made.UUID, test.change)); got != test.want {
				t.Errorf("PROJ-1 %+v: %q, want %q", test.change, got, test.want)
			}
		}
		if after := f.shown(made.UUID); after.Revision != p.Revision+1 || after.Ends != p.Ends || after.Number != "ab12" {
			t.Errorf("PROJ-1 what was refused changed the project: %+v", after.Project)
		}
	})
}

// TestNumberUnique: no two projects of an account bear a number that differs in case
// and blanks alone, nor when one is archived; of a project out of sight no name is told.
func TestNumberUnique(t *testing.T) { // PROJ-1, PROJ-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		first, second := f.create(f.admin, "Collège des Sablons"), f.create(f.admin, "Gare du Nord")
		chief, _ := f.leader(second, "fatou.diarra@maraval.example")
		f.Must(f.edit(f.admin, first, app.ProjectChange{Number: text("AB 12")}))
		for _, number := range []string{"AB 12", "ab12", " a b 1 2 "} {
			err := f.edit(f.admin, second, app.ProjectChange{Number: &number})
			if got := f.field(err); got != "number project.number_taken" {
				t.Errorf("PROJ-1 %q: %q", number, got)
			}
			err = f.edit(chief, second, app.ProjectChange{Number: &number})
			var refusal *directory.Error
			if got := f.field(err); got != "number project.number_used" || !errors.As(err, &refusal) || len(refusal.Args) > 0 {
				t.Errorf("PROJ-11 %q: %q, with %v", number, got, refusal)
			}
		}
		f.Must(f.Projects.Archive(f.Context(), f.admin, f.at(first), f.shown(first).Revision))
		if got := f.field(f.edit(f.admin, second, app.ProjectChange{Number: text("AB12")})); got != "number project.number_taken" {
			t.Errorf("PROJ-1 the number of an archived project: %q", got)
		}
		other := firmOf(t, w, "204 818", "paul.boss@kestner.example")
		project := other.create(other.admin, "Collège des Sablons")
		f.Must(other.edit(other.admin, project, app.ProjectChange{Number: text("AB 12")}))
	})
}

// TestSettingsOfProjects: what the account switches off is refused to administrators of
// projects, in all that does it, and to nobody who manages the account's members.
func TestSettingsOfProjects(t *testing.T) { // ACC-8, PROJ-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		chief, self := f.leader(project, "fatou.diarra@maraval.example")
		f.hire("camille.aubrac@maraval.example", "Kestner Bau")
		settings, err := f.Accounts.Settings(f.Context(), f.admin, f.account.ID)
		f.Must(err)
		asks := func(name string) []string {
			create := func(by string) error {
				_, _, err := f.Projects.Create(f.Context(), chief, f.account.ID, app.NewProject{Change: app.ProjectChange{Name: text(by + name)}})
				return err
			}
			company := "Sault " + name
			return []string{f.Code(create("Chantier ")),
				f.field(apptest.ErrOf(f.try(chief, project, app.PlaceOptions{Preview: true}, row{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example", Company: company}}))),
				f.field(f.change(chief, project, self, app.PlaceChange{Company: &company})),
				f.field(apptest.ErrOf(f.try(chief, project, app.PlaceOptions{}, mail("new"+name+"@kestner.example")))),
				f.field(apptest.ErrOf(f.Projects.AddQuick(f.Context(), chief, f.at(project), "quick"+name+"@kestner.example", row{}))),
				f.Code(f.change(chief, project, self, app.PlaceChange{Company: text("Kestner Bau")})),
			}
		}
		want := []string{"project.creation_off", "company project.companies_off", "company project.companies_off", "email project.people_off", "email project.people_off", ""}
		open := make([]string, len(want))
		if got := asks("a"); !slices.Equal(got, open) {
			t.Errorf("ACC-8 all on: %q", got)
		}
		settings.CreateProjects, settings.CreateCompanies, settings.AddPeople = false, false, false
		f.Must(f.Accounts.ChangeSettings(f.Context(), f.admin, f.account.ID, settings.AccountSettings))
		if got := asks("b"); !slices.Equal(got, want) {
			t.Errorf("ACC-8 all off: %q, want %q", got, want)
		}
		if found, err := f.Projects.Choices(f.Context(), chief, f.at(project)); err != nil || found.Beyond.Makes || found.Beyond.People {
			t.Errorf("ACC-8 the form offers %+v: %v", found.Beyond, err)
		}
		division, err := w.Units.Add(w.Context(), f.admin, f.account.ID, app.NewUnit{Level: "division", Name: "Ouest"})
		w.Must(err)
		_, err = w.Grants.Give(w.Context(), f.admin, f.account.ID, app.Giving{Who: app.Of(self.UUID), Role: "manager", Units: []string{division.UUID}})
		w.Must(err)
		if got := f.field(apptest.ErrOf(f.try(chief, project, app.PlaceOptions{}, mail("division@kestner.example")))); got != "email project.people_off" {
			t.Errorf("ACC-8 who manages a division brings somebody to the root: %q", got)
		}
		f.add(f.admin, project, row{NewMember: app.NewMember{Email: "admin.b@kestner.example", Company: "Sault et fils"}})
		f.create(f.admin, "Chantier de l’administratrice")
		f.add(chief, project, mail("camille.aubrac@maraval.example"))
	})
}

// TestLongTexts: what is too long or no text is refused at its field, and said short.
func TestLongTexts(t *testing.T) { // DOOR-6, PROJ-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		_, m := f.hire("camille.aubrac@maraval.example", "")
		f.add(f.admin, project, mail("camille.aubrac@maraval.example"))
		f.hire("zoe.lambert@maraval.example", "")
		long := strings.Repeat("a", 70_000)
		for _, bad := range []string{long, "a\x00b", "a\xff"} {
			f.badFacts(project, bad)
			f.badPlaces(project, m, bad)
		}
		f.atField("email", apptest.ErrOf(f.try(f.admin, project, app.PlaceOptions{}, mail(long))))
		for field, q := range map[string]app.ProjectMemberQuery{"company": {Companies: []string{long}}, "function": {Functions: []string{long}}, "level": {Levels: []string{long}},
			"product": {Product: long}, "sort": {Sort: long}} {
			_, err := f.Projects.Members(f.Context(), f.admin, f.at(project), q)
			f.atField(field, err)
		}
		_, err := f.Projects.Members(f.Context(), f.admin, f.at(project), app.ProjectMemberQuery{After: long})
		f.refused("LIST-6", err, "list.bad_cursor")
		if page := f.members(project, app.ProjectMemberQuery{Search: long}); page.Found != 0 {
			t.Errorf("LIST-4 %d found by 70,000 letters", page.Found)
		}
		if page := f.members(project, app.ProjectMemberQuery{}); page.Found != 1 {
			t.Errorf("DOOR-6 %d are there", page.Found)
		}
	})
}

// badFacts says something that is no text of each fact of a project.
func (f firm) badFacts(project, bad string) {
	f.t.Helper()
	for field, change := range map[string]app.ProjectChange{"name": {Name: &bad}, "number": {Number: &bad}, "address": {Address: &bad}, "time_zone": {TimeZone: &bad},
		"type": {Type: &bad}, "external": {External: &bad}, "products": {Products: &[]string{"plans", bad}}} {
		f.atField(field, f.edit(f.admin, project, change))
		if change.Name == nil {
			change.Name = text("Gare du Nord")
		}
		_, _, err := f.Projects.Create(f.Context(), f.admin, f.account.ID, app.NewProject{Change: change})
		f.atField(field, err)
	}
}

// badPlaces says something that is no text of a place that is changed, and of one to
// be made.
func (f firm) badPlaces(project string, m directory.Member, bad string) {
	f.t.Helper()
	for field, c := range map[string]app.PlaceChange{"company": {Company: &bad}, "function": {Functions: &[]string{bad}}, "access_level": {Level: &bad},
		"access": {Access: map[string]string{bad: "member"}}, "tools": {Tools: map[string]map[string]string{"plans": {bad: bad}}}} {
		f.atField(field, f.change(f.admin, project, m, c))
	}
	zoe := app.NewMember{Email: "zoe.lambert@maraval.example"}
	employed, working := zoe, zoe
	employed.Company, working.Functions = bad, []string{bad}
	for field, n := range map[string]row{"company": {NewMember: employed}, "function": {NewMember: working}, "access_level": {NewMember: zoe, Level: bad},
		"access": {NewMember: zoe, Access: map[string]string{"site": bad}}} {
		f.atField(field, apptest.ErrOf(f.try(f.admin, project, app.PlaceOptions{}, n)))
	}
}

// atField fails the test unless something was refused at that field in few words.
func (f firm) atField(field string, err error) {
	f.t.Helper()
	f.Code(err)
	var refusal *directory.Error
	if !errors.As(err, &refusal) || refusal.Field != field {
		f.t.Errorf("DOOR-6 refused %v, want the field %s", directory.Short(f.Code(err), 200), field)
		return
	}
	for name, arg := range refusal.Args {
		if said, is := arg.(string); is && len(said) > 1000 {
			f.t.Errorf("DOOR-6 %s: %s is said back in %d letters", field, name, len(said))
		}
	}
}
