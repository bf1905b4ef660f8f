/** Mutual TLS against a real HTTPS server: who is let in, and whom we believe. */
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SourceFailure } from '../../src/sources/contract.js';
import { type ClientCertificate, createJsonHttp } from '../../src/sources/json-http.js';
import { createAuthority, type Issued } from './certificates.js';

const authority = createAuthority('Threshold test authority');
const stranger = createAuthority('Another authority');
const ours = authority.issue({ commonName: 'threshold', use: 'client' });
const signal = AbortSignal.timeout(25_000);

interface Serving {
  readonly url: string;
  /** Common names of the clients that were let in. */
  readonly clients: string[];
  stop(): Promise<void>;
}

async function serve(certificate: Issued, options: ServerOptions = {}): Promise<Serving> {
  const clients: string[] = [];
  const server = createServer(
    {
      cert: certificate.certificate,
      key: certificate.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
      ...options,
    },
    (request, response) => {
      clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clients,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const filesOf = ({ certificateFile, keyFile }: Issued, authorityFile = authority.certificateFile) => ({
  certificateFile,
  keyFile,
  authorityFile,
});

async function ask(url: string, tls?: ClientCertificate): Promise<unknown> {
  const http = createJsonHttp({ name: 'the service', baseUrl: url, ...(tls ? { tls } : {}) });
  try {
    return (await http.ask('/x', signal)).body;
  } finally {
    await http.close();
  }
}

describe('mutual TLS', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(authority.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1', 'localhost'] }));
  });
  afterAll(() => serving.stop());

  it('lets in whoever holds a certificate of the authority', async () => {
    expect(await ask(serving.url, filesOf(ours))).toEqual({ ok: true });
    expect(serving.clients.at(-1)).toBe('threshold');
  });

  it('takes a key under a passphrase', async () => {
    const locked = authority.issue({ commonName: 'threshold-locked', use: 'client', passphrase: 'word' });
    expect(await ask(serving.url, { ...filesOf(locked), passphrase: 'word' })).toEqual({ ok: true });
    expect(serving.clients.at(-1)).toBe('threshold-locked');
  });

  it.each<[string, () => ClientCertificate | undefined, RegExp]>([
    ['no certificate', () => ({ authorityFile: authority.certificateFile }), /cannot be reached/],
    [
      "another authority's certificate",
      () => filesOf(stranger.issue({ commonName: 'threshold', use: 'client' })),
      /cannot be reached/,
    ],
    [
      'an expired certificate',
      () => filesOf(authority.issue({ commonName: 'threshold', use: 'client', days: -1 })),
      /cannot be reached/,
    ],
    [
      "a server's certificate",
      () => filesOf(authority.issue({ commonName: 'threshold', use: 'server' })),
      /cannot be reached/,
    ],
  ])('does not let in whoever holds %s', async (_name, tls, message) => {
    const before = serving.clients.length;
    const asked = ask(serving.url, tls());
    await expect(asked).rejects.toThrow(SourceFailure);
    await expect(asked).rejects.toThrow(message);
    expect(serving.clients).toHaveLength(before);
  });

  it('works over TLS 1.2 alone', async () => {
    const old = await serve(authority.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1'] }), {
      maxVersion: 'TLSv1.2',
    });
    expect(await ask(old.url, filesOf(ours))).toEqual({ ok: true });
    await expect(ask(old.url, { authorityFile: authority.certificateFile })).rejects.toThrow(SourceFailure);
    await old.stop();
  });
});

describe('the certificate of a server', () => {
  it.each<[string, () => Issued, () => ClientCertificate | undefined, string]>([
    [
      'of an authority that is not trusted',
      () => stranger.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1'] }),
      () => filesOf(ours),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      "that the system's authorities do not know",
      () => authority.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1'] }),
      () => undefined,
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    [
      'for another host',
      () => authority.issue({ commonName: '127.0.0.1', use: 'server', hosts: ['elsewhere.example', '127.0.0.2'] }),
      () => filesOf(ours),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'that has expired',
      () => authority.issue({ commonName: 'service', use: 'server', hosts: ['127.0.0.1'], days: -1 }),
      () => filesOf(ours),
      'CERT_HAS_EXPIRED',
    ],
    [
      'that is one for clients',
      () => authority.issue({ commonName: 'service', use: 'client', hosts: ['127.0.0.1'] }),
      () => filesOf(ours),
      'INVALID_PURPOSE',
    ],
  ])('%s ends the connection before anything is asked', async (_name, certificate, tls, code) => {
    const serving = await serve(certificate(), { requestCert: false });
    try {
      await expect(ask(serving.url, tls())).rejects.toThrow(`the service cannot be reached (${code})`);
      expect(serving.clients).toEqual([]);
    } finally {
      await serving.stop();
    }
  });
});

describe('certificate files', () => {
  const locked = authority.issue({ commonName: 'threshold', use: 'client', passphrase: 'word' });
  const make = (tls: ClientCertificate) => () =>
    createJsonHttp({ name: 'the service', baseUrl: 'https://service.example', tls });

  it.each<[string, ClientCertificate, string]>([
    ['that is not there', filesOf({ ...ours, certificateFile: '/nowhere/x.crt' }), 'certificateFile cannot be read'],
    ['of a key that is not there', filesOf({ ...ours, keyFile: '/nowhere/x.key' }), 'keyFile cannot be read'],
    ['of an authority that is not there', filesOf(ours, '/nowhere/ca.crt'), 'authorityFile cannot be read'],
    ['without its key', { certificateFile: ours.certificateFile }, 'belong together'],
    ["with another's key", { ...filesOf(ours), keyFile: locked.keyFile, passphrase: 'word' }, 'do not fit together'],
    ['under a passphrase that is missing', filesOf(locked), 'do not fit together'],
    ['under another passphrase', { ...filesOf(locked), passphrase: 'sesame' }, 'do not fit together'],
    ['that is no certificate', { ...filesOf(ours), certificateFile: ours.keyFile }, 'do not fit together'],
  ])('a file %s stops the source from being made, naming the setting and not the path', (_name, tls, message) => {
    expect(make(tls)).toThrow(SourceFailure);
    expect(make(tls)).toThrow(message);
    expect(make(tls)).not.toThrow(/nowhere|sesame|\.key|\.crt/);
  });
});
