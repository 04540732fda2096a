package cli

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/server"
)

// An asked names what the tests ask about: an administrator, a member who only looks, and
// a unit of the tree.
type asked struct{ number, admin, basic, unit string }

// generated fills a folder and answers whom to ask about.
func generated(t *testing.T, data string) asked {
	t.Helper()
	if code, out := command("generate", "--data", data, "--accounts", "1", "--members", "8", "--units", "0"); code != 0 {
		t.Fatal(out)
	}
	c, err := config.Load("", nil, map[string]string{"data": data})
	if err != nil {
		t.Fatal(err)
	}
	i, err := server.Open(t.Context(), server.Options{Config: c, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}()
	a := asked{number: "200000"}
	frame, err := i.App.Accounts.Open(t.Context(), operator(), a.number)
	if err != nil {
		t.Fatal(err)
	}
	found, err := i.App.Members.List(t.Context(), operator(), frame.Account.ID, app.MemberQuery{Statuses: []directory.Status{directory.Active}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range found.Rows {
		tree, err := i.App.Reasons.Tree(t.Context(), operator(), frame.Account.ID, m.UUID)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Administrator():
			a.admin = m.Person.Email
		case tree.Managed == 0:
			a.basic = m.Person.Email
		}
		a.unit = tree.Units[len(tree.Units)-1].Name
	}
	return a
}

func command(args ...string) (int, string) {
	var out bytes.Buffer
	code := Run(Machine{Args: args, Environ: []string{"LANG=C.UTF-8"}, Now: time.Now, In: strings.NewReader(""), Out: &out, Err: &out})
	return code, out.String()
}

func TestExplain(t *testing.T) { // ROLE-9
	t.Parallel()
	data := t.TempDir()
	a := generated(t, data)
	explain := func(args ...string) (int, string) {
		return command(append([]string{"explain", "--data", data, "--account", a.number}, args...)...)
	}
	long := strings.Repeat("x", 70_000)
	for _, test := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"ROLE-9 a yes ends with 0", []string{"--person", a.admin, "--permission", "members.manage", "--unit", a.unit}, 0, " may Manage users at "},
		{"ROLE-9 a no ends with 1 and says who could give it", []string{"--person", a.basic, "--permission", "members.manage"}, exitNo, a.admin},
		{"nobody", []string{"--person", "nobody@maraval.example", "--permission", "members.manage"}, exitRefused, "member"},
		{"no unit", []string{"--person", a.admin, "--permission", "members.manage", "--unit", "Atlantis"}, exitRefused, "unit"},
		{"no permission", []string{"--person", a.admin, "--permission", "members.eat"}, exitRefused, "members.eat"},
		{"70,000 characters", []string{"--person", long, "--permission", "members.manage"}, exitRefused, ""},
		{"nothing asked", []string{"--person", a.admin}, exitUsage, "--permission"},
		{"no account", []string{"--account", "999", "--person", a.admin, "--permission", "members.manage"}, exitRefused, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if code, out := explain(test.args...); code != test.code || !strings.Contains(out, test.says) {
				t.Errorf("code %d, want %d: %.400s", code, test.code, out)
			}
		})
	}
	t.Run("for programs", func(t *testing.T) {
		code, out := explain("--person", a.basic, "--permission", "members.manage", "--json")
		var read explanation
		if err := json.Unmarshal([]byte(out), &read); err != nil {
			t.Fatal(err)
		}
		if code != exitNo || read.Allowed || read.Reason != "missing" || read.GiversTotal < 1 || read.Permission != "members.manage" {
			t.Errorf("code %d, read %+v", code, read)
		}
	})
}
