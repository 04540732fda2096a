package demo

import (
	"strings"
)

// words are what inventions are made of.
type words struct {
	women, men, last, trades, towns, streets, jobs []string
}

func newWords() words {
	return words{
		women: split(womenText), men: split(menText), last: split(lastText), trades: split(tradesText),
		towns: split(townsText), streets: split(streetsText), jobs: split(jobsText),
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
	tradesText = `Ardoises|Ascenseurs|Atelier|Bâtiments|Béton|Bureau d’études|Cabinet|Carrelages|Chapes|Charpentes|Chaudronnerie|
Couverture|Cuivrerie|Démolition|Électricité|Enduits|Ets|Façades|Ferronnerie|Forages|Génie civil|Géomètres|Grues|
Isolation|Levage|Location|Maçonnerie|Menuiserie|Métallerie|Miroiterie|Paysages|Peinture|Plâtrerie|Plomberie|
Ravalement|Routes|Serrurerie|Sols|Taille de pierre|Terrassement|Toitures|Tuyauterie|Vitrerie|Zinguerie`
	townsText = `44000 Nantes|44600 Saint-Nazaire|49000 Angers|35000 Rennes|29200 Brest|56100 Lorient|22000 Saint-Brieuc|14000 Caen|
76000 Rouen|80000 Amiens|59000 Lille|62000 Arras|51100 Reims|10000 Troyes|54000 Nancy|57000 Metz|67000 Strasbourg|
68100 Mulhouse|25000 Besançon|21000 Dijon|69003 Lyon|42000 Saint-Étienne|38000 Grenoble|73000 Chambéry|
63000 Clermont-Ferrand|87000 Limoges|86000 Poitiers|37000 Tours|45000 Orléans|72000 Le Mans|17000 La Rochelle|
33000 Bordeaux|64000 Pau|31000 Toulouse|81000 Albi|34000 Montpellier|30000 Nîmes|13002 Marseille|83000 Toulon|
06000 Nice|20000 Ajaccio|75011 Paris|93200 Saint-Denis|92000 Nanterre|78000 Versailles|77000 Melun`
	streetsText = `rue des Tanneurs|quai des Mariniers|rue de l’Ancienne-Forge|avenue des Carriers|boulevard du Petit-Port|
rue des Charpentiers|impasse du Four-à-Chaux|rue du Moulin-Rompu|chemin des Ardoisières|place des Maçons|
rue de la Corderie|avenue du Vieux-Pont|rue des Trois-Écluses|allée des Tilleuls|rue du Puits-Carré|
route de la Sablière|rue Basse|rue du Lavoir|quai de la Grue|rue des Compagnons`
	jobsText = `Acheteur|Aide-comptable|Assistante de direction|Chargée d’affaires|Chef de chantier|Chef d’équipe|Comptable|
Conductrice d’engins|Coordinateur sécurité|Directrice des travaux|Géomètre|Grutier|Ingénieure méthodes|Juriste|
Magasinier|Mécanicien|Planificatrice|Projeteur|Responsable d’agence|Responsable du parc|Responsable qualité|
Secrétaire technique|Technicienne bureau d’études`
)
