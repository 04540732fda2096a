package e2e

import (
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

// TestAdding tells how colleagues come in: pasted into a table, with the quick
// form, and one by one with a provisional password.
func TestAdding(t *testing.T) { // ADD-1 to ADD-8, ADD-10 to ADD-12, SIGN-1, MAIL-4
	each(t, func(w *world) {
		s := w.maraval("construction")
		w.pastes(s)
		w.readsQueue()
		w.addsQuickly(s)
		w.addsOne(s)
	})
}

// pastes brings in four people from a mixed paste, a table and its panel.
func (w *world) pastes(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members")
	s.Click("Ajouter des membres")
	s.Fill("Adresses e-mail", "yann.lebihan@maraval.example; nolwenn.riou@maraval.example,\n"+
		"Brieuc Tanguy <brieuc.tanguy@maraval.example>\tloic.prigent@maraval.example YANN.LEBIHAN@maraval.example "+
		"pas-une-adresse "+helene)
	s.Click("Ajouter au tableau")
	s.See("1 doublon fusionné")
	s.See("1 personne est déjà membre")
	s.See("1 invalide")
	s.See("pas-une-adresse")
	if got := s.Value("Prénom de brieuc.tanguy@maraval.example"); got != "Brieuc" {
		w.t.Errorf("first name proposed: %q", got)
	}

	// The role sets the level of its row; one set by hand stands (ADD-4).
	s.Choose("Rôle de yann.lebihan@maraval.example", "Dirigeant")
	s.Row("yann.lebihan@maraval.example").See("Invité")
	s.Click("Niveau d’accès de nolwenn.riou@maraval.example")
	s.Row("nolwenn.riou@maraval.example").Click("Normes")
	s.Row("nolwenn.riou@maraval.example").See("Invité")
	s.Choose("Rôle de nolwenn.riou@maraval.example", "Dirigeant")
	s.Fill("Société de nolwenn.riou@maraval.example", "L’Atelier du Toit")

	// The panel overwrites what is set, of the ticked rows, and says so (ADD-7).
	s.Click("Cocher nolwenn.riou@maraval.example")
	s.Click("Cocher loic.prigent@maraval.example")
	s.In(".in-bulk").Fill("Société", "Maraval Bâtiment")
	s.In(".in-bulk").Click("Exécutif")
	s.In(".in-bulk").Click("Normes")
	s.See("Remplacera sur ces lignes")
	s.Click("Appliquer aux lignes cochées")
	s.See("2 lignes modifiées")
	if got := s.Value("Société de nolwenn.riou@maraval.example"); got != "Maraval Bâtiment" {
		w.t.Errorf("company after the panel: %q", got)
	}
	s.See("3 invitations partiront, 1 ajout sans invitation")
	s.Click("Ajouter 4 personnes et inviter")
	s.See("4 personnes ajoutées")
	s.Click("Voir les membres")
	s.Row("brieuc.tanguy@maraval.example").See("Non invité")
	s.Row("loic.prigent@maraval.example").See("Exécutif et Normes")
	s.Row("nolwenn.riou@maraval.example").See("Exécutif et Normes")
}

// readsQueue sees that the invitations wait: acts on many can be undone for two
// minutes before their mails leave.
func (w *world) readsQueue() {
	w.t.Helper()
	if came := w.mails.To("yann.lebihan@maraval.example"); len(came) != 0 {
		w.t.Errorf("an invitation of an act on many left at once: %q", came[0].Subject)
	}
	s := w.window()
	w.signIn(s, maelle)
	s.Open("/vendor/mail")
	s.Row("yann.lebihan@maraval.example").See("En attente")
}

// addsQuickly meets the limit of the quick form, then stays below it.
func (w *world) addsQuickly(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members/add")
	s.Click("Formulaire rapide")
	var addresses []string
	for _, first := range "abcdefghij" {
		for _, last := range "abcdefghijk" {
			addresses = append(addresses, string(first)+"."+string(last)+"@maraval.example")
		}
	}
	s.Allow("status 422")
	s.Fill("Adresses e-mail", strings.Join(addresses, "\n"))
	s.Click("Ajouter ces personnes")
	s.See("Vous avez collé 110 adresses ; le formulaire rapide en accepte 100 au plus")
	s.Fill("Adresses e-mail", strings.Join(addresses[:3], " "))
	s.Fill("Société", "Maraval Bâtiment")
	s.Choose("Rôle", "Architecte")
	s.Click("Ajouter ces personnes")
	s.See("3 personnes ajoutées")
	s.Click("Voir les membres")
	s.Row("a.b@maraval.example").See("Architecte")
}

// addsOne creates somebody with a provisional password, which opens nothing but
// the page that changes it.
func (w *world) addsOne(s *browsertest.Story) {
	w.t.Helper()
	const email = "tristan.berthelot@maraval.example"
	s.Open(network + "/members/new")
	s.Choose("Civilité", "Monsieur")
	s.Fill("Prénom", "Tristan")
	s.Fill("Nom", "Berthelot")
	s.Fill("E-mail", email)
	s.Click("Proposer un nom d’utilisateur")
	if got := s.Value("Nom d’utilisateur"); got != "tristan.berthelot" {
		w.t.Errorf("user name proposed: %q", got)
	}
	s.Click("Générer un mot de passe")
	s.See("Créer une personne")
	provisional := s.Value("Mot de passe provisoire")
	s.In(".in-foot").Click("Enregistrer")
	s.See(email + " est dans le compte")
	s.DontSee(provisional)
	s.Click("Inviter")
	s.See("reçoit une invitation par e-mail")

	guest := w.window()
	guest.Open("/sign-in")
	guest.Fill("Adresse e-mail ou nom d’utilisateur", "tristan.berthelot")
	guest.Fill("Mot de passe", provisional)
	guest.Click("Se connecter")
	guest.See("Votre mot de passe est provisoire")
	guest.Open(network)
	guest.See("Votre mot de passe est provisoire")
	guest.Fill("Nouveau mot de passe", password)
	guest.Click("Changer le mot de passe")
	guest.See("Votre mot de passe est changé")
	guest.Open(network)
	guest.See(company)
}
