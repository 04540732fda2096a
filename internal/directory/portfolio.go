package directory

import "slices"

// A Portfolio is the accounts that a member of the vendor's staff looks after, or
// an application sees (VEND-3, APP-1). The zero one is all accounts there are.
type Portfolio struct {
	Limited  bool // to Accounts, be there none
	Accounts []AccountID
}

// Only is the portfolio of some accounts; without any, of none.
func Only(accounts ...AccountID) Portfolio { return Portfolio{Limited: true, Accounts: accounts} }

// Holds reports whether an account is in the portfolio.
func (p Portfolio) Holds(account AccountID) bool {
	return !p.Limited || slices.Contains(p.Accounts, account)
}

// Equal reports whether two portfolios are of the same accounts, in their order.
func (p Portfolio) Equal(other Portfolio) bool {
	return p.Limited == other.Limited && slices.Equal(p.Accounts, other.Accounts)
}
