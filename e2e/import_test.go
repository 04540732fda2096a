package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

// TestImport tells how a list of 5,000 people comes in as a French spreadsheet
// writes it, and how its people are found again.
func TestImport(t *testing.T) { // ADD-13, LIST-3 to LIST-7, LIST-9
	each(t, func(w *world) {
		s := w.maraval("company-network")
		w.importsText(s)
		w.finds(s)
		w.importsWorkbook(s)
	})
}

// importsText brings in the file of an older spreadsheet: the program finds out
// how it is written, the reader corrects what one column means.
func (w *world) importsText(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members")
	s.Click("Importer")
	s.Upload("Fichier", filepath.Join("testdata", "membres-5000.csv"))
	s.Click("Lire le fichier")
	s.See("Vérifier l’import")
	s.See("Point-virgule")
	s.See("windows-1252")
	s.See("9 reconnues sur 9")
	s.See("Rôle « Géomètre » inconnu")
	s.Choose("Champ pour la colonne Rôle", "Poste")
	s.See("4 950 membres seront ajoutés")
	s.See("50 lignes écartées")
	s.DontSee("Géomètre » inconnu")
	s.Click("Écartés")
	s.See("à compléter")

	s.Click("Importer 4 950 lignes")
	s.See("terminé le")
	s.See("4 950")
	result := s.Download("Fichier de résultat (CSV)")
	content, err := os.ReadFile(result)
	if err != nil {
		w.t.Fatal(err)
	}
	if got := strings.Count(string(content), "\n"); got != 5001 {
		w.t.Errorf("the result has %d lines, want 5001", got)
	}
	s.Click("Voir les membres")
	s.See("4 951")
}

// finds searches, sorts, filters and opens somebody; the address carries it.
func (w *world) finds(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members")
	s.Fill("Chercher un membre", "maiwenn foret") // LIST-4: without accents
	s.See("Forêt Maïwenn")
	s.DontSee("Tréguier Agnès")
	s.Click("Ajouté")
	s.See("Forêt Maïwenn")
	s.Click("Filtre")
	s.Click("L’Atelier du Toit")
	s.Click("Appliquer")
	s.See("1 sur 4 951")
	at := s.Path()
	for _, part := range []string{"q=maiwenn", "sort=added", "company="} {
		if !strings.Contains(at, part) {
			w.t.Errorf("the address %s does not carry %s", at, part)
		}
	}
	s.Row("m.foret2@loewen.example").Click("Forêt Maïwenn")
	s.In(".in-panel").See("Conducteur de travaux")
	at = s.Path()
	s.Reload()
	s.At(at)
	s.In(".in-panel").See("m.foret2@loewen.example")
	s.DontSee("Tréguier Agnès")
}

// importsWorkbook brings the same people again: nobody is doubled.
func (w *world) importsWorkbook(s *browsertest.Story) {
	w.t.Helper()
	s.Open(network + "/members/import")
	s.Upload("Fichier", filepath.Join("testdata", "membres-5000.xlsx"))
	s.Click("Lire le fichier")
	s.See("Vérifier l’import")
	s.See("Feuille")
	s.Choose("Champ pour la colonne Rôle", "Ne pas reprendre")
	s.See("4 950 inchangés")
	s.DontSee("seront ajoutés")
}

// TestImportMended tells how a filtered workbook with faults is mended in its preview
// and brought in, and its refused rows leave as a file that comes again.
func TestImportMended(t *testing.T) { // ADD-13
	each(t, func(w *world) {
		s := w.maraval("company-network")
		s.Open(network + "/members/import")
		s.Upload("Fichier", filepath.Join("testdata", "equipe-filtree.xlsx"))
		s.Click("Lire le fichier")
		s.See("Vérifier l’import")
		s.See("12 lignes de la feuille sont masquées ou filtrées")
		s.See("Dites d’abord ce que deviennent les lignes masquées")
		s.See("chantlers-nord.example ressemble à chantiers-nord.example")
		s.LooksRight("import-mending")

		s.Click("Les reprendre aussi")
		s.Choose("Valeur pour « Arpenteur »", "Dessinateur")
		s.Choose("Valeur pour « Pilote de drone »", "Ne pas reprendre")
		s.Click("Appliquer")
		s.See("32 membres seront ajoutés")
		s.See("3 lignes écartées")
		s.DontSee("Arpenteur")

		s.Click("Écartés")
		s.NoSidewaysScroll()
		s.Row("lucie.morel@").Fill("E-mail", "lucie.morel@chantiers-nord.example")
		s.Row("lucie.morel@").Fill("Date de fin", "28/02/2031")
		s.Row("yann.petit").Fill("Nom", "Petit")
		s.Click("Vérifier les corrections")
		s.See("34 membres seront ajoutés")
		s.See("1 ligne écartée")
		refused := s.Download("La ligne écartée (CSV)")
		content, err := os.ReadFile(refused)
		if err != nil {
			w.t.Fatal(err)
		}
		if text := string(content); strings.Count(text, "\n") != 2 || !strings.Contains(text, "Roux") {
			w.t.Errorf("the refused rows are %q", text)
		}
		s.Click("Importer 34 lignes")
		s.See("terminé le")
		s.Click("Voir les membres")
		s.See("35")
	})
}
