package ui

// A ServiceRow is one thing the vendor offers, in the reader's words: what is
// open of it, and what would open more. Link is empty while it is closed.
type ServiceRow struct {
	Name, Help, Link string
	Opens, Tone      string
	OpenedBy         string
}
