// Package gate is the one way in for every write, and for every read that asks
// for rights. It plans and applies in one transaction (Perform), plans alone
// (Preview), reads (View), writes what leaves no history (Note), and knows the
// catalogue in force. It knows no noun: what a member or a key is, the packages
// beside it say.
//
// A Planner reads, asks for permission, applies rules and fills a Plan. Who asks
// for none, or changes rows and records nothing, is refused by the gate itself.
package gate
