package gate

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Planner reads, asks for permission, applies rules and fills the plan. It
// touches nothing but its reader and the plan, since a lost race plans again.
type Planner func(ctx context.Context, r *store.Reader, p *Plan) error

// A Basis is what rules are applied on, in a plan and where a page only shows
// what a plan would allow: who asks, about which account, when, with what rights.
type Basis struct {
	Now     time.Time // the one instant of everything in the plan
	Actor   authz.Actor
	Account directory.AccountID
	Rights  authz.Rights // of the actor in Account
}

// A Plan is what an operation would change: rows, history entries, mails, jobs
// and a verdict for each thing it was asked about. Only perform and preview make
// one.
type Plan struct {
	Basis
	By       string // the actor's name, for mails; empty for the program itself
	Verdicts Verdicts

	*draft
}

// A draft is what a plan has gathered so far. Plans of one operation that stand
// in several accounts share it.
type draft struct {
	ledgers map[directory.AccountID]*store.Ledger
	write   store.Write
	pending []store.Change
	asked   bool
	needs   []store.Asked // the rights that were asked for, for a request that is repeated
	closed  bool          // may change a closed account

	upon  *Plan           // over the tree that the plan leaves so far; nil: it left it as it is
	stood *authz.Standing // of the actor in upon's account, as long as the plan is not applied
	kept  map[any]any     // what calls of opposites leave for those after them

	afterwards func(ctx context.Context) error // reads what was written; nil: nobody asks
}

// Afterwards reads what the plan has written, once it stands in its transaction, by the
// planner's reader: what is learned counts when the operation ends without an error. What
// it refuses leaves the operation done.
func (p *Plan) Afterwards(read func(ctx context.Context) error) { p.afterwards = read }

// AsOneAct is the actor whose entries and mails belong together (HIST-6): those of
// an act that is under way already stay in it.
func AsOneAct(actor authz.Actor) authz.Actor {
	if actor.Batch == "" {
		actor.Batch = uuid.NewString()
	}
	return actor
}

// AsOneAct makes the entries and mails that follow belong together, as AsOneAct does of
// an actor, where only the plan knows that they are many.
func (p *Plan) AsOneAct() { p.Actor = AsOneAct(p.Actor) }

// In is the same plan standing in another account, whose ledger the operation
// holds or has opened: what is added there belongs to that account. Nothing says
// what the actor may do there; the plan asked for that before. Without the ledger
// it answers false.
func (p *Plan) In(account directory.AccountID) (*Plan, bool) {
	if p.ledgers[account] == nil {
		return nil, false
	}
	there := *p
	there.Account, there.Verdicts = account, nil
	return &there, true
}

// Require refuses with denied.permission unless the actor holds the permission
// at the unit (0 for the root), and with account.not_found when the actor may
// not know of the account (API-3).
func (p *Plan) Require(permission authz.Permission, unit directory.UnitID) error {
	p.asked = true
	p.Relies(store.Asked{Permission: string(permission), Unit: unit})
	return Require(p.Rights, permission, unit)
}

// Relies keeps what right the plan stands on.
func (p *Plan) Relies(on store.Asked) {
	if p.Actor.Request != "" && !slices.Contains(p.needs, on) {
		p.needs = append(p.needs, on)
	}
}

// RequireOversight refuses with denied.permission who manages neither users nor
// roles at the account or at a unit of its first level (REP-1).
func (p *Plan) RequireOversight() error {
	p.asked = true
	return RequireOversight(p.Rights)
}

// RequireOversight refuses like RequireOversight.
func RequireOversight(rights authz.Rights) error {
	if rights.Member() && rights.Oversees() {
		return nil
	}
	return Require(rights, authz.ManageMembers, 0)
}

// RequireAs asks for whichever permission opens the thing at hand; allowed looks
// for it and refuses.
func (p *Plan) RequireAs(allowed func(authz.Rights) error) error {
	p.asked = true
	return allowed(p.Rights)
}

// RequireSomewhere refuses like Require unless the actor holds the permission
// at some unit; the plan then asks for each member's own unit (UNIT-5).
func (p *Plan) RequireSomewhere(permission authz.Permission) error {
	p.asked = true
	p.Relies(store.Asked{Permission: string(permission), Anywhere: true})
	return RequireSomewhere(p.Rights, permission)
}

// RequireSomewhere refuses like require unless the permission is held at some
// unit.
func RequireSomewhere(rights authz.Rights, permission authz.Permission) error {
	if rights.MayAnywhere(permission) {
		return nil
	}
	return Require(rights, permission, 0)
}

// Require refuses like Plan.Require, where nothing is planned.
func Require(rights authz.Rights, permission authz.Permission, unit directory.UnitID) error {
	if !rights.Member() {
		return directory.Refuse(directory.NotFound, "account.not_found")
	}
	if !rights.May(permission, unit) {
		refusal := &directory.Error{Kind: directory.Denied, Code: "denied.permission", Args: directory.Args{"Permission": string(permission)}}
		if tree := rights.Tree(); tree != nil {
			if u, found := tree.Unit(unit); found {
				refusal.Args["Unit"] = u.UUID // where to ask why (ROLE-9)
			}
		}
		return refusal
	}
	return nil
}

// RequireDuty refuses with denied.duty unless the actor is vendor staff with
// that duty; anybody else is told that there is nothing here. Staff with a
// portfolio are told so of what is no account of theirs, also of what is none at
// all (VEND-3).
func (p *Plan) RequireDuty(duty authz.Duty) error {
	p.asked = true
	p.Relies(store.Asked{Duty: string(duty), Account: p.Account})
	if err := RequireDuty(p.Actor, duty); err != nil {
		return err
	}
	return InPortfolio(p.Actor, p.Account)
}

// RequireDutyOver is RequireDuty for what is about several accounts, or one that
// is yet to come.
func (p *Plan) RequireDutyOver(duty authz.Duty, accounts ...directory.AccountID) error {
	p.asked = true
	p.Relies(store.Asked{Duty: string(duty)})
	if err := RequireDuty(p.Actor, duty); err != nil {
		return err
	}
	for _, account := range accounts {
		if err := InPortfolio(p.Actor, account); err != nil {
			return err
		}
	}
	return nil
}

// InPortfolio refuses with account.not_found an account outside the portfolio of
// vendor staff.
func InPortfolio(actor authz.Actor, account directory.AccountID) error {
	if actor.Sees(account) {
		return nil
	}
	return directory.Refuse(directory.NotFound, "account.not_found")
}

// RequireAll refuses with denied.portfolio vendor staff who look after some
// accounts only.
func RequireAll(actor authz.Actor) error {
	if actor.Limited() {
		return directory.Refuse(directory.Denied, "denied.portfolio")
	}
	return nil
}

// RequireDuty refuses like Plan.RequireDuty, whatever the portfolio.
func RequireDuty(actor authz.Actor, duty authz.Duty) error {
	if actor.MayDuty(duty) {
		return nil
	}
	if actor.Kind == authz.Staff || actor.Kind == authz.StaffInside {
		return &directory.Error{Kind: directory.Denied, Code: "denied.duty", Args: directory.Args{"Duty": string(duty)}}
	}
	if actor.Kind == authz.Application {
		return NotRegistered(duty)
	}
	return directory.Refuse(directory.NotFound, "not_found")
}

// NotRegistered refuses an application that was not registered for a duty, or for a
// right of its own kind, with denied.application.
func NotRegistered[R authz.Duty | directory.ApplicationRight](what R) error {
	return &directory.Error{Kind: directory.Denied, Code: "denied.application", Args: directory.Args{"Duty": string(what)}}
}

// RequireSelf refuses with denied.self unless the actor is that user.
func (p *Plan) RequireSelf(user directory.UserID) error {
	p.asked = true
	if user == 0 || p.Actor.User != user || p.Actor.Program() {
		return directory.Refuse(directory.Denied, "denied.self")
	}
	return nil
}

// RequireSignedIn refuses strangers and programs with sign_in.required.
func (p *Plan) RequireSignedIn() error {
	p.asked = true
	if p.Actor.User == 0 || p.Actor.Program() {
		return directory.Refuse(directory.Denied, "sign_in.required")
	}
	return nil
}

// OpenToAnyone declares that the operation itself is the check: a mailed token,
// a posted key, a registration. The reason is for the reader of the code.
func (p *Plan) OpenToAnyone(reason string) {
	p.asked = reason != ""
}

// EvenClosed declares that the change is right in a closed account too, which is
// otherwise kept as it is (ACC-12). The reason is for the reader of the code.
func (p *Plan) EvenClosed(reason string) {
	p.closed = reason != ""
}

// keepClosed refuses with account.closed what would change a closed account. The
// program's own upkeep, such as lapsing requests, goes on.
func (p *Plan) keepClosed(ctx context.Context, r *store.Reader) error {
	if !p.Rights.Closed() || p.closed || p.Actor.Kind == authz.System || len(p.write.Changes)+len(p.pending) == 0 {
		return nil
	}
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	return account.Writable()
}

// NewKey is the next free key of the plan's account.
func (p *Plan) NewKey() int64 { return p.NewKeyIn(p.Account) }

// NewKeyIn is the next free key of an account whose ledger the operation holds.
func (p *Plan) NewKeyIn(account directory.AccountID) int64 {
	l := p.ledgers[account]
	n := l.NextNumber
	l.NextNumber++
	return directory.NewKey(account, n)
}

// OpenLedger starts the ledger of a new account and returns the plan standing in
// it. The operation holds the installation's ledger.
func (p *Plan) OpenLedger() *Plan {
	account := directory.AccountID(p.NewKeyIn(directory.Installation))
	p.ledgers[account] = &store.Ledger{Account: account, NextNumber: 1, Head: []byte{}, Fresh: true}
	there, _ := p.In(account)
	return there
}

// NextNumber is the number of the next key of the plan's account.
func (p *Plan) NextNumber() int64 { return p.ledgers[p.Account].NextNumber }

// NumberFrom lets the keys of a plan that is only previewed begin at a number, where
// they lie behind those that previews before it took: nothing of those was written.
func (p *Plan) NumberFrom(number int64) {
	l := p.ledgers[p.Account]
	l.NextNumber = max(l.NextNumber, number)
}

// Change adds rows to write, in this order.
func (p *Plan) Change(changes ...store.Change) {
	p.write.Changes = append(p.write.Changes, changes...)
}

// Entry starts a history entry in the plan's account; Record adds it.
func (p *Plan) Entry(kind audit.Kind, subject directory.UserID, object int64) audit.Entry {
	return audit.Entry{Account: p.Account, Kind: kind, Subject: subject, Object: object}
}

// Pending adds rows that change nothing yet and so leave no history: a link that
// waits to be followed, a registration that waits to be confirmed, and the
// counts that ration them. The change they lead to is recorded when it is made.
func (p *Plan) Pending(changes ...store.Change) {
	p.pending = append(p.pending, changes...)
}

// Record adds entries to the history (HIST-1): when, who and through which
// door are filled in.
func (p *Plan) Record(entries ...audit.Entry) {
	for _, e := range entries {
		e.At, e.Actor, e.ActorKind, e.Door = p.Now, p.Actor.User, p.Actor.Kind, p.Actor.Door
		e.StaffEntry, e.Batch = p.Actor.Entry, p.Actor.Batch
		p.write.Entries = append(p.write.Entries, e)
	}
}

// NextEntry is the number that the next entry of the plan's account gets.
func (p *Plan) NextEntry() int64 {
	n := p.ledgers[p.Account].Entries + 1
	for i := range p.write.Entries {
		if p.write.Entries[i].Account == p.Account {
			n++
		}
	}
	return n
}

// Recorded are the entries of the plan's account from a number on that NextEntry was.
func (p *Plan) Recorded(from int64) []audit.Entry {
	var found []audit.Entry
	n := p.ledgers[p.Account].Entries
	for _, e := range p.write.Entries {
		if e.Account != p.Account {
			continue
		}
		if n++; n >= from {
			e.N = n
			found = append(found, e)
		}
	}
	return found
}

// Mail queues mails of the same transaction (MAIL-2). Account, language and
// due time default to the plan's account, the address's person and now.
func (p *Plan) Mail(mails ...directory.Mail) {
	for _, m := range mails {
		m.ID = directory.MailID(p.NewKeyIn(p.ledgerOf(m.Account)))
		m.State, m.Created = directory.MailWaiting, p.Now
		if m.Due.IsZero() {
			m.Due = p.Now
		}
		if m.Batch == "" {
			m.Batch = p.Actor.Batch
		}
		p.write.Mails = append(p.write.Mails, m)
	}
}

// Job queues work that follows the change.
func (p *Plan) Job(jobs ...directory.Job) {
	for _, j := range jobs {
		j.ID = directory.JobID(p.NewKeyIn(p.ledgerOf(j.Account)))
		if j.Due.IsZero() {
			j.Due = p.Now
		}
		p.write.Jobs = append(p.write.Jobs, j)
	}
}

func (p *Plan) ledgerOf(account directory.AccountID) directory.AccountID {
	if _, held := p.ledgers[account]; held {
		return account
	}
	return p.Account
}

// finish chains the entries and settles the ledgers. A plan that asked for no
// permission, changes rows and records nothing, or sends a mail unlike its kind,
// is a fault.
func (p *Plan) finish(sealer store.Sealer) (store.Write, error) {
	if !p.asked {
		return store.Write{}, fmt.Errorf("operation asked for no permission")
	}
	if len(p.write.Changes) > 0 && len(p.write.Entries) == 0 {
		return store.Write{}, fmt.Errorf("operation changes rows and records nothing")
	}
	for _, m := range p.write.Mails {
		if err := m.Check(); err != nil {
			return store.Write{}, err
		}
	}
	for i := range p.write.Entries {
		e := &p.write.Entries[i]
		l := p.ledgers[e.Account]
		if l == nil {
			return store.Write{}, fmt.Errorf("entry %s for an account whose ledger is not held", e.Kind)
		}
		if len(e.Personal) > 0 {
			e.Salt = make([]byte, 16)
			rand.Read(e.Salt) // never fails
		}
		e.N = l.Entries + 1
		e.Chain(l.Head)
		l.Entries, l.Head = e.N, e.Hash
	}
	w := p.write
	w.Sealer, w.Changes = sealer, append(w.Changes, p.pending...)
	idle := w.Empty()
	if p.Actor.Request != "" && (!idle || len(p.needs) > 0) { // also what changes nothing is answered again to whoever still may
		w.Changes = append([]store.Change{store.ApplyRepeat{Holder: p.Actor.Request, Asked: p.needs, Idle: idle}}, w.Changes...)
	}
	if idle {
		return w, nil
	}
	for _, l := range p.ledgers {
		l.Sequence++
		w.Ledgers = append(w.Ledgers, *l)
	}
	slices.SortFunc(w.Ledgers, func(a, b store.Ledger) int { return int(a.Account - b.Account) })
	return w, nil
}
