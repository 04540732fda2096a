package apptest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"intendant/internal/app"
	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Password is everybody's in a world.
const Password = "Quai-Tanneurs-18"

// Passwords hashes at the least cost: hashes would take most of a test's time.
// What tests store is made with it too, since a hash of another cost takes
// another time to check (SIGN-4).
func Passwords(slots int) *secret.Passwords {
	return secret.NewPasswordsAt(slots, secret.Cost{Memory: 64, Passes: 1})
}

// passwordHash is what is stored of Password.
var passwordHash = sync.OnceValues(func() (string, error) { return Passwords(1).Hash(context.Background(), Password) })

// hash is passwordHash; it fails the test when there is none.
func (w *World) hash() string {
	w.T.Helper()
	hash, err := passwordHash()
	w.Must(err)
	return hash
}

// Person makes somebody with a sign-in of their own, who belongs to no account.
func (w *World) Person(email string) authz.Actor {
	w.T.Helper()
	first, last, _ := strings.Cut(strings.Split(email, "@")[0], ".")
	user, err := w.Users.Seed(w.Context(), directory.User{Email: email, UserName: email, First: first, Last: last, Language: "fr",
		Password: directory.PasswordOwn, PasswordHash: w.hash(), PasswordSet: w.Now().Add(-time.Hour), Proved: w.Now().Add(-time.Hour)})
	w.Must(err)
	return authz.Actor{Kind: authz.Person, User: user.ID, Door: authz.DoorPage}
}

// Keys reads the keys of an account's letters that wait to be printed.
func (w *World) Keys(account directory.Account) []string {
	w.T.Helper()
	var keys []string
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		letters, err := r.KeptLetters(w.Context(), directory.Portfolio{}, []directory.AccountID{account.ID}, 100)
		for _, l := range letters {
			text, err := w.Box.Open(l.Sealed, store.LetterContext(l.Key))
			if err != nil {
				return err
			}
			keys = append(keys, strings.Fields(string(text))...)
		}
		return err
	}))
	return keys
}

// Administrator makes a person who claimed the account with one of its keys.
func (w *World) Administrator(account directory.Account, email string) authz.Actor {
	w.T.Helper()
	actor := w.Person(email)
	for _, key := range w.Keys(account) {
		if _, err := w.App.Keys.Enter(w.Context(), actor, account.Number, key); err == nil {
			return actor
		}
	}
	w.T.Fatalf("no key of %s is left", account.Number)
	return actor
}

// Member makes an active member without access level.
func (w *World) Member(account directory.Account, email string) (authz.Actor, directory.Member) {
	w.T.Helper()
	actor := w.Person(email)
	verdicts, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{Silent: true})
	w.Must(err)
	w.Must(verdicts.FirstRefusal())
	var m directory.Member
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
		if m, err = tx.Member(w.Context(), directory.MemberID(verdicts[0].Subject)); err != nil {
			return err
		}
		u, err := tx.User(w.Context(), m.User)
		if err != nil {
			return err
		}
		m.Status = directory.Active
		row := store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, "", "", "")}
		return tx.Apply(w.Context(), store.Write{Changes: []store.Change{store.UpdateMembers{row}}})
	}))
	m.Version++
	return actor, m
}

// Addresses makes n addresses of one domain.
func Addresses(n int, domain string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("prenom%d.nom%d@%s", i, i, domain)
	}
	return list
}

// ErrOf is why something did not happen: the fault, or the first refusal.
func ErrOf(verdicts app.Verdicts, err error) error {
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	return err
}

// Rights are what somebody may do in an account as the database says it.
func (w *World) Rights(ctx context.Context, actor authz.Actor, account directory.AccountID) (rights authz.Rights, err error) {
	g := gate.New(gate.Options{DB: w.DB, Box: w.Box, Catalogue: w.declared, Now: w.Now, Log: slog.New(slog.DiscardHandler)})
	err = g.View(ctx, actor, account, func(_ *store.Reader, found authz.Rights) error {
		rights = found
		return nil
	})
	return rights, err
}

// Levels are access levels as a change of a member sets them, by code; an empty code
// is none (ADD-8).
func Levels(codes ...string) *[]string {
	levels := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" })
	if levels == nil {
		levels = []string{}
	}
	return &levels
}
