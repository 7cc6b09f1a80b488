// Package e2e holds the tests that walk through the whole program as people do: the real server and the real
// bridge agent as processes of their own, driven through real browsers.
package e2e
