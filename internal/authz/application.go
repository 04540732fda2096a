package authz

import (
	"slices"

	"intendant/internal/directory"
)

// registeredFor reports whether an application's rights include a duty of the
// vendor's staff: with customers it creates and changes accounts, with subscriptions
// it says what they have bought, with keys it handles keys, letters and requests;
// each finds the accounts it is about. No
// right includes another duty (APP-1, APP-4).
func registeredFor(rights []directory.ApplicationRight, d Duty) bool {
	has := func(r directory.ApplicationRight) bool { return slices.Contains(rights, r) }
	switch d {
	case ViewAccounts:
		return has(directory.MayManageCustomers) || has(directory.MayManageSubscriptions) || has(directory.MayHandleKeys)
	case CreateAccounts, ChangeAccounts:
		return has(directory.MayManageCustomers)
	case ManageSubscriptions:
		return has(directory.MayManageSubscriptions)
	case HandleKeys:
		return has(directory.MayHandleKeys)
	}
	return false
}

// permitted are the permissions that an application holds in the whole of every
// account it sees: it asks with access.check, and reads with account.view and
// members.view what is in the directory. It never writes there as a member would:
// what it changes, it changes as the vendor does (APP-1).
func permitted(rights []directory.ApplicationRight) []Permission {
	var all []Permission
	if slices.Contains(rights, directory.MayAsk) {
		all = append(all, CheckAccess)
	}
	if slices.Contains(rights, directory.MayReadDirectory) {
		all = append(all, ViewAccount, ViewMembers)
	}
	return all
}

// OfApplication are the rights of an application over the tree of one account in
// that state. Outside its portfolio it does not know that the account exists
// (KEY-14). A suspended account keeps nothing from the vendor's own programs:
// they may hear that the answer is no, and why (ACC-12).
func OfApplication(actor Actor, t *Tree, account directory.AccountID, state directory.AccountState) Rights {
	if actor.Kind != Application || !actor.Sees(account) {
		return Rights{tree: t, state: state, bar: NotMember}
	}
	return Rights{tree: t, state: state, known: len(actor.Registered) > 0, bar: NotMember, given: permitted(actor.Registered)}
}
