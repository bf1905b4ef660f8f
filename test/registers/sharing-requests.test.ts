/** The register of sharing requests, on every dialect: read as written, answered once, and told apart by how they stand. */
import { describe, expect, it } from '@jest/globals';
import { AlreadyDone } from '../../src/registers/accesses.js';
import { openListing } from '../../src/registers/listing.js';
import { openRegisters } from '../../src/registers/registers.js';
import type { RequestAnswer, SharingRequest } from '../../src/registers/sharing-request.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day } from './said.js';

const request = (changes: Partial<SharingRequest> = {}): SharingRequest => ({
  id: 'r-1',
  holder: 'haven',
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  subjects: ['P-1', 'P-2'],
  categories: ['PLAN', 'STATUS'],
  purpose: 'ASSESSMENT',
  why: 'It’s needed; "quoted".',
  context: 'c',
  urgency: 'URGENT',
  until: day(28),
  recordedAt: day(1),
  ...changes,
});
const answer = (changes: Partial<RequestAnswer> = {}): RequestAnswer => ({
  id: 'a-1',
  request: 'r-1',
  answer: 'REFUSED',
  ground: 'NOT_NECESSARY',
  reasons: 'r',
  at: day(2),
  answeredBy: 'tm-1',
  ...changes,
});
const remark = (n: number) => ({ at: day(n), by: 'w-1', why: 'y' });

describe.each(STORES)('sharing requests on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const registers = openRegisters(store);
    const write = (work: Parameters<typeof store.transaction>[0]) => store.transaction(work);
    return { store, registers, write };
  }

  it('are read as they were written, with every answer and dispute in order', async () => {
    const { store, registers, write } = await open();
    await write((m) => registers.writeRequest(m, request()));
    expect(await registers.sharingRequest('r-1')).toEqual({ ...request(), answers: [] });
    expect(await registers.sharingRequest('none')).toBeUndefined();
    await write((m) => registers.writeAnswer(m, answer(), []));
    await write((m) => registers.writeDispute(m, 'r-1', remark(3)));
    const text = 'A report,\nof two lines.';
    const { ground: _, ...second } = answer({ id: 'a-2', answer: 'CONTRIBUTED', grant: 'g-1', at: day(4) });
    await write((m) => registers.writeAnswer(m, second, [{ id: 'c-1', subject: 'P-1', category: 'PLAN', text }]));
    expect((await registers.sharingRequest('r-1'))?.answers).toEqual([
      { ...answer(), contributions: [], disputed: remark(3) },
      { ...second, contributions: [{ id: 'c-1', subject: 'P-1', category: 'PLAN', text }] },
    ]);
    await store.close();
  });

  it('move the clock when they are answered, disputed or taken back, not when they are asked; each but once', async () => {
    const { store, registers, write } = await open();
    const before = await registers.version();
    await write((m) => registers.writeRequest(m, request()));
    expect(await registers.version()).toBe(before);
    await expect(write((m) => registers.writeDispute(m, 'r-1', remark(2)))).rejects.toBeInstanceOf(AlreadyDone);
    await write((m) => registers.writeAnswer(m, answer(), []));
    await expect(write((m) => registers.writeAnswer(m, answer({ id: 'b' }), []))).rejects.toBeInstanceOf(AlreadyDone);
    await expect(write((m) => registers.writeWithdrawal(m, 'r-1', remark(3)))).rejects.toBeInstanceOf(AlreadyDone);
    await write((m) => registers.writeDispute(m, 'r-1', remark(3)));
    await expect(write((m) => registers.writeDispute(m, 'r-1', remark(4)))).rejects.toBeInstanceOf(AlreadyDone);
    await write((m) => registers.writeWithdrawal(m, 'r-1', remark(4)));
    for (const late of [
      (m: never) => registers.writeAnswer(m, answer({ id: 'b' }), []),
      (m: never) => registers.writeDispute(m, 'r-1', remark(5)),
      (m: never) => registers.writeWithdrawal(m, 'r-1', remark(5)),
    ])
      await expect(write((m) => late(m as never))).rejects.toBeInstanceOf(AlreadyDone);
    expect(await registers.version()).toBe(before + 3);
    expect((await registers.sharingRequest('r-1'))?.withdrawn).toEqual(remark(4));
    await store.close();
  });

  it('are told apart by whom they are of, by whom they are to, and by whether they are open', async () => {
    const { store, registers, write } = await open();
    const { sharingRequests } = openListing(store);
    const all = ['asked', 'refused', 'disputed', 'withdrawn', 'other'].map((id, i) =>
      request({
        id,
        recordedAt: day(i + 1),
        subjects: ['P-1'],
        ...(id === 'other' ? { holder: 'mht', worker: 'w-2' } : {}),
      }),
    );
    for (const one of all) await write((m) => registers.writeRequest(m, one));
    for (const id of ['refused', 'disputed'])
      await write((m) => registers.writeAnswer(m, answer({ id, request: id }), []));
    await write((m) => registers.writeDispute(m, 'disputed', remark(9)));
    await write((m) => registers.writeWithdrawal(m, 'withdrawn', remark(9)));
    const ids = async (found: Promise<readonly SharingRequest[]>) => (await found).map(({ id }) => id);
    expect(await ids(registers.sharingRequestsTo('haven', true, 10))).toEqual(['asked', 'disputed']);
    expect(await ids(registers.sharingRequestsTo('haven', true, 1))).toEqual(['asked']);
    expect(await ids(registers.sharingRequestsTo('haven', false, 10))).toEqual(['withdrawn', 'refused']);
    expect(await registers.openRequestsBy('w-1', 'csc')).toBe(2);
    expect(await registers.openRequestsBy('w-1', 'haven')).toBe(0);
    const page = await registers.sharingRequestsBy('w-1', 'csc', { limit: 2 });
    expect(page.map(({ id }) => id)).toEqual(['withdrawn', 'disputed']);
    const after = { at: day(3), id: 'disputed' };
    expect(await ids(registers.sharingRequestsBy('w-1', 'csc', { limit: 9, after }))).toEqual(['refused', 'asked']);
    expect(await ids(sharingRequests({ limit: 9 }))).toEqual(['other', 'withdrawn', 'disputed', 'refused', 'asked']);
    expect(await ids(sharingRequests({ limit: 9, after }))).toEqual(['refused', 'asked']);
    await store.close();
  });
});
