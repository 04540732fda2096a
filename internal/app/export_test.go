package app

import (
	"intendant/internal/app/gate"
	"intendant/internal/audit"
)

// Opposites are what takes entries about things back.
func (a *App) Opposites() map[audit.Kind]gate.Opposite { return a.opposites() }

// MemberTable is what exports of members are made of.
func (a *App) MemberTable() gate.TableSource { return a.Members.memberTable() }
