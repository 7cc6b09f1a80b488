// Logging out. Without network the wish is kept with its time, and is carried out at the next contact, before
// anything else is asked; until then the page says so. Elements: #logout, #logout-state, #erase-area.
import { read } from "../shared/database";
import { byId, setText } from "../shared/dom";
import { within } from "../shared/within";
import { word } from "../shared/words";

const place = "madoguchi-logout"; // in localStorage: when the patient logged out, by the server's clock

let wish = storedWish(); // a browser that keeps nothing has it until the page is closed

function storedWish(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function storeWish(at: string | null): void {
  wish = at;
  try {
    if (at) localStorage.setItem(place, at);
    else localStorage.removeItem(place);
  } catch {
    // as above
  }
}

/** Reports whether a log-out waits for the network. */
export const wantsLogout = (): boolean => wish !== null;

/** Ends the login at the server. It rejects without network, and may be asked again. */
export async function endLogin(patience = 8_000): Promise<void> {
  await send(wish, patience);
  storeWish(null);
  setText(byId("logout-state"), word("loggedOut"));
}

async function send(before: string | null, patience: number): Promise<void> {
  const body = new URLSearchParams(before ? { before } : {});
  const answer = await fetch("/logout", {
    method: "POST",
    body,
    redirect: "manual",
    credentials: "same-origin",
    signal: within(patience),
  });
  if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(`HTTP ${answer.status}`);
}

/** Binds the button; also takes what another page could not send (sw.ts). */
export async function bindLogout(): Promise<void> {
  byId("logout").addEventListener("submit", (e) => {
    e.preventDefault();
    send(null, 8_000).then(
      () => location.assign("/"),
      () => void later(),
    );
  });
  const late = new URLSearchParams(location.search).get("logout") === "later";
  if (late && document.referrer.startsWith(`${location.origin}/`)) await later();
  if (late) history.replaceState(null, "", location.pathname);
  if (wantsLogout()) showLater();
}

async function later(): Promise<void> {
  const offset = await read<number>("clock", "offset").catch(() => 0);
  storeWish(new Date(Date.now() - (offset ?? 0)).toISOString());
  showLater();
}

function showLater(): void {
  byId("logout").hidden = byId("erase-area").hidden = true;
  byId("logout-state").hidden = false;
  setText(byId("logout-state"), word("logoutLater"));
}
