// Package history shows what was done, by whom and through which door, proves that
// nothing of it was changed (HIST-3), and shows the log of access.
package history
