// Package insurer is the insurer's (保険者) half: importing the insured, handing out notice codes, binding a
// login to a person, issuing screens and documents, keeping receipts for patients' phones.
//
// It decides; it does not speak HTTP (server/web does) and it knows no SQL: each service declares the store
// that it needs, which server/store implements. Time comes in as an argument or a Now function.
package insurer
