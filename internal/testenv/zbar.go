package testenv

// ZbarArgs are the arguments by which zbarimg prints the text of the QR codes in a picture, a line each. Its
// other kinds are switched off: in the modules of one code among hundreds it finds a bar code too, and prints
// that besides.
func ZbarArgs(picture string) []string {
	return []string{"--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture}
}
