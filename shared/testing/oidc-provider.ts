import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OidcProvider } from '#shared/contract/oidc-provider.ts';
import { randomToken } from '#shared/kernel/random.ts';

const CLIENT_ID = 'necpgame-test';
const REDIRECT_URI = 'http://127.0.0.1/callback';

/** Somebody who has an account at the provider. */
export interface ProviderUser {
  readonly sub: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
}

/** A key that the provider signs with. */
export interface ProviderKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export type TestOidcProvider = Awaited<ReturnType<typeof startOidcProvider>>;

/** A fresh signing key. */
export function newProviderKey(alg: ProviderKey['alg'] = 'RS256', kid: string = alg + randomToken(6)): ProviderKey {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, alg, ...pair };
}

/**
 * A real OpenID provider on loopback, with one public client. Players sign in to it by the authorization code flow with
 * PKCE, through its own pages.
 * @param port fixed where a stage's configuration names it; free otherwise.
 */
export async function startOidcProvider(port = 0) {
  const { default: Provider } = await import('oidc-provider');
  const users = new Map<string, ProviderUser>();
  let answer: RequestListener = (_request, response) => response.writeHead(503).end();
  let keyFetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/jwks') keyFetches += 1;
    return answer(request, response);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config: OidcProvider = {
    id: 'test',
    issuer,
    audiences: [CLIENT_ID],
    jwksUri: `${issuer}/jwks`,
    displayName: 'Test provider',
  };

  function serveWith(key: ProviderKey): RequestListener {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          redirect_uris: [REDIRECT_URI],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          id_token_signed_response_alg: key.alg,
        },
      ],
      jwks: {
        keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: key.kid, alg: key.alg, use: 'sig' }] as never,
      },
      cookies: { keys: [randomToken()] },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      // The token itself is what a game client passes on: its claims belong in it.
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: true } },
      findAccount: (_context, sub) => ({
        accountId: sub,
        claims: () => {
          const { email, emailVerified } = users.get(sub) ?? {};
          return { sub, ...(email ? { email, email_verified: emailVerified ?? false } : {}) };
        },
      }),
    });
    return provider.callback();
  }

  let key = newProviderKey();
  answer = serveWith(key);

  return {
    config,
    /** The key that it signs with now. */
    key: () => key,
    /** How often its keys were asked for. */
    keyFetches: () => keyFetches,

    /** Signs with another key from now on; the old one is gone from its key set. */
    rotate(next = newProviderKey()): void {
      key = next;
      answer = serveWith(next);
    },

    /** Answers every request this way until the undo is called. */
    break(brokenAnswer: RequestListener): () => void {
      const before = answer;
      answer = brokenAnswer;
      return () => {
        answer = before;
      };
    },

    /** Signs a player in as their browser would; the identity token that the client gets. */
    async signIn(user: ProviderUser, nonce: string): Promise<string> {
      users.set(user.sub, user);
      const verifier = randomToken();
      const browser = createBrowser(issuer);
      const request = new URLSearchParams({
        client_id: CLIENT_ID,
        response_type: 'code',
        scope: 'openid email',
        redirect_uri: REDIRECT_URI,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        nonce,
      });
      const login = await browser.follow(`/auth?${request}`);
      const consent = await browser.follow(login, { prompt: 'login', login: user.sub, password: 'any' });
      const callback = new URL(await browser.follow(consent, { prompt: 'consent' }));
      const reply = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: CLIENT_ID,
          redirect_uri: REDIRECT_URI,
          code: callback.searchParams.get('code') ?? '',
          code_verifier: verifier,
        }),
      });
      const { id_token: idToken } = (await reply.json()) as { id_token?: string };
      if (!idToken) throw new Error(`${callback} led to no identity token (${reply.status})`);
      return idToken;
    },

    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Keeps cookies, and follows redirects until a page is shown or the client's own address is reached. */
function createBrowser(issuer: string) {
  const cookies = new Map<string, string>();

  async function send(url: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(url, issuer), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name) cookies.set(name, value ?? '');
    }
    return response;
  }

  return {
    /** Sends a form, or asks for a page; the address at which it ends. */
    async follow(url: string, form?: Record<string, string>): Promise<string> {
      let address = url;
      let response = await send(address, form);
      for (let hops = 0; hops < 10; hops += 1) {
        const location = response.headers.get('location');
        if (!location) {
          if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
          return address;
        }
        address = new URL(location, issuer).href;
        if (address.startsWith(REDIRECT_URI)) return address;
        response = await send(address);
      }
      throw new Error(`${url} redirects without end`);
    },
  };
}
