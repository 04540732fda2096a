// Package guide shows the guide for administrators in the reader's language, from
// the text and pictures of the folder docs.
package guide

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"intendant/docs"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// picturePath is where the pictures of the guides are served.
const picturePath = "/guide/"

// A Handler answers the pages of this package.
type Handler struct {
	*page.Site
	texts func() (map[string]guide, error) // by file, read once
}

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{Site: s, texts: sync.OnceValues(func() (map[string]guide, error) { return readAll(s) })}
	s.Route("GET /accounts/{account}/guide", page.InAccount, h.show)
	s.Route("GET /guide/{picture}", page.Anyone, h.picture)
}

// readAll reads the guide of each language; where a language has none, it is another's.
func readAll(s *page.Site) (map[string]guide, error) {
	all := map[string]guide{}
	for _, code := range s.Bundle.Languages() {
		file := s.Bundle.Printer(code, nil).T("guide.file")
		if _, done := all[file]; done {
			continue
		}
		g, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("read the guide in %s: %w", code, err)
		}
		all[file] = g
	}
	return all, nil
}

// A view is the guide's page.
type view struct {
	ui.Page
	guide
	lang string // of the text
}

// show is the guide.
func (h Handler) show(q *page.Request) error {
	texts, err := h.texts()
	if err != nil {
		return err
	}
	t := q.Printer.T
	return q.Render(guidePage(view{Page: q.InAccount(t("guide.title"), page.Guide), guide: texts[t("guide.file")], lang: t("guide.language")}))
}

// picture is one of the pictures of the guides.
func (h Handler) picture(q *page.Request) error {
	name := q.PathValue("picture")
	if !slices.Contains(pictures(), name) {
		return directory.Refuse(directory.NotFound, "not_found")
	}
	content, err := docs.Guides.ReadFile("pictures/" + name)
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	q.W.Header().Set("Content-Type", "image/png")
	q.W.Header().Set("Cache-Control", "public, max-age=86400")
	q.W.WriteHeader(http.StatusOK)
	if _, err := q.W.Write(content); err != nil {
		h.Log.DebugContext(q.Context(), "reader left", "error", err)
	}
	return nil
}
