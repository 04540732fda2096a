package authzen_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/apptest"
)

// TestBrokenText asks with what is no text in the address, the header, and each
// member of a question.
func TestBrokenText(t *testing.T) { // DOOR-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := open(t, w)
		const whole = "helene.castaing@maraval.example"
		questions := map[string]func(id string) string{
			"the subject":  func(id string) string { return question(id, "members.view", "account", "204817") },
			"the action":   func(id string) string { return question(whole, id, "account", "204817") },
			"the type":     func(id string) string { return question(whole, "members.view", id, "204817") },
			"the resource": func(id string) string { return question(whole, "members.view", "account", id) },
		}
		for _, path := range []string{"evaluation", "evaluations", "search/subject", "search/resource", "search/action"} {
			for where, ask := range questions {
				for _, broken := range []string{"\x00", "\xff\xfe", `\u0000`, `\ud800`, `\udc00\ud800`} {
					body := strings.Replace(ask("BROKEN"), "BROKEN", "a"+broken+"b", 1)
					got := s.post("/access/v1/"+path, body)
					nobody := broken == `\u0000` || path == "search/action" && where == "the action" // an id that nobody has is answered by no
					if got.status >= 500 || got.status != http.StatusBadRequest && !nobody {
						t.Errorf("DOOR-3 %s, %q in %s: %d %s", path, broken, where, got.status, got.body)
					}
				}
			}
			for _, number := range []string{"%00", "%ff", "204%00817"} {
				if got := s.post("/accounts/"+number+"/access/v1/"+path, questions["the subject"](whole)); got.status != http.StatusNotFound {
					t.Errorf("DOOR-3 the account %s: %d", number, got.status)
				}
			}
		}
		if got := s.post("/access/v1/evaluation", questions["the subject"](whole), "Authorization", "Bearer \xff\xfe", "User-Agent", "\xff"); got.status != http.StatusUnauthorized {
			t.Errorf("DOOR-3 a token that is no text: %d", got.status)
		}
	})
}

// TestLargeBodiesOfStrangers: who is no product is turned away before a large
// question is read.
func TestLargeBodiesOfStrangers(t *testing.T) { // DOOR-2
	t.Parallel()
	s := open(t, apptest.New(t, "sqlite"))
	large := `{"x":"` + strings.Repeat("x", 100<<10) + `"}`
	if got := s.post("/access/v1/evaluation", large, "Authorization", "Bearer int_unknown"); got.status != http.StatusUnauthorized {
		t.Errorf("a stranger: %d, want 401", got.status)
	}
	if got := s.post("/access/v1/evaluation", large); got.status != http.StatusBadRequest {
		t.Errorf("a product: %d, want 400", got.status)
	}
}
