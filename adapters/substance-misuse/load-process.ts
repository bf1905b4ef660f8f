/**
 * The process that loads: sorting two million rows blocks for seconds, which the gateway must not. Started by loading.ts
 * with one request, answers with one outcome, and ends when the gateway does.
 */
import { type LoadRequest, loadExtract } from './load.js';

process.once('disconnect', () => process.exit(1));
process.once('message', async (request: LoadRequest) => {
  const outcome = await loadExtract(request);
  process.send?.(outcome, () => process.disconnect());
});
