package app

import (
	"context"
	"strconv"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// domainsPerAccount bounds how many mail domains an account names.
const domainsPerAccount = 50

// Domains lists the mail domains of the account. It refuses without
// account.manage.
func (s *Accounts) Domains(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]directory.Domain, error) {
	var domains []directory.Domain
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err := gate.Require(rights, authz.ManageAccount, 0); err != nil {
			return err
		}
		domains, err = r.Domains(ctx, account)
		return err
	})
	return domains, err
}

// AddDomain names a mail domain of the account. It counts for nothing until it
// is verified. It refuses with domain.malformed, domain.there and
// domain.too_many.
func (s *Accounts) AddDomain(ctx context.Context, actor authz.Actor, account directory.AccountID, typed string) (directory.Domain, error) {
	name, refusal := directory.CleanDomain(typed)
	if refusal != nil {
		return directory.Domain{}, refusal
	}
	token, _ := secret.NewToken()
	domain := directory.Domain{Name: name, Token: token}
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		has, err := r.Domains(ctx, account)
		if err != nil {
			return err
		}
		if len(has) >= domainsPerAccount {
			return &directory.Error{Kind: directory.Conflict, Code: "domain.too_many", Field: "domain", Args: directory.Args{"Count": domainsPerAccount}}
		}
		for _, d := range has {
			if d.Name == name {
				return &directory.Error{Kind: directory.Conflict, Code: "domain.there", Field: "domain", Args: directory.Args{"Domain": name}}
			}
		}
		p.Change(store.InsertDomain{Account: account, Domain: domain})
		p.Record(domainEntry(p, audit.DomainAdded, name))
		return nil
	})
	return domain, err
}

func domainEntry(p *gate.Plan, kind audit.Kind, name string) audit.Entry {
	e := p.Entry(kind, 0, 0)
	e.Note("domain", "", name)
	return e
}

// VerifyDomain looks for the account's TXT record at the domain; once it is
// there the domain is the account's (JOIN-7). It refuses with
// domain.record_missing, with domain.taken when another account has verified it,
// with domain.not_found and with limit.hourly.
func (s *Accounts) VerifyDomain(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) error {
	var domain directory.Domain
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err := gate.Require(rights, authz.ManageAccount, 0); err != nil {
			return err
		}
		domain, err = r.Domain(ctx, account, name)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.gate.Ration(ctx, gate.Ration{Scope: "domain", Subject: strconv.FormatInt(int64(account), 10), Most: 60}); err != nil {
		return err
	}
	records, err := s.lookupTXT(ctx, domain.Name)
	if err != nil {
		s.gate.Log.DebugContext(ctx, "look up TXT records", "domain", domain.Name, "error", err)
	}
	if !domain.Proved(records) {
		return &directory.Error{Kind: directory.Conflict, Code: "domain.record_missing", Args: directory.Args{"Domain": domain.Name}}
	}
	return s.changeDomain(ctx, actor, account, name, func(p *gate.Plan, d *directory.Domain) audit.Entry {
		if d.Verified.IsZero() {
			d.Verified = p.Now
		}
		return domainEntry(p, audit.DomainVerified, name)
	})
}

// SetAutoApprove switches whether requests from a verified domain are approved
// by themselves (JOIN-7). It refuses with domain.unverified.
func (s *Accounts) SetAutoApprove(ctx context.Context, actor authz.Actor, account directory.AccountID, name string, on bool) error {
	return s.changeDomain(ctx, actor, account, name, approving(on))
}

// approving switches whether requests from a domain are approved by themselves.
func approving(on bool) func(p *gate.Plan, d *directory.Domain) audit.Entry {
	return func(p *gate.Plan, d *directory.Domain) audit.Entry {
		entry := p.Entry(audit.SettingsChanged, 0, int64(p.Account))
		entry.Note("domain", "", d.Name)
		entry.NoteValue("auto_approve", audit.Bool(d.AutoApprove), audit.Bool(on))
		d.AutoApprove = on
		return entry
	}
}

func (s *Accounts) changeDomain(ctx context.Context, actor authz.Actor, account directory.AccountID, name string, change func(p *gate.Plan, d *directory.Domain) audit.Entry) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		before, err := r.Domain(ctx, account, name)
		if err != nil {
			return err
		}
		return planDomain(p, before, change)
	})
	return err
}

// planDomain plans what becomes of a domain, where that is anything.
func planDomain(p *gate.Plan, before directory.Domain, change func(p *gate.Plan, d *directory.Domain) audit.Entry) error {
	after := before
	entry := change(p, &after)
	if after.AutoApprove && after.Verified.IsZero() {
		return &directory.Error{Kind: directory.Conflict, Code: "domain.unverified", Args: directory.Args{"Domain": after.Name}}
	}
	if after == before {
		return nil
	}
	p.Change(store.PutDomain{Account: p.Account, Domain: after})
	p.Record(entry)
	return nil
}

// RemoveDomain takes a mail domain from the account: nothing is approved by
// itself from there any more. One that is gone already is no error.
func (s *Accounts) RemoveDomain(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.Require(authz.ManageAccount, 0); err != nil {
			return err
		}
		_, err := r.Domain(ctx, account, name)
		if gate.RefusedWith(err, "domain.not_found") {
			return nil
		}
		if err != nil {
			return err
		}
		p.Change(store.RemoveDomain{Account: account, Name: name})
		p.Record(domainEntry(p, audit.DomainRemoved, name))
		return nil
	})
	return err
}
