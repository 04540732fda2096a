package app

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/identity"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// SetLogo keeps an account's logo, drawn anew from a PNG or JPEG (ACC-1). It
// refuses with picture.unreadable and picture.too_large.
func (s *Accounts) SetLogo(ctx context.Context, actor authz.Actor, account directory.AccountID, file []byte) error {
	picture, err := identity.Redrawn("logo", file)
	if err != nil {
		return err
	}
	return s.putLogo(ctx, actor, account, picture)
}

// RemoveLogo takes an account's logo away; none there is no error.
func (s *Accounts) RemoveLogo(ctx context.Context, actor authz.Actor, account directory.AccountID) error {
	return s.putLogo(ctx, actor, account, nil)
}

// Redrawn is a PNG or JPEG drawn anew as PNG, as an account's logo is. It refuses as
// SetLogo does.
func Redrawn(field string, file []byte) ([]byte, error) { return identity.Redrawn(field, file) }

func (s *Accounts) putLogo(ctx context.Context, actor authz.Actor, account directory.AccountID, picture []byte) error {
	_, err := s.gate.Perform(ctx, actor, account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		entry := p.Entry(audit.SettingsChanged, 0, int64(account))
		entry.Note("logo", "", "changed")
		p.Record(entry)
		p.Change(store.PutPicture{PictureKey: logoOf(account), PNG: picture})
		return nil
	})
	return err
}

// Logo reads an account's logo as PNG for whoever belongs to the account. It
// refuses with account.not_found and picture.not_found.
func (s *Accounts) Logo(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]byte, error) {
	var picture []byte
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		var err error
		picture, err = r.Picture(ctx, logoOf(account))
		return err
	})
	return picture, err
}

func logoOf(account directory.AccountID) store.PictureKey {
	return store.PictureKey{Account: account, Purpose: "logo"}
}
