/**
 * How what somebody asks to do is refused: NotPermitted says no more than that, NotValid says what is lacking. The graph calls
 * them by their codes (src/graph/executor.ts); anything else that is thrown is no refusal.
 */

/** The requester may not do this. Said alike whether or not the person exists. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** The statement lacks something; `problems` may be shown: they speak of the statement, not of a person. */
export class NotValid extends Error {
  override readonly name = 'NotValid';
  constructor(readonly problems: readonly string[]) {
    super('the statement is not complete');
  }
}
