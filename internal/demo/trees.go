package demo

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A grove is the units of one account by name; the empty name is the root.
type grove map[string]directory.Unit

// plant lets somebody add the units of a tree one by one. Where nobody is there
// to do it, the program does.
func (b *builder) plant(actor authz.Actor, account directory.Account, tree []app.SeedUnit) (grove, error) {
	units := grove{"": {ID: account.Root}}
	if actor.User == 0 {
		keys, err := b.App.Accounts.SeedUnits(b.ctx, account.ID, tree)
		for name, key := range keys {
			units[name] = directory.Unit{ID: key}
		}
		return units, err
	}
	list, err := b.App.Units.List(b.ctx, actor, account.ID, app.UnitQuery{})
	if err != nil {
		return nil, err
	}
	units[""] = list.Root.Unit
	for _, row := range tree {
		u, err := b.App.Units.Add(b.ctx, actor, account.ID, app.NewUnit{Under: units[row.Under].UUID, Level: row.Level, Name: row.Name, External: external(row.Name)})
		if err != nil {
			return nil, err
		}
		units[row.Name] = u
	}
	return units, nil
}

// maravalTree is the large account's: an instance, groups, companies, agencies
// and fleets. The agency of Vannes waits for its first fleet.
func maravalTree() []app.SeedUnit {
	return []app.SeedUnit{
		{Name: "Maraval France", Level: "group"},
		{Name: "Maraval Location", Level: "company", Under: "Maraval France"},
		{Name: "Agence de Nantes", Level: "location", Under: "Maraval Location"},
		{Name: "Nacelles Ouest", Level: "fleet", Under: "Agence de Nantes"},
		{Name: "Grues mobiles", Level: "fleet", Under: "Agence de Nantes"},
		{Name: "Agence de Rennes", Level: "location", Under: "Maraval Location"},
		{Name: "Véhicules légers", Level: "fleet", Under: "Agence de Rennes"},
		{Name: "Agence de Vannes", Level: "location", Under: "Maraval Location"},
		{Name: "Maraval Construction", Level: "company", Under: "Maraval France"},
		{Name: "Agence de Lille", Level: "location", Under: "Maraval Construction"},
		{Name: "Engins Nord", Level: "fleet", Under: "Agence de Lille"},
		{Name: "Agence de Rouen", Level: "location", Under: "Maraval Construction"},
		{Name: "Terrassement Seine", Level: "fleet", Under: "Agence de Rouen"},
		{Name: "Coffrages et étais", Level: "fleet", Under: "Agence de Rouen"},
		{Name: "Maraval Conseil", Level: "company", Under: "Maraval France"},
		{Name: "Agence de Paris", Level: "location", Under: "Maraval Conseil"},
		{Name: "Véhicules de service", Level: "fleet", Under: "Agence de Paris"},
		{Name: "Maraval Europe", Level: "group"},
		{Name: "Maraval Benelux", Level: "company", Under: "Maraval Europe"},
		{Name: "Agence de Gand", Level: "location", Under: "Maraval Benelux"},
		{Name: "Hoogwerkers Gent", Level: "fleet", Under: "Agence de Gand"},
		{Name: "Agence de Liège", Level: "location", Under: "Maraval Benelux"},
		{Name: "Levage Meuse", Level: "fleet", Under: "Agence de Liège"},
	}
}

// customerTree is a smaller account's, by its number; nil where nobody has
// added a unit.
func customerTree(number string) []app.SeedUnit {
	switch number {
	case "117 402":
		return []app.SeedUnit{{Name: "Bureau d’Angers", Level: "office"}, {Name: "Bureau de Cholet", Level: "office"}}
	case "129 055":
		return []app.SeedUnit{{Name: "Hochbau", Level: "division"}, {Name: "Tiefbau", Level: "division"},
			{Name: "Kanalbau", Level: "division", Under: "Tiefbau"}}
	case "163 918":
		return []app.SeedUnit{{Name: "Domaines Bourgogne", Level: "entity"}, {Name: "Cabinet de Beaune", Level: "entity", Under: "Domaines Bourgogne"},
			{Name: "Étude Perrin", Level: "entity", Under: "Cabinet de Beaune"}, {Name: "Domaines Jura", Level: "entity"}}
	case "188 663":
		return fleetTree("Estrabeau", "Bordeaux", "Bayonne")
	case "219 340":
		return fleetTree("Verbrande", "Lille", "Lomme", "Arras")
	case "231 079":
		return fleetTree("Küstenhub", "Kiel")
	}
	return nil
}

// fleetTree is one group with one company, and an agency and a fleet in each
// town.
func fleetTree(name string, towns ...string) []app.SeedUnit {
	company := name + " Location"
	tree := []app.SeedUnit{{Name: "Groupe " + name, Level: "group"}, {Name: company, Level: "company", Under: "Groupe " + name}}
	for _, town := range towns {
		tree = append(tree, app.SeedUnit{Name: town, Level: "location", Under: company}, app.SeedUnit{Name: "Parc " + town, Level: "fleet", Under: town})
	}
	return tree
}

// homesOf are the units in which a firm's people of the large account stand, by
// turns.
func homesOf(firm string) []string {
	switch firm {
	case "Maraval Location":
		return []string{"Agence de Nantes", "Agence de Rennes", "Nacelles Ouest", "Maraval Location", "Grues mobiles", "Véhicules légers", "Agence de Vannes"}
	case "Maraval Construction":
		return []string{"Maraval Construction", "Agence de Lille", "Engins Nord", "Agence de Rouen", "Terrassement Seine", "Coffrages et étais"}
	case "Maraval Conseil":
		return []string{"Maraval Conseil", "Agence de Paris", "Véhicules de service"}
	case "Maraval Benelux":
		return []string{"Maraval Benelux", "Agence de Gand", "Hoogwerkers Gent", "Agence de Liège", "Levage Meuse"}
	}
	return []string{""} // partners stand at the root
}

// lower are the names of the tree's units that people stand in: all but the
// first, which is the widest.
func lower(tree []app.SeedUnit) []string {
	names := make([]string, 0, len(tree))
	for i, u := range tree {
		if i > 0 || len(tree) == 1 {
			names = append(names, u.Name)
		}
	}
	return names
}

// settle gives people their home units by turns.
func settle(rows []app.SeedMember, units grove, homes []string) {
	for i := range rows {
		if len(homes) > 0 && rows[i].Unit == 0 {
			rows[i].Unit = units[homes[i%len(homes)]].ID
		}
	}
}
