package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/server"
)

func (p *program) userCommand() *cobra.Command {
	group := &cobra.Command{Use: "user", Short: p.T("cli.user.about"), Args: cobra.ArbitraryArgs, RunE: p.group}
	create := p.withSettings(&cobra.Command{Use: "create-vendor", Short: p.T("cli.create_vendor.about"), Args: p.takes(0), RunE: p.createVendor})
	flags := create.Flags()
	flags.String("email", "", p.T("cli.flag.email"))
	flags.String("first-name", "", p.T("field.first_name"))
	flags.String("last-name", "", p.T("field.last_name"))
	flags.String("role", string(authz.Operator), p.T("cli.flag.role"))
	flags.Bool("password-stdin", false, p.T("cli.flag.password_stdin"))
	reset := p.withSettings(&cobra.Command{Use: "reset-factor", Short: p.T("cli.reset_factor.about"), Args: p.takes(0), RunE: p.resetFactor})
	reset.Flags().String("user", "", p.T("cli.flag.user"))
	reset.Flags().String("reason", "", p.T("cli.flag.reason"))
	group.AddCommand(create, reset)
	return group
}

// createVendor makes a person of the vendor's staff. Without a password given
// one is made and printed, this once.
func (p *program) createVendor(c *cobra.Command, _ []string) error {
	value := func(name string) string { return c.Flags().Lookup(name).Value.String() }
	if value("email") == "" {
		return p.misused("cli.error.flag_empty", "Flag", "email")
	}
	given := value("password-stdin") == "true"
	password := ""
	if given {
		var err error
		if password, err = p.line(); err != nil {
			return err
		}
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		return p.newStaff(ctx, i, app.NewStaff{Email: value("email"), First: value("first-name"), Last: value("last-name"),
			Role: authz.StaffRole(value("role")), Password: password, Language: c.Flags().Lookup("language").Value.String()}, !given)
	})
}

// drawnTries is how many passwords are made for somebody.
const drawnTries = 20

// untilTaken makes passwords until one is taken: one in seventy contains a name as short
// as Eva by chance, and would be refused for it.
func untilTaken(draw func() string, try func(password string) error) error {
	for tries := 1; ; tries++ {
		err := try(draw())
		var refusal *directory.Error
		if tries == drawnTries || !errors.As(err, &refusal) || refusal.Code != "password.contains_name" {
			return err
		}
	}
}

// newStaff makes a person of the vendor's staff and says so; tell: with a password that
// is made for them, told this once.
func (p *program) newStaff(ctx context.Context, i *server.Installation, n app.NewStaff, tell bool) error {
	var user directory.User
	create := func(password string) (err error) {
		n.Password = password
		user, err = i.App.Users.CreateStaff(ctx, operator(), n)
		return err
	}
	var err error
	if tell {
		err = untilTaken(secret.NewProvisionalPassword, create)
	} else {
		err = create(n.Password)
	}
	if err != nil {
		return err
	}
	p.say("cli.create_vendor.done", "UserName", user.UserName, "Role", p.T("staff.role."+user.Staff))
	if tell {
		p.say("cli.create_vendor.password", "Password", n.Password)
	}
	return nil
}

// resetFactor takes somebody's second factor away who has lost it: of the last
// operator nobody else can.
func (p *program) resetFactor(c *cobra.Command, _ []string) error {
	value := func(name string) string { return c.Flags().Lookup(name).Value.String() }
	for _, name := range []string{"user", "reason"} {
		if value(name) == "" {
			return p.misused("cli.error.flag_empty", "Flag", name)
		}
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		user, err := i.App.Users.Named(ctx, operator(), value("user"))
		if err != nil {
			return err
		}
		if err := i.App.Users.ResetFactor(ctx, operator(), user.ID, value("reason")); err != nil {
			return err
		}
		p.say("cli.reset_factor.done", "UserName", user.UserName)
		return nil
	})
}

// line reads one line of the input, such as a password: without the end of
// line, and nothing else taken off.
func (p *program) line() (string, error) {
	text, err := bufio.NewReader(io.LimitReader(p.In, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read input: %w", err)
	}
	return strings.TrimRight(text, "\r\n"), nil
}
