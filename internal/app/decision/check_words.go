package decision

import (
	"sync"
	"sync/atomic"
	"time"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// words are those in which products ask, as the catalogue in force has them.
type words struct {
	catalogue *catalogue.Catalogue
	subjects  map[string][]string
	resources map[string]catalogue.AccessResource
	actions   map[string]authz.Permission
	names     []catalogue.AccessAction // in their order
	labels    map[authz.Permission]catalogue.Text
	products  map[string]catalogue.Product
}

// isProduct reports whether a question is about a product, and not about a unit
// whose level is called so.
func (w *words) isProduct(e Entity) bool {
	_, unit := w.resources[ProductResource]
	return e.Type == ProductResource && !unit
}

// wordsInForce keeps the words until another catalogue is in force.
type wordsInForce struct{ current atomic.Pointer[words] }

func (f *wordsInForce) of(c *catalogue.Catalogue) *words {
	if w := f.current.Load(); w != nil && w.catalogue == c {
		return w
	}
	access := c.AccessWords()
	w := &words{catalogue: c, subjects: map[string][]string{}, resources: map[string]catalogue.AccessResource{},
		actions: map[string]authz.Permission{}, names: access.Actions, labels: map[authz.Permission]catalogue.Text{}, products: map[string]catalogue.Product{}}
	for _, s := range access.Subjects {
		w.subjects[s.Type] = s.By
	}
	for _, r := range access.Resources {
		w.resources[r.Type] = r
	}
	for _, a := range access.Actions {
		w.actions[a.Name] = authz.Permission(a.Permission)
	}
	for _, p := range c.Permissions {
		w.labels[authz.Permission(p.ID)] = p.Label
	}
	for _, p := range c.Products {
		w.products[p.ID] = p
	}
	f.current.Store(w)
	return w
}

// searched remember which tokens have searched where on which day.
type searched struct {
	mu   sync.Mutex
	days map[searching]time.Time
}

// A searching is a token, or a credential, in an account.
type searching struct {
	token   int64
	account directory.AccountID
}

func (s *searched) on(by searching, day time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.days[by].Equal(day)
}

func (s *searched) keep(by searching, day time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.days == nil || len(s.days) >= mostBearers {
		s.days = map[searching]time.Time{}
	}
	s.days[by] = day
}
