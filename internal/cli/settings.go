package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"intendant/internal/config"
	"intendant/internal/server"
)

// withSettings gives a command every setting as a flag; the help shows those
// that are asked for at a command line.
func (p *program) withSettings(c *cobra.Command) *cobra.Command {
	shown := map[string]string{
		"addr": p.T("cli.flag.addr"), "data": p.T("cli.flag.data"), "database": p.T("cli.flag.database"),
	}
	c.Flags().String("config", "", p.T("cli.flag.config"))
	for _, s := range (config.Config{}).Effective() {
		if s.Name == "language" {
			continue // of the whole program
		}
		c.Flags().String(s.Name, "", shown[s.Name])
		if shown[s.Name] == "" || s.Name == "addr" && c.Name() != "serve" && c.Name() != "demo" {
			c.Flags().Lookup(s.Name).Hidden = true
		}
	}
	return c
}

// settings reads file, environment and flags.
func (p *program) settings(c *cobra.Command) (config.Config, error) {
	known := map[string]bool{}
	for _, s := range (config.Config{}).Effective() {
		known[s.Name] = true
	}
	flags, path := map[string]string{}, p.env("INTENDANT_CONFIG")
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "config" {
			path = f.Value.String()
		} else if known[f.Name] {
			flags[f.Name] = f.Value.String()
		}
	})
	return config.Load(path, p.Environ, flags)
}

// logger writes the log the configuration asks for to standard error.
func (p *program) logger(c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.Err, options))
	}
	return slog.New(slog.NewTextHandler(p.Err, options))
}

// quiet is the log of a command: only what went wrong.
func (p *program) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// with opens the installation for one command and closes it.
func (p *program) with(c *cobra.Command, do func(ctx context.Context, i *server.Installation) error) error {
	settings, err := p.settings(c)
	if err != nil {
		return err
	}
	i, err := server.Open(c.Context(), server.Options{Config: settings, Now: p.Now, Log: p.quiet(), Bundle: p.bundle})
	if err != nil {
		return err
	}
	return errors.Join(do(c.Context(), i), i.Close())
}

func (p *program) migrateCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "migrate", Short: p.T("cli.migrate.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c, func(context.Context, *server.Installation) error {
				p.say("cli.migrate.done")
				return nil
			})
		},
	})
}

func (p *program) checkConfigCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "check-config", Short: p.T("cli.check_config.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			if _, err := server.LoadCatalogue(settings.Catalogue); err != nil {
				return err
			}
			w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
			for _, s := range settings.Effective() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, s.Value, p.T("cli.origin."+string(s.Source)))
			}
			return w.Flush()
		},
	})
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: p.T("cli.version.about"), Args: p.takes(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(p.Out, "intendant "+version()+"\n")
			return err
		},
	}
}

// version is the module's, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	text := info.Main.Version
	if text == "" {
		text = "(devel)"
	}
	return text + " " + info.GoVersion
}
