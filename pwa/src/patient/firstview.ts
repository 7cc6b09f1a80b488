// The first view: whose screen it is, the card sentence, the whole code, its age and the clock, without
// scrolling in the windows that phones leave to a page. The code has the page's width where the words leave
// the height for it, else what they leave; never less than cameras read from a phone's sharp display.
// Elements: #first, #code. Source: docs/facts/qr-codes.md#on-screens

const peek = 18; // CSS pixels of the sheet below: it is seen that there is more
const least = 200; // CSS pixels of the code's side
// The words stand at the code's side (screen.css).
const beside = matchMedia("(orientation: landscape) and (max-height: 600px)");

/** Gives the code the side that the window has for it. */
export function fitFirstView(): void {
  const first = document.getElementById("first"); // gone from a phone that was emptied
  const code = document.getElementById("code");
  if (!first?.offsetHeight || !code || code.hidden) return;
  const above = first.getBoundingClientRect().top + scrollY;
  const height = document.documentElement.clientHeight;
  const set = (side: number): void => code.style.setProperty("--side", `${Math.max(least, side)}px`);
  if (!beside.matches) {
    set(height - above - (first.offsetHeight - code.offsetHeight) - peek);
    return;
  }
  // Long words get more width until they end where the window does.
  const last = first.querySelector(".when") ?? first;
  const ends = (): number => last.getBoundingClientRect().bottom + scrollY;
  let side = height - above;
  for (set(side); side > least && ends() > height; set(side)) side -= 16;
}

/** Calls changed whenever the words of the first view have another height. */
export function watchFirstView(changed: () => void): void {
  const seen = new ResizeObserver(changed);
  for (const e of document.querySelectorAll("header, #first > :not(#code)")) seen.observe(e);
}
