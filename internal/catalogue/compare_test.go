package catalogue

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		want           []Change
	}{
		{"the same", "format: 1", "format: 1", nil},
		{"ROLE-3 permission taken from a role", "[account.view, crane.book]", "[account.view]",
			[]Change{{Changed, "role", "basic-user", "permissions", "account.view, crane.book", "account.view"}}},
		{"label", "{fr: Aide, en: Helper}", "{fr: Aide, en: Assistant}",
			[]Change{{Changed, "role", "helper", "label.en", "Helper", "Assistant"}}},
		{"product added", "products:\n", "products:\n  - {id: site, short: Ch, label: {fr: Chantier, en: Site}}\n",
			[]Change{{Kind: Added, Noun: "product", ID: "site", New: "Chantier"}}},
		{"product removed", "  - id: model\n    short: Ma\n    label: {fr: Maquette, en: Model}\n    requires: [plans]\n", "",
			[]Change{{Kind: Removed, Noun: "product", ID: "model", Old: "Maquette"}}},
		{"module added", "requires: [plans]", "requires: [plans]\n    modules: [{id: core, label: {fr: Base, en: Core}}]",
			[]Change{
				{Changed, "product", "model", "modules", "", "core"},
				{Changed, "product", "model", "modules.core.label.en", "", "Core"},
				{Changed, "product", "model", "modules.core.label.fr", "", "Base"},
			}},
		{"unit level", "        requires: [pool]\n", "",
			[]Change{{Changed, "unit_level", "fleet/group", "requires", "pool", ""}}},
		{"policy", "min_length: 12", "min_length: 14",
			[]Change{{Changed, "policy", "", "password.min_length", "12", "14"}}},
		{"policy of an account type", "{invitation_days: 5}", "{key_tries: 4}",
			[]Change{
				{Changed, "account_type", "fleet", "policies.invitation_days", "5", ""},
				{Changed, "account_type", "fleet", "policies.key_tries", "", "4"},
			}},
		{"service level", "{faq: closed}", "{faq: limited}",
			[]Change{{Changed, "service_level", "prospect", "opens.faq", "closed", "limited"}}},
		{"CHECK-3 words of products", "{name: lift, permission: crane.book}", "{name: hoist, permission: crane.book}",
			[]Change{{Kind: Removed, Noun: "access_action", ID: "lift", Old: "lift"}, {Kind: Added, Noun: "access_action", ID: "hoist", New: "hoist"}}},
		{"CHECK-3 names of a subject", "[personnel_number, email]", "[email]",
			[]Change{{Changed, "access_subject", "employee", "by", "personnel_number, email", "email"}}},
		{"ROLE-10 levels of a built-in permission", "levels: [account, group]", "levels: [account]",
			[]Change{{Changed, "permission", "members.manage", "levels", "account, group", "account"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.Replace(smallest, test.old, test.new, 1)
			got := Compare(must(t, smallest), must(t, changed))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("order of things is no difference", func(t *testing.T) {
		a := must(t, smallest)
		b := must(t, smallest)
		b.Roles[1], b.Roles[2] = b.Roles[2], b.Roles[1]
		if got := Compare(a, b); got != nil {
			t.Errorf("changes %v", got)
		}
	})
}

func must(t *testing.T, content string) *Catalogue {
	t.Helper()
	c, faults := Read("example.yaml", strings.NewReader(content))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return c
}
