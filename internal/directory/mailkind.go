package directory

import (
	"fmt"
	"strings"
	"sync"
)

// A MailKind is what a mail is for. What holds for it is said once, in its row of
// MailRules, and asked by who sends it, who takes it back and who writes it. Its
// sentences are the messages "mail.<kind>.subject" and "mail.<kind>.body" and,
// where they differ from the usual, "mail.<kind>.heading" and "mail.<kind>.foot";
// its name in the console is "mails.kind.<kind>".
type MailKind string

// The kinds of mail (MAIL-1).
const (
	MailInvitation            MailKind = "invitation"       // INV-6, to somebody new
	MailInvitationKnown       MailKind = "invitation_known" // USER-4, to somebody with a password
	MailCredentials           MailKind = "credentials"      // SIGN-1, carries the provisional password
	MailJoinReceived          MailKind = "join_received"    // JOIN-2, to administrators
	MailJoinApproved          MailKind = "join_approved"    // JOIN-5
	MailJoinRejected          MailKind = "join_rejected"    // JOIN-5, KEY-14: without the account's name
	MailJoinReminder          MailKind = "join_reminder"    // JOIN-8
	MailKeyOnItsWay           MailKind = "key_on_its_way"   // KEY-13, the key itself goes by letter
	MailKeyNew                MailKind = "key_new"          // KEY-12, KEY-13, to the contact on file, carries the key
	MailKeyLocked             MailKind = "key_locked"       // KEY-14, to the vendor's support
	MailUnlockDone            MailKind = "unlock_done"      // KEY-12
	MailPasswordReset         MailKind = "password_reset"   // SIGN-4
	MailPasswordChanged       MailKind = "password_changed"
	MailPasswordRenewal       MailKind = "password_renewal"     // SIGN-3
	MailFactorSet             MailKind = "factor_set"           // SIGN-6
	MailFactorRemoved         MailKind = "factor_removed"       // SIGN-6
	MailFactorReset           MailKind = "factor_reset"         // VEND-3: the vendor took it away, with the reason
	MailRecoveryUsed          MailKind = "recovery_used"        // SIGN-6
	MailRegistrationConfirm   MailKind = "registration_confirm" // SIGN-4
	MailRegistrationKnown     MailKind = "registration_known"   // SIGN-4, to who has an account already
	MailEmailConfirm          MailKind = "email_confirm"        // USER-1, to the new address
	MailEmailChanged          MailKind = "email_changed"        // USER-1, to the old address
	MailAdministratorNamed    MailKind = "administrator_named"
	MailAdministratorByKey    MailKind = "administrator_by_key"   // KEY-8, to the other administrators
	MailAdministratorNew      MailKind = "administrator_new"      // ACC-6, to the others, however they came by it
	MailAdministratorExcluded MailKind = "administrator_excluded" // ACC-7
	MailReferentNamed         MailKind = "referent_named"         // SEAT-7
	MailDeputyNamed           MailKind = "deputy_named"           // SEAT-7
	MailProjectAdded          MailKind = "project_added"          // PROJ-8
	MailMemberRemoved         MailKind = "member_removed"
	MailMemberDeactivated     MailKind = "member_deactivated" // USER-2
	MailProductAssigned       MailKind = "product_assigned"
	MailProductWithdrawn      MailKind = "product_withdrawn"
	MailSubscriptionEnding    MailKind = "subscription_ending"
	MailSubscriptionsEnding   MailKind = "subscriptions_ending" // several on one day
	MailExternalEnded         MailKind = "external_ended"       // EXT-2, to administrators
	MailExternalsEnded        MailKind = "externals_ended"      // of several people at once
	MailSeatsOverUsed         MailKind = "seats_over_used"      // SEAT-9, to administrators
	MailStaffEntered          MailKind = "staff_entered"        // to administrators: the vendor looked in
	MailContactMessage        MailKind = "contact_message"      // ACC-10, JOIN-3: somebody writes to the administrators
	MailErasureDone           MailKind = "erasure_done"         // USER-7
)

// The facts that a mail's sentences take. Times are written in RFC 3339, products
// one a line. Who writes the mail knows FactVendor, FactName, and, of a mail of
// an account, FactAccount and FactNumber.
const (
	FactVendor   = "Vendor"   // the vendor's name, from the branding
	FactName     = "Name"     // the reader's; may be empty
	FactActor    = "Actor"    // who did it
	FactAccount  = "Account"  // the account's name
	FactNumber   = "Number"   // the customer number as it is printed
	FactUserName = "UserName" // the reader's
	FactPerson   = "Person"   // who it is about
	FactAddress  = "Address"  // of who it is about
	FactMessage  = "Message"  // what that person wrote; quoted
	FactUnit     = "Unit"     // of the account's tree
	FactProject  = "Project"
	FactProduct  = "Product"
	FactProducts = "Products" // one a line
	FactPeople   = "People"   // whom it is about, one a line
	FactSecret   = "Secret"   // password or key; sealed until the mail is made
	FactKey      = "Key"      // the same, called a key
	FactCount    = "Count"    // a number; chooses the plural
	FactUntil    = "Until"    // a day
	FactDeadline = "Deadline" // a day and time
	FactAt       = "At"       // a day and time
)

// A MailRule is what holds for a kind of mail.
type MailRule struct {
	Kind MailKind
	// Path is where its button leads, under the base address, with numberMark for
	// the customer number and SecretMark for the secret; empty: the mail leads
	// nowhere and has no button.
	Path string
	// Secret: it carries a token, a password or a key, sealed until it is sent and
	// then wiped (MAIL-3).
	Secret bool
	// Invites: it asks somebody in, and goes back with the invitation.
	Invites bool
	// Topic is the state it tells of, of which one mail waits at most (MAIL-5);
	// empty: none. That is a state of its reader, or, About, of what it names.
	Topic string
	About bool
	// Turns: the topic has two states, and a mail of each. Whoever reads neither
	// of two that follow each other knows what is true.
	Turns bool

	Button string   // message "mail.button.<…>"
	Needs  []string // facts its sentences take, without FactVendor and FactName
	Facts  []string // facts of the title block, shown when they are not empty
	Quote  string   // fact that is quoted when it is not empty
	Small  []string // messages "mail.small.<…>" under the button
}

// What stands in a path for the customer number and, until the mail is written,
// for the secret.
const (
	numberMark = "{number}"
	SecretMark = "{secret}"
)

// MailRules is the table of all kinds, in their order.
func MailRules() []MailRule { return mailRules() }

var (
	mailRules  = sync.OnceValue(tableOfMails)
	mailRuleOf = sync.OnceValue(func() map[MailKind]MailRule {
		rules := map[MailKind]MailRule{}
		for _, rule := range mailRules() {
			rules[rule.Kind] = rule
		}
		return rules
	})
)

// Rule is the row of a kind, and whether there is one.
func (k MailKind) Rule() (MailRule, bool) {
	rule, known := mailRuleOf()[k]
	return rule, known
}

// Path is where the button of a mail of the kind leads, in the account of a
// customer number where it leads into one.
func (k MailKind) Path(number string) string {
	return strings.ReplaceAll(mailRuleOf()[k].Path, numberMark, CleanNumber(number))
}

// InvitingMails are the kinds that go back with an invitation.
func InvitingMails() []MailKind {
	var kinds []MailKind
	for _, rule := range mailRules() {
		if rule.Invites {
			kinds = append(kinds, rule.Kind)
		}
	}
	return kinds
}

// Check reports how a mail departs from the row of its kind. That is a fault of
// who sends it.
func (m Mail) Check() error {
	rule, known := m.Kind.Rule()
	switch {
	case !known:
		return fmt.Errorf("mail of the unknown kind %q", m.Kind)
	case rule.Secret != (m.Secret != ""):
		return fmt.Errorf("mail %s: carries a secret %t, wants %t", m.Kind, m.Secret != "", rule.Secret)
	case (rule.Path == "") != (m.Path == ""):
		return fmt.Errorf("mail %s: leads to %q, wants %q", m.Kind, m.Path, rule.Path)
	case m.About != "" && !rule.About:
		return fmt.Errorf("mail %s: is about %q, wants its reader", m.Kind, m.About)
	}
	return nil
}

func tableOfMails() []MailRule {
	return append(mailsOfEntering(), append(mailsOfSigningIn(), mailsOfAccounts()...)...)
}

// mailsOfEntering are those of invitations, requests to join and admin keys.
func mailsOfEntering() []MailRule {
	account := []string{FactAccount, FactNumber}
	invited := []string{FactAccount, FactNumber, FactActor, FactUserName, FactProducts, FactUntil}
	return []MailRule{
		{Kind: MailInvitation, Path: "/invitation/" + SecretMark, Secret: true, Invites: true,
			Button: "accept", Needs: []string{FactActor, FactAccount}, Facts: invited, Small: []string{"new_one"}},
		{Kind: MailInvitationKnown, Path: "/invitation/" + SecretMark, Secret: true, Invites: true,
			Button: "accept", Needs: []string{FactActor, FactAccount}, Facts: invited, Small: []string{"new_one"}},
		{Kind: MailCredentials, Path: "/sign-in", Secret: true, Invites: true, Button: "sign_in", Needs: []string{FactActor, FactAccount},
			Facts: []string{FactAccount, FactActor, FactUserName, FactSecret, FactUntil}, Small: []string{"secret"}},
		{Kind: MailJoinReceived, Path: "/accounts/" + numberMark + "/requests", Topic: TopicRequest, About: true, Button: "requests",
			Needs: []string{FactPerson, FactAccount}, Facts: []string{FactPerson, FactAddress, FactAccount, FactAt}, Quote: FactMessage},
		{Kind: MailJoinApproved, Path: "/accounts/" + numberMark, Button: "open", Needs: []string{FactAccount}, Facts: account},
		{Kind: MailJoinRejected, Needs: []string{FactNumber}, Facts: []string{FactNumber}, Quote: FactMessage},
		{Kind: MailJoinReminder, Path: "/accounts/" + numberMark + "/requests", Topic: TopicRequests, About: true, Button: "requests",
			Needs: []string{FactCount, FactAccount}, Facts: account, Small: []string{"daily"}},
		{Kind: MailKeyOnItsWay, Needs: []string{FactNumber}, Facts: []string{FactNumber}},
		{Kind: MailKeyNew, Path: "/network", Secret: true, Button: "key",
			Needs: []string{FactAccount}, Facts: []string{FactAccount, FactNumber, FactKey}, Small: []string{"key"}},
		{Kind: MailKeyLocked, Path: "/vendor/key-requests", Topic: TopicLock, About: true, Button: "locks",
			Needs: []string{FactNumber}, Facts: []string{FactNumber, FactAccount, FactPerson, FactAddress, FactAt}},
		{Kind: MailUnlockDone, Path: "/network", Button: "key", Needs: []string{FactNumber}, Facts: account},
	}
}

// mailsOfSigningIn are those of a person's address, password and second factor.
func mailsOfSigningIn() []MailRule {
	when, link := []string{FactUserName, FactAt}, []string{"once", "not_you"}
	return []MailRule{
		{Kind: MailPasswordReset, Path: "/password/reset/" + SecretMark, Secret: true, Button: "password",
			Facts: []string{FactUserName, FactDeadline}, Small: link},
		{Kind: MailPasswordChanged, Facts: when, Small: []string{"tell"}},
		{Kind: MailPasswordRenewal, Path: "/password/change", Button: "password", Needs: []string{FactUntil}, Facts: []string{FactUserName, FactUntil}},
		{Kind: MailFactorSet, Facts: when, Small: []string{"tell"}},
		{Kind: MailFactorRemoved, Facts: when, Small: []string{"tell"}},
		{Kind: MailFactorReset, Facts: when, Quote: FactMessage},
		{Kind: MailRecoveryUsed, Needs: []string{FactCount}, Facts: when, Small: []string{"tell"}},
		{Kind: MailRegistrationConfirm, Path: "/register/confirm/" + SecretMark, Secret: true, Button: "confirm",
			Facts: []string{FactDeadline}, Small: link},
		{Kind: MailRegistrationKnown, Path: "/sign-in", Button: "sign_in", Facts: []string{FactUserName}, Small: []string{"not_you"}},
		{Kind: MailEmailConfirm, Path: "/email/confirm/" + SecretMark, Secret: true, Button: "confirm",
			Facts: []string{FactUserName, FactDeadline}, Small: link},
		{Kind: MailEmailChanged, Facts: when, Small: []string{"tell"}},
		{Kind: MailErasureDone, Facts: []string{FactAt}},
	}
}

// mailsOfAccounts are those of what a person is and has in an account.
func mailsOfAccounts() []MailRule {
	account := []string{FactAccount}
	by, products := []string{FactAccount, FactActor}, []string{FactAccount, FactActor, FactProducts}
	return []MailRule{
		{Kind: MailAdministratorNamed, Path: "/accounts/" + numberMark, Topic: TopicAdministrator, Turns: true, Button: "open",
			Needs: account, Facts: []string{FactAccount, FactNumber, FactActor}},
		{Kind: MailAdministratorByKey, Path: "/accounts/" + numberMark + "/members", Button: "members", Needs: []string{FactPerson, FactAccount},
			Facts: []string{FactPerson, FactAddress, FactAccount, FactNumber, FactAt}},
		{Kind: MailAdministratorNew, Path: "/accounts/" + numberMark + "/members", Topic: TopicArrivals, About: true, Button: "members", Needs: []string{FactPeople, FactAccount},
			Facts: []string{FactPeople, FactAddress, FactAccount, FactNumber, FactActor, FactAt}},
		{Kind: MailAdministratorExcluded, Topic: TopicAdministrator, Turns: true,
			Needs: account, Facts: []string{FactAccount, FactNumber, FactActor}},
		{Kind: MailReferentNamed, Path: "/accounts/" + numberMark + "/contract", Topic: TopicReferent, About: true, Button: "contract",
			Needs: []string{FactUnit, FactAccount}, Facts: []string{FactUnit, FactAccount, FactNumber, FactActor}},
		{Kind: MailDeputyNamed, Path: "/accounts/" + numberMark + "/contract", Topic: TopicDeputy, About: true, Button: "contract",
			Needs: []string{FactUnit, FactAccount}, Facts: []string{FactUnit, FactAccount, FactNumber, FactActor}},
		{Kind: MailProjectAdded, Path: "/accounts/" + numberMark + "/projects", Topic: TopicProject, About: true, Button: "projects",
			Needs: []string{FactProject, FactAccount}, Facts: []string{FactProject, FactAccount, FactActor}},
		{Kind: MailMemberRemoved, Topic: TopicPlace, Needs: account, Facts: by},
		{Kind: MailMemberDeactivated, Topic: TopicPlace, Needs: account, Facts: by},
		{Kind: MailProductAssigned, Path: "/accounts/" + numberMark, Topic: "product", Turns: true, Button: "open", Needs: account, Facts: products},
		{Kind: MailProductWithdrawn, Topic: "product", Turns: true, Needs: account, Facts: products},
		{Kind: MailSubscriptionEnding, Path: "/accounts/" + numberMark, Topic: "subscription", About: true, Button: "open",
			Needs: []string{FactProduct, FactAccount, FactUntil}, Facts: []string{FactProduct, FactCount, FactAccount, FactNumber, FactUntil}},
		{Kind: MailSeatsOverUsed, Path: "/accounts/" + numberMark, Topic: "over_use", About: true, Button: "open",
			Needs: []string{FactProduct, FactAccount, FactCount}, Facts: []string{FactProduct, FactAccount, FactNumber}},
		{Kind: MailExternalEnded, Path: "/accounts/" + numberMark + "/members", Button: "members", Needs: []string{FactPerson, FactProduct, FactAccount},
			Facts: []string{FactPerson, FactProduct, FactAccount, FactUntil}},
		{Kind: MailSubscriptionsEnding, Path: "/accounts/" + numberMark, Button: "open",
			Needs: []string{FactProducts, FactAccount, FactUntil}, Facts: []string{FactProducts, FactAccount, FactNumber, FactUntil}},
		{Kind: MailExternalsEnded, Path: "/accounts/" + numberMark + "/members", Button: "members", Needs: []string{FactPeople, FactProduct, FactAccount},
			Facts: []string{FactPeople, FactProduct, FactAccount}},
		{Kind: MailStaffEntered, Path: "/accounts/" + numberMark + "/history", Button: "open", Needs: []string{FactPerson, FactAccount},
			Facts: []string{FactPerson, FactAccount, FactAt}, Quote: FactMessage},
		{Kind: MailContactMessage, Needs: []string{FactPerson, FactAccount},
			Facts: []string{FactPerson, FactAddress, FactAccount, FactAt}, Quote: FactMessage},
	}
}
