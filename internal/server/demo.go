package server

import (
	"context"

	"intendant/internal/demo"
	"intendant/internal/web/democodes"
	"intendant/internal/web/page"
)

// DemoCodes is where the example shows the codes of its staff's second factors.
const DemoCodes = democodes.Path

// Demo fills the empty installation, which must run on the clock, with a living
// example. Its server shows the codes of the staff's second factors, since
// nobody has their authenticators.
func (i *Installation) Demo(ctx context.Context, clock *demo.Clock) (demo.World, error) {
	world, err := demo.Build(ctx, demo.Options{App: i.App, Clock: clock})
	if err != nil {
		return world, err
	}
	i.mountDemo = func(s *page.Site) {
		var people []democodes.Person
		for _, p := range world.People {
			if p.OneTimeSecret != "" {
				people = append(people, democodes.Person{Name: p.Name, Login: p.Login, Secret: p.OneTimeSecret})
			}
		}
		democodes.Mount(s, people)
	}
	return world, nil
}
