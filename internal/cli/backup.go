package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"intendant/internal/directory"
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
	c := p.withSettings(&cobra.Command{
		Use: "restore FILE", Short: p.T("cli.restore.about"), Args: p.takes(1),
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := p.settings(c)
			if err != nil {
				return err
			}
			even, err := c.Flags().GetBool("even-broken")
			if err != nil {
				return err
			}
			done, err := server.Restore(c.Context(), server.Restoring{Config: settings, Path: args[0], Now: p.Now, Log: p.quiet(), EvenBroken: even})
			if err != nil {
				return err
			}
			if done.Broken > 0 {
				p.say("cli.restore.broken", "Path", args[0], "Count", done.Broken)
			} else {
				p.say("cli.restore.done", "Path", args[0], "Count", done.Entries, "Chains", done.Histories)
			}
			var refusal *directory.Error
			if errors.As(done.Secret, &refusal) {
				fmt.Fprintln(p.Err, p.Printer.Error(refusal))
			}
			return nil
		},
	})
	c.Flags().Bool("even-broken", false, p.T("cli.flag.even_broken"))
	return c
}
