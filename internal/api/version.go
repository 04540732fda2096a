package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"intendant/internal/directory"
)

// Conditional is a change that says what it was made on.
type Conditional struct {
	IfMatch string `header:"If-Match" maxLength:"200" doc:"The version the change is made on: an ETag of this resource." example:"\"3.5\""`
}

func quoted(version string) string { return strconv.Quote(version) }

// version is what a change was made on, from the header field or the body. A
// change without is refused: it would write over what nobody looked at (PLAN-4).
func (f *Face) version(v visit, c Conditional, body string) (string, error) {
	given := strings.Trim(strings.TrimPrefix(strings.TrimSpace(c.IfMatch), "W/"), `"`)
	if given == "" {
		given = body
	}
	if given == "" {
		p := f.refusal(v, directory.InvalidField("version", "version.required", nil))
		p.Status = http.StatusPreconditionRequired
		return "", p
	}
	return given, nil
}

// number is a version that is a number; any other text is no version there was.
func (f *Face) number(v visit, c Conditional, body string) (int64, error) {
	given, err := f.version(v, c, body)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil {
		return 0, f.stale(v, c, directory.Refuse(directory.Conflict, "stale"))
	}
	return n, nil
}

// given is the version that a change names, 0 for none: then it holds whatever
// stands, or makes what there is not. Versions begin at 1.
func (f *Face) given(v visit, c Conditional, body string) (int64, error) {
	if c.IfMatch == "" && body == "" {
		return 0, nil
	}
	n, err := f.number(v, c, body)
	if err == nil && n < 1 {
		err = f.stale(v, c, directory.Refuse(directory.Conflict, "stale"))
	}
	return n, err
}

// stale is 412 where If-Match named the version (RFC 9110), and 409 where the
// body did.
func (f *Face) stale(v visit, c Conditional, err error) error {
	var refusal *directory.Error
	if !errors.As(err, &refusal) || refusal.Code != "stale" || c.IfMatch == "" {
		return err
	}
	p := f.refusal(v, refusal)
	p.Status = http.StatusPreconditionFailed
	return p
}
