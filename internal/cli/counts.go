package cli

import (
	"context"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/server"
)

func (p *program) countsCommand() *cobra.Command {
	group := &cobra.Command{Use: "counts", Short: p.T("cli.counts.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	verify := p.withSettings(&cobra.Command{Use: "verify", Short: p.T("cli.counts.verify"), Args: p.takes(0), RunE: p.verifyCounts})
	verify.Flags().String("account", "", p.T("cli.flag.account"))
	verify.Flags().Bool("mend", false, p.T("cli.flag.mend"))
	group.AddCommand(verify)
	return group
}

// verifyCounts counts anew and ends with the code of a refusal when something is
// kept otherwise and stays so (LIST-12).
func (p *program) verifyCounts(c *cobra.Command, _ []string) error {
	number, err := c.Flags().GetString("account")
	if err != nil {
		return err
	}
	mend, err := c.Flags().GetBool("mend")
	if err != nil {
		return err
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		accounts, err := accountOrAll(ctx, i, number)
		if err != nil {
			return err
		}
		wrong := 0
		err = i.App.Accounts.CheckCounts(ctx, operator(), accounts, mend, func(check app.CountCheck) error {
			if check.Wrong {
				wrong++
				p.say("cli.counts.wrong", "Account", int64(check.Account), "Kept", check.Kept, "Counted", check.Counted, "Units", check.Units)
			}
			return nil
		})
		switch {
		case err != nil:
			return err
		case wrong == 0:
			p.say("cli.counts.right")
		case mend:
			p.say("cli.counts.mended")
		default:
			return errRefused
		}
		return nil
	})
}
