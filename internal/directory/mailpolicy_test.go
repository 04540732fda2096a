package directory

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestRetryPause(t *testing.T) { // MAIL-2
	var got time.Duration
	for try := 1; try < MailTries; try++ {
		pause := RetryPause(try)
		if try > 1 && pause < RetryPause(try-1) {
			t.Errorf("pause after try %d is %v, shorter than the one before", try, pause)
		}
		got += pause
	}
	if want := 81*time.Minute + 7*4*time.Hour; got != want {
		t.Errorf("all pauses last %v, want %v", got, want)
	}
	if RetryPause(0) != time.Minute || RetryPause(99) != 4*time.Hour {
		t.Error("RetryPause outside of the tries: want the first and the last pause")
	}
}

func TestAfterFailure(t *testing.T) { // MAIL-2
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name      string
		try       int
		permanent bool
		wantState MailState
		wantDue   time.Time
	}{
		{"MAIL-2 first try", 1, false, MailWaiting, noon.Add(time.Minute)},
		{"MAIL-2 fourth try", 4, false, MailWaiting, noon.Add(time.Hour)},
		{"MAIL-2 eleventh try", 11, false, MailWaiting, noon.Add(4 * time.Hour)},
		{"MAIL-2 twelfth try", 12, false, MailDead, noon},
		{"MAIL-4 refused for good", 1, true, MailBounced, noon},
	} {
		t.Run(test.name, func(t *testing.T) {
			state, due := AfterFailure(test.try, test.permanent, noon)
			if state != test.wantState || !due.Equal(test.wantDue) {
				t.Errorf("AfterFailure = %s, %v, want %s, %v", state, due, test.wantState, test.wantDue)
			}
		})
	}
}

func TestAdmit(t *testing.T) { // MAIL-4
	none := func() Gone { return Gone{Accounts: map[AccountID]int{}, Addresses: map[string]int{}} }
	mails := func(n int, account AccountID, address func(i int) string) []Mail {
		all := make([]Mail, n)
		for i := range all {
			all[i] = Mail{ID: MailID(i + 1), Account: account, Address: address(i)}
		}
		return all
	}
	each := func(i int) string { return fmt.Sprintf("a%d@x.example", i) }
	same := func(int) string { return "a@x.example" }
	for _, test := range []struct {
		name          string
		due           []Mail
		gone          func(Gone)
		wantMails     int
		wantAccounts  []AccountID
		wantAddresses []string
	}{
		{"MAIL-4 under the caps", mails(50, 7, each), nil, 50, nil, nil},
		{"MAIL-4 one address", mails(MailsPerAddressHour+5, 7, same), nil, MailsPerAddressHour, nil, []string{"a@x.example"}},
		{"MAIL-4 account has one left", mails(3, 7, each), func(g Gone) { g.Accounts[7] = MailsPerAccountHour - 1 }, 1, []AccountID{7}, nil},
		{"MAIL-4 installation has no cap", mails(3, 0, each), func(g Gone) { g.Accounts[0] = 10 * MailsPerAccountHour }, 3, nil, nil},
		{"nothing due", nil, nil, 0, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			gone := none()
			if test.gone != nil {
				test.gone(gone)
			}
			got := Admit(test.due, gone)
			if len(got.Mails) != test.wantMails || !slices.Equal(got.Accounts, test.wantAccounts) || !slices.Equal(got.Addresses, test.wantAddresses) {
				t.Errorf("Admit = %d mails, full %v %v, want %d, %v, %v", len(got.Mails), got.Accounts, got.Addresses,
					test.wantMails, test.wantAccounts, test.wantAddresses)
			}
		})
	}
}
