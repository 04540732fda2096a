package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A Company is an employer in the account's directory.
type Company struct {
	ID      string `json:"id" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Name    string `json:"name" example:"Maraval Travaux"`
	Members int64  `json:"members" doc:"How many members have it as their company." example:"214"`
	Version string `json:"version" example:"2"`
}

func companyOf(c directory.Company) Company {
	return Company{ID: c.UUID, Name: c.Name, Members: c.Members, Version: strconv.FormatInt(c.Version, 10)}
}

// CompanyList is one page of companies.
type CompanyList struct {
	Items []Company `json:"items" nullable:"false"`
	Next  string    `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
	Total *int64    `json:"total,omitempty" doc:"Exactly how many were found, when asked for."`
}

type companiesQuery struct {
	InAccount
	Paging
	Search string `query:"search" maxLength:"1000" doc:"A part of the name; case and accents do not matter."`
	Sort   string `query:"sort" enum:"name,members,-name,-members" default:"name" doc:"With a minus the other way round."`
}

type companiesAnswer struct{ Body CompanyList }

type companyAnswer struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Of a company just made: where it is."`
	Body     Company
}

// OfCompany is an address of one company.
type OfCompany struct {
	InAccount
	Company string `path:"company" maxLength:"64" doc:"Public id of the company." example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
}

func (f *Face) companies() {
	tag := []string{"companies"}
	conditional := []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	operation(f, huma.Operation{OperationID: "list-companies", Method: http.MethodGet, Path: "/accounts/{account}/companies", Tags: tag,
		Summary: "List companies", Description: "The employers of the account's members, with how many each has."}, f.listCompanies)
	operation(f, huma.Operation{OperationID: "get-company", Method: http.MethodGet, Path: "/accounts/{account}/companies/{company}", Tags: tag,
		Summary: "Read one company", Description: "One that was merged is answered with 409 and the one it went into.",
		Errors: []int{http.StatusConflict}}, f.getCompany)
	operation(f, huma.Operation{OperationID: "create-company", Method: http.MethodPost, Path: "/accounts/{account}/companies", Tags: tag,
		DefaultStatus: http.StatusCreated, Summary: "Create a company",
		Description: "Companies that people are brought in with make themselves; a name that differs by case, accents or blanks only is taken."}, f.createCompany)
	operation(f, huma.Operation{OperationID: "rename-company", Method: http.MethodPatch, Path: "/accounts/{account}/companies/{company}", Tags: tag,
		Summary: "Rename a company, everywhere it is shown", Errors: conditional}, f.renameCompany)
	operation(f, huma.Operation{OperationID: "merge-companies", Method: http.MethodPost, Path: "/accounts/{account}/companies/{company}/merge", Tags: tag,
		Summary: "Merge doubles into a company", Description: "All members of the doubles are this company's from then on, and the doubles are gone.",
		Errors: conditional}, f.mergeCompanies)
}

func (f *Face) listCompanies(ctx context.Context, v visit, in *companiesQuery) (*companiesAnswer, error) {
	sort, descending := strings.CutPrefix(in.Sort, "-")
	found, err := f.App.Companies.List(ctx, v.actor, v.id(), app.CompanyQuery{Search: in.Search, Sort: sort, Descending: descending, After: in.Cursor, Size: in.Limit})
	if err != nil {
		return nil, err
	}
	page := CompanyList{Items: make([]Company, len(found.Rows)), Next: found.Next}
	for i, c := range found.Rows {
		page.Items[i] = companyOf(c)
	}
	if in.Total {
		page.Total = &found.Found
	}
	return &companiesAnswer{Body: page}, nil
}

func answered(c directory.Company) *companyAnswer {
	return &companyAnswer{ETag: quoted(strconv.FormatInt(c.Version, 10)), Body: companyOf(c)}
}

func (f *Face) getCompany(ctx context.Context, v visit, in *OfCompany) (*companyAnswer, error) {
	found, err := f.App.Companies.Show(ctx, v.actor, v.id(), in.Company)
	if err != nil {
		return nil, err
	}
	return answered(found.Company), nil
}

type createCompany struct {
	InAccount
	Body struct {
		Name string `json:"name" example:"Maraval Travaux"`
	}
}

func (f *Face) createCompany(ctx context.Context, v visit, in *createCompany) (*companyAnswer, error) {
	made, err := f.App.Companies.Create(ctx, v.actor, v.id(), in.Body.Name)
	if err != nil {
		return nil, err
	}
	answer := answered(made)
	answer.Location = f.BaseURL + Base + "/accounts/" + directory.CleanNumber(v.account.Number) + "/companies/" + made.UUID
	return answer, nil
}

type renameCompany struct {
	OfCompany
	Conditional
	Body struct {
		AtVersion
		Name string `json:"name" example:"Maraval Travaux"`
	}
}

func (f *Face) renameCompany(ctx context.Context, v visit, in *renameCompany) (*companyAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	after, err := f.App.Companies.Rename(ctx, v.actor, v.id(), in.Company, app.CompanyNaming{Name: in.Body.Name, Version: version})
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return answered(after), nil
}

// A Double is a company that goes into another, as it was when it was read.
type Double struct {
	ID      string `json:"id" maxLength:"64" example:"0198f3a2-7b1c-7e55-9d0c-2f4b6a8c1d3e"`
	Version string `json:"version" doc:"The version it was read in." example:"1"`
}

type mergeCompanies struct {
	OfCompany
	Conditional
	Body struct {
		AtVersion
		Doubles []Double `json:"doubles" nullable:"false" maxItems:"50" doc:"The companies that go into this one."`
	}
}

func (f *Face) mergeCompanies(ctx context.Context, v visit, in *mergeCompanies) (*companyAnswer, error) {
	version, err := f.number(v, in.Conditional, in.Body.Version)
	if err != nil {
		return nil, err
	}
	merge := app.CompanyMerging{Into: app.CompanyPick{ID: in.Company, Version: version}}
	for _, d := range in.Body.Doubles {
		n, _ := strconv.ParseInt(d.Version, 10, 64) // what is no number is a version there never was
		merge.Doubles = append(merge.Doubles, app.CompanyPick{ID: d.ID, Version: n})
	}
	into, err := f.App.Companies.Merge(ctx, v.actor, v.id(), merge)
	if err != nil {
		return nil, f.stale(v, in.Conditional, err)
	}
	return answered(into), nil
}
