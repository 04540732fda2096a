package secret

import (
	"strings"

	"github.com/trustelem/zxcvbn"
)

// strengthRunes caps what the estimator reads: its work grows with the square
// of the length, and nobody gains by the hundred-and-first character.
const strengthRunes = 100

// A Strength says how hard a password is to guess: Score goes from 0, guessed
// at once, to 4, out of reach.
type Strength struct {
	Score int
}

// Measure estimates a password. Own are words an attacker would try first for
// this person: the vendor's, the account's and the person's names. The product's
// own words and common French, German and Dutch ones count as known too; the
// estimator brings the English ones.
func Measure(password string, own []string) Strength {
	runes := []rune(password)
	if len(runes) > strengthRunes {
		runes = runes[:strengthRunes]
	}
	words := strings.Fields(commonWords)
	for _, phrase := range own {
		words = append(words, strings.FieldsFunc(strings.ToLower(phrase), separatesWords)...)
		words = append(words, strings.ToLower(phrase))
	}
	return Strength{Score: zxcvbn.PasswordStrength(string(runes), words).Score}
}

func separatesWords(r rune) bool {
	return strings.ContainsRune(" \t@.-_+'’,", r)
}

// commonWords are what people of this product's countries choose: its own
// nouns, then French, German and Dutch words from everyday passwords.
const commonWords = `
intendant compte client account konto klant kunde administrateur administrator beheerder admin clé cle licence license
lizenz licentie utilisateur gebruiker benutzer membre member mitglied lid projet project projekt chantier société
societe entreprise firma bedrijf agence bureau logiciel software
motdepasse passe bonjour bonsoir salut soleil amour chocolat doudou loulou chouchou azerty azertyuiop marseille paris
nantes lyon toulouse bordeaux france bretagne football printemps été ete automne hiver janvier février fevrier mars
avril juin juillet août aout septembre octobre novembre décembre decembre lundi mardi mercredi jeudi vendredi samedi
dimanche maison voiture famille enfants maman papa cheval chat chien lapin princesse vacances bienvenue provisoire
nicolas julien thomas camille marie sophie isabelle
passwort kennwort hallo schatz sonne liebe sommer herbst winter frühling fruehling januar februar märz maerz april mai
juni juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag berlin
hamburg münchen muenchen deutschland fussball schalke bayern qwertz qwertzuiop haus auto familie mutter vater hund
katze pferd willkommen geheim urlaub schule computer
wachtwoord welkom hallo liefde zomer lente herfst winter januari februari maart mei juni juli augustus oktober
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag amsterdam rotterdam nederland belgië belgie voetbal ajax
feyenoord huis auto familie moeder vader hond poes paard vakantie school geheim bonjour lekker`
