// Package card speaks to a My Number card and judges what it answers.
//
// A Session is one connection, guarded: whatever the operations do, only listed files are selected, a key is
// presented once per human action and never when its counter is low. The operations are:
//
//   - CheckBirthDate, VerifyBirthDate: the counter's first question. It needs no PIN: the card opens a small
//     record for whoever knows its holder's date of birth, and signs a challenge with a key that this record
//     vouches for. The agent returns Evidence and the server verifies all of it, so a compromised agent
//     proves nothing. The challenge binds the server's nonce, the agent, the facility, the case and the
//     credential, so evidence cannot be used again.
//   - CheckText: name, address, birth date and sex with 照合番号B, which is printed on the front. It is verified
//     on the agent's PC, and the Result says so.
//   - CheckFace: the photo, by the same number.
//   - CheckCertificate: until when the card works as insurance card. Nothing else of the certificate is kept.
//
// What is never proven: who holds the card in hand, and that the card is near (a live relay remains
// possible); staff look at the card and the person.
//
// Never here: the 12-digit My Number and its file, 照合番号A, a PIN, a PIN change, raw APDUs from outside, a
// retry of a counter by program.
package card
