package app

import (
	"intendant/internal/app/gate"
	"intendant/internal/audit"
)

// Opposites are what takes entries about things back.
func (a *App) Opposites() map[audit.Kind]gate.Opposite { return a.opposites() }
