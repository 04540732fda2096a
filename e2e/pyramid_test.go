package e2e

import (
	"net/url"
	"testing"

	"intendant/internal/browsertest"
)

const (
	gerard  = "gerard.lebrun@maraval.example"
	ariane  = "ariane.colin@maraval.example"
	bram    = "bram.devos@maraval.example"
	manager = "Gestionnaire de parc"
	basic   = "Utilisateur de base"
)

// TestPyramid tells how rights are handed down: a general manager makes users
// step by step and invites them; one is general manager and basic at a group,
// and makes users everywhere; the other is basic and manager at one group, and
// makes users there only.
func TestPyramid(t *testing.T) { // ADD-11, INV-5 to INV-7, PREF-1, PREF-2, ROLE-1 to ROLE-3, ROLE-5, ROLE-9, UNIT-1 to UNIT-3, UNIT-5
	fleet := map[string]string{"catalogue": "fleet"}
	eachWith(t, fleet, func(w *world) {
		administrator := w.maraval("fleet")
		w.plants(administrator)
		w.creates(administrator, newUser{email: gerard, first: "Gérard", last: "Lebrun", language: "Français",
			roles: map[string]string{"Instance": manager, "Nord": manager, "Sud": manager}})
		general := w.joins(gerard)
		general.At(network)

		w.creates(general, newUser{email: ariane, first: "Ariane", last: "Colin", language: "Français",
			roles: map[string]string{"Instance": manager, "Nord": basic}, nothing: basic})
		w.creates(general, newUser{email: bram, first: "Bram", last: "Devos", language: "English", start: "Planification",
			roles: map[string]string{"Instance": basic, "Sud": manager}})

		a := w.joins(ariane)
		w.creates(a, newUser{email: "nadia.roy@maraval.example", first: "Nadia", last: "Roy", language: "Français", home: "Nord",
			roles: map[string]string{"Instance": basic, "Nord": basic}})
		w.creates(a, newUser{email: "simon.petit@maraval.example", first: "Simon", last: "Petit", language: "Français", home: "Sud",
			roles: map[string]string{"Instance": basic, "Sud": basic}})

		w.managesOneGroup(w.joinsInEnglish(bram))
	})
}

// plants draws the tree: two groups, one of them whole down to its fleet.
func (w *world) plants(s *browsertest.Story) {
	w.t.Helper()
	add := func(under, level, name string) {
		s.Open(network + "/units?q=" + url.QueryEscape(under))
		if under != "" {
			s.In("main table").Click(under)
			s.In("main").Click("Ajouter en dessous")
		} else {
			s.In("main").Click("Ajouter une unité")
		}
		s.See(level)
		s.Fill("Nom", name)
		s.In(".in-foot").Click("Enregistrer")
		s.See("L’unité " + name + " est ajoutée")
	}
	add("", "Groupe", "Nord")
	add("", "Groupe", "Sud")
	s.Open(network + "/units")
	s.See("Incomplète, il manque : Société") // UNIT-3
	add("Sud", "Société", "Sud Location")
	add("Sud Location", "Agence", "Agence de Pau")
	add("Agence de Pau", "Parc", "Nacelles")
}

// A newUser is somebody made step by step: data, rights, preferences.
type newUser struct {
	email, first, last, language string
	home                         string
	roles                        map[string]string // by unit
	nothing                      string            // the role that adds nothing, as the page says beside the choice
	start                        string            // screen after sign-in
}

// creates makes a user and invites them once they are saved.
func (w *world) creates(s *browsertest.Story, u newUser) {
	w.t.Helper()
	s.Open(network + "/members/new")
	s.Fill("Prénom", u.first)
	s.Fill("Nom", u.last)
	s.Fill("E-mail", u.email)
	s.Fill("Nom d’utilisateur", u.email)
	s.Choose("Langue", u.language)
	s.Click("Générer un mot de passe")
	s.See("Créer une personne")
	if u.home != "" {
		s.Choose("Unité de rattachement", u.home)
	}
	for unit, role := range u.roles {
		s.Choose(unit, role)
	}
	if u.nothing != "" {
		s.Click("Voir l’effet")
		s.See(u.nothing + " n’ajoute rien : déjà tenu par " + manager) // ROLE-2
	}
	s.DontSee("Inviter la personne") // INV-5: only once saved
	s.In(".in-foot").Click("Enregistrer")
	s.See(u.email + " est dans le compte")
	if u.start != "" {
		saved := s.Path()
		s.Click("Préférences")
		s.Choose("Écran d’ouverture", u.start)
		s.In(".in-foot").Click("Enregistrer")
		s.See("Préférences enregistrées")
		s.Open(saved)
	}
	s.Click("Inviter")
	s.See("reçoit une invitation par e-mail")
}

// joins reads the mail, chooses the password and is a member.
func (w *world) joins(email string) *browsertest.Story {
	w.t.Helper()
	s := w.window()
	s.Open(w.link(email, "/invitation/"))
	s.See("vous invite dans " + company)
	s.Fill("Mot de passe", password)
	s.Click("Accepter l’invitation")
	s.See("Vous êtes membre de " + company)
	return s
}

// joinsInEnglish joins with a browser that asks for French pages: the language
// chosen for the person wins, and the screen chosen for them opens.
func (w *world) joinsInEnglish(email string) *browsertest.Story {
	w.t.Helper()
	w.mailed(email, "Gérard Lebrun invites you to "+company) // INV-6
	s := w.window()
	s.Open(w.link(email, "/invitation/"))
	s.Fill("Mot de passe", password)
	s.Click("Accepter l’invitation")
	s.See("You are a member of " + company)
	s = w.window()
	s.Open("/sign-in")
	s.Fill("Adresse e-mail ou nom d’utilisateur", email)
	s.Fill("Mot de passe", password)
	s.Click("Se connecter")
	s.See("You chose “Planning” as your first screen") // PREF-1, PREF-2
	return s
}

// managesOneGroup makes a user at the group where Bram is manager, and is
// refused at the other one, with the reason and whom to ask.
func (w *world) managesOneGroup(s *browsertest.Story) {
	w.t.Helper()
	const email = "lotte.smet@maraval.example"
	s.Open(network + "/members/new")
	s.Fill("First name", "Lotte")
	s.Fill("Last name", "Smet")
	s.Fill("E-mail", email)
	s.Fill("User name", email)
	s.Click("Generate a password")
	s.See("Create one person")
	s.Choose("Home unit", "Sud")
	s.Choose("Sud", "Basic user")
	s.In(".in-foot").Click("Save")
	s.See(email + " is in the account")

	s.Open(network + "/members")
	s.See(email)
	s.DontSee("nadia.roy@maraval.example") // LIST-9: the group's people only
	s.Open(network + "/rights/why?permission=members.manage")
	s.Choose("At the unit", "Nord")
	s.Click("Ask")
	s.See("You may not Manage users at “Nord”") // ROLE-9
	s.See("This permission is held at 1 other place, not on this path")
	s.See("Gérard Lebrun")

	s.Allow("status 403")
	s.Open(network + "/settings")
	s.See("You lack a permission to do this: Change account settings")
	s.See("Who can give it to you, at “Groupe Maraval”")
}
