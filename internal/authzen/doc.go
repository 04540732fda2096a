// Package authzen lets the vendor's products ask who may do what, by the OpenID
// AuthZEN Authorization API 1.0: Access Evaluation (section 6), Access
// Evaluations (7), the Search APIs (8), Policy Decision Point metadata (9), over
// HTTPS with JSON (10). Rules CHECK-1, CHECK-2, CHECK-3.
//
// A product comes with the token of a technical user of one account, and is
// answered about that account only. The standard's paths stand at the root and
// again below each account, which is a policy decision point of its own; below
// an account the token must be one of that account.
//
// Most requests are one small question, thousands of them a second: the package
// reads and writes its JSON itself, and its routes take the server's lean chain,
// without a line in the log each.
//
// What it does not do: it evaluates no properties and no context beside the
// language of reasons, and it signs no metadata.
package authzen
