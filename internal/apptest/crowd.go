package apptest

import (
	"fmt"

	"github.com/google/uuid"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// crowdChunk is how many people one transaction of a crowd writes.
const crowdChunk = 5000

// Crowd puts n people into an account, of every status by turns and without
// history: for tests of what is only seen among many.
func (w *World) Crowd(account directory.Account, n int) {
	w.T.Helper()
	for ; n > 0; n -= crowdChunk {
		w.Must(w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(tx *store.Tx) error {
			users, members, err := w.crowd(tx, account, min(n, crowdChunk))
			if err != nil {
				return err
			}
			return tx.Apply(w.Context(), store.Write{Changes: []store.Change{users, members}})
		}))
	}
}

// crowd are n new people and their places at the root.
func (w *World) crowd(tx *store.Tx, account directory.Account, n int) (store.InsertUsers, store.InsertMembers, error) {
	key, err := tx.NextKeys(w.Context(), account.ID, 2*n)
	users, members := make(store.InsertUsers, n), store.InsertMembers{Account: account.ID, Rows: make([]store.MemberRow, n)}
	for i := range users {
		name := fmt.Sprintf("p%d", key+int64(2*i))
		u := directory.User{ID: directory.UserID(key + int64(2*i)), UUID: uuid.NewString(), UserName: name + "@maraval.example", Email: name + "@maraval.example",
			First: "Camille", Last: name, Language: "fr", Password: directory.PasswordNone}
		m := directory.Member{ID: directory.MemberID(key + int64(2*i) + 1), UUID: uuid.NewString(), User: u.ID, Unit: account.Root,
			Status: directory.Status(1 + i%4), Added: tx.Now}
		users[i], members.Rows[i] = u, store.MemberRow{Member: m, Folded: directory.FoldMember(u, m.Suggested, "", "", "")}
	}
	return users, members, err
}
