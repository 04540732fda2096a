package roster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// ToldAdministrators is how many administrators are written to at most about
// one thing: a mail to many tells nobody more.
const ToldAdministrators = 50

// mostNamed is how many people one mail names; it says how many there are.
const mostNamed = 30

// NamesToTell are the names of people as a mail lists them, not more than it names.
func NamesToTell(names []string) string {
	if len(names) > mostNamed {
		names = append(slices.Clone(names[:mostNamed]), moreNames)
	}
	return strings.Join(names, "\n")
}

// moreNames stands for those whom a mail does not name.
const moreNames = "…"

// namesTold are the names that a mail lists by NamesToTell.
func namesTold(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(name string) bool { return name == "" || name == moreNames })
}

// An arrival is how people come to administer an account by a plan, where the plan
// alone does not tell: by which kind of mail that is told, and who stands for it.
type arrival struct {
	kind directory.MailKind // empty: MailAdministratorNew
	by   string             // empty: the actor
}

// ByKey says that who comes to administer the account does so by an admin key: nobody
// there let them in (KEY-8).
func (ro *Roster) ByKey() { ro.arrival.kind = directory.MailAdministratorByKey }

// announce tells that people administer the account from now on: those who do so
// already and who looks after its contract, or, where nobody does, the contact on
// file. However many they are, each reader gets one mail, and none who is meant or
// who did it (ACC-6, KEY-8): of an act that goes on chunk by chunk, what waits from the
// chunks before is told with it (MAIL-5). Somebody who is asked in is told of once they
// have accepted.
func (ro *Roster) announce(ctx context.Context, r *store.Reader) error {
	arrived, touched := ro.arrived()
	if len(arrived) == 0 {
		return nil
	}
	told, began, err := ro.toldBefore(ctx, r)
	if err != nil {
		return err
	}
	readers, err := r.AdministratorsBefore(ctx, ro.Account.ID, began, ToldAdministrators)
	if err != nil {
		return err
	}
	referent := ro.Account.Referent
	switch {
	case referent != 0 && !slices.ContainsFunc(readers, func(u directory.User) bool { return u.ID == referent }):
		u, err := r.User(ctx, referent)
		if err != nil {
			return err
		}
		readers = append(readers, u)
	case referent == 0 && ro.Account.Contact.Email != "":
		readers = append(readers, directory.User{Email: ro.Account.Contact.Email, Language: ro.Account.Language})
	}
	named := func(u directory.User) bool {
		return slices.ContainsFunc(arrived, func(a directory.User) bool { return a.ID == u.ID || a.Email == u.Email })
	}
	for _, u := range readers {
		own := u.ID != 0 && (u.ID == ro.Plan.Actor.User || slices.Contains(touched, u.ID))
		if own || named(u) || !u.SwitchedOff.IsZero() || !u.Erased.IsZero() {
			continue
		}
		ro.tellArrival(u, arrived, told[u.Email])
	}
	return nil
}

// toldBefore is to whom what facts wait of the chunks before this one, and when the act
// began; nothing and never where there were none.
func (ro *Roster) toldBefore(ctx context.Context, r *store.Reader) (told map[string]map[string]string, began time.Time, err error) {
	batch := ro.Plan.Actor.Batch
	if batch == "" {
		return nil, began, nil
	}
	if began, err = r.ActBegan(ctx, ro.Account.ID, batch); err != nil || began.IsZero() {
		return nil, began, err
	}
	told, err = r.WaitingOf(ctx, directory.MailTopic(directory.TopicArrivals, ro.Account.ID, batch), ro.Plan.Now)
	return told, began, err
}

// arrived are the people who administer the account after the plan and did not
// before, by name, and everybody else of whom a place is written.
func (ro *Roster) arrived() (arrived []directory.User, touched []directory.UserID) {
	level := ro.AdministratorLevel()
	for _, row := range slices.Concat(ro.changed, ro.added) {
		u := ro.People[row.User]
		was := row.Before != nil && row.Before.Administers(u, level)
		switch is := row.Administers(u, level); {
		case is && !was:
			arrived = append(arrived, u)
		case was && !is:
			touched = append(touched, u.ID)
		}
	}
	slices.SortFunc(arrived, func(a, b directory.User) int { return strings.Compare(a.Name(), b.Name()) })
	return arrived, touched
}

// tellArrival writes to one reader; told are the facts of what waits for them of the same
// act, which this takes the place of.
func (ro *Roster) tellArrival(u directory.User, arrived []directory.User, told map[string]string) {
	names := namesTold(told[directory.FactPeople])
	for _, a := range arrived {
		names = append(names, a.Name())
	}
	before, _ := strconv.Atoi(told[directory.FactCount]) // none: nobody was told of
	count := before + len(arrived)
	more := []string{directory.FactCount, strconv.Itoa(count), directory.FactAt, ro.Plan.Now.Format(time.RFC3339)}
	more = append(more, directory.FactPeople, NamesToTell(names))
	if count == 1 {
		more = append(more, directory.FactPerson, arrived[0].Name(), directory.FactAddress, arrived[0].Email)
	}
	if ro.arrival.by != "" {
		more = append(more, directory.FactActor, ro.arrival.by)
	}
	kind := ro.arrival.kind
	if kind == "" || count > 1 {
		kind = directory.MailAdministratorNew
	}
	about := "" // by key they come one by one
	if kind == directory.MailAdministratorNew {
		about = cmp.Or(ro.Plan.Actor.Batch, fmt.Sprintf("%d %d", arrived[0].ID, ro.Plan.Now.UnixMicro()))
	}
	ro.mailAbout(u, kind, about, more...)
}
