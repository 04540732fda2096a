// Package page is what the pages of every area stand on: finding out who asks
// and in which account, the shells with their navigation, forms, messages after
// a redirect, and the one place that turns refusals and faults into pages.
//
// A page is a function that takes a *Request and returns an error; it parses,
// makes one call to package app, and renders or redirects. Routes are declared
// with who may reach them; a test holds that list against every route.
package page
