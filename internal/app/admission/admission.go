package admission

import (
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
)

// core is what the operations of this package stand on.
type core struct {
	gate   *gate.Gate
	roster *roster.Writer
}

// New makes the two ways into an account that nobody opened for one: its admin
// keys, and asking by its customer number.
func New(g *gate.Gate, r *roster.Writer) (*Keys, *JoinRequests) {
	c := &core{g, r}
	return &Keys{c}, &JoinRequests{c}
}

// Keys are the posted admin keys that claim an account.
type Keys struct{ *core }

// JoinRequests ask into an account by its customer number.
type JoinRequests struct{ *core }
