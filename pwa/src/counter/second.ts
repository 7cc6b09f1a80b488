// The second code of a phone that is offline. Elements: #second and #second-*, #challenge, #challenge-area,
// #challenge-number.
import { decode } from "../shared/base64url";
import { byId, setText } from "../shared/dom";

/** Reports whether a scanned text is the proof of a phone rather than a screen: its header says live+jwt. */
export function isProof(text: string): boolean {
  try {
    return new TextDecoder().decode(decode(text.trim().split(".", 1)[0] ?? "")).includes('"live+jwt"');
  } catch {
    return false;
  }
}

/** Shows the step, with the number that the patient has to enter where one was given; or hides it. */
export function showSecond(awaits: boolean, nonce: string): void {
  byId("second").hidden = !awaits;
  byId("challenge").hidden = nonce !== "";
  byId("challenge-area").hidden = nonce === "";
  setText(byId("challenge-number"), nonce);
  byId<HTMLInputElement>("second-text").value = "";
}
