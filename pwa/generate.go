package pwa

//go:generate go run -C .. ./pwa/build
