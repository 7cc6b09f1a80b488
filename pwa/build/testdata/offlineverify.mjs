// Verifies the codes of credential/testdata/verdicts.json as the console does without its server.
import { readFileSync } from "node:fs";
import { headline, prove, verify } from "./offlineverify.mjs";

const { beliefs, codes } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const found = [];
for (const code of codes) {
  const of = beliefs[code.beliefs];
  const by = { ...of, skew: { general: of.skew, issuers: {} } };
  let v = await verify(code.jws, by, code.at);
  if (code.proof !== undefined) {
    v = await prove(v, { proof: code.proof, jws: code.jws, nonce: code.nonce ?? "" }, by, code.at);
  }
  const checks = v.checks.map(({ name, result, key }) => ({ name, result, key }));
  found.push({ understood: v.understood, valid: v.valid, awaits: v.awaits, headline: headline(v), checks });
}
console.log(JSON.stringify(found));
