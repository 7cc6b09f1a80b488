// Who acts at this counter PC: a colleague takes over by a tile and the own PIN. Elements: #acting, and
// #change-acting where that is possible.
import { Problem } from "../shared/api";
import { button, openSheet } from "../shared/dialog";
import { byId, h, setText } from "../shared/dom";
import { digitField } from "../shared/field";
import { word } from "../shared/words";
import { ask } from "./ask";

interface Tile {
  id: string;
  name: string;
  hasPin: boolean;
  locked: boolean;
  acts: boolean;
}

function label(tile: Tile): string {
  if (tile.acts) return `${tile.name}（${word("actingNow")}）`;
  if (tile.locked) return `${tile.name}（${word("actingLocked")}）`;
  return tile.hasPin ? tile.name : `${tile.name}（${word("actingNoPin")}）`;
}

async function change(): Promise<void> {
  const { tiles } = await ask<{ tiles: Tile[] }>("GET", "/api/v1/staff/tiles");
  const { input: pin, row: pinRow } = digitField("acting-pin", word("actingPin"), 6);
  pin.type = "password";
  const problem = h("p", "note refusal");
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const tell = (text: string): void => {
    problem.hidden = text === "";
    setText(problem, text);
  };
  let chosen = "";
  const picks = tiles.map((tile) => {
    const pick = button("button", label(tile), () => {
      chosen = tile.id;
      for (const other of picks) other.setAttribute("aria-pressed", String(other === pick));
      tell("");
      pin.focus();
    });
    pick.setAttribute("aria-pressed", "false");
    pick.disabled = tile.acts || !tile.hasPin;
    return pick;
  });
  const go = h("button", "button main", word("actingGo")) as HTMLButtonElement;
  const form = h("form", "", pinRow, problem, h("p", "", go)) as HTMLFormElement;
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (!chosen) return tell(word("actingChoose"));
    go.disabled = true;
    try {
      const body = { member: chosen, pin: pin.value };
      const { name } = await ask<{ name: string }>("POST", "/api/v1/staff/acting", body);
      setText(byId("acting"), name);
      sheet.close();
    } catch (refused) {
      pin.value = "";
      tell(refused instanceof Problem ? refused.message : word("serverOff"));
      pin.focus();
    } finally {
      go.disabled = false;
    }
  });
  const sheet = openSheet(
    "acting-sheet",
    word("actingTitle"),
    h("p", "", word("actingChoose")),
    h("div", "acting-tiles", ...picks),
    form,
  );
}

/** Lets colleagues take over where the page offers it; refused gets what the server says. */
export function offerChange(refused: (text: string) => void): void {
  document.getElementById("change-acting")?.addEventListener("click", () => {
    change().catch((e: unknown) => refused(e instanceof Problem ? e.message : word("serverOff")));
  });
}
