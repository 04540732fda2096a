package directory

import (
	"strings"
	"testing"
)

func TestEmailFault(t *testing.T) {
	for _, test := range []struct{ email, want string }{
		{"y.bertin@maraval.fr", ""},
		{"Y.BERTIN+chantier@Groupe-Maraval.example.FR", ""},
		{"o'hara_2%x@maraval.fr", ""},
		{"éric@café.fr", ""},
		{"用户@例え.テスト", ""},
		{"a@" + strings.Repeat("b", 63) + ".fr", ""},
		{strings.Repeat("a", 64) + "@b.fr", ""},
		{"", "email.empty"},
		{"y.bertin", "email.no_at"},
		{"a@b@c.fr", "email.two_at"},
		{strings.Repeat("a", 65) + "@b.fr", "email.too_long"},
		{"a@" + strings.Repeat("bcd.", 63) + "fr", "email.too_long"},
		{strings.Repeat("a", 70000) + "@b.fr", "email.too_long"},
		{"@b.fr", "email.local"},
		{".a@b.fr", "email.local"},
		{"a.@b.fr", "email.local"},
		{"a..b@b.fr", "email.local"},
		{`"a"@b.fr`, "email.local"},
		{"a(b)@b.fr", "email.local"},
		{"a@", "email.domain"},
		{"a@b", "email.domain"},
		{"a@b.", "email.domain"},
		{"a@.fr", "email.domain"},
		{"a@-b.fr", "email.domain"},
		{"a@b-.fr", "email.domain"},
		{"a@b_c.fr", "email.domain"},
		{"a@192.168.1.2", "email.domain"},
		{"a@" + strings.Repeat("b", 64) + ".fr", "email.domain"},
		{"a b@c.fr", "email.character"},
		{"a\x00@c.fr", "email.character"},
		{"a@c.fr\r\nBcc: x@y.fr", "email.character"},
		{"a\u200b@c.fr", "email.character"},
		{"a\u00a0@c.fr", "email.character"},
		{"\xff@c.fr", "email.character"},
	} {
		if got := EmailFault(test.email); got != test.want {
			t.Errorf("EmailFault(%.60q) = %q, want %q", test.email, got, test.want)
		}
		if got, want := ValidEmail(test.email), test.want == ""; got != want {
			t.Errorf("ValidEmail(%.60q) = %v, want %v", test.email, got, want)
		}
	}
}

func TestDomainOf(t *testing.T) {
	for _, test := range []struct{ email, want string }{
		{"Y.Bertin@Maraval.FR ", "maraval.fr"}, {"a@b@c.fr", "c.fr"}, {"nobody", ""}, {"", ""},
	} {
		if got := DomainOf(test.email); got != test.want {
			t.Errorf("DomainOf(%q) = %q, want %q", test.email, got, test.want)
		}
	}
}
