// Package e2e holds the stories: what people do with Intendant from the first
// page to the last, in a real browser against a real server. It has tests only.
//
// Each story runs on SQLite, and on PostgreSQL too when INTENDANT_TEST_POSTGRES
// names one.
package e2e
