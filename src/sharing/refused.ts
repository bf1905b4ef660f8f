/**
 * How what somebody asks to do is refused: NotPermitted says no more than that, NotValid says what is lacking. The graph calls
 * them by their codes (src/graph/executor.ts); anything else that is thrown is no refusal.
 */

/** The requester may not do this. Said alike whether or not the person exists. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** The statement, or the question, lacks something; `problems` may be shown: they speak of it, not of a person. */
export class NotValid extends Error {
  override readonly name = 'NotValid';
  constructor(readonly problems: readonly string[]) {
    super('what was said or asked is not complete');
  }
}
