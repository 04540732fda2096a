package roster

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewMember is one row of people to be brought into an account, by form,
// paste or file. Only the e-mail is required.
type NewMember struct {
	Row         int
	Email       string
	First, Last string // suggestions until the person has a profile (ADD-3)
	Civility    string
	UserName    string // empty: the e-mail (ADD-12)
	Language    string // empty: the account's
	Company     string // a name; one that is not there yet is created (ADD-6)
	Functions   []string
	Levels      []string // codes of access levels; none: a plain member (ADD-8)
	Products    []string // offers of which they get a seat (SEAT-3)
	directory.PlaceTexts[string]
	Ends directory.End
	Home string // home unit: public id, id by which products know it, or names from the top down; empty: as the options say

	Identity    bool             `json:"-"` // the names are the person's own, not suggestions: the full form (ADD-11)
	Provisional string           `json:"-"` // hash of a provisional password for a new person
	Password    string           `json:"-"` // that password itself, when it is mailed with the creation (SIGN-1)
	Inactive    bool             `json:"-"` // switched off from the start
	Double      int              `json:"-"` // the row before with the same address, or 0 (ADD-2)
	Fault       *directory.Error `json:"-"` // what was wrong with the row before it was planned

	Faults []*directory.Error `json:"-"` // and what else
}

// Name is what the row calls the person.
func (n NewMember) Name() string { return strings.TrimSpace(n.First + " " + n.Last) }

// AddOptions say how people are brought in.
type AddOptions struct {
	Home    string        // public id of the home unit; empty: the root, or what the actor manages of it (UNIT-5)
	Change  bool          // what the row says replaces what a known member has (ADD-13); else nothing of them changes (ADD-5)
	Invite  bool          // everybody added is invited; else those given access levels (ADD-8)
	Silent  bool          // nobody is invited: the form invites after saving (INV-5)
	Preview bool          // say what would be, write nothing (PLAN-1)
	Wait    time.Duration `json:"-"` // as in a Selection

	// Project brings people into the account with a place in a project, by who
	// manages its members (PROJ-8): they belong to the root. 0: by their home unit.
	Project directory.UnitID `json:"-"`

	Steps  bool        `json:"-"` // roles at units are chosen apart: none is proposed
	Before *RowsBefore `json:"-"` // what earlier chunks of the same preview would have made
}

// Chunk is how many rows one transaction takes.
const Chunk = directory.BulkChunk

// PlanAdd plans one chunk of rows.
func (w *Writer) PlanAdd(rows []NewMember, o AddOptions) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		return w.AddRows(ctx, r, p, rows, o)
	}
}

// AddRows plans rows in a plan that has asked for permission.
func (w *Writer) AddRows(ctx context.Context, r *store.Reader, p *gate.Plan, rows []NewMember, o AddOptions) error {
	a, err := w.adding(ctx, r, p, rows, o)
	if err != nil {
		return err
	}
	planned := len(p.Verdicts)
	if err := a.rows(ctx, r, len(rows), func(i int) gate.Verdict { return a.row(rows[i]) }); err != nil {
		return err
	}
	if !o.Steps {
		if err := w.ProposeRoles(ctx, r, a.Roster, p.Verdicts[planned:]); err != nil {
			return err
		}
	}
	if len(a.invitees) > 0 {
		return w.PlanInvitation(p, a.Roster, a.invitees...)
	}
	return nil
}

// adding is the state of one chunk: who is known, what exists, who is invited.
type adding struct {
	*Roster
	o         AddOptions
	known     map[string]directory.User // by present address, in the form that is compared
	taken     map[string]bool           // user names, as they are looked up
	places    map[directory.UserID]directory.Member
	seen      map[directory.UserID]int // who was in a row before, and in which
	named     map[string]directory.Company
	languages []string
	invitees  []Invitee
	homes     Homes
	fault     error // that ends the chunk
}

// namesIn are the addresses, user names and companies that rows name.
func namesIn(rows []NewMember) (emails, names, companies []string) {
	emails = make([]string, 0, len(rows))
	for _, row := range rows {
		emails = append(emails, row.Email)
		if row.UserName != "" {
			names = append(names, row.UserName)
		}
		if row.Company != "" {
			companies = append(companies, row.Company)
		}
	}
	return emails, names, companies
}

func (w *Writer) adding(ctx context.Context, r *store.Reader, p *gate.Plan, rows []NewMember, o AddOptions) (*adding, error) {
	emails, names, companies := namesIn(rows)
	a := &adding{o: o, languages: w.gate.Catalogue().Languages,
		seen: make(map[directory.UserID]int, len(rows)), taken: make(map[string]bool, len(rows))}
	var err error
	if a.homes, err = w.HomesIn(ctx, r, p.Rights, p.Account, o.Home); err != nil {
		return nil, err
	}
	if o.Project != 0 {
		a.homes.usual, a.homes.Refusal = p.Rights.Tree().Root(), nil
	}
	if o.Home != "" && a.homes.Refusal != nil && slices.ContainsFunc(rows, func(n NewMember) bool { return n.Home == "" }) {
		return nil, a.homes.Refusal
	}
	if a.known, err = r.UsersByAddress(ctx, emails); err != nil {
		return nil, err
	}
	named, err := r.UsersBySignInName(ctx, names)
	if err != nil {
		return nil, err
	}
	for name := range named {
		a.taken[name] = true
	}
	users := make([]directory.UserID, 0, len(a.known))
	for _, u := range a.known {
		users = append(users, u.ID)
	}
	if a.places, err = r.MembersOf(ctx, p.Account, users); err != nil {
		return nil, err
	}
	o.Before.recall(a, emails)
	members := make([]directory.Member, 0, len(a.places))
	for _, m := range a.places {
		members = append(members, m)
	}
	if a.Roster, err = w.Roster(ctx, r, p, members...); err != nil {
		return nil, err
	}
	a.seats.before = o.Before
	a.added, a.NewUsers = slices.Grow(a.added, len(rows)), slices.Grow(a.NewUsers, len(rows))
	a.ahead = o.Before.moved()
	for _, u := range a.known {
		a.People[u.ID] = u
	}
	if o.Change && slices.ContainsFunc(members, a.isAdministrator) {
		if a.administrators, err = r.ActiveAdministrators(ctx, p.Account, nil, enoughBeside(len(rows))-min(a.ahead, 0)); err != nil {
			return nil, err
		}
		a.administrators += a.ahead
	}
	a.named, err = r.CompaniesByName(ctx, p.Account, companies)
	for _, company := range a.named {
		a.Companies[company.ID] = company
	}
	return a, err
}

// row plans one row and answers its verdict. Nothing is made for a row that is
// refused or changes nothing.
func (a *adding) row(n NewMember) gate.Verdict {
	v := gate.Verdict{Row: n.Row, Email: n.Email, Name: n.Name()}
	u, refusal := a.who(&n)
	if refusal != nil {
		return a.refused(v, n, refusal)
	}
	if row, seen := a.seen[u.ID]; seen {
		return v.Refused(directory.InvalidField("email", "member.double_row", directory.Args{"Row": row}))
	}
	former := a.places[u.ID]
	if u.ID != 0 && former.ID != 0 && former.Removed.IsZero() {
		return a.there(v, u, former, n)
	}
	home, refusal := a.homes.of(n.Home)
	if refusal != nil {
		return a.refused(v, n, refusal)
	}
	m, refusal := a.place(n, time.Time{})
	if refusal != nil {
		return a.refused(v, n, refusal)
	}
	m.Unit = home
	picks, refusal := a.picks(m, n)
	if refusal != nil {
		return v.Refused(refusal)
	}
	newcomer := u.ID == 0
	if newcomer {
		u = a.NewUser(newUserOf(n, a.Plan))
		a.known[n.Email], a.taken[directory.FoldSignIn(n.UserName)] = u, true
		a.o.Before.add(u)
	}
	m.Company, v.Creates = a.company(n.Company)
	invited := !a.o.Silent && (a.o.Invite || m.Level != 0)
	m.Status = directory.NotInvited
	switch {
	case n.Inactive:
		m.Status, m.Resumes, invited = directory.Inactive, directory.NotInvited, false
	case invited:
		m.Status = directory.Invited
	}
	a.Plan.Relies(store.Asked{Permission: string(authz.ManageMembers), Unit: cmp.Or(a.o.Project, home)})
	m = a.Add(u, m, former)
	for _, p := range picks {
		a.takeSeat(u, m, p)
	}
	if invited {
		i := Invitee{User: u, Member: m, First: former.ID == 0}
		if u.Password == directory.PasswordProvisional {
			i.Password = n.Password
		}
		a.invitees = append(a.invitees, i)
	}
	a.places[u.ID], a.seen[u.ID] = m, n.Row
	v.Subject, v.Outcome, v.Invited = int64(m.ID), gate.Added, invited
	v.Member, v.Newcomer, v.Came = m, newcomer, true
	return v
}

// who is the person a row is about, zero for somebody new. It refuses what is
// wrong with the row by itself, a second row of one address (ADD-2), and names
// that somebody else has (USER-3, ADD-12).
func (a *adding) who(n *NewMember) (directory.User, *directory.Error) {
	if n.Fault != nil {
		return directory.User{}, n.Fault
	}
	if refusal := a.checkTexts(n); refusal != nil {
		return directory.User{}, refusal
	}
	if n.Double != 0 {
		return directory.User{}, directory.InvalidField("email", "member.double_row", directory.Args{"Row": n.Double})
	}
	u, known := a.known[n.Email]
	if known || n.UserName == n.Email {
		return u, nil
	}
	if a.taken[directory.FoldSignIn(n.UserName)] || a.o.Before.named(n.UserName) {
		return u, directory.InvalidField("user_name", "user.name_taken", directory.Args{"Name": n.UserName})
	}
	return u, nil
}

// newUserOf is the identity a row gives to somebody who has none.
func newUserOf(n NewMember, p *gate.Plan) directory.User {
	u := directory.User{UserName: n.UserName, Email: n.Email, Civility: n.Civility, Language: n.Language}
	if n.Provisional != "" {
		u.PasswordHash, u.Password, u.PasswordSet, u.PasswordBy = n.Provisional, directory.PasswordProvisional, p.Now, p.Actor.User
	}
	if n.Identity {
		u.First, u.Last = n.First, n.Last
	}
	return u
}

// there is the verdict on somebody who is in the account already: unchanged
// (ADD-5), or changed by what the row says when the options ask for it.
func (a *adding) there(v gate.Verdict, u directory.User, before directory.Member, n NewMember) gate.Verdict {
	v.Outcome = gate.Unchanged
	if SeesPeopleAt(a.Rights, before.Unit) {
		v.Subject = int64(before.ID) // else all that is said is that the address is there (ADD-5)
	}
	if !a.o.Change {
		return v
	}
	if !a.Rights.May(authz.ManageMembers, before.Unit) {
		return v.Refused(directory.Refuse(directory.Denied, "member.out_of_reach"))
	}
	a.seen[u.ID] = n.Row
	said, refusal := a.place(n, before.Ends)
	if refusal != nil {
		return a.refused(v, n, refusal)
	}
	after := before
	after.Ends = said.Ends
	if len(n.Functions) > 0 {
		after.Functions = said.Functions
	}
	if len(n.Levels) > 0 {
		after = a.leveled(after, said.Levels()...)
	}
	texts := said.PlaceTexts.Each()
	for i, text := range after.PlaceTexts.Each() {
		set(text.Value, *texts[i].Value)
	}
	set(&after.Suggested.First, said.Suggested.First)
	set(&after.Suggested.Last, said.Suggested.Last)
	if n.Home != "" {
		if after.Unit, refusal = a.homes.of(n.Home); refusal != nil {
			return v.Refused(refusal)
		}
	}
	if a.keepsOne(before, after) != nil {
		return v.Refused(directory.Refuse(directory.Conflict, "administrator.last"))
	}
	gained, refusal := a.seatsThere(u, before, after, n)
	if refusal != nil {
		return v.Refused(refusal)
	}
	if n.Company != "" {
		after.Company, v.Creates = a.company(n.Company)
	}
	if v.Changes = a.differences(before, after); len(v.Changes) > 0 {
		v.Outcome = gate.Changed
		a.counts(before, after)
		a.Change(audit.MemberChanged, u, before, after)
	}
	if len(gained) > 0 {
		v.Outcome, v.Changes = gate.Changed, append(v.Changes, gained...)
	}
	return v
}

// seatsThere gives somebody who is there the seats that their row asks for and
// they lack, lets those they have follow them to another home unit, and answers
// what they gain. It refuses before it changes anything.
func (a *adding) seatsThere(u directory.User, before, after directory.Member, n NewMember) ([]audit.Change, *directory.Error) {
	picks, refusal := a.picks(after, n)
	if refusal != nil {
		return nil, refusal
	}
	moves, err := a.reseating(before, after)
	refusal, fault := gate.AsRefusal(err)
	if a.fault = errors.Join(a.fault, fault); refusal != nil {
		return nil, refusal
	}
	var gained []audit.Change
	for _, p := range picks {
		a.takeSeat(u, after, p)
		a.tellProduct(u, after, directory.MailProductAssigned, p.pool.Offer)
		gained = append(gained, audit.Change{Field: "product", After: audit.Text(p.pool.Offer.String())})
	}
	a.reseat(u, before, after, moves)
	return gained, nil
}

// picks are the seats that a row asks for: all of them, or the refusal of one, so
// that nothing is made for a row that is not done whole (BULK-3). What somebody
// holds already is left.
func (a *adding) picks(m directory.Member, n NewMember) ([]pick, *directory.Error) {
	if len(n.Products) == 0 {
		return nil, nil
	}
	if n.Inactive || m.Status == directory.Inactive {
		return nil, directory.InvalidField("product", "seat.inactive", nil)
	}
	var picks []pick
	for _, text := range slices.Compact(slices.Sorted(slices.Values(n.Products))) {
		p, err := a.pickSeat(m, directory.OfferOf(text))
		refusal, fault := gate.AsRefusal(err)
		switch {
		case fault != nil:
			a.fault = errors.Join(a.fault, fault)
			return nil, nil
		case refusal == gate.ErrUnchanged:
			continue
		case refusal != nil:
			refusal.Field = "product"
			return nil, refusal
		}
		if slices.ContainsFunc(picks, func(o pick) bool { return o.pool.Offer.Product == p.pool.Offer.Product }) {
			return nil, a.SeatRefusal("seat.already_held", p.pool.Offer)
		}
		picks = append(picks, p)
	}
	return picks, nil
}

// set overwrites a text where the row says one; an empty cell leaves it.
func set(text *string, said string) {
	if said != "" {
		*text = said
	}
}

// place is what a row says of a member but the company, which is made for a row
// that is done only; ends is when their place ends by now.
func (a *adding) place(n NewMember, ends time.Time) (directory.Member, *directory.Error) {
	m := directory.Member{Ends: ends, PlaceTexts: n.PlaceTexts}
	if !n.Identity {
		m.Suggested = directory.PersonName{First: n.First, Last: n.Last}
	}
	if !n.Ends.None() {
		if refusal := a.end(&m, n.Ends); refusal != nil {
			return m, refusal
		}
	}
	for _, code := range n.Functions {
		function, refused := a.Giveable(directory.Function, code, "function")
		if refused != nil {
			return m, refused
		}
		if !slices.Contains(m.Functions, function.ID) { // one that is said twice is held once
			m.Functions = append(m.Functions, function.ID)
		}
	}
	for _, code := range n.Levels {
		level, refused := a.Giveable(directory.Level, code, "access_level")
		if refused != nil {
			return m, refused
		}
		m = a.leveled(m, append(m.Levels(), level.ID)...)
	}
	return m, nil
}

// Giveable is a role that the actor may give: offered here, and nothing in it
// that the actor does not hold (ROLE-6).
func (ro *Roster) Giveable(kind directory.RoleKind, code, field string) (directory.Role, *directory.Error) {
	role, ok := ro.RoleByCode(kind, code)
	if !ok || !role.Archived.IsZero() || role.Place == directory.AtProject {
		return role, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": code})
	}
	return role, ro.mayGive(role, field)
}

// mayGive refuses with role.not_held a role that permits what the actor does
// not hold at the root, where levels and functions act.
func (ro *Roster) mayGive(role directory.Role, field string) *directory.Error {
	return Gift{role, ro.Account.Root, field}.Refusal(ro.Rights, ro.Account.Language)
}

// company finds a company by name, whatever its case, accents and blanks, or
// makes it, and says so (ADD-6).
func (a *adding) company(name string) (id directory.CompanyID, made bool) {
	folded := directory.Fold(name)
	if folded == "" {
		return 0, false
	}
	company, ok := a.named[folded]
	if !ok {
		company, made = a.NewCompany(name), a.o.Before.creates(name)
		a.named[folded] = company
	}
	return company.ID, made
}

func (a *adding) checkTexts(n *NewMember) *directory.Error {
	email, refusal := directory.CleanEmail("email", n.Email)
	if refusal != nil {
		return refusal
	}
	if n.UserName, refusal = directory.CleanUserName(n.UserName, email); refusal != nil {
		return refusal
	}
	n.Email = email
	if refusal := directory.CleanTexts(n.texts()...); refusal != nil {
		return refusal
	}
	return a.checkChoices(n)
}

func (a *adding) checkChoices(n *NewMember) *directory.Error {
	if refusal := a.checkLanguage(n); refusal != nil {
		return refusal
	}
	return directory.CheckCivility("civility", n.Civility)
}

func (a *adding) checkLanguage(n *NewMember) *directory.Error {
	if n.Language == "" {
		n.Language = a.Account.Language
	}
	if !slices.Contains(a.languages, n.Language) {
		return directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": n.Language})
	}
	return nil
}
