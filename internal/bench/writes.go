package bench

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"intendant/internal/app"
)

// row is a new person nobody has met: each call makes another.
func (r *run) row(i int) app.NewMember {
	r.serial++
	stamp := r.Now().UnixNano()
	return app.NewMember{Row: i + 1, Email: fmt.Sprintf("mesure.%d.%d@mesure.example", stamp, r.serial), First: "Mesure",
		Last: fmt.Sprintf("Personne %d", r.serial), Company: "Société de mesure"}
}

// rowsFor are as many of them as a figure takes; none where nobody asked for it.
func (r *run) rowsFor(name string, n int) []app.NewMember {
	if !r.wanted(name) {
		return nil
	}
	return r.rows(n)
}

func (r *run) rows(n int) []app.NewMember {
	rows := make([]app.NewMember, n)
	for i := range rows {
		rows[i] = r.row(i)
	}
	return rows
}

func (r *run) writes() error {
	err := r.timed("create", 500, func(i int) error {
		_, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, []app.NewMember{r.row(i)}, app.AddOptions{Invite: true})
		return err
	})
	if err != nil {
		return err
	}
	rows := r.rowsFor("create-8", sideClients*sideEach)
	err = r.sideBySide("create-8", sideClients, sideEach, func(i int) error {
		_, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, rows[i:i+1], app.AddOptions{Invite: true})
		return err
	})
	if err != nil {
		return err
	}
	added := r.rowsFor("add", 20_000)
	err = r.rate("add", len(added), func() error {
		_, err := r.App.Members.Add(r.ctx, r.actor, r.account.ID, added, app.AddOptions{})
		return err
	})
	if err != nil {
		return err
	}
	return r.imported(r.rowsFor("import", 20_000))
}

// imported measures a CSV file from its upload to its last row.
func (r *run) imported(rows []app.NewMember) error {
	var file strings.Builder
	file.WriteString("E-mail;First name;Last name;Company\n")
	for _, row := range rows {
		fmt.Fprintf(&file, "%s;%s;%s;%s\n", row.Email, row.First, row.Last, row.Company)
	}
	return r.rate("import", len(rows), func() error {
		i, err := r.App.Imports.Upload(r.ctx, r.actor, r.account.ID, "mesure.csv", strings.NewReader(file.String()))
		if err != nil {
			return err
		}
		if _, err = r.App.Imports.Finish(r.ctx, r.actor, r.account.ID, i.UUID); err != nil { // checks every row
			return err
		}
		if _, err = r.App.Imports.Start(r.ctx, r.actor, r.account.ID, i.UUID); err != nil {
			return err
		}
		i, err = r.App.Imports.Finish(r.ctx, r.actor, r.account.ID, i.UUID)
		if err == nil && i.Counts.Added != int64(len(rows)) {
			err = fmt.Errorf("%d of %d rows came in", i.Counts.Added, len(rows))
		}
		return err
	})
}

// How many clients create side by side, and how many each.
const (
	sideClients = 8
	sideEach    = 250
)

// sideBySide measures several clients that each do one thing after another.
func (r *run) sideBySide(name string, clients, each int, do func(i int) error) error {
	if !r.wanted(name) {
		return nil
	}
	times := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var wg sync.WaitGroup
	begin := r.Now()
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				start := r.Now()
				if errs[c] = do(c*each + i); errs[c] != nil {
					return
				}
				times[c] = append(times[c], r.Now().Sub(start))
			}
		})
	}
	wg.Wait()
	took := r.Now().Sub(begin)
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("measure %s: %w", name, err)
		}
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	r.tell(Figure{Name: name, Database: r.Database, Members: r.members, P50: all[len(all)/2].Microseconds(),
		P99: all[len(all)*99/100].Microseconds(), PerS: float64(len(all)) / took.Seconds()})
	return nil
}
