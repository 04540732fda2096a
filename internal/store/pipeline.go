package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A pipeline is a transaction on PostgreSQL that sends statements whose answer
// nobody waits for together, before the next one that is waited for: their
// errors come then.
type pipeline struct {
	*sql.Tx
	conn  *sql.Conn
	batch *pgx.Batch
}

// later queues a statement.
func (p *pipeline) later(query string, values []any) {
	if p.batch == nil {
		p.batch = &pgx.Batch{}
	}
	p.batch.Queue(query, values...)
}

// QueryContext implements querier.
func (p *pipeline) QueryContext(ctx context.Context, query string, values ...any) (*sql.Rows, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.Tx.QueryContext(ctx, query, values...)
}

// ExecContext implements querier.
func (p *pipeline) ExecContext(ctx context.Context, query string, values ...any) (sql.Result, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.Tx.ExecContext(ctx, query, values...)
}

// flush sends what is queued.
func (p *pipeline) flush(ctx context.Context) error {
	batch := p.batch
	if batch == nil {
		return nil
	}
	p.batch = nil
	err := p.conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection %T has no pipeline", driver)
		}
		return conn.Conn().SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return fmt.Errorf("execute together: %w", refusal(err))
	}
	return nil
}
