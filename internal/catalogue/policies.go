package catalogue

// Policies are the numbers a vendor may set, for all accounts or for an account
// type. What is left out keeps the next wider value, and at last the default of
// EffectivePolicies.
type Policies struct {
	KeyLength         *int            `yaml:"key_length"`      // 12 or 16. Rule KEY-1
	KeyTries          *int            `yaml:"key_tries"`       // Rule KEY-9
	InvitationDays    *int            `yaml:"invitation_days"` // 1 to 30. Rule INV-1
	QuickAddAccount   *int            `yaml:"quick_add_account"`
	QuickAddProject   *int            `yaml:"quick_add_project"` // Rule ADD-10
	PasteLimit        *int            `yaml:"paste_limit"`       // Rule ADD-1
	AllOrNothingLimit *int            `yaml:"all_or_nothing_limit"`
	JoinLapseDays     *int            `yaml:"join_lapse_days"`
	JoinPauseDays     *int            `yaml:"join_pause_days"` // Rule JOIN-4
	ExternalClaims    *bool           `yaml:"external_claims"` // a claim opens use. Rule EXT-3
	Password          *PasswordPolicy `yaml:"password"`
	Retention         *Retention      `yaml:"retention"`
	Languages         []string        `yaml:"languages"` // of the catalogue's; empty: all
}

// A PasswordPolicy is what a password must be. Rule SIGN-3.
type PasswordPolicy struct {
	MinLength   *int `yaml:"min_length"`
	Classes     *int `yaml:"classes"`      // of lower case, upper case, digit, other: how many
	RenewalDays *int `yaml:"renewal_days"` // 0: never; else 30 or more
}

// Retention says after how many days things are wiped. Rule USER-7.
type Retention struct {
	Registrations *int `yaml:"registrations"` // unconfirmed
	JoinRequests  *int `yaml:"join_requests"` // rejected, withdrawn or lapsed
	Mails         *int `yaml:"mails"`         // sent
	SignIns       *int `yaml:"sign_ins"`
}

// ResolvedPolicies are policies with every value filled in.
type ResolvedPolicies struct {
	KeyLength         int
	KeyTries          int
	InvitationDays    int
	QuickAddAccount   int
	QuickAddProject   int
	PasteLimit        int
	AllOrNothingLimit int
	JoinLapseDays     int
	JoinPauseDays     int
	ExternalClaims    bool
	Password          ResolvedPassword
	Retention         ResolvedRetention
	Languages         []string
}

// ResolvedPassword is a password policy with every value filled in.
type ResolvedPassword struct {
	MinLength   int
	Classes     int
	RenewalDays int
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
		KeyLength: 12, KeyTries: 5, InvitationDays: 7,
		QuickAddAccount: 100, QuickAddProject: 200,
		PasteLimit: 100_000, AllOrNothingLimit: 10_000,
		JoinLapseDays: 60, JoinPauseDays: 30,
		Password:  ResolvedPassword{MinLength: 12, Classes: 1},
		Retention: ResolvedRetention{Registrations: 7, JoinRequests: 365, Mails: 90, SignIns: 180},
		Languages: c.Languages,
	}
	p.overlay(c.Policies)
	if t, ok := c.AccountType(accountType); ok && t.Policies != nil {
		p.overlay(*t.Policies)
	}
	return p
}

// overlay puts the values set in over above those of p.
func (p *ResolvedPolicies) overlay(over Policies) {
	set(&p.KeyLength, over.KeyLength)
	set(&p.KeyTries, over.KeyTries)
	set(&p.InvitationDays, over.InvitationDays)
	set(&p.QuickAddAccount, over.QuickAddAccount)
	set(&p.QuickAddProject, over.QuickAddProject)
	set(&p.PasteLimit, over.PasteLimit)
	set(&p.AllOrNothingLimit, over.AllOrNothingLimit)
	set(&p.JoinLapseDays, over.JoinLapseDays)
	set(&p.JoinPauseDays, over.JoinPauseDays)
	set(&p.ExternalClaims, over.ExternalClaims)
	if w := over.Password; w != nil {
		set(&p.Password.MinLength, w.MinLength)
		set(&p.Password.Classes, w.Classes)
		set(&p.Password.RenewalDays, w.RenewalDays)
	}
	if r := over.Retention; r != nil {
		set(&p.Retention.Registrations, r.Registrations)
		set(&p.Retention.JoinRequests, r.JoinRequests)
		set(&p.Retention.Mails, r.Mails)
		set(&p.Retention.SignIns, r.SignIns)
	}
	if len(over.Languages) > 0 {
		p.Languages = over.Languages
	}
}

func set[T any](value *T, over *T) {
	if over != nil {
		*value = *over
	}
}
