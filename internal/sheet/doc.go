// Package sheet reads tables people bring as files and writes those they take
// away (rules ADD-13, REP-2, REP-4): CSV in the character set and with the
// separator their spreadsheet chose, XLSX workbooks and OpenDocument spreadsheets.
//
// Reading streams: memory does not grow with the rows, apart from the shared
// strings of a small workbook. What is guessed (character set, separator, head)
// is told by Format and can be overridden. A file that cannot be read is refused
// with a *directory.Error of field "file"; a fault is only ever the medium's.
//
// Files come from strangers: bytes, rows, columns, cells and what a workbook
// unpacks to are limited, and a panic of the workbook library is the refusal
// sheet.damaged.
package sheet
