package decision

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// MostReported is how many uses one report holds.
const MostReported = 1000

// A ReportedUse is that somebody used a product on a day, as a product says it
// itself (APP-5). Account is a customer number or public id; empty: that of the
// address, or of the token. No day is today.
type ReportedUse struct {
	Account string
	Subject Entity
	Product string
	Day     directory.Day
}

// Report notes on which days people used products, for a product that kept count by
// itself: the last day of each person and product, never an earlier one than is
// known (APP-5). It answers for each line why it was not noted, nil: it was; lines
// that are not stop no other. Nothing stands in the history.
//
// A line is refused with account.not_found, member.not_found, field.unknown_choice a
// product that the account cannot have, use.other_product one that is not the
// product the application is, use.not_held, use.to_come and field.bad_date. Who may not ask is
// refused as by Evaluate.
func (s *Checks) Report(ctx context.Context, caller Caller, uses []ReportedUse) (said []*directory.Error, err error) {
	if len(uses) > MostReported {
		return nil, directory.InvalidField("uses", "use.too_many", directory.Args{"Most": MostReported})
	}
	ctx, even := s.gate.Evenly(ctx)
	r := &report{uses: uses, said: make([]*directory.Error, len(uses))}
	defer func() {
		if r.hidden || gate.RefusedWith(err, "account.not_found") {
			even()
		}
	}()
	if caller.application() {
		err = s.reportFor(ctx, caller, r)
	} else {
		err = s.ask(ctx, caller, func(d *desk) error {
			r.found = nil
			for i, u := range uses {
				d.read(r, i, u.Account == "" || d.calls(u.Account))
			}
			return nil
		})
	}
	if err != nil || len(r.found) == 0 {
		return r.said, err
	}
	return r.said, s.gate.Note(ctx, func(tx *store.Tx) error { return tx.NoteUses(ctx, r.found) })
}

// A report is lines with what is said of each, and what they say.
type report struct {
	uses   []ReportedUse
	said   []*directory.Error
	found  []store.ProductUse
	hidden bool // it named an account that is not in sight
}

// reportFor reads an application's lines, those of one account on one state of it.
func (s *Checks) reportFor(ctx context.Context, caller Caller, r *report) error {
	questions := make([]Question, len(r.uses))
	for i, u := range r.uses {
		questions[i].Account = u.Account
	}
	c := callingOf(caller)
	accounts, order := (&batch{questions: questions}).byAccount(caller)
	if err := s.admitted(ctx, c); err != nil {
		return err
	}
	if err := s.openAddress(ctx, c, order); err != nil {
		return err
	}
	for _, name := range order {
		before := len(r.found)
		err := directory.Refuse(directory.NotFound, "account.not_found")
		if asked := s.askNamed(ctx, c, name, func(d *desk) error {
			r.found = r.found[:before]
			for _, i := range accounts[name] {
				d.read(r, i, true)
			}
			return nil
		}); asked == nil {
			continue
		} else if !gate.RefusedWith(asked, err.Code) {
			return asked
		}
		r.hidden = true
		for _, i := range accounts[name] {
			r.said[i] = at("account", err)
		}
	}
	return nil
}

func at(field string, refusal *directory.Error) *directory.Error {
	refusal.Field = field
	return refusal
}

// has reports whether the person at a place holds a seat of a product or brings a
// subscription along, whether it counts now or not.
func (d *desk) has(place int, product string) bool {
	return slices.ContainsFunc(d.x.Uses(place), func(p authz.Product) bool { return p.Name == product })
}

// read reads one line, of this account or of none that is known.
func (d *desk) read(r *report, i int, here bool) {
	u := r.uses[i]
	day := u.Day.UTC()
	if day.IsZero() {
		day = d.now
	}
	product := directory.OfferOf(u.Product).Product
	known, declared := d.words.products[product]
	place, found := d.find(u.Subject)
	r.said[i] = nil
	switch {
	case !here:
		r.said[i] = at("account", directory.Refuse(directory.NotFound, "account.not_found"))
	case !declared || !d.sold(known):
		r.said[i] = directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Cut(u.Product, directory.Quoted)})
	case d.anotherThan(product):
		r.said[i] = directory.InvalidField("product", "use.other_product", directory.Args{"Product": d.application.Product})
	case !found || d.x.Standing(place).Member == 0:
		r.said[i] = at("subject", directory.Refuse(directory.NotFound, "member.not_found"))
	case directory.DayNumber(day) <= 0:
		r.said[i] = directory.InvalidField("day", "field.bad_date", nil)
	case directory.DayNumber(day) > directory.DayNumber(d.now)+1: // it may be tomorrow where they are
		r.said[i] = directory.InvalidField("day", "use.to_come", nil)
	case !d.has(place, product):
		r.said[i] = directory.InvalidField("subject", "use.not_held", nil)
	default:
		r.found = append(r.found, store.ProductUse{Member: d.x.Standing(place).Member, Product: product, Day: directory.DayNumber(day)})
	}
}
