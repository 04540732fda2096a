package gate

import (
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// AskerOf is how the actor came, for an act that goes on without them.
func AskerOf(actor authz.Actor) directory.BulkAsker {
	return directory.BulkAsker{Kind: string(actor.Kind), Door: string(actor.Door), Staff: string(actor.Staff), Entry: actor.Entry, Until: actor.Until,
		Token: actor.Token}
}

// AskerNamed is whoever asked for an act as the history names them, in the batch of
// that act. It gives no right that they do not have when it is asked for.
func AskerNamed(by directory.BulkAsker, user directory.UserID, batch string) authz.Actor {
	return authz.Actor{Kind: authz.ActorKind(by.Kind), User: user, Door: authz.Door(by.Door), Batch: batch, Token: by.Token, Entry: by.Entry}
}
