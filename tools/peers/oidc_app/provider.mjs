// An OpenID provider whose users are what the tests need: a name that begins with "un" has an address that was not verified.
// Each POST to /rotate signs with a new key from then on, and the old one is gone.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.env.OIDC_PORT);
const issuer = `http://127.0.0.1:${port}`;
const back = process.env.OIDC_BACK;

function fresh(number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}`, use: 'sig', alg: 'RS256' };
}

function made(number) {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'lockgate',
      client_secret: 'ci-secret-0123456789012345678901',
      redirect_uris: [back],
      grant_types: ['authorization_code'],
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
    async findAccount(_context, id) {
      return {
        accountId: id,
        async claims() {
          const email = id.includes('@') ? id.replace(/^un-/, '') : `${id}@haldenvalve.example`;
          return { sub: `sub-${id}`, email, email_verified: !id.startsWith('un-'), name: `Name of ${id.split('@')[0]}` };
        },
      };
    },
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile'],
    conformIdTokenClaims: process.env.OIDC_CONFORM === 'yes',
    jwks: { keys: [fresh(number)] },
  });
  return provider.callback();
}

let number = 1;
let answer = made(number);
createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/rotate') {
    answer = made(number += 1);
    response.end('turned');
    return;
  }
  answer(request, response);
}).listen(port, '127.0.0.1');
