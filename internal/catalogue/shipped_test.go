package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shipped(t *testing.T, name string) *Catalogue {
	t.Helper()
	c, err := ReadBuiltin(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadBuiltin(t *testing.T) {
	for _, name := range Builtin() {
		t.Run(name, func(t *testing.T) {
			c := shipped(t, name)
			content, _ := BuiltinFile(name)
			checked, faults := Read(name+".yaml", bytes.NewReader(content))
			if len(faults) > 0 {
				t.Fatalf("breaks the schema: %s", faults)
			}
			if !reflect.DeepEqual(checked, c) {
				t.Error("is read otherwise without the schema")
			}
			if c.Name != name {
				t.Errorf("name %q, want %q", c.Name, name)
			}
			for _, id := range []string{"manager", "basic-user"} { // ROLE-3
				if r, ok := c.Role(id); !ok || r.Kind != Rights {
					t.Errorf("no rights role %q", id)
				}
			}
			for _, id := range []string{"contract", "licence", "prospect"} { // ACC-3
				if _, ok := c.ServiceLevel(id); !ok {
					t.Errorf("no service level %q", id)
				}
			}
		})
	}
	if _, ok := BuiltinFile("embed"); ok {
		t.Error("BuiltinFile gives out what is no catalogue")
	}
	if _, err := ReadBuiltin("none"); err == nil {
		t.Error("ReadBuiltin reads a catalogue that does not ship")
	}
}

func TestBuiltinLanguages(t *testing.T) {
	for _, name := range Builtin() {
		c := shipped(t, name)
		for _, thing := range c.things() {
			for field := range thing.fields {
				prefix, ok := strings.CutSuffix(field, ".fr")
				for _, lang := range c.Languages {
					if ok && thing.fields[prefix+"."+lang] == "" {
						t.Errorf("%s: %s %s has no %s in %s", name, thing.noun, thing.id, prefix, lang)
					}
				}
			}
		}
	}
}

// sentences reads the French messages; the other languages have the same keys.
func sentences(t *testing.T) map[string]any {
	t.Helper()
	content, err := os.ReadFile("../i18n/messages/fr.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(content, &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// described checks that each fault has a sentence and the values it asks for.
func described(t *testing.T, faults Faults) {
	t.Helper()
	messages := sentences(t)
	for _, f := range faults {
		sentence := messages[f.MessageKey()]
		if sentence == nil {
			t.Errorf("no message %s", f.MessageKey())
		}
		for _, found := range placeholder.FindAllStringSubmatch(fmt.Sprint(sentence), -1) {
			if _, ok := f.Args[found[1]]; !ok {
				t.Errorf("message %s wants %s, the fault has %v", f.MessageKey(), found[1], f.Args)
			}
		}
	}
}

func TestMessages(t *testing.T) {
	messages := sentences(t)
	for _, thing := range append(shipped(t, Standard).things(), shipped(t, "fleet").things()...) {
		if key := (Change{Noun: thing.noun}).NounKey(); messages[key] == nil {
			t.Errorf("no message %s", key)
		}
	}
	for _, kind := range []ChangeKind{Added, Removed, Changed} {
		if key := (Change{Kind: kind}).KindKey(); messages[key] == nil {
			t.Errorf("no message %s", key)
		}
	}
	for _, how := range []string{Free, Limited, Chargeable, Closed} {
		if messages[OpensKey(how)] == nil {
			t.Errorf("no message %s", OpensKey(how))
		}
	}
}

func TestStandardAccountTypes(t *testing.T) {
	standard := shipped(t, Standard)
	for _, name := range Builtin()[1:] {
		own := shipped(t, name)
		if len(own.AccountTypes) != 1 || own.AccountTypes[0].ID != name {
			t.Fatalf("%s: account types %v", name, own.AccountTypes)
		}
		there, ok := standard.AccountType(name)
		if !ok {
			t.Fatalf("standard has no account type %s", name)
		}
		if diff := cmp.Diff(own.AccountTypes[0].Form, there.Form); diff != "" {
			t.Errorf("ADD-11 form of %s differs in standard: %s", name, diff)
		}
		for _, level := range own.AccountTypes[0].UnitLevels {
			if _, ok := there.Level(level.ID); !ok {
				t.Errorf("standard: %s has no level %s", name, level.ID)
			}
		}
	}
}

func TestShippedRules(t *testing.T) {
	standard, construction := shipped(t, Standard), shipped(t, "construction")
	licences, fleet := shipped(t, "licences"), shipped(t, "fleet")

	t.Run("ACC-11 every section says what each level opens", func(t *testing.T) {
		for _, section := range []string{"events", "support", "downloads", "training", "faq"} {
			if got := standard.Opens("contract", section); got != Free {
				t.Errorf("contract opens %s %s, want free", section, got)
			}
		}
		for level, want := range map[string]string{"licence": Limited, "prospect": Closed, "unheard-of": Closed} {
			if got := standard.Opens(level, "downloads"); got != want {
				t.Errorf("%s opens downloads %s, want %s", level, got, want)
			}
		}
	})
	t.Run("ACC-3 whoever has no account is a prospect", func(t *testing.T) {
		if got := standard.ProspectLevel(); got.ID != "prospect" || got.Sign != "empty" {
			t.Errorf("prospect level %+v", got)
		}
	})
	t.Run("UNIT-1 group, company, location, fleet", func(t *testing.T) {
		pyramid, _ := fleet.AccountType("fleet")
		chain := []string{RootLevel, "group", "company", "location", "fleet"}
		for i, level := range chain[1:] {
			for _, parent := range chain {
				if got, want := pyramid.MayStandUnder(level, parent), parent == chain[i]; got != want {
					t.Errorf("%s under %s: %v, want %v", level, parent, got, want)
				}
			}
		}
		if got := pyramid.LevelsUnder("company"); len(got) != 1 || got[0].ID != "location" {
			t.Errorf("under a company: %v", got)
		}
	})
	t.Run("UNIT-1 entity under entity", func(t *testing.T) {
		entities, _ := licences.AccountType("licences")
		if !entities.MayStandUnder("entity", RootLevel) || !entities.MayStandUnder("entity", "entity") {
			t.Error("an entity stands neither under the account nor under an entity")
		}
	})
	t.Run("UNIT-1 project", func(t *testing.T) {
		building, _ := construction.AccountType("construction")
		if level, ok := building.ProjectLevel(); !ok || !building.MayStandUnder(level.ID, RootLevel) {
			t.Errorf("project level %+v", level)
		}
	})
	t.Run("ROLE-10 users are not managed at the lowest level", func(t *testing.T) {
		manage, _ := fleet.Permission("members.manage")
		if manage.CountsAt("fleet") || !manage.CountsAt("group") || !manage.CountsAt(RootLevel) {
			t.Errorf("members.manage counts at %v", manage.Levels)
		}
		roles, _ := fleet.Permission("roles.manage")
		if roles.CountsAt("group") || !roles.CountsAt(RootLevel) {
			t.Errorf("roles.manage counts at %v", roles.Levels)
		}
	})
	t.Run("ROLE-3 a general role and one per group", func(t *testing.T) {
		pyramid, _ := standard.AccountType("fleet")
		if !pyramid.GeneralRoleRequired || !slices.Equal(pyramid.RoleRequiredAt, []string{"group"}) {
			t.Errorf("general %v, at %v", pyramid.GeneralRoleRequired, pyramid.RoleRequiredAt)
		}
	})
	t.Run("ROLE-6 the administrator holds every permission", func(t *testing.T) {
		role, _ := standard.Role(Administrator)
		if len(role.Permissions) != len(standard.Permissions) || !role.Builtin || role.Place != AccountPlace {
			t.Errorf("administrator %+v", role)
		}
	})
	t.Run("ADD-8 access levels at an account, ADD-9 at a project", func(t *testing.T) {
		for place, want := range map[string][]string{
			AccountPlace: {Administrator, "executive", "standards-administrator"},
			ProjectPlace: {"project-member", "project-administrator"},
		} {
			var got []string
			for _, r := range construction.RolesOf("construction", AccessLevel, place) {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", place, diff)
			}
		}
	})
}

func TestShippedFunctions(t *testing.T) {
	standard := shipped(t, Standard)
	t.Run("ADD-4 functions propose levels and products in every catalogue", func(t *testing.T) {
		for _, name := range Builtin() {
			c := shipped(t, name)
			for _, kind := range c.AccountTypes {
				_, projects := kind.ProjectLevel()
				proposed, products := map[string]bool{}, false
				for _, r := range c.RolesOf(kind.ID, Function, "") {
					level, _ := c.Role(r.DefaultLevel)
					proposed[level.Place] = proposed[level.Place] || kind.HasRole(level.ID)
					products = products || slices.ContainsFunc(r.DefaultProducts, kind.HasProduct)
				}
				if !proposed[AccountPlace] || proposed[ProjectPlace] != projects || !products {
					t.Errorf("%s, %s: functions propose levels %v, products %v; it has projects: %v", name, kind.ID, proposed, products, projects)
				}
			}
		}
	})
	t.Run("PROJ-10 the products of building in the standard catalogue", func(t *testing.T) {
		for _, p := range standard.ProductsOf("construction") {
			if p.Base != (p.ID == "plans") || p.Default != (p.ID == "plans" || p.ID == "analytics") || p.MembersTool != (p.ID != "analytics") {
				t.Errorf("%s: base %v, given by itself %v, Members tool %v", p.ID, p.Base, p.Default, p.MembersTool)
			}
		}
	})
}

func TestAccessWords(t *testing.T) { // CHECK-3
	none := (&Catalogue{Permissions: []Permission{{ID: "cranes.book"}}, AccountTypes: []AccountType{
		{UnitLevels: []UnitLevel{{ID: "yard"}, {ID: "hall"}}}, {UnitLevels: []UnitLevel{{ID: "hall"}}}}}).AccessWords()
	want := Access{
		Subjects: []AccessSubject{{"user", []string{"id", "user_name", "email"}}},
		Resources: []AccessResource{{"account", "account", []string{"id", "number"}}, {"yard", "yard", []string{"id", "external_id"}},
			{"hall", "hall", []string{"id", "external_id"}}},
		Actions: []AccessAction{{"cranes.book", "cranes.book"}},
	}
	if diff := cmp.Diff(want, none); diff != "" {
		t.Errorf("where nothing is declared: %s", diff)
	}
	declared := must(t, smallest)
	if diff := cmp.Diff(declared.Access, declared.AccessWords()); diff != "" {
		t.Errorf("what is declared stands alone: %s", diff)
	}
	fleet := shipped(t, "fleet").AccessWords()
	if len(fleet.Subjects) != 2 || len(fleet.Actions) < 8 {
		t.Errorf("fleet declares %v and %d actions", fleet.Subjects, len(fleet.Actions))
	}
}

func TestShippedForms(t *testing.T) {
	standard, construction, fleet := shipped(t, Standard), shipped(t, "construction"), shipped(t, "fleet")

	t.Run("PROJ-10 products of the construction catalogue", func(t *testing.T) {
		var got []string
		for _, p := range construction.ProductsOf("construction") {
			got = append(got, p.Label.In("fr"))
			if p.MembersTool == (p.ID == "insight") { // LIST-11
				t.Errorf("%s has a Members tool: %v", p.ID, p.MembersTool)
			}
			if p.Default != (p.ID == "docs" || p.ID == "insight") { // PROJ-4
				t.Errorf("%s is given by itself: %v", p.ID, p.Default)
			}
		}
		want := []string{"Docs", "Build", "Cost", "Insight", "Design Collaboration", "Model Coordination", "Takeoff", "AutoSpecs"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if base, ok := construction.BaseProduct("construction"); !ok || base.ID != "docs" { // PROJ-5
			t.Errorf("base product %q", base.ID)
		}
	})
	t.Run("PREF-1 preferences of fleet users", func(t *testing.T) {
		screen, _ := fleet.Preference("start-screen")
		back, _ := fleet.Preference("return-fleet")
		if !screen.Required || !back.Technical || len(fleet.Preferences) != 6 {
			t.Errorf("start screen required %v, return fleet technical %v, %d preferences",
				screen.Required, back.Technical, len(fleet.Preferences))
		}
	})
	t.Run("SIGN-1 credentials go on creation or on invitation", func(t *testing.T) {
		for name, want := range map[string]string{"licences": OnCreation, "fleet": OnInvite} {
			if accountType, _ := standard.AccountType(name); accountType.Form.Credentials != want {
				t.Errorf("%s: %s, want %s", name, accountType.Form.Credentials, want)
			}
		}
	})
	t.Run("ADD-11 what the full form requires", func(t *testing.T) {
		seller, _ := standard.AccountType("licences")
		pyramid, _ := standard.AccountType("fleet")
		if !seller.Form.Requires(FieldCivility) || pyramid.Form.Requires(FieldCivility) || !pyramid.Form.Requires(FieldProvisionalPassword) {
			t.Errorf("licences %v, fleet %v", seller.Form.Required, pyramid.Form.Required)
		}
	})
}

func TestEffectivePolicies(t *testing.T) {
	standard := shipped(t, Standard)
	for _, test := range []struct {
		name, accountType   string
		days, renewal, key  int
		quickProject, paste int
		claims              bool
	}{
		{"INV-1 seven days", "licences", 7, 0, 12, 200, 100_000, false},
		{"INV-1 five days", "fleet", 5, 180, 12, 200, 100_000, false},
		{"EXT-3 claims", "construction", 7, 0, 12, 200, 100_000, true},
		{"unknown type has the catalogue's", "none", 7, 0, 12, 200, 100_000, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := standard.EffectivePolicies(test.accountType)
			if p.InvitationDays != test.days || p.Password.RenewalDays != test.renewal || p.KeyLength != test.key ||
				p.ProjectQuickAdding != test.quickProject || p.PasteLimit != test.paste || p.ExternalClaims != test.claims {
				t.Errorf("policies %+v", p)
			}
		})
	}
	t.Run("defaults", func(t *testing.T) {
		got := (&Catalogue{Languages: []string{"fr"}}).EffectivePolicies("")
		if got.KeyLength != 12 || got.KeyTries != 5 || got.InvitationDays != 7 || got.JoinLapseDays != 60 || got.Languages[0] != "fr" {
			t.Errorf("policies %+v", got)
		}
	})
}

func TestTextIn(t *testing.T) {
	for _, test := range []struct {
		text       Text
		lang, want string
	}{
		{Text{"fr": "Parc", "en": "Fleet", "de": "Fuhrpark"}, "de", "Fuhrpark"},
		{Text{"fr": "Parc", "en": "Fleet"}, "nl", "Fleet"},
		{Text{"fr": "Parc", "de": "Fuhrpark"}, "nl", "Parc"},
		{Text{"nl": "Wagenpark", "de": "Fuhrpark"}, "en", "Fuhrpark"},
		{nil, "fr", ""},
	} {
		if got := test.text.In(test.lang); got != test.want {
			t.Errorf("%v in %s: %q, want %q", test.text, test.lang, got, test.want)
		}
	}
}
