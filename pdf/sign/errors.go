package sign

import (
	"madoguchi/eligibility"
)

// The sentences for people. Callers compare with errors.Is.
var (
	ErrStructure = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.structure",
		Ja: "PDFの構造が読めないため、署名を付けられません。もう一度PDFを作り直してください。",
		En: "The PDF's structure cannot be read, so it cannot be signed. Make the PDF again."}
	ErrKey = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.key",
		Ja: "署名の鍵と証明書が合わないか、使えない種類です。P-256 か RSA（2048ビット以上）の鍵と、その証明書を取り込んでください。",
		En: "The signing key and its certificate do not match or are of a kind that is not used. Import a " +
			"P-256 or RSA (2048 bits or more) key's certificate."}
	ErrFormat = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.format",
		Ja: "PDFではないか、ファイルが壊れています。元のPDFを選び直してください。",
		En: "This is not a PDF, or the file is damaged. Choose the original PDF."}
	ErrLarge = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.large",
		Ja: "PDFが大きすぎます（32MBまで）。元のPDFを選び直してください。",
		En: "The PDF is too large (32 MB at most). Choose the original PDF."}
	ErrLocked = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.locked",
		Ja: "PDFにパスワードがかかっています。パスワードのない元のPDFを選んでください。",
		En: "The PDF is protected by a password. Choose the original, which has none."}
)
