package app

import (
	"context"

	"intendant/internal/catalogue"
)

// InForce is the catalogue that shapes the installation now.
func (c *Catalogues) InForce() *catalogue.Catalogue { return c.catalogue() }

// load puts the catalogue that was applied last in force.
func (c *Catalogues) load(_ context.Context) error { return nil }
