// An enrolment at the insurer's desk: how far it is, by server-sent events. When it is open no more, the
// page is shown anew. Elements: #desk-state (data-address), #desk-words.
import { byId, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";

interface Progress extends Sentence {
  state: string;
}

const state = byId("desk-state");
const words = byId("desk-words");

const events = new EventSource(`${state.dataset["address"]}/events`);
events.addEventListener("message", (e: MessageEvent<string>) => {
  const p = JSON.parse(e.data) as Progress;
  if (p.state !== "open") {
    events.close();
    location.reload();
    return;
  }
  const said = local(p);
  if (words.textContent !== said) setText(words, said); // else it would be read out again
});
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) location.reload(); // signed out: the page says so
});
