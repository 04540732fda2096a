package api

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// window is how long a token's requests are counted together.
const window = time.Minute

// mostCounted is how many tokens are counted at once; then windows that are over
// are forgotten.
const mostCounted = 10_000

// rates count the requests of each token, in this process: with several nodes a
// token has as many on each.
type rates struct {
	mu     sync.Mutex
	tokens map[int64]rate
}

type rate struct {
	since time.Time
	count int
}

// take counts one more request, says in the header fields of the answer how many
// are left, and answers in how many seconds to come again when none is.
func (rs *rates) take(header http.Header, token int64, most int, now time.Time) (wait int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if len(rs.tokens) >= mostCounted {
		rs.forget(now)
	}
	if rs.tokens == nil {
		rs.tokens = map[int64]rate{}
	}
	one := rs.tokens[token]
	if now.Sub(one.since) >= window || now.Before(one.since) {
		one = rate{since: now}
	}
	left := int((window - now.Sub(one.since) + time.Second - 1) / time.Second)
	if one.count >= most {
		wait = left
	} else {
		one.count++
		rs.tokens[token] = one
	}
	header.Set("RateLimit-Policy", fmt.Sprintf(`"token";q=%d;w=%d`, most, int(window.Seconds())))
	header.Set("RateLimit", fmt.Sprintf(`"token";r=%d;t=%d`, most-one.count, left))
	return wait
}

func (rs *rates) forget(now time.Time) {
	for token, one := range rs.tokens {
		if now.Sub(one.since) >= window {
			delete(rs.tokens, token)
		}
	}
}
