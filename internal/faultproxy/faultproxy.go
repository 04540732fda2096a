// Package faultproxy stands between a test and its PostgreSQL server and does
// what networks and hosts do: it loses the answer to a COMMIT, goes silent
// without closing anything, refuses, and leads elsewhere.
//
// It reads just enough of the protocol to see where a client's message ends and
// whether it is a COMMIT; it knows neither TLS nor cancel requests.
package faultproxy

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A Loss is what happens to a COMMIT.
type Loss int32

const (
	// Nothing is lost.
	Nothing Loss = iota
	// Answer loses the answer: the server has committed.
	Answer
	// Request loses the COMMIT itself: the server takes all back.
	Request
)

// A Proxy passes connections on until it is told otherwise.
type Proxy struct {
	listener net.Listener
	target   atomic.Pointer[string]
	loss     atomic.Int32
	every    atomic.Int64 // one COMMIT in so many
	commits  atomic.Int64
	lost     atomic.Int64
	going    atomic.Bool // silent after a loss

	mu    sync.Mutex
	held  chan struct{} // closed when traffic flows
	conns map[net.Conn]struct{}
	done  bool
}

// Start makes a proxy in front of the server of a database's address; it ends
// with the test.
func Start(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, held: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	close(p.held)
	p.every.Store(1)
	host := u.Host
	p.target.Store(&host)
	go p.accept()
	t.Cleanup(p.stop)
	return p
}

// Address is a database's address by way of the proxy.
func (p *Proxy) Address(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Host = p.listener.Addr().String()
	return u.String()
}

// Lose loses one in so many COMMITs from now on, and cuts their connections.
func (p *Proxy) Lose(what Loss, every int64) {
	p.every.Store(every)
	p.loss.Store(int32(what))
}

// LoseAndGo loses the COMMIT that comes after so many others, and goes silent
// with it.
func (p *Proxy) LoseAndGo(what Loss, others int64) {
	p.going.Store(true)
	p.commits.Store(0)
	p.Lose(what, others+1)
}

// Lost is how many COMMITs were lost.
func (p *Proxy) Lost() int64 { return p.lost.Load() }

// Silence keeps every connection and lets nothing through: new ones are
// accepted, too, and answered nothing.
func (p *Proxy) Silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.held:
		p.held = make(chan struct{})
	default:
	}
}

// Speak ends a silence. Connections made before it are cut, as by a host that
// was started anew.
func (p *Proxy) Speak() {
	p.Cut()
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.held:
	default:
		close(p.held)
	}
}

// Cut ends every connection.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
	clear(p.conns)
}

func (p *Proxy) stop() {
	p.mu.Lock()
	p.done = true
	select {
	case <-p.held:
	default:
		close(p.held)
	}
	p.mu.Unlock()
	_ = p.listener.Close()
	p.Cut()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		if !p.keep(client) {
			return
		}
		go p.serve(client)
	}
}

// keep remembers a connection, to be cut; false when the proxy has ended.
func (p *Proxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		_ = conn.Close()
		return false
	}
	p.conns[conn] = struct{}{}
	return true
}

func (p *Proxy) flows() {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	<-held
}

func (p *Proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	p.flows()
	server, err := net.DialTimeout("tcp", *p.target.Load(), 5*time.Second)
	if err != nil || !p.keep(server) {
		return
	}
	defer func() { _ = server.Close() }()
	var deaf atomic.Bool
	go func() {
		defer func() { _ = client.Close() }()
		buffer := make([]byte, 32<<10)
		for {
			n, err := server.Read(buffer)
			p.flows()
			if n > 0 && deaf.Load() {
				return // the answer to a COMMIT: it has happened
			}
			if n > 0 {
				if _, err := client.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	p.requests(client, server, &deaf)
}

// requests passes the client's messages on, one by one.
func (p *Proxy) requests(client, server net.Conn, deaf *atomic.Bool) {
	for first := true; ; first = false {
		message, err := readMessage(client, first)
		p.flows()
		if err != nil {
			return
		}
		if isCommit(message) && p.loss.Load() != int32(Nothing) && p.commits.Add(1)%p.every.Load() == 0 {
			p.lost.Add(1)
			if Loss(p.loss.Load()) == Request {
				return
			}
			deaf.Store(true)
			if p.going.Swap(false) {
				p.loss.Store(int32(Nothing))
				_, _ = server.Write(message)
				p.Silence()
				p.flows()
				return
			}
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// readMessage reads one message of a client; the first has no kind.
func readMessage(from io.Reader, first bool) ([]byte, error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint32(head[len(head)-4:]))
	if size < 4 || size > 1<<30 {
		return nil, errors.New("no message of PostgreSQL's")
	}
	message := make([]byte, len(head)+size-4)
	copy(message, head)
	_, err := io.ReadFull(from, message[len(head):])
	return message, err
}

// isCommit reports whether a message is a query that commits.
func isCommit(message []byte) bool {
	return len(message) > 5 && message[0] == 'Q' && strings.EqualFold(strings.Trim(string(message[5:]), "\x00 ;"), "commit")
}
