// The screen for the time without network: the stored card's code, and below it the proof that this phone
// makes anew every 15 seconds. Elements: #offline, #proof, #proof-age, #nonce, #nonce-state, #age.
import { span } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { showCard, showProof } from "./codes";
import type { DeviceKey } from "./devicekeys";
import { prove } from "./proof";
import type { Screen } from "./screen";

const proofEvery = 15_000; // credential.ProofEvery
const nonceLife = 120_000; // a counter's number is for the patient who stands there now

let shown: { screen: Screen; key: DeviceKey; away: Away } | null = null;
let madeAt = 0; // the shown proof's time by the server's clock; 0 when there is none
let nonce = "";
let nonceEnds = 0;

/** Why the stored screen is shown: there is no network, or no login. */
export type Away = "network" | "login";

export function startOffline(screen: Screen, key: DeviceKey, away: Away): void {
  shown = { screen, key, away };
  madeAt = 0;
  byId("offline").hidden = false;
  showCard(screen.jws);
}

export function endOffline(): void {
  if (!shown) return;
  shown = null;
  setNonce("");
  byId("offline").hidden = true;
  showProof(null);
}

/**
 * Once a second: the ages, a new proof when it is time, and the end of a counter's number. now is the
 * server's time.
 */
export function tickOffline(now: number): void {
  if (!shown) return;
  if (nonce && Date.now() > nonceEnds) setNonce("");
  // Either way: the phone's clock may have been set.
  if (Math.abs(now - madeAt) >= proofEvery) void renew(now);
  setText(
    byId("age"),
    word(shown.away === "network" ? "fetchedAgo" : "keptAgo", {
      d: span(now - Date.parse(shown.screen.issuedAt)),
    }),
  );
  if (madeAt) setText(byId("proof-age"), word("madeAgo", { d: span(now - madeAt) }));
}

async function renew(now: number): Promise<void> {
  const mine = shown;
  if (!mine) return;
  madeAt = now;
  const proof = await prove(mine.key, mine.screen.jws, now, nonce);
  if (mine === shown) showProof(proof);
}

function setNonce(digits: string): void {
  nonce = digits;
  nonceEnds = Date.now() + nonceLife;
  madeAt = 0; // the next tick answers
  if (!digits) byId<HTMLInputElement>("nonce").value = "";
  setText(byId("nonce-state"), digits ? word("nonceTaken", { n: digits }) : "");
}

/** Binds the field for the counter's number; now tells the server's time. */
export function bindNonce(now: () => number): void {
  const field = byId<HTMLInputElement>("nonce");
  field.addEventListener("input", () => {
    // Japanese keyboards type full-width digits.
    const digits = field.value.normalize("NFKC").replace(/\D/g, "");
    if (digits.length === 4 && digits !== nonce) {
      setNonce(digits);
      tickOffline(now());
    } else if (digits.length === 0 && nonce) {
      setNonce("");
    }
  });
}
