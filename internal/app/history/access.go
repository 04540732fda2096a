package history

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// AccessFilter chooses lines of the access log.
type AccessFilter = store.AccessFilter

// A ShownAccess is one sign-in or refused attempt with the names of who and
// where.
type ShownAccess struct {
	store.LoggedAccess
	Person  roster.Person
	Account string
}

// Message is the key of the line's sentence.
func (s ShownAccess) Message() string {
	if s.Outcome == "signed_in" || s.Outcome == "code_asked" {
		return "access." + s.Outcome
	}
	return "error." + s.Outcome
}

// An AccessPage is a page of the access log with the exact number of lines the
// filter chooses.
type AccessPage struct {
	Lines []ShownAccess
	Total int64
	Next  string // empty at the end
}

// SignIns reads a person's own sign-ins and refused attempts, newest first. It
// refuses with denied.self whoever is not that person, unless they are staff
// who read all history.
func (h *History) SignIns(ctx context.Context, actor authz.Actor, user directory.UserID, w gate.Window) (AccessPage, error) {
	if (user == 0 || actor.User != user) && (!actor.MayDuty(authz.ReadAllHistory) || actor.Limited()) {
		err := directory.Refuse(directory.Denied, "denied.self")
		h.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return AccessPage{}, err
	}
	return h.access(ctx, AccessFilter{User: user}, w)
}

// AccessLog reads the access log of everybody, newest first. It is for staff
// who read all history (HIST-1).
func (h *History) AccessLog(ctx context.Context, actor authz.Actor, f AccessFilter, w gate.Window) (AccessPage, error) {
	if err := gate.RequireDuty(actor, authz.ReadAllHistory); err != nil {
		h.gate.NoteRefusal(ctx, actor, directory.Installation, err)
		return AccessPage{}, err
	}
	f.Within = actor.Portfolio
	return h.access(ctx, f, w)
}

func (h *History) access(ctx context.Context, f AccessFilter, w gate.Window) (AccessPage, error) {
	h.gate.KeepRefused(ctx) // what this node refused before the question is in the answer
	var page AccessPage
	err := h.gate.Read(ctx, func(r *store.Reader) error {
		_, place := w.Place()
		lines, total, err := r.AccessLog(ctx, f, place[0], w.Lines()+1)
		if err != nil {
			return err
		}
		if len(lines) > w.Lines() {
			lines = lines[:w.Lines()]
			last := lines[len(lines)-1]
			page.Next = gate.PlaceAfter(last.At, last.Key, 0)
		}
		var people []directory.UserID
		var accounts []int64
		for _, l := range lines {
			people, accounts = append(people, l.User), append(accounts, int64(l.Access.Account))
		}
		users, err := r.Users(ctx, roster.Distinct(people))
		if err != nil {
			return err
		}
		names, err := r.Names(ctx, roster.Distinct(accounts))
		if err != nil {
			return err
		}
		for _, l := range lines {
			page.Lines = append(page.Lines, ShownAccess{
				LoggedAccess: l, Person: roster.PersonFrom(users, l.User), Account: names[int64(l.Access.Account)].Name})
		}
		page.Total = total
		return nil
	})
	return page, err
}

// PurgeAccess removes the lines of the access log that are past their retention
// (USER-7).
func (h *History) PurgeAccess(ctx context.Context) error {
	h.gate.KeepRefused(ctx)
	before := h.gate.Instant().AddDate(0, 0, -h.gate.Catalogue().EffectivePolicies("").Retention.SignIns)
	return h.gate.Purge(ctx, func(tx *store.Tx) (int64, error) { return tx.PurgeAccess(ctx, before, gate.PurgeRows) })
}
