package authzen

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"intendant/internal/app"
)

const whole3 = `"subject":{"type":"user","id":"ann"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}`

// word is what is wrong with a request.
func word(err error) string {
	var f fault
	if errors.As(err, &f) {
		return string(f)
	}
	return ""
}

func TestReadQuestion(t *testing.T) { // CHECK-3, section 6.1
	t.Parallel()
	for _, test := range []struct{ name, body, want string }{
		{"whole", `{` + whole3 + `}`, ""},
		{"members in another order, blanks", " {\n\t\"resource\" : {\"id\":\"1\" , \"type\":\"record\"},\"action\":{\"name\":\"read\"},\"subject\":{\"id\":\"ann\",\"type\":\"user\"}}\r\n", ""},
		{"unknown members", `{` + whole3 + `,"foo":"bar","future":{"nested":[1,-2.5e+3,true,null,{}]}}`, ""},
		{"properties and context", `{"subject":{"type":"user","id":"ann","properties":{"department":"Sales"}},"action":{"name":"read","properties":{"method":"GET"}},"resource":{"type":"record","id":"1","properties":{}},"context":{"time":"1985"}}`, ""},
		{"nothing for what may be left out", `{"subject":{"type":"user","id":"ann","properties":null},"action":{"name":"read"},"resource":{"type":"record","id":"1"},"context":null}`, ""},
		{"names differ by case", `{"Subject":{"type":"user","id":"ann"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"no subject", `{"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"no action", `{"subject":{"type":"user","id":"ann"},"resource":{"type":"record","id":"1"}}`, wrongAction},
		{"no resource", `{"subject":{"type":"user","id":"ann"},"action":{"name":"read"}}`, wrongResource},
		{"subject without type", `{"subject":{"id":"ann"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"subject without id", `{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"action without name", `{"subject":{"type":"user","id":"ann"},"action":{},"resource":{"type":"record","id":"1"}}`, wrongAction},
		{"resource without type", `{"subject":{"type":"user","id":"ann"},"action":{"name":"read"},"resource":{"id":"1"}}`, wrongResource},
		{"resource without id", `{"subject":{"type":"user","id":"ann"},"action":{"name":"read"},"resource":{"type":"record"}}`, wrongResource},
		{"subject is a text", `{"subject":"ann","action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"name is a number", `{"subject":{"type":"user","id":"ann"},"action":{"name":123},"resource":{"type":"record","id":"1"}}`, wrongAction},
		{"properties are a list", `{"subject":{"type":"user","id":"ann","properties":[]},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, wrongSubject},
		{"context is a text", `{` + whole3 + `,"context":"now"}`, wrongContext},
		{"subject twice", `{` + whole3 + `,"subject":{"type":"user","id":"bob"}}`, twice},
		{"id twice", `{"subject":{"type":"user","id":"ann","id":"bob"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}`, twice},
		{"a list", `[{` + whole3 + `}]`, notAnObject},
		{"a text", `"hello"`, notAnObject},
		{"empty", ``, noJSON},
		{"blanks", "  \n", noJSON},
		{"cut off", `{"subject":{"type":"user"`, noJSON},
		{"something behind", `{` + whole3 + `} {}`, noJSON},
		{"comma before the end", `{` + whole3 + `,}`, noJSON},
		{"no comma", `{"a":1 "b":2}`, noJSON},
		{"names without quotes", `{subject:1}`, noJSON},
		{"bad escape", `{` + whole3 + `,"x":"\x41"}`, noJSON},
		{"half a pair of surrogates", `{` + whole3 + `,"x":"\ud83d"}`, noJSON},
		{"line end in a text", "{" + whole3 + ",\"x\":\"a\nb\"}", noJSON},
		{"broken UTF-8", "{" + whole3 + ",\"x\":\"\xff\"}", noJSON},
		{"broken UTF-8 behind an escape", "{" + whole3 + ",\"x\":\"\\n\xff\"}", noJSON},
		{"number with a leading zero", `{` + whole3 + `,"x":01}`, noJSON},
		{"number without digits", `{` + whole3 + `,"x":1.}`, noJSON},
		{"NaN", `{` + whole3 + `,"x":NaN}`, noJSON},
		{"very deep", `{` + whole3 + `,"x":` + strings.Repeat("[", 100_000) + `}`, noJSON},
		{"64 levels", `{` + whole3 + `,"x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readQuestion(test.body)
			if got := word(err); got != test.want || (err != nil) != (test.want != "") {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestReadText(t *testing.T) {
	t.Parallel()
	p, err := readQuestion(`{"subject":{"type":"user","id":"Zo\u00eb \"\ud83d\ude00\" \\ \/ \u0000"},"action":{"name":"r\u0065ad"},"resource":{"type":"record","id":"é"},"context":{"language":"nl"}}`)
	if err != nil {
		t.Fatal(err)
	}
	got := p.question()
	want := app.Question{Subject: app.Entity{Type: "user", ID: "Zoë \"😀\" \\ / \x00"}, Action: "read", Resource: app.Entity{Type: "record", ID: "é"}}
	if got != want || p.language != "nl" {
		t.Errorf("%+v in %q, want %+v", got, p.language, want)
	}
}

// TestReadUsing: the properties of a product's use are read as texts; what they are of
// other kinds is said, and not held against whoever means something else by them.
func TestReadUsing(t *testing.T) { // SEAT-12, PROJ-12
	t.Parallel()
	for _, test := range []struct {
		properties string
		want       *app.Using
		fault      string
	}{
		{`{}`, nil, ""}, {`null`, nil, ""}, {`{"account":"204817"}`, nil, ""}, {`{"project":null,"tool":null,"level":null}`, nil, ""},
		{`{"project":"P-1"}`, &app.Using{Project: "P-1"}, ""},
		{`{"level":"edit","colour":7,"tool":"files","project":"P-1"}`, &app.Using{Project: "P-1", Tool: "files", Level: "edit"}, ""},
		{`{"tool":"files"}`, &app.Using{Tool: "files"}, ""},
		{`{"project":7}`, &app.Using{Unreadable: "project"}, ""}, {`{"project":""}`, &app.Using{Unreadable: "project"}, ""},
		{`{"project":"P-1","level":["edit"]}`, &app.Using{Project: "P-1", Unreadable: "level"}, ""},
		{`{"project":"P-1","project":"P-2"}`, nil, twice}, {`["project"]`, nil, wrongResource},
	} {
		p, err := readQuestion(`{"subject":{"type":"user","id":"ann","properties":{"project":"P-9"}},"action":{"name":"use"},"resource":{"type":"product","id":"plans","properties":` + test.properties + `}}`)
		if word(err) != test.fault {
			t.Errorf("%s: %v, want %q", test.properties, err, test.fault)
			continue
		}
		if got := p.question().In; test.fault == "" && (got == nil) != (test.want == nil) || got != nil && test.want != nil && *got != *test.want {
			t.Errorf("%s: %+v, want %+v", test.properties, got, test.want)
		}
	}
	s, err := readSearch(`{"subject":{"type":"user","id":"ann"},"action":{"name":"use"},"resource":{"type":"product","properties":{"project":"P-1"}}}`, forResources)
	if in := s.question().In; err != nil || in == nil || in.Project != "P-1" {
		t.Errorf("of a search: %+v, %v", in, err)
	}
}

func TestReadBatch(t *testing.T) { // CHECK-3, section 7.1
	t.Parallel()
	t.Run("what an item leaves out comes whole from the top", func(t *testing.T) {
		b, err := readBatch(`{` + whole3 + `,"evaluations":[{},{"resource":{"type":"record","id":"2"}},{"action":{"name":"write"},"subject":{"type":"user","id":"bob"}},{"resource":{"type":"record"}},7,{"subject":"ann"}]}`)
		if err != nil {
			t.Fatal(err)
		}
		ann, bob := app.Entity{Type: "user", ID: "ann"}, app.Entity{Type: "user", ID: "bob"}
		one, two := app.Entity{Type: "record", ID: "1"}, app.Entity{Type: "record", ID: "2"}
		for i, want := range []app.Question{
			{Subject: ann, Action: "read", Resource: one}, {Subject: ann, Action: "read", Resource: two},
			{Subject: bob, Action: "write", Resource: one},
			{Subject: ann, Action: "read", Resource: app.Entity{Type: "record"}, Broken: wrongResource}, // no merging within
			{Subject: ann, Action: "read", Resource: one, Broken: notAnObject},
			{Action: "read", Resource: one, Broken: wrongSubject},
		} {
			if got := b.questions()[i]; got != want {
				t.Errorf("item %d: %+v, want %+v", i, got, want)
			}
		}
	})
	for _, test := range []struct{ name, body, want string }{
		{"an empty list is a single question", `{` + whole3 + `,"evaluations":[]}`, ""},
		{"no list is a single question", `{` + whole3 + `}`, ""},
		{"a single question must be whole", `{"subject":{"type":"user","id":"ann"},"evaluations":[]}`, wrongAction},
		{"nothing at the top", `{"evaluations":[{` + whole3 + `}]}`, ""},
		{"a wrong default", `{"subject":"ann","evaluations":[{` + whole3 + `}]}`, wrongSubject},
		{"a wrong default context", `{"context":1,"evaluations":[{` + whole3 + `}]}`, wrongContext},
		{"the list is an object", `{` + whole3 + `,"evaluations":{}}`, wrongList},
		{"options are a text", `{` + whole3 + `,"options":"all"}`, wrongOptions},
		{"another option", `{` + whole3 + `,"options":{"another_option":"value","evaluations_semantic":"execute_all"}}`, ""},
		{"unknown semantic", `{` + whole3 + `,"options":{"evaluations_semantic":"first"}}`, wrongSemantic},
		{"semantic is a number", `{` + whole3 + `,"options":{"evaluations_semantic":1}}`, wrongSemantic},
		{"a thousand", `{` + whole3 + `,"evaluations":[{}` + strings.Repeat(",{}", 999) + `]}`, ""},
		{"more than a thousand", `{` + whole3 + `,"evaluations":[{}` + strings.Repeat(",{}", 1000) + `]}`, tooMany},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readBatch(test.body)
			if got := word(err); got != test.want || (err != nil) != (test.want != "") {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestReadSearch(t *testing.T) { // CHECK-3, section 8
	t.Parallel()
	const (
		subject  = `"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}`
		resource = `"subject":{"type":"user","id":"ann"},"action":{"name":"read"},"resource":{"type":"record"}`
		action   = `"subject":{"type":"user","id":"ann"},"resource":{"type":"record","id":"1"}`
	)
	for _, test := range []struct{ name, what, body, want string }{
		{"subjects", forSubjects, subject, ""},
		{"subjects, with an id that does not count", forSubjects, `"subject":{"type":"user","id":7},"action":{"name":"read"},"resource":{"type":"record","id":"1"}`, ""},
		{"resources", forResources, resource, ""},
		{"actions", forActions, action, ""},
		{"actions, with an action that does not count", forActions, action + `,"action":5`, ""},
		{"subjects without action", forSubjects, action, wrongAction},
		{"subjects of a resource without id", forSubjects, `"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record"}`, wrongResource},
		{"subjects without type", forSubjects, `"subject":{},"action":{"name":"read"},"resource":{"type":"record","id":"1"}`, wrongSubject},
		{"resources of a subject without id", forResources, subject, wrongSubject},
		{"resources without subject", forResources, `"action":{"name":"read"},"resource":{"type":"record"}`, wrongSubject},
		{"actions of a subject without id", forActions, `"subject":{"type":"user"},"resource":{"type":"record","id":"1"}`, wrongSubject},
		{"actions without resource", forActions, `"subject":{"type":"user","id":"ann"}`, wrongResource},
		{"a page", forActions, action + `,"page":{"limit":3,"token":"x","properties":{"sort":1},"other":[]}`, ""},
		{"nothing for a page", forActions, action + `,"page":null`, ""},
		{"a page of null", forActions, action + `,"page":{"limit":null,"token":null}`, ""},
		{"page is a number", forActions, action + `,"page":3`, wrongPage},
		{"limit below zero", forActions, action + `,"page":{"limit":-1}`, wrongPage},
		{"limit with a fraction", forActions, action + `,"page":{"limit":1.5}`, wrongPage},
		{"limit as a text", forActions, action + `,"page":{"limit":"3"}`, wrongPage},
		{"token as a number", forActions, action + `,"page":{"token":3}`, wrongPage},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readSearch(`{`+test.body+`}`, test.what)
			if got := word(err); got != test.want || (err != nil) != (test.want != "") {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	t.Run("a page's token goes with the same request in any spelling", func(t *testing.T) {
		first, _ := identity(`{` + action + `,"page":{"limit":3}}`)
		second, _ := identity(`{ "page": {"token":"abc"}, "resource":{"id":"1","type":"record"},"subject":{"type":"user","id":"ann"} }`)
		other, _ := identity(`{` + action + `,"context":{"time":"now"},"page":{"limit":3}}`)
		if first != second || first == other {
			t.Error("identity of a request: same for another page, other for another context")
		}
	})
}

// FuzzRead holds the reader against encoding/json: what it takes is JSON, and
// what it refuses as no JSON is none, but for what it is stricter about.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{` + whole3 + `}`, `{` + whole3 + `,"evaluations":[{},{}],"options":{"evaluations_semantic":"execute_all"}}`,
		`{` + whole3 + `,"page":{"token":"x","limit":3}}`, `[]`, `{"a":[1,2,{"b":"\u00e9\ud83d\ude00"}]}`, `{"a":-0.1e-5}`, "{\"a\":\"\x00\"}", `{"":""}`, `{"a":1,}`, "\ufeff{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		_, single := readQuestion(body)
		_, several := readBatch(body)
		_, search := readSearch(body, forSubjects)
		for _, err := range []error{single, several, search} {
			if err != nil && word(err) == "" {
				t.Fatalf("%q: an error without a word: %v", body, err)
			}
			if (err == nil || word(err) == notAnObject) && !json.Valid([]byte(body)) {
				t.Fatalf("%q is taken and no JSON: %v", body, err)
			}
		}
	})
}
