package demo

import (
	"errors"
	"fmt"

	"intendant/internal/app"
	"intendant/internal/authz"
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

// tellHoldings lets the first administrator give the people of the story their
// roles, each in an act of its own.
func (b *builder) tellHoldings(account *directory.Account, units *grove) {
	helene := func() authz.Actor { return b.users["helene.castaing@maraval.example"] }
	b.ago(598, "the basic role of Groupe Maraval's administrators", func() error {
		karim := b.users["karim.haddad@maraval.example"]
		return b.basic(*account, []directory.User{{ID: helene().User}, {ID: karim.User}})
	})
	for i, h := range holdings() {
		b.ago(597-float64(41*i), h.role+" of "+h.email, func() error {
			found, err := b.App.Members.List(b.ctx, helene(), account.ID, app.MemberQuery{Search: h.email, Size: 1})
			if err != nil || len(found.Rows) == 0 {
				return errors.Join(err, fmt.Errorf("%s is not found", h.email))
			}
			return b.give(helene(), account.ID, app.Giving{Who: app.Of(found.Rows[0].UUID), Role: h.role, Units: []string{(*units)[h.unit].UUID}})
		})
	}
}

// give lets somebody give a role, which must not be refused.
func (b *builder) give(by authz.Actor, account directory.AccountID, g app.Giving) error {
	verdicts, err := b.App.Grants.Give(b.ctx, by, account, g)
	for _, v := range verdicts {
		if v.Refusal != nil {
			return v.Refusal
		}
	}
	return err
}

// basic gives people the role that is proposed for everybody (ROLE-3).
func (b *builder) basic(account directory.Account, people []directory.User) error {
	rows := make([]app.SeedGrant, len(people))
	for i, u := range people {
		rows[i] = app.SeedGrant{User: u.ID, Role: directory.BasicUser, Unit: account.Root}
	}
	return b.App.Members.SeedGrants(b.ctx, account.ID, 0, rows)
}

// tellGroups gives everybody who came so far a role in the group they belong to, as
// the account requires; partners, who stand at the root, work for France. Who is
// invited later lacks it, until somebody looks at who lacks a role (ROLE-3).
func (b *builder) tellGroups(account *directory.Account, units *grove) {
	b.ago(7.5, "the groups' basic roles of Groupe Maraval", func() error {
		france, europe, root := (*units)["Maraval France"], (*units)["Maraval Europe"], (*units)[""]
		var rows []app.SeedGrant
		for _, of := range []struct {
			unit  directory.UnitID
			query app.MemberQuery
		}{
			{france.ID, app.MemberQuery{Units: []string{france.UUID}}},
			{europe.ID, app.MemberQuery{Units: []string{europe.UUID}}},
			{france.ID, app.MemberQuery{Homes: []string{root.UUID}}},
		} {
			lacking, err := b.lacking(account.ID, of.query)
			if err != nil {
				return err
			}
			for _, user := range lacking {
				rows = append(rows, app.SeedGrant{User: user, Role: directory.BasicUser, Unit: of.unit})
			}
		}
		return b.App.Members.SeedGrants(b.ctx, account.ID, 0, rows)
	})
}

// lacking are those whom a query finds and who lack a role.
func (b *builder) lacking(account directory.AccountID, query app.MemberQuery) (people []directory.UserID, err error) {
	query.LacksRole, query.Size = true, 200
	for {
		page, err := b.App.Members.List(b.ctx, b.users["helene.castaing@maraval.example"], account, query)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Rows {
			people = append(people, m.User)
		}
		if query.After = page.Next; page.Next == "" {
			return people, nil
		}
	}
}
