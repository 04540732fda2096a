package config

import (
	"slices"
	"strings"

	"intendant/internal/directory"
)

// Config is what an installation is told about itself. Its zero value is not
// usable; Load makes one.
type Config struct {
	Addr           string   `key:"addr" default:"127.0.0.1:8080" doc:"Address and port the server listens on. An empty host listens on every interface."`
	BaseURL        string   `key:"base_url" doc:"Address people reach the installation at, such as https://clients.batisoft.example. Links in mails are made from it alone; without it no mail leaves. Must be https, except on this machine."`
	Data           string   `key:"data" default:"data" doc:"Folder of the embedded database, the installation's secret and uploaded files."`
	Database       string   `key:"database" class:"address" doc:"PostgreSQL address, postgres://user:password@host/name. Empty: the embedded SQLite database in the data folder."`
	Secret         string   `key:"secret" class:"secret" doc:"Secret that seals second factors, mails and letters that were not posted, at least 32 characters. Empty: one is made and kept in the data folder. Several nodes need the same."`
	SecretFile     string   `key:"secret_file" doc:"File the secret is read from, instead of secret."`
	Catalogue      string   `key:"catalogue" default:"standard" doc:"Name of a shipped catalogue, or path of a catalogue file."`
	Language       string   `key:"language" default:"fr" oneof:"languages" doc:"Language of pages and mails where neither person nor account chose one; any the program speaks."`
	Mail           Mail     `key:"mail"`
	Mailbox        bool     `key:"mailbox" default:"false" doc:"Keeps mails in the built-in mailbox, readable by vendor staff, instead of sending them."`
	Log            Log      `key:"log"`
	TrustedProxies []string `key:"trusted_proxies" doc:"Networks (192.0.2.0/24) or addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."`
	Session        Session  `key:"session"`
	Shutdown       Shutdown `key:"shutdown"`
	Deadline       Deadline `key:"deadline"`
	API            API      `key:"api"`

	origins map[string]Origin
}

// Mail is where mails are handed over.
type Mail struct {
	From         string `key:"mail.from" doc:"Sender of mails: Bâtisoft <clients@batisoft.example>."`
	SMTPHost     string `key:"mail.smtp_host" doc:"Mail server. Empty: mails wait in the console."`
	SMTPPort     int    `key:"mail.smtp_port" default:"587" min:"1" max:"65535" doc:"Port of the mail server."`
	SMTPUser     string `key:"mail.smtp_user" doc:"User name at the mail server; empty to send without signing in."`
	SMTPPassword string `key:"mail.smtp_password" class:"secret" doc:"Password at the mail server. Refused with tls: none, except on this machine."`
	TLS          string `key:"mail.tls" default:"starttls" oneof:"starttls tls none" doc:"Encryption to the mail server: starttls (port 587), tls (port 465) or none."`
}

// Log is how the server's own log is written.
type Log struct {
	Level  string `key:"log.level" default:"info" oneof:"debug info warn error" doc:"Least severe line written: debug, info, warn or error."`
	Format string `key:"log.format" default:"text" oneof:"text json" doc:"Form of a line: text or json."`
}

// Session is how long a sign-in lasts. An account's policy may be stricter.
type Session struct {
	IdleMinutes int `key:"session.idle_minutes" default:"120" min:"5" max:"43200" doc:"Minutes without a request after which a session ends."`
	MaxDays     int `key:"session.max_days" default:"14" min:"1" max:"365" doc:"Days after which a session ends in any case."`
}

// Shutdown is how the server ends when it is told to.
type Shutdown struct {
	DrainSeconds int `key:"shutdown.drain_seconds" default:"5" min:"0" max:"300" doc:"Seconds during which the server still answers while /readyz says that it is not ready, so that a proxy sends requests elsewhere. 0 where none stands before it."`
	GraceSeconds int `key:"shutdown.grace_seconds" default:"20" min:"1" max:"600" doc:"Seconds that open requests have to finish after that; then they are cut off."`
}

// Deadline is how long the database, and others that are asked, may take before
// it is answered that they are away. Each is in seconds.
type Deadline struct {
	Connect   int `key:"deadline.connect_seconds" default:"5" min:"1" max:"60" doc:"Seconds until a connection to PostgreSQL stands, for each host of the address."`
	Lock      int `key:"deadline.lock_seconds" default:"8" min:"1" max:"300" doc:"Seconds a change waits for what another holds: a row, or the one writer of SQLite."`
	Statement int `key:"deadline.statement_seconds" default:"10" min:"1" max:"600" doc:"Seconds for one statement, for the next rows of a long list, or for getting a connection."`
	Question  int `key:"deadline.question_seconds" default:"5" min:"1" max:"60" doc:"Seconds for the statements behind a question of a product."`
	Change    int `key:"deadline.change_seconds" default:"30" min:"1" max:"600" doc:"Seconds for a whole change, from waiting for its turn to its end."`
	LookUp    int `key:"deadline.look_up_seconds" default:"10" min:"1" max:"120" doc:"Seconds for finding out whether a change was made whose confirmation was lost. Then the end is said to be unknown."`
	Reading   int `key:"deadline.reading_seconds" default:"600" min:"10" max:"7200" doc:"Seconds for a whole reading, such as an export; PostgreSQL's statement_timeout too."`
	Mail      int `key:"deadline.mail_seconds" default:"30" min:"5" max:"600" doc:"Seconds for handing one mail to the mail server."`
	Name      int `key:"deadline.name_seconds" default:"5" min:"1" max:"60" doc:"Seconds for looking up the record that proves an account's mail domain."`
	Ready     int `key:"deadline.ready_seconds" default:"3" min:"1" max:"60" doc:"Seconds within which /readyz answers."`
}

// API is what one request of a program may bring.
type API struct {
	LoadLines int `key:"api.load_lines" default:"100000" min:"100" max:"1000000" doc:"Lines that one load of units, roles and people by REST has at most; its answer is kept in memory until it is taken, some 300 bytes a line."`
}

// An Origin is where a setting's value comes from.
type Origin string

// The origins, the later winning over the earlier.
const (
	FromDefault     Origin = "default"
	FromFile        Origin = "file"
	FromEnvironment Origin = "environment"
	FromFlag        Origin = "flag"
)

// A Setting is one line of the effective configuration.
type Setting struct {
	Name   string // as in the file
	Value  string // dots instead of a secret that is set
	Source Origin
	Secret bool
}

// Effective returns every setting in the order of their names, secrets hidden
// and the password in a database's address too.
func (c Config) Effective() []Setting {
	var settings []Setting
	for _, f := range fields(&c) {
		value := f.text()
		switch {
		case f.class == "address":
			value = redact(value)
		case f.class == "secret" && value != "":
			value = hidden
		}
		origin := c.origins[f.key]
		if origin == "" {
			origin = FromDefault
		}
		settings = append(settings, Setting{Name: f.key, Value: value, Source: origin, Secret: f.class == "secret"})
	}
	slices.SortFunc(settings, func(a, b Setting) int { return strings.Compare(a.Name, b.Name) })
	return settings
}

const hidden = "••••••••"

// Refusals are all the faults of a configuration, in the order of the settings.
type Refusals []*directory.Error

// Error says the refusals for logs; people read the sentence of each.
func (r Refusals) Error() string {
	text := "configuration"
	for _, refusal := range r {
		text += ": " + refusal.Error()
	}
	return text
}

// Unwrap returns the refusals one by one.
func (r Refusals) Unwrap() []error {
	var errs []error
	for _, refusal := range r {
		errs = append(errs, refusal)
	}
	return errs
}
