package demo

import (
	"intendant/internal/app"
	"intendant/internal/directory"
)

// A holding is a role that somebody of the story holds at a unit, by name.
type holding struct{ email, role, unit string }

// holdings are the roles of the people with a name. Everybody holds the basic
// role at the root besides. Adeline Vasseur shows that nothing lower down takes
// a right away (ROLE-2), Joséphine Lemmens that a lower grant adds (ROLE-1).
func holdings() []holding {
	const manager, basic, approver = directory.ManagerRole, directory.BasicUser, "purchase-approver"
	return []holding{
		{"gregoire.launay@maraval.example", manager, ""},
		{"adeline.vasseur@maraval.example", manager, ""},
		{"adeline.vasseur@maraval.example", basic, "Maraval France"},
		{"josephine.lemmens@maraval-benelux.example", manager, "Maraval Europe"},
		{"karim.haddad@maraval.example", manager, "Maraval Location"},
		{"karim.haddad@maraval.example", approver, "Nacelles Ouest"},
		{"karim.haddad@maraval.example", basic, "Agence de Rennes"},
		{"benoit.charrier@maraval.example", manager, "Agence de Nantes"},
		{"thibaut.leguellec@maraval.example", approver, "Nacelles Ouest"},
		{"ingrid.pauwels@maraval-benelux.example", approver, "Agence de Gand"},
		{"camille.aubrac@maraval.example", basic, "Engins Nord"},
	}
}

// tellHoldings gives the people of the story their roles, as the first
// administrator did.
func (b *builder) tellHoldings(account *directory.Account, units *map[string]directory.UnitID) {
	b.ago(598, "roles of Groupe Maraval", func() error {
		var rows []app.SeedGrant
		for _, email := range []string{"helene.castaing@maraval.example", "karim.haddad@maraval.example"} {
			rows = append(rows, app.SeedGrant{User: b.users[email].User, Role: directory.BasicUser, Unit: account.Root})
		}
		for _, h := range holdings() {
			rows = append(rows, app.SeedGrant{User: b.users[h.email].User, Role: h.role, Unit: (*units)[h.unit]})
		}
		return b.App.Members.SeedGrants(b.ctx, account.ID, b.users["helene.castaing@maraval.example"].User, rows)
	})
}

// basic gives people the role that is proposed for everybody (ROLE-3).
func (b *builder) basic(account directory.Account, people []directory.User) error {
	rows := make([]app.SeedGrant, len(people))
	for i, u := range people {
		rows[i] = app.SeedGrant{User: u.ID, Role: directory.BasicUser, Unit: account.Root}
	}
	return b.App.Members.SeedGrants(b.ctx, account.ID, 0, rows)
}
