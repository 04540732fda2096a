package ui_test

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
	"intendant/internal/web/ui"
)

// samples are whole pages with invented people, one for each shell.
type samples struct {
	p     *i18n.Printer
	theme ui.Theme
}

func (s samples) pages() map[string]templ.Component {
	return map[string]templ.Component{
		"01-connexion":        s.signIn(),
		"01-cle":              s.key(),
		"02-apercu":           s.overview(),
		"03-membres":          s.members(false),
		"03-membres-profil":   s.members(true),
		"03-membres-vide":     s.nobody(),
		"04-ajouter":          s.add(),
		"09-projet-confirmer": s.confirm(),
		"11-client":           s.client(),
		"erreur":              ui.ErrorPage(s.page("Page introuvable"), "Cette page n’existe pas", "L’adresse a peut-être changé.", "K7M4-2210", ui.Act{Label: "Retour à l’aperçu", Href: "/"}),
	}
}

// with renders parent around its children.
func with(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, join(children...)), w)
	})
}

// join renders parts one after the other, each without the children of the one
// around it.
func join(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range parts {
			if err := part.Render(templ.ClearChildren(ctx), w); err != nil {
				return err
			}
		}
		return nil
	})
}

// raw is HTML that pages write themselves.
func raw(parts ...string) templ.Component { return templ.Raw(strings.Join(parts, "")) }

func (s samples) brand() ui.Brand {
	return ui.Brand{Name: "Bâtisoft", Colour: "#0b5d66", Tagline: "Bâtisoft, logiciels pour bâtir et louer",
		Languages: messages.Languages(),
		Links:     []ui.Link{{Label: "Assistance", Href: "#aide"}, {Label: "Mentions légales", Href: "#mentions"}, {Label: "Données personnelles", Href: "#donnees"}}}
}

func (s samples) page(title string) ui.Page {
	return ui.Page{Printer: s.p, Title: title, Brand: s.brand(), Theme: s.theme, Return: "/"}
}

func (s samples) account(title, current string) ui.Page {
	page := s.page(title)
	page.Account = &ui.Account{Name: "Groupe Maraval", Number: "204 817", Choose: "#comptes"}
	page.Person = &ui.Person{Name: "Hélène Castaing", Role: "Administratrice", Profile: "#profil", Sessions: "#sessions", SignOut: "/signout"}
	page.Nav = []ui.NavItem{
		{Label: "Aperçu", Icon: "layout-dashboard", Href: "#apercu"},
		{Label: "Membres", Icon: "users", Href: "#membres", Count: 1248},
		{Label: "Demandes", Icon: "user-question", Href: "#demandes", Count: 4, Waiting: true},
		{Label: "Entités", Icon: "sitemap", Href: "#entites", Count: 23},
		{Label: "Projets", Icon: "folders", Href: "#projets", Count: 37},
		{Label: "Produits et licences", Icon: "license", Href: "#produits"},
		{Label: "Qui peut quoi", Icon: "git-branch", Href: "#qui", Heading: "Droits"},
		{Label: "Rôles", Icon: "id-badge-2", Href: "#roles", Heading: "Droits", Count: 8},
		{Label: "Rapports", Icon: "report-analytics", Href: "#rapports", Heading: "Suivi"},
		{Label: "Historique", Icon: "history", Href: "#historique", Heading: "Suivi"},
		{Label: "Paramètres", Icon: "settings", Href: "#parametres", Heading: "Suivi"},
	}
	for i := range page.Nav {
		page.Nav[i].Current = page.Nav[i].Label == current
	}
	return page
}

func (s samples) signIn() templ.Component {
	card := with(ui.EntryCard([]ui.CartItem{
		{Label: "Pas encore inscrit ?", Value: "Créer un accès", Href: "#inscription"},
		{Label: "Vous avez reçu un courrier ?", Value: "Saisir la clé", Href: "#cle"},
	}), raw(`<h1>Connexion</h1><p>Pour administrer votre compte client ou ouvrir vos produits.</p><form class="in-fields" method="post">`),
		ui.FormField(ui.Field{Name: "name", Label: "Adresse e-mail ou nom d’utilisateur", Value: "helene.castaing@maraval.example", Attrs: templ.Attributes{"autocomplete": "username webauthn"}}),
		ui.FormField(ui.Field{Name: "password", Kind: "password", Label: "Mot de passe", Side: &ui.Link{Label: "Mot de passe oublié ?", Href: "#oubli"}, Attrs: templ.Attributes{"autocomplete": "current-password"}}),
		ui.Button(ui.Act{Label: "Se connecter", Kind: ui.Primary, Size: ui.Wide}),
		raw(`</form>`), ui.Or(s.p),
		ui.Button(ui.Act{Label: "Utiliser une clé d’accès", Icon: "key", Href: "#cle-acces", Size: ui.Wide}))
	return with(ui.EntryShell(s.page("Connexion"), false), card)
}

func (s samples) key() templ.Component {
	card := with(ui.EntryCard([]ui.CartItem{
		{Label: "Pas de courrier ?", Value: "Demander une clé", Href: "#demander"},
		{Label: "Votre société est déjà là ?", Value: "Demander à rejoindre", Href: "#demande"},
	}), raw(`<h1>Ouvrir l’administration du compte</h1><p>Recopiez le numéro et l’une des clés du courrier.</p>`),
		ui.FieldErrors(s.p, []ui.FieldError{{ID: "f-key", Text: "Ce numéro et cette clé ne vont pas ensemble."}}),
		raw(`<form class="in-fields" method="post">`),
		ui.FormField(ui.Field{Name: "number", Label: "Numéro de client", Value: "204 817", Hint: "Six chiffres, au-dessus des clés et sur vos factures.", Attrs: templ.Attributes{"inputmode": "numeric"}}),
		ui.FormField(ui.Field{Name: "key", Kind: "key", Label: "Clé administrateur", Value: "K7M-X4P-9TR-HW8", Error: "Ce numéro et cette clé ne vont pas ensemble. Relisez les deux.", Hint: "Douze caractères. Minuscules, espaces et tirets sont sans importance."}),
		ui.PasswordField(s.p, ui.Field{Name: "new", Label: "Nouveau mot de passe"}, "/password/meter"),
		ui.PasswordMeter(2, "Moyen.", "Ajoutez un mot ou deux."),
		ui.Signature(s.p, ui.Field{Name: "signature", Label: "Signature"}, "picture"),
		ui.Button(ui.Act{Label: "Devenir administrateur", Kind: ui.Primary, Size: ui.Wide}),
		raw(`</form>`))
	return with(ui.EntryShell(s.page("Clé"), false), card)
}

func (s samples) overview() templ.Component {
	p := s.p
	head := with(ui.Head(ui.HeadView{Title: "Groupe Maraval", Acts: []ui.Act{
		{Label: "Exporter", Icon: "download", Href: "#exp"}, {Label: "Ajouter des membres", Icon: "user-plus", Kind: ui.Primary, Href: "#add"}}}),
		ui.ServiceLevel("full", "Contrat Sérénité"))
	request := func(name, mail, quote string, ago time.Duration) templ.Component {
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		return join(raw(`<li>`), ui.Avatar(name, "md"), raw(`<div class="in-list__t"><b>`+name+`</b> <span class="quiet sm">`), ui.TimeAgo(p, now.Add(-ago), now), raw(`</span><p>`+mail+`</p>`),
			ui.Quote(p, quote), raw(`</div>`), with(ui.ListActs(), ui.Button(ui.Act{Label: "Refuser", About: name, Size: ui.Small}), ui.Button(ui.Act{Label: "Accepter", About: name, Size: ui.Small, Kind: ui.Primary})), raw(`</li>`))
	}
	left := join(
		with(ui.Section("Demandes de connexion", "4 en attente", &ui.Link{Label: "Toutes", Href: "#demandes"}), with(ui.List(),
			request("Ludivine Garrec", "l.garrec@maraval.example", "Je remplace Paul Sénac au dépôt de Rennes.", 2*time.Hour),
			request("Joris Vandamme", "joris.vandamme@maraval-benelux.example", "Équipe Benelux.", 26*time.Hour))),
		with(ui.Section("Licences", "31 libres", &ui.Link{Label: "Produits et licences", Href: "#produits"}),
			ui.SeatRow(p, ui.SeatView{Product: "Plans", Modules: "Base, Visionneuse", Used: 912, Bought: 920}),
			ui.SeatRow(p, ui.SeatView{Product: "Chantier", Modules: "Base, Journal, Réserves", Used: 388, Bought: 400}),
			ui.SeatRow(p, ui.SeatView{Product: "Métré", Modules: "Base", Used: 42, Bought: 40}),
			ui.SeatRow(p, ui.SeatView{Product: "Parc", Modules: "Base, Réservation, Entretien", Used: 149, Bought: 160}),
			ui.SeatRow(p, ui.SeatView{Product: "Conseil", Modules: "Base, Direction", Used: 24, Bought: 24})))
	right := join(
		with(ui.Section("Membres", "", &ui.Link{Label: "Voir la liste", Href: "#membres"}), ui.Figure(p.Number(1248), "dont 36 arrivés ce mois-ci"),
			ui.Bars(p, "Membres par statut", []ui.Share{{Class: "active", Label: "Actifs", Href: "#a", Count: 1071}, {Class: "invited", Label: "Invités", Href: "#i", Count: 84}, {Class: "none", Label: "Non invités", Href: "#n", Count: 51}, {Class: "off", Label: "Inactifs", Href: "#o", Count: 42}})),
		with(ui.Section("Contacts du compte", "", nil), with(ui.List(), with(ui.ListItem("Hélène Castaing", "Hélène Castaing", "Administratrice et référente du contrat"),
			ui.Button(ui.Act{Label: "Écrire à", About: "Hélène Castaing", Icon: "mail", IconOnly: true, Size: ui.Small, Href: "mailto:helene.castaing@maraval.example"})))),
		with(ui.Section("Derniers changements", "", &ui.Link{Label: "Historique", Href: "#historique"}), with(ui.List(),
			ui.ListItem("", "12 invitations envoyées", "Hélène Castaing, aujourd’hui à 10 h 42"), ui.ListItem("", "Licence Métré affectée à Fatou Diarra", "Karim Haddad, hier à 16 h 05"))))
	page := s.account("Aperçu", "Aperçu")
	page.Flash = []ui.Toast{{Text: "3 membres modifiés", Undo: "/undo/17"}}
	return with(ui.AccountShell(page), head, with(ui.Body(),
		ui.Cartouche([]ui.CartItem{{Label: "Numéro de client", Value: "204 817"}, {Label: "Niveau de service", Value: "Contrat Sérénité"}, {Label: "Échéance", Value: "31 mars 2027"}, {Label: "Référente", Value: "Hélène Castaing", Href: "#m"}, {Label: "Unités", Value: "23", Note: "dans 5 sociétés"}}, ""),
		with(ui.Note("warn", "alert-triangle", ui.Act{Label: "Choisir quelqu’un d’autre", Size: ui.Small, Href: "#autre"}, ui.Act{Label: "Nommer Karim Haddad", Size: ui.Small, Kind: ui.Primary, Href: "#nommer"}),
			raw(`<p><b class="strong">Un seul administrateur.</b> Si Hélène Castaing s’absente, personne ne peut faire entrer un collègue.</p><p>Karim Haddad gère déjà Maraval Location et s’est connecté ce matin.</p>`)),
		with(ui.Columns(), raw(`<div>`), left, raw(`</div><div>`), right, raw(`</div>`))))
}

func (s samples) confirm() templ.Component {
	dialog := with(ui.Dialog(s.p, ui.DialogView{ID: "remove", Title: "Retirer Élodie Marchetti du projet ?", Lead: "Plans est le produit de base de ce projet. Sans lui, elle perd aussi le reste.",
		Action: "/remove", Keep: "Garder Plans", Close: "#projet", Open: true, Act: ui.Act{Label: "Retirer du projet", Kind: ui.Danger}}),
		ui.Losses([]ui.Loss{{Text: "Accès à Plans, Chantier et Budget dans Collège des Sablons"}, {Text: "Son rôle de conductrice de travaux dans ce projet"}, {Text: "Elle reste membre du compte et garde ses 3 licences", Stays: true}}))
	page := s.account("Collège des Sablons", "Projets")
	page.Banner = &ui.Banner{Reason: "demande téléphonique n° 4418", Until: time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC), Leave: "/leave"}
	return with(ui.AccountShell(page),
		with(ui.Head(ui.HeadView{Title: "Collège des Sablons, Saint-Brévin", Crumbs: []ui.Link{{Label: "Projets", Href: "#projets"}}}), ui.Badge("ok", "Actif")),
		ui.Tabs("Projet", []ui.Tab{{Label: "Membres", Href: "#m", Count: "9", Current: true}, {Label: "Sociétés", Href: "#s", Count: "4"}, {Label: "Réglages", Href: "#r"}}),
		with(ui.Body(), ui.DefinitionRows([]ui.CartItem{{Label: "Numéro", Value: "P-2026-018"}, {Label: "Sans licence", Value: "1 accès", Class: "is-warn"}}),
			ui.Copy(s.p, "https://clients.batisoft.example/projets/P-2026-018"), dialog))
}

func (s samples) client() templ.Component {
	p := s.p
	page := s.page("Domaines & Conseils")
	page.Person = &ui.Person{Name: "Maëlle Corvaisier", Role: "Assistance clients", Profile: "#profil", SignOut: "/signout"}
	page.Nav = []ui.NavItem{
		{Label: "Clients", Icon: "building", Href: "#clients", Count: 203, Current: true},
		{Label: "Demandes de clé", Icon: "key", Href: "#cles", Count: 2, Waiting: true},
		{Label: "Abonnements", Icon: "license", Href: "#abos"}, {Label: "Courrier", Icon: "mail", Href: "#courrier"},
		{Label: "Catalogue", Icon: "certificate", Href: "#cat", Heading: "Installation"}, {Label: "Tâches", Icon: "refresh", Href: "#jobs", Heading: "Installation"},
		{Label: "Historique", Icon: "history", Href: "#historique", Heading: "Installation"}, {Label: "Paramètres", Icon: "settings", Href: "#param", Heading: "Installation"},
	}
	row := func(name, tone, state, detail string) templ.Component {
		act := templ.Component(templ.NopComponent)
		if tone == "ok" {
			act = ui.PostButton("/revoke", []ui.Hidden{{Name: "key", Value: name}}, ui.Act{Label: "Révoquer", About: name, Size: ui.Small})
		}
		return with(ui.Row(p, ui.RowView{}), with(ui.RowHead("w-key1"), raw(name)), with(ui.Cell("w-kst"), ui.Badge(tone, state)), with(ui.Cell("soft c-line"), raw(detail)), with(ui.Cell("p2 w-kact num"), act))
	}
	keys := with(ui.Section("Clés administrateur", "2 valables", &ui.Link{Label: "Faire une clé", Href: "#n"}),
		with(ui.Table(p, ui.TableView{Caption: "Clés", Inset: true, Columns: []ui.Column{{Label: "Clé", Class: "w-key1"}, {Label: "État", Class: "w-kst"}, {Label: "Détail"}, {Label: "Actions", Class: "p2 w-kact", Silent: true}}}),
			row("Clé 1", "ok", "Non utilisée", "Faite le 4 nov. 2026"), row("Clé 2", "ok", "Non utilisée", "Faite le 4 nov. 2026"), row("Clé 3", "bad", "Révoquée", "Le 12 nov. par Maëlle Corvaisier, courrier égaré")))
	seats := with(ui.Section("Abonnements", "", &ui.Link{Label: "Ajouter", Href: "#ab"}), ui.SeatRow(p, ui.SeatView{Product: "Conseil Complet", Modules: "Base, Direction, Simulation", Used: 38, Bought: 40}), ui.SeatRow(p, ui.SeatView{Product: "Plans", Modules: "Base, Visionneuse", Used: 12, Bought: 20}))
	asked := with(ui.Section("Demandes de clé", "1", nil), with(ui.List(), join(raw(`<li>`), ui.Avatar("Pierre-Yves Domange", "md"), raw(`<div class="in-list__t"><b>Pierre-Yves Domange</b><p>Acheteur du contrat, hier à 18 h 20</p>`), ui.Quote(p, "Nous avons confondu deux courriers."), raw(`</div>`), ui.Button(ui.Act{Label: "Répondre", Size: ui.Small}), raw(`</li>`))))
	journal := with(ui.Section("Journal", "", &ui.Link{Label: "Historique", Href: "#h"}), with(ui.List(), ui.ListItem("", "Saisie bloquée", "Hier à 18 h 12, cinquième essai"), ui.ListItem("", "Clé 3 révoquée", "Maëlle Corvaisier, le 12 nov."), ui.ListItem("", "Courrier imprimé, 3 clés", "Maëlle Corvaisier, le 4 nov.")))
	return with(ui.VendorShell(page),
		with(ui.Head(ui.HeadView{Title: "Domaines & Conseils", Crumbs: []ui.Link{{Label: "Clients", Href: "#clients"}}, Acts: []ui.Act{{Label: "Imprimer le courrier", Icon: "printer", Href: "#l"}, {Label: "Agir dans ce compte", Icon: "login-2", Href: "#a"}}}), ui.ServiceLevel("full", "Contrat Sérénité")),
		with(ui.Body(),
			ui.Cartouche([]ui.CartItem{{Label: "Numéro de client", Value: "163 918"}, {Label: "Administrateurs", Value: "Aucun", Class: "is-warn"}, {Label: "Acheteur", Value: "Pierre-Yves Domange"}, {Label: "Membres", Value: "41"}, {Label: "Échéance", Value: "15 janv. 2027"}}, ""),
			with(ui.Note("bad", "lock", ui.Act{Label: "Voir les essais", Size: ui.Small, Href: "#e"}, ui.Act{Label: "Débloquer", Icon: "lock-open", Size: ui.Small, Kind: ui.Primary}),
				raw(`<p><b class="strong">Saisie de clé bloquée depuis hier, 18 h 12.</b> Cinq essais refusés en quatre minutes, deux personnes.</p><p>Débloquer remet le compteur à zéro et fait une clé neuve. Elle part par courrier ou par e-mail, jamais à l’écran du demandeur.</p>`)),
			with(ui.Columns(), raw(`<div>`), keys, seats, raw(`</div><div>`), asked, journal, raw(`</div>`))))
}
