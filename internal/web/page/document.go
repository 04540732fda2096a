package page

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/web/ui"
)

// Skip is how many lines of a list come before those that the address asks for.
func (q *Request) Skip() int {
	skip, err := strconv.Atoi(q.URL.Query().Get("skip"))
	if err != nil {
		return 0
	}
	return max(0, skip)
}

// DocumentsPager leads from page to page of a list of documents; at is the address
// of the page that begins after so many.
func DocumentsPager(d app.ContractDocuments, things string, at func(skip int) string) ui.PagerView {
	last := max(0, d.From+len(d.Rows)-1) // nothing is there, nor follows
	p := ui.PagerView{From: int64(d.From), To: int64(last), Things: things}
	if d.From > 1 {
		p.Previous = at(max(0, d.From-1-app.DocumentsPerPage))
	}
	if p.To < d.Total {
		p.Next = at(last)
	}
	return p
}

// documentContent lets a document do nothing, should a browser show it after all.
const documentContent = "default-src 'none'; sandbox"

// SendDocument hands over a document as a file to keep, never to be shown inside
// our pages, part by part. One that stops arriving from the database is broken
// off: half a document must not look whole.
func (q *Request) SendDocument(d *app.ContractDownload) error {
	return q.SendParts(Sent{Type: "application/pdf", Name: d.File, Bytes: d.Bytes, Security: documentContent}, d.Part)
}

// A Sent is a file that is handed over in parts.
type Sent struct {
	Type, Name string
	Bytes      int64
	Security   string // the content policy of what is shown; empty: the page's own
}

// SendParts hands over a file, holding nothing between its parts. What cannot be read
// to its end does not look whole.
func (q *Request) SendParts(f Sent, next func(context.Context) ([]byte, error)) error {
	part, err := next(q.Context())
	if err != nil {
		return err
	}
	header := q.W.Header()
	header.Set("Content-Type", f.Type)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	header.Set("Content-Length", strconv.FormatInt(f.Bytes, 10))
	if f.Security != "" {
		header.Set("Content-Security-Policy", f.Security)
	}
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	sent := int64(0)
	for ; len(part) > 0; part, err = next(q.Context()) {
		n, err := q.W.Write(part)
		sent += int64(n)
		if err != nil {
			q.Site.Log.DebugContext(q.Context(), "reader left", "error", err)
			return nil
		}
	}
	if err != nil || sent != f.Bytes {
		q.Site.Log.ErrorContext(q.Context(), "a file was not sent whole", "error", err, "sent", sent, "bytes", f.Bytes)
		panic(http.ErrAbortHandler)
	}
	return nil
}
