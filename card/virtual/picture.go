package virtual

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"image"
	"image/color"
	"image/png"
)

// facePhoto is DF27 of every virtual card: the drawn face of nobody, as JPEG 2000 (photo/README.md).
//
//go:embed photo/face.jp2
var facePhoto []byte

//go:embed photo/name-*.png photo/address-*.png
var writtenPictures embed.FS

// written are the texts that stand as pictures in photo/.
var written = map[string]string{
	"髙橋　德一": "name-tokuichi",
	"試験　太郎": "name-taro",
	"架空県架空市架空町１丁目２番３号": "address-123",
	"架空県架空市架空町４丁目５番６号": "address-456",
}

// textPicture is a text as a black and white PNG, as the chip has name and address: written for the people of
// the demonstration; of any other text a few dots that follow it, which nobody reads.
func textPicture(text string) []byte {
	if name, ok := written[text]; ok {
		data, err := writtenPictures.ReadFile("photo/" + name + ".png")
		if err != nil {
			panic("virtual: " + err.Error()) // it is embedded
		}
		return data
	}
	sum := sha256.Sum256([]byte(text))
	img := image.NewPaletted(image.Rect(0, 0, 16, 16), color.Palette{color.White, color.Black})
	for i := range img.Pix {
		img.Pix[i] = sum[i/8] >> (i % 8) & 1
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic("virtual: " + err.Error()) // writing to memory does not fail
	}
	return b.Bytes()
}
