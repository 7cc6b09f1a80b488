// The three lamps: what of the screen, the card, and face and name is confirmed by now. Each says it in
// words; the colour only underlines them. Elements: #lamp-screen, #lamp-card, #lamp-face.
import { byId, setText } from "../shared/dom";
import { word, type Word } from "../shared/words";
import { type Case, hasCard, screenFailed, tellsAnotherName } from "./casedata";
import { readerHere } from "./status";

type State = "open" | "good" | "attention" | "bad";
type Lamp = [State, Word, number?];

const marks: Record<State, string> = { open: "―", good: "✓", attention: "！", bad: "×" };
const cards: Record<string, Lamp> = {
  confirmed: ["good", "lampAgrees"],
  unverified: ["attention", "lampUnsure"],
  refused: ["attention", "lampFailed"],
  error: ["attention", "lampFailed"],
};

/** Says how far a case is; null stands for none. */
export function showLamps(c: Case | null, ticks: number, of: number): void {
  light("lamp-screen", c ? screen(c) : ["open", "lampOpen"]);
  light("lamp-card", card(c));
  const all = of === 3 ? "lampSeen" : "lampAllSeen";
  const face: Lamp = ticks === of ? ["good", all] : ["open", "lampSome", of - ticks];
  light("lamp-face", c && ticks ? face : ["open", "lampOpen"]);
}

/** Says that the card is being read. */
export function cardIsRead(): void {
  light("lamp-card", ["open", "lampReading"]);
}

function screen(c: Case): Lamp {
  if (c.verdict.valid) return ["good", "lampGenuine"];
  if (c.paper && c.acceptable) return ["attention", "lampUnsigned"];
  if (c.verdict.awaits) return ["attention", "lampSecond"];
  return screenFailed(c) ? ["bad", "lampUnusable"] : ["attention", "lampAgain"];
}

function card(c: Case | null): Lamp {
  if (c?.cardRefused) return ["bad", "lampRefused"];
  if (c && tellsAnotherName(c)) return ["attention", "lampOtherName"];
  if (c?.card) return cards[c.card.result] ?? ["open", "lampOpen"];
  if (c?.chipPassed) return ["good", "lampAgrees"];
  if (c && !hasCard(c)) return ["open", "lampNoCard"];
  return readerHere() ? ["open", "lampOpen"] : ["attention", "lampNoReader"];
}

function light(id: string, [state, says, n]: Lamp): void {
  const lamp = byId(id);
  lamp.dataset["state"] = state;
  setText(lamp.querySelector<HTMLElement>(".mark")!, marks[state]);
  setText(lamp.querySelector<HTMLElement>(".word")!, word(says, n === undefined ? {} : { n }));
}
