package catalogue

import (
	"encoding/json"
	"fmt"

	"intendant/internal/directory"
)

// Policies are what a vendor may set, for all accounts or for an account type.
// What is left out keeps the next wider value, and at last the default of
// EffectivePolicies.
type Policies struct {
	KeyLength         *int       `yaml:"key_length"`  // 12 or 16. Rule KEY-1
	KeyTries          *int       `yaml:"key_tries"`   // Rule KEY-9
	PasteLimit        *int       `yaml:"paste_limit"` // Rule ADD-1
	AllOrNothingLimit *int       `yaml:"all_or_nothing_limit"`
	JoinLapseDays     *int       `yaml:"join_lapse_days"`
	JoinPauseDays     *int       `yaml:"join_pause_days"`          // Rule JOIN-4
	ExternalClaims    *bool      `yaml:"external_claims"`          // a claim opens use. Rule EXT-3
	NoticeDays        *[]int     `yaml:"subscription_notice_days"` // before its end. Rule MAIL-1
	Retention         *Retention `yaml:"retention"`
	// Account are the policies of what an account may set for itself too, as the
	// rows of directory.AccountSettings name them.
	Account map[string]any `yaml:",inline"`

	chosen directory.Chosen `yaml:"-"` // Account as it is asked
}

// choose reads what accounts may set for themselves too.
func (p *Policies) choose() error {
	text, err := json.Marshal(p.Account)
	if err != nil {
		return fmt.Errorf("policies of accounts: %w", err)
	}
	if p.chosen, err = directory.ChosenPolicies(text); err != nil {
		return fmt.Errorf("policies of accounts: %w", err)
	}
	return nil
}

// choosePolicies is choose for the catalogue and each of its account types.
func (c *Catalogue) choosePolicies() error {
	if err := c.Policies.choose(); err != nil {
		return err
	}
	for _, t := range c.AccountTypes {
		if t.Policies == nil {
			continue
		}
		if err := t.Policies.choose(); err != nil {
			return err
		}
	}
	return nil
}

// Retention says after how many days things are wiped. Rule USER-7.
type Retention struct {
	Registrations *int `yaml:"registrations"` // unconfirmed
	JoinRequests  *int `yaml:"join_requests"` // rejected, withdrawn or lapsed
	Mails         *int `yaml:"mails"`         // sent
	SignIns       *int `yaml:"sign_ins"`
}

// ResolvedPolicies are policies with every value filled in. The settings of an
// account are what it begins with and, where a row says so, may not fall below.
type ResolvedPolicies struct {
	directory.Settings
	KeyLength         int
	KeyTries          int
	PasteLimit        int
	AllOrNothingLimit int
	JoinLapseDays     int
	JoinPauseDays     int
	ExternalClaims    bool
	NoticeDays        []int
	Retention         ResolvedRetention
}

// ResolvedRetention is a retention with every value filled in, in days.
type ResolvedRetention struct {
	Registrations int
	JoinRequests  int
	Mails         int
	SignIns       int
}

// EffectivePolicies returns what holds for accounts of the type: its own
// policies over the catalogue's over the defaults. An unknown or empty type has
// the catalogue's.
func (c *Catalogue) EffectivePolicies(accountType string) ResolvedPolicies {
	p := ResolvedPolicies{
		Settings:  directory.UsualSettings(),
		KeyLength: 12, KeyTries: 5,
		PasteLimit: 100_000, AllOrNothingLimit: 10_000,
		JoinLapseDays: 60, JoinPauseDays: 30, NoticeDays: []int{90, 30, 7},
		Retention: ResolvedRetention{Registrations: 7, JoinRequests: 365, Mails: 90, SignIns: 180},
	}
	p.Languages = c.Languages
	p.overlay(c.Policies)
	if t, ok := c.AccountType(accountType); ok && t.Policies != nil {
		p.overlay(*t.Policies)
	}
	return p
}

// overlay puts the values set in over above those of p.
func (p *ResolvedPolicies) overlay(over Policies) {
	p.Settings = over.chosen.Over(p.Settings)
	set(&p.KeyLength, over.KeyLength)
	set(&p.KeyTries, over.KeyTries)
	set(&p.PasteLimit, over.PasteLimit)
	set(&p.AllOrNothingLimit, over.AllOrNothingLimit)
	set(&p.JoinLapseDays, over.JoinLapseDays)
	set(&p.JoinPauseDays, over.JoinPauseDays)
	set(&p.ExternalClaims, over.ExternalClaims)
	set(&p.NoticeDays, over.NoticeDays)
	if r := over.Retention; r != nil {
		set(&p.Retention.Registrations, r.Registrations)
		set(&p.Retention.JoinRequests, r.JoinRequests)
		set(&p.Retention.Mails, r.Mails)
		set(&p.Retention.SignIns, r.SignIns)
	}
}

func set[T any](value *T, over *T) {
	if over != nil {
		*value = *over
	}
}
