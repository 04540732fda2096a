package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"intendant/internal/server"
)

// sayFirst says how the vendor's first person is made, while there is none.
func (p *program) sayFirst(c *cobra.Command, i *server.Installation) error {
	staff, err := i.App.Users.Staff(c.Context(), operator())
	if err != nil || len(staff) > 0 {
		return err
	}
	command := "intendant user create-vendor --email you@example.com"
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name == "data" || f.Name == "config" {
			command += " --" + f.Name + " " + f.Value.String()
		}
	})
	p.say("cli.serve.first", "Command", command)
	return nil
}

func (p *program) serveCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "serve", Short: p.T("cli.serve.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			i, err := server.Open(c.Context(), server.Options{Config: settings, Now: p.Now, Log: p.logger(settings), Bundle: p.bundle})
			if err != nil {
				return err
			}
			s, err := server.Serve(c.Context(), i)
			if err != nil {
				return errors.Join(err, i.Close())
			}
			p.say("cli.serve.ready", "Address", s.URL())
			if err := p.sayFirst(c, i); err != nil {
				return errors.Join(err, s.Close())
			}
			return errors.Join(s.Run(c.Context()), s.Close())
		},
	})
}
