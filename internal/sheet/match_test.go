package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/directory"
)

func memberFields() []Field {
	return []Field{
		{ID: "email", Words: []string{"e-mail", "email", "adresse e-mail", "mail", "courriel", "e-mail-adresse", "e-mailadres"}, Looks: directory.ValidEmail},
		{ID: "first", Words: []string{"prénom", "first name", "vorname", "voornaam"}},
		{ID: "last", Words: []string{"nom", "nom de famille", "last name", "surname", "nachname", "achternaam"}},
		{ID: "company", Words: []string{"société", "entreprise", "company", "firma", "bedrijf"}},
		{ID: "phone", Words: []string{"téléphone", "tél", "phone", "telefon", "telefoon"},
			Looks: func(cell string) bool { return strings.Trim(cell, "+0123456789 .") == "" }},
	}
}

func TestMatch(t *testing.T) {
	person := [][]string{{"M.", "Yann", "Bertin", "Y@X.fr ", "Maraval", "+33 6 12"}, {"", "Zoé", "Noël", "z@x.fr", "Séguy", "06 12"}}
	for _, test := range []struct {
		name   string
		head   []string
		sample [][]string
		want   []int
	}{
		{"French", []string{"Civilité", "Prénom", "Nom", "E-mail", "Société", "Téléphone"}, person, []int{3, 1, 2, 4, 5}},
		{"German", []string{"Anrede", "Vorname", "Nachname", "E-Mail", "Firma", "Telefon"}, person, []int{3, 1, 2, 4, 5}},
		{"Dutch capitals", []string{"", "VOORNAAM", "ACHTERNAAM", "E-MAILADRES", "BEDRIJF", "TELEFOON"}, person, []int{3, 1, 2, 4, 5}},
		{"titles that say more", []string{"", "Prénom (usuel)", "Nom de famille *", "Adresse e-mail professionnelle", "Nom de la société", "N° de téléphone"}, person, []int{3, 1, 2, 4, 5}},
		{"underscores and no accents", []string{"civ", "prenom", "nom", "adresse_email", "nom_entreprise", "tel"}, person, []int{3, 1, 2, 4, 5}},
		{"no titles: what cells look like", []string{"", "", "", "", "", ""}, person, []int{3, -1, -1, -1, 5}},
		{"two e-mail columns: the filled one", []string{"E-mail", "", "", "E-mail", "", ""}, person, []int{3, -1, -1, -1, 5}},
		{"nothing known", []string{"Colonne A", "Colonne B"}, [][]string{{"x", "y"}}, []int{-1, -1, -1, -1, -1}},
		{"no rows", []string{"Nom", "E-mail"}, nil, []int{1, -1, 0, -1, -1}},
	} {
		t.Run("ADD-13 "+test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Match(test.head, test.sample, memberFields())); diff != "" {
				t.Errorf("Match(%q): %s", test.head, diff)
			}
		})
	}
}
