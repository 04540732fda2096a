package roster

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// restoring is a plan that takes back what became of people, while it is made.
type restoring struct {
	*Acting
	granting *Granting
	members  map[directory.UserID]directory.Member
	users    map[directory.UserID]directory.User
	open     store.Holdings
	ended    store.Holdings
	mails    map[store.MailMoment]store.MailsOfAct
	back     []store.MailMoment
	reopened []directory.MemberID
	moments  []time.Time
	starts   []directory.Place
	ends     []directory.Place
	brought  []directory.External
	over     store.EndExternals
}

// PlanUndo plans that what entries say became of people is taken back, each person by
// themselves, with a verdict for each, in their order (PLAN-2). What was changed since
// is left and named, as is what cannot be given back; the rest is as it was. Nobody
// gets what the actor may not give (ROLE-6).
//
// A person is refused with undo.changed_since where nothing is left to restore, with
// undo.erased, and like the opposite acts: denied.permission, role.not_held,
// administrator.last.
func (w *Writer) PlanUndo(ctx context.Context, r *store.Reader, p *gate.Plan, people []Past) error {
	if err := p.RequireAs(mayUndo); err != nil {
		return err
	}
	s, err := w.restoring(ctx, r, p, people)
	if err != nil {
		return err
	}
	planned := len(p.Verdicts)
	p.Verdicts = append(p.Verdicts, make(gate.Verdicts, len(people))...)
	for _, i := range s.ownLast(people) {
		v, err := s.person(people[i])
		if err != nil {
			return err
		}
		p.Verdicts[planned+i] = v
	}
	return s.settle(ctx, r)
}

// mayUndo refuses who could take back nothing about people: neither in the account nor
// in a project.
func mayUndo(rights authz.Rights) error {
	if mayRestorePeople(rights) {
		return nil
	}
	return gate.RequireSomewhere(rights, authz.ManageMembers)
}

// ownLast are the places of people in the order in which they are planned: the asker's
// own comes last (BULK-3).
func (s *restoring) ownLast(people []Past) []int {
	var order, own []int
	for i, p := range people {
		if p.User == s.Actor.User {
			own = append(own, i)
		} else {
			order = append(order, i)
		}
	}
	return append(order, own...)
}

func (w *Writer) restoring(ctx context.Context, r *store.Reader, p *gate.Plan, people []Past) (*restoring, error) {
	s := &restoring{}
	users := make([]directory.UserID, len(people))
	for i, past := range people {
		users[i] = past.User
		for _, e := range past.Entries {
			if n := len(s.moments); n == 0 || !s.moments[n-1].Equal(e.At) {
				s.moments = append(s.moments, e.At)
			}
		}
	}
	var err error
	if s.members, err = r.MembersOf(ctx, p.Account, users); err != nil {
		return nil, err
	}
	keys := make([]directory.MemberID, 0, len(s.members))
	for _, m := range s.members {
		keys = append(keys, m.ID)
	}
	slices.Sort(keys)
	if s.Acting, _, s.users, err = w.Acting(ctx, r, p, keys); err != nil {
		return nil, err
	}
	s.exact = true
	if err := s.holdings(ctx, r, keys, people); err != nil {
		return nil, err
	}
	if s.mails, err = r.MailsAt(ctx, store.MailsQuery{Account: p.Account, Users: users, At: s.moments, Now: p.Now}); err != nil {
		return nil, err
	}
	if s.granting, err = w.GrantingIn(ctx, r, p); err != nil {
		return nil, err
	}
	s.granting.users = s.users
	for _, g := range s.open.Grants {
		s.granting.live[g.Member] = append(s.granting.live[g.Member], g)
	}
	return s, s.companiesOf(ctx, r, people)
}

// holdings reads what people hold, and held, where the entries are about more than
// fields of their places.
func (s *restoring) holdings(ctx context.Context, r *store.Reader, keys []directory.MemberID, people []Past) error {
	if !slices.ContainsFunc(people, func(p Past) bool { return slices.ContainsFunc(p.Entries, aboutHoldings) }) {
		return nil
	}
	var err error
	if s.open, err = r.OpenHoldings(ctx, keys); err != nil {
		return err
	}
	s.ended, err = r.EndedHoldings(ctx, keys, s.moments)
	return err
}

// aboutHoldings reports whether an entry may be about what somebody holds besides their
// place.
func aboutHoldings(e audit.Entry) bool {
	switch e.Kind {
	case audit.MemberChanged, audit.MemberDeactivated, audit.MemberReactivated, audit.AdministratorNamed, audit.AdministratorExcluded,
		audit.InvitationSent, audit.InvitationResent, audit.InvitationWithdrawn, audit.SeatAssigned, audit.SeatWithdrawn:
		return false
	}
	return true
}

// companiesOf reads the companies that entries and places name.
func (s *restoring) companiesOf(ctx context.Context, r *store.Reader, people []Past) error {
	var keys []directory.CompanyID
	for _, past := range people {
		for _, e := range past.Entries {
			for _, c := range e.Facts {
				keys = append(keys, keysIn[directory.CompanyID](c.Before, audit.Company)...)
				keys = append(keys, keysIn[directory.CompanyID](c.After, audit.Company)...)
			}
		}
	}
	for _, p := range slices.Concat(s.open.Places, s.ended.Places) {
		keys = append(keys, p.Company)
	}
	slices.Sort(keys)
	found, err := r.CompaniesByKey(ctx, slices.Compact(keys))
	for key, c := range found {
		s.Companies[key] = c
	}
	return err
}

// A doing is one person while what became of them is taken back.
type doing struct {
	*net
	v       gate.Verdict
	u       directory.User
	m       directory.Member // as they are after it
	settled bool             // what they hold is left: they go, or are back by another door
}

// left names a field that was changed since.
func (d *doing) left(field string) {
	if !slices.Contains(d.v.Left, field) {
		d.v.Left = append(d.v.Left, field)
	}
}

// because names what is left for another reason. It answers whether err is no more
// than that.
func (d *doing) because(field, what string, err error) error {
	refusal, fault := gate.AsRefusal(err)
	if refusal != nil && refusal != gate.ErrUnchanged {
		d.v.Because = append(d.v.Because, gate.Because{Field: field, What: what, Why: refusal})
	}
	return fault
}

// person takes back what became of one person, and answers the verdict.
func (s *restoring) person(past Past) (gate.Verdict, error) {
	m, known := s.members[past.User]
	u := s.users[m.User]
	if !known {
		return gate.Nobody(), nil
	}
	d := &doing{net: netOf(past), u: u, m: m,
		v: gate.Verdict{Subject: int64(m.ID), Name: NameOf(u, m), Email: u.Email, Outcome: gate.Unchanged, Member: m}}
	if !u.Erased.IsZero() {
		return d.v.Refused(directory.Refuse(directory.Conflict, "undo.erased")), nil
	}
	recorded := s.Plan.NextEntry()
	err := s.state(d)
	if err == nil && !d.settled {
		err = s.parts(d)
	}
	refusal, fault := gate.AsRefusal(err)
	switch {
	case fault != nil:
		return d.v, fault
	case refusal != nil && refusal.Code == "member.not_found":
		return gate.Nobody(), nil
	case refusal != nil:
		return d.v.Refused(refusal), nil
	}
	d.v.Member = d.m
	return s.judge(d, s.Plan.NextEntry() > recorded), nil
}

// judge is the verdict on what was done, with what becomes of the mails.
func (s *restoring) judge(d *doing, changed bool) gate.Verdict {
	switch {
	case changed:
		d.v.Outcome = gate.Changed
		s.takeMailsBack(d)
	case len(d.v.Left) > 0:
		return d.v.Refused(directory.Refuse(directory.Conflict, "undo.changed_since"))
	case len(d.v.Because) > 0:
		return d.v.Refused(d.v.Because[0].Why)
	}
	return d.v
}

// takeMailsBack keeps the mails of what is undone from leaving, and says what has left
// already (MAIL-4).
func (s *restoring) takeMailsBack(d *doing) {
	gone := 0
	moments := slices.Clone(d.moments)
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range slices.CompactFunc(moments, time.Time.Equal) {
		of := store.MailMoment{User: d.u.ID, At: at}
		n := s.mails[of]
		if n.Waiting > 0 {
			s.back = append(s.back, of)
		}
		gone += n.Gone
		d.v.Withheld += n.Waiting
	}
	if gone > 0 {
		d.v.Because = append(d.v.Because, gate.Because{Field: "mail", Why: directory.Refuse(directory.Conflict, "undo.mail_gone")})
	}
}

// settle hands all rows to the plan.
func (s *restoring) settle(ctx context.Context, r *store.Reader) error {
	if err := s.Settle(ctx, r); err != nil {
		return err
	}
	s.granting.disarmed = slices.DeleteFunc(s.granting.disarmed, func(u directory.UserID) bool { return slices.Contains(s.disarmed, u) })
	s.granting.Settle()
	if len(s.reopened) > 0 {
		s.Plan.Change(store.ReopenInvitations{Members: s.reopened, At: s.moments})
	}
	if len(s.over) > 0 {
		s.Plan.Change(s.over)
	}
	for _, e := range s.brought {
		s.Plan.Change(store.InsertExternal{Account: s.Account.ID, Row: e})
	}
	if len(s.ends) > 0 {
		s.Plan.Change(store.EndPlaces{Account: s.Account.ID, Places: s.ends})
	}
	if len(s.starts) > 0 {
		s.Plan.Change(store.InsertPlaces{Account: s.Account.ID, Places: s.starts})
	}
	if len(s.back) > 0 {
		s.Plan.Change(store.TakeBackMails{Account: s.Account.ID, Of: s.back})
	}
	return nil
}
