/** What a command that failed says of why. */

const NOT_LISTENING: { readonly [code: string]: string } = {
  EADDRINUSE: 'something else listens there, perhaps one that was started before; name another port, or 0 for any',
  EACCES: 'this user may not; name a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** The error's own message; of an address that could not be listened on, what to do about it (which setting names it is in the command's help). */
export function inPlainWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('syscall' in error && error.syscall === 'listen' && 'code' in error)) return error.message;
  const why = NOT_LISTENING[String(error.code)];
  const { address, port } = error as { address?: unknown; port?: unknown };
  return why === undefined ? error.message : `cannot listen on ${address}:${port} (${error.code}): ${why}`;
}
