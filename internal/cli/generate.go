package cli

import (
	"context"

	"github.com/spf13/cobra"

	"intendant/internal/generate"
	"intendant/internal/server"
)

func (p *program) generateCommand() *cobra.Command {
	var o generate.Options
	c := p.withSettings(&cobra.Command{Use: "generate", Short: p.T("cli.generate.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error { return p.generate(c, o) }})
	c.Flags().IntVar(&o.Accounts, "accounts", 200, p.T("cli.flag.accounts"))
	c.Flags().IntVar(&o.Members, "members", 1_000_000, p.T("cli.flag.members"))
	c.Flags().IntVar(&o.Units, "units", 0, p.T("cli.flag.units"))
	c.Flags().IntVar(&o.Grants, "grants", 300_000, p.T("cli.flag.grants"))
	c.Flags().Uint64Var(&o.Seed, "seed", 1, p.T("cli.flag.seed"))
	return c
}

// generate makes invented accounts and people and says how far it is.
func (p *program) generate(c *cobra.Command, o generate.Options) error {
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		start, said := p.Now(), 0
		o.Progress = func(done, total int) {
			if done-said >= 50_000 || done == total {
				said = done
				p.say("cli.generate.progress", "Done", done, "Total", total)
			}
		}
		if err := i.Generate(ctx, o); err != nil {
			return err
		}
		p.say("cli.generate.done", "Count", o.Members+o.DeepMembers(), "Accounts", o.Accounts+min(o.Units, 1), "Seconds", int64(p.Now().Sub(start).Seconds()))
		return nil
	})
}
