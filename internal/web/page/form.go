package page

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

// What forms may carry. A stranger's holds a name, a password, a message; a
// person's own the longest list of ticks; only what is declared so takes more.
const (
	StrangerForm = 64 << 10
	UsualForm    = 1 << 20
	PasteForm    = 16 << 20 // a hundred thousand pasted addresses

	largeForms = 4 // that are larger than the usual, in memory at a time
	formFields = 64 << 10
)

// Takes is what may be sent to a route. A file comes with a form of
// multipart/form-data, which no other route reads; File names its field. One that
// arrives is never held whole: the page reads it with Arriving.
type Takes struct {
	Form     int64 // bytes without the file; zero: the usual of the route's reach
	File     string
	Bytes    int64 // of the file
	Arriving bool
}

// usual is what a route takes: nothing to read, where nothing is written.
func usual(pattern string, reach Reach, declared []Takes) Takes {
	var t Takes
	if !strings.HasPrefix(pattern, http.MethodPost+" ") {
		return t
	}
	if len(declared) > 0 {
		t = declared[0]
	}
	switch {
	case t.Form > 0:
	case reach == Anyone:
		t.Form = StrangerForm
	default:
		t.Form = UsualForm
	}
	return t
}

// cleanAddress refuses an address, cookie or query that is no text. What the
// path names is not there then.
func (q *Request) cleanAddress() error {
	if !clean(q.URL.Path) {
		return directory.Refuse(directory.NotFound, "not_found")
	}
	return cleanText(q.URL.Query())
}

// readForm reads what a request carries, within what its route takes. Anything
// else than a form is not read at all, files only where they are expected. What
// it answers frees what the form holds, and is to be called in any case.
func (q *Request) readForm(takes Takes) (done func(), err error) {
	done = func() {}
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	multi := strings.HasPrefix(kind, "multipart/")
	switch {
	case multi && takes.File == "", q.Method == http.MethodPost && !multi && !plainForm(q.Request, kind, err):
		q.Body = http.NoBody
		return done, directory.Refuse(directory.Invalid, "form.no_files")
	case q.Method != http.MethodPost:
		q.Body = http.NoBody
		return done, nil
	}
	limit := takes.Form
	if multi {
		limit += takes.Bytes
	}
	q.Body = http.MaxBytesReader(q.W, q.Body, limit)
	if multi && takes.Arriving {
		q.parts, err = q.MultipartReader()
		return done, formRefusal(err, limit)
	}
	if q.ContentLength > limit {
		return done, formRefusal(&http.MaxBytesError{Limit: limit}, limit)
	}
	release, err := q.turn(limit)
	if err != nil {
		return done, err
	}
	done = func() {
		if q.MultipartForm != nil {
			_ = q.MultipartForm.RemoveAll() // it is held in memory: there is nothing that could stay
		}
		release()
	}
	relax := httpserver.Hurry(q.W, limit)
	if multi {
		err = q.ParseMultipartForm(limit) // as much as may come at all: nothing goes to the disk
	} else {
		err = q.ParseForm()
	}
	relax()
	if err == nil {
		err = q.cleanForm()
	}
	return done, formRefusal(err, limit)
}

// plainForm reports whether a request carries a form without files, or nothing.
func plainForm(r *http.Request, kind string, err error) bool {
	return err == nil && kind == "application/x-www-form-urlencoded" || r.Header.Get("Content-Type") == "" && r.ContentLength == 0
}

// turn waits until a large form may be held in memory.
func (q *Request) turn(limit int64) (release func(), err error) {
	if limit <= UsualForm || q.ContentLength >= 0 && q.ContentLength <= UsualForm {
		return func() {}, nil
	}
	select {
	case q.Site.large <- struct{}{}:
		return func() { <-q.Site.large }, nil
	case <-q.Context().Done():
		return nil, q.Context().Err()
	}
}

// cleanForm refuses what is no text in any field, however the form is encoded.
func (q *Request) cleanForm() error {
	fields := 0
	for _, values := range q.PostForm {
		fields += len(values)
	}
	if fields > formFields {
		return directory.Refuse(directory.Invalid, "form.broken")
	}
	if err := cleanText(q.PostForm); err != nil {
		return err
	}
	if q.MultipartForm == nil {
		return nil
	}
	if err := cleanText(q.MultipartForm.Value); err != nil {
		return err
	}
	for field := range q.MultipartForm.File {
		if !clean(field) {
			return directory.InvalidField(field, "text.broken", nil)
		}
	}
	return nil
}

// formRefusal is what the person is told of a form that cannot be read.
func formRefusal(err error, limit int64) error {
	var large *http.MaxBytesError
	var refusal *directory.Error
	switch {
	case err == nil, errors.As(err, &refusal):
		return err
	case errors.As(err, &large), errors.Is(err, multipart.ErrMessageTooLarge):
		return &directory.Error{Kind: directory.Invalid, Code: "form.too_large", Args: directory.Args{"Bytes": limit}}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return directory.Refuse(directory.Invalid, "form.too_slow")
	}
	return directory.Refuse(directory.Invalid, "form.broken")
}

// cleanText refuses text that is no text: broken encoding and NUL, which no
// field can mean and PostgreSQL cannot store. Pasted addresses answer for
// their own pieces.
func cleanText(form url.Values) error {
	for field, values := range form {
		if !clean(field) {
			return directory.InvalidField(field, "text.broken", nil)
		}
		if field == "addresses" {
			continue
		}
		for _, value := range values {
			if !clean(value) {
				return directory.InvalidField(field, "text.broken", nil)
			}
		}
	}
	return nil
}

func clean(s string) bool { return directory.Readable(s) }

// A File is one that a form carries. From is read to its end, or not at all.
type File struct {
	Name string
	From io.Reader

	stopped error // why it stopped arriving
}

// Read reads the file, and remembers why it stopped arriving, which is the
// sender's or the line's doing and no fault of ours.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.From.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.stopped = err
	}
	return n, err
}

// Refusal is what the person is told when err came of the file not arriving;
// any other error stays as it is.
func (f *File) Refusal(err error) error {
	if err == nil || f.stopped == nil {
		return err
	}
	return arrivalFault(f.stopped)
}

// Arriving is the file of the form that is read as it arrives.
func (q *Request) Arriving(field string) (*File, error) {
	if q.parts == nil {
		return nil, directory.InvalidField(field, "field.required", nil)
	}
	for {
		part, err := q.parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, directory.InvalidField(field, "field.required", nil)
		}
		if err != nil {
			return nil, arrivalFault(err)
		}
		if part.FormName() != field {
			continue
		}
		name := cleanName(part.FileName())
		if name == "" {
			return nil, directory.InvalidField(field, "field.required", nil)
		}
		return &File{Name: name, From: part}, nil
	}
}

// arrivalFault is what the person is told of a file that did not arrive.
func arrivalFault(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return directory.InvalidField("file", "sheet.too_large", directory.Args{"limit": large.Limit >> 20})
	}
	return directory.InvalidField("file", "form.broken", nil)
}

// Uploaded is the content of the file of the form, empty where none was chosen.
func (q *Request) Uploaded(field string) ([]byte, error) {
	if q.MultipartForm == nil || len(q.MultipartForm.File[field]) == 0 {
		return nil, nil
	}
	file, err := q.MultipartForm.File[field][0].Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	return io.ReadAll(file)
}

// UploadedName is what the file of the form is called, without folders; empty where
// that shows nothing.
func (q *Request) UploadedName(field string) string {
	if q.MultipartForm == nil || len(q.MultipartForm.File[field]) == 0 {
		return ""
	}
	return cleanName(q.MultipartForm.File[field][0].Filename)
}

// cleanName is a file's name without folders, short and showable.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	name, refusal := directory.FileName.Clean(directory.Short(name, directory.FileName.Most()))
	if refusal != nil {
		return "" // it shows nothing
	}
	return name
}

// InputOf is the kind of input in which a text is typed.
func InputOf(text directory.Text) string {
	if text == directory.Phone {
		return "tel"
	}
	return "text"
}
