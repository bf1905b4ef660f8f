/** `threshold world load`: a world in real systems, and log-ins that may do no more than they should. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { EXPECTATION } from '../../adapters/social-care/deployment.js';
import { loadFhir, loadTargets } from '../../src/cli/load-world.js';
import { REALM_AUDIENCE, realmOf } from '../../src/cli/openid-realm.js';
import { serverAt, serverOptions } from '../../src/mssql/server.js';
import { checkSql } from '../../src/sources/check/check-sql.js';
import { openStore } from '../../src/store/store.js';
import { MSSQL_URL } from '../databases.js';

const WORLD = 'test/worlds/walsall-road';

(MSSQL_URL === undefined ? describe.skip : describe)('a world loaded into SQL Server', () => {
  it('is read by a log-in that may only read, and kept by a store whose log-in owns it', async () => {
    const admin = serverAt(String(MSSQL_URL));
    const mark = randomUUID().slice(0, 8);
    const urlOf = (name: string) => {
      const url = new URL(String(MSSQL_URL));
      [url.username, url.password, url.pathname] = [`tt_${name}_${mark}`, "In'vented-1", `/tt_${name}_${mark}`];
      return url.href;
    };
    const [sources, store] = [urlOf('care'), urlOf('gate')];
    const folder = await mkdtemp(join(tmpdir(), 'threshold-realm-'));
    const realm = { file: join(folder, 'realm.json'), password: 'invented' };
    const said: string[] = [];
    const load = () =>
      loadTargets(WORLD, { admin: String(MSSQL_URL), sources, store, realm }, (line) => said.push(line));
    await load();
    await load();
    expect(said.filter((line) => line.startsWith('store'))).toEqual([
      'store: directory, links and registers',
      'store: is filled already, left as it is',
    ]);
    const report = await checkSql(serverAt(sources), EXPECTATION, {
      today: '2026-11-23',
      maxAgeDays: 31,
      sample: 500,
    });
    expect(report.findings.filter(({ level }) => level === 'FAULT')).toEqual([]);
    const opened = await openStore({ kind: 'mssql', url: store });
    expect(await opened.read('SELECT id FROM agency')).toHaveLength(6);
    await opened.close();
    expect(JSON.parse(await readFile(realm.file, 'utf8')).users).toHaveLength(35);
    await rm(folder, { recursive: true });
    const owner = await new DataSource(serverOptions(admin)).initialize();
    for (const name of [`tt_care_${mark}`, `tt_gate_${mark}`]) await owner.query(`DROP DATABASE ${name}`);
    for (const name of [`tt_care_${mark}`, `tt_gate_${mark}`]) await owner.query(`DROP LOGIN ${name}`);
    await owner.destroy();
  });
});

describe('a world’s FHIR resources', () => {
  interface Bundle {
    readonly type: string;
    readonly entry: readonly { readonly request: { readonly method: string; readonly url: string } }[];
  }

  async function serve(answer: (bundle: Bundle) => number): Promise<{ base: string; stop(): void }> {
    const server = createServer(async (request, response) => {
      const body: Buffer[] = [];
      for await (const chunk of request) body.push(chunk as Buffer);
      response.writeHead(answer(JSON.parse(Buffer.concat(body).toString()) as Bundle)).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir/`, stop: () => server.close() };
  }

  it('arrive under their own ids, people before what points at them', async () => {
    const arrived: Bundle[] = [];
    const server = await serve((bundle) => {
      arrived.push(bundle);
      return 200;
    });
    const count = await loadFhir(`${WORLD}/sources/mental-health`, server.base);
    server.stop();
    const requests = arrived.flatMap(({ entry }) => entry.map(({ request }) => request));
    expect(requests).toHaveLength(count);
    expect(count).toBeGreaterThan(20);
    expect([...new Set(requests.map(({ method }) => method))]).toEqual(['PUT']);
    const types = requests.map(({ url }) => url.split('/')[0]);
    expect(types.lastIndexOf('Patient')).toBeLessThan(types.indexOf('Condition'));
    expect(arrived.every(({ type }) => type === 'transaction')).toBe(true);
  });

  it('stop at a server that refuses them', async () => {
    const server = await serve(() => 422);
    await expect(loadFhir(`${WORLD}/sources/mental-health`, server.base)).rejects.toThrow('422');
    server.stop();
  });
});

describe('a world’s workers as an OpenID realm', () => {
  const realm = realmOf(
    [{ id: 'sw-a', name: 'Ann Lee Bell', agency: 'csc', roles: ['SOCIAL_WORKER', 'TEAM_MANAGER'] }],
    'pw',
  ) as {
    readonly users: readonly object[];
    readonly clients: readonly { readonly protocolMappers: readonly { readonly config: Record<string, string> }[] }[];
  };

  it('has each as a user with agency and roles', () => {
    expect(realm.users).toEqual([
      expect.objectContaining({
        username: 'sw-a',
        firstName: 'Ann',
        lastName: 'Lee Bell',
        attributes: { agency: ['csc'], roles: ['SOCIAL_WORKER', 'TEAM_MANAGER'] },
      }),
    ]);
  });

  it('gives access tokens every claim that sign-in requires', () => {
    const mappers = realm.clients.flatMap(({ protocolMappers }) => protocolMappers.map(({ config }) => config));
    expect(mappers.map((config) => config['claim.name'] ?? config['included.custom.audience'])).toEqual([
      'sub',
      'agency',
      'roles',
      REALM_AUDIENCE,
      'nbf',
    ]);
    expect(mappers.every((config) => config['access.token.claim'] === 'true')).toBe(true);
  });
});
