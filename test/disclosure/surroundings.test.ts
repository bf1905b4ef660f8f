/** What is known before anything is decided: everybody's families whole, the same calls whoever is known where, one version of what was said. */
import { describe, expect, it } from '@jest/globals';
import { FactsChanged } from '../../src/audit/audit.js';
import { View } from '../../src/disclosure/facts/view.js';
import { type GapsAbout, NOBODY, Surroundings } from '../../src/disclosure/surroundings.js';
import { type CircumstanceKind, type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { Purpose } from '../../src/domain/words.js';
import { Links } from '../../src/people/links.js';
import { refKey } from '../../src/people/people.js';
import type { Registers, Said } from '../../src/registers/registers.js';
import type { AllegationReview } from '../../src/registers/reviews.js';
import { Asking, openGates } from '../../src/sources/ask.js';
import { startBudget } from '../../src/sources/budget.js';
import type { Source } from '../../src/sources/contract.js';
import { excepted, judged, said } from '../registers/said.js';

const NOW = '2026-11-23T12:00:00.000Z';
const TELLS = new Set<CircumstanceKind>(['memberships', 'allegations']);
const inFamily = (person: string, isChild = false, family = 'F1') => ({ family, person, included: true, isChild });

/** Persons are `P-x`; a source knows `P-x` as `x` where it is one of its own. */
interface World {
  /** What each source tells of those of its persons who are asked about; undefined: it is down. */
  readonly sources: Record<
    string,
    {
      readonly knows: readonly string[];
      readonly told?: Partial<Circumstances>;
      readonly down?: boolean;
      readonly tells?: ReadonlySet<CircumstanceKind>;
    }
  >;
  readonly said?: (persons: readonly string[]) => Partial<Said>;
  readonly versions?: readonly number[];
  readonly purpose?: Purpose;
  readonly gapsAbout?: GapsAbout;
}

function open({ sources, said: saying = () => ({}), versions = [1], purpose = 'DIRECT_WORK', gapsAbout }: World) {
  const asked: Record<string, (readonly string[])[]> = {};
  const read: (readonly string[])[] = [];
  const list = Object.entries(sources).map(([id, { knows, told, down, tells = TELLS }]) => {
    asked[id] = [];
    return {
      id,
      space: id,
      holder: `${id}-holder`,
      tells,
      circumstances: async (ids: readonly string[]) => {
        asked[id]?.push(ids);
        if (down) throw new Error('down');
        return {
          items: ids.some((local) => knows.includes(local)) ? [{ ...NO_CIRCUMSTANCES, ...told }] : [],
          rejected: 0,
        };
      },
    } as unknown as Source;
  });
  const people = {
    resolve: async (refs: readonly { space: string; local: string }[]) =>
      new Map(refs.map((ref) => [refKey(ref), `P-${ref.local}`])),
    locals: async (persons: readonly string[]) =>
      persons.flatMap((person) =>
        Object.entries(sources).flatMap(([space, { knows }]) =>
          knows.includes(person.slice(2)) ? [{ person, space, local: person.slice(2) }] : [],
        ),
      ),
  };
  let reading = 0;
  const nothing: Said = {
    version: 0,
    consents: [],
    serviceConsents: [],
    exceptions: [],
    judgements: [],
    grants: [],
    emergencies: [],
    reviews: [],
  };
  const registers = {
    read: async (persons: readonly string[]) => {
      read.push(persons);
      const version = versions[Math.min(reading, versions.length - 1)] ?? 0;
      reading += 1;
      return { ...nothing, version, ...saying(persons) };
    },
  } as unknown as Registers;
  const tick = () => performance.now();
  const log = { warn() {} };
  const gates = openGates({ now: () => new Date(NOW), tick, random: () => 0, log, settings: { timeoutMs: 2000 } });
  const asking = new Asking(list, gates, startBudget(20_000, tick), purpose);
  const view = new View(NOW, new Set(['care']));
  const surroundings = new Surroundings(view, new Links(people), asking, registers, purpose, gapsAbout);
  return { surroundings, view, asked, read, registers };
}
const family = { memberships: [inFamily('child', true), inFamily('mother')] };

describe('what sources tell', () => {
  it('is asked of every source that tells anything, of nobody where it knows none of them, so that calls tell nothing', async () => {
    const { surroundings, asked } = open({
      sources: {
        care: { knows: ['child'], told: { memberships: [inFamily('child', true)] } },
        trust: { knows: [] },
        mute: { knows: ['child'], tells: new Set() },
      },
    });
    await surroundings.ensure(['P-child']);
    expect(NOBODY).toBe('-');
    expect(asked).toEqual({ care: [['child'], [NOBODY]], trust: [[NOBODY], [NOBODY]], mute: [] });
  });

  it('is known of everybody in the families of those asked for, of whom a source that told their family is not asked again', async () => {
    const { surroundings, view, asked, read } = open({
      sources: {
        care: { knows: ['child', 'mother'], told: family },
        safe: {
          knows: ['mother'],
          told: { allegations: [{ victim: 'mother', perpetrator: 'man', recordedAt: '2026-01-01' }] },
        },
      },
    });
    await surroundings.ensure(['P-child']);
    expect(asked).toEqual({ care: [['child'], [NOBODY]], safe: [[NOBODY], ['mother']] });
    expect(view.of('allegations', 'P-mother').map(({ perpetrator, holder }) => [perpetrator, holder])).toEqual([
      ['P-man', 'safe-holder'],
    ]);
    expect(view.familiesOf('P-mother').map(({ id }) => id)).toEqual(['care:F1']);
    expect(read).toEqual([['P-child', 'P-mother']]);
  });

  it('is asked again, of further members, of a source that tells no memberships', async () => {
    const { surroundings, asked } = open({
      sources: {
        care: { knows: ['child', 'mother'], told: family },
        safe: { knows: ['child', 'mother'], tells: new Set(['allegations']) },
      },
    });
    await surroundings.ensure(['P-child']);
    expect(asked['safe']).toEqual([['child'], ['mother']]);
  });

  it('is asked once of each person, however often and together with whom they are asked for', async () => {
    const { surroundings, asked, read } = open({
      sources: { care: { knows: ['child', 'mother', 'aunt'], told: family } },
    });
    await Promise.all([surroundings.ensure(['P-child', 'P-child']), surroundings.ensure(['P-child', 'P-mother'])]);
    expect(asked['care']).toEqual([['child'], [NOBODY]]);
    await surroundings.ensure(new Set(['P-mother', 'P-aunt']));
    expect(asked['care']?.slice(2)).toEqual([['aunt'], [NOBODY]]);
    await surroundings.ensure([]);
    expect(asked['care']).toHaveLength(4);
    expect(read).toEqual([['P-child', 'P-mother'], ['P-aunt']]);
  });

  it('is a gap where a source is down: of those whom it is linked to, or of anybody', async () => {
    const sources = { care: { knows: ['child'], down: true } };
    const linked = open({ sources });
    await linked.surroundings.ensure(['P-child', 'P-aunt']);
    expect(linked.view.isUnknown('allegations', ['P-child'])).toBe(true);
    expect(linked.view.isUnknown('plans', ['P-child'])).toBe(false);
    expect(linked.view.isUnknown('allegations', ['P-aunt'])).toBe(false);
    expect(linked.view.isUntold('memberships', 'care-holder', 'P-child')).toBe(true);
    const anybody = open({ sources, gapsAbout: 'ANYBODY' });
    await anybody.surroundings.ensure(['P-child', 'P-aunt']);
    expect(anybody.view.isUnknown('allegations', ['P-aunt'])).toBe(true);
  });

  it('is no gap where a source answers', async () => {
    const { surroundings, view } = open({ sources: { care: { knows: ['child'], told: family } } });
    await surroundings.ensure(['P-child']);
    expect(view.isUnknown('allegations', ['P-child'])).toBe(false);
  });
});

describe('what people said', () => {
  const sources = { care: { knows: ['child', 'mother'], told: family } };
  const service = { ...said({ subject: 'P-child' }), service: 'eh' };

  it('is held by whom it is about, with the version it was read at', async () => {
    const grant = { id: 'g', subject: 'P-child' } as never;
    const emergency = { id: 'm', subject: 'P-mother' } as never;
    const review: AllegationReview = {
      id: 'r',
      holder: 'care-holder',
      victim: 'P-mother',
      perpetrator: 'P-man',
      result: 'DOES_NOT_STAND',
      why: '',
      reviewedAt: NOW,
      reviewedBy: 'w',
    };
    const { surroundings, view } = open({
      sources,
      versions: [7],
      said: () => ({
        consents: [said({ subject: 'P-child' }), said({ id: 'c-2', subject: 'P-child' })],
        serviceConsents: [service],
        judgements: [judged({ subject: 'P-mother' })],
        grants: [grant],
        emergencies: [emergency],
        reviews: [review],
      }),
    });
    expect(surroundings.registersVersion).toBeUndefined();
    await surroundings.ensure(['P-child']);
    const { statements } = surroundings;
    expect(surroundings.registersVersion).toBe(7);
    expect(statements.consents.get('P-child')?.map(({ id }) => id)).toEqual(['c-1', 'c-2']);
    expect(statements.serviceConsents).toEqual(new Map([['P-child', [service]]]));
    expect(statements.judgements).toEqual(new Map([['P-mother', [judged({ subject: 'P-mother' })]]]));
    expect(statements.grants).toEqual(new Map([['P-child', [grant]]]));
    expect(statements.emergencies).toEqual(new Map([['P-mother', [emergency]]]));
    expect(statements.untold).toBe(false);
    const told = { victim: 'P-mother', perpetrator: 'P-man', recordedAt: '2026-01-01' };
    expect(view.reviewOf({ ...told, space: 'care', holder: 'care-holder' })).toBe('DOES_NOT_STAND');
  });

  it('of several persons is held of each who was asked for, once', async () => {
    const of = excepted({ subjects: ['P-child', 'P-aunt', 'P-other'] });
    const { surroundings } = open({ sources, said: () => ({ exceptions: [of] }) });
    await surroundings.ensure(['P-child']);
    expect(surroundings.statements.exceptions).toEqual(new Map([['P-child', [of]]]));
    await surroundings.ensure(['P-aunt']);
    expect(surroundings.statements.exceptions).toEqual(
      new Map([
        ['P-child', [of]],
        ['P-aunt', [of]],
      ]),
    );
  });

  it('is all of one version: where it changed meanwhile, the operation is to be decided again', async () => {
    const still = open({ sources, versions: [7, 7] });
    await still.surroundings.ensure(['P-child']);
    await expect(still.surroundings.ensure(['P-aunt'])).resolves.toBeUndefined();
    const changing = open({ sources, versions: [7, 8] });
    await changing.surroundings.ensure(['P-child']);
    await expect(changing.surroundings.ensure(['P-aunt'])).rejects.toThrow(FactsChanged);
  });

  const unreadable = (purpose: Purpose) => {
    const parts = open({
      sources: {
        care: {
          knows: ['child', 'mother'],
          told: { ...family, allegations: [{ victim: 'mother', perpetrator: 'child', recordedAt: '2026-01-01' }] },
        },
      },
      purpose,
    });
    const emergency = { id: 'm', subject: 'P-child' } as never;
    return Object.assign(parts, {
      emergency,
      fix: Object.assign(parts.registers, {
        read: async () => {
          throw new Error('the store is down');
        },
        readEmergencies: async (persons: readonly string[]) => {
          parts.read.push(persons);
          return { version: 3, emergencies: [emergency] };
        },
      }),
    });
  };

  it('that cannot be read stops the operation', async () => {
    const { surroundings, read } = unreadable('CHILD_PROTECTION');
    await expect(surroundings.ensure(['P-child'])).rejects.toThrow('the store is down');
    expect(read).toEqual([]);
  });

  it('that cannot be read in an emergency leaves emergency access alone: anybody may have refused, every review is open', async () => {
    const { surroundings, view, emergency, read } = unreadable('EMERGENCY');
    await surroundings.ensure(['P-child']);
    const { statements } = surroundings;
    expect([statements.untold, surroundings.registersVersion]).toEqual([true, 3]);
    expect(statements.emergencies).toEqual(new Map([['P-child', [emergency]]]));
    for (const list of ['consents', 'serviceConsents', 'exceptions', 'judgements', 'grants'] as const)
      expect([list, statements[list].size]).toEqual([list, 0]);
    expect(view.of('allegations', 'P-mother').map((row) => view.reviewOf(row))).toEqual(['DISPUTED']);
    expect(read).toEqual([['P-child', 'P-mother']]);
  });

  it('is no less readable in an emergency where it can be read', async () => {
    const { surroundings } = open({
      sources,
      purpose: 'EMERGENCY',
      said: () => ({ consents: [said({ subject: 'P-child' })] }),
    });
    await surroundings.ensure(['P-child']);
    expect([surroundings.statements.untold, surroundings.statements.consents.size]).toEqual([false, 1]);
  });
});
