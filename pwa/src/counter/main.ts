// The counter's console: what its parts are, and which button and key does what. Elements: #card-check,
// #record, #copy, #cancel, #challenge, #clock, #scan-text.
import "./sentences";
import "./extra-checks";
import { Problem } from "../shared/api";
import { timeOfDay } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { offerChange } from "./acting";
import { offerAsides } from "./aside";
import { hideWhenIdle } from "./blank";
import { showAge } from "./case";
import { now } from "./clock";
import { copy, watchCopying } from "./copy";
import { beReady } from "./offline";
import { closeCase, resume } from "./hand";
import { onKey, watchKeys } from "./keys";
import { keepMargins } from "./margins";
import { watchPairing } from "./pairing";
import { watchPapers } from "./paper";
import { challenge } from "./proof";
import { type Outcome, parkOrAsk, watchReason } from "./reason";
import { status } from "./status";
import { checkCard, decide, goOn } from "./steps";
import { watchWaysIn } from "./takein";
import { act } from "./turn";

const end = (outcome: Outcome): void => void act(() => decide(outcome));
const onClick = (id: string, work: () => void): void => byId(id).addEventListener("click", work);

onKey("F2", () => void act(checkCard));
onKey("F4", () => void act(copy));
onKey("F8", () => parkOrAsk(end));
onClick("card-check", () => void act(checkCard));
onClick("record", () => void act(goOn));
onClick("copy", () => void act(copy));
onClick("challenge", () => void act(challenge));
onClick("cancel", closeCase);
watchKeys();
watchPapers();
watchWaysIn();
watchReason(end);
watchPairing();
watchCopying();
offerAsides(resume);
offerChange((text) => void act(() => Promise.reject(new Problem(0, "staff.tiles", text))));
keepMargins();
setInterval(() => {
  setText(byId("clock"), timeOfDay(now(), false));
  showAge();
}, 1000);
setInterval(() => void status(), 5000);
void status();
beReady();
hideWhenIdle();
byId("scan-text").focus();
