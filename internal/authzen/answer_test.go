package authzen

import (
	"encoding/json"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
)

func words(t testing.TB) *wording {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &wording{bundle: bundle}
}

func TestAppendDecision(t *testing.T) { // CHECK-1
	t.Parallel()
	w := words(t)
	label := catalogue.Text{"fr": "Valider un achat", "en": "Approve a purchase"}
	for _, test := range []struct {
		name, lang string
		answer     app.Answer
		want       []string
	}{
		{"yes", "", app.Answer{Allowed: true}, []string{`{"decision":true}`}},
		{"yes, of a tool", "", app.Answer{Allowed: true, Level: "edit"}, []string{`{"decision":true,"context":{"level":"edit"}}`}},
		{"no, of a tool", "en", app.Answer{Reason: app.ToolLevelLow, Level: "view"}, []string{`"reason":"tool_level"`, `"level":"view"`, `too low`}},
		{"a tool in no project", "en", app.Answer{Reason: app.ProjectProperty}, []string{`"error":{"status":400,"message":"“properties” of`}},
		{"what is missing, in French", "fr", app.Answer{Reason: "missing", Missing: "purchases.approve", Label: label,
			GivenBy: []app.Giver{{ID: "a"}, {ID: "b", Name: `Zoë "Z"`}}},
			[]string{`"decision":false`, `"reason":"missing"`, `"missing":"purchases.approve"`, `"reason_user":{"403":`, `Valider un achat`,
				`"could_be_given_by":[{"id":"a"},{"id":"b","name":"Zoë \"Z\""}]`}},
		{"and in English", "en", app.Answer{Reason: "missing", Missing: "purchases.approve", Label: label}, []string{`Approve a purchase`, `"reason_admin":{"403":`}},
		{"who is unknown", "de", app.Answer{Reason: app.UnknownSubject}, []string{`"reason_user":{"404":"Sie haben keinen Platz`}},
		{"a question that cannot be read", "en", app.Answer{Reason: wrongAction}, []string{`"error":{"status":400,"message":"“action” is missing`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // the second time it is remembered
				got := string(w.appendDecision(nil, test.answer, test.lang))
				if !json.Valid([]byte(got)) {
					t.Errorf("no JSON: %s", got)
				}
				for _, want := range test.want {
					if !strings.Contains(got, want) {
						t.Errorf("%s\nlacks %s", got, want)
					}
				}
			}
		})
	}
}

// TestReasonsAreSaid: every reason has its sentences.
func TestReasonsAreSaid(t *testing.T) {
	t.Parallel()
	w := words(t)
	for _, lang := range messages.Languages() {
		for _, reason := range []string{app.UnknownSubject, app.UnknownResource, app.UnknownAction, app.ClosedAccount, app.ArchivedUnit,
			app.ServiceLevelClosed, app.NoSeat, app.LapsedSeat, app.ExternalOver, app.ExternalUnproved, app.RequiresProduct,
			app.NotInProject, app.ProductOff, app.NoAccess, app.NoAccessNoSeat, app.ToolLevelLow, "switched_off", "not_active", "ended", "suspended", "missing"} {
			if got := string(w.appendDecision(nil, app.Answer{Reason: reason}, lang)); strings.Contains(got, "[access.") {
				t.Errorf("%s %s: %s", lang, reason, got)
			}
		}
		for _, word := range []string{noJSON, notAnObject, wrongSubject, wrongAction, wrongResource, wrongContext, wrongList, tooMany, wrongOptions,
			wrongSemantic, wrongPage, twice, app.NoAccount, app.ProjectProperty, app.ToolProperty, app.LevelProperty, "content_type", "too_large", "method", "not_found", "body", "fault"} {
			if got := w.complaint(word, lang, "Most", 5, "Allowed", "POST", "Reference", "X"); strings.HasPrefix(got, "[") {
				t.Errorf("%s %s: %s", lang, word, got)
			}
		}
	}
}

func TestAppendText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain", "Zoë", `a "quote" and \ slash`, "line\nend\ttab\x00nul\x1f", "😀", strings.Repeat("é", 1000)} {
		var back string
		if err := json.Unmarshal(appendText(nil, text), &back); err != nil || back != text {
			t.Errorf("%q came back as %q: %v", text, back, err)
		}
	}
}

func TestAppendFound(t *testing.T) {
	t.Parallel()
	for want, found := range map[string]app.Found{
		`{"page":{"next_token":"","count":0,"total":0},"results":[]}`: {},
		`{"page":{"next_token":"x","count":2,"total":9},"results":[{"type":"user","id":"a"},{"type":"user","id":"b"}]}`: {
			Entities: []app.Entity{{Type: "user", ID: "a"}, {Type: "user", ID: "b"}}, Next: "x", Total: 9},
		`{"page":{"next_token":"","count":1,"total":1},"results":[{"name":"read"}]}`: {Actions: []string{"read"}, Total: 1},
	} {
		if got := string(appendFound(nil, found)); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func BenchmarkReadQuestion(b *testing.B) {
	body := `{` + whole3 + `,"context":{"time":"1985-10-26T01:22-07:00"}}`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readQuestion(body); err != nil {
			b.Fatal(err)
		}
	}
}
