package admission

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Write mails what a person writes about their waiting request to the
// administrators of the number they asked for (JOIN-3). A number that nobody
// has answers alike (KEY-14). It refuses with join.gone when the request waits
// no more, with limit.hourly, and with the field at fault.
func (s *JoinRequests) Write(ctx context.Context, actor authz.Actor, id, text string) error {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	j, err := s.Mine(ctx, actor, id)
	if err != nil {
		return err
	}
	if refusal := j.Decidable(""); refusal != nil {
		return directory.Refuse(directory.Conflict, "join.gone")
	}
	text, err = s.roster.Letter(ctx, actor, text)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, j.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(j.User); err != nil {
			return err
		}
		if j.Account == directory.Installation {
			return nil
		}
		administrators, err := r.Administrators(ctx, j.Account, roster.ToldAdministrators)
		if err != nil {
			return err
		}
		return s.roster.PlanLetters(ctx, r, p, administrators, text)
	})
	return err
}
