/** Single parts: a warm decision, the audit's cost per release, what a board cannot do without, and source calls by the number of families. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type AuditEntryBody, openAudit } from '../src/audit/audit.js';
import { createDecide } from '../src/disclosure/decide.js';
import { Ledger } from '../src/disclosure/ledger.js';
import { loadPolicies } from '../src/disclosure/policies.js';
import type { FactRecord } from '../src/domain/facts.js';
import { packagePath } from '../src/package-path.js';
import { openStore } from '../src/store/store.js';
import { startGateway } from './gateway.js';
import { BOARD } from './operations.js';
import { makeRecords } from './records.js';

export async function measureParts(): Promise<string> {
  return ['## Parts', warmDecision(), await auditCost(), await boardFloor(), await sourceCalls()].join('\n\n');
}

function warmDecision(): string {
  const policies = loadPolicies(packagePath('schema', 'policies'));
  const decide = createDecide(policies, () => {});
  const base = parse(readFileSync(packagePath('schema', 'policies', 'cases', 'base.yaml'), 'utf8')) as FactRecord;
  const variants = (['PLAN', 'STATUS', 'WORKBOOK', 'IDENTITY'] as const).map(
    (category): FactRecord => ({ ...base, category, onFamilyTeam: true }),
  );
  const cold = process.hrtime.bigint();
  for (const facts of variants) decide(facts);
  const coldMicros = Number(process.hrtime.bigint() - cold) / 1000 / variants.length;
  const count = 1_000_000;
  for (let i = 0; i < 100_000; i += 1) decide(variants[i % 4] ?? base);
  const from = process.hrtime.bigint();
  for (let i = 0; i < count; i += 1) decide(variants[i % 4] ?? base);
  const warm = Number(process.hrtime.bigint() - from) / count / 1000;
  return `Decision on a fact record: warm ${warm.toFixed(2)} µs (${count.toLocaleString('en')} decisions), first time ${coldMicros.toFixed(0)} µs with its reasons.`;
}

/** CPU of noting 300 releases, making their entry and committing it, over entries written back to back. */
async function auditCost(): Promise<string> {
  const store = await openStore({
    kind: 'sqlite',
    file: join(mkdtempSync(join(tmpdir(), 'threshold-audit-')), 'store.sqlite'),
  });
  const audit = openAudit(store);
  const decide = createDecide(loadPolicies(packagePath('schema', 'policies')), () => {});
  const base = parse(readFileSync(packagePath('schema', 'policies', 'cases', 'base.yaml'), 'utf8')) as FactRecord;
  const decision = decide({ ...base, onFamilyTeam: true });
  const releases = 300;
  const entries = 500;
  const write = async (n: number) => {
    const ledger = new Ledger();
    for (let i = 0; i < releases; i += 1) {
      const line = ledger.lineOf({
        subject: `P-${i % 100}`,
        holder: 'csc',
        type: 'ChildInNeedPlan',
        category: 'PLAN',
        outcome: 'RELEASED',
        decision,
        basis: 'CONSENT',
        evidence: [`c-${i % 100}`],
        unknown: [],
      });
      ledger.note(line, `plan-${i}`);
    }
    // In the order in which the gateway puts its entries down.
    const body: AuditEntryBody = {
      at: new Date().toISOString(),
      decisions: ledger.decisions,
      id: `bench-${n}`,
      operation: { name: 'bench', sha256: '', type: 'query' },
      outcomes: ledger.outcomes,
      policyVersion: 'bench',
      purpose: 'SUPERVISION',
      requester: { agency: 'csc', role: 'SOCIAL_WORKER', worker: 'w' },
      result: 'ANSWERED',
      v: 1,
    };
    await audit.append(body);
  };
  for (let n = 0; n < 50; n += 1) await write(-n - 1);
  const before = process.cpuUsage();
  for (let n = 0; n < entries; n += 8) await Promise.all(Array.from({ length: 8 }, (_, i) => write(n + i)));
  const { user, system } = process.cpuUsage(before);
  await store.close();
  return `Audit: ${((user + system) / entries / releases).toFixed(2)} µs of CPU per release (entries of ${releases} releases, 8 at a time, durable).`;
}

/** What the rules ask of every board, alone and best case: who its people are and what they said, read fresh; its entry, durable. */
async function boardFloor(): Promise<string> {
  const gateway = await startGateway(makeRecords(25), new Map());
  const { house, audit } = gateway;
  await (
    await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({ query: BOARD, variables: { first: 25 } }),
    })
  ).arrayBuffer();
  const [board] = await audit.read({ worker: 'bench-sw', limit: 1 });
  if (!board) throw new Error('the board has no entry');
  const persons = [...new Set(board.body.outcomes.map(([, person]) => person))];
  const releases = board.body.outcomes.reduce((sum, [, , , , ids]) => sum + ids.length, 0);
  let entries = 0;
  const parts: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['standing and agencies of the requester', () => house.directory.standing('bench-sw', 'csc', 'SOCIAL_WORKER')],
    [`links of ${persons.length} persons`, () => house.people.locals(persons)],
    [`what was said of ${persons.length} persons`, () => house.registers.read(persons)],
    [
      `the entry of ${releases} releases, 8 at a time, before it is put into the tree`,
      () => audit.append({ ...board.body, id: `floor-${entries++}` }),
    ],
  ];
  await gateway.sequencer.stop();
  const rows: string[] = [];
  for (const [name, work] of parts) {
    for (let i = 0; i < 25; i += 1) await Promise.all(Array.from({ length: 8 }, work));
    const before = process.cpuUsage();
    for (let i = 0; i < 50; i += 1) await Promise.all(Array.from({ length: 8 }, work));
    const { user, system } = process.cpuUsage(before);
    rows.push(`| ${name} | ${((user + system) / 400).toFixed(0)} |`);
  }
  await gateway.stop();
  return `What a team board cannot do without, each alone in its best case (to be held against a quarter of default Apollo's CPU a board,
beside what Apollo and the compiled executor take by themselves, \`apollo-gateway-jit\` above):

| part | CPU µs a board |
|---|---|
${rows.join('\n')}`;
}

async function sourceCalls(): Promise<string> {
  const rows: string[] = [];
  for (const families of [1, 10, 100, 1000]) {
    const counts = new Map<string, number>();
    const gateway = await startGateway(makeRecords(families), counts);
    counts.clear();
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({ query: BOARD, variables: { first: 1000 } }),
    });
    const { data } = (await response.json()) as { data: { families: { nodes: unknown[] } } };
    await gateway.stop();
    rows.push(
      `| ${families} | ${data.families.nodes.length} | ${[...counts].map(([source, n]) => `${source} ${n}`).join(', ')} |`,
    );
  }
  return `Source calls of the team board:\n\n| families | answered | calls |\n|---|---|---|\n${rows.join('\n')}`;
}
