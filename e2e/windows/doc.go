// Package windows holds the tests of the programs' Windows builds, under Wine (internal/winetest). There is
// nothing else in it.
package windows
