package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// registerActs says what acts on many can do to members (BULK-4). Each kind has one
// planner, which is the one of the act in one transaction too.
func (c *core) registerActs() {
	for _, kind := range []directory.BulkKind{directory.BulkGive, directory.BulkEnd} {
		c.acts.Register(kind, acts.Kind{Takes: authz.ManageMembers, Plan: c.planGiven(kind), Whose: itemAbout})
	}
	c.acts.Register(directory.BulkAdd, acts.Kind{Takes: authz.ManageMembers, Plan: c.planAdded, Whose: itemAbout})
	for _, kind := range []directory.BulkKind{directory.BulkEdit, directory.BulkDeactivate, directory.BulkReactivate, directory.BulkRemove,
		directory.BulkInvite, directory.BulkWithdraw, directory.BulkAssign, directory.BulkTakeBack, directory.BulkSeveral} {
		what := memberDeed{kind: kind}
		c.acts.Register(kind, acts.Kind{Takes: what.takes(), Plan: c.planDone(what), Whose: itemAbout, Renew: renewMembers})
	}
}

// planGiven plans roles at units that are given, or ended.
func (c *core) planGiven(kind directory.BulkKind) acts.Planning {
	return func(change []byte, items []json.RawMessage) (gate.Planner, error) {
		var given roleGiven
		pairs, err := read[roster.GrantPair](change, &given, items)
		return c.planPairs(given.Role, pairs, pairActOf(kind)), err
	}
}

// planAdded plans people who are brought in.
func (c *core) planAdded(change []byte, items []json.RawMessage) (gate.Planner, error) {
	var o roster.AddOptions
	kept, err := read[addedRow](change, &o, items)
	rows := make([]roster.NewMember, len(kept))
	for i, row := range kept {
		rows[i] = row.row()
	}
	return c.roster.PlanAdd(rows, o), err
}

// planDone plans what is done to members.
func (c *core) planDone(what memberDeed) acts.Planning {
	return func(change []byte, items []json.RawMessage) (gate.Planner, error) {
		what := what
		confirmed, err := read[confirmedMember](change, &what.change, items)
		return c.planConfirmed(confirmed, what), err
	}
}

// read reads what an act sets, and some of its items.
func read[T any](change []byte, into any, items []json.RawMessage) ([]T, error) {
	if err := json.Unmarshal(change, into); err != nil {
		return nil, fmt.Errorf("read what an act sets: %w", err)
	}
	things := make([]T, len(items))
	for i, item := range items {
		if err := json.Unmarshal(item, &things[i]); err != nil {
			return nil, fmt.Errorf("read what an act has to do: %w", err)
		}
	}
	return things, nil
}

// roleGiven is what an act on people at units sets.
type roleGiven struct{ Role string }

// A memberDeed is what an act on members does to each.
type memberDeed struct {
	kind   directory.BulkKind
	change memberSet
}

// A memberSet is what an act on members sets: by an edit, or the offer of a seat.
type memberSet struct {
	roster.Several
	Offer directory.Offer `json:",omitzero"`
	Level *string         `json:",omitempty"` // as an act is kept that began when there was one at most
}

// edit is what an edit sets, of an act begun by a version that knew one access level
// too (NODE-5).
func (s memberSet) edit() roster.MemberChange {
	change := s.MemberChange
	if s.Level != nil {
		change.Levels = levelAlone(*s.Level)
	}
	return change
}

// levelAlone is the set of one access level, of none for the empty code.
func levelAlone(code string) *[]string {
	if code == "" {
		return &[]string{}
	}
	return &[]string{code}
}

// takes is the permission that an act takes at the home unit of each member.
func (d memberDeed) takes() authz.Permission {
	if d.kind == directory.BulkAssign || d.kind == directory.BulkTakeBack {
		return authz.AssignSeats
	}
	return authz.ManageMembers
}

// act is what is done to one member; nil for a kind there is none.
func (d memberDeed) act() roster.MemberAct {
	switch d.kind {
	case directory.BulkEdit:
		return func(a *roster.Acting, m directory.Member, u directory.User) error {
			return a.Edit(u, m, d.change.edit())
		}
	case directory.BulkDeactivate:
		return (*roster.Acting).Deactivate
	case directory.BulkReactivate:
		return (*roster.Acting).Reactivate
	case directory.BulkRemove:
		return (*roster.Acting).Remove
	case directory.BulkInvite:
		return (*roster.Acting).Invite
	case directory.BulkWithdraw:
		return (*roster.Acting).Uninvite
	case directory.BulkAssign:
		return func(a *roster.Acting, m directory.Member, u directory.User) error {
			return a.Assign(m, u, d.change.Offer)
		}
	case directory.BulkTakeBack:
		return func(a *roster.Acting, m directory.Member, u directory.User) error {
			return a.TakeBack(m, u, d.change.Offer)
		}
	}
	return nil
}

// kept is the change as an act keeps it: of many at once the people behind are not
// edited, so no secret is in it, and no functions or levels at all are not the same
// as none that was said.
func (d memberDeed) kept() memberSet {
	change := d.change
	change.Person = roster.PersonChange{}
	for _, codes := range []**[]string{&change.Functions, &change.Levels} {
		if *codes != nil && **codes == nil {
			*codes = &[]string{}
		}
	}
	return change
}

// A confirmedMember is a member as they were when an act on them was confirmed; key
// 0 stands for nobody, version 0 for however they are.
type confirmedMember struct {
	Key     directory.MemberID `json:"k"`
	Version int64              `json:"v"`
}

// ownLast moves the asker's own place behind the others: whoever takes their own
// rights away with those of many has done all the rest by then (BULK-4).
func (c *core) ownLast(ctx context.Context, actor authz.Actor, account directory.AccountID, keys []directory.MemberID) ([]directory.MemberID, error) {
	if actor.User == 0 {
		return keys, nil
	}
	var own directory.Member
	err := c.gate.Read(ctx, func(r *store.Reader) (err error) {
		own, err = r.MemberOf(ctx, account, actor.User)
		return err
	})
	if gate.RefusedWith(err, "member.not_found") {
		return keys, nil
	}
	if at := slices.Index(keys, own.ID); err == nil && at >= 0 {
		keys = append(slices.Delete(keys, at, at+1), own.ID)
	}
	return keys, err
}

// memberDeed is an act on these members, and on as many of whom nobody knows.
func (s *Members) memberDeed(ctx context.Context, account directory.AccountID, keys []directory.MemberID, unknown int, what memberDeed) (acts.Deed, error) {
	d := acts.Deed{Kind: what.kind}
	confirmed := make([]confirmedMember, unknown, unknown+len(keys))
	var err error
	if len(keys) > roster.Chunk {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			confirmed, err = confirmMembers(ctx, r, account, confirmed, keys)
			return err
		})
	} else { // they are read in the one transaction that does it
		for _, key := range keys {
			confirmed = append(confirmed, confirmedMember{Key: key})
		}
	}
	if err != nil {
		return d, err
	}
	if d.Change, err = json.Marshal(what.kept()); err != nil {
		return d, fmt.Errorf("write act on many: %w", err)
	}
	d.Items, err = acts.ItemsOf(confirmed)
	return d, err
}

// confirmMembers adds members as they are now.
func confirmMembers(ctx context.Context, r *store.Reader, account directory.AccountID, confirmed []confirmedMember, keys []directory.MemberID) ([]confirmedMember, error) {
	for part := range slices.Chunk(keys, mostVersions) {
		versions, err := r.MemberVersions(ctx, account, part)
		if err != nil {
			return nil, err
		}
		for _, key := range part {
			confirmed = append(confirmed, confirmedMember{key, versions[key]})
		}
	}
	return confirmed, nil
}

// renewMembers are those who were refused as they are now; nobody is left out.
func renewMembers(ctx context.Context, r *store.Reader, account directory.AccountID, items []json.RawMessage) ([]json.RawMessage, error) {
	var keys []directory.MemberID
	for _, item := range items {
		var one confirmedMember
		if err := json.Unmarshal(item, &one); err != nil {
			return nil, fmt.Errorf("read what an act had to do: %w", err)
		}
		if one.Key != 0 {
			keys = append(keys, one.Key)
		}
	}
	confirmed, err := confirmMembers(ctx, r, account, nil, keys)
	if err != nil {
		return nil, err
	}
	return acts.ItemsOf(confirmed)
}

// mostVersions is how many versions one question asks for.
const mostVersions = 10_000

// planConfirmed is PlanEach for members as they were confirmed: who was changed
// since is told and left (PLAN-4).
func (c *core) planConfirmed(confirmed []confirmedMember, what memberDeed) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		var keys []directory.MemberID
		versions := make(map[directory.MemberID]int64, len(confirmed))
		for _, one := range confirmed {
			if one.Key == 0 {
				p.Verdicts = append(p.Verdicts, gate.Nobody())
				continue
			}
			keys, versions[one.Key] = append(keys, one.Key), one.Version
		}
		if len(keys) == 0 {
			return p.RequireSomewhere(what.takes())
		}
		asSeen := func(m directory.Member) error {
			if seen := versions[m.ID]; seen != 0 && m.Version != seen {
				return directory.Refuse(directory.Conflict, "member.changed_meanwhile")
			}
			return nil
		}
		if what.kind == directory.BulkSeveral {
			return c.roster.PlanSeveral(keys, what.change.Several, c.grounds, asSeen)(ctx, r, p)
		}
		do := what.act()
		return c.roster.PlanEachBy(what.takes(), keys, func(a *roster.Acting, m directory.Member, u directory.User) error {
			if err := asSeen(m); err != nil {
				return err
			}
			return do(a, m, u)
		})(ctx, r, p)
	}
}

// An addedRow is a row of people to be brought in as an act keeps it.
type addedRow struct {
	roster.NewMember
	Double int              `json:",omitempty"`
	Fault  *directory.Error `json:",omitempty"`
	Level  string           `json:",omitempty"` // as in a memberSet
}

// row is the row as it is planned.
func (r addedRow) row() roster.NewMember {
	n := r.NewMember
	n.Double, n.Fault = r.Double, r.Fault
	if r.Level != "" {
		n.Levels = *levelAlone(r.Level)
	}
	return n
}

// addingDeed is an act that brings people in. It holds no secret: who comes with a
// password comes alone.
func addingDeed(rows []roster.NewMember, o roster.AddOptions) (acts.Deed, error) {
	d := acts.Deed{Kind: directory.BulkAdd, Wait: o.Wait}
	kept := make([]addedRow, len(rows))
	for i, row := range rows {
		if row.Identity || row.Inactive || row.Provisional != "" || row.Password != "" || o.Steps {
			return d, fmt.Errorf("row %d is of the form for one person", row.Row)
		}
		kept[i] = addedRow{NewMember: row, Double: row.Double, Fault: row.Fault}
	}
	var err error
	if d.Change, err = json.Marshal(o); err != nil {
		return d, fmt.Errorf("write act on many: %w", err)
	}
	d.Items, err = acts.ItemsOf(kept)
	return d, err
}

// itemAbout is a verdict with who an item is about.
func itemAbout(ctx context.Context, r *store.Reader, account directory.AccountID, item json.RawMessage) (gate.Verdict, error) {
	var one struct {
		addedRow
		confirmedMember
		roster.GrantPair
	}
	for _, into := range []any{&one.addedRow, &one.confirmedMember, &one.GrantPair} {
		if err := json.Unmarshal(item, into); err != nil {
			return gate.Verdict{}, fmt.Errorf("read what an act has to do: %w", err)
		}
	}
	key := max(one.confirmedMember.Key, one.Member)
	if key == 0 {
		return gate.Verdict{Email: one.Email, Name: one.Name()}, nil
	}
	members, err := r.Members(ctx, account, []directory.MemberID{key})
	if err != nil || len(members) == 0 {
		return gate.Verdict{}, err
	}
	users, err := r.Users(ctx, []directory.UserID{members[0].User})
	u := users[members[0].User]
	return gate.Verdict{Subject: int64(key), Name: roster.NameOf(u, members[0]), Email: u.Email, Member: members[0]}, err
}
