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
			return gate.Stale(ctx, r, store.LatestQuery{Account: account, Kinds: []audit.Kind{audit.SettingsChanged, audit.AccountChanged}})
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
	after, err := n.clean(ctx, r, p.Actor, asked)
	if err != nil {
		return err
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

// clean is what the settings are to be, where that may be.
func (n resettling) clean(ctx context.Context, r *store.Reader, actor authz.Actor, asked directory.Settings) (directory.Settings, error) {
	after, refusal := n.after.Clean(asked)
	if refusal != nil {
		return after, refusal
	}
	if after.SecondFactor == n.before.SecondFactor {
		return after, nil
	}
	return after, mayDemand(ctx, r, actor, after.SecondFactor)
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

// setAt puts what settingValue kept back where it stood.
func setAt(at any, was audit.Value) {
	switch value := at.(type) {
	case *int:
		n, _ := was.Number()
		*value = int(n)
	case *bool:
		*value, _ = was.Bool()
	case *string:
		*value = was.Text()
	case *[]string:
		*value = *textsOf(was)
	}
}

// settingsOpposites take back what an account set for itself (PLAN-2).
func (s *Accounts) settingsOpposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.SettingsChanged: s.takeSettingsBack}
}

// A settingsPart is which of what settings.changed tells: of a mail domain, of the logo,
// or, without either, the account's settings.
type settingsPart struct {
	domain string
	logo   bool
}

// takeSettingsBack plans the opposite of entries about settings. It refuses as
// ChangeSettings and SetAutoApprove do, each setting by itself; and with undo.not_kept
// the logo, since a picture is in no history.
func (s *Accounts) takeSettingsBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.Require(authz.ManageAccount, 0)
	return gate.Opposed(p, entries, func(e audit.Entry) settingsPart {
		return settingsPart{factOf(e, "domain").Text(), !factOf(e, "logo").IsZero()}
	}, func(part settingsPart, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		a, err := r.Account(ctx, p.Account)
		if err == nil {
			err = a.Writable()
		}
		v := gate.Verdict{Subject: int64(a.ID), Name: a.Name}
		switch {
		case err != nil:
			return v, err
		case part.logo:
			v.Left = []string{"logo"}
			return v, gate.NotKept()
		case part.domain != "":
			return s.takeDomainBack(ctx, r, p, part.domain, n)
		}
		is, err := s.resettled(ctx, r, p.Actor, n, a)
		if err == nil && n.Back() {
			err = s.planSettings(ctx, r, p, is)
		}
		return n.Verdict(int64(a.ID), a.Name), err
	})
}

// resettled are the settings as they were: all of them where they may stand together,
// else each that may by itself.
func (s *Accounts) resettled(ctx context.Context, r *store.Reader, actor authz.Actor, n *gate.Net, a directory.Account) (resettling, error) {
	asked, before := s.gate.Catalogue().EffectivePolicies(a.Type).Settings, s.settingsOf(a).Settings
	back := func(n *gate.Net, may func(resettling) error) (resettling, error) {
		is := resettling{account: a, before: before, after: before}
		for _, row := range directory.AccountSettings() {
			err := n.Restore(row.HistoryField(), settingValue(row.At(&before)), func(was audit.Value) error {
				tried := is
				setAt(row.At(&tried.after), was)
				err := may(tried)
				if err == nil {
					is = tried
				}
				return err
			})
			if err != nil {
				return is, err
			}
		}
		return is, nil
	}
	clean := func(tried resettling) error {
		_, err := tried.clean(ctx, r, actor, asked)
		return err
	}
	together := *n
	is, err := back(&together, func(resettling) error { return nil })
	if err != nil {
		return is, err
	}
	if refusal, fault := gate.AsRefusal(clean(is)); refusal == nil {
		*n = together
		return is, fault
	}
	return back(n, clean)
}

// takeDomainBack takes back whether requests from a domain are approved by themselves.
func (s *Accounts) takeDomainBack(ctx context.Context, r *store.Reader, p *gate.Plan, name string, n *gate.Net) (gate.Verdict, error) {
	before, err := r.Domain(ctx, p.Account, name)
	if err != nil {
		return gate.Verdict{Name: name}, err
	}
	err = n.Restore("auto_approve", audit.Bool(before.AutoApprove), func(was audit.Value) error {
		on, _ := was.Bool()
		return planDomain(p, before, approving(on))
	})
	return n.Verdict(0, before.Name), err
}

// factOf is what an entry says a field became.
func factOf(e audit.Entry, field string) audit.Value {
	for _, c := range e.Facts {
		if c.Field == field {
			return c.After
		}
	}
	return audit.Nothing
}
