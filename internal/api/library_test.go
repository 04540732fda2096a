package api_test

import (
	"fmt"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestLibraryByAPI(t *testing.T) { // API-1, ACC-13
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newStand(t, w)
		types, templates := s.path("/project-types"), s.path("/project-templates")
		made := s.post(types, `{"name":"Logement neuf"}`).is(201, "")
		id := made.text("id")
		t.Run("ACC-13 project types", func(t *testing.T) {
			s.post(types, `{"name":"LOGEMENT  neuf"}`).is(409, "project_type.name_taken")
			s.post(types, `{"name":" "}`).is(422, "field.required")
			at := types + "/" + id
			s.ask("PATCH", at, `{"name":"Logement"}`).is(428, "version.required")
			if after := s.ask("PATCH", at, `{"name":"Logement","version":"1"}`).is(200, ""); after.text("name") != "Logement" || after.text("version") != "2" {
				t.Errorf("%s", after.body)
			}
			s.ask("PATCH", at, `{"name":"Maison","version":"1"}`).is(409, "stale").faster()
			s.ask("PATCH", types+"/nowhere", `{"name":"Maison","version":"1"}`).is(404, "project_type.not_found")
			s.get(types+"/nowhere").is(404, "project_type.not_found")
			if after := s.post(at+"/archive", "").is(200, ""); after.text("archived_at") == "" {
				t.Errorf("%s", after.body)
			}
			if list := s.get(types).is(200, ""); list.text("total") != "0" {
				t.Errorf("%s", list.body)
			}
			if list := s.get(types+"?archived=true").is(200, ""); list.text("total") != "1" {
				t.Errorf("%s", list.body)
			}
			s.post(types, `{"name":"Logement"}`).is(409, "project_type.name_archived")
			s.post(templates, fmt.Sprintf(`{"name":"X","type":%q}`, id)).is(422, "project_type.archived")
			s.post(at+"/restore", "").is(200, "")
		})
		t.Run("PROJ-9 templates", func(t *testing.T) {
			_, karim := w.Member(s.account, "karim@maraval.example")
			project := w.Project(s.account, directory.Project{Unit: directory.Unit{Name: "Îlot"}, Products: []string{"plans"}},
				directory.Place{Member: karim.ID, Functions: []directory.RoleID{w.Role(s.account, directory.Function, "architect").ID}, Access: directory.Access{"plans": {Administrator: true}}})
			s.post(templates+"/from-project", `{"name":"X","project":"nowhere"}`).is(404, "project.not_found")
			saved := s.post(templates+"/from-project", fmt.Sprintf(`{"name":"Îlot type","project":%q,"members":true}`, project.UUID)).is(201, "")
			if saved.text("people.0.name") != "karim" || saved.text("people.0.functions.0") != "architect" || saved.text("people.0.products.plans") != "administrator" || saved.text("members") != "1" {
				t.Errorf("%s", saved.body)
			}
			at := templates + "/" + saved.text("id")
			s.ask("PATCH", at, fmt.Sprintf(`{"version":"1","type":%q,"products":["moon"]}`, id)).is(422, "field.unknown_choice")
			if after := s.ask("PATCH", at, fmt.Sprintf(`{"version":"1","type":%q,"products":["model"]}`, id)).is(200, ""); after.text("type") != id || after.text("products.1") != "model" {
				t.Errorf("%s", after.body)
			}
			s.ask("PATCH", at, `{"version":"1","name":"Autre"}`).is(409, "stale").faster()
			s.post(templates, `{"name":"ilot TYPE"}`).is(409, "template.name_taken")
			s.ask("DELETE", at+"/members/"+karim.UUID, "").is(204, "")
			s.ask("DELETE", at+"/members/"+karim.UUID, "").is(404, "template.member_not_found")
			s.post(at+"/archive", "").is(200, "")
			if list := s.get(templates).is(200, ""); list.text("total") != "0" {
				t.Errorf("%s", list.body)
			}
			s.post(at+"/restore", "").is(200, "")
			if got := s.get(at).is(200, ""); got.text("members") != "0" || got.text("name") != "Îlot type" {
				t.Errorf("%s", got.body)
			}
		})
	})
}
