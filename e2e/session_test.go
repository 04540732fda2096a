package e2e

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"intendant/internal/browsertest"
)

// TestSession tells what a person does about their own access, and what happens
// to it when their place is switched off.
func TestSession(t *testing.T) { // SIGN-2, SIGN-4, SIGN-6, SIGN-7, PREF-2, PREF-3, USER-2, USER-8
	each(t, func(w *world) {
		administrator := w.maraval("company-network")
		w.person("yann.lebihan@maraval.example", "Yann", "Le Bihan")
		w.letsIn(administrator, "yann.lebihan@maraval.example", "Yann Le Bihan")
		s := w.forgets("yann.lebihan@maraval.example")
		w.endsSessions(s, "yann.lebihan@maraval.example")
		w.prefers(s)
		w.signs(s)
		w.switchedOff(administrator, s, "yann.lebihan@maraval.example")
		w.proves(administrator)
	})
}

// proves has somebody with a provisional password, whom nobody has invited yet,
// confirm their address where they are, and find the invitation that was sent to
// it there.
func (w *world) proves(administrator *browsertest.Story) {
	w.t.Helper()
	const email = "ariane.colin@maraval.example"
	administrator.Open(network + "/members/new")
	administrator.Fill("Prénom", "Ariane")
	administrator.Fill("Nom", "Colin")
	administrator.Fill("E-mail", email)
	administrator.Fill("Nom d’utilisateur", "ariane.colin")
	administrator.Fill("Mot de passe provisoire", "Pavot-gris-tunnel-36")
	administrator.In(".in-foot").Click("Enregistrer")
	administrator.See(email + " est dans le compte")
	s := w.window()
	w.tries(s, "ariane.colin", "Pavot-gris-tunnel-36")
	s.Fill("Nouveau mot de passe", password)
	s.Click("Changer le mot de passe")
	s.Open("/network")
	s.See("Votre accès est préparé") // where they stand, and what happens next
	s.See("Un administrateur doit encore vous inviter")
	s.See("Confirmez votre adresse e-mail")
	s.LooksRight("network unproved")
	administrator.Click("Inviter")
	administrator.See("reçoit une invitation par e-mail")
	s.Reload()
	s.DontSee("Accepter")
	s.Click("M’envoyer le lien")
	s.See("Ouvrez son lien")
	s.Open(w.link(email, "/email/confirm/"))
	s.LooksRight("confirm address")
	s.Click("Confirmer l’adresse")
	s.Open("/network")
	s.DontSee("Confirmez votre adresse e-mail")
	s.Click("Accepter")
	s.At(network)
	s.See(company)
}

// letsIn has somebody ask into the account and the administrator accept.
func (w *world) letsIn(administrator *browsertest.Story, email, name string) {
	w.t.Helper()
	s := w.window()
	w.signIn(s, email)
	s.Open("/network/join")
	s.Fill("Numéro de client", number)
	s.Click("Envoyer la demande")
	s.See("En attente")
	administrator.Open(network + "/requests")
	administrator.Row(name).Click("Accepter")
	administrator.See(name + " est membre du compte")
}

// forgets has somebody choose a new password by the mailed link; unknown
// addresses get the same answer.
func (w *world) forgets(email string) *browsertest.Story {
	w.t.Helper()
	s := w.window()
	for _, name := range []string{"personne@maraval.example", email} {
		s.Open("/sign-in")
		s.Click("Mot de passe oublié")
		s.Fill("Adresse e-mail ou nom d’utilisateur", name)
		s.Click("Envoyer le lien")
		s.See("Si cet accès existe et a un mot de passe, le lien est en route")
	}
	link := w.link(email, "/password/reset/")
	s.Open(link)
	s.See("Choisir un nouveau mot de passe")
	s.Fill("Nouveau mot de passe", "Ponts-et-Chaussees-7")
	s.Click("Choisir ce mot de passe")
	s.See("Connectez-vous avec le nouveau")
	s.Allow("status 4")
	w.tries(s, email, password)
	s.See("Mot de passe oublié")
	w.tries(s, email, "Ponts-et-Chaussees-7")
	s.See(company)
	s.Open(link)
	s.See("Ce lien ne sert plus")
	s.Open(network)
	return s
}

// tries types a name and a password at the sign-in page.
func (w *world) tries(s *browsertest.Story, login, secret string) {
	w.t.Helper()
	s.Open("/sign-in")
	s.Fill("Adresse e-mail ou nom d’utilisateur", login)
	s.Fill("Mot de passe", secret)
	s.Click("Se connecter")
}

// endsSessions closes a session from another one.
func (w *world) endsSessions(s *browsertest.Story, login string) {
	w.t.Helper()
	other := w.window()
	w.tries(other, login, "Ponts-et-Chaussees-7")
	other.See(company)
	s.Open("/profile/sessions")
	s.See("Cette session")
	s.Click("Fermer toutes les autres")
	s.See("Les autres sessions sont fermées")
	other.Open(network)
	other.See("Mot de passe oublié")
}

// prefers switches colours and language; both stay.
func (w *world) prefers(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network)
	s.Click("Votre menu")
	s.Click("Sombre")
	s.Reload()
	if got := s.Count("html[data-bs-theme=dark]"); got != 1 {
		w.t.Errorf("dark pages after a reload: %d, want this one", got)
	}
	s.Click("Votre menu")
	s.Choose("Langue", "English")
	s.See("Overview")
	s.Open("/profile")
	if got := s.Value("Language of pages and e-mails"); got != "en" {
		w.t.Errorf("language in the profile: %q, want en", got)
	}
	s.Choose("Language of pages and e-mails", "Français")
	s.Click("Save")
	s.See("Votre profil est enregistré")
}

// signs draws a signature, then uploads another.
func (w *world) signs(s *browsertest.Story) {
	w.t.Helper()
	s.Open("/profile/signature")
	s.Draw(".in-sign canvas", browsertest.Point{X: .2, Y: .7}, browsertest.Point{X: .4, Y: .2},
		browsertest.Point{X: .5, Y: .8}, browsertest.Point{X: .8, Y: .4})
	s.Click("Enregistrer la signature")
	s.See("Votre signature est enregistrée")
	if got := s.Count(`img[src="/profile/signature.png"]`); got != 1 {
		w.t.Errorf("signatures shown: %d, want one", got)
	}
	s.Upload("Dessiner ou choisir une image", w.picture())
	s.Click("Enregistrer la signature")
	s.See("Votre signature est enregistrée")
}

// picture draws a stroke into a file.
func (w *world) picture() string {
	w.t.Helper()
	drawn := image.NewRGBA(image.Rect(0, 0, 320, 100))
	for x := 20; x < 300; x++ {
		for y := range 4 {
			drawn.Set(x, 30+x/8+y, color.Black)
		}
	}
	path := filepath.Join(w.t.TempDir(), "signature.png")
	file, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := png.Encode(file, drawn); err != nil {
		w.t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// switchedOff takes the place away at the next request, and gives it back.
func (w *world) switchedOff(administrator, s *browsertest.Story, email string) {
	w.t.Helper()
	s.Open(network)
	s.See(company)
	administrator.Open(network + "/members")
	administrator.Row(email).Click("Autres actions")
	administrator.Click("Désactiver")
	administrator.In("dialog").Click("Désactiver")
	administrator.See("est désactivé")
	s.Open(network)
	s.See("Votre accès est désactivé") // where they stand, and whom to ask
	w.mailed(email, "Votre accès à "+company+" est désactivé")
	s.At("/network")
	administrator.Open(network + "/members?status=inactive")
	administrator.Row(email).Click("Autres actions")
	administrator.Click("Réactiver")
	administrator.See("est réactivé")
	s.Open(network)
	s.See(company)
}
