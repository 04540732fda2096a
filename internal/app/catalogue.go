package app

import "intendant/internal/catalogue"

// InForce is the catalogue that shapes the installation now.
func (c *Catalogues) InForce() *catalogue.Catalogue { return c.catalogue() }
