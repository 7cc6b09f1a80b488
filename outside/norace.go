//go:build !race

package outside

// RaceDetector says that this test was built with -race.
const RaceDetector = false
