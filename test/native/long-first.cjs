/** The proofs over many worlds before all else: begun last, they would keep one worker busy long after the other has nothing left. */
const { default: Sequencer } = require('@jest/test-sequencer');

const LONG = /\/test\/properties\/|\/test\/disclosure\/space\//;

class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))];
  }
}

module.exports = { __esModule: true, default: LongFirst };
