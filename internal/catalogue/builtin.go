package catalogue

import "slices"

// Administrator is the id of the built-in access level that holds every
// permission of an account, built in and declared: else nobody could give the
// first manager what the catalogue declares. No catalogue redefines it and no
// account edits it. Rule ROLE-6.
const Administrator = "administrator"

// BuiltinPermissions returns the permissions that guard Intendant's own
// operations, in the order of the permission matrix. Every catalogue has them;
// it may narrow the levels at which one counts, nothing else.
func BuiltinPermissions() []Permission {
	root := []string{RootLevel}
	return []Permission{
		builtin("account.view", "account", nil, Text{"fr": "Consulter le compte", "en": "View the account", "de": "Konto ansehen", "nl": "Account bekijken"}),
		builtin("account.manage", "account", root, Text{"fr": "Régler le compte", "en": "Change account settings", "de": "Kontoeinstellungen ändern", "nl": "Accountinstellingen wijzigen"}),
		builtin("dashboards.view", "account", root, Text{"fr": "Consulter le tableau de bord", "en": "View the dashboard", "de": "Dashboard ansehen", "nl": "Dashboard bekijken"}),
		builtin("members.view", "members", nil, Text{"fr": "Voir les membres", "en": "View members", "de": "Mitglieder ansehen", "nl": "Leden bekijken"}),
		builtin("members.manage", "members", nil, Text{"fr": "Gérer les utilisateurs", "en": "Manage users", "de": "Benutzer verwalten", "nl": "Gebruikers beheren"}),
		builtin("requests.decide", "members", root, Text{"fr": "Décider des demandes de connexion", "en": "Decide join requests", "de": "Über Beitrittsanfragen entscheiden", "nl": "Over toegangsverzoeken beslissen"}),
		builtin("administrators.manage", "members", root, Text{"fr": "Nommer et exclure des administrateurs", "en": "Name and exclude administrators", "de": "Administratoren ernennen und ausschließen", "nl": "Beheerders benoemen en uitsluiten"}),
		builtin("roles.manage", "rights", root, Text{"fr": "Gérer les rôles", "en": "Manage roles", "de": "Rollen verwalten", "nl": "Rollen beheren"}),
		builtin("units.manage", "rights", nil, Text{"fr": "Gérer les unités", "en": "Manage units", "de": "Einheiten verwalten", "nl": "Eenheden beheren"}),
		builtin("access.check", "rights", root, Text{"fr": "Vérifier les droits, pour un produit", "en": "Check rights, for a product", "de": "Rechte prüfen, für ein Produkt", "nl": "Rechten controleren, voor een product"}),
		builtin("library.manage", "rights", root, Text{"fr": "Gérer la bibliothèque et les modèles", "en": "Manage library and templates", "de": "Bibliothek und Vorlagen verwalten", "nl": "Bibliotheek en sjablonen beheren"}),
		builtin("seats.assign", "products", nil, Text{"fr": "Affecter des licences", "en": "Assign seats", "de": "Lizenzen zuweisen", "nl": "Licenties toewijzen"}),
		builtin("projects.manage", "projects", nil, Text{"fr": "Gérer les projets", "en": "Manage projects", "de": "Projekte verwalten", "nl": "Projecten beheren"}),
		builtin("history.view", "history", nil, Text{"fr": "Consulter l’historique", "en": "View the history", "de": "Verlauf ansehen", "nl": "Geschiedenis bekijken"}),
		builtin("export.run", "history", nil, Text{"fr": "Exporter", "en": "Export", "de": "Exportieren", "nl": "Exporteren"}),
	}
}

func builtin(id, group string, levels []string, label Text) Permission {
	return Permission{ID: id, Label: label, Group: group, Levels: levels, Builtin: true}
}

// builtinGroups returns the groups of the built-in permissions.
func builtinGroups() []Group {
	return []Group{
		{"account", Text{"fr": "Compte", "en": "Account", "de": "Konto", "nl": "Account"}},
		{"members", Text{"fr": "Membres", "en": "Members", "de": "Mitglieder", "nl": "Leden"}},
		{"rights", Text{"fr": "Droits", "en": "Rights", "de": "Rechte", "nl": "Rechten"}},
		{"products", Text{"fr": "Produits", "en": "Products", "de": "Produkte", "nl": "Producten"}},
		{"projects", Text{"fr": "Projets", "en": "Projects", "de": "Projekte", "nl": "Projecten"}},
		{"history", Text{"fr": "Historique et exports", "en": "History and exports", "de": "Verlauf und Exporte", "nl": "Geschiedenis en exports"}},
	}
}

// administrator returns the built-in access level, which holds permissions.
func administrator(permissions []Permission) Role {
	role := Role{
		ID: Administrator, Kind: AccessLevel, Place: AccountPlace, Builtin: true,
		Label: Text{"fr": "Administrateur", "en": "Administrator", "de": "Administrator", "nl": "Beheerder"},
		Help: Text{
			"fr": "Gère tout le compte\u202f: membres, droits, produits et projets.",
			"en": "Manages the whole account: members, rights, products and projects.",
			"de": "Verwaltet das ganze Konto: Mitglieder, Rechte, Produkte und Projekte.",
			"nl": "Beheert het hele account: leden, rechten, producten en projecten.",
		},
	}
	for _, p := range permissions {
		role.Permissions = append(role.Permissions, p.ID)
	}
	return role
}

// complete adds to a checked catalogue what every catalogue has. Built-in
// permissions come first and take the levels the catalogue narrowed them to.
func (c *Catalogue) complete() {
	permissions := BuiltinPermissions()
	for _, declared := range c.Permissions {
		i := slices.IndexFunc(permissions, func(p Permission) bool { return p.ID == declared.ID })
		if i < 0 {
			permissions = append(permissions, declared)
			continue
		}
		permissions[i].Levels = declared.Levels
	}
	c.Permissions = permissions
	c.Groups = append(builtinGroups(), c.Groups...)
	c.Roles = append([]Role{administrator(permissions)}, c.Roles...)
	for i := range c.AccountTypes {
		if form := &c.AccountTypes[i].Form; form.Credentials == "" {
			form.Credentials = OnInvite
		}
	}
}
