// Package decision answers what the vendor's products ask, and why. It keeps who
// may do what in memory, fed by the history of each account, so that a question
// needs no SQL but one reading of how far the account has gone (CHECK-2), and
// explains an answer by the grants it follows from (ROLE-9).
package decision
