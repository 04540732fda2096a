package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A site is a project of the large account: what it is called, where it is, since how
// many days and for how many, how many work there, and what kind it is of.
type site struct {
	name, town, kind string
	ago, lasts       int
	crew             int
}

// sites are the projects of Groupe Maraval, the oldest first; what is over by now is
// archived.
func sites() []site {
	return []site{
		{"Pont de Saint-Jacques, culée nord", "35136 Saint-Jacques-de-la-Lande", "Ouvrage d’art", 896, 420, 18},
		{"Groupe scolaire Simone-Veil", "44800 Saint-Herblain", "Construction neuve", 870, 520, 22},
		{"Résidence Les Capucines", "35000 Rennes", "Logement", 830, 480, 14},
		{"Plateforme logistique de Carquefou", "44470 Carquefou", "Industrie", 790, 400, 16},
		{"Mairie de Donges, extension", "44480 Donges", "Réhabilitation", 760, 380, 9},
		{"Station d’épuration de Guérande", "44350 Guérande", "Réseaux", 725, 560, 12},
		{"Clinique du Val d’Erdre, bloc B", "44300 Nantes", "Réhabilitation", 690, 610, 21},
		{"Gare de Rezé, parvis", "44400 Rezé", "Aménagement", 655, 330, 11},
		{"Îlot Chantenay, lots 3 et 4", "44100 Nantes", "Logement", 620, 900, 26},
		{"Lycée Aristide-Briand, ateliers", "44600 Saint-Nazaire", "Réhabilitation", 585, 640, 15},
		{"Tramway ligne 7, section Doulon", "44300 Nantes", "Réseaux", 560, 980, 31},
		{"Halle de Lille-Fives", "59800 Lille", "Réhabilitation", 540, 700, 19},
		{"Entrepôt frigorifique de Seclin", "59113 Seclin", "Industrie", 520, 430, 13},
		{"Résidence du Port, Rouen", "76000 Rouen", "Logement", 500, 620, 17},
		{"Quai de Bois-Guilbert, reprise", "76000 Rouen", "Ouvrage d’art", 480, 510, 10},
		{"Collège Marie-Curie, préau", "59700 Marcq-en-Barœul", "Réhabilitation", 455, 350, 8},
		{"Médiathèque de Pornic", "44210 Pornic", "Construction neuve", 430, 660, 14},
		{"Centre aquatique de Vertou", "44120 Vertou", "Construction neuve", 405, 720, 23},
		{"Caserne de Châteaubriant", "44110 Châteaubriant", "Réhabilitation", 380, 560, 12},
		{"Passerelle de Trentemoult", "44400 Rezé", "Ouvrage d’art", 360, 430, 9},
		{"Bureaux Euronantes, bâtiment C", "44000 Nantes", "Construction neuve", 340, 800, 28},
		{"Collège des Sablons, Saint-Brévin", "44250 Saint-Brévin-les-Pins", "Construction neuve", 272, 850, 0},
		{"Atelier des Chantiers, hall 12", "44600 Saint-Nazaire", "Industrie", 255, 540, 18},
		{"Écoquartier Mitrie, voirie", "44300 Nantes", "Réseaux", 240, 600, 13},
		{"Maison de santé de Blain", "44130 Blain", "Construction neuve", 226, 470, 10},
		{"Résidence Beaulieu, isolation", "35000 Rennes", "Réhabilitation", 212, 390, 12},
		{"Parking silo du Madeleine", "44000 Nantes", "Construction neuve", 198, 520, 15},
		{"Gymnase de la Durantière", "44100 Nantes", "Réhabilitation", 184, 330, 9},
		{"Crèche des Dervallières", "44100 Nantes", "Construction neuve", 170, 410, 11},
		{"Ligne HTA Guérande–La Turballe", "44420 La Turballe", "Réseaux", 157, 300, 8},
		{"Logements Prairie-au-Duc", "44200 Nantes", "Logement", 143, 760, 24},
		{"Usine de Cordemais, toiture", "44360 Cordemais", "Industrie", 129, 280, 10},
		{"Pont-rail de Couëron", "44220 Couëron", "Ouvrage d’art", 115, 440, 13},
		{"Cité judiciaire, accueil", "59000 Lille", "Réhabilitation", 101, 360, 9},
		{"EHPAD du Bois-Hardy", "44100 Nantes", "Construction neuve", 87, 690, 16},
		{"Place du Vieux-Doulon", "44300 Nantes", "Aménagement", 72, 270, 7},
		{"Dépôt de bus de Saint-Herblain", "44800 Saint-Herblain", "Industrie", 58, 630, 14},
		{"Résidence étudiante Lombarderie", "44300 Nantes", "Logement", 44, 720, 12},
		{"Digue de Mindin, confortement", "44250 Saint-Brévin-les-Pins", "Ouvrage d’art", 30, 400, 8},
		{"Auditorium de Clisson", "44190 Clisson", "Construction neuve", 12, 810, 5},
	}
}

const (
	college = "Collège des Sablons, Saint-Brévin"
	elodie  = "elodie.marchetti@maraval.example"
	fatou   = "fatou.diarra@maraval.example"
)

// tellProjects lets an administrator create the projects and bring people in, and the
// people who run them do their part.
func (b *builder) tellProjects(account *directory.Account, units *grove) {
	helene := func() authz.Actor { return b.users["helene.castaing@maraval.example"] }
	b.ago(880, "who runs projects", func() error {
		b.signIn("project-administrator", "Élodie", "Marchetti", elodie)
		return nil
	})
	for i, s := range sites() {
		b.ago(float64(s.ago)-0.4, "the project "+s.name, func() error { return b.project(helene(), *account, *units, numbered{site: s, n: i}) })
		if s.ago > s.lasts {
			b.ago(float64(s.ago-s.lasts), "the end of "+s.name, func() error { return b.close(helene(), *account, s) })
		}
	}
}

// A numbered site is one with its place among all.
type numbered struct {
	site
	n int
}

// project creates one and brings its people in.
func (b *builder) project(by authz.Actor, account directory.Account, units grove, s numbered) error {
	starts := directory.DayOf(b.now.AddDate(0, 0, -s.ago), time.UTC)
	ends := directory.DayOf(b.now.AddDate(0, 0, s.lasts-s.ago), time.UTC)
	number := fmt.Sprintf("P-%d-%03d", starts.Year, s.n+1)
	address := "Chantier, " + s.town
	change := app.ProjectChange{Name: &s.name, Number: &number, Address: &address, Starts: &starts, Ends: &ends}
	change.Products = &[]string{"plans", "site", "budget", "takeoff", "model", "analytics"}
	switch {
	case s.name == college:
		change.Products = &[]string{"plans", "site", "budget", "takeoff", "model"}
	case s.crew < 12 && s.n%3 == 0:
		change.Products = &[]string{"plans", "site", "budget"}
	}
	types, err := b.App.Projects.List(b.ctx, by, account.ID, app.ProjectQuery{Size: 1})
	if err != nil {
		return err
	}
	for _, t := range types.Types {
		if t.Name == s.kind {
			change.Type = &t.UUID
		}
	}
	made, _, err := b.App.Projects.Create(b.ctx, by, account.ID, app.NewProject{Change: change, Under: units["Maraval Construction"].UUID})
	if err != nil {
		return err
	}
	rows := collegePeople()
	if s.name != college {
		if rows, err = b.crew(by, account, s); err != nil {
			return err
		}
	}
	verdicts, err := b.App.Projects.Add(b.ctx, by, app.ProjectAt{Account: account.ID, Project: made.UUID}, rows, app.PlaceOptions{})
	return errors.Join(err, verdicts.FirstRefusal())
}

// collegePeople work on the project that the story is about.
func collegePeople() []app.NewPlace {
	row := func(email string, access ...string) app.NewPlace {
		p := app.NewPlace{NewMember: app.NewMember{Email: email}, Access: map[string]string{}}
		for _, id := range []string{"site", "budget", "takeoff", "model"} {
			p.Access[id] = directory.NoAccess
			if slices.Contains(access, id) {
				p.Access[id] = directory.MemberAccess
			}
		}
		return p
	}
	rows := []app.NewPlace{
		{NewMember: app.NewMember{Email: fatou}},
		row("camille.aubrac@maraval.example", "site", "budget"),
		row(elodie, "site", "budget"),
		row("lea.fontanel@maraval.example", "site", "takeoff"),
		row("maxime.delcourt@maraval.example", "site", "takeoff"),
		row("s.kestner@kestner-bau.example", "site"),
		row("karim.haddad@maraval.example", "site"),
		row("nadia.ferrand@atelier-ferrand.example", "model"),
	}
	rows[7].First, rows[7].Last, rows[7].Company, rows[7].Functions = "Nadia", "Ferrand", "Atelier Ferrand", []string{"architect"}
	for i := range rows {
		rows[i].Row = i + 1
	}
	return rows
}

// crew are some people for a project, by what they do; one or two run it.
func (b *builder) crew(by authz.Actor, account directory.Account, s numbered) ([]app.NewPlace, error) {
	var rows []app.NewPlace
	for i, function := range []string{"project-manager", "site-manager", "quantity-surveyor", "engineer", "subcontractor", "architect"} {
		want := max(1, s.crew*[]int{8, 30, 12, 14, 26, 10}[i]/100)
		page, err := b.App.Members.List(b.ctx, by, account.ID, app.MemberQuery{Functions: []string{function}, Size: 200,
			Statuses: []directory.Status{directory.Active}})
		if err != nil {
			return nil, err
		}
		for j := range min(want, len(page.Rows)) {
			m := page.Rows[(s.n*7+j*3)%len(page.Rows)]
			if !slices.ContainsFunc(rows, func(p app.NewPlace) bool { return p.Email == m.Person.Email }) {
				rows = append(rows, app.NewPlace{NewMember: app.NewMember{Email: m.Person.Email}})
			}
		}
	}
	if s.n%6 == 3 { // some of them are run by somebody who knows the trade
		rows = slices.DeleteFunc(rows, func(p app.NewPlace) bool { return strings.EqualFold(p.Email, elodie) })
		rows = append(rows, app.NewPlace{NewMember: app.NewMember{Email: elodie}, Level: "project-administrator"})
	}
	for i := range rows {
		rows[i].Row = i + 1
	}
	return rows, nil
}

// close archives a project that is over.
func (b *builder) close(by authz.Actor, account directory.Account, s site) error {
	page, err := b.App.Projects.List(b.ctx, by, account.ID, app.ProjectQuery{Search: s.name})
	if err != nil || len(page.Rows) != 1 {
		return errors.Join(err, expected(err))
	}
	return b.App.Projects.Archive(b.ctx, by, app.ProjectAt{Account: account.ID, Project: page.Rows[0].UUID}, page.Rows[0].Revision)
}
