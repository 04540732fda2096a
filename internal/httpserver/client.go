package httpserver

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
)

// A Client is who sent a request, as far as the connection tells: the address
// behind trusted proxies, whether the way to it was encrypted, and the id under
// which the request stands in the log.
type Client struct {
	Addr      netip.Addr
	Secure    bool
	RequestID string
}

type clientKey struct{}

// ClientOf returns what identify found out. Outside of this server's handlers
// it is zero.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}

const requestIDLimit = 128

// identify finds the client and echoes the request's id, or gives it one.
func identify(next http.Handler, trusted []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := Client{RequestID: r.Header.Get("X-Request-Id"), Secure: r.TLS != nil}
		if !printable(c.RequestID) {
			c.RequestID = rand.Text()
		}
		c.Addr = clientAddr(r, trusted)
		if peer, ok := peerAddr(r); ok && contains(trusted, peer) && r.Header.Get("X-Forwarded-Proto") == "https" {
			c.Secure = true
		}
		w.Header().Set("X-Request-Id", c.RequestID)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, c)))
	})
}

// Address is where a request comes from, for a handler that no middleware told;
// empty where the connection does not say.
func Address(r *http.Request, trusted []netip.Prefix) string {
	if addr := clientAddr(r, trusted); addr.IsValid() {
		return addr.String()
	}
	return ""
}

// agentLength is how many bytes of what a program calls itself are kept.
const agentLength = 200

// Agent is what the program of a request calls itself, as text that can be kept.
func Agent(r *http.Request) string {
	agent := r.UserAgent()
	agent = strings.ToValidUTF8(agent[:min(len(agent), agentLength)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, agent)
}

// clientAddr walks X-Forwarded-For from its end as long as trusted proxies
// wrote it: what stands further left, anybody may have put there.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr, ok := peerAddr(r)
	if !ok {
		return netip.Addr{}
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && contains(trusted, addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

func peerAddr(r *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap(), err == nil
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// printable says whether an id can be echoed and logged as it came.
func printable(id string) bool {
	if id == "" || len(id) > requestIDLimit {
		return false
	}
	for _, b := range []byte(id) {
		if b <= ' ' || b > '~' || b == '"' {
			return false
		}
	}
	return true
}
