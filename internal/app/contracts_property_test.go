package app_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestReferentsHold names, ends, moves, removes and takes back people at random,
// and moves units: every unit has at most one referent, nobody without a place or
// of another entity is anything for a contract, and the account's referent is the
// root's.
func TestReferentsHold(t *testing.T) { // SEAT-7, ACC-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		f := following{park: p, done: map[string]int{}, units: []string{"Groupe Maraval", "Maraval France", "Maraval Location", "Agence de Nantes", "Maraval Europe", "Maraval Benelux"}}
		for i := range 4 {
			email := fmt.Sprintf("m%d@maraval.example", i)
			_, m := p.housed(email, f.units[i])
			f.people, f.emails = append(f.people, m.UUID), append(f.emails, email)
		}
		for _, unit := range f.units {
			f.ids = append(f.ids, p.unit(unit).UUID)
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(3, 9).Draw(rt, "acts") {
				f.act(rt)
				f.holds(rt)
			}
		})
		if testing.Short() {
			return // too few games to meet every act
		}
		for _, door := range append(followed(), string(directory.ReferentPart), string(directory.DeputyPart)) {
			if f.done[door] == 0 {
				t.Errorf("SEAT-7 in the whole game nothing was done by %s: nothing is shown", door)
			}
		}
	})
}

// following are people who come, are named, move and go.
type following struct {
	park
	units, ids, people, emails []string
	done                       map[string]int // acts that were not refused, by door; parts that were looked at, by part
}

// followed are the acts, those that are wanted more often more than once.
func followed() []string {
	return []string{"name", "name", "name", "end", "vendor", "home", "remove", "return", "return", "switch", "move"}
}

// act does one thing; refusals are part of the game, faults are not.
func (f following) act(rt *rapid.T) {
	ctx, id := f.Context(), f.account.ID
	who := rapid.IntRange(0, len(f.people)-1).Draw(rt, "who")
	member, unit := f.people[who], rapid.SampledFrom(f.ids).Draw(rt, "unit")
	part := rapid.SampledFrom([]directory.Part{directory.ReferentPart, directory.DeputyPart}).Draw(rt, "part")
	naming := app.ContractNaming{Unit: unit, Part: part, Member: member}
	acts := map[string]func() error{
		"name": func() error { _, err := f.Contracts.Name(ctx, f.admin, id, naming); return err },
		"end": func() error {
			named := f.someone(slices.Index(f.ids, unit))
			_, err := f.Contracts.End(ctx, f.admin, id, named)
			return err
		},
		"vendor": func() error {
			return f.Contracts.SetReferent(ctx, f.Operator(), id, rapid.SampledFrom(append(f.emails, "")).Draw(rt, "name"), 0)
		},
		"home":   func() error { return f.home(f.admin, member, unit) },
		"remove": func() error { return apptest.ErrOf(f.Members.Remove(ctx, f.admin, id, app.Of(member))) },
		"return": func() error {
			return apptest.ErrOf(f.Members.Add(ctx, f.admin, id, []app.NewMember{{Row: 1, Email: f.emails[who]}}, app.AddOptions{Silent: true}))
		},
		"switch": func() error {
			if err := apptest.ErrOf(f.Members.Deactivate(ctx, f.admin, id, app.Of(member))); err == nil {
				return nil
			}
			return apptest.ErrOf(f.Members.Reactivate(ctx, f.admin, id, app.Of(member)))
		},
		"move": func() error {
			to := rapid.SampledFrom([]string{"Maraval France", "Maraval Europe"}).Draw(rt, "to")
			moved := f.unit("Maraval Location")
			return f.Units.Move(ctx, f.admin, id, moved.UUID, app.UnitMove{To: f.unit(to).UUID, Version: moved.Version})
		},
	}
	door := rapid.SampledFrom(followed()).Draw(rt, "door")
	var refusal *directory.Error
	switch err := acts[door](); {
	case err == nil:
		f.done[door]++
	case !errors.As(err, &refusal):
		rt.Fatalf("%s: %v", door, err)
	}
}

// someone is anybody who is named, of the unit of a place in the list or one after
// it, where there is somebody.
func (f following) someone(place int) app.ContractNaming {
	for i := range f.units {
		at := (place + i) % len(f.units)
		c := f.contract(f.units[at])
		for _, named := range append(slices.Clone(c.Deputies), c.Referent) {
			if named.Member != "" {
				return app.ContractNaming{Unit: f.ids[at], Part: named.Part, Member: named.Member}
			}
		}
	}
	return app.ContractNaming{Part: directory.DeputyPart}
}

// holds looks at the rows themselves.
func (f following) holds(rt *rapid.T) {
	err := f.DB.View(f.Context(), func(r *store.Reader) error {
		rights, err := f.Rights(f.Context(), f.admin, f.account.ID)
		if err != nil {
			return err
		}
		tree := rights.Tree()
		keys := make([]directory.UnitID, 0, len(tree.Units()))
		for _, u := range tree.Units() {
			keys = append(keys, u.ID)
		}
		held, err := r.ReferentsAt(f.Context(), keys)
		if err != nil {
			return err
		}
		account, err := r.Account(f.Context(), f.account.ID)
		if err != nil {
			return err
		}
		return f.check(rt, r, held, func(part directory.Referent, m directory.Member) {
			switch {
			case !m.Removed.IsZero():
				rt.Fatalf("SEAT-7 %+v has no place", part)
			case !tree.Covers(part.Unit, m.Unit):
				rt.Fatalf("SEAT-7 %+v belongs to another entity", part)
			}
		}, account)
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func (f following) check(rt *rapid.T, r *store.Reader, held []directory.Referent, each func(directory.Referent, directory.Member), a directory.Account) error {
	var root directory.UserID
	var ones []directory.UnitID
	for _, part := range held {
		m, err := r.Member(f.Context(), part.Member)
		if err != nil {
			return err
		}
		f.done[string(part.Part)]++
		each(part, m)
		if part.Part != directory.ReferentPart {
			continue
		}
		if slices.Contains(ones, part.Unit) {
			rt.Fatalf("SEAT-7 unit %d has two referents", part.Unit)
		}
		ones = append(ones, part.Unit)
		if part.Unit == a.Root {
			root = m.User
		}
	}
	if a.Referent != root {
		rt.Fatalf("ACC-9 the account's referent is %d, the root's %d", a.Referent, root)
	}
	return nil
}
