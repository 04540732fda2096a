package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/text/unicode/norm"

	"intendant/internal/directory"
)

// The estimator's work grows with the square of what it reads, and with each
// combination of signs that may stand for letters. So it reads a window, and
// where that is hopeless the next one, and knows so many words of this person.
const (
	windowRunes  = 32
	windows      = 2
	ownWords     = 48
	ownWordRunes = 64
)

// The most characters beside known names that add nothing: a few of any kind, or
// a year, a postal code, a sign at the end.
const (
	hopelessRest   = 5
	hopelessDigits = 8
)

// program is what this program is called, whatever the vendor calls it.
const program = "intendant"

// A Strength says how hard a password is to guess: Score goes from 0, guessed
// at once, to 4, out of reach.
type Strength struct {
	Score int
}

// Hopeless reports whether nobody should have such a password, whatever else a
// policy asks: it is among the first that are tried.
func (s Strength) Hopeless() bool { return s.Score < 2 }

// Measure estimates a password. Own are words an attacker would try first for
// this person: the vendor's, the account's and the person's names. The product's
// own words and common French, German and Dutch ones count as known too; the
// estimator brings the English ones. Accents hide nothing. It costs a few
// milliseconds at most, whatever is given.
func Measure(password string, own []string) Strength {
	known := append(knownWords(own), program)
	password = beginning(password, directory.PasswordMaxLength)
	words := append(strings.Fields(withoutAccents(commonWords)), known...)
	score, rest := 0, password
	for range windows {
		window := beginning(rest, windowRunes)
		rest = rest[len(window):]
		score = max(score, zxcvbn.PasswordStrength(oneSignALetter(withoutAccents(window)), words).Score)
		if rest == "" || score > 1 {
			break
		}
	}
	if onlyNames(strings.ToLower(withoutAccents(password)), known) {
		score = min(score, 1)
	}
	return Strength{Score: score}
}

// knownWords are phrases and their words, small and without accents.
func knownWords(own []string) []string {
	var words []string
	add := func(word string) {
		if len(words) < ownWords && utf8.RuneCountInString(word) > 2 {
			words = append(words, word)
		}
	}
	for _, phrase := range own {
		phrase = withoutAccents(strings.ToLower(beginning(strings.TrimSpace(phrase), ownWordRunes)))
		add(phrase)
		if parts := strings.FieldsFunc(phrase, separatesWords); len(parts) > 1 {
			for _, part := range parts {
				add(part)
			}
		}
	}
	return words
}

func separatesWords(r rune) bool {
	return strings.ContainsRune(" \t@.-_+'’,", r)
}

// onlyNames reports whether a password is known words with next to nothing
// beside them.
func onlyNames(password string, known []string) bool {
	left := password
	for _, word := range known {
		left = strings.ReplaceAll(left, word, "")
	}
	most := hopelessRest
	if !strings.ContainsFunc(left, unicode.IsLetter) {
		most = hopelessDigits
	}
	return left != password && utf8.RuneCountInString(left) <= most
}

// withoutAccents takes marks off letters and keeps everything else, capitals
// too.
func withoutAccents(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

func beginning(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i]
		}
		runes--
	}
	return text
}

// alike are signs that stand for the same letter.
var alike = []string{"4@", "({[<", "1!|", "5$", "7+"}

// oneSignALetter writes signs that stand for the same letter as the one of them
// that comes first in alike. Otherwise the estimator tries every combination of
// them: a hundred characters took it seconds.
func oneSignALetter(password string) string {
	var pairs []string
	for _, signs := range alike {
		first := ""
		for _, sign := range strings.Split(signs, "") {
			switch {
			case !strings.Contains(password, sign):
			case first == "":
				first = sign
			default:
				pairs = append(pairs, sign, first)
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace(password)
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
