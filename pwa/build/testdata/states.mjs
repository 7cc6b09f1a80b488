import { events, Machine, moves, states } from "./states.mjs";
const screen = { jws: "of this move" };
const after = (walk) => {
  const machine = new Machine();
  for (const event of walk) machine.move(event, screen);
  return machine;
};
const walks = new Map([[new Machine().state, []]]);
const steps = [];
for (const [from, walk] of walks) {
  for (const event of events) {
    const machine = after(walk);
    const before = machine.screen;
    const allowed = machine.allows(event);
    const moved = machine.move(event, screen);
    const kept = machine.screen === before;
    steps.push({ from, event, to: machine.state, allowed, moved, kept, shows: machine.screen === screen });
    if (!walks.has(machine.state)) walks.set(machine.state, [...walk, event]);
  }
}
console.log(JSON.stringify({ begins: new Machine().state, states, events, moves, steps }));
