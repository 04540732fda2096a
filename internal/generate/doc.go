// Package generate invents people, companies and whole accounts of any number
// of members, for demonstrations and measurements. Everything in them is made
// up; the same seed makes the same data on both databases.
package generate
