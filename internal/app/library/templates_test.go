package library_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/app/library"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// content is a template as a new project begins with it.
func (h house) content(id string) library.Template {
	h.T.Helper()
	var t library.Template
	h.Must(h.DB.View(h.Context(), func(r *store.Reader) (err error) {
		t, err = library.Content(h.Context(), r, h.account.ID, id)
		return err
	}))
	return t
}

// people are those a template shows: "name, level, functions, company", with what is
// left out in brackets.
func (h house) people(id string) []string {
	h.T.Helper()
	shown, err := h.Library.Template(h.Context(), h.standards, h.account.ID, id)
	h.Must(err)
	lines := []string{}
	for _, p := range shown.People {
		line := fmt.Sprint(p.Name, ", ", p.Level.Code, ", ", len(p.Functions), ", ", p.Company)
		if p.LeftOut {
			line = "(" + line + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

// A site is a project of the house with three members and two companies.
type site struct {
	house
	project         directory.Project
	kind            directory.ProjectType
	karim, zoe, lea directory.Member
	level, function directory.Role
	company, double directory.Company
}

func newSite(w *apptest.World) site {
	s := site{house: newHouse(w)}
	ctx, id := w.Context(), s.account.ID
	_, s.karim = w.Member(s.account, "karim@maraval.example")
	_, s.zoe = w.Member(s.account, "zoe@maraval.example")
	_, s.lea = w.Member(s.account, "lea@maraval.example")
	s.level, s.function = w.Role(s.account, directory.Level, "project-member"), w.Role(s.account, directory.Function, "architect")
	var err error
	s.company, err = w.Companies.Create(ctx, s.admin, id, "Maraval")
	w.Must(err)
	s.double, err = w.Companies.Create(ctx, s.admin, id, "Maraval SA")
	w.Must(err)
	s.kind, err = w.Library.CreateType(ctx, s.admin, id, "Logement neuf")
	w.Must(err)
	access := directory.Access{"plans": {Administrator: true}, "site": {Tools: map[string]string{"issues": "edit"}}}
	s.project = w.Project(s.account, directory.Project{Unit: directory.Unit{Name: "Îlot des Tanneurs"}, ProjectFacts: directory.ProjectFacts{Number: "24-117", Type: s.kind.ID},
		Products: []string{"plans", "site"}},
		directory.Place{Member: s.karim.ID, Company: s.company.ID, Level: s.level.ID, Functions: []directory.RoleID{s.function.ID}, Access: access},
		directory.Place{Member: s.zoe.ID, Company: s.double.ID, Level: s.level.ID},
		directory.Place{Member: s.lea.ID})
	return s
}

// save makes a template of the project.
func (s site) save(name string, members bool) directory.Template {
	s.T.Helper()
	made, err := s.Library.SaveTemplate(s.Context(), s.admin, s.account.ID, app.ProjectSaving{Project: s.project.UUID, Name: name, Members: members})
	s.Must(err)
	return made
}

func TestSaveTemplate(t *testing.T) { // PROJ-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		bare, full := s.save("Sans personne", false), s.save("Logement type", true)
		if got := s.content(bare.UUID); len(got.Places) != 0 || got.Type != s.kind.ID || !slices.Equal(got.Products, []string{"plans", "site"}) {
			t.Errorf("without members: %+v", got)
		}
		got := s.content(full.UUID)
		want := []directory.Place{
			{Member: s.karim.ID, Company: s.company.ID, Level: s.level.ID, Functions: []directory.RoleID{s.function.ID},
				Access: directory.Access{"plans": {Administrator: true}, "site": {Tools: map[string]string{"issues": "edit"}}}},
			{Member: s.zoe.ID, Company: s.double.ID, Level: s.level.ID},
			{Member: s.lea.ID},
		}
		if diff := cmp.Diff(want, got.Places, cmp.Transformer("empty", func(p directory.Place) directory.Place {
			if len(p.Functions) == 0 {
				p.Functions = nil
			}
			if len(p.Access) == 0 {
				p.Access = nil
			}
			return p
		})); diff != "" {
			t.Errorf("places: %s", diff)
		}
		list, err := w.Library.Templates(w.Context(), s.standards, s.account.ID)
		w.Must(err)
		if len(list) != 2 || list[0].Name != "Logement type" || list[0].Members != 3 || list[0].Of.Name != "Logement neuf" || list[1].Members != 0 {
			t.Errorf("%+v", list)
		}
		if diff := cmp.Diff([]audit.Kind{audit.TemplateCreated, audit.TemplateCreated}, s.kinds("template")); diff != "" {
			t.Errorf("HIST-1 %s", diff)
		}
	})
}

// TestTemplateLeavesOut: whoever cannot be put into a project is not in what one
// begins with; a merged company is the one it went into, and archived roles and types
// are no more given.
func TestTemplateLeavesOut(t *testing.T) { // PROJ-9, COMP-4, ROLE-8, SIGN-2, USER-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		ctx, id := w.Context(), s.account.ID
		template := s.save("Logement type", true)
		members := func() (ids []directory.MemberID) {
			for _, p := range s.content(template.UUID).Places {
				ids = append(ids, p.Member)
			}
			return ids
		}
		if diff := cmp.Diff([]directory.MemberID{s.karim.ID, s.zoe.ID, s.lea.ID}, members()); diff != "" {
			t.Error(diff)
		}
		w.Must(apptest.ErrOf(w.Members.Deactivate(ctx, s.admin, id, app.Of(s.lea.UUID))))
		w.Must(apptest.ErrOf(w.Members.Remove(ctx, s.admin, id, app.Of(s.karim.UUID))))
		if diff := cmp.Diff([]directory.MemberID{s.zoe.ID}, members()); diff != "" {
			t.Errorf("one left, one switched off: %s", diff)
		}
		shown := s.people(template.UUID)
		if diff := cmp.Diff([]string{"(lea, , 0, )", "zoe, project-member, 0, Maraval SA"}, shown); diff != "" {
			t.Errorf("shown: %s", diff)
		}
		list, err := w.Library.Templates(ctx, s.standards, id)
		w.Must(err)
		if list[0].Members != 1 {
			t.Errorf("%d members, want 1", list[0].Members)
		}
		_, err = w.Companies.Merge(ctx, s.admin, id, app.CompanyMerging{Into: app.CompanyPick{ID: s.company.UUID, Version: 1}, Doubles: []app.CompanyPick{{ID: s.double.UUID, Version: 1}}})
		w.Must(err)
		w.Must(lost(w.Library.ArchiveType(ctx, s.standards, id, s.kind.UUID)))
		w.Must(w.Roles.Archive(ctx, s.admin, id, s.level.UUID))
		got := s.content(template.UUID)
		if got.Places[0].Company != s.company.ID || got.Places[0].Level != 0 || got.Type != 0 {
			t.Errorf("%+v of type %d", got.Places[0], got.Type)
		}
		w.Must(apptest.ErrOf(w.Members.Reactivate(ctx, s.admin, id, app.Of(s.lea.UUID))))
		if diff := cmp.Diff([]directory.MemberID{s.zoe.ID, s.lea.ID}, members()); diff != "" {
			t.Errorf("one came back: %s", diff)
		}
		w.Must(w.Users.SwitchOff(ctx, w.Operator(), s.zoe.User))
		if diff := cmp.Diff([]directory.MemberID{s.lea.ID}, members()); diff != "" {
			t.Errorf("one switched off everywhere: %s", diff)
		}
		if list, err = w.Library.Templates(ctx, s.standards, id); err != nil || list[0].Members != 1 {
			t.Errorf("%d members, want 1: %v", list[0].Members, err)
		}
	})
}

func TestEditTemplate(t *testing.T) { // PROJ-9, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		ctx, id := w.Context(), s.account.ID
		old, err := w.Library.CreateType(ctx, s.admin, id, "Ancien")
		w.Must(err)
		w.Must(lost(w.Library.ArchiveType(ctx, s.admin, id, old.UUID)))
		made, err := w.Library.CreateTemplate(ctx, s.standards, id, app.NewProjectTemplate{Name: "Pont", Type: s.kind.UUID, Products: []string{"budget"}})
		w.Must(err)
		if !slices.Equal(made.Products, []string{"plans", "budget"}) { // PROJ-5
			t.Errorf("products %v: the base product is missing", made.Products)
		}
		name, none, archived, products, moon := "Ouvrage d’art", "", old.UUID, []string{"site"}, []string{"moon"}
		edit := func(c app.TemplateChange) error {
			return lost(w.Library.EditTemplate(ctx, s.standards, id, made.UUID, c))
		}
		s.refused("a type that is archived", edit(app.TemplateChange{Version: 1, Type: &archived}), "project_type.archived", "type")
		s.refused("a product there is not", edit(app.TemplateChange{Version: 1, Products: &moon}), "field.unknown_choice", "products")
		w.Must(edit(app.TemplateChange{Version: 1, Name: &name}))
		s.refused("a version that is over", edit(app.TemplateChange{Version: 1, Name: &none}), "stale", "")
		s.refused("no name", edit(app.TemplateChange{Version: 2, Name: &none}), "field.required", "name")
		w.Must(edit(app.TemplateChange{Version: 2, Type: &none, Products: &products}))
		w.Must(edit(app.TemplateChange{Version: 3, Products: &products})) // no change
		w.Must(lost(w.Library.ArchiveTemplate(ctx, s.standards, id, made.UUID)))
		w.Must(w.DB.View(ctx, func(r *store.Reader) error {
			s.refused("begun with one that is archived", lost(library.Content(ctx, r, id, made.UUID)), "template.archived", "template")
			return nil
		}))
		s.refused("the name of one that can come back", lost(w.Library.CreateTemplate(ctx, s.admin, id, app.NewProjectTemplate{Name: "ouvrage d’art"})),
			"template.name_archived", "name")
		w.Must(lost(w.Library.RestoreTemplate(ctx, s.standards, id, made.UUID)))
		got := s.content(made.UUID)
		if got.Name != name || got.Type != 0 || !slices.Equal(got.Products, []string{"plans", "site"}) || got.Version != 5 {
			t.Errorf("%+v", got)
		}
		want := []audit.Kind{audit.TemplateCreated, audit.TemplateRenamed, audit.TemplateChanged, audit.TemplateArchived, audit.TemplateRestored}
		if diff := cmp.Diff(want, s.kinds("template")); diff != "" {
			t.Errorf("HIST-1 %s", diff)
		}
	})
}

func TestRemoveMember(t *testing.T) { // PROJ-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		template := s.save("Logement type", true)
		w.Must(w.Library.RemoveMember(w.Context(), s.standards, s.account.ID, template.UUID, s.karim.UUID))
		s.refused("again", w.Library.RemoveMember(w.Context(), s.standards, s.account.ID, template.UUID, s.karim.UUID), "template.member_not_found", "")
		s.refused("nobody", w.Library.RemoveMember(w.Context(), s.standards, s.account.ID, template.UUID, "nobody"), "template.member_not_found", "")
		if got := s.content(template.UUID); len(got.Places) != 2 {
			t.Errorf("%+v", got.Places)
		}
		in, err := w.Library.Source(w.Context(), s.admin, s.account.ID, s.project.UUID)
		w.Must(err)
		if in.Members != 3 {
			t.Errorf("the project has %d members", in.Members)
		}
	})
}

// TestTemplateOfTooMany: a project that no new one could begin like is saved without
// its members only.
func TestTemplateOfTooMany(t *testing.T) { // PROJ-9
	w := apptest.New(t, "sqlite")
	h := newHouse(w)
	w.Crowd(h.account, directory.TemplatePlacesMost+1)
	var places []directory.Place
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		keys := make([]directory.MemberID, 3*directory.TemplatePlacesMost)
		for i := range keys {
			keys[i] = directory.MemberID(directory.NewKey(h.account.ID, int64(i)))
		}
		members, err := r.Members(w.Context(), h.account.ID, keys)
		for _, m := range members {
			places = append(places, directory.Place{Member: m.ID})
		}
		return err
	}))
	if len(places) <= directory.TemplatePlacesMost {
		t.Fatalf("only %d members", len(places))
	}
	project := w.Project(h.account, directory.Project{Unit: directory.Unit{Name: "Métro"}}, places...)
	saving := app.ProjectSaving{Project: project.UUID, Name: "Métro", Members: true}
	h.refused("with all", lost(w.Library.SaveTemplate(w.Context(), h.admin, h.account.ID, saving)), "template.too_many_members", "")
	saving.Members = false
	w.Must(lost(w.Library.SaveTemplate(w.Context(), h.admin, h.account.ID, saving)))
}

// TestSavingTakesBoth: a template is made of a project by who administers it and keeps
// the library; a project out of sight is none.
func TestSavingTakesBoth(t *testing.T) { // ACC-13, PROJ-7, PROJ-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newSite(w)
		ctx, id := w.Context(), s.account.ID
		chief, m := w.Member(s.account, "chef@maraval.example")
		project := w.Project(s.account, directory.Project{Unit: directory.Unit{Name: "Quai"}},
			directory.Place{Member: m.ID, Level: w.Role(s.account, directory.Level, "project-administrator").ID})
		level := "standards-administrator"
		save := func(actor authz.Actor, project directory.Project) error {
			return lost(w.Library.SaveTemplate(ctx, actor, id, app.ProjectSaving{Project: project.UUID, Name: "Modèle " + project.Name, Members: true}))
		}
		s.refused("who administers the project only", save(chief, project), "denied.permission", "")
		s.refused("who keeps the library only", save(s.standards, project), "project.not_found", "")
		w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, s.admin, id, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels(level)})))
		s.refused("a project they are not in", save(chief, s.project), "project.not_found", "")
		found, more, err := w.Library.Sources(ctx, chief, id, "")
		w.Must(err)
		if len(found) != 1 || found[0].UUID != project.UUID || more {
			t.Errorf("offered %+v", found)
		}
		w.Must(save(chief, project))
		if found, _, err = w.Library.Sources(ctx, s.admin, id, "tanneurs"); err != nil || len(found) != 1 || found[0].UUID != s.project.UUID {
			t.Errorf("sought: %+v, %v", found, err)
		}
		if found, _, err = w.Library.Sources(ctx, s.standards, id, ""); err != nil || len(found) != 0 {
			t.Errorf("who is in no project: %+v, %v", found, err)
		}
	})
}
