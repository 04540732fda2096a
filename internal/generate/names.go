package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"intendant/internal/directory"
)

// A namer invents people and companies that look French.
type namer struct{ random *rand.Rand }

// A person is an invented one.
type person struct{ first, last string }

// firstNames are those people are given.
func firstNames() []string {
	return strings.Fields(`Adrien Agathe Alban Alexis Amandine Anaïs Antoine Arnaud Arthur Audrey Aurélien Aurore Baptiste Bastien
		Benoît Bertrand Camille Capucine Carole Cécile Cédric Céline Charlotte Chloé Christophe Claire Clara Clément Coralie
		Corentin Cyril Damien Delphine Denis Diane Didier Édouard Éléonore Élise Élodie Émile Émilie Emma Éric Estelle Étienne
		Fabien Fanny Fatou Félix Florence Florian François Frédéric Gaël Gaspard Gilles Grégoire Guillaume Hakim Hélène Héloïse
		Henri Hugo Ibrahim Inès Irène Isabelle Jeanne Jérémie Joël Joris Jules Julie Julien Juliette Justine Karim Karine Laure
		Laurent Léa Léo Loïc Lou Louis Louise Lucas Lucie Ludovic Maëlle Malik Manon Marc Margaux Marianne Marion Martin
		Mathieu Mathilde Maud Maxime Mehdi Mélanie Nadia Nathan Nicolas Noémie Odile Olivier Omar Oscar Pascal Paul Pauline
		Perrine Quentin Rachida Raphaël Rémi Romain Romane Samira Samuel Sandrine Sébastien Séverine Simon Sofiane Solène
		Soraya Stéphanie Sylvain Sylvie Théo Thibaut Thierry Tristan Valentin Valérie Véronique Victor Vincent Xavier Yann
		Yasmine Yves Zoé`)
}

// lastParts are the beginnings and ends of last names: put together they are
// tens of thousands, as in a large company.
func lastParts() (starts, ends []string) {
	return strings.Fields(`Aba Ali Ami Arn Aubr Audi Bach Bard Barr Baud Bell Ben Ber Bess Blan Boiss Bonn Bord Bouch Boul Bour
			Bous Broch Brun Buss Cab Caill Cant Carp Cast Caz Chab Chamb Charb Charr Chast Chauv Chevr Clav Coch Col Comb
			Coqu Cord Cost Coud Court Croz Dag Dam Daud Debr Delc Delm Desb Desch Dev Dom Dorv Douc Drou Dub Ducr Duf Dum
			Dur Escud Est Fab Fauch Favr Ferr Fleur Font Forest Fouq Fourn Gaill Garn Garr Gauth Germ Gil Gir God Goss Goul
			Grang Grim Guér Guich Ham Hébr Herb Hug Imb Jacqu Jaub Jol Jourd Kerm Lab Lac Laf Lag Lamb Lang Lap Laun Lav
			Lebr Lecl Lef Legr Lem Léon Les Lev Lois Lorm`),
		strings.Fields(`ac ade ain aire al an ance and ard ardin art ary as asse at aud ault aux é eau el elle er eret eron
			et eux ève ez i iaud ibert ic ier ière in ineau ion is it oche oin on onnet ot ou oul ourt oux uet uin`)
}

// person invents somebody.
func (n namer) person(firsts, starts, ends []string) person {
	return person{first: firsts[skewed(n.random, len(firsts))],
		last: starts[n.random.IntN(len(starts))] + ends[n.random.IntN(len(ends))]}
}

// email is an address nobody else has: the number is the person's alone.
func (p person) email(number int64, domain string) string {
	return fmt.Sprintf("%s.%s%d@%s", directory.Fold(p.first), directory.Fold(p.last), number, domain)
}

// company invents the i-th company of an account.
func (n namer) company(i int) string {
	trades := strings.Fields("Ardoises Ascenseurs Béton Carrelages Charpentes Couverture Électricité Façades Ferronnerie Grues " +
		"Isolation Levage Location Maçonnerie Menuiserie Métallerie Peinture Plomberie Serrurerie Sols Terrassement Toitures Vitrerie")
	starts, ends := lastParts()
	p := n.person([]string{""}, starts, ends)
	return fmt.Sprintf("%s %s %d", trades[i%len(trades)], p.last, i+1)
}
