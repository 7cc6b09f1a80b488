// Package insuredcsv reads the insurer's file of insured people (加入者の一覧): a CSV as clerks have it, in any
// order of columns, in UTF-8 or Shift_JIS, with dates in any usual form. Read says row by row what it
// understood, so that good rows can be stored and bad ones go back with line, column and reason.
//
// A file that holds a 12-digit My Number anywhere is refused whole before any row is given out; the refusal
// names the line and the column and never the value.
package insuredcsv
