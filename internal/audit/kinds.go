package audit

import (
	"slices"
	"strings"

	"intendant/internal/directory"
)

// The kinds of entry. Their first word is the group they are filtered by.
const (
	AccountCreated       Kind = "account.created"
	AccountChanged       Kind = "account.changed"
	AccountClaimed       Kind = "account.claimed"
	AccountSuspended     Kind = "account.suspended"
	AccountReopened      Kind = "account.reopened"
	AccountClosed        Kind = "account.closed"
	AccountNumberChanged Kind = "account.number_changed"

	AccountReferentNamed   Kind = "account.referent_named"   // in old entries
	AccountReferentRemoved Kind = "account.referent_removed" // in old entries

	ReferentNamed Kind = "referent.named"
	ReferentEnded Kind = "referent.ended"
	DeputyNamed   Kind = "deputy.named"
	DeputyEnded   Kind = "deputy.ended"

	DocumentAdded      Kind = "document.added"
	DocumentWithdrawn  Kind = "document.withdrawn"
	DocumentDownloaded Kind = "document.downloaded"

	KeyMade           Kind = "key.made"
	KeyRevoked        Kind = "key.revoked"
	KeyUsed           Kind = "key.used"
	KeyRefused        Kind = "key.refused"
	KeyLocked         Kind = "key.locked"
	KeyUnlocked       Kind = "key.unlocked"
	KeyRequested      Kind = "key.requested"
	KeyRequestDecided Kind = "key.request_decided"
	LetterPrinted     Kind = "letter.printed"
	LetterPosted      Kind = "letter.posted"

	JoinRequested Kind = "join.requested"
	JoinWithdrawn Kind = "join.withdrawn"
	JoinApproved  Kind = "join.approved"
	JoinRejected  Kind = "join.rejected"
	JoinBlocked   Kind = "join.blocked"
	JoinUnblocked Kind = "join.unblocked"
	JoinLapsed    Kind = "join.lapsed"

	InvitationSent      Kind = "invitation.sent"
	InvitationResent    Kind = "invitation.resent"
	InvitationWithdrawn Kind = "invitation.withdrawn"
	InvitationAccepted  Kind = "invitation.accepted"

	MemberAdded           Kind = "member.added"
	MemberChanged         Kind = "member.changed"
	MemberDeactivated     Kind = "member.deactivated"
	MemberReactivated     Kind = "member.reactivated"
	MemberRemoved         Kind = "member.removed"
	MemberReturned        Kind = "member.returned"
	AdministratorNamed    Kind = "administrator.named"
	AdministratorExcluded Kind = "administrator.excluded"

	UserRegistered          Kind = "user.registered"
	UserCreated             Kind = "user.created"
	UserChanged             Kind = "user.changed"
	UserEmailChanged        Kind = "user.email_changed"
	UserPasswordChanged     Kind = "user.password_changed"
	UserPasswordProvisional Kind = "user.password_provisional"
	UserPasswordEnded       Kind = "user.password_ended" // a provisional one, by who invites or raises (USER-8)
	UserAddressProved       Kind = "user.address_proved"
	UserErased              Kind = "user.erased"
	UserExported            Kind = "user.exported"
	UserSwitchedOff         Kind = "user.switched_off"
	UserSwitchedOn          Kind = "user.switched_on"
	UserSignatureChanged    Kind = "user.signature_changed"
	UserFactorSet           Kind = "user.factor_set"
	UserFactorRemoved       Kind = "user.factor_removed"
	UserRecoveryRenewed     Kind = "user.recovery_renewed"
	UserRecoveryUsed        Kind = "user.recovery_used"
	SessionRevoked          Kind = "session.revoked"

	TechnicalCreated  Kind = "technical.created"
	TechnicalChanged  Kind = "technical.changed"
	TechnicalAnswered Kind = "technical.answered" // by whom from then on: the subject
	TokenMade         Kind = "token.made"
	TokenRevoked      Kind = "token.revoked"

	CompanyCreated     Kind = "company.created"
	CompanyRenamed     Kind = "company.renamed"
	CompanyMerged      Kind = "company.merged"       // a double, into another
	CompanyPlacesMoved Kind = "company.places_moved" // in projects, of a double

	RoleCreated   Kind = "role.created"
	RoleChanged   Kind = "role.changed"
	RoleRenamed   Kind = "role.renamed"
	RoleReset     Kind = "role.reset"
	RoleArchived  Kind = "role.archived"
	RoleRestored  Kind = "role.restored"
	GrantGiven    Kind = "grant.given"
	GrantEnded    Kind = "grant.ended"
	SeatAssigned  Kind = "seat.assigned"
	SeatWithdrawn Kind = "seat.withdrawn"
	SeatsAllotted Kind = "seat.allotted"
	SeatRuleMade  Kind = "seat.rule_made"
	SeatRuleEnded Kind = "seat.rule_ended"

	SubscriptionAdded   Kind = "subscription.added"
	SubscriptionChanged Kind = "subscription.changed"
	SubscriptionEnded   Kind = "subscription.ended"
	SubscriptionNoticed Kind = "subscription.noticed" // its end was announced (MAIL-1)
	SubscriptionLapsed  Kind = "subscription.lapsed"  // its last day is over (SEAT-9)
	ExternalStated      Kind = "external.stated"
	ExternalEnded       Kind = "external.ended"

	UnitCreated     Kind = "unit.created"
	UnitChanged     Kind = "unit.changed"
	UnitMoved       Kind = "unit.moved"
	UnitArchived    Kind = "unit.archived"
	UnitRestored    Kind = "unit.restored"
	SettingsChanged Kind = "settings.changed"

	ProjectCreated  Kind = "project.created"
	ProjectChanged  Kind = "project.changed"
	ProjectArchived Kind = "project.archived"
	ProjectRestored Kind = "project.restored"
	PlaceAdded      Kind = "place.added"
	PlaceChanged    Kind = "place.changed"
	PlaceRemoved    Kind = "place.removed"

	ProjectTypeCreated  Kind = "project_type.created"
	ProjectTypeRenamed  Kind = "project_type.renamed"
	ProjectTypeArchived Kind = "project_type.archived"
	ProjectTypeRestored Kind = "project_type.restored"

	TemplateCreated       Kind = "template.created"
	TemplateChanged       Kind = "template.changed"
	TemplateRenamed       Kind = "template.renamed"
	TemplateArchived      Kind = "template.archived"
	TemplateRestored      Kind = "template.restored"
	TemplateMemberRemoved Kind = "template.member_removed"

	TemplateMemberReturned Kind = "template.member_returned" // by undo

	PreferenceChanged Kind = "preference.changed"

	DomainAdded    Kind = "domain.added"
	DomainVerified Kind = "domain.verified"
	DomainRemoved  Kind = "domain.removed"

	ImportStarted    Kind = "import.started"
	ImportFinished   Kind = "import.finished"
	ImportStopped    Kind = "import.stopped"
	ExportRun        Kind = "export.run"
	AccessSearched   Kind = "access.searched" // by a product, the first time of a day
	StaffEntered     Kind = "staff.entered"
	StaffLeft        Kind = "staff.left"
	StaffNamed       Kind = "staff.named"
	StaffPortfolio   Kind = "staff.portfolio"
	StaffEnded       Kind = "staff.ended"
	CatalogueApplied Kind = "catalogue.applied"
	MailRetried      Kind = "mail.retried"

	ApplicationRegistered Kind = "application.registered"
	ApplicationChanged    Kind = "application.changed"
	ApplicationEnded      Kind = "application.ended"
	CredentialMade        Kind = "credential.made"
	CredentialRevoked     Kind = "credential.revoked"
)

// An Undo is how an entry of a kind is taken back (PLAN-2).
type Undo uint8

// Ways to take an entry back.
const (
	Never    Undo = iota // not at all: what it says has happened, as a mail that was read or a key that was used
	Opposite             // by the opposite act, which is made from its values
	With                 // with the entry that it was written beside: there is nothing of its own to do
)

// A Row is what there is to know of a kind of entry. "history.kind." and the
// kind is the message key of its sentence, and where Many is set "history.many."
// and the kind that of how many of them an act has.
type Row struct {
	Kind   Kind
	Object Noun   // what Object names; empty: nothing, or no row
	Person bool   // Subject is who it is about
	Many   bool   // acts on many write it
	Fields string // the fields it may have, apart by spaces
	Undo   Undo   // how it is taken back (PLAN-2)
}

// memberFields are those of a member, whose texts say themselves that they are.
var memberFields = func() string {
	fields := "status unit company functions access_level first_name last_name ends"
	for _, text := range directory.PlaceTextKinds() {
		fields += " " + text.Field()
	}
	return fields
}()

const (
	userFields         = "user_name email civility first_name last_name phone language staff"
	subscriptionFields = "product quantity starts ends unit reference price_note external_id"
	applicationFields  = "name product application_rights all_accounts portfolio"

	projectFields = "name number project_type project_address time_zone project_starts project_ends products external_id"
	placeFields   = "company functions access_level access"

	templateFields = "name project_type products"

	roleFields = "role name names place permissions default_level products proposed"
)

// Rows lists every kind, group by group, in the order they are offered. Who adds
// a kind says it here.
func Rows() []Row {
	return slices.Concat(accountRows(), peopleRows(), directoryRows(), libraryRows(), workRows())
}

// accountRows are about an account, its keys and who asks into it.
func accountRows() []Row {
	return []Row{
		{Kind: AccountCreated, Object: Account, Many: true, Fields: "number name account_type service_level external_id"},
		{Kind: AccountChanged, Object: Account, Many: true, Fields: "name service_level address contact contact_email language time_zone contract_ends external_id", Undo: Opposite},
		{Kind: AccountClaimed, Object: Account, Person: true, Fields: "referent"},
		{Kind: AccountSuspended, Object: Account, Fields: "state reason"},
		{Kind: AccountReopened, Object: Account, Fields: "state reason"},
		{Kind: AccountClosed, Object: Account, Fields: "state reason"},
		{Kind: AccountNumberChanged, Object: Account, Many: true, Fields: "number"},
		{Kind: AccountReferentNamed, Object: Account, Person: true, Fields: "referent", Undo: Opposite},
		{Kind: AccountReferentRemoved, Object: Account, Person: true, Fields: "referent", Undo: Opposite},
		{Kind: KeyMade, Object: AdminKey, Many: true, Fields: "key"},
		{Kind: KeyRevoked, Object: AdminKey, Many: true, Fields: "key reason"},
		{Kind: KeyUsed, Object: AdminKey, Person: true, Fields: "key"},
		{Kind: KeyRefused, Person: true, Fields: "tries typed_number"},
		{Kind: KeyLocked, Person: true, Fields: "tries typed_number"},
		{Kind: KeyUnlocked, Person: true, Fields: "typed_number"},
		{Kind: KeyRequested, Object: KeyRequest, Person: true, Fields: "typed_number message"},
		{Kind: KeyRequestDecided, Object: KeyRequest, Person: true, Fields: "outcome reason"},
		{Kind: LetterPrinted, Object: Account, Many: true, Fields: "count purpose"},
		{Kind: LetterPosted, Object: Account, Many: true, Fields: "count"},
		{Kind: JoinRequested, Object: JoinRequest, Person: true, Fields: "email message"},
		{Kind: JoinWithdrawn, Object: JoinRequest, Person: true},
		{Kind: JoinApproved, Object: JoinRequest, Person: true, Many: true, Undo: With},
		{Kind: JoinRejected, Object: JoinRequest, Person: true, Many: true, Fields: "reason"},
		{Kind: JoinBlocked, Object: JoinRequest, Person: true},
		{Kind: JoinUnblocked, Object: JoinRequest, Person: true},
		{Kind: JoinLapsed, Object: JoinRequest, Person: true, Many: true},
	}
}

// peopleRows are about members and users.
func peopleRows() []Row {
	return []Row{
		{Kind: InvitationSent, Object: Member, Person: true, Many: true, Fields: "expires", Undo: Opposite},
		{Kind: InvitationResent, Object: Member, Person: true, Many: true, Fields: "expires", Undo: Opposite},
		{Kind: InvitationWithdrawn, Object: Member, Person: true, Many: true, Undo: Opposite},
		{Kind: InvitationAccepted, Object: Member, Person: true, Fields: memberFields},
		{Kind: MemberAdded, Object: Member, Person: true, Many: true, Fields: memberFields + " email user_name", Undo: Opposite},
		{Kind: MemberChanged, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: MemberDeactivated, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: MemberReactivated, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: MemberRemoved, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: MemberReturned, Object: Member, Person: true, Many: true, Fields: memberFields + " email user_name", Undo: Opposite},
		{Kind: AdministratorNamed, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: AdministratorExcluded, Object: Member, Person: true, Many: true, Fields: memberFields, Undo: Opposite},
		{Kind: UserRegistered, Person: true, Fields: userFields},
		{Kind: UserCreated, Person: true, Many: true, Fields: userFields, Undo: With},
		{Kind: UserChanged, Person: true, Many: true, Fields: userFields, Undo: Opposite},
		{Kind: UserEmailChanged, Person: true, Many: true, Fields: userFields},
		{Kind: UserPasswordChanged, Person: true},
		{Kind: UserPasswordProvisional, Person: true, Many: true, Undo: With},
		{Kind: UserPasswordEnded, Person: true, Many: true, Undo: With},
		{Kind: UserAddressProved, Person: true},
		{Kind: UserErased, Person: true},
		{Kind: UserExported, Person: true},
		{Kind: UserSwitchedOff, Person: true},
		{Kind: UserSwitchedOn, Person: true},
		{Kind: UserSignatureChanged, Person: true},
		{Kind: UserFactorSet, Person: true},
		{Kind: UserFactorRemoved, Person: true, Fields: "reason"},
		{Kind: UserRecoveryRenewed, Person: true},
		{Kind: UserRecoveryUsed, Person: true, Fields: "count"},
		{Kind: SessionRevoked, Person: true, Fields: "count"},
	}
}

// directoryRows are about what an account has: technical users, companies, roles, units,
// settings.
func directoryRows() []Row {
	return []Row{
		{Kind: TechnicalCreated, Object: Member, Person: true, Fields: "name purpose"},
		{Kind: TechnicalChanged, Object: Member, Person: true, Fields: "name purpose", Undo: Opposite},
		{Kind: TechnicalAnswered, Object: Member, Person: true, Fields: "name responsible"},
		{Kind: TokenMade, Object: Token, Person: true, Fields: "name expires"},
		{Kind: TokenRevoked, Object: Token, Person: true, Many: true, Fields: "name"},
		{Kind: CompanyCreated, Object: Company, Many: true, Fields: "name", Undo: With},
		{Kind: CompanyRenamed, Object: Company, Fields: "name", Undo: Opposite},
		{Kind: CompanyMerged, Object: Company, Many: true, Fields: "company count"},
		{Kind: CompanyPlacesMoved, Object: Company, Many: true, Fields: "company places", Undo: With},
		{Kind: RoleCreated, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: RoleChanged, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: RoleRenamed, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: RoleReset, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: RoleArchived, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: RoleRestored, Object: Role, Many: true, Fields: roleFields, Undo: Opposite},
		{Kind: GrantGiven, Object: Member, Person: true, Many: true, Fields: "role", Undo: Opposite},
		{Kind: GrantEnded, Object: Member, Person: true, Many: true, Fields: "role", Undo: Opposite},
		{Kind: SeatAssigned, Object: Member, Person: true, Many: true, Fields: "product", Undo: Opposite},
		{Kind: SeatWithdrawn, Object: Member, Person: true, Many: true, Fields: "product", Undo: Opposite},
		{Kind: SeatsAllotted, Object: Unit, Many: true, Fields: "product quantity", Undo: Opposite},
		{Kind: SeatRuleMade, Object: SeatRule, Fields: "product role unit", Undo: Opposite},
		{Kind: SeatRuleEnded, Object: SeatRule, Fields: "product role unit", Undo: Opposite},
		{Kind: SubscriptionAdded, Object: Subscription, Many: true, Fields: subscriptionFields, Undo: Opposite},
		{Kind: SubscriptionChanged, Object: Subscription, Many: true, Fields: subscriptionFields, Undo: Opposite},
		{Kind: SubscriptionEnded, Object: Subscription, Many: true, Fields: subscriptionFields, Undo: Opposite},
		{Kind: SubscriptionNoticed, Object: Subscription, Many: true, Fields: subscriptionFields},
		{Kind: SubscriptionLapsed, Object: Subscription, Many: true, Fields: subscriptionFields},
		{Kind: ExternalStated, Object: Member, Person: true, Many: true, Fields: "product proof ends", Undo: Opposite},
		{Kind: ExternalEnded, Object: Member, Person: true, Many: true, Fields: "product proof ends", Undo: Opposite},
		{Kind: UnitCreated, Object: Unit, Many: true, Fields: "name unit_level parent external_id", Undo: Opposite},
		{Kind: UnitChanged, Object: Unit, Many: true, Fields: "name external_id", Undo: Opposite},
		{Kind: UnitMoved, Object: Unit, Many: true, Fields: "parent rights_changed", Undo: Opposite},
		{Kind: UnitArchived, Object: Unit, Many: true, Undo: Opposite},
		{Kind: UnitRestored, Object: Unit, Many: true, Undo: Opposite},
		{Kind: ProjectCreated, Object: Unit, Many: true, Fields: projectFields + " parent template", Undo: Opposite},
		{Kind: ProjectChanged, Object: Unit, Many: true, Fields: projectFields, Undo: Opposite},
		{Kind: ProjectArchived, Object: Unit, Many: true, Undo: Opposite},
		{Kind: ProjectRestored, Object: Unit, Many: true, Undo: Opposite},
		{Kind: PlaceAdded, Object: Unit, Person: true, Many: true, Fields: placeFields, Undo: Opposite},
		{Kind: PlaceChanged, Object: Unit, Person: true, Many: true, Fields: placeFields, Undo: Opposite},
		{Kind: PlaceRemoved, Object: Unit, Person: true, Many: true, Fields: placeFields, Undo: Opposite},
		{Kind: ReferentNamed, Object: Unit, Person: true, Many: true, Undo: Opposite},
		{Kind: ReferentEnded, Object: Unit, Person: true, Many: true, Undo: Opposite},
		{Kind: DeputyNamed, Object: Unit, Person: true, Undo: Opposite},
		{Kind: DeputyEnded, Object: Unit, Person: true, Many: true, Undo: Opposite},
		{Kind: DocumentAdded, Object: Document, Fields: "document_number"},
		{Kind: DocumentWithdrawn, Object: Document, Fields: "document_number"},
		{Kind: DocumentDownloaded, Object: Document, Fields: "document_number"},
		{Kind: SettingsChanged, Object: Account, Fields: settingNames() + " password_policy domain auto_approve logo", Undo: Opposite},
		{Kind: PreferenceChanged, Object: Member, Person: true, Many: true, Fields: "preference preference_value preference_ticked", Undo: Opposite},
		{Kind: DomainAdded, Fields: "domain"},
		{Kind: DomainVerified, Fields: "domain"},
		{Kind: DomainRemoved, Fields: "domain"},
	}
}

// libraryRows are about what new projects of an account begin with.
func libraryRows() []Row {
	return []Row{
		{Kind: ProjectTypeCreated, Object: ProjectType, Fields: "name", Undo: Opposite},
		{Kind: ProjectTypeRenamed, Object: ProjectType, Fields: "name", Undo: Opposite},
		{Kind: ProjectTypeArchived, Object: ProjectType, Undo: Opposite},
		{Kind: ProjectTypeRestored, Object: ProjectType, Undo: Opposite},
		{Kind: TemplateCreated, Object: Template, Fields: templateFields + " count", Undo: Opposite},
		{Kind: TemplateChanged, Object: Template, Fields: templateFields, Undo: Opposite},
		{Kind: TemplateRenamed, Object: Template, Fields: "name", Undo: Opposite},
		{Kind: TemplateArchived, Object: Template, Undo: Opposite},
		{Kind: TemplateRestored, Object: Template, Undo: Opposite},
		{Kind: TemplateMemberRemoved, Object: Template, Person: true, Fields: placeFields, Undo: Opposite},
		{Kind: TemplateMemberReturned, Object: Template, Person: true, Fields: placeFields, Undo: Opposite},
	}
}

// settingNames are the fields of the settings of an account, apart by spaces.
func settingNames() string {
	var names []string
	for _, row := range directory.AccountSettings() {
		names = append(names, row.HistoryField())
	}
	return strings.Join(names, " ")
}

// workRows are about files, staff and the program itself.
func workRows() []Row {
	return []Row{
		{Kind: ImportStarted, Object: Import, Fields: "file count", Undo: With},
		{Kind: ImportFinished, Object: Import, Fields: "file added changed unchanged faulty", Undo: With},
		{Kind: ImportStopped, Object: Import, Fields: "file added changed unchanged faulty", Undo: With},
		{Kind: ExportRun, Fields: "purpose"},
		{Kind: AccessSearched, Object: Token, Fields: "name"},
		{Kind: StaffEntered, Object: Account, Fields: "reason"},
		{Kind: StaffLeft, Object: Account},
		{Kind: StaffNamed, Person: true, Fields: "staff"},
		{Kind: StaffPortfolio, Person: true, Fields: "all_accounts portfolio"},
		{Kind: StaffEnded, Person: true, Fields: "staff"},
		{Kind: ApplicationRegistered, Person: true, Fields: applicationFields},
		{Kind: ApplicationChanged, Person: true, Fields: applicationFields, Undo: Opposite},
		{Kind: ApplicationEnded, Person: true, Fields: "name"},
		{Kind: CredentialMade, Object: Credential, Person: true, Fields: "name expires"},
		{Kind: CredentialRevoked, Object: Credential, Person: true, Fields: "name"},
		{Kind: CatalogueApplied, Object: CatalogueText, Fields: "version name"},
		{Kind: MailRetried, Object: Mail, Person: true, Many: true, Fields: "state"},
	}
}

// rows is the table by kind.
var rows = byKind()

func byKind() map[Kind]Row {
	all := map[Kind]Row{}
	for _, row := range Rows() {
		all[row.Kind] = row
	}
	return all
}

// Row is the kind's row; of an unknown kind the empty one.
func (k Kind) Row() Row { return rows[k] }

// May reports whether entries of the kind may have the field.
func (r Row) May(field string) bool { return slices.Contains(strings.Fields(r.Fields), field) }

// Kinds lists every kind, group by group, in the order they are offered.
func Kinds() []Kind {
	var kinds []Kind
	for _, row := range Rows() {
		kinds = append(kinds, row.Kind)
	}
	return kinds
}

// NeverMessage is the key of why an entry of the kind cannot be taken back: one
// sentence for the kinds of a noun.
func (k Kind) NeverMessage() string { return "undo.never." + k.Group() }

// CountMessage is the key of how many entries of the kind an act on many has. It
// takes Count.
func (k Kind) CountMessage() string {
	if !k.Row().Many {
		return "history.many.other"
	}
	return "history.many." + string(k)
}

// Message is the key of the kind's sentence. It takes Actor, the person Subject
// and the thing Object by name.
func (k Kind) Message() string { return "history.kind." + string(k) }

// Group is the noun a kind belongs to, "member" for one.
func (k Kind) Group() string {
	group, _, _ := strings.Cut(string(k), ".")
	return group
}

// Groups lists the nouns in the order they are offered; "history.group." and
// the noun is the message key of its title.
func Groups() []string {
	var groups []string
	for _, k := range Kinds() {
		if n := len(groups); n == 0 || groups[n-1] != k.Group() {
			groups = append(groups, k.Group())
		}
	}
	return groups
}

// KindsOf lists the kinds of a group; none when there is no such group.
func KindsOf(group string) []Kind {
	var kinds []Kind
	for _, k := range Kinds() {
		if k.Group() == group {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
