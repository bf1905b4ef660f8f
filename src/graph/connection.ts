/**
 * Relay pages over what was released: cursors, pages and `hasNextPage` are computed after filtering, so that a hidden
 * record moves nothing. A cursor is the id of a shown record, signed: it cannot be made up and tells nothing else.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { missed } from './errors.js';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

export interface Page<T> {
  readonly nodes: readonly T[];
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Always said beside a list: silence must not be read as "nothing there". */
export const NOTICE = 'This list shows only what may be shared with you for this purpose.';

export interface Pages {
  /** Cuts a page, with what stands `beside` it. Throws Refusal BAD_USER_INPUT on a size out of bounds or a cursor of nothing that this list shows. */
  cut<T extends { readonly id: string }, B extends object>(
    items: readonly T[],
    page: PageArguments,
    most: number,
    beside: B,
  ): Page<T> & B;
  /** A page that whoever keeps the list has cut; `endAt` is where it goes on, where that is not after its last node. */
  made<T extends { readonly id: string }>(
    nodes: readonly T[],
    isAfterOthers: boolean,
    isMore: boolean,
    endAt?: string | null,
  ): Page<T>;
  /** How many are wanted, and the id after which: for whoever cuts a page themselves. Throws as `cut` does. */
  wanted(page: PageArguments, most: number): { readonly size: number; readonly afterId: string | undefined };
}

export function createPages(key: string | Buffer): Pages {
  const sign = (id: string) => createHmac('sha256', key).update(id).digest().subarray(0, 9);
  const seal = (id: string) => Buffer.concat([sign(id), Buffer.from(id)]).toString('base64url');
  const open = (cursor: string): string => {
    const bytes = Buffer.from(cursor, 'base64url');
    const id = bytes.subarray(9).toString();
    const isOurs = bytes.length > 9 && timingSafeEqual(bytes.subarray(0, 9), sign(id));
    if (!isOurs) throw missed('CURSOR');
    return id;
  };
  const wanted = ({ first, after }: PageArguments, most: number) => {
    const size = first ?? 25;
    if (size < 0 || size > most) throw missed('PAGE_SIZE');
    return { size, afterId: after ? open(after) : undefined };
  };
  return {
    wanted,
    made: (nodes, isAfterOthers, isMore, endAt) => new Cut(nodes, isAfterOthers, isMore, seal, endAt ?? undefined),
    cut(items, page, most, beside) {
      const { size, afterId } = wanted(page, most);
      const from = afterId === undefined ? 0 : items.findIndex(({ id }) => id === afterId) + 1;
      // Of another list, or of what this one shows no more: to begin anew would be to page for ever.
      if (afterId !== undefined && from === 0) throw missed('CURSOR');
      const nodes = from === 0 && size >= items.length ? items : items.slice(from, from + size);
      return Object.assign(new Cut(nodes, from > 0, from + size < items.length, seal), beside);
    },
  };
}

/** A page whose edges and cursors are made when they are first asked for. */
class Cut<T extends { readonly id: string }> implements Page<T> {
  #edges: Page<T>['edges'] | undefined;
  #pageInfo: Page<T>['pageInfo'] | undefined;

  constructor(
    readonly nodes: readonly T[],
    private readonly hasPrevious: boolean,
    private readonly hasNext: boolean,
    private readonly seal: (id: string) => string,
    private readonly endAt?: string,
  ) {}

  get edges(): Page<T>['edges'] {
    this.#edges ??= this.nodes.map((node) => ({ node, cursor: this.seal(node.id) }));
    return this.#edges;
  }

  get pageInfo(): Page<T>['pageInfo'] {
    this.#pageInfo ??= {
      hasNextPage: this.hasNext,
      hasPreviousPage: this.hasPrevious,
      startCursor: this.#cursorOf(this.nodes[0]),
      endCursor: this.endAt === undefined ? this.#cursorOf(this.nodes.at(-1)) : this.seal(this.endAt),
    };
    return this.#pageInfo;
  }

  #cursorOf(node: T | undefined): string | null {
    return node ? this.seal(node.id) : null;
  }
}
