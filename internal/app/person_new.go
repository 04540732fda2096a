package app

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/imports"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewPerson is one person with the full form (ADD-11). Password is a
// provisional one, or empty; it is hashed and never kept.
type NewPerson struct {
	roster.NewMember
	Password string
	Inactive bool
	Roles    []roster.RoleStep // at units; nil: the role that is proposed for everybody (ROLE-3)
}

// Create brings one person into an account with the full form and answers their
// place. Nobody is invited by it, but where the account type sends credentials
// on creation a new person's provisional password goes out (SIGN-1). To
// somebody who has an identity the form gives a place only: names stay
// suggestions, a password changes nothing (USER-4).
//
// It refuses without members.manage at the home unit (UNIT-5), with the field
// that is missing (user name, e-mail, language, what the account type requires
// and the roles it requires and the actor may give), with member.already, and with
// user.name_taken at the field of the name (ADD-12).
func (s *Members) Create(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewPerson) (directory.Member, error) {
	var made directory.Member
	form, err := s.personForm(ctx, actor, account)
	if err != nil {
		return made, err
	}
	var faults directory.Faults
	if err := faults.Note(n.complete(form.Form)); err != nil {
		return made, err
	}
	row := n.NewMember
	row.Row, row.Identity, row.Inactive = 1, true, n.Inactive
	row.Read()
	onCreation := form.Credentials == catalogue.OnCreation && n.Password != ""
	if n.Password != "" {
		own := directory.User{UserName: n.UserName, Email: n.Email, First: n.First, Last: n.Last}
		if err := faults.Note(s.roster.MayHave(ctx, form.password, own, n.Password, form.account)); err != nil {
			return made, err
		}
		if row.Provisional, err = s.roster.Passwords.Hash(ctx, n.Password); err != nil {
			return made, err
		}
		if onCreation {
			row.Password = n.Password
		}
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		if err := s.roster.AddRows(ctx, r, p, []roster.NewMember{row}, roster.AddOptions{Silent: !onCreation, Invite: onCreation, Steps: true}); err != nil {
			return err
		}
		found, v := slices.Clone(faults), p.Verdicts[0]
		switch {
		case v.Refusal != nil:
			if err := found.Note(directory.Together(append([]*directory.Error{v.Refusal}, v.Also...)...)); err != nil {
				return err
			}
		case v.Outcome == gate.Unchanged:
			found = append(found, directory.InvalidField("email", "member.already", directory.Args{"Email": n.Email}))
		}
		made = v.Member // nobody, whose roles are looked at all the same, where something is at fault already
		if row.Provisional != "" && v.Newcomer {
			p.Record(p.Entry(audit.UserPasswordProvisional, made.User, 0))
		}
		return found.With(s.firstRoles(ctx, r, p, made, n.Roles))
	})
	return made, err
}

// firstRoles gives somebody new their roles at units.
func (c *core) firstRoles(ctx context.Context, r *store.Reader, p *gate.Plan, m directory.Member, steps []roster.RoleStep) error {
	g, err := c.roster.GrantingIn(ctx, r, p)
	if err != nil {
		return err
	}
	if steps == nil {
		g.Propose(m)
	}
	var faults directory.Faults
	if _, err := g.Steps(m, steps); err != nil {
		if err := faults.Note(err); err != nil {
			return err
		}
	}
	if err := faults.With(g.Complete(m)); err != nil {
		return err
	}
	g.Settle()
	return nil
}

// complete refuses the fields that are required and empty, all at once.
func (n *NewPerson) complete(form catalogue.Form) error {
	var refusals []*directory.Error
	for _, field := range []struct {
		name     string
		value    string
		required bool
	}{
		{"email", n.Email, true}, {"user_name", n.UserName, true}, {"language", n.Language, true},
		{"civility", n.Civility, form.Requires(catalogue.FieldCivility)},
		{"first_name", n.First, form.Requires(catalogue.FieldFirstName)},
		{"last_name", n.Last, form.Requires(catalogue.FieldLastName)},
		{"password", n.Password, form.Requires(catalogue.FieldProvisionalPassword)},
	} {
		if field.required && strings.TrimSpace(field.value) == "" {
			refusals = append(refusals, directory.InvalidField(field.name, "field.required", nil))
		}
	}
	if refusal := directory.Together(refusals...); refusal != nil {
		return refusal
	}
	return nil
}

// A PersonForm is what the full form of an account asks for and offers.
type PersonForm struct {
	catalogue.Form
	roster.AddChoices
	Languages []string
	password  directory.PasswordPolicy
	account   string // its name
}

// PersonForm is what the full form of an account asks for (ADD-11). It refuses
// without members.manage.
func (s *Members) PersonForm(ctx context.Context, actor authz.Actor, account directory.AccountID) (PersonForm, error) {
	return s.personForm(ctx, actor, account)
}

func (s *Members) personForm(ctx context.Context, actor authz.Actor, account directory.AccountID) (PersonForm, error) {
	var form PersonForm
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		t, _ := s.gate.Catalogue().AccountType(a.Type)
		policies := s.gate.Policies(a)
		form.Form, form.Languages = t.Form, policies.Languages
		if len(form.Languages) == 0 {
			form.Languages = s.gate.Catalogue().Languages
		}
		form.account = a.Name
		form.password = directory.PasswordPolicy{MinLength: policies.Password.MinLength, Classes: policies.Password.Classes}
		form.AddChoices, err = s.roster.Choices(ctx, r, account, rights, "")
		return err
	})
	return form, err
}

// ProposeUserName is the user name proposed for an address: what stands before
// the sign (ADD-12).
func ProposeUserName(email string) string {
	if !directory.ValidEmail(email) {
		return ""
	}
	local, _, _ := strings.Cut(directory.FoldEmail(email), "@")
	return local
}

// AddQuick brings addresses into an account with one company, function, level and
// set of products for all; what is left empty takes what the account knows of each
// person. More than the account's limit are refused whole with add.too_many,
// bad addresses with addresses.invalid. Rule ADD-10. It waits no longer than
// UsualWait for what more than one transaction takes.
func (s *Members) AddQuick(ctx context.Context, actor authz.Actor, account directory.AccountID, text string, all roster.NewMember) (gate.Verdicts, error) {
	limit, pasteLimit := 0, 0
	var reader authz.Rights
	var choices roster.AddChoices
	if err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		reader = rights
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		limit, pasteLimit = s.gate.Policies(a).QuickAddLimit, s.gate.Policies(a).PasteLimit
		choices, err = s.roster.Choices(ctx, r, account, rights, all.Home)
		return err
	}); err != nil {
		return nil, err
	}
	list, refusal := s.dictionary.ReadPaste(text, pasteLimit)
	if refusal == nil {
		refusal = roster.CheckQuick(list, limit)
	}
	if refusal != nil {
		return nil, refusal
	}
	known := make([]directory.DraftRow, len(list.Addresses))
	for n, a := range list.Addresses {
		known[n] = directory.DraftRow{Line: int64(a.Line), Email: a.Email, First: a.First, Last: a.Last}
	}
	if err := s.roster.Recognise(ctx, reader, account, choices, known); err != nil {
		return nil, err
	}
	rows := append(quickRows(known, all), roster.FaultRows(list.Faults)...)
	return s.Add(ctx, actor, account, rows, roster.AddOptions{Home: all.Home, Wait: acts.UsualWait})
}

// quickRows are the addresses with what all of them get, over what the account
// knows of those who were removed.
func quickRows(known []directory.DraftRow, all roster.NewMember) []roster.NewMember {
	rows := make([]roster.NewMember, len(known))
	for n, d := range known {
		if all.Company != "" {
			d.Company = all.Company
		}
		if len(all.Functions) > 0 {
			d.Function, d.Level = directory.JoinCodes(all.Functions), ""
		}
		if len(all.Levels) > 0 {
			d.Level = directory.JoinLevels(all.Levels)
		}
		d.Products = all.Products
		rows[n] = imports.MemberOfDraft(d)
		rows[n].Row = int(d.Line)
	}
	return rows
}

// InvitationDays is how long an invitation of the account is good (INV-1).
func (s *Members) InvitationDays(a directory.Account) int { return s.gate.Policies(a).InvitationDays }

// QuickLimit is how many addresses the quick form takes (ADD-10).
func (s *Members) QuickLimit(a directory.Account) int { return s.gate.Policies(a).QuickAddLimit }

// A PersonCard is what is shown of somebody just after they were added.
type PersonCard struct {
	Member                                          directory.Member
	Name, Email, UserName, Company, Function, Level string
}

// Card reads a member of the account as their form shows them after saving. It
// refuses without members.manage at their home unit, and with member.not_found.
func (s *Members) Card(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (PersonCard, error) {
	var card PersonCard
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		m, err := r.MemberByUUID(ctx, account, id)
		if err != nil {
			return err
		}
		if !m.Removed.IsZero() || !rights.May(authz.ManageMembers, m.Unit) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		u, err := r.User(ctx, m.User)
		if err != nil {
			return err
		}
		shown, err := imports.PlacesShown(ctx, r, account, rights, []directory.MemberID{m.ID})
		row := shown[m.ID]
		name := u
		name.First, name.Last = row.First, row.Last
		card = PersonCard{Member: m, Name: name.Name(), Email: u.Email, UserName: u.UserName, Company: row.Company, Function: row.Function, Level: row.Level}
		return err
	})
	return card, err
}
