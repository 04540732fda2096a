package e2e

import (
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/browsertest"
	"intendant/internal/directory"
)

// Products of the catalogue "licences".
var (
	advice    = directory.Offer{Product: "advice"}
	essential = directory.Offer{Product: "advice-essential"}
)

// buys writes what the account of the stories has subscribed to.
func (w *world) buys(offer directory.Offer, quantity int64) {
	w.t.Helper()
	_, err := w.server.App.Subscriptions.Add(w.t.Context(), operator(), w.account, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: quantity}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestOneProduct tells how the single seat of a contract of one product is assigned:
// to who bought it, or to somebody they create.
func TestOneProduct(t *testing.T) { // SEAT-1 to SEAT-3, SEAT-5, SEAT-6, SIGN-1
	eachWith(t, map[string]string{"catalogue": "licences"}, func(w *world) {
		s := w.maraval("licences")
		w.buys(advice, 1)
		s.Open(network + "/units")
		s.See("Vos produits")
		s.See("× 1")
		s.Row("Garrec").See("Aucun")
		w.assigns(s, "Hélène Garrec", "Conseil Complet")
		s.Row("Garrec").See("Conseil Complet")
		s.In(".in-panel--rail").See("1 affectée, aucune disponible")

		// Somebody else is to use it: the seat goes back, and is theirs.
		s.Click("Attribuer un produit à Hélène Garrec")
		s.In("dialog").See("Déjà affecté")
		s.In("dialog").Click("Retirer Conseil Complet")
		s.See("La licence de Conseil Complet est retirée à Hélène Garrec")
		w.addsUser(s, "Edouard", "Ribes")
		s.Open(network + "/units")
		s.Row("Ribes").See("Aucun")
		w.assigns(s, "Edouard Ribes", "Conseil Complet")
		s.Row("Ribes").See("Conseil Complet")
		s.Row("Garrec").See("Aucun")
		s.Click("Attribuer un produit à Hélène Garrec")
		s.In("dialog").See("Conseil Complet n’apparaît pas : sa licence est affectée")
		s.In("dialog").Click("Fermer")
	})
}

// TestSeveralProducts tells the contract of three seats of two products: one
// assigned, two available, one more for a new user.
func TestSeveralProducts(t *testing.T) { // SEAT-1 to SEAT-3, SEAT-5
	eachWith(t, map[string]string{"catalogue": "licences"}, func(w *world) {
		s := w.maraval("licences")
		w.buys(advice, 2)
		w.buys(essential, 1)
		s.Open(network + "/units")
		w.assigns(s, "Hélène Garrec", "Conseil Complet")
		rail := s.In(".in-panel--rail")
		rail.See("2 licences disponibles")
		rail.See("Base, Direction, Simulation")
		rail.See("× 2")
		rail.See("1 affectée, 1 disponible")
		w.addsUser(s, "Edouard", "Ribes")
		s.Open(network + "/units")
		s.See("2 utilisateurs, 3 licences dont 2 libres")
		s.See("Ajouter une entité fille")
		s.Row("Garrec").See("Conseil Complet")
		s.Row("Ribes").See("Aucun")
		s.LooksRight("units-seats")
		s.Click("Attribuer un produit à Edouard Ribes")
		s.In("dialog").See("Conseil Essentiel")
		s.In("dialog").See("1 sur 2")
		s.LooksRight("assign-dialog")
		s.In("dialog").Click("Annuler")
		w.assigns(s, "Edouard Ribes", "Conseil Complet")
		s.Row("Ribes").See("Conseil Complet")
		rail.See("2 affectées, aucune disponible")
		rail.See("1 licence disponible")
		w.meetsFaster(s)
		s.Open(network + "/products")
		s.See("2 affectées, aucune disponible")
		s.LooksRight("products")
		w.readsEnglish(s)
	})
}

// meetsFaster chooses the last seat of a product while somebody else takes it: the
// dialog says so, with what is free by then.
func (w *world) meetsFaster(s *browsertest.Story) {
	w.t.Helper()
	s.Click("Attribuer un produit à Edouard Ribes")
	s.In("dialog").See("Conseil Essentiel")
	other := w.window()
	w.signIn(other, helene)
	other.Open(network + "/units")
	w.assigns(other, "Hélène Garrec", "Conseil Essentiel")
	s.Allow("status 409")
	s.In("dialog").Click("Attribuer")
	s.In("dialog").See("Il ne reste aucune licence de Conseil Essentiel")
	s.In("dialog").See("Plus aucun produit n’est disponible pour Edouard Ribes")
	s.In("dialog").Click("Fermer")
	s.DontSee("Plus aucun produit")
}

// assigns gives somebody a product at their key sign.
func (w *world) assigns(s *browsertest.Story, name, product string) {
	w.t.Helper()
	s.Click("Attribuer un produit à " + name)
	s.In("dialog").See("Produits encore disponibles")
	s.In("dialog").Click(product)
	s.In("dialog").Click("Attribuer")
	s.See(product + " est attribué à " + name)
}

// addsUser creates somebody with a generated password, who reads it in a mail and
// must change it.
func (w *world) addsUser(s *browsertest.Story, first, last string) {
	w.t.Helper()
	email := strings.ToLower(first + "." + last + "@maraval.example")
	s.Open(network + "/units")
	s.Click("Ajouter un utilisateur")
	s.Choose("Civilité", "Monsieur")
	s.Fill("Prénom", first)
	s.Fill("Nom", last)
	s.Fill("E-mail", email)
	s.Click("Proposer un nom d’utilisateur")
	s.Click("Générer un mot de passe")
	provisional := s.Value("Mot de passe provisoire")
	s.In(".in-foot").Click("Enregistrer")
	s.See(email + " est dans le compte")
	mail := w.mailed(email, "Votre accès")
	if !strings.Contains(mail.Text, provisional) {
		w.t.Errorf("the mail does not say the provisional password: %s", mail.Text)
	}
	guest := w.window()
	guest.Open("/sign-in")
	guest.Fill("Adresse e-mail ou nom d’utilisateur", strings.ToLower(first+"."+last))
	guest.Fill("Mot de passe", provisional)
	guest.Click("Se connecter")
	guest.See("Votre mot de passe est provisoire")
	guest.Fill("Nouveau mot de passe", password)
	guest.Click("Changer le mot de passe")
	guest.See("Votre mot de passe est changé")
}

// readsEnglish reads the same in English, without script, on a phone.
func (w *world) readsEnglish(s *browsertest.Story) {
	w.t.Helper()
	s.Open("/profile")
	s.Choose("Langue des pages et des e-mails", "English")
	s.Click("Enregistrer")
	s.See("Your profile is saved")
	s.WithoutScript(true)
	s.Viewport(390, 844)
	s.Open(network + "/units")
	s.See("Your products")
	s.Row("Ribes").See("Conseil Complet")
	s.Click("Assign a product to Edouard Ribes")
	s.See("Already assigned")
	s.NoSidewaysScroll()
	s.Click("Withdraw Conseil Complet")
	s.See("The seat of Conseil Complet is withdrawn from Edouard Ribes")
	s.Click("Assign a product to Edouard Ribes")
	s.See("1 of 2")
	s.Click("Assign")
	s.See("Conseil Complet is assigned to Edouard Ribes")
	s.Row("Ribes").See("Conseil Complet")
	s.NoSidewaysScroll()
}
