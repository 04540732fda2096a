package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// The rows before are what a preview's earlier chunks would have made, so that
// it is of the opinion of the run, whose chunks find it written. None, outside
// of previews, knows nothing and keeps nothing.
type RowsBefore struct {
	names          *Firsts // user names of new people, as they are looked up
	companies      *Firsts // folded names of new companies
	administrators int64   // how many more active ones there are, or fewer
	seats          map[directory.PoolID]int64
	people         map[string]came // by address; nil: nobody is spoken of twice
	placed         map[inProject]directory.Place
}

type inProject struct {
	project directory.UnitID
	member  directory.MemberID
}

// Who came, or was changed, by an earlier chunk.
type came struct {
	user   directory.User
	member directory.Member
}

// NewRowsBefore knows of no rows yet.
func NewRowsBefore() *RowsBefore { return &RowsBefore{names: NewFirsts(), companies: NewFirsts()} }

// OfPeople is that knowing the people, too, for rows that speak of those of earlier chunks.
func (b *RowsBefore) OfPeople() *RowsBefore {
	b.people, b.placed = map[string]came{}, map[inProject]directory.Place{}
	return b
}

// remember keeps who was in a row.
func (b *RowsBefore) remember(a *adding) {
	if b == nil || b.people == nil {
		return
	}
	for user := range a.seen {
		if u := a.People[user]; u.Email != "" {
			b.people[u.Email] = came{u, a.places[user]}
		}
	}
}

// rememberPlaces keeps who got which place.
func (b *RowsBefore) rememberPlaces(s *placing) {
	if b == nil || b.people == nil {
		return
	}
	b.remember(s.adding)
	for _, p := range s.starts {
		b.placed[inProject{p.Project, p.Member}] = p
	}
}

// recallPlaces puts the places that an earlier chunk gave among those that are there.
func (b *RowsBefore) recallPlaces(s *placing, members []directory.MemberID) {
	if b == nil || b.people == nil {
		return
	}
	for _, member := range members {
		if p, was := b.placed[inProject{s.ground.Project.ID, member}]; was {
			s.there[member] = p
		}
	}
}

// recall puts whom an earlier chunk brought in among those that are known.
func (b *RowsBefore) recall(a *adding, emails []string) {
	if b == nil || b.people == nil {
		return
	}
	for _, email := range emails {
		if one, was := b.people[email]; was {
			a.known[email], a.places[one.user.ID] = one.user, one.member
		}
	}
}

// moved is how many more administrators there are, or fewer.
func (b *RowsBefore) moved() int64 {
	if b == nil {
		return 0
	}
	return b.administrators
}

// named reports whether an earlier chunk gives somebody that name to sign in by.
func (b *RowsBefore) named(name string) bool {
	return b != nil && b.names.has(directory.FoldSignIn(name))
}

// add keeps the names of somebody new.
func (b *RowsBefore) add(u directory.User) {
	if b == nil {
		return
	}
	b.names.Line(directory.FoldSignIn(u.UserName), 1)
}

// creates reports whether a company that is not there is made by this chunk,
// and not by an earlier one.
func (b *RowsBefore) creates(company string) bool {
	return b == nil || b.companies.Line(directory.Fold(company), 1) == 0
}

// takeFrom counts the seats that earlier chunks would have moved.
func (b *RowsBefore) takeFrom(stock *directory.Stock) {
	if b == nil {
		return
	}
	for pool, n := range b.seats {
		stock.Take(pool, n)
	}
}

// take keeps that a chunk would assign a seat of a pool, or with -1 take one back.
func (b *RowsBefore) take(pool directory.PoolID, by int64) {
	if b == nil {
		return
	}
	if b.seats == nil {
		b.seats = map[directory.PoolID]int64{}
	}
	b.seats[pool] += by
}

// Read takes the address as a paste is read, with the name before it where the
// row has none (ADD-1, ADD-3).
func (n *NewMember) Read() {
	a, code := directory.ReadAddress(n.Email)
	if code != "" {
		if n.Fault == nil {
			n.Fault = directory.InvalidField("email", code, directory.Args{"Text": directory.Excerpt(n.Email)})
		}
		return
	}
	n.Email = a.Email
	if n.First == "" && n.Last == "" && !n.Identity {
		n.First, n.Last = a.First, a.Last
	}
}

// Readable reports whether a cell holds one address.
func Readable(cell string) bool {
	_, code := directory.ReadAddress(cell)
	return code == ""
}

// PlainAddress is the one address of a cell, or the cell as it is.
func PlainAddress(cell string) string {
	a, _ := directory.ReadAddress(cell)
	return a.Email
}

// AddressKey is what tells one row of people from another.
func AddressKey(cell string) string {
	return directory.FoldEmail(PlainAddress(cell))
}

// MarkDoubles copies rows, reads their addresses and tells each of the row before it with the same
// address, in whatever chunk that is: the first stands (ADD-2).
func MarkDoubles(rows []NewMember) []NewMember {
	rows = slices.Clone(rows)
	first := make(map[string]int, len(rows))
	for i := range rows {
		rows[i].Read()
		folded := directory.FoldEmail(rows[i].Email)
		if row, seen := first[folded]; seen && folded != "" {
			rows[i].Double = row
			continue
		}
		first[folded] = rows[i].Row
	}
	return rows
}

// Parted does an act on rows in one transaction. Where the database breaks off
// with a constraint that no rule foresaw, the act is done on the halves, down to
// the one row at fault; that one is left to alone, and the others are done
// (BULK-3).
func Parted[Row any](rows []Row, act func(part []Row) error, alone func(row Row, fault error) error) error {
	err := act(rows)
	if !store.Broken(err) {
		return err
	}
	if len(rows) == 1 {
		return alone(rows[0], err)
	}
	half := len(rows) / 2
	if err := Parted(rows[:half], act, alone); err != nil {
		return err
	}
	return Parted(rows[half:], act, alone)
}

// FoundBroken is the refusal of a row at which the database found what no rule
// foresaw. That is a fault of the program, and logged as one.
func (w *Writer) FoundBroken(ctx context.Context, fault error) *directory.Error {
	w.gate.Log.ErrorContext(ctx, "leave out a row that breaks a constraint", "error", fault)
	return directory.Refuse(directory.Conflict, "row.conflict")
}

// rows plans so many rows one after the other, as chunks of an act would, and hands the
// people to the plan.
func (a *adding) rows(ctx context.Context, r *store.Reader, n int, row func(i int) gate.Verdict) error {
	p := a.Plan
	p.Verdicts = slices.Grow(p.Verdicts, n)
	for from := 0; from < n; from += Chunk {
		for i := from; i < min(from+Chunk, n); i++ {
			p.Verdicts = append(p.Verdicts, row(i))
		}
		if a.fault != nil {
			return a.fault
		}
		if err := a.followSeatRules(ctx, r); err != nil {
			return err
		}
	}
	if err := a.Settle(ctx, r); err != nil {
		return err
	}
	if a.o.Before != nil {
		a.o.Before.administrators += a.moved
		a.o.Before.remember(a)
	}
	return nil
}
