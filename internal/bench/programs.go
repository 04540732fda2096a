package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
)

// programNames are the figures of what programs do over REST.
func programNames() []string {
	return []string{"http-create", "http-create-8", "http-batch", "http-world", "http-profile", "http-list", "http-search"}
}

// How many people programs bring in by batches, and how many in each request.
const (
	batched   = 5000
	batchRows = 500
)

// programs measures what a program does over REST, through a served server with a
// token: from the request to the last byte of the answer. Each reading comes
// straight after a change of the account, since what is remembered until the next
// change says nothing of what reading costs.
func (r *run) programs() error {
	if !slices.ContainsFunc(programNames(), r.wanted) {
		return nil
	}
	c, stop, err := r.program()
	if err != nil {
		return fmt.Errorf("prepare a program: %w", err)
	}
	defer stop()
	if err := r.timed("http-create", 500, func(i int) error { return c.create(r.row(i)) }); err != nil {
		return err
	}
	rows := r.rowsFor("http-create-8", sideClients*sideEach)
	if err := r.sideBySide("http-create-8", sideClients, sideEach, func(i int) error { return c.create(rows[i]) }); err != nil {
		return err
	}
	rows = r.rowsFor("http-batch", batched)
	err = r.rate("http-batch", batched, func() error {
		for part := range slices.Chunk(rows, batchRows) {
			if err := c.createMany(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.world(c); err != nil {
		return err
	}
	return r.programReads(c)
}

// programReads are what programs read, each time after a change.
func (r *run) programReads(c *programClient) error {
	changed := func(i int) error { // not by REST, whose answer would read as much
		_, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, []app.NewMember{r.row(i)}, app.AddOptions{})
		return err
	}
	for _, reading := range []struct {
		name string
		path func(i int) string
	}{
		{"http-profile", func(i int) string { return "/" + c.members[i%len(c.members)] }},
		{"http-list", func(int) string { return "?total=true" }},
		{"http-search", func(i int) string { return "?search=" + url.QueryEscape(c.sought[i%len(c.sought)]) }},
	} {
		err := r.timedAfter(reading.name, r.Samples, changed, func(i int) error {
			return c.do(http.MethodGet, reading.path(i), nil, http.StatusOK)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A programClient is a program with its token.
type programClient struct {
	ctx     context.Context
	http    *http.Client
	base    string // of the account's members
	token   string
	members []string // public ids
	sought  []string // parts of addresses
}

// program serves REST on a free port and makes a technical user who may read and
// add members, units and roles.
func (r *run) program() (*programClient, func(), error) {
	page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, app.MemberQuery{Statuses: []directory.Status{directory.Active}, Size: 200})
	if err != nil {
		return nil, nil, err
	}
	tree, err := r.App.Units.List(r.ctx, r.actor, r.account.ID, app.UnitQuery{})
	if err != nil {
		return nil, nil, err
	}
	c := &programClient{ctx: r.ctx, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: sideClients}}}
	for _, m := range page.Rows {
		c.members, c.sought = append(c.members, m.UUID), append(c.sought, m.Person.Email[:min(len(m.Person.Email), 14)])
	}
	if len(c.members) == 0 {
		return nil, nil, fmt.Errorf("the account has no active members")
	}
	if c.token, err = r.technical(c.members[0], tree.Root.UUID, authz.ViewMembers, authz.ManageMembers, authz.ManageUnits, authz.ManageRoles); err != nil {
		return nil, nil, err
	}
	s := httpserver.New(httpserver.Options{Handler: r.Programs, Addr: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler), Now: r.Now, CrossOrigin: []string{api.Base}})
	if err := s.Listen(r.ctx); err != nil {
		return nil, nil, err
	}
	c.base = "http://" + s.Addr() + api.Base + "/accounts/" + directory.CleanNumber(r.account.Number) + "/members"
	ctx, cancel := context.WithCancel(r.ctx)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Run(ctx) }) // what fails, the requests say
	return c, func() { cancel(); serving.Wait(); c.http.CloseIdleConnections() }, nil
}

// create adds one person, who is invited.
func (c *programClient) create(row app.NewMember) error {
	person := personOf(row)
	person["invite"] = "all"
	body, err := json.Marshal(person)
	if err != nil {
		return err
	}
	return c.do(http.MethodPost, "", body, http.StatusCreated)
}

// createMany adds people in one request.
func (c *programClient) createMany(rows []app.NewMember) error {
	people := make([]map[string]string, len(rows))
	for i, row := range rows {
		people[i] = personOf(row)
	}
	body, err := json.Marshal(map[string]any{"members": people})
	if err != nil {
		return err
	}
	return c.do(http.MethodPost, "/batch", body, http.StatusOK)
}

func personOf(row app.NewMember) map[string]string {
	return map[string]string{"email": row.Email, "first_name": row.First, "last_name": row.Last, "company": row.Company}
}

// do asks and reads the whole answer.
func (c *programClient) do(method, path string, body []byte, want int) error {
	q, err := http.NewRequestWithContext(c.ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+c.token)
	q.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(q)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = fmt.Errorf("%s %s answered %d: %s", method, path, answer.StatusCode, strings.TrimSpace(string(text)))
	}
	return err
}
