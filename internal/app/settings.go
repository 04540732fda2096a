package app

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An AccountSettings is what an account may set for itself, as it holds now.
// Version is the one of the account it was read in (PLAN-4).
type AccountSettings struct {
	directory.Settings
	Version int64
}

// SettingsView is an account's settings beside what its catalogue says.
type SettingsView struct {
	AccountSettings
	Without   store.WithoutFactor // who has no second factor yet (SIGN-6)
	Catalogue catalogue.ResolvedPolicies
}

// Settings reads what the account has set. It refuses without account.manage.
func (s *Accounts) Settings(ctx context.Context, actor authz.Actor, account directory.AccountID) (SettingsView, error) {
	var v SettingsView
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, authz.ManageAccount, 0); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		v = SettingsView{AccountSettings: s.settingsOf(a), Catalogue: s.gate.Catalogue().EffectivePolicies(a.Type)}
		v.Without, err = r.WithoutFactor(ctx, account)
		return err
	})
	return v, err
}

func (c *core) settingsOf(a directory.Account) AccountSettings {
	return AccountSettings{Settings: c.gate.Policies(a).Settings, Version: a.Version}
}

// ChangeSettings writes what the account sets for itself. What equals the
// catalogue's goes on following the catalogue.
//
// It refuses without account.manage, with stale when somebody changed the
// account meanwhile, and with the field at fault what directory.AccountSettings
// does not allow. Who demands a second factor of others has one: it refuses with
// settings.factor_yourself, so that nobody locks themselves out (SIGN-6).
func (s *Accounts) ChangeSettings(ctx context.Context, actor authz.Actor, account directory.AccountID, said AccountSettings) error {
	return s.settle(ctx, actor, account, said.Version, func(directory.Settings) (directory.Settings, *directory.Error) {
		return said.Settings, nil
	})
}

// EditSettings is ChangeSettings for somebody who says some of them: what is
// absent stays.
func (s *Accounts) EditSettings(ctx context.Context, actor authz.Actor, account directory.AccountID, version int64, change directory.SettingsChange) error {
	return s.settle(ctx, actor, account, version, change.Onto)
}

// settle writes what of makes of the settings that hold.
func (s *Accounts) settle(ctx context.Context, actor authz.Actor, account directory.AccountID, version int64,
	of func(directory.Settings) (directory.Settings, *directory.Error)) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		if err := a.Writable(); err != nil {
			return err
		}
		if version != a.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		before := s.settingsOf(a).Settings
		after, refusal := of(before)
		if refusal != nil {
			return refusal
		}
		return s.planSettings(ctx, r, p, resettling{account: a, before: before, after: after})
	})
	return err
}

// A resettling is an account whose settings change.
type resettling struct {
	account       directory.Account
	before, after directory.Settings
}

// planSettings cleans what was said and plans it, where anything differs.
func (s *Accounts) planSettings(ctx context.Context, r *store.Reader, p *gate.Plan, n resettling) error {
	asked := s.gate.Catalogue().EffectivePolicies(n.account.Type).Settings
	after, refusal := n.after.Clean(asked)
	if refusal != nil {
		return refusal
	}
	if after.SecondFactor != n.before.SecondFactor {
		if err := mayDemand(ctx, r, p.Actor, after.SecondFactor); err != nil {
			return err
		}
	}
	entry := settingsEntry(p, n.before, after)
	if !entry.Changed() {
		return nil
	}
	p.Record(entry)
	changed := n.account
	changed.Language, changed.TimeZone, changed.Settings = after.Language, after.TimeZone, after.Apart(asked).Keeping(n.account.Settings)
	p.Change(store.UpdateAccount{Account: changed, Before: n.account})
	return nil
}

// mayDemand refuses to demand a second factor without having one.
func mayDemand(ctx context.Context, r *store.Reader, actor authz.Actor, demand directory.FactorDemand) error {
	if demand == directory.FactorOfNobody || actor.Kind != authz.Person {
		return nil
	}
	factor, err := r.Factor(ctx, actor.User)
	if err == nil && !factor.Stands() {
		err = directory.InvalidField(directory.SecondFactorSetting, "settings.factor_yourself", nil)
	}
	return err
}

// settingsEntry tells what differs, setting by setting.
func settingsEntry(p *gate.Plan, before, after directory.Settings) audit.Entry {
	e := p.Entry(audit.SettingsChanged, 0, int64(p.Account))
	for _, row := range directory.AccountSettings() {
		e.NoteValue(row.HistoryField(), settingValue(row.At(&before)), settingValue(row.At(&after)))
	}
	return e
}

// settingValue is what stands at a setting, as history keeps it.
func settingValue(at any) audit.Value {
	switch value := at.(type) {
	case *int:
		return audit.Number(*value)
	case *bool:
		return audit.Bool(*value)
	case *string:
		return audit.Text(*value)
	case *[]string:
		return audit.Texts(*value)
	}
	return audit.Nothing
}
