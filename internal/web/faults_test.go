package web_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/htmlcheck"
	"intendant/internal/web/webtest"
)

// A faulty form is one that is sent with everything wrong, and with nothing.
type faulty struct {
	name, page, action string // the action is the page where it is empty
	wrong              map[string]string
	faults             []string // the names of the fields at fault of what is wrong
	empty              []string // and of nothing
}

// TestEveryFormTellsAll: a form that is sent with everything wrong comes back with each
// fault at its field, tied to it, and in the summary above, which has the focus and
// leads there; what was typed is kept. The same with nothing in it.
func TestEveryFormTellsAll(t *testing.T) { // API-3
	w := apptest.New(t, "sqlite")
	site, account := webtest.New(t, w), w.AccountOf("204817", "licences")
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	_, err := w.Members.Add(w.Context(), admin, account.ID, []app.NewMember{{Row: 1, Email: "karim.haddad@maraval.example"}}, app.AddOptions{Silent: true})
	w.Must(err)
	found, err := w.Members.List(w.Context(), admin, account.ID, app.MemberQuery{Search: "karim"})
	w.Must(err)
	unit, err := w.Units.Add(w.Context(), admin, account.ID, app.NewUnit{Level: "entity", Name: "Nord"})
	w.Must(err)
	customers, person := "/vendor/customers/"+account.UUID, "/members/"+found.Rows[0].UUID
	long, no := strings.Repeat("x", 400), "no-such"
	at := "/accounts/204817"
	letter := strings.Repeat(long, 9)
	for who, forms := range map[*webtest.Client][]faulty{
		site.SignedIn(t, admin): {
			{"a member", at + person + "/edit", "", map[string]string{"first_name": long, "email": "no address", "phone": long, "company": long, "ends": "hier",
				"access_level": no, "function": no, "password": "1"}, []string{"access_level", "company", "email", "ends", "first_name", "function", "password", "phone"}, []string{"email", "language", "unit"}},
			{"somebody new", at + "/members/new", "", map[string]string{"act": "save", "email": "no address", "first_name": long, "phone": long, "ends": "hier", "function": no,
				"password": "1"}, []string{"civility", "email", "ends", "first_name", "function", "last_name", "password", "phone", "user_name"}, nil},
			{"a unit", at + "/units/new", "", map[string]string{"level": no, "name": long, "external": long}, []string{"external", "level", "name"}, []string{"level", "name"}},
			{"a unit that is there", at + "/units/" + unit.UUID + "/edit", "", map[string]string{"name": long, "external": long}, []string{"external", "name"}, []string{"name"}},
			{"a role", at + "/roles/new?kind=function", at + "/roles", map[string]string{"kind": "function", "name": long, "name_fr": long, "permissions": no, "default_level": no,
				"products": no}, []string{"default_level", "name", "name_fr", "permissions", "products"}, []string{"name"}},
			{"roles at a unit", at + "/units/" + unit.UUID + "/rights", "", map[string]string{"role": ""}, []string{"member", "role"}, nil},
			{"roles of a person", at + person + "/rights", "", map[string]string{"act": "save", "general_role": no}, []string{"general_role"}, nil},
			{"an export", at + "/members/export", at + "/members/export", map[string]string{"columns": no, "format": no}, []string{"columns", "format"}, nil},
			{"the settings", at + "/settings", "", map[string]string{"invitation_days": "x", "min_length": "1", "languages": no}, []string{"invitation_days", "languages", "min_length"}, nil},
			{"a domain", at + "/settings/domains", "", map[string]string{"domain": "no domain"}, []string{"domain"}, []string{"domain"}},
			{"a technical user", at + "/technical-users/new", "", map[string]string{"name": long, "purpose": letter, "responsible": no}, []string{"name", "purpose", "responsible"}, []string{"name", "purpose", "responsible"}},
			{"a rule of seats", at + "/products/rules/new", "", map[string]string{"product": no, "unit": ""}, []string{"function", "product"}, []string{"function", "product"}},
			{"asking for a key", "/network/request-key", "", map[string]string{"number": "", "message": letter}, []string{"message", "number"}, []string{"number"}},
			{"asking to join", "/network/join", "", map[string]string{"number": "", "message": letter}, []string{"message", "number"}, []string{"number"}},
			{"the address", "/profile/email", "", map[string]string{"email": "no address", "old": "x"}, []string{"email", "old"}, []string{"email", "old"}},
			{"oneself", "/profile", "", map[string]string{"first_name": long, "last_name": long, "phone": long}, []string{"first_name", "last_name", "phone"}, []string{"language"}},
		},
		site.SignedIn(t, w.Staff("odile.marchand@batisoft.example", authz.Operator)): {
			{"a customer", "/vendor/customers/new", "", map[string]string{"name": long, "contact": long, "contract_ends": "hier", "buyer_email": "no address", "buyer_first_name": long},
				[]string{"buyer_email", "buyer_first_name", "contact", "contract_ends", "name", "number"}, []string{"language", "name", "number", "service_level", "type"}},
			{"what a customer bought", customers + "/subscriptions/new", "", map[string]string{"product": no, "quantity": "0", "first": "hier", "last": "demain", "reference": long, "external_id": long},
				[]string{"external_id", "first", "last", "product", "quantity", "reference"}, []string{"product", "quantity"}},
			{"one of the vendor's people", "/vendor/staff", "", map[string]string{"email": "no address", "first_name": long, "password": "1", "role": no},
				[]string{"email", "first_name", "password", "role"}, []string{"email", "password", "role"}},
			{"an application", "/vendor/applications/new", "", map[string]string{"name": long, "product": no, "rights": no, "sees": "some", "accounts": ""},
				[]string{"accounts", "name", "product", "rights"}, []string{"name"}},
		},
	} {
		for _, f := range forms {
			t.Run(f.name, func(t *testing.T) {
				if f.action == "" {
					f.action = f.page
				}
				sent := []string{}
				for name, value := range f.wrong {
					sent = append(sent, name, value)
				}
				if len(f.faults) > 0 {
					form := who.Get(f.page)
					p := form.Submit(posting(form, f.action), sent...)
					tellsAll(t, p, f.faults)
					keeps(t, p, f.wrong)
				}
				if len(f.empty) > 0 {
					tellsAll(t, nothing(who, f), f.empty)
				}
			})
		}
	}
}

// nothing sends a form with all its fields empty, but those it cannot go without.
func nothing(who *webtest.Client, f faulty) *webtest.Page {
	p := who.Get(f.page)
	empty := map[string]string{}
	for _, part := range append(append(p.All("form[method=post] input"), p.All("form[method=post] select")...), p.All("form[method=post] textarea")...) {
		if name := part.Attr("name"); name != "" && !slices.Contains([]string{"hidden", "checkbox", "radio"}, part.Attr("type")) {
			empty[name] = ""
		}
	}
	var sent []string
	for name := range maps.Keys(empty) {
		sent = append(sent, name, "")
	}
	return p.Submit(posting(p, f.action), sent...)
}

// posting is the address of a form as the page has it, with its query.
func posting(p *webtest.Page, action string) string {
	for _, form := range p.All("form[method=post]") {
		if at := form.Attr("action"); strings.HasPrefix(at, action+"?") {
			return at
		}
	}
	return action
}

// tellsAll holds that a page says of exactly these fields what is wrong with them.
func tellsAll(t *testing.T, p *webtest.Page, fields []string) {
	t.Helper()
	if p.Status < http.StatusBadRequest || p.Status >= http.StatusInternalServerError {
		t.Fatalf("status %d to %q: %.400s", p.Status, p.Location, p.Text())
	}
	var told []string
	for _, link := range p.All(".in-errors[data-focus] li a") {
		told = append(told, strings.TrimPrefix(link.Attr("href"), "#f-"))
	}
	slices.Sort(told)
	if !slices.Equal(told, fields) {
		t.Errorf("the summary leads to %v, want %v", told, fields)
	}
	for _, name := range fields {
		at := p.All("[id='f-" + name + "']")
		if len(at) != 1 {
			t.Errorf("%d fields f-%s", len(at), name)
			continue
		}
		said := ""
		for id := range strings.FieldsSeq(at[0].Attr("aria-describedby")) {
			if about := p.All("[id='" + id + "']"); len(about) == 1 && strings.HasSuffix(id, "-error") {
				said = about[0].Text()
			}
		}
		if said == "" {
			t.Errorf("%s is described by %q, which does not say what is wrong with it", name, at[0].Attr("aria-describedby"))
		}
	}
}

// keeps holds that a form has again what was typed, but secrets.
func keeps(t *testing.T, p *webtest.Page, typed map[string]string) {
	t.Helper()
	for name, value := range typed {
		fields := slices.DeleteFunc(append(p.All("input[id='f-"+name+"']"), p.All("textarea[id='f-"+name+"']")...), func(n htmlcheck.Node) bool { return n.Attr("type") == "password" })
		if len(fields) == 0 {
			continue
		}
		got := fields[0].Attr("value")
		if fields[0].Tag() == "textarea" {
			got = fields[0].Text()
		}
		if got != value && fields[0].Attr("type") != "date" {
			t.Errorf("%s was %.40q, and is %.40q", name, value, got)
		}
	}
}
