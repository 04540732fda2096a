package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"intendant/internal/authz"
	"intendant/internal/config"
	"intendant/internal/directory"
	"intendant/internal/i18n"
)

// The exit codes.
const (
	exitFault   = 1
	exitNo      = 1 // of explain
	exitUsage   = 2
	exitRefused = 3
)

// A Machine is what the program is run by.
type Machine struct {
	Args    []string
	Environ []string
	Now     func() time.Time
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
}

// Run does what the arguments ask and answers the exit code. An interrupt ends
// what is running in good order; a second one at once.
func Run(m Machine) int {
	bundle, err := i18n.Load()
	if err != nil {
		fmt.Fprintln(m.Err, err)
		return exitFault
	}
	p := &program{Machine: m, bundle: bundle}
	p.speak(p.environmentLanguage())
	p.speak(flagLanguage(m.Args))
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // ignored: told to outlive its terminal
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := p.root()
	root.SetArgs(m.Args)
	return p.report(root.ExecuteContext(ctx))
}

// A program is one run of the command line.
type program struct {
	Machine
	*i18n.Printer
	bundle *i18n.Bundle
}

// speak answers in a language from now on; an empty one changes nothing.
func (p *program) speak(language string) {
	if language != "" || p.Printer == nil {
		p.Printer = p.bundle.Printer(language, time.Local)
	}
}

// environmentLanguage is the language of the machine: English where none of
// ours is asked for.
func (p *program) environmentLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := p.env(name)
		if value == "" {
			continue
		}
		value, _, _ = strings.Cut(value, ".")
		return p.bundle.Match(strings.ReplaceAll(value, "_", "-"), directory.English)
	}
	return directory.English
}

// flagLanguage finds --language before the flags are read, so that what is
// wrong with them is said in it.
func flagLanguage(args []string) string {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--language="); ok {
			return value
		}
		if arg == "--language" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

func (p *program) env(name string) string {
	value := ""
	for _, line := range p.Environ {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			value = v
		}
	}
	return value
}

// operator is who acts: whoever may run the program on its data.
func operator() authz.Actor {
	return authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
}

// say prints a sentence.
func (p *program) say(key string, pairs ...any) {
	fmt.Fprintln(p.Out, p.T(key, pairs...))
}

// A usageError is a wrong call, already in words.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// misused is a wrong call: the message of key.
func (p *program) misused(key string, pairs ...any) error {
	return &usageError{p.T(key, pairs...)}
}

// errRefused ends a command that has said itself what was refused.
var errRefused = errors.New("refused")

// report says why a command did not do what was asked, and answers the exit
// code.
func (p *program) report(err error) int {
	var misuse *usageError
	var settings config.Refusals
	var refusal *directory.Error
	var cut *directory.Interruption
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.Is(err, errRefused):
		return exitRefused
	case errors.Is(err, errNo):
		return exitNo
	case errors.As(err, &misuse):
		fmt.Fprintln(p.Err, misuse.text)
		return exitUsage
	case errors.As(err, &settings):
		for _, s := range settings {
			fmt.Fprintln(p.Err, p.Printer.Error(s))
		}
		return exitUsage
	case errors.As(err, &cut):
		fmt.Fprintln(p.Err, p.T("error."+cut.Code))
		fmt.Fprintln(p.Err, p.T("cli.fault", "Detail", err.Error()))
		return exitFault
	case errors.As(err, &refusal):
		fmt.Fprintln(p.Err, p.Printer.Error(refusal))
		return exitRefused
	}
	fmt.Fprintln(p.Err, p.T("cli.fault", "Detail", err.Error()))
	return exitFault
}

// root is the program without a command, and all its commands.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "intendant", Short: p.T("cli.about"), Args: cobra.ArbitraryArgs,
		SilenceErrors: true, SilenceUsage: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: p.group,
	}
	root.PersistentFlags().String("language", "", p.T("cli.flag.language", "Languages", p.bundle.Languages()))
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.SetHelpFunc(p.help)
	root.SetUsageFunc(func(c *cobra.Command) error { p.help(c, nil); return nil })
	root.SetFlagErrorFunc(p.flagError)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.AddCommand(
		p.demoCommand(), p.initCommand(), p.serveCommand(), p.migrateCommand(), p.checkConfigCommand(), p.versionCommand(),
		p.userCommand(), p.keyCommand(), p.catalogueCommand(), p.importCommand(), p.historyCommand(), p.countsCommand(), p.secretCommand(), p.explainCommand(), p.generateCommand(), p.benchCommand(), p.backupCommand(), p.restoreCommand(),
	)
	return root
}

// group is a command that only holds others.
func (p *program) group(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return p.misused("cli.error.unknown_command", "Command", strings.Join(args, " "))
	}
	return c.Help()
}

// takes refuses any other number of arguments.
func (p *program) takes(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return p.misused("cli.error.arguments", "Use", c.UseLine())
		}
		return nil
	}
}
