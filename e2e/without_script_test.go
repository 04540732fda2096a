package e2e

import (
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
	s.Fill("Mot de passe", password)
	s.Click("Créer mon accès")
	s.See("Confirmez votre adresse")
	s.Open(w.link(email, "/register/confirm/"))
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
	s.Fill("Fonction", "Chef d’équipe")
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
	s.Download("Imprimer le courrier")
	s.Click("Agir dans ce compte")
	s.Fill("Motif", "Vérifier les réglages demandés")
	s.Click("Entrer pour 60 minutes")
	s.See("Vous agissez dans le compte d’un client.")
	s.Click("Quitter le compte")
	s.See("Vous avez quitté Toitures Kerbrat")
}
