// Package jobs runs what follows changes: the delivery of mails, jobs, and work
// at intervals. What there is to do are rows; the workers of any number of
// nodes share them by leases.
//
// A worker that dies leaves its lease, and what it had is taken again when that
// ends. So a thing may be done twice:
//
//   - A mail is marked as sent after the server has accepted it. A crash between
//     the two sends it again, under the same Message-ID, by which receivers can
//     tell (rule MAIL-2: none is lost).
//   - A job's handler may run again after it has done part or all of its work.
//     That this has one effect is the handler's business.
//   - Periodic work runs on every node and must find nothing to do the second
//     time.
package jobs
