package demo

import (
	"errors"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

const (
	maravalNumber  = "204 817"
	maravalMembers = 1250
	maravalSince   = 985 // days
)

// A firm is a company taking part in the large account.
type firm struct {
	name, domain, language string
	share                  int // of a hundred members
	functions              []string
}

func firms() []firm {
	return []firm{
		{"Maraval Construction", "maraval.example", "fr", 46, []string{"site-manager", "project-manager", "quantity-surveyor", "engineer", "assistant"}},
		{"Maraval Location", "maraval.example", "fr", 24, []string{"fleet-officer", "branch-manager", "technician"}},
		{"Maraval Conseil", "maraval.example", "fr", 12, []string{"adviser", "assistant"}},
		{"Maraval Benelux", "maraval-benelux.example", "nl", 9, []string{"branch-manager", "technician", "site-manager"}},
		{"Kestner Bau", "kestner-bau.example", "de", 6, []string{"subcontractor"}},
		{"Atelier Ferrand", "atelier-ferrand.example", "fr", 3, []string{"architect", "drafter"}},
	}
}

// known are the people of the large account that have a name in the story.
func (b *builder) known() []app.SeedMember {
	member := func(name, email string, f int, function, levels, title string) app.SeedMember {
		first, last := firstLast(name)
		return app.SeedMember{User: b.user(first, last, email, firms()[f].language), Status: directory.Active, Company: firms()[f].name,
			Functions: strings.Fields(function), Levels: strings.Fields(levels), JobTitle: title, Phone: b.names.Phone(), LastSeen: b.now}
	}
	rows := []app.SeedMember{
		member("Fatou Diarra", "fatou.diarra@maraval.example", 0, "project-manager", "standards-administrator", "Cheffe de projet"),
		member("Camille Aubrac", "camille.aubrac@maraval.example", 0, "site-manager", "", "Conductrice de travaux"),
		member("Soraya Benhamou", "s.benhamou@maraval.example", 2, "adviser", "executive", "Conseillère"),
		member("Benoît Charrier", "benoit.charrier@maraval.example", 1, "branch-manager", "", "Chef d’agence"),
		member("Maxime Delcourt", "maxime.delcourt@maraval.example", 0, "quantity-surveyor", "executive standards-administrator", "Métreur"),
		member("Léa Fontanel", "lea.fontanel@maraval.example", 0, "quantity-surveyor", "", "Métreuse"),
		member("Sabine Kestner", "s.kestner@kestner-bau.example", 4, "subcontractor", "", "Geschäftsführerin"),
		member("Thibaut Le Guellec", "thibaut.leguellec@maraval.example", 1, "technician", "", "Technicien"),
		member("Élodie Marchetti", "elodie.marchetti@maraval.example", 0, "site-manager", "", "Conductrice de travaux"),
		member("Ingrid Pauwels", "ingrid.pauwels@maraval-benelux.example", 3, "branch-manager", "", "Cheffe d’agence"),
		member("Grégoire Launay", "gregoire.launay@maraval.example", 1, "fleet-officer", "", "Directeur du parc"),
		member("Adeline Vasseur", "adeline.vasseur@maraval.example", 0, "project-manager", "", "Secrétaire générale"),
		member("Joséphine Lemmens", "josephine.lemmens@maraval-benelux.example", 3, "branch-manager", "", "Directrice Benelux"),
	}
	rows[len(rows)-1].User.Language = "fr"
	for i := range rows {
		if rows[i].Company == "Kestner Bau" {
			rows[i].Company = "Kestner-Bau GmbH" // typed by hand: a double, to be merged
		}
	}
	return rows
}

// homes are where the people with a name stand; the others stand where their
// firm's people do.
func homes() map[string]string {
	return map[string]string{
		"fatou.diarra@maraval.example": "Maraval Construction", "camille.aubrac@maraval.example": "Engins Nord",
		"benoit.charrier@maraval.example": "Agence de Nantes", "thibaut.leguellec@maraval.example": "Maraval Location",
		"ingrid.pauwels@maraval-benelux.example": "Agence de Gand", "josephine.lemmens@maraval-benelux.example": "Maraval Europe",
		"gregoire.launay@maraval.example": "", "adeline.vasseur@maraval.example": "", "s.kestner@kestner-bau.example": "",
	}
}

// stand gives the people with a name their home units.
func stand(rows []app.SeedMember, units grove) {
	for i, row := range rows {
		home, told := homes()[row.User.Email]
		if !told {
			home = row.Company // the company of that name
		}
		rows[i].Unit = units[home].ID
	}
}

// tellMaraval plans the days of the large account.
func (b *builder) tellMaraval() {
	c := customer{number: maravalNumber, name: "Groupe Maraval", domain: "maraval.example", kind: "fleet", level: "contract", language: "fr",
		country: "FR", city: "Nantes", code: "44000", street: "18 quai des Tanneurs", contact: "Hélène Castaing", since: maravalSince, ends: 130}
	var account directory.Account
	var keys []string
	var units grove
	b.ago(maravalSince, "create "+c.name, func() (err error) {
		account, keys, err = b.create(c)
		return err
	})
	claim := func(days float64, key int, as, first, last, email string) {
		b.ago(days, first+" "+last+" claims "+c.name, func() error {
			actor, err := b.person(first, last, email, "fr")
			if err != nil {
				return err
			}
			b.signIn(as, first, last, email)
			_, err = b.App.Keys.Enter(b.ctx, actor, account.Number, keys[key])
			b.world.Account = Claimable{Number: account.Number, UnusedKeys: keys[key+1:]}
			return err
		})
	}
	claim(maravalSince-8, 0, "administrator", "Hélène", "Castaing", "helene.castaing@maraval.example")
	claim(620, 1, "second-administrator", "Karim", "Haddad", "karim.haddad@maraval.example")
	b.ago(maravalSince-10, "units of "+c.name, func() (err error) {
		units, err = b.plant(b.users["helene.castaing@maraval.example"], account, maravalTree())
		return err
	})
	b.ago(900, "the people of the story", func() error {
		known := b.known()
		stand(known, units)
		b.signIn("member", "Camille", "Aubrac", "camille.aubrac@maraval.example")
		b.signIn("standards-administrator", "Fatou", "Diarra", "fatou.diarra@maraval.example")
		b.signIn("executive", "Soraya", "Benhamou", "s.benhamou@maraval.example")
		b.signIn("unit-manager", "Joséphine", "Lemmens", "josephine.lemmens@maraval-benelux.example")
		return b.seed(account, known)
	})
	b.tellHoldings(&account, &units)
	b.tellGateway(&account, &units)
	b.tellArrivals(&account, &units)
	b.tellGroups(&account, &units)
	b.tellSales(maravalNumber, &account, &units, func() authz.Actor { return b.users["helene.castaing@maraval.example"] }, maravalSince)
	b.tellAllotment(&account, &units)
	b.tellRule(&account)
	b.tellInvited(&account)
	b.tellChanges(&account)
	b.tellContract(&account)
	b.tellProjects(&account, &units)
	b.tellLibrary(&account)
	for _, a := range []asking{
		{"Ludivine", "Garrec", "l.garrec@maraval.example", "Je remplace Paul Sénac au dépôt de Rennes.", 0.09},
		{"Joris", "Vandamme", "joris.vandamme@maraval-benelux.example", "", 1.1},
		{"Étienne", "Roussel", "e.roussel@controle-ouest.example", "Bureau de contrôle, chantier du collège.", 4},
		{"Anke", "Lindhorst", "anke.lindhorst@kestner-bau.example", "Frau Kestner hat mir diese Nummer gegeben.", 5.3},
	} {
		b.tellAsking(a, maravalNumber, "fr")
	}
}

// tellArrivals brings most people in over the years, a batch at a time.
func (b *builder) tellArrivals(account *directory.Account, units *grove) {
	const batches = 24
	for i := range batches {
		days := 8 + (maravalSince-60)*float64(batches-1-i)/batches
		b.ago(days, "people of Groupe Maraval", func() error {
			var rows []app.SeedMember
			for _, f := range firms() {
				n := share(maravalMembers*f.share/100, i, batches)
				c := customer{name: f.name, domain: f.domain, language: f.language, functions: f.functions}
				people := b.members(c, n)
				settle(people, *units, homesOf(f.name))
				rows = append(rows, people...)
			}
			return b.seed(*account, rows)
		})
	}
}

// tellInvited lets an administrator ask people in, some of them too long ago.
func (b *builder) tellInvited(account *directory.Account) {
	for _, days := range []float64{30, 12, 4, 1.5, 0.1} {
		b.ago(days, "invitations of Groupe Maraval", func() error {
			var rows []app.NewMember
			var products []string
			if days == 4 || days == 1.5 { // their seats wait for them (SEAT-1)
				products = []string{"plans"}
			}
			for i := range 7 {
				f := firms()[i%len(firms())]
				p := b.names.Person(f.domain)
				rows = append(rows, app.NewMember{Products: products, Row: i + 1, Email: p.Email, First: p.First, Last: p.Last, Language: f.language,
					Company: f.name, Functions: f.functions[:1]})
			}
			verdicts, err := b.App.Members.Add(b.ctx, b.users["helene.castaing@maraval.example"], account.ID, rows, app.AddOptions{Invite: true})
			return errors.Join(err, verdicts.FirstRefusal())
		})
	}
}

// tellChanges lets an administrator change, switch off and remove people, and
// turn somebody away.
func (b *builder) tellChanges(account *directory.Account) {
	helene := func() authz.Actor { return b.users["helene.castaing@maraval.example"] }
	some := func(search string, n int) (app.Selection, error) {
		page, err := b.App.Members.List(b.ctx, helene(), account.ID, app.MemberQuery{Search: search, Size: n,
			Statuses: []directory.Status{directory.Active}, Levels: []string{app.None}})
		var who app.Selection
		for _, m := range page.Rows {
			who.Members = append(who.Members, m.UUID)
		}
		return who, err
	}
	b.ago(5.2, "people who left Groupe Maraval", func() error {
		who, err := some("morvan", 3)
		if err != nil {
			return err
		}
		verdicts, err := b.App.Members.Deactivate(b.ctx, helene(), account.ID, who)
		return errors.Join(err, verdicts.FirstRefusal())
	})
	b.ago(2.4, "people who changed their firm", func() error {
		who, err := some("vidal", 4)
		if err != nil {
			return err
		}
		company, functions := "Maraval Conseil", []string{"adviser"}
		verdicts, err := b.App.Members.EditMembers(b.ctx, helene(), account.ID, who, app.MemberChange{Company: &company, Functions: &functions})
		return errors.Join(err, verdicts.FirstRefusal())
	})
	b.ago(1.3, "a change that was taken back", func() error { return b.mistakes(account.ID, some) })
	b.ago(0.2, "an export", func() error {
		_, err := b.App.Exports.Begin(b.ctx, helene(), account.ID, app.ExportAsk{Kind: directory.ExportMembers, Format: directory.ExportXLSX,
			Query: app.MemberQuery{Statuses: []directory.Status{directory.Active}}, Language: directory.French})
		return err
	})
	b.ago(21, "a stranger's request", func() error {
		actor, err := b.person("Gaspard", "Roques", "gaspard.roques@roques-levage.example", "fr")
		if err != nil {
			return err
		}
		asked, err := b.App.JoinRequests.Ask(b.ctx, actor, maravalNumber, "Bonjour, je cherche un stage.")
		if err != nil {
			return err
		}
		_, err = b.App.JoinRequests.Reject(b.ctx, helene(), account.ID, asked.UUID, app.Rejection{Reason: "Écrivez à notre service du personnel."})
		return err
	})
}

// mistakes changes the wrong people, and takes it back (PLAN-2).
func (b *builder) mistakes(account directory.AccountID, some func(search string, n int) (app.Selection, error)) error {
	helene := b.users["helene.castaing@maraval.example"]
	who, err := some("martin", 5)
	if err != nil {
		return err
	}
	since, job := b.Clock.Now(), "Équipe de nuit"
	verdicts, err := b.App.Members.EditMembers(b.ctx, helene, account, who, app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &job}})
	if err := errors.Join(err, verdicts.FirstRefusal()); err != nil {
		return err
	}
	last, _, err := b.App.Undo.Latest(b.ctx, helene, account, since)
	if err != nil {
		return err
	}
	verdicts, err = b.App.Undo.Do(b.ctx, helene, account, last)
	return errors.Join(err, verdicts.FirstRefusal())
}

// firstLast parts a name at its first blank.
func firstLast(name string) (first, last string) {
	first, last, _ = strings.Cut(name, " ")
	return first, last
}

// share is the i-th of so many parts of n.
func share(n, i, parts int) int { return n*(i+1)/parts - n*i/parts }

// expected lets refusals pass: they are part of the story.
func expected(err error) error {
	var refusal *directory.Error
	if errors.As(err, &refusal) {
		return nil
	}
	return err
}
