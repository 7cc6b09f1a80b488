package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/demotest"
	"madoguchi/internal/persontest"
)

// anotherScreen is a genuine live screen of 試験 花子.
func anotherScreen(t *testing.T, data string) string {
	t.Helper()
	return demotest.Screen{
		Data:   data,
		At:     time.Now(),
		Share:  30,
		Person: anotherPerson(),
	}.JWS(t)
}

// anotherPerson is 試験 花子 as the demo's insurer has her.
func anotherPerson() eligibility.Person {
	return eligibility.Person{
		Insurer:      demotest.Insurer,
		Symbol:       "国13",
		Number:       "0005678",
		BranchNumber: "01",
		Name:         "試験 花子",
		BirthDate:    eligibility.MustDate("1988-11-30"),
	}
}

// family is a picture of two codes side by side.
func family(t *testing.T, jws ...string) []byte {
	t.Helper()
	const px, side = 5, 5 * (105 + 16)
	m := image.NewGray(image.Rect(0, 0, side*len(jws), side))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for i, text := range jws {
		code, err := credential.QRMatrix(text)
		if err != nil {
			t.Fatal(err)
		}
		for y := range code.Size * px {
			for x := range code.Size * px {
				if code.Black(x/px, y/px) {
					m.SetGray(i*side+8*px+x, 8*px+y, color.Gray{})
				}
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jwsOf asks the API for a live credential with the phone's session.
func jwsOf(t *testing.T, phone context.Context) string {
	t.Helper()
	return await[string](t, phone,
		`fetch("/api/v1/people/" + document.getElementById("screen").dataset.person + "/credential",
		{method: "POST", headers: {"Content-Type": "application/json"}, body: '{"tier":"live"}'})
			.then(r => r.json()).then(s => s.jws)`)
}

// oldScreen is a genuine screen of 髙橋 德一 that was made five minutes ago.
func oldScreen(t *testing.T, data string) string {
	t.Helper()
	return demotest.Screen{
		Data:   data,
		At:     time.Now().Add(-5 * time.Minute),
		Share:  20,
		Person: persontest.Tokuichi(),
	}.JWS(t)
}

// demoScreen is a genuine live screen of 架空市's insurer: of 髙橋 德一, changed.
func demoScreen(t *testing.T, data string, change func(*eligibility.Person)) string {
	t.Helper()
	p := persontest.Tokuichi()
	change(&p)
	return demotest.Screen{Data: data, At: time.Now(), Share: 20, Person: p}.JWS(t)
}
