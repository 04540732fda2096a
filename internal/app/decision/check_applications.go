package decision

import (
	"cmp"
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// evaluateFor answers an application's questions in their order, as far as the
// semantic says. Each is about the account that it names, else about that of the
// address; one batch may be about several (APP-3). Within one account all are
// answered on the same state.
//
// An account that there is not and one the application does not see are answered
// alike, in words and in time, by a no that says nothing of either (KEY-14).
func (s *Checks) evaluateFor(ctx context.Context, caller Caller, questions []Question, semantic Semantic) (answers []Answer, err error) {
	ctx, even := s.gate.Evenly(ctx)
	hidden := false
	defer func() {
		if hidden || gate.RefusedWith(err, "account.not_found") {
			even()
		}
	}()
	c := callingOf(caller)
	b := &batch{questions, make([]Answer, len(questions))}
	accounts, order := b.byAccount(caller)
	if err := s.openAddress(ctx, c, order); err != nil {
		return nil, err
	}
	for _, name := range order {
		out, err := s.answerIn(ctx, c, name, b, accounts[name])
		if err != nil {
			return nil, err
		}
		hidden = hidden || out
	}
	answers = b.answers
	if i := slices.IndexFunc(answers, func(a Answer) bool { return semantic.ends(a.Allowed) }); i >= 0 {
		answers = answers[:i+1]
	}
	s.checks.used.noteAll(answers)
	return answers, nil
}

// A batch is questions with their answers, in their places.
type batch struct {
	questions []Question
	answers   []Answer
}

// byAccount are the places of questions by the account they name, and the
// accounts in their order. Those without any stand under the empty name.
func (b *batch) byAccount(caller Caller) (places map[string][]int, order []string) {
	places = make(map[string][]int, 1)
	for i, q := range b.questions {
		name := q.Account
		if name == "" {
			name = caller.Number
		}
		if _, known := places[name]; !known {
			order = append(order, name)
		}
		places[name] = append(places[name], i)
	}
	return places, order
}

// answerIn answers those of the questions that are about one account, and reports
// whether that is none the application sees.
func (s *Checks) answerIn(ctx context.Context, c *calling, name string, b *batch, places []int) (hidden bool, err error) {
	if name == "" {
		b.refuse(NoAccount, places)
		return false, s.admitted(ctx, c)
	}
	few := make([]Answer, len(places))
	var at *desk
	err = s.askNamed(ctx, c, name, func(d *desk) error {
		at = d
		for n, i := range places {
			q := b.questions[i]
			q.Account = "" // this one
			few[n] = d.answer(q)
		}
		return nil
	})
	switch {
	case gate.RefusedWith(err, "account.not_found") && name != c.Number:
		b.refuse(UnknownAccount, places)
		return true, nil
	case err != nil:
		return false, err
	}
	err = s.nameGivers(ctx, at, few)
	for n, i := range places {
		b.answers[i] = few[n]
	}
	return false, err
}

// refuse answers questions by a no, each with its own fault where it has one.
func (b *batch) refuse(reason string, places []int) {
	for _, i := range places {
		b.answers[i] = Answer{Reason: cmp.Or(b.questions[i].Broken, reason)}
	}
}

// openAddress opens the account of the address, where a question names another
// way to one: before it is open, nothing is looked up that a question names. So
// whoever does not see it cannot tell it from none (KEY-14). It refuses as askFor
// does.
func (s *Checks) openAddress(ctx context.Context, c *calling, names []string) error {
	if c.Number == "" || !slices.ContainsFunc(names, func(name string) bool { return name != c.Number }) {
		return nil
	}
	return s.askFor(ctx, c, c.Number, func(d *desk) error {
		c.at = d.account.ID
		return nil
	})
}

// askNamed opens the desk of an account that a question names; any other than that
// of the address is refused like none, with account.not_found.
func (s *Checks) askNamed(ctx context.Context, c *calling, name string, at func(*desk) error) error {
	return s.askFor(ctx, c, name, func(d *desk) error {
		if c.at != 0 && c.at != d.account.ID {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		return at(d)
	})
}

// admitted refuses an application whose credential does not open anything now, or
// that is not registered for asking.
func (s *Checks) admitted(ctx context.Context, c *calling) error {
	who, err := s.applicant(ctx, c, false)
	if err != nil || c.fresh {
		return err
	}
	var m store.Marks
	if err := s.gate.Question(func(r *store.Reader) (err error) {
		m, err = r.Marks(ctx, directory.Installation)
		return err
	}); err != nil || who.reached(m) {
		return err
	}
	c.after = stamp{true, m}
	_, err = s.applicant(ctx, c, false)
	return err
}

// admitFor is Admit for an application.
func (s *Checks) admitFor(ctx context.Context, caller Caller) error {
	c := callingOf(caller)
	if caller.Number == "" {
		return s.admitted(ctx, c)
	}
	return s.askFor(ctx, c, caller.Number, func(*desk) error { return nil })
}

// askFor opens the desk of an account for an application. Its credential is good,
// the account in its sight, and the index up to date, at a moment after the call.
// It refuses with token.refused, denied.application, and with account.not_found,
// once it was read anew who asks, whatever is not in sight.
func (s *Checks) askFor(ctx context.Context, c *calling, name string, at func(*desk) error) error {
	var spotAfter stamp
	who, err := s.applicant(ctx, c, false)
	for err == nil {
		var place *spot
		var placeNow bool
		place, placeNow, err = s.spot(ctx, name, spotAfter)
		if gate.RefusedWith(err, "account.not_found") || err == nil && !who.sees(place) {
			if err = directory.Refuse(directory.NotFound, "account.not_found"); c.fresh {
				return err
			}
			who, err = s.applicant(ctx, c, true) // it may see it since
			continue
		}
		if err != nil {
			return err
		}
		stale := false
		err = s.indexAt(ctx, place.account.ID, func(x *authz.Index, m store.Marks) error {
			if !c.fresh && !who.reached(m) {
				stale, c.after = true, stamp{true, m}
			}
			if !placeNow && !place.reached(m) {
				stale, spotAfter = true, stamp{true, m}
			}
			if stale {
				return nil
			}
			d := &desk{asker: who.asker(place.account), checks: s, x: x, marks: m, now: s.gate.Instant(), words: s.checks.words.of(s.gate.Catalogue())}
			if err := d.admit(); err != nil {
				return err
			}
			return d.serve(at)
		})
		switch {
		case err != nil:
			return s.refuse(ctx, who.asker(place.account), c.Caller, err)
		case !stale:
			if s.checks.applicants.spot(name) != place {
				s.checks.applicants.keepSpot(name, place)
			}
			return nil
		}
		who, err = s.applicant(ctx, c, false)
	}
	return err
}

// sees reports whether an account is in the application's sight.
func (w *applicant) sees(at *spot) bool {
	return authz.Actor{Kind: authz.Application, Portfolio: w.presented.Application.Portfolio}.Sees(at.account.ID)
}

// asker is the application at the desk of an account, where it stands as a product
// behind a token does.
func (w *applicant) asker(account directory.Account) *asker {
	c := w.presented.Credential
	return &asker{application: &w.presented.Application, account: account,
		bearer: directory.Bearer{Token: directory.APIToken{ID: c.ID, User: c.Application, Account: account.ID, Name: c.Name}}}
}

// calls reports whether a name is one of the desk's account, as far as that is
// known without asking: its number of today or its public id.
func (d *desk) calls(name string) bool {
	return name == d.account.UUID || directory.CleanNumber(name) == directory.CleanNumber(d.account.Number)
}
