package audit

import "strings"

// The kinds of entry. Their first word is the group they are filtered by.
const (
	AccountCreated       Kind = "account.created"
	AccountChanged       Kind = "account.changed"
	AccountClaimed       Kind = "account.claimed"
	AccountSuspended     Kind = "account.suspended"
	AccountReopened      Kind = "account.reopened"
	AccountClosed        Kind = "account.closed"
	AccountNumberChanged Kind = "account.number_changed"

	AccountReferentNamed   Kind = "account.referent_named"
	AccountReferentRemoved Kind = "account.referent_removed"

	KeyMade           Kind = "key.made"
	KeyRevoked        Kind = "key.revoked"
	KeyUsed           Kind = "key.used"
	KeyRefused        Kind = "key.refused"
	KeyLocked         Kind = "key.locked"
	KeyUnlocked       Kind = "key.unlocked"
	KeyRequested      Kind = "key.requested"
	KeyRequestDecided Kind = "key.request_decided"
	LetterPrinted     Kind = "letter.printed"

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

	CompanyCreated  Kind = "company.created"
	CompanyChanged  Kind = "company.changed"
	RoleCreated     Kind = "role.created"
	RoleChanged     Kind = "role.changed"
	RoleRenamed     Kind = "role.renamed"
	RoleReset       Kind = "role.reset"
	RoleArchived    Kind = "role.archived"
	RoleRestored    Kind = "role.restored"
	GrantGiven      Kind = "grant.given"
	GrantEnded      Kind = "grant.ended"
	UnitCreated     Kind = "unit.created"
	UnitChanged     Kind = "unit.changed"
	UnitMoved       Kind = "unit.moved"
	UnitArchived    Kind = "unit.archived"
	UnitRestored    Kind = "unit.restored"
	SettingsChanged Kind = "settings.changed"

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
)

// Kinds lists every kind, group by group, in the order they are offered.
func Kinds() []Kind {
	return []Kind{
		AccountCreated, AccountChanged, AccountClaimed, AccountSuspended, AccountReopened, AccountClosed, AccountNumberChanged,
		AccountReferentNamed, AccountReferentRemoved,
		KeyMade, KeyRevoked, KeyUsed, KeyRefused, KeyLocked, KeyUnlocked, KeyRequested, KeyRequestDecided, LetterPrinted,
		JoinRequested, JoinWithdrawn, JoinApproved, JoinRejected, JoinBlocked, JoinUnblocked, JoinLapsed,
		InvitationSent, InvitationResent, InvitationWithdrawn, InvitationAccepted,
		MemberAdded, MemberChanged, MemberDeactivated, MemberReactivated, MemberRemoved, MemberReturned,
		AdministratorNamed, AdministratorExcluded,
		UserRegistered, UserCreated, UserChanged, UserEmailChanged, UserPasswordChanged, UserPasswordProvisional,
		UserErased, UserExported, UserSwitchedOff, UserSwitchedOn, UserSignatureChanged,
		UserFactorSet, UserFactorRemoved, UserRecoveryRenewed, UserRecoveryUsed, SessionRevoked,
		TechnicalCreated, TechnicalChanged, TechnicalAnswered, TokenMade, TokenRevoked,
		CompanyCreated, CompanyChanged, RoleCreated, RoleChanged, RoleRenamed, RoleReset, RoleArchived, RoleRestored, GrantGiven, GrantEnded,
		UnitCreated, UnitChanged, UnitMoved, UnitArchived, UnitRestored, SettingsChanged, PreferenceChanged,
		DomainAdded, DomainVerified, DomainRemoved,
		ImportStarted, ImportFinished, ImportStopped, ExportRun, AccessSearched, StaffEntered, StaffLeft, StaffNamed, StaffPortfolio, StaffEnded,
		CatalogueApplied, MailRetried,
	}
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
