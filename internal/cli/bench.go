package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"intendant/internal/bench"
	"intendant/internal/generate"
	"intendant/internal/server"
)

// usualBeside is the generated account that has about 10,000 members among a million.
const usualBeside = 14

func (p *program) benchCommand() *cobra.Command {
	var o bench.Options
	c := p.withSettings(&cobra.Command{Use: "bench", Short: p.T("cli.bench.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error { return p.bench(c, o) }})
	c.Flags().Bool("json", false, p.T("cli.flag.json"))
	c.Flags().StringVar(&o.Account, "account", generate.Number(0), p.T("cli.flag.account"))
	c.Flags().StringVar(&o.Beside, "beside", generate.Number(usualBeside), p.T("cli.flag.beside"))
	c.Flags().String("svg", "", p.T("cli.flag.svg"))
	c.Flags().IntVar(&o.Samples, "samples", 200, p.T("cli.flag.samples"))
	c.Flags().StringSliceVar(&o.Only, "only", nil, p.T("cli.flag.only"))
	return c
}

// bench measures and prints a line a figure.
func (p *program) bench(c *cobra.Command, o bench.Options) error {
	asJSON, err := c.Flags().GetBool("json")
	if err != nil {
		return err
	}
	chart, err := c.Flags().GetString("svg")
	if err != nil {
		return err
	}
	begun := p.Now()
	var figures []bench.Figure
	err = p.with(c, func(ctx context.Context, i *server.Installation) error {
		o.Start = p.Now().Sub(begun)
		return i.Bench(ctx, o, func(f bench.Figure) {
			figures = append(figures, f)
			p.figure(f, asJSON)
		})
	})
	if err != nil || chart == "" {
		return err
	}
	return os.WriteFile(chart, bench.Chart(figures), 0o644)
}

// figure prints one line: for programs, or in columns for people.
func (p *program) figure(f bench.Figure, asJSON bool) {
	if f.Why != "" {
		f.Why = p.T(f.Why)
	}
	if asJSON {
		if err := json.NewEncoder(p.Out).Encode(f); err != nil {
			fmt.Fprintln(p.Err, err)
		}
		return
	}
	fmt.Fprintf(p.Out, "%-26s %-9s %8d  p50 %9d µs  p99 %9d µs  %12.0f/s", f.Name, f.Database, f.Members, f.P50, f.P99, f.PerS)
	if f.Growth > 0 {
		fmt.Fprintf(p.Out, "  × %.2f", f.Growth)
	}
	if f.Ratio > 0 {
		fmt.Fprintf(p.Out, "  %.2f of %s", f.Ratio, f.Ceiling)
	}
	fmt.Fprintf(p.Out, "  %s  %s\n", p.size(f.Bytes), f.Why)
}

// size is a number of bytes as people read it, or nothing.
func (p *program) size(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return p.Bytes(bytes)
}
