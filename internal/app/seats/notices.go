package seats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// Notices tells the administrators and the referent of an account that a
// subscription ends, once for each number of days of the catalogue; after a pause
// the nearest is told only. What is renewed already is not told (MAIL-1). When one
// is over, history says so, and over-use that comes of it is told, once for all that
// were over (SEAT-9). It finds nothing the second time, and on no second node.
func (s *Subscriptions) Notices(ctx context.Context) error {
	days, seen := s.allNoticeDays(), map[directory.AccountID]bool{}
	return gate.Sweep(ctx, func(last store.EndingSubscription) (some []store.EndingSubscription, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			some, err = r.EndingSubscriptions(ctx, store.Ending{Days: days, Now: s.gate.Instant()}, last, noticesAtOnce)
			return err
		})
		return some, err
	}, func(some []store.EndingSubscription) error {
		var errs []error
		for _, one := range some {
			if seen[one.Account] || !s.isDue(one.Subscription, one.Type, s.gate.Instant()) {
				continue
			}
			seen[one.Account] = true
			if err := s.notices(ctx, one.Account, one.Type); err != nil {
				errs = append(errs, fmt.Errorf("tell what ends in account %d: %w", one.Account, err))
			}
		}
		return errors.Join(errs...)
	})
}

// notices tells all that is due in an account, and passes over what is renewed.
func (s *Subscriptions) notices(ctx context.Context, account directory.AccountID, accountType string) error {
	renewed := false
	_, err := s.gate.Perform(ctx, gate.SystemActor(), account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
		renewed, err = s.planNotices(ctx, r, p)
		return err
	})
	if renewed {
		err = errors.Join(err, s.passRenewed(ctx, account, accountType))
	}
	return err
}

// isDue reports whether there is something to note of the end of a subscription.
func (s *Subscriptions) isDue(one directory.Subscription, accountType string, now time.Time) bool {
	return lapsedUntold(one, now) || one.Notice(s.noticeDays(accountType), now) > 0
}

// lapsedUntold reports whether a subscription is over and history does not say so yet.
func lapsedUntold(s directory.Subscription, now time.Time) bool {
	return stateOf(s, now) == Over && s.Noticed != directory.EndTold
}

func (s *Subscriptions) noticeDays(accountType string) []int {
	return s.gate.Catalogue().EffectivePolicies(accountType).NoticeDays
}

// allNoticeDays are those of every type of account.
func (s *Subscriptions) allNoticeDays() []int {
	days := slices.Clone(s.noticeDays(""))
	for _, t := range s.gate.Catalogue().AccountTypes {
		days = append(days, s.noticeDays(t.ID)...)
	}
	return days
}

// passRenewed passes over the notices of what is renewed, so that it is not looked at
// again before it is renewed no longer.
func (s *Subscriptions) passRenewed(ctx context.Context, account directory.AccountID, accountType string) error {
	return s.gate.Mend(ctx, account, func(tx *store.Tx) error {
		stock, err := tx.Stock(ctx, account)
		if err != nil {
			return err
		}
		for _, pool := range stock.Pools() {
			for _, is := range stock.Subscriptions(pool.ID) {
				due := is.Notice(s.noticeDays(accountType), s.gate.Instant())
				if due == 0 || !stock.Renewed(is) {
					continue
				}
				if err := tx.PassNotice(ctx, is.ID, due); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// planNotices plans all that is to be told in an account, and reports whether
// something was due that is renewed.
func (s *Subscriptions) planNotices(ctx context.Context, r *store.Reader, p *gate.Plan) (renewed bool, err error) {
	p.OpenToAnyone("time alone decides")
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return false, err
	}
	b, err := s.bookOf(ctx, r, p, account)
	if err != nil {
		return false, err
	}
	days, over := s.noticeDays(account.Type), overBefore{}
	var ending []directory.Subscription
	var notes []func()
	for _, pool := range b.stock.Pools() {
		for _, is := range b.stock.Subscriptions(pool.ID) {
			switch due := is.Notice(days, p.Now); {
			case lapsedUntold(is, p.Now):
				notes = append(notes, func() { b.note(is, audit.SubscriptionLapsed, directory.EndTold) })
				over.since(b.stock, is)
			case due > 0 && b.stock.Renewed(is):
				renewed = true
			case due > 0:
				notes = append(notes, func() { b.note(is, audit.SubscriptionNoticed, due) })
				ending = append(ending, is)
			}
		}
	}
	if len(notes) > 1 {
		p.AsOneAct()
	}
	for _, note := range notes {
		note()
	}
	if err := s.tellEnding(ctx, r, b, ending); err != nil {
		return false, err
	}
	return renewed, s.tellOverUse(ctx, r, b, over)
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

// tellEnding mails that subscriptions end to whoever the account can be reached by;
// nobody in a closed one. Those that end on the same day are one mail.
func (c *core) tellEnding(ctx context.Context, r *store.Reader, b *book, ending []directory.Subscription) error {
	if b.account.State == directory.AccountClosed || len(ending) == 0 {
		return nil
	}
	people, err := c.needs.Reachable(ctx, r, b.account.ID)
	if err != nil {
		return err
	}
	onDay, days := map[string][]directory.Subscription{}, []string{}
	for _, s := range ending {
		day := directory.LastDay(s.Ends, b.zone).ISO()
		if onDay[day] == nil {
			days = append(days, day)
		}
		onDay[day] = append(onDay[day], s)
	}
	for _, day := range days {
		for _, u := range people {
			c.tellDay(b, u, day, onDay[day])
		}
	}
	return nil
}

// tellDay mails somebody what ends on a day.
func (c *core) tellDay(b *book, u directory.User, day string, ending []directory.Subscription) {
	var products []string
	for _, s := range ending {
		pool, _ := b.stock.Pool(s.Pool)
		if name := c.gate.Catalogue().OfferName(pool.Offer, roster.LanguageOf(u, b.account)); !slices.Contains(products, name) {
			products = append(products, name)
		}
	}
	if len(ending) == 1 {
		c.mail(b, u, directory.MailSubscriptionEnding, ending[0].UUID, map[string]string{directory.FactProduct: products[0],
			directory.FactCount: strconv.FormatInt(ending[0].Quantity, 10), directory.FactUntil: day})
		return
	}
	c.mail(b, u, directory.MailSubscriptionsEnding, "", map[string]string{directory.FactProducts: strings.Join(products, "\n"),
		directory.FactCount: strconv.Itoa(len(ending)), directory.FactUntil: day})
}

// overBefore is the over-use that there was of pools before something changed them.
type overBefore map[directory.PoolID]int64

// since notes what there was before the end of a subscription, in its pool and in
// those that live from it: before the first, where several ended.
func (o overBefore) since(stock *directory.Stock, ended directory.Subscription) {
	o.at(stock, ended.Pool, ended.Ends.Add(-time.Microsecond))
}

func (o overBefore) at(stock *directory.Stock, pool directory.PoolID, moment time.Time) {
	for _, id := range stock.Fed(pool) {
		over := stock.Over(id, moment)
		if before, noted := o[id]; !noted || over < before {
			o[id] = over
		}
	}
}

// tellOverUse mails administrators that more seats of a product are used than there
// are, where that was less before: once for all its pools, and once for all that
// changed them in one act (SEAT-9).
func (c *core) tellOverUse(ctx context.Context, r *store.Reader, b *book, before overBefore) error {
	if b.account.State == directory.AccountClosed {
		return nil
	}
	over, about, offers := map[directory.Offer]int64{}, map[directory.Offer]string{}, []directory.Offer{}
	for _, p := range b.stock.Pools() {
		was, touched := before[p.ID]
		if is := b.stock.Over(p.ID, b.plan.Now); touched && is > was && b.stock.Alive(p.ID, b.plan.Now) {
			if over[p.Offer] == 0 {
				offers, about[p.Offer] = append(offers, p.Offer), p.UUID
			}
			over[p.Offer] += is
		}
	}
	if len(offers) == 0 {
		return nil
	}
	administrators, err := r.Administrators(ctx, b.account.ID, toldAdministrators)
	if err != nil {
		return err
	}
	for _, offer := range offers {
		for _, u := range administrators {
			c.mail(b, u, directory.MailSeatsOverUsed, about[offer], map[string]string{
				directory.FactProduct: c.gate.Catalogue().OfferName(offer, roster.LanguageOf(u, b.account)),
				directory.FactCount:   strconv.FormatInt(over[offer], 10)})
		}
	}
	return nil
}

// tellLoss tells what comes of the subscriptions that were changed: over-use, or,
// where seats lapse at once, their end; in their pools and in those that live from
// them. What is renewed no longer will be announced.
func (c *core) tellLoss(ctx context.Context, r *store.Reader, b *book) error {
	var ending []directory.Subscription
	over := overBefore{}
	for _, is := range b.changed {
		over.at(b.was, is.Pool, b.plan.Now)
		if b.lapsing(is) {
			ending = append(ending, is)
		}
		for _, o := range b.stock.Subscriptions(is.Pool) {
			if o.Noticed > 0 && b.was.Renewed(o) && !b.stock.Renewed(o) {
				b.plan.Change(store.NoteSubscriptionNotice{Subscription: o.ID})
			}
		}
	}
	if err := c.tellEnding(ctx, r, b, ending); err != nil {
		return err
	}
	return c.tellOverUse(ctx, r, b, over)
}

// lapsing reports whether people lose their seats at once by a subscription that was
// changed, and is over by that.
func (b *book) lapsing(is directory.Subscription) bool {
	return stateOf(is, b.plan.Now) == Over && b.was.Losing(is.Pool, b.stock, b.plan.Now).Lapsing > 0
}

func (c *core) mail(b *book, u directory.User, kind directory.MailKind, about string, facts map[string]string) {
	b.plan.Mail(directory.Mail{Account: b.account.ID, User: u.ID, Address: u.Email, Kind: kind, About: about,
		Path: kind.Path(b.account.Number), Language: roster.LanguageOf(u, b.account), Facts: facts})
}
