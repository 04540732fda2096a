package authzen

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/i18n"
)

// wording puts reasons into words, once each: a no is as quick as a yes.
type wording struct {
	bundle *i18n.Bundle
	mu     sync.RWMutex
	said   map[saying][]byte
	tongue map[string]string // languages by header
}

type saying struct{ lang, reason, missing, label, product string }

// mostSaid is how many sayings, and headers, are remembered.
const mostSaid = 5000

// language is the one a question asks to be answered in, else the header's, else
// the first there is: sentences and the words of the catalogue go together.
func (w *wording) language(asked string, r *http.Request) string {
	header := r.Header.Get("Accept-Language")
	if asked == "" && header == "" {
		return w.bundle.Match()
	}
	key := asked + "\x00" + header
	w.mu.RLock()
	lang, known := w.tongue[key]
	w.mu.RUnlock()
	if known {
		return lang
	}
	lang = w.bundle.Match(asked, header)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tongue == nil || len(w.tongue) >= mostSaid {
		w.tongue = map[string]string{}
	}
	if len(key) <= 200 {
		w.tongue[key] = lang
	}
	return lang
}

// reasons writes what the context of a no says, without the people who could
// help: the reason's code, and sentences for the person and for who administers,
// each under the status that HTTP has for such a no.
func (w *wording) reasons(b []byte, a app.Answer, lang string) []byte {
	key := saying{lang, a.Reason, string(a.Missing), a.Label.In(lang), a.Product}
	w.mu.RLock()
	text, known := w.said[key]
	w.mu.RUnlock()
	if !known {
		text = w.say(key)
		w.mu.Lock()
		if w.said == nil || len(w.said) >= mostSaid {
			w.said = map[saying][]byte{}
		}
		w.said[key] = text
		w.mu.Unlock()
	}
	return append(b, text...)
}

func (w *wording) say(key saying) []byte {
	p := w.bundle.Printer(key.lang, nil)
	b := appendText([]byte(`"reason":`), key.reason)
	status := http.StatusForbidden
	switch key.reason {
	case app.UnknownSubject, app.UnknownResource, app.UnknownAction, app.UnknownAccount:
		status = http.StatusNotFound
	case authz.Missing:
		b = appendText(append(b, `,"missing":`...), key.missing)
	case app.RequiresProduct:
		b = appendText(append(b, `,"product":`...), key.product)
	}
	for _, to := range []string{"user", "admin"} {
		b = append(append(append(b, `,"reason_`...), to...), `":{"`...)
		b = append(strconv.AppendInt(b, int64(status), 10), `":`...)
		b = append(appendText(b, p.T("access.reason."+key.reason+"."+to, "Permission", key.label)), '}')
	}
	return b
}

// complaint is the sentence about a request or a question that is not as the
// standard wants it.
func (w *wording) complaint(word, lang string, pairs ...any) string {
	return w.bundle.Printer(lang, nil).T("access.error."+word, pairs...)
}

const hex = "0123456789abcdef"

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		from = i + 1
	}
	b = append(append(b, s[from:]...), '"')
	return b
}

// valid makes a text that may go out: names come from people, and broken UTF-8 is
// no JSON.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
