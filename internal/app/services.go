package app

import (
	"context"
	"slices"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Service is one section the vendor offers beside products, how far a service
// level opens it, and which levels open more of it (ACC-11).
type Service struct {
	Section  catalogue.Section
	Opens    string // catalogue.Free, Limited, Chargeable or Closed
	OpenedBy []catalogue.ServiceLevel
}

// An Offer is every section for one service level: all are visible to
// everybody, whatever they open.
type Offer struct {
	Level    catalogue.ServiceLevel
	Services []Service
}

// Services is what the account's service level opens, alike for every member
// (ACC-3). It refuses with account.not_found whoever does not belong to it.
func (s *Accounts) Services(ctx context.Context, actor authz.Actor, account directory.AccountID) (Offer, error) {
	var offer Offer
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		level, _ := s.gate.Catalogue().ServiceLevel(a.ServiceLevel)
		offer = offerOf(s.gate.Catalogue(), level)
		return nil
	})
	return offer, err
}

// ProspectServices is what a signed-up person without an account has (ACC-3).
func (s *Accounts) ProspectServices() Offer {
	return offerOf(s.gate.Catalogue(), s.gate.Catalogue().ProspectLevel())
}

func offerOf(c *catalogue.Catalogue, level catalogue.ServiceLevel) Offer {
	o := Offer{Level: level}
	for _, section := range c.Sections {
		one := Service{Section: section, Opens: c.Opens(level.ID, section.ID)}
		for _, other := range c.ServiceLevels {
			if openness(c.Opens(other.ID, section.ID)) > openness(one.Opens) {
				one.OpenedBy = append(one.OpenedBy, other)
			}
		}
		o.Services = append(o.Services, one)
	}
	return o
}

// openness orders what a level opens, from closed to free.
func openness(opens string) int {
	return slices.Index([]string{catalogue.Closed, catalogue.Chargeable, catalogue.Limited, catalogue.Free}, opens)
}
