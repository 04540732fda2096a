package address

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestCanonical(t *testing.T) { // USER-9
	for _, test := range []struct{ name, typed, form, fault string }{
		{"USER-9 case of ASCII", "Y.BERTIN+chantier@Groupe-Maraval.example.FR", "y.bertin+chantier@groupe-maraval.example.fr", ""},
		{"USER-9 local part keeps its letters", "éric@maraval.fr", "éric@maraval.fr", ""},
		{"USER-9 no case folding beyond ASCII", "Éric@maraval.fr", "Éric@maraval.fr", ""},
		{"USER-9 decomposed local part", "e\u0301ric@maraval.fr", "éric@maraval.fr", ""},
		{"USER-9 domain in A-labels", "a@café.fr", "a@xn--caf-dma.fr", ""},
		{"USER-9 decomposed domain", "a@cafe\u0301.fr", "a@xn--caf-dma.fr", ""},
		{"USER-9 domain in upper case", "a@CAFÉ.fr", "a@xn--caf-dma.fr", ""},
		{"USER-9 punycode is the same domain", "a@XN--caf-DMA.fr", "a@xn--caf-dma.fr", ""},
		{"USER-9 other scripts", "用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah", ""},
		{"USER-9 sharp s is a letter of its own", "a@straße.de", "a@xn--strae-oqa.de", ""},
		{"USER-9 two hyphens are no A-label", "a@r3---sn.example", "a@r3---sn.example", ""},

		{"USER-9 Turkish capital in a domain", "a@İntendant.fr", "", "email.form"},
		{"USER-9 Kelvin sign in a domain", "a@\u212aopf.de", "", "email.form"},
		{"USER-9 Kelvin sign in a local part", "\u212aopf@b.de", "", "email.form"},
		{"USER-9 full-width domain", "a@ｍａｒａｖａｌ.fr", "", "email.form"},
		{"USER-9 full-width local part", "ａnn@maraval.fr", "", "email.form"},
		{"USER-9 ligature in a local part", "ﬁn@maraval.fr", "", "email.form"},
		{"USER-9 broken punycode", "a@xn--caf-.fr", "", "email.domain"},
		{"USER-9 punycode of plain letters", "a@xn--maraval-.fr", "", "email.domain"},
		{"USER-9 label too long as A-label", "a@" + strings.Repeat("é", 31) + strings.Repeat("û", 20) + ".fr", "", "email.domain"},
		{"USER-9 quoted local part", `"john doe"@b.fr`, "", "email.character"},
	} {
		form, fault := Canonical(test.typed)
		if form != test.form || fault != test.fault {
			t.Errorf("%s: Canonical(%q) = %q, %q, want %q, %q", test.name, test.typed, form, fault, test.form, test.fault)
		}
		if fault != "" {
			continue
		}
		if again, fault := Canonical(form); again != form || fault != "" {
			t.Errorf("%s: Canonical of its own form %q = %q, %q", test.name, form, again, fault)
		}
	}
}

func TestCompared(t *testing.T) { // USER-9
	for _, test := range []struct{ text, want string }{
		{" Y.Bertin@CAFÉ.fr ", "y.bertin@xn--caf-dma.fr"},
		{"Bertin", "bertin"},
		{"a@\u212aopf.de", "a@\u212aopf.de"}, // never somebody else's
		{"", ""},
	} {
		if got := Compared(test.text); got != test.want {
			t.Errorf("Compared(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestShown(t *testing.T) { // USER-9
	for _, test := range []struct{ form, want string }{
		{"a@xn--caf-dma.fr", "a@café.fr"}, {"a@maraval.fr", "a@maraval.fr"}, {"xn--caf-dma", "xn--caf-dma"}, {"a@xn--caf-.fr", "a@xn--caf-.fr"},
	} {
		if got := Shown(test.form); got != test.want {
			t.Errorf("Shown(%q) = %q, want %q", test.form, got, test.want)
		}
	}
}

// FuzzCanonical holds what everybody relies on: the form of a form is itself,
// and it differs from what was typed only in case, composition and A-labels.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"Y.Bertin@Maraval.FR", "e\u0301@cafe\u0301.fr", "a@xn--caf-dma.fr", "\u212a@b.de", "a@İ.fr", "ａ@ｂ.fr"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		form, fault := Canonical(typed)
		if (form == "") == (fault == "") {
			t.Fatalf("Canonical(%q) = %q, %q", typed, form, fault)
		}
		if fault != "" {
			return
		}
		if again, fault := Canonical(form); again != form || fault != "" {
			t.Errorf("Canonical(%q) = %q, whose form is %q, %q", typed, form, again, fault)
		}
		if !norm.NFC.IsNormalString(form) || lowerASCII(form) != form {
			t.Errorf("Canonical(%q) = %q", typed, form)
		}
		typedLocal, _, _ := strings.Cut(typed, "@")
		local, domain, _ := strings.Cut(form, "@")
		if !plain(domain) {
			t.Errorf("Canonical(%q): domain %q", typed, domain)
		}
		if lowerASCII(norm.NFC.String(typedLocal)) != local {
			t.Errorf("Canonical(%q): local part %q", typed, local)
		}
	})
}
