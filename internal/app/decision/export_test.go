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
