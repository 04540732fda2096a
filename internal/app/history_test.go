package app_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/secret"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// addMember adds one member through the operation.
func addMember(t *testing.T, w *apptest.World, account directory.AccountID, m app.NewMember) {
	t.Helper()
	m.Row = 1
	verdicts, err := w.Members.Add(t.Context(), w.Operator(), account, []app.NewMember{m}, app.AddOptions{})
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		t.Errorf("add %s: %v", m.Email, err)
	}
}

// checks verifies every chain and returns what is broken.
func checks(t *testing.T, a *app.App) (broken []app.ChainCheck, entries int64) {
	t.Helper()
	err := a.History.Verify(t.Context(), authz.Actor{Kind: authz.OperatorCLI}, nil, func(c app.ChainCheck) error {
		entries += c.Entries
		if c.Break != app.Whole {
			broken = append(broken, c)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return broken, entries
}

func TestHistoryList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account, other := w.Account("204817"), w.Account("163918")
		for i := range 30 {
			w.Pass(time.Minute)
			addMember(t, w, account.ID, app.NewMember{Email: fmt.Sprintf("p%02d@maraval.example", i), First: "Paul", Last: fmt.Sprintf("Numéro %02d", i)})
		}
		staff := authz.Actor{Kind: authz.Staff, User: 1, Staff: authz.Support}
		t.Run("HIST-1 pages are whole, newest first, totals exact", func(t *testing.T) {
			var seen []string
			var total int64
			for before := ""; ; {
				page, err := w.History.List(t.Context(), w.Operator(), account.ID, app.HistoryFilter{Kinds: audit.KindsOf("member")}, app.Window{Before: before, Size: 7})
				w.Must(err)
				for _, s := range page.Entries {
					seen = append(seen, s.Subject.Name)
				}
				if total = page.Total; page.Next == "" {
					break
				}
				before = page.Next
			}
			if len(seen) != 30 || total != 30 || seen[0] != "Paul Numéro 29" || seen[29] != "Paul Numéro 00" {
				t.Errorf("saw %d of %d, from %v", len(seen), total, seen)
			}
		})
		t.Run("HIST-2 filters", func(t *testing.T) {
			all, err := w.History.List(t.Context(), w.Operator(), account.ID, app.HistoryFilter{}, app.Window{Size: 100})
			w.Must(err)
			added := all.Entries[0]
			for _, test := range []struct {
				name   string
				filter app.HistoryFilter
				want   int64
			}{
				{"subject", app.HistoryFilter{Subject: added.Entry.Subject, Kinds: []audit.Kind{audit.MemberAdded}}, 1},
				{"from", app.HistoryFilter{From: added.Entry.At, Kinds: []audit.Kind{audit.MemberAdded}}, 1},
				{"to", app.HistoryFilter{To: added.Entry.At, Kinds: []audit.Kind{audit.MemberAdded}}, 29},
				{"kind", app.HistoryFilter{Kinds: []audit.Kind{audit.AccountCreated}}, 1},
				{"door", app.HistoryFilter{Door: authz.DoorPage}, 0},
				{"unit, the root with all below", app.HistoryFilter{Unit: account.Root, Kinds: []audit.Kind{audit.MemberAdded}}, 30},
				{"batch", app.HistoryFilter{Batch: "none"}, 0},
				{"actor", app.HistoryFilter{Actor: 99}, 0},
			} {
				page, err := w.History.List(t.Context(), w.Operator(), account.ID, test.filter, app.Window{})
				w.Must(err)
				if page.Total != test.want {
					t.Errorf("%s: %d entries, want %d", test.name, page.Total, test.want)
				}
			}
		})
		t.Run("HIST-2 needs the right", func(t *testing.T) {
			_, err := w.History.List(t.Context(), authz.Actor{Kind: authz.Person, User: 1}, account.ID, app.HistoryFilter{}, app.Window{})
			if got := w.Code(err); got != "account.not_found" {
				t.Errorf("stranger: code %q, want account.not_found", got)
			}
			_, err = w.History.List(t.Context(), staff, account.ID, app.HistoryFilter{}, app.Window{})
			if got := w.Code(err); got != "denied.permission" {
				t.Errorf("staff outside: code %q, want denied.permission", got)
			}
			_, err = w.History.ListAll(t.Context(), authz.Actor{Kind: authz.Staff, User: 1, Staff: authz.Sales}, app.HistoryFilter{}, app.Window{})
			if got := w.Code(err); got != "denied.duty" {
				t.Errorf("sales: code %q, want denied.duty", got)
			}
		})
		t.Run("the vendor reads all accounts as one", func(t *testing.T) {
			filter := app.HistoryFilter{Kinds: []audit.Kind{audit.AccountCreated}}
			first, err := w.History.ListAll(t.Context(), staff, filter, app.Window{Size: 1})
			w.Must(err)
			second, err := w.History.ListAll(t.Context(), staff, filter, app.Window{Size: 1, Before: first.Next})
			w.Must(err)
			if first.Total != 2 || len(first.Entries) != 1 || first.Entries[0].Account != other.Name ||
				len(second.Entries) != 1 || second.Entries[0].Account != account.Name || second.Next != "" {
				t.Errorf("pages of all accounts: %+v, %+v", first, second)
			}
			filter.Accounts = []directory.AccountID{other.ID}
			only, err := w.History.ListAll(t.Context(), staff, filter, app.Window{})
			w.Must(err)
			if only.Total != 1 || only.Entries[0].Object != other.Name || only.Entries[0].Actor.Message != "history.actor.operator" {
				t.Errorf("one account: %+v", only)
			}
		})
		t.Run("HIST-4 an export is recorded", func(t *testing.T) {
			table, err := w.Exports.Begin(t.Context(), w.Operator(), account.ID, app.ExportAsk{Kind: directory.ExportHistory, Format: directory.ExportCSV,
				Query: app.HistoryFilter{Kinds: audit.KindsOf("member")}, Language: "fr"})
			w.Must(err)
			rows := table.Done
			page, err := w.History.List(t.Context(), w.Operator(), account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}}, app.Window{})
			w.Must(err)
			if rows != 30 || page.Total != 1 {
				t.Errorf("exported %d entries, recorded %d exports, want 30 and 1", rows, page.Total)
			}
		})
	})
}

func TestHistoryChainUnderRace(t *testing.T) { // HIST-3
	const writers = 50
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		_, before := checks(t, w.App)
		var group sync.WaitGroup
		for i := range writers {
			group.Go(func() { addMember(t, w, account.ID, app.NewMember{Email: fmt.Sprintf("p%d@maraval.example", i)}) })
		}
		group.Wait()
		broken, entries := checks(t, w.App)
		if len(broken) > 0 || entries < before+writers {
			t.Errorf("HIST-3 %d writers at once: broken %v, %d entries after %d", writers, broken, entries, before)
		}
	})
}

// A raw installation is one whose database a test can reach around the program.
type raw struct {
	*app.App
	db  *store.DB
	sql *sql.DB
}

func newRaw(t *testing.T, kind string) raw {
	t.Helper()
	return newRawWith(t, kind, app.MailboxOff)
}

// newRawMailbox is one with a mailbox that somebody reads.
func newRawMailbox(t *testing.T, mode app.MailboxMode) raw {
	t.Helper()
	return newRawWith(t, "sqlite", mode)
}

func newRawWith(t *testing.T, kind string, mode app.MailboxMode) raw {
	t.Helper()
	address := storetest.Address(t, kind)
	now := func() time.Time { return apptest.Noon() }
	db, err := store.Open(t.Context(), address, store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	driver, source := "pgx", address
	if kind == "sqlite" {
		driver, source = "sqlite", "file:"+strings.TrimPrefix(address, "sqlite:")
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = pool.Close(), db.Close() })
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := catalogue.BuiltinFile("standard")
	c, faults := catalogue.Read("standard.yaml", bytes.NewReader(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return raw{app.New(app.Options{DB: db, Box: box, Passwords: secret.NewPasswords(1), Catalogue: c, Now: now,
		Log: slog.New(slog.DiscardHandler), Mailbox: mode}), db, pool}
}

func TestHistoryIsKept(t *testing.T) { // HIST-3
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := newRaw(t, kind)
			operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
			account, err := a.Accounts.Create(t.Context(), operator, app.NewAccount{Number: "204817", Name: "Groupe Maraval",
				Type: "company-network", ServiceLevel: "contract", Language: "fr",
				Buyer: &app.Buyer{Email: "h.castaing@maraval.example", First: "Hélène", Last: "Castaing"}})
			if err != nil {
				t.Fatal(err)
			}
			exec := func(query string) error {
				_, err := a.sql.ExecContext(t.Context(), query)
				return err
			}
			count := func(where string) (n int) {
				if err := a.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM entry WHERE `+where).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			for _, query := range []string{
				`UPDATE entry SET facts = '[]'`, `UPDATE entry SET personal = '[]'`, `UPDATE entry SET subject_key = 5, personal = NULL, salt = NULL`,
				`UPDATE entry SET unit_key = NULL, personal = NULL, salt = NULL`, `DELETE FROM entry`, `DELETE FROM entry WHERE n = 1`,
			} {
				if err := exec(query); err == nil {
					t.Errorf("HIST-3 %s went through", query)
				}
			}
			if count(`personal IS NOT NULL`) == 0 {
				t.Fatal("no entry has personal values: nothing is proved")
			}
			err = a.db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error {
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.EraseHistory{Subject: account.Referent}}})
			})
			if err != nil {
				t.Fatal(err)
			}
			if n := count(fmt.Sprintf(`subject_key = %d AND personal IS NOT NULL`, account.Referent)); n != 0 {
				t.Errorf("USER-7 %d entries still have personal values", n)
			}
			if broken, _ := checks(t, a.App); len(broken) > 0 {
				t.Errorf("HIST-3 chains after erasing: %v broken, want none", broken)
			}
			tamper(t, a, account.ID, exec)
		})
	}
}

// tamper goes around the triggers, as somebody with the database's password.
func tamper(t *testing.T, a raw, account directory.AccountID, exec func(string) error) {
	t.Helper()
	off := []string{`DROP TRIGGER entry_keeps_update`, `DROP TRIGGER entry_keeps_delete`}
	if a.db.Dialect() == "postgres" {
		off = []string{`DROP TRIGGER entry_keeps ON entry`}
	}
	must := func(queries ...string) {
		t.Helper()
		for _, query := range queries {
			if err := exec(query); err != nil {
				t.Fatal(err)
			}
		}
	}
	must(off...)
	for _, test := range []struct {
		name, do, undo string
		want           app.ChainCheck
	}{
		{"HIST-3 a changed entry is found", `UPDATE entry SET kind = 'unit.moved' WHERE n = 2 AND account_key = %d`, ``,
			app.ChainCheck{Account: account, Entries: 1, Break: app.EntryChanged, N: 2}},
		{"HIST-3 a missing entry is found", `DELETE FROM entry WHERE n = 2 AND account_key = %d`, ``,
			app.ChainCheck{Account: account, Entries: 1, Break: app.EntryMissing, N: 2}},
		{"HIST-3 a missing end is found", `DELETE FROM entry WHERE n > 1 AND account_key = %d`, ``,
			app.ChainCheck{Account: account, Entries: 1, Break: app.EndMissing, N: 2}},
	} {
		must(fmt.Sprintf(test.do, account))
		broken, _ := checks(t, a.App)
		if len(broken) != 1 || broken[0] != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, broken, test.want)
		}
	}
}

func TestHistoryAccessLog(t *testing.T) { // HIST-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		somebody := authz.Actor{Kind: authz.Staff, User: 3, Staff: authz.Sales, Address: "192.0.2.7", Agent: "test"}
		for range 3 {
			_, err := w.History.List(t.Context(), somebody, account.ID, app.HistoryFilter{}, app.Window{})
			if w.Code(err) != "denied.permission" {
				t.Fatal(err)
			}
		}
		w.Must(w.DB.Write(t.Context(), func(tx *store.Tx) error {
			return tx.LogAccess(t.Context(), store.Access{User: 4, Name: "p.domange", Outcome: "signed_in"})
		}))
		t.Run("HIST-1 refused attempts are kept, with paging", func(t *testing.T) {
			first, err := w.History.AccessLog(t.Context(), w.Operator(), app.AccessFilter{Refused: true}, app.Window{Size: 2})
			w.Must(err)
			if first.Total != 3 || len(first.Lines) != 2 || first.Lines[0].Address != "192.0.2.7" || first.Lines[0].Account != account.Name {
				t.Errorf("first page: %+v", first)
			}
			second, err := w.History.AccessLog(t.Context(), w.Operator(), app.AccessFilter{Refused: true}, app.Window{Size: 2, Before: first.Next})
			w.Must(err)
			if len(second.Lines) != 1 || second.Next != "" {
				t.Errorf("second page: %+v", second)
			}
		})
		t.Run("a person reads their own", func(t *testing.T) {
			page, err := w.History.SignIns(t.Context(), authz.Actor{Kind: authz.Person, User: 4}, 4, app.Window{})
			w.Must(err)
			if page.Total != 1 || page.Lines[0].Message() != "access.signed_in" {
				t.Errorf("own sign-ins: %+v", page)
			}
			_, err = w.History.SignIns(t.Context(), authz.Actor{Kind: authz.Person, User: 4}, 3, app.Window{})
			if got := w.Code(err); got != "denied.self" {
				t.Errorf("another's sign-ins: code %q, want denied.self", got)
			}
		})
		t.Run("USER-7 retention", func(t *testing.T) {
			w.Pass(181 * 24 * time.Hour)
			w.Must(w.History.PurgeAccess(t.Context()))
			page, err := w.History.AccessLog(t.Context(), w.Operator(), app.AccessFilter{}, app.Window{})
			w.Must(err)
			if page.Total != 0 {
				t.Errorf("%d lines after their retention, want none", page.Total)
			}
		})
	})
}

// TestHistoryMessages finds kinds, groups and doors that cannot be said.
func TestHistoryMessages(t *testing.T) {
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range bundle.Languages() {
		p := bundle.Printer(language, nil)
		for _, k := range audit.Kinds() {
			if text := p.T(k.Message(), "Actor", "A", "Subject", "B", "Object", "C"); strings.HasPrefix(text, "[") {
				t.Errorf("%s: no sentence for %s", language, k)
			}
		}
		for _, g := range (&app.History{}).Kinds() {
			if !p.Has(g.Title()) {
				t.Errorf("%s: no title for group %s", language, g.Group)
			}
		}
		for _, door := range []authz.Door{authz.DoorPage, authz.DoorImport, authz.DoorCommand, authz.DoorJob} {
			if !p.Has((app.Shown{Entry: audit.Entry{Door: door}}).Door()) {
				t.Errorf("%s: no name for door %s", language, door)
			}
		}
		for _, key := range []string{"stranger", "operator", "system", "erased", "unknown"} {
			if !p.Has("history.actor." + key) {
				t.Errorf("%s: no name for actor %s", language, key)
			}
		}
	}
}

// record writes an entry into an account's chain.
func record(t *testing.T, db *store.DB, e audit.Entry) {
	t.Helper()
	err := db.Update(t.Context(), []directory.AccountID{e.Account}, func(tx *store.Tx) error {
		entries, head, err := tx.Chain(e.Account)
		if err != nil {
			return err
		}
		e.N, e.At, e.ActorKind, e.Door = entries+1, tx.Now, authz.System, authz.DoorJob
		e.Chain(head)
		if err := tx.SetChain(e.Account, e.N, e.Hash); err != nil {
			return err
		}
		return tx.Apply(t.Context(), store.Write{Entries: []audit.Entry{e}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHistoryOfAUnit(t *testing.T) { // HIST-2
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := newRaw(t, kind)
			account, err := a.Accounts.Create(t.Context(), authz.Actor{Kind: authz.OperatorCLI}, app.NewAccount{Number: "204817",
				Name: "Groupe Maraval", Type: "company-network", ServiceLevel: "contract", Language: "fr",
				Buyer: &app.Buyer{Email: "h.castaing@maraval.example", First: "Hélène", Last: "Castaing"}})
			if err != nil {
				t.Fatal(err)
			}
			north, below, south := directory.UnitID(directory.NewKey(account.ID, 9001)), directory.UnitID(directory.NewKey(account.ID, 9002)), directory.UnitID(directory.NewKey(account.ID, 9003))
			role := directory.RoleID(directory.NewKey(account.ID, 9004))
			err = a.db.Update(t.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
				units := []directory.Unit{{ID: north, UUID: "n", Parent: account.Root, Name: "Nord"}, {ID: below, UUID: "b", Parent: north, Name: "Lille"},
					{ID: south, UUID: "s", Parent: account.Root, Name: "Sud"}}
				roles := []directory.Role{{ID: role, UUID: "r", Kind: directory.RightsRole, Code: "reader", Place: directory.AtAccount,
					Names: map[string]string{"fr": "Lecteur"}, Permissions: []string{string(authz.ViewHistory)}}}
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{
					store.InsertUnits{Account: account.ID, Units: units}, store.PutRoles{Account: account.ID, Roles: roles}}})
			})
			if err != nil {
				t.Fatal(err)
			}
			// The buyer has come, and keeps no more than the reader's role in the north.
			for _, query := range []string{
				`UPDATE member SET status = 1`,
				`UPDATE member_role SET valid_to = valid_from + 1`,
				`UPDATE member SET status = 1`, // rights are for active members
				fmt.Sprintf(`INSERT INTO "grant" (key, account_key, member_key, role_key, unit_key, given_by, valid_from)
					SELECT %d, account_key, key, %d, %d, 0, 1 FROM member`, directory.NewKey(account.ID, 9005), role, north),
			} {
				if _, err := a.sql.ExecContext(t.Context(), query); err != nil {
					t.Fatal(err)
				}
			}
			for _, unit := range []directory.UnitID{north, below, south, account.Root, 0} {
				record(t, a.db, audit.Entry{Account: account.ID, Kind: audit.UnitChanged, Unit: unit, Object: int64(unit)})
			}
			manager := authz.Actor{Kind: authz.Person, User: account.Referent}
			for _, test := range []struct {
				name   string
				filter app.HistoryFilter
				want   []string
			}{
				{"HIST-2 their units and those below", app.HistoryFilter{}, []string{"Lille", "Nord"}},
				{"HIST-2 the root asked for", app.HistoryFilter{Unit: account.Root}, []string{"Lille", "Nord"}},
				{"HIST-2 a unit of theirs", app.HistoryFilter{Unit: below}, []string{"Lille"}},
				{"HIST-2 a unit of another", app.HistoryFilter{Unit: south}, nil},
			} {
				page, err := a.History.List(t.Context(), manager, account.ID, test.filter, app.Window{})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, s := range page.Entries {
					got = append(got, s.Unit)
				}
				if fmt.Sprint(got) != fmt.Sprint(test.want) || page.Total != int64(len(test.want)) {
					t.Errorf("%s: %v of %d, want %v", test.name, got, page.Total, test.want)
				}
			}
			if broken, _ := checks(t, a.App); len(broken) > 0 {
				t.Errorf("chains: %v", broken)
			}
		})
	}
}
