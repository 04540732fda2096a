package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"intendant/internal/server"
)

func (p *program) serveCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "serve", Short: p.T("cli.serve.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			i, err := server.Open(c.Context(), server.Options{Config: settings, Now: p.Now, Log: p.logger(settings)})
			if err != nil {
				return err
			}
			s, err := server.Serve(c.Context(), i)
			if err != nil {
				return errors.Join(err, i.Close())
			}
			p.say("cli.serve.ready", "Address", s.URL())
			return errors.Join(s.Run(c.Context()), s.Close())
		},
	})
}
