package seats

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Sold is one row of a file of subscriptions (VEND-4). Given reports whether the
// file has a column of that name: what it has not stays as it is.
type Sold struct {
	Row                    int
	Account                directory.AccountID
	Product, Unit          string // as they are called: by id or by name
	Quantity, First, Last  string
	Reference, Note, Known string
	Order                  directory.DayOrder
	Given                  func(column string) bool
	Faults                 []*directory.Error // what is wrong with the row already
}

// Columns of a file of subscriptions, as terms have them too.
const (
	ColumnProduct   = "product"
	ColumnQuantity  = "quantity"
	ColumnFirst     = "first"
	ColumnLast      = "last"
	ColumnUnit      = "unit"
	ColumnReference = "reference"
	ColumnPriceNote = "price_note"
	ColumnExternal  = "external_id"
)

// A Shelf is the books of several accounts while rows of a file are planned.
type Shelf struct {
	*Subscriptions
	plan  *gate.Plan
	books map[directory.AccountID]*book
}

// NewShelf opens the books of the accounts whose ledgers a plan holds. The plan has
// asked for the duty. When all rows are brought, Tell tells what comes of them.
func NewShelf(s *Subscriptions, p *gate.Plan) *Shelf {
	return &Shelf{s, p, map[directory.AccountID]*book{}}
}

// Bring plans one row: a subscription known by its external id is changed, another
// one added, unless there is one that says the same already: of that product, unit,
// quantity, reference and days, whenever it began where the row has no first day. So
// a file brings nothing twice, whenever it comes again. It answers what was
// sold and what became of it. It refuses like Add and Change, with
// subscription.other_product what is of another product, or held by another unit,
// than the one that is known by the id.
func (s *Shelf) Bring(ctx context.Context, r *store.Reader, row Sold) (directory.Offer, gate.Verdict, error) {
	v := gate.Verdict{Row: row.Row, Outcome: gate.Refused}
	offer, err := s.bring(ctx, r, row, &v)
	if v.Refusal, err = gate.AsRefusal(err); v.Refusal != nil {
		v.Outcome, v.Changes = gate.Refused, nil
	}
	return offer, v, err
}

func (s *Shelf) bring(ctx context.Context, r *store.Reader, row Sold, v *gate.Verdict) (directory.Offer, error) {
	b, err := s.book(ctx, r, row.Account)
	unknown, err := gate.AsRefusal(err)
	if err != nil {
		return directory.Offer{}, err
	}
	n, faults := s.termOf(b, row)
	if refusal := directory.Together(slices.Concat(row.Faults, []*directory.Error{unknown}, faults)...); refusal != nil {
		return n.Offer, refusal
	}
	was, known := b.known(n)
	switch {
	case !known:
		made, err := b.add(n)
		v.Outcome, v.Subject = gate.Added, int64(made.ID)
		return n.Offer, err
	case n.External == "":
		v.Outcome, v.Subject = gate.Unchanged, int64(was.ID)
		return n.Offer, nil
	}
	v.Subject = int64(was.ID)
	is, err := b.put(was, n.said(row))
	if err != nil || is == was {
		v.Outcome = gate.Unchanged
		return n.Offer, err
	}
	v.Outcome, v.Changes = gate.Changed, b.update(audit.SubscriptionChanged, was, is)
	return n.Offer, nil
}

// Tell tells what comes of all that was brought, once for all rows.
func (s *Shelf) Tell(ctx context.Context, r *store.Reader) error {
	for _, account := range slices.Sorted(maps.Keys(s.books)) {
		if err := s.tellLoss(ctx, r, s.books[account]); err != nil {
			return err
		}
	}
	return nil
}

// book is the subscriptions of an account, opened once.
func (s *Shelf) book(ctx context.Context, r *store.Reader, account directory.AccountID) (*book, error) {
	if b := s.books[account]; b != nil {
		return b, nil
	}
	there, held := s.plan.In(account)
	if account == 0 || !held {
		return nil, &directory.Error{Kind: directory.NotFound, Code: "account.not_found", Field: "customer_number"}
	}
	b, err := s.Subscriptions.books(ctx, r, there)
	if err == nil {
		s.books[account] = b
	}
	return b, err
}

// termOf reads a row, with all that is wrong with it; what depends on the account is
// looked up in its book, which there is none of an unknown one.
func (s *Shelf) termOf(b *book, row Sold) (n NewSubscription, faults []*directory.Error) {
	n.Term = Term{Reference: row.Reference, PriceNote: row.Note, External: row.Known}
	wrong := func(refusal *directory.Error) {
		if refusal != nil {
			faults = append(faults, refusal)
		}
	}
	var refusal *directory.Error
	if b != nil {
		n.Offer, refusal = s.offerOf(b, row.Product)
		wrong(refusal)
	}
	digits := strings.Map(func(c rune) rune { // 1 248, 1'248: as people group them
		if unicode.IsSpace(c) || c == '\'' || c == '’' {
			return -1
		}
		return c
	}, row.Quantity)
	quantity, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		wrong(wrongQuantity())
	}
	n.Quantity = quantity
	n.First, refusal = directory.ParseDay(ColumnFirst, row.First, row.Order)
	wrong(refusal)
	n.Last, refusal = directory.ParseDay(ColumnLast, row.Last, row.Order)
	wrong(refusal)
	if row.Unit != "" && b != nil {
		unit, err := b.unit(b.unitNamed(row.Unit))
		refusal, _ = gate.AsRefusal(err)
		wrong(refusal)
		n.Unit = unit.UUID
	}
	if len(faults)+len(row.Faults) > 0 || b == nil { // else it is checked where it is written
		term := n.Term
		if term.First == (directory.Day{}) { // one that is there keeps its own
			term.Last = term.First
		}
		_, _, refusal = term.clean(time.UTC, s.plan.Now)
		wrong(refusal)
	}
	return n, faults
}

// offerOf finds a product by its id, as offers are written, or by its name in any
// language.
func (s *Shelf) offerOf(b *book, text string) (directory.Offer, *directory.Error) {
	sought := directory.Fold(text)
	for _, o := range b.offers {
		if directory.Fold(o.String()) == sought && sought != "" {
			return o, nil
		}
		for _, lang := range s.gate.Catalogue().Languages {
			if directory.Fold(s.gate.Catalogue().OfferName(o, lang)) == sought {
				return o, nil
			}
		}
	}
	return directory.OfferOf(text), directory.InvalidField(ColumnProduct, "field.unknown_choice", directory.Args{"Value": directory.Cut(text, directory.Quoted)})
}

// unitNamed is the id of the only unit of that name, else the text.
func (b *book) unitNamed(text string) string {
	found := text
	for _, u := range b.units {
		if directory.Fold(u.Name) != directory.Fold(text) {
			continue
		}
		if found != text {
			return text // two of that name
		}
		found = u.UUID
	}
	return found
}

// known finds the subscription of an external id, or, without one, one that says
// the same.
func (b *book) known(n NewSubscription) (directory.Subscription, bool) {
	return find(b.stock, func(p directory.Pool, s directory.Subscription) bool {
		if n.External != "" {
			return s.External == n.External
		}
		return p.Offer == n.Offer && (n.Unit == "" && p.Unit == b.account.Root || n.Unit == b.unitOf(s).UUID) && b.same(s, n.Term)
	})
}

// same reports whether a subscription says what a term does. A term without a first
// day begins today: in a file that comes again another day, it is what has begun.
func (b *book) same(s directory.Subscription, t Term) bool {
	begins := directory.DayOf(s.Starts, b.zone) == t.First || t.First == (directory.Day{}) && !b.plan.Now.Before(s.Starts)
	return begins && s.Quantity == t.Quantity && s.Reference == t.Reference && directory.LastDay(s.Ends, b.zone) == t.Last
}

// said is what a row says of a subscription that is there; what its file has no
// column for, and an empty first day, stays as it is.
func (n NewSubscription) said(row Sold) SubscriptionRecord {
	product := n.Offer.String()
	c := SubscriptionRecord{Product: &product, Quantity: &n.Quantity}
	if n.Unit != "" {
		c.Unit = &n.Unit
	}
	if row.First != "" {
		c.First = &n.First
	}
	if row.Given(ColumnLast) {
		c.Last = &n.Last
	}
	if row.Given(ColumnReference) {
		c.Reference = &n.Reference
	}
	if row.Given(ColumnPriceNote) {
		c.PriceNote = &n.PriceNote
	}
	return c
}
