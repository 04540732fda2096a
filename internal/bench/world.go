package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
)

// How much one request brings in: what a customer of some size has.
const (
	worldPeople = 10_000
	worldUnits  = 1_000
	worldTops   = 25 // of the units, right below the account
	worldGrants = 3  // of each person
)

// world measures one request that brings a whole account in, from its first byte to the
// last line of its answer: units under one another, a role, and people who each get it
// at three of them.
func (r *run) world(c *programClient) error {
	if !r.wanted("http-world") {
		return nil
	}
	list, err := r.App.Units.List(r.ctx, r.actor, r.account.ID, app.UnitQuery{})
	if err != nil {
		return err
	}
	page, err := r.App.Units.Unit(r.ctx, r.actor, r.account.ID, list.Root.UUID, app.UnitView{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Levels, func(l catalogue.UnitLevel) bool { return l.Grantable && !l.Project })
	if i < 0 {
		r.skip("bench.why.no_levels", "http-world")
		return nil
	}
	lines, err := r.worldLines(page.Kind, page.Levels[i].ID)
	if err != nil {
		return err
	}
	return r.rate("http-world", worldPeople, func() error { return c.load(r.ctx, lines) })
}

// worldLines are the lines of a world under the account, whose first units are of a level.
func (r *run) worldLines(kind catalogue.AccountType, level string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	stamp := fmt.Sprint(r.Now().UnixNano())
	unit := func(n int) string { return fmt.Sprintf("mesure-%s-%d", stamp, n) }
	role := "Mesure " + stamp
	below := slices.IndexFunc(kind.UnitLevels, func(l catalogue.UnitLevel) bool {
		return l.Grantable && !l.Project && kind.MayStandUnder(l.ID, level)
	})
	for n := range worldUnits {
		line := map[string]string{"external_id": unit(n), "level": level, "name": "Mesure " + unit(n)}
		if n >= worldTops && below >= 0 {
			line["parent"], line["level"] = unit(n%worldTops), kind.UnitLevels[below].ID
		}
		if err := e.Encode(map[string]any{"unit": line}); err != nil {
			return nil, err
		}
	}
	if err := e.Encode(map[string]any{"role": map[string]any{"kind": "rights", "names": map[string]string{"": role}, "permissions": []string{"members.view"}}}); err != nil {
		return nil, err
	}
	for n, row := range r.rows(worldPeople) {
		person := map[string]any{"home_unit": unit(n % worldUnits)}
		for field, value := range personOf(row) {
			person[field] = value
		}
		var grants []map[string]string
		for g := range worldGrants {
			grants = append(grants, map[string]string{"role": role, "unit": unit((n*7 + g*311) % worldUnits)})
		}
		person["grants"] = grants
		if err := e.Encode(map[string]any{"member": person}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// load sends lines and reads what became of them; all are to be added.
func (c *programClient) load(ctx context.Context, lines []byte) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.base, "/members")+"/loads?invite=none", bytes.NewReader(lines))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+c.token)
	q.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := c.http.Do(q)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	told := strings.Split(strings.TrimSpace(string(text)), "\n")
	if want := fmt.Sprintf(`"added":%d,"changed":0`, worldPeople+worldUnits+1); !strings.Contains(told[len(told)-1], want) {
		return fmt.Errorf("the load answered %d: %s … %s", answer.StatusCode, told[0], told[len(told)-1])
	}
	return nil
}
