package app_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"reflect"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A wall says who an operation is closed to.
type wall string

const (
	// wallAccount: whoever is not in the account learns nothing, and a member
	// without access level may not either.
	wallAccount wall = "in account"
	// wallMembers: as inAccount, but every member may.
	wallMembers wall = "members"
	// wallDuty: only the vendor's staff who have it; nobody else learns that it is there.
	wallDuty wall = "duty"
	// wallSignedIn: only people who are signed in, about themselves.
	wallSignedIn wall = "signed in"
	// wallOpen: what is brought along, such as a mailed token, is the check.
	wallOpen wall = "open"
	// wallItself: the program's own work; no face offers it.
	wallItself wall = "itself"
)

// walls has every operation. One that is not here is refused by the test below:
// who writes an operation says who it is closed to.
func walls() map[string]wall {
	table := map[string]wall{}
	for w, operations := range map[wall]string{
		wallAccount: `
			Accounts: AddDomain ChangeSettings Domains EditSettings RemoveDomain RemoveLogo SetAutoApprove SetLogo Settings VerifyDomain
			Members: Add AddOne AddQuick Card Choices Create Deactivate Do EditMember EditMembers EditRecord Editing ExcludeAdministrator Foresee
				List Homes MoveHome NameAdministrator PersonForm Profile Reactivate Record Records Remove Selected
			JoinRequests: Approve List Reject Unblock
			Invitations: Send Withdraw
			Imports: Again Choices Draft EditDraft Find Finish Invalid Losses Mend MendDraft Mending Paste Recent RemoveFromDraft Result Rows SetDraft Settings Start
				Stop Upload
			Roles: Archive Blank Create Differences Edit ExportMatrix List Matrix Rename Reset Restore Role
			History: Line List
			Exports: Begin Count Download Drop Find Recent Stop
			Past: Difference EachDifference EachMember EachRight Person Rights State Tree Unit Why
			Preferences: Filter Loads: Load Undo: Do Preview
			Acts: Again Downloading EachResult Find Recent RefusedIn ResultsOf Stop Dashboards: Seats Show
			Seats: Allot Allottable Assign Choices EndExternal EndRule ExportReport Externals Follow HandOver MakeRule Panel Panels Products Report Rule
				RuleChoices Rules StateExternal Takers Withdraw
			Contracts: AtUnit Choices Download End Name Page
			Companies: Create Like List Merge Near Parts Rename Show
			Library: ArchiveTemplate ArchiveType CreateTemplate CreateType EditTemplate RemoveMember RenameType RestoreTemplate RestoreType
				SaveTemplate Source Sources Template Templates Types
			Projects: Add AddQuick Archive Blank ChangePlaces Choices CopyMembers Create Edit Editing ForeseePlaces Invite Members Open Profile Put RemovePlaces
				Restore Selected Sources Usage
			Grants: Adding AtUnit End Foresee Give Of Records Set
			Units: Add Archive Change Homes List Move MovePreview Moves Record Records Restore Unit
			TechnicalUsers: Create Edit List MakeToken Remove RevokeToken SetResponsible`,
		wallMembers: `
			Preferences: Of Set
			Members: Pages
			History: Told
			Undo: Latest
			Projects: List
			Accounts: Contacts Logo Message Open Overview Services
			Reasons: Tree Why`,
		wallDuty: `
			Applications: Change End List MakeCredential Register RevokeCredential Show
			Accounts: Change CheckCounts Create Enter Figures InOrder Keys List Named Put SetState Show Tries
			Contracts: AddDocument CustomerDocument CustomerDocuments DownloadForVendor SetReferent WithdrawDocument
			Users: ChangeStaff CreateStaff EndStaff Erase Lookup Named ResetFactor Staff StaffMember SwitchOff SwitchOn
			Keys: Answer Fates Letters LockedNumbers Make OpenLetters Posted PrintLetters Queue Refuse Revoke Unlock
			History: AccessLog ListAll Verify
			Catalogue: Apply Draft Show
			Subscriptions: Add Change End Ending Extend List Of One Put
			Imports: UploadSubscriptions
			Mails: Queue Retry Mailbox MailboxMessage`,
		wallSignedIn: `
			Accounts: Leave
			Users: Accounts BeginFactor ChangeEmail ChangePassword ConfirmEmail ConfirmFactor Departure EraseSelf Export Factor Home NewRecoveryCodes Profile
				ProveEmail RemoveFactor RemoveSignature SetLanguage
				SetSignature Signature Standings UpdateProfile
			Sessions: List Revoke RevokeOthers
			Keys: Enter Locked Request Requested
			JoinRequests: Ask Mine Withdraw Write
			Invitations: AcceptKnown AcceptMine Pending
			History: SignIns`,
		wallOpen: `
			Accounts: ProspectServices
			Members: InvitationDays QuickLimit
			Users: Confirm Confirming Forgot MeasurePassword PasswordRules Register Reset Resetting
			Sessions: EnterCode Resolve Rotate SignIn SignOut
			TechnicalUsers: Answered At Claim Resolve
			Applications: At Resolve
			Checks: Admit Evaluate EvaluateAll Report SearchActions SearchResources SearchSubjects
			JoinRequests: Asked
			Invitations: Accept Again AgainFor Look
			History: Kinds
			Exports: Columns
			Catalogue: InForce Naming`,
		wallItself: `
			Accounts: SeedUnits
			Users: Purge RenewalNotices Seed SeedFactor
			Subscriptions: Notices
			Members: EndPlaces Seed SeedGrants
			JoinRequests: Lapse Remind
			Imports: Purge RunImport
			Acts: AskerAgain Begin Do Foresee Preview Purge Register Run
			Exports: Purge RunExport Projects: Ground Past: Tables Keys: PurgeLetters
			Checks: WriteUses
			Companies: FoldNames MoveMerged
			Seats: EndExternals
			History: PurgeAccess Table
			Projects: Table
			Catalogue: Follow RunUpdate UpdateRoles
			Roles: FoldNames
			Mails: Deliver Failed Held Next Purge Renew Sent
			Jobs: Done Failed Next Released Renew TakeBack`,
	} {
		noun := ""
		for word := range strings.FieldsSeq(operations) {
			if name, starts := strings.CutSuffix(word, ":"); starts {
				noun = name
				continue
			}
			table[noun+"."+word] = w
		}
	}
	return table
}

// brings are what an operation is given beside context, actor and account, where
// it reads that before it asks who wants it: else it would turn everybody away
// for a missing field.
func brings(operation string) []any {
	return map[string][]any{
		"Accounts.AddDomain":  {"maraval.example"},
		"Accounts.Enter":      {"token", "We look for the lost import"},
		"Accounts.Message":    {"administrators", "Good morning"},
		"Accounts.SetLogo":    {signature()},
		"Accounts.SetState":   {directory.AccountClosed, "They asked for it"},
		"Users.ChangeEmail":   {"new@maraval.example", "Quai-Tanneurs-18"},
		"Users.CreateStaff":   {app.NewStaff{Email: "new@batisoft.example", Role: authz.Support, Password: "Quai-Tanneurs-18"}},
		"Users.SetLanguage":   {"nl"},
		"Users.SetSignature":  {signature()},
		"Users.UpdateProfile": {app.ProfileChange{First: "Léa", Last: "Fontanel", Language: "fr"}},
		"Preferences.Filter":  {app.UnitFilterQuery{For: authz.ViewMembers}},
		"Members.Add":         {[]app.NewMember{{Row: 1, Email: "new@maraval.example"}}, app.AddOptions{}},
		"Members.AddOne":      {app.NewMember{Row: 1, Email: "new@maraval.example"}, app.AddOptions{}},
		"Projects.Add":        {[]app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "new@maraval.example"}}}, app.PlaceOptions{}},
		"Keys.Enter":          {"204 817", "not a key"},
		"Keys.Make":           {1},
		"Keys.Refuse":         {"id", "Not one of theirs"},
		"Keys.Revoke":         {"key", "The letter was lost"},
		"Keys.Unlock":         {"204 817", directory.ByLetter},
		"Exports.Begin":       {app.ExportAsk{Kind: directory.ExportMembers, Format: directory.ExportCSV, Query: app.MemberQuery{}}},
		"Exports.Count":       {directory.ExportMembers, app.MemberQuery{}},
		"Imports.MendDraft":   {"id", map[int64]string{1: "new@maraval.example"}},
		"JoinRequests.Ask":    {"204 817", "Good morning"},
		"Seats.HandOver":      {app.SeatHanding{From: "one", To: "another"}},
	}[operation]
}

// signature is a picture of one dot.
func signature() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		return nil
	}
	return b.Bytes()
}

func TestEveryOperationHasAWall(t *testing.T) { // API-3
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		a := newBesieged(w)
		table := walls()
		services := reflect.ValueOf(w.App).Elem()
		for i := range services.NumField() {
			service := services.Field(i)
			for m := range service.NumMethod() {
				name := services.Type().Field(i).Name + "." + service.Type().Method(m).Name
				if _, ok := table[name]; !ok {
					t.Errorf("%s is in no wall", name)
					continue
				}
				t.Run(name, func(t *testing.T) { a.assault(t, name, table[name], service.Method(m)) })
				delete(table, name)
			}
		}
		for name := range table {
			t.Errorf("there is no operation %s", name)
		}
	})
}

// besieged is an account with people inside and outside.
type besieged struct {
	account                             directory.Account
	project                             directory.Project
	prospect, member, other, off, staff authz.Actor
}

func newBesieged(w *apptest.World) besieged {
	b := besieged{account: w.AccountOf("204 817", "construction")}
	elsewhere := w.Account("117 402")
	helene := w.Administrator(b.account, "helene.castaing@maraval.example")
	name := "Collège des Sablons"
	made, _, err := w.Projects.Create(w.Context(), helene, b.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	w.Must(err)
	b.project = made
	b.member, _ = w.Member(b.account, "camille.aubrac@maraval.example")
	off, place := w.Member(b.account, "quentin.moreau@maraval.example")
	_, err = w.Members.Deactivate(w.Context(), w.Operator(), b.account.ID, app.Of(place.UUID))
	w.Must(err)
	b.off = off
	b.other = w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")
	b.prospect = w.Person("ophelie.tardieu@atelier.example")
	b.staff = w.Staff("bastien@batisoft.example", authz.StaffRole("none"))
	return b
}

// assault calls an operation as everybody it is closed to, with nothing but
// what it needs: it must refuse, and not because it broke.
func (b besieged) assault(t *testing.T, name string, w wall, method reflect.Value) {
	operation := operation{method, brings(name)}
	takes := method.Type()
	if asked := slices.Contains(arguments(takes), reflect.TypeFor[authz.Actor]()); !asked && w != wallOpen && w != wallItself {
		t.Fatalf("wall %q, but it asks for no actor", w)
	}
	switch w {
	case wallAccount:
		b.refused(t, operation, b.prospect, b.other, b.member, b.off, b.staff, authz.Actor{Kind: authz.Stranger})
	case wallMembers:
		b.refused(t, operation, b.prospect, b.other, b.off, b.staff, authz.Actor{Kind: authz.Stranger})
	case wallDuty:
		b.refused(t, operation, b.prospect, b.member, b.other, b.staff, authz.Actor{Kind: authz.Stranger})
	case wallSignedIn:
		b.refused(t, operation, authz.Actor{Kind: authz.Stranger})
	}
}

func (b besieged) refused(t *testing.T, o operation, actors ...authz.Actor) {
	t.Helper()
	for _, actor := range actors {
		err := b.call(t.Context(), o, actor)
		var refusal *directory.Error
		switch {
		case err == nil:
			t.Errorf("%s %d may", actor.Kind, actor.User)
		case !errors.As(err, &refusal):
			t.Errorf("%s: a fault, not a refusal: %v", actor.Kind, err)
		case refusal.Kind == directory.Invalid || refusal.Kind == directory.Conflict:
			t.Errorf("%s is told %s before being turned away", actor.Kind, refusal.Code)
		case strings.Contains(refusal.Error(), b.account.Name):
			t.Errorf("%s is told the account's name", actor.Kind)
		}
	}
}

// An operation is a method and what it is given.
type operation struct {
	method reflect.Value
	brings []any
}

// call gives an operation the context, the actor, the account, and then what it
// is to bring or zero values.
func (b besieged) call(ctx context.Context, o operation, actor authz.Actor) error {
	var in []reflect.Value
	brings := o.brings
	for _, takes := range arguments(o.method.Type()) {
		switch {
		case takes == reflect.TypeFor[context.Context]():
			in = append(in, reflect.ValueOf(ctx))
		case takes == reflect.TypeFor[authz.Actor]():
			in = append(in, reflect.ValueOf(actor))
		case takes == reflect.TypeFor[directory.AccountID]():
			in = append(in, reflect.ValueOf(b.account.ID))
		case takes == reflect.TypeFor[app.ProjectAt]():
			in = append(in, reflect.ValueOf(app.ProjectAt{Account: b.account.ID, Project: b.project.UUID}))
		case len(brings) > 0:
			in = append(in, reflect.ValueOf(brings[0]))
			brings = brings[1:]
		default:
			in = append(in, reflect.Zero(takes))
		}
	}
	out := o.method.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

func arguments(f reflect.Type) []reflect.Type {
	var all []reflect.Type
	for i := range f.NumIn() {
		if f.IsVariadic() && i == f.NumIn()-1 {
			break
		}
		all = append(all, f.In(i))
	}
	return all
}
