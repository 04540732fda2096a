// Package mail writes mails and hands them to a mail server. Compose chooses
// the words of one kind of mail in the reader's language, Render lays them out
// as HTML and as text, SMTP sends the result. When a mail goes, how often it is
// tried again and what is kept of it is the outbox's to know, not this
// package's (rule MAIL-2).
//
// Three promises hold for every mail: what a person typed never becomes a link,
// neither by markup nor by a mail program that guesses links (rule MAIL-4); no
// value can add a header; the only address in it is the one the caller gives,
// made from the configured base address (rule SIGN-7).
package mail
