package catalogue

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// smallest is the smallest catalogue that is useful to break.
const smallest = `format: 1
name: example
branding:
  name: Bâtisoft
  portal: {fr: Espace client, en: Customer area}
  colour: "#0b5d66"
  postal_address: [Bâtisoft, 44300 Nantes]
  support: {email: assistance@batisoft.example}
languages: [fr, en]
groups:
  - {id: yard, label: {fr: Dépôt, en: Yard}}
permissions:
  - id: members.manage
    levels: [account, group]
  - {id: crane.book, group: yard, label: {fr: Réserver une grue, en: Book a crane}}
roles:
  - id: basic-user
    kind: rights
    proposed: true
    label: {fr: Utilisateur de base, en: Basic user}
    permissions: [account.view, crane.book]
  - id: helper
    kind: level
    place: account
    label: {fr: Aide, en: Helper}
  - id: architect
    kind: function
    label: {fr: Architecte, en: Architect}
    default_level: helper
    default_products: [plans]
products:
  - {id: plans, short: Pl, label: {fr: Plans, en: Plans}, base: true}
  - id: model
    short: Ma
    label: {fr: Maquette, en: Model}
    requires: [plans]
sections:
  - {id: faq, label: {fr: Questions, en: Questions}, link: /faq}
service_levels:
  - id: contract
    label: {fr: Contrat, en: Contract}
    sign: full
    opens: {faq: free}
  - id: prospect
    label: {fr: Découverte, en: Discovery}
    sign: empty
    prospect: true
    opens: {faq: closed}
account_types:
  - id: fleet
    label: {fr: Parc, en: Fleet}
    root_label: {fr: Instance, en: Instance}
    unit_levels:
      - id: group
        label: {fr: Groupe, en: Group}
        plural: {fr: Groupes, en: Groups}
        under: [account]
        requires: [pool]
        grantable: true
        project: true
      - id: pool
        label: {fr: Parc, en: Pool}
        plural: {fr: Parcs, en: Pools}
        under: [group]
    role_required_at: [group]
    policies: {invitation_days: 5}
preferences:
  - id: screen
    label: {fr: Écran, en: Screen}
    kind: choice
    options: [{id: home, label: {fr: Accueil, en: Home}}]
    default: home
access:
  subjects:
    - {type: employee, by: [personnel_number, email]}
  resources:
    - {type: hall, level: pool, by: [external_id, id]}
    - {type: customer, level: account, by: [number]}
  actions:
    - {name: lift, permission: crane.book}
    - {name: invite, permission: members.manage}
policies:
  password: {min_length: 12}
`

func TestReadSmallest(t *testing.T) {
	if _, faults := Read("example.yaml", strings.NewReader(smallest)); len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, faults := Read("example.yaml", strings.NewReader("\ufeff"+smallest)); len(faults) > 0 {
		t.Fatal(faults)
	}
}

// broken is smallest with old replaced by new. The § in new is taken out and
// marks where a fault of code must be; without one it must be where the text at
// begins.
type broken struct {
	name, old, new, code, at string
}

func (b broken) file(t *testing.T) (content string, line, column int) {
	t.Helper()
	if strings.Count(smallest, b.old) != 1 {
		t.Fatalf("%q stands %d times in the smallest catalogue", b.old, strings.Count(smallest, b.old))
	}
	marked := strings.Replace(smallest, b.old, b.new, 1)
	before, after, ok := strings.Cut(marked, "§")
	if !ok {
		i := strings.Index(marked, b.at)
		before, after = marked[:i], marked[i:]
	}
	start := strings.LastIndexByte(before, '\n') + 1
	return before + after, strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

func (b broken) check(t *testing.T) {
	content, line, column := b.file(t)
	c, faults := Read("example.yaml", strings.NewReader(content))
	if len(faults) == 0 {
		t.Fatal("Read found no fault")
	}
	if c != nil {
		t.Error("Read returned a catalogue with faults")
	}
	described(t, faults)
	for _, f := range faults {
		if f.Code == b.code && f.Line == line && f.Column == column && f.File == "example.yaml" {
			return
		}
	}
	t.Errorf("no fault %s at %d:%d in\n%v", b.code, line, column, faults)
}

func TestReadRefusesForm(t *testing.T) {
	for _, test := range []broken{
		{"not YAML", "name: example", "§name: [example", "syntax", ""},
		{"two documents", "format: 1", "format: 1\n§---\nformat: 1\n---", "documents", ""},
		{"unknown key", "name: example", "name: example\n§colour: red", "unknown_key", ""},
		{"unknown key deep down", "support: {email", "support: {§fax: none, email", "unknown_key", ""},
		{"double key", "name: example", "name: example\n§name: other", "duplicate_key", ""},
		{"key is no text", "name: example", "name: example\n§12: other", "key", ""},
		{"anchor", "languages: [fr, en]", "languages: §&l [fr, en]", "alias", ""},
		{"alias", "languages: [fr, en]", "languages: *l", "syntax", ""},
		{"merge", "name: example", "name: example\n§<<: {a: b}", "alias", ""},
		{"own tag", "name: example", "name: §!mine example", "tag", ""},
		{"own tag of a list", "languages: [fr, en]", "languages: §!mine [fr, en]", "tag", ""},
		{"too deep", "languages: [fr, en]", "languages: [[[[[[[[[[§[[]]]]]]]]]]]]", "too_deep", ""},
		{"missing key", "name: example\n", "", "missing", ""},
		{"text for a number", "format: 1", "format: §one", "want_integer", ""},
		{"fraction", "format: 1", "format: §1.0", "want_integer", ""},
		{"number for a text", "name: example", "name: §12", "want_string", ""},
		{"text for a list", "languages: [fr, en]", "languages: §fr", "want_array", ""},
		{"text for a mapping", "portal: {fr: Espace client, en: Customer area}", "portal: §Portal", "want_object", ""},
		{"text for yes or no", "proposed: true", "proposed: §maybe", "want_boolean", ""},
		{"nothing", "kind: choice", "kind: §~", "want_string", ""},
		{"format of a later version", "format: 1", "format: §2", "not_one_of", ""},
		{"role of no kind", "kind: rights", "kind: §right", "not_one_of", ""},
		{"language without messages", "languages: [fr, en]", "languages: [fr, en, §tlh]", "not_one_of", ""},
		{"label without English", "{fr: Aide, en: Helper}", "§{fr: Aide}", "text_language", ""},
		{"label without French", "{fr: Aide, en: Helper}", "§{en: Helper}", "text_language", ""},
		{"label too long", "en: Helper}", "en: §" + strings.Repeat("x", 401) + "}", "too_long", ""},
		{"too many lines of address", "postal_address: [Bâtisoft, 44300 Nantes]", "postal_address: §[a, b, c, d, e, f, g, h, i]", "too_many", ""},
		{"label in a language unknown", "{fr: Aide, en: Helper}", "{fr: Aide, en: Helper, §tlh: QaH}", "unknown_key", ""},
		{"empty label", "{fr: Aide, en: Helper}", `{fr: §"", en: Helper}`, "form", ""},
		{"id with capitals", "id: helper", "id: §Helper", "form", ""},
		{"script as link", "link: /faq", "link: §javascript:alert(1)", "form", ""},
		{"link to another host", "link: /faq", "link: §//elsewhere.example", "form", ""},
		{"colour by name", `colour: "#0b5d66"`, "colour: §teal", "form", ""},
		{"logo outside", `colour: "#0b5d66"`, "colour: \"#0b5d66\"\n  logo: §../secret.png", "form", ""},
		{"level without place to stand", "under: [account]", "under: §[]", "too_few", ""},
		{"same value twice", "permissions: [account.view, crane.book]", "permissions: [account.view, §account.view]", "duplicate_item", ""},
		{"KEY-1 key of 13", "password: {min_length: 12}", "key_length: §13", "not_one_of", ""},
		{"INV-1 31 days", "{invitation_days: 5}", "{invitation_days: §31}", "too_large", ""},
		{"INV-1 no day", "{invitation_days: 5}", "{invitation_days: §0}", "too_small", ""},
		{"SIGN-3 renewal after 29 days", "{min_length: 12}", "{renewal_days: §29}", "too_small", ""},
		{"ADD-10 too many", "password: {min_length: 12}", "quick_add_project: §1001", "too_large", ""},
		{"ADD-11 field the form has not", "role_required_at: [group]", "form: {required: [§age]}", "not_one_of", ""},
		{"SIGN-1 mail at another moment", "role_required_at: [group]", "form: {credentials: §never}", "not_one_of", ""},
		{"CHECK-3 subject by a name nobody has", "[personnel_number, email]", "[personnel_number, §phone]", "not_one_of", ""},
		{"CHECK-3 resource without a name", "by: [external_id, id]", "by: §[]", "too_few", ""},
		{"CHECK-3 action with blanks", "name: lift", "name: §lift it", "form", ""},
		{"ACC-11 opens in another way", "{faq: closed}", "{faq: §sometimes}", "not_one_of", ""},
	} {
		t.Run(test.name, test.check)
	}
}

func TestReadRefusesMeaning(t *testing.T) {
	for _, test := range []broken{
		{"double id", "id: helper", "id: §basic-user", "duplicate_id", ""},
		{"double level", "- id: pool", "- id: §group", "duplicate_id", ""},
		{"ROLE-6 administrator redefined", "id: helper", "id: §administrator", "reserved", ""},
		{"level named like the account", "- id: pool", "- id: §account", "reserved", ""},
		{"PROJ-12 product named like what is kept beside products", "- id: model", "- id: §tools", "reserved", ""},
		{"group of the program", "{id: yard,", "{id: §members,", "reserved", ""},
		{"role with unknown permission", "[account.view, crane.book]", "[account.view, §crane.fly]", "unknown_permission", ""},
		{"role with unknown product", "default_products: [plans]", "default_products: [§plan]", "unknown_product", ""},
		{"role with unknown level", "default_level: helper", "default_level: §basic-user", "unknown_access_level", ""},
		{"level without place", "    place: account\n    label: {fr: Aide", "    label: {fr: Aide", "missing", "id: helper"},
		{"function with place", "kind: function", "kind: function\n    §place: project", "no_meaning", ""},
		{"rights with default level", "proposed: true", "proposed: true\n    §default_level: helper", "no_meaning", ""},
		{"ROLE-3 none proposed", "  - id: basic-user\n    kind: rights\n    proposed: true", "  §- id: basic-user\n    kind: rights", "none_proposed", ""},
		{"ROLE-10 unknown level", "levels: [account, group]", "levels: [account, §grup]", "unknown_level", ""},
		{"ROLE-10 right of the top made lower", "  - id: members.manage\n    levels: [account, group]", "  - id: roles.manage\n    levels: [account, §group]", "level_too_low", ""},
		{"permission of the program renamed", "levels: [account, group]", "levels: [account]\n    §label: {fr: Tout, en: All}", "no_meaning", ""},
		{"permission without group", "{id: crane.book, group: yard,", "§{id: crane.book,", "missing", ""},
		{"permission in unknown group", "group: yard", "group: §yards", "unknown_group", ""},
		{"product requires itself", "requires: [plans]", "requires: §[model]", "cycle", ""},
		{"product requires unknown", "requires: [plans]", "requires: [§plan]", "unknown_product", ""},
		{"PROJ-5 second base product", "requires: [plans]", "base: true", "second_base", "id: fleet"},
		{"PROJ-12 tool without levels", "requires: [plans]", "tools: [§{id: files, label: {fr: Fichiers, en: Files}}]", "missing", ""},
		{"ACC-11 section not said", "opens: {faq: free}", "opens: §{}", "section_missing", ""},
		{"ACC-11 section unknown", "opens: {faq: free}", "opens: {faq: free, §news: free}", "unknown_section", ""},
		{"ACC-3 no prospect", "    prospect: true\n", "", "no_prospect", "- id: contract"},
		{"ACC-3 second prospect", "sign: full", "sign: full\n    prospect: true", "second_prospect", "true\n    opens: {faq: closed}"},
		{"UNIT-1 under unknown level", "under: [group]", "under: [§groups]", "unknown_level", ""},
		{"UNIT-1 stands under itself only", "under: [group]", "under: §[pool]", "stands_nowhere", ""},
		{"UNIT-1 levels under each other", "under: [account]", "under: §[account, pool]", "cycle", ""},
		{"UNIT-3 requires itself", "requires: [pool]", "requires: §[group]", "cycle", ""},
		{"UNIT-3 requires what stands elsewhere", "under: [group]\n", "under: [account]\n", "required_elsewhere", "pool]"},
		{"ROLE-3 required where nothing is granted", "role_required_at: [group]", "role_required_at: [§pool]", "not_grantable", ""},
		{"unknown role of an account type", "role_required_at: [group]", "roles: [basic-user, §chief]", "unknown_role", ""},
		{"account type without proposed role", "role_required_at: [group]", "roles: §[helper]", "none_proposed", ""},
		{"two levels of projects", "under: [group]\n", "under: [group]\n        project: §true\n", "second_project", ""},
		{"PREF-1 choice without options", "    options: [{id: home, label: {fr: Accueil, en: Home}}]\n    default: home\n", "", "missing", "id: screen"},
		{"PREF-1 default that is no option", "default: home", "default: §away", "unknown_option", ""},
		{"PREF-1 unit of unknown level", "kind: choice", "kind: unit\n    levels: [§pools]", "unknown_level", ""},
		{"PREF-1 a link of an option that opens nothing", "[{id: home, label", "[{id: home, §link: /accounts, label", "no_meaning", ""},
		{"PREF-1 a link that leads elsewhere", "    options: [{id: home, label", "    use: start_screen\n    options: [{id: home, link: §//evil.example, label", "form", ""},
		{"PREF-1 a use of another kind", "kind: choice\n", "kind: choice\n    §use: filter_order\n", "no_meaning", ""},
		{"PREF-1 a top that is no level", "    options: [{id: home", "    use: filter_top\n    options: [{id: §home", "unknown_level", ""},
		{"PREF-1 two start screens", "    default: home\n", "    use: start_screen\n  - {id: second, label: {fr: B, en: B}, kind: choice, use: §start_screen, options: [{id: a, label: {fr: A, en: A}}]}\n", "second_use", ""},
		{"product whose required one is not offered", "role_required_at: [group]", "products: §[model]", "required_product", ""},
		{"preference of unknown account type", "default: home", "account_types: [§yard]", "unknown_account_type", ""},
		{"CHECK-3 subject type twice", "[personnel_number, email]}", "[personnel_number, email]}\n    - {type: §employee, by: [id]}", "duplicate_id", ""},
		{"CHECK-3 resource type twice", "{type: customer,", "{type: §hall,", "duplicate_id", ""},
		{"CHECK-3 action twice", "{name: invite,", "{name: §lift,", "duplicate_id", ""},
		{"CHECK-3 resource of an unknown level", "level: pool, by", "level: §pools, by", "unknown_level", ""},
		{"CHECK-3 action of an unknown permission", "permission: crane.book}", "permission: §crane.fly}", "unknown_permission", ""},
		{"CHECK-3 customer number of a unit", "by: [external_id, id]", "by: [external_id, §number]", "no_meaning", ""},
		{"policy language not declared", "{invitation_days: 5}", "{languages: [§de]}", "unknown_language", ""},
	} {
		t.Run(test.name, test.check)
	}
}

func TestReadRefusesFile(t *testing.T) {
	for _, test := range []struct {
		name, content, code string
		line, column        int
	}{
		{"empty", "", "empty", 1, 1},
		{"only a comment", "# nothing\n", "empty", 1, 1},
		{"nothing but null", "~\n", "want_object", 1, 1},
		{"NUL", "format: 1\nname: a\x00b\n", "nul", 2, 8},
		{"cp1252", "format: 1\nname: B\xe2timent\n", "encoding", 2, 8},
		{"UTF-16", "\xff\xfef\x00o\x00", "encoding", 1, 1},
		{"too large", strings.Repeat("#", maxSize+1), "size", 1, 1},
		{"bomb", "a: &a [x, x]\nb: [*a, *a]\n", "alias", 1, 4},
		{"too many values", "a: [" + strings.Repeat("x,", maxValues+9) + "]", "too_deep", 1, 100001},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, faults := Read("f.yaml", strings.NewReader(test.content))
			if len(faults) == 0 {
				t.Fatal("Read found no fault")
			}
			described(t, faults)
			if f := faults[0]; f.Code != test.code || f.Line != test.line || f.Column != test.column {
				t.Errorf("first fault %v, want %s at %d:%d", f, test.code, test.line, test.column)
			}
		})
	}
	t.Run("reader fails", func(t *testing.T) {
		_, faults := Read("f.yaml", iotest.ErrReader(errors.New("gone")))
		if len(faults) != 1 || faults[0].Code != "unreadable" {
			t.Errorf("faults %v, want unreadable", faults)
		}
		described(t, faults)
	})
	t.Run("many faults are counted", func(t *testing.T) {
		_, faults := Read("f.yaml", strings.NewReader(smallest+manyKeys(500)))
		described(t, faults)
		if len(faults) != maxFaults+1 || faults[maxFaults].Code != "more" || faults[maxFaults].Args["Count"] != 400 {
			t.Errorf("%d faults, last %v %v", len(faults), faults[len(faults)-1], faults[len(faults)-1].Args)
		}
	})
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("x" + strings.Repeat("y", i%50) + string(rune('a'+i/50)) + ": 1\n")
	}
	return b.String()
}

// FuzzRead holds Read to its promise: whatever it is given it answers with a
// catalogue or with faults that have a place, and never panics.
func FuzzRead(f *testing.F) {
	f.Add([]byte(smallest))
	for _, name := range Builtin() {
		content, _ := BuiltinFile(name)
		f.Add(content)
	}
	for _, seed := range []string{"", "~", "a: &a [*a]", "? [a]\n: b", "<<: 1", "- - - -", "{", "a: .nan", "!!binary x", "\x00", "\xff\xfe",
		"a: !!int x", "format: 99999999999999999999999", "\t", "---\n...\n---\n", "a: |\n  b\n c", strings.Repeat("[", 2000), "%YAML 1.2\n---\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, faults := Read("fuzz.yaml", bytes.NewReader(content))
		if (c == nil) == (len(faults) == 0) {
			t.Fatalf("catalogue %v with faults %v", c != nil, faults)
		}
		for _, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Code == "" {
				t.Errorf("fault without place or code: %+v", fault)
			}
		}
		if c == nil {
			return
		}
		if changes := Compare(c, c); len(changes) > 0 {
			t.Errorf("a catalogue differs from itself: %v", changes)
		}
		for _, accountType := range c.AccountTypes {
			c.EffectivePolicies(accountType.ID)
		}
	})
}
