// Package technical holds technical users: programs with tokens and rights of
// their own, and what they may send twice without it being done twice (PLAN-3).
package technical
