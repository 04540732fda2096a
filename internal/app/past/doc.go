// Package past answers what an account was at the end of any past day: its members,
// who held what, what of it permitted what, and what became otherwise between two days
// (HIST-5, REP-3). Nothing is kept for it: what has a from and a to says itself what
// held then, everything else is today's row with the history folded back over it.
// People go by the name they have today, as they do in the history; who was erased
// stays erased (USER-7).
package past
