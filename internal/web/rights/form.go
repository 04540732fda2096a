package rights

import (
	"net/url"

	"intendant/internal/authz"
	"intendant/internal/web/page"
)

// encode writes names and values as a query; empty values are left out.
func encode(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v.Encode()
}

// seesMembers reports whether the reader may look at others than themselves.
func seesMembers(q *page.Request) bool { return q.Frame.Rights.MayAnywhere(authz.ViewMembers) }
