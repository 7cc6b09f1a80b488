package wire

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"madoguchi/card"
	"madoguchi/internal/testenv"
)

func newPage(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	page, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func pictures() card.FacePictures {
	return card.FacePictures{Texts: []byte("name and address as PNG"), Photo: []byte("photo as JPEG 2000")}
}

// The opener is another implementation (package testenv); the page's own is tried in pwa/build.
func TestASealedFaceOpensForItsPageItsOperationAndItsCaseOnly(t *testing.T) {
	page := newPage(t)
	q := &Face{Binding: Binding{ID: "OPERATION", Case: "CASE"}, Page: page.PublicKey().Bytes()}
	sealed, err := SealFace(q, pictures())
	if err != nil {
		t.Fatal(err)
	}
	right := testenv.SealedFace{Operation: "OPERATION", Case: "CASE", Key: sealed.Key, Data: sealed.Data}
	plain, err := right.Open(page)
	var got card.FacePictures
	if err != nil || json.Unmarshal(plain, &got) != nil || !reflect.DeepEqual(got, pictures()) {
		t.Fatalf("%v: %s", err, plain)
	}
	other, err := SealFace(q, pictures())
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(sealed.Data)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name string
		s    testenv.SealedFace
		page *ecdh.PrivateKey
	}{
		{"another page's key", right, newPage(t)},
		{"another operation", testenv.SealedFace{Operation: "OPERATIOM", Case: "CASE", Key: sealed.Key,
			Data: sealed.Data}, page},
		{"another case", testenv.SealedFace{Operation: "OPERATION", Case: "CASF", Key: sealed.Key,
			Data: sealed.Data}, page},
		{"a letter moved from operation to case", testenv.SealedFace{Operation: "OPERATIO", Case: "NCASE",
			Key: sealed.Key, Data: sealed.Data}, page},
		{"another reading's key", testenv.SealedFace{Operation: "OPERATION", Case: "CASE", Key: other.Key,
			Data: sealed.Data}, page},
		{"a changed bit", testenv.SealedFace{Operation: "OPERATION", Case: "CASE", Key: sealed.Key,
			Data: flipped}, page},
		{"cut off", testenv.SealedFace{Operation: "OPERATION", Case: "CASE", Key: sealed.Key,
			Data: sealed.Data[:len(sealed.Data)-1]}, page},
	} {
		t.Run(c.name, func(t *testing.T) {
			if plain, err := c.s.Open(c.page); err == nil {
				t.Errorf("it opened: %s", plain)
			}
		})
	}
}

// A nonce of zeros is safe as long as no key seals twice: the agent's half is new each time.
func TestNoTwoFacesAreSealedUnderOneKey(t *testing.T) {
	q := &Face{Page: newPage(t).PublicKey().Bytes()}
	seen := map[string]bool{}
	for range 20 {
		sealed, err := SealFace(q, pictures())
		if err != nil || seen[string(sealed.Key)] {
			t.Fatal("the same key again", err)
		}
		seen[string(sealed.Key)] = true
	}
}

func TestAFaceIsSealedToAPointOfP256Only(t *testing.T) {
	good := newPage(t).PublicKey().Bytes()
	off := bytes.Clone(good)
	off[64] ^= 1
	compressed := append([]byte{2}, good[1:33]...)
	for name, key := range map[string][]byte{
		"nothing": nil, "infinity": {0}, "off the curve": off, "compressed": compressed, "cut off": good[:64],
		"longer": append(bytes.Clone(good), 0),
	} {
		if sealed, err := SealFace(&Face{Page: key}, pictures()); err == nil {
			t.Errorf("%s: sealed to %x", name, sealed.Key)
		}
	}
}

func TestAFaceLargerThanAChipHoldsIsNotSealed(t *testing.T) {
	text := pictures()
	q := &Face{Page: newPage(t).PublicKey().Bytes()}
	text.Photo = make([]byte, 32<<10) // READ BINARY reaches 32 KB (ISO/IEC 7816-4)
	sealed, err := SealFace(q, text)
	if err != nil {
		t.Fatal(err)
	}
	data, err := Encode(Message{Type: "reply", Reply: &Reply{Face: &FaceReply{Sealed: sealed}}})
	if err != nil || len(data) > MaxFaceMessage {
		t.Errorf("the largest is a message of %d bytes, %v", len(data), err)
	}
	if _, err := Decode(data); err != nil {
		t.Errorf("the largest is not taken: %v", err)
	}
	text.Photo = make([]byte, 40<<10)
	if _, err := SealFace(q, text); err == nil {
		t.Error("a larger one was sealed")
	}
}

func TestOnlyAFaceMayBeLongerThanTheOtherMessages(t *testing.T) {
	long := strings.Repeat("x", MaxMessage)
	for name, m := range map[string]Message{
		"a fault": {Type: "reply", Reply: &Reply{Fault: long}},
		"a hello": {Type: "hello", Hello: &Hello{Name: long}},
		"a text":  {Type: "text", Text: &Text{Code: long}},
	} {
		data, err := Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(data); err == nil {
			t.Errorf("%s of %d bytes was taken", name, len(data))
		}
	}
}
