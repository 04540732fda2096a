package e2e

import (
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

// TestLastAdministrator tells how the one who administers an account alone wants to
// leave: what is not possible is said before, and leads to naming somebody else; then
// she leaves and has her data erased.
func TestLastAdministrator(t *testing.T) { // ACC-5, ACC-6, ACC-7, API-3
	each(t, func(w *world) {
		const yann = "yann.lebihan@maraval.example"
		s := w.maraval("company-network")
		w.person(yann, "Yann", "Le Bihan")
		w.letsIn(s, yann, "Yann Le Bihan")
		s.Open(network + "/members?q=garrec")
		s.Click(".in-who a")
		s.In(".in-panel").See(helene)
		own, _, _ := strings.Cut(s.Path(), "?")
		for _, act := range []string{"exclude", "deactivate", "remove"} {
			s.Open(own + "?ask=" + act)
			s.In("dialog").See("Nommez d’abord quelqu’un d’autre")
			s.In("dialog footer").DontSee("Retirer")
		}
		s.LooksRight("last administrator")
		s.Open(own + "/edit")
		s.See("Nommez d’abord quelqu’un d’autre")
		s.LooksRight("last administrator edit")
		s.Open("/profile/erase")
		s.In("dialog").See("Vous êtes la seule personne à administrer")
		s.LooksRight("last administrator erase")
		s.In("dialog").Click("Nommer un autre administrateur")
		s.At(network + "/members?status=active")
		w.namesSecond(s, own, yann)
		s.Open(own + "?ask=remove")
		s.In("dialog").Click("Retirer du compte")
		s.At("/network")
		s.Open("/profile/erase")
		s.Fill("Mot de passe actuel", password)
		s.Click("Effacer définitivement")
		s.At("/sign-in")
	})
}

// namesSecond follows the way from what cannot be done to who could administer too.
func (w *world) namesSecond(s *browsertest.Story, own, email string) {
	w.t.Helper()
	s.Open(own + "?ask=remove")
	s.In("dialog").Click("Choisir quelqu’un")
	s.At(network + "/members?status=active")
	s.Row(email).Click(".in-who a")
	s.In(".in-panel").See(email)
	second, _, _ := strings.Cut(s.Path(), "?")
	s.Open(second + "?ask=name")
	s.In("dialog").Click("Nommer administrateur")
	s.See("Yann Le Bihan administre désormais le compte")
	s.Open(own + "?ask=exclude")
	s.In("dialog").DontSee("Nommez d’abord quelqu’un d’autre")
}
