/** The contract test kit: nothing to find at a provider that keeps the contract, and every planted fault found and named. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../adapters/domestic-abuse/contract-test/checks.js';
import { type CheckResult, testContract } from '../../adapters/domestic-abuse/contract-test/run.js';
import { domesticAbuseHandler } from '../../adapters/domestic-abuse/seed.js';
import { checkProvider } from '../../src/cli/check-provider.js';
import { createAuthority } from '../sources/certificates.js';
import { type Listening, listen } from './http-server.js';
import { type Json, type Plant, planted, type Said } from './planted.js';

const TOKEN = 'provider-token';
const FOLDER = new URL('../../adapters/domestic-abuse/', import.meta.url);
const contractFolder = fileURLToPath(FOLDER);
const fixtures = (): Json[] => JSON.parse(readFileSync(new URL('fixtures/cases.json', FOLDER), 'utf8'));
const PERSONS = ['DA-P-1', 'DA-P-2', 'DA-P-4'];

const running: Listening[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function provider(cases: unknown[] = fixtures(), plant?: Plant): Promise<string> {
  const handler = domesticAbuseHandler(cases, TOKEN);
  const server = await listen(plant ? planted(handler, plant) : handler);
  running.push(server);
  return server.url;
}

async function results(baseUrl: string, persons = PERSONS): Promise<CheckResult[]> {
  const all: CheckResult[] = [];
  for await (const result of testContract({ baseUrl, token: TOKEN, persons, contractFolder })) all.push(result);
  return all;
}

const told = (all: readonly CheckResult[]) =>
  all.flatMap(({ title, faults }) => faults.map(({ at, says, place }) => `${title} | ${at} | ${says} | ${place}`));

describe('the contract test kit at a provider that keeps the contract', () => {
  it('finds nothing, having tried everything', async () => {
    const all = await results(await provider());
    expect(told(all)).toEqual([]);
    expect(all.filter(({ notChecked }) => notChecked !== undefined)).toEqual([]);
    expect(all.map(({ title }) => title)).toEqual(CHECKS.map(({ title }) => title));
  });

  it('says what it could not try when the persons given are on no case, or the provider gives no ETag', async () => {
    const unknown = await results(await provider(), ['nobody-here']);
    expect(told(unknown)).toEqual([
      'finds cases by person, each of the shape of the contract | POST /cases/search, by person | person 1 of those given appears on no case | openapi.yaml, POST /cases/search, answer 200',
    ]);
    const plain = await provider(fixtures(), async (_heard, pass) => {
      const said = await pass();
      return { ...said, headers: { 'content-type': 'application/json' } };
    });
    const all = await results(plain);
    expect([told(all), all.filter(({ notChecked }) => notChecked).map(({ title }) => title)]).toEqual([
      [],
      ['answers conditionally only with what it gave'],
    ]);
  });
});

/** A change of every case document the provider gives. */
const inCases =
  (change: (document: Json) => void): Plant =>
  async ({ path }, pass) => {
    const said = await pass();
    const documents =
      path === '/cases/search' ? (said.body?.cases ?? []) : path.startsWith('/cases/') ? [said.body] : [];
    for (const document of documents) if (document?.caseId) change(document);
    return { ...said, headers: { 'content-type': said.headers['content-type'] ?? '' } };
  };
const onFirst = (change: (document: Json) => void) =>
  inCases((document) => {
    if (document.caseId === 'DA-C-1') change(document);
  });
const inSearch =
  (change: (said: Said, asked: Json) => Said): Plant =>
  async ({ path, body }, pass) => {
    const said = await pass();
    return path === '/cases/search' && said.status === 200 ? change(said, body) : said;
  };
const withCases = (said: Said, cases: unknown[]): Said => ({ ...said, body: { cases } });
const good = (body: unknown): Said => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

describe('the contract test kit finds', () => {
  it.each<[string, Plant, RegExp]>([
    [
      'another word for ready',
      async ({ path }, pass) => (path === '/health' ? good({ status: 'up', contract: '1' }) : pass()),
      /GET \/health \/status \| must be "ok" \| openapi.yaml, GET \/health, answer 200/,
    ],
    [
      'another contract',
      async ({ path }, pass) => (path === '/health' ? good({ status: 'ok', contract: '2' }) : pass()),
      /\/contract \| must be "1"/,
    ],
    [
      'a case open to everybody',
      async ({ method, headers }, pass) =>
        pass(method === 'GET' ? { headers: { ...headers, authorization: `Bearer ${TOKEN}` } } : {}),
      /answers nobody but.*GET \/cases\/\{caseId\}, without a token \| is answered with status 404, not 401 \| openapi.yaml, GET \/cases\/\{caseId\}, answer 401/,
    ],
    [
      'any token taken',
      async ({ headers }, pass) =>
        pass(headers.authorization ? { headers: { ...headers, authorization: `Bearer ${TOKEN}` } } : {}),
      /POST \/cases\/search, with a wrong token \| is answered with status 200, not 401/,
    ],
    [
      'no mark of protection',
      onFirst((c) => delete c.persons[1].locationProtected),
      /by person, case 1 \/persons\/1 \| locationProtected is missing \| case.schema.json, \$defs\/person\/required/,
    ],
    [
      'a person without a role',
      onFirst((c) => delete c.persons[2].role),
      /\/persons\/2 \| role is missing \| case.schema.json, \$defs\/person\/required/,
    ],
    [
      'a role that is none',
      onFirst((c) => (c.persons[2].role = 'son')),
      /\/persons\/2\/role \| must be one of victim, alleged_perpetrator, child, other \| case.schema.json, \$defs\/person\/properties\/role\/enum/,
    ],
    [
      'a misspelt field',
      onFirst((c) => (c.safetyplan = 'x')),
      /case 1 \| safetyplan is not a field of the contract \| case.schema.json, additionalProperties/,
    ],
    [
      'a British date',
      onFirst((c) => (c.openedOn = '04/05/2026')),
      /\/openedOn \| must be a date \(YYYY-MM-DD\) \| case.schema.json, \$defs\/date\/format/,
    ],
    [
      'a British closing date',
      onFirst((c) => (c.closedOn = '04/05/2027')),
      /\/closedOn \| must be a date \(YYYY-MM-DD\) \| case.schema.json/,
    ],
    [
      'an instant that is none',
      onFirst((c) => (c.entries[0].at = 'yesterday')),
      /\/entries\/0\/at \| must be a date \(YYYY-MM-DD\), or must be an instant \(RFC 3339\)/,
    ],
    [
      'a DASH score that is text',
      onFirst((c) => (c.risk.dashScore = '17')),
      /\/risk\/dashScore \| must be integer \| case.schema.json, \$defs\/risk\/properties\/dashScore\/type/,
    ],
    [
      'a DASH score beyond the questions',
      onFirst((c) => (c.risk.dashScore = 25)),
      /\/risk\/dashScore \| must be <= 24/,
    ],
    [
      'a confidentiality that is none',
      onFirst((c) => (c.confidentiality = 'low')),
      /\/confidentiality \| must be one of N, R, V/,
    ],
    [
      'work with two persons',
      onFirst((c) => (c.persons[2].role = 'victim')),
      /\/persons \| must hold exactly one person in the role that workWith names \| case.schema.json, allOf\/0/,
    ],
    [
      'an id that cannot stand in a path',
      onFirst((c) => (c.persons[2].personId = 'a/b')),
      /\/persons\/2\/personId \| must be an id: .* \| case.schema.json, \$defs\/id\/pattern/,
    ],
    [
      'a referral in no direction',
      onFirst((c) => (c.referrals[0].direction = 'sideways')),
      /\/referrals\/0\/direction \| must be one of in, out \| case.schema.json, \$defs\/referral\/properties\/direction\/enum/,
    ],
    ['an empty agency', onFirst((c) => (c.referrals[0].agency = '')), /\/referrals\/0\/agency \| must not be empty/],
    [
      'somebody twice on a case',
      onFirst((c) => c.persons.push(c.persons[1])),
      /case 1 \/persons \| somebody stands on it twice/,
    ],
    [
      'two entries of one id',
      onFirst((c) => (c.entries[1].entryId = c.entries[0].entryId)),
      /case 1 \/entries \| two entries have the same entryId/,
    ],
    [
      'closed before it was opened',
      onFirst((c) => (c.closedOn = '2020-01-01')),
      /case 1 \/closedOn \| is before openedOn \| case.schema.json, properties\/closedOn/,
    ],
    [
      'left before moving in',
      onFirst((c) => (c.persons[0].addresses[1].until = '2018-01-01')),
      /\/persons\/0\/addresses\/1\/until \| is before from/,
    ],
    [
      '17 of 24 and yet medium',
      onFirst((c) => (c.risk.level = 'MEDIUM')),
      /\/risk\/level \| is below HIGH with a DASH score of 14 or more/,
    ],
    [
      'an id in a text',
      onFirst((c) => (c.entries[0].text = 'Seen with DA-P-2.')),
      /\/entries\/0\/text \| names a person by their id/,
    ],
    ['cases of others', inSearch((said) => withCases(said, fixtures())), /for an unknown person \| it holds cases/],
    [
      'a case twice',
      inSearch((said) => withCases(said, [...said.body.cases, ...said.body.cases.slice(0, 1)])),
      /by person \| a case stands in it twice/,
    ],
    [
      'only the first of many',
      inSearch((said, { personIds }) => (personIds?.length > 1 ? withCases(said, said.body.cases.slice(0, 1)) : said)),
      /answers for many as for each.*are not those of each/,
    ],
    [
      'what is not a case among the cases',
      inSearch((said) =>
        withCases(said, [null, 'x', { persons: [null, 7], risk: 'high', worker: 'w' }, ...said.body.cases]),
      ),
      /by person \| something in it is not a case/,
    ],
    [
      'cases in no list',
      inSearch((said) => good(said.body.cases)),
      /POST \/cases\/search, by person \| must be object/,
    ],
    [
      'a case that is thinner alone',
      async ({ method }, pass) => {
        const said = await pass();
        if (method === 'GET' && said.body?.entries) said.body.entries = [];
        return said;
      },
      /gives one case.*case 1 \| is not the document that the search gave \| openapi.yaml, GET \/cases\/\{caseId\}, answer 200/,
    ],
    [
      'teams that are ignored',
      async ({ path, body }, pass) =>
        path === '/cases/search' && body?.teamIds?.length ? pass({ body: { ...body, teamIds: [] } }) : pass(),
      /finds cases by worker and team.*by team \| a case of theirs that the search by person gave is not in it/,
    ],
    [
      'workers of others',
      inSearch((said, { workerIds }) =>
        workerIds?.length
          ? withCases(
              said,
              fixtures().map((c) => ({ ...c, worker: { ...c.worker, id: 'another' } })),
            )
          : said,
      ),
      /by worker \| it holds a case of somebody else/,
    ],
    [
      '404 for an unknown person',
      async ({ body }, pass) => {
        const said = await pass();
        return said.body?.cases?.length === 0 && body?.personIds?.length ? { ...said, status: 404 } : said;
      },
      /for an unknown person \| is answered with status 404, not 200/,
    ],
    [
      'an unknown case that is null',
      async ({ path }, pass) => {
        const said = await pass();
        return path.startsWith('/cases/') && said.status === 404 ? good(null) : said;
      },
      /an unknown id \| is answered with status 200, not 404/,
    ],
    [
      'a query built from ids',
      async ({ path, body }, pass) =>
        path === '/cases/search' && body?.personIds?.includes("' OR '1'='1") ? good({ cases: fixtures() }) : pass(),
      /takes no id for a piece.*for ids full of signs \| it holds cases/,
    ],
    [
      'a crash on signs',
      async ({ path }, pass) =>
        path.startsWith('/cases/') && path.includes('%22') ? { ...good({}), status: 500 } : pass(),
      /an id full of signs \| is answered with status 500, not 404/,
    ],
    [
      'no limit',
      async ({ body }, pass) => (body?.personIds?.length > 500 ? good({ cases: [] }) : pass()),
      /for 501 ids \| is answered with status 200, not 413/,
    ],
    [
      'a smaller limit',
      async ({ body }, pass) => (body?.personIds?.length > 100 ? { ...good({}), status: 413 } : pass()),
      /for 500 ids \| is answered with status 413, not 200/,
    ],
    [
      'every search taken',
      async (_heard, pass) => {
        const said = await pass();
        return said.status === 400 ? good({ cases: [], personIds: [] }) : said;
      },
      /refuses what is not a search.*persons and staff together \| is answered with status 200, not 400/,
    ],
    [
      '500 for what is not JSON',
      async ({ body }, pass) => {
        const said = await pass();
        return body === undefined && said.status === 400 ? { ...said, status: 500 } : said;
      },
      /what is not JSON \| is answered with status 500, not 400/,
    ],
    [
      'names found only as written',
      async ({ path, body }, pass) =>
        path === '/persons/search' && body?.surname === String(body?.surname).toLowerCase() && body?.forename
          ? good({ personIds: [] })
          : pass(),
      /by names in other case \| somebody worked with is not found/,
    ],
    [
      'the beginning of a name',
      async ({ path, body }, pass) =>
        path === '/persons/search' && body?.surname === 'Testcas'
          ? pass({ body: { ...body, surname: 'Testcase' } })
          : pass(),
      /by half a surname \| somebody is found who must not be/,
    ],
    [
      'a birth date that is ignored',
      async ({ path, body }, pass) =>
        path === '/persons/search' && body?.dateOfBirth === '1900-01-01'
          ? pass({ body: { forename: body.forename, surname: body.surname } })
          : pass(),
      /by another birth date \| somebody is found who must not be/,
    ],
    [
      'somebody not worked with',
      async ({ path, body }, pass) =>
        path === '/persons/search' && body?.forename === 'Ottoline' ? good({ personIds: ['DA-P-3'] }) : pass(),
      /by the names of somebody not worked with \| somebody is found who must not be/,
    ],
    [
      'ids that are numbers',
      async ({ path }, pass) => {
        const said = await pass();
        return path === '/persons/search' && said.status === 200 ? good({ personIds: [7] }) : said;
      },
      /POST \/persons\/search \/personIds\/0, by both names \| must be string/,
    ],
    [
      'JSON that is called text',
      async (_heard, pass) => ({ ...(await pass()), headers: { 'content-type': 'text/plain' } }),
      /GET \/health \| the answer is not called application\/json in content-type/,
    ],
    [
      'another charset',
      async (_heard, pass) => ({
        ...(await pass()),
        headers: { 'content-type': 'application/json; charset=windows-1252' },
      }),
      /the answer is not called UTF-8/,
    ],
    [
      'Latin-1 called UTF-8',
      inSearch((said) => ({ ...said, bytes: Buffer.from('{"cases":[],"é":1}', 'latin1') })),
      /by person \| the answer is not JSON in UTF-8/,
    ],
    [
      'JSON that stops',
      inSearch((said) => ({ ...said, bytes: Buffer.from('{"cases":[{"caseId"') })),
      /by person \| the answer is not JSON in UTF-8/,
    ],
    [
      'a redirect',
      async ({ path }, pass) =>
        path === '/health' ? { status: 307, headers: { location: 'https://elsewhere.example/' }, body: {} } : pass(),
      /is answered with status 307, not 200/,
    ],
    [
      'a condition that fails',
      async ({ headers }, pass) => (headers['if-none-match'] ? { ...good({}), status: 412 } : pass()),
      /with its own ETag \| is answered with status 412, not 304/,
    ],
    [
      '304 for any ETag',
      async ({ headers }, pass) => (headers['if-none-match'] ? { status: 304, headers: {}, body: undefined } : pass()),
      /with an ETag it did not give \| is not answered with the case/,
    ],
  ])('%s', async (_name, plant, expected) => {
    const found = told(await results(await provider(fixtures(), plant)));
    expect(found.join('\n')).toMatch(expected);
    // Nothing of what a case holds, and no id of anybody on it.
    expect(found.join('\n')).not.toMatch(/Quillan|Testcase|Samplesson|Fixture|DA-P-|DA-C-|ZZ99|provider-token/);
  });

  it('a provider that is not there, and asks no further', async () => {
    const url = await provider();
    await running.splice(0)[0]?.stop();
    expect(told(await results(url))).toEqual([
      'says that it can be read | the connection | the provider cannot be reached (ECONNREFUSED) | openapi.yaml, servers',
    ]);
  });

  it('a provider that breaks off, in the check that asked', async () => {
    const handler = domesticAbuseHandler(fixtures(), TOKEN);
    const server = await listen((request, response) => {
      if (request.url === '/persons/search') request.socket.destroy();
      else handler(request, response);
    });
    running.push(server);
    const found = told(await results(server.url));
    expect(found).toContainEqual(expect.stringMatching(/^finds the persons.*cannot be reached/));
    expect(found.filter((line) => line.startsWith('gives one case'))).toEqual([]);
  });
});

describe('threshold check-provider', () => {
  const run = async (contract: string, options: Partial<Parameters<typeof checkProvider>[1]>) => {
    const lines: string[] = [];
    const isGood = await checkProvider(
      contract,
      { baseUrl: 'https://cases.service.example', person: PERSONS, token: TOKEN, ...options },
      (line) => lines.push(line),
    );
    return { isGood, lines };
  };

  it('tells each check, the fault with its place in the contract, and the sum', async () => {
    const good = await run('domestic-abuse', { baseUrl: await provider() });
    expect([good.isGood, good.lines.length, good.lines.at(-1)]).toEqual([true, CHECKS.length + 2, 'no fault found']);
    const bad = await run('domestic-abuse', {
      baseUrl: await provider(
        fixtures(),
        onFirst((c) => delete c.persons[1].locationProtected),
      ),
    });
    expect(bad.isGood).toBe(false);
    expect(bad.lines).toContain('FAULT   finds cases by person, each of the shape of the contract');
    expect(bad.lines).toContain(
      '          POST /cases/search, by person, case 1 /persons/1: locationProtected is missing [case.schema.json, $defs/person/required]',
    );
  });

  it('asks by certificate alone where the provider knows us by it', async () => {
    const authority = createAuthority('Test authority');
    const own = authority.issue({ commonName: 'cases', use: 'server', hosts: ['127.0.0.1'] });
    const client = authority.issue({ commonName: 'threshold', use: 'client' });
    const handler = domesticAbuseHandler(fixtures(), TOKEN);
    // The certificate stands for the token.
    const plant: Plant = (heard, pass) => pass({ headers: { ...heard.headers, authorization: `Bearer ${TOKEN}` } });
    const server = createServer(
      { cert: own.certificate, key: own.key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
      planted(handler, plant),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const lines: string[] = [];
      const files = { certificate: client.certificateFile, key: client.keyFile, authority: authority.certificateFile };
      expect(
        await checkProvider('domestic-abuse', { baseUrl, person: PERSONS, ...files }, (line) => lines.push(line)),
      ).toBe(true);
      expect(lines.at(-1)).toBe('no fault found');
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it.each<[string, string, object, RegExp]>([
    ['a contract there is none of', 'probation', {}, /no contract probation; there are domestic-abuse/],
    ['no person', 'domestic-abuse', { person: [] }, /give --person/],
    ['no address', 'domestic-abuse', { baseUrl: 'nonsense' }, /--base-url is not a URL/],
    ['a certificate without its key', 'domestic-abuse', { certificate: '/x' }, /belong together/],
  ])('with %s says what to give', async (_name, contract, options, message) => {
    await expect(run(contract, options)).rejects.toThrow(message);
  });
});
