package adding_test

import (
	"fmt"
	"strings"
	"testing"

	"intendant/internal/apptest"
)

// TestImportMendingPage: without a script too, faults are corrected and unknown words said in
// the preview, and what is refused leaves as a file that comes again.
func TestImportMendingPage(t *testing.T) { // ADD-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newDesk(t, w)
		path := d.base + "/members/import"
		d.Get(path)
		kind, body := attach("effectif.csv", "E-mail;Nom;Rôle;Date de fin\na.brossard@;Brossard;Arpenteur;31/02/2031\nb.ostende@maraval.example;PrÃ©vost;;\nc.iriarte@mаraval.example;Iriarte;;\nd1@maraval.example;Un;;\nd2@maraval.example;Deux;;\nd3@maraval.example;Trois;;\n")
		verify := d.Send(path, kind, body).Follow()
		says(t, verify, "2 lignes écartées", "« Arpenteur »", "n’est pas une date", "Sans doute « Prévost »", "1 ligne à regarder avant d’importer", "ressemble à maraval.example")
		base := strings.TrimSuffix(formOf(t, verify, "/start"), "/start")
		again := verify.Submit(base+"/mend", "word.function.Arpenteur", "-", "cell.2.email", "a.brossard@maraval.example", "cell.2.ends", "28/02/2031", "cell.x.ends", "", "cell.3.nothing", "x").Follow()
		says(t, again, "5 membres seront ajoutés", "1 ligne écartée")
		if says := again.Body; strings.Contains(says, "word.function.Arpenteur") {
			t.Error("ADD-13 a word that was said is asked about again")
		}
		refused := verify.Submit(base+"/mend", "word.function.Arpenteur", "nobody")
		says(t, refused, "nobody")
		file := d.Get(base + "/result.csv?outcome=refused").Body
		if strings.Count(file, "\n") != 2 || !strings.Contains(file, "Prévost") {
			t.Errorf("ADD-13 the refused rows: %s", file)
		}
		kind, body = attach("ecartes.csv", strings.ReplaceAll(file, "PrÃ©vost", "Prévost"))
		says(t, d.Send(path, kind, body).Follow(), "1 membre sera ajouté")
		kind, body = attach("ecartes.xlsx", d.Get(base+"/result.xlsx?outcome=refused").Body)
		book := d.Send(path, kind, body).Follow()
		says(t, book, "1 ligne écartée", "Sans doute « Prévost »")
		many := "E-mail;Rôle\n"
		for n := range 43 {
			many += fmt.Sprintf("m%d@maraval.example;Métier %d\n", n, n)
		}
		kind, body = attach("metiers.csv", many)
		asked := d.Send(path, kind, body).Follow()
		says(t, asked, "13 autres valeurs seront demandées", "Toutes les autres valeurs inconnues de « Rôle »")
		base = strings.TrimSuffix(formOf(t, asked, "/start"), "/start")
		next := asked.Submit(base+"/mend", "word.function.Métier 0", "-", "word.function.Métier 1", "-").Follow()
		says(t, next, "11 autres valeurs seront demandées", "« Métier 30 »", "2 membres seront ajoutés")
		rest := next.Submit(base+"/mend", "others.function", "-").Follow()
		says(t, rest, "43 membres seront ajoutés", "Toutes les autres valeurs inconnues de « Rôle »")
		if strings.Contains(rest.Text(), "« Métier 30 »") || !rest.Has(`option[value=-][selected]`) {
			t.Error("ADD-13 what was said of all others does not stand, or words are asked about again")
		}
		says(t, rest.Submit(base+"/mend", "others.function", "").Follow(), "11 autres valeurs seront demandées")
		kind, body = attach("sans.csv", "Nom;E-mail\nBrossard;Adeline\nOstende;Rémi\n")
		none := d.Send(path, kind, body).Follow()
		says(t, none, "La colonne « E-mail » ne contient aucune adresse e-mail")
		if strings.Contains(none.Body, "cell.2.email") {
			t.Error("ADD-13 a file without addresses says so in each row")
		}
	})
}
