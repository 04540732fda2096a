package store

import (
	"sync"

	"intendant/internal/directory"
)

// rememberedAccounts is how many accounts' roles are remembered.
const rememberedAccounts = 256

// A roleMemo remembers the roles of accounts between changes: every change of
// an account needs them all, and hardly any changes them. They are right as
// long as the account's sequence is the one they were committed with, whichever
// node has changed it since.
type roleMemo struct {
	mu       sync.Mutex
	accounts map[directory.AccountID]rememberedRoles
}

type rememberedRoles struct {
	sequence int64
	roles    []directory.Role
}

// recall gives a change that has just locked its accounts the roles that are
// still right; the others it reads when it needs them.
func (m *roleMemo) recall(tx *Tx) {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx.roles = make(map[directory.AccountID][]directory.Role, len(tx.ledgers))
	for account, l := range tx.ledgers {
		tx.roles[account] = nil // held: nobody else writes them meanwhile
		if known := m.accounts[account]; known.sequence == l.sequence {
			tx.roles[account] = known.roles
		}
	}
}

// keep remembers the roles that a committed change has read.
func (m *roleMemo) keep(tx *Tx) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for account, roles := range tx.roles {
		if roles == nil {
			delete(m.accounts, account)
			continue
		}
		if len(m.accounts) >= rememberedAccounts {
			clear(m.accounts)
		}
		m.accounts[account] = rememberedRoles{tx.ledgers[account].sequence, roles}
	}
}
