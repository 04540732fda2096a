// Package demo builds a living example: a vendor, its staff, and customers of
// every account type in every state, with two and a half years of history up to
// the present. People and places are invented.
//
// Everything is done by the operations that people use, at the moment it is
// said to have happened: a Clock of the demo's own is moved along while the
// example is built, and shows the present from then on. Only those who need no
// story are written as they are.
package demo
