package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// A link's modules stand in its bytes as Black tells them, and nothing behind them.
func TestALinksModulesStandInItsBytesToo(t *testing.T) {
	for length := 1; length < 185; length += 7 {
		c, err := LinkCode("https://insurer.example/n/" + strings.Repeat("A", length))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(c.Size), func(t *testing.T) {
			for y := range c.Size {
				for x := range (c.Size + 7) / 8 * 8 {
					dark := c.Dark[y*c.Stride+x/8]>>(7-x%8)&1 == 1
					if dark != (x < c.Size && c.Black(x, y)) {
						t.Fatalf("module %d, %d", x, y)
					}
				}
			}
		})
	}
}
