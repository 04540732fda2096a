package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/server"
)

// errNo ends a question that was answered by no, in words or for programs.
var errNo = errors.New("no")

func (p *program) explainCommand() *cobra.Command {
	c := p.withSettings(&cobra.Command{Use: "explain", Short: p.T("cli.explain.about"), Args: p.takes(0), RunE: p.explain})
	flags := c.Flags()
	flags.String("account", "", p.T("cli.flag.account"))
	flags.String("person", "", p.T("cli.flag.person"))
	flags.String("permission", "", p.T("cli.flag.permission"))
	flags.String("unit", "", p.T("cli.flag.unit"))
	flags.Bool("json", false, p.T("cli.flag.json"))
	return c
}

// explain says whether somebody may do something at a unit, and why (ROLE-9). It
// ends with 0 for a yes and 1 for a no.
func (p *program) explain(c *cobra.Command, _ []string) error {
	value := func(name string) string { return c.Flags().Lookup(name).Value.String() }
	for _, name := range []string{"account", "person", "permission"} {
		if value(name) == "" {
			return p.misused("cli.error.flag_empty", "Flag", name)
		}
	}
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		frame, err := i.App.Accounts.Open(ctx, operator(), value("account"))
		if err != nil {
			return err
		}
		member, err := memberCalled(ctx, i.App, frame.Account.ID, value("person"))
		if err != nil {
			return err
		}
		q := app.WhyQuery{Person: member}
		whole, err := i.App.Reasons.Why(ctx, operator(), frame.Account.ID, q)
		if err != nil {
			return err
		}
		q.Permission = value("permission")
		if q.Unit, err = p.unitCalled(whole.Units, value("unit")); err != nil {
			return err
		}
		why, err := i.App.Reasons.Why(ctx, operator(), frame.Account.ID, q)
		if err != nil {
			return err
		}
		if value("json") == "true" {
			err = p.explainForPrograms(why)
		} else {
			p.explainInWords(why)
		}
		if err == nil && !why.Explanation.Allowed {
			return errNo
		}
		return err
	})
}

// memberCalled is the public id of the member with an address or user name.
func memberCalled(ctx context.Context, a *app.App, account directory.AccountID, name string) (string, error) {
	found, err := a.Members.List(ctx, operator(), account, app.MemberQuery{Search: name, Size: 200})
	if err != nil {
		return "", err
	}
	for _, m := range found.Rows {
		if strings.EqualFold(m.Person.Email, name) || strings.EqualFold(m.Person.UserName, name) {
			return m.UUID, nil
		}
	}
	return "", directory.Refuse(directory.NotFound, "member.not_found")
}

// unitCalled is the public id of the unit with an id or a name; without one, of
// the account itself.
func (p *program) unitCalled(units []directory.Unit, name string) (string, error) {
	var named []string
	for _, u := range units {
		if name != "" && (u.UUID == name || u.External == name) {
			return u.UUID, nil
		}
		if name != "" && directory.Fold(u.Name) == directory.Fold(name) {
			named = append(named, u.UUID)
		}
	}
	switch {
	case name == "":
		return "", nil
	case len(named) == 0:
		return "", directory.InvalidField("unit", "unit.not_found", nil)
	case len(named) > 1:
		return "", p.misused("cli.explain.several", "Unit", name, "Units", named)
	}
	return named[0], nil
}

func (p *program) explainInWords(w app.Why) {
	lang := p.Lang()
	verdict := "rights.why.no"
	if w.Explanation.Allowed {
		verdict = "rights.why.yes"
	}
	p.say(verdict, "Name", w.Holder.Name(), "Permission", w.Permission.Label.In(lang), "Unit", w.Unit.Name)
	if reason := w.Explanation.Reason; reason != "" && reason != authz.Missing {
		p.say("rights.bar."+reason, "Name", w.Holder.Name())
	}
	for depth, step := range w.Path {
		fmt.Fprintln(p.Out, strings.Repeat("  ", depth)+step.Unit.Name)
		for _, h := range step.Held {
			note := "rights.why.held.without"
			switch {
			case h.Gives && h.Grant == 0 && h.Unit.Parent != 0:
				note = "rights.why.held.project"
			case h.Gives && h.Grant == 0:
				note = "rights.why.held.place"
			case h.Gives:
				note = "rights.why.held.since"
			case h.Idle:
				note = "rights.why.held.idle"
			}
			fmt.Fprintln(p.Out, strings.Repeat("  ", depth)+"  - "+h.Role.Name(lang)+": "+p.T(note, "Day", h.From))
		}
	}
	for _, h := range w.Elsewhere {
		p.say("cli.explain.elsewhere", "Role", h.Role.Name(lang), "Unit", h.Unit.Name)
	}
	for _, g := range w.Givers {
		p.say("cli.explain.giver", "Name", g.Name, "Email", g.Email, "Unit", w.GiveAt.Name)
	}
	if more := w.GiverTotal - int64(len(w.Givers)); more > 0 {
		p.say("rights.remedy.more", "Count", more)
	}
}

// An explanation is a Why as programs read it.
type explanation struct {
	Allowed     bool           `json:"allowed"`
	Reason      string         `json:"reason,omitempty"`
	Person      string         `json:"person"`
	Permission  string         `json:"permission"`
	Unit        string         `json:"unit"`
	UnitName    string         `json:"unit_name"`
	By          []heldForJSON  `json:"by"`
	Idle        []heldForJSON  `json:"idle"`
	Elsewhere   []heldForJSON  `json:"elsewhere"`
	Givers      []giverForJSON `json:"could_be_given_by"`
	GiversTotal int64          `json:"could_be_given_by_total"`
}

type heldForJSON struct {
	Role     string    `json:"role"`
	Unit     string    `json:"unit"`
	UnitName string    `json:"unit_name"`
	Since    time.Time `json:"since"`
}

type giverForJSON struct {
	Member string `json:"member"`
	Name   string `json:"name"`
	Email  string `json:"email"`
}

func (p *program) explainForPrograms(w app.Why) error {
	out := explanation{Allowed: w.Explanation.Allowed, Reason: w.Explanation.Reason, Person: w.Holder.UUID, Permission: w.Permission.ID,
		Unit: w.Unit.UUID, UnitName: w.Unit.Name, GiversTotal: w.GiverTotal,
		By: []heldForJSON{}, Idle: []heldForJSON{}, Elsewhere: []heldForJSON{}, Givers: []giverForJSON{}}
	of := func(h app.HeldRole) heldForJSON {
		return heldForJSON{h.Role.Code, h.Unit.UUID, h.Unit.Name, h.From}
	}
	for _, step := range w.Path {
		for _, h := range step.Held {
			switch {
			case h.Gives && w.Explanation.Allowed:
				out.By = append(out.By, of(h))
			case h.Idle:
				out.Idle = append(out.Idle, of(h))
			}
		}
	}
	for _, h := range w.Elsewhere {
		out.Elsewhere = append(out.Elsewhere, of(h))
	}
	for _, g := range w.Givers {
		out.Givers = append(out.Givers, giverForJSON{g.Member, g.Name, g.Email})
	}
	line, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	fmt.Fprintln(p.Out, string(line))
	return nil
}
