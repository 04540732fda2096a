package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"intendant/internal/server"
)

func (p *program) secretCommand() *cobra.Command {
	group := &cobra.Command{Use: "secret", Short: p.T("cli.secret.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	group.AddCommand(p.confirmed(p.withSettings(&cobra.Command{Use: "accept", Short: p.T("cli.secret.accept.about"), Args: p.takes(0), RunE: p.acceptSecret})))
	return group
}

// acceptSecret makes the present secret the installation's, after it has said
// what is lost by that.
func (p *program) acceptSecret(c *cobra.Command, _ []string) error {
	settings, err := p.settings(c)
	if err != nil {
		return err
	}
	if err := p.agreed(c, "cli.secret.accept.ask"); err != nil {
		return err
	}
	if err := server.AcceptSecret(c.Context(), settings, p.Now, p.quiet()); err != nil {
		return err
	}
	p.say("cli.secret.accept.done")
	return nil
}

// confirmed gives a command the flag that answers its question beforehand.
func (p *program) confirmed(c *cobra.Command) *cobra.Command {
	c.Flags().Bool("yes", false, p.T("cli.flag.yes"))
	return c
}

// agreed asks the message of key and refuses unless the answer is yes, in the
// language of the question or in English.
func (p *program) agreed(c *cobra.Command, key string, pairs ...any) error {
	yes, err := c.Flags().GetBool("yes")
	if err != nil || yes {
		return err
	}
	fmt.Fprint(p.Out, p.T(key, pairs...)+" "+p.T("cli.answer")+" ")
	answer, err := p.line()
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out)
	if slices.Contains(strings.Fields(p.T("cli.answer.yes")), strings.ToLower(strings.TrimSpace(answer))) {
		return nil
	}
	p.say("cli.answer.no")
	return errRefused
}
