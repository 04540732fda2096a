package cli

import (
	"context"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/server"
)

func (p *program) historyCommand() *cobra.Command {
	group := &cobra.Command{Use: "history", Short: p.T("cli.history.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	verify := p.withSettings(&cobra.Command{Use: "verify", Short: p.T("cli.verify.about"), Args: p.takes(0), RunE: p.verifyHistory})
	verify.Flags().String("account", "", p.T("cli.flag.account"))
	group.AddCommand(verify)
	return group
}

// verifyHistory follows the chains and ends with the code of a refusal when one
// is broken (HIST-3).
func (p *program) verifyHistory(c *cobra.Command, _ []string) error {
	number, err := c.Flags().GetString("account")
	if err != nil {
		return err
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		accounts, err := accountOrAll(ctx, i, number)
		if err != nil {
			return err
		}
		var chains int
		var entries int64
		broken := false
		err = i.App.History.Verify(ctx, operator(), accounts, func(check app.ChainCheck) error {
			chains++
			entries += check.Entries
			if check.Break != app.Whole {
				broken = true
				p.say("cli.verify.broken", "Account", int64(check.Account), "Detail", p.T(check.Break.Message(), "N", check.N))
			}
			return nil
		})
		if err != nil {
			return err
		}
		p.say("cli.verify.read", "Count", entries, "Chains", chains)
		if broken {
			return errRefused
		}
		p.say("cli.verify.whole")
		return nil
	})
}

// accountOrAll is the account of a number that was given; none stands for all.
func accountOrAll(ctx context.Context, i *server.Installation, number string) ([]directory.AccountID, error) {
	if number == "" {
		return nil, nil
	}
	frame, err := i.App.Accounts.Open(ctx, operator(), number)
	return []directory.AccountID{frame.Account.ID}, err
}
