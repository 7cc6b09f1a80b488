package pdf

// Branding is the insurer's settings for its papers: names, contact, colour and logo. The zero colour is the
// product's blue.
type Branding struct {
	Name      string // 保険者名
	Issuer    string // 交付者名
	Unit      string // 担当部署; may be empty
	Address   string // where people write to; may be empty
	Telephone string
	Hours     string      // when the telephone is answered; may be empty
	Colour    Colour      // of the certificate's band
	Logo      *CodeMatrix // the insurer's mark, of LogoOf; may be nil
}

// Colour is a printed colour in sRGB.
type Colour struct{ R, G, B uint8 }

// blue is the product's own colour, not one of the State's.
var blue = Colour{0x00, 0x11, 0x8f}

// contact is the unit and the telephone, on one line.
func (l Branding) contact() string {
	text := ""
	if l.Unit != "" {
		text += "　" + l.Unit
	}
	if l.Telephone != "" {
		text += "　電話 " + l.Telephone
	}
	return text
}

// band returns the colour of the band and of the letters on it: white or the ink, whichever stands out more.
func (l Branding) band() (band, letters [3]uint8) {
	c := l.Colour
	if c == (Colour{}) {
		c = blue
	}
	band = [3]uint8{c.R, c.G, c.B}
	if white := [3]uint8{255, 255, 255}; contrast(band, white) >= contrast(band, ink) {
		return band, white
	}
	return band, ink
}
