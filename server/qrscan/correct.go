package qrscan

import (
	"fmt"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// correctErrors returns the data words of a code's modules, free of errors. A mirrored code (a window, a
// selfie) is read too.
//
// gozxing's own Decoder is not called: it goes on to make a text, guesses the character set of the bytes, and
// refuses a code whose text it cannot make.
func correctErrors(bits *gozxing.BitMatrix) ([]byte, error) {
	parser, err := decoder.NewBitMatrixParser(bits)
	if err != nil {
		return nil, fmt.Errorf("reading the modules: %w", err)
	}
	words, err := dataWords(parser)
	if err == nil {
		return words, nil
	}
	parser.Remask()
	parser.SetMirror(true)
	if _, err := parser.ReadVersion(); err != nil {
		return nil, fmt.Errorf("reading the mirrored version: %w", err)
	}
	if _, err := parser.ReadFormatInformation(); err != nil {
		return nil, fmt.Errorf("reading the mirrored format: %w", err)
	}
	parser.Mirror()
	return dataWords(parser)
}

func dataWords(parser *decoder.BitMatrixParser) ([]byte, error) {
	version, err := parser.ReadVersion()
	if err != nil {
		return nil, fmt.Errorf("reading the version: %w", err)
	}
	format, err := parser.ReadFormatInformation()
	if err != nil {
		return nil, fmt.Errorf("reading the format: %w", err)
	}
	words, err := parser.ReadCodewords()
	if err != nil {
		return nil, fmt.Errorf("reading the code words: %w", err)
	}
	blocks, err := decoder.DataBlock_GetDataBlocks(words, version, format.GetErrorCorrectionLevel())
	if err != nil {
		return nil, fmt.Errorf("parting the blocks: %w", err)
	}
	solomon := reedsolomon.NewReedSolomonDecoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	var out []byte
	for _, block := range blocks {
		received := make([]int, len(block.GetCodewords()))
		for i, word := range block.GetCodewords() {
			received[i] = int(word)
		}
		if err := solomon.Decode(received, len(received)-block.GetNumDataCodewords()); err != nil {
			return nil, fmt.Errorf("correcting errors: %w", err)
		}
		for _, word := range received[:block.GetNumDataCodewords()] {
			out = append(out, byte(word))
		}
	}
	return out, nil
}
