package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"intendant/internal/config"
	"intendant/internal/demo"
	"intendant/internal/server"
)

func (p *program) demoCommand() *cobra.Command {
	c := p.withSettings(&cobra.Command{
		Use: "demo", Short: p.T("cli.demo.about"), Args: p.takes(0), RunE: p.demo,
	})
	c.Flags().Bool("json", false, p.T("cli.flag.json"))
	for _, name := range []string{"data", "database", "config"} {
		c.Flags().Lookup(name).Hidden = true // the demo has its own
	}
	return c
}

// demo serves a living example from a folder that is gone afterwards.
func (p *program) demo(c *cobra.Command, _ []string) (err error) {
	settings, err := p.settings(c)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "intendant-demo-")
	if err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	settings.Data, settings.Database, settings.Catalogue = folder, "", "standard"
	settings.Shutdown.DrainSeconds = 0 // nothing stands before it
	settings.Mailbox, settings.BaseURL, settings.Mail = true, "", config.Mail{From: "Bâtisoft <espace@batisoft.example>"}
	return p.serveDemo(c.Context(), settings, c.Flags().Lookup("json").Value.String() == "true")
}

func (p *program) serveDemo(ctx context.Context, settings config.Config, asJSON bool) (err error) {
	clock := demo.NewClock(p.Now)
	log := slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	i, err := server.Open(ctx, server.Options{Config: settings, Now: clock.Now, Wait: clock.Wait, Log: log, OwnBase: true, Bundle: p.bundle})
	if err != nil {
		return err
	}
	world, err := i.Demo(ctx, clock)
	if err != nil {
		return errors.Join(err, i.Close())
	}
	s, err := server.Serve(ctx, i)
	if err != nil {
		return errors.Join(err, i.Close())
	}
	if err := p.introduce(s.URL(), world, asJSON); err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(s.Run(ctx), s.Close())
}

// introduce prints where the example is and who can sign in.
func (p *program) introduce(url string, w demo.World, asJSON bool) error {
	if asJSON {
		line, err := json.Marshal(struct {
			URL       string         `json:"url"`
			People    []demo.SignIn  `json:"people"`
			Account   demo.Claimable `json:"account"`
			Unclaimed demo.Claimable `json:"unclaimed"`

			Application string `json:"application"`
		}{url, w.People, w.Account, w.Unclaimed, w.Application})
		if err != nil {
			return fmt.Errorf("write the demo's line: %w", err)
		}
		_, err = fmt.Fprintf(p.Out, "%s\n", line)
		return err
	}
	fmt.Fprintf(p.Out, "\n%s\n\n", p.T("cli.demo.ready", "Address", url))
	t := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(t, "  %s\t%s\t%s\n", p.T("cli.demo.who"), p.T("field.name"), p.T("cli.demo.login"))
	for _, s := range w.People {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", p.T("cli.demo.as."+strings.ReplaceAll(s.As, "-", "_")), s.Name, s.Login)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the demo's sign-ins: %w", err)
	}
	fmt.Fprintln(p.Out)
	p.say("cli.demo.password", "Password", demo.Password)
	p.say("cli.demo.codes", "Address", url+server.DemoCodes)
	p.say("cli.demo.keys", "Number", w.Unclaimed.Number, "Keys", strings.Join(w.Unclaimed.UnusedKeys, "  "))
	p.say("cli.demo.token", "Number", w.Account.Number, "Token", w.Account.APIToken)
	p.say("cli.demo.application", "Secret", w.Application)
	p.say("cli.demo.mailbox", "Address", url+"/mailbox")
	fmt.Fprintln(p.Out)
	p.say("cli.demo.stop")
	return nil
}
