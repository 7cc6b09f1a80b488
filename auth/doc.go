// Package auth decides who may come in: a patient through an OpenID Connect provider (デジタル認証サービス), afterwards
// whoever holds a session, and a phone by the key that was added after a login. Staff come in by passkeys
// (package passkey).
//
// The provider proves an identity (name, date of birth), never an insurance: which insured person a login is
// follows only from the enrolment with a notice's code. Handlers live elsewhere; this package has no routes.
package auth
