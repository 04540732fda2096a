// Package seats is what an account has bought and who uses it: subscriptions,
// which the vendor keeps, the pools of seats that they fill, seats assigned,
// handed on and taken back. That somebody who comes, moves or goes gets, keeps or
// frees seats is the writer's, package roster.
package seats
