/** What can be wrong with a log, each by a name. */
export const FAULTS = {
  FILE_MISSING: 'a file of the log is not there',
  FILE_MALFORMED: 'a file of the log is not of its form',
  CHECKPOINT_KEY: 'a checkpoint is signed by none of the keys of the log',
  CHECKPOINT_SIGNATURE: 'the signature of a checkpoint is wrong',
  CHECKPOINT_ORDER: 'checkpoints do not stand in the order of their sizes',
  CHECKPOINT_MISSING: 'the checkpoints do not end with the latest one',
  KEY_ORDER: 'a checkpoint is signed by a key whose time was over',
  COSIGNATURE: 'the cosignature of a witness is wrong',
  TOO_FEW_COSIGNATURES: 'too few witnesses cosigned the latest checkpoint',
  ROLLED_BACK: 'the log is shorter than a checkpoint that was seen of it',
  FORKED: 'the log does not contain what a checkpoint that was seen of it does',
  LEAF_ALTERED: 'a leaf is not the one whose hash stands in the tree',
  TILE_ALTERED: 'a tile is not made of the hashes below it',
  ROOT_DIFFERS: 'the leaves do not lead to the root that a checkpoint was signed over',
  ENTRY_ALTERED: 'an entry is not what its leaf commits to',
  ENTRY_MALFORMED: 'an entry is not in its canonical form',
  ENTRY_MISSING: 'an entry is missing',
  ENTRY_INSERTED: 'an entry stands there that is not in the tree',
  ENTRY_ORDER: 'an entry does not stand at its place',
  TRUNCATED: 'the entries end before the tree does',
  ERASED_BY_STEALTH: 'an entry was erased and no later entry says so',
  POLICIES_MISSING: 'the policies that an entry names are not there',
  POLICIES_ALTERED: 'policies are not those of their version',
  DECISION_DIFFERS: 'a decision does not come out again from its facts and the policies of its version',
  RESTS_ON_ENDED: 'a release rests on something that had been taken back, replaced or ended before it',
  STATEMENT_ORDER: 'an entry rests on what people had said before something that was said earlier',
} as const;

export type FaultCode = keyof typeof FAULTS;

/** The first thing that is wrong. `place` says where: a file, a size, an index. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  constructor(
    readonly code: FaultCode,
    readonly place: string,
  ) {
    super(`${FAULTS[code]}: ${place}`);
  }
}
