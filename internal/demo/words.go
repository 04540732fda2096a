package demo

import (
	"strings"
)

// words are what inventions are made of.
type words struct {
	women, men, last, jobs []string
}

func newWords() words {
	return words{
		women: split(womenText), men: split(menText), last: split(lastText), jobs: split(jobsText),
	}
}

// split parts a list at its bars, wherever its lines end.
func split(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\n", ""), "|")
}

const (
	womenText = `Agathe|Alix|Amandine|Anaïs|Andréa|Anne-Laure|Apolline|Audrey|Aurore|Bérénice|Camille|Capucine|Carole|Cécile|Céline|
Chloé|Claire|Clara|Clémence|Coralie|Delphine|Diane|Éléonore|Élise|Élodie|Émilie|Emma|Estelle|Eugénie|Fanny|Fatou|
Florence|Françoise|Gaëlle|Garance|Gwenaëlle|Hélène|Héloïse|Inès|Ingrid|Irène|Isabelle|Jeanne|Joséphine|Julie|Juliette|
Justine|Karine|Laure|Léa|Léonie|Lise|Lou|Louise|Lucie|Ludivine|Maëlle|Maëlys|Manon|Margaux|Marianne|Marie-Noëlle|
Marion|Mathilde|Maud|Mélanie|Nadia|Noémie|Océane|Odile|Ophélie|Pauline|Perrine|Rachida|Romane|Salomé|Samira|Sandrine|
Séverine|Solène|Soraya|Stéphanie|Sylvie|Tiphaine|Valérie|Véronique|Violette|Yasmine|Zoé`
	menText = `Adrien|Alban|Alexis|Amaury|Amine|Anatole|Antoine|Armand|Arnaud|Arthur|Aurélien|Baptiste|Basile|Bastien|Benoît|
Bertrand|Boris|Brice|Bruno|Cédric|Christophe|Clément|Corentin|Cyril|Damien|Denis|Didier|Dimitri|Édouard|Émile|Enzo|
Éric|Étienne|Fabien|Félix|Florian|Franck|François|Frédéric|Gaël|Gaspard|Gauthier|Geoffroy|Georges|Gilles|Grégoire|
Guillaume|Gustave|Hakim|Henri|Hervé|Hugo|Ibrahim|Ismaël|Jean-Marc|Jean-Philippe|Jérémie|Joachim|Joël|Joris|Jules|
Julien|Karim|Laurent|Léo|Loïc|Louis|Lucas|Ludovic|Malik|Marc|Martin|Mathieu|Maxence|Maxime|Mehdi|Nathan|Nicolas|Noël|
Olivier|Omar|Oscar|Pascal|Paul|Pierre-Yves|Quentin|Raphaël|Rémi|Romain|Samuel|Sébastien|Serge|Simon|Sofiane|Sylvain|
Thibaut|Théo|Théophile|Thierry|Tristan|Ulysse|Valentin|Victor|Vincent|Wout|Xavier|Yann|Yves`
	lastText = `Abadie|Alibert|Amiot|Ancelin|Arnoux|Astruc|Aubrac|Audebert|Auclair|Azéma|Bachelet|Baillargeon|Barbotin|Bardin|
Barrault|Bataille|Baudouin|Beaufils|Bélanger|Bellec|Benhamou|Béranger|Bertin|Besnard|Bidault|Blanchet|Blondeau|
Boisseau|Bonnefoy|Bordes|Boucher|Boulanger|Bourdin|Bousquet|Brochard|Brunet|Bussière|Cabanel|Caillaud|Cantin|
Carpentier|Castaing|Cazenave|Chabrol|Champion|Charpin|Charrier|Chastaing|Chauvet|Chevrier|Claessens|Clavel|Cochet|
Colas|Combes|Constant|Coquelin|Cordier|Corvaisier|Coste|Coudert|Courtin|Crozet|Daguerre|Damour|Dauphin|Debray|Decourt|
Delattre|Delcourt|Delorme|Denis|Desbois|Deschamps|Devaux|Diarra|Domange|Dorval|Doucet|Drouet|Dubosc|Ducreux|Dufour|
Dumas|Dupré|Durand|Duval|Escudier|Estève|Fabre|Faucher|Favreau|Ferrand|Ferrière|Fleury|Fontanel|Forestier|Fouquet|
Fournel|Frémont|Gaillard|Garnier|Garrec|Gauthier|Gélinas|Germain|Gilbert|Girardot|Godard|Gosselin|Goulet|Granger|
Grimaud|Guérin|Guichard|Guillemot|Haddad|Hamelin|Hébrard|Herblin|Hoarau|Huguet|Imbert|Jacquemin|Jaubert|Joly|Jourdan|
Keller|Kermarec|L’Hermitte|Labarthe|Lacaze|Lafargue|Lagarde|Lambert|Lancelot|Langlois|Lapierre|Larue|Launay|Lavigne|
Le Bihan|Le Gall|Le Guellec|Lebrun|Leclair|Lefèvre|Legrand|Lemoine|Léonard|Lesage|Levasseur|Loiseau|Lormeau|Lucas|
Mahé|Maillard|Malherbe|Marchandon|Marchetti|Maréchal|Marsan|Martineau|Massé|Mathieu|Mercier|Merlin|Meunier|Michaud|
Moncoutié|Monnier|Montagne|Moreau|Morvan|Moulin|Navarro|Nollet|Noël|Oriol|Ozanne|Paquet|Parmentier|Pasquier|Pauwels|
Péchard|Pellerin|Perrault|Perrin|Petitjean|Picard|Pinault|Poirier|Pommier|Poncet|Portal|Poulain|Prévost|Prigent|
Quéméner|Quesnel|Rambaud|Raynal|Renard|Ribeiro|Richer|Rivière|Robin|Rocher|Rolland|Roques|Roussel|Rouvière|Sabatier|
Salomon|Sauvage|Savary|Sénac|Serrault|Simonet|Sorel|Soulier|Tanguy|Tardieu|Teissier|Tessier|Texier|Thévenin|Thomas|
Tisserand|Touchard|Traoré|Tremblay|Turpin|Urbain|Vaillant|Valette|Vandamme|Vasseur|Verdier|Vernet|Vial|Vidal|Vigneron|
Villard|Vincenot|Voisin|Weber|Wagner|Yvon|Zanetti`
	jobsText = `Acheteur|Aide-comptable|Assistante de direction|Chargée d’affaires|Chef de chantier|Chef d’équipe|Comptable|
Conductrice d’engins|Coordinateur sécurité|Directrice des travaux|Géomètre|Grutier|Ingénieure méthodes|Juriste|
Magasinier|Mécanicien|Planificatrice|Projeteur|Responsable d’agence|Responsable du parc|Responsable qualité|
Secrétaire technique|Technicienne bureau d’études`
)
