// Package desk is what is done at Madoguchi (窓口): importing the insured, handing out notice codes, enrolling
// a phone's owner, issuing screens and documents, checking them at a counter and recording the outcome.
//
// It decides; it does not speak HTTP (server/web does) and it knows no SQL: it declares the Store that it
// needs, which server/store implements. Time comes in as an argument or a Now function.
package insurer
