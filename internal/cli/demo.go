package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

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
	folder, err := os.MkdirTemp("", "intendant-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	settings, err := p.settings(c)
	if err != nil {
		return err
	}
	settings.Data, settings.Database, settings.Mailbox, settings.BaseURL = folder, "", true, ""
	i, err := server.Open(c.Context(), server.Options{Config: settings, Now: p.Now, Log: p.quiet(), OwnBase: true})
	if err != nil {
		return err
	}
	s, err := server.Serve(c.Context(), i)
	if err != nil {
		return errors.Join(err, i.Close())
	}
	p.say("cli.serve.ready", "Address", s.URL())
	return errors.Join(s.Run(c.Context()), s.Close())
}
