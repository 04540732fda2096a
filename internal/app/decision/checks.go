package decision

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// core is what the operations of this package stand on.
type core struct {
	gate      *gate.Gate
	roster    *roster.Writer
	residents residents
	checks    checking
}

// New makes what answers products and says why, over one memory of who may do
// what.
func New(g *gate.Gate, r *roster.Writer) (*Checks, *Reasons) {
	c := &core{gate: g, roster: r}
	return &Checks{c}, &Reasons{c}
}

// Checks are what the vendor's products ask.
type Checks struct{ *core }

// A Caller is a product that asks: its token, the customer number in the address
// it asked at, if there was one, and where it comes from, which is looked up for
// refusals only.
type Caller struct {
	Token  string
	Number string
	From   func() gate.Client
}

// checking is what questions are answered with, beside the index.
type checking struct {
	words      wordsInForce
	bearers    bearers
	applicants applicants
	givers     givers
	searched   searched
	used       used
}

// A desk answers the questions of one request. Its index stands still.
type desk struct {
	*asker
	checks *Checks
	x      *authz.Index
	marks  store.Marks
	words  *words
	now    time.Time
	rights authz.Rights // of the product

	elsewhere map[store.SeatClaim]bool // what was asked of other accounts
	fault     error                    // of looking elsewhere: no answer is given then
	last      subject                  // whom the last question was about
	givers    *accountGivers           // once somebody was told no
}

// A subject is a person that was looked up.
type subject struct {
	named  Entity
	found  bool
	place  int // in the index
	home   directory.UnitID
	rights authz.Rights
}

// Evaluate answers one question: may this subject do this to that resource
// (CHECK-1). It holds every change that was confirmed before the call (CHECK-2)
// and writes nothing.
//
// It refuses with token.refused whose token opens nothing, with
// account.not_found a product of another account, and with denied.permission a
// product without access.check in the whole account.
func (s *Checks) Evaluate(ctx context.Context, caller Caller, q Question) (Answer, error) {
	if caller.application() {
		answers, err := s.evaluateFor(ctx, caller, []Question{q}, ExecuteAll)
		if err != nil {
			return Answer{}, err
		}
		return answers[0], nil
	}
	var answer [1]Answer
	var at *desk
	err := s.ask(ctx, caller, func(d *desk) error {
		at, answer[0] = d, d.answer(q)
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	s.checks.used.noteAll(answer[:])
	err = s.nameGivers(ctx, at, answer[:])
	return answer[0], err
}

// EvaluateAll answers questions in their order, as far as the semantic says, all
// on the same state of the account. It refuses like Evaluate.
func (s *Checks) EvaluateAll(ctx context.Context, caller Caller, questions []Question, semantic Semantic) ([]Answer, error) {
	if caller.application() {
		return s.evaluateFor(ctx, caller, questions, semantic)
	}
	var answers []Answer
	var at *desk
	err := s.ask(ctx, caller, func(d *desk) error {
		at, answers = d, answerAll(questions, semantic, d.answer)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.checks.used.noteAll(answers)
	return answers, s.nameGivers(ctx, at, answers)
}

// Admit reports whether a product may ask at all. It refuses like Evaluate.
func (s *Checks) Admit(ctx context.Context, caller Caller) error {
	if caller.application() {
		return s.admitFor(ctx, caller)
	}
	return s.ask(ctx, caller, func(*desk) error { return nil })
}

// ask opens the desk for a product. Its token is good, and the index up to date,
// at a moment after the call.
func (s *Checks) ask(ctx context.Context, caller Caller, at func(*desk) error) error {
	if caller.application() {
		return s.askFor(ctx, callingOf(caller), caller.Number, at)
	}
	var after stamp
	for {
		who, readNow, err := s.asker(ctx, caller, after)
		if err != nil {
			return err
		}
		stale := false
		err = s.indexAt(ctx, who.account.ID, func(x *authz.Index, m store.Marks) error {
			if stale = !readNow && !who.asOf.reached(m); stale {
				after = stamp{true, m}
				return nil
			}
			d := &desk{asker: who, checks: s, x: x, marks: m, now: s.gate.Instant(), words: s.checks.words.of(s.gate.Catalogue())}
			if err := d.admit(); err != nil {
				return err
			}
			return d.serve(at)
		})
		if err != nil {
			return s.refuse(ctx, who, caller, err)
		}
		if !stale {
			return nil
		}
	}
}

// serve answers at the desk, unless something could not be found out: a fault is no
// answer.
func (d *desk) serve(at func(*desk) error) error {
	if err := at(d); err != nil {
		return err
	}
	return d.fault
}

// admit refuses a product that may not ask.
func (d *desk) admit() error {
	if d.application != nil {
		d.rights = authz.OfApplication(d.actor(gate.Client{}), d.x.Tree(), d.account.ID, d.x.State())
		return d.require(authz.CheckAccess)
	}
	if i, found := d.x.OfUser(d.bearer.Token.User); found {
		d.rights = d.x.Rights(i, d.now).Within(d.bearer.Token.Scope)
	}
	return d.require(authz.CheckAccess)
}

// require refuses a product that does not hold a permission in the whole
// account. In a suspended account nobody holds anything; there it counts what
// the product held: it may hear that the answer is no, and why (ACC-12).
func (d *desk) require(p authz.Permission) error {
	if d.rights.May(p, 0) {
		return nil
	}
	if d.x.State() == directory.AccountSuspended && d.rights.Explain(p, 0).Reason == authz.Suspended {
		tree := d.x.Tree()
		for _, held := range d.rights.Holds() {
			if held.Unit == tree.Root() && slices.Contains(tree.Gives(held.Role, held.Unit), p) {
				return nil
			}
		}
	}
	return &directory.Error{Kind: directory.Denied, Code: "denied.permission", Args: directory.Args{"Permission": string(p)}}
}

// answer folds into one what decides: the account's state, the words of the
// question, the unit, the person and their place, and what they hold on the way
// to the unit. The use of products is answered by answerUse.
func (d *desk) answer(q Question) Answer {
	if q.Broken != "" {
		return Answer{Reason: q.Broken}
	}
	if q.Account != "" && !d.calls(q.Account) {
		return Answer{Reason: UnknownAccount}
	}
	if d.words.isProduct(q.Resource) {
		return d.answerUse(q)
	}
	permission, known := d.words.actions[q.Action]
	if !known {
		return Answer{Reason: UnknownAction}
	}
	at, found := d.resource(q.Resource)
	if !found {
		return Answer{Reason: UnknownResource}
	}
	who := d.person(q.Subject)
	if !who.found {
		return Answer{Reason: UnknownSubject}
	}
	if reason := d.barredWhere(d.x.Tree().LiveAt(at)); reason != "" {
		return Answer{Reason: reason}
	}
	if who.rights.MayAt(permission, at) {
		return Answer{Allowed: true}
	}
	no := Answer{Reason: who.rights.WhyNot()}
	switch no.Reason {
	case authz.Missing:
		no.Missing, no.Label = permission, d.words.labels[permission]
		no.GivenBy = d.givenBy(helpKey{unit: d.x.Tree().UnitAt(at), missing: permission})
	case authz.NotActive, authz.Ended:
		no.GivenBy = d.givenBy(helpKey{unit: who.home, holding: authz.ManageMembers})
	}
	return no
}

// person looks a subject up; questions about the same one come in a row.
func (d *desk) person(e Entity) *subject {
	if d.last.named == e && e.ID != "" {
		return &d.last
	}
	d.last = subject{named: e}
	if i, found := d.find(e); found {
		d.last.found, d.last.place, d.last.home, d.last.rights = true, i, d.x.Home(i), d.x.Rights(i, d.now)
	}
	return &d.last
}

// barred is why nobody of the account uses anything at a unit, or nothing:
// suspended and closed accounts use no product (ACC-12), and nothing is done at
// an archived unit.
func (d *desk) barred(unit directory.UnitID) string { return d.barredWhere(d.x.Tree().Live(unit)) }

// barredWhere is barred for a unit that is archived or not.
func (d *desk) barredWhere(live bool) string {
	switch {
	case d.x.State() == directory.AccountSuspended:
		return authz.Suspended
	case d.x.State() == directory.AccountClosed:
		return ClosedAccount
	case !live:
		return ArchivedUnit
	}
	return ""
}

// find is the place in the index of whoever is named.
func (d *desk) find(e Entity) (int, bool) {
	for _, by := range d.words.subjects[e.Type] {
		name := e.ID
		switch by {
		case catalogue.ByUserName:
			name = directory.FoldSignIn(name)
		case catalogue.ByEmail:
			name = directory.FoldEmail(name)
		}
		if name == "" {
			continue
		}
		if i, found := d.x.Find(by, name); found {
			return i, true
		}
	}
	return 0, false
}

// resource is where the unit that is named stands, the root for the account.
func (d *desk) resource(e Entity) (authz.Spot, bool) {
	kind, known := d.words.resources[e.Type]
	if !known || e.ID == "" {
		return 0, false
	}
	tree := d.x.Tree()
	for _, by := range kind.By {
		var at authz.Spot
		found := false
		switch {
		case by == catalogue.ByNumber && kind.Level == catalogue.RootLevel:
			at, found = tree.Spot(0)
			found = found && directory.CleanNumber(e.ID) == directory.CleanNumber(d.account.Number)
		case by == catalogue.ByNumber: // of a project
			var project directory.UnitID
			if project, found = d.x.Contract().Projects.Numbered(e.ID); found {
				at, found = tree.Spot(project)
			}
		case by == catalogue.ByExternalID:
			at, found = tree.SpotByExternal(e.ID)
		case kind.Level == catalogue.RootLevel && e.ID == d.account.UUID:
			at, found = tree.Spot(0)
		default:
			at, found = tree.SpotByUUID(e.ID)
		}
		if found && tree.LevelAt(at) == kind.Level {
			return at, true
		}
	}
	return 0, false
}
