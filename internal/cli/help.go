package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help says what a command does, with its commands and flags.
func (p *program) help(c *cobra.Command, _ []string) {
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	defer func() { _ = w.Flush() }() // a reader that went away needs no help
	fmt.Fprintf(w, "%s\n\n%s\n  %s\n", c.Short, p.T("cli.help.usage"), c.UseLine())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", p.T("cli.help.commands"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %s\t%s\n", sub.Name(), sub.Short)
			}
		}
	}
	fmt.Fprintf(w, "\n%s\n", p.T("cli.help.flags"))
	list := func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Value.Type() != "bool" {
			name += " " + strings.ToUpper(f.Name)
		}
		fmt.Fprintf(w, "  %s\t%s\n", name, f.Usage)
	}
	c.NonInheritedFlags().VisitAll(list)
	c.InheritedFlags().VisitAll(list)
	if c.Flags().Lookup("data") != nil {
		fmt.Fprintf(w, "\n%s\n", p.T("cli.help.settings"))
	}
}

// flagError says what is wrong with a flag.
func (p *program) flagError(_ *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return p.misused("cli.error.unknown_flag", "Flag", unknown.GetSpecifiedName())
	case errors.As(err, &empty):
		return p.misused("cli.error.flag_empty", "Flag", empty.GetSpecifiedName())
	case errors.As(err, &invalid):
		return p.misused("cli.error.flag_value", "Flag", invalid.GetFlag().Name, "Value", invalid.GetValue())
	case errors.Is(err, pflag.ErrHelp):
		return err
	}
	return &usageError{err.Error()}
}
