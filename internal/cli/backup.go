package cli

import (
	"context"

	"github.com/spf13/cobra"

	"intendant/internal/server"
)

func (p *program) backupCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "backup FILE", Short: p.T("cli.backup.about"), Args: p.takes(1),
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			return p.with(c, func(ctx context.Context, i *server.Installation) error {
				if err := i.Backup(ctx, args[0]); err != nil {
					return err
				}
				p.say("cli.backup.done", "Path", args[0])
				if secret := server.SecretPath(settings); secret != "" {
					p.say("cli.backup.secret", "Path", secret)
				}
				return nil
			})
		},
	})
}

func (p *program) restoreCommand() *cobra.Command {
	return p.withSettings(&cobra.Command{
		Use: "restore FILE", Short: p.T("cli.restore.about"), Args: p.takes(1),
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			if err := server.Restore(settings, args[0]); err != nil {
				return err
			}
			p.say("cli.restore.done", "Path", args[0])
			return nil
		},
	})
}
