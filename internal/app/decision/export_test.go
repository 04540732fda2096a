package decision

import (
	"context"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Index asks the resident index of an account.
func (s *Checks) Index(ctx context.Context, account directory.AccountID, ask func(*authz.Index) error) error {
	return s.index(ctx, account, ask)
}

// Forget drops the resident index of an account: the next question loads it.
func (s *Checks) Forget(account directory.AccountID) {
	s.residents.mu.Lock()
	defer s.residents.mu.Unlock()
	delete(s.residents.accounts, account)
}
