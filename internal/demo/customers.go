package demo

import (
	"fmt"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// unclaimedNumber is the account whose keys the introduction tells.
const unclaimedNumber = "140 776"

// A customer is one account and what happened to it.
type customer struct {
	number, name, domain string
	kind, level          string
	language, country    string
	city, code, street   string
	contact              string
	since                float64 // days ago
	ends                 float64 // days from now; 0: no end
	administrators       []string
	members              int
	functions            []string
	locked               bool     // somebody tried keys until the number was locked
	closed               float64  // days ago; 0: open
	asking               []asking // who waits to be let in
}

// An asking person waits for a decision.
type asking struct {
	first, last, email, message string
	days                        float64 // ago
}

// customers are all but the large one.
func customers() []customer {
	return []customer{
		{number: "117 402", name: "Ardoises Ferrière", domain: "ardoises-ferriere.example", kind: "company-network", level: "licence",
			language: "fr", country: "FR", city: "Angers", code: "49000", street: "3 chemin des Ardoisières", contact: "Blanche Ferrière",
			since: 720, ends: 40, administrators: []string{"Blanche Ferrière"}, members: 8, functions: []string{"director", "drafter"}},
		{number: "129 055", name: "Bauhof Lindner GmbH", domain: "bauhof-lindner.example", kind: "construction", level: "contract",
			language: "de", country: "DE", city: "Freiburg", code: "79098", street: "Kaiserstuhlstraße 12", contact: "Renate Lindner",
			since: 640, ends: 310, administrators: []string{"Renate Lindner", "Uwe Baumgart", "Jutta Weiß"}, members: 120,
			functions: []string{"site-manager", "quantity-surveyor", "subcontractor"}},
		{number: "140 776", name: "Cabinet Oriol", domain: "cabinet-oriol.example", kind: "licences", level: "prospect",
			language: "fr", country: "FR", city: "Albi", code: "81000", street: "7 rue du Puits-Carré", contact: "Damien Oriol", since: 12},
		{number: "163 918", name: "Domaines & Conseils", domain: "domaines-conseils.example", kind: "licences", level: "contract",
			language: "fr", country: "FR", city: "Dijon", code: "21000", street: "22 rue Basse", contact: "Pierre-Yves Domange",
			since: 500, ends: 55, members: 41, functions: []string{"adviser", "assistant"}, locked: true},
		{number: "174 205", name: "Étude Rivoire", domain: "etude-rivoire.example", kind: "licences", level: "contract",
			language: "fr", country: "FR", city: "Chambéry", code: "73000", street: "9 place du Palais", contact: "Pierre-Louis Rivoire",
			since: 170, ends: 215, administrators: []string{"Pierre-Louis Rivoire"}, members: 2, functions: []string{"adviser", "assistant"}},
		{number: "188 663", name: "Grues Estrabeau", domain: "grues-estrabeau.example", kind: "fleet", level: "contract",
			language: "fr", country: "FR", city: "Bordeaux", code: "33000", street: "40 quai de la Grue", contact: "Sylvie Estrabeau",
			since: 810, ends: 130, administrators: []string{"Sylvie Estrabeau", "Malik Ozanne"}, members: 126,
			functions: []string{"fleet-officer", "technician", "branch-manager"}},
		{number: "219 340", name: "Location Verbrande", domain: "location-verbrande.example", kind: "fleet", level: "contract",
			language: "fr", country: "FR", city: "Lille", code: "59000", street: "5 avenue du Vieux-Pont", contact: "Odile Verbrande",
			since: 300, ends: 220, administrators: []string{"Odile Verbrande", "Hugo Masset"}, members: 84,
			functions: []string{"fleet-officer", "technician"}, asking: []asking{
				{"Perrine", "Loiseau", "perrine.loiseau@location-verbrande.example", "Je prends la suite de Gilles au parc de Lomme.", 1.2},
				{"Tristan", "Vigneron", "t.vigneron@levage-vigneron.example", "", 6},
				{"Maud", "Sabatier", "maud.sabatier@location-verbrande.example", "Nouvelle à l’accueil depuis lundi.", 9},
			}},
		{number: "231 079", name: "Küstenhub Verleih", domain: "kuestenhub.example", kind: "fleet", level: "licence",
			language: "de", country: "DE", city: "Kiel", code: "24103", street: "Hafenstraße 8", contact: "Frauke Petersen",
			since: 410, ends: 8, administrators: []string{"Frauke Petersen"}, members: 60, functions: []string{"technician"}},
		{number: "240 611", name: "Patrimoine Sorel", domain: "patrimoine-sorel.example", kind: "company-network", level: "prospect",
			language: "fr", country: "FR", city: "Tours", code: "37000", street: "11 rue du Lavoir", contact: "Irène Sorel", since: 90, members: 3,
			functions: []string{"director"}},
		{number: "252 930", name: "Ets Marchandon", domain: "marchandon.example", kind: "company-network", level: "licence",
			language: "fr", country: "FR", city: "Limoges", code: "87000", street: "64 route de la Sablière", contact: "Bertrand Marchandon",
			since: 930, ends: -60, closed: 42, administrators: []string{"Bertrand Marchandon"}, members: 16,
			functions: []string{"drafter", "engineer"}},
	}
}

// tellCustomer plans an account's days.
func (b *builder) tellCustomer(c customer) {
	var account directory.Account
	var keys []string
	var units grove
	tree := customerTree(c.number)
	b.ago(c.since, "create "+c.name, func() (err error) {
		account, keys, err = b.create(c)
		if c.number == unclaimedNumber {
			b.world.Unclaimed = Claimable{Number: account.Number, UnusedKeys: keys}
		}
		return err
	})
	var founder authz.Actor // its first administrator
	for i, name := range c.administrators {
		b.ago(c.since-9-float64(40*i), "an administrator of "+c.name, func() error {
			first, last := firstLast(name)
			actor, err := b.person(first, last, b.names.address(first+"."+last, c.domain), c.language)
			if err != nil {
				return err
			}
			if i == 0 {
				founder = actor
			}
			_, err = b.App.Keys.Enter(b.ctx, actor, account.Number, keys[i])
			return err
		})
	}
	if len(tree) > 0 {
		b.ago(c.since-10, "units of "+c.name, func() (err error) {
			units, err = b.plant(founder, account, tree)
			return err
		})
	}
	const batches = 4
	for i := range batches {
		b.ago(c.closed+(c.since-c.closed-15)*float64(batches-i)/(batches+1), "members of "+c.name, func() error {
			rows := b.members(c, share(c.members, i, batches))
			settle(rows, units, lower(tree))
			return b.seed(account, rows)
		})
	}
	b.tellSales(c.number, &account, &units, func() authz.Actor {
		if founder.User == 0 {
			return operator() // nobody administers it
		}
		return founder
	}, c.since)
	if c.locked {
		b.tellLocked(c)
	}
	if c.closed > 0 {
		b.ago(c.closed, "close "+c.name, func() error {
			return b.App.Accounts.SetState(b.ctx, b.staff(), account.ID, directory.AccountClosed, "Contrat terminé, non renouvelé.")
		})
	}
	for _, a := range c.asking {
		b.tellAsking(a, c.number, c.language)
	}
}

// create makes the account and opens its letter.
func (b *builder) create(c customer) (directory.Account, []string, error) {
	n := app.NewAccount{Number: c.number, Name: c.name, Type: c.kind, ServiceLevel: c.level, Language: c.language,
		Address: directory.PostalAddress{Street: c.street, PostalCode: c.code, City: c.city, Country: c.country},
		Contact: directory.Contact{Name: c.contact, Email: "contact@" + c.domain}}
	if c.ends != 0 {
		n.ContractEnds = b.now.Add(time.Duration(c.ends*24) * time.Hour).Truncate(24 * time.Hour)
	}
	account, err := b.App.Accounts.Create(b.ctx, b.staff(), n)
	if err != nil || !c.letter() {
		return account, nil, err
	}
	var keys []string
	err = b.App.Keys.OpenLetters(b.ctx, b.staff(), account.ID, app.ToPrint, func(letters []app.KeyLetter) error {
		keys = nil // it may be read again after a lost race
		for _, l := range letters {
			keys = append(keys, l.Keys...)
		}
		return nil
	})
	if err == nil {
		_, err = b.App.Keys.Posted(b.ctx, b.staff(), []app.ChosenLetter{{Account: account.ID}})
	}
	return account, keys, err
}

// letter reports whether the account's letter went out; others still wait in
// the console.
func (c customer) letter() bool {
	return len(c.administrators) > 0 || c.number == unclaimedNumber || c.number == maravalNumber
}

// members invents the people of a customer.
func (b *builder) members(c customer, n int) []app.SeedMember {
	rows := make([]app.SeedMember, n)
	for i := range rows {
		user := b.names.Person(c.domain).User(c.language)
		rows[i] = app.SeedMember{User: user, Status: b.status(), Company: c.name, JobTitle: b.names.JobTitle(), Phone: b.names.Phone()}
		if len(c.functions) > 0 && i%5 != 4 {
			rows[i].Functions = c.functions[i%len(c.functions) : i%len(c.functions)+1]
		}
		b.seen(&rows[i])
	}
	return rows
}

// status deals out the four states as a living account has them.
func (b *builder) status() directory.Status {
	switch x := b.names.random.IntN(100); {
	case x < 86:
		return directory.Active
	case x < 92:
		return directory.Invited
	case x < 96:
		return directory.NotInvited
	}
	return directory.Inactive
}

// seen says when an active member was last here.
func (b *builder) seen(m *app.SeedMember) {
	if m.Status != directory.Active {
		return
	}
	at := b.now.Add(-time.Duration(b.names.random.ExpFloat64() * float64(12*24*time.Hour)))
	m.LastSeen, m.User.LastSignIn = at, at
	if m.User.Password == "" {
		m.User.Password, m.User.Proved = directory.PasswordOwn, at // with no hash: nobody signs in as them
	}
}

func (b *builder) seed(account directory.Account, rows []app.SeedMember) error {
	if len(rows) == 0 {
		return nil
	}
	// Nobody has been seen before they were there.
	for i := range rows {
		if now := b.Clock.Now(); rows[i].LastSeen.Before(now) && !rows[i].LastSeen.IsZero() {
			rows[i].LastSeen, rows[i].User.LastSignIn = now, now
		}
	}
	people, err := b.App.Members.Seed(b.ctx, account.ID, rows)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.User.PasswordHash != "" { // who can sign in may act later in the story
			b.users[row.User.Email] = authz.Actor{Kind: authz.Person, User: people[i].ID, Door: authz.DoorPage, Address: "192.0.2.41"}
		}
	}
	return b.basic(account, people)
}

// tellLocked lets two people try keys until the number is locked (KEY-9).
func (b *builder) tellLocked(c customer) {
	var guests []authz.Actor
	b.ago(1.3, "who will lock "+c.name, func() error {
		for _, name := range []string{"Pierre-Yves Domange", "Capucine Bélanger"} {
			first, last := firstLast(name)
			actor, err := b.person(first, last, b.names.address(first+"."+last, c.domain), c.language)
			if err != nil {
				return err
			}
			guests = append(guests, actor)
		}
		return nil
	})
	for i := range 5 {
		b.ago(1.1-float64(i)*0.0006, "a wrong key for "+c.name, func() error {
			_, err := b.App.Keys.Enter(b.ctx, guests[i%2], c.number, fmt.Sprintf("ABC-DEF-GHJ-KL%d", 2+i))
			return expected(err)
		})
	}
	b.ago(0.9, "a key request for "+c.name, func() error {
		_, err := b.App.Keys.Request(b.ctx, guests[0], c.number, "Nous avons confondu deux courriers.")
		return err
	})
}

// tellAsking lets somebody ask into an account.
func (b *builder) tellAsking(a asking, number, language string) {
	b.ago(a.days, "a join request of "+a.email, func() error {
		actor, err := b.person(a.first, a.last, a.email, language)
		if err != nil {
			return err
		}
		_, err = b.App.JoinRequests.Ask(b.ctx, actor, number, a.message)
		return err
	})
}
