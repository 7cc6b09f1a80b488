// A large file while it is read or stored: how far it is, by server-sent events; then what came of it.
// Elements: #wait (data-events, data-next), #wait-words, #wait-bar.
import { byId, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";

interface Progress extends Sentence {
  done: number;
  total: number;
  over: boolean;
}

const place = byId("wait");
const bar = byId<HTMLProgressElement>("wait-bar");
const events = new EventSource(place.dataset["events"]!);
const next = (): void => {
  events.close();
  location.replace(place.dataset["next"]!);
};
events.addEventListener("message", (e: MessageEvent<string>) => {
  const p = JSON.parse(e.data) as Progress;
  if (p.over) {
    next();
    return;
  }
  bar.max = p.total || 1;
  bar.value = p.done;
  setText(byId("wait-words"), local(p));
});
events.addEventListener("error", next); // the page does it by itself, or says why not
