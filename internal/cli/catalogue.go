package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/server"
)

func (p *program) catalogueCommand() *cobra.Command {
	group := &cobra.Command{Use: "catalogue", Short: p.T("cli.catalogue.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	group.AddCommand(
		&cobra.Command{Use: "check FILE", Short: p.T("cli.catalogue.check.about"), Args: p.takes(1),
			RunE: func(_ *cobra.Command, args []string) error {
				_, err := p.readCatalogue(args[0])
				if err == nil {
					p.say("cli.catalogue.check.done", "Path", args[0])
				}
				return err
			}},
		p.confirmed(p.withSettings(&cobra.Command{Use: "apply FILE", Short: p.T("cli.catalogue.apply.about"), Args: p.takes(1), RunE: p.applyCatalogue})),
		p.withSettings(&cobra.Command{Use: "show", Short: p.T("cli.catalogue.show.about"), Args: p.takes(0), RunE: p.showCatalogue}),
	)
	return group
}

// applyCatalogue says what a file would change, asks, and puts it in force
// (ROLE-3). Servers that run follow within a minute.
func (p *program) applyCatalogue(c *cobra.Command, args []string) error {
	text, err := p.readCatalogue(args[0])
	if err != nil {
		return err
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		draft, err := i.App.Catalogue.Draft(ctx, operator(), string(text))
		if err != nil {
			return err
		}
		for _, change := range draft.Changes {
			line := p.T(change.KindKey()) + ": " + p.T(change.NounKey())
			for _, part := range []string{change.ID, change.Field} {
				if part != "" {
					line += " " + part
				}
			}
			if change.Old+change.New != "" {
				line += fmt.Sprintf(": %q → %q", change.Old, change.New)
			}
			fmt.Fprintln(p.Out, line)
		}
		if len(draft.Changes) > 0 {
			if err := p.agreed(c, "cli.catalogue.apply.ask", "Count", len(draft.Changes)); err != nil {
				return err
			}
		}
		if err := i.App.Catalogue.Apply(ctx, operator(), string(text), draft.Version); err != nil {
			return err
		}
		if _, err := i.App.Catalogue.UpdateRoles(ctx); err != nil {
			return err
		}
		p.say("cli.catalogue.apply.done", "Count", len(draft.Changes))
		return nil
	})
}

// showCatalogue prints the text that was applied last, or the one the
// installation begins with.
func (p *program) showCatalogue(c *cobra.Command, _ []string) error {
	settings, err := p.settings(c)
	if err != nil {
		return err
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		applied, err := i.App.Catalogue.Show(ctx, operator())
		if err != nil {
			return err
		}
		text := applied.Text
		if applied.Version == 0 {
			if text, err = server.CatalogueText(settings.Catalogue); err != nil {
				return err
			}
		}
		_, err = io.WriteString(p.Out, text)
		return err
	})
}

// readCatalogue reads and checks a file, and says every fault with its place.
func (p *program) readCatalogue(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, directory.InvalidField("catalogue", "restore.no_file", directory.Args{"Path": path})
	}
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if err := p.readable(path, text); err != nil {
		return nil, err
	}
	return text, nil
}

// readable says what is wrong with a catalogue, each with its place.
func (p *program) readable(path string, text []byte) error {
	_, faults := catalogue.Read(path, bytes.NewReader(text))
	for _, f := range faults {
		var pairs []any
		for name, value := range f.Args {
			pairs = append(pairs, name, value)
		}
		place := fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
		if f.Path != "" {
			place += " " + f.Path
		}
		fmt.Fprintf(p.Err, "%s: %s\n", place, p.T(f.MessageKey(), pairs...))
	}
	if len(faults) > 0 {
		return errRefused
	}
	return nil
}
