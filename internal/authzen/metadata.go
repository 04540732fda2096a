package authzen

import (
	"net/http"
	"net/url"
	"strings"
)

// wellKnown is where a decision point says what it can (section 9.2). The path
// of one that has a path follows.
const wellKnown = "/.well-known/authzen-configuration"

// metadata describes the decision point of the installation, or of an account.
// It says the same for every customer number: which exist is nobody's business
// (KEY-14). Anybody may read it, and keep it for an hour.
func (h *Handler) metadata(w http.ResponseWriter, r *http.Request) {
	q := asked{h: h, w: w, r: r}
	path := strings.TrimPrefix(r.URL.EscapedPath(), wellKnown)
	switch {
	case path == "/":
		path = ""
	case path != "" && !isAccount(path), h.url() == "": // links are made from the base address only
		q.complain(http.StatusNotFound, "not_found")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		q.complain(http.StatusMethodNotAllowed, "method", "Allowed", http.MethodGet)
		return
	}
	point := h.url() + path
	b := appendText([]byte(`{"policy_decision_point":`), point)
	for _, endpoint := range []struct{ name, path string }{
		{"access_evaluation_endpoint", "evaluation"}, {"access_evaluations_endpoint", "evaluations"},
		{"search_subject_endpoint", "search/subject"}, {"search_resource_endpoint", "search/resource"},
		{"search_action_endpoint", "search/action"},
	} {
		b = append(append(append(b, `,"`...), endpoint.name...), `":`...)
		b = appendText(b, point+base+endpoint.path)
	}
	header := w.Header()
	header["Content-Type"] = h.headers.json
	header["X-Content-Type-Options"] = h.headers.nosniff
	header.Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(append(b, '}')) // a reader that hangs up is not our fault to report
}

// isAccount reports whether an escaped path is that of one account.
func isAccount(path string) bool {
	number, found := strings.CutPrefix(path, "/accounts/")
	if !found || number == "" || strings.ContainsRune(number, '/') {
		return false
	}
	_, err := url.PathUnescape(number)
	return err == nil
}
