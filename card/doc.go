// Package card speaks to a My Number card and judges what it answers.
//
// The counter's first question needs no PIN: the card opens a small record for whoever knows its holder's date of birth,
// and signs a challenge with a key that this record vouches for. CheckBirthDate asks it over any Transmitter and returns
// Evidence; VerifyBirthDate, on the server, verifies all of it: the issuer's certificate, the record, the date and the
// signature over a challenge that binds the server's nonce, the agent, the facility, the case and the credential. So an
// agent that lies proves nothing, and evidence cannot be used again (facts: DESIGN.md section 5).
//
// What is proven: a genuine card is present and its date of birth is the screen's. Not proven: name, address, who holds
// the card in hand, and that the card is near (a live relay remains possible); staff look at the card and the person.
//
// Never here: the 12-digit My Number, 照合番号A, a PIN change, raw APDUs from outside, a retry of a counter by program.
package card
