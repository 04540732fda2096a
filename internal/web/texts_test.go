package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/htmlcheck"
	"intendant/internal/storetest"
	"intendant/internal/web/page"
	"intendant/internal/web/webtest"
)

// hostileTexts are what no field takes as it is.
func hostileTexts() []string {
	return []string{strings.Repeat("a", 20_000), strings.Repeat("é", 20_000), "Marie\u202egnp.exe", "\u200b\u2060", "a\x1b[31mb", "e\u0301te\u0301 \u200b"}
}

// TestNoFormStoresWhatTheTableRefuses fills each form of every page with hostile
// texts, one field at a time, and reads afterwards what is stored: nothing is
// longer than its row of the table says, turns directions, or has control
// characters.
func TestNoFormStoresWhatTheTableRefuses(t *testing.T) { // DOOR-6
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			hostileForms(t, storetest.Address(t, kind))
		})
	}
}

func hostileForms(t *testing.T, address string) {
	t.Helper()
	f := newFortressOn(t, apptest.On(t, address))
	sent := 0
	for _, route := range f.site.Routes() {
		method, path := f.address(route)
		if method != http.MethodGet || strings.Contains(path, "/export") || strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".pdf") {
			continue
		}
		as := reader("administrator")
		switch route.Reach {
		case page.StaffOnly:
			as = "staff"
		case page.Anyone:
			as = "stranger"
		}
		shown := f.clients[as].Get(path)
		for _, form := range shown.All("form") {
			sent += f.hostileForm(t, shown, form)
		}
	}
	if sent < 100 {
		t.Errorf("only %d fields were found", sent)
	}
	for _, rule := range directory.TextRules() {
		for _, column := range rule.Columns {
			for _, text := range storetest.Column(t, address, column) {
				if utf8.RuneCountInString(text) > rule.Most && rule.Kind != directory.RoleName || strings.ContainsAny(text, "\u202e\x1b\u200b") {
					t.Errorf("DOOR-6 %s holds %d characters, %.40q", column, utf8.RuneCountInString(text), text)
				}
			}
		}
	}
}

// hostileForm sends a form once for each text in each of its fields.
func (f *fortress) hostileForm(t *testing.T, shown *webtest.Page, form htmlcheck.Node) int {
	t.Helper()
	action := form.Attr("action")
	for _, end := range []string{"/sign-out", "/erase", "/sessions/others", "/leave"} {
		if action == "" || strings.HasSuffix(action, end) || !strings.EqualFold(form.Attr("method"), "post") || form.Attr("enctype") != "" {
			return 0
		}
	}
	var names []string
	for _, input := range slices.Concat(form.All("input"), form.All("textarea"), form.All("select")) {
		kind := input.Attr("type")
		if name := input.Attr("name"); name != "" && name != "version" && !slices.Contains([]string{"submit", "button", "file", "checkbox", "radio"}, kind) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		for _, text := range hostileTexts() {
			if got := shown.Submit(action, name, text); got.Status >= 500 {
				t.Errorf("DOOR-6 %s of %s, %.20q: %d", name, action, text, got.Status)
			}
		}
	}
	return len(names)
}
