package projects_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestCopy: members come as they are there, without products that are off here and
// without who is there already; who left the account does not come, and nobody is
// carried off from where one does not manage members.
func TestCopy(t *testing.T) { // PROJ-9, PROJ-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		from, to := f.create(f.admin, "Collège des Sablons"), f.create(f.admin, "Gare du Nord")
		_, camille := f.hire("camille.aubrac@maraval.example", "Maraval")
		_, zoe := f.hire("zoe.lambert@maraval.example", "")
		_, karim := f.hire("karim.haddad@maraval.example", "")
		_, gone := f.hire("norbert.leroux@maraval.example", "")
		f.add(f.admin, from, row{NewMember: app.NewMember{Email: "camille.aubrac@maraval.example", Company: "Kestner Bau", Functions: []string{"site-manager"}},
			Access: map[string]string{"model": directory.AdministratorAccess}})
		f.Must(f.change(f.admin, from, camille, app.PlaceChange{Tools: map[string]map[string]string{"plans": {"files": "edit"}}}))
		f.add(f.admin, from, leading("zoe.lambert@maraval.example"))
		f.add(f.admin, from, row{NewMember: app.NewMember{Email: "karim.haddad@maraval.example", Company: "Ferrand"}})
		f.add(f.admin, from, mail("norbert.leroux@maraval.example"))
		f.Must(apptest.ErrOf(f.Members.Remove(f.Context(), f.admin, f.account.ID, app.Of(gone.UUID))))
		f.add(f.admin, to, mail("karim.haddad@maraval.example"))
		f.Must(f.edit(f.admin, to, app.ProjectChange{Products: &[]string{"plans", "site", "model", "analytics"}}))
		chief, _ := f.leader(to, "fatou.diarra@maraval.example")
		copying := app.ProjectCopying{From: from}
		_, err := f.Projects.CopyMembers(f.Context(), chief, f.at(to), copying)
		if got := f.field(err); got != "from project.not_found" {
			t.Errorf("PROJ-7 from out of sight: %q", got)
		}
		f.add(f.admin, from, mail("fatou.diarra@maraval.example"))
		_, err = f.Projects.CopyMembers(f.Context(), chief, f.at(to), copying)
		f.refused("PROJ-9 from where one is a plain member", err, "denied.permission")
		copying.Preview = true
		for range 2 { // what is said before is what is done
			verdicts, err := f.Projects.CopyMembers(f.Context(), f.admin, f.at(to), copying)
			f.Must(apptest.ErrOf(verdicts, err))
			if added, stay := verdicts.Count(app.Added), verdicts.Count(app.Unchanged); added != 2 || stay != 2 {
				t.Errorf("PROJ-9 preview %v: %d come and %d stay", copying.Preview, added, stay)
			}
			if n := f.members(to, app.ProjectMemberQuery{}).Found; copying.Preview && n != 2 {
				t.Errorf("PLAN-1 %d are there after a preview", n)
			}
			copying.Preview = false
		}
		f.wants("PROJ-9", to, camille, "Kestner Bau | site-manager | project-member | analytics model* plans site")
		f.wants("PROJ-9", to, zoe, " |  | project-administrator | analytics* model* plans* site*")
		f.wants("PROJ-9 who is there stays", to, karim, " |  | project-member | analytics plans")
		if level := f.in(to, camille).Given["plans"].Tools["files"]; level != "edit" {
			t.Errorf("PROJ-12 the level of a tool came as %q", level)
		}
		f.Must(f.edit(f.admin, to, app.ProjectChange{Products: &[]string{"plans", "site", "budget", "model", "analytics"}}))
		f.wants("PROJ-9 what was off did not come", to, camille, "Kestner Bau | site-manager | project-member | analytics model* plans site")
	})
}

// TestCopyOfMany: more than 2,000 are not copied in one act, neither into a project nor
// with a new one; a few of them are.
func TestCopyOfMany(t *testing.T) { // PROJ-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		w.Crowd(f.account, 2002)
		page, err := f.Members.List(f.Context(), f.admin, f.account.ID, app.MemberQuery{Search: "camille", Statuses: []directory.Status{directory.Active}, Size: 3})
		f.Must(err)
		var chosen []string
		for _, m := range page.Rows {
			chosen = append(chosen, m.Member.UUID)
		}
		level := w.Role(f.account, directory.Level, works)
		large := w.Project(f.account, directory.Project{Unit: directory.Unit{Name: "Grand chantier"}, Products: []string{"plans"}}, f.everybody(level.ID)...)
		if n := f.members(large.UUID, app.ProjectMemberQuery{Size: 1}).Found; n < 2001 {
			t.Fatalf("%d members", n)
		}
		to := f.create(f.admin, "Gare du Nord")
		_, err = f.Projects.CopyMembers(f.Context(), f.admin, f.at(to), app.ProjectCopying{From: large.UUID})
		f.refused("PROJ-9 all", err, "project.too_many_copied")
		_, _, err = f.Projects.Create(f.Context(), f.admin, f.account.ID, app.NewProject{Change: app.ProjectChange{Name: text("Comme lui")}, From: large.UUID, Members: true})
		f.refused("PROJ-9 a new project with all", err, "project.too_many_copied")
		verdicts, err := f.Projects.CopyMembers(f.Context(), f.admin, f.at(to), app.ProjectCopying{From: large.UUID, Only: append(chosen, chosen[0], "nobody")})
		f.Must(err)
		if verdicts.Count(app.Added) != 3 || len(verdicts) != 4 || f.Code(verdicts.FirstRefusal()) != "place.not_found" {
			t.Errorf("PROJ-9 of three and nobody: %d come, %v", verdicts.Count(app.Added), verdicts.FirstRefusal())
		}
		if n := f.members(to, app.ProjectMemberQuery{}).Found; n != 3 {
			t.Errorf("PROJ-9 %d are there", n)
		}
	})
}

// everybody are places for all members of the account.
func (f firm) everybody(level directory.RoleID) (places []directory.Place) {
	f.t.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		rights, err := f.Rights(f.Context(), f.admin, f.account.ID)
		if err != nil {
			return err
		}
		page, err := r.MemberPage(f.Context(), store.MemberList{Account: f.account.ID, Scope: rights.Everybody(), Size: 10_000, Sort: store.MemberSort{Column: "name"}})
		for _, m := range page {
			places = append(places, directory.Place{Member: m.Key, Level: level, Access: directory.Access{"plans": {}}})
		}
		return err
	}))
	return places
}
