package card_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// The counter's first question, without a PIN: is a genuine card here, and is its birth date the screen's?
// The agent on the counter's PC asks the card; the server verifies what comes back.
func Example() {
	birth := eligibility.MustDate("1986-04-12") // from the signed screen

	// A virtual card; at a counter card/pcsc connects to the one in the reader.
	chip, err := virtual.New(virtual.Description{BirthDate: birth})
	if err != nil {
		log.Fatal(err)
	}

	// The server: a challenge that binds the check to its nonce, the agent, the facility, the case and the
	// screen.
	nonce := [32]byte{1, 2, 3} // random in real use
	agentKey := []byte("public key of the agent, DER")
	screen := sha256.Sum256([]byte("the JWS that was scanned"))
	challenge := card.Challenge(nonce, agentKey, "1319999991", "case-1", screen)

	// The agent: one session for one press of the button, at most one try of the card's birth-date key.
	evidence, err := card.CheckBirthDate(context.Background(), card.Open(chip), birth, challenge)
	if err != nil {
		fmt.Println(card.FaultResult(err).En)
		return
	}

	// The server again.
	result := card.VerifyBirthDate(evidence, birth, challenge, virtual.TestIssuerKeys())
	fmt.Println(result.Outcome, result.Key)
	for _, check := range result.Checks {
		fmt.Println(check.Name, check.Result)
	}

	// Evidence for one challenge is worth nothing for another.
	another := card.Challenge(nonce, agentKey, "1319999991", "case-2", screen)
	fmt.Println(card.VerifyBirthDate(evidence, birth, another, virtual.TestIssuerKeys()).Key)

	// Output:
	// confirmed card.confirmed
	// token passed
	// issuer passed
	// record passed
	// birthDate passed
	// presence passed
	// card.copied
}
