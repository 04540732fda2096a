package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"intendant/internal/directory"
)

func problemKind() reflect.Type { return reflect.TypeFor[Problem]() }

// An Account is the account of the token.
type Account struct {
	Number       string    `json:"number" doc:"Customer number." example:"204 817"`
	Name         string    `json:"name" example:"Groupe Maraval"`
	Type         string    `json:"type" doc:"Account type of the catalogue." example:"fleet"`
	ServiceLevel string    `json:"service_level" doc:"Service level of the catalogue." example:"contract"`
	State        string    `json:"state" enum:"open,suspended,closed" example:"open"`
	Language     string    `json:"language" example:"fr"`
	Country      string    `json:"country" example:"FR"`
	TimeZone     string    `json:"time_zone" example:"Europe/Paris"`
	Token        TokenInfo `json:"token" doc:"The token that asks."`
}

// TokenInfo says what a program should know of its own token.
type TokenInfo struct {
	Name    string    `json:"name" example:"nightly import"`
	Expires time.Time `json:"expires_at" doc:"From then on the token opens nothing."`
}

type accountAnswer struct{ Body Account }

func (f *Face) account() {
	operation(f, huma.Operation{OperationID: "get-account", Method: http.MethodGet, Path: "/accounts/{account}", Tags: []string{"account"},
		Summary: "Read the account", Description: "The account of the token, and until when the token is good."}, f.getAccount)
}

func (f *Face) getAccount(_ context.Context, v visit, _ *InAccount) (*accountAnswer, error) {
	a := v.account
	return &accountAnswer{Body: Account{Number: a.Number, Name: a.Name, Type: a.Type, ServiceLevel: a.ServiceLevel, State: string(a.State),
		Language: a.Language, Country: a.Address.Country, TimeZone: a.TimeZone,
		Token: TokenInfo{Name: v.bearing.Token.Name, Expires: v.bearing.Token.Expires}}}, nil
}

// moment is a time that may not be set.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// day reads a time that a program sends: empty stands for none.
func day(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil && t.Year() >= 1 && t.Year() <= 9999 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, directory.InvalidField(field, "field.bad_date", nil)
}

func list[T any](of []T) []T {
	if of == nil {
		return []T{}
	}
	return of
}
