package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

const (
	number  = "4 731 902"
	network = "/accounts/4731902"
	company = "Groupe Maraval"
)

// TestCompanyNetwork tells how a company gets into its account: the letter with
// the keys, the lock after five wrong ones and both ways out of it, colleagues
// by invitation and by request, and administrators among each other.
func TestCompanyNetwork(t *testing.T) { // KEY-5 to KEY-12, JOIN-1 to JOIN-5, ACC-5, ACC-7, INV-7
	each(t, func(w *world) {
		vendor := w.window()
		keys := w.customer(vendor)
		administrator := w.claims(helene, "Hélène", "Garrec", keys[0])
		w.claims("yann.lebihan@maraval.example", "Yann", "Le Bihan", keys[1])
		w.locks(keys[2])
		administrator.Open(network + "/members")
		administrator.DontSee("bloqué") // KEY-9: administrators notice nothing
		fresh := w.unlocks(vendor)
		w.claims("brieuc.tanguy@maraval.example", "Brieuc", "Tanguy", fresh)
		w.invited(administrator)
		w.requests(administrator)
		w.excluded(administrator)
	})
}

// customer creates the account and answers the keys that the page shows once;
// one more goes into a printed letter.
func (w *world) customer(s *browsertest.Story) []string {
	w.t.Helper()
	w.signIn(s, maelle)
	s.See("Aucun client")
	s.Open("/vendor/customers/new")
	s.Fill("Numéro de client", number)
	s.Fill("Nom du compte", company)
	s.Choose("Type de compte", "Réseau")
	s.Choose("Niveau de service", "Contrat")
	s.Fill("Rue", "18 quai des Tanneurs")
	s.Fill("Code postal", "44000")
	s.Fill("Ville", "Nantes")
	s.Fill("Contact", "Agathe Kervella")
	s.Fill("E-mail du contact", "agathe.kervella@maraval.example")
	s.Click("Créer le compte")
	s.See("3 clés attendent dans un courrier")
	s.See("Non pris en main")

	s.Click("Afficher à l’écran")
	s.Click("Afficher les clés")
	s.See("Ces clés restent lisibles jusqu’au")
	keys := s.Texts(".in-list code.mono")
	if len(keys) != 3 {
		w.t.Fatalf("keys shown: %q, want three", keys)
	}
	s.Click("Revenir au client")
	s.DontSee("attendent dans un courrier")
	s.Click("Poster ou imprimer de nouveau")
	s.LooksRight("letters")
	s.Click("Marquer comme posté")
	s.See("Leurs clés ne s’impriment plus")
	s.In("dialog").Click("Marquer comme posté")
	s.See("1 courrier marqué comme posté")
	s.See("Aucun courrier n’attend")

	s.Open("/vendor/customers")
	s.Click(company)
	s.Click("Créer une clé")
	s.Click("Créer les clés")
	s.See("1 clé attend dans un courrier")
	s.LooksRight("customer with a letter")
	s.Click("Imprimer le courrier")
	w.readsAsLetter(s.Download("Imprimer les courriers cochés"))
	return keys
}

// readsAsLetter looks into the printed letter, as far as this machine can.
func (w *world) readsAsLetter(path string) {
	w.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(content), "%PDF-") {
		w.t.Fatalf("the letter is no PDF: %v", err)
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		return
	}
	text, err := exec.CommandContext(w.t.Context(), reader, "-layout", path, "-").Output()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, want := range []string{company, "18 quai des Tanneurs", number} {
		if !strings.Contains(strings.ReplaceAll(string(text), "\u202f", " "), want) {
			w.t.Errorf("the letter does not say %q:\n%s", want, text)
		}
	}
}

// registers makes an access through the pages and the mailed link.
func (w *world) registers(email, first, last string) *browsertest.Story {
	w.t.Helper()
	s := w.window()
	s.Open("/sign-in")
	s.Click("Créer un accès")
	s.Fill("Adresse e-mail professionnelle", email)
	s.Fill("Prénom", first)
	s.Fill("Nom", last)
	s.Click("Créer mon accès")
	s.See("Confirmez votre adresse")
	s.Open(w.link(email, "/register/confirm/"))
	s.Fill("Mot de passe", password)
	s.Click("Confirmer mon adresse")
	s.See("Ouvrir l’administration du compte")
	return s
}

// claims registers somebody who then becomes administrator with a key.
func (w *world) claims(email, first, last, key string) *browsertest.Story {
	w.t.Helper()
	s := w.registers(email, first, last)
	w.enterKey(s, number, key)
	s.See("Vous administrez désormais " + company)
	s.At(network)
	return s
}

// locks has a third colleague mistype until even the right key fails.
func (w *world) locks(right string) {
	w.t.Helper()
	s := w.registers("gaelle.morvan@maraval.example", "Gaëlle", "Morvan")
	s.Allow("status 422")
	for range 4 {
		w.enterKey(s, number, "AAA-AAA-AAA-AAA")
		s.See("Ce numéro et cette clé ne vont pas ensemble")
	}
	w.enterKey(s, number, "AAA-AAA-AAA-AAA")
	w.bothWays(s)
	w.enterKey(s, number, right)
	w.bothWays(s)
}

// bothWays sees the page of a locked number: it does not tell which way applies.
func (w *world) bothWays(s *browsertest.Story) {
	w.t.Helper()
	s.See("La saisie de clé est bloquée pour ce numéro")
	s.See("Votre société a un administrateur")
	s.See("Demander à rejoindre")
	s.See("Elle n’en a pas encore")
	s.See("Écrire à l’assistance")
	s.DontSee(company)
}

// unlocks has support open the number again and answers the new key, which
// goes to the contact on file.
func (w *world) unlocks(s *browsertest.Story) string {
	w.t.Helper()
	s.Open("/vendor/customers?view=locked")
	s.Click(company)
	s.See("Saisie de clé bloquée")
	s.Click("Voir les essais")
	s.See("Gaëlle Morvan")
	s.Click(company)
	s.Click("Débloquer")
	s.Choose("La clé part", "Par e-mail au contact enregistré")
	s.In("dialog").Click("Débloquer")
	s.See("débloqué ; la nouvelle clé part au contact enregistré")
	mail := w.mailed("agathe.kervella@maraval.example", "Nouvelle clé administrateur")
	for _, word := range strings.Fields(mail.Text) {
		if len(word) == len("XXX-XXX-XXX-XXX") && strings.Count(word, "-") == 3 {
			return word
		}
	}
	w.t.Fatalf("no key in the mail:\n%s", mail.Text)
	return ""
}

// invited adds one person, who accepts the mailed invitation with a password.
func (w *world) invited(s *browsertest.Story) {
	w.t.Helper()
	const email = "loic.prigent@maraval.example"
	s.Open(network + "/members/new")
	s.Fill("Prénom", "Loïc")
	s.Fill("Nom", "Prigent")
	s.Fill("Nom d’utilisateur", "loic.prigent")
	s.Fill("E-mail", email)
	s.Click("Enregistrer")
	s.See(email + " est dans le compte")
	s.Click("Inviter")
	s.See("reçoit une invitation par e-mail")

	guest := w.window()
	guest.Open(w.link(email, "/invitation/"))
	guest.See("Hélène Garrec vous invite dans " + company)
	guest.Fill("Mot de passe", password)
	guest.Click("Accepter l’invitation")
	guest.See("Vous êtes membre de " + company)
	s.Open(network + "/members?q=prigent")
	s.Row(email).See("Actif")
}

// requests has one person let in and one turned away; both are told by mail.
func (w *world) requests(s *browsertest.Story) {
	w.t.Helper()
	for _, one := range []struct{ email, first, last string }{
		{"nolwenn.riou@maraval.example", "Nolwenn", "Riou"},
		{"tristan.berthelot@loewen.example", "Tristan", "Berthelot"},
	} {
		asker := w.registers(one.email, one.first, one.last)
		asker.Click("Demander à rejoindre")
		asker.Fill("Numéro de client", number)
		asker.Fill("Message aux administrateurs", "Bonjour, je commence lundi.")
		asker.Click("Envoyer la demande")
		asker.See("Votre demande est envoyée")
		asker.See("En attente")
		asker.DontSee(company) // KEY-14
		w.mailed(helene, one.first+" "+one.last+" demande à rejoindre "+company)
	}
	s.Open(network + "/requests")
	s.Row("Nolwenn Riou").Click("Accepter")
	s.See("Nolwenn Riou est membre du compte")
	s.Row("Tristan Berthelot").Click("Refuser")
	s.Fill("Motif", "Nous ne vous connaissons pas.")
	s.In("dialog").Click("Refuser")
	s.See("La demande de Tristan Berthelot est refusée")
	w.mailed("nolwenn.riou@maraval.example", "Vous êtes membre du compte "+company)
	if mail := w.mailed("tristan.berthelot@loewen.example", "Votre demande n’est pas acceptée"); strings.Contains(mail.Text, company) {
		w.t.Errorf("the refusal names the account:\n%s", mail.Text)
	}
}

// excluded has one administrator take the level from the others; their own,
// the last, stays.
func (w *world) excluded(s *browsertest.Story) {
	w.t.Helper()
	for _, other := range []struct{ name, email string }{
		{"Yann Le Bihan", "yann.lebihan@maraval.example"}, {"Brieuc Tanguy", "brieuc.tanguy@maraval.example"},
	} {
		w.excluding(s, other.email)
		s.In("dialog").Click("Retirer le niveau d’administrateur")
		s.See(other.name + " n’administre plus le compte")
		w.mailed(other.email, "Vous n’administrez plus "+company)
	}
	s.Open(network)
	s.See("Un seul administrateur.") // ACC-6
	w.excluding(s, helene)
	s.In("dialog").See("un compte garde toujours au moins un administrateur actif") // ACC-5
	s.In("dialog footer").DontSee("Retirer le niveau")
}

// excluding asks to take the level from somebody.
func (w *world) excluding(s *browsertest.Story, email string) {
	w.t.Helper()
	s.Open(network + "/members")
	s.Row(email).Click("Autres actions")
	s.Click("Retirer le niveau d’administrateur")
}
