package directory

import (
	"slices"
	"strings"
)

// What months and days of the week are called in the languages of this program,
// folded, a line each: in full and as spreadsheets shorten them.
const (
	months = `janvier janv jan january januar januari
fevrier fevr fev feb february februar februari
mars mar march marz mrz maart mrt
avril avr april apr
mai may mei
juin june juni jun
juillet juil july juli jul
aout august aug augustus
septembre sept sep september
octobre oct october oktober okt
novembre nov november
decembre dec december dezember dez`
	weekdays = `lundi lun monday mon montag mo maandag ma
mardi mar tuesday tue dienstag di dinsdag
mercredi mer wednesday wed mittwoch mi woensdag wo
jeudi jeu thursday thu donnerstag do donderdag
vendredi ven friday fri freitag fr vrijdag vr
samedi sam saturday sat samstag sonnabend sa zaterdag za
dimanche dim sunday sun sonntag so zondag zo`
)

// listed is the line a word stands in, from 1, or 0.
func listed(words, word string) int {
	if word == "" || word[0] >= '0' && word[0] <= '9' {
		return 0
	}
	n := 0
	for line := range strings.Lines(words) {
		n++
		if slices.Contains(strings.Fields(line), word) {
			return n
		}
	}
	return 0
}
