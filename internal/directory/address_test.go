package directory

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// shown writes a list as one line for each address and fault.
func shown(list AddressList) string {
	var b strings.Builder
	for _, a := range list.Addresses {
		fmt.Fprintf(&b, "%d:%d %s", a.Line, a.Position, a.Email)
		if a.First != "" || a.Last != "" {
			fmt.Fprintf(&b, " [%s|%s]", a.First, a.Last)
		}
		b.WriteString("\n")
	}
	for _, f := range list.Faults {
		fmt.Fprintf(&b, "%d:%d !%s %s\n", f.Line, f.Position, f.Code, f.Text)
	}
	return b.String()
}

func TestParseAddresses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"only blanks and marks", " \n\t , ; - • \"\" <> \u00a0", ""},
		{"ADD-1 every separator, mixed", "a@x.fr,b@x.fr;c@x.fr\td@x.fr e@x.fr\nf@x.fr\r\ng@x.fr\u00a0h@x.fr\u2028i@x.fr ;, j@x.fr",
			"1:1 a@x.fr\n1:8 b@x.fr\n1:15 c@x.fr\n1:22 d@x.fr\n1:29 e@x.fr\n2:1 f@x.fr\n3:1 g@x.fr\n3:8 h@x.fr\n4:1 i@x.fr\n4:11 j@x.fr\n"},
		{"ADD-1 name before the address", "Yann Bertin <y.bertin@x.fr>, Anna <anna@x.fr>",
			"1:1 y.bertin@x.fr [Yann|Bertin]\n1:30 anna@x.fr [Anna|]\n"},
		{"ADD-1 quoted name", `"Bertin, Yann" <y@x.fr>;"de La Tour, Éric" <e@x.fr>`, "1:2 y@x.fr [Yann|Bertin]\n1:26 e@x.fr [Éric|de La Tour]\n"},
		{"ADD-1 name with a comma, not quoted", "a@x.fr, Bertin, Yann <y@x.fr>; z@x.fr", "1:1 a@x.fr\n1:9 y@x.fr [Yann|Bertin]\n1:32 z@x.fr\n"},
		{"ADD-1 surname in capitals", "DE SOUZA Ana Maria <a@x.fr>", "1:1 a@x.fr [Ana Maria|DE SOUZA]\n"},
		{"ADD-1 brackets alone", "<a@x.fr> <b@x.fr>", "1:2 a@x.fr\n1:11 b@x.fr\n"},
		{"ADD-1 the name is the address", "a@x.fr <a@x.fr>; 'b@x.fr' <b@x.fr>; \"c@x.fr\" <C@x.fr>", "1:9 a@x.fr\n1:28 b@x.fr\n1:38 C@x.fr\n"},
		{"ADD-1 two addresses, one in brackets", "a@x.fr <b@x.fr>", "1:1 a@x.fr\n1:9 b@x.fr\n"},
		{"ADD-1 links, quotes, full stops", "mailto:a@x.fr 'b@x.fr' «c@x.fr» (d@x.fr), e@x.fr. MAILTO:f@x.fr?subject=x <mailto:g@x.fr>",
			"1:8 a@x.fr\n1:16 b@x.fr\n1:25 c@x.fr\n1:34 d@x.fr\n1:43 e@x.fr\n1:58 f@x.fr\n1:76 g@x.fr\n"},
		{"ADD-1 bullets and quoted mail", "- a@x.fr\n• b@x.fr\n> c@x.fr", "1:3 a@x.fr\n2:3 b@x.fr\n3:3 c@x.fr\n"},
		{"ADD-1 invisible characters", "\ufeffa\u200b@x.fr\u200b", "1:2 a@x.fr\n"},
		{"ADD-2 doubles, the first stays", "A@x.fr\nYann <a@X.FR>; a@x.fr", "1:1 A@x.fr\n"},
		{"ADD-2 bad ones with their place", "a@x.fr\nb@x, c@@x.fr\nd@x.fr", "1:1 a@x.fr\n3:1 d@x.fr\n2:1 !email.domain b@x\n2:6 !email.two_at c@@x.fr\n"},
		{"ADD-2 words that are no address", "Yann Bertin; foo, bar, a@x.fr baz", "1:24 a@x.fr\n1:1 !email.no_at Yann Bertin\n1:14 !email.no_at foo\n1:19 !email.no_at bar\n1:31 !email.no_at baz\n"},
		{"ADD-2 a bad address before a name", "y.bertin, Anna <a@x.fr>", "1:11 a@x.fr [Anna|]\n1:1 !email.no_at y.bertin\n"},
		{"ADD-2 bad address in brackets", "Yann <yann>", "1:1 !email.no_at Yann <yann>\n"},
		{"ADD-2 bracket never closed", "Yann <a@x.fr\nb@x.fr", "1:7 a@x.fr\n2:1 b@x.fr\n1:1 !email.no_at Yann\n"},
		{"ADD-2 words in brackets", "<a@x.fr b@x.fr>", "1:2 a@x.fr\n1:9 b@x.fr\n"},
		{"ADD-2 NUL and broken text", "a\x00@x.fr b@x.fr \xff \x00", "1:9 b@x.fr\n1:1 !email.character a�@x.fr\n1:16 !email.character � �\n"},
		{"ADD-2 positions count characters", "éè@é.fr Ω@x.fr", "1:1 éè@é.fr\n1:9 Ω@x.fr\n"},
		{"ADD-2 a quoted local part is not the address it holds", `"v@x.fr doe"@y.fr, "<v@x.fr>"@y.fr; "john.doe"@y.fr`,
			"1:37 john.doe@y.fr\n1:1 !email.quoted \"v@x.fr doe\"@y.fr\n1:20 !email.quoted \"<v@x.fr>\"@y.fr\n"},
		{"ADD-14 column with its head", "E-mail\na@x.fr\nb@x.fr", "2:1 a@x.fr\n3:1 b@x.fr\n"},
		{"ADD-14 German head, quotes", "\ufeff\"E-Mail-Adresse\"\r\n\"a@x.fr\"\r\n\"b@x.fr\"\r\n", "2:2 a@x.fr\n3:2 b@x.fr\n"},
		{"ADD-14 Dutch head", "E-mailadres\na@x.fr", "2:1 a@x.fr\n"},
		{"ADD-14 head after blank lines", "\n \nADRESSE ÉLECTRONIQUE\na@x.fr", "4:1 a@x.fr\n"},
		{"ADD-14 head word elsewhere is a fault", "a@x.fr\nE-mail", "1:1 a@x.fr\n2:1 !email.no_at E-mail\n"},
		{"ADD-14 REP-4 cells made harmless", "'+a@x.fr\n'-b@x.fr\n'=c@x.fr", "1:2 +a@x.fr\n2:2 -b@x.fr\n3:2 =c@x.fr\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := ParseAddresses(test.text, 100)
			if err != nil {
				t.Fatalf("ParseAddresses: %v", err)
			}
			if got := shown(list); got != test.want {
				t.Errorf("ParseAddresses(%q)\n got %s\nwant %s", test.text, got, test.want)
			}
			if got := len(list.Addresses) + list.Doubles + len(list.Faults); list.Read != got {
				t.Errorf("Read = %d, want %d", list.Read, got)
			}
		})
	}
}

func TestParseAddressesKeepsFaultsWhole(t *testing.T) { // ADD-2
	long := strings.Repeat("é", 70000) + "@x"
	list, err := ParseAddresses(long, 10)
	if err != nil || len(list.Faults) != 1 {
		t.Fatalf("ParseAddresses = %d faults, %v, want one", len(list.Faults), err)
	}
	if got := list.Faults[0].Text; got != long {
		t.Errorf("fault of %d characters, want all", utf8.RuneCountInString(got))
	}
	if got, want := Excerpt(long), strings.Repeat("é", 80)+"…"; got != want {
		t.Errorf("shown as %q", got)
	}
}

func TestReadAddress(t *testing.T) {
	for _, test := range []struct{ text, email, name, code string }{
		{"a@x.fr", "a@x.fr", "", ""},
		{" a@x.fr ", "a@x.fr", "", ""},
		{"Yann Bertin <y.bertin@x.fr>", "y.bertin@x.fr", "Yann|Bertin", ""},
		{`"Bertin, Yann" <y.bertin@x.fr>`, "y.bertin@x.fr", "Yann|Bertin", ""},
		{"mailto:a@x.fr?subject=x", "a@x.fr", "", ""},
		{"mailto:a%2Bb@x.fr", "a+b@x.fr", "", ""},
		{"mailto:%22a%20b%22@x.fr", "", "", "email.character"},
		{"<a@x.fr>.", "a@x.fr", "", ""},
		{"a@x.fr;", "a@x.fr", "", ""},
		{"\u200ba@x.fr.\u200b", "a@x.fr", "", ""},
		{"'a@x.fr'", "a@x.fr", "", ""},
		{"a@x.fr <A@x.fr>", "a@x.fr", "", ""},
		{"a@x.fr; b@x.fr", "", "", "email.several"},
		{"a@x.fr/b@x.fr", "", "", "email.two_at"},
		{"john doe@x.fr", "", "", "email.character"},
		{"a@x.fr (home)", "", "", "email.character"},
		{`"john doe"@x.fr`, "", "", "email.quoted"},
		{`"john.doe"@x.fr`, "john.doe@x.fr", "", ""},
		{`"victim@x.fr doe"@y.fr`, "", "", "email.quoted"},
		{`"<victim@x.fr>"@y.fr`, "", "", "email.quoted"},
		{`"victim@x.fr"@y.fr`, "", "", "email.quoted"},
		{`John <"victim@x.fr "@y.fr>`, "", "", "email.quoted"},
		{`John <"john.doe"@x.fr>`, "john.doe@x.fr", "John|", ""},
		{"", "", "", "email.empty"},
		{"-", "", "", "email.empty"},
		{"E-mail", "", "", "email.no_at"},
	} {
		t.Run("ADD-1 "+test.text, func(t *testing.T) {
			got, code := ReadAddress(test.text)
			if code != test.code {
				t.Fatalf("ReadAddress: code %q, want %q", code, test.code)
			}
			if code != "" {
				return
			}
			name := ""
			if got.First != "" || got.Last != "" {
				name = got.First + "|" + got.Last
			}
			if !strings.EqualFold(got.Email, test.email) || name != test.name {
				t.Errorf("ReadAddress: %s %q, want %s %q", got.Email, name, test.email, test.name)
			}
		})
	}
}

func TestParseAddressesLimit(t *testing.T) {
	text := manyAddresses(101) + "P0@maraval.fr faulty"
	if _, err := ParseAddresses(text, 101); err != nil {
		t.Errorf("ADD-1 at the limit, with a double and a fault: %v, want none", err)
	}
	_, err := ParseAddresses(text, 100)
	if err == nil || err.Code != "addresses.too_many" || err.Kind != Invalid || err.Args["count"] != 101 || err.Args["limit"] != 100 {
		t.Errorf("ADD-1 over the limit: %v, want addresses.too_many with 101 and 100", err)
	}
}

func manyAddresses(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d@maraval.fr%c", i, ",;\t \n"[i%5])
	}
	return b.String()
}

// hostile texts would take minutes were any step quadratic.
func TestParseAddressesIsLinear(t *testing.T) {
	for _, piece := range []string{"<", "\"", "\" ", "' ", "a ", "a, ", "a@x.fr <", "\"a\" <b> ", "é", "\r", "<a b", "@"} {
		list, err := ParseAddresses(strings.Repeat(piece, 1_000_000/len(piece)), 10)
		if err != nil {
			t.Errorf("ParseAddresses of many %q: %v", piece, err)
		}
		for _, f := range list.Faults {
			if utf8.RuneCountInString(Excerpt(f.Text)) > maxFaultText+1 {
				t.Fatalf("excerpt of %d characters of many %q", utf8.RuneCountInString(Excerpt(f.Text)), piece)
			}
		}
	}
}

func FuzzParseAddresses(f *testing.F) {
	for _, seed := range []string{
		"E-mail\na@x.fr;b@x.fr", `"Bertin, Yann" <y@x.fr>, <a@b.fr>`, "Yann <mailto:a@b.fr>\r\n'+c@d.fr\x00\xff", "a@b.fr <a@b.fr>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseAddresses(text, 1<<30)
		if err != nil {
			t.Fatalf("ParseAddresses: %v", err)
		}
		if got := len(list.Addresses) + list.Doubles + len(list.Faults); list.Read != got {
			t.Errorf("Read = %d, want %d", list.Read, got)
		}
		inside := func(line, position int) bool {
			return line >= 1 && line <= len(text)+1 && position >= 1 && position <= utf8.RuneCountInString(text)
		}
		found := make(map[string]bool)
		for _, a := range list.Addresses {
			if !ValidEmail(a.Email) || !inside(a.Line, a.Position) || found[FoldEmail(a.Email)] {
				t.Errorf("address %+v is not valid, not inside or a double", a)
			}
			found[FoldEmail(a.Email)] = true
		}
		for _, fault := range list.Faults {
			if fault.Code == "" || !inside(fault.Line, fault.Position) || !showable(fault.Text) {
				t.Errorf("fault %+v", fault)
			}
		}
		if strings.ContainsRune(text, '"') {
			return // a quoted name may be an address that is not meant
		}
		for _, piece := range strings.FieldsFunc(text, func(r rune) bool {
			return r == ',' || r == '，' || r == '<' || r == '>' || separates(r) || unicode.IsSpace(r)
		}) {
			start, stop := trimWord(piece, 0, len(piece))
			if email := withoutInvisible(piece[start:stop]); ValidEmail(email) && !found[FoldEmail(email)] {
				t.Errorf("%q is lost from %q", email, text)
			}
		}
	})
}

func BenchmarkParseAddresses(b *testing.B) {
	text := manyAddresses(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseAddresses(text, 100_000); err != nil {
			b.Fatal(err)
		}
	}
}
