package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/app"
)

// A Use is that somebody used a product on a day.
type Use struct {
	Account string     `json:"account,omitempty" maxLength:"64" doc:"Customer number or public id of the account; absent: that of the address." example:"204817"`
	Subject UseSubject `json:"subject" doc:"Who, as questions of AuthZEN name people."`
	Product string     `json:"product" maxLength:"200" doc:"Product of the catalogue." example:"plans"`
	Day     *string    `json:"day,omitempty" doc:"Absent: today." example:"2026-11-28"`
}

// A UseSubject names a person.
type UseSubject struct {
	Type string `json:"type" maxLength:"64" doc:"A type of subject of the catalogue." example:"user"`
	ID   string `json:"id" maxLength:"320" doc:"Public id, user name or address, as the catalogue has it for the type." example:"helene.castaing@maraval.example"`
}

// UsesBody is a report of uses.
type UsesBody struct {
	Uses []Use `json:"uses" minItems:"1" maxItems:"1000" nullable:"false"`
}

// A UseVerdict is what became of a line that was not noted.
type UseVerdict struct {
	Line    int             `json:"line" doc:"Position in the request, from 0." example:"3"`
	Problem *verdictProblem `json:"problem"`
}

// UsesNoted is what became of a report.
type UsesNoted struct {
	Noted   int          `json:"noted" doc:"Lines that count; an earlier day than is known changes nothing." example:"997"`
	Refused []UseVerdict `json:"refused" nullable:"false" doc:"The lines that do not, and why."`
}

type vendorUses struct{ Body UsesBody }

type accountUses struct {
	InAccount
	Body UsesBody
}

type usesAnswer struct{ Body UsesNoted }

func (f *Face) uses() {
	const what = "Up to 1,000 lines: on which day somebody used a product last, for products that do not ask each time. Kept to the day, per person and " +
		"product; an earlier day than is known changes nothing. A line that is refused stops no other. "
	vendor(f, huma.Operation{OperationID: "report-uses", Method: http.MethodPost, Path: "/vendor/uses", Summary: "Report uses of products",
		Description: what + "An application that is a product reports that one only. Needs the right \"ask\"."},
		func(ctx context.Context, v visit, in *vendorUses) (*usesAnswer, error) {
			return f.report(ctx, v, "", in.Body)
		})
	operation(f, huma.Operation{OperationID: "report-account-uses", Method: http.MethodPost, Path: "/accounts/{account}/uses", Tags: []string{"account"},
		Summary: "Report uses of products", Description: what + "Needs access.check in the whole account."},
		func(ctx context.Context, v visit, in *accountUses) (*usesAnswer, error) {
			return f.report(ctx, v, in.Account, in.Body)
		})
}

func (f *Face) report(ctx context.Context, v visit, number string, body UsesBody) (*usesAnswer, error) {
	uses := make([]app.ReportedUse, len(body.Uses))
	broken := map[int]error{}
	for i, u := range body.Uses {
		uses[i] = app.ReportedUse{Account: u.Account, Subject: app.Entity(u.Subject), Product: u.Product}
		day, err := dayGiven("day", u.Day)
		if err != nil {
			broken[i] = err
		} else if day != nil {
			uses[i].Day = *day
		}
	}
	caller := v.caller
	caller.Number = number
	said, err := f.App.Checks.Report(ctx, caller, without(uses, broken))
	if err != nil {
		return nil, err
	}
	noted := UsesNoted{Refused: []UseVerdict{}}
	for i, n := 0, 0; i < len(uses); i++ {
		if broken[i] != nil {
			p := f.problem(ctx, v, broken[i])
			noted.Refused = append(noted.Refused, UseVerdict{i, &verdictProblem{Code: p.Code, Title: p.Title, Field: p.Field, Args: p.Args}})
			continue
		}
		if problem := f.reason(v, said[n]); problem != nil {
			noted.Refused = append(noted.Refused, UseVerdict{i, problem})
		} else {
			noted.Noted++
		}
		n++
	}
	return &usesAnswer{Body: noted}, nil
}

// without leaves lines out whose day is none.
func without(uses []app.ReportedUse, broken map[int]error) []app.ReportedUse {
	kept := make([]app.ReportedUse, 0, len(uses))
	for i, u := range uses {
		if broken[i] == nil {
			kept = append(kept, u)
		}
	}
	return kept
}
