package e2e

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"intendant/internal/browsertest"
)

// TestWithoutScript fills in the main forms where scripts do not run.
func TestWithoutScript(t *testing.T) {
	each(t, func(w *world) {
		w.maraval("company-network")
		administrator := w.scriptless()
		w.signIn(administrator, helene)
		administrator.At(network)
		w.asksScriptless(administrator)
		w.addsScriptless(administrator)
		w.changesScriptless(administrator)
		w.createsScriptless()
	})
}

// TestPyramidWithoutScript adds a unit, gives a role there with its effect shown
// before, and sets a preference where scripts do not run.
func TestPyramidWithoutScript(t *testing.T) { // UNIT-1, ROLE-2, ROLE-5, PREF-1
	eachWith(t, map[string]string{"catalogue": "fleet"}, func(w *world) {
		w.maraval("fleet")
		s := w.scriptless()
		w.signIn(s, helene)
		w.buildsScriptless(s)
		w.createsPersonScriptless(s)
		s.In(".in-tabs").Click("Rôles")
		s.Choose("Nord", "Gestionnaire de parc")
		s.Click("Voir l’effet")
		s.See("Gestionnaire de parc ajoute")
		s.Click("Enregistrer les rôles")
		s.See("1 rôle attribué")
		s.In(".in-tabs").Click("Préférences")
		s.Choose("Écran d’ouverture", "Planification")
		s.In(".in-foot").Click("Enregistrer")
		s.See("Préférences enregistrées")
		s.Click("Descendre Nacelles")
		s.See("Préférences enregistrées")
		s.In(".in-tabs").Click("Données")
		s.See("Modifier Ariane Colin")
		s.Click("Inviter")
		s.See("reçoit une invitation par e-mail")
		s.See("Modifier Ariane Colin")
		s.DontSee("Inviter") // INV-5: until they are
	})
}

// buildsScriptless adds two groups, and one way down to two fleets.
func (w *world) buildsScriptless(s *browsertest.Story) {
	w.t.Helper()
	for _, unit := range []struct{ under, name string }{{"", "Nord"}, {"", "Sud"}, {"Nord", "Nord Location"},
		{"Nord Location", "Agence de Lille"}, {"Agence de Lille", "Nacelles"}, {"Agence de Lille", "Utilitaires"}} {
		s.Open(network + "/units?q=" + url.QueryEscape(unit.under))
		if unit.under == "" {
			s.In("main").Click("Ajouter une unité")
		} else {
			s.In("main").Click(unit.under)
			s.Click("Ajouter en dessous")
		}
		s.Fill("Nom", unit.name)
		s.In(".in-foot").Click("Enregistrer")
		s.See("L’unité " + unit.name + " est ajoutée")
	}
}

// createsPersonScriptless saves a person with a basic role in one group.
func (w *world) createsPersonScriptless(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members/new")
	s.Fill("Prénom", "Ariane")
	s.Fill("Nom", "Colin")
	s.Fill("E-mail", "ariane.colin@maraval.example")
	s.Click("Proposer un nom d’utilisateur")
	s.Click("Générer un mot de passe")
	if got := s.Value("Nom d’utilisateur"); got == "" {
		w.t.Error("no user name proposed")
	}
	s.Choose("Instance", "Utilisateur de base")
	s.Choose("Sud", "Utilisateur de base")
	s.In(".in-foot").Click("Enregistrer")
	s.See("Enregistrée. Aucun e-mail n’est parti")
}

// scriptless opens a window where scripts do not run.
func (w *world) scriptless() *browsertest.Story {
	w.t.Helper()
	s := w.window()
	s.WithoutScript(true)
	return s
}

// asksScriptless registers somebody, who mistypes a key and asks to join; the
// administrator turns them away.
func (w *world) asksScriptless(administrator *browsertest.Story) {
	w.t.Helper()
	const email = "nolwenn.riou@maraval.example"
	s := w.scriptless()
	s.Open("/register")
	s.Fill("Adresse e-mail professionnelle", email)
	s.Fill("Prénom", "Nolwenn")
	s.Fill("Nom", "Riou")
	s.Click("Créer mon accès")
	s.See("Confirmez votre adresse")
	s.Open(w.link(email, "/register/confirm/"))
	s.Fill("Mot de passe", password)
	s.Click("Confirmer mon adresse")
	s.Allow("status 422")
	w.enterKey(s, number, "AAA-AAA-AAA-AAA")
	s.See("Ce numéro et cette clé ne vont pas ensemble")
	s.Click("Demander à rejoindre")
	s.Fill("Numéro de client", number)
	s.Click("Envoyer la demande")
	s.See("En attente")
	administrator.Open(network + "/requests")
	administrator.Row("Nolwenn Riou").Click("Refuser")
	administrator.Fill("Motif", "Nous ne vous connaissons pas.")
	administrator.In("dialog").Click("Refuser")
	administrator.See("La demande de Nolwenn Riou est refusée")
}

// addsScriptless pastes two people, changes one with the panel, and brings in a
// file.
func (w *world) addsScriptless(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members/add")
	s.Fill("Adresses e-mail", "yann.lebihan@maraval.example, loic.prigent@maraval.example")
	s.Click("Ajouter au tableau")
	s.See("2 adresses lues")
	s.Fill("Prénom de yann.lebihan@maraval.example", "Yann")
	s.Click("Cocher loic.prigent@maraval.example")
	s.In(".in-bulk").Fill("Société", "Maraval Bâtiment")
	s.Click("Appliquer aux lignes cochées")
	s.See("1 ligne modifiée")
	if got := s.Value("Prénom de yann.lebihan@maraval.example"); got != "Yann" {
		w.t.Errorf("first name typed before the panel: %q", got)
	}
	s.Click("Ajouter 2 personnes")
	s.See("2 personnes ajoutées")

	s.Open(network + "/members/import")
	s.Upload("Fichier", filepath.Join("..", "internal", "sheet", "testdata", "cp1252-semicolon.csv"))
	s.Click("Lire le fichier")
	s.See("Vérifier l’import")
	s.Choose("Champ pour la colonne Rôle", "Ne pas reprendre")
	s.Click("Vérifier à nouveau")
	s.DontSee("inconnu")
	s.Click("css:.in-foot .btn-primary")
	s.See("terminé le")
}

// changesScriptless finds a member, edits them, and sets the account up.
func (w *world) changesScriptless(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members")
	s.Fill("Chercher un membre", "lebihan")
	s.Press(kb.Enter)
	s.Click("css:.in-who a")
	s.In(".in-panel").Click("Modifier")
	s.Fill("Poste", "Chef d’équipe")
	s.Click("Enregistrer")
	s.See("est enregistré")
	s.Open(network + "/settings")
	s.Fill("Validité d’une invitation, en jours", "5")
	s.In("main").Click("Enregistrer")
	s.See("Les réglages sont enregistrés")
}

// createsScriptless makes a customer and prints its letter.
func (w *world) createsScriptless() {
	w.t.Helper()
	s := w.scriptless()
	w.signIn(s, maelle)
	s.Open("/vendor/customers/new")
	s.Fill("Numéro de client", "5 555")
	s.Fill("Nom du compte", "Toitures Kerbrat")
	s.Choose("Type de compte", "Licences")
	s.Choose("Niveau de service", "Licence sans contrat")
	s.Click("Créer le compte")
	s.See("3 clés attendent dans un courrier")
	s.Click("Imprimer le courrier")
	s.Download("Imprimer les courriers cochés")
	s.Open("/vendor/customers")
	s.Click("Toitures Kerbrat")
	s.Click("Agir dans ce compte")
	s.Fill("Motif", "Vérifier les réglages demandés")
	s.Click("Entrer pour 60 minutes")
	s.See("Vous agissez dans le compte d’un client.")
	s.Click("Quitter le compte")
	s.See("Vous avez quitté Toitures Kerbrat")
}
