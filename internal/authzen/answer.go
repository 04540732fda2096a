package authzen

import (
	"net/http"
	"strconv"

	"intendant/internal/app"
)

// broken are the reasons of questions that could not be read.
func broken(reason string) bool {
	switch reason {
	case wrongSubject, wrongAction, wrongResource, wrongContext, notAnObject, app.NoAccount,
		app.ProjectProperty, app.ToolProperty, app.LevelProperty:
		return true
	}
	return false
}

// appendDecision writes a decision; that of a no has a context, and that of a yes
// where a tool was asked about.
func (w *wording) appendDecision(b []byte, a app.Answer, lang string) []byte {
	if a.Allowed && a.Level == "" {
		return append(b, `{"decision":true}`...)
	}
	if a.Allowed {
		return append(appendText(append(b, `{"decision":true,"context":{"level":`...), a.Level), `}}`...)
	}
	b = append(b, `{"decision":false,"context":{`...)
	if broken(a.Reason) {
		b = append(b, `"error":{"status":400,"message":`...)
		return append(appendText(b, w.complaint(a.Reason, lang)), `}}}`...)
	}
	b = w.reasons(b, a, lang)
	if a.Level != "" {
		b = appendText(append(b, `,"level":`...), a.Level)
	}
	if len(a.GivenBy) > 0 {
		b = append(b, `,"could_be_given_by":[`...)
		for i, g := range a.GivenBy {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(append(b, `{"id":`...), g.ID)
			if g.Name != "" {
				b = appendText(append(b, `,"name":`...), valid(g.Name))
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	return append(b, `}}`...)
}

// appendDecisions writes the decisions of a batch in the order of its questions.
func (w *wording) appendDecisions(b []byte, answers []app.Answer, langs func(i int) string) []byte {
	b = append(b, `{"evaluations":[`...)
	for i, a := range answers {
		if i > 0 {
			b = append(b, ',')
		}
		b = w.appendDecision(b, a, langs(i))
	}
	return append(b, `]}`...)
}

// appendFound writes a page of a search, what it counts first.
func appendFound(b []byte, f app.Found) []byte {
	b = appendText(append(b, `{"page":{"next_token":`...), f.Next)
	b = strconv.AppendInt(append(b, `,"count":`...), int64(len(f.Entities)+len(f.Actions)), 10)
	b = strconv.AppendInt(append(b, `,"total":`...), f.Total, 10)
	b = append(b, `},"results":[`...)
	for i, e := range f.Entities {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"type":`...), e.Type)
		b = append(appendText(append(b, `,"id":`...), valid(e.ID)), '}')
	}
	for i, name := range f.Actions {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(append(b, `{"name":`...), name), '}')
	}
	return append(b, `]}`...)
}

// The values of headers that do not change, made once: setting one then makes
// nothing.
type headers struct{ json, text, fresh, nosniff []string }

func newHeaders() headers {
	return headers{[]string{"application/json"}, []string{"text/plain; charset=utf-8"}, []string{"no-store"}, []string{"nosniff"}}
}

// reply sends a body of JSON.
func (h *Handler) reply(w http.ResponseWriter, body []byte) {
	header := w.Header()
	header["Content-Type"] = h.headers.json
	header["Cache-Control"] = h.headers.fresh
	header["X-Content-Type-Options"] = h.headers.nosniff
	if len(body) > 2048 { // else the server counts by itself
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	_, _ = w.Write(body) // a product that hangs up is not our fault to report
}
