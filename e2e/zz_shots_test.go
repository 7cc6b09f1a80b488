package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestZZPublic(t *testing.T) {
	base := os.Getenv("ZZBASE")
	tab := browser(t, 390, 844, "")
	for _, lang := range strings.Split(os.Getenv("ZZLANG"), ",") {
		for _, path := range strings.Split(os.Getenv("ZZPATHS"), ",") {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			do(t, tab, chromedp.Navigate(base+path+sep+"lang="+lang), chromedp.WaitReady("main"))
			for _, w := range strings.Split(os.Getenv("ZZW"), ",") {
				n, _ := strconv.ParseInt(strings.TrimSuffix(w, "x"), 10, 64)
				resize(t, tab, n, 844)
				size := ""
				if strings.HasSuffix(w, "x") {
					size = "225%"
				}
				do(t, tab, script(`document.documentElement.style.fontSize = "`+size+`"`))
				frames(t, tab)
				over := eval[int](t, tab, `document.documentElement.scrollWidth - innerWidth`)
				if over > 0 {
					t.Errorf("%s %s %s is %d px too wide", path, lang, w, over)
				}
				name := strings.NewReplacer("/", "_", "?", "_", "=", "-", "&", "_").Replace(path) + "-" + lang + "-" + w
				shot := get(t, tab, chromedp.FullScreenshot(100))
				os.WriteFile(filepath.Join("/tmp/patientpics/pub", name+".png"), shot, 0o644)
			}
		}
	}
}
