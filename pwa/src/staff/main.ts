// The button of a page on which staff make or use a passkey, and the one that copies an invitation's link.
// Elements: #ceremony (data-begin, -finish, -make, -back, and the sentences -waiting, -cancelled, -known),
// #passkey, #passkey-state, #problem, #no-passkeys; #link, #copy-link, #copied.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { ceremony, hasPasskeys } from "../shared/passkey";

function prepare(place: HTMLElement): void {
  const say = (name: string): string => place.dataset[name] ?? "";
  const press = byId<HTMLButtonElement>("passkey");
  const state = byId("passkey-state");
  const problem = byId("problem");
  byId("no-passkeys").hidden = true;
  press.hidden = false;
  press.addEventListener("click", async () => {
    press.disabled = true;
    problem.hidden = true;
    setText(state, say("waiting"));
    try {
      location.assign(
        await ceremony({
          begin: say("begin"),
          finish: say("finish"),
          make: say("make") !== "",
          back: say("back"),
        }),
      );
    } catch (e) {
      setText(state, "");
      problem.hidden = false;
      setText(problem, sentence(e, say));
      press.disabled = false;
      press.focus();
    }
  });
  press.focus();
}

/** Says why a ceremony came to nothing: the server's sentence, or what the browser's error stands for. */
function sentence(e: unknown, say: (name: string) => string): string {
  if (e instanceof Problem) return e.message;
  if (e instanceof DOMException && e.name === "InvalidStateError") return say("known");
  return say("cancelled");
}

const place = document.getElementById("ceremony");
if (place && hasPasskeys()) prepare(place);

const copy = document.getElementById("copy-link");
if (copy) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const link = byId<HTMLTextAreaElement>("link");
    link.select(); // where the clipboard is closed, the keyboard's own copy does
    await navigator.clipboard.writeText(link.value);
    setText(byId("copied"), byId("copied").dataset["copied"] ?? "");
  });
}
