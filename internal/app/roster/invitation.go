package roster

import (
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// An Invitee is a member to be asked in by mail.
type Invitee struct {
	User   directory.User
	Member directory.Member
	Again  bool // an invitation was sent before
	First  bool // the member is new: none can have been sent
	// Password is a provisional one of a new person, mailed instead of a link
	// (SIGN-1); it dies with the invitation.
	Password string
	By       directory.User // who invites when it is not the actor: the mail goes out again at the person's own wish (INV-4)
}

// PlanInvitation queues the invitation and its mail (INV-1, INV-6). The person
// keeps their password if they have one: then accepting asks them to sign in
// (USER-4). The mail names the products of which seats wait for them (MAIL-1). The
// member's status is the caller's to set.
func (w *Writer) PlanInvitation(p *gate.Plan, ro *Roster, invitees ...Invitee) error {
	days := w.gate.Policies(ro.Account).InvitationDays
	expires := p.Now.AddDate(0, 0, days)
	due := p.Now
	if len(invitees) > 1 {
		due = p.Now.Add(directory.UndoWindow) // MAIL-4
	}
	rows := make([]store.InvitationRow, 0, len(invitees))
	for _, i := range invitees {
		if i.By.ID == 0 && ro.disarm(i.User) { // who asks for it again themselves ends nothing
			endProvisional(p, []directory.UserID{i.User.ID})
		}
		products, err := ro.seatNames(i)
		if err != nil {
			return err
		}
		token, digest := secret.NewToken()
		by, inviter := p.Actor.User, p.By
		if i.By.ID != 0 {
			by, inviter = i.By.ID, i.By.Name()
		}
		if inviter == "" {
			inviter = w.gate.Catalogue().Branding.Name
		}
		id := directory.InvitationID(p.NewKeyIn(ro.Account.ID))
		rows = append(rows, store.InvitationRow{ID: id, Member: i.Member.ID, User: i.User.ID, Digest: digest, By: by, Expires: expires, First: i.First})
		kind, mail := audit.InvitationSent, directory.MailInvitation
		if i.Again {
			kind = audit.InvitationResent
		}
		if i.User.Password == directory.PasswordOwn {
			mail = directory.MailInvitationKnown
		}
		if i.Password != "" {
			mail, token = directory.MailCredentials, i.Password
		}
		entry := audit.Entry{Account: ro.Account.ID, Kind: kind, Subject: i.User.ID, Object: int64(i.Member.ID), Unit: i.Member.Unit}
		entry.NoteValue("expires", audit.Nothing, audit.Time(expires))
		p.Record(entry)
		facts := map[string]string{directory.FactActor: inviter, directory.FactUserName: i.User.UserName, directory.FactUntil: expires.Format(time.RFC3339)}
		if products != "" {
			facts[directory.FactProducts] = products
		}
		p.Mail(directory.Mail{Account: ro.Account.ID, User: i.User.ID, Address: i.User.Email, Kind: mail,
			Language: LanguageOf(i.User, ro.Account), Path: mail.Path(""), Secret: token, Due: due, Facts: facts})
	}
	p.Change(store.InsertInvitations{Account: ro.Account.ID, Rows: rows})
	return nil
}

// seatNames are the products of which somebody who is invited has seats, one a
// line, in their language. Who is new holds what this plan gives them, and nothing
// is read for them.
func (ro *Roster) seatNames(i Invitee) (string, error) {
	if ro.seats == nil || i.First && ro.seats.held == nil {
		return "", nil
	}
	seats, err := ro.seats.of(i.Member.ID)
	if err != nil || len(seats) == 0 {
		return "", err
	}
	stock, err := ro.seats.all()
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(seats))
	for _, s := range seats {
		if pool, _ := stock.Pool(s.Pool); stock.Alive(s.Pool, ro.Plan.Now) {
			names = append(names, ro.seats.declared.OfferName(pool.Offer, LanguageOf(i.User, ro.Account)))
		}
	}
	return strings.Join(names, "\n"), nil
}

// LanguageOf is a person's language, else their account's.
func LanguageOf(u directory.User, a directory.Account) string {
	if u.Language != "" {
		return u.Language
	}
	return a.Language
}
