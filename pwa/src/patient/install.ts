// The hint that the screen can stand on the home screen: where the browser offers it, a button; on iOS, where
// a person does it by hand, three drawn steps. Loaded after the first code has been shown; waved away once,
// it stays away. Element: #install.
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";

/** Android's offer (not in TypeScript's own list). */
export interface Offer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const remembered = "install-hint";

/** Reports whether a hint may be shown: not on the home screen already, and not waved away before. */
export function wanted(): boolean {
  try {
    return localStorage.getItem(remembered) === null;
  } catch {
    return false; // what cannot be remembered would come back at each visit
  }
}

/** Shows the hint; without an offer, the steps by hand. */
export function showHint(offer: Offer | null): void {
  const place = byId("install");
  const away = (): void => {
    localStorage.setItem(remembered, "no");
    place.hidden = true;
    place.replaceChildren();
  };
  const how = offer
    ? h(
        "p",
        "",
        button(
          "button",
          word("installAdd"),
          () => void offer.prompt().then(({ outcome }) => outcome === "accepted" && away(), away),
        ),
      )
    : h(
        "ol",
        "drawn",
        h("li", "", picture(drawShare), h("span", "", word("installStep1"))),
        h("li", "", picture(drawList), h("span", "", word("installStep2"))),
        h("li", "", picture(drawAdd), h("span", "", word("installStep3"))),
      );
  place.replaceChildren(
    h("h2", "", word("installTitle")),
    h("p", "", word("installWhy")),
    how,
    h("p", "", button("button quiet", word("installNo"), away)),
  );
  place.hidden = false;
}

const blue = "#00118f";
type Lines = [string, Record<string, string>][];

// Our own drawings of what to look for, in 64 × 64.
const drawShare: Lines = [["path", { d: "M20 28h-6v26h36V28h-6M32 40V10M22 20l10-10 10 10" }]];
const drawList: Lines = [
  ["rect", { x: "8", y: "14", width: "48", height: "36", rx: "6" }],
  ["path", { d: "M16 26h20M16 38h14M46 32v12M40 38h12" }],
];
const drawAdd: Lines = [
  ["rect", { x: "12", y: "6", width: "40", height: "52", rx: "6" }],
  ["rect", { x: "32", y: "12", width: "14", height: "10", rx: "3", fill: blue }],
  ["path", { d: "M20 36h24M20 46h16" }],
];

const pen = {
  viewBox: "0 0 64 64",
  fill: "none",
  stroke: blue,
  "stroke-width": "4",
  "stroke-linejoin": "round",
  "stroke-linecap": "round",
  "aria-hidden": "true",
};

function picture(lines: Lines): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries(pen)) svg.setAttribute(name, value);
  for (const [tag, attributes] of lines) {
    const line = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
    svg.append(line);
  }
  return svg;
}
