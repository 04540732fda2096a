package e2e

import (
	"testing"

	"intendant/internal/browsertest"
	"intendant/internal/directory"
)

// The five people of the story, as a sheet has them; the address of the last is not
// whole.
const crew = "Société\tE-mail\tNom\tPrénom\n" +
	"Maraval Construction\tyann.lebihan@maraval.example\tLe Bihan\tYann\n" +
	"Maraval Construction\tnolwenn.riou@maraval.example\tRiou\tNolwenn\n" +
	"Menuiserie Sault\tbrieuc.tanguy@sault.example\tTanguy\tBrieuc\n" +
	"\tloic.prigent@maraval.example\tPrigent\tLoïc\n" +
	"Menuiserie Sault\tines.rouault@sault\tRouault\tInès\n"

const yann, nolwenn, brieuc, loic, ines = "yann.lebihan@maraval.example", "nolwenn.riou@maraval.example", "brieuc.tanguy@sault.example",
	"loic.prigent@maraval.example", "ines.rouault@sault.example"

// TestPhonePaste tells how an administrator who has only a phone adds five people with
// different roles, levels and products, mends one address and sees them invited.
func TestPhonePaste(t *testing.T) { // ADD-1 to ADD-8
	eachWith(t, nil, func(w *world) {
		s := w.maraval("construction")
		w.buys(directory.Offer{Product: "plans"}, 20)
		s.Viewport(390, 844)
		w.pastesCrew(s)
		w.choosesByTouch(s)
		s.Viewport(360, 760)
		s.NoSidewaysScroll()
		s.Viewport(390, 844)
		w.sendsCrew(s)
	})
}

// TestPhonePasteScriptless tells the same where scripts do not run.
func TestPhonePasteScriptless(t *testing.T) { // ADD-1 to ADD-8
	eachWith(t, nil, func(w *world) {
		w.maraval("construction")
		w.buys(directory.Offer{Product: "plans"}, 20)
		s := w.scriptless()
		s.Viewport(390, 844)
		w.signIn(s, helene)
		w.pastesCrew(s)
		w.choosesScriptless(s)
		w.sendsCrew(s)
	})
}

// pastesCrew pastes the table and mends the address that is not whole, where it is
// listed.
func (w *world) pastesCrew(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members/add")
	s.Fill("Adresses e-mail", crew)
	s.Click("Ajouter au tableau")
	s.See("5 adresses lues")
	s.Fill("Prénom de "+loic, "Loïc Marie")
	s.Click("1 invalide, ligne 6")
	s.Fill("Ligne 6, Inès Rouault", ines)
	s.Click("Corriger ces adresses")
	s.DontSee("invalide")
	for label, want := range map[string]string{"Prénom de " + ines: "Inès", "Nom de " + ines: "Rouault", "Société de " + ines: "Menuiserie Sault",
		"Prénom de " + loic: "Loïc Marie", "Société de " + yann: "Maraval Construction"} {
		if got := s.Value(label); got != want {
			w.t.Errorf("ADD-3 %s is %q, want %q", label, got, want)
		}
	}
	s.Screenshot("paste-phone")
}

// choosesByTouch chooses roles, levels and products row by row and with the panel.
func (w *world) choosesByTouch(s *browsertest.Story) {
	w.t.Helper()
	s.Choose("Rôle de "+yann, "Dirigeant")
	s.Row(yann).See("Exécutif")
	s.Choose("Rôle de "+nolwenn, "Architecte")
	s.Click("Niveau d’accès de " + nolwenn)
	s.Row(nolwenn).Click("Normes")
	s.Row(nolwenn).See("Normes")
	s.Press("Escape")
	s.Click("Produits de " + brieuc)
	s.Row(brieuc).Click("Plans")
	s.See("Licences demandées")
	s.Press("Escape")
	s.Click("Cocher " + yann)
	s.Click("Cocher " + brieuc)
	s.Click("Cocher " + ines)
	s.See("3 lignes cochées")
	s.Click("Modifier les lignes cochées")
	s.In(".in-bulk").Choose("Rôle", "Métreur")
	s.In(".in-bulk").Click("Administrateur")
	s.See("Remplacera sur ces lignes : 1 rôle et 1 niveau d’accès.")
	s.Click("Cocher " + yann) // who is ticked no more is counted no more
	s.DontSee("Remplacera sur ces lignes")
	s.LooksRight("paste-phone-panel")
	s.Viewport(390, 844)
	s.Click("Appliquer aux lignes cochées")
	s.See("2 lignes modifiées")
	s.Row(yann).See("Exécutif")
	s.See("4 invitations partiront, 1 ajout sans invitation")
}

// choosesScriptless does the same where each page is sent whole.
func (w *world) choosesScriptless(s *browsertest.Story) {
	w.t.Helper()
	s.Choose("Rôle de "+yann, "Dirigeant")
	s.Choose("Rôle de "+nolwenn, "Architecte")
	s.Click("Niveau d’accès de " + nolwenn)
	s.Row(nolwenn).Click("Normes")
	s.Click("Niveau d’accès de " + nolwenn)
	s.Click("Produits de " + brieuc)
	s.Row(brieuc).Click("Plans")
	s.Click("Produits de " + brieuc)
	s.Click("Enregistrer ces lignes")
	s.Row(yann).See("Exécutif")
	s.Click("Cocher " + yann)
	s.Click("Cocher " + brieuc)
	s.Click("Cocher " + ines)
	s.Click("Modifier les lignes cochées")
	s.In(".in-bulk").Choose("Rôle", "Métreur")
	s.In(".in-bulk").Click("Administrateur")
	s.Allow("status 422")
	s.Click("Appliquer aux lignes cochées")
	s.See("Remplacera sur ces lignes : 1 rôle et 1 niveau d’accès.")
	s.Click("Cocher " + yann)
	s.Click("Appliquer aux lignes cochées")
	s.Row(ines).See("Administrateur")
	s.See("4 invitations partiront, 1 ajout sans invitation")
}

// sendsCrew sends the table and sees who came with what.
func (w *world) sendsCrew(s *browsertest.Story) {
	w.t.Helper()
	s.Click("Ajouter 5 personnes et inviter")
	s.See("5 personnes ajoutées")
	s.Open(network + "/members?q=maraval.example")
	s.Row(loic).See("Non invité")
	s.Row(yann).See("Invité")
	s.Open(network + "/members?q=sault.example")
	s.Row(ines).See("Invité")
	s.Row(brieuc).See("Invité")
}
