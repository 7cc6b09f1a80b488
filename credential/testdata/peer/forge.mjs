// Makes forged cards with jose and Node's own cryptography, none of this module's code. Standard input is a JSON object:
// issuer (the true issuer's private JWK, for what an issuer's own broken signer might send), kid and payload (base64url of
// a good card's deflated payload). Standard output is a JSON object: the name of the attack to its text.
import { createHmac, createPublicKey, generateKeyPairSync, sign as nodeSign, createPrivateKey } from "node:crypto";
import { text } from "node:stream/consumers";
import { CompactSign, base64url, importJWK } from "jose";

const { issuer, kid, payload } = JSON.parse(await text(process.stdin));
const body = base64url.decode(payload);
const trueKey = createPrivateKey({ key: issuer, format: "jwk" });
const publicKey = createPublicKey(trueKey);
const { d: _, ...publicJWK } = issuer;
const attacker = generateKeyPairSync("ec", { namedCurve: "P-256" });
const attackerJWK = attacker.publicKey.export({ format: "jwk" });
const good = { alg: "ES256", zip: "DEF", kid };
const out = {};

const encode = (v) => base64url.encode(typeof v === "string" ? v : JSON.stringify(v));
const jose = (header, key, options) => new CompactSign(body).setProtectedHeader(header).sign(key, options);
// what jose refuses to make: any header, signed by whatever sign returns
const raw = (header, sign, content = payload) => {
  const input = `${encode(header)}.${content}`;
  return `${input}.${base64url.encode(sign(Buffer.from(input)))}`;
};
const es256 = (key) => (input) => nodeSign("sha256", input, { key, dsaEncoding: "ieee-p1363" });

// RFC 8725 section 2.1: the public key, which everybody has, as the secret of a MAC.
const pem = publicKey.export({ type: "spki", format: "pem" });
const der = publicKey.export({ type: "spki", format: "der" });
const point = Buffer.concat([Buffer.from([4]), base64url.decode(issuer.x), base64url.decode(issuer.y)]);
const secrets = { "SPKI as PEM": pem, "SPKI as PEM without its last line break": pem.trimEnd(), "SPKI as DER": der, "point": point,
  "x and y": point.subarray(1), "JWK text": JSON.stringify(publicJWK), "kid": kid, "nothing": "" };
for (const [name, secret] of Object.entries(secrets)) {
  out[`HS256 over the public key: ${name}`] = raw({ ...good, alg: "HS256" }, (input) => createHmac("sha256", secret).update(input).digest());
  out[`HMAC under the name ES256: ${name}`] = raw(good, (input) => createHmac("sha256", secret).update(input).digest());
}
out["HS256 made by jose"] = await jose({ ...good, alg: "HS256" }, new Uint8Array(der));

out["alg none with no signature"] = `${encode({ ...good, alg: "none" })}.${payload}.`;
for (const alg of ["none", "None", "NONE", "nOnE", "es256", "ES256K", "", null, ["ES256"]])
  out[`alg ${JSON.stringify(alg)} over a true signature`] = raw({ ...good, alg }, es256(trueKey));
out["no alg"] = raw({ zip: "DEF", kid }, es256(trueKey));

const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const ed = generateKeyPairSync("ed25519");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
out["ES384 by P-384"] = await jose({ ...good, alg: "ES384" }, p384.privateKey);
out["ES512 by P-521"] = await jose({ ...good, alg: "ES512" }, p521.privateKey);
out["RS256"] = await jose({ ...good, alg: "RS256" }, rsa.privateKey);
out["PS256"] = await jose({ ...good, alg: "PS256" }, rsa.privateKey);
out["EdDSA"] = await jose({ ...good, alg: "EdDSA" }, ed.privateKey);
out["P-384 under the name ES256"] = raw(good, es256(p384.privateKey));
out["secp256k1 under the name ES256"] = raw(good, es256(koblitz.privateKey));
out["SHA-384 under the name ES256"] = raw(good, (input) => nodeSign("sha384", input, { key: trueKey, dsaEncoding: "ieee-p1363" }));

out["DER signature"] = raw(good, (input) => nodeSign("sha256", input, { key: trueKey, dsaEncoding: "der" }));
out["r and s of zero"] = raw(good, () => Buffer.alloc(64)); // CVE-2022-21449
const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"); // SEC 2, secp256r1
out["r and s of the group's order"] = raw(good, () => Buffer.concat([order, order]));
out["s of zero"] = raw(good, (input) => Buffer.concat([es256(trueKey)(input).subarray(0, 32), Buffer.alloc(32)]));
out["signature one byte longer"] = raw(good, (input) => Buffer.concat([es256(trueKey)(input), Buffer.alloc(1)]));
out["signature one byte shorter"] = raw(good, (input) => es256(trueKey)(input).subarray(0, 63));
out["r and s changed over"] = raw(good, (input) => { const s = es256(trueKey)(input); return Buffer.concat([s.subarray(32), s.subarray(0, 32)]); });

// A key that the card itself names (RFC 8725 section 3.10), by the attacker and by a true key.
const named = { jwk: attackerJWK, jku: "https://attacker.example/jwks.json", x5u: "https://attacker.example/chain.pem", x5c: ["MIIB"],
  x5t: "AAAA", "x5t#S256": "AAAA", cty: "JWT", iss: "https://attacker.example", nonce: "1" };
for (const [name, value] of Object.entries(named)) {
  out[`${name} header by an attacker`] = await jose({ ...good, [name]: value }, attacker.privateKey);
  out[`${name} header over a true signature`] = await jose({ ...good, [name]: value }, trueKey);
}
out["attacker's key under the true kid"] = await jose(good, attacker.privateKey);
out["crit that nobody knows"] = await jose({ ...good, crit: ["exp"], exp: 1 }, trueKey, { crit: { exp: true } });
out["crit naming alg"] = raw({ ...good, crit: ["alg"] }, es256(trueKey));
out["b64 false"] = raw({ ...good, b64: false, crit: ["b64"] }, es256(trueKey));

for (const typ of ["trust+jwt", "statuslist+jwt", "live+jwt", "JWT", "JOSE"]) out[`typ ${typ}`] = await jose({ ...good, typ }, trueKey);
for (const zip of ["def", "GZIP", "", undefined]) out[`zip ${zip}`] = raw({ ...good, zip }, es256(trueKey));
out["kid missing"] = raw({ alg: "ES256", zip: "DEF" }, es256(trueKey));
for (const [name, value] of Object.entries({ "a number": 1, "a list": [kid], "an object": { kid }, null: null, empty: "" }))
  out[`kid is ${name}`] = raw({ ...good, kid: value }, es256(trueKey));
for (const value of ["../../../../dev/null", "../" + kid, kid + "\u0000", "/proc/self/environ", "' OR '1'='1", "https://attacker.example/k", kid.toUpperCase(), kid + " "])
  out[`kid leads elsewhere: ${JSON.stringify(value)}`] = await jose({ ...good, kid: value }, trueKey);

const header = (s) => raw(s, es256(trueKey));
out["kid twice"] = header(`{"alg":"ES256","zip":"DEF","kid":"x","kid":"${kid}"}`);
out["alg twice"] = header(`{"alg":"none","zip":"DEF","kid":"${kid}","alg":"ES256"}`);
out["KID for kid"] = header(`{"alg":"ES256","zip":"DEF","KID":"${kid}"}`);
out["kid with the Kelvin sign"] = header(`{"alg":"ES256","zip":"DEF","\u212aid":"${kid}"}`);
out["ALG beside alg"] = header(`{"alg":"none","zip":"DEF","kid":"${kid}","ALG":"ES256"}`);
out["bytes behind the header"] = header(`{"alg":"ES256","zip":"DEF","kid":"${kid}"}{}`);
out["header is a list"] = header(`[{"alg":"ES256","zip":"DEF","kid":"${kid}"}]`);
out["header with a byte order mark"] = header(`\ufeff{"alg":"ES256","zip":"DEF","kid":"${kid}"}`);

const trueCard = await jose(good, await importJWK(issuer, "ES256"));
const [h, p, s] = trueCard.split(".");
out["the payload detached"] = `${h}..${s}`;
out["five parts"] = `${trueCard}.${p}.${s}`;
out["two parts"] = `${h}.${p}`;
out["padded base64"] = `${h}.${p}.${s}==`;
out["standard base64"] = `${h}.${p}.${Buffer.from(s, "base64url").toString("base64").replace(/=+$/, "")}+`;
out["a line break inside the signature"] = `${h}.${p}.${s.slice(0, 40)}\n${s.slice(40)}`;
out["a line break behind"] = `${trueCard}\r\n`;
out["a blank before"] = ` ${trueCard}`;
out["JSON serialization"] = JSON.stringify({ protected: h, payload: p, signature: s });
const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
out["the signature's spare bits set"] = trueCard.slice(0, -1) + last[last.indexOf(s.at(-1)) ^ 1];
out["the true card"] = trueCard;

process.stdout.write(JSON.stringify(out));
