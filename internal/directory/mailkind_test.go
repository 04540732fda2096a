package directory

import (
	"slices"
	"testing"
)

func TestMailRules(t *testing.T) { // MAIL-1
	rules := MailRules()
	if len(rules) != len(mailRuleOf()) {
		t.Errorf("MAIL-1 %d rows for %d kinds", len(rules), len(mailRuleOf()))
	}
	topics := map[string][]MailRule{}
	for _, rule := range rules {
		if rule.Kind == "" || (rule.Path == "") != (rule.Button == "") {
			t.Errorf("MAIL-1 %s: button %q leads to %q", rule.Kind, rule.Button, rule.Path)
		}
		if rule.Topic != "" {
			topics[rule.Topic] = append(topics[rule.Topic], rule)
		} else if rule.About || rule.Turns {
			t.Errorf("MAIL-5 %s has no topic that it could be about or turn back", rule.Kind)
		}
		if got := rule.Kind.Path("20-4817"); rule.Path != "" && (got == "" || got[0] != '/') {
			t.Errorf("MAIL-1 %s leads to %q", rule.Kind, got)
		}
	}
	for topic, kinds := range topics {
		for _, rule := range kinds {
			if rule.About != kinds[0].About || rule.Turns != (len(kinds) == 2 && topic != TopicPlace) {
				t.Errorf("MAIL-5 %s: %d kinds of mail tell of %s", rule.Kind, len(kinds), topic)
			}
		}
	}
	if got, want := MailJoinReceived.Path("204 817"), "/accounts/204817/requests"; got != want {
		t.Errorf("MAIL-1 Path = %q, want %q", got, want)
	}
	if got, want := InvitingMails(), []MailKind{MailInvitation, MailInvitationKnown, MailCredentials}; !slices.Equal(got, want) {
		t.Errorf("MAIL-1 %q go back with an invitation, want %q", got, want)
	}
}

func TestMailCheck(t *testing.T) { // MAIL-1, MAIL-3
	for name, m := range map[string]Mail{
		"unknown kind":      {Kind: "unheard_of"},
		"no secret":         {Kind: MailPasswordReset, Path: MailPasswordReset.Path("")},
		"a secret too many": {Kind: MailPasswordChanged, Secret: "t0ken"},
		"no path":           {Kind: MailPasswordReset, Secret: "t0ken"},
		"a path too many":   {Kind: MailPasswordChanged, Path: "/sign-in"},
		"about another":     {Kind: MailMemberRemoved, About: "204817"},
	} {
		if m.Check() == nil {
			t.Errorf("MAIL-1 %s: no fault", name)
		}
	}
	for _, m := range []Mail{
		{Kind: MailPasswordReset, Path: MailPasswordReset.Path(""), Secret: "t0ken"},
		{Kind: MailKeyLocked, Path: MailKeyLocked.Path(""), About: "204817"},
		{Kind: MailPasswordChanged},
	} {
		if err := m.Check(); err != nil {
			t.Errorf("MAIL-1 %v", err)
		}
	}
}
