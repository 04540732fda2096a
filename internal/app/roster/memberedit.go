package roster

import (
	"slices"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// A MemberChange is what an edit sets; nil leaves a field alone (ADD-7).
type MemberChange struct {
	Company   *string   // a name; one that is not there yet is created (ADD-6); "" is none
	Functions *[]string // codes
	Levels    *[]string // codes, all of them; an empty list is none (ADD-8)
	directory.PlaceTexts[*string]
	Ends   *directory.End
	Unit   *string // public id of the home unit (UNIT-5)
	Person PersonChange

	Assign   []string `json:",omitempty"` // offers of which they get a seat (BULK-1)
	TakeBack []string `json:",omitempty"` // offers of which their seat ends
}

// A MemberEdit is a change of one member, made on the version that the form
// showed (PLAN-4).
type MemberEdit struct {
	MemberChange
	Version string
}

// A PersonChange is what an edit sets of the person behind the member, where
// the account may (USER-1).
type PersonChange struct {
	Civility, First, Last, Email, Language *string
	Provisional                            string // a provisional password, mailed at once (SIGN-1)
}

// PersonOf is a member with the person behind, and the hash of a provisional
// password to give them.
type PersonOf struct {
	U    directory.User
	M    directory.Member
	Hash string
}

// Credentials mails a provisional password (SIGN-1).
func (a *Acting) Credentials(u directory.User, password string) {
	until := a.Plan.Now.AddDate(0, 0, a.writer.gate.Policies(a.Account).InvitationDays)
	a.Plan.Mail(directory.Mail{Account: a.Account.ID, User: u.ID, Address: u.Email, Kind: directory.MailCredentials,
		Path: directory.MailCredentials.Path(""), Language: LanguageOf(u, a.Account), Secret: password,
		Facts: map[string]string{directory.FactActor: a.Plan.By, directory.FactUserName: u.UserName,
			directory.FactUntil: until.Format(time.RFC3339)}})
}

// EditVersion is what an edit was made on: the member and the person.
func EditVersion(m directory.Member, u directory.User) string {
	return strconv.FormatInt(m.Version, 10) + "." + strconv.FormatInt(u.Version, 10)
}

// Check cleans the texts, and refuses those that are too long or no text, each at its
// field. What is at fault is left alone, so that the others can be looked at.
func (c *MemberChange) Check() error {
	var faults directory.Faults
	for _, text := range append(c.PlaceTexts.Each(), directory.PlaceText[*string]{Kind: directory.CompanyName, Value: &c.Company},
		directory.PlaceText[*string]{Kind: directory.FirstName, Value: &c.Person.First},
		directory.PlaceText[*string]{Kind: directory.LastName, Value: &c.Person.Last}) {
		if *text.Value == nil {
			continue
		}
		clean, refusal := text.Kind.Clean(**text.Value)
		if refusal != nil {
			*text.Value, faults = nil, append(faults, refusal)
			continue
		}
		*text.Value = &clean // the asker's own stays as it was typed
	}
	if v := c.Person.Civility; v != nil {
		if refusal := directory.CheckCivility("civility", *v); refusal != nil {
			c.Person.Civility = nil
			faults = append(faults, refusal)
		}
	}
	return faults.Err()
}

// Edit applies a change to a member and writes what is different.
func (a *Acting) Edit(u directory.User, m directory.Member, change MemberChange) error {
	return a.EditFrom(u, m, m, change)
}

// EditFrom applies a change to a member and writes the difference to before. It
// refuses before it changes anything, also for a seat that is not to be had, and all
// fields at fault at once.
func (a *Acting) EditFrom(u directory.User, before, after directory.Member, change MemberChange) error {
	after, seats, err := a.edited(u, before, after, change)
	if err != nil {
		return err
	}
	if change.Company != nil {
		company, err := a.companyNamed(*change.Company)
		if err != nil {
			return err
		}
		after.Company = company
	}
	kind := audit.MemberChanged
	switch admin := a.AdministratorLevel(); {
	case before.Level != admin && after.Level == admin:
		kind = audit.AdministratorNamed
	case before.Level == admin && after.Level != admin:
		kind = audit.AdministratorExcluded
	}
	if before.Status == directory.NotInvited && gainsLevel(before, after) {
		after.Status = directory.Invited
		a.Invitees = append(a.Invitees, Invitee{User: u, Member: after})
		a.invited = true
	}
	a.editSeats(u, before, after, seats)
	if len(a.differences(before, after)) == 0 {
		if seats.none() {
			return gate.ErrUnchanged
		}
		return nil
	}
	if err := a.Change(kind, u, before, after); err != nil {
		return err
	}
	a.tell(kind, u, after)
	return nil
}

// edited is a member as a change has them, with what becomes of their seats. It
// refuses all fields at fault at once.
func (a *Acting) edited(u directory.User, before, after directory.Member, change MemberChange) (directory.Member, seatEdit, error) {
	var faults directory.Faults
	texts := change.PlaceTexts.Each()
	for i, text := range after.PlaceTexts.Each() {
		replace(text.Value, *texts[i].Value)
	}
	if change.Ends != nil {
		if err := faults.Note(a.end(&after, *change.Ends)); err != nil {
			return after, seatEdit{}, err
		}
	}
	if change.Unit != nil {
		if err := faults.Note(a.settleIn(&after, *change.Unit)); err != nil {
			return after, seatEdit{}, err
		}
	}
	if err := faults.Note(a.giveRoles(&after, change)); err != nil {
		return after, seatEdit{}, err
	}
	if err := faults.Note(a.keepsOne(before, after)); err != nil {
		return after, seatEdit{}, err
	}
	seats, err := a.seatEdit(u, before, after, change)
	return after, seats, faults.With(err)
}

// tell mails who became or ceased to be administrator (MAIL-1).
func (a *Acting) tell(kind audit.Kind, u directory.User, m directory.Member) {
	switch {
	case kind == audit.AdministratorNamed && !a.invited:
		a.Mail(u, directory.MailAdministratorNamed)
	case kind == audit.AdministratorExcluded && m.Status == directory.Active:
		a.Mail(u, directory.MailAdministratorExcluded)
	}
}

// giveRoles sets functions and levels. What the member has already may stay;
// what is new the actor must be able to give (ROLE-6).
func (a *Acting) giveRoles(m *directory.Member, change MemberChange) error {
	var faults directory.Faults
	if change.Functions != nil {
		functions, refusal := a.rolesNamed(directory.Function, *change.Functions, m.Functions)
		if err := faults.Note(refusal); err != nil {
			return err
		}
		m.Functions = functions
	}
	if change.Levels != nil {
		levels, refusal := a.rolesNamed(directory.Level, *change.Levels, m.Levels())
		if err := faults.Note(refusal); err != nil {
			return err
		}
		if refusal == nil {
			*m = a.leveled(*m, levels...)
		}
	}
	return faults.Err()
}

// rolesNamed are the roles of codes, each once: those that a member has, and others
// that the actor may give.
func (a *Acting) rolesNamed(kind directory.RoleKind, codes []string, has []directory.RoleID) ([]directory.RoleID, *directory.Error) {
	field := "function"
	if kind == directory.Level {
		field = "access_level"
	}
	var roles []directory.RoleID
	for _, code := range codes {
		role, ok := a.RoleByCode(kind, code)
		if !ok || !slices.Contains(has, role.ID) {
			given, refusal := a.Giveable(kind, code, field)
			if refusal != nil {
				return nil, refusal
			}
			role = given
		}
		if !slices.Contains(roles, role.ID) {
			roles = append(roles, role.ID)
		}
	}
	return roles, nil
}

// companyNamed is the company of a name, made when there is none (ADD-6).
func (a *Acting) companyNamed(name string) (directory.CompanyID, error) {
	folded := directory.Fold(name)
	if folded == "" {
		return 0, nil
	}
	if id, known := a.named[folded]; known {
		return id, nil
	}
	id, err := a.companyOf(name, folded)
	if err == nil {
		if a.named == nil {
			a.named = map[string]directory.CompanyID{}
		}
		a.named[folded] = id
	}
	return id, err
}

// companyOf finds or makes the company of a name that the plan has not met yet.
func (a *Acting) companyOf(name, folded string) (directory.CompanyID, error) {
	for _, company := range a.Companies {
		if directory.Fold(company.Name) == folded {
			return company.ID, nil
		}
	}
	found, err := a.look(name)
	if err != nil {
		return 0, err
	}
	if company, ok := found[folded]; ok {
		a.Companies[company.ID] = company
		return company.ID, nil
	}
	return a.NewCompany(name).ID, nil
}
