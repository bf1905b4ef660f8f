/** Reads the clauses, the house rules and the packs that an authority picked from `schema/protocols`, and merges them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Protocol } from '../domain/protocol.js';
import { type Clauses, readClauses } from './clauses.js';
import { type Finding, mergePacks } from './merge.js';
import { PACKS, type Pack, readPack } from './pack.js';
import { ProtocolError } from './yaml.js';

/** A policy file that stands beside the gateway's own: `file` begins with whose it is. */
export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

export interface LoadedProtocol {
  readonly protocol: Protocol;
  readonly findings: readonly Finding[];
  readonly clauses: Clauses;
  readonly house: Pack;
  readonly packs: readonly Pack[];
  /** The extra policies of the picked packs. */
  readonly policies: readonly PolicyFile[];
  /** The texts on which decisions rest beside policies: part of the policy version. */
  readonly texts: readonly string[];
}

/** Reads `clauses.yaml`. Throws ProtocolError. */
export function loadClauses(folder: string): Clauses {
  return readClauses(read(join(folder, 'clauses.yaml')));
}

/**
 * Reads and merges the packs with these ids. Throws ProtocolError on an unknown or repeated pack, and on whatever is wrong
 * in one, saying which and where. No pack at all leaves the house rules.
 */
export function loadProtocol(folder: string, picked: readonly string[]): LoadedProtocol {
  const clauses = loadClauses(folder);
  const houseText = read(join(folder, 'house.yaml'));
  const house = readPack(houseText, 'house.yaml', clauses, true);
  picked.forEach((id, i) => {
    if (!isPack(id)) throw new ProtocolError(`there is no protocol pack ${id}; there are ${PACKS.join(', ')}`);
    if (picked.indexOf(id) !== i) throw new ProtocolError(`the protocol pack ${id} is picked twice`);
  });
  const texts = picked.map((id) => read(join(folder, `${id}.yaml`)));
  const packs = texts.map((text, i) => readPack(text, `${picked[i]}.yaml`, clauses));
  packs.forEach(({ id }, i) => {
    if (id !== picked[i]) throw new ProtocolError(`${picked[i]}.yaml: its id is ${id}`);
  });
  const policies = packs.flatMap((pack) => policiesOf(folder, pack));
  return { ...mergePacks(house, packs), clauses, house, packs, policies, texts: [houseText, ...texts] };
}

/** Every pack of the project, each by itself. */
export function loadEveryPack(folder: string): readonly Pack[] {
  const clauses = loadClauses(folder);
  return PACKS.map((id) => readPack(read(join(folder, `${id}.yaml`)), `${id}.yaml`, clauses));
}

function isPack(id: string): boolean {
  return (PACKS as readonly string[]).includes(id);
}

function policiesOf(folder: string, pack: Pack): PolicyFile[] {
  return pack.policies.map((file) => {
    if (!existsSync(join(folder, file))) throw new ProtocolError(`${pack.id}.yaml: there is no policy file ${file}`);
    return { file: `${pack.id}: ${file}`, text: read(join(folder, file)) };
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ProtocolError(`${file} cannot be read`);
  }
}
