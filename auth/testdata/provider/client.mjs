// A relying party by npm's openid-client. Standard input is JSON {issuer, clientID, redirect, person, key,
// otherKey, attack}: keys are private JWKs, attack is what this client does wrong, or "". Standard output is
// JSON {sub, name, birthdate, error}; error is the OAuth error of the answer that refused, or what
// openid-client said.
import { text } from "node:stream/consumers";
import { importJWK } from "jose";
import * as oidc from "openid-client";

const { issuer, clientID, redirect, person, key, otherKey, attack } = JSON.parse(await text(process.stdin));
const now = () => Math.floor(Date.now() / 1000);

async function configure(change = () => {}) {
  const signing = await importJWK(attack === "other key" ? otherKey : key, "ES256");
  const authentication = oidc.PrivateKeyJwt(
    { key: signing, kid: key.kid },
    {
      [oidc.modifyAssertion]: (_, payload) => {
        payload.aud = `${issuer}/token`;
        if (attack === "other audience") payload.aud = "https://elsewhere.example/token";
        if (attack === "expired") {
          Object.assign(payload, { iat: now() - 600, nbf: now() - 600, exp: now() - 300 });
        }
        change(payload);
      },
    },
  );
  const metadata = { id_token_signed_response_alg: "ES256" };
  return oidc.discovery(new URL(issuer), clientID, metadata, authentication, {
    execute: [oidc.allowInsecureRequests], // loopback
  });
}

// begin asks for a login and comes back as the person.
async function begin(config) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = { redirect_uri: redirect, scope: "openid name birthdate", state, nonce, max_age: "240" };
  if (attack !== "no PKCE") {
    parameters.code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
    parameters.code_challenge_method = "S256";
  }
  const address = oidc.buildAuthorizationUrl(config, parameters);
  const shown = await fetch(address, { redirect: "manual" });
  let back = shown.headers.get("location");
  if (!back) {
    const picked = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ person }),
      redirect: "manual",
    });
    back = picked.headers.get("location");
  }
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 240 };
  if (attack === "wrong verifier") checks.pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  return { back: new URL(back), checks };
}

async function login() {
  let jti;
  const config = await configure((payload) => {
    if (attack === "replayed jti") payload.jti = jti ??= payload.jti;
  });
  const { back, checks } = await begin(config);
  let tokens = await oidc.authorizationCodeGrant(config, back, checks);
  if (attack === "code used twice") {
    tokens = await oidc.authorizationCodeGrant(config, back, checks);
  }
  if (attack === "replayed jti") {
    const again = await begin(config);
    tokens = await oidc.authorizationCodeGrant(config, again.back, again.checks);
  }
  const claims = tokens.claims();
  return oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
}

let result;
try {
  const { sub, name, birthdate } = await login();
  result = { sub, name, birthdate, error: "" };
} catch (e) {
  result = { error: e.error ?? `${e.name}: ${e.message}` };
}
process.stdout.write(JSON.stringify(result));
