package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"intendant/internal/directory"
)

const file = `
# an installation
addr: ":9000"
base_url: https://clients.batisoft.example/
mail:
  from: Bâtisoft <clients@batisoft.example>
  smtp_host: smtp.batisoft.example
  smtp_port: 465
  smtp_password: hunter2hunter2
  tls: tls
trusted_proxies: [192.0.2.0/24, "::1"]
session:
`

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	return path
}

func TestLoadSources(t *testing.T) {
	t.Parallel()
	path := write(t, "intendant.yaml", file)
	environ := []string{"HOME=/root", "INTENDANT_ADDR=:9001", "INTENDANT_MAIL_SMTP_PORT=2525", "INTENDANT_CONFIG=x", "INTENDANT_TEST_POSTGRES=y"}
	c, err := Load(path, environ, map[string]string{"addr": ":9002"})
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if c.Addr != ":9002" || c.Mail.SMTPPort != 2525 || c.Mail.TLS != "tls" || c.Language != "fr" {
		t.Errorf("flag, environment, file, default: %q, %d, %q, %q", c.Addr, c.Mail.SMTPPort, c.Mail.TLS, c.Language)
	}
	if c.BaseURL != "https://clients.batisoft.example" {
		t.Errorf("BaseURL = %q", c.BaseURL)
	}
	if want := []string{"192.0.2.0/24", "::1"}; !slices.Equal(c.TrustedProxies, want) {
		t.Errorf("TrustedProxies = %q, want %q", c.TrustedProxies, want)
	}
	got := map[string]Setting{}
	for _, s := range c.Effective() {
		got[s.Name] = s
		if strings.Contains(s.Value, "hunter2") {
			t.Errorf("%s shows a secret", s.Name)
		}
	}
	for name, want := range map[string]Setting{
		"addr":               {"addr", ":9002", FromFlag, false},
		"mail.smtp_port":     {"mail.smtp_port", "2525", FromEnvironment, false},
		"mail.tls":           {"mail.tls", "tls", FromFile, false},
		"mail.smtp_password": {"mail.smtp_password", hidden, FromFile, true},
		"secret":             {"secret", "", FromDefault, true},
		"log.level":          {"log.level", "info", FromDefault, false},
	} {
		if got[name] != want {
			t.Errorf("Effective: %+v, want %+v", got[name], want)
		}
	}
}

func TestLoadNothing(t *testing.T) {
	t.Parallel()
	c, err := Load("", nil, nil)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if c.Addr != "127.0.0.1:8080" || c.Data != "data" || c.Catalogue != "standard" || c.Session.IdleMinutes != 120 {
		t.Errorf("defaults: %+v", c)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		file  string
		env   string
		field string
		code  string
	}{
		{"unknown key", "mail:\n  smtp_hots: a", "", "mail.smtp_hots", "config.unknown"},
		{"unknown variable", "", "INTENDANT_ADR=:1", "INTENDANT_ADR", "config.unknown"},
		{"a value where a group belongs", "mail: yes", "", "mail", "config.not_group"},
		{"a list where a value belongs", "addr: [a, b]", "", "addr", "config.not_value"},
		{"no YAML", "addr: [", "", "config", "config.syntax"},
		{"port out of range", "mail: {smtp_port: 70000}", "", "mail.smtp_port", "config.out_of_range"},
		{"no number", "", "INTENDANT_SESSION_MAX_DAYS=long", "session.max_days", "config.out_of_range"},
		{"no boolean", "mailbox: perhaps", "", "mailbox", "config.not_boolean"},
		{"no such choice", "log: {level: loud}", "", "log.level", "config.not_offered"},
		{"no address", "addr: nowhere", "", "addr", "config.bad_addr"},
		{"SIGN-7 open base address", "base_url: http://clients.batisoft.example", "", "base_url", "config.base_url_open"},
		{"SIGN-7 base address with a path", "base_url: https://batisoft.example/clients", "", "base_url", "config.bad_base_url"},
		{"SIGN-7 base address that is none", "base_url: 'clients.batisoft.example'", "", "base_url", "config.bad_base_url"},
		{"other database", "database: mysql://a/b", "", "database", "config.bad_database"},
		{"short secret", "secret: abc", "", "secret", "config.secret_short"},
		{"secret file missing", "secret_file: /no/such/file", "", "secret_file", "config.no_file"},
		{"two secrets", "secret: " + strings.Repeat("x", 32), "INTENDANT_SECRET_FILE=/a", "secret_file", "config.two_secrets"},
		{"bad network", "trusted_proxies: [10.0.0.0/99]", "", "trusted_proxies", "config.bad_network"},
		{"bad sender", "mail: {from: nobody}", "", "mail.from", "config.bad_sender"},
		{"mail without sender", "base_url: https://a.example\nmail: {smtp_host: b}", "", "mail.from", "config.mail_needs"},
		{"mail without base address", "mail: {smtp_host: b, from: a@b.example}", "", "base_url", "config.mail_needs"},
		{"password in the open", "base_url: https://a.example\nmail: {smtp_host: b.example, from: a@b.example, smtp_password: x, tls: none}", "", "mail.tls", "config.open_password"},
		{"empty", "data: ''", "", "data", "config.empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(write(t, "a.yaml", test.file), []string{test.env}, nil)
			var refusals Refusals
			if !errors.As(err, &refusals) || len(refusals) != 1 {
				t.Fatalf("Load: %v, want one refusal", err)
			}
			if got := refusals[0]; got.Field != test.field || got.Code != test.code {
				t.Errorf("refused %s of %s, want %s of %s", got.Code, got.Field, test.code, test.field)
			}
		})
	}
	t.Run("every fault at once", func(t *testing.T) {
		_, err := Load("", []string{"INTENDANT_ADDR=x", "INTENDANT_MAILBOX=x"}, map[string]string{"nope": "1"})
		var refusals Refusals
		if !errors.As(err, &refusals) || len(refusals) != 3 {
			t.Errorf("Load: %v, want three refusals", err)
		}
		var one *directory.Error
		if !errors.As(err, &one) {
			t.Errorf("no refusal inside %v", err)
		}
	})
	t.Run("missing file", func(t *testing.T) {
		_, err := Load("/no/such/file.yaml", nil, nil)
		var refusals Refusals
		if !errors.As(err, &refusals) || refusals[0].Code != "config.no_file" {
			t.Errorf("Load: %v", err)
		}
	})
}

func TestLoadThisMachine(t *testing.T) { // SIGN-7
	t.Parallel()
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://demo.localhost"} {
		if _, err := Load("", []string{"INTENDANT_BASE_URL=" + address}, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestLoadSecretFile(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("k", 40)
	c, err := Load("", []string{"INTENDANT_SECRET_FILE=" + write(t, "secret", secret+"\n")}, nil)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if c.Secret != secret {
		t.Errorf("Secret = %q", c.Secret)
	}
	for _, s := range c.Effective() {
		if strings.Contains(s.Value, secret) {
			t.Errorf("%s shows the secret", s.Name)
		}
	}
}

func TestEffectiveDatabase(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"postgres://app:open-sesame@db.example/intendant":          "postgres://app:xxxxx@db.example/intendant",
		"postgres://db.example/intendant?password=open-sesame&a=b": "postgres://db.example/intendant?a=b&password=xxxxx",
	} {
		c, err := Load("", nil, map[string]string{"database": address})
		if err != nil {
			t.Fatalf("Load: %v", err)
		}
		for _, s := range c.Effective() {
			if s.Name == "database" && s.Value != want {
				t.Errorf("database = %q, want %q", s.Value, want)
			}
		}
	}
}

// TestDocumentation keeps docs/configuration.md complete and equal to the tags.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	var want []string
	for _, f := range fields(&Config{}) {
		fallback := "–"
		if f.fallback != "" {
			fallback = "`" + f.fallback + "`"
		}
		want = append(want, "| `"+f.key+"` | `"+variable(f.key)+"` | "+fallback+" | "+f.doc+" |")
		if f.doc == "" {
			t.Errorf("%s is not described", f.key)
		}
	}
	var got []string
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "| `") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table of docs/configuration.md should be:\n%s", strings.Join(want, "\n"))
	}
}
