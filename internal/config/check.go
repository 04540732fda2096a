package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"intendant/internal/directory"
)

// leastSecret is the length under which a secret is refused.
const leastSecret = 32

// check holds the settings against what they are for and against each other.
func (l *loader) check() {
	l.checkAddresses()
	l.checkMail()
	if s := l.config.Secret; s != "" && len(s) < leastSecret {
		l.refuse("secret", "config.secret_short", directory.Args{"Least": leastSecret})
	}
	for _, proxy := range l.config.TrustedProxies {
		_, errNetwork := netip.ParsePrefix(proxy)
		_, errAddress := netip.ParseAddr(proxy)
		if errNetwork != nil && errAddress != nil {
			l.refuse("trusted_proxies", "config.bad_network", directory.Args{"Value": proxy})
		}
	}
}

func (l *loader) checkAddresses() {
	c := l.config
	if _, port, err := net.SplitHostPort(c.Addr); err != nil {
		l.refuse("addr", "config.bad_addr", directory.Args{"Value": c.Addr})
	} else if _, err := net.LookupPort("tcp", port); err != nil {
		l.refuse("addr", "config.bad_addr", directory.Args{"Value": c.Addr})
	}
	if c.BaseURL != "" {
		c.BaseURL = strings.TrimRight(c.BaseURL, "/")
		l.checkBaseURL()
	}
	if c.Database != "" {
		u, err := url.Parse(c.Database)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			l.refuse("database", "config.bad_database", nil)
		}
	}
	if c.Data == "" {
		l.refuse("data", "config.empty", nil)
	}
	if c.Catalogue == "" {
		l.refuse("catalogue", "config.empty", nil)
	}
}

// checkBaseURL refuses an address that is no plain origin, and http except to
// this machine: cookies and mailed links would travel open. Rule SIGN-7.
func (l *loader) checkBaseURL() {
	address := l.config.BaseURL
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "",
		u.Scheme != "https" && u.Scheme != "http":
		l.refuse("base_url", "config.bad_base_url", directory.Args{"Value": redact(address)})
	case u.Scheme == "http" && !thisMachine(u.Hostname()):
		l.refuse("base_url", "config.base_url_open", directory.Args{"Value": address})
	}
}

func (l *loader) checkMail() {
	m := l.config.Mail
	if m.From != "" {
		if _, err := mail.ParseAddress(m.From); err != nil {
			l.refuse("mail.from", "config.bad_sender", directory.Args{"Value": m.From})
		}
	}
	if m.SMTPHost == "" {
		return
	}
	if m.From == "" {
		l.refuse("mail.from", "config.mail_needs", directory.Args{"Other": "mail.smtp_host"})
	}
	if l.config.BaseURL == "" {
		l.refuse("base_url", "config.mail_needs", directory.Args{"Other": "mail.smtp_host"})
	}
	if m.SMTPPassword != "" && m.TLS == "none" && !thisMachine(m.SMTPHost) {
		l.refuse("mail.tls", "config.open_password", nil)
	}
}

// thisMachine reports whether a host never leaves this machine.
func thisMachine(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// redact hides the password in an address; one that cannot be read is hidden
// whole.
func redact(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return hidden
	}
	query := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if query.Has(name) {
			query.Set(name, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}
