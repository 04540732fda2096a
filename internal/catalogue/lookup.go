package catalogue

import (
	"slices"

	"intendant/internal/directory"
)

// Role finds a role by its id.
func (c *Catalogue) Role(id string) (Role, bool) {
	return find(c.Roles, func(r Role) bool { return r.ID == id })
}

// Product finds a product by its id.
func (c *Catalogue) Product(id string) (Product, bool) {
	return find(c.Products, func(p Product) bool { return p.ID == id })
}

// ServiceLevel finds a service level by its id.
func (c *Catalogue) ServiceLevel(id string) (ServiceLevel, bool) {
	return find(c.ServiceLevels, func(l ServiceLevel) bool { return l.ID == id })
}

// ProspectLevel returns the level of whoever has no account. Rule ACC-3.
func (c *Catalogue) ProspectLevel() ServiceLevel {
	level, _ := find(c.ServiceLevels, func(l ServiceLevel) bool { return l.Prospect })
	return level
}

// AccountType finds an account type by its id.
func (c *Catalogue) AccountType(id string) (AccountType, bool) {
	return find(c.AccountTypes, func(t AccountType) bool { return t.ID == id })
}

// Permission finds a permission, built in or declared, by its id.
func (c *Catalogue) Permission(id string) (Permission, bool) {
	return find(c.Permissions, func(p Permission) bool { return p.ID == id })
}

// Naming is what a permission ("Permission") or an account type ("Type") of an id is
// called in a language.
func (c *Catalogue) Naming(lang, what, id string) (string, bool) {
	switch what {
	case "Permission":
		p, ok := c.Permission(id)
		return p.Label.In(lang), ok
	case "Type":
		t, ok := c.AccountType(id)
		return t.Label.In(lang), ok
	}
	return "", false
}

// Section finds a section by its id.
func (c *Catalogue) Section(id string) (Section, bool) {
	return find(c.Sections, func(s Section) bool { return s.ID == id })
}

// Group finds a permission group by its id.
func (c *Catalogue) Group(id string) (Group, bool) {
	return find(c.Groups, func(g Group) bool { return g.ID == id })
}

// Preference finds a preference by its id.
func (c *Catalogue) Preference(id string) (Preference, bool) {
	return find(c.Preferences, func(p Preference) bool { return p.ID == id })
}

// RolesOf returns the roles of kind that accounts of the type offer, in the
// order of the catalogue; of access levels those of place only.
func (c *Catalogue) RolesOf(accountType string, kind RoleKind, place string) []Role {
	t, _ := c.AccountType(accountType)
	var roles []Role
	for _, r := range c.Roles {
		if r.Kind == kind && t.HasRole(r.ID) && (kind != AccessLevel || r.Place == place) {
			roles = append(roles, r)
		}
	}
	return roles
}

// ProductsOf returns the products that accounts of the type can have, in the
// order of the catalogue.
func (c *Catalogue) ProductsOf(accountType string) []Product {
	t, _ := c.AccountType(accountType)
	var products []Product
	for _, p := range c.Products {
		if t.HasProduct(p.ID) {
			products = append(products, p)
		}
	}
	return products
}

// BaseProduct returns the product of the account type without which nobody is
// in a project, if it has one. Rule PROJ-5.
func (c *Catalogue) BaseProduct(accountType string) (Product, bool) {
	return find(c.ProductsOf(accountType), func(p Product) bool { return p.Base })
}

// Opens says what the service level opens of a section: Free, Limited,
// Chargeable or Closed. Of an unknown level or section it is Closed. Rule
// ACC-11.
func (c *Catalogue) Opens(serviceLevel, section string) string {
	level, _ := c.ServiceLevel(serviceLevel)
	if how := level.Opens[section]; how != "" {
		return how
	}
	return Closed
}

// OpensKey returns the message key of what Opens answers.
func OpensKey(how string) string { return "catalogue.opens." + how }

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// OfferName is what an offer is called: by the edition where the product has
// some, else by the product. What the catalogue no longer has is called by its id.
// Rule SEAT-1.
func (c *Catalogue) OfferName(o directory.Offer, lang string) string {
	p, known := c.Product(o.Product)
	if !known {
		return o.String()
	}
	if e, has := p.Edition(o.Edition); has {
		return e.Label.In(lang)
	}
	return p.Label.In(lang)
}

// OfferModules are the modules of an offer in the order of the catalogue: those
// of the edition, else all of the product. Rule SEAT-1.
func (c *Catalogue) OfferModules(o directory.Offer) []Module {
	p, _ := c.Product(o.Product)
	e, has := p.Edition(o.Edition)
	if !has {
		return p.Modules
	}
	var modules []Module
	for _, m := range p.Modules {
		if contains(e.Modules, m.ID) {
			modules = append(modules, m)
		}
	}
	return modules
}

// OffersOf are what accounts of the type can have seats of: each product that
// takes seats, in each of its editions, in the order of the catalogue. Rule
// SEAT-1.
func (c *Catalogue) OffersOf(accountType string) []directory.Offer {
	var offers []directory.Offer
	for _, p := range c.ProductsOf(accountType) {
		if !p.Seated {
			continue
		}
		if len(p.Editions) == 0 {
			offers = append(offers, directory.Offer{Product: p.ID})
		}
		for _, e := range p.Editions {
			offers = append(offers, directory.Offer{Product: p.ID, Edition: e.ID})
		}
	}
	return offers
}

// OpenTo reports whether the product may be used at a service level. Rule
// CHECK-1.
func (p Product) OpenTo(serviceLevel string) bool {
	return len(p.ServiceLevels) == 0 || contains(p.ServiceLevels, serviceLevel)
}

// Edition finds an edition of the product.
func (p Product) Edition(id string) (Edition, bool) {
	return find(p.Editions, func(e Edition) bool { return e.ID == id })
}

// Tool is a tool of the product by its id. Rule PROJ-12.
func (p Product) Tool(id string) (Tool, bool) {
	return find(p.Tools, func(t Tool) bool { return t.ID == id })
}

// Rank is where a level stands among those of the tool, from least to most; -1 of
// one that it has not.
func (t Tool) Rank(level string) int {
	return slices.IndexFunc(t.Levels, func(o Option) bool { return o.ID == level })
}

// LevelName is what a level of the tool is called; one it has not, by its id.
func (t Tool) LevelName(level, lang string) string {
	if i := t.Rank(level); i >= 0 {
		return t.Levels[i].Label.In(lang)
	}
	return level
}

// NoLevel is the level of a tool that gives nothing.
const NoLevel = "none"

// Level is the level that a place gives of the tool: the most to administrators of
// the product, else the one that was set by hand, else the least that gives anything.
// A tool without levels has none. Rules PROJ-12, ADD-9.
func (t Tool) Level(given directory.ProductAccess) string {
	switch n := len(t.Levels); {
	case n == 0:
		return ""
	case given.Administrator:
		return t.Levels[n-1].ID
	case t.Rank(given.Tools[t.ID]) >= 0:
		return given.Tools[t.ID]
	}
	if t.Levels[0].ID == NoLevel && len(t.Levels) > 1 {
		return t.Levels[1].ID
	}
	return t.Levels[0].ID
}
