// An OpenID provider by npm's oidc-provider. Standard input is JSON {client}: the client's metadata. It listens
// on a free port of loopback, or where {issuer, key, cert} says: at the host and port of an https issuer, with
// that certificate. It prints {issuer} as one line, and signs in the same person whenever it is asked. It ends
// when standard input does.
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const acr = "aal3"; // the word of デジタル認証サービス
const person = {
  name: "髙橋　德一",
  birthdate: "19550701",
  gender: "1",
  address: { formatted: "架空県架空市一丁目" },
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { client, issuer: named, key: tlsKey, cert } = JSON.parse((await lines.next()).value);

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: alg };
}

let answer;
const listener = (request, response) => answer(request, response);
const server = named ? https.createServer({ key: tlsKey, cert }, listener) : http.createServer(listener);
const { hostname, port } = new URL(named ?? "http://127.0.0.1:0");
await new Promise((ready) => server.listen(named ? Number(port || 443) : 0, hostname, ready));
const issuer = named ?? `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [await key("ES256"), await key("RS256")] },
  cookies: { keys: ["of this test"] },
  pkce: { required: () => true },
  acrValues: [acr],
  scopes: ["openid", "name", "birthdate"],
  claims: {
    openid: ["sub"],
    name: ["name"],
    birthdate: ["birthdate", "gender", "address"],
    acr: null,
    auth_time: null,
  },
  clientAuthMethods: ["private_key_jwt"],
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...person }) }),
});

const usual = provider.callback();
answer = async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return usual(request, response);
  const { params, prompt, grantId } = await provider.interactionDetails(request, response);
  let result;
  if (prompt.name === "login") {
    result = { login: { accountId: "p3", acr, ts: Math.floor(Date.now() / 1000) } };
  } else {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: "p3", clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
};

process.stdout.write(JSON.stringify({ issuer }) + "\n");
await lines.next();
process.exit(0);
