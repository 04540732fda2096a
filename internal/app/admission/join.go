package admission

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Ask asks into the account of a customer number; an administrator decides
// (JOIN-1). Where the person's address lies in a verified domain of the
// account that approves by itself, they are a member at once (JOIN-7). A number
// that nobody has is answered alike (KEY-14).
//
// It refuses with join.waiting_already, join.too_many_open, join.paused,
// join.blocked (JOIN-4), join.member_already, with address.unproved who would be
// shown by an address that nobody proved (USER-8), and with the field at fault.
func (s *JoinRequests) Ask(ctx context.Context, actor authz.Actor, number, message string) (directory.JoinRequest, error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	switch refusal := directory.CleanTexts(directory.Typed{Kind: directory.CustomerNumber, Value: &number}, directory.Typed{Kind: directory.MessageText, Value: &message}); {
	case refusal != nil:
		return directory.JoinRequest{}, refusal
	case directory.CleanNumber(number) == "":
		return directory.JoinRequest{}, directory.InvalidField("number", "field.required", nil)
	}
	account, err := s.accountOrNone(ctx, number)
	if err != nil {
		return directory.JoinRequest{}, err
	}
	j := directory.JoinRequest{Account: account, Number: number, User: actor.User, Message: message, State: directory.JoinWaiting}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSignedIn(); err != nil {
			return err
		}
		p.EvenClosed("a stranger is not told that the account is closed (KEY-14)")
		j.ID, j.UUID, j.Created = directory.JoinRequestID(p.NewKey()), uuid.NewString(), p.Now
		return s.planAsk(ctx, r, p, j)
	})
	return j, err
}

func (s *JoinRequests) planAsk(ctx context.Context, r *store.Reader, p *gate.Plan, j directory.JoinRequest) error {
	u, err := r.User(ctx, j.User)
	if err != nil {
		return err
	}
	past, err := r.JoinPast(ctx, j.User, j.Account, j.Number)
	if err != nil {
		return err
	}
	account := directory.Account{}
	if j.Account != directory.Installation {
		if account, err = r.Account(ctx, j.Account); err != nil {
			return err
		}
	}
	if nameless(u) {
		return directory.Refuse(directory.Denied, "address.unproved")
	}
	if refusal := past.MayAsk(s.gate.Policies(account).JoinPauseDays, p.Now); refusal != nil {
		return refusal
	}
	if p.Rights.Member() {
		return &directory.Error{Kind: directory.Conflict, Code: "join.member_already", Field: "number"}
	}
	p.Change(store.InsertJoinRequest(j))
	entry := p.Entry(audit.JoinRequested, u.ID, int64(j.ID))
	entry.Note("email", "", provedAddress(u))
	entry.Note("message", "", j.Message)
	p.Record(entry)
	if j.Account == directory.Installation {
		return nil
	}
	return s.planAsked(ctx, r, p, u, j)
}

// planAsked lets in who comes from a domain that approves by itself, and tells
// the administrators of everybody else.
func (s *JoinRequests) planAsked(ctx context.Context, r *store.Reader, p *gate.Plan, u directory.User, j directory.JoinRequest) error {
	_, auto, err := r.VerifiedDomain(ctx, j.Account, directory.DomainOf(u.Email))
	if err != nil {
		return err
	}
	if auto && !u.Proved.IsZero() && !p.Rights.Closed() {
		plain, err := s.comesPlain(ctx, r, p, u.ID)
		if err != nil {
			return err
		}
		if plain {
			_, err := s.planApproval(ctx, r, p, u, j)
			return err
		}
	}
	administrators, err := r.Administrators(ctx, j.Account, roster.ToldAdministrators)
	if err != nil {
		return err
	}
	for _, a := range administrators {
		p.Mail(directory.Mail{Account: j.Account, User: a.ID, Address: a.Email, Kind: directory.MailJoinReceived, Language: a.Language,
			Path:  directory.MailJoinReceived.Path(j.Number),
			About: strconv.FormatInt(int64(j.ID), 10),
			Facts: map[string]string{directory.FactPerson: u.Name(), directory.FactAddress: provedAddress(u),
				directory.FactMessage: j.Message, directory.FactAt: p.Now.Format(time.RFC3339)}})
	}
	return nil
}

// provedAddress is the address that whoever decides may rely on, none where
// nobody proved it (USER-8).
func provedAddress(u directory.User) string {
	if u.Proved.IsZero() {
		return ""
	}
	return u.Email
}

// nameless reports whether a person is shown by nothing but an address that
// nobody proved, their own or one that they call themselves (USER-8).
func nameless(u directory.User) bool {
	return u.Proved.IsZero() && directory.ReadsAsAddress(u.Name())
}

// awaited reports whether nobody has come to a place yet, or not again since it was
// switched off.
func awaited(m directory.Member) bool {
	return m.Status == directory.Invited || m.Status == directory.NotInvited ||
		m.Status == directory.Inactive && m.Resumes != directory.Active
}

// planApproval makes the person an active member without invitation mail
// (JOIN-5) and opens key entry where they locked it (KEY-10). Its verdict tells
// which required role they lack (ROLE-3).
func (s *JoinRequests) planApproval(ctx context.Context, r *store.Reader, p *gate.Plan, u directory.User, j directory.JoinRequest) (gate.Verdict, error) {
	former, err := r.MemberOf(ctx, p.Account, u.ID)
	if err != nil && !gate.RefusedWith(err, "member.not_found") {
		return gate.Verdict{}, err
	}
	ro, err := s.roster.Roster(ctx, r, p, former)
	if err != nil {
		return gate.Verdict{}, err
	}
	in, err := s.letIn(ctx, r, ro, u, former)
	if err != nil {
		return in, err
	}
	if err := ro.Settle(ctx, r); err != nil {
		return in, err
	}
	came := gate.Verdicts{in}
	if err := s.roster.ProposeRoles(ctx, r, ro, came); err != nil {
		return in, err
	}
	return came[0], s.approved(ctx, r, ro, u, j)
}

// comesPlain reports whether a domain may let a person in by itself: nobody who
// was switched off (USER-2), and nobody whose access level or function permits
// something, since a domain gives nothing (ROLE-6).
func (s *JoinRequests) comesPlain(ctx context.Context, r *store.Reader, p *gate.Plan, user directory.UserID) (bool, error) {
	former, err := r.MemberOf(ctx, p.Account, user)
	if gate.RefusedWith(err, "member.not_found") || err == nil && !former.Removed.IsZero() {
		return true, nil
	}
	gives := slices.ContainsFunc(roster.RolesOf(former), func(role directory.RoleID) bool { return len(p.Rights.Tree().Gives(role, 0)) > 0 })
	return former.Status != directory.Inactive && !gives, err
}

// mayLetIn refuses with role.not_held to let somebody in whose place gives what
// whoever approves does not hold. Where a domain lets in by itself, grants stay
// whose giver may still give them (ROLE-6).
func (s *JoinRequests) mayLetIn(ctx context.Context, r *store.Reader, p *gate.Plan, ro *roster.Roster, m directory.Member) error {
	if p.Actor.User == m.User {
		return s.roster.KeepGrants(ctx, r, p, m)
	}
	return s.roster.Hands(ctx, r, ro, []directory.MemberID{m.ID}).MayHand(m, roster.Opens)
}

// Approve lets a waiting person in as an active member (JOIN-5). It refuses with
// join.decided, naming who decided first (JOIN-6), and with join.gone when the
// person took the request back. Somebody who has a place already gets it back
// only from who holds all that it gives: others are refused with role.not_held
// (ROLE-6), and whose address is not proved with join.unproved (USER-8).
//
// Whoever approves proposes the general role that the account type requires, where
// they may give it, and is told what the person lacks (ROLE-3).
func (s *JoinRequests) Approve(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (LetIn, error) {
	var in LetIn
	u, err := s.decide(ctx, actor, account, id, func(ctx context.Context, r *store.Reader, p *gate.Plan, u directory.User, j directory.JoinRequest) error {
		v, err := s.planApproval(ctx, r, p, u, j)
		in.Lacks = v.Lacks
		return err
	})
	in.User = u
	return in, err
}

// A Rejection says why a person is turned away, which is mailed to them, and
// whether they are kept from asking again (JOIN-4). Both may be left empty.
type Rejection struct {
	Reason string
	Block  bool
}

// Reject turns a waiting person away (JOIN-5). It refuses like Approve.
func (s *JoinRequests) Reject(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, why Rejection) (directory.User, error) {
	reason, refusal := directory.RejectionText.Clean(why.Reason)
	if refusal != nil {
		return directory.User{}, refusal
	}
	return s.decide(ctx, actor, account, id, func(_ context.Context, _ *store.Reader, p *gate.Plan, u directory.User, j directory.JoinRequest) error {
		p.Change(store.EndJoinRequest{ID: j.ID, State: directory.JoinRejected, By: p.Actor.User, Reason: reason})
		entry := p.Entry(audit.JoinRejected, u.ID, int64(j.ID))
		entry.Note("reason", "", reason)
		p.Record(entry)
		if why.Block {
			p.Change(store.PutJoinBlock{Account: account, User: u.ID, By: p.Actor.User, Blocked: true})
			p.Record(p.Entry(audit.JoinBlocked, u.ID, int64(j.ID)))
		}
		// Without the account's name: it is not shown before approval (KEY-14).
		p.Mail(directory.Mail{User: u.ID, Address: u.Email, Kind: directory.MailJoinRejected, Language: u.Language,
			Facts: map[string]string{directory.FactNumber: j.Number, directory.FactMessage: reason}})
		return nil
	})
}

type decision func(ctx context.Context, r *store.Reader, p *gate.Plan, u directory.User, j directory.JoinRequest) error

func (s *JoinRequests) decide(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, decide decision) (directory.User, error) {
	var u directory.User
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.DecideRequests, 0); err != nil {
			return err
		}
		j, err := joinRequestIn(ctx, r, account, id)
		if err != nil {
			return err
		}
		by, err := r.Users(ctx, []directory.UserID{j.User, j.DecidedBy})
		if err != nil {
			return err
		}
		if refusal := j.Decidable(by[j.DecidedBy].Name()); refusal != nil {
			return refusal
		}
		u = by[j.User]
		return decide(ctx, r, p, u, j)
	})
	return u, err
}

// joinRequestIn reads a request to the account; any other is refused with
// join.not_found.
func joinRequestIn(ctx context.Context, r *store.Reader, account directory.AccountID, id string) (directory.JoinRequest, error) {
	j, err := r.JoinRequest(ctx, id)
	if err == nil && j.Account != account {
		return j, directory.Refuse(directory.NotFound, "join.not_found")
	}
	return j, err
}

// Unblock lets the blocked person of a request ask again. It refuses with
// join.not_found a request to another account.
func (s *JoinRequests) Unblock(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.DecideRequests, 0); err != nil {
			return err
		}
		j, err := joinRequestIn(ctx, r, account, id)
		if err != nil {
			return err
		}
		p.Change(store.PutJoinBlock{Account: account, User: j.User})
		p.Record(p.Entry(audit.JoinUnblocked, j.User, int64(j.ID)))
		return nil
	})
	return err
}

// Withdraw takes a person's own waiting request back (JOIN-3).
func (s *JoinRequests) Withdraw(ctx context.Context, actor authz.Actor, id string) error {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	j, err := s.Mine(ctx, actor, id)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, j.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(j.User); err != nil {
			return err
		}
		p.EvenClosed("taking back is the person's own")
		now, err := r.JoinRequest(ctx, id)
		if err != nil {
			return err
		}
		if refusal := now.Decidable(""); refusal != nil {
			return &directory.Error{Kind: directory.Conflict, Code: "join.gone", Args: directory.Args{"State": string(now.State)}}
		}
		p.Change(store.EndJoinRequest{ID: now.ID, State: directory.JoinWithdrawn, By: p.Actor.User})
		p.Record(p.Entry(audit.JoinWithdrawn, p.Actor.User, int64(now.ID)))
		return nil
	})
	return err
}

// Mine reads one request of the person themselves; another's is refused with
// join.not_found.
func (s *JoinRequests) Mine(ctx context.Context, actor authz.Actor, id string) (directory.JoinRequest, error) {
	var j directory.JoinRequest
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		var err error
		if j, err = r.JoinRequest(ctx, id); err == nil && (actor.User == 0 || j.User != actor.User) {
			err = directory.Refuse(directory.NotFound, "join.not_found")
		}
		return err
	})
	return j, err
}

// Asked lists what the person asked, newest first (JOIN-3).
func (s *JoinRequests) Asked(ctx context.Context, actor authz.Actor) ([]directory.JoinRequest, error) {
	var requests []directory.JoinRequest
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		var err error
		requests, err = r.JoinRequestsOf(ctx, actor.User)
		return err
	})
	return requests, err
}

// A ShownRequest is a join request with the person, who decided, and whether
// the person is kept from asking again.
type ShownRequest struct {
	directory.JoinRequest
	Person, By directory.User
	Blocked    bool
}

// List shows an account's requests of a state to those who decide them, with
// how many there are (JOIN-2).
func (s *JoinRequests) List(ctx context.Context, actor authz.Actor, account directory.AccountID, state directory.JoinState, offset int) ([]ShownRequest, int64, error) {
	var shown []ShownRequest
	var total int64
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, authz.DecideRequests, 0); err != nil {
			return err
		}
		requests, n, err := r.JoinRequestsIn(ctx, account, state, offset, RequestsPerPage)
		if err != nil {
			return err
		}
		total = n
		var people []directory.UserID
		for _, j := range requests {
			people = append(people, j.User, j.DecidedBy)
		}
		users, err := r.Users(ctx, people)
		if err != nil {
			return err
		}
		blocked, err := r.JoinBlocks(ctx, account, people)
		for _, j := range requests {
			person := users[j.User]
			if nameless(person) { // they changed their name after asking
				person.First, person.Last, person.UserName = "", "", ""
			}
			shown = append(shown, ShownRequest{j, person, users[j.DecidedBy], blocked[j.User]})
		}
		return err
	})
	return shown, total, err
}

// RequestsPerPage is how many requests List answers at once.
const RequestsPerPage = 50

// Lapse ends requests that nobody decided in time (JOIN-4), and reports how
// many. It may run twice.
func (s *JoinRequests) Lapse(ctx context.Context) (int, error) {
	before := s.gate.Instant().AddDate(0, 0, -s.gate.Catalogue().EffectivePolicies("").JoinLapseDays)
	lapsed := 0
	err := gate.Sweep(ctx, func(last directory.JoinRequest) (old []directory.JoinRequest, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			old, err = r.OldJoinRequests(ctx, before, last.ID, 1000)
			return err
		})
		return old, err
	}, func(old []directory.JoinRequest) error {
		var errs []error
		actor := gate.SystemActorOn(len(old)) // those of an account are one line of its history
		for _, j := range old {
			_, err := s.gate.Perform(ctx, actor, j.Account, planLapse(j))
			if err == nil {
				lapsed++
			} else if !gate.RefusedWith(err, "unchanged") {
				errs = append(errs, fmt.Errorf("let join request %d lapse: %w", j.ID, err))
			}
		}
		return errors.Join(errs...)
	})
	return lapsed, err
}

// planLapse ends a request unless somebody has decided it meanwhile (JOIN-6).
func planLapse(j directory.JoinRequest) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("time alone decides")
		now, err := r.JoinRequest(ctx, j.UUID)
		if err != nil {
			return err
		}
		if now.State != directory.JoinWaiting {
			return gate.ErrUnchanged
		}
		p.Change(store.EndJoinRequest{ID: j.ID, State: directory.JoinLapsed})
		p.Record(p.Entry(audit.JoinLapsed, j.User, int64(j.ID)))
		return nil
	}
}

// Remind mails administrators about requests that have waited a day, at most
// once a day and only where the account has not switched it off (JOIN-8). It
// may run twice.
func (s *JoinRequests) Remind(ctx context.Context) error {
	day := s.gate.Instant().Add(-24 * time.Hour)
	return gate.Sweep(ctx, func(last directory.AccountID) (accounts []directory.AccountID, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			accounts, err = r.AccountsToRemind(ctx, day, day, last, 1000)
			return err
		})
		return accounts, err
	}, func(accounts []directory.AccountID) error {
		var errs []error
		for _, account := range accounts {
			if _, err := s.gate.Perform(ctx, gate.SystemActor(), account, s.planReminder(account)); err != nil {
				errs = append(errs, fmt.Errorf("remind account %d: %w", account, err))
			}
		}
		return errors.Join(errs...)
	})
}

func (s *JoinRequests) planReminder(account directory.AccountID) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("time alone decides")
		a, err := r.Account(ctx, account)
		if err != nil || !s.gate.Policies(a).Reminders || a.State == directory.AccountClosed {
			return err
		}
		counts, err := r.Counts(ctx, account)
		if err != nil || counts.Waiting == 0 {
			return err
		}
		administrators, err := r.Administrators(ctx, account, roster.ToldAdministrators)
		for _, u := range administrators {
			p.Mail(directory.Mail{Account: account, User: u.ID, Address: u.Email, Kind: directory.MailJoinReminder, About: "all",
				Path: directory.MailJoinReminder.Path(a.Number), Language: roster.LanguageOf(u, a),
				Facts: map[string]string{directory.FactCount: strconv.FormatInt(counts.Waiting, 10)}})
		}
		return err
	}
}
