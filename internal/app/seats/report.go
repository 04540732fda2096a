package seats

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// ReportDays are the choices of how long a seat is unused before the report counts
// it.
func ReportDays() []int { return []int{30, 60, 90} }

// A ReportLine is one pool of the report. External stands on the first line of each
// product: a subscription that somebody brings is to a product, of no pool. Of a
// product that is only brought along there is a line without pool and unit.
type ReportLine struct {
	Line
	External int64
	Unused   int64
}

// A Report is the seats of an account, a line a pool in the order of the products
// and of the tree, behind them what is only brought along, and their sums (REP-3). What one pool received is bought by
// another: bought and free add up, received does not.
type Report struct {
	Days  int
	Lines []ReportLine
	Total ReportLine
}

// Report counts all seats of an account: unused are those given longer ago than some
// days whose holder has not used the product in them. It takes members.view or
// seats.assign in the whole account, and refuses other days than ReportDays.
func (s *Seats) Report(ctx context.Context, actor authz.Actor, account directory.AccountID, days int) (Report, error) {
	var report Report
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := roster.RequireAllHolders(rights); err != nil {
			return err
		}
		var err error
		report, err = s.report(ctx, r, rights.Tree(), account, days)
		return err
	})
	return report, err
}

// ExportReport is Report for a file; that it was taken stands in the history
// (HIST-4).
func (s *Seats) ExportReport(ctx context.Context, actor authz.Actor, account directory.AccountID, days int) (Report, error) {
	var report Report
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireAs(roster.RequireAllHolders); err != nil {
			return err
		}
		var err error
		if report, err = s.report(ctx, r, p.Rights.Tree(), account, days); err != nil {
			return err
		}
		entry := p.Entry(audit.ExportRun, 0, 0)
		entry.Note("purpose", "", "seats")
		p.Record(entry)
		return nil
	})
	return report, err
}

const oneDay = 24 * time.Hour

func (s *Seats) report(ctx context.Context, r *store.Reader, tree *authz.Tree, account directory.AccountID, days int) (Report, error) {
	report := Report{Days: days}
	if !slices.Contains(ReportDays(), days) {
		return report, directory.InvalidField("days", "field.unknown_choice", directory.Args{"Value": days})
	}
	stock, err := r.Stock(ctx, account)
	if err != nil {
		return report, err
	}
	now := s.gate.Instant()
	since := now.Add(-time.Duration(days) * oneDay)
	var keys []directory.PoolID
	for _, p := range stock.Pools() {
		keys = append(keys, p.ID)
	}
	unused, err := r.UnusedSeats(ctx, keys, since, directory.DayNumber(since))
	if err != nil {
		return report, err
	}
	external, err := r.CountExternals(ctx, account, now)
	if err != nil {
		return report, err
	}
	place := map[directory.UnitID]int{}
	for i, u := range tree.Units() {
		place[u.ID] = i
	}
	pools := slices.Clone(stock.Pools())
	slices.SortStableFunc(pools, func(a, b directory.Pool) int { return place[a.Unit] - place[b.Unit] })
	for _, offer := range s.offers(stock) {
		for _, pool := range pools {
			if pool.Offer != offer {
				continue
			}
			l := ReportLine{Line: lineOf(stock, tree, pool, now), Unused: unused[pool.ID]}
			if !l.shown() {
				continue
			}
			l.External = external[offer.Product]
			delete(external, offer.Product)
			report.add(l)
		}
	}
	for _, product := range s.brought(external) {
		report.add(ReportLine{Line: Line{Pool: directory.Pool{Offer: directory.Offer{Product: product}}}, External: external[product]})
	}
	return report, nil
}

// brought lists products in the order of the catalogue, those it no longer has last.
func (c *core) brought(external map[string]int64) []string {
	place := map[string]int{}
	for i, p := range c.gate.Catalogue().Products {
		place[p.ID] = i + 1
	}
	return slices.SortedFunc(maps.Keys(external), func(a, b string) int {
		if place[a] == 0 || place[b] == 0 {
			return cmp.Or(place[b]-place[a], strings.Compare(a, b))
		}
		return place[a] - place[b]
	})
}

func (t *Report) add(l ReportLine) {
	t.Lines = append(t.Lines, l)
	sum := &t.Total
	sum.Line = sum.plus(l.Line)
	sum.Received += l.Received
	sum.HandedOn += l.HandedOn
	sum.External += l.External
	sum.Unused += l.Unused
}
