/** What `threshold clauses` and `threshold protocols` print. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Carriage, type CarriedClause, readCarried } from '../protocols/carried.js';
import type { ClauseKind } from '../protocols/clauses.js';
import { type LoadedProtocol, loadClauses, loadEveryPack } from '../protocols/load.js';
import { tellDisagreement } from '../protocols/merge.js';

const IN_WORDS: { readonly [C in Carriage]: string } = {
  CARRIED: 'carried',
  PARTLY: 'partly carried',
  DATA: 'carried as data',
  NOT_YET: 'not yet carried',
};

/** The clauses with what carries them, of some kinds or all. Throws ProtocolError when the map is not whole. */
export function listClauses(folder: string, kinds: readonly ClauseKind[]): readonly CarriedClause[] {
  const clauses = loadClauses(folder);
  const map = readCarried(readFileSync(join(folder, 'carried.yaml'), 'utf8'), clauses);
  return kinds.length === 0 ? map : map.filter(({ kind }) => kinds.includes(kind));
}

/** A clause a paragraph: what it says, what carries it, the tests that name it, and what is missing. */
export function tellClauses(map: readonly CarriedClause[]): string[] {
  const lines = map.flatMap(({ id, kind, says, carriage, by, reason }) => [
    `${id.padEnd(7)} ${kind.padEnd(11)} ${IN_WORDS[carriage]}${reason === undefined ? '' : `: ${reason}`}`,
    `        ${says}`,
    ...told('policies', by.policies),
    ...told('packs', by.packs),
    ...told('code', by.code),
    ...told('tests', by.tests),
  ]);
  const count = (carriage: Carriage) => map.filter((clause) => clause.carriage === carriage).length;
  const sum = (Object.keys(IN_WORDS) as Carriage[]).map((carriage) => `${count(carriage)} ${IN_WORDS[carriage]}`);
  return [...lines, `${map.length} clauses: ${sum.join(', ')}`];
}

function told(what: string, places: readonly string[]): string[] {
  return places.length === 0 ? [] : [`          ${what.padEnd(9)} ${places.join(', ')}`];
}

/** The packs that there are, a line each. */
export function tellPacks(folder: string): string[] {
  return loadEveryPack(folder).map(({ id, title }) => `${id.padEnd(36)} ${title}`);
}

/** Every value that holds, who said it and by which clause, where packs disagree, and the policies they add. */
export function tellProtocol(
  { protocol, findings }: Pick<LoadedProtocol, 'protocol' | 'findings'>,
  added: readonly { readonly id: string; readonly file: string; readonly effect: string; readonly says: string }[],
): string[] {
  const disagreements = findings.filter(({ disagree }) => disagree);
  return [
    `packs: ${protocol.packs.length === 0 ? 'none; the house rules hold' : protocol.packs.join(', ')}`,
    '',
    ...findings.map(
      ({ place, holds, said }) =>
        `${place.padEnd(44)} ${holds}  [${said.map(({ pack, clauses }) => `${pack} ${clauses.join(', ')}`).join('; ')}]`,
    ),
    '',
    ...(added.length === 0
      ? ['no policies are added']
      : added.map(({ id, file, effect, says }) => `${effect.padEnd(7)} ${id} (${file}): ${says}`)),
    '',
    ...(disagreements.length === 0 ? ['no two packs disagree'] : disagreements.map(tellDisagreement)),
  ];
}
