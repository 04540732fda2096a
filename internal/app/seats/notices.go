package seats

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// toldAdministrators is how many administrators are written to.
const toldAdministrators = 50

// noticesAtOnce is how many subscriptions one round looks at.
const noticesAtOnce = 500

// farthestNotice is more days before an end than a catalogue can say.
const farthestNotice = 366

// Notices tells the administrators and the referent of an account that a
// subscription ends, once for each number of days of the catalogue; after a pause
// the nearest is told only. What is renewed already is not told (MAIL-1). When one
// is over, history says so, and over-use that comes of it is told (SEAT-9). It
// finds nothing the second time, and on no second node.
func (s *Subscriptions) Notices(ctx context.Context) error {
	until := s.gate.Instant().AddDate(0, 0, farthestNotice)
	return gate.Sweep(ctx, func(last store.EndingSubscription) (some []store.EndingSubscription, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			some, err = r.EndingSubscriptions(ctx, until, last, noticesAtOnce)
			return err
		})
		return some, err
	}, func(some []store.EndingSubscription) error {
		var errs []error
		for _, one := range some {
			if !s.mayBeDue(one) {
				continue
			}
			if _, err := s.gate.Perform(ctx, gate.SystemActor(), one.Account, s.planNotice(one)); err != nil {
				errs = append(errs, fmt.Errorf("tell of the end of subscription %d: %w", one.ID, err))
			}
		}
		return errors.Join(errs...)
	})
}

// mayBeDue reports whether there may be something to tell of a subscription,
// without a look at the others of its pool.
func (s *Subscriptions) mayBeDue(one store.EndingSubscription) bool {
	now := s.gate.Instant()
	return stateOf(one.Subscription, now) == Over || one.Notice(s.noticeDays(one.Type), now) > 0
}

func (s *Subscriptions) noticeDays(accountType string) []int {
	return s.gate.Catalogue().EffectivePolicies(accountType).NoticeDays
}

func (s *Subscriptions) planNotice(one store.EndingSubscription) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("time alone decides")
		is, err := r.SubscriptionByUUID(ctx, one.Account, one.UUID)
		if err != nil {
			return err
		}
		account, err := r.Account(ctx, one.Account)
		if err != nil {
			return err
		}
		tree, err := s.gate.Tree(ctx, r, one.Account)
		if err != nil {
			return err
		}
		stock, err := r.Stock(ctx, one.Account)
		if err != nil {
			return err
		}
		b := &book{plan: p, account: account, units: tree.Units(), stock: stock, zone: roster.ZoneOf(account)}
		due := is.Notice(s.noticeDays(account.Type), p.Now)
		switch {
		case stateOf(is, p.Now) == Over && is.Noticed != directory.EndTold:
			b.note(is, audit.SubscriptionLapsed, directory.EndTold)
			return s.tellOverUse(ctx, r, b, is.Pool, stock.Over(is.Pool, is.Ends.Add(-time.Microsecond)))
		case due > 0 && !stock.Renewed(is):
			b.note(is, audit.SubscriptionNoticed, due)
			return s.tellEnding(ctx, r, b, is)
		}
		return nil
	}
}

// note keeps how far the end of a subscription has been told.
func (b *book) note(s directory.Subscription, kind audit.Kind, noticed int) {
	pool, _ := b.stock.Pool(s.Pool)
	e := b.plan.Entry(kind, 0, int64(s.ID))
	e.Unit = pool.Unit
	e.Note("product", "", pool.Offer.String())
	e.NoteValue("quantity", audit.Nothing, audit.Number(s.Quantity))
	e.NoteValue("ends", audit.Nothing, audit.Time(s.Ends))
	b.plan.Record(e)
	b.plan.Change(store.NoteSubscriptionNotice{Subscription: s.ID, Noticed: noticed})
}

// tellEnding mails that a subscription ends to whoever the account can be reached
// by; nobody in a closed one.
func (c *core) tellEnding(ctx context.Context, r *store.Reader, b *book, s directory.Subscription) error {
	if b.account.State == directory.AccountClosed {
		return nil
	}
	people, err := c.needs.Reachable(ctx, r, b.account.ID)
	if err != nil {
		return err
	}
	pool, _ := b.stock.Pool(s.Pool)
	last := directory.LastDay(s.Ends, b.zone).Noon(time.UTC) // the same day wherever it is read
	for _, u := range people {
		c.mail(b, u, directory.MailSubscriptionEnding, s.UUID, map[string]string{
			directory.FactProduct: c.gate.Catalogue().OfferName(pool.Offer, roster.LanguageOf(u, b.account)),
			directory.FactCount:   strconv.FormatInt(s.Quantity, 10), directory.FactUntil: last.Format(time.RFC3339)})
	}
	return nil
}

// tellOverUse mails administrators that more seats of a pool are used than there
// are, where that was less before: once for each change that makes it (SEAT-9).
func (c *core) tellOverUse(ctx context.Context, r *store.Reader, b *book, pool directory.PoolID, before int64) error {
	over := b.stock.Over(pool, b.plan.Now)
	if over <= before || !b.stock.Alive(pool, b.plan.Now) || b.account.State == directory.AccountClosed {
		return nil
	}
	administrators, err := r.Administrators(ctx, b.account.ID, toldAdministrators)
	if err != nil {
		return err
	}
	p, _ := b.stock.Pool(pool)
	for _, u := range administrators {
		c.mail(b, u, directory.MailSeatsOverUsed, p.UUID, map[string]string{
			directory.FactProduct: c.gate.Catalogue().OfferName(p.Offer, roster.LanguageOf(u, b.account)),
			directory.FactCount:   strconv.FormatInt(over, 10)})
	}
	return nil
}

// tellLoss tells what comes of a changed subscription: over-use, or, where its
// seats lapse at once, its end.
func (c *core) tellLoss(ctx context.Context, r *store.Reader, b *book, is directory.Subscription) error {
	was := b.stock
	b.stock = was.With(is)
	if was.Alive(is.Pool, b.plan.Now) && !b.stock.Alive(is.Pool, b.plan.Now) {
		if pool, _ := b.stock.Pool(is.Pool); pool.Held > 0 {
			return c.tellEnding(ctx, r, b, is)
		}
		return nil
	}
	return c.tellOverUse(ctx, r, b, is.Pool, was.Over(is.Pool, b.plan.Now))
}

func (c *core) mail(b *book, u directory.User, kind directory.MailKind, about string, facts map[string]string) {
	b.plan.Mail(directory.Mail{Account: b.account.ID, User: u.ID, Address: u.Email, Kind: kind, About: about,
		Path: kind.Path(b.account.Number), Language: roster.LanguageOf(u, b.account), Facts: facts})
}
