import { agePlace, browserPlace, clockPlace, errorPlace, supportCode } from "./supportcode.mjs";
const places = { Tier: 4, Age: 8, Network: 3, Stored: 3, Clock: 5, Browser: 10, Persisted: 3, Error: 16 };
const made = [];
for (let n = 0; n < 691200; n += 97) {
  const state = {};
  let rest = n;
  for (const [name, size] of Object.entries(places).reverse()) {
    state[name] = rest % size;
    rest = Math.floor(rest / size);
  }
  made.push([
    state,
    supportCode(Object.fromEntries(Object.entries(state).map(([k, v]) => [k.toLowerCase(), v]))),
  ]);
}
const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
const safari = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const pixel = "Mozilla/5.0 (Linux; Android 15; Pixel 8)";
const samsung = "Mozilla/5.0 (Linux; Android 15; SM-S921Q)";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const agents = [
  [`${pixel} ${webkit} Chrome/141.0.0.0 Mobile Safari/537.36`, 1],
  [`${samsung} ${webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 2],
  [`${iPhone} ${safari} Version/18.6 Mobile/15E148 Safari/604.1`, 3],
  [`${iPhone} ${safari} CriOS/141.0 Mobile/15E148 Safari/604.1`, 5],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 6],
  [`${windows} ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, 7],
  [`${iPhone} ${safari} Mobile/15E148 Safari Line/15.15.0`, 8],
  [`${mac} ${safari} Version/18.6 Safari/605.1.15`, 9],
  ["curl/8", 0],
];
const keys = [
  ["", 0],
  ["network", 1],
  ["eligibility.lost", 3],
  ["login.not_fresh", 6],
  ["device.unknown", 8],
  ["request.too_many", 11],
  ["request.malformed", 12],
  ["phone.unknown", 14],
  ["what.ever", 15],
];
const ages = [
  [null, 0],
  [0, 1],
  [29999, 1],
  [30000, 2],
  [90000, 3],
  [86399999, 6],
  [86400000, 7],
];
const offsets = [
  [0, 0],
  [-19999, 0],
  [20000, 1],
  [120000, 2],
  [-20000, 3],
  [-7200000, 4],
];
const wrong = [];
const expect = (pairs, place) => {
  for (const [given, want] of pairs) if (place(given) !== want) wrong.push(given);
};
expect(agents, (agent) => browserPlace(agent, false));
expect(keys, errorPlace);
expect(ages, agePlace);
expect(offsets, clockPlace);
console.log(JSON.stringify({ made, wrong }));
