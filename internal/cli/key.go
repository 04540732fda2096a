package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/server"
)

func (p *program) keyCommand() *cobra.Command {
	group := &cobra.Command{Use: "key", Short: p.T("cli.key.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	issue := &cobra.Command{Use: "issue", Short: p.T("cli.key.issue.about"), RunE: p.onAccount(p.issueKeys)}
	issue.Flags().Int("count", 1, p.T("cli.flag.count"))
	revoke := &cobra.Command{Use: "revoke", Short: p.T("cli.key.revoke.about"), RunE: p.onAccount(p.revokeKey)}
	revoke.Flags().Int64("key", 0, p.T("cli.flag.key"))
	revoke.Flags().String("reason", "", p.T("field.reason"))
	unlock := &cobra.Command{Use: "unlock", Short: p.T("cli.key.unlock.about"), RunE: p.unlockKeys}
	unlock.Flags().Bool("mail", false, p.T("cli.flag.mail"))
	for _, c := range []*cobra.Command{issue, revoke, unlock} {
		c.Args = p.takes(0)
		c.Flags().String("account", "", p.T("cli.flag.account"))
		group.AddCommand(p.withSettings(c))
	}
	return group
}

// onAccount runs a command on the account that --account names.
func (p *program) onAccount(do func(c *cobra.Command, i *server.Installation, a directory.Account) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		number := c.Flags().Lookup("account").Value.String()
		if number == "" {
			return p.misused("cli.error.flag_empty", "Flag", "account")
		}
		return p.with(c, func(ctx context.Context, i *server.Installation) error {
			frame, err := i.App.Accounts.Open(ctx, operator(), number)
			if err != nil {
				return err
			}
			return do(c, i, frame.Account)
		})
	}
}

// issueKeys makes keys and prints them, with those of letters that were not posted yet:
// this once, no letter has them any more (KEY-6).
func (p *program) issueKeys(c *cobra.Command, i *server.Installation, a directory.Account) error {
	count, err := c.Flags().GetInt("count")
	if err != nil {
		return err
	}
	if err := i.App.Keys.Make(c.Context(), operator(), a.ID, count); err != nil {
		return err
	}
	var keys []string
	err = i.App.Keys.OpenLetters(c.Context(), operator(), a.ID, app.ToShow, func(letters []app.KeyLetter) error {
		keys = nil // it may be read again after a lost race
		for _, l := range letters {
			keys = append(keys, l.Keys...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := i.App.Keys.Posted(c.Context(), operator(), []app.ChosenLetter{{Account: a.ID}}); err != nil {
		return err
	}
	p.say("cli.key.issue.done", "Name", a.Name, "Number", a.Number)
	for _, key := range keys {
		fmt.Fprintln(p.Out, key)
	}
	return nil
}

// revokeKey ends the key with that ordinal number.
func (p *program) revokeKey(c *cobra.Command, i *server.Installation, a directory.Account) error {
	ordinal, err := c.Flags().GetInt64("key")
	if err != nil {
		return err
	}
	customer, err := i.App.Accounts.Show(c.Context(), operator(), a.UUID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(customer.Keys, func(k app.KeyFate) bool { return k.Ordinal == ordinal })
	if at < 0 {
		return directory.Refuse(directory.NotFound, "key.not_found")
	}
	reason := c.Flags().Lookup("reason").Value.String()
	if err := i.App.Keys.Revoke(c.Context(), operator(), a.ID, customer.Keys[at].UUID, reason); err != nil {
		return err
	}
	p.say("cli.key.revoke.done", "Key", strconv.FormatInt(ordinal, 10), "Name", a.Name)
	return nil
}

// unlockKeys opens key entry again, also for a number nobody has (KEY-12).
func (p *program) unlockKeys(c *cobra.Command, _ []string) error {
	number := c.Flags().Lookup("account").Value.String()
	if number == "" {
		return p.misused("cli.error.flag_empty", "Flag", "account")
	}
	way, sentence := directory.ByLetter, "cli.key.unlock.letter"
	if c.Flags().Lookup("mail").Value.String() == "true" {
		way, sentence = directory.ByMail, "cli.key.unlock.mail"
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		if err := i.App.Keys.Unlock(ctx, operator(), number, way); err != nil {
			return err
		}
		p.say(sentence, "Number", number)
		return nil
	})
}
