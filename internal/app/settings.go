package app

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An AccountSettings is what an account may set for itself, as it holds now.
// Version is the one of the account it was read in (PLAN-4).
type AccountSettings struct {
	Version        int64
	Language       string
	TimeZone       string
	InvitationDays int
	QuickAddLimit  int
	Password       directory.PasswordPolicy
	Languages      []string
	Reminders      bool // administrators are reminded of waiting requests (JOIN-8)
	SecondFactor   directory.FactorDemand
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
	p := c.gate.Policies(a)
	return AccountSettings{Version: a.Version, Language: a.Language, TimeZone: a.TimeZone, InvitationDays: p.InvitationDays,
		QuickAddLimit: p.QuickAddAccount, Password: roster.PolicyFrom(p.Password), Languages: p.Languages, Reminders: a.Settings.Reminders != "off",
		SecondFactor: a.Settings.SecondFactor}
}

// ChangeSettings writes what the account sets for itself. What equals the
// catalogue's goes on following the catalogue.
//
// It refuses without account.manage, with stale when somebody changed the
// account meanwhile, and with the field at fault: days out of 1 to 30 (INV-1), a
// password policy laxer than the catalogue's (SIGN-3), a language or time zone
// there is not. Who demands a second factor of others has one: it refuses with
// settings.factor_yourself, so that nobody locks themselves out (SIGN-6).
func (s *Accounts) ChangeSettings(ctx context.Context, actor authz.Actor, account directory.AccountID, said AccountSettings) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		before, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		if err := before.Writable(); err != nil {
			return err
		}
		if said.Version != before.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		of := s.gate.Catalogue().EffectivePolicies(before.Type)
		if err := said.check(of); err != nil {
			return err
		}
		if said.SecondFactor != before.Settings.SecondFactor {
			if err := mayDemand(ctx, r, p.Actor, said.SecondFactor); err != nil {
				return err
			}
		}
		after := before
		after.Language, after.TimeZone, after.Settings = said.Language, said.TimeZone, said.over(of)
		entry := settingsEntry(p, s.settingsOf(before), s.settingsOf(after))
		if len(entry.Facts) == 0 {
			return nil
		}
		p.Record(entry)
		p.Change(store.UpdateAccount{Account: after, Before: before})
		return nil
	})
	return err
}

// mayDemand refuses to demand a second factor without having one.
func mayDemand(ctx context.Context, r *store.Reader, actor authz.Actor, demand directory.FactorDemand) error {
	if demand == directory.FactorOfNobody || actor.Kind != authz.Person {
		return nil
	}
	factor, err := r.Factor(ctx, actor.User)
	if err == nil && !factor.Stands() {
		err = directory.InvalidField("second_factor", "settings.factor_yourself", nil)
	}
	return err
}

func (n AccountSettings) check(of catalogue.ResolvedPolicies) error {
	for _, refusal := range []*directory.Error{directory.CheckInvitationDays(n.InvitationDays), directory.CheckQuickAddLimit(n.QuickAddLimit),
		n.Password.AtLeast(roster.PolicyFrom(of.Password)), n.SecondFactor.Check()} {
		if refusal != nil {
			return refusal
		}
	}
	if !slices.Contains(of.Languages, n.Language) {
		return directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": n.Language})
	}
	for _, l := range n.Languages {
		if !slices.Contains(of.Languages, l) {
			return directory.InvalidField("languages", "field.unknown_choice", directory.Args{"Value": l})
		}
	}
	if !slices.Contains(n.Languages, n.Language) {
		return directory.InvalidField("languages", "settings.language_left_out", nil)
	}
	if _, err := time.LoadLocation(n.TimeZone); err != nil || n.TimeZone == "" {
		return directory.InvalidField("time_zone", "field.unknown_choice", directory.Args{"Value": n.TimeZone})
	}
	return nil
}

// over is what differs from the catalogue, as the account keeps it.
func (n AccountSettings) over(of catalogue.ResolvedPolicies) directory.Settings {
	var s directory.Settings
	if n.InvitationDays != of.InvitationDays {
		s.InvitationDays = n.InvitationDays
	}
	if n.QuickAddLimit != of.QuickAddAccount {
		s.QuickAddLimit = n.QuickAddLimit
	}
	if n.Password != roster.PolicyFrom(of.Password) {
		s.Password = &n.Password
	}
	if len(n.Languages) < len(of.Languages) {
		s.Languages = slices.Clone(n.Languages)
	}
	if !n.Reminders {
		s.Reminders = "off"
	}
	s.SecondFactor = n.SecondFactor
	return s
}

func settingsEntry(p *gate.Plan, before, after AccountSettings) audit.Entry {
	e := p.Entry(audit.SettingsChanged, 0, int64(p.Account))
	e.Note("language", before.Language, after.Language)
	e.Note("time_zone", before.TimeZone, after.TimeZone)
	e.NoteValue("invitation_days", audit.Number(before.InvitationDays), audit.Number(after.InvitationDays))
	e.NoteValue("quick_add_limit", audit.Number(before.QuickAddLimit), audit.Number(after.QuickAddLimit))
	e.NoteValue("password_length", audit.Number(before.Password.MinLength), audit.Number(after.Password.MinLength))
	e.NoteValue("password_classes", audit.Number(before.Password.Classes), audit.Number(after.Password.Classes))
	e.NoteValue("password_renewal", audit.Number(before.Password.RenewalDays), audit.Number(after.Password.RenewalDays))
	e.NoteValue("languages", audit.Texts(before.Languages), audit.Texts(after.Languages))
	e.NoteValue("reminders", audit.Bool(before.Reminders), audit.Bool(after.Reminders))
	e.Note("second_factor", string(before.SecondFactor), string(after.SecondFactor))
	return e
}
