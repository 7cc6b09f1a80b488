// The page of a login that came back in another browser (/login/wait): it asks every two seconds, for two
// minutes, how far the login is, and goes on by itself. Without this program the page's button does it.
// Elements: #wait (data-state), #on.
import { byId } from "../shared/dom";

const every = 2_000;
const until = performance.now() + 120_000;
const shown = byId("wait").dataset["state"];

async function ask(): Promise<void> {
  let state = shown;
  try {
    const answer = await fetch("/api/v1/login");
    if (answer.ok) ({ state } = (await answer.json()) as { state: string });
    else return location.reload(); // the page says why
  } catch {
    // no network just now: asked again
  }
  if (state === "ready" || state === "confirmed") return byId<HTMLFormElement>("on").requestSubmit();
  if (state !== shown) return location.reload();
  if (performance.now() < until) setTimeout(() => void ask(), every);
}

void ask();
