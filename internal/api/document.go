package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// version is the version of the face: it grows, and takes nothing away.
const version = "1.0.0"

const introduction = `What a customer's programs do in their account, and the vendor's own with its customers.

A technical user of the account has tokens; send one as "Authorization: Bearer int_…". A token opens one account,
permits what its technical user was granted there, and dies with it, with its date, or with the person who answers for it.

An application of the vendor has credentials, "inta_…", sent the same way. What lies under /vendor is for applications only, each by
the rights it was registered with; with the right "directory" it also reads every account it sees under /accounts/{account}.

Every refusal is a problem document (RFC 9457): "code" is stable, "title" is in the language of Accept-Language, "field"
and "args" say what is at fault. Lists have "limit" (1 to 200) and "cursor"; with "total=true" they say exactly how many
there are. A change carries the version it was made on, in If-Match or in the body.

A write may carry an Idempotency-Key: sent again with the same key within a day it is done once, and answered as it was.
Every answer says in RateLimit how many requests are left.`

// config is the library's, without what it would add to answers or fetch from
// elsewhere.
func (f *Face) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Intendant", Version: version, Description: introduction},
			Servers: []*huma.Server{{URL: f.BaseURL + Base, Description: "This installation"}},
			Tags: []*huma.Tag{
				{Name: "account", Description: "The account of the token."},
				{Name: "members", Description: "The people of the account, and its technical users."},
				{Name: "loads", Description: "Units, roles and people in one stream."},
				{Name: "acts", Description: "Acts on many that go on by themselves."},
				{Name: "exports", Description: "Lists as tables, whose files are kept for some days."},
				{Name: "units", Description: "The tree of the account."},
				{Name: "roles", Description: "Functions, access levels and roles that are granted at units."},
				{Name: "library", Description: "What new projects begin with: their types, and templates."},
				{Name: "projects", Description: "Projects, and who works in them."},
				{Name: "grants", Description: "Roles held at units: they flow down and only ever add."},
				{Name: "explanations", Description: "Why somebody may do something, or what is missing."},
				{Name: "vendor", Description: "For the vendor's own applications: customers, what they have bought, keys and key requests of every account they see."},
			},
			Security: []map[string][]string{{"token": {}}},
			Components: &huma.Components{
				Schemas:   huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				Responses: map[string]*huma.Response{},
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", BearerFormat: "int_…", Description: "A token of a technical user."},
				},
			},
		},
		Formats: map[string]huma.Format{
			"application/json": {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: json.Unmarshal},
			"json":             {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: json.Unmarshal},
		},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{f.said},
	}
}

// troubles are the answers that are no success, by status.
func troubles() map[int]string {
	return map[int]string{
		http.StatusBadRequest:            "The request cannot be read: its JSON is broken.",
		http.StatusUnauthorized:          "The token is missing, unknown, revoked or expired, or nobody answers for it any more.",
		http.StatusForbidden:             "The technical user may see this, but lacks a permission to do it.",
		http.StatusNotFound:              "There is no such thing in this account, or it is out of the technical user's sight.",
		http.StatusConflict:              "Somebody else changed it meanwhile, a limit is reached, or the last administrator would go.",
		http.StatusPreconditionFailed:    "If-Match names another version than the present one.",
		http.StatusRequestEntityTooLarge: "The request has more than 2 MB.",
		http.StatusUnsupportedMediaType:  "The request is not JSON.",
		http.StatusUnprocessableEntity:   "A field breaks a rule; \"field\" says which.",
		http.StatusPreconditionRequired:  "A change needs the version it is made on.",
		http.StatusTooManyRequests:       "The token has no requests left in this minute.",
		http.StatusInternalServerError:   "A fault of the installation; \"reference\" finds it in the log.",
		http.StatusServiceUnavailable:    "The database is away: nothing was done (database.away), or it is not known whether it was (operation.unknown). Retry-After says when to come again.",
	}
}

// describe adds to an operation what all of them have: who may, what can go
// wrong, and the header fields.
func (f *Face) describe(o *huma.Operation) {
	statuses := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusServiceUnavailable}
	streamed := o.Responses != nil
	if streamed {
		statuses = append(statuses, http.StatusUnsupportedMediaType)
	}
	if writes(o.Method) && !streamed {
		statuses = append(statuses, http.StatusConflict, http.StatusUnsupportedMediaType)
		longest := mostKey
		o.Parameters = append(o.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header",
			Description: "Sent again with the same key within a day, the request is done once and answered as it was. Bound to the technical user, the address and the body.",
			Example:     "9f1c7f0e-2c55-4a53-a3de-1d0a0d9b7e11", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest}})
	}
	o.MaxBodyBytes = mostBody
	if o.Responses == nil {
		o.Responses = map[string]*huma.Response{}
	}
	for _, status := range append(statuses, o.Errors...) {
		if status == http.StatusAccepted {
			f.describeAccepted(o)
			continue
		}
		f.trouble(o, status)
	}
	o.Errors = nil
}

func (f *Face) trouble(o *huma.Operation, status int) {
	shared := f.api.OpenAPI().Components.Responses
	name := strconv.Itoa(status)
	if shared[name] == nil {
		r := &huma.Response{Description: troubles()[status], Headers: limits(), Content: map[string]*huma.MediaType{
			problemType: {Schema: f.problemSchema()}}}
		switch status {
		case http.StatusUnauthorized:
			r.Headers = map[string]*huma.Param{"WWW-Authenticate": {Description: "Bearer, and what is wrong with the token.", Schema: &huma.Schema{Type: huma.TypeString}}}
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			r.Headers["Retry-After"] = &huma.Param{Description: "Seconds until the next request.", Schema: &huma.Schema{Type: huma.TypeInteger}}
		}
		shared[name] = r
	}
	o.Responses[name] = &huma.Response{Ref: "#/components/responses/" + name}
}

func (f *Face) problemSchema() *huma.Schema {
	return f.api.OpenAPI().Components.Schemas.Schema(problemKind(), true, "Problem")
}

func limits() map[string]*huma.Param {
	return map[string]*huma.Param{
		"RateLimit":        {Description: "Requests left in this minute (r) and seconds until it ends (t).", Schema: &huma.Schema{Type: huma.TypeString}},
		"RateLimit-Policy": {Description: "Requests a token has (q) in how many seconds (w).", Schema: &huma.Schema{Type: huma.TypeString}},
	}
}

// documents are the description in its two forms.
type documents struct{ json, yaml []byte }

func (f *Face) documents() documents {
	var d documents
	var err error
	if d.json, err = json.Marshal(f.api.OpenAPI()); err == nil {
		d.yaml, err = f.api.OpenAPI().YAML()
	}
	if err != nil {
		f.Log.Error("write description", "error", err)
	}
	return d
}

// described answers the description, and reports whether it was asked for.
func (f *Face) described(out *answer, r *http.Request) bool {
	forms := map[string]string{Base + "/openapi.json": "application/openapi+json", Base + "/openapi.yaml": "application/openapi+yaml"}
	form, ok := forms[r.URL.Path]
	if !ok || !slices.Contains([]string{http.MethodGet, http.MethodHead}, r.Method) {
		return false
	}
	out.header.Set("Content-Type", form)
	out.header.Set("Cache-Control", "max-age=300")
	out.WriteHeader(http.StatusOK)
	d := f.document()
	if form == "application/openapi+json" {
		out.body.Write(d.json)
	} else {
		out.body.Write(d.yaml)
	}
	return true
}
