// Package api is the REST face: what programs of a customer do by the tokens of
// their technical users (SIGN-5), described by OpenAPI 3.1 at
// /api/v1/openapi.json (API-1).
//
// It translates and decides nothing: every operation of package app refuses by
// itself, and a refusal becomes a problem document (RFC 9457) with its code,
// field and values, and a title in the language that was asked for. The order is
// fixed: who is there (401), how often they came (429), whether they sent it
// before (PLAN-3), and only then what they want.
//
// Answers are put together before anything of them is sent: a fault in the
// middle becomes a problem like any other, and a repeated request can be
// answered as it was the first time.
package api
