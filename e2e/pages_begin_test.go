package e2e

import (
	"os"
	"path/filepath"
	"strings"

	"intendant/internal/browsertest"
	"intendant/internal/demo"
)

// begin makes what no page of the example leads to, and answers where to begin.
func (w *world) begin(g *guide, s *browsertest.Story, who string, people map[string]string) []string {
	w.t.Helper()
	switch who {
	case administrator:
		account := "/accounts/" + strings.ReplaceAll(people["account"], " ", "")
		project := account + "/projects/" + people["project"]
		begun := append(w.tasks(s, account), w.pyramid(g, s, account)...)
		return append(begun, project, project+"/members/bulk?act=edit&all=1", account+"/projects?view=archived")
	case vendor:
		path := filepath.Join(w.t.TempDir(), "clients.csv")
		if err := os.WriteFile(path, []byte("Numéro;Nom;Type;Niveau de service\n5 555;Toitures Kerbrat;company-network;contract\n"), 0o600); err != nil {
			w.t.Fatal(err)
		}
		s.Open("/vendor/customers/import")
		s.Upload("Fichier", path)
		s.Click("Lire le fichier")
		s.See("Toitures Kerbrat")
		return []string{s.Path(), "/vendor/customers", "/mailbox"}
	case prospect:
		s.Allow("status 422")
		for range 5 {
			w.enterKey(s, "999 999", "AAA-AAA-AAA-AAA")
		}
		s.See("La saisie de clé est bloquée")
		locked := s.Path()
		s.Open("/network/join")
		s.Fill("Numéro de client", "999 998")
		s.Click("Envoyer la demande")
		s.See("En attente")
		asked := s.Path()
		w.setsUpFactor(g, s)
		return []string{locked, asked, "/network", "/profile", "/password/change"}
	}
	return append([]string{"/sign-in", "/help", "/register?sent=1", "/invitation/sent"}, deadLinks(s)...)
}

// tasks are a draft, an import, and a first screen without an address.
func (w *world) tasks(s *browsertest.Story, account string) []string {
	w.t.Helper()
	s.Open(account + "/members/add")
	s.Fill("Adresses e-mail", "yann.lebihan@maraval.example pas-une-adresse")
	s.Click("Ajouter au tableau")
	s.See("1 invalide")
	draft := s.Path()
	s.Open(account + "/members/import")
	s.Upload("Fichier", filepath.Join("..", "internal", "sheet", "testdata", "cp1252-semicolon.csv"))
	s.Click("Lire le fichier")
	s.See("Vérifier l’import")
	imported := s.Path()
	s.Open("/profile/preferences")
	s.Choose("Écran d’ouverture", "Planification")
	s.In(".in-foot").Click("Enregistrer")
	s.See("Choisi par vous")
	return []string{account, draft, imported, account + "/members/bulk?act=deactivate&all=1", account + "/start", "/profile/preferences"}
}

// pyramid are a unit that can be moved, a role unlike the catalogue's, a person
// just saved, an answer to "why", and a token while it is shown.
func (w *world) pyramid(g *guide, s *browsertest.Story, account string) []string {
	w.t.Helper()
	s.Open(account + "/units?q=Gand")
	s.Click("Agence de Gand")
	s.See("Maraval Benelux")
	unit := s.Path()

	s.Open(account + "/roles")
	s.Click("Valideur d’achats")
	s.Click("Consulter le compte")
	s.In("main").Click("Enregistrer")
	s.See("est enregistré")

	s.Open(account + "/members/new")
	s.Fill("Prénom", "Ariane")
	s.Fill("Nom", "Colin")
	s.Fill("E-mail", "ariane.colin@maraval.example")
	s.Fill("Nom d’utilisateur", "ariane.colin")
	s.Fill("Mot de passe provisoire", password)
	s.Choose("Maraval Europe", "Utilisateur de base")
	s.In(".in-foot").Click("Enregistrer")
	s.See("Enregistrée. Aucun e-mail n’est parti")
	saved := s.Path()

	s.Open(account + "/technical-users/new")
	s.Fill("Nom", "Paie")
	s.Fill("Usage", "Lit les membres chaque nuit")
	s.In("main").Click("Ajouter")
	s.See("Paie est ajouté")
	s.Fill("Nom du jeton", "Serveur de nuit")
	s.Click("Créer un jeton")
	s.See("Le jeton « Serveur de nuit » est créé.")
	g.look(s, "GET /accounts/{account}/technical-users/{technical}", "token")
	return []string{unit, saved, account + "/roles", account + "/rights/why?permission=members.manage"}
}

// setsUpFactor looks at the picture to scan and at the recovery codes, which are
// shown once.
func (w *world) setsUpFactor(g *guide, s *browsertest.Story) {
	w.t.Helper()
	s.Open("/profile/factor")
	s.Click("Configurer une application")
	s.See("Associer l’application")
	g.look(s, "GET /profile/factor/setup", "")
	known := strings.ReplaceAll(strings.Join(s.Texts(".in-copy code"), ""), " ", "")
	w.fillCode(s, "Code de l’application", known)
	s.Fill("Mot de passe actuel", demo.Password)
	s.Click("Activer")
	s.See("J’ai noté mes codes")
	g.look(s, "GET /profile/factor/setup", "codes")
}
