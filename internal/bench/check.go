package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

const (
	checkClients = 32
	checkRounds  = 12                     // of each kind, by turns
	checkRound   = 500 * time.Millisecond // how long one is
	checkBatch   = 50                     // questions of a batch
	constantPath = "/constant"
)

// checks measures what products ask, over HTTP, by clients that keep their
// connections, in this process: one question at a time, batches, and beside them
// a constant answer of the same server, by turns so that all meet the same load
// of the machine. Questions are about people, units and actions at random.
func (r *run) checks() error {
	if !r.wanted("check") && !r.wanted("check-batch") {
		return nil
	}
	asks, err := r.questions()
	if err != nil {
		return fmt.Errorf("prepare questions: %w", err)
	}
	url, stop, err := r.serve()
	if err != nil {
		return err
	}
	defer stop()
	host := strings.TrimPrefix(url, "http://")
	kinds := []*load{
		{name: "check-constant", each: 1, requests: asks.requests(host, constantPath, 1)},
		{name: "check", each: 1, requests: asks.requests(host, "/access/v1/evaluation", 1)},
		{name: "check-batch", each: checkBatch, requests: asks.requests(host, "/access/v1/evaluations", checkBatch)},
	}
	for round := range checkRounds + 1 {
		for _, k := range kinds {
			if err := k.run(r, host, round > 0); err != nil { // the first warms up
				return fmt.Errorf("measure %s: %w", k.name, err)
			}
		}
	}
	for _, k := range kinds {
		slices.Sort(k.times)
		r.tell(Figure{Name: k.name, Database: r.Database, Members: r.members, P50: k.times[len(k.times)/2].Microseconds(),
			P99: k.times[len(k.times)*99/100].Microseconds(), PerS: float64(len(k.times)*k.each) / k.took.Seconds()})
	}
	return nil
}

// serve starts the server of the installation's products on a free port, and a
// constant answer beside.
func (r *run) serve() (url string, stop func(), err error) {
	constant := []byte(`{"decision":true}`)
	lean := httpserver.Lean{Serves: func(string) bool { return true }, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != constantPath {
			r.Products.Handler.ServeHTTP(w, q)
			return
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = w.Write(constant) // a client that hangs up is not our fault to report
	})}
	s := httpserver.New(httpserver.Options{Handler: http.NotFoundHandler(), Addr: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler), Now: r.Now, Lean: lean})
	if err := s.Listen(r.ctx); err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(r.ctx)
	var serving sync.WaitGroup
	serving.Go(func() { err = s.Run(ctx) })
	return "http://" + s.Addr(), func() { cancel(); serving.Wait() }, nil
}

// A load is one kind of request and how it went.
type load struct {
	name     string
	each     int // questions of a request
	requests [][]byte
	times    []time.Duration
	took     time.Duration
}

// run sends requests for one round.
func (k *load) run(r *run, host string, count bool) error {
	times := make([][]time.Duration, checkClients)
	errs := make([]error, checkClients)
	var clients sync.WaitGroup
	begin := r.Now()
	for c := range checkClients {
		clients.Go(func() { times[c], errs[c] = k.client(r, host, c, begin.Add(checkRound)) })
	}
	clients.Wait()
	if count {
		k.took += r.Now().Sub(begin)
		k.times = append(k.times, slices.Concat(times...)...)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// client sends one request after another on one connection.
func (k *load) client(r *run, host string, first int, until time.Time) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(r.ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // nothing is lost
	answer := bufio.NewReaderSize(conn, 64<<10)
	var times []time.Duration
	for i := first * 131; ; i++ {
		start := r.Now()
		if !start.Before(until) {
			return times, nil
		}
		if _, err := conn.Write(k.requests[i%len(k.requests)]); err != nil {
			return nil, err
		}
		if err := passAnswer(answer); err != nil {
			return nil, err
		}
		times = append(times, r.Now().Sub(start))
	}
}

// passAnswer reads one answer with a length, which must be 200.
func passAnswer(r *bufio.Reader) error {
	length := -1
	for n := 0; ; n++ {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if n == 0 && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("answered %s", line)
		}
		if len(line) == 0 {
			break
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without its length")
	}
	_, err := r.Discard(length)
	return err
}

// asks are what questions are made of.
type asks struct {
	token, account  string
	people, actions []string
	units           []directory.Unit
}

// questions makes a product for the account, and finds people and units to ask
// about.
func (r *run) questions() (asks, error) {
	a := asks{account: r.account.Number}
	active := app.MemberQuery{Statuses: []directory.Status{directory.Active}, Size: 200}
	var answering string
	for len(a.people) < 4000 {
		page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, active)
		if err != nil {
			return a, err
		}
		for _, row := range page.Rows {
			answering = row.UUID
			a.people = append(a.people, row.Person.UUID)
		}
		if active.After = page.Next; page.Next == "" {
			break
		}
	}
	list, err := r.App.Units.List(r.ctx, r.actor, r.account.ID, app.UnitQuery{})
	if err != nil {
		return a, err
	}
	a.gather(list.Root)
	for _, p := range r.App.Catalogue.InForce().Permissions {
		a.actions = append(a.actions, p.ID)
	}
	a.token, err = r.technical(answering, list.Root.UUID, authz.CheckAccess)
	return a, err
}

func (a *asks) gather(n app.UnitNode) {
	a.units = append(a.units, n.Unit)
	for _, below := range n.Under {
		a.gather(below)
	}
}

// technical makes a technical user who may do this at the root, and its token.
func (r *run) technical(answering, root string, may ...authz.Permission) (string, error) {
	stamp := strconv.FormatInt(r.Now().UnixNano(), 36)
	robot, err := r.App.TechnicalUsers.Create(r.ctx, r.actor, r.account.ID, app.NewTechnicalUser{Name: "Mesure " + stamp, Purpose: "Mesure", Responsible: answering})
	if err != nil {
		return "", err
	}
	role, err := r.App.Roles.Create(r.ctx, r.actor, r.account.ID, app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": "Mesure " + stamp}, Permissions: texts(may)})
	if err != nil {
		return "", err
	}
	if _, err := r.App.Grants.Give(r.ctx, r.actor, r.account.ID, app.Giving{Who: app.Selection{Members: []string{robot.UUID, answering}}, Role: role.UUID, Units: []string{root}}); err != nil {
		return "", err
	}
	made, err := r.App.TechnicalUsers.MakeToken(r.ctx, r.actor, r.account.ID, robot.UUID, app.NewToken{Name: "Mesure", Expires: r.Now().AddDate(0, 0, 1)})
	return made.Secret, err
}

func texts(permissions []authz.Permission) []string {
	list := make([]string, len(permissions))
	for i, p := range permissions {
		list[i] = string(p)
	}
	return list
}

// requests are many different requests, each as it goes over the wire.
func (a asks) requests(host, path string, each int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([][]byte, 4096/each)
	for i := range list {
		var body strings.Builder
		body.WriteString(`{"subject":` + a.subject(random) + `,"action":` + a.action(random) + `,"resource":` + a.resource(random))
		if each > 1 {
			body.WriteString(`,"evaluations":[{}`)
			for range each - 1 {
				body.WriteString(`,{"action":` + a.action(random) + `,"resource":` + a.resource(random) + `}`)
			}
			body.WriteString(`]`)
		}
		body.WriteString(`}`)
		list[i] = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nX-Request-ID: r-%d\r\nContent-Length: %d\r\n\r\n%s",
			path, host, a.token, i, body.Len(), body.String())
	}
	return list
}

func (a asks) subject(random *rand.Rand) string {
	return `{"type":"user","id":"` + a.people[random.IntN(len(a.people))] + `"}`
}

func (a asks) action(random *rand.Rand) string {
	return `{"name":"` + a.actions[random.IntN(len(a.actions))] + `"}`
}

func (a asks) resource(random *rand.Rand) string {
	if u := a.units[random.IntN(len(a.units))]; u.Parent != 0 {
		return `{"type":"` + u.Level + `","id":"` + u.UUID + `"}`
	}
	return `{"type":"account","id":"` + a.account + `"}`
}
