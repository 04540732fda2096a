package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	sqlitedriver "modernc.org/sqlite"

	"intendant/internal/directory"
)

// Options are what a database needs besides its address.
type Options struct {
	// Readers is the number of SQLite read connections (default 4), or of all
	// PostgreSQL connections (default 16).
	Readers int
	// Now is the clock; it must be set.
	Now func() time.Time
	// Logger receives one line for each migration applied, and one when the
	// database goes away and when it is back; nil for none.
	Logger *slog.Logger
	// Deadlines are how long the database may take.
	Deadlines Deadlines
	// Trips hears of each trip to the database; nil for nobody.
	Trips Trips
}

// A DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect dialect
	write   *sql.DB // SQLite: exactly one connection; PostgreSQL: the pool
	read    *sql.DB // SQLite: connections that cannot write; PostgreSQL: the pool
	long    *sql.DB // the same for who reads for long
	now     func() time.Time
	logger  *slog.Logger
	types   *columnTypes
	roles   *roleMemo
	figures figures
	held    presence // SQLite: what tells other processes that this one is here

	fresh     *sql.DB // PostgreSQL: a new connection for each use
	address   string
	size      int // of the pool
	deadlines Deadlines
	trips     Trips
	outage    outage
	readiness readiness
}

// Open connects to the database at address: "sqlite:PATH" or "postgres://…". A
// missing SQLite file is created, readable by its owner only; its folder must
// exist. Open does not migrate.
func Open(ctx context.Context, address string, o Options) (*DB, error) {
	if o.Now == nil {
		return nil, errors.New("open database: no clock given")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{now: o.Now, logger: o.Logger, types: newColumnTypes(), address: address, deadlines: o.Deadlines.usual(), trips: o.Trips,
		roles: &roleMemo{accounts: map[directory.AccountID]rememberedRoles{}}}
	var err error
	path, isSQLite := strings.CutPrefix(address, "sqlite:")
	switch {
	case isSQLite:
		db.dialect = sqlite
		err = db.openSQLite(path, o.Readers)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		db.dialect = postgres
		err = db.openPostgres(address, o.Readers)
	default:
		err = errors.New(`the address must begin with "sqlite:" or "postgres://"`)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

// openSQLite opens the one write connection and the readers. Creating the file
// first gives it, its log and its index the narrow mode.
func (db *DB) openSQLite(path string, readers int) error {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return errors.New("SQLite needs a file: readers and writer are separate connections")
	}
	if err := db.held.open(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if readers <= 0 {
		readers = 4
	}
	busy := fmt.Sprintf("_pragma=busy_timeout(%d)", db.deadlines.Lock.Milliseconds())
	if db.write, err = db.openFile(path, 1, busy, "_txlock=immediate"); err != nil {
		return err
	}
	if db.read, err = db.openFile(path, readers, busy, "_pragma=query_only(1)"); err != nil {
		return err
	}
	// A reader finds its cache empty after each change by anybody. Those who read for long
	// come by a page once, and would fill and empty a large one for nothing.
	db.long, err = db.openFile(path, longReaders, busy, "_pragma=query_only(1)", "_pragma=cache_size(-2048)")
	return err
}

// longReaders are how many read for long at a time; nobody's page waits for them.
const longReaders = 2

// openFile opens a pool of at most size connections to the file at path. They
// stay open, so that the pragmas run once and the page caches stay warm.
func (db *DB) openFile(path string, size int, options ...string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(append([]string{
		"_pragma=journal_mode(WAL)",
		"_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)",
		"_pragma=temp_store(MEMORY)",
		"_pragma=mmap_size(0)", // a mapped file reads no quicker, and takes its size of memory once more
		"_pragma=cache_size(-16384)",
	}, options...), "&")
	connector, err := sqlitedriver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(keeper{connector, db.trips})
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// openPostgres opens one pool for reading and writing.
func (db *DB) openPostgres(address string, size int) error {
	config, err := db.postgresConfig(address)
	if err != nil {
		return err
	}
	if size <= 0 {
		size = 16
	}
	db.size = max(size, 2)
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(db.size)
	pool.SetMaxIdleConns(db.size)
	pool.SetConnMaxIdleTime(10 * time.Minute)
	db.write, db.read, db.long = pool, pool, pool
	db.fresh = stdlib.OpenDB(*config)
	db.fresh.SetMaxIdleConns(-1)
	return nil
}

// postgresConfig is how connections are made. What the address says of a
// parameter wins over the choice made here. The server keeps the deadlines too,
// so that what a lost node has locked is free again.
func (db *DB) postgresConfig(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"application_name":                    "intendant",
		"timezone":                            "UTC",
		"jit":                                 "off", // compiling costs more than our statements take
		"idle_in_transaction_session_timeout": milliseconds(max(2*time.Minute, db.deadlines.Change+5*time.Second)),
		"statement_timeout":                   milliseconds(db.deadlines.Reading),
		"lock_timeout":                        milliseconds(db.deadlines.Lock),
		"tcp_keepalives_idle":                 "10",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	} {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = db.deadlines.Connect
	}
	dialer := &net.Dialer{
		Timeout:         config.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control:         unansweredFor(db.deadlines.Statement),
	}
	config.DialFunc = dialer.DialContext
	if db.trips != nil {
		config.Tracer = traveller{db.trips}
	}
	return config, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Close closes every connection and waits for running statements.
func (db *DB) Close() error {
	var errs []error
	if db.fresh != nil {
		errs = append(errs, db.fresh.Close())
	}
	for _, pool := range []*sql.DB{db.long, db.read} {
		if pool != nil && pool != db.write {
			errs = append(errs, pool.Close())
		}
	}
	if db.write != nil { // last, so that SQLite folds its log into the file
		errs = append(errs, db.write.Close())
	}
	return errors.Join(append(errs, db.held.release())...)
}

// Dialect returns "sqlite" or "postgres".
func (db *DB) Dialect() string { return string(db.dialect) }

// Ping reports whether the database answers, for reading and writing.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.write.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	if err := db.read.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}
