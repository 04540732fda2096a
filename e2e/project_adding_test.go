package e2e

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/browsertest"
)

// TestProjectAdding tells how people come into a project: pasted into a table of
// places, on a phone too, with the quick form, and copied from another project; and the
// same where scripts do not run.
func TestProjectAdding(t *testing.T) { // ADD-1, ADD-3, ADD-4, ADD-7, ADD-9, ADD-10, PROJ-3, PROJ-8, PROJ-9, INV-8
	eachWith(t, nil, func(w *world) {
		s := w.maraval("construction")
		tower, station := w.builds("Tour Lafayette"), w.builds("Gare du Nord")
		w.fillsProject(station)
		w.pastesIntoProject(s, network+"/projects/"+tower)
		s.Open(network + "/projects/" + tower + "/add/quick")
		s.See("200 au plus")
		s.LooksRight("project-quick")
		w.copiesMembers(s, network+"/projects/"+tower)
		scriptless := w.scriptless()
		w.signIn(scriptless, helene)
		w.pastesScriptless(scriptless, network+"/projects/"+station)
	})
}

// builds makes a project and answers its public id.
func (w *world) builds(name string) string {
	w.t.Helper()
	p, _, err := w.server.App.Projects.Create(w.t.Context(), operator(), w.account, app.NewProject{Change: app.ProjectChange{Name: &name}})
	if err != nil {
		w.t.Fatal(err)
	}
	return p.UUID
}

// fillsProject puts three people into a project, the first of them switched off in the
// account since.
func (w *world) fillsProject(project string) {
	w.t.Helper()
	rows := []app.NewPlace{
		{NewMember: app.NewMember{Row: 1, Email: "erwan.off@maraval.example"}},
		{NewMember: app.NewMember{Row: 2, Email: "jonas.weiss@kestner-bau.example", First: "Jonas", Last: "Weiss", Company: "Kestner Bau", Functions: []string{"site-manager"}}},
		{NewMember: app.NewMember{Row: 3, Email: "mireille.astier@maraval.example", First: "Mireille", Last: "Astier", Company: "Maraval Conseil", Functions: []string{"architect"}}},
	}
	at := app.ProjectAt{Account: w.account, Project: project}
	verdicts, err := w.server.App.Projects.Add(w.t.Context(), operator(), at, rows, app.PlaceOptions{})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.server.App.Members.Deactivate(w.t.Context(), operator(), w.account, app.Of(verdicts[0].Member.UUID)); err != nil {
		w.t.Fatal(err)
	}
}

// pastesIntoProject brings in three people from a table, a role and the panel.
func (w *world) pastesIntoProject(s *browsertest.Story, project string) {
	w.t.Helper()
	s.Open(project + "/add")
	s.Fill("Adresses e-mail", "Nom\tPrénom\tE-mail\tSociété\nRiou\tNolwenn\tnolwenn.riou@maraval.example\tMaraval Conseil\n"+
		"Tanguy\tBrieuc\tbrieuc.tanguy@sault.example\tMenuiserie Sault\n\t\tjonas.weiss@kestner-bau.example\t\n\t\terwan.off@maraval.example\t\n")
	s.Click("Ajouter au tableau")
	s.See("4 adresses lues")
	s.See("3 personnes seront ajoutées au projet")
	s.Row("erwan.off@maraval.example").See("Membre désactivé")
	if got := s.Value("Société de jonas.weiss@kestner-bau.example"); got != "Kestner Bau" {
		w.t.Errorf("PROJ-3 company of somebody of the account: %q", got)
	}
	s.Choose("Rôle de nolwenn.riou@maraval.example", "Cheffe de projet")
	s.Row("nolwenn.riou@maraval.example").See("+3")
	if got := s.Value("Niveau d’accès de nolwenn.riou@maraval.example"); got != "project-administrator" {
		w.t.Errorf("ADD-4 level: %q", got)
	}
	s.Row("brieuc.tanguy@sault.example").Click("css:.in-cellpick > summary")
	s.Row("brieuc.tanguy@sault.example").Choose("Budget", "Administrateur")
	s.Row("brieuc.tanguy@sault.example").See("Budget (administrateur)")
	s.Click("Cocher brieuc.tanguy@sault.example")
	s.In(".in-bulk").Fill("Société", "Maraval Bâtiment")
	s.In(".in-bulk").Choose("Budget", "Membre")
	s.See("Remplacera sur ces lignes : 1 société et les produits de 1 personne")
	s.LooksRight("project-paste")
	s.Viewport(360, 760)
	s.NoSidewaysScroll()
	s.Screenshot("project-paste-360")
	if got := s.Value("Rôle de brieuc.tanguy@sault.example"); got != "" { // it can be seen and changed on a phone (F9)
		w.t.Errorf("role on a phone: %q", got)
	}
	s.Choose("Rôle de brieuc.tanguy@sault.example", "Métreur")
	s.Viewport(1280, 800)
	s.Click("Appliquer aux lignes cochées")
	s.See("1 ligne modifiée")
	s.Click("Ajouter 3 personnes et inviter")
	s.See("Ajoutés")
	s.Row("erwan.off@maraval.example").See("réactivez-le d’abord")
	s.Row("nolwenn.riou@maraval.example").See("Invitation en route")
	s.LooksRight("project-result")
	s.Click("Corriger la ligne restante")
	s.See("1 ligne est à corriger")
	s.Row("erwan.off@maraval.example").See("réactivez-le d’abord")
	s.LooksRight("project-mend")
}

// copiesMembers copies who is not there yet from another project.
func (w *world) copiesMembers(s *browsertest.Story, project string) {
	w.t.Helper()
	s.Open(project + "/copy")
	s.See("1 projet")
	s.LooksRight("project-copy-from")
	s.Click("Choisir Gare du Nord")
	s.Row("Mireille Astier").See("Architecte")
	s.Row("Jonas Weiss").See("Déjà dans le projet")
	s.Row("erwan").See("réactivez-le d’abord")
	s.LooksRight("project-copy")
	s.Viewport(360, 760)
	s.NoSidewaysScroll()
	s.Viewport(1280, 800)
	s.Click("Tous : 3 membres")
	s.Click("Copier dans ce projet")
	s.See("1 personne ajoutée, 1 déjà là, 1 refusée.")
	s.Row("mireille.astier@maraval.example").See("Ajouté")
}

// pastesScriptless fills in the table where scripts do not run: the role sets level and
// products when the rows are saved, the panel says what it overwrites before it does.
func (w *world) pastesScriptless(s *browsertest.Story, project string) {
	w.t.Helper()
	s.Open(project + "/add")
	s.Fill("Adresses e-mail", "ines.rouault@maraval.example; paul.sault@sault.example erwan.off@maraval.example")
	s.Click("Ajouter au tableau")
	s.See("1 personne est déjà dans le projet")
	s.Choose("Rôle d’ines.rouault@maraval.example", "Cheffe de projet")
	s.Click("Enregistrer ces lignes")
	if got := s.Value("Niveau d’accès d’ines.rouault@maraval.example"); got != "project-administrator" {
		w.t.Errorf("ADD-4 level without a script: %q", got)
	}
	s.Fill("Société de paul.sault@sault.example", "Menuiserie Sault")
	s.Click("Cocher paul.sault@sault.example")
	s.In(".in-bulk").Fill("Société", "Sault et fils")
	s.Allow("status 422")
	s.Click("Appliquer aux lignes cochées")
	s.See("Remplacera sur ces lignes : 1 société")
	s.Click("Appliquer aux lignes cochées")
	s.See("1 ligne modifiée")
	s.Click("Aperçu détaillé")
	s.Row("paul.sault@sault.example").See("Crée la société « Sault et fils »")
}
