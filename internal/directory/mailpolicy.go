package directory

import "time"

// How mails and jobs are tried, in one place.
const (
	// UndoWindow is how long a mail of an act on many waits, so that Undo takes
	// it back. Rule MAIL-4.
	UndoWindow = 2 * time.Minute
	// MailTries is how often a mail is tried before it is dead.
	MailTries = 12
	// MailLease is how long a worker has for the mails it took, unless it renews
	// it: a worker that died gives them back after it.
	MailLease = 30 * time.Second
	// MailsPerAccountHour caps what goes out in an account's name in an hour.
	// The installation's own mails have no such cap. Rule MAIL-4.
	MailsPerAccountHour = 5000
	// MailsPerAddressHour caps what one address receives in an hour. Rule
	// MAIL-4.
	MailsPerAddressHour = 20
	// MailCapPause is how long mails over a cap wait before they are looked at
	// again. None is lost.
	MailCapPause = 10 * time.Minute
	// MailHoldPause is how long mails wait while the installation cannot send
	// any.
	MailHoldPause = 5 * time.Minute
	// LetterKept is how long the keys of a letter that was printed or shown can be read
	// again, when nobody says that it was posted. Rule KEY-6.
	LetterKept = 30 * 24 * time.Hour
	// JobTries is how often a job is tried before it is dead.
	JobTries = 12
	// JobLease is how long a worker has for a job; it renews it while it works.
	JobLease = 30 * time.Second
	// LeaseBeat is how often a worker that lives renews its leases.
	LeaseBeat = 10 * time.Second
	// MailboxDays is how long the built-in mailbox keeps a message.
	MailboxDays = 30
	// JobDays is how long a job that has ended is kept.
	JobDays = 30
)

// RetryPause is how long to wait after the given try of a mail or job, the
// first being 1: the pauses grow to four hours. Rule MAIL-2.
func RetryPause(try int) time.Duration {
	pauses := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}
	return pauses[min(max(try, 1), len(pauses))-1]
}

// AfterFailure is what becomes of a mail whose given try has failed: bounced
// when the server refused it for good, dead after the last try, else waiting
// for the time answered. Rule MAIL-2.
func AfterFailure(try int, permanent bool, now time.Time) (state MailState, due time.Time) {
	switch {
	case permanent:
		return MailBounced, now
	case try >= MailTries:
		return MailDead, now
	}
	return MailWaiting, now.Add(RetryPause(try))
}

// Gone counts the mails of the last hour that were sent or are on their way.
type Gone struct {
	Accounts  map[AccountID]int
	Addresses map[string]int
}

// An Admission says which of the due mails may go now, and which accounts and
// addresses have reached their cap and must wait.
type Admission struct {
	Mails     []MailID
	Accounts  []AccountID
	Addresses []string
}

// Admit holds due mails, in their order, against the caps per account, per
// address and hour. Rule MAIL-4: what is over a cap waits and is not lost. It
// counts what it admits in gone.
func Admit(due []Mail, gone Gone) Admission {
	var a Admission
	fullAccounts, fullAddresses := map[AccountID]bool{}, map[string]bool{}
	for _, m := range due {
		switch {
		case m.Account != Installation && gone.Accounts[m.Account] >= MailsPerAccountHour:
			if !fullAccounts[m.Account] {
				fullAccounts[m.Account] = true
				a.Accounts = append(a.Accounts, m.Account)
			}
		case gone.Addresses[m.Address] >= MailsPerAddressHour:
			if !fullAddresses[m.Address] {
				fullAddresses[m.Address] = true
				a.Addresses = append(a.Addresses, m.Address)
			}
		default:
			gone.Accounts[m.Account]++
			gone.Addresses[m.Address]++
			a.Mails = append(a.Mails, m.ID)
		}
	}
	return a
}
