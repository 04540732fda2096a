package app_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A college is a project of an account with its people.
type college struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
	at      app.ProjectAt
}

func newCollege(w *apptest.World) college {
	c := college{World: w, account: w.AccountOf("204817", "construction")}
	c.admin = w.Administrator(c.account, "helene.castaing@maraval.example")
	c.at = c.project("Collège des Sablons")
	return c
}

func (c college) project(name string) app.ProjectAt {
	made, _, err := c.Projects.Create(c.Context(), c.admin, c.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	c.Must(err)
	return app.ProjectAt{Account: c.account.ID, Project: made.UUID}
}

// place brings somebody into the project by what a row says.
func (c college) place(row app.NewPlace) string {
	c.T.Helper()
	row.Row = 1
	verdicts, err := c.Projects.Add(c.Context(), c.admin, c.at, []app.NewPlace{row}, app.PlaceOptions{})
	c.Must(apptest.ErrOf(verdicts, err))
	return verdicts[0].Member.UUID
}

// worker is a row of somebody in a role, for a company.
func worker(email, function, company string) app.NewPlace {
	first, last := "Prénom", email[:1]
	return app.NewPlace{NewMember: app.NewMember{Email: email, First: first, Last: last, Functions: []string{function}, Company: company}}
}

func (c college) found(q app.ProjectMemberQuery) []string {
	c.T.Helper()
	page, err := c.Projects.Members(c.Context(), c.admin, c.at, q)
	c.Must(err)
	var emails []string
	for _, m := range page.Rows {
		emails = append(emails, m.Person.Email)
	}
	if int(page.Found) != len(emails) {
		c.T.Errorf("LIST-9 %d found, %d shown", page.Found, len(emails))
	}
	return emails
}

func TestProjectMemberFilters(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := newCollege(w)
		c.place(worker("ana@maraval.example", "site-manager", "Maraval"))
		c.place(worker("bo@kestner.example", "subcontractor", "Kestner Bau"))
		c.place(worker("cid@ferrand.example", "architect", "Atelier Ferrand"))
		invited := c.place(worker("dina@ferrand.example", "project-manager", ""))
		companies := map[string]string{}
		page, err := c.Companies.List(c.Context(), c.admin, c.account.ID, app.CompanyQuery{})
		w.Must(err)
		for _, company := range page.Rows {
			companies[company.Name] = company.UUID
		}
		withdrawn, err := c.Invitations.Withdraw(c.Context(), c.admin, c.account.ID, app.Of(invited))
		w.Must(apptest.ErrOf(withdrawn, err))
		for name, test := range map[string]struct {
			q    app.ProjectMemberQuery
			want []string
		}{
			"LIST-5 two companies":                 {app.ProjectMemberQuery{Companies: []string{companies["Maraval"], companies["Kestner Bau"]}}, []string{"ana@maraval.example", "bo@kestner.example"}},
			"LIST-5 a company or none":             {app.ProjectMemberQuery{Companies: []string{companies["Maraval"], app.NoCompany}}, []string{"ana@maraval.example", "dina@ferrand.example"}},
			"LIST-5 two roles":                     {app.ProjectMemberQuery{Functions: []string{"architect", "subcontractor"}}, []string{"bo@kestner.example", "cid@ferrand.example"}},
			"LIST-5 two filters are and":           {app.ProjectMemberQuery{Functions: []string{"architect", "subcontractor"}, Companies: []string{companies["Kestner Bau"]}}, []string{"bo@kestner.example"}},
			"LIST-5 both levels":                   {app.ProjectMemberQuery{Levels: []string{"project-member", "project-administrator"}}, []string{"ana@maraval.example", "bo@kestner.example", "cid@ferrand.example", "dina@ferrand.example"}},
			"LIST-2 not invited is never shown":    {app.ProjectMemberQuery{Statuses: []directory.Status{directory.Invited}}, []string{"ana@maraval.example", "bo@kestner.example", "cid@ferrand.example", "dina@ferrand.example"}},
			"LIST-4 full name, first name first":   {app.ProjectMemberQuery{Search: "PRENOM a"}, []string{"ana@maraval.example"}},
			"LIST-4 a part of the address":         {app.ProjectMemberQuery{Search: "ferrand.ex"}, []string{"cid@ferrand.example", "dina@ferrand.example"}},
			"LIST-4 one letter is a beginning":     {app.ProjectMemberQuery{Search: "d"}, []string{"dina@ferrand.example"}},
			"LIST-4 two letters are a beginning":   {app.ProjectMemberQuery{Search: "er"}, nil},
			"LIST-11 who has a product":            {app.ProjectMemberQuery{Product: "model"}, []string{"cid@ferrand.example", "dina@ferrand.example"}},
			"PROJ-4 an administrator has each":     {app.ProjectMemberQuery{Product: "takeoff"}, []string{"dina@ferrand.example"}},
			"PROJ-12 a tool is no product (files)": {app.ProjectMemberQuery{Search: "nobody", Product: "plans"}, nil},
		} {
			if got := c.found(test.q); !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
		for _, q := range []app.ProjectMemberQuery{{Companies: []string{"nowhere"}}, {Levels: []string{"nothing"}}, {Functions: []string{"nothing"}}, {Product: "fleet"}, {Sort: "shoe"}} {
			if _, err := c.Projects.Members(c.Context(), c.admin, c.at, q); w.Code(err) != "field.unknown_choice" {
				t.Errorf("%+v: %v", q, err)
			}
		}
	})
}
