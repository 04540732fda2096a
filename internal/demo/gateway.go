package demo

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// external is the id by which the vendor's products know a unit, or empty where
// they speak of none.
func external(unit string) string {
	switch unit {
	case "Maraval France":
		return "G-41"
	case "Maraval Europe":
		return "G-44"
	case "Nacelles Ouest":
		return "P-7"
	case "Hoogwerkers Gent":
		return "P-12"
	}
	return ""
}

// tellGateway lets an administrator connect a product to the large account: a
// role that asks and looks, a technical user that has it everywhere and for
// which she answers, and its token.
func (b *builder) tellGateway(account *directory.Account, units *grove) {
	helene := func() authz.Actor { return b.users["helene.castaing@maraval.example"] }
	var role directory.Role
	b.ago(63, "a role for programs", func() (err error) {
		role, err = b.App.Roles.Create(b.ctx, helene(), account.ID, app.NewRole{Kind: directory.RightsRole,
			Names:       map[string]string{"fr": "Passerelle en lecture", "en": "Read-only gateway", "de": "Schnittstelle, nur lesend", "nl": "Koppeling, alleen lezen"},
			Permissions: []string{string(authz.ViewAccount), string(authz.ViewMembers), string(authz.CheckAccess)}})
		return err
	})
	var gateway directory.Member
	b.ago(62, "a technical user", func() (err error) {
		gateway, err = b.App.TechnicalUsers.Create(b.ctx, helene(), account.ID, app.NewTechnicalUser{Name: "Passerelle planning",
			Purpose: "Le planning demande qui peut quoi avant d’ouvrir ses écrans.", Responsible: "helene.castaing@maraval.example"})
		if err != nil {
			return err
		}
		return b.give(helene(), account.ID, app.Giving{Who: app.Of(gateway.UUID), Role: role.UUID, Units: []string{(*units)[""].UUID}})
	})
	b.ago(61, "a token", func() error {
		made, err := b.App.TechnicalUsers.MakeToken(b.ctx, helene(), account.ID, gateway.UUID,
			app.NewToken{Name: "Serveur du planning", Expires: b.now.AddDate(0, 0, 270)})
		b.world.Account.APIToken = made.Secret
		return err
	})
}

// tellApplications lets the vendor register its own programs: a product that asks
// about everybody, and the shop that keeps customers (APP-1).
func (b *builder) tellApplications() {
	var product, shop, portal directory.Application
	b.ago(90, "the vendor's applications", func() (err error) {
		if product, err = b.App.Applications.Register(b.ctx, b.staff(), app.ApplicationRegistration{Name: "Plans", Product: "plans", All: true,
			Rights: []directory.ApplicationRight{directory.MayAsk, directory.MayReadDirectory}}); err != nil {
			return err
		}
		shop, err = b.App.Applications.Register(b.ctx, b.staff(), app.ApplicationRegistration{Name: "Boutique Bâtisoft", All: true,
			Rights: []directory.ApplicationRight{directory.MayManageCustomers, directory.MayHandleKeys}})
		if err != nil {
			return err
		}
		portal, err = b.App.Applications.Register(b.ctx, b.staff(), app.ApplicationRegistration{Name: "Portail Bâtisoft", All: true,
			Rights: []directory.ApplicationRight{directory.MayAsk}})
		return err
	})
	b.ago(89, "their credentials", func() error {
		_, err := b.App.Applications.MakeCredential(b.ctx, b.staff(), shop.UUID, app.NewCredential{Name: "Production", Expires: b.now.AddDate(0, 0, 276)})
		if err != nil {
			return err
		}
		made, err := b.App.Applications.MakeCredential(b.ctx, b.staff(), product.UUID, app.NewCredential{Name: "Production", Expires: b.now.AddDate(0, 0, 276)})
		b.world.Application = made.Secret
		if err != nil {
			return err
		}
		door, err := b.App.Applications.MakeCredential(b.ctx, b.staff(), portal.UUID, app.NewCredential{Name: "Production", Expires: b.now.AddDate(0, 0, 276)})
		b.portal = app.Caller{Token: door.Secret, From: func() app.Client { return app.Client{} }}
		return err
	})
}
