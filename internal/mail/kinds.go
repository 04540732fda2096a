package mail

import "slices"

// The kinds of mail (rule MAIL-1). A kind names its sentences: the messages
// "mail.<kind>.subject", "mail.<kind>.body" and, where the heading differs from
// the subject, "mail.<kind>.heading".
const (
	Invitation            = "invitation"       // INV-6, to somebody new
	InvitationKnown       = "invitation_known" // USER-4, to somebody with a password
	Credentials           = "credentials"      // SIGN-1, carries the provisional password
	JoinReceived          = "join_received"    // JOIN-2, to administrators
	JoinApproved          = "join_approved"    // JOIN-5
	JoinRejected          = "join_rejected"    // JOIN-5, KEY-14: without the account's name
	JoinReminder          = "join_reminder"    // JOIN-8
	KeyOnItsWay           = "key_on_its_way"   // KEY-13, the key itself goes by letter
	KeyNew                = "key_new"          // KEY-12, KEY-13, to the contact on file, carries the key
	KeyLocked             = "key_locked"       // KEY-14, to the vendor's support
	UnlockDone            = "unlock_done"      // KEY-12
	PasswordReset         = "password_reset"   // SIGN-4
	PasswordChanged       = "password_changed"
	PasswordRenewal       = "password_renewal"     // SIGN-3
	FactorSet             = "factor_set"           // SIGN-6
	FactorRemoved         = "factor_removed"       // SIGN-6
	FactorReset           = "factor_reset"         // VEND-3: the vendor took it away, with the reason
	RecoveryUsed          = "recovery_used"        // SIGN-6
	RegistrationConfirm   = "registration_confirm" // SIGN-4
	RegistrationKnown     = "registration_known"   // SIGN-4, to who has an account already
	EmailConfirm          = "email_confirm"        // USER-1, to the new address
	EmailChanged          = "email_changed"        // USER-1, to the old address
	AdministratorNamed    = "administrator_named"
	AdministratorByKey    = "administrator_by_key"   // KEY-8, to the other administrators
	AdministratorExcluded = "administrator_excluded" // ACC-7
	MemberRemoved         = "member_removed"
	MemberDeactivated     = "member_deactivated" // USER-2
	ProductAssigned       = "product_assigned"
	ProductWithdrawn      = "product_withdrawn"
	SubscriptionEnding    = "subscription_ending"
	StaffEntered          = "staff_entered"   // to administrators: the vendor looked in
	ContactMessage        = "contact_message" // ACC-10, JOIN-3: somebody writes to the administrators
	ErasureDone           = "erasure_done"    // USER-7
)

// The names of the values a mail's sentences take. Every mail needs Vendor.
// Times are written in RFC 3339, products one a line.
const (
	ValueVendor   = "Vendor"   // the vendor's name, from the branding
	ValueName     = "Name"     // the reader's; may be empty
	ValueActor    = "Actor"    // who did it
	ValueAccount  = "Account"  // the account's name
	ValueNumber   = "Number"   // the customer number as it is printed
	ValueUserName = "UserName" // the reader's
	ValuePerson   = "Person"   // who it is about
	ValueAddress  = "Address"  // of who it is about
	ValueMessage  = "Message"  // what that person wrote; quoted
	ValueProduct  = "Product"
	ValueProducts = "Products" // one a line
	ValueSecret   = "Secret"   // password or key; sealed until the mail is made
	ValueCount    = "Count"    // a number; chooses the plural
	ValueUntil    = "Until"    // a day
	ValueDeadline = "Deadline" // a day and time
	ValueAt       = "At"       // a day and time
)

// A recipe says what one kind of mail is made of beside its sentences.
type recipe struct {
	needs  []string // values its sentences take, without Vendor and Name
	facts  []string // values shown in the title block when they are not empty
	button string   // message of the button; empty: the mail leads nowhere
	quote  string   // value that is quoted when it is not empty
	small  []string // messages under the button
}

const (
	buttonAccept   = "mail.button.accept"
	buttonSignIn   = "mail.button.sign_in"
	buttonPassword = "mail.button.password"
	buttonConfirm  = "mail.button.confirm"
	buttonRequests = "mail.button.requests"
	buttonOpen     = "mail.button.open"
	buttonKey      = "mail.button.key"
	buttonLocks    = "mail.button.locks"
	buttonMembers  = "mail.button.members"

	smallOnce   = "mail.small.once"    // the link works once
	smallNewOne = "mail.small.new_one" // once; its page sends another
	smallNotYou = "mail.small.not_you" // do nothing
	smallTell   = "mail.small.tell"    // not you: tell your administrator
	smallSecret = "mail.small.secret"  // never asked for, give it to nobody
	smallKey    = "mail.small.key"     // for the one who is to be administrator, and nobody else
	smallDaily  = "mail.small.daily"   // at most once a day, switch off in your profile
)

// recipes lists every kind.
func recipes() map[string]recipe {
	account := []string{ValueAccount, ValueNumber}
	join := []string{ValuePerson, ValueAddress, ValueAccount, ValueAt}
	return map[string]recipe{
		Invitation: {needs: []string{ValueActor, ValueAccount},
			facts:  []string{ValueAccount, ValueNumber, ValueActor, ValueUserName, ValueProducts, ValueUntil},
			button: buttonAccept, small: []string{smallNewOne}},
		InvitationKnown: {needs: []string{ValueActor, ValueAccount},
			facts:  []string{ValueAccount, ValueNumber, ValueActor, ValueUserName, ValueProducts, ValueUntil},
			button: buttonAccept, small: []string{smallNewOne}},
		Credentials: {needs: []string{ValueActor, ValueAccount},
			facts:  []string{ValueAccount, ValueActor, ValueUserName, ValueSecret, ValueUntil},
			button: buttonSignIn, small: []string{smallSecret}},
		JoinReceived: {needs: []string{ValuePerson, ValueAccount}, facts: join, button: buttonRequests, quote: ValueMessage},
		JoinApproved: {needs: []string{ValueAccount}, facts: account, button: buttonOpen},
		JoinRejected: {needs: []string{ValueNumber}, facts: []string{ValueNumber}, quote: ValueMessage},
		JoinReminder: {needs: []string{ValueCount, ValueAccount}, facts: account, button: buttonRequests, small: []string{smallDaily}},
		KeyOnItsWay:  {needs: []string{ValueNumber}, facts: []string{ValueNumber}},
		KeyNew: {needs: []string{ValueAccount}, facts: []string{ValueAccount, ValueNumber, "Key"},
			button: buttonKey, small: []string{smallKey}},
		KeyLocked:         {needs: []string{ValueNumber}, facts: []string{ValueNumber, ValueAccount, ValuePerson, ValueAddress, ValueAt}, button: buttonLocks},
		UnlockDone:        {needs: []string{ValueNumber}, facts: account, button: buttonKey},
		PasswordReset:     {facts: []string{ValueUserName, ValueDeadline}, button: buttonPassword, small: []string{smallOnce, smallNotYou}},
		PasswordChanged:   {facts: []string{ValueUserName, ValueAt}, small: []string{smallTell}},
		FactorSet:         {facts: []string{ValueUserName, ValueAt}, small: []string{smallTell}},
		FactorRemoved:     {facts: []string{ValueUserName, ValueAt}, small: []string{smallTell}},
		FactorReset:       {facts: []string{ValueUserName, ValueAt}, quote: ValueMessage},
		RecoveryUsed:      {needs: []string{ValueCount}, facts: []string{ValueUserName, ValueAt}, small: []string{smallTell}},
		PasswordRenewal:   {needs: []string{ValueUntil}, facts: []string{ValueUserName, ValueUntil}, button: buttonPassword},
		RegistrationKnown: {facts: []string{ValueUserName}, button: buttonSignIn, small: []string{smallNotYou}},
		RegistrationConfirm: {facts: []string{ValueDeadline}, button: buttonConfirm,
			small: []string{smallOnce, smallNotYou}},
		EmailConfirm:       {facts: []string{ValueUserName, ValueDeadline}, button: buttonConfirm, small: []string{smallOnce, smallNotYou}},
		EmailChanged:       {facts: []string{ValueUserName, ValueAt}, small: []string{smallTell}},
		AdministratorNamed: {needs: account[:1], facts: []string{ValueAccount, ValueNumber, ValueActor}, button: buttonOpen},
		AdministratorByKey: {needs: []string{ValuePerson, ValueAccount}, facts: []string{ValuePerson, ValueAddress, ValueAccount, ValueNumber, ValueAt},
			button: buttonMembers},
		AdministratorExcluded: {needs: account[:1], facts: []string{ValueAccount, ValueNumber, ValueActor}},
		MemberRemoved:         {needs: account[:1], facts: []string{ValueAccount, ValueActor}},
		MemberDeactivated:     {needs: account[:1], facts: []string{ValueAccount, ValueActor}},
		ProductAssigned:       {needs: account[:1], facts: []string{ValueAccount, ValueActor, ValueProducts}, button: buttonOpen},
		ProductWithdrawn:      {needs: account[:1], facts: []string{ValueAccount, ValueActor, ValueProducts}},
		SubscriptionEnding: {needs: []string{ValueProduct, ValueAccount, ValueUntil},
			facts: []string{ValueProduct, ValueCount, ValueAccount, ValueUntil}, button: buttonOpen},
		StaffEntered:   {needs: []string{ValuePerson, ValueAccount}, facts: []string{ValuePerson, ValueAccount, ValueAt}, button: buttonOpen, quote: ValueMessage},
		ContactMessage: {needs: []string{ValuePerson, ValueAccount}, facts: join, quote: ValueMessage},
		ErasureDone:    {facts: []string{ValueAt}},
	}
}

// Kinds lists every kind of mail in order.
func Kinds() []string {
	var kinds []string
	for kind := range recipes() {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// Needs lists the values a kind of mail cannot be written without, and whether
// its button needs a link. An unknown kind needs nothing.
func Needs(kind string) (values []string, link bool) {
	r := recipes()[kind]
	return append([]string{ValueVendor}, r.needs...), r.button != ""
}
