package acts

import (
	"cmp"
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Foresight is what an act would bring, or the undoing of one: read from the outline
// of its plan alone, so that it is of the opinion of the act itself (PLAN-1). It counts
// everybody and names as many as its window asks for. What stands at a unit or in a
// project that the reader may not know of is left out.
type Foresight struct {
	Total, Added, Changed, Unchanged, Refused, Invited int64
	Companies                                          int64 // new to the account

	Rights  []RoleMove // by role and place, the most people first
	Seats   []SeatMove
	Mails   []MailMove
	Reasons []Reason   // of those who are refused, the most people first
	People  []Foreseen // the window
}

// A RoleMove is a role at a unit or in a project that people begin or cease to hold,
// and what it permits there.
type RoleMove struct {
	Role        directory.Role
	Unit        directory.Unit
	Gain, Lose  int64
	Permissions []authz.Permission
}

// A SeatMove is how many seats of an offer are used and freed.
type SeatMove struct {
	Offer       directory.Offer
	Used, Freed int64
}

// A MailMove is how many mails of a kind would go.
type MailMove struct {
	Kind  directory.MailKind
	Count int64
}

// A Reason is why some are refused: the first of them stands for those of the same
// code.
type Reason struct {
	Refusal *directory.Error
	Count   int64
}

// A Foreseen is what an act would bring for one person, or for a line of it that is
// about nobody known.
type Foreseen struct {
	Name, Email, Member string // public id
	Outcome             gate.Outcome
	Refusal             *directory.Error
	Where               string // unit of what was refused, of a role at a unit
	Invited             bool
	Changes             []audit.Change // of their place in the account and in projects, and of seats
	Rights              []RightsMove
	Mails               []directory.MailKind

	user directory.UserID
}

// A RightsMove is what a person really gains and loses at a unit: what they hold there
// by something else is neither (ROLE-2).
type RightsMove struct {
	Unit        directory.Unit
	Gain, Lose  []authz.Permission
	Given, Over []directory.Role // the roles that begin and end there
}

// A Window is which of the people of a foresight are named.
type Window struct {
	Skip  int
	Limit int
}

// How much a foresight names.
const (
	// MostForeseen is how many people a window names at most.
	MostForeseen = 1000
	mostMoves    = 100
	mostReasons  = 50
	readAtOnce   = 5000
)

// Foresee reads what an outline would bring, for whoever may see what they see in the
// account.
func (s *Acts) Foresee(ctx context.Context, actor authz.Actor, account directory.AccountID, o gate.Outline, w Window) (Foresight, error) {
	var seen Foresight
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		seen, err = newForeseeing(r, rights, account).read(ctx, o, w)
		return err
	})
	return seen, err
}

// A holding is a role at a unit.
type holding struct {
	role directory.RoleID
	unit directory.UnitID
}

// A shift is what entries say of what one person holds.
type shift struct {
	member      directory.MemberID
	given, over []holding
	stops       bool // all they hold ends, or counts no more
	resumes     bool // all they hold counts again
}

// foreseeing is a foresight while it is read.
type foreseeing struct {
	Foresight
	reader  *store.Reader
	rights  authz.Rights
	tree    *authz.Tree
	account directory.AccountID
	shifts  map[directory.UserID]*shift
	order   []directory.UserID // of shifts, as the entries come
	seats   map[directory.Offer]*SeatMove
	held    map[directory.MemberID][]holding // before, of those it was read of
	counts  map[directory.MemberID]bool      // whether it counts before
}

func newForeseeing(r *store.Reader, rights authz.Rights, account directory.AccountID) *foreseeing {
	return &foreseeing{reader: r, rights: rights, tree: rights.Tree(), account: account, shifts: map[directory.UserID]*shift{},
		seats: map[directory.Offer]*SeatMove{}, held: map[directory.MemberID][]holding{}, counts: map[directory.MemberID]bool{}}
}

// read reads what an outline would bring.
func (f *foreseeing) read(ctx context.Context, o gate.Outline, w Window) (Foresight, error) {
	f.judge(o.Verdicts)
	for i := range o.Entries {
		f.note(&o.Entries[i])
	}
	f.mail(o.Mails)
	f.window(o.Verdicts, w)
	if err := f.readHeld(ctx); err != nil {
		return f.Foresight, err
	}
	f.moves()
	f.people(o)
	for _, move := range f.seats {
		f.Seats = append(f.Seats, *move)
	}
	slices.SortFunc(f.Seats, func(a, b SeatMove) int { return cmp.Compare(a.Offer.String(), b.Offer.String()) })
	return f.Foresight, nil
}

// judge counts the verdicts, and why some are refused.
func (f *foreseeing) judge(verdicts gate.Verdicts) {
	at := map[string]int{}
	for _, v := range verdicts {
		f.Total++
		switch v.Outcome {
		case gate.Added:
			f.Added++
		case gate.Changed:
			f.Changed++
		case gate.Unchanged:
			f.Unchanged++
		default:
			f.Refused++
		}
		if v.Invited {
			f.Invited++
		}
		if v.Refusal == nil {
			continue
		}
		i, known := at[v.Refusal.Code]
		if !known {
			i = len(f.Reasons)
			at[v.Refusal.Code] = i
			f.Reasons = append(f.Reasons, Reason{Refusal: v.Refusal})
		}
		f.Reasons[i].Count++
	}
	slices.SortStableFunc(f.Reasons, func(a, b Reason) int { return cmp.Compare(b.Count, a.Count) })
	f.Reasons = f.Reasons[:min(len(f.Reasons), mostReasons)]
}

func (f *foreseeing) mail(mails []directory.Mail) {
	counts := map[directory.MailKind]int64{}
	for _, m := range mails {
		counts[m.Kind]++
	}
	for kind, n := range counts {
		f.Mails = append(f.Mails, MailMove{kind, n})
	}
	slices.SortFunc(f.Mails, func(a, b MailMove) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
}

// note reads one entry: which roles, seats and companies it moves.
func (f *foreseeing) note(e *audit.Entry) {
	unit := f.tree.Root()
	switch e.Kind {
	case audit.CompanyCreated:
		f.Companies++
		return
	case audit.SeatAssigned, audit.SeatWithdrawn:
		f.noteSeat(e)
		return
	case audit.GrantGiven, audit.GrantEnded, audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved:
		unit = e.Unit
	case audit.MemberAdded, audit.MemberChanged, audit.AdministratorNamed, audit.AdministratorExcluded:
	case audit.MemberRemoved, audit.MemberDeactivated:
		f.shiftOf(e).stops = true
	case audit.MemberReactivated, audit.MemberReturned:
		f.shiftOf(e).resumes = true
	default:
		return
	}
	for _, c := range e.Facts {
		if c.Field != "role" && c.Field != "functions" && c.Field != "access_level" {
			continue
		}
		had, has := rolesIn(c.Before), rolesIn(c.After)
		for _, role := range has {
			if !slices.Contains(had, role) {
				s := f.shiftOf(e)
				s.given = append(s.given, holding{role, unit})
			}
		}
		for _, role := range had {
			if !slices.Contains(has, role) {
				s := f.shiftOf(e)
				s.over = append(s.over, holding{role, unit})
			}
		}
	}
}

func (f *foreseeing) noteSeat(e *audit.Entry) {
	for _, c := range e.Facts {
		if c.Field != "product" {
			continue
		}
		text := cmp.Or(c.After.Text(), c.Before.Text())
		offer := directory.OfferOf(text)
		move := f.seats[offer]
		if move == nil {
			move = &SeatMove{Offer: offer}
			f.seats[offer] = move
		}
		if e.Kind == audit.SeatAssigned {
			move.Used++
		} else {
			move.Freed++
		}
	}
}

// rolesIn are the roles that a value names.
func rolesIn(v audit.Value) []directory.RoleID {
	var roles []directory.RoleID
	for _, ref := range v.Refs() {
		roles = append(roles, directory.RoleID(ref.Key))
	}
	return roles
}

func (f *foreseeing) shiftOf(e *audit.Entry) *shift {
	s := f.shifts[e.Subject]
	if s == nil {
		s = &shift{}
		f.shifts[e.Subject] = s
		f.order = append(f.order, e.Subject)
	}
	switch e.Kind {
	case audit.PlaceAdded, audit.PlaceChanged, audit.PlaceRemoved: // the object is the project
	default:
		s.member = directory.MemberID(e.Object)
	}
	return s
}

// window chooses whom the foresight names: each person once, in the order of the
// verdicts.
func (f *foreseeing) window(verdicts gate.Verdicts, w Window) {
	limit := min(w.Limit, MostForeseen)
	lines := 0
	last := directory.UserID(0)
	for _, v := range verdicts {
		user := v.Member.User
		if user != 0 && user == last {
			if lines > w.Skip && len(f.People) > 0 && lines-w.Skip <= limit {
				f.People[len(f.People)-1].join(v)
			}
			continue
		}
		last = user
		if lines++; lines <= w.Skip || lines-w.Skip > limit {
			if lines-w.Skip > limit {
				return
			}
			continue
		}
		one := Foreseen{user: user, Name: v.Name, Email: v.Email, Member: v.Public(), Outcome: v.Outcome, Refusal: v.Refusal, Invited: v.Invited}
		if v.Refusal != nil && v.Effect != nil {
			one.Where = v.Effect.Unit.Name
		}
		f.People = append(f.People, one)
	}
}

// join adds another verdict on the same person: done where anything is done, and the
// first refusal is told.
func (one *Foreseen) join(v gate.Verdict) {
	rank := []gate.Outcome{gate.Refused, gate.Unchanged, gate.Changed, gate.Added}
	if slices.Index(rank, v.Outcome) > slices.Index(rank, one.Outcome) {
		one.Outcome = v.Outcome
	}
	if one.Refusal == nil && v.Refusal != nil {
		one.Refusal = v.Refusal
		if v.Effect != nil {
			one.Where = v.Effect.Unit.Name
		}
	}
	one.Invited = one.Invited || v.Invited
}
