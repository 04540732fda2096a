package bench

import (
	"fmt"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// list measures one view of the members' table.
func (r *run) list(name string, actor authz.Actor, query func(i int) app.MemberQuery) error {
	return r.timed(name, r.Samples, func(i int) error {
		_, err := r.App.Members.List(r.ctx, actor, r.account.ID, query(i))
		return err
	})
}

// same is a view that does not change from call to call.
func same(q app.MemberQuery) func(int) app.MemberQuery {
	return func(int) app.MemberQuery { return q }
}

func (r *run) lists() error {
	first, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{})
	if err != nil {
		return err
	}
	deep, err := r.deep()
	if err != nil {
		return err
	}
	views := []struct {
		name  string
		query app.MemberQuery
	}{
		{"list-first", app.MemberQuery{}},
		{"list-deep", app.MemberQuery{After: deep}},
		{"list-last", app.MemberQuery{Last: true}},
		{"filter-one", app.MemberQuery{Statuses: []directory.Status{directory.Invited}}},
		{"filter-two-foreign-sort", app.MemberQuery{Companies: ids(first.Choices.Companies, 3), Functions: codes(first.Choices.Functions, 2), Sort: "added", Descending: true}},
	}
	for _, v := range views {
		if err := r.list(v.name, r.actor, same(v.query)); err != nil {
			return err
		}
	}
	for _, column := range store.MemberColumns() {
		if err := r.list("list-sort-"+column, r.actor, same(app.MemberQuery{Sort: column, Descending: true})); err != nil {
			return err
		}
	}
	if err := r.scoped(first); err != nil {
		return err
	}
	// Each call asks for another total, so that none is known already.
	return r.list("total", r.actor, func(i int) app.MemberQuery {
		return app.MemberQuery{AddedFrom: r.Now().AddDate(-5, 0, 0).Add(time.Duration(i) * time.Second), Size: 1}
	})
}

// deep is a cursor some thousands of members into the table.
func (r *run) deep() (string, error) {
	cursor := ""
	for range 50 {
		page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{After: cursor, Size: 200})
		if err != nil {
			return "", err
		}
		if page.Next == "" {
			break
		}
		cursor = page.Next
	}
	return cursor, nil
}

// scoped measures the table of somebody who sees only a part of the tree.
func (r *run) scoped(page app.MemberPage) error {
	for range 20 {
		for _, m := range page.Rows {
			actor := authz.Actor{Kind: authz.Person, User: m.User, Door: authz.DoorPage}
			frame, err := r.App.Accounts.Open(r.ctx, actor, r.account.Number)
			if err == nil && frame.Rights.MayAnywhere(authz.ViewMembers) && !frame.Rights.May(authz.ViewMembers, 0) {
				return r.list("list-scoped", actor, same(app.MemberQuery{}))
			}
		}
		var err error
		if page, err = r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{After: page.Next}); err != nil {
			return err
		}
	}
	r.skip("bench.why.no_manager", "list-scoped")
	return nil
}

func (r *run) searches() error {
	page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{Size: 200, Sort: "added"})
	if err != nil {
		return err
	}
	if len(page.Rows) == 0 {
		return fmt.Errorf("measure searches: the account has no members")
	}
	err = r.list("search-rare", r.actor, func(i int) app.MemberQuery {
		email := page.Rows[i%len(page.Rows)].Person.Email
		return app.MemberQuery{Search: email[:min(len(email), 14)]}
	})
	if err != nil {
		return err
	}
	// The domain is in everybody's address.
	return r.list("search-common", r.actor, same(app.MemberQuery{Search: "groupe"}))
}

func ids(companies []directory.Company, n int) []string {
	var list []string
	for _, c := range companies[:min(n, len(companies))] {
		list = append(list, c.UUID)
	}
	return list
}

func codes(roles []directory.Role, n int) []string {
	var list []string
	for _, o := range roles[:min(n, len(roles))] {
		list = append(list, o.Code)
	}
	return list
}
