package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// keptStatements is how many prepared statements a SQLite connection keeps.
const keptStatements = 300

// A keeper connects to SQLite and keeps each connection's statements prepared:
// preparing a list query takes ten times as long as its first page. The driver
// for PostgreSQL does so by itself.
type keeper struct {
	driver.Connector
	trips Trips
}

// Connect implements driver.Connector.
func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(liteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("connection %T lacks a method", conn), conn.Close())
	}
	return &keptConn{liteConn: full, idle: map[string]liteStmt{}, trips: k.trips}, nil
}

// A liteConn is what package sql uses of a SQLite connection.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A liteStmt is what is used of a prepared statement.
type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A keptConn is a connection with its idle statements by their text. Package
// sql never calls it from two goroutines at once.
type keptConn struct {
	liteConn
	idle  map[string]liteStmt
	trips Trips
}

// ExecContext implements driver.ExecerContext.
func (c *keptConn) ExecContext(ctx context.Context, query string, values []driver.NamedValue) (driver.Result, error) {
	c.trips.tell(query)
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, values)
	if err != nil {
		return nil, errors.Join(err, statement.Close())
	}
	return result, c.keep(query, statement)
}

// QueryContext implements driver.QueryerContext. The statement is idle again
// when its rows are closed.
func (c *keptConn) QueryContext(ctx context.Context, query string, values []driver.NamedValue) (driver.Rows, error) {
	c.trips.tell(query)
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, values)
	if err != nil {
		return nil, errors.Join(err, statement.Close())
	}
	return &keptRows{Rows: rows, done: func() error { return c.keep(query, statement) }}, nil
}

// PrepareContext implements driver.ConnPrepareContext. The statement is idle
// again when it is closed.
func (c *keptConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	return &keptStmt{liteStmt: statement, conn: c, query: query}, nil
}

// Close implements driver.Conn.
func (c *keptConn) Close() error {
	var errs []error
	for _, statement := range c.idle {
		errs = append(errs, statement.Close())
	}
	c.idle = nil
	return errors.Join(append(errs, c.liteConn.Close())...)
}

// take returns the idle statement of query, idle no more, or prepares one.
func (c *keptConn) take(ctx context.Context, query string) (liteStmt, error) {
	if statement, found := c.idle[query]; found {
		delete(c.idle, query)
		return statement, nil
	}
	prepared, err := c.liteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	statement, ok := prepared.(liteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("statement %T lacks a method", prepared), prepared.Close())
	}
	return statement, nil
}

// keep makes statement idle. A second one of the same text is closed, and any
// other one when there are too many: which, matters little at this size.
func (c *keptConn) keep(query string, statement liteStmt) error {
	if _, found := c.idle[query]; found || c.idle == nil {
		return statement.Close()
	}
	var err error
	if len(c.idle) >= keptStatements {
		for other, victim := range c.idle {
			delete(c.idle, other)
			err = victim.Close()
			break
		}
	}
	c.idle[query] = statement
	return err
}

// keptRows are rows that give their statement back.
type keptRows struct {
	driver.Rows
	done func() error
}

// Close implements driver.Rows; package sql may call it twice.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	if r.done != nil {
		err = errors.Join(err, r.done())
		r.done = nil
	}
	return err
}

// A keptStmt is a statement that is prepared once and run often; after an error
// it is not kept.
type keptStmt struct {
	liteStmt
	conn   *keptConn
	query  string
	failed bool
}

// ExecContext implements driver.StmtExecContext.
func (s *keptStmt) ExecContext(ctx context.Context, values []driver.NamedValue) (driver.Result, error) {
	s.conn.trips.tell(s.query)
	result, err := s.liteStmt.ExecContext(ctx, values)
	s.failed = s.failed || err != nil
	return result, err
}

// Close implements driver.Stmt.
func (s *keptStmt) Close() error {
	if s.failed {
		return s.liteStmt.Close()
	}
	return s.conn.keep(s.query, s.liteStmt)
}

// Trips is told of each trip to the database when it begins, with the statements it
// carries: one, or on PostgreSQL those of a pipeline together. It is called from many
// goroutines at once and must be quick.
type Trips func(statements ...string)

// tell says that a trip begins; nobody may be listening.
func (t Trips) tell(statements ...string) {
	if t != nil {
		t(statements...)
	}
}

// A traveller hears of the trips of connections to PostgreSQL.
type traveller struct{ trips Trips }

// TraceQueryStart implements pgx.QueryTracer.
func (t traveller) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	t.trips.tell(data.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (traveller) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (t traveller) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	statements := make([]string, len(data.Batch.QueuedQueries))
	for i, queued := range data.Batch.QueuedQueries {
		statements[i] = queued.SQL
	}
	t.trips.tell(statements...)
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (traveller) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (traveller) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
