/**
 * The rules on the command line: `threshold clauses` and `protocols` tell what they rest on, `policies` what they come to, and
 * `decide` and `replay` decide by them.
 */
import { type Command, Option } from 'commander';
import { openAudit } from '../audit/audit.js';
import { readConfig } from '../config.js';
import { createDecide } from '../disclosure/decide.js';
import { loadPolicies, type Policies } from '../disclosure/policies.js';
import { recordedDiff, recordedJson, recordedText } from '../disclosure/recorded-diff.js';
import { replayLog } from '../disclosure/replay.js';
import { changesBetween, changesJson, changesText } from '../disclosure/space/diff.js';
import { sharingMatrix } from '../disclosure/space/matrix.js';
import { matrixCsv, matrixMarkdown } from '../disclosure/space/matrix-text.js';
import { packagePath } from '../package-path.js';
import { CLAUSE_KINDS, type ClauseKind } from '../protocols/clauses.js';
import { PACKS } from '../protocols/pack.js';
import { loadRules } from '../rules.js';
import { openConfiguredStore } from './configured.js';
import { decideLines } from './decide.js';
import { listClauses, tellClauses, tellPacks, tellProtocol } from './protocols.js';
import { wholeNumber } from './whole-number.js';

interface DiffOptions {
  readonly json?: boolean;
  readonly log?: boolean;
  readonly world?: string;
}

/** Adds the commands. */
export function addRulesCommands(program: Command): void {
  addProtocols(program);
  addPolicies(program);
  addDeciding(program);
}

function addProtocols(program: Command): void {
  program
    .command('clauses')
    .description('the clauses of the protocols: what carries each, and the tests that name it')
    .addOption(new Option('--kind <kind...>', 'only of these kinds').choices(CLAUSE_KINDS))
    .option('--json', 'as JSON: id, kind, says, means, carriage, by, reason')
    .action(({ kind = [], json }: { kind?: ClauseKind[]; json?: boolean }) => {
      const clauses = listClauses(packagePath('schema', 'protocols'), kind);
      console.log(json ? JSON.stringify(clauses, null, 2) : tellClauses(clauses).join('\n'));
    });

  const protocols = program.command('protocols').description('the protocol packs');
  protocols
    .command('list')
    .description('the packs that there are')
    .action(() => console.log(tellPacks(packagePath('schema', 'protocols')).join('\n')));
  protocols
    .command('show [packs...]')
    .description(
      'what holds under these packs (else those of THRESHOLD_PROTOCOLS), by which clause, and where they disagree',
    )
    .action((packs: string[]) => {
      const rules = rulesInForce(packs);
      const added = rules.policies.all.filter(({ file }) => file.includes(': '));
      console.log(tellProtocol(rules, added).join('\n'));
      console.log(`policy version ${rules.policies.version.slice(0, 16)}`);
    });
}

function addPolicies(program: Command): void {
  const policies = program.command('policies').description('the sharing policies');
  policies
    .command('check [dir]')
    .description(
      'validate the policies strictly, those of every protocol pack and of THRESHOLD_POLICIES too; or those of a folder alone; name what is wrong',
    )
    .action((dir?: string) => {
      const loaded = dir === undefined ? rulesInForce(PACKS).policies : loadPolicies(dir);
      for (const { id, effect, source, says } of loaded.all)
        console.log(`${effect.padEnd(7)} ${id.padEnd(26)} ${source.join(', ').padEnd(36)} ${says}`);
      console.log(`${loaded.all.length} policies, version ${loaded.version.slice(0, 16)}`);
    });
  policies
    .command('matrix')
    .description('the sharing matrix: role × category × purpose, derived from the policies')
    .option('--format <format>', 'markdown or csv', 'markdown')
    .option('--policies <dir>', 'policies other than those in force')
    .action(({ format, policies: dir }: { format: string; policies?: string }) => {
      const { all } = policiesOf(dir);
      if (!['markdown', 'csv'].includes(format)) throw new Error(`no format ${format}: markdown or csv`);
      const cells = sharingMatrix(all);
      process.stdout.write(format === 'csv' ? matrixCsv(cells) : matrixMarkdown(cells, all));
    });
  policies
    .command('diff <old> <new>')
    .description(
      'what another folder of policies would newly release, and newly withhold, to whom; exit code 1 when anything',
    )
    .option('--json', 'a line of JSON for each change')
    .option(
      '--log',
      'also of what was asked in earnest: the decisions in the log, with the protocol packs in force; counts only',
    )
    .option('--world <dir>', 'the log of a world folder')
    .action(async (before: string, after: string, { json, log, world }: DiffOptions) => {
      const changes = changesBetween(loadPolicies(before).all, loadPolicies(after).all);
      console.log(json ? changesJson(changes) : changesText(changes));
      if (changes.length > 0) process.exitCode = 1;
      if (!log) return;
      const [old, fresh] = [before, after].map((dir) => createDecide(rulesInForce([], dir).policies, refuseToGuess));
      if (!old || !fresh) return;
      const store = await openConfiguredStore(world);
      const recorded = await recordedDiff(openAudit(store), old, fresh, tellProgress);
      await store.close();
      process.stderr.write('\n');
      console.log(json ? recordedJson(recorded) : recordedText(recorded));
      if (recorded.changes.length > 0) process.exitCode = 1;
    });
}

function addDeciding(program: Command): void {
  program
    .command('decide')
    .description('fact records in (NDJSON on standard input), one decision a line out')
    .option('--policies <dir>', 'policies other than those in force')
    .option('--check-every <lines>', 'ask Cedar as well at every so many lines; 0: never', wholeNumber(), 1000)
    .addHelpText(
      'after',
      '\nA record has the keys of src/domain/facts.ts; forMember may be left out and is then false (asked for no member of the family).\nExit code: 0 all decided, 1 a line was no fact record.',
    )
    .action(async ({ policies: dir, checkEvery }: { policies?: string; checkEvery: number }) => {
      const loaded = policiesOf(dir);
      const { decided, refused } = await decideLines(process.stdin, process.stdout, { policies: loaded, checkEvery });
      console.error(`${decided} decided, ${refused} refused; policies ${loaded.version.slice(0, 16)}`);
      if (refused > 0) process.exitCode = 1;
    });

  program
    .command('replay')
    .description('decide again everything in the log; exit code 1 when anything comes out otherwise')
    .option('--policies <dir>', 'the policies of an earlier version')
    .option('--world <dir>', 'the log of a world folder')
    .action(async ({ policies: dir, world }: { policies?: string; world?: string }) => {
      const store = await openConfiguredStore(world);
      const loaded = policiesOf(dir);
      const decide = createDecide(loaded, refuseToGuess);
      const { entries, decisions, otherVersions, discrepancies } = await replayLog(
        openAudit(store),
        loaded.version,
        decide,
        tellProgress,
      );
      await store.close();
      process.stderr.write('\n');
      for (const { entry, index, differs } of discrepancies)
        console.log(`${entry} decision ${index}: ${differs.join('; ')}`);
      for (const [version, count] of otherVersions)
        console.log(`${count} entries of policies ${version.slice(0, 16)}: replay them with --policies`);
      console.log(`${entries} entries, ${decisions} decisions decided again, ${discrepancies.length} otherwise`);
      if (discrepancies.length > 0) process.exitCode = 1;
    });
}

/** The rules that the environment configures; or those of other packs. */
function rulesInForce(packs: readonly string[] = [], policyFolder?: string): ReturnType<typeof loadRules> {
  const { THRESHOLD_PROTOCOLS: named, THRESHOLD_POLICIES: own } = process.env;
  const { protocols, ownPolicies } = readConfig({
    ...(named ? { THRESHOLD_PROTOCOLS: named } : {}),
    ...(own ? { THRESHOLD_POLICIES: own } : {}),
  });
  return loadRules({
    protocols: packs.length > 0 ? packs : protocols,
    ...(ownPolicies === undefined ? {} : { ownPolicies }),
    ...(policyFolder === undefined ? {} : { policyFolder }),
  });
}

/** The policies of a folder, alone; without one those in force. */
function policiesOf(dir: string | undefined): Policies {
  return dir === undefined ? rulesInForce().policies : loadPolicies(dir);
}

const refuseToGuess = (ids: readonly string[]) => console.error(`policies could not be evaluated: ${ids.join(', ')}`);
const tellProgress = (entries: number) => void process.stderr.write(`\r${entries} entries`);
