/**
 * Certificates for tests, made when the test runs: an authority and what it issues (X.509 v3, RFC 5280; P-256), so that
 * nothing is committed, nothing expires and no program beside Node is needed.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key as PEM, and as files. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface Authority extends Issued {
  issue(ask: {
    readonly commonName: string;
    readonly use: 'server' | 'client';
    /** DNS names and IPv4 addresses of a server. */
    readonly hosts?: readonly string[];
    /** Days from now until it ends; negative: it has ended. */
    readonly days?: number;
    readonly passphrase?: string;
  }): Issued;
}

const DAY_MS = 86_400_000;
const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  extKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
} as const;

export function createAuthority(commonName: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-certificates-'));
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let files = 0;
  const issued = (der: Buffer, key: KeyObject, passphrase?: string): Issued => {
    files += 1;
    const certificate = pem('CERTIFICATE', der);
    const exported = key.export({
      type: 'pkcs8',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
    }) as string;
    const certificateFile = join(folder, `${files}.crt`);
    const keyFile = join(folder, `${files}.key`);
    writeFileSync(certificateFile, certificate);
    writeFileSync(keyFile, exported, { mode: 0o600 });
    return { certificate, key: exported, certificateFile, keyFile };
  };
  const root = certificateOf({
    subject: commonName,
    issuer: commonName,
    publicKey: own.publicKey,
    signWith: own.privateKey,
    until: Date.now() + DAY_MS,
    extensions: [
      // cA TRUE; keyCertSign and cRLSign
      extension(OID.basicConstraints, true, sequence(tlv(0x01, Buffer.from([0xff])))),
      extension(OID.keyUsage, true, tlv(0x03, Buffer.from([1, 0b00000110]))),
    ],
  });
  return {
    ...issued(root, own.privateKey),
    issue({ commonName: subject, use, hosts = [], days = 1, passphrase }) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = hosts.map((host) =>
        /^[\d.]+$/.test(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
      );
      const der = certificateOf({
        subject,
        issuer: commonName,
        publicKey: keys.publicKey,
        signWith: own.privateKey,
        until: Date.now() + days * DAY_MS,
        extensions: [
          // digitalSignature
          extension(OID.keyUsage, true, tlv(0x03, Buffer.from([7, 0b10000000]))),
          extension(OID.extKeyUsage, false, sequence(oid(OID[use]))),
          ...(names.length === 0 ? [] : [extension(OID.subjectAltName, false, sequence(...names))]),
        ],
      });
      return issued(der, keys.privateKey, passphrase);
    },
  };
}

function certificateOf(of: {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signWith: KeyObject;
  readonly until: number;
  readonly extensions: readonly Buffer[];
}): Buffer {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const name = (text: string) => sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(text)))));
  // Positive, never zero (§4.1.2.2).
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    name(of.issuer),
    sequence(time(of.until - 10 * DAY_MS), time(of.until)),
    name(of.subject),
    of.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...of.extensions)),
  );
  return sequence(body, algorithm, tlv(0x03, Buffer.from([0]), sign('sha256', body, of.signWith)));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

/** UTCTime (until 2049, §4.1.2.5.1). */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
