package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"intendant/internal/bench"
	"intendant/internal/generate"
	"intendant/internal/server"
)

func (p *program) benchCommand() *cobra.Command {
	var o bench.Options
	c := p.withSettings(&cobra.Command{Use: "bench", Short: p.T("cli.bench.about"), Args: p.takes(0),
		RunE: func(c *cobra.Command, _ []string) error { return p.bench(c, o) }})
	c.Flags().Bool("json", false, p.T("cli.flag.json"))
	c.Flags().StringVar(&o.Account, "account", generate.Number(0), p.T("cli.flag.account"))
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
	begun := p.Now()
	return p.with(c, func(ctx context.Context, i *server.Installation) error {
		o.Start = p.Now().Sub(begun)
		return i.Bench(ctx, o, func(f bench.Figure) { p.figure(f, asJSON) })
	})
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
	fmt.Fprintf(p.Out, "%-26s %-9s p50 %9d µs  p99 %9d µs  %12.0f/s  %s  %s\n", f.Name, f.Database, f.P50, f.P99, f.PerS, p.size(f.Bytes), f.Why)
}

// size is a number of bytes as people read it, or nothing.
func (p *program) size(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return p.Bytes(bytes)
}
