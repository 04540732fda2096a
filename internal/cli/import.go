package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/server"
)

func (p *program) importCommand() *cobra.Command {
	group := &cobra.Command{Use: "import", Short: p.T("cli.import.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	members := p.withSettings(&cobra.Command{Use: "members --account NUMBER FILE", Short: p.T("cli.import.members.about"), Args: p.takes(1),
		RunE: p.importMembers, DisableFlagsInUseLine: true})
	members.Flags().String("account", "", p.T("cli.flag.account"))
	members.Flags().String("invite", directory.InviteNobody, p.T("cli.flag.invite"))
	members.Flags().Bool("change", false, p.T("cli.flag.change"))
	customers := p.withSettings(&cobra.Command{Use: "customers FILE", Short: p.T("cli.import.customers.about"), Args: p.takes(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c, func(ctx context.Context, i *server.Installation) error {
				return p.bringIn(c, i, directory.Installation, args[0])
			})
		}})
	subscriptions := p.withSettings(&cobra.Command{Use: subscriptionsCommand + " FILE", Short: p.T("cli.import.subscriptions.about"), Args: p.takes(1),
		RunE: customers.RunE})
	for _, c := range []*cobra.Command{members, customers, subscriptions} {
		c.Flags().Bool("preview", false, p.T("cli.flag.preview"))
		c.Flags().String("hidden", "", p.T("cli.flag.hidden"))
		group.AddCommand(c)
	}
	return group
}

// subscriptionsCommand reads a file of what customers have bought.
const subscriptionsCommand = "subscriptions"

func (p *program) importMembers(c *cobra.Command, args []string) error {
	number := c.Flags().Lookup("account").Value.String()
	if number == "" {
		return p.misused("cli.error.flag_empty", "Flag", "account")
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		frame, err := i.App.Accounts.Open(ctx, operator(), number)
		if err != nil {
			return err
		}
		return p.bringIn(c, i, frame.Account.ID, args[0])
	})
}

// bringIn takes a file in, says what would become of its rows, and brings them
// in unless only a preview is wanted (ADD-13). Refused rows leave the others
// done, and end with the code of a refusal.
func (p *program) bringIn(c *cobra.Command, i *server.Installation, account directory.AccountID, path string) error {
	ctx, imports := c.Context(), i.App.Imports
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return &directory.Error{Kind: directory.NotFound, Code: "restore.no_file", Args: directory.Args{"Path": path}}
	}
	if err != nil {
		return fmt.Errorf("read the file to import: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	var run directory.Import
	if c.Name() == subscriptionsCommand {
		run, err = imports.UploadSubscriptions(ctx, operator(), filepath.Base(path), file)
	} else {
		run, err = imports.Upload(ctx, operator(), account, filepath.Base(path), file)
	}
	if err != nil {
		return err
	}
	if run, err = p.adjust(c, i, account, run); err != nil {
		return err
	}
	if run, err = imports.Finish(ctx, operator(), account, run.UUID); err != nil {
		return err
	}
	report := "cli.import.preview"
	if c.Flags().Lookup("preview").Value.String() != "true" {
		report = "cli.import.done"
		if _, err = imports.Start(ctx, operator(), account, run.UUID); err != nil {
			return err
		}
		if run, err = imports.Finish(ctx, operator(), account, run.UUID); err != nil {
			return err
		}
	}
	return p.tellImport(ctx, i, run, report)
}

// adjust sets what the flags say differs from how the file was taken in.
func (p *program) adjust(c *cobra.Command, i *server.Installation, account directory.AccountID, run directory.Import) (directory.Import, error) {
	if c.Flags().Changed("hidden") {
		answer := c.Flags().Lookup("hidden").Value.String()
		if answer != directory.HiddenTaken && answer != directory.HiddenLeft {
			return run, directory.InvalidField("hidden", "field.unknown_choice", directory.Args{"Value": answer})
		}
		var err error
		if run, err = i.App.Imports.Mend(c.Context(), operator(), account, run.UUID, app.ImportMending{Hidden: answer}); err != nil {
			return run, err
		}
	}
	if account == directory.Installation || !c.Flags().Changed("invite") && !c.Flags().Changed("change") {
		return run, nil
	}
	return i.App.Imports.Settings(c.Context(), operator(), account, run.UUID, app.ImportSetting{Columns: run.Choices.Columns,
		Change: c.Flags().Lookup("change").Value.String() == "true", Invite: c.Flags().Lookup("invite").Value.String()})
}

// tellImport says what became, or would become, of the rows, and names those
// that are refused.
func (p *program) tellImport(ctx context.Context, i *server.Installation, run directory.Import, report string) error {
	const at = 500
	for skip := 0; ; skip += at {
		rows, err := i.App.Imports.Rows(ctx, operator(), run.Account, run.UUID, app.ImportFilter{Outcome: app.Refused, Skip: skip, Limit: at})
		if err != nil {
			return err
		}
		for _, row := range rows {
			for _, fault := range row.Faults() {
				p.say("cli.import.line", "Line", row.Line, "Reason", p.Printer.Error(fault))
			}
		}
		if len(rows) < at {
			break
		}
	}
	n := run.Counts
	p.say(report, "Total", n.Total, "Added", n.Added, "Changed", n.Changed, "Unchanged", n.Unchanged, "Faulty", n.Faulty)
	if n.Faulty > 0 {
		return errRefused
	}
	return nil
}
