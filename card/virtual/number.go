package virtual

import (
	"crypto/rand"
	"crypto/sha256"
)

// myNumber makes a 12-digit number with its check digit (平成26年総務省令85号5条). It is made with the card and stands
// in no file, since none may; the card needs one so that tests can prove that nobody asks for it.
func myNumber() string {
	number := make([]byte, 12)
	rand.Read(number)
	sum := 0
	for i := range 11 {
		number[i] = '0' + number[i]%10
		weight := 12 - i // n+1 for the n-th digit from the right of the eleven, n-5 from the seventh on
		if weight > 7 {
			weight -= 6
		}
		sum += int(number[i]-'0') * weight
	}
	number[11] = '0'
	if r := sum % 11; r > 1 {
		number[11] = byte('0' + 11 - r)
	}
	return string(number)
}

// numberFile is text 0001 as a model: the facts do not say what stands in it besides the number, since nobody
// opens it.
func numberFile(number string) []byte {
	return fileContent(longObject(0xFF10, longObject(0xDF11, []byte(number))), 64)
}

// ForbiddenNumber returns the card's My Number and the hash of its file, so that a test can search for both
// wherever they must not be.
func (c *Card) ForbiddenNumber() (number string, hash [32]byte) {
	return c.number, sha256.Sum256(numberFile(c.number))
}
