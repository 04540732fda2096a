package bench

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// rights measures the operations behind the pages of rights: an account's units,
// the filter by units that every list carries, and for one person after the
// other the drawn tree, the roles and the question why.
func (r *run) rights() error {
	var people []string
	for _, q := range []app.MemberQuery{{}, {Descending: true}, {Sort: "added"}, {Sort: "email", Descending: true}} {
		q.Size, q.Statuses = 50, []directory.Status{directory.Active}
		page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, q)
		if err != nil {
			return err
		}
		for _, m := range page.Rows {
			people = append(people, m.UUID)
		}
	}
	if len(people) == 0 {
		r.skip("bench.why.no_people", "units", "unit-filter", "rights-tree", "rights-person", "rights-why")
		return nil
	}
	person := func(i int) string { return people[i%len(people)] }
	id, ctx := r.account.ID, r.ctx
	for _, f := range []struct {
		name string
		call func(i int) error
	}{
		{"units", func(int) error { return second(r.App.Units.List(ctx, r.actor, id, app.UnitQuery{})) }},
		{"unit-filter", func(int) error {
			return second(r.App.Preferences.Filter(ctx, r.actor, id, app.UnitFilterQuery{For: authz.ViewMembers}))
		}},
		{"rights-tree", func(i int) error { return second(r.App.Reasons.Tree(ctx, r.actor, id, person(i))) }},
		{"rights-person", func(i int) error { return second(r.App.Grants.Of(ctx, r.actor, id, person(i), app.GrantView{})) }},
		{"rights-why", func(i int) error {
			q := app.WhyQuery{Person: person(i), Permission: string(authz.ManageMembers)}
			return second(r.App.Reasons.Why(ctx, r.actor, id, q))
		}},
	} {
		if err := r.timed(f.name, r.Samples, f.call); err != nil {
			return err
		}
	}
	return nil
}

// second is the error of an answer that only its time matters of.
func second[T any](_ T, err error) error { return err }
