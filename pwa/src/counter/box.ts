// The small boxes in which the page says how something stands, and the lists of what was checked.
import { h } from "../shared/dom";
import { local, type Sentence } from "../shared/local";

export type Kind = "good" | "unsure" | "bad";

/** How a check ended, as the API tells it: what is neither confirmed nor unverified is bad. */
export const kindOf = (result: string): Kind =>
  result === "confirmed" ? "good" : result === "unverified" ? "unsure" : "bad";

/** Makes a box of a headline and what stands below it: texts as paragraphs, empty ones left out. */
export function box(kind: Kind, headline: string, ...below: (string | Node)[]): HTMLElement {
  const parts = below.filter((part) => part !== "");
  return h(
    "div",
    `verdict-box small${kind === "good" ? "" : ` ${kind}`}`,
    ...(headline ? [h("h3", "", headline)] : []),
    ...parts.map((part) => (typeof part === "string" ? h("p", "", part) : part)),
  );
}

const marks: Record<string, [string, string]> = {
  passed: ["passed", "✓"],
  equal: ["passed", "✓"],
  failed: ["failed", "×"],
  different: ["failed", "×"],
};

/** Makes the rows of a list of what was checked or compared. */
export function checkRows(checks: (Sentence & { result: string })[]): HTMLElement[] {
  return checks.map((c) => {
    const [kind, mark] = marks[c.result] ?? ["not-checked", "―"];
    return h("li", kind, h("span", "mark", mark), h("span", "", local(c)));
  });
}
