package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewMember is one row of people to be brought into an account, by form,
// paste or file. Only the e-mail is required.
type NewMember struct {
	Row             int
	Email           string
	First, Last     string // suggestions until the person has a profile (ADD-3)
	Civility        string
	UserName        string // empty: the e-mail (ADD-12)
	Language        string // empty: the account's
	Company         string // a name; one that is not there yet is created (ADD-6)
	Functions       []string
	Level           string // code of an access level; empty: none
	Phone           string
	JobTitle        string
	PersonnelNumber string
	Ends            time.Time
	provisional     string // hash of a provisional password for a new person
}

// AddOptions say how people are brought in.
type AddOptions struct {
	Unit    directory.UnitID // home unit; 0: the root
	Change  bool             // what the row says replaces what a known member has (ADD-13); else nothing of them changes (ADD-5)
	Invite  bool             // everybody added is invited; else those given an access level (ADD-8)
	Silent  bool             // nobody is invited: the form invites after saving (INV-5)
	Preview bool             // say what would be, write nothing (PLAN-1)
}

// chunk is how many rows one transaction takes.
const chunk = 2000

// Add brings people into an account. The verdicts name each row as added,
// already there (unchanged, ADD-5), changed, or refused with the reason; a
// refusal leaves the others done. Chunks of 2,000 rows are each a transaction
// under one batch; adding again what was added changes nothing.
//
// It refuses as a whole without members.manage at the unit, and rows that give
// a level or function whose permissions the actor does not hold (ROLE-6).
func (s *Members) Add(ctx context.Context, actor authz.Actor, account directory.AccountID, rows []NewMember, o AddOptions) (Verdicts, error) {
	if actor.Batch == "" && len(rows) > 1 {
		actor.Batch = uuid.NewString()
	}
	var all Verdicts
	for len(rows) > 0 {
		part := rows[:min(chunk, len(rows))]
		rows = rows[len(part):]
		act := s.perform
		if o.Preview {
			act = s.previewed
		}
		verdicts, err := act(ctx, actor, account, s.planAdd(part, o))
		if err != nil {
			return all, err
		}
		all = append(all, verdicts...)
	}
	return all, nil
}

// previewed is preview in the shape of perform.
func (c *core) previewed(ctx context.Context, actor authz.Actor, account directory.AccountID, plan Planner, _ ...directory.AccountID) (Verdicts, error) {
	return c.preview(ctx, actor, account, plan)
}

// planAdd plans one chunk of rows.
func (c *core) planAdd(rows []NewMember, o AddOptions) Planner {
	return func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.Require(authz.ManageMembers, o.Unit); err != nil {
			return err
		}
		a, err := c.adding(ctx, r, p, rows, o)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p.Verdicts = append(p.Verdicts, a.row(row))
		}
		if err := a.settle(ctx, r); err != nil {
			return err
		}
		if len(a.invitees) > 0 {
			c.planInvitation(p, a.roster, a.invitees...)
		}
		return nil
	}
}

// adding is the state of one chunk: who is known, what exists, who is invited.
type adding struct {
	*roster
	o         AddOptions
	known     map[string]directory.User // by folded address or user name
	places    map[directory.UserID]directory.Member
	named     map[string]directory.Company
	seen      map[string]int // folded address -> row
	languages []string
	invitees  []invitee
}

func (c *core) adding(ctx context.Context, r *store.Reader, p *Plan, rows []NewMember, o AddOptions) (*adding, error) {
	names := make([]string, 0, 2*len(rows))
	var companies []string
	for _, row := range rows {
		names = append(names, row.Email)
		if row.UserName != "" {
			names = append(names, row.UserName)
		}
		if row.Company != "" {
			companies = append(companies, row.Company)
		}
	}
	a := &adding{o: o, seen: make(map[string]int, len(rows)), languages: c.catalogue().Languages}
	var err error
	if a.known, err = r.UsersBySignInName(ctx, names); err != nil {
		return nil, err
	}
	users := make([]directory.UserID, 0, len(a.known))
	for _, u := range a.known {
		users = append(users, u.ID)
	}
	if a.places, err = r.MembersOf(ctx, p.Account, users); err != nil {
		return nil, err
	}
	members := make([]directory.Member, 0, len(a.places))
	for _, m := range a.places {
		members = append(members, m)
	}
	if a.roster, err = c.roster(ctx, r, p, members...); err != nil {
		return nil, err
	}
	a.named, err = r.CompaniesByName(ctx, p.Account, companies)
	for _, company := range a.named {
		a.companies[company.ID] = company
	}
	return a, err
}

// row plans one row and answers its verdict.
func (a *adding) row(n NewMember) Verdict {
	v := Verdict{Row: n.Row, Email: n.Email, Name: strings.TrimSpace(n.First + " " + n.Last)}
	m, refusal := a.place(&n)
	if refusal == nil {
		refusal = a.double(n)
	}
	if refusal != nil {
		v.Outcome, v.Refusal = Refused, refusal
		return v
	}
	u, known := a.known[directory.Fold(n.Email)]
	if known && !addressed(u, n.Email) {
		v.Outcome, v.Refusal = Refused, directory.InvalidField("email", "user.name_taken", directory.Args{"UserName": n.Email})
		return v
	}
	former := a.places[u.ID]
	if known && former.ID != 0 && former.Removed.IsZero() {
		return a.there(v, u, former, m, n)
	}
	if !known {
		if _, taken := a.known[directory.Fold(n.UserName)]; taken && n.UserName != "" {
			v.Outcome, v.Refusal = Refused, directory.InvalidField("user_name", "user.name_taken", directory.Args{"UserName": n.UserName})
			return v
		}
		u = a.newUser(directory.User{UserName: n.UserName, Email: n.Email, Civility: n.Civility, Language: n.Language,
			PasswordHash: n.provisional, Password: provisionalState(n.provisional)})
		a.known[directory.Fold(n.Email)] = u
	}
	invited := !a.o.Silent && (a.o.Invite || m.Level != 0)
	m.Status = directory.NotInvited
	if invited {
		m.Status = directory.Invited
	}
	m.Unit = a.o.Unit
	m = a.add(u, m, former)
	if invited {
		a.invitees = append(a.invitees, invitee{User: u, Member: m})
	}
	v.Subject, v.Outcome, v.Invited = int64(m.ID), Added, invited
	return v
}

// addressed reports whether the address is the user's, now or as their user
// name: names that only look alike share the namespace (USER-3) but are not the
// same mailbox.
func addressed(u directory.User, email string) bool {
	email = directory.FoldEmail(email)
	return email == directory.FoldEmail(u.Email) || email == directory.FoldEmail(u.UserName)
}

func provisionalState(hash string) directory.PasswordState {
	if hash == "" {
		return directory.PasswordNone
	}
	return directory.PasswordProvisional
}

// double refuses a second row of the same address: the first stands (ADD-2).
func (a *adding) double(n NewMember) *directory.Error {
	folded := directory.Fold(n.Email)
	if first, seen := a.seen[folded]; seen {
		return directory.InvalidField("email", "member.double_row", directory.Args{"Row": first})
	}
	a.seen[folded] = n.Row
	return nil
}

// there is the verdict on somebody who is in the account already: unchanged
// (ADD-5), or changed by what the row says when the options ask for it.
func (a *adding) there(v Verdict, u directory.User, before, said directory.Member, n NewMember) Verdict {
	v.Subject, v.Outcome = int64(before.ID), Unchanged
	if !a.o.Change {
		return v
	}
	if !a.plan.Rights.May(authz.ManageMembers, before.Unit) {
		v.Outcome, v.Refusal = Refused, directory.Refuse(directory.Denied, "member.out_of_reach")
		return v
	}
	after := before
	if n.Company != "" {
		after.Company = said.Company
	}
	if len(n.Functions) > 0 {
		after.Functions = said.Functions
	}
	if n.Level != "" {
		after.Level = said.Level
	}
	set(&after.Phone, said.Phone)
	set(&after.JobTitle, said.JobTitle)
	set(&after.PersonnelNumber, said.PersonnelNumber)
	set(&after.Suggested.First, said.Suggested.First)
	set(&after.Suggested.Last, said.Suggested.Last)
	if !said.Ends.IsZero() {
		after.Ends = said.Ends
	}
	if v.Changes = a.differences(before, after); len(v.Changes) > 0 {
		v.Outcome = Changed
		a.change(audit.MemberChanged, u, before, after)
	}
	return v
}

// set overwrites a text where the row says one; an empty cell leaves it.
func set(text *string, said string) {
	if said != "" {
		*text = said
	}
}

// place is what a row says of a member: company, functions and level found or
// made, texts within bounds.
func (a *adding) place(n *NewMember) (directory.Member, *directory.Error) {
	m := directory.Member{Phone: n.Phone, JobTitle: n.JobTitle, PersonnelNumber: n.PersonnelNumber, Ends: n.Ends,
		Suggested: directory.PersonName{First: n.First, Last: n.Last}}
	if refusal := a.checkTexts(n); refusal != nil {
		return m, refusal
	}
	var refusal *directory.Error
	for _, code := range n.Functions {
		function, refused := a.giveable(directory.Function, code, "function")
		if refused != nil {
			return m, refused
		}
		m.Functions = append(m.Functions, function.ID)
	}
	if n.Level != "" {
		level, refused := a.giveable(directory.Level, n.Level, "access_level")
		if refused != nil {
			return m, refused
		}
		m.Level = level.ID
	}
	if n.Company != "" {
		m.Company, refusal = a.company(n.Company)
	}
	return m, refusal
}

// giveable is a role that the actor may give: offered here, and nothing in it
// that the actor does not hold (ROLE-6).
func (ro *roster) giveable(kind directory.RoleKind, code, field string) (directory.Role, *directory.Error) {
	role, ok := ro.roleByCode(kind, code)
	if !ok || !role.Archived.IsZero() || role.Place == directory.AtProject {
		return role, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": code})
	}
	return role, ro.mayGive(role, field)
}

// mayGive refuses with role.not_held a role that permits what the actor does
// not hold at the root, where levels and functions act.
func (ro *roster) mayGive(role directory.Role, field string) *directory.Error {
	held := ro.plan.Rights.HoldsAll(permissionsOf(role), ro.account.Root)
	if role.Kind == directory.Level && role.Code == directory.AdminLevel {
		held = held && ro.plan.Rights.May(authz.ManageAdministrators, ro.account.Root)
	}
	if held {
		return nil
	}
	return &directory.Error{Kind: directory.Denied, Code: "role.not_held", Field: field,
		Args: directory.Args{"Role": role.Name(ro.account.Language)}}
}

func permissionsOf(role directory.Role) []authz.Permission {
	ps := make([]authz.Permission, len(role.Permissions))
	for i, p := range role.Permissions {
		ps[i] = authz.Permission(p)
	}
	return ps
}

// company finds a company by name, whatever its case, accents and blanks, or
// makes it (ADD-6).
func (a *adding) company(name string) (directory.CompanyID, *directory.Error) {
	folded := directory.Fold(name)
	if folded == "" {
		return 0, nil
	}
	company, ok := a.named[folded]
	if !ok {
		company = a.newCompany(name)
		a.named[folded] = company
	}
	return company.ID, nil
}

// longest texts, in characters.
const (
	longName = 100
	longText = 200
)

func (a *adding) checkTexts(n *NewMember) *directory.Error {
	if code := directory.EmailFault(n.Email); code != "" {
		return directory.InvalidField("email", code, directory.Args{"Text": n.Email})
	}
	for _, text := range []struct {
		field string
		value *string
		limit int
	}{
		{"first_name", &n.First, longName}, {"last_name", &n.Last, longName}, {"user_name", &n.UserName, longText},
		{"company", &n.Company, longText}, {"phone", &n.Phone, longName}, {"job_title", &n.JobTitle, longText},
		{"personnel_number", &n.PersonnelNumber, longName},
	} {
		*text.value = strings.TrimSpace(*text.value)
		if strings.ContainsRune(*text.value, 0) || !utf8.ValidString(*text.value) {
			return directory.InvalidField(text.field, "text.broken", nil)
		}
		if utf8.RuneCountInString(*text.value) > text.limit {
			return directory.InvalidField(text.field, "field.too_long", directory.Args{"Max": text.limit})
		}
	}
	return a.checkChoices(n)
}

func (a *adding) checkChoices(n *NewMember) *directory.Error {
	if n.Language == "" {
		n.Language = a.account.Language
	}
	if !slices.Contains(a.languages, n.Language) {
		return directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": n.Language})
	}
	if n.Civility != "" && n.Civility != "mrs" && n.Civility != "mr" {
		return directory.InvalidField("civility", "field.unknown_choice", directory.Args{"Value": n.Civility})
	}
	return nil
}
