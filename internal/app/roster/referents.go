package roster

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// RootOf is the root unit of an account, which is called as the account is.
func RootOf(a directory.Account) directory.Unit {
	return directory.Unit{ID: a.Root, Name: a.Name}
}

// A Naming is who becomes the referent or a deputy of a unit. The zero member is
// nobody: the unit has no referent of its own any more.
type Naming struct {
	Account directory.Account
	Unit    directory.Unit
	Part    directory.Part
	Member  directory.Member
	Person  directory.User
	Tell    bool // by mail, unless they name themselves
}

// NameReferent makes a member the referent or a deputy of a unit; who asks for it
// has been asked for the right to. The former referent stops in the same act, and
// who becomes referent is no deputy there any more (SEAT-7). What they are already
// is no change. It gives nobody a right (ACC-9).
//
// It refuses with referent.already for a deputy who is the unit's referent, and
// with deputy.too_many.
func (w *Writer) NameReferent(ctx context.Context, r *store.Reader, p *gate.Plan, n Naming) error {
	held, err := r.ReferentsAt(ctx, []directory.UnitID{n.Unit.ID})
	if err == nil {
		_, err = w.NameAmong(p, held, n)
	}
	return err
}

// NameAmong is NameReferent among those who are something for the unit, and answers who
// is then: for a plan that names and ends several.
func (w *Writer) NameAmong(p *gate.Plan, held []directory.Referent, n Naming) ([]directory.Referent, error) {
	change := store.PutReferents{Account: n.Account.ID}
	var stay []directory.Referent
	deputies := 0
	for _, f := range held {
		same := f.Member == n.Member.ID
		switch {
		case same && f.Part == n.Part:
			return held, nil
		case same && f.Part == directory.ReferentPart:
			return held, &directory.Error{Kind: directory.Conflict, Code: "referent.already", Field: "member", Args: directory.Args{"Name": NameOf(n.Person, n.Member), "Unit": n.Unit.Name}}
		case same, n.Part == directory.ReferentPart && f.Part == directory.ReferentPart:
			change.End = append(change.End, f)
			continue
		case f.Part == directory.DeputyPart:
			deputies++
		}
		stay = append(stay, f)
	}
	if n.Part == directory.DeputyPart && deputies >= directory.MostDeputies {
		return held, &directory.Error{Kind: directory.Conflict, Code: "deputy.too_many", Args: directory.Args{"Max": directory.MostDeputies}}
	}
	endParts(p, change.End)
	if n.Member.ID != 0 {
		f := directory.Referent{ID: directory.ReferentID(p.NewKeyIn(n.Account.ID)), Unit: n.Unit.ID, Member: n.Member.ID, User: n.Member.User, Part: n.Part, By: p.Actor.User}
		change.Begin, stay = append(change.Begin, f), append(stay, f)
		p.Record(partEntry(p, f, audit.ReferentNamed, audit.DeputyNamed))
		tellNamed(p, n, f)
	}
	if len(change.Begin)+len(change.End) > 0 {
		p.Change(change)
	}
	return stay, nil
}

// EndReferents ends what people are for the contracts of units.
func (w *Writer) EndReferents(p *gate.Plan, parts []directory.Referent) {
	if len(parts) == 0 {
		return
	}
	endParts(p, parts)
	p.Change(store.PutReferents{Account: p.Account, End: parts})
}

// endParts records ends, and takes back what waits to be told of their beginning.
func endParts(p *gate.Plan, parts []directory.Referent) {
	var over store.Unsay
	for _, f := range parts {
		p.Record(partEntry(p, f, audit.ReferentEnded, audit.DeputyEnded))
		over = append(over, f.Topic())
	}
	if len(over) > 0 {
		p.Change(over)
	}
}

// partEntry is the entry of what became of somebody at a unit.
func partEntry(p *gate.Plan, f directory.Referent, referent, deputy audit.Kind) audit.Entry {
	kind := referent
	if f.Part == directory.DeputyPart {
		kind = deputy
	}
	entry := audit.Entry{Account: f.Unit.Account(), Kind: kind, Subject: f.User, Object: int64(f.Unit)}
	entry.Unit = f.Unit
	return entry
}

// tellNamed mails who was named (MAIL-1). A technical user is never one.
func tellNamed(p *gate.Plan, n Naming, f directory.Referent) {
	if !n.Tell || n.Member.User == p.Actor.User {
		return
	}
	kind := directory.MailReferentNamed
	if f.Part == directory.DeputyPart {
		kind = directory.MailDeputyNamed
	}
	p.Mail(directory.Mail{Account: n.Account.ID, User: n.Person.ID, Address: n.Person.Email, Kind: kind, About: f.About(),
		Path: kind.Path(n.Account.Number), Language: LanguageOf(n.Person, n.Account),
		Facts: map[string]string{directory.FactActor: p.By, directory.FactUnit: n.Unit.Name}})
}

// endReferents ends what people are for contracts with their place, and where
// their home unit is not that unit or below it any more, by whichever door
// (SEAT-7). Whoever is switched off stays named, and is shown as such.
func (ro *Roster) endReferents(ctx context.Context, r *store.Reader) error {
	gone := map[directory.MemberID]directory.Member{}
	var keys []directory.MemberID
	for _, m := range ro.changed {
		if !m.Removed.IsZero() || m.Before != nil && m.Before.Unit != m.Unit {
			gone[m.ID], keys = m.Member, append(keys, m.ID)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	parts, err := r.PartsOf(ctx, keys)
	if err != nil {
		return err
	}
	var ended []directory.Referent
	for _, key := range keys {
		for _, f := range parts[key] {
			if m := gone[key]; !m.Removed.IsZero() || !covers(ro.Rights.Tree(), f.Unit, m.Unit) {
				ended = append(ended, f)
			}
		}
	}
	if len(ended) > 0 {
		endParts(ro.Plan, ended)
		ro.Plan.Change(store.PutReferents{Account: ro.Account.ID, End: ended})
	}
	return nil
}

// covers reports whether a home unit is a unit or below it. Without a tree, as in
// an account that is being made, there is the root alone.
func covers(t *authz.Tree, unit, home directory.UnitID) bool {
	return t == nil || t.Covers(unit, home)
}
