package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A Writer is the only one that writes members, places, grants and what hangs on
// them, for whichever operation asks.
type Writer struct {
	Passwords *secret.Passwords
	gate      *gate.Gate
}

// New makes the writer of an installation.
func New(g *gate.Gate, passwords *secret.Passwords) *Writer {
	return &Writer{Passwords: passwords, gate: g}
}

// A Roster gathers the people whose places one plan makes or changes, by
// whichever door they come, and turns them into rows and history at its end.
// It is the only way a member is written.
type Roster struct {
	gate.Basis
	Plan      *gate.Plan // none where nobody is written, only shown what could be
	Account   directory.Account
	Roles     []directory.Role
	Companies map[directory.CompanyID]directory.Company

	NewUsers     []directory.User
	newCompanies []directory.Company
	added        []store.MemberRow
	changed      []store.MemberRow
	roleChanges  store.MemberRoles
	People       map[directory.UserID]directory.User // behind the members, as far as they are known
	where        *time.Location

	administrators int64 // active ones, as the plan stands, when counted: all, or enoughBeside those it is about
	moved          int64 // how many more there are by this plan, or fewer
	ahead          int64 // how many more there are by what a preview has planned before

	seats    *seating
	still    func(by directory.UserID) (authz.Rights, error) // what somebody may do now
	disarmed []directory.UserID                              // whose provisional password somebody else had set
	unsaid   store.Unsay                                     // topics of mails that are no longer true
	ruled    ruled                                           // how far the rules of seats were followed
	exact    bool                                            // what was is restored: no rule gives anything beside it
	arrival  arrival                                         // how people come to administer the account
}

// Roster starts one for the plan's account, with the account's roles and the
// companies of these members.
func (w *Writer) Roster(ctx context.Context, r *store.Reader, p *gate.Plan, members ...directory.Member) (*Roster, error) {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if err := account.Writable(); err != nil {
		return nil, err
	}
	var roles []directory.Role
	if tree := standsOn(p.Basis); tree != nil {
		roles = slices.Clone(tree.Roles())
	} else if roles, err = r.Roles(ctx, p.Account); err != nil {
		return nil, err
	}
	ro := &Roster{Basis: p.Basis, Plan: p, Account: account, Roles: roles, People: map[directory.UserID]directory.User{}}
	keys := make([]directory.MemberID, len(members))
	for i, m := range members {
		keys[i] = m.ID
	}
	w.seat(ctx, r, ro, keys)
	ro.still = w.giversNow(ctx, r, p)
	ro.Companies, err = r.CompaniesByKey(ctx, CompaniesOf(members))
	return ro, err
}

// CompaniesOf are the companies of members.
func CompaniesOf(members []directory.Member) []directory.CompanyID {
	var keys []directory.CompanyID
	for _, m := range members {
		if m.Company != 0 {
			keys = append(keys, m.Company)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// role is a role of the account by key.
func (ro *Roster) role(id directory.RoleID) (directory.Role, bool) {
	i := slices.IndexFunc(ro.Roles, func(o directory.Role) bool { return o.ID == id })
	if i < 0 {
		return directory.Role{}, false
	}
	return ro.Roles[i], true
}

// RoleByCode is a role of the account by kind and code.
func (ro *Roster) RoleByCode(kind directory.RoleKind, code string) (directory.Role, bool) {
	i := slices.IndexFunc(ro.Roles, func(o directory.Role) bool { return o.Kind == kind && o.Code == code })
	if i < 0 {
		return directory.Role{}, false
	}
	return ro.Roles[i], true
}

// AdministratorLevel is the level that cannot be edited (ROLE-6); every
// account has it from its creation.
func (ro *Roster) AdministratorLevel() directory.RoleID {
	level, _ := ro.RoleByCode(directory.Level, directory.AdminLevel)
	return level.ID
}

// isAdministrator reports whether the member counts as one of the account's
// administrators (ACC-5).
func (ro *Roster) isAdministrator(m directory.Member) bool {
	return m.KeepsAdministered(ro.People[m.User], ro.AdministratorLevel())
}

// NewCompany adds a company to the account's directory; Settle writes it.
func (ro *Roster) NewCompany(name string) directory.Company {
	company := directory.Company{ID: directory.CompanyID(ro.Plan.NewKey()), UUID: PublicID(), Name: strings.TrimSpace(name), Version: 1}
	ro.Companies[company.ID] = company
	ro.newCompanies = append(ro.newCompanies, company)
	entry := ro.Plan.Entry(audit.CompanyCreated, 0, int64(company.ID))
	entry.Note("name", "", company.Name)
	ro.Plan.Record(entry)
	return company
}

// NewUser adds a person who has no identity in the installation yet.
func (ro *Roster) NewUser(u directory.User) directory.User {
	u.ID, u.UUID, u.Created, u.Version = directory.UserID(ro.Plan.NewKey()), PublicID(), ro.Plan.Now, 1
	if u.Password == "" {
		u.Password = directory.PasswordNone
	}
	if u.UserName == "" {
		u.UserName = u.Email
	}
	ro.NewUsers = append(ro.NewUsers, u)
	return u
}

// Add gives a person a place in the account. Somebody who was removed gets the
// old place back, with what is set now (USER-6).
func (ro *Roster) Add(u directory.User, m directory.Member, former directory.Member) directory.Member {
	if m.Unit == 0 {
		m.Unit = ro.Account.Root
	}
	m.User, m.Added, m.Removed = u.ID, ro.Plan.Now, time.Time{}
	ro.People[u.ID] = u
	ro.disarm(u)
	kind := audit.MemberAdded
	if former.ID != 0 {
		m.ID, m.UUID, m.Version = former.ID, former.UUID, former.Version
		kind = audit.MemberReturned
		ro.Unsay(u, directory.TopicPlace)
		ro.changed = append(ro.changed, ro.row(u, m))
	} else {
		m.ID, m.UUID, m.Version = directory.MemberID(ro.Plan.NewKey()), PublicID(), 1
		ro.added = append(ro.added, ro.row(u, m))
	}
	ro.moveRoles(directory.Member{ID: m.ID}, m)
	// The texts of who was here before stay in their row until now: what they were is told.
	entry := ro.entry(kind, u, directory.Member{PlaceTexts: former.PlaceTexts}, m)
	entry.Note("email", "", u.Email)
	entry.Note("user_name", "", u.UserName)
	entry.Note("first_name", "", u.First)
	entry.Note("last_name", "", u.Last)
	ro.Plan.Record(entry)
	return m
}

// Restore gives somebody who was removed their place back as it was: with the levels,
// the functions and the texts of then, since when they are there (PLAN-2).
func (ro *Roster) Restore(u directory.User, m directory.Member) {
	ro.People[u.ID] = u
	ro.disarm(u)
	ro.Unsay(u, directory.TopicPlace)
	ro.changed = append(ro.changed, ro.row(u, m))
	ro.moveRoles(directory.Member{ID: m.ID}, m)
	ro.Plan.Record(ro.entry(audit.MemberReturned, u, directory.Member{}, m))
}

// Unsay takes back what waits to be told to a person about a state of theirs that
// is over (MAIL-5).
func (ro *Roster) Unsay(u directory.User, topic string) {
	ro.unsaid = append(ro.unsaid, directory.MailTopic(topic, ro.Account.ID, int64(u.ID)))
}

// Change writes a member over what it was and records the difference under
// kind; nothing changed records nothing.
func (ro *Roster) Change(kind audit.Kind, u directory.User, before, after directory.Member) {
	entry := ro.entry(kind, u, before, after)
	if len(entry.Facts) == 0 && len(entry.Personal) == 0 && before.Removed.Equal(after.Removed) {
		return
	}
	ro.People[u.ID] = u
	row := ro.row(u, after)
	if n := len(ro.changed) - 1; n >= 0 && ro.changed[n].ID == after.ID { // of an act of several parts: one row for all of them
		row.Before = ro.changed[n].Before
		ro.changed[n] = row
	} else {
		was := ro.row(u, before)
		row.Before = &was
		ro.changed = append(ro.changed, row)
	}
	held := len(ro.roleChanges.Start)
	ro.moveRoles(before, after)
	if len(ro.roleChanges.Start) > held {
		ro.disarm(u)
	}
	ro.Plan.Record(entry)
}

// disarm ends the provisional password of somebody who is given a place or a role
// in one, or is asked in, unless whoever does so set it: they choose one where
// their invitation leads (USER-8). It reports whether that is new in this plan.
func (ro *Roster) disarm(u directory.User) bool {
	if !u.SetByOther(ro.Plan.Actor.User) || slices.Contains(ro.disarmed, u.ID) {
		return false
	}
	ro.disarmed = append(ro.disarmed, u.ID)
	return true
}

// endProvisional writes what disarm found; the actor did not set these passwords.
func endProvisional(p *gate.Plan, people []directory.UserID) {
	if len(people) == 0 {
		return
	}
	for _, id := range people {
		p.Record(p.Entry(audit.UserPasswordEnded, id, 0))
	}
	p.Change(store.EndProvisional{Users: people, By: p.Actor.User})
}

// differences are what differs between two states of a member, for verdicts
// and previews.
func (ro *Roster) differences(before, after directory.Member) []audit.Change {
	entry := ro.entry("", directory.User{}, before, after)
	return append(entry.Facts, entry.Personal...)
}

func (ro *Roster) entry(kind audit.Kind, u directory.User, before, after directory.Member) audit.Entry {
	e := ro.Plan.Entry(kind, u.ID, int64(after.ID))
	e.Unit = after.Unit
	status := func(m directory.Member) string {
		if m.Status == 0 {
			return ""
		}
		return m.Status.String()
	}
	if before.Removed.IsZero() && !after.Removed.IsZero() {
		after = directory.Member{ID: after.ID, Unit: after.Unit, Removed: after.Removed, PlaceTexts: after.PlaceTexts,
			Suggested: after.Suggested} // what goes with the place
	}
	e.Note("status", status(before), status(after))
	ro.noteHome(&e, before, after)
	if before.Company != after.Company {
		e.NoteValue("company", ro.companyValue(before.Company), ro.companyValue(after.Company))
	}
	if !slices.Equal(before.Functions, after.Functions) {
		e.NoteValue("functions", ro.rolesValue(before.Functions), ro.rolesValue(after.Functions))
	}
	if had, has := before.Levels(), after.Levels(); !slices.Equal(had, has) {
		e.NoteValue("access_level", ro.levelsValue(had), ro.levelsValue(has))
	}
	texts := after.PlaceTexts.Each()
	for i, text := range before.PlaceTexts.Each() {
		e.Note(text.Kind.Field(), *text.Value, *texts[i].Value)
	}
	e.Note("first_name", before.Suggested.First, after.Suggested.First)
	e.Note("last_name", before.Suggested.Last, after.Suggested.Last)
	if !before.Ends.Equal(after.Ends) {
		e.NoteValue("ends", audit.Time(before.Ends), audit.Time(after.Ends))
	}
	return e
}

// noteHome records another home unit, and the one somebody begins in when it is
// not the root (UNIT-5).
func (ro *Roster) noteHome(e *audit.Entry, before, after directory.Member) {
	if before.Unit == after.Unit || before.Unit == 0 && after.Unit == ro.Account.Root {
		return
	}
	e.NoteValue("unit", ro.unitValue(before.Unit), ro.unitValue(after.Unit))
}

// unitValue is a unit as history keeps it.
func (ro *Roster) unitValue(id directory.UnitID) audit.Value {
	name := ""
	if tree := ro.Rights.Tree(); tree != nil && id != 0 {
		u, _ := tree.Unit(id)
		name = u.Name
	}
	return audit.Thing(audit.Unit, id, name)
}

// companyValue is a company as history keeps it.
func (ro *Roster) companyValue(id directory.CompanyID) audit.Value {
	return audit.Thing(audit.Company, id, ro.companyName(id))
}

// RoleValue is a role as history keeps it.
func (ro *Roster) RoleValue(id directory.RoleID) audit.Value {
	role, _ := ro.role(id)
	return roleValue(role, ro.Account.Language)
}

func (ro *Roster) rolesValue(ids []directory.RoleID) audit.Value {
	values := make([]audit.Value, len(ids))
	for i, id := range ids {
		values[i] = ro.RoleValue(id)
	}
	return audit.List(values...)
}

// roleValue is a role as history keeps it, called as the account's language
// does.
func roleValue(role directory.Role, language string) audit.Value {
	if role.ID == 0 {
		return audit.Nothing
	}
	return audit.Thing(audit.Role, role.ID, role.Name(language))
}

// zone is the account's time zone, in which days begin and end.
func (ro *Roster) zone() *time.Location {
	if ro.where == nil {
		ro.where = ZoneOf(ro.Account)
	}
	return ro.where
}

// ZoneOf is an account's time zone, in which days begin and end.
func ZoneOf(a directory.Account) *time.Location {
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		return time.UTC // settings take known zones only
	}
	return zone
}

// end sets when a place ends by itself. The day that is set already leaves the
// moment alone. It refuses what is past (USER-6).
func (ro *Roster) end(m *directory.Member, end directory.End) *directory.Error {
	if end.Same(m.Ends, ro.zone()) {
		return nil
	}
	at, refusal := end.Coming(ro.zone(), ro.Plan.Now)
	if refusal == nil {
		m.Ends = at
	}
	return refusal
}

func (ro *Roster) companyName(id directory.CompanyID) string { return ro.Companies[id].Name }

func (ro *Roster) row(u directory.User, m directory.Member) store.MemberRow {
	names := make([]string, 0, len(m.Functions))
	for _, id := range m.Functions {
		if function, ok := ro.role(id); ok {
			names = append(names, function.Name(ro.Account.Language))
		}
	}
	levels := directory.RoleNames(m.LevelsOf(ro.Roles), ro.Account.Language)
	folded := directory.FoldMember(u, m.Suggested, ro.companyName(m.Company), strings.Join(names, ", "), strings.Join(levels, ", "))
	return store.MemberRow{Member: m, Folded: folded}
}

// moveRoles starts and ends what differs between the roles of two states; a
// removed member holds none.
func (ro *Roster) moveRoles(before, after directory.Member) {
	had, has := RolesOf(before), RolesOf(after)
	for _, role := range had {
		if !slices.Contains(has, role) {
			ro.roleChanges.End = append(ro.roleChanges.End, store.MemberRole{Member: after.ID, Role: role})
		}
	}
	for _, role := range has {
		if !slices.Contains(had, role) {
			ro.roleChanges.Start = append(ro.roleChanges.Start, store.MemberRole{Member: after.ID, Role: role})
		}
	}
}

// RolesOf are the functions and the levels somebody holds by their place.
func RolesOf(m directory.Member) []directory.RoleID {
	if !m.Removed.IsZero() {
		return nil
	}
	return append(slices.Clone(m.Functions), m.Levels()...)
}

// keepsOne refuses with administrator.last when a change would leave the
// account without an active administrator (ACC-5). It is asked row by row, so
// that of several the last one is refused and the others are done (BULK-3).
func (ro *Roster) keepsOne(before, after directory.Member) error {
	if ro.isAdministrator(before) && !ro.isAdministrator(after) && ro.administrators <= 1 {
		return directory.Refuse(directory.Conflict, "administrator.last")
	}
	return nil
}

// counts keeps the number of administrators as the plan goes.
func (ro *Roster) counts(before, after directory.Member) {
	by := int64(0)
	switch was, is := ro.isAdministrator(before), ro.isAdministrator(after); {
	case was && !is:
		by = -1
	case !was && is:
		by = 1
	}
	ro.administrators += by
	ro.moved += by
}

// enoughBeside is how far administrators are counted for a plan about so many
// members: were they all to cease being one, two would remain.
func enoughBeside(members int) int64 { return int64(members) + 2 }

// keepAdministrator refuses with administrator.last when the changes gathered
// would leave the account without an active administrator although it has one
// (ACC-5). Every operation that changes members ends with it.
func (ro *Roster) keepAdministrator(ctx context.Context, r *store.Reader) error {
	if !slices.ContainsFunc(ro.changed, ro.ceases) {
		return nil // who comes or stays takes nothing from anybody
	}
	touched := make([]directory.MemberID, 0, len(ro.changed)+len(ro.added))
	remain := int64(0)
	for _, m := range slices.Concat(ro.changed, ro.added) {
		touched = append(touched, m.ID)
		if ro.isAdministrator(m.Member) {
			remain++
		}
	}
	if remain > 0 {
		return nil
	}
	return RemainsAdministered(ctx, r, ro.Account.ID, touched, ro.ahead)
}

// ceases reports whether somebody administers the account no more by what is written
// of them.
func (ro *Roster) ceases(m store.MemberRow) bool {
	return m.Before == nil || ro.isAdministrator(m.Before.Member) && !ro.isAdministrator(m.Member)
}

// RemainsAdministered refuses with administrator.last when an account has
// administrators, and none without these members and beside those who are ahead
// of it (ACC-5). Who calls it holds the account's ledger.
func RemainsAdministered(ctx context.Context, r *store.Reader, account directory.AccountID, without []directory.MemberID, ahead int64) error {
	others, err := r.ActiveAdministrators(ctx, account, without, 1-min(ahead, 0))
	if err != nil || others+ahead > 0 {
		return err
	}
	before, err := r.ActiveAdministrators(ctx, account, nil, 1)
	if err != nil || before == 0 {
		return err
	}
	return directory.Refuse(directory.Conflict, "administrator.last")
}
