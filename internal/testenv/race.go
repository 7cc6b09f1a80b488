//go:build race

package testenv

// RaceDetector says that this test was built with -race.
const RaceDetector = true
