package console

import (
	"errors"
	"net/http"

	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// formBesides is how much a form with a file may hold beside the file.
const formBesides = 4 << 20

// upload reads a form with a file of at most size bytes.
func upload(q *page.Request, size int64) error {
	q.Body = http.MaxBytesReader(q.W, q.Body, size+formBesides)
	err := q.ParseMultipartForm(1 << 20)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return directory.InvalidField("file", "form.too_large", directory.Args{"Bytes": size})
	case err != nil:
		return directory.InvalidField("file", "form.broken", nil)
	}
	return nil
}
