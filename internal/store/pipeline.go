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
	wrote bool // something that a COMMIT keeps
	known *known

	// within is the context of the change and of all its statements, whatever
	// context one comes with. It ends with the deadline of the change, and when
	// nobody winds it for as long as a statement may take.
	within    context.Context
	wind      func()
	unwatched context.Context // SQLite: statements end soon, and watching costs a goroutine for each
}

// now is the context of the next statement.
func (p *pipeline) now() (context.Context, error) {
	p.wind()
	if p.unwatched == nil {
		return p.within, nil
	}
	return p.unwatched, driverError(p.within.Err())
}

// writes says that a statement leaves something else behind than was read.
func (p *pipeline) writes() {
	p.wrote = true
	p.known.forget()
}

// later queues a statement.
func (p *pipeline) later(query string, values []any) {
	if p.batch == nil {
		p.batch = &pgx.Batch{}
	}
	p.writes()
	p.batch.Queue(query, values...)
}

// QueryContext implements querier.
func (p *pipeline) QueryContext(_ context.Context, query string, values ...any) (*sql.Rows, error) {
	ctx, err := p.now()
	if err == nil {
		err = p.flush(ctx)
	}
	if err != nil {
		return nil, err
	}
	if !reads(query) {
		p.writes()
	}
	return p.Tx.QueryContext(ctx, query, values...)
}

// ExecContext implements querier.
func (p *pipeline) ExecContext(_ context.Context, query string, values ...any) (sql.Result, error) {
	ctx, err := p.now()
	if err == nil {
		err = p.flush(ctx)
	}
	if err != nil {
		return nil, err
	}
	p.writes()
	return p.Tx.ExecContext(ctx, query, values...)
}

// PrepareContext implements querier; what is prepared is run many times, which
// only writing is.
func (p *pipeline) PrepareContext(_ context.Context, query string) (*sql.Stmt, error) {
	ctx, err := p.now()
	if err != nil {
		return nil, err
	}
	p.writes()
	return p.Tx.PrepareContext(ctx, query)
}

// flush sends what is queued.
func (p *pipeline) flush(ctx context.Context) error {
	batch := p.batch
	if batch == nil {
		return nil
	}
	p.batch = nil
	p.wind()
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
