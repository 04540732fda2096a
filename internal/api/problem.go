package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

// A Problem says why a request was not done (RFC 9457). Code is stable; Title is
// for people, in the language that was asked for.
type Problem struct {
	Type   string         `json:"type" doc:"The code as a URI." example:"urn:intendant:problem:stale"`
	Title  string         `json:"title" doc:"What is wrong, in the language of Accept-Language." example:"Somebody else has changed this in the meantime."`
	Status int            `json:"status" doc:"The status of the answer." example:"409"`
	Code   string         `json:"code" doc:"Stable name of the refusal." example:"stale"`
	Field  string         `json:"field,omitempty" doc:"The input at fault." example:"email"`
	Args   map[string]any `json:"args,omitempty" doc:"The values of the title."`
	Detail string         `json:"detail,omitempty" doc:"For developers, in English: which part of the request does not fit the description."`
	Errors []FieldProblem `json:"errors,omitempty" nullable:"false" doc:"Where several are at fault, each of them, the one above first; or every part that does not fit the description. At most twenty."`

	Reference string `json:"reference,omitempty" doc:"Of a fault: what to look for in the log of the installation."`

	retry int
}

// A FieldProblem is one input at fault among several, or one part of a request that does
// not fit the description.
type FieldProblem struct {
	Field  string `json:"field" example:"limit"`
	Code   string `json:"code,omitempty" doc:"Stable name of the refusal." example:"field.required"`
	Title  string `json:"title,omitempty" doc:"What is wrong, in the language of Accept-Language." example:"Enter a last name."`
	Detail string `json:"detail,omitempty" doc:"For developers, in English: how a part does not fit the description." example:"expected number <= 200"`
}

// Error says the problem for logs.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names problem documents.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders says when to come again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	return h
}

const problemType = "application/problem+json"

// mostFields is how many parts at fault are named.
const mostFields = 20

// statusOf is the status of a refusal (API-3).
func statusOf(refusal *directory.Error) int {
	if refusal.Code == "token.refused" {
		return http.StatusUnauthorized
	}
	switch refusal.Kind {
	case directory.Invalid:
		return http.StatusUnprocessableEntity
	case directory.NotFound:
		return http.StatusNotFound
	case directory.Denied:
		return http.StatusForbidden
	case directory.Conflict:
		return http.StatusConflict
	case directory.Limited:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// problem turns what an operation returned into a problem. A fault is logged
// once, here, under the reference that is shown.
func (f *Face) problem(ctx context.Context, v visit, err error) *Problem {
	var made *Problem
	if errors.As(err, &made) {
		return made
	}
	var refusal *directory.Error
	if errors.As(err, &refusal) {
		return f.refusal(v, refusal)
	}
	var cut *directory.Interruption
	if errors.As(err, &cut) { // logged once for all whom it met
		return &Problem{Type: typeOf(cut.Code), Title: v.printer.T("error." + cut.Code), Status: http.StatusServiceUnavailable, Code: cut.Code,
			retry: cut.RetryAfter()}
	}
	reference := uuid.NewString()[:8]
	if !httpserver.Left(ctx, err) {
		f.Log.ErrorContext(ctx, "request failed", "reference", reference, "error", err)
	}
	return f.fault(v, reference)
}

func (f *Face) fault(v visit, reference string) *Problem {
	return &Problem{Type: typeOf("internal"), Title: v.printer.T("error.internal", "Reference", reference), Status: http.StatusInternalServerError,
		Code: "internal", Reference: reference}
}

func (f *Face) refusal(v visit, refusal *directory.Error) *Problem {
	if refusal.Code == "list.bad_cursor" && refusal.Field == "" {
		refusal = directory.InvalidField("cursor", refusal.Code, refusal.Args)
	}
	p := &Problem{Type: typeOf(refusal.Code), Title: v.printer.Error(refusal), Status: statusOf(refusal), Code: refusal.Code, Field: fieldOf(refusal.Field)}
	if all := refusal.All(); len(all) > 1 {
		for _, one := range all[:min(len(all), mostFields)] {
			p.Errors = append(p.Errors, FieldProblem{Field: fieldOf(one.Field), Code: one.Code, Title: v.printer.Error(one)})
		}
	}
	for name, value := range refusal.Args {
		if p.Args == nil {
			p.Args = map[string]any{}
		}
		if text, is := value.(string); is {
			value = directory.Short(text, mostSaid)
		}
		p.Args[lower(name)] = value
	}
	if refusal.Kind == directory.Limited {
		minutes, _ := refusal.Args["Minutes"].(int)
		p.retry = max(minutes, 1) * 60
	}
	return p
}

// fieldOf is a refusal's field by the name it has here.
func fieldOf(field string) string {
	switch field {
	case "function":
		return "functions"
	case "external":
		return "external_id"
	case "ends":
		return "ends_at"
	case "street", "postal_code", "city", "country":
		return "address." + field
	case "contact_email":
		return "contact.email"
	case "first", "last":
		return field + "_day"
	case "referent":
		return "person"
	}
	if of, ok := strings.CutPrefix(field, "buyer_"); ok {
		return "buyer." + of
	}
	return field
}

func typeOf(code string) string { return "urn:intendant:problem:" + code }

// lower is the name of a value as JSON has it: PerHour, per_hour.
func lower(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// said turns what the library says about a request that does not fit its
// description into a problem of ours.
func (f *Face) said(ctx huma.Context, _ string, body any) (any, error) {
	model, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	v := visitOf(ctx.Context())
	if v.printer == nil {
		v.printer = f.Bundle.Printer(f.Bundle.Match(ctx.Header("Accept-Language"), f.Language), nil)
	}
	code := codeOf(model.Status)
	p := &Problem{Type: typeOf(code), Title: v.printer.Error(&directory.Error{Code: code}), Status: model.Status, Code: code, Detail: model.Detail}
	for _, one := range model.Errors[:min(len(model.Errors), mostFields)] {
		p.Errors = append(p.Errors, FieldProblem{Field: strings.TrimPrefix(strings.TrimPrefix(one.Location, "body."), "query."), Detail: directory.Short(one.Message, mostSaid)})
	}
	if len(p.Errors) > 0 {
		p.Field = p.Errors[0].Field
	}
	return p, nil
}

// codeOf names what is wrong with a request before any operation saw it.
func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "request.unreadable"
	case http.StatusRequestEntityTooLarge:
		return "request.too_large"
	case http.StatusUnsupportedMediaType:
		return "request.not_json"
	case http.StatusUnprocessableEntity:
		return "request.invalid"
	}
	return "request.failed"
}

// mostSaid is how many characters of what a sender wrote are said back.
const mostSaid = 300

// write sends a problem where no operation answers.
func (f *Face) write(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	text, err := json.Marshal(p)
	if err != nil {
		f.Log.Error("write problem", "error", err)
		text = []byte("{}")
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(text, '\n')) // whoever hangs up is no fault of ours
}

// A verdictProblem is why one thing of an act on many was refused.
type verdictProblem struct {
	Code  string         `json:"code" example:"administrator.last"`
	Title string         `json:"title" example:"An account keeps at least one active administrator."`
	Field string         `json:"field,omitempty"`
	Args  map[string]any `json:"args,omitempty"`

	Detail string `json:"detail,omitempty" doc:"For developers, in English: which part of what was sent does not fit the description."`
}

func (f *Face) reason(v visit, refusal *directory.Error) *verdictProblem {
	if refusal == nil {
		return nil
	}
	p := f.refusal(v, refusal)
	return &verdictProblem{Code: p.Code, Title: p.Title, Field: p.Field, Args: p.Args}
}

// one is the refusal of an act on one.
func one(verdicts app.Verdicts, err error) error {
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}
