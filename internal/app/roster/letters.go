package roster

import (
	"context"
	"strconv"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// lettersPerHour is how often an hour one person may write to the people of an
// account.
const lettersPerHour = 5

// Letter checks what somebody writes and rations it.
func (w *Writer) Letter(ctx context.Context, actor authz.Actor, text string) (string, error) {
	if actor.User == 0 {
		return "", directory.Refuse(directory.Denied, "sign_in.required")
	}
	text, refusal := directory.MessageText.Required(text)
	if refusal != nil {
		return "", refusal
	}
	return text, w.gate.Ration(ctx, gate.Ration{Scope: "letter", Subject: strconv.FormatInt(int64(actor.User), 10), Most: lettersPerHour})
}

// PlanLetters queues the text to each of the people, in the name of the actor.
func (w *Writer) PlanLetters(ctx context.Context, r *store.Reader, p *gate.Plan, people []directory.User, text string) error {
	from, err := r.User(ctx, p.Actor.User)
	if err != nil {
		return err
	}
	for _, u := range people {
		p.Mail(directory.Mail{Account: p.Account, User: u.ID, Address: u.Email, Kind: directory.MailContactMessage, Language: u.Language,
			Facts: map[string]string{directory.FactPerson: from.Name(), directory.FactAddress: from.Email,
				directory.FactMessage: text, directory.FactAt: p.Now.Format(time.RFC3339)}})
	}
	return nil
}
