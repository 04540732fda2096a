package e2e

import (
	"strings"
	"testing"

	"intendant/internal/demo"
)

// TestPictures opens what the guides show, in each language that has a guide. With
// INTENDANT_SCREENSHOTS it keeps the pictures of docs/pictures, by their names there.
func TestPictures(t *testing.T) {
	t.Parallel()
	w, people := example(t)
	s := (&world{t: t, server: w.server, mails: w.mails}).window()
	w.tries(s, people[administrator], demo.Password)
	s.DontSee("Mot de passe oublié")
	account := "/accounts/" + strings.ReplaceAll(people["account"], " ", "")
	for _, one := range []struct {
		ending, addresses, paste, read, members string
		first                                   func()
	}{
		{"", "Adresses e-mail, séparées comme vous voulez", "Ajouter au tableau", "adresses lues", "Membres", func() {}},
		{".en", "E-mail addresses, separated as you like", "Add to the table", "addresses read", "Members", func() {
			s.Open("/profile")
			s.Choose("Langue des pages et des e-mails", "English")
			s.Click("Enregistrer")
			s.See("Your profile is saved.")
		}},
	} {
		one.first()
		s.Viewport(1280, 800)
		for _, page := range []struct{ name, path string }{
			{"members", "/members"}, {"products", "/products"}, {"rights", "/rights"}, {"history", "/history"},
		} {
			s.Open(account + page.path)
			s.See(one.members)
			s.Screenshot(page.name + one.ending)
		}
		s.Open(account + "/members/add")
		s.Fill(one.addresses, "yann.lebihan@maraval.example; Ines Rouault <ines.rouault@kestner-bau.example>\ntom.brisset@maraval.example")
		s.Click(one.paste)
		s.See(one.read)
		s.Screenshot("adding" + one.ending)
	}
}
