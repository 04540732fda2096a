package app_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestCountsAreExact tries the doors by which people come, change and go in random
// order, alone and beside each other: what is kept is always what counting gives
// (LIST-12), and what lists are said to find is what they find (LIST-9).
func TestCountsAreExact(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newEntrances(w)
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 8).Draw(rt, "acts") {
				if rapid.IntRange(0, 4).Draw(rt, "together") > 0 {
					d.one(rt)()
					continue
				}
				var together sync.WaitGroup
				for range 3 {
					together.Go(d.one(rt))
				}
				together.Wait()
			}
			if d.fault != nil {
				rt.Fatal(d.fault)
			}
			for _, m := range w.Recounted() {
				if m.Wrong() {
					rt.Fatalf("account %d keeps %+v and counts %+v; home units are off by %v", m.Account, m.Kept, m.Counted, m.Homes)
				}
			}
			d.totals(rt)
		})
	})
}

// entrances are an account, its people and the ways to change who they are.
type entrances struct {
	house
	units  []string
	emails []string
	people []authz.Actor // some with a sign-in of their own
	mu     sync.Mutex
	fault  error
}

func newEntrances(w *apptest.World) *entrances {
	d := &entrances{house: house{World: w}}
	var err error
	d.account, err = w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	d.admin = w.Administrator(d.account, "helene.castaing@maraval.example")
	d.emails = apptest.Addresses(8, "maraval.example")
	for _, email := range d.emails[:3] {
		d.people = append(d.people, w.Person(email))
	}
	for _, name := range []string{"Nord", "Sud"} {
		u, err := w.Units.Add(w.Context(), d.admin, d.account.ID, app.NewUnit{Level: "group", Name: name})
		w.Must(err)
		d.units = append(d.units, u.UUID)
	}
	return d
}

// one draws a door and who goes through it. A refusal is part of the game.
func (d *entrances) one(rt *rapid.T) func() {
	d.Pass(time.Minute)
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(d.doors(nil, nil)))).Draw(rt, "door")
	emails := rapid.SliceOfN(rapid.SampledFrom(d.emails), 1, 3).Draw(rt, "people")
	unit := rapid.SampledFrom(append(d.units, "")).Draw(rt, "unit")
	invite := rapid.Bool().Draw(rt, "invite")
	person := rapid.SampledFrom(d.people).Draw(rt, "person")
	rows := make([]app.NewMember, len(emails))
	for i, email := range emails {
		rows[i] = app.NewMember{Row: i + 1, Email: email, Home: unit}
	}
	act := d.doors(&entering{emails, unit, invite, person}, rows)[name]
	return func() {
		var refusal *directory.Error
		if err := act(); err != nil && !errors.As(err, &refusal) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.fault = fmt.Errorf("%s: %w", name, err)
		}
	}
}

// An entering is who goes through a door, and how.
type entering struct {
	emails []string
	unit   string
	invite bool
	person authz.Actor
}

func (d *entrances) doors(c *entering, rows []app.NewMember) map[string]func() error {
	ctx, id := d.Context(), d.account.ID
	many := func(do func(who app.Selection) error) func() error {
		return func() error { return do(d.selected(c.emails)) }
	}
	return map[string]func() error{
		"add": func() error {
			return apptest.ErrOf(d.Members.Add(ctx, d.admin, id, rows, app.AddOptions{Invite: c.invite, Silent: !c.invite}))
		},
		"preview": func() error {
			return apptest.ErrOf(d.Members.Add(ctx, d.admin, id, rows, app.AddOptions{Preview: true}))
		},
		"refused":  func() error { return apptest.ErrOf(d.Members.Add(ctx, c.person, id, rows, app.AddOptions{})) },
		"invite":   many(func(who app.Selection) error { return apptest.ErrOf(d.Invitations.Send(ctx, d.admin, id, who)) }),
		"withdraw": many(func(who app.Selection) error { return apptest.ErrOf(d.Invitations.Withdraw(ctx, d.admin, id, who)) }),
		"accept":   func() error { return d.accept(c.person) },
		"off":      many(func(who app.Selection) error { return apptest.ErrOf(d.Members.Deactivate(ctx, d.admin, id, who)) }),
		"on":       many(func(who app.Selection) error { return apptest.ErrOf(d.Members.Reactivate(ctx, d.admin, id, who)) }),
		"remove":   many(func(who app.Selection) error { return apptest.ErrOf(d.Members.Remove(ctx, d.admin, id, who)) }),
		"move":     many(func(who app.Selection) error { return apptest.ErrOf(d.Members.MoveHome(ctx, d.admin, id, who, c.unit)) }),
		"edit": many(func(who app.Selection) error {
			level, ends := "administrator", directory.End{Moment: d.Now().Add(time.Hour)}
			return apptest.ErrOf(d.Members.EditMembers(ctx, d.admin, id, who, app.MemberChange{Levels: apptest.Levels(level), Ends: &ends, Unit: &c.unit}))
		}),
		"end":        func() error { d.Pass(2 * time.Hour); return drop(d.Members.EndPlaces(ctx)) },
		"ask":        func() error { return drop(d.JoinRequests.Ask(ctx, c.person, d.account.Number, "")) },
		"ask nobody": func() error { return drop(d.JoinRequests.Ask(ctx, c.person, "999 999", "")) },
		"let in":     func() error { return d.decide(c.invite) },
		"take back":  func() error { return d.takeBack(c.person) },
		"lapse":      func() error { d.Pass(61 * 24 * time.Hour); return drop(d.JoinRequests.Lapse(ctx)) },
		"technical": func() error {
			return drop(d.TechnicalUsers.Create(ctx, d.admin, id, app.NewTechnicalUser{Name: "Paie", Purpose: "Paie", Responsible: "helene.castaing@maraval.example"}))
		},
	}
}

// drop keeps the error alone.
func drop[T any](_ T, err error) error { return err }

// selected are the members of addresses, as far as they are there.
func (d *entrances) selected(emails []string) app.Selection {
	var who app.Selection
	for _, m := range d.list(app.MemberQuery{Size: 200}).Rows {
		if slices.Contains(emails, m.Person.Email) {
			who.Members = append(who.Members, m.UUID)
		}
	}
	return who
}

func (d *entrances) accept(person authz.Actor) error {
	waiting, err := d.Invitations.Pending(d.Context(), person)
	for _, i := range waiting {
		if err == nil {
			_, err = d.Invitations.AcceptMine(d.Context(), person, i.Member)
		}
	}
	return err
}

func (d *entrances) decide(yes bool) error {
	waiting, _, err := d.JoinRequests.List(d.Context(), d.admin, d.account.ID, directory.JoinWaiting, 0)
	for _, j := range waiting {
		switch {
		case err != nil:
		case yes:
			_, err = d.JoinRequests.Approve(d.Context(), d.admin, d.account.ID, j.UUID)
		default:
			_, err = d.JoinRequests.Reject(d.Context(), d.admin, d.account.ID, j.UUID, app.Rejection{})
		}
	}
	return err
}

func (d *entrances) takeBack(person authz.Actor) error {
	asked, err := d.JoinRequests.Asked(d.Context(), person)
	for _, j := range asked {
		if err == nil {
			err = d.JoinRequests.Withdraw(d.Context(), person, j.UUID)
		}
	}
	return err
}

// totals holds the totals of views against the rows that they find.
func (d *entrances) totals(rt *rapid.T) {
	for _, q := range []app.MemberQuery{
		{}, {Statuses: []directory.Status{directory.Active}}, {Statuses: []directory.Status{directory.Invited, directory.Inactive, directory.Invited}},
		{Units: d.units[:1]}, {Homes: d.units}, {Units: append(d.units, d.units...), Statuses: []directory.Status{directory.NotInvited}},
		{Homes: []string{"nowhere"}}, {Search: "prenom"}, {Levels: []string{app.None}},
	} {
		q.Size = 200
		page := d.list(q)
		if int64(len(page.Rows)) != page.Total {
			rt.Fatalf("LIST-9 %+v says %d and finds %d", q, page.Total, len(page.Rows))
		}
	}
	var counts store.Counts
	d.Must(d.DB.View(d.Context(), func(r *store.Reader) (err error) {
		counts, err = r.Counts(d.Context(), d.account.ID)
		return err
	}))
	if frame, err := d.Accounts.Open(d.Context(), d.admin, d.account.Number); err != nil || frame.Counts != counts {
		rt.Fatalf("LIST-12 the frame says %+v (%v), the ledger %+v", frame.Counts, err, counts)
	}
}
