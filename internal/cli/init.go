package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/server"
)

// The files that init writes.
const (
	initConfig    = "intendant.yaml"
	initCatalogue = "catalogue.yaml"
	initLogo      = "logo.png"
)

// An initQuestion is one thing that a new installation is asked: by a flag of its
// name, else on the terminal.
type initQuestion struct {
	name     string
	fallback func(given map[string]string) string
	optional bool
}

// initQuestions lists them in the order they are asked.
func initQuestions() []initQuestion {
	site := func(given map[string]string) string {
		_, domain, _ := strings.Cut(given["operator"], "@")
		return "https://" + domain
	}
	is := func(text string) func(map[string]string) string {
		return func(map[string]string) string { return text }
	}
	return []initQuestion{
		{name: "name"}, {name: "operator"}, {name: "colour", fallback: is("#0b5d66")}, {name: "logo", optional: true}, {name: "website", fallback: site},
		{name: "support", fallback: func(given map[string]string) string { return given["operator"] }},
		{name: "postal-address", optional: true}, {name: "legal", optional: true}, {name: "privacy", optional: true}, {name: "catalogue", fallback: is("standard")},
		{name: "base-url", optional: true}, {name: "smtp-host", optional: true},
		{name: "sender", optional: true, fallback: func(given map[string]string) string {
			if given["smtp-host"] == "" {
				return ""
			}
			return (&mail.Address{Name: given["name"], Address: given["support"]}).String()
		}},
		{name: "database", optional: true},
	}
}

func (p *program) initCommand() *cobra.Command {
	c := &cobra.Command{Use: "init FOLDER", Short: p.T("cli.init.about"), Args: p.takes(1), RunE: p.init}
	for _, q := range initQuestions() {
		c.Flags().String(q.name, "", p.T("cli.init."+strings.ReplaceAll(q.name, "-", "_")))
	}
	c.Flags().Bool("yes", false, p.T("cli.init.yes"))
	return c
}

// init makes a new installation in a folder: a configuration, a catalogue that names
// the vendor, its logo beside where there is one, all checked, and the vendor's first operator. What is there already is
// not written over, and a refusal leaves no file.
func (p *program) init(c *cobra.Command, args []string) error {
	folder, err := filepath.Abs(args[0])
	if err != nil {
		return fmt.Errorf("folder of the installation: %w", err)
	}
	for _, name := range []string{initConfig, initCatalogue, initLogo} {
		if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(directory.InvalidField("folder", "init.exists", directory.Args{"Path": filepath.Join(folder, name)}), err)
		}
	}
	given, err := p.initAnswers(c)
	if err != nil {
		return err
	}
	logo, err := initialLogo(given["logo"])
	if err != nil {
		return err
	}
	text, err := initialCatalogue(given)
	if err != nil {
		return err
	}
	if err := p.readable(initCatalogue, []byte(text)); err != nil {
		return err
	}
	settings, err := initialConfig(folder, given)
	if err != nil {
		return err
	}
	files := map[string]string{initCatalogue: text, initConfig: settings}
	if logo != "" {
		files[initLogo] = logo
	}
	if err := writeAnew(folder, files); err != nil {
		return err
	}
	err = p.firstOperator(c.Context(), filepath.Join(folder, initConfig), given)
	if err != nil { // the next try begins where this one did
		for name := range files {
			err = errors.Join(err, os.Remove(filepath.Join(folder, name)))
		}
	}
	return err
}

// initAnswers are the flags, and what is asked on the terminal for those that are not
// given; with --yes nothing is asked.
func (p *program) initAnswers(c *cobra.Command) (map[string]string, error) {
	given, in := map[string]string{}, bufio.NewReader(io.LimitReader(p.In, 1<<16))
	silent := c.Flags().Lookup("yes").Value.String() == "true"
	for _, q := range initQuestions() {
		fallback := ""
		if q.fallback != nil {
			fallback = q.fallback(given)
		}
		value := strings.TrimSpace(c.Flags().Lookup(q.name).Value.String())
		if value == "" && !silent && !c.Flags().Changed(q.name) {
			var err error
			if value, err = p.asked(in, q, fallback); err != nil {
				return nil, err
			}
		}
		if value == "" {
			value = fallback
		}
		if value == "" && !q.optional {
			return nil, p.misused("cli.error.flag_empty", "Flag", q.name)
		}
		given[q.name] = value
	}
	if !slices.Contains(catalogue.Builtin(), given["catalogue"]) {
		return nil, p.misused("cli.error.flag_value", "Flag", "catalogue", "Value", given["catalogue"])
	}
	given["language"] = p.Lang()
	return given, nil
}

// asked asks one question on the terminal.
func (p *program) asked(in *bufio.Reader, q initQuestion, fallback string) (string, error) {
	question := p.T("cli.init." + strings.ReplaceAll(q.name, "-", "_"))
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	fmt.Fprint(p.Out, question+": ")
	text, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read input: %w", err)
	}
	return strings.TrimSpace(text), nil
}

// initialConfig is the file of settings, held against what settings may be.
func initialConfig(folder string, given map[string]string) (string, error) {
	lines := []string{"data: " + strconv.Quote(filepath.Join(folder, "data")), "catalogue: " + strconv.Quote(filepath.Join(folder, initCatalogue)),
		"language: " + given["language"]}
	flags := map[string]string{"language": given["language"]}
	add := func(line, setting, value string) {
		if value != "" {
			lines, flags[setting] = append(lines, line+strconv.Quote(value)), value
		}
	}
	add("base_url: ", "base_url", given["base-url"])
	add("database: ", "database", given["database"])
	if given["sender"] != "" || given["smtp-host"] != "" {
		lines = append(lines, "mail:")
	}
	add("  from: ", "mail.from", given["sender"])
	add("  smtp_host: ", "mail.smtp_host", given["smtp-host"])
	_, err := config.Load("", nil, flags)
	return strings.Join(lines, "\n") + "\n", err
}

// initialLogo is the picture in a file, drawn anew as an account's logo is; empty
// without one. It refuses as setting that does.
func initialLogo(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	file, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return "", directory.InvalidField("logo", "restore.no_file", directory.Args{"Path": path})
	}
	if err != nil {
		return "", fmt.Errorf("read logo: %w", err)
	}
	picture, err := app.Redrawn("logo", file)
	return string(picture), err
}

// initialCatalogue is a shipped catalogue with the vendor's own name, colour and
// addresses in place of the example's.
func initialCatalogue(given map[string]string) (string, error) {
	shipped, err := server.CatalogueText(given["catalogue"])
	if err != nil {
		return "", err
	}
	begin := strings.Index(shipped, "\nbranding:\n") + 1
	rest := strings.Index(shipped[begin:], "\n\n")
	if begin == 0 || rest < 0 {
		return "", fmt.Errorf("catalogue %s has no branding to replace", given["catalogue"])
	}
	example, err := catalogue.ReadBuiltin(given["catalogue"])
	if err != nil {
		return "", err
	}
	branding, err := initialBranding(example.Branding, given)
	if err != nil {
		return "", err
	}
	text := shipped[:begin] + branding + shipped[begin+rest:]
	return strings.ReplaceAll(text, exampleSite(example.Branding), strings.TrimRight(given["website"], "/")), nil
}

// initialBranding is what a catalogue says of its vendor; of the example's nothing is
// left but what its pages are called.
func initialBranding(example catalogue.Branding, given map[string]string) (string, error) {
	postal := []string{given["name"]}
	for line := range strings.SplitSeq(given["postal-address"], ",") {
		if line = strings.TrimSpace(line); line != "" {
			postal = append(postal, line)
		}
	}
	branding := map[string]any{"name": given["name"], "portal": example.Portal, "tagline": example.Tagline, "colour": given["colour"],
		"postal_address": postal, "support": map[string]any{"email": given["support"]}}
	if given["logo"] != "" {
		branding["logo"] = initLogo
	}
	for _, page := range []string{"legal", "privacy"} {
		if given[page] != "" {
			branding[page] = given[page]
		}
	}
	text, err := yaml.Marshal(map[string]any{"branding": branding})
	if err != nil {
		return "", fmt.Errorf("write branding: %w", err)
	}
	return strings.TrimRight(string(text), "\n"), nil
}

// exampleSite is where the pages of the example's vendor lie.
func exampleSite(b catalogue.Branding) string {
	return b.Legal[:strings.LastIndex(b.Legal, "/")]
}

// writeAnew writes files into a folder where they are not yet, readable by whoever
// runs the program alone: a database's address may hold a password.
func writeAnew(folder string, files map[string]string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	for name, text := range files {
		file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		_, err = file.WriteString(text)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// firstOperator makes the vendor's first person, and says how to go on.
func (p *program) firstOperator(ctx context.Context, path string, given map[string]string) error {
	settings, err := config.Load(path, p.Environ, nil)
	if err != nil {
		return err
	}
	i, err := server.Open(ctx, server.Options{Config: settings, Now: p.Now, Log: p.quiet(), Bundle: p.bundle})
	if err != nil {
		return err
	}
	err = p.newStaff(ctx, i, app.NewStaff{Email: given["operator"], Role: authz.Operator, Language: given["language"]}, true)
	if err = errors.Join(err, i.Close()); err != nil {
		return err
	}
	p.say("cli.init.done", "Path", path)
	p.say("cli.init.serve", "Command", "intendant serve --config "+path)
	return nil
}
