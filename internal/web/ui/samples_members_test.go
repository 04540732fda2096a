package ui_test

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/web/ui"
)

type person struct {
	name, mail, state, company, role, level, added string
	products                                       []string
}

func people() []person {
	return []person{
		{"Aubrac Camille", "camille.aubrac@maraval.example", "active", "Maraval Construction", "Conductrice de travaux", "", "12 nov. 2026", []string{"Plans", "Chantier", "Budget"}},
		{"Benhamou Soraya", "s.benhamou@maraval.example", "active", "Maraval Conseil", "Conseillère", "Exécutif", "3 nov. 2026", []string{"Plans", "Conseil"}},
		{"Charrier Benoît", "benoit.charrier@maraval.example", "active", "Maraval Location", "Chef d’agence", "", "28 oct. 2026", []string{"Plans", "Parc"}},
		{"Claessens Wout", "wout.claessens@maraval-benelux.example", "invited", "Maraval Benelux", "Utilisateur de base", "", "18 nov. 2026", []string{"Plans"}},
		{"Delcourt Maxime", "maxime.delcourt@maraval.example", "active", "Maraval Construction", "Métreur", "", "9 sept. 2026", []string{"Plans", "Chantier", "Métré"}},
		{"Diarra Fatou", "fatou.diarra@maraval.example", "active", "Maraval Construction", "Cheffe de projet", "Administrateur", "14 janv. 2025", []string{"Plans", "Chantier", "Budget", "Métré"}},
		{"Haddad Karim", "karim.haddad@maraval.example", "active", "Maraval Location", "Gestionnaire de parc", "Exécutif", "12 mars 2025", []string{"Plans", "Parc", "Budget"}},
		{"Lindhorst Anke", "a.lindhorst@kestner-bau.example", "none", "", "Sous-traitant", "", "20 nov. 2026", nil},
		{"Moreau-Vial Quentin", "q.moreau-vial@maraval.example", "off", "Maraval Conseil", "Conseiller", "", "11 févr. 2024", nil},
		{"Pauwels Ingrid", "ingrid.pauwels@maraval-benelux.example", "active", "Maraval Benelux", "Cheffe d’agence", "", "5 mars 2026", []string{"Plans", "Parc"}},
	}
}

// spoken turns "Haddad Karim" round.
func spoken(name string) string {
	last, first, _ := strings.Cut(name, " ")
	return first + " " + last
}

func (s samples) orNone(text string) templ.Component {
	if text == "" {
		return ui.None(s.p)
	}
	return raw(text)
}

func (s samples) memberRow(i int, m person, open bool) templ.Component {
	states := map[string]string{"active": "Actif", "invited": "Invité", "none": "Non invité", "off": "Inactif"}
	id, mark := strconv.Itoa(i), ""
	if i%3 == 1 {
		mark = "Il manque un rôle : Nord."
	}
	return with(ui.Row(s.p, ui.RowView{Tick: "member", Value: id, Who: m.name, Form: ui.SelectionForm, Ticked: !open && i > 2 && i < 6, Open: open && m.name == "Haddad Karim"}),
		ui.Who(ui.WhoView{Name: m.name, Sub: m.mail, Href: "#m" + id, Face: spoken(m.name), Mark: mark}),
		with(ui.Cell(""), ui.State(m.state, states[m.state])), with(ui.Cell("p2"), s.orNone(m.company)), with(ui.Cell("p3 soft"), raw(m.role)),
		with(ui.Cell("p4"), s.orNone(m.level)), with(ui.Cell("p4"), ui.Products(s.p, m.products)), with(ui.Cell("p4 num soft"), raw(m.added)),
		ui.MoreCell(s.p, "more-"+id, m.name, []ui.MenuItem{{Label: "Modifier", Icon: "pencil", Href: "#edit"}, {Label: "Relancer", Icon: "send", Href: "/remind", Post: true}, {Label: "Retirer du compte", Icon: "trash", Opens: "remove", Danger: true}}))
}

func (s samples) membersHead() templ.Component {
	return ui.Head(ui.HeadView{Title: "Membres", Total: s.p.Number(1248), Acts: []ui.Act{
		{Label: "Importer", Icon: "upload", Href: "#import"}, {Label: "Exporter", Icon: "download", Href: "#export"}, {Label: "Ajouter des membres", Icon: "user-plus", Kind: ui.Primary, Href: "#add"}}})
}

func (s samples) membersTools(sought, found string) templ.Component {
	return with(ui.Tools(s.p, "/members", found, []ui.Hidden{{Name: "sort", Value: "name"}}),
		ui.SearchBox(ui.SearchView{Name: "q", Value: sought, Label: "Chercher un membre", Placeholder: "Nom, e-mail…"}),
		ui.Chip(s.p, "Ajouté", "depuis 2024", "#sans-date"), ui.Chip(s.p, "Société", "6 choisies", "#sans-societe"),
		with(ui.FilterMenu(s.p, "Filtre"), ui.CheckBoxes("Statut", "", []ui.Check{{Name: "status", Value: "active", Label: "Actif"}, {Name: "status", Value: "invited", Label: "Invité", Checked: true}})))
}

func (s samples) members(open bool) templ.Component {
	page := s.account("Membres", "Membres")
	if open {
		page.Title, page.Aside = "Karim Haddad, membres", s.profile()
	}
	columns := []ui.Column{
		{Label: "Nom", Class: "w-name", Sort: "?sort=-name", Order: "ascending", Also: &ui.SortLink{Label: "E-mail", Sort: "?sort=mail"}},
		{Label: "Statut", Class: "w-state", Sort: "?sort=status"}, {Label: "Société", Class: "p2 w-co", Sort: "?sort=company"}, {Label: "Rôle", Class: "p3", Sort: "?sort=role"},
		{Label: "Niveau", Class: "p4 w-lvl", Sort: "?sort=level"}, {Label: "Produits", Class: "p4 w-prod"}, {Label: "Ajouté", Class: "p4 w-date num", Sort: "?sort=added"},
	}
	var rows []templ.Component
	for i, m := range people() {
		rows = append(rows, s.memberRow(i, m, open))
	}
	remove := with(ui.Dialog(s.p, ui.DialogView{ID: "remove", Title: "Retirer du compte ?", Action: "/remove", Act: ui.Act{Label: "Retirer", Kind: ui.Danger}}), ui.Losses([]ui.Loss{{Text: "Ses licences"}}))
	return with(ui.AccountShell(page), s.membersHead(), s.membersTools("", "212 sur 1 248"),
		with(ui.Table(s.p, ui.TableView{Caption: "Membres du compte, triés par nom", Columns: columns, Tick: true, More: true}), rows...),
		ui.SelectionBar(s.p, ui.SelectionView{Action: "/members/bulk", Total: 212, Ticked: 3, AllHref: "?all=1", Clear: "?", Acts: []ui.Act{
			{Label: "Modifier", Icon: "pencil", Name: "act", Value: "edit"}, {Label: "Affecter", Icon: "key", Name: "act", Value: "assign"}, {Label: "Ajouter à un projet", Icon: "folders", Name: "act", Value: "project"}, {Label: "Relancer", Icon: "send", Name: "act", Value: "remind"}}}),
		ui.Pager(s.p, ui.PagerView{From: 1, To: 16, Things: "212 membres", Next: "?page=2"}), remove)
}

func (s samples) profile() templ.Component {
	p := s.p
	path := with(ui.Path(),
		with(ui.PathStep("Groupe Maraval", "Instance", ""), raw(`<b>Utilisateur de base</b>`)), with(ui.PathStep("Maraval France", "Groupe", "")),
		with(ui.PathStep("Maraval Location", "Société", "has"), raw(`<b>Gestionnaire de parc</b> vaut pour tout ce qui est dessous`)), with(ui.PathStep("Agence de Nantes", "Agence", "below")),
		with(ui.PathStep("Nacelles Ouest", "Parc", "has"), raw(`<b>Valideur d’achats</b> s’ajoute ici`)))
	licence := func(name, note, end string, external bool) templ.Component {
		return join(raw(`<li>`), ui.Product(p, name, "", external), raw(`<div class="in-list__t">`+name+` <small>`+note+`</small></div><span class="soft">`+end+`</span></li>`))
	}
	project := func(name, level string, products ...string) templ.Component {
		return join(raw(`<li><div class="in-list__t"><b>`+name+`</b><small>`+level+`</small></div>`), ui.Products(p, products), raw(`</li>`))
	}
	return with(ui.Panel(p, ui.PanelView{Position: "Membre 9 sur 212", Previous: "#prec", Next: "#suiv", Close: "#membres"}),
		with(ui.PanelPerson("Karim Haddad"), ui.State("active", "Actif"), raw(`<a href="mailto:karim.haddad@maraval.example">karim.haddad@maraval.example</a>`)),
		with(ui.PanelActs(ui.Act{Label: "Modifier", Icon: "pencil", Size: ui.Small, Href: "#mod"}, ui.Act{Label: "Affecter", Icon: "key", Size: ui.Small, Href: "#aff"}, ui.Act{Label: "Pourquoi ?", Icon: "help-circle", Size: ui.Small, Href: "#pourquoi"}),
			ui.Menu(p, "panel-more", "Karim Haddad", []ui.MenuItem{{Label: "Désactiver", Icon: "user-off", Href: "/off", Post: true}})),
		ui.Cartouche([]ui.CartItem{{Label: "Société", Value: "Maraval Location"}, {Label: "Rôle", Value: "Gestionnaire de parc"}, {Label: "Niveau d’accès", Value: "Exécutif"}, {Label: "Langue", Value: "Français"}, {Label: "Ajouté le", Value: "12 mars 2025"}, {Label: "Dernière connexion", Value: "Aujourd’hui, 8 h 14"}}, "2 flat"),
		with(ui.PanelSection("Droits le long de l’arbre", "", &ui.Link{Label: "Voir l’arbre", Href: "#arbre"}), path),
		with(ui.PanelSection("Licences", "3 produits", nil), with(ui.List(), licence("Plans", "Base, Visionneuse", "Affectée", false), licence("Parc", "Base, Réservation", "Affectée", false), licence("Budget", "Fournie par Kestner Bau jusqu’au 31 déc.", "Externe", true))),
		with(ui.PanelSection("Projets", "4", &ui.Link{Label: "Ajouter", Href: "#aj"}), with(ui.List(), project("Collège des Sablons, Saint-Brévin", "Membre du projet", "Plans", "Chantier"), project("Rénovation Quai Sud", "Administrateur de projet", "Plans", "Chantier", "Budget"), project("Entrepôt Liège 2", "Membre du projet", "Plans"))))
}

func (s samples) nobody() templ.Component {
	return with(ui.AccountShell(s.account("Membres", "Membres")), s.membersHead(), s.membersTools("corvaiser", "0 sur 1 248"),
		with(ui.Body(), ui.Empty("search", "Aucun membre ne correspond à « corvaiser »", "La recherche porte sur le nom, le nom d’utilisateur et l’e-mail. Deux filtres sont aussi actifs.",
			ui.Act{Label: "Tout effacer", Href: "#tout"}, ui.Act{Label: "Ajouter cette personne", Icon: "user-plus", Kind: ui.Plain, Href: "#add"})))
}

func (s samples) add() templ.Component {
	p := s.p
	companies := []ui.Option{{Value: "1", Label: "Maraval Construction"}, {Value: "2", Label: "Maraval Location"}, {Value: "3", Label: "Maraval Benelux"}}
	roles := []ui.Option{{Value: "1", Label: "Utilisateur de base"}, {Value: "2", Label: "Conductrice de travaux"}, {Value: "3", Label: "Métreur"}}
	levels := []ui.Option{{Value: "", Label: "Aucun"}, {Value: "x", Label: "Exécutif"}}
	row := func(mail, first, last, company string, ticked, own, known bool) templ.Component {
		cell := func(class, label, value string, options []ui.Option) templ.Component {
			field := ui.Field{Name: label + "." + mail, Label: label + " de " + mail, Value: value, Options: options, Placeholder: label}
			if options != nil {
				field.Kind, field.Placeholder = "select", ""
			}
			return with(ui.Cell(class), ui.CellField(field, own && label == "Niveau"))
		}
		if known {
			return with(ui.Row(p, ui.RowView{Tick: "row", Value: mail, Who: mail, Faint: true}), with(ui.RowHead(""), raw(mail)), with(ui.Cell("p2"), raw(first)), with(ui.Cell("p2"), raw(last)), with(ui.Cell("p2"), raw("Maraval Location")), with(ui.Cell("p2"), raw("Déjà membre")), with(ui.Cell("p3"), ui.None(p)), with(ui.Cell("w-prod2"), ui.Products(p, []string{"Plans"})))
		}
		return with(ui.Row(p, ui.RowView{Tick: "row", Value: mail, Who: mail, Ticked: ticked}), with(ui.RowHead(""), raw(mail)), cell("p2", "Prénom", first, nil), cell("p2", "Nom", last, nil),
			cell("p2", "Société", company, companies), cell("p2", "Rôle", "2", roles), cell("p3", "Niveau", "x", levels), with(ui.Cell("w-prod2"), ui.Products(p, []string{"Plans", "Chantier"})))
	}
	table := with(ui.Table(p, ui.TableView{Caption: "Personnes à ajouter", Tick: true, Columns: []ui.Column{{Label: "E-mail", Class: "w-mail2"}, {Label: "Prénom", Class: "p2 w-fn"}, {Label: "Nom", Class: "p2 w-fn"}, {Label: "Société", Class: "p2"}, {Label: "Rôle", Class: "p2"}, {Label: "Niveau", Class: "p3 w-lvl2"}, {Label: "Produits", Class: "w-prod2"}}}),
		row("agathe.lormeau@maraval.example", "Agathe", "Lormeau", "1", true, false, false), row("y.bertin@maraval.example", "", "", "1", true, false, false),
		row("wim.deboeck@maraval-benelux.example", "Wim", "De Boeck", "3", true, true, false), row("karim.haddad@maraval.example", "Karim", "Haddad", "2", false, false, true))
	bulk := join(raw(`<aside class="in-bulk" aria-labelledby="bt"><header><h2 id="bt">3 lignes cochées</h2></header>`),
		ui.FormField(ui.Field{Name: "company", Kind: "select", Label: "Société", Options: append([]ui.Option{{Label: "Ne rien changer"}}, companies...)}),
		ui.FormField(ui.Field{Name: "role", Kind: "select", Label: "Rôle", Value: "3", Options: append([]ui.Option{{Label: "Ne rien changer"}}, roles...)}),
		ui.CheckBoxes("Niveau d’accès", "", []ui.Check{{Name: "level", Value: "admin", Label: "Administrateur", Hint: "Gère tout le compte"}, {Name: "level", Value: "exec", Label: "Exécutif", Hint: "Tableaux de bord du compte"}}),
		with(ui.Note("warn", ""), raw(`<p>Remplacera 1 société et 2 rôles déjà choisis sur ces lignes.</p>`)), ui.Button(ui.Act{Label: "Appliquer aux 3 lignes", Kind: ui.Primary}), raw(`</aside>`))
	return with(ui.TaskShell(s.account("Ajouter des membres", ""), ui.Link{Label: "Fermer, revenir aux membres", Href: "#membres"}, []ui.Step{{Label: "Adresses", State: "done"}, {Label: "Tableau", State: "current"}, {Label: "Invitations"}}),
		ui.Head(ui.HeadView{Title: "Ajouter des membres", Acts: []ui.Act{{Label: "Formulaire rapide", Kind: ui.Plain, Href: "#rapide"}, {Label: "Importer un fichier", Icon: "upload", Kind: ui.Plain, Href: "#import"}}}),
		raw(`<div class="in-paste">`), ui.FormField(ui.Field{Name: "paste", Kind: "textarea", Label: "Adresses e-mail, séparées comme vous voulez", Value: "agathe.lormeau@maraval.example; y.bertin@maraval.example", Attrs: templ.Attributes{"rows": "3"}}), ui.Button(ui.Act{Label: "Ajouter au tableau"}),
		raw(`<p role="status">`), ui.IconState("ok", "circle-check", "16 adresses lues, 1 doublon fusionné"), ui.IconState("bad", "alert-circle", "1 invalide, ligne 3"), raw(`</p></div><div class="in-task__grid"><div>`), table, raw(`</div>`), bulk, raw(`</div>`),
		with(ui.Foot(ui.Act{Label: "Aperçu détaillé", Icon: "eye", Href: "#apercu"}, ui.Act{Label: "Envoyer 12 invitations", Icon: "send", Kind: ui.Primary}), raw(`<b class="strong">12 invitations partiront</b>, 2 déjà membres, 1 adresse invalide. <span class="quiet">Chaque lien vaut 7 jours.</span>`)))
}
