package cli

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
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
	)
	return group
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
		return nil, errRefused
	}
	return text, nil
}
